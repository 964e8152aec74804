// The built-in receiver: /_mock/sink/{name} records, verifies and sends the programmed responses.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client, DEMO, query } from '../lib/client.js';
import { startServer } from '../lib/server.js';
import { sign } from '../lib/sink.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);
const account = (settings) => demo.newAccount(settings);

/** Sends a request without token and without JSON encoding. */
const post = (api, name, options = {}) => api.send('POST', path(api, name), options);
const path = (api, name) => `/_mock/sink/${name}${query({ account: api.account.id })}`;
const list = async (api, name, parameters = {}) =>
  (await api.control('GET', `/sink/${name}/requests`, undefined, { parameters })).expect(200).json;
const items = async (api, name, parameters) => (await list(api, name, parameters)).items;
const program = (api, name, responses, options) => api.control('PUT', `/sink/${name}`, { responses }, options);
/** The callback URL of a sink of this server. */
const url = (api, name) => `${server.url}${path(api, name)}`;
const refused = (reply, ...statuses) => {
  const { error } = reply.expect(...statuses).json;
  assert.match(error.code, /^[a-z0-9_]+$/);
  assert.notEqual(error.message, '');
  return error;
};

describe('receiving', () => {
  test('a request is recorded unchanged', async () => {
    const api = await account();
    const now = await api.freeze();
    const target = `${path(api, 'shop')}&order=7&x%5B%5D=%2F`;
    const reply = await api.send('POST', target, {
      headers: { 'Content-Type': 'application/json', 'X-Twice': ['one', 'two'], 'X-Own': 'a "b"' },
      body: '{"a": "\\/é"}\n',
    });
    assert.equal(reply.expect(200).raw.length, 0);
    const { items: [item], total, next } = await list(api, 'shop');
    assert.deepEqual([total, next], [1, null]);
    assert.equal(Math.floor(item.at / 1000), now, 'the account\'s clock, in milliseconds');
    assert.equal(item.method, 'POST');
    assert.equal(item.path, '/_mock/sink/shop');
    assert.equal(item.query, target.split('?')[1]);
    assert.equal(item.body, '{"a": "\\/é"}\n');
    assert.equal(item.response_code, 200);
    assert.equal(item.signature, 'missing');
    assert.equal(item.headers['Content-Type'], 'application/json');
    assert.equal(item.headers['X-Own'], 'a "b"');
    assert.equal(item.headers['X-Twice'], 'one, two');
    assert.equal(item.headers['Content-Length'], '14');
  });

  test('any method is accepted', async () => {
    const api = await account();
    const methods = ['POST', 'GET', 'HEAD', 'PATCH', 'DELETE'];
    for (const method of methods) (await api.send(method, path(api, 'any'))).expect(200);
    assert.deepEqual((await items(api, 'any')).map((item) => item.method), methods);
  });

  test('an unused name has an empty list', async () => {
    const api = await account();
    assert.deepEqual(await list(api, 'never'), { items: [], total: 0, next: null });
  });

  test('the account\'s secrets verify, test and live', async () => {
    const api = await account();
    const other = await account();
    const body = '{"a":"b\\/c"}';
    const { secret_key: test, secret_live_key: live, public_key: open } = api.account;
    for (const signature of [
      sign(test, body),
      sign(live, body),
      sign(open, body),
      sign(other.account.secret_key, body),
      sign(test, `${body} `),
      '',
      undefined,
    ]) {
      const headers = signature === undefined ? {} : { 'X-Signature': signature };
      (await post(api, 'verify', { body, headers })).expect(200);
    }
    assert.deepEqual((await items(api, 'verify')).map((item) => item.signature),
      ['valid', 'valid', 'invalid', 'invalid', 'invalid', 'invalid', 'missing']);
  });

  test('the default of ?account= is the demo account', async () => {
    const body = 'any bytes';
    (
      await demo.send('POST', '/_mock/sink/demo-only', {
        body,
        headers: { 'x-signature': sign(DEMO.secret_key, body) },
      })
    ).expect(200);
    const [item] = await items(demo, 'demo-only');
    assert.deepEqual([item.body, item.query, item.signature], [body, '', 'valid']);
    refused(await demo.send('POST', '/_mock/sink/demo-only?account=coma_0000000000000000', { body }), 404);
    assert.equal((await items(demo, 'demo-only')).length, 1);
  });

  test('binary bodies are returned as base64', async () => {
    const api = await account();
    const bodies = [
      Buffer.from([0xff, 0xfe, 0x00]),
      Buffer.from('a\0b'),
      Buffer.from('\u{1f4b3}"\\\u0007'),
      Buffer.from('\xe9', 'latin1'),
      Buffer.alloc(0),
    ];
    for (const body of bodies) {
      (await post(api, 'bytes', { body, headers: { 'X-Signature': sign(api.account.secret_key, body) } })).expect(200);
    }
    const got = await items(api, 'bytes');
    for (const [i, body] of bodies.entries()) {
      const isText = Buffer.from(body.toString()).equals(body);
      assert.equal(got[i].body, isText ? body.toString() : null);
      assert.equal(got[i].body_base64, isText ? undefined : body.toString('base64'));
      assert.equal(got[i].signature, 'valid');
    }
  });

  test('bodies may have at most 1 MiB', async () => {
    const api = await account();
    const body = 'x'.repeat(1 << 20);
    (await post(api, 'large', { body })).expect(200);
    refused(await post(api, 'large', { body: `${body}x` }), 413);
    const got = await items(api, 'large');
    assert.deepEqual(got.map((item) => item.body.length), [1 << 20]);
  });

  test('names have 1 to 64 letters, digits, _ . and -', async () => {
    const api = await account();
    for (const name of ['a', 'A-Z_0.9', 'n'.repeat(64)]) (await post(api, name)).expect(200);
    for (const name of ['n'.repeat(65), 'a%20b', '%C3%A9', '%7Bname%7D']) {
      refused(await post(api, name), 422);
      refused(await program(api, name, [200]), 422);
      refused(await api.control('GET', `/sink/${name}/requests`), 422);
      refused(await api.control('DELETE', `/sink/${name}/requests`), 422);
    }
  });

  test('an account has at most 100 names', async () => {
    const api = await account();
    for (let i = 0; i < 100; i++) (await post(api, `n${i}`)).expect(200);
    assert.equal(refused(await post(api, 'more'), 409).code, 'too_many_sinks');
    assert.equal(refused(await program(api, 'more', [500]), 409).code, 'too_many_sinks');
    (await post(api, 'n0')).expect(200);
    (await api.control('DELETE', '/sink/n0/requests')).expect(200);
    (await post(api, 'more')).expect(200);
  });
});

describe('callbacks into the server itself', () => {
  test('are delivered and verified', async () => {
    const api = await account({ settle_after_ms: 0 });
    const { id } = await api.made({ test_mode: true, callback_url: url(api, 'self') });
    const live = await api.made({ test_mode: false, callback_url: url(api, 'self') });
    for (const invoice of [id, live.id]) {
      (await api.wait({ invoice, callback: 'delivered', transition: 'processed', timeout: '60s' })).expect(200);
      const got = await items(api, 'self', { invoice });
      assert.deepEqual(
        got.map((item) => [item.method, item.signature, item.response_code]),
        [
          ['POST', 'valid', 200],
          ['POST', 'valid', 200],
        ],
      );
      assert.deepEqual(
        got.map((item) => JSON.parse(item.body).data.attributes.status),
        ['process_pending', 'processed'],
      );
      assert.equal(got[0].headers['Content-Type'], 'application/json');
    }
    assert.equal((await list(api, 'self', { signature: 'valid' })).total, 4);
    const attempts = (await api.callbacks({ invoice: id })).flatMap((callback) => callback.attempts);
    assert.deepEqual(attempts.map((attempt) => attempt.code), [200, 200]);
  });

  test('a programmed 500 is retried, on the account\'s clock', async () => {
    const api = await account();
    await api.freeze();
    assert.deepEqual((await program(api, 'flaky', [500, 204, 200])).expect(200).json, { responses: [500, 204, 200] });
    const { id } = await api.made(
      { callback_url: url(api, 'flaky') },
      { headers: { 'X-Mock-Outcome': 'process_pending' } },
    );
    await api.advance(60 + 120);
    const got = await items(api, 'flaky');
    assert.deepEqual(got.map((item) => item.response_code), [500, 204, 200]);
    assert.deepEqual(got.map((item) => item.headers['Retry-Count']), [undefined, '1', '2']);
    assert.deepEqual(got.slice(1).map((item, i) => item.at - got[i].at), [60_000, 120_000]);
    assert.equal(new Set(got.map((item) => item.body)).size, 1, 'the same bytes');
    const [callback] = await api.callbacks({ invoice: id });
    assert.equal(callback.state, 'done');
  });

  test('may be many at once', async () => {
    const api = await account({ settle_after_ms: 0 });
    (await api.control('PATCH', `/accounts/${api.account.id}`, { callback_url: url(api, 'many') })).expect(200);
    await Promise.all(Array.from({ length: 100 }, () => api.made()));
    await api.idle();
    const { total } = await list(api, 'many', { signature: 'valid', limit: 1 });
    assert.equal(total, 200);
  });

  test('the server stops while its own receiver is busy', async () => {
    const other = await startServer();
    const client = new Client(other);
    await client.made({ callback_url: `${other.url}/_mock/sink/last` });
    await other.stop();
  });
});

describe('programs', () => {
  test('the last response repeats, and a new program starts from the beginning', async () => {
    const api = await account();
    const answers = async (n) => {
      const codes = [];
      for (let i = 0; i < n; i++) codes.push((await post(api, 'p')).status);
      return codes;
    };
    (await program(api, 'p', [503, 302])).expect(200);
    assert.deepEqual(await answers(3), [503, 302, 302]);
    (await program(api, 'p', [404, 599, 200])).expect(200);
    assert.deepEqual(await answers(1), [404]);
    (await api.control('DELETE', '/sink/p/requests')).expect(200);
    assert.deepEqual(await answers(3), [599, 200, 200], 'emptying leaves the program where it is');
    (await program(api, 'p', [])).expect(200);
    assert.deepEqual(await answers(2), [200, 200]);
    assert.deepEqual((await items(api, 'p')).map((item) => item.response_code), [599, 200, 200, 200, 200]);
  });

  test('statuses are whole numbers from 200 to 599, at most 1000', async () => {
    const api = await account();
    for (const responses of [
      '200',
      200,
      [199],
      [600],
      [100],
      [0],
      [-1],
      ['200'],
      [200.5],
      [null],
      [[200]],
      [200, 99],
      Array(1001).fill(200),
    ]) {
      assert.match(refused(await program(api, 'q', responses), 422).message, /responses/);
    }
    for (const body of [{}, { responses: null }, { responses: [200], surprise: 1 }]) {
      refused(await api.control('PUT', '/sink/q', body), 422);
    }
    refused(await api.send('PUT', path(api, 'q'), { body: 'no JSON' }), 400);
    (await program(api, 'q', Array(1000).fill(418))).expect(200);
    (await post(api, 'q')).expect(418);
  });
});

describe('reading', () => {
  test('in pages, oldest first', async () => {
    const api = await account();
    for (const body of ['1', '2', '3', '4', '5']) (await post(api, 'pages', { body })).expect(200);
    const seen = [];
    let after;
    do {
      const page = await list(api, 'pages', { limit: 2, after });
      assert.equal(page.total, 5);
      seen.push(page.items.map((item) => item.body));
      after = page.next ?? undefined;
    } while (after !== undefined);
    assert.deepEqual(seen, [['1', '2'], ['3', '4'], ['5']]);
  });

  test('by signature and by invoice', async () => {
    const api = await account();
    const body = (id) => JSON.stringify({ data: { id } });
    const send = (text, signature) =>
      post(api, 'filter', { body: text, headers: signature ? { 'X-Signature': signature } : {} });
    const [one, two] = ['cpi_0000000000000001', 'cpi_0000000000000002'];
    await send(body(one), sign(api.account.secret_key, body(one)));
    await send(body(two), 'wrong');
    await send(body(one));
    await send('no JSON');
    await send('{"data":[]}');
    await send(`{"data":{"id":"${'x'.repeat(10_000)}"}}`);
    const count = async (parameters) => (await list(api, 'filter', parameters)).total;
    assert.equal(await count({ signature: 'valid' }), 1);
    assert.equal(await count({ signature: 'invalid' }), 1);
    assert.equal(await count({ signature: 'missing' }), 4);
    assert.equal(await count({ invoice: one }), 2);
    assert.equal(await count({ invoice: one, signature: 'missing' }), 1);
    assert.equal(await count({ invoice: 'cpi_0000000000000003' }), 0);
  });

  test('invalid parameters are rejected', async () => {
    const api = await account();
    for (const parameters of [
      { signature: 'good' },
      { limit: 0 },
      { limit: 'x' },
      { after: 'x' },
      { after: -1 },
      { surprise: 1 },
    ]) {
      refused(await api.control('GET', '/sink/x/requests', undefined, { parameters }), 422);
    }
    refused(await api.control('DELETE', '/sink/x/requests', undefined, { parameters: { limit: 1 } }), 422);
    refused(await api.control('POST', '/sink/x/requests'), 405);
  });
});

describe('accounts', () => {
  test('do not share sinks', async () => {
    const one = await account();
    const two = await account();
    (await program(one, 'same', [500])).expect(200);
    (await post(one, 'same', { body: 'for one' })).expect(500);
    (await post(two, 'same', { body: 'for two' })).expect(200);
    assert.deepEqual((await items(one, 'same')).map((item) => item.body), ['for one']);
    assert.deepEqual((await items(two, 'same')).map((item) => item.body), ['for two']);
    const emptied = (await one.control('DELETE', '/sink/same/requests')).expect(200).json;
    assert.deepEqual(emptied, { items: [], total: 0, next: null });
    assert.equal((await items(one, 'same')).length, 0);
    assert.equal((await items(two, 'same')).length, 1);
  });

  test('a reset deletes requests and programs', async () => {
    const api = await account();
    (await program(api, 'r', [500])).expect(200);
    (await post(api, 'r')).expect(500);
    (await api.control('POST', '/reset')).expect(200);
    assert.equal((await items(api, 'r')).length, 0);
    (await post(api, 'r')).expect(200);
  });

  test('a deleted account receives nothing', async () => {
    const api = await account();
    (await post(api, 'd')).expect(200);
    (await api.control('DELETE', `/accounts/${api.account.id}`)).expect(200);
    refused(await post(api, 'd'), 404);
    refused(await api.control('GET', '/sink/d/requests'), 404);
  });
});

describe('access', () => {
  const foreign = [{ Host: 'shop.example' }, { Origin: 'https://evil.example' }, { Host: 'a"b', Origin: 'null' }];

  test('anyone may send; reading and programming need control access', async () => {
    const api = await account();
    for (const headers of foreign) {
      (await post(api, 'guard', { headers })).expect(200);
      refused(await api.control('GET', '/sink/guard/requests', undefined, { headers }), 403);
      refused(await api.control('DELETE', '/sink/guard/requests', undefined, { headers }), 403);
      refused(await program(api, 'guard', [500], { headers }), 403);
    }
    assert.equal((await list(api, 'guard')).total, foreign.length);
    (await post(api, 'guard')).expect(200);
  });

  test('senders need no control token', async () => {
    const token = 'a-token-for-the-test';
    const other = await startServer({ args: ['--control-token', token] });
    try {
      const client = new Client(other);
      await client.made({ callback_url: `${other.url}/_mock/sink/token` });
      (await post(client, 'token')).expect(200);
      refused(await client.control('GET', '/sink/token/requests'), 401);
      refused(await client.control('DELETE', '/sink/token/requests'), 401);
      refused(await program(client, 'token', [500]), 401);
      refused(await client.control('POST', '/verify-signature', { body: '', signature: 'x' }), 401);
      client.controlHeaders = { 'X-Mock-Token': token };
      assert.equal((await list(client, 'token', { signature: 'missing' })).total, 1);
    } finally {
      await other.stop();
    }
  });
});
