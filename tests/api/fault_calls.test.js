// Faults of calls.
// Each fault is checked on the wire, with a plain socket where an HTTP library would hide it.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client, invoice } from '../lib/client.js';
import { fault, hits } from '../lib/faults.js';
import { rawCall, rawRequest } from '../lib/raw.js';
import { startServer } from '../lib/server.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);
const GOOD = '5519283812030000'; // a test card that is accepted
const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };
const found = async (api, reference) =>
  (await api.list({ 'filter[reference_id]': reference })).expect(200).json.data;

/** Options for a call on a plain socket with this account's login. */
const withBasic = (api, options = {}) => ({ ...options, headers: { Authorization: api.auth, ...options.headers } });
const order = (attributes) => JSON.stringify({ data: { type: 'payment-invoices', attributes } });
const rawCreate = (api, attributes, start = rawCall) =>
  start(server, 'POST', '/payment-invoices', withBasic(api, { body: order(attributes) }));
const rawList = (api, start = rawCall) => start(server, 'GET', '/payment-services', withBasic(api));

describe('faults of calls', () => {
  test('status: the platform\'s error, Retry-After, and nothing is executed', async () => {
    const api = await demo.newAccount();
    await fault(api, { on: 'api', fault: 'status', status: 503, retry_after: 7 });
    const attributes = invoice();
    const reply = await api.create(attributes, { check: false });
    assert.equal(reply.status, 503);
    assert.equal(reply.headers['retry-after'], '7');
    assert.equal(reply.text, '{"errors":[{"status":"Service Unavailable","code":"503"}]}');
    await api.control('DELETE', '/faults');
    assert.deepEqual(await found(api, attributes.reference_id), []);
  });

  test('status: any code from 400 to 599, by default 500', async () => {
    const api = await demo.newAccount();
    const cases = [[undefined, 500, 'internal_error'], [429, 429, 'Too Many Requests'], [402, 402, 'Payment Required'],
      [504, 504, 'Gateway Timeout'], [400, 400, 'Bad Request'], [599, 599, 'Unknown']];
    for (const [status, code, words] of cases) {
      await fault(api, { on: 'api', fault: 'status', status, times: 1 });
      const reply = await api.services({}, { check: false });
      assert.equal(reply.status, code);
      assert.deepEqual([reply.json.errors[0].status, reply.json.errors[0].code], [words, String(code)]);
      assert.equal(reply.headers['retry-after'], undefined);
    }
  });

  test('delay: the call is executed later and does not block others', async () => {
    const api = await demo.newAccount();
    const other = await demo.newAccount();
    await fault(api, { on: 'api', fault: 'delay', delay: '30ms', times: 1, match: { method: 'POST' } });
    const attributes = invoice();
    const made = (await api.create(attributes)).expect(201).data;
    assert.equal((await found(api, attributes.reference_id))[0].id, made.id);
    assert.deepEqual(await hits(api), [1]);

    await fault(api, { on: 'api', fault: 'delay', delay: '10m', times: 1, match: { method: 'POST' } });
    const never = invoice();
    const slow = rawCreate(api, never, rawRequest);
    while ((await hits(api))[1] < 1);
    (await other.services()).expect(200);
    assert.deepEqual(await found(api, never.reference_id), [], 'not executed yet');
    assert.equal(slow.reads.length, 0);
    slow.socket.destroy(new Error('ten minutes are too long'));
    await slow.done;
  });

  test('delay: the account may be deleted before the call is executed', async () => {
    const api = await demo.newAccount();
    await fault(api, { on: 'api', fault: 'delay', delay: '3s' });
    const late = api.services();
    const raw = rawRequest(server, 'GET', '/payment-services', withBasic(api)).done;
    for (; (await hits(api))[0] < 2;);
    (
      await api.control('DELETE', `/accounts/${api.account.id}`, undefined, { parameters: { account: undefined } })
    ).expect(200);
    (await late).expect(401);
    assert.equal((await raw).status, 401);
  });

  test('delay: a range and a log-normal distribution', async () => {
    const api = await demo.newAccount();
    await fault(api, { on: 'api', fault: 'delay', delay: '1ms-20ms', times: 1 });
    await fault(api, { on: 'api', fault: 'delay', delay: 'lognormal', median: '5ms', sigma: 0.5, times: 1 });
    for (let i = 0; i < 3; i++) (await api.services()).expect(200);
    assert.deepEqual(await hits(api), [1, 1]);
  });

  test('reset: a TCP reset, nothing is executed', async () => {
    const api = await demo.newAccount();
    await fault(api, { on: 'api', fault: 'reset', times: 1 });
    const attributes = invoice();
    const { end, raw } = await rawCreate(api, attributes);
    assert.deepEqual([end, raw.length], ['reset', 0]);
    assert.deepEqual(await found(api, attributes.reference_id), []);
  });

  test('empty: the connection is closed without a byte', async () => {
    const api = await demo.newAccount();
    await fault(api, { on: 'api', fault: 'empty', times: 1 });
    const attributes = invoice();
    const { end, raw } = await rawCreate(api, attributes);
    assert.deepEqual([end, raw.length], ['closed', 0]);
    assert.deepEqual(await found(api, attributes.reference_id), []);
  });

  test('garbage: 200 with a body that is not JSON', async () => {
    const api = await demo.newAccount();
    await fault(api, { on: 'api', fault: 'garbage', times: 1 });
    const attributes = invoice();
    const { end, status, headers, body } = await rawCreate(api, attributes);
    assert.deepEqual([end, status, headers['content-type']], ['whole', 200, 'application/json']);
    assert.throws(() => JSON.parse(body.toString()), SyntaxError);
    assert.deepEqual(await found(api, attributes.reference_id), []);
  });

  test('truncate: the body is shorter than its Content-Length', async () => {
    const api = await demo.newAccount();
    const whole = await rawList(api);
    const length = whole.body.length;
    for (const [bytes, wanted] of [[undefined, Math.floor(length / 2)], [100, 100], [0, 0], [1000000, length - 1]]) {
      await fault(api, { on: 'api', fault: 'truncate', bytes, times: 1 });
      const { end, status, headers, body } = await rawList(api);
      assert.deepEqual([end, status, Number(headers['content-length'])], ['closed', 200, length]);
      assert.deepEqual(body, whole.body.subarray(0, wanted));
    }
  });

  test('truncate: an empty body gets a Content-Length of one', async () => {
    const api = await demo.newAccount();
    const { id } = await api.made({}, hold);
    await fault(api, { on: 'page', fault: 'truncate', times: 1 });
    const { end, status, headers, body } = await rawCall(server, 'GET', `/redirect/hpp/?cpi=${id}`);
    assert.deepEqual([end, status, headers['content-length'], body.length], ['closed', 302, '1', 0]);
  });

  test('slow: the body is complete, sent in pieces', async () => {
    const api = await demo.newAccount();
    const whole = await rawList(api);
    const rate = 30_000;
    await fault(api, { on: 'api', fault: 'slow', bytes_per_s: rate, times: 1 });
    const began = performance.now();
    const { end, body } = await rawList(api);
    const took = performance.now() - began;
    assert.equal(end, 'whole');
    assert.deepEqual(body, whole.body);
    // the pieces cannot be counted, because a busy reader receives several at once
    assert.ok(took >= 1000 * body.length / rate / 10, `${body.length} bytes in ${took} ms`);
  });

  test('slow: does not block others, and the client may disconnect', async () => {
    const api = await demo.newAccount();
    await fault(api, { on: 'api', fault: 'slow', bytes_per_s: 100, times: 1 });
    const crawling = rawList(api, rawRequest);
    let ended = false;
    crawling.done.then(() => { ended = true; });
    await new Promise((come) => crawling.socket.once('data', come));
    (await api.services()).expect(200);
    await api.made();
    assert.equal(ended, false);
    crawling.socket.destroy(new Error('enough'));
    await crawling.done;
  });

  test('commit_then_reset: the invoice is created and continues', async () => {
    const api = await demo.newAccount();
    await fault(api, { on: 'api', match: { method: 'POST' }, fault: 'commit_then_reset', times: 1 });
    const attributes = invoice();
    const { end, raw } = await rawCreate(api, attributes);
    assert.deepEqual([end, raw.length], ['reset', 0]);
    const [made] = await found(api, attributes.reference_id);
    assert.equal(made.attributes.amount, 100);
    assert.equal((await api.reach(made.id, 'processed')).attributes.status, 'processed');
    const again = (await api.create(attributes)).expect(409);
    assert.equal(again.data.id, made.id);
  });

  test('commit_then_timeout: the invoice is created, without a response', async () => {
    const api = await demo.newAccount();
    await fault(api, { on: 'api', match: { method: 'POST' }, fault: 'commit_then_timeout', times: 1 });
    const attributes = invoice();
    const request = rawCreate(api, attributes, rawRequest);
    let ended = false;
    request.done.then(() => { ended = true; });
    while (!(await found(api, attributes.reference_id)).length);
    assert.deepEqual([ended, request.reads], [false, []]);
    request.socket.destroy(new Error('the client gives up'));
    await request.done;
  });

  test('commit_then_timeout: after `hold` the connection is closed without a byte', async () => {
    const api = await demo.newAccount();
    await fault(api, { on: 'api', match: { method: 'POST' }, fault: 'commit_then_timeout', hold: '100ms', times: 1 });
    const attributes = invoice();
    const { end, raw } = await rawCreate(api, attributes);
    assert.deepEqual([end, raw.length], ['closed', 0]);
    assert.equal((await found(api, attributes.reference_id)).length, 1);
  });

  test('apply to the public API too, with its CORS header', async () => {
    const api = await demo.newAccount();
    await fault(api, { on: 'api', match: { path: '/public-api/*' }, fault: 'status', status: 502, times: 4 });
    const { id } = await api.made({}, hold);
    for (const call of [
      () => api.createPublic(invoice(), { check: false }),
      () => api.getPublic(id, { check: false }),
      () => api.prerequest({ currency: 'USD' }, { check: false }),
      () => api.createForm(invoice(), { check: false, headers: { Accept: 'application/json' } }),
    ]) {
      const reply = await call();
      assert.equal(reply.status, 502);
      assert.equal(reply.headers['access-control-allow-origin'], '*');
      assert.equal(reply.text, '{"errors":[{"status":"Bad Gateway","code":"502"}]}');
    }
    (await api.getPublic(id)).expect(200);
  });

  test('a delayed call of the public API is executed once, with one CORS header', async () => {
    const api = await demo.newAccount();
    await fault(api, { on: 'api', fault: 'delay', delay: '20ms', times: 1 });
    const body = JSON.stringify({ public_key: api.account.public_key, ...invoice() });
    const { status, raw } = await rawCall(server, 'POST', '/public-api/payment-invoices', { body });
    assert.equal(status, 201);
    assert.equal(raw.toString('latin1').match(/access-control-allow-origin/gi).length, 1);
  });

  test('payments by card without a page: the token determines the account', async () => {
    const api = await demo.newAccount();
    const data = await api.made({}, hold);
    const { token } = data.attributes.flow_data.metadata;
    await fault(api, {
      on: 'api',
      match: { path: '/payment/sale', invoice: data.id },
      fault: 'commit_then_reset',
      times: 1,
    });
    const card = { card_number: GOOD, cvv: '123', exp_month: '12', exp_year: '30', card_holder: 'A B' };
    const { end } = await rawCall(server, 'POST', '/payment/sale', {
      headers: { Authorization: `Bearer ${token}` },
      body: JSON.stringify({ data: { attributes: card } }),
    });
    assert.equal(end, 'reset');
    assert.equal((await api.attributes(data.id)).status, 'processed');
  });

  test('HEAD counts as GET', async () => {
    const api = await demo.newAccount();
    await fault(api, { on: 'api', match: { method: 'GET' }, fault: 'status', status: 503, times: 1 });
    assert.equal((await api.private('HEAD', '/payment-services', { check: false })).status, 503);
  });
});
