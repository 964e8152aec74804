// Each fault is checked on the wire, with a plain socket where an HTTP library would hide it.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client, DEMO, basic, invoice, phpForm } from '../lib/client.js';
import { rawCall, rawRequest } from '../lib/raw.js';
import { startServer, tempDir } from '../lib/server.js';
import { CLOSE, HANG, sign, startSink } from '../lib/sink.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);
const GOOD = '5519283812030000'; // a test card that is accepted
const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };

const fault = async (api, body) => (await api.control('POST', '/faults', body)).expect(201).json;
const faults = async (api) => (await api.control('GET', '/faults')).expect(200).json.items;
const hits = async (api) => (await faults(api)).map((one) => one.hits);
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

describe('faults of pages', () => {
  const cardPage = async (api) => {
    const data = await api.made({}, hold);
    return { id: data.id, path: new URL(data.attributes.flow_data.action).pathname };
  };
  const html = { headers: { Accept: 'text/html' } };

  test('status: the HTML error page', async () => {
    const api = await demo.newAccount();
    const { path } = await cardPage(api);
    await fault(api, { on: 'page', fault: 'status', status: 429, retry_after: 3, times: 1 });
    const reply = await demo.send('GET', path, { ...html, check: false });
    assert.equal(reply.status, 429);
    assert.match(reply.headers['content-type'], /^text\/html/);
    assert.equal(reply.headers['retry-after'], '3');
    assert.match(reply.text, /429[\s\S]*Too Many Requests/);
    (await demo.send('GET', path, html)).expect(200);
  });

  test('the form that creates an invoice gets the error page too', async () => {
    const api = await demo.newAccount();
    await fault(api, { on: 'api', fault: 'status', status: 503, retry_after: 9, times: 1 });
    const reply = await api.createForm(invoice(), { ...html, check: false });
    assert.equal(reply.status, 503);
    assert.match(reply.headers['content-type'], /^text\/html/);
    assert.equal(reply.headers['retry-after'], '9');
  });

  test('the form with reset, empty, garbage and delay', async () => {
    const api = await demo.newAccount();
    const body = phpForm({ public_key: api.account.public_key, ...invoice() });
    const headers = { Accept: 'text/html', 'Content-Type': 'application/x-www-form-urlencoded' };
    const send = () => rawCall(server, 'POST', '/public-api/payment-invoices/process', { headers, body });
    for (const name of ['reset', 'empty', 'garbage']) await fault(api, { on: 'api', fault: name, times: 1 });
    await fault(api, { on: 'api', fault: 'delay', delay: '10ms', times: 1 });
    assert.equal((await send()).end, 'reset');
    assert.equal((await send()).end, 'closed');
    assert.equal((await send()).status, 200);
    assert.equal((await send()).status, 302);
  });

  test('a payment is made even if its page is reset', async () => {
    const api = await demo.newAccount();
    const { id, path } = await cardPage(api);
    const page = (await demo.send('GET', path, html)).expect(200);
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)[1];
    await fault(api, { on: 'page', match: { method: 'POST', path: '/hpp/*' }, fault: 'commit_then_reset' });
    const form = { csrf, card_number: GOOD, expiry: '12/30', cvv: '123', holder: 'A B' };
    const { end } = await rawCall(server, 'POST', path,
      { headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: phpForm(form) });
    assert.equal(end, 'reset');
    assert.equal((await api.attributes(id)).status, 'processed');
  });

  test('reset, empty, garbage, truncate, slow and delay on pages', async () => {
    const api = await demo.newAccount();
    const { path } = await cardPage(api);
    const whole = await rawCall(server, 'GET', path);
    const met = async (body) => {
      await fault(api, { on: 'page', times: 1, ...body });
      return rawCall(server, 'GET', path);
    };
    assert.equal((await met({ fault: 'reset' })).end, 'reset');
    assert.equal((await met({ fault: 'empty' })).end, 'closed');
    const garbage = await met({ fault: 'garbage' });
    assert.deepEqual([garbage.status, garbage.headers['content-type']], [200, 'text/html; charset=utf-8']);
    assert.notDeepEqual(garbage.body, whole.body);
    const cut = await met({ fault: 'truncate', bytes: 10 });
    assert.deepEqual([cut.end, cut.body], ['closed', whole.body.subarray(0, 10)]);
    assert.equal((await met({ fault: 'slow', bytes_per_s: 100000 })).end, 'whole');
    assert.equal((await met({ fault: 'delay', delay: '10ms' })).status, 200);
  });

  test('an order by link counts as one request', async () => {
    const api = await demo.newAccount();
    await fault(api, { on: 'page', match: { path: '/hpp/' }, fault: 'status', status: 503, after: 1 });
    const fields = { public_key: api.account.public_key, amount: 5, currency: 'USD', service: 'payment_card_usd_hpp' };
    const order = (check) => demo.send('GET', `/hpp/?${phpForm(fields)}`, { ...html, check });
    (await order(true)).expect(302);
    assert.deepEqual(await hits(api), [0]);
    assert.equal((await order(false)).status, 503);
    assert.equal((await api.list()).expect(200).json.data.length, 1);
  });

  test('all payer pages are included', async () => {
    const api = await demo.newAccount();
    const { id, path } = await cardPage(api);
    const cgi = path.split('/').at(-1);
    const paths = [
      `/redirect/hpp/?cpi=${id}`,
      path,
      `${path}/challenge`,
      `/return?id=${id}`,
      `/complete-auth?pid=${cgi}`,
    ];
    await fault(api, { on: 'page', match: { invoice: id }, fault: 'status', status: 503 });
    for (const target of paths) {
      const reply = await demo.send('GET', target, { ...html, check: false });
      assert.deepEqual([target, reply.status, reply.headers['content-type'].split(';')[0]], [target, 503, 'text/html']);
    }
    const acs = await demo.send('POST', `/acs/${cgi}`, { check: false });
    assert.deepEqual([acs.status, acs.headers['content-type'].split(';')[0]], [503, 'text/html']);
  });
});

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

/** An account with a frozen clock, and a sink that reports errors instead of failing. */
async function scene(settings = {}) {
  const api = await demo.newAccount(settings);
  api.start = await api.freeze();
  const sink = await startSink({ account: api.account, check: false });
  return { api, sink, callback_url: `${sink.url}/callback` };
}
const one = async (api, id, transition) =>
  (await api.callbacks({ invoice: id })).find((callback) => callback.transition === transition);

describe('faults of callbacks', () => {
  test('drop: never sent, logged `dropped`', async () => {
    const { api, sink, callback_url } = await scene();
    await fault(api, { on: 'callback', match: { transition: 'process_pending' }, fault: 'drop' });
    const { id } = await api.made({ callback_url });
    const logs = async () => Object.values((await api.attributes(id)).callback_logs)
      .map((log) => [log.transaction_status, log.status, log.response_code]);
    await api.idle();
    const first = ['process_pending', 'dropped', null];
    assert.deepEqual(await logs(), [first]);
    await api.advance(2);
    assert.deepEqual((await sink.got(1)).map((r) => r.status), ['processed']);
    const dropped = await one(api, id, 'process_pending');
    assert.deepEqual([dropped.state, dropped.due, dropped.attempts], ['dropped', null, []]);
    assert.deepEqual(await logs(), [first, ['processed', 'done', 200]]);
    assert.equal((await api.callbacks({ state: 'dropped' })).length, 1);
    await sink.stop();
  });

  test('drop: a dropped callback can be resent, and a retry can be dropped', async () => {
    const { api, sink, callback_url } = await scene();
    await fault(api, { on: 'callback', fault: 'drop', times: 1 });
    const { id } = await api.made({ callback_url }, hold);
    const { id: callback } = await one(api, id, 'process_pending');
    (await api.control('POST', `/callbacks/${callback}/resend`)).expect(200);
    await sink.got(1);
    sink.answer([500]);
    const second = await api.made({ callback_url }, hold);
    await sink.got(2);
    await api.idle({ within: '0' });
    await fault(api, { on: 'callback', fault: 'drop' });
    await api.advance(60);
    const dropped = await one(api, second.id, 'process_pending');
    assert.deepEqual([dropped.state, dropped.attempts.length], ['dropped', 1]);
    assert.deepEqual(
      Object.values((await api.attributes(second.id)).callback_logs).map((log) => log.status),
      ['dropped'],
    );
    await sink.stop();
  });

  test('duplicate: sent twice, back to back, the same', async () => {
    const { api, sink, callback_url } = await scene();
    await fault(api, { on: 'callback', match: { transition: 'process_pending' }, fault: 'duplicate' });
    const { id } = await api.made({ callback_url });
    (await api.transition(id, { status: 'processed' })).expect(200);
    const got = await sink.got(3);
    assert.deepEqual(got.map((r) => r.status), ['process_pending', 'process_pending', 'processed']);
    assert.deepEqual(got[0].raw, got[1].raw);
    assert.deepEqual([got[0].headers, got.map((r) => r.signature)], [got[1].headers, ['valid', 'valid', 'valid']]);
    await api.idle();
    const callback = await one(api, id, 'process_pending');
    assert.equal(callback.state, 'done');
    assert.deepEqual(
      callback.attempts.map((a) => [a.number, a.code, a.fault]),
      [
        [1, 200, 'duplicate'],
        [2, 200, 'duplicate'],
      ],
    );
    await sink.stop();
  });

  test('duplicate: one success is enough, and two failures count as one attempt', async () => {
    const { api, sink, callback_url } = await scene();
    await fault(api, { on: 'callback', fault: 'duplicate', times: 3 });
    for (const answers of [[200, 500], [500, 200]]) {
      sink.answer([...answers, 200]);
      const { id } = await api.made({ callback_url }, hold);
      await api.idle();
      assert.equal((await one(api, id, 'process_pending')).state, 'done');
    }
    sink.answer([500, 500, 200]);
    const { id } = await api.made({ callback_url }, hold);
    await sink.got(2, { invoice: id });
    await api.idle({ within: '0' });
    await api.advance(60);
    const got = await sink.got(3, { invoice: id });
    assert.deepEqual(got.map((r) => r.headers['retry-count']), [undefined, undefined, '1']);
    assert.deepEqual((await one(api, id, 'process_pending')).attempts.map((a) => [a.number, a.fault]),
      [[1, 'duplicate'], [2, 'duplicate'], [3, undefined]]);
    await sink.stop();
  });

  test('delay: on the account\'s clock', async () => {
    const { api, sink, callback_url } = await scene();
    await fault(api, {
      on: 'callback',
      match: { transition: 'process_pending' },
      fault: 'delay',
      delay: '10m',
      times: 1,
    });
    const { id } = await api.made({ callback_url }, hold);
    const waits = await one(api, id, 'process_pending');
    assert.deepEqual([waits.state, waits.due, waits.attempts], ['queued', api.start + 600, []]);
    await api.advance(599);
    assert.equal(sink.requests.length, 0);
    await api.advance(1);
    const [request] = await sink.got(1);
    assert.deepEqual([request.signature, request.headers['retry-count']], ['valid', undefined]);
    const sent = await one(api, id, 'process_pending');
    assert.deepEqual([sent.state, sent.attempts[0].fault], ['done', 'delay']);
    await sink.stop();
  });

  test('reorder: sent after the next callback of the same invoice', async () => {
    const { api, sink, callback_url } = await scene();
    await fault(api, { on: 'callback', fault: 'reorder' });
    const { id } = await api.made({ callback_url });
    const other = await api.made({ callback_url }, hold);
    await api.idle({ within: '0' });
    assert.equal((await one(api, id, 'process_pending')).state, 'queued');
    await api.advance(2);
    const got = await sink.got(2, { invoice: id });
    assert.deepEqual(got.map((r) => [r.status, r.signature]), [['processed', 'valid'], ['process_pending', 'valid']]);
    assert.deepEqual(sink.of({ invoice: other.id }), [], 'its own next one has not come');
    await api.idle();
    assert.equal((await one(api, id, 'process_pending')).attempts[0].fault, 'reorder');
    await sink.stop();
  });

  test('reorder: released when the fault is removed, or by a resend', async () => {
    const { api, sink, callback_url } = await scene();
    const { id: first } = await fault(api, { on: 'callback', fault: 'reorder' });
    const held = await api.made({ callback_url }, hold);
    (await api.control('DELETE', `/faults/${first}`)).expect(200);
    await sink.got(1, { invoice: held.id });
    await fault(api, { on: 'callback', fault: 'reorder' });
    const second = await api.made({ callback_url }, hold);
    (await api.control('DELETE', '/faults')).expect(200);
    await sink.got(1, { invoice: second.id });
    await fault(api, { on: 'callback', fault: 'reorder' });
    const third = await api.made({ callback_url }, hold);
    const { id } = await one(api, third.id, 'process_pending');
    (await api.control('POST', `/callbacks/${id}/resend`)).expect(200);
    await sink.got(1, { invoice: third.id });
    await api.idle();
    assert.deepEqual((await api.callbacks()).map((callback) => callback.state), ['done', 'done', 'done']);
    await sink.stop();
  });

  test('reorder: also released if the next callback is dropped', async () => {
    const { api, sink, callback_url } = await scene();
    await fault(api, { on: 'callback', match: { transition: 'process_pending' }, fault: 'reorder' });
    await fault(api, { on: 'callback', match: { transition: 'processed' }, fault: 'drop' });
    const { id } = await api.made({ callback_url });
    await api.advance(2);
    assert.deepEqual((await sink.got(1, { invoice: id })).map((r) => r.status), ['process_pending']);
    await sink.stop();
  });

  test('before_response: the response to a creation waits for the end of the attempt', async () => {
    const { api, sink, callback_url } = await scene();
    await fault(api, { on: 'callback', fault: 'before_response' });
    const create = [
      () => api.made({ callback_url }, hold),
      () => api.madePublic({ metadata: { mock_outcome: 'process_pending' } }),
      async () => (await api.createForm({ ...invoice(), metadata: { mock_outcome: 'process_pending' } })).expect(302),
      async () =>
        (await demo.send('POST', '/hpp/', { form: { public_key: api.account.public_key, ...invoice() } })).expect(303),
    ];
    (await api.control('PATCH', `/accounts/${api.account.id}`, { callback_url })).expect(200);
    for (const make of create) {
      const order = [];
      let answer;
      const before = sink.requests.length;
      sink.answer([{ status: 200, until: new Promise((go) => { answer = go; }) }]);
      const reply = make().then(() => order.push('reply'));
      await sink.got(before + 1);
      (await api.services()).expect(200);
      order.push('callback');
      answer();
      await reply;
      assert.deepEqual(order, ['callback', 'reply']);
    }
    assert.deepEqual(await hits(api), [4]);
    await sink.stop();
  });

  test('before_response: also applies to refunds and to the start of payouts', async () => {
    const { api, sink, callback_url } = await scene();
    (await api.control('PATCH', `/accounts/${api.account.id}`, { callback_url })).expect(200);
    const paid = await api.made({}, { headers: { 'X-Mock-Outcome': 'processed@0' } });
    const {
      data: { id: payout },
    } = (
      await api.private('POST', '/payout-invoices', {
        json: {
          data: {
            attributes: {
              service: 'test_usd',
              currency: 'USD',
              amount: 5,
              test_mode: true,
              fields: { account: '42' },
              options: { auto_process: false },
            },
          },
        },
      })
    ).expect(201);
    await api.advance(0);
    await fault(api, { on: 'callback', fault: 'before_response' });
    const calls = [[200, `/payment-invoices/${paid.id}/refund`], [201, `/payout-invoices/${payout}/process`]];
    for (const [status, path] of calls) {
      const order = [];
      let answer;
      const before = sink.requests.length;
      sink.answer([{ status: 200, until: new Promise((go) => { answer = go; }) }]);
      const reply = api.private('POST', path, { json: {} }).then((it) => order.push(it.expect(status).status));
      await sink.got(before + 1);
      (await api.services()).expect(200);
      order.push('callback');
      answer();
      await reply;
      assert.deepEqual(order, ['callback', status]);
    }
    assert.deepEqual(await hits(api), [2]);
    await sink.stop();
  });

  test('before_response: applies only to such calls, and a dead receiver delays them for a limited time', async () => {
    const { api, sink, callback_url } = await scene();
    await fault(api, { on: 'callback', fault: 'before_response', times: 1 });
    const first = await api.made({}, hold);
    (await api.control('PATCH', `/accounts/${api.account.id}`, { callback_url })).expect(200);
    (await api.transition(first.id, { status: 'processed' })).expect(200);
    assert.deepEqual(await hits(api), [0]);
    sink.answer([HANG]);
    await api.made({}, hold);
    assert.deepEqual(await hits(api), [1]);
    await sink.stop();
  });

  test('signatures: bad, with the secret of the other mode, missing', async () => {
    const { api, sink, callback_url } = await scene();
    for (const name of ['bad_signature', 'wrong_secret', 'no_signature'])
      await fault(api, { on: 'callback', fault: name, times: 1 });
    for (let i = 0; i < 4; i++) {
      await api.made({ callback_url, test_mode: true }, hold);
      await sink.got(i + 1);
    }
    const [bad, wrong, none, right] = sink.requests;
    assert.deepEqual(sink.requests.map((r) => r.signature), ['invalid', 'invalid', 'missing', 'valid']);
    assert.match(bad.headers['x-signature'], /^[A-Za-z0-9+/]{27}=$/);
    assert.equal(wrong.headers['x-signature'], sign(api.account.secret_live_key, wrong.raw));
    assert.equal(right.headers['x-signature'], sign(api.account.secret_key, right.raw));
    assert.equal(none.body.data.attributes.status, 'process_pending');
    await sink.stop();
  });

  test('truncate: half of the body with its Content-Length, signature of the whole', async () => {
    const { api, sink, callback_url } = await scene();
    await fault(api, { on: 'callback', fault: 'truncate', times: 1 });
    sink.answer([500, 200]);
    const { id } = await api.made({ callback_url, test_mode: true }, hold);
    await sink.got(1);
    await api.idle({ within: '0' });
    await api.advance(60);
    const [half, whole] = await sink.got(2);
    assert.equal(half.raw.length, Math.floor(whole.raw.length / 2));
    assert.equal(Number(half.headers['content-length']), half.raw.length);
    assert.deepEqual(half.raw, whole.raw.subarray(0, half.raw.length));
    assert.equal(half.headers['x-signature'], sign(api.account.secret_key, whole.raw));
    assert.deepEqual([whole.signature, whole.headers['retry-count']], ['valid', '1']);
    const { attempts } = await one(api, id, 'process_pending');
    assert.deepEqual(attempts.map((a) => [a.fault, a.request.body, a.request.headers['Content-Length']]),
      [['truncate', half.text, String(half.raw.length)], [undefined, whole.text, String(whole.raw.length)]]);
    await sink.stop();
  });

  test('reencoded: slashes unescaped after signing', async () => {
    const { api, sink, callback_url } = await scene();
    await fault(api, { on: 'callback', fault: 'reencoded', times: 1 });
    sink.answer([500, 200]);
    await api.made({ callback_url, test_mode: true, description: 'a/b "c\\/d\\\\" é' }, hold);
    await sink.got(1);
    await api.idle({ within: '0' });
    await api.advance(60);
    const [changed, stored] = await sink.got(2);
    assert.deepEqual(changed.body, stored.body);
    assert.equal(changed.text, stored.text.replace(/\\(.)/g, (pair, second) => (second === '/' ? '/' : pair)));
    assert.notEqual(changed.text, stored.text);
    assert.equal(changed.headers['x-signature'], sign(api.account.secret_key, stored.raw));
    assert.equal(changed.signature, 'invalid');
    await sink.stop();
  });

  test('wrong_amount and unknown_status: correctly signed', async () => {
    const { api, sink, callback_url } = await scene();
    await fault(api, { on: 'callback', match: { transition: 'processed' }, fault: 'wrong_amount' });
    await fault(api, { on: 'callback', match: { transition: 'refunded' }, fault: 'unknown_status' });
    // values that look like parts of the document
    const trap = '","amount":1,"status":"x","processed_amount":2';
    const attributes = {
      callback_url,
      amount: 20.4,
      description: trap,
      reference_id: trap,
      metadata: { amount: 7, status: 's' },
    };
    const { id } = await api.made(attributes);
    await api.advance(2);
    (await api.transition(id, { status: 'refunded' })).expect(200);
    const [, paid, refunded] = await sink.got(3);
    await api.idle();
    const now = (await api.get(id)).expect(200).data.attributes;
    assert.deepEqual([paid.signature, refunded.signature], ['valid', 'valid']);
    const { amount, payment_amount, processed_amount } = paid.body.data.attributes;
    assert.deepEqual([amount, payment_amount, processed_amount], [21.4, 21.4, 21.4]);
    const { status, ...rest } = refunded.body.data.attributes;
    assert.ok(!['refunded', 'processed'].includes(status));
    for (const key of ['description', 'reference_id', 'metadata', 'amount', 'processed_amount'])
      assert.deepEqual(rest[key], now[key], key);
    assert.deepEqual(
      [paid.body.data.attributes.metadata, paid.body.data.attributes.status],
      [{ amount: 7, status: 's' }, 'processed'],
    );
    await sink.stop();
  });

  test('match by invoice and transition, and only in the account', async () => {
    const { api, sink, callback_url } = await scene();
    const other = await scene();
    const first = await api.made({ callback_url });
    const second = await api.made({ callback_url });
    const third = await other.api.made({ callback_url: other.callback_url });
    await fault(api, { on: 'callback', match: { invoice: first.id, transition: 'processed' }, fault: 'no_signature' });
    await api.advance(2);
    await other.api.advance(2);
    const signatures = async (from, id) => (await from.got(2, { invoice: id })).map((r) => r.signature);
    assert.deepEqual(await signatures(sink, first.id), ['valid', 'missing']);
    assert.deepEqual(await signatures(sink, second.id), ['valid', 'valid']);
    assert.deepEqual(await signatures(other.sink, third.id), ['valid', 'valid']);
    assert.deepEqual(await hits(api), [1]);
    await sink.stop();
    await other.sink.stop();
  });

  test('a retry has the fault again while it matches', async () => {
    const { api, sink, callback_url } = await scene();
    sink.answer([CLOSE]);
    await fault(api, { on: 'callback', fault: 'no_signature', after: 1, times: 2 });
    await api.made({ callback_url }, hold);
    await sink.got(1);
    await api.idle({ within: '0' });
    await api.advance(60 + 120 + 180);
    const got = await sink.got(4);
    assert.deepEqual(got.map((r) => r.signature), ['valid', 'missing', 'missing', 'valid']);
    await sink.stop();
  });

  test('the effect on a callback survives a crash, the faults do not', async () => {
    const db = `${tempDir()}/db`;
    const sink = await startSink({ account: DEMO, check: false });
    const callback_url = `${sink.url}/callback`;
    const before = await startServer({ args: ['--db', db] });
    const api = new Client(before);
    await fault(api, { on: 'callback', fault: 'reorder', times: 1 });
    await fault(api, { on: 'callback', fault: 'drop', times: 1 });
    await fault(api, { on: 'callback', fault: 'delay', delay: '1h', times: 1 });
    const made = [];
    for (let i = 0; i < 3; i++) made.push(await api.made({ callback_url }, hold));
    await before.kill9();
    const again = await startServer({ args: ['--db', db] });
    const now = new Client(again);
    assert.deepEqual(await faults(now), []);
    const [request] = await sink.got(1);
    assert.deepEqual([request.invoice, request.signature], [made[0].id, 'valid']);
    await now.wait({ invoice: made[0].id, callback: 'delivered' });
    const states = [];
    for (const { id } of made) states.push((await one(now, id, 'process_pending')).state);
    assert.deepEqual(states, ['done', 'dropped', 'queued']);
    await again.stop();
    await sink.stop();
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
      [{ fault: 'reset', match: { path: '/hpp/' } }, 'match.path', 'use "on":"page"'],
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
