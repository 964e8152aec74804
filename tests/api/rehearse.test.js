// `milkypay-mock rehearse`: its options and settings, what it starts and ends, and how it judges a small shop.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { test, describe } from 'node:test';
import { DEMO } from '../lib/client.js';
import { ROOT } from '../lib/docs.js';
import { within } from '../lib/limits.js';
import { freePort } from '../lib/ports.js';
import { SETTINGS, rehearse, rehearsed, shopFolder } from '../lib/rehearse.js';
import { ALONE, BIN, cleanEnv, runBinary, tempDir } from '../lib/server.js';

/** A shop with the demo account's keys, which expects the mock at an address; ends after `act(url, address)`. */
async function runningShop(act) {
  const [port, mock] = [await freePort(), `127.0.0.1:${await freePort()}`];
  const env = cleanEnv({
    PORT: String(port),
    MILKYPAY_URL: `http://${mock}`,
    MILKYPAY_ACCOUNT_ID: DEMO.id,
    MILKYPAY_API_KEY: DEMO.api_key,
    MILKYPAY_SECRET_KEY: DEMO.secret_key,
  });
  const shop = spawn(process.execPath, ['shop.mjs'], { cwd: shopFolder(), env, stdio: 'ignore' });
  try {
    return await act(`http://127.0.0.1:${port}`, mock);
  } finally {
    shop.kill('SIGKILL');
  }
}

const results = ({ run }) => Object.fromEntries(run.results.map(({ id, result }) => [id, result]));
const find = ({ run }, id) => run.results.find((one) => one.id === id);

describe('arguments', () => {
  test('--help has the format that server/options.py reads, and --list needs no shop', async () => {
    const help = await runBinary(['rehearse', '--help']);
    assert.equal(help.code, 0);
    assert.match(help.stdout, /^Usage: milkypay-mock rehearse \[options\] -- COMMAND/);
    const { code, stdout } = await runBinary(['rehearse', '--list']);
    assert.equal(code, 0);
    const lines = stdout.trim().split('\n');
    assert.ok(lines.length >= 34);
    assert.ok(lines.some((line) => /^D1 +MUST +creation +P1017 +The reply to the creation is lost$/.test(line)));
  });

  for (const [args, message] of [
    [[], 'name the command that starts the shop after --, or --shop URL; see rehearse --help'],
    [['--'], 'the command after -- is missing'],
    [['node', 'shop.mjs'], 'node: put -- before the command that starts the shop'],
    [['--onyl', 'D1', '--', 'true'], '--onyl: unknown option; did you mean --only?'],
    [['--only', '--', 'true'], '--only: IDS is missing'],
    [['--only=', '--', 'true'], '--only: must not be empty'],
    [['--only'], '--only: IDS is missing'],
    [['--jobs', '65', '--', 'true'], '--jobs: must be a whole number from 1 to 64'],
    [['--jobs', 'x', '--', 'true'], '--jobs: must be a whole number from 1 to 64'],
    [['--shop', 'http://shop/?a', '--', 'true'], '--shop: must be an http or https URL without a user, a query and a fragment'],
    [['--render', 'x', '--', 'true'], '--render needs no shop: leave it out'],
    [['--render', '/no/such'], '/no/such: No such file or directory'],
    [['--baseline', '/', '--', 'true'], '/: Is a directory'],
    [['--complete=yes', '--', 'true'], '--complete: must not have a value'],
    [['--jobs', '0', '--', 'true'], '--jobs: must be a whole number from 1 to 64'],
    [['--seed', 'x', '--', 'true'], '--seed: must be a whole number'],
    [['--format', 'xml', '--', 'true'], '--format: must be text or json'],
    [['--shop', 'ftp://shop', '--', 'true'], '--shop: must be an http or https URL without a user, a query and a fragment'],
    [['--shop', 'http://shop', '--', 'true'], '--shop is for a shop that runs: leave the command out'],
    [['--only', 'D9', '--', 'true'], '--only: unknown scenario "D9"; --list prints them'],
    [['--settings', 'none.json', '--', 'true'], 'none.json: No such file or directory'],
  ]) {
    test(`${args.join(' ') || 'no argument'} is refused`, async () => {
      const { code, stdout, stderr } = await runBinary(['rehearse', ...args], { cwd: shopFolder() });
      assert.equal(stderr, `milkypay-mock: rehearse: ${message}\n`);
      assert.equal(stdout, '');
      assert.equal(code, 2);
    });
  }
});

describe('rehearsal.json', () => {
  const wrong = async (settings) => {
    const { code, stderr } = await rehearse([], { settings });
    assert.equal(code, 2);
    return stderr.trim().split('\n').map((line) => line.replace('milkypay-mock: rehearse: rehearsal.json: ', ''));
  };

  test('every mistake is told with its place', async () => {
    assert.deepEqual(await wrong({
      shop: { url: 'http://127.0.0.1:{port}', redy: '/' },
      order: { url: '{shop}/orders', command: ['true'], id: 'order' },
      state: { url: '{shop}', map: { paid: 'payed' }, fulfilments: { pattern: '(' } },
      refund: { method: 'POST', form: { amount: 1 }, json: {}, expect: [] },
      restart: 'yes',
      amount: 0,
      rest: 5,
    }), [
      'shop.redy: This field was not expected. Did you mean ready?',
      'rest: This field was not expected. Did you mean restart?',
      'order: This hook must have a "url" or a "command", not both.',
      'order.id: This value must be a JSON pointer such as "/data/status", or {"pattern": "one (group)"}.',
      'state.map.paid: This value must be one of unpaid, pending, paid, part, failed, refunded, disputed, part_refunded.',
      'state.status: This value should not be blank.',
      'state.fulfilments: This pattern cannot be compiled: missing closing parenthesis (at offset 1).',
      'refund: This hook needs a "url" or a "command".',
      'refund.form: This value must be an object of texts.',
      'refund.expect: This value must be a list of statuses, such as [200, 303].',
      'restart: This value must be true or an object.',
      'amount: This value must be greater than 0.',
    ]);
  });

  test('names, durations and patterns that no run could use are refused', async () => {
    assert.deepEqual(await wrong({
      ...SETTINGS,
      shop: { url: 'http://127.0.0.1:{prt}', ready_within: 0 },
      callback: '{shop}/callback/{nothing}',
      currency: 'usdollar',
      order: {
        url: '{shop}/orders?of={ordr}', headers: { 'X-Click': '{clik}' }, form: { amount: '{amount}', to: '{retrun_url}' },
        id: { pattern: 'order=\\d+' },
      },
      state: { ...SETTINGS.state, within: '0s', status: { pattern: '(a)(b)' }, fulfilments: { pattern: '(?:a|b)=(\\d+)' } },
      refund: { command: ['sh', '-c', 'awk {print} ${order} {ordr}'] },
      reconcile: { url: '{shop}', json: { query: '{orders{id}}', order: '{oder}' } },
    }), [
      'order.url: unknown placeholder {ordr}; did you mean {order}?',
      'order.headers.X-Click: unknown placeholder {clik}; did you mean {click}?',
      'order.form.to: unknown placeholder {retrun_url}; did you mean {return_url}?',
      'order.id: This pattern must have one group, which is the value; (?:...) is none.',
      'state.within: This value must be greater than 0.',
      'state.status: This pattern must have one group, which is the value; (?:...) is none.',
      'refund.command[2]: unknown placeholder {ordr}; did you mean {order}?',
      'reconcile.json.order: unknown placeholder {oder}; did you mean {order}?',
      'currency: the mock has no currency "USDOLLAR"',
      'shop.url: unknown placeholder {prt}; did you mean {port}?',
      'callback: unknown placeholder {nothing}; the documentation of rehearse lists them',
      'shop.ready_within: This value must be greater than 0.',
    ]);
  });

  test('each kind of value is checked', async () => {
    const url = '{shop}/orders';
    assert.deepEqual(await wrong({
      order: { url, id: 5, expect: [99] },
      state: { url, status: { pattern: '(a)', more: 1 }, map: 5, fulfilments: { of: 1 } },
      refund: { url, headers: { a: 1 }, expect: [600], command: 5 },
      payout: { command: [] },
      payout_state: { url, map: { done: 'payed', open: 'unpaid' }, fulfilments: '/a' },
      reconcile: { command: [1] },
      cancel: 5,
      ready: 5,
      callback: 5,
    }), [
      'callback: This value should be of type string.',
      'cancel: This field was not expected.',
      'ready: This field was not expected.',
      'shop: This value should not be blank.',
      'order.expect: This value must be a list of statuses, such as [200, 303].',
      'order.id: This value must be a JSON pointer such as "/data/status", or {"pattern": "one (group)"}.',
      'state.status.more: This field was not expected.',
      'state.map: This value must be an object.',
      'state.fulfilments.pattern: This value should not be blank.',
      'state.fulfilments.of: This field was not expected.',
      'refund: This hook must have a "url" or a "command", not both.',
      'refund.headers: This value must be an object of texts.',
      'refund.command: This value must be a list of texts, such as ["sh", "-c", "..."].',
      'refund.expect: This value must be a list of statuses, such as [200, 303].',
      'reconcile.command: This value must be a list of texts, such as ["sh", "-c", "..."].',
      'payout.command: This value must be a list of texts, such as ["sh", "-c", "..."].',
      'payout_state.fulfilments: This field was not expected.',
      'payout_state.map.done: This value must be one of pending, paid, failed.',
      'payout_state.map.open: This value must be one of pending, paid, failed.',
      'payout_state.status: This value should not be blank.',
    ]);
  });

  test('a file that is no JSON, or none at all', async () => {
    assert.deepEqual(await wrong('{"shop": }'), ['line 1 column 10: unexpected token near \'}\'']);
    assert.deepEqual(await wrong('[]'), ['must be an object']);
    const { code, stderr } = await runBinary(['rehearse', '--', 'true'], { cwd: '/' });
    assert.equal(code, 2);
    assert.equal(stderr, 'milkypay-mock: rehearse: rehearsal.json: there is no such file here; --settings FILE names another\n');
  });
});

describe('a verdict', { skip: ALONE }, () => {
  test('a right shop holds, and what lacks a hook is not tested', async () => {
    const played = await rehearsed(['--only', 'E0,A1,B1,C4,C8,F1']);
    assert.deepEqual(results(played),
      { E0: 'PASS', A1: 'PASS', B1: 'PASS', C4: 'PASS', C8: 'NOT TESTED', F1: 'NOT TESTED' });
    assert.equal(played.run.line, '4 of 6 MUST hold, 0 fail, 2 not tested');
    assert.equal(played.code, 0);
    assert.deepEqual(played.stderr.match(/^\d+ of \d+/gm), ['1 of 4', '2 of 4', '3 of 4', '4 of 4']);
    assert.deepEqual(find(played, 'F1').needs, ['refund']);
    assert.equal(find(played, 'F1').reason, 'the settings have no hook refund');
    const { timeline, invoices, again } = find(played, 'A1');
    assert.equal(invoices.length, 1);
    assert.ok(timeline.some(({ kind, text }) => kind === 'callback' && /-> 403$/.test(text)));
    assert.match(again, /^milkypay-mock rehearse --only A1 --seed 1 -- \S*node shop\.mjs$/);
  });

  for (const [what, change, reason] of [
    ['no such member of the answer', { status: '/state' },
      'the state of the order cannot be read: the answer of the hook state has no status'],
    ['a word that is not in the map', { map: { ...SETTINGS.state.map, processed: undefined } },
      'state.map does not say what "processed" means'],
    ['an extract that finds no number', { fulfilments: '/shiped' }, 'state.fulfilments finds no number in the answer'],
    ['an extract that finds no amount', { amount: '/payed' }, 'state.amount finds no amount in the answer'],
  ]) {
    test(`settings that do not fit the shop are no mistake of the shop: ${what}`, async () => {
      const settings = { ...SETTINGS, state: { ...SETTINGS.state, ...change } };
      const played = await rehearsed(['--only', 'E0,B1'], { settings, defect: 'believes all' });
      assert.deepEqual(results(played), { E0: 'ERROR', B1: 'ERROR' });
      assert.equal(find(played, 'E0').reason, reason);
      assert.equal(played.code, 2);
    });
  }

  test('a MUST that was not tested decides with --complete', async () => {
    assert.equal((await rehearse(['--only', 'F1', '--complete'])).code, 4);
    assert.equal((await rehearse(['--only', 'F5', '--complete'])).code, 0);
  });

  test('a shop that believes all fails on forgeries only', async () => {
    const played = await rehearsed(['--only', 'E0,A1,B1'], { defect: 'believes all' });
    assert.deepEqual(results(played), { E0: 'PASS', A1: 'FAIL', B1: 'PASS' });
    assert.equal(played.code, 3);
    const { failures, costs } = find(played, 'A1');
    assert.equal(costs, 'whoever knows the callback URL gets goods for 100.00 USD without paying');
    assert.deepEqual(failures[0], {
      oracle: 'O2',
      text: 'the shop takes a callback that is not genuine for money',
      expected: 'not paid: the platform has 0.00 USD',
      observed: 'processed (paid)',
      mild: false,
    });
  });

  for (const [id, what, instead, oracles, cost] of [
    ['A1', 'a state that cannot be read', 'exit 52', ['O3'], 'nobody can see in the shop whether the order of 100.00 USD is paid'],
    ['B1', 'a payment that the shop does not know', 'echo \'{"status":"process_pending"}\'; exit', ['O1'],
      'the customer has paid 100.00 USD, and the shop does not know it'],
    ['B1', 'an order that the shop does not know', 'exit 22', ['O3'], 'nobody can see in the shop whether the order of 100.00 USD is paid'],
  ]) {
    test(`the cost is that of the mistake, not that of the scenario: ${what} in ${id}`, async () => {
      const ask = `${process.execPath} -e "fetch('{shop}/orders/{order}').then((r) => r.text()).then(console.log)"`;
      const command = ['sh', '-c', `case {click} in ${id}-*) ${instead};; esac; ${ask}`];
      const state = { ...SETTINGS.state, url: undefined, command };
      const played = await rehearsed(['--only', `E0,${id}`], { settings: { ...SETTINGS, state } });
      assert.deepEqual(results(played), { E0: 'PASS', [id]: 'FAIL' });
      assert.deepEqual(find(played, id).failures.map(({ oracle }) => oracle), oracles);
      assert.equal(find(played, id).costs, cost);
    });
  }

  test('a shop that ships again fails where a callback is repeated', async () => {
    const played = await rehearsed(['--only', 'E0,B1,B4'], { defect: 'ships again' });
    assert.deepEqual(results(played), { E0: 'PASS', B1: 'FAIL', B4: 'FAIL' });
    assert.equal(find(played, 'B1').failures[0].observed, '2 fulfilments');
  });

  test('a shop may apply callbacks after it has answered them', async () => {
    const played = await rehearsed(['--only', 'E0,A1,B5'], { defect: 'keeps callbacks' });
    assert.deepEqual(results(played), { E0: 'PASS', A1: 'PASS', B5: 'PASS' });
  });

  // The shop answers callbacks before it has stored them, and a restart loses them.
  const LOST = 'the payer has paid, but the shop does not know it';
  const JOB = { url: '{shop}/cron' };
  for (const [what, reconcile, result, text] of [
    ['no job that finds the payment loses it', undefined, 'FAIL', LOST],
    ['a job that does not find the payment loses it', { url: '{shop}/' }, 'FAIL', LOST],
    ['a job that finds the payment only looks wrong', JOB, 'WARN', `${LOST} before its job runs`],
  ]) {
    test(`a shop that answers first with ${what}`, async () => {
      const settings = { ...SETTINGS, restart: { url: '{shop}/restart' }, reconcile };
      const played = await rehearsed(['--only', 'C8'], { defect: 'keeps callbacks', settings });
      assert.equal(find(played, 'C8').result, result);
      assert.deepEqual(find(played, 'C8').failures.map(({ oracle, text: told }) => `${oracle} ${told}`), [`O1 ${text}`]);
    });
  }

  test('a job is not run without need', async () => {
    const settings = { ...SETTINGS, restart: { url: '{shop}/restart' }, reconcile: { url: '{shop}/cron', expect: [201] } };
    assert.deepEqual(results(await rehearsed(['--only', 'C8'], { settings })), { C8: 'PASS' });
  });

  test('a shop that applies them later may fall back to an older state', async () => {
    const played = await rehearsed(['--only', 'E0,B5'], { defect: 'keeps callbacks, and old ones count' });
    assert.deepEqual(results(played), { E0: 'PASS', B5: 'FAIL' });
    assert.deepEqual(find(played, 'B5').failures.map(({ text, expected, observed }) => [text, expected, observed]),
      [['the shop has fallen back to an older state', 'refunded', 'processed (paid)']]);
  });

  // The price of the small shop is 100.00 USD, whatever a form asks for.
  const ASKS = { ...SETTINGS.order, form: { amount: '{amount}', currency: '{currency}' } };
  for (const [what, change, expected] of [
    ['the amount that the settings name', { amount: '100.01' }, '100.01 USD'],
    ['the currency that the settings name', { currency: 'EUR' }, '100.00 EUR'],
    ['the amount that the hook orders', { amount: 12, order: ASKS }, '12.00 USD'],
  ]) {
    test(`another price is a failure of the ordinary purchase alone: ${what}`, async () => {
      const played = await rehearsed(['--only', 'E0,B1'], { settings: { ...SETTINGS, ...change } });
      assert.deepEqual(results(played), { E0: 'FAIL', B1: 'PASS' });
      assert.deepEqual(find(played, 'E0').failures, [{
        oracle: 'O1', text: 'another amount is charged to the customer than was ordered', expected, observed: '100.00 USD', mild: false,
      }]);
      assert.equal(find(played, 'E0').costs, `100.00 USD is charged to the customer, but ${expected} was ordered`);
    });
  }

  for (const [what, change] of [
    ['named', { amount: 100, currency: 'USD' }],
    ['ordered', { order: ASKS }],
  ]) {
    test(`the right price passes: ${what}`, async () => {
      const played = await rehearsed(['--only', 'E0'], { settings: { ...SETTINGS, ...change } });
      assert.deepEqual(results(played), { E0: 'PASS' });
    });
  }

  test('what the ordinary purchase shows is told once, whatever the status of the invoice', async () => {
    const played = await rehearsed(['--only', 'E0,B1,E6'], { defect: 'answers 204' });
    assert.deepEqual(results(played), { E0: 'FAIL', B1: 'PASS', E6: 'PASS' });
    assert.deepEqual(find(played, 'E0').failures.map(({ oracle, observed }) => `${oracle} ${observed}`),
      ['O5 204', 'O5 204']);
  });

  for (const [status, hint] of [
    [204, ': only 200 counts'],
    [302, ': only 200 counts'],
    [403, ', though its signature is right: check the key and the raw bytes, see /_mock/docs/signatures'],
    [500, ''],
  ]) {
    test(`a genuine callback that is answered with ${status}: what to look at`, async () => {
      const played = await rehearsed(['--only', 'E0'], { defect: `answers ${status}` });
      assert.deepEqual(find(played, 'E0').failures.map(({ text, observed }) => [text, observed]),
        ['processed', 'process_pending'].map((word) => [`the callback ${word} was never accepted${hint}`, String(status)]));
    });
  }

  // The small shop tries a creation once. The customer of its error page presses again and gets another invoice.
  const CLICK = { ...SETTINGS.order, form: { click: '{click}' } };
  for (const [what, order, defect] of [
    ['an error page', CLICK],
    ['an error page whose status is listed', { ...CLICK, id: undefined, expect: [201, 503] }],
    ['an error page with status 200', { ...CLICK, id: undefined, expect: [200, 201] }, 'error page 200'],
  ]) {
    test(`the customer of ${what} presses again`, async () => {
      const played = await rehearsed(['--only', 'E0,D1,D5,D7'], { settings: { ...SETTINGS, order }, defect });
      assert.deepEqual(results(played), { E0: 'PASS', D1: 'FAIL', D5: 'FAIL', D7: 'PASS' });
      assert.deepEqual(find(played, 'D1').failures.map(({ oracle, observed }) => `${oracle} ${observed}`), ['O6 2 invoices']);
    });
  }

  test('without {click} a second invoice may be for a second order', async () => {
    const played = await rehearsed(['--only', 'E0,D1,D7']);
    assert.deepEqual(results(played), { E0: 'PASS', D1: 'NOT TESTED', D7: 'PASS' });
    assert.deepEqual(find(played, 'D1').needs, ['click']);
    assert.match(find(played, 'D1').reason, /\{click\} in the hook order/);
  });

  test('an answer without the invoice may be an error page', async () => {
    const settings = { ...SETTINGS, order: { ...CLICK, id: undefined } };
    const played = await rehearsed(['--only', 'E0,D1,D7'], { settings, defect: 'shows no page' });
    assert.deepEqual(results(played), { E0: 'PASS', D1: 'FAIL', D7: 'NOT TESTED' });
    assert.deepEqual(find(played, 'D7').needs, ['order.id']);
    assert.equal(find(played, 'D7').invoices.length, 1);
  });

  test('nothing is learned from a shop that an ordinary purchase brings down', async () => {
    const played = await rehearsed(['--only', 'E0,B1'], { defect: 'crashes' });
    assert.deepEqual(results(played), { E0: 'FAIL', B1: 'NOT TESTED' });
    assert.match(find(played, 'B1').reason, /^An ordinary purchase \(E0\) fails already: /);
    assert.equal(find(played, 'E0').failures[0].observed, 'exit status 9');
  });

  test('scenarios with one reason have one entry', async () => {
    const { stdout } = await rehearse(['--only', 'E0,A1,B1,F1'], { defect: 'crashes' });
    assert.match(stdout, /\nNOT TESTED  A1 B1\n {12}An ordinary purchase \(E0\) fails already: .*\n\n/);
    assert.match(stdout, /\nNOT TESTED  F1 {2}A refund of the whole amount \(MUST\)\n/);
    const { stdout: unstarted } = await rehearse(['--only', 'A1,B1'], { defect: 'ends at once' });
    assert.match(unstarted, /\nERROR {7}A1 B1\n {12}An ordinary purchase \(E0\) could not be judged: .*\n\n/);
  });

  test('a shop that does not start is an error of the set-up, with its last words', async () => {
    const played = await rehearsed(['--only', 'D1'], { defect: 'ends at once' });
    assert.deepEqual(results(played), { D1: 'ERROR' });
    assert.match(find(played, 'D1').reason,
      /^An ordinary purchase \(E0\) could not be judged: the shop ended with exit status 7 .*; it printed: no database$/);
    assert.equal(played.code, 2);
    const { code, stdout } = await rehearse(['--only', 'D1'], { settings: { ...SETTINGS, shop: { url: 'http://8.8.8.8' } } });
    assert.equal(code, 2);
    assert.match(stdout, /its host is a public address; a rehearsal calls this machine and private networks only/);
  });

  test('the command that repeats a scenario has the options that change it', async () => {
    const listen = `127.0.0.1:${await freePort()}`;
    const played = await rehearsed(['--only', 'F1', '--listen', listen, '--settings', 'rehearsal.json', '--complete']);
    assert.ok(find(played, 'F1').again.startsWith(
      `milkypay-mock rehearse --only F1 --seed 1 --settings rehearsal.json --listen ${listen} -- `), find(played, 'F1').again);
  });

  test('one job plays all, one after the other', async () => {
    const played = await rehearsed(['--only', 'E0,A2,C4,E4', '--jobs', '1']);
    assert.deepEqual(results(played), { E0: 'PASS', A2: 'PASS', C4: 'PASS', E4: 'PASS' });
  });

  test('a shop that runs already is rehearsed with the demo account', async () => {
    const { code, stdout } = await runningShop((url, mock) =>
      runBinary(['rehearse', '--listen', mock, '--shop', `${url}/`, '--only', 'E0,A1,B1,C7'], { cwd: shopFolder() }));
    assert.match(stdout, /^3 of 4 MUST hold, 0 fail, 1 not tested\n/);
    assert.equal(code, 0);
  });

  test('hooks may be commands, and values are found by patterns', async () => {
    const ask = (path, method = 'GET') => [process.execPath, '-e',
      `fetch(process.env.REHEARSE_SHOP + ${path}, { method: '${method}' }).then((r) => r.text()).then(console.log)`];
    const settings = {
      ...SETTINGS,
      order: { command: ask("'/orders'", 'POST'), id: { pattern: '"order":"(o[0-9]+)"' } },
      state: {
        command: ask("'/orders/' + process.env.REHEARSE_ORDER"),
        status: { pattern: '"status":"([a-z_]+)"' },
        map: SETTINGS.state.map,
      },
    };
    const played = await rehearsed(['--only', 'E0,B1'], { settings });
    assert.deepEqual(results(played), { E0: 'PASS', B1: 'NOT TESTED' });
  });

  test('the URLs of the invoice are there as soon as the invoice is', async () => {
    const settings = { ...SETTINGS, callback: '{shop}/callback?for={reference}', state: { ...SETTINGS.state, url: '{return_url}' } };
    const played = await rehearsed(['--only', 'E0,A1,B1'], { settings, env: { RETURN: 'yes' } });
    assert.deepEqual(results(played), { E0: 'PASS', A1: 'PASS', B1: 'PASS' });
    const lines = find(played, 'E0').timeline.map(({ text }) => text);
    const [platform, shop] = [/^GET \/return\?/, /^return: GET /].map((form) => lines.findIndex((line) => form.test(line)));
    assert.ok(platform >= 0 && platform < shop, lines.join('\n'));
  });

  for (const [what, state] of [
    ['a URL', { url: '{return_url}' }],
    ['a header', { headers: { Referer: '{return_url}' } }],
    ['a command', { url: undefined, command: ['echo', '{return_url}'] }],
    ['a variable', { url: undefined, command: ['sh', '-c', 'echo $REHEARSE_RETURN_URL'] }],
  ]) {
    test(`a placeholder without a value is an error: ${what}`, async () => {
      const settings = { ...SETTINGS, state: { ...SETTINGS.state, ...state } };
      const played = await rehearsed(['--only', 'E0'], { settings });
      assert.equal(find(played, 'E0').reason, 'the hook state: {return_url} has no value here');
      assert.equal(played.code, 2);
    });
  }

  test('a command that fails says what it printed, in one line', async () => {
    const command = ['sh', '-c', 'echo "no such table: orders" >&2; date +%s%N >&2; exit 3'];
    const settings = { ...SETTINGS, state: { ...SETTINGS.state, url: undefined, command } };
    const played = await rehearsed(['--only', 'E0'], { settings });
    assert.match(find(played, 'E0').reason,
      /^the state of the order cannot be read: exit status 3; it printed: no such table: orders [0-9]+$/);
  });
});

describe('the catalogue', () => {
  const { scenarios } = JSON.parse(readFileSync(`${ROOT}server/rehearse/scenarios.json`, 'utf8'));
  const facts = new Map(readFileSync(`${ROOT}schema/platform.md`, 'utf8').split('\n')
    .map((line) => line.split(' | ')).filter(([first]) => /^\| P\d+$/.test(first))
    .map(([first, ...rest]) => [first.slice(2), rest.at(-2)]));

  test('a MUST is a rule of the platform, or money is lost', () => {
    assert.ok(scenarios.length >= 34);
    for (const { id, grade, rule, costs } of scenarios) {
      assert.ok(costs, id);
      if (rule) assert.ok(facts.has(rule), `${id}: ${rule}`);
      if (grade !== 'MUST') continue;
      if (rule) assert.match(facts.get(rule), /documented|samples|clients/, `${id}: ${rule}`);
      else assert.match(costs, /without pay|forgotten the order|goes back|without payment/, id);
    }
  });

  test('each kind of harm that a scenario tells of is found somewhere', () => {
    const folder = `${ROOT}server/rehearse/`;
    const sources = readdirSync(folder).filter((name) => name.endsWith('.c'))
      .map((name) => readFileSync(folder + name, 'utf8')).join('');
    const words = [...sources.matchAll(/\.harm =([^;,]*),/g)].flatMap(([, text]) => text.match(/"\w+"/g) ?? []);
    const found = new Set(words.map((word) => JSON.parse(word)));
    for (const { id, harm = [] } of scenarios) assert.deepEqual(harm.filter((one) => !found.has(one)), [], id);
  });

  test('each scenario has an id of its own and an ordinary case without a fault', () => {
    const ids = scenarios.map(({ id }) => id);
    assert.deepEqual(ids, [...new Set(ids)]);
    for (const { id, control, ordinary } of scenarios) {
      const found = scenarios.find((one) => one.id === control);
      assert.ok(ordinary ? control === null : found?.ordinary, id);
    }
  });
});

/** The processes below a process: pids. */
function below(root) {
  const parents = new Map();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const [, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop().split(' ');
      parents.set(pid, parent);
    } catch {
      // it has ended
    }
  }
  const found = [];
  const visit = (pid) => parents.forEach((parent, child) => {
    if (parent === pid) {
      found.push(child);
      visit(child);
    }
  });
  visit(String(root));
  return found;
}

const lives = (pid) => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop()[0] !== 'Z';
  } catch {
    return false;
  }
};

/** The first request to a server of the test, which is never answered. */
async function bell() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    ring: `exec node -e "fetch('http://127.0.0.1:${server.address().port}')"`,
    rung: once(server, 'request'),
    end: () => { server.closeAllConnections(); server.close(); },
  };
}

describe('processes', { skip: ALONE }, () => {
  test('an interrupted run says so, and reports what is known', async () => {
    const folder = shopFolder();
    const { ring, rung, end } = await bell();
    // the shop of the second scenario never answers
    const child = spawn(BIN, ['rehearse', '--only', 'E0,A1,A2', '--jobs', '1', '--report', 'reports', '--',
      'sh', '-c', `mkdir first 2>/dev/null && exec node shop.mjs; ${ring}`],
    { cwd: folder, env: cleanEnv({ TMPDIR: folder }), stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text) => { stderr += text; });
    await within(rung, () => `the second shop: ${stderr}`);
    child.kill('SIGTERM');
    const [code] = await within(once(child, 'close'), () => 'the end of the program');
    end();
    assert.equal(code, 143);
    assert.deepEqual(stderr.trimEnd().split('\n'), ['1 of 3  PASS        E0 An ordinary purchase',
      'milkypay-mock: rehearse: interrupted by SIGTERM: 1 of 3 were run']);
    const { results: list } = JSON.parse(readFileSync(`${folder}/reports/rehearsal-result.json`, 'utf8'));
    assert.deepEqual(list.map(({ id, result, reason }) => [id, result, reason]), [
      ['E0', 'PASS', ''],
      ['A1', 'NOT TESTED', 'not run: the rehearsal was interrupted'],
      ['A2', 'NOT TESTED', 'not run: the rehearsal was interrupted'],
    ]);
  });

  // no shell, which could unblock them itself
  const SIGNALS = ['awk', '/^Sig(Blk|Ign)/ { print > "/dev/stderr" } END { exit 7 }', '/proc/self/status'];
  const FREE = /SigBlk: 0+ SigIgn: 0+$/;

  test('the shop starts with no signal blocked or ignored', async () => {
    const { stdout } = await runBinary(['rehearse', '--only', 'E0', '--format', 'json', '--', ...SIGNALS], { cwd: shopFolder() });
    assert.match(JSON.parse(stdout).results[0].reason, FREE);
  });

  test('a hook command starts with no signal blocked or ignored', async () => {
    const state = { ...SETTINGS.state, url: undefined, command: SIGNALS };
    assert.match(find(await rehearsed(['--only', 'E0'], { settings: { ...SETTINGS, state } }), 'E0').reason, FREE);
  });

  test('the shop of --init starts with no signal blocked or ignored', async () => {
    const { stderr } = await runBinary(['rehearse', '--init', '--', ...SIGNALS], { cwd: tempDir() });
    assert.match(stderr, /^SigBlk:\s0+$\n^SigIgn:\s0+$/m);
  });

  for (const [signal, status] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGKILL', null]]) {
    test(`${signal} ends the server, the shops and what they started`, async () => {
      const folder = shopFolder({ ...SETTINGS, shop: { url: 'http://127.0.0.1:{port}', ready: '/', ready_within: '60s' } });
      const { ring, rung, end } = await bell();
      // a shop that never answers, behind a shell that detaches a process of its own
      const script = `setsid sleep 300 & ${ring}; `;
      const child = spawn(BIN, ['rehearse', '--only', 'E0', '--', 'sh', '-c', `${script}`],
        { cwd: folder, env: cleanEnv({ TMPDIR: folder }), stdio: 'ignore' });
      await within(rung, () => 'the start of the shop');
      const started = below(child.pid);
      assert.ok(started.length >= 5, `${started}`);
      child.kill(signal);
      const [code] = await within(once(child, 'exit'), () => 'the end of the program');
      assert.equal(code, status);
      await within((async () => {
        while (started.some(lives)) await new Promise((done) => { setImmediate(done); });
      })(), () => `the end of ${started.filter(lives)}`);
      end();
    });
  }
});
