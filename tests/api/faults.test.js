// Faults: which calls they match, how often, and how the control API keeps them.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client, DEMO, basic, invoice } from '../lib/client.js';
import { fault, faults, hits } from '../lib/faults.js';
import { rawRequest } from '../lib/raw.js';
import { startServer } from '../lib/server.js';
import { startSink } from '../lib/sink.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);
const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };

/** Options for a call on a plain socket with this account's login. */
const withBasic = (api, options = {}) => ({ ...options, headers: { Authorization: api.auth, ...options.headers } });
const order = (attributes) => JSON.stringify({ data: { type: 'payment-invoices', attributes } });

/** An account with a frozen clock, and a sink that reports errors instead of failing. */
async function scene(settings = {}) {
  const api = await demo.newFrozen(settings);
  const sink = await startSink({ account: api.account, check: false });
  return { api, sink, callback_url: `${sink.url}/callback` };
}

describe('matching', () => {
  test('faults apply only to calls of their account', async () => {
    const api = await demo.newAccount();
    const other = await demo.newAccount();
    await fault(api, { on: 'api', fault: 'status' });
    (await other.services()).expect(200);
    await other.madePublic();
    assert.equal((await api.services({}, { check: false })).status, 500);
    assert.deepEqual([await hits(api), await faults(other)], [[1], []]);
  });

  test('rejected calls have no fault', async () => {
    const api = await demo.newAccount();
    await fault(api, { on: 'api', fault: 'status', status: 503 });
    (await api.services({}, { auth: basic(api.account.id, 'wrong') })).expect(401);
    (await api.createPublic({ public_key: 'pk_test_nobody' })).expect(401);
    assert.deepEqual(await hits(api), [0]);
  });

  test('/_mock/ never matches', async () => {
    const api = await demo.newAccount();
    for (const on of ['api', 'page']) await fault(api, { on, match: { path: '*' }, fault: 'reset' });
    (await api.control('GET', '/clock')).expect(200);
    (await demo.send('GET', '/_mock/assets/page.css')).expect(200);
    assert.deepEqual(await hits(api), [0, 0]);
  });

  test('method, path with or without /api, star, invoice', async () => {
    const api = await demo.newAccount();
    const one = await api.made({}, hold);
    const two = await api.made({}, hold);
    const status = async (method, target) => (await api.private(method, target, { check: false })).status;
    const targets = [
      ['GET', '/payment-services'],
      ['GET', '/api/payment-services'],
      ['GET', `/payment-invoices/${one.id}`],
      ['GET', `/api/payment-invoices/${two.id}`],
      ['GET', '/payment-invoices'],
      ['POST', '/payment-invoices'],
    ];
    for (const [match, wanted] of [
      [{}, [503, 503, 503, 503, 503, 503]],
      [undefined, [503, 503, 503, 503, 503, 503]],
      [{ method: 'POST' }, [200, 200, 200, 200, 200, 503]],
      [{ path: '/payment-services' }, [503, 503, 200, 200, 200, 400]],
      [{ path: '/api/payment-services' }, [503, 503, 200, 200, 200, 400]],
      [{ path: '/payment-services/' }, [503, 503, 200, 200, 200, 400]],
      [{ path: '/payment-invoices/*' }, [200, 200, 503, 503, 200, 400]],
      [{ path: '*invoices*' }, [200, 200, 503, 503, 503, 503]],
      [{ method: 'GET', path: '/payment-invoices' }, [200, 200, 200, 200, 503, 400]],
      [{ invoice: two.id }, [200, 200, 200, 503, 200, 400]],
    ]) {
      const { id } = await fault(api, { on: 'api', match, fault: 'status', status: 503 });
      const got = [];
      for (const [method, target] of targets) got.push(await status(method, target));
      assert.deepEqual(got, wanted, JSON.stringify(match));
      (await api.control('DELETE', `/faults/${id}`)).expect(200);
    }
  });

  test('api and page are separate', async () => {
    const api = await demo.newAccount();
    const data = await api.made({}, hold);
    const { pathname } = new URL(data.attributes.flow_data.action);
    await fault(api, { on: 'page', fault: 'status', status: 503 });
    (await api.get(data.id)).expect(200);
    assert.equal((await demo.send('GET', pathname, { check: false })).status, 503);
    await api.control('DELETE', '/faults');
    await fault(api, { on: 'api', fault: 'status', status: 503 });
    (await demo.send('GET', pathname, { headers: { Accept: 'text/html' } })).expect(200);
  });
});

describe('frequency', () => {
  const run = async (api, n) => {
    const got = [];
    for (let i = 0; i < n; i++) got.push((await api.services({}, { check: false })).status);
    return got;
  };

  test('times and after', async () => {
    const api = await demo.newAccount();
    await fault(api, { on: 'api', fault: 'status', status: 503, after: 1, times: 2 });
    assert.deepEqual(await run(api, 5), [200, 503, 503, 200, 200]);
    assert.deepEqual(await hits(api), [2]);
  });

  test('the oldest match applies, one per request', async () => {
    const api = await demo.newAccount();
    await fault(api, { on: 'api', fault: 'status', status: 501, times: 1 });
    await fault(api, { on: 'api', fault: 'status', status: 502, times: 2 });
    await fault(api, { on: 'api', fault: 'status', status: 503 });
    assert.deepEqual(await run(api, 4), [501, 502, 502, 503]);
    assert.deepEqual(await hits(api), [1, 2, 1]);
  });

  test('probability: the same seed gives the same decisions, whatever other accounts do', async () => {
    const decisions = async (seed, disturb) => {
      const seeded = await startServer({ args: ['--seed', String(seed)] });
      const api = new Client(seeded);
      if (disturb) {
        const other = await api.newAccount();
        await fault(other, { on: 'api', fault: 'status', probability: 0.5 });
        await run(other, 3);
      }
      await fault(api, { on: 'api', fault: 'status', status: 503, probability: 0.5 });
      const got = await run(api, 40);
      (await api.control('POST', '/reset')).expect(200);
      await fault(api, { on: 'api', fault: 'status', status: 503, probability: 0.5 });
      assert.deepEqual(await run(api, 40), got, 'a reset begins anew');
      await seeded.stop();
      return got.join(' ');
    };
    const [one, again, other] = [await decisions(1, false), await decisions(1, true), await decisions(2, false)];
    assert.equal(one, again);
    assert.notEqual(one, other);
    assert.ok(one.includes('200') && one.includes('503'));
  });

  test('probability 0 never applies and 1 always', async () => {
    const api = await demo.newAccount();
    await fault(api, { on: 'api', fault: 'status', status: 501, probability: 0 });
    await fault(api, { on: 'api', fault: 'status', status: 502, probability: 1 });
    assert.deepEqual(await run(api, 3), [502, 502, 502]);
  });
});

describe('the control API', () => {
  const refused = async (api, body, code, ...words) => {
    const reply = (await api.control('POST', '/faults', body)).expect(422);
    assert.equal(reply.json.error.code, code, reply.text);
    for (const word of words) assert.ok(reply.json.error.message.includes(word), `${word}: ${reply.text}`);
  };

  test('the response has the fault with id and hits; lists are oldest first', async () => {
    const api = await demo.newAccount();
    const bodies = [
      {
        on: 'api',
        match: { method: 'GET', path: '/payment-services/*' },
        fault: 'status',
        times: 3,
        after: 1,
        probability: 0.25,
        status: 503,
        retry_after: 1,
      },
      { on: 'callback', match: { invoice: 'cpi_0000000000000001', transition: 'processed' }, fault: 'drop' },
      { on: 'page', match: {}, fault: 'delay', delay: 'lognormal', median: '200ms', sigma: 0.5 },
      { on: 'api', fault: 'commit_then_timeout', hold: '0' },
    ];
    const made = [];
    for (const body of bodies) {
      const { id, hits: none, active, ...echo } = await fault(api, body);
      assert.match(id, /^fault_\d+$/);
      assert.deepEqual([echo, none, active], [body, 0, true]);
      made.push(id);
    }
    assert.deepEqual((await faults(api)).map(({ id }) => id), made);
    const page = (await api.control('GET', '/faults', undefined, { parameters: { limit: 3 } })).expect(200).json;
    assert.deepEqual([page.items.length, page.total, page.next], [3, 4, made[2]]);
    const rest = (await api.control('GET', '/faults', undefined, { parameters: { after: page.next } })).expect(
      200,
    ).json;
    assert.deepEqual([rest.items.map(({ id }) => id), rest.total, rest.next], [[made[3]], 4, null]);
    (await api.control('GET', '/faults', undefined, { parameters: { after: 'x' } })).expect(422);
  });

  test('a fault that is used up stays in the list and is not active', async () => {
    const api = await demo.newAccount();
    await fault(api, { on: 'api', fault: 'status', status: 503, times: 2 });
    await fault(api, { on: 'api', fault: 'status', status: 500 });
    const active = [];
    for (const status of [503, 503, 500]) {
      (await api.services({}, { check: false })).expect(status);
      active.push((await faults(api)).map((one) => one.active));
    }
    assert.deepEqual(active, [[true, true], [false, true], [false, true]]);
  });

  test('deletes one fault or all', async () => {
    const api = await demo.newAccount();
    const other = await demo.newAccount();
    const first = await fault(api, { on: 'api', fault: 'reset' });
    const second = await fault(api, { on: 'callback', fault: 'drop' });
    (await other.control('DELETE', `/faults/${first.id}`)).expect(404);
    assert.deepEqual((await api.control('DELETE', `/faults/${first.id}`)).expect(200).json, { deleted: first.id });
    (await api.control('DELETE', `/faults/${first.id}`)).expect(404);
    (await api.control('DELETE', '/faults/x')).expect(404);
    assert.deepEqual((await faults(api)).map(({ id }) => id), [second.id]);
    assert.deepEqual((await api.control('DELETE', '/faults')).expect(200).json, { items: [], total: 0, next: null });
    (await api.services()).expect(200);
  });

  test('a reset deletes faults and held callbacks', async () => {
    const { api, sink, callback_url } = await scene();
    await fault(api, { on: 'callback', fault: 'reorder' });
    await fault(api, { on: 'api', match: { path: '/payment-services' }, fault: 'reset' });
    await api.made({ callback_url }, hold);
    (await api.control('POST', '/reset')).expect(200);
    assert.deepEqual(await faults(api), []);
    (await api.services()).expect(200);
    assert.deepEqual([sink.requests.length, await api.callbacks()], [0, []]);
    await sink.stop();
  });

  test('unknown names are rejected, with the name that was probably meant', async () => {
    await refused(demo, { on: 'api', fault: 'statsu' }, 'unknown_fault', '"statsu"', 'did you mean status?');
    await refused(demo, { on: 'api', fault: 'timeout' }, 'unknown_fault', 'did you mean commit_then_timeout?');
    await refused(demo, { on: 'callback', fault: 'duplicated' }, 'unknown_fault', 'did you mean duplicate?');
    await refused(demo, { on: 'callback', fault: 'forged' }, 'unknown_fault', 'did you mean bad_signature?');
    const match = { transition: 'procesed' };
    await refused(demo, { on: 'callback', fault: 'drop', match }, 'invalid', 'match.transition', 'did you mean processed?');
    const method = { match: { method: 'get' } };
    await refused(demo, { on: 'api', fault: 'reset', ...method }, 'invalid', 'must be one of GET, POST');
    await refused(demo, { on: 'api', fault: 'drop' }, 'unknown_fault', 'on api; it is a fault on callback');
    await refused(demo, { on: 'callback', fault: 'reset' }, 'unknown_fault', 'on callback; it is a fault on api');
    await refused(demo, { on: 'api', fault: 'xyz' }, 'unknown_fault', 'on api; it must be one of status, delay');
    await refused(demo, { on: 'pages', fault: 'reset' }, 'unknown_fault', 'api, callback or page');
    await refused(demo, { on: 'api', fault: 'reset', tmies: 1 }, 'invalid', 'tmies', 'times');
    await refused(demo, { on: 'api', fault: 'reset', match: { paht: '/' } }, 'invalid', 'match.paht', 'path');
    await refused(demo, {}, 'invalid', 'on:', 'fault:');
    assert.deepEqual(await faults(demo), []);
  });

  test('unexpected, missing and out-of-range parameters are rejected', async () => {
    for (const [body, ...words] of [
      [{ fault: 'reset', bytes: 1 }, 'bytes', 'reset on api'],
      [{ fault: 'slow' }, 'bytes_per_s', 'needs'],
      [{ fault: 'slow', bytes_per_s: 0 }, 'bytes_per_s'],
      [{ fault: 'slow', bytes_per_s: '100' }, 'bytes_per_s', 'numeric'],
      [{ fault: 'delay' }, 'delay', 'needs'],
      [{ fault: 'delay', delay: 500 }, 'delay'],
      [{ fault: 'delay', delay: '500' }, 'delay'],
      [{ fault: 'delay', delay: '2s-1s' }, 'delay'],
      [{ fault: 'delay', delay: '11m' }, 'at most 10m'],
      [{ fault: 'delay', delay: 'lognormal', median: '1s' }, 'sigma'],
      [{ fault: 'delay', delay: 'lognormal', median: '1h', sigma: 1 }, 'at most 10m'],
      [{ fault: 'delay', delay: 'lognormal', median: '1s', sigma: -1 }, 'sigma'],
      [{ fault: 'delay', delay: '1s', sigma: 1 }, 'lognormal'],
      [{ fault: 'status', status: 399 }, 'status', '400'],
      [{ fault: 'status', status: 600 }, 'status', '599'],
      [{ fault: 'status', retry_after: -1 }, 'retry_after'],
      [{ fault: 'truncate', bytes: -1 }, 'bytes'],
      [{ fault: 'commit_then_timeout', hold: '11m' }, 'hold'],
      [{ fault: 'commit_then_timeout', hold: 5 }, 'hold', 'string'],
      [{ fault: 'reset', times: 0 }, 'times'],
      [{ fault: 'reset', times: '1' }, 'times', 'numeric'],
      [{ fault: 'reset', after: -1 }, 'after'],
      [{ fault: 'reset', probability: 1.01 }, 'probability'],
      [{ fault: 'reset', probability: -0.1 }, 'probability'],
      [{ fault: 'reset', match: { transition: 'processed' } }, 'match.transition'],
      [{ fault: 'reset', match: { method: 'get' } }, 'match.method'],
      [{ fault: 'reset', match: { path: 'payment-invoices' } }, 'match.path'],
      [{ fault: 'reset', match: { path: '/payment-invoice' } }, 'match.path', 'nearest is /payment-invoices'],
      [{ fault: 'reset', match: { path: '/payment-invoice/*' } }, 'match.path', 'nearest is /payment-invoices/{id}'],
      [{ fault: 'reset', match: { path: '/payment-invoices/*/refunds' } }, 'match.path', 'no such path'],
      [{ fault: 'reset', match: { path: '/payment-invoices/{id}' } }, 'match.path', 'write * for an id'],
      [{ fault: 'reset', match: { method: 'DELETE', path: '/payment-invoices' } }, 'match.method', 'has the method DELETE'],
      [{ fault: 'reset', match: { method: 'POST', path: '/refunds/*' } }, 'match.method'],
      [{ on: 'page', fault: 'reset', match: { method: 'DELETE' } }, 'match.method'],
      [{ fault: 'reset', match: { path: '/hpp/' } }, 'match.path', 'use "on":"page"'],
      [{ fault: 'reset', match: { path: '/hpp/*' } }, 'match.path', 'use "on":"page"'],
      [{ on: 'page', fault: 'reset', match: { path: '/api/payment-invoices/' } }, 'match.path', 'use "on":"api"'],
      [{ fault: 'reset', match: { path: '/_mock/clock' } }, 'match.path', '/_mock/'],
      [{ fault: 'reset', match: { invoice: 'x' } }, 'match.invoice'],
      [{ fault: 'reset', match: 1 }, 'match'],
      [{ on: 'callback', fault: 'truncate', bytes: 1 }, 'bytes', 'truncate on callback'],
      [{ on: 'callback', fault: 'drop', match: { path: '/' } }, 'match.path'],
      [{ on: 'callback', fault: 'drop', match: { transition: 'paid' } }, 'match.transition', 'paid'],
    ]) {
      await refused(demo, { on: 'api', ...body }, 'invalid', ...words);
    }
    (await demo.control('POST', '/faults', undefined, { body: '{' })).expect(400);
    assert.deepEqual(await faults(demo), []);
  });

  test('an account has at most 200', async () => {
    const api = await demo.newAccount();
    for (let i = 0; i < 200; i++) await fault(api, { on: 'callback', fault: 'drop', times: 1 });
    assert.equal(
      (await api.control('POST', '/faults', { on: 'api', fault: 'reset' })).expect(409).json.error.code,
      'too_many_faults',
    );
    const list = (await api.control('GET', '/faults')).expect(200).json;
    assert.deepEqual([list.items.length, list.total, list.next], [100, 200, list.items.at(-1).id]);
    (await api.services()).expect(200);
  });

  test('a hit is logged at level debug', async () => {
    const logging = await startServer({ args: ['--log-level', 'debug', '--log-format', 'json'] });
    const api = new Client(logging);
    const { id } = await fault(api, { on: 'api', fault: 'status', status: 503 });
    await api.services({}, { check: false });
    await logging.stop();
    const lines = logging.stderr.split('\n').filter(Boolean).map((line) => JSON.parse(line));
    const hit = lines.find((line) => line.event === 'fault_hit');
    assert.deepEqual([hit.id, hit.fault, hit.on, hit.account], [id, 'status', 'api', DEMO.id]);
  });
});

test('a stopping server responds to delayed calls at once', async () => {
  const ending = await startServer();
  const api = new Client(ending);
  const start = (method, target, body) => rawRequest(ending, method, target, withBasic(api, { body }));
  await fault(api, { on: 'api', match: { method: 'POST' }, fault: 'commit_then_timeout' });
  await fault(api, { on: 'api', match: { path: '/payment-invoices' }, fault: 'delay', delay: '10m' });
  await fault(api, { on: 'api', fault: 'slow', bytes_per_s: 100 });
  const requests = [
    start('POST', '/payment-invoices', order(invoice())),
    start('GET', '/payment-invoices'),
    start('GET', '/payment-services'),
  ];
  await new Promise((come) => requests[2].socket.once('data', come));
  while ((await hits(api)).some((n) => !n));
  await ending.stop();
  const [held, delayed, slow] = await Promise.all(requests.map((request) => request.done));
  assert.deepEqual([held.end, held.raw.length], ['closed', 0]);
  assert.deepEqual([delayed.end, delayed.status], ['whole', 503]);
  assert.equal(slow.end, 'whole');
});
