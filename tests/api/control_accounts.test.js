// Accounts of the control API: settings, lists, isolation, deletion, reset.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client, DEMO, invoice } from '../lib/client.js';
import { refused } from '../lib/refused.js';
import { startServer } from '../lib/server.js';
import { startSink } from '../lib/sink.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);
const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };
const pending = (api, attributes) => api.made(attributes, hold);

describe('accounts', () => {
  test('created without settings: have new keys, all different', async () => {
    const one = (await demo.send('POST', '/_mock/accounts')).expect(201).json;
    const two = (await demo.send('POST', '/_mock/accounts', { json: {} })).expect(201).json;
    const keys = ['id', 'api_key', 'public_key', 'public_live_key', 'secret_key', 'secret_live_key'];
    assert.equal(new Set([one, two].flatMap((account) => keys.map((key) => account[key]))).size, 12);
    assert.match(one.id, /^coma_[A-Za-z0-9]{16}$/);
    assert.match(one.api_key, /^[A-Za-z0-9_-]{43}$/);
    assert.match(one.public_key, /^pk_test_[A-Za-z0-9_-]{43}$/);
    assert.match(one.public_live_key, /^pk_live_[A-Za-z0-9_-]{43}$/);
    assert.match(one.secret_key, /^sk_test_[A-Za-z0-9_-]{43}$/);
    assert.match(one.secret_live_key, /^sk_live_[A-Za-z0-9_-]{43}$/);
    assert.deepEqual((await demo.send('GET', `/_mock/accounts/${one.id}`)).expect(200).json, one);
  });

  test('the demo account is as documented', async () => {
    const account = (await demo.send('GET', `/_mock/accounts/${DEMO.id}`)).expect(200).json;
    for (const [key, value] of Object.entries(DEMO)) assert.equal(account[key], value, key);
    assert.equal(account.settings.name, '4Docs');
    assert.equal(account.settings.description, '4Docs only');
    assert.equal(account.settings.merchant_url, 'https://lets.doc.it');
  });

  const SETTINGS = {
    name: 'A shop',
    description: 'with a text',
    merchant_url: 'https://shop.example',
    website: 'https://www.shop.example',
    status: 'active',
    public_creation: false,
    callback_url: 'http://127.0.0.1:1/c',
    only_final: true,
    settle_after_ms: 5,
    outcome: 'process_failed:declined@1s',
    lifetime_s: 1000,
    retry_interval_s: 7,
    retry_limit: 9,
    connect_timeout_ms: 1100,
    read_timeout_ms: 1200,
    total_timeout_ms: 1300,
    return_url: 'http://127.0.0.1:1/r',
    auto_return: true,
    send_context: true,
    attempt_limit: 3,
    ttl_s: 3600,
    callback_headers: { 'X-Forwarded-For': '10.0.0.1, 10.0.0.2' },
    required_fields: ['description', 'customer.metadata.ip'],
    strict_test_mode: true,
    rate_limit: 50,
  };

  test('every setting can be set at the top level or under settings, and changed', async () => {
    for (const body of [SETTINGS, { settings: SETTINGS }]) {
      const account = (await demo.send('POST', '/_mock/accounts', { json: body })).expect(201).json;
      for (const [name, value] of Object.entries(SETTINGS)) assert.deepEqual(account.settings[name], value, name);
    }
    for (const [name, value] of Object.entries(SETTINGS)) {
      const api = await demo.newAccount();
      const before = api.account.settings;
      const after = (await api.control('PATCH', `/accounts/${api.account.id}`, { [name]: value })).expect(200).json;
      assert.deepEqual(after.settings, { ...before, [name]: value }, name);
      assert.equal(after.api_key, api.account.api_key);
      assert.deepEqual((await api.control('GET', `/accounts/${api.account.id}`)).json, after);
    }
  });

  test('unknown and invalid settings are rejected by name, and no account is created', async () => {
    const before = (await demo.send('GET', '/_mock/accounts')).expect(200).json.total;
    const bad = [
      ['nonsense', 1],
      ['settle_after', 5],
      ['id', 'coma_0000000000000000'],
      ['settle_after_ms', -1],
      ['settle_after_ms', 'soon'],
      ['settle_after_ms', 1.5],
      ['callback_url', 'nowhere'],
      ['return_url', 'javascript:alert(1)'],
      ['status', 'asleep'],
      ['retry_limit', 0],
      ['retry_limit', 101],
      ['lifetime_s', 0],
      ['only_final', 'yes'],
      ['public_creation', null],
      ['outcome', 'nonsense'],
      ['name', 5],
      ['attempt_limit', 0],
      ['read_timeout_ms', 0],
      ['callback_headers', { 'X-Signature': 'mine' }],
      ['callback_headers', { 'X-A': 'b\r\nContent-Length: 0' }],
      ['required_fields', ['customer..name']],
      ['strict_test_mode', 'yes'],
      ['rate_limit', 0],
      ['rate_limit', 100001],
    ];
    for (const [name, value] of bad) {
      for (const json of [{ [name]: value }, { settings: { [name]: value } }]) {
        const error = refused(await demo.send('POST', '/_mock/accounts', { json }));
        assert.ok(error.message.includes(name), `${name}: ${error.message}`);
      }
      refused(await demo.control('PATCH', `/accounts/${DEMO.id}`, { [name]: value }));
    }
    assert.equal((await demo.send('GET', '/_mock/accounts')).json.total, before);
  });

  test('a setting at the top and another one in `settings` are rejected, in any order', async () => {
    const { id } = (await demo.newAccount()).account;
    const top = { outcome: 'process_failed', only_final: true }, settings = { outcome: 'expired', only_final: true };
    for (const body of [{ ...top, settings }, { settings, ...top }]) {
      const error = refused(await demo.control('PATCH', `/accounts/${id}`, body));
      assert.equal(error.message, 'settings.outcome: differs from outcome at the top: give one of them');
    }
    const same = { ...top, settings: top };
    assert.equal((await demo.control('PATCH', `/accounts/${id}`, same)).expect(200).json.settings.outcome, top.outcome);
  });

  test('are listed in pages', async () => {
    for (let i = 0; i < 5; i++) await demo.newAccount();
    const all = (await demo.send('GET', '/_mock/accounts?limit=1000')).expect(200).json;
    assert.equal(all.items.length, all.total);
    assert.equal(all.next, null);
    const found = [];
    let after;
    do {
      const page = (
        await demo.send(
          'GET',
          `/_mock/accounts?limit=2${after === undefined ? '' : `&after=${encodeURIComponent(after)}`}`,
        )
      ).expect(200).json;
      assert.ok(page.items.length <= 2 && page.items.length > 0);
      assert.equal(page.total, all.total);
      found.push(...page.items.map((account) => account.id));
      after = page.next;
    } while (after !== null);
    assert.deepEqual(found, all.items.map((account) => account.id));
    assert.ok(found.includes(DEMO.id));
  });

  test('a page of no items, and one of more than 1000, is rejected', async () => {
    for (const limit of [0, -1, 1001, 1e20, '1e2', '']) {
      const reply = await demo.control('GET', '/accounts', undefined, { parameters: { limit } });
      assert.equal(reply.expect(422).json.error.message, 'limit: must be a whole number from 1 to 1000', String(limit));
    }
  });

  test('a page after an unknown account is rejected', async () => {
    const gone = await demo.newAccount();
    (await demo.send('DELETE', `/_mock/accounts/${gone.account.id}`)).expect(200);
    for (const after of [gone.account.id, 'nonsense']) {
      const { error } = (await demo.send('GET', `/_mock/accounts?after=${after}`)).expect(422).json;
      assert.match(error.message, /^after: must be an account's id$/);
    }
  });

  test('are isolated from each other', async () => {
    const one = await demo.newFrozen();
    const two = await demo.newAccount({ outcome: 'process_failed:declined' });
    const mine = await one.made({ reference_id: 'same' });
    const theirs = await two.made({ reference_id: 'same' }, {});
    (await one.get(theirs.id)).expect(404);
    refused(await one.transition(theirs.id, { status: 'processed' }), 404);
    refused(await one.pay(theirs.id, { cancel: true }), 404);
    refused(await one.control('GET', `/payment-invoices/${theirs.id}/timeline`), 404);
    refused(await one.wait({ invoice: theirs.id, status: 'processed' }), 404);
    assert.equal((await two.clock()).mode, 'real');
    await one.advance(2);
    assert.equal((await one.attributes(mine.id)).status, 'processed');
    (await two.control('POST', '/reset')).expect(200);
    (await one.get(mine.id)).expect(200);
    (await two.get(theirs.id)).expect(404);
  });

  test('are deleted with all their data', async () => {
    const api = await demo.newAccount();
    const { id } = await pending(api);
    assert.deepEqual((await api.control('DELETE', `/accounts/${api.account.id}`)).expect(200).json, {
      deleted: api.account.id,
    });
    refused(await demo.send('GET', `/_mock/accounts/${api.account.id}`), 404);
    refused(await demo.send('DELETE', `/_mock/accounts/${api.account.id}`), 404);
    (await api.list()).expect(401);
    (await api.prerequest({ currency: 'USD' })).expect(401);
    (await demo.getPublic(id)).expect(404);
    const { items } = (await demo.send('GET', '/_mock/accounts?limit=1000')).json;
    assert.ok(!items.some((account) => account.id === api.account.id));
  });
});

test('reset removes invoices, callbacks, queue and clock, and keeps the account', async () => {
  const api = await demo.newFrozen({ name: 'kept' });
  const sink = await startSink({ account: api.account });
  const { id } = await api.made({ callback_url: `${sink.url}/c`, reference_id: 'r' });
  await sink.got(1);
  await api.advance(100);
  await pending(api);
  (await api.outcomes('process_failed:declined')).expect(201);
  assert.deepEqual((await api.control('POST', '/reset')).expect(200).json, { reset: api.account.id });
  (await api.get(id)).expect(404);
  (await api.getPublic(id)).expect(404);
  assert.deepEqual((await api.list()).data, []);
  assert.deepEqual(await api.callbacks(), []);
  assert.deepEqual((await api.control('GET', '/outcomes')).json, { queued: [] });
  assert.equal((await api.clock()).mode, 'real');
  assert.equal((await api.control('GET', `/accounts/${api.account.id}`)).json.settings.name, 'kept');
  // the reference can be used again
  (await api.create(invoice({ reference_id: 'r' }))).expect(201);
  await sink.stop();
});

test('a deleted demo account comes back by a reset, with its keys and settings, and its callback URL', async () => {
  const callback_url = 'http://127.0.0.1:1/callback';
  const own = await startServer({ args: ['--callback-url', callback_url] });
  const client = new Client(own);
  const reset = (query, options) => client.send('POST', `/_mock/reset${query}`, options);
  const state = async () => (await client.send('GET', `/_mock/accounts/${DEMO.id}`)).expect(200).json;
  const before = await state();
  for (const query of ['', `?account=${DEMO.id}`]) {
    await client.made({ reference_id: 'order-1' });
    (await client.send('DELETE', `/_mock/accounts/${DEMO.id}`)).expect(200);
    const reply = await client.send('GET', '/_mock/clock');
    refused(reply, 404);
    assert.match(reply.json.error.message, /POST \/_mock\/reset brings it back/);

    refused(await reset(query, { json: { unknown: 1 } }), 422);
    refused(await client.send('GET', '/_mock/clock'), 404);
    assert.deepEqual((await reset(query)).expect(200).json, { reset: DEMO.id });
    assert.deepEqual(await state(), before);
    assert.equal(before.settings.callback_url, callback_url);
    assert.deepEqual((await client.list()).expect(200).json.data, []);
  }
  refused(await reset('?account=coma_0000000000000000'), 404);
  await own.stop();
});
