// `milkypay-mock rehearse`: every way of a hook, hooks that fail, payers who cannot order, and a run that cannot begin.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { describe, test } from 'node:test';
import { SETTINGS, rehearse, rehearsed, shopFolder } from '../lib/rehearse.js';
import { ALONE, runBinary } from '../lib/server.js';
import { AT_TERMINAL } from '../lib/terminal.js';

const results = ({ run }) => Object.fromEntries(run.results.map(({ id, result }) => [id, result]));
const find = ({ run }, id) => run.results.find((one) => one.id === id);
const order = (more) => ({ ...SETTINGS, order: { ...SETTINGS.order, ...more } });
const hook = (name, more) => ({ ...SETTINGS, [name]: more });

/** The request line, the type and the body of the first order of a run. */
function sent(played, id = 'E0') {
  const { request } = find(played, id).timeline.find(({ kind, text }) => kind === 'hook' && text.startsWith('order'));
  return { headers: request.headers, body: request.body };
}

describe('the body of a hook', { skip: ALONE }, () => {
  test('is JSON with the values of the scene', async () => {
    const json = { amount: '{amount}', lines: ['{currency}', 5, null, { deep: true }], at: 'x' };
    const played = await rehearsed(['--only', 'E0'], { settings: order({ json, headers: { 'X-Empty': '' } }) });
    assert.deepEqual(results(played), { E0: 'PASS' });
    const filled = { ...json, amount: '100.00', lines: ['USD', 5, null, { deep: true }] };
    assert.deepEqual(JSON.parse(sent(played).body), filled);
  });

  test('is a form, or a text, or nothing', async () => {
    const form = await rehearsed(['--only', 'E0'], { settings: order({ form: { 'a b': '{amount}', c: '&' } }) });
    assert.equal(sent(form).body, 'a%20b=100.00&c=%26');
    const text = await rehearsed(['--only', 'E0'], { settings: order({ body: 'amount {amount}' }) });
    assert.equal(sent(text).body, 'amount 100.00');
    for (const played of [form, text]) assert.deepEqual(results(played), { E0: 'PASS' });
  });
});

describe('a hook that fails is no mistake of the shop', { skip: ALONE }, () => {
  for (const [what, id, settings, reason] of [
    ['an order without the member that has its number', 'E0', order({ id: '/none' }),
      /^the hook order: its answer has no "id"/],
    ['an order that is answered otherwise', 'E0', order({ expect: [202] }), /^the hook order: status 201/],
    ['a refund', 'F1', hook('refund', { url: '{shop}/refund', expect: [201] }), /^the hook refund: status 200/],
    ['a payout', 'G0', hook('payout', { url: '{shop}/payout', expect: [201] }), /^the hook payout: status 200/],
    ['the state of a payout', 'G0',
      { ...hook('payout', { url: '{shop}/payout' }), payout_state: { command: ['echo', '{"now":"sent"}'], status: '/now', map: {} } },
      /^payout_state\.map does not say what "sent" means/],
    ['a reconciliation', 'C6', hook('reconcile', { url: '{shop}/job', expect: [500] }),
      /^the hook reconcile: status 200/],
    ['a restart', 'C8', hook('restart', { url: '{shop}/restart', expect: [201] }), /^the hook restart: status 200/],
    ['a command that there is not', 'F1', hook('refund', { command: ['/no/such/command'] }),
      /^the hook refund: \/no\/such\/command: No such file/],
    ['a command that does not end', 'F1', hook('refund', { command: ['sleep', '600'], within: '100ms' }),
      /^the hook refund: it did not end in time/],
    ['a command that is killed', 'F1', hook('refund', { command: ['sh', '-c', 'kill -9 $$'] }),
      /^the hook refund: signal 9/],
  ]) {
    test(what, async () => {
      const played = await rehearsed(['--only', id], { settings });
      assert.equal(find(played, id).result, 'ERROR', find(played, id).reason);
      assert.match(find(played, id).reason.replace(/^An ordinary purchase \(E0\) could not be judged: /, ''), reason);
      assert.equal(played.code, 2);
    });
  }
});

describe('a shop', { skip: ALONE }, () => {
  test('may be restarted by a hook', async () => {
    const played = await rehearsed(['--only', 'C8'], { settings: hook('restart', { url: '{shop}/restart' }) });
    assert.deepEqual(results(played), { C8: 'PASS' });
  });

  test('may be asked by a method whose answers have no body', async (t) => {
    const elsewhere = createHttpServer((_, response) => response.writeHead(200, { 'Content-Length': 5 }).end());
    await once(elsewhere.listen(0, '127.0.0.1'), 'listening');
    t.after(() => elsewhere.close());
    const settings = hook('restart', { method: 'HEAD', url: `http://127.0.0.1:${elsewhere.address().port}/restart` });
    const played = await rehearsed(['--only', 'C8'], { settings });
    assert.deepEqual(results(played), { C8: 'PASS' });
    const { text, response } = find(played, 'C8').timeline
      .find(({ kind, text: words }) => kind === 'hook' && words.startsWith('restart'));
    assert.match(text, /^restart: HEAD /);
    assert.deepEqual([response.line, response.body], ['200', '']);
  });

  test('that takes no order after an error loses its payers', async () => {
    const played = await rehearsed(['--only', 'D1,D7'], { defect: 'gives up' });
    for (const id of ['D1', 'D7']) {
      const { result, failures } = find(played, id);
      assert.equal(result, 'FAIL', id);
      assert.deepEqual(failures.map(({ oracle, text, observed }) => [oracle, text, observed]), [
        ['O6', 'the payer cannot order any more, although the platform is well', 'status 503'],
      ]);
    }
    assert.equal(played.code, 3);
  });

  test('that deletes its account at a refund cannot be judged', async () => {
    const refund = { url: '{shop}/refund', form: { amount: '{amount}', click: '{click}' }, expect: [201] };
    const played = await rehearsed(['--only', 'F7'], { defect: 'deletes its account at a refund', settings: hook('refund', refund) });
    assert.equal(find(played, 'F7').result, 'ERROR');
    assert.match(find(played, 'F7').reason, /account/);
  });

  for (const defect of ['deletes its account', 'deletes its account when asked']) {
    test(`that ${defect} cannot be judged`, async () => {
      const played = await rehearsed(['--only', 'E0,B1,C8'], { defect });
      assert.deepEqual(results(played), { E0: 'ERROR', B1: 'ERROR', C8: 'NOT TESTED' });
      assert.match(find(played, 'E0').reason, /of the mock: 404 .*account/);
      assert.equal(played.code, 2);
    });
  }

  test('that is killed by a callback is told by its signal', async () => {
    const played = await rehearsed(['--only', 'E0'], { defect: 'is killed' });
    assert.equal(find(played, 'E0').failures[0].observed, 'signal 9');
  });
});

describe('a rehearsal', { skip: ALONE }, () => {
  test('takes nothing from MILKYPAY_ variables', async () => {
    const env = { MILKYPAY_CONTROL_TOKEN: 'sesame', MILKYPAY_LISTEN: '127.0.0.1:1' };
    assert.deepEqual(results(await rehearsed(['--only', 'E0'], { env })), { E0: 'PASS' });
  });

  test('ends if its server cannot start', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { code, stderr } = await rehearse(['--only', 'E0', '--listen', `127.0.0.1:${taken.address().port}`]);
    assert.equal(code, 2);
    assert.match(stderr, /Address already in use[^]*the server did not start; the line above says why/);
    taken.close();
  });

  test('shows its progress on one line of a terminal', async () => {
    const folder = shopFolder();
    const run = (env) => runBinary(['rehearse', '--only', 'E0,A1', '--', process.execPath, 'shop.mjs'],
      { cwd: folder, env: { TMPDIR: folder, ...env }, wrap: AT_TERMINAL });
    const { code, stderr } = await run({ TERM: 'xterm' });
    assert.equal(code, 0);
    assert.match(stderr, /\r\x1b\[K1 of 2 {2}\w\d [^]*\r\x1b\[K2 of 2 {2}\w\d [^]*\r\x1b\[K/);
    assert.match((await run({ TERM: 'dumb' })).stderr, /^1 of 2/m);
    assert.match((await run({ TERM: 'xterm', DEFECT: 'believes all' })).stderr, /2 of 2, 1 failed {2}A1 /);
  });
});
