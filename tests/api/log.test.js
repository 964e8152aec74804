// The server's log: its lines, what it never contains, and what nobody can forge.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Client, DEMO, invoice } from '../lib/client.js';
import { CVVS, holdsCvvs } from '../lib/cvv.js';
import { startServer } from '../lib/server.js';
import { startSink } from '../lib/sink.js';

describe('the log', () => {
  const traffic = async (server) => {
    const demo = new Client(server);
    const sink = await startSink({ account: DEMO });
    const { id } = await demo.made({ callback_url: `${sink.url}/logged`, test_mode: true });
    await demo.createPublic(invoice());
    await demo.createForm({ ...invoice() });
    await demo.getPublic(`${id}?public_key=${DEMO.public_key}`);
    await demo.send('GET', '/payment-invoices', { auth: 'Basic bm9uc2Vuc2U6bm9uc2Vuc2U=' });
    for (const cvv of CVVS) {
      const card = { card_number: '5519283812030000', expiry: '1230', cvv };
      (await demo.pay((await demo.made({}, { headers: { 'X-Mock-Outcome': 'process_pending' } })).id, card)).expect(
        200,
      );
    }
    const api = await demo.newAccount();
    await demo.idle();
    await sink.stop();
    await server.stop();
    return api.account;
  };
  const secrets = (account) => [
    DEMO.api_key,
    DEMO.secret_key,
    DEMO.secret_live_key,
    account.api_key,
    account.secret_key,
    Buffer.from(`${DEMO.id}:${DEMO.api_key}`).toString('base64'),
    'bm9uc2Vuc2U6bm9uc2Vuc2U=',
    '5519283812030000',
  ];

  test('json: each line is an object, one per request and attempt', async () => {
    const server = await startServer({ args: ['--log-format', 'json', '--log-level', 'debug'] });
    const account = await traffic(server);
    const lines = server.stderr.trim().split('\n').map((line) => JSON.parse(line));
    assert.ok(lines.length > 8);
    const text = server.stderr;
    assert.match(text, /\/payment-invoices/);
    assert.match(text, /\/logged/);
    for (const secret of secrets(account)) assert.ok(!text.includes(secret), `the log holds ${secret}`);
    assert.ok(!holdsCvvs(text));
  });

  test('text: contains no secrets', async () => {
    const server = await startServer({ args: ['--log-format', 'text', '--log-level', 'debug'] });
    const account = await traffic(server);
    assert.ok(server.stderr.split('\n').length > 8);
    for (const secret of secrets(account)) assert.ok(!server.stderr.includes(secret), `the log holds ${secret}`);
    assert.ok(!holdsCvvs(server.stderr));
  });

  test('a request cannot forge a line', async () => {
    for (const format of ['text', 'json']) {
      const server = await startServer({ args: ['--log-format', format] });
      const demo = new Client(server);
      await demo.send('GET', '/payment-invoices/x%0Aforged%20line%1b[31m', { auth: demo.auth });
      await demo.send('GET', '/x%0d%0aforged', { check: false, headers: { 'User-Agent': 'a\tforged' } });
      await server.stop();
      assert.ok(!server.stderr.split('\n').some((line) => line.startsWith('forged')));
      assert.ok(!server.stderr.includes('\u001b'));
    }
  });

  test('characters outside ASCII are escaped as characters, not bytes', async () => {
    for (const format of ['json', 'text']) {
      const server = await startServer({ args: ['--log-format', format] });
      await new Client(server).send('GET', '/caf%C3%A9-%F0%9F%98%80', { check: false });
      await server.stop();
      assert.ok(server.stderr.includes('"/caf\\u00e9-\\ud83d\\ude00"'), server.stderr);
      const found = server.stderr
        .split('\n')
        .filter((line) => format === 'json' && line.includes('caf') && !line.includes('reason'))
        .map((line) => JSON.parse(line).path);
      assert.deepEqual(found, format === 'json' ? ['/caf\u00e9-\u{1f600}'] : []);
    }
  });

  test('SIGHUP stops the server unless it is ignored', async () => {
    const server = await startServer();
    await server.stop({ signal: 'SIGHUP' });
    const kept = await startServer({ wrap: ['sh', '-c', 'trap "" HUP; exec "$@"', 'sh'] });
    process.kill(kept.pid, 'SIGHUP');
    await new Client(kept).made();
    await kept.stop();
  });

  test('error: nothing is logged without errors', async () => {
    const server = await startServer({ args: ['--log-level', 'error'] });
    await new Client(server).made();
    await server.stop();
    assert.equal(server.stderr, '');
  });
});
