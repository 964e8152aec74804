// GET /_mock/wait with many callers at once, and for a number of requests.

import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, describe, test } from 'node:test';
import { Client, query } from '../lib/client.js';
import { PATIENCE_MS, within } from '../lib/limits.js';
import { startServer } from '../lib/server.js';
import { HANG, startSink } from '../lib/sink.js';

const server = await startServer({ args: ['--log-level', 'error'] });
const agent = new http.Agent({ keepAlive: true, maxSockets: Infinity });
after(async () => {
  agent.destroy();
  await server.stop();
});
const demo = new Client(server);
const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };
const MANY = 2000;

/** Starts many waiting calls, each on a separate connection: {answers (promises of [status, text])}. */
function waiting(list) {
  const one = (parameters) => new Promise((done, fail) => {
    const request = http.request(
      server.url,
      { path: `/_mock/wait${query({ timeout: '60s', ...parameters })}`, agent },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part) => {
          text += part;
        });
        response.on('end', () => done([response.statusCode, text]));
        response.on('error', fail);
      },
    );
    request.on('error', fail);
    request.end();
  });
  return within(Promise.all(list.map(one)), () => `${list.length} waiting calls`, 2 * PATIENCE_MS);
}

async function gauge(name) {
  const { text } = await demo.send('GET', '/_mock/metrics');
  return Number(new RegExp(`^milkypay_mock_${name} (\\d+)$`, 'm').exec(text)[1]);
}

/** Polls until this number of callers wait. */
async function waiters(wanted) {
  const parked = (async () => {
    while (await gauge('waiting_callers') !== wanted);
  })();
  await within(parked, () => `${wanted} waiting callers`);
}

describe(`${MANY} callers at once`, () => {
  test('for one invoice: all calls return', async () => {
    const api = await demo.newAccount();
    const { id } = await api.made({}, hold);
    const answers = waiting(
      Array.from({ length: MANY }, () => ({ account: api.account.id, invoice: id, status: 'processed' })),
    );
    await waiters(MANY);
    (await api.transition(id, { status: 'processed' })).expect(200);
    const all = await answers;
    const { text } = await api.get(id);
    assert.equal(all.filter(([status, body]) => status === 200 && body === text).length, MANY);
    assert.equal(await gauge('waiting_callers'), 0);
  });

  test('for many invoices of many accounts: each call gets its own', async () => {
    const accounts = [];
    for (let i = 0; i < 20; i++) accounts.push(await demo.newAccount());
    const list = [];
    for (let i = 0; i < MANY / 10; i++) {
      const api = accounts[i % accounts.length];
      list.push({ api, id: (await api.made({}, hold)).id });
    }
    const callers = Array.from({ length: MANY }, (_, i) => list[i % list.length]);
    const answers = waiting(
      callers.map(({ api, id }) => ({ account: api.account.id, invoice: id, status: 'process_failed' })),
    );
    await waiters(MANY);
    for (const { api, id } of list)
      (await api.transition(id, { status: 'process_failed', resolution: 'declined' })).expect(200);
    const all = await answers;
    all.forEach(([status, text], i) => {
      assert.equal(status, 200);
      assert.equal(JSON.parse(text).data.id, callers[i].id);
    });
  });

  test('for an idle account: all calls are answered when it becomes idle', async () => {
    const api = await demo.newAccount();
    const sink = await startSink({ account: api.account });
    let release;
    sink.answer([{ status: 200, until: new Promise((done) => { release = done; }) }, 200]);
    await api.made({ callback_url: `${sink.url}/c` }, hold);
    await sink.got(1);
    const answers = waiting(
      Array.from({ length: MANY }, () => ({ account: api.account.id, idle: 'true', within: '10s' })),
    );
    await waiters(MANY);
    release();
    assert.equal((await answers).filter(([status]) => status === 200).length, MANY);
    await sink.stop();
  });

  test('for requests: each call returns when its number is reached', async () => {
    const api = await demo.newAccount();
    const answers = waiting(
      Array.from({ length: MANY }, (_, i) => ({
        account: api.account.id,
        requests: 1 + (i % 10),
        method: 'GET',
        path: '/payment-services',
      })),
    );
    await waiters(MANY);
    for (let left = 9; left >= 0; left--) {
      (await api.services()).expect(200);
      await waiters(left * MANY / 10);
    }
    assert.ok((await answers).every(([status, text], i) => status === 200 && JSON.parse(text).requests === 1 + i % 10));
  });

  test('end when they disconnect or time out', async () => {
    const api = await demo.newAccount();
    const { id } = await api.made({}, hold);
    const answers = waiting(
      Array.from({ length: MANY }, (_, i) => ({
        account: api.account.id,
        invoice: id,
        status: 'processed',
        timeout: `${500 + i}ms`,
      })),
    );
    const all = await answers;
    assert.ok(all.every(([status, text]) => status === 408 && JSON.parse(text).now.status === 'process_pending'));
    assert.equal(await gauge('waiting_callers'), 0);
  });
});

describe('for requests', () => {
  test('earlier requests count', async () => {
    const api = await demo.newAccount();
    await api.made({}, hold);
    assert.deepEqual((await api.wait({ requests: 1 })).expect(200).json, { requests: 1 });
    await api.made({}, hold);
    assert.deepEqual((await api.wait({ requests: 1 })).expect(200).json, { requests: 2 });
  });

  test('only matching requests count', async () => {
    const api = await demo.newAccount();
    const { id } = await api.made({}, hold);
    const found = api.wait({ requests: 1, path: '/payment-invoices/*', method: 'get', status: '4xx', timeout: '60s' });
    (await api.get(id)).expect(200);
    (await api.services()).expect(200);
    (await api.get('cpi_0000000000000000')).expect(404);
    assert.deepEqual((await found).expect(200).json, { requests: 1 });
    const { now } = (await api.wait({ requests: 2, invoice: id, method: 'PUT', timeout: '1ms' })).expect(408).json;
    assert.deepEqual(now, { requests: 0 });
  });

  test('a frozen clock does not end the wait', async () => {
    const api = await demo.newAccount();
    await api.freeze();
    const found = api.wait({ requests: 1, path: '/payment-services', timeout: '60s' });
    (await api.services()).expect(200);
    assert.deepEqual((await found).expect(200).json, { requests: 1 });
  });

  test('unmatched requests, in the demo account', async () => {
    const path = `/nowhere/${Date.now()}`;
    const found = demo.wait({ requests: 1, unmatched: 'true', path, timeout: '60s' });
    (await demo.send('GET', path, { check: false })).expect(404);
    assert.deepEqual((await found).expect(200).json, { requests: 1 });
  });

  test('continues after a reset of the account', async () => {
    const api = await demo.newAccount();
    const { id } = await api.made({}, hold);
    const lost = api.wait({ invoice: id, status: 'processed', timeout: '60s' });
    const found = api.wait({ requests: 1, path: '/payment-services', timeout: '60s' });
    await waiters(2);
    (await api.control('POST', '/reset')).expect(200);
    (await lost).expect(404);
    (await api.services()).expect(200);
    assert.deepEqual((await found).expect(200).json, { requests: 1 });
  });

  test('may be those of a sink', async () => {
    const api = await demo.newAccount();
    const found = api.wait({ requests: 2, sink: 'shop', timeout: '60s' });
    const sink = `${server.url}/_mock/sink/shop?account=${api.account.id}`;
    const { id } = await api.made({ callback_url: sink }, hold);
    assert.deepEqual((await api.wait({ requests: 1, sink: 'shop', invoice: id, timeout: '60s' })).expect(200).json, {
      requests: 1,
    });
    await api.made({ callback_url: sink }, hold);
    assert.deepEqual((await found).expect(200).json, { requests: 2 });
    assert.deepEqual((await api.wait({ requests: 1, sink: 'other', timeout: '1ms' })).expect(408).json.now, {
      requests: 0,
    });
    for (const bad of [{ sink: 'a b' }, { sink: 'shop', method: 'POST' }, { sink: 'shop', unmatched: 'true' }])
      (await api.wait({ requests: 1, ...bad })).expect(422);
  });

  test('invalid parameters are rejected', async () => {
    const api = await demo.newAccount();
    for (const bad of [
      { requests: 0 },
      { requests: -1 },
      { requests: 'many' },
      { requests: 1000001 },
      { requests: 1, idle: 'true' },
      { requests: 1, callback: 'failed' },
      { requests: 1, status: 'processed' },
      { requests: 1, kind: 'x' },
      { requests: 1, timeout: '61s' },
      { idle: 'true', invoice: 'cpi_0000000000000000' },
      {},
    ]) {
      (await api.wait(bad)).expect(422);
    }
  });
});

describe('for an idle account', () => {
  let api;
  before(async () => { api = await demo.newAccount(); });

  test('within a time: nothing is due until then', async () => {
    await api.freeze();
    await api.made({}, { headers: { 'X-Mock-Outcome': 'processed@60s' } });
    assert.deepEqual((await api.wait({ idle: 'true', within: '59s' })).expect(200).json, { idle: true });
    const { error, now } = (await api.wait({ idle: 'true', within: '61s', timeout: '1ms' })).expect(408).json;
    assert.equal(error.code, 'frozen');
    assert.ok(now.next_due > 0);
    const found = api.wait({ idle: 'true', within: '1h' });
    (await found).expect(408);
  });

  test('not before the end of a hanging attempt', async () => {
    const other = await demo.newAccount({ read_timeout_ms: 200, retry_limit: 1 });
    const sink = await startSink({ account: other.account });
    sink.answer([HANG]);
    const { id } = await other.made({ callback_url: `${sink.url}/c` }, hold);
    await sink.got(1);
    assert.deepEqual((await other.wait({ idle: 'true', within: '1s', timeout: '60s' })).expect(200).json, {
      idle: true,
    });
    const [callback] = await other.callbacks({ invoice: id });
    assert.equal(callback.state, 'failed');
    await sink.stop();
  });
});
