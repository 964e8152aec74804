// GET /_mock/wait.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client } from '../lib/client.js';
import { refused } from '../lib/refused.js';
import { startServer } from '../lib/server.js';
import { HANG, startSink } from '../lib/sink.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);
const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };
const pending = (api, attributes) => api.made(attributes, hold);

describe('wait', () => {
  test('for a future status', async () => {
    const api = await demo.newAccount({ settle_after_ms: 300 });
    const { id } = await api.made();
    const waiting = api.wait({ invoice: id, status: 'processed' });
    const reply = (await waiting).expect(200);
    assert.equal(reply.data.attributes.status, 'processed');
    assert.deepEqual(reply.data, (await api.get(id)).data);
  });

  test('for a current or past status', async () => {
    const api = await demo.newFrozen();
    const { id } = await api.made();
    await api.advance(2);
    assert.equal(
      (await api.wait({ invoice: id, status: 'processed' })).expect(200).data.attributes.status,
      'processed',
    );
    assert.equal(
      (await api.wait({ invoice: id, status: 'process_pending' })).expect(200).data.attributes.status,
      'processed',
    );
  });

  test('several calls wait for the same status', async () => {
    const api = await demo.newAccount({ settle_after_ms: 500 });
    const { id } = await api.made();
    const waiting = Array.from({ length: 10 }, () => api.wait({ invoice: id, status: 'processed', timeout: '60s' }));
    for (const reply of await Promise.all(waiting)) assert.equal(reply.expect(200).data.attributes.status, 'processed');
  });

  test('times out with 408 and the current state', async () => {
    const api = await demo.newAccount();
    const { id } = await pending(api);
    const reply = await api.wait({ invoice: id, status: 'processed', timeout: '100ms' });
    assert.equal(refused(reply, 408).message, 'the condition was not met before the timeout; the invoice is process_pending');
    assert.ok('now' in reply.json);
    assert.match(JSON.stringify(reply.json), /process_pending/);
  });

  test('for a callback that has no URL it returns at once', async () => {
    const api = await demo.newAccount();
    const { id } = await api.made();
    for (const callback of ['delivered', 'failed']) {
      const reply = await api.wait({ invoice: id, callback, timeout: '60s' });
      const { code, message } = refused(reply, 408);
      assert.equal(code, 'no_callback_url');
      assert.match(message, /neither the invoice nor the account has a callback_url/);
      assert.deepEqual(reply.json.now.callbacks, []);
    }
  });

  test('on a frozen clock with nothing due it returns at once', async () => {
    const api = await demo.newFrozen();
    const { id } = await pending(api);
    await api.advance(1800);
    // must not take the full 60 s
    const reply = await api.wait({ invoice: id, status: 'processed', timeout: '60s' });
    assert.match(refused(reply, 408).message, /frozen/i);
  });

  test('for a callback, of any or of one transition', async () => {
    const api = await demo.newFrozen({ retry_limit: 2, retry_interval_s: 10 });
    const sink = await startSink({ account: api.account });
    sink.answer([200, 500]);
    const { id } = await api.made({ callback_url: `${sink.url}/c` });
    const first = (await api.wait({ invoice: id, callback: 'delivered', timeout: '60s' })).expect(200).json;
    assert.deepEqual([first.invoice, first.transition, first.state], [id, 'process_pending', 'done']);
    await api.advance(2);
    assert.equal(
      (await api.wait({ invoice: id, callback: 'delivered', transition: 'process_pending' })).expect(200).json.id,
      first.id,
    );
    await api.advance(10);
    const failed = (await api.wait({ invoice: id, callback: 'failed', transition: 'processed' })).expect(200).json;
    assert.deepEqual([failed.transition, failed.state, failed.attempts.length], ['processed', 'failed', 2]);
    const never = await api.wait({ invoice: id, callback: 'delivered', transition: 'processed', timeout: '100ms' });
    const { message } = refused(never, 408);
    assert.match(message, /; the invoice is processed, and its last callback \(processed\) was answered 500$/);
    assert.deepEqual(never.json.now.callbacks.map(({ code }) => code), [200, 500]);
    await sink.stop();
    const dead = (await api.made({ callback_url: `${sink.url}/c` }, hold)).id;
    await api.advance(0);
    await api.idle();
    const alone = await api.wait({ invoice: dead, callback: 'delivered', timeout: '1ms' });
    assert.match(refused(alone, 408).message, /, and its last callback \(process_pending\) got no answer$/);
  });

  test('idle: nothing in flight and nothing due', async () => {
    const api = await demo.newFrozen();
    const sink = await startSink({ account: api.account });
    assert.deepEqual((await api.wait({ idle: 'true' })).expect(200).json, { idle: true });
    let release;
    sink.answer([{ until: new Promise((done) => { release = done; }) }]);
    await pending(api, { callback_url: `${sink.url}/c` });
    await sink.got(1);
    refused(await api.wait({ idle: 'true', timeout: '100ms' }), 408);
    const waiting = api.wait({ idle: 'true', timeout: '60s' });
    release();
    assert.deepEqual((await waiting).expect(200).json, { idle: true });
    await sink.stop();
  });

  test('idle within: later events are ignored', async () => {
    const api = await demo.newAccount();
    await api.made({}, { headers: { 'X-Mock-Outcome': 'processed@20m' } });
    assert.deepEqual((await api.wait({ idle: 'true', within: '1m' })).expect(200).json, { idle: true });
    refused(await api.wait({ idle: 'true', within: '25m', timeout: '100ms' }), 408);
  });

  test('invalid parameters are rejected', async () => {
    const api = await demo.newFrozen();
    const { id } = await pending(api);
    for (const parameters of [
      {},
      { invoice: id },
      { status: 'processed' },
      { invoice: id, status: 'nonsense' },
      { invoice: id, callback: 'lost' },
      { idle: 'perhaps' },
      { invoice: id, status: 'processed', timeout: '5' },
      { invoice: id, status: 'processed', timeout: '-1s' },
    ]) {
      refused(await api.wait(parameters));
    }
    refused(await api.wait({ invoice: 'cpi_0000000000000000', status: 'processed' }), 404);
  });
});

test('waiting calls end with their account and with the server', async () => {
  const other = await startServer();
  const client = new Client(other);
  const api = await client.newAccount();
  const sink = await startSink({ account: api.account });
  sink.answer([HANG]);
  const { id } = await pending(api, { callback_url: `${sink.url}/c` });
  await sink.got(1);
  const waiting = api.wait({ invoice: id, status: 'processed', timeout: '60s' }, { check: false }).then(
    (reply) => reply.status,
    (error) => error.message,
  );
  const gone = await client.newAccount();
  const doomed = await pending(gone);
  const lost = gone.wait({ invoice: doomed.id, status: 'processed', timeout: '60s' }, { check: false }).then(
    (reply) => reply.status,
    (error) => error.message,
  );
  (await gone.control('DELETE', `/accounts/${gone.account.id}`)).expect(200);
  assert.notEqual(await lost, 200);
  await other.stop();
  assert.notEqual(await waiting, 200);
  await sink.stop();
});
