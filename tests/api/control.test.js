import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { Client, DEMO, invoice } from '../lib/client.js';
import { OPENAPI_FILE } from '../lib/contract.js';
import { startServer } from '../lib/server.js';
import { HANG, sign, startSink } from '../lib/sink.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);
const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };

async function frozen(settings) {
  const api = await demo.newAccount(settings);
  api.start = await api.freeze();
  return api;
}
const pending = (api, attributes) => api.made(attributes, hold);
const refused = (reply, ...statuses) => {
  const { error } = reply.expect(...(statuses.length ? statuses : [400, 422])).json;
  assert.deepEqual(Object.keys(reply.json).filter((key) => key !== 'now'), ['error']);
  assert.match(error.code, /^[a-z0-9_]+$/);
  assert.notEqual(error.message, '');
  return error;
};

describe('the server', () => {
  test('names the nearest path and method of a wrong one', async () => {
    for (const [method, path, status, wanted] of [
      ['POST', '/_mock/clock/advanse', 404, 'there is no such path; the nearest is POST /_mock/clock/advance'],
      ['POST', '/_mock/verify-signatures', 404, 'there is no such path; the nearest is POST /_mock/verify-signature'],
      ['POST', '/_mock/clock', 405, 'the path has other methods, see Allow; the nearest is PUT /_mock/clock'],
      ['POST', '/_mock/accounts/x', 405, 'the path has other methods, see Allow; the nearest is PATCH /_mock/accounts/{id}'],
      ['POST', '/_mock/sink/x/requests', 405, 'the path has other methods, see Allow; the nearest is GET /_mock/sink/{name}/requests'],
      ['PUT', '/_mock/reset', 405, 'the path has other methods, see Allow; the nearest is POST /_mock/reset'],
    ]) {
      const { message } = refused(await demo.send(method, path, { check: false }), status);
      assert.equal(message, wanted);
    }
  });

  test('says what was named as an account instead', async () => {
    for (const [id, wanted] of [
      ['', /^account: the id is "": it was not set where your code reads it$/],
      ['undefined', /the id is "undefined": it was not set/],
      [DEMO.api_key, /^account: a key was sent; it must be the account's id, coma_\.\.\.$/],
      [DEMO.public_key, /a key was sent/],
      ['coma_none', /^there is no account coma_none; GET \/_mock\/accounts lists the accounts$/],
    ]) {
      const { code, message } = refused(await demo.send('GET', `/_mock/clock?account=${id}`), 404);
      assert.equal(code, 'unknown_account');
      assert.match(message, wanted);
    }
    for (const [path, json] of [['faults', { on: 'callback', fault: 'drop' }], ['clock/advance', { seconds: 1 }], ['reset', {}]]) {
      const options = { json: { ...json, account: DEMO.id }, check: false };
      const { message } = refused(await demo.send('POST', `/_mock/${path}`, options), 422);
      assert.equal(message, 'account: It is a parameter of the query: ?account=coma_...');
    }
  });

  test('health', async () => {
    const before = (await demo.send('GET', '/_mock/health')).expect(200).json;
    assert.equal(before.status, 'ok');
    const api = await frozen();
    await pending(api);
    const after = (await demo.send('GET', '/_mock/health')).expect(200).json;
    assert.equal(after.invoices, before.invoices + 1);
    assert.ok(after.uptime_ms >= before.uptime_ms);
  });

  test('serves openapi.yaml of the project', async () => {
    const reply = (await demo.send('GET', '/_mock/openapi.yaml')).expect(200);
    assert.equal(reply.text, readFileSync(OPENAPI_FILE, 'utf8'));
  });

  test('unknown paths and methods', async () => {
    refused(await demo.send('GET', '/_mock/nothing', { check: false }), 404);
    for (const [method, path] of [
      ['DELETE', '/_mock/health'],
      ['GET', '/_mock/reset'],
      ['POST', '/_mock/clock'],
      ['PUT', '/_mock/outcomes'],
    ]) {
      const reply = await demo.send(method, path);
      refused(reply, 405);
      assert.notEqual(reply.headers.allow, undefined);
    }
  });

  test('a body that is not JSON gets 400', async () => {
    for (const [method, path] of [
      ['POST', '/_mock/accounts'],
      ['PUT', '/_mock/clock'],
      ['POST', '/_mock/clock/advance'],
      ['POST', '/_mock/outcomes'],
    ]) {
      refused(await demo.send(method, path, { body: 'nonsense' }), 400);
      refused(await demo.send(method, path, { body: '{"a":' }), 400);
    }
  });

  test('an unknown account is 404 everywhere', async () => {
    const nobody = demo.with({ id: 'coma_0000000000000000' });
    refused(await nobody.control('GET', '/clock'), 404);
    refused(await nobody.control('POST', '/reset'), 404);
    refused(await nobody.control('POST', '/clock/advance', { seconds: 1 }), 404);
    refused(await nobody.control('GET', '/callbacks'), 404);
    refused(await nobody.control('POST', '/outcomes', { outcomes: ['processed'] }), 404);
  });

  test('the default of ?account= is the demo account', async () => {
    const reply = (
      await demo.send('POST', '/_mock/outcomes', { json: { outcomes: ['process_failed:declined'] } })
    ).expect(201);
    assert.deepEqual(reply.json, { queued: ['process_failed:declined'] });
    assert.deepEqual((await demo.control('GET', '/outcomes')).json, { queued: ['process_failed:declined'] });
    (await demo.send('DELETE', '/_mock/outcomes')).expect(200);
    assert.deepEqual((await demo.control('GET', '/outcomes')).json, { queued: [] });
  });
});

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
    const one = await frozen();
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
  const api = await frozen({ name: 'kept' });
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

describe('transition', () => {
  const ROADS = {
    process_pending: [],
    processed: ['processed'],
    process_failed: ['process_failed'],
    refund_pending: ['processed', 'refund_pending'],
    partially_refunded: ['processed', 'refund_pending', 'partially_refunded'],
    refunded: ['processed', 'refund_pending', 'refunded'],
    refund_failed: ['processed', 'refund_pending', 'refund_failed'],
    charged_back: ['processed', 'charged_back'],
    partially_charged_back: ['processed', 'partially_charged_back'],
  };
  const in_ = async (api, status) => {
    const { id } = await pending(api);
    for (const step of ROADS[status]) {
      const amount = step.startsWith('partially') ? { amount: 20.4 } : {};
      const reply = (await api.transition(id, { status: step, ...amount })).expect(200);
      assert.equal(reply.data.attributes.status, step);
    }
    return id;
  };

  for (const status of Object.keys(ROADS)) {
    test(`can reach ${status}`, async () => {
      const api = await frozen();
      const id = await in_(api, status);
      assert.equal((await api.attributes(id)).status, status);
      assert.equal((await api.getPublic(id)).expect(200).data.status, status);
    });
  }

  const FORBIDDEN = [
    ['process_pending', 'created'],
    ['process_pending', 'refunded'],
    ['process_pending', 'charged_back'],
    ['process_pending', 'refund_failed'],
    ['processed', 'process_pending'],
    ['processed', 'process_failed'],
    ['processed', 'created'],
    ['processed', 'expired'],
    ['process_failed', 'refunded'],
    ['process_failed', 'charged_back'],
    ['process_failed', 'refund_pending'],
    ['refunded', 'processed'],
    ['refunded', 'process_pending'],
    ['refunded', 'refund_pending'],
    ['charged_back', 'processed'],
    ['charged_back', 'process_failed'],
  ];
  for (const [from, to] of FORBIDDEN) {
    test(`${from} to ${to}: 409, and forced`, async () => {
      const api = await frozen();
      const id = await in_(api, from);
      const before = await api.attributes(id);
      refused(await api.transition(id, { status: to }), 409);
      refused(await api.transition(id, { status: to, force: false }), 409);
      assert.deepEqual(await api.attributes(id), before);
      const forced = (await api.transition(id, { status: to, force: true })).expect(200);
      assert.equal(forced.data.attributes.status, to);
      assert.equal((await api.attributes(id)).status, to);
    });
  }

  test('returns the private document, like GET', async () => {
    const api = await frozen();
    const { id } = await pending(api);
    const reply = (await api.transition(id, { status: 'processed' })).expect(200);
    assert.equal(reply.data.id, id);
    assert.deepEqual(reply.data, (await api.get(id)).data);
    assert.deepEqual([reply.data.attributes.processed, reply.data.attributes.processed_amount], [api.start, 100]);
  });

  test('resolution', async () => {
    const api = await frozen();
    const one = (await pending(api)).id;
    assert.equal(
      (await api.transition(one, { status: 'process_failed', resolution: 'lost_or_stolen_card' })).expect(200).data
        .attributes.resolution,
      'lost_or_stolen_card',
    );
    const two = (await pending(api)).id;
    assert.equal(
      (await api.transition(two, { status: 'process_failed' })).expect(200).data.attributes.resolution,
      'general_decline',
    );
  });

  test('amounts: paid, refunded in parts', async () => {
    const api = await frozen();
    const { id } = await pending(api);
    (await api.transition(id, { status: 'processed' })).expect(200);
    (await api.transition(id, { status: 'refund_pending' })).expect(200);
    const part = (await api.transition(id, { status: 'partially_refunded', amount: 20.4 })).expect(200);
    assert.equal(part.data.attributes.refunded_amount, 20.4);
    const other = await in_(api, 'refunded');
    assert.equal((await api.attributes(other)).refunded_amount, 100);
  });

  test('sends a callback and cancels the timer', async () => {
    const api = await frozen();
    const sink = await startSink({ account: api.account });
    const { id } = await api.made({ callback_url: `${sink.url}/c` });
    await sink.got(1);
    (await api.transition(id, { status: 'process_failed', resolution: 'declined' })).expect(200);
    await sink.got(2);
    await api.advance(5000);
    assert.equal((await api.attributes(id)).status, 'process_failed');
    assert.deepEqual(sink.requests.map((r) => r.status), ['process_pending', 'process_failed']);
    await sink.stop();
  });

  test('unknown names and fields are rejected', async () => {
    const api = await frozen();
    const { id } = await pending(api);
    for (const body of [
      {},
      { status: 'nonsense' },
      { status: 5 },
      { status: 'process_failed', resolution: 'nonsense' },
      { status: 'processed', more: 1 },
      { status: 'processed', amount: -1 },
      { status: 'processed', amount: 'x' },
      { status: 'processed', force: 'yes' },
    ]) {
      refused(await api.transition(id, body));
    }
    for (const [body, wanted] of [
      [{ status: 'failed' }, /unknown status "failed"; did you mean process_failed\?/],
      [{ status: 'process_failed', resolution: 'insuficient_funds' }, /unknown resolution .*; did you mean insufficient_funds\?/],
    ]) {
      assert.match((await api.transition(id, body)).expect(422).json.error.message, wanted);
    }
    assert.equal((await api.attributes(id)).status, 'process_pending');
    refused(await api.transition('cpi_0000000000000000', { status: 'processed' }), 404);
  });
});

describe('pay', () => {
  const GOOD_3DS = '5123817234060000';
  const GOOD = '5519283812030000';
  const BAD_3DS = '4412397212080000';
  const BAD = '4302912837020000';
  const card = (card_number, expiry = '1230', more = {}) => ({ card_number, expiry, cvv: '123', ...more });
  const paid = async (api, body) => {
    const { id } = await pending(api);
    const reply = (await api.pay(id, body)).expect(200);
    assert.deepEqual(reply.data, (await api.get(id)).data);
    return reply.data.attributes;
  };

  test('the cards that succeed', async () => {
    const api = await frozen();
    for (const body of [card(GOOD_3DS), card(GOOD_3DS, '1230', { three_ds: 'pass' }), card(GOOD), card(GOOD, '0125')]) {
      const a = await paid(api, body);
      assert.deepEqual([a.status, a.resolution, a.processed_amount], ['processed', 'ok', 100]);
      const { payment_card } = a.payload;
      assert.deepEqual(
        [payment_card.first, payment_card.last, payment_card.mask],
        [
          body.card_number.slice(0, 6),
          body.card_number.slice(-4),
          `${body.card_number.slice(0, 6)}******${body.card_number.slice(-4)}`,
        ],
      );
      assert.deepEqual(
        [payment_card.expiry_month, payment_card.expiry_year],
        [body.expiry.slice(0, 2), body.expiry.slice(2)],
      );
      assert.equal(a.original_data.external_id, a.flow_data.metadata.sid);
    }
  });

  test('3-D Secure failed or abandoned', async () => {
    const api = await frozen();
    const failed = await paid(api, card(GOOD_3DS, '1230', { three_ds: 'fail' }));
    assert.equal(failed.status, 'process_failed');
    assert.notEqual(failed.resolution, 'ok');
    const abandoned = await paid(api, card(GOOD_3DS, '1230', { three_ds: 'abandon' }));
    assert.deepEqual([abandoned.status, abandoned.resolution], ['process_pending', 'auth_3ds_required']);
  });

  test('0777 stays pending', async () => {
    const api = await frozen();
    const one = await paid(api, card(GOOD, '0777'));
    assert.equal(one.status, 'process_pending');
    const two = await paid(api, card(GOOD_3DS, '0777'));
    assert.deepEqual([two.status, two.resolution], ['process_pending', 'auth_3ds_required']);
    await api.advance(1799);
    assert.ok((await api.list()).data.every((row) => row.attributes.status === 'process_pending'));
    await api.advance(1);
    assert.ok((await api.list()).data.every((row) => row.attributes.resolution === 'expired'));
  });

  const BY_EXPIRY = {
    '0856': 'access_denied',
    '0755': 'error',
    '0654': 'provider_error',
    '0553': 'unknown',
    '0452': 'duplicated_transaction',
    '0351': 'auth_fatal_error',
    '0250': 'unable_to_determine_3ds_enrolment',
    '0149': 'card_is_3ds_enrolled',
    1248: 'card_is_not_3ds_enrolled',
    1147: 'issuer_decline',
    1046: 'client_auth_failed',
    '0945': 'provider_fatal_error',
    '0844': 'invalid_details',
    '0743': 'invalid_pin',
    '0642': 'antifraud_error',
    '0541': 'invalid_card',
    '0440': 'fatal_error',
    '0339': 'unable_to_reconcile',
    '0238': 'invalid_amount',
    '0137': 'limit_violation',
    1236: 'functionality_is_not_permitted',
    1135: 'invalid_request',
    1034: 'lost_or_stolen_card',
    '0933': 'declined',
    '0832': 'invalid_otp',
    '0731': 'invalid_3ds_code',
    '0630': 'invalid_card_status',
    '0529': 'insufficient_funds',
    '0428': 'card_expired',
    '0327': 'invalid_cvv',
    '0226': 'invalid_pan',
    '0125': 'invalid_credentials',
    1230: 'general_fatal_error',
    '0129': 'general_fatal_error',
  };
  for (const number of [BAD, BAD_3DS]) {
    test(`${number}: the expiry date decides the outcome`, async () => {
      const api = await frozen();
      for (const [expiry, resolution] of Object.entries(BY_EXPIRY)) {
        const a = await paid(api, card(number, expiry));
        assert.deepEqual([a.status, a.resolution], ['process_failed', resolution], expiry);
      }
    });
  }

  test('unknown cards', async () => {
    const api = await frozen();
    const a = await paid(api, card('4111111111111111'));
    assert.deepEqual([a.status, a.resolution], ['process_failed', 'general_fatal_error']);
    const { id } = await pending(api);
    const reply = await api.pay(id, card('4111111111111112'));
    if (reply.status !== 422) assert.equal(reply.expect(200).data.attributes.resolution, 'invalid_card');
  });

  test('cancel', async () => {
    const api = await frozen();
    const a = await paid(api, { cancel: true });
    assert.equal(a.status, 'process_failed');
  });

  test('after a decline the payer can retry up to the limit, with a callback for each step', async () => {
    const api = await frozen();
    const sink = await startSink({ account: api.account });
    const { id } = await pending(api, { callback_url: `${sink.url}/c` });
    for (let i = 0; i < 4; i++) {
      assert.equal((await api.pay(id, card(BAD, '0529'))).expect(200).data.attributes.status, 'process_failed');
    }
    const done = (await api.pay(id, card(GOOD))).expect(200).data.attributes;
    assert.deepEqual([done.status, done.resolution], ['processed', 'ok']);
    await api.idle();
    const got = (await sink.got(10, { invoice: id })).map((r) => r.status);
    assert.deepEqual(got, [
      'process_pending',
      'process_failed',
      'process_pending',
      'process_failed',
      'process_pending',
      'process_failed',
      'process_pending',
      'process_failed',
      'process_pending',
      'processed',
    ]);
    refused(await api.pay(id, card(GOOD)), 409);
    await sink.stop();
  });

  test('no retry after the fifth decline', async () => {
    const api = await frozen();
    const { id } = await pending(api);
    for (let i = 0; i < 5; i++) (await api.pay(id, card(BAD, '0529'))).expect(200);
    assert.match(refused(await api.pay(id, card(GOOD)), 409).message, /: its attempts are used up \(attempt_limit\)$/);
    assert.equal((await api.attributes(id)).status, 'process_failed');
  });

  test('the account sets attempt_limit', async () => {
    const api = await frozen({ attempt_limit: 2 });
    const { id } = await pending(api);
    for (let i = 0; i < 2; i++) (await api.pay(id, card(BAD, '0529'))).expect(200);
    refused(await api.pay(id, card(GOOD)), 409);
  });

  test('an expired invoice cannot be paid', async () => {
    const api = await frozen();
    const { id } = await pending(api);
    await api.advance(1800);
    refused(await api.pay(id, card(GOOD)), 409);
  });

  test('no new attempt after the expiry', async () => {
    const api = await frozen();
    const { id } = await pending(api);
    (await api.pay(id, card(BAD, '0529'))).expect(200);
    await api.advance(1801);
    const { message } = refused(await api.pay(id, card(GOOD)), 409);
    assert.match(message, /^the invoice is process_failed \(insufficient_funds\) .* any more: it expired at \d{10}$/);
    assert.deepEqual(
      [(await api.attributes(id)).status, (await api.attributes(id)).resolution],
      ['process_failed', 'insufficient_funds'],
    );
  });

  test('flow verify', async () => {
    const api = await frozen();
    const { id } = await api.made({ flow: 'verify' }, hold);
    assert.equal((await api.pay(id, card(GOOD))).expect(200).data.attributes.status, 'verified');
  });

  test('invalid fields are rejected and do not count as an attempt', async () => {
    const api = await frozen({ attempt_limit: 1 });
    const { id } = await pending(api);
    for (const body of [
      {},
      card(GOOD, '1330'),
      card(GOOD, '0030'),
      card(GOOD, 'x'),
      card('x'),
      card(''),
      card(GOOD, '1230', { more: 1 }),
      card(GOOD, '1230', { three_ds: 'perhaps' }),
      { cancel: false },
    ]) {
      refused(await api.pay(id, body), 400, 422);
    }
    assert.equal((await api.pay(id, card(GOOD))).expect(200).data.attributes.status, 'processed');
    refused(await api.pay('cpi_0000000000000000', card(GOOD)), 404);
  });
});

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
    const api = await frozen();
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
    const api = await frozen();
    const { id } = await pending(api);
    await api.advance(1800);
    // must not take the full 60 s
    const reply = await api.wait({ invoice: id, status: 'processed', timeout: '60s' });
    assert.match(refused(reply, 408).message, /frozen/i);
  });

  test('for a callback, of any or of one transition', async () => {
    const api = await frozen({ retry_limit: 2, retry_interval_s: 10 });
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
    const api = await frozen();
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
    const api = await frozen();
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

describe('callbacks', () => {
  test('are listed newest first, by invoice and by state, in pages', async () => {
    const api = await frozen();
    const sink = await startSink({ account: api.account });
    sink.answer([200], '/good');
    sink.answer([500], '/bad');
    const good = await api.made({ callback_url: `${sink.url}/good` });
    await api.advance(2);
    const bad = await pending(api, { callback_url: `${sink.url}/bad` });
    await api.advance(1);
    const all = await api.callbacks();
    assert.deepEqual(all.map((c) => [c.invoice, c.transition, c.state]), [
      [bad.id, 'process_pending', 'queued'], [good.id, 'processed', 'done'], [good.id, 'process_pending', 'done']]);
    assert.deepEqual(await api.callbacks({ invoice: good.id }), all.slice(1));
    assert.deepEqual(await api.callbacks({ state: 'queued' }), all.slice(0, 1));
    assert.deepEqual(await api.callbacks({ invoice: bad.id, state: 'done' }), []);
    const page = (await api.control('GET', '/callbacks', undefined, { parameters: { limit: 2 } })).expect(200).json;
    assert.deepEqual([page.items, page.total], [all.slice(0, 2), 3]);
    const rest = (
      await api.control('GET', '/callbacks', undefined, { parameters: { limit: 2, after: page.next } })
    ).expect(200).json;
    assert.deepEqual([rest.items, rest.next], [all.slice(2), null]);
    refused(await api.control('GET', '/callbacks', undefined, { parameters: { state: 'nonsense' } }));
    await sink.stop();
  });

  test('are shown by id, only to their account', async () => {
    const api = await frozen();
    const sink = await startSink({ account: api.account });
    await pending(api, { callback_url: `${sink.url}/c` });
    await api.idle();
    const [record] = await api.callbacks();
    assert.deepEqual(await api.callback(record.id), record);
    const other = await demo.newAccount();
    refused(await other.control('GET', `/callbacks/${record.id}`), 404);
    refused(await other.control('POST', `/callbacks/${record.id}/resend`), 404);
    refused(await api.control('GET', '/callbacks/cb_999999999'), 404);
    refused(await api.control('GET', '/callbacks/nonsense'), 404);
    await sink.stop();
  });

  test('are resent with the same bytes, also after all attempts have failed', async () => {
    const api = await frozen({ retry_limit: 1 });
    const sink = await startSink({ account: api.account });
    sink.answer([500, 200, 200, 200]);
    const { id } = await pending(api, { callback_url: `${sink.url}/c` });
    (await api.wait({ invoice: id, callback: 'failed', timeout: '60s' })).expect(200);
    const [record] = await api.callbacks();
    (await api.control('POST', `/callbacks/${record.id}/resend`)).expect(200);
    await sink.got(2);
    await api.idle();
    let now = await api.callback(record.id);
    assert.deepEqual([now.state, now.attempts.length], ['done', 2]);
    (await api.control('POST', `/callbacks/${record.id}/resend`, {})).expect(200);
    await sink.got(3);
    await api.idle();
    (await api.control('POST', `/callbacks/${record.id}/resend`, { resign: true })).expect(200);
    const got = await sink.got(4);
    await api.idle();
    for (const request of got) {
      assert.ok(request.raw.equals(got[0].raw));
      assert.equal(request.headers['x-signature'], sign(api.account.secret_live_key, request.raw));
    }
    now = await api.callback(record.id);
    assert.deepEqual(now.attempts.map((a) => a.code), [500, 200, 200, 200]);
    assert.equal(Object.values((await api.attributes(id)).callback_logs)[0].status, 'done');
    refused(await api.control('POST', `/callbacks/${record.id}/resend`, { nonsense: 1 }));
    refused(await api.control('POST', '/callbacks/cb_999999999/resend'), 404);
    await sink.stop();
  });
});

test('timeline: calls, page visits, transitions and attempts, in order', async () => {
  const api = await frozen();
  const sink = await startSink({ account: api.account });
  sink.answer([500, 200]);
  const { id, attributes } = await api.made({ callback_url: `${sink.url}/c` }, hold);
  await sink.got(1);
  await api.advance(60);
  (await api.get(id)).expect(200);
  (
    await api.send('GET', attributes.flow_data.action.slice(server.url.length), { headers: { Accept: 'text/html' } })
  ).expect(200);
  (await api.transition(id, { status: 'process_failed', resolution: 'declined' })).expect(200);
  await api.idle();
  const { items, total } = await api.timeline(id);
  assert.equal(items.length, total);
  const kinds = items.map((item) => item.kind);
  for (const kind of ['api', 'page', 'transition', 'callback']) assert.ok(kinds.includes(kind), kind);
  assert.deepEqual(items.filter((i) => i.kind === 'transition').map((i) => [i.from, i.to, i.resolution]).slice(-2),
    [['created', 'process_pending', 'ok'], ['process_pending', 'process_failed', 'declined']]);
  assert.deepEqual(items.filter((i) => i.kind === 'callback').map((i) => [i.transition, i.attempt, i.code]),
    [['process_pending', 1, 500], ['process_pending', 2, 200], ['process_failed', 1, 200]]);
  const [create] = items.filter((i) => i.kind === 'api');
  assert.deepEqual([create.method, create.path, create.status], ['POST', '/payment-invoices', 201]);
  const found = await api.control('GET', '/requests', undefined, { parameters: { id: create.request } });
  const [call] = found.json.items;
  assert.deepEqual([call.id, call.path, call.invoice], [create.request, '/payment-invoices', id]);
  const causes = items.filter((i) => ['transition', 'callback'].includes(i.kind)).map((i) => [i.kind, i.request]);
  const moved = causes.findLast(([kind]) => kind === 'transition')[1];
  assert.deepEqual(causes, [['transition', null], ['transition', create.request], ['callback', create.request],
    ['callback', create.request], ['transition', moved], ['callback', moved]]);
  const [move] = (await api.control('GET', '/requests', undefined, { parameters: { id: moved } })).json.items;
  assert.equal(move.path.split('?')[0], `/_mock/payment-invoices/${id}/transition`);
  (await api.control('POST', '/callbacks/resend', {}, { parameters: { invoice: id } })).expect(200);
  await api.idle();
  const again = (await api.timeline(id)).items.filter((i) => i.kind === 'callback').slice(-2);
  assert.equal(new Set([create.request, moved, ...again.map((i) => i.request)]).size, 3, 'a resend is another cause');
  await sink.stop();
});

test('unknown fields under /_mock are rejected by name', async () => {
  const api = await frozen();
  const { id } = await pending(api);
  for (const [method, path, body] of [
    ['POST', '/outcomes', { outcomes: [], surprise: 1 }],
    ['PUT', '/clock', { mode: 'frozen', surprise: 1 }],
    ['POST', '/clock/advance', { seconds: 1, surprise: 1 }],
    ['POST', `/payment-invoices/${id}/transition`, { status: 'processed', surprise: 1 }],
    ['POST', `/payment-invoices/${id}/pay`, { cancel: true, surprise: 1 }],
  ]) {
    const error = refused(await api.control(method, path, body));
    assert.match(error.message, /surprise/, path);
  }
  for (const body of [{ outcomes: 'processed' }, { outcomes: [5] }, {}, []])
    refused(await api.control('POST', '/outcomes', body));
  assert.equal((await api.attributes(id)).status, 'process_pending');
});

describe('access', () => {
  const get = (client, headers, path = '/_mock/clock') => client.send('GET', path, { headers });

  test('Host must be an address, localhost or known', async () => {
    const { port } = server;
    for (const host of [
      '127.0.0.1',
      `127.0.0.1:${port}`,
      'localhost',
      `localhost:${port}`,
      `LOCALHOST:${port}`,
      '[::1]',
      `[::1]:${port}`,
      '10.1.2.3:8080',
    ]) {
      (await get(demo, { Host: host })).expect(200);
    }
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      'xlocalhost',
      '127.0.0.1:80:80',
      '[::1].evil.example',
    ]) {
      refused(await get(demo, { Host: host }), 400, 403);
      refused(await demo.send('POST', '/_mock/reset', { headers: { Host: host } }), 400, 403);
    }
  });

  test('Origin must be the server itself or loopback', async () => {
    for (const origin of [
      'http://localhost:3000',
      'http://127.0.0.1:5173',
      'https://localhost',
      'http://[::1]:1',
      server.url,
    ]) {
      (await get(demo, { Origin: origin })).expect(200);
    }
    for (const origin of [
      'https://evil.example',
      'null',
      'http://localhost.evil.example',
      'http://evil.example:3000',
      'http://127.0.0.1@evil.example',
      'http://127.evil.example',
      'http://127.0.0.1.evil.example',
      'chrome-extension://localhost',
      'file://',
      'http://203.0.113.9',
      'https://203.0.113.9:8080',
      'http://10.1.2.3',
      'http://[2001:db8::1]',
    ]) {
      refused(await get(demo, { Origin: origin }), 403);
      refused(await demo.send('POST', '/_mock/accounts', { headers: { Origin: origin } }), 403);
      // a request that browsers send without a preflight
      refused(
        await demo.send('POST', '/_mock/reset', {
          body: '{}',
          headers: { Origin: origin, 'Content-Type': 'text/plain' },
        }),
        403,
      );
      refused(await get(demo, { Origin: origin }, '/_mock/events'), 403);
      refused(await get(demo, { Origin: origin }, '/_mock/health'), 403);
    }
  });

  test('a page with the origin of the request\'s host is allowed', async () => {
    for (const [host, origin, status] of [
      ['192.0.2.1:8080', 'http://192.0.2.1:8080', 200],
      ['192.0.2.1', 'https://192.0.2.1', 200],
      ['192.0.2.1', 'https://192.0.2.1:443', 200],
      ['192.0.2.1:8080', 'http://192.0.2.1', 403],
      ['192.0.2.1:8080', 'http://192.0.2.2:8080', 403],
      ['192.0.2.1', 'http://192.0.2.1:81', 403],
    ]) {
      (await get(demo, { Host: host, Origin: origin })).expect(status);
    }
  });

  test('--allow-host and --public-url allow more names', async () => {
    const other = await startServer({ args: ['--allow-host', 'mock.test', '--public-url', 'https://pay.test:8443/'] });
    try {
      const client = new Client(other);
      for (const host of ['mock.test', 'mock.test:80', 'pay.test', 'pay.test:8443', 'localhost'])
        (await get(client, { Host: host })).expect(200);
      for (const origin of ['https://pay.test:8443', 'http://mock.test'])
        (await get(client, { Origin: origin })).expect(200);
      refused(await get(client, { Host: 'other.test' }), 403);
      refused(await get(client, { Origin: 'https://other.test' }), 403);
      const made = await client.made();
      assert.equal(made.attributes.hpp_url, `https://pay.test:8443/redirect/hpp/?cpi=${made.id}`);
      assert.match(made.attributes.flow_data.action, /^https:\/\/pay\.test:8443\/hpp\/cgi_/);
    } finally {
      await other.stop();
    }
  });

  test('--control-token', async () => {
    const token = 'a-token-for-the-test';
    const other = await startServer({ args: ['--control-token', token] });
    try {
      const client = new Client(other);
      for (const headers of [
        {},
        { Authorization: 'Bearer wrong' },
        { 'X-Mock-Token': 'wrong' },
        { 'X-Mock-Token': '' },
        { 'X-Mock-Token': `${token}x` },
        { Authorization: `Basic ${token}` },
        { 'X-Mock-Token': token.slice(0, -1) },
      ]) {
        refused(await get(client, headers), 401);
        refused(await client.send('POST', '/_mock/accounts', { headers }), 401);
        refused(await get(client, headers, `/_mock/accounts/${DEMO.id}`), 401);
      }
      (await get(client, { Authorization: `Bearer ${token}` })).expect(200);
      (await get(client, { 'X-Mock-Token': token })).expect(200);
      (await client.send('GET', '/_mock/health')).expect(200);
      // the platform's API needs no token
      client.controlHeaders = { 'X-Mock-Token': token };
      const api = await client.newAccount();
      await api.made();
      (await api.prerequest({ currency: 'USD' })).expect(200);
      assert.ok(!other.stderr.includes(token), 'the token is not in the log');
    } finally {
      await other.stop();
    }
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
