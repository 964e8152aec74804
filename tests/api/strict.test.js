// exec --strict: the verdict on a run. Receivers run in the command, as those of a suite do.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { DEMO } from '../lib/client.js';
import { exec, lines, program } from '../lib/exec.js';
import { ALONE, runBinary, tempDir } from '../lib/server.js';

const SAYS = 'milkypay-mock: --strict: ';
const NOTHING = `${SAYS}the run made no invoice: does the suite call MILKYPAY_URL?`;
const LOST = `${SAYS}callbacks were never delivered: their receiver must answer 200, and stay open until GET /_mock/wait?account=ID&idle=true has answered; POST /_mock/clock/advance makes retries due`;
const UNANSWERED = `${SAYS}no callback was answered, because every account was deleted, reset or restored before the first attempt: call GET /_mock/wait?account=ID&idle=true before that`;
const UNPROVEN = /^milkypay-mock: --strict: callbacks were delivered, but nothing shows that the suite checks signatures: .*; POST \/_mock\/faults\?account=ID with (\{.*\}) forges the next callback$/;
const ACCEPTED = `${SAYS}a forged callback was answered 200: the receiver must refuse wrong signatures, with 403`;
const NEVER = /^milkypay-mock: --strict: callback cb_\d+ of cpi_\w{16} \(\w+\) to http:\S+ was never delivered: /;
const FORGED = /^milkypay-mock: --strict: the forged callback cb_\d+ of cpi_\w{16} \(\w+\) to http:\S+ was answered 200$/;
const EXCUSED = `${SAYS}not counted: 1 undelivered, because a fault spoiled, held or dropped them`;
const LEFT = `${SAYS}not counted: 1 undelivered, because their account was deleted, reset or restored before an answer; GET /_mock/wait?idle=true waits for them`;

/** Runs a suite; what it prints on stderr for --strict must be these lines, texts or patterns. */
async function judge(source, wanted, { strict = '--strict', code = wanted.length ? 3 : 0, ...more } = {}) {
  const run = await exec([strict, '--log-level', 'error', '--first-callback-delay', '0ms'], program(source), more);
  const found = lines(run.stderr);
  assert.equal(found.length, wanted.length, run.stderr);
  for (const [i, want] of wanted.entries()) {
    if (want instanceof RegExp) assert.match(found[i], want);
    else assert.equal(found[i], want);
  }
  assert.equal(run.code, code, run.stderr);
}

const RETRY = "await ctl('POST', '/clock/advance', { seconds: 61 });";

/** One test of a suite: an account, an order, and its callbacks. */
const one = (answer, { fault, end = '', outcome = 'process_pending', path = '/callback', url } = {}) => `
  {
    const account = await open({ name: 'one' });
    const ctl = (method, path, body) => control(method, path + (path.includes('?') ? '&' : '?') + 'account=' + account.id, body);
    const callback_url = ${url ? JSON.stringify(url) : `await receiver(account, ${answer}, '${path}')`};
    ${fault ? `await ctl('POST', '/faults', { on: 'callback', fault: '${fault}', times: 1 });` : ''}
    const { id } = await create({ callback_url, test_mode: true }, '${outcome}', account);
    await ctl('GET', '/wait?idle=true');
    ${end}
  }`;
const CHECKS = '(genuine) => genuine ? 200 : 403';
const TRUSTS = '() => 200';
const ENDS = {
  'stay': '',
  'are deleted': "await control('DELETE', '/accounts/' + account.id);",
  'are reset': "await ctl('POST', '/reset');",
};

/** An account that is gone before the first attempt. */
const EARLY = (end) => `{
  const account = await open({ first_callback_delay_ms: 60000 });
  const ctl = (method, path) => control(method, path + '?account=' + account.id);
  await create({ callback_url: await receiver(account, ${CHECKS}), test_mode: true }, 'process_pending', account);
  ${end}
}`;

describe('nothing happened', { skip: ALONE }, () => {
  for (const strict of ['--strict', '--strict=all', '--strict=delivery']) {
    test(`${strict}: a run without invoices fails`, () => judge('', [NOTHING], { strict }));
    for (const [how, end] of Object.entries(ENDS).slice(1))
      test(`${strict}: a run fails whose accounts ${how} before the first attempts`, () =>
        judge(EARLY(end).repeat(2), [LEFT.replace('1 und', '2 und'), UNANSWERED], { strict }));
  }
  test('invoices without callbacks are enough, and told', () =>
    judge('await create({});', [`${SAYS}no callback was made; an invoice has callbacks if its order or its account has a callback_url`], { code: 0 }));
});

for (const [how, end] of Object.entries(ENDS)) {
  describe(`accounts ${how}`, { skip: ALONE }, () => {
    test('a receiver that refuses a forged callback and accepts genuine ones is proof', () =>
      judge(one(CHECKS, { end }) + one(CHECKS, { end, fault: 'bad_signature' }), [EXCUSED], { code: 0 }));

    test('a forged callback that is accepted fails, whatever else passed', async () => {
      const both = one(CHECKS, { end, fault: 'wrong_secret' }) + one(CHECKS, { end });
      await judge(both + one(TRUSTS, { end, fault: 'no_signature' }), [FORGED, EXCUSED, ACCEPTED]);
      await judge(both + one(TRUSTS, { end, fault: 'no_signature' }), [EXCUSED], {
        strict: '--strict=delivery', code: 0,
      });
    });

    test('callbacks that nobody is seen to check fail', async () => {
      await judge(one(TRUSTS, { end }), [UNPROVEN]);
      await judge(one(TRUSTS, { end }), [], { strict: '--strict=delivery' });
    });

    test('a callback that was refused fails', async () => {
      for (const strict of ['--strict', '--strict=delivery']) {
        await judge(one('() => 500', { end }), [NEVER, LOST], { strict });
      }
    });

    test('a callback to an address where nobody ever answers fails', () =>
      judge(one(null, { end, url: 'http://127.0.0.1:1/' }), [NEVER, LOST]));

    test('invoices count, and dropped callbacks are told', () =>
      judge(one(null, { end, url: 'http://127.0.0.1:1/', fault: 'drop' }), [EXCUSED], { code: 0 }));
  });
}

describe('what shows that signatures are checked', { skip: ALONE }, () => {
  for (const [code, proves] of [
    [400, true], [401, true], [403, true], [422, true],
    [404, false], [408, false], [409, false], [429, false], [500, false], [302, false],
  ]) {
    test(`a forged callback is answered ${code}: ${proves ? 'yes' : 'no'}`, () => {
      const suite = one(`(genuine) => genuine ? 200 : ${code}`, { fault: 'bad_signature' }) + one(TRUSTS);
      return judge(suite, proves ? [EXCUSED] : [EXCUSED, UNPROVEN], { code: proves ? 0 : 3 });
    });
  }

  for (const fault of ['truncate', 'reencoded', 'wrong_amount', 'unknown_status']) {
    test(`the fault ${fault} is no forgery`, () =>
      judge(one('() => 403', { fault }) + one(TRUSTS), [EXCUSED, UNPROVEN]));
  }

  test('the same receiver must accept genuine ones: host and path', async () => {
    const refuses = one('() => 403', { fault: 'bad_signature', path: '/refuses' });
    await judge(refuses + one(TRUSTS, { path: '/trusts' }), [EXCUSED, UNPROVEN]);
    await judge(refuses + one(TRUSTS, { path: '/refuses?order=1' }), [EXCUSED], { code: 0 });
  });

  test('a call of verify-signature that was right does, a wrong one does not', async () => {
    const ask = (signature) =>
      `${one(TRUSTS)} await control('POST', '/verify-signature', { body: '{}', signature: '${signature}' });`;
    const { secret_key: key } = DEMO;
    await judge(ask(createHash('sha1').update(`${key}{}${key}`).digest('base64')), []);
    await judge(ask('x'), [UNPROVEN]);
  });

  test('no answer of a built-in sink does', async () => {
    const sink = (answers, fault) => `
      await control('PUT', '/sink/shop', ${JSON.stringify({ responses: answers })});
      ${fault ? `await control('POST', '/faults', { on: 'callback', fault: '${fault}', times: 1 });` : ''}
      await create({ callback_url: url + '/_mock/sink/shop', test_mode: true });
      await control('GET', '/wait?idle=true');`;
    await judge(sink([403], 'bad_signature') + sink([]), [EXCUSED, UNPROVEN]);
    await judge(sink([], 'bad_signature'), [UNPROVEN]);
  });
});

describe('callbacks made by hand', { skip: ALONE }, () => {
  const byHand = (body) => `await ctl('POST', '/callbacks', ${body}); await ctl('GET', '/wait?idle=true');`;

  test('one with another signature is forged: its refusal is proof, and is no loss', async () => {
    for (const sign of ['wrong', 'none', 'live'])
      await judge(one(CHECKS, { end: byHand(`{ invoice: id, sign: '${sign}' }`) }), []);
    await judge(one(CHECKS, { end: byHand("{ url: callback_url, sign: 'wrong' }") }), []);
  });

  test('one that is signed rightly and is refused is no loss either', () =>
    judge(one('() => 403', { end: byHand('{ invoice: id }'), fault: 'drop' }), [EXCUSED], { code: 0 }));

  test('one of another account is forged', () =>
    judge(`${one(CHECKS)} ${one(CHECKS, {
      end: `const { id: other } = await create({}, 'process_pending', await open({}));
        ${byHand('{ invoice: other, url: callback_url }')}` })}`, []));

  test('a forged one that is accepted fails, also one without an invoice', async () => {
    const accepted = one(CHECKS, { fault: 'bad_signature' }) + one(CHECKS);
    await judge(accepted + one(TRUSTS, { end: byHand("{ invoice: id, sign: 'wrong' }") }), [FORGED, EXCUSED, ACCEPTED]);
    await judge(accepted + one(TRUSTS, { end: byHand("{ url: callback_url, sign: 'none' }") }),
      [/the forged callback cb_\d+ of no invoice \(processed\) to http:\S+ was answered 200$/, EXCUSED, ACCEPTED]);
  });

  test('an edited one that is signed rightly shows nothing', () =>
    judge(one(TRUSTS) + one(CHECKS, { end: byHand("{ invoice: id, edit: { '/data/attributes/amount': 1 } }") }), [UNPROVEN]));
});

describe('what was not delivered', { skip: ALONE }, () => {
  test('a callback that a fault holds back is not counted', () =>
    judge(one(CHECKS, { fault: 'reorder' }) + one(CHECKS, { fault: 'bad_signature' }) + one(CHECKS),
      [EXCUSED.replace('1 und', '2 und')], { code: 0 }));

  test('a genuine retry that is refused counts', () =>
    judge(
      one('() => 403', {
        fault: 'bad_signature',
        end: RETRY,
      }),
      [NEVER, LOST],
    ));

  test('a callback whose account is deleted before the first attempt is not counted', () =>
    judge(`${one(CHECKS)}${one(CHECKS, { fault: 'bad_signature', end: RETRY })}${EARLY(ENDS['are deleted'])}`,
      [LEFT], { code: 0 }));

  test('a receiver that closed before its account was deleted is not counted', () =>
    judge(
      `${one(CHECKS)}${one(CHECKS, { fault: 'bad_signature', end: RETRY })}
      ${one(null, { url: 'http://127.0.0.1:1/callback', end: ENDS['are deleted'] })}`,
      [LEFT], { code: 0 },
    ));

  test('a callback that arrived did, whatever a resend or the second of two met', async () => {
    const at = "(genuine) => (genuine ? (globalThis.n = (globalThis.n ?? 0) + 1) === 1 ? 200 : 500 : 403)";
    const resend = `const { items: [{ id: sent }] } = await ctl('GET', '/callbacks');
      await ctl('POST', '/callbacks/' + sent + '/resend'); await ctl('GET', '/wait?idle=true');`;
    await judge(one(at, { end: resend }), [], { strict: '--strict=delivery' });
    await judge(one(at, { fault: 'duplicate', end: ENDS['are deleted'] }), [], { strict: '--strict=delivery' });
    await judge( // the second is never answered
      `const account = await open({});
      const { createServer } = await import('node:http');
      let n = 0;
      await new Promise((done) => {
        const shop = createServer((request, response) => n++ ? done() : response.end()).listen(0, '127.0.0.1', async () => {
          await control('POST', '/faults?account=' + account.id, { on: 'callback', fault: 'duplicate' });
          await create({ callback_url: 'http://127.0.0.1:' + shop.address().port }, 'process_pending', account);
        });
      });
      await control('DELETE', '/accounts/' + account.id);
      process.exit();`,
      [], { strict: '--strict=delivery' },
    );
  });

  test('an answer that came before its account was deleted counts, at any moment', () =>
    judge(
      `const chain = async () => {
        for (let i = 0; i < 30; i++) {
          const account = await open({});
          await control('POST', '/faults?account=' + account.id, { on: 'callback', fault: 'bad_signature' });
          const answered = new Promise((done) => receiver(account, () => (setImmediate(done), 403)).then((callback_url) =>
            create({ callback_url, test_mode: true }, 'process_pending', account)));
          await answered;
          await control('DELETE', '/accounts/' + account.id);
        }
      };
      await Promise.all(Array.from({ length: 10 }, chain));`,
      [EXCUSED.replace('1 und', '300 und')], { code: 0 },
    ));

  for (const [how, end] of Object.entries({
    deleted: "control('DELETE', '/accounts/' + account.id)",
    reset: "control('POST', '/reset?account=' + account.id)",
    restored: "control('POST', '/snapshots/empty/restore?account=' + account.id)",
  })) {
    /** The receiver answers when its account is gone. */
    const late = (code, fault) => `{
      const { createServer } = await import('node:http');
      const account = await open({});
      await control('POST', '/snapshots/empty?account=' + account.id);
      ${fault ? `await control('POST', '/faults?account=' + account.id, { on: 'callback', fault: '${fault}' });` : ''}
      await new Promise((done) => {
        const shop = createServer(async (request, response) => {
          await ${end};
          response.on('close', done).writeHead(${code}, { Connection: 'close' }).end();
          shop.close();
        }).listen(0, '127.0.0.1', () => create(
          { callback_url: 'http://127.0.0.1:' + shop.address().port + '/callback', test_mode: true }, 'process_pending', account));
      });
    }`;

    test(`an answer counts that comes when its account is ${how}`, async () => {
      await judge(one(CHECKS) + late(403, 'bad_signature'), [EXCUSED], { code: 0 });
      await judge(one(CHECKS, { fault: 'bad_signature', end: RETRY }) + late(200, 'bad_signature'), [FORGED, ACCEPTED]);
      await judge(late(200), [UNPROVEN]);
      await judge(late(500), [NEVER, LOST]);
    });
  }

  test('a callback counts that a restored snapshot made undone', () =>
    judge(
      one("() => globalThis.open ? 500 : 200", {
        end: `await ctl('POST', '/snapshots/before');
        globalThis.open = true;
        await ctl('POST', '/payment-invoices/' + id + '/transition', { status: 'processed' });
        await ctl('GET', '/wait?idle=true');
        await ctl('POST', '/snapshots/before/restore');`,
      }),
      [`${SAYS}1 callback was never delivered`, LOST], { strict: '--strict=delivery' },
    ));

  test('a callback that a restored snapshot kept from being sent is not counted', () =>
    judge(
      `${one(TRUSTS)}
      const account = await open({ first_callback_delay_ms: 60000 });
      await control('POST', '/snapshots/empty?account=' + account.id);
      await create({ callback_url: url + '/_mock/sink/shop' }, 'process_pending', account);
      await control('POST', '/snapshots/empty/restore?account=' + account.id);`,
      [LEFT], { code: 0, strict: '--strict=delivery' },
    ));

  test('the reason names the key that signed', async () => {
    const suite = `
      const account = await open({});
      await create({ callback_url: await receiver(account, ${CHECKS}) }, 'process_pending', account);
      await control('GET', '/wait?idle=true&account=' + account.id);`;
    await judge(suite, [
      /: the last answer was 403, signed with the live secret key, because test_mode is false: does the rec.*\?$/,
      LOST,
    ]);
  });

  test('at most twenty are named, the others counted', async () => {
    const { code, stderr } = await exec(
      ['--strict', '--log-level', 'error'],
      program(
        "for (let i = 0; i < 23; i++) await create({ callback_url: 'http://127.0.0.1:1/' }); await control('GET', '/wait?idle=true');",
      ),
    );
    assert.equal(code, 3);
    assert.equal(lines(stderr).length, 22, stderr);
    assert.equal(lines(stderr).at(-2), `${SAYS}3 more callbacks were never delivered`);
  });

  test('a callback counts whose invoice an earlier run made', async () => {
    const options = ['--strict=delivery', '--log-level', 'error', '--db', join(tempDir(), 'mock.db')];
    const order = "const { id } = await create({ callback_url: url + '/_mock/sink/shop' });";
    const first = await exec(options, program(order));
    assert.equal(first.code, 0, first.stderr);
    const second = await exec(options, program(`
      await control('PUT', '/sink/shop', { responses: [500] });
      const { items: [{ id }] } = await control('GET', '/payment-invoices');
      await control('POST', '/payment-invoices/' + id + '/transition', { status: 'processed' });
      await create({});
      await control('GET', '/wait?idle=true');`));
    assert.match(lines(second.stderr)[0], NEVER);
    assert.equal(second.code, 3, second.stderr);
  });

  test('accounts that expire count', () =>
    judge(
      `const account = await open({ ttl_s: 1 });
      await create({ callback_url: await receiver(account, () => 500) }, 'process_pending', account);
      await control('GET', '/wait?idle=true&account=' + account.id);
      while ((await control('GET', '/accounts')).items.some(({ id }) => id === account.id)) await new Promise((done) => setTimeout(done, 300));`,
      [NEVER, LOST],
    ));

  test('invoices past the retention count', async () => {
    const folder = tempDir();
    const run = await exec(
      ['--strict', '--retention', '1s', '--report', folder, '--log-level', 'error'],
      program(`
      await control('PATCH', '/accounts/' + demo.id, { retry_limit: 1 });
      const { id } = await create({ callback_url: await receiver(demo, () => 500) }, 'processed@0');
      await control('GET', '/wait?idle=true');
      while ((await fetch(url + '/_mock/payment-invoices/' + id)).status !== 404) {
        await control('POST', '/clock/advance', { seconds: 10 });
        await new Promise((done) => setTimeout(done, 200));
      }`),
    );
    assert.equal(run.code, 3, run.stderr);
    assert.ok(lines(run.stderr).includes(`${SAYS}2 callbacks were never delivered`), run.stderr);
    assert.match(readFileSync(join(folder, 'milkypay-junit.xml'), 'utf8'), /<property name="invoices" value="1"\/>/);
  });
});

describe('the rest', { skip: ALONE }, () => {
  test('a command that cannot be run is told, and nothing else', async () => {
    const { code, stderr } = await exec(['--strict'], ['no-such-program']);
    assert.deepEqual([code, lines(stderr)], [127, ['milkypay-mock: exec: no-such-program: No such file or directory']]);
  });

  test('what the advice forges is forged', async () => {
    const { stderr } = await exec(['--strict'], program(one(TRUSTS)));
    const [, fault] = lines(stderr).at(-1).match(UNPROVEN);
    const add = `await ctl('POST', '/faults', ${fault});`;
    await judge(one(CHECKS, { end: `${add} await ctl('POST', '/payment-invoices/' + id + '/transition', { status: 'processed' });
      await ctl('GET', '/wait?idle=true');` }), [EXCUSED], { code: 0 });
  });

  test('the failure of the command takes precedence', () =>
    judge(`${one(TRUSTS)} process.exitCode = 9;`, [UNPROVEN], { code: 9 }));

  test('without --strict nothing is checked', async () => {
    const { code, stderr } = await exec([], program(one(TRUSTS)));
    assert.deepEqual([code, stderr], [0, '']);
  });

  test('MILKYPAY_STRICT has the same values', async () => {
    for (const [value, code] of [['all', 3], ['delivery', 0], ['1', 3], ['no', 0]]) {
      const run = await exec([], program(one(TRUSTS)), { env: { MILKYPAY_STRICT: value } });
      assert.equal(run.code, code, `${value}: ${run.stderr}`);
    }
    const { code, stderr } = await runBinary(['exec', '--strict=most', '--', 'true']);
    assert.deepEqual([code, stderr], [2, 'milkypay-mock: --strict: "most" must be all or delivery\n']);
  });

  test('warnings become one line, unless a log level asks for them', async () => {
    const suite = program(`
      ${one('() => 500')}${one('() => 500')}
      await fetch(url + '/payment-invoices');`);
    const { stderr } = await exec([], suite);
    assert.equal(
      stderr,
      'milkypay-mock: 3 warnings were not printed (2 callback, 1 refused): --log-level warn prints them, and --report DIR lists every callback\n',
    );
    const failed = await exec([], program(`${one('() => 500').repeat(5)}
      await fetch(url + '/payment-invoices'); process.exitCode = 4;`));
    assert.equal(failed.code, 4);
    const [sum, ...last] = failed.stderr.trimEnd().split('\n');
    assert.equal(sum, 'milkypay-mock: 6 warnings (5 callback, 1 refused); --log-level warn prints them, and --report DIR lists every callback; the last 5 of them:');
    assert.deepEqual(last.map((line) => /warn {2}(\w+) /.exec(line)[1]), [...Array(4).fill('callback'), 'refused']);
    const few = await exec([], program(`${one('() => 500').repeat(2)} process.exitCode = 4;`));
    assert.match(few.stderr, /^milkypay-mock: 2 warnings \(2 callback\); .*; all of them:\n.* warn {2}callback .*\n.* warn {2}callback .*\n$/);
    const told = await exec(['--log-level', 'warn'], suite);
    assert.equal(told.stderr.match(/ warn {2}callback /g).length, 2, told.stderr);
    assert.equal(lines(told.stderr).length, 0);
  });

  test('the report has the verdict: a case for each check', async () => {
    const folder = tempDir();
    const options = ['--strict', '--report', folder, '--log-level', 'error', '--first-callback-delay', '0ms'];
    const run = await exec(options, program(one(TRUSTS, { fault: 'bad_signature' }) + one('() => 500')));
    assert.equal(run.code, 3, run.stderr);
    const junit = readFileSync(join(folder, 'milkypay-junit.xml'), 'utf8');
    const html = readFileSync(join(folder, 'milkypay.html'), 'utf8');
    assert.match(junit, /<testsuites name="milkypay-mock" tests="9" failures="4" /);
    const wrong = junit.matchAll(/<testcase classname="--strict" name="([^"]*)" time="0.000">\n<failure /g);
    assert.deepEqual([...wrong].map(([, name]) => name), [
      'every callback arrived',
      'forged callbacks were refused',
      'signatures are checked',
    ]);
    assert.equal(html.match(/<li class="good">✓ /g).length, 2);
    assert.equal(html.match(/<li class="bad">✗ /g).length, 3);
    assert.match(html, /data-testid="accepted">1</);
    await exec(['--strict=delivery', ...options.slice(1)], program(one(TRUSTS)));
    const delivery = readFileSync(join(folder, 'milkypay-junit.xml'), 'utf8');
    assert.match(delivery, /<testsuite name="strict" tests="3" failures="0"/);
  });
});
