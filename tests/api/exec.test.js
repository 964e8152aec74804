// milkypay-mock exec [options] -- COMMAND ...: the server beside a suite. The commands are Node programs given with -e.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Client, DEMO } from '../lib/client.js';
import { exec, lines, program } from '../lib/exec.js';
import { within } from '../lib/limits.js';
import { ALONE, BIN, runBinary, startServer, tempDir } from '../lib/server.js';
import { HANG, startSink } from '../lib/sink.js';

/** Starts exec with a command and returns while it runs, for tests with signals and stdin. */
function started(options, source, stdio = ['pipe', 'pipe', 'pipe']) {
  const child = spawn(BIN, ['exec', ...options, '--', ...program(source)], { stdio });
  const run = { child, stdout: '', stderr: '' };
  const waiting = [];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    run.stdout += text;
    for (const look of waiting) look();
  });
  child.stderr.setEncoding('utf8').on('data', (text) => { run.stderr += text; });
  run.said = (words) => within(new Promise((done) => {
    waiting.push(() => { if (run.stdout.includes(words)) done(); });
    waiting.at(-1)();
  }), () => `"${words}" on stdout; ${JSON.stringify([run.stdout, run.stderr])}`);
  const closed = new Promise((done) => { child.on('close', (code, signal) => done({ code, signal })); });
  run.ended = () => within(closed, () => `exec to end; ${JSON.stringify([run.stdout, run.stderr])}`);
  return run;
}

describe('the command', { skip: ALONE }, () => {
  test('has the address and the demo account in its environment', async () => {
    const { code, stdout, stderr } = await exec([], program(`
      const health = await control('GET', '/health');
      const { MILKYPAY_URL: at, ...env } = process.env;
      console.log(JSON.stringify({ at, env, status: health.status, made: (await create({})).type }));`));
    assert.equal(code, 0, stderr);
    assert.equal(stderr, '');
    const { at, env, status, made } = JSON.parse(stdout);
    assert.match(at, /^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
    assert.deepEqual([status, made], ['ok', 'payment-invoices']);
    assert.equal(env.MILKYPAY_ACCOUNT_ID, DEMO.id);
    assert.equal(env.MILKYPAY_API_KEY, DEMO.api_key);
    assert.equal(env.MILKYPAY_PUBLIC_KEY, DEMO.public_key);
    assert.equal(env.MILKYPAY_SECRET_KEY, DEMO.secret_key);
  });

  test('owns stdin and stdout', async () => {
    const run = started(
      [],
      "process.stdin.on('data', (d) => process.stdout.write('got ' + d)).on('end', () => process.exit(0));",
    );
    run.child.stdin.end('words');
    assert.deepEqual(await run.ended(), { code: 0, signal: null });
    assert.equal(run.stdout, 'got words');
    assert.equal(run.stderr, '');
  });

  test('determines the exit status', async () => {
    for (const status of [0, 1, 7, 255]) {
      const { code, stderr } = await exec([], ['sh', '-c', `exit ${status}`]);
      assert.equal(code, status, stderr);
    }
  });

  test('killed by a signal: the status is 128 plus its number', async () => {
    for (const [name, number] of [['KILL', 9], ['TERM', 15], ['HUP', 1]]) {
      const { code, signal } = await exec([], ['sh', '-c', `kill -${name} $$`]);
      assert.deepEqual([code, signal], [128 + number, null]);
    }
  });

  test('that cannot be run: prints one line and exits with 127 or 126', async () => {
    const folder = tempDir();
    const plain = join(folder, 'plain');
    writeFileSync(plain, 'no program');
    for (const [command, status, why] of [
      ['no-such-program', 127, 'No such file or directory'],
      [join(folder, 'nothing'), 127, 'No such file or directory'],
      ['', 127, 'No such file or directory'],
      ['node --test x', 127, 'No such file or directory; it is one word with blanks: drop the quotes, or use sh -c'],
      ['FOO=1', 127, 'No such file or directory; put env before variables, or use sh -c'],
      ['cd', 127, 'No such file or directory; only shells have it: use sh -c'],
      [plain, 126, 'Permission denied'],
      [folder, 126, 'Permission denied'],
    ]) {
      const { code, stdout, stderr } = await exec([], [command]);
      assert.equal(code, status, stderr);
      assert.equal(stdout, '');
      assert.equal(stderr, `milkypay-mock: exec: ${command}: ${why}\n`);
    }
  });

  test('is found in PATH and gets its arguments unchanged', async () => {
    const folder = tempDir();
    writeFileSync(join(folder, 'my-suite'), '#!/bin/sh\nprintf "%s|" "$@"\n');
    chmodSync(join(folder, 'my-suite'), 0o755);
    const words = ['--help', '--listen', '', 'a b', '--', '-x'];
    const { code, stdout } = await exec([], ['my-suite', ...words], { env: { PATH: `${folder}:${process.env.PATH}` } });
    assert.equal(code, 0);
    assert.equal(stdout, words.map((word) => `${word}|`).join(''));
  });

  test('inherits descriptors, limits and signals of the caller, and nothing of the server', async () => {
    const shown =
      'echo limits $(ulimit -Sn) $(ulimit -Hn); grep -E "^Sig(Blk|Ign)" /proc/self/status; readlink /proc/self/fd/* | sort -u';
    const folder = tempDir();
    const given = openSync(join(folder, 'given'), 'w');
    const output = async (command) => {
      const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'pipe', 'inherit', given] });
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (part) => { text += part; });
      await within(new Promise((done) => { child.on('close', done); }), () => `${command} to end`);
      // the numbers of pipes and of the listing process differ in each run
      return text.replace(/(pipe|socket):\[\d+\]/g, '$1').replace(/\/proc\/\d+/g, '/proc/N');
    };
    const limited = `ulimit -Sn 64; exec "$@"`;
    const bare = await output(['sh', '-c', limited, 'sh', 'sh', '-c', shown]);
    const under = await output(['sh', '-c', limited, 'sh', BIN, 'exec', '--', 'sh', '-c', shown]);
    closeSync(given);
    assert.ok(bare.includes(join(folder, 'given')), 'a descriptor that was passed on purpose arrives');
    assert.match(bare, /^limits 64 /);
    assert.equal(under, bare);
  });
});

describe('options', { skip: ALONE }, () => {
  test('precede --; an invalid one prints one line and exits with 2', async () => {
    const marker = join(tempDir(), 'ran');
    const command = ['--', 'touch', marker];
    for (const [args, words] of [
      [['--nonsense', ...command], '--nonsense'],
      [['--listen', 'nowhere', ...command], '--listen'],
      [['--seed', 'x', ...command], '--seed'],
      [['--fixtures', '/no/such/folder', ...command], '/no/such/folder'],
      [['--db', '/no/such/folder/x.db', ...command], '/no/such/folder/x.db'],
      [['--report', '/dev/null/x', ...command], '--report /dev/null/x'],
      [['--report', '', ...command], '--report'],
      [['--ready-file', '/no/such/folder/ready', ...command], '/no/such/folder/ready'],
      [['touch', marker], '"touch"'],
      [[], '-- COMMAND'],
      [['--'], '-- COMMAND'],
      [['--durable'], '-- COMMAND'],
    ]) {
      const { code, stdout, stderr } = await runBinary(['exec', ...args]);
      assert.equal(code, 2, stderr);
      assert.equal(stdout, '');
      assert.equal(lines(stderr).length, 1, stderr);
      assert.ok(stderr.includes(words), `"${words}" in: ${stderr}`);
      assert.equal(stderr.trim().split('\n').length, 1, stderr);
    }
    assert.equal(existsSync(marker), false);
  });

  test('--help and --version', async () => {
    const { code, stdout, stderr } = await runBinary(['exec', '--help']);
    assert.deepEqual([code, stderr], [0, '']);
    for (const word of [
      'exec [options] -- COMMAND',
      'healthcheck',
      '--report',
      '--strict',
      'MILKYPAY_URL',
      'MILKYPAY_REPORT',
    ])
      assert.ok(stdout.includes(word), word);
    assert.equal(stdout, (await runBinary(['--help'])).stdout);
    assert.match((await runBinary(['exec', '--version'])).stdout, /^milkypay-mock \d/);
  });

  test('are the same as without exec, including --listen and the environment', async () => {
    const folder = tempDir();
    const { code, stdout, stderr } = await exec(
      ['--listen', '0.0.0.0:0', '--ready-file', join(folder, 'ready'), '--log-level', 'info', '--seed', '5'],
      program('console.log(JSON.stringify([url, (await create({})).attributes.hpp_url]));'),
      { env: { MILKYPAY_PUBLIC_URL: 'https://pay.test' } },
    );
    assert.equal(code, 0, stderr);
    const [url, hpp] = JSON.parse(stdout);
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/, 'all addresses are none to call');
    assert.match(hpp, /^https:\/\/pay\.test\//);
    assert.equal(readFileSync(join(folder, 'ready'), 'utf8'), `${url.replace('127.0.0.1', '0.0.0.0')}\n`);
    assert.ok(stderr.includes('listening'), stderr);
  });
});

describe('signals', { skip: ALONE }, () => {
  const PATIENT = `
    process.on('SIGTERM', () => { console.log('TERM'); });
    process.on('SIGINT', () => { console.log('INT'); });
    process.stdin.on('end', () => process.exit(5)).resume();
    console.log('ready');`;

  for (const [name, word] of [['SIGTERM', 'TERM'], ['SIGINT', 'INT']]) {
    test(`${name} is passed to the command, whose status counts`, async () => {
      const run = started([], PATIENT);
      await run.said('ready');
      run.child.kill(name);
      await run.said(word);
      run.child.stdin.end();
      assert.deepEqual(await run.ended(), { code: 5, signal: null });
      assert.equal(run.stdout, `ready\n${word}\n`, 'once');
    });
  }

  test('a signal repeated at once is ignored: timeout(1) sends it to the group too', async () => {
    const run = started([], PATIENT);
    await run.said('ready');
    run.child.kill('SIGTERM');
    run.child.kill('SIGTERM');
    await run.said('TERM');
    run.child.stdin.end();
    assert.deepEqual(await run.ended(), { code: 5, signal: null });
  });

  test('a second signal ends both at once', async () => {
    const sink = await startSink({ account: DEMO });
    sink.answer([HANG]); // keeps an attempt open, so the end has something to wait for
    const run = started(
      [],
      `await create({ callback_url: '${sink.url}' });${PATIENT} console.log('pid', process.pid);`,
    );
    await run.said('pid');
    await sink.got(1);
    run.child.kill('SIGTERM');
    await run.said('TERM');
    run.child.kill('SIGINT');
    assert.deepEqual(await run.ended(), { code: 130, signal: null });
    const pid = Number(/pid (\d+)/.exec(run.stdout)[1]);
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
    await sink.stop();
  });

  test('the terminal\'s Ctrl-C reaches the command once', { skip: spawnable('script') }, async () => {
    // script(1) provides a terminal, and its stdin is the keyboard. Without `exec` its shell would report the signal as
    // its own exit status.
    const folder = tempDir();
    const file = join(folder, 'suite.mjs');
    writeFileSync(file, `
      let n = 0;
      const health = () => fetch(process.env.MILKYPAY_URL + '/_mock/health').then((reply) => reply.text());
      process.on('SIGINT', async () => {
        if (++n > 1) return;
        await health(); // after this response the server has seen the signal too, and could have passed it on
        await health();
        console.log('count ' + n);
        process.exit(6);
      });
      setInterval(() => {}, 1000);
      console.log('ready');`);
    const child = spawn('script', ['-qec', `exec ${BIN} exec -- ${process.execPath} ${file}`, '/dev/null'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let text = '';
    const ready = new Promise((done) => child.stdout.setEncoding('utf8').on('data', (part) => {
      text += part;
      if (text.includes('ready')) done();
    }));
    const closed = new Promise((done) => { child.on('close', done); });
    await within(ready, () => `the suite to start: ${text}`);
    child.stdin.write('\x03');
    assert.equal(await within(closed, () => `script to end: ${text}`), 6, text);
    assert.match(text, /count 1\r?\n/);
  });
});

function spawnable(command) {
  const found = (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, command)));
  return found ? false : `${command} is not installed`;
}

describe('the end', { skip: ALONE }, () => {
  test('waits for callbacks in flight', async () => {
    const sink = await startSink({ account: DEMO });
    let letGo;
    const held = new Promise((done) => { letGo = done; });
    sink.answer([{ until: held }]);
    const run = started(
      [],
      `await create({ reference_id: 'late', callback_url: '${sink.url}', test_mode: true }, 'processed@0'); console.log('made');`,
    );
    await run.said('made');
    await sink.got(1);
    letGo();
    assert.deepEqual(await run.ended(), { code: 0, signal: null });
    assert.deepEqual(
      sink.requests.map(({ status }) => status),
      ['process_pending', 'processed'],
      'the second was due then',
    );
    await sink.stop();
  });

  test('does not wait for events due later', async () => {
    const sink = await startSink({ account: DEMO });
    sink.answer([500]);
    const { code, stderr } = await exec(
      [],
      program(
        `await create({ callback_url: '${sink.url}' }, 'processed@1h'); await control('GET', '/wait?idle=true');`,
      ),
    );
    assert.equal(code, 0, stderr);
    assert.equal(sink.requests.length, 1);
    await sink.stop();
  });

  test('another signal ends the wait, with the status of the command', async () => {
    const sink = await startSink({ account: DEMO });
    sink.answer([HANG]);
    const run = started(['--log-level', 'info'], `await create({ callback_url: '${sink.url}' }); process.exit(4);`);
    await sink.got(1);
    const stopping = new Promise((done) => {
      const look = () => { if (run.stderr.includes('stopping')) done(); };
      run.child.stderr.on('data', look);
      look(); // the line may already be there, because the callback may start only at the end
    });
    await within(stopping, () => `the command to end: ${run.stderr}`);
    run.child.kill('SIGTERM');
    assert.deepEqual(await run.ended(), { code: 4, signal: null });
    await sink.stop();
  });
});

describe('--report', { skip: ALONE }, () => {
  const HOSTILE = '<script>alert("x")</script>\'&]]>{{id}}';
  const files = (folder) => [
    readFileSync(join(folder, 'milkypay-junit.xml'), 'utf8'),
    readFileSync(join(folder, 'milkypay.html'), 'utf8'),
  ];

  test('shows the whole amount with a part that was paid', async () => {
    const folder = join(tempDir(), 'reports');
    const { code, stderr } = await exec(['--report', folder, '--log-level', 'error'],
      program('await create({ amount: 61.5 }, \'partially_processed@0\'); await control(\'GET\', \'/wait?idle=true\');'));
    assert.equal(code, 0, stderr);
    const [junit, html] = files(folder);
    assert.ok(junit.includes('<property name="paid" value="30.75"/>'), junit);
    assert.ok(html.includes('<td data-label="Amount">30.75 of 61.50\u00a0USD<br>'), html);
  });

  test('writes both files and creates the folder', async () => {
    const sink = await startSink({ account: DEMO });
    const folder = join(tempDir(), 'deep', 'reports');
    sink.answer([500], '/bad?token=1');
    const { code, stderr, stdout } = await exec(
      ['--report', folder, '--log-level', 'error'],
      program(`
      const paid = await create({ reference_id: 'paid', amount: 20.4, callback_url: '${sink.url}/good', test_mode: true }, 'processed@0');
      await control('GET', '/wait?invoice=' + paid.id + '&callback=delivered&transition=processed');
      const bad = await create({ reference_id: ${JSON.stringify(HOSTILE)}, callback_url: 'http://user:pass@${sink.url.slice(7)}/bad?token=1' });
      await control('GET', '/wait?idle=true');
      await create({ reference_id: 'silent' });
      console.log(paid.id, bad.id);`),
    );
    assert.equal(code, 0, stderr);
    const [paid, bad] = stdout.trim().split(' ');
    const [junit, html] = files(folder);
    assert.match(
      junit,
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites name="milkypay-mock" tests="6" failures="1" /,
    );
    assert.match(junit, /<testsuite name="invoices" tests="3" failures="0"/);
    assert.match(junit, /<testsuite name="callbacks" tests="3" failures="1"/);
    assert.ok(
      junit.includes(
        `<testcase classname="4Docs" name="paid (${paid})">\n<properties>\n<property name="status" value="processed"/>`,
      ),
      junit,
    );
    assert.ok(junit.includes('<property name="amount" value="20.4"/>'));
    assert.ok(html.includes('<td data-label="Amount">20.40\u00a0USD<br>'), html);
    const escaped = '&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39;&amp;]]&gt;{{id}}';
    assert.ok(junit.includes(`name="${escaped} (${bad}): cb_3 process_pending"`), junit);
    assert.equal(junit.match(/<failure /g).length, 1);
    assert.ok(junit.includes('message="never delivered: still queued after 1 attempt: the last answer was 500"'));
    assert.match(html, /^<!DOCTYPE html>/);
    assert.ok(html.includes(escaped));
    assert.doesNotMatch(html, /<script|<link|<img|src=|@import|url\(/);
    assert.ok(html.includes('prefers-color-scheme: dark'));
    assert.ok(html.indexOf('<h2 id="failures"') < html.indexOf('<h2 id="invoices"'), 'failures on top');
    assert.match(html, /data-testid="invoices">3</);
    assert.match(html, /data-testid="delivered">2</);
    assert.match(html, /data-testid="undelivered">1</);
    assert.match(html, /<\/time> created .*\n.*<\/time> process_pending .*\n.*<\/time> processed .*timer/);
    assert.ok(html.includes('processed: done (200)'));
    for (const text of [junit, html]) assert.doesNotMatch(text, /user:pass|token=1/);
    await sink.stop();
  });

  test('an order that waits for its service has not started', async () => {
    const folder = tempDir();
    const { code, stderr } = await exec(
      ['--report', folder, '--log-level', 'error'],
      program(`
      const order = new URLSearchParams({ public_key: process.env.MILKYPAY_PUBLIC_KEY, amount: '7', currency: 'USD' });
      const reply = await fetch(url + '/hpp/?' + order, { redirect: 'manual' });
      if (reply.status !== 302) throw new Error(await reply.text());`),
    );
    assert.equal(code, 0, stderr);
    assert.match(files(folder)[1], /<\/time> created /);
    assert.doesNotMatch(files(folder)[1], /process_pending/);
  });

  test('reports a failed command without invoices', async () => {
    const folder = tempDir();
    const { code } = await exec(['--report', folder], ['false']);
    assert.equal(code, 1);
    const [junit, html] = files(folder);
    assert.match(junit, /tests="0" failures="0"/);
    assert.ok(html.includes('The run created no invoices.'));
    assert.doesNotMatch(html, /<h2 id="failures"/);
  });

  test('contains only this run and replaces the earlier report', async () => {
    const folder = tempDir();
    const options = ['--db', join(folder, 'mock.db'), '--report', folder];
    assert.equal((await exec(options, program("await create({ reference_id: 'first' });"))).code, 0);
    assert.ok(files(folder)[0].includes('name="first '));
    assert.equal((await exec(options, program("await create({ reference_id: 'second' });"))).code, 0);
    for (const text of files(folder)) {
      assert.ok(text.includes('second'));
      assert.doesNotMatch(text, /first/);
    }
  });

  test('has the accounts\' names, and those that were deleted or reset, with their callbacks', async () => {
    const folder = tempDir();
    const { code, stderr } = await exec(
      ['--report', folder, '--log-level', 'error'],
      program(`
      for (const [name, end] of [['a refund', 'DELETE'], ['an <expiry>', 'POST'], ['a decline', 'none']]) {
        const account = await open({ name, callback_url: 'http://127.0.0.1:1/' });
        await create({ reference_id: name }, 'processed@0', account);
        await control('GET', '/wait?idle=true&account=' + account.id);
        if (end === 'DELETE') await control('DELETE', '/accounts/' + account.id);
        if (end === 'POST') await control('POST', '/reset?account=' + account.id);
      }
      await create({ reference_id: 'unnamed' });`),
    );
    assert.equal(code, 0, stderr);
    const [junit, html] = files(folder);
    assert.deepEqual(
      [...junit.matchAll(/<testcase classname="([^"]*)" name="([^"]*) \(cpi_\w+\)">/g)].map(([, ...found]) => found),
      [
        ['4Docs', 'unnamed'],
        ['a decline', 'a decline'],
        ['an &lt;expiry&gt;', 'an &lt;expiry&gt;'],
        ['a refund', 'a refund'],
      ],
    );
    assert.match(junit, /<testsuite name="callbacks" tests="6" failures="6"/, 'nobody ever answered at this address');
    for (const name of ['a refund', 'an &lt;expiry&gt;', 'a decline'])
      assert.match(html, new RegExp(`<span class="quiet">${name}<br>coma_`));
    assert.match(html, /data-testid="accounts">4</);
    assert.match(html, /data-testid="invoices">4</);
  });

  test('an invoice whose money went back is no success', async () => {
    const folder = tempDir();
    const { code, stderr } = await exec(
      ['--report', folder],
      program(`
      for (const outcome of ['processed@0', 'processed@0,charged_back@0', 'processed@0,refunded@0']) {
        const { id } = await create({ test_mode: true }, outcome);
        await control('GET', '/wait?invoice=' + id + '&status=' + outcome.split(/[@,]/).at(-2));
      }`),
    );
    assert.equal(code, 0, stderr);
    assert.deepEqual(files(folder)[1].match(/data-label="Status"[^<]*/g).sort(), [
      'data-label="Status" class="bad">charged_back',
      'data-label="Status" class="good">processed',
      'data-label="Status">refunded',
    ]);
  });

  test('truncates long lists of steps and callbacks, with a note', async () => {
    const folder = tempDir();
    const { code, stderr } = await exec(
      ['--report', folder, '--log-level', 'error'],
      program(`
      const { id } = await create({ callback_url: 'http://127.0.0.1:1/' });
      for (let i = 0; i < 60; i++) {
        for (const status of ['processed', 'process_pending']) await control('POST', '/payment-invoices/' + id + '/transition', { status, force: true });
      }
      await control('GET', '/wait?idle=true');`),
    );
    assert.equal(code, 0, stderr);
    const html = files(folder)[1];
    assert.equal(html.match(/and 22 more<\/li><\/ol>/g).length, 1, 'two steps of the creation and 120 more');
    assert.equal(html.match(/and 21 more<\/li><\/ul>/g).length, 1);
  });

  test('contains the newest 10,000 invoices, and the number of others', async () => {
    const folder = tempDir();
    const { code, stderr } = await exec(
      ['--report', folder, '--log-level', 'error'],
      program(`
      import { connect } from 'node:net';
      const { hostname, port } = new URL(url);
      const body = '{"data":{"type":"payment-invoices","attributes":{"service":"payment_card_usd_hpp","currency":"USD","amount":1}}}';
      const request = 'POST /payment-invoices HTTP/1.1\\r\\nHost: mock\\r\\nAuthorization: ' + auth + '\\r\\nContent-Length: ' + body.length + '\\r\\n\\r\\n' + body;
      const STATUS = 'HTTP/1.1 201';
      await Promise.all(Array.from({ length: 21 }, () => new Promise((done) => {
        let left = 477, tail = '';
        const socket = connect(port, hostname).setEncoding('latin1').on('data', (text) => {
          tail += text;
          left -= tail.split(STATUS).length - 1;
          tail = tail.slice(tail.lastIndexOf(STATUS) + 1).slice(-STATUS.length + 1);
          if (left === 0) done(socket.destroy());
        });
        socket.write(request.repeat(477));
      })));`),
      { limit: 120_000 },
    );
    assert.equal(code, 0, stderr);
    const [junit, html] = files(folder);
    assert.match(junit, /<testsuites name="milkypay-mock" tests="10000" /);
    assert.ok(junit.includes('<property name="invoices" value="10017"/>'));
    assert.equal(html.match(/<tr id="cpi_/g).length, 10000);
    assert.ok(html.includes('The newest 10000 of 10017 invoices. The other 17 are not shown.'));
  });

  test('is also written by a server without a command, when it stops', async () => {
    const folder = tempDir();
    const server = await startServer({ args: ['--report', folder] });
    await new Client(server).made({ reference_id: 'served' });
    await server.stop();
    assert.ok(files(folder)[0].includes('name="served ('));
  });

  test('fails if a file has the folder\'s name', async () => {
    const folder = tempDir();
    const { code, stderr } = await exec(['--report', folder], ['mkdir', join(folder, 'milkypay.html')]);
    assert.equal(code, 2);
    assert.equal(stderr, `milkypay-mock: --report ${join(folder, 'milkypay.html')}: Is a directory\n`);
    mkdirSync(join(folder, 'empty'));
    const file = join(folder, 'file');
    writeFileSync(file, 'kept');
    const refused = await exec(['--report', file], ['true']);
    assert.equal(refused.code, 2);
    assert.equal(readFileSync(file, 'utf8'), 'kept');
    assert.ok(statSync(file).isFile());
  });
});
