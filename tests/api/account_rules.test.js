// What an account's settings add to the platform's rules: strict_test_mode, required_fields, callback_headers, rate_limit.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client, invoice, phpForm } from '../lib/client.js';
import { startServer } from '../lib/server.js';
import { startSink } from '../lib/sink.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);

const GOOD = { card_number: '5519283812030000', expiry: '1230', cvv: '123' };
const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };
const HTML = { headers: { Accept: 'text/html' } };

describe('strict_test_mode', () => {
  /** The client with its live key. */
  const live = (api) => api.with({ ...api.account, public_key: api.account.public_live_key });

  const sale = (api, { attributes }) =>
    api.send('POST', '/payment/sale', {
      auth: `Bearer ${attributes.flow_data.metadata.token}`,
      json: { data: { attributes: { ...GOOD, exp_month: '12', exp_year: '30' } } },
    });

  test('declines test cards in live mode, as it declines unknown cards', async () => {
    for (const [strict_test_mode, test_mode, expected] of [
      [false, false, 'processed ok'],
      [false, true, 'processed ok'],
      [true, true, 'processed ok'],
      [true, false, 'process_failed general_fatal_error'],
    ]) {
      const api = await demo.newAccount({ strict_test_mode });
      const { id } = await api.made({ test_mode }, hold);
      (await api.pay(id, GOOD)).expect(200);
      const { status, resolution } = await api.attributes(id);
      assert.equal(`${status} ${resolution}`, expected, `strict ${strict_test_mode}, test mode ${test_mode}`);
      const sold = (await sale(api, await api.made({ test_mode }, hold))).expect(201).json;
      assert.equal(`${sold.status} ${sold.resolution}`, expected);
    }
  });

  test('asks for no 3-D Secure, and tells no more about the card', async () => {
    const api = await demo.newAccount({ strict_test_mode: true });
    const made = await api.made({}, hold);
    const page = await api.send('GET', `/hpp/${made.attributes.flow_data.metadata.sid}`, HTML);
    assert.doesNotMatch(page.text, /test-card-1/);
    (await api.pay(made.id, { ...GOOD, card_number: '5123817234060000' })).expect(200);
    assert.equal((await api.attributes(made.id)).resolution, 'general_fatal_error');
    const tested = await api.made({ test_mode: true }, hold);
    assert.match((await api.send('GET', `/hpp/${tested.attributes.flow_data.metadata.sid}`, HTML)).text, /test-card-1/);
  });

  test('a timer and a command still settle live invoices', async () => {
    const api = await demo.newAccount({ strict_test_mode: true, settle_after_ms: 0 });
    await api.reach((await api.made()).id, 'processed');
    const { id } = await api.made({}, hold);
    (await api.transition(id, { status: 'processed' })).expect(200);
  });

  test('refuses test services in live mode, in every way', async () => {
    const api = await demo.newAccount({ strict_test_mode: true });
    const order = { service: 'test_usd_test', service_fields: { status: 'processed' } };
    const refused = (reply) =>
      assert.deepEqual(reply.expect(422).json.errors, { service: 'Service is not available' });
    refused(await api.create(invoice({ ...order, test_mode: false })));
    refused(await api.create(invoice(order)));
    refused(await live(api).createPublic(invoice(order)));
    refused(await live(api).createForm(invoice(order), { headers: { Accept: 'application/json' } }));
    (await api.create(invoice({ ...order, test_mode: true }))).expect(201);
    await api.madePublic(order);
    const payout = { service: 'test_usd', currency: 'USD', amount: 5, fields: { account: '1' } };
    const pay = (attributes) => api.private('POST', '/payout-invoices', { json: { data: { attributes } } });
    refused(await pay(payout));
    (await pay({ ...payout, test_mode: true })).expect(201);
  });

  test('the prerequest and the page offer what can be ordered', async () => {
    const api = await demo.newAccount({ strict_test_mode: true });
    const offered = async (client) => Object.keys((await client.prerequest({ currency: 'USD' })).expect(200).data.services);
    const tests = (await offered(api)).filter((code) => code.startsWith('test_'));
    assert.deepEqual(tests, ['test_usd_test']);
    assert.deepEqual(
      await offered(live(api)),
      (await offered(api)).filter((code) => !code.startsWith('test_')),
    );
    for (const [client, shown] of [[api, true], [live(api), false]]) {
      const order = phpForm({ public_key: client.account.public_key, currency: 'USD', amount: 5 });
      const { location } = (await api.send('GET', `/hpp/?${order}`)).expect(302).headers;
      const page = (await api.send('GET', new URL(location).pathname, HTML)).expect(200).text;
      assert.equal(page.includes('value="test_usd_test"'), shown);
      const csrf = /name="csrf" value="([^"]+)"/.exec(page)[1];
      const form = { csrf, service: 'test_usd_test' };
      (await api.send('POST', new URL(location).pathname, { form })).expect(shown ? 303 : 422);
    }
  });
});

describe('required_fields', () => {
  const RULES = { required_fields: ['description', 'customer.name', 'customer.metadata.ip', 'metadata.url'] };
  const BLANK = 'This value should not be blank.';
  const MISSING = Object.fromEntries(RULES.required_fields.map((path) => [path, BLANK]));
  const ALL = {
    description: 'Goods',
    customer: { reference_id: 'anna', name: 'Anna Ivanova', metadata: { ip: '203.0.113.7' } },
    metadata: { url: 'https://shop.example' },
  };
  const json = { headers: { Accept: 'application/json' } };
  const page = (api, fields) =>
    api.send('GET', `/hpp/?${phpForm({ public_key: api.account.public_key, ...fields })}`);
  const ways = {
    private: (api, fields) => api.create(fields),
    public: (api, fields) => api.createPublic(fields),
    form: (api, fields) => api.createForm(fields, json),
  };

  for (const [name, create] of Object.entries(ways)) {
    test(`${name}: a missing one is a 422 like any other`, async () => {
      const api = await demo.newAccount(RULES);
      assert.deepEqual((await create(api, invoice())).expect(422).json.errors, MISSING);
      assert.deepEqual(
        (await create(api, invoice({ ...ALL, amount: 0, customer: { ...ALL.customer, name: '  ' } }))).expect(422).json
          .errors,
        { 'customer.name': BLANK, amount: 'This value should be greater than 0.' },
      );
      (await create(api, invoice(ALL))).expect(201, 302);
    });
  }

  test('the reason names the setting, and does not contradict the refusal', async () => {
    const BECAUSE = "because the account's required_fields names it";
    const api = await demo.newAccount(RULES);
    const reason = (reply) => reply.expect(422).headers['x-mock-reason'];
    const some = { ...ALL, description: ' ' };
    const one = `description: ${BLANK}; it takes a text of 1 to 1024 characters, ${BECAUSE}`;
    for (const create of Object.values(ways)) assert.equal(reason(await create(api, invoice(some))), one);
    assert.equal(reason(await page(api, { currency: 'USD', amount: 5, ...some })), one);
    assert.equal(reason(await api.create(invoice({ ...ALL, metadata: {} }))),
      `metadata.url: ${BLANK}; it takes any value that is not blank, ${BECAUSE}`);
    assert.match(reason(await api.create(invoice())), /\(and 3 more\); it takes a text of 1 to 1024 characters, beca/);
    const { items } = (await api.control('GET', '/requests')).expect(200).json;
    const { explain } = items.find(({ path, status }) => status === 422 && path === '/payment-invoices');
    assert.match(explain.fields.description.accepted, /^a text of 1 to 1024 characters, because/);
    const other = await demo.newAccount();
    for (const reply of [await other.create(invoice({ service: undefined })),
      await other.send('POST', '/public-api/payment-invoices', { json: {} })]) {
      assert.ok(!reason(reply).includes('required_fields'));
    }
  });

  test('the order of the page too', async () => {
    const api = await demo.newAccount(RULES);
    const order = { currency: 'USD', amount: 5 };
    (await page(api, order)).expect(422);
    assert.equal((await api.list()).expect(200).json.data.length, 0);
    (await page(api, { ...order, ...ALL })).expect(302);
  });

  test('a field that is wrong is reported as wrong', async () => {
    const api = await demo.newAccount({ required_fields: ['customer.email', 'service'] });
    const order = invoice({ service: undefined, customer: { reference_id: 'a', email: 'nobody' } });
    assert.deepEqual((await api.create(order)).expect(422).json.errors, {
      'customer.email': 'This value is not a valid email address.',
      service: BLANK,
    });
  });

  test('in the style of the profile', async () => {
    const api = await demo.newAccount({ required_fields: ['customer.phone'], profile: '2024' });
    const [error, ...others] = (await api.create(invoice())).expect(422).json.errors;
    assert.deepEqual(others, []);
    assert.deepEqual(error.source, { pointer: '/data/attributes/customer/phone' });
    assert.equal(error.detail, BLANK);
  });

  test('asks nothing of payouts', async () => {
    const api = await demo.newAccount(RULES);
    const attributes = { service: 'test_usd', currency: 'USD', amount: 5, fields: { account: '1' } };
    (await api.private('POST', '/payout-invoices', { json: { data: { attributes } } })).expect(201);
  });
});

describe('callback_headers', () => {
  const HEADERS = { 'X-Forwarded-For': '3.126.246.226', 'X-Shop-Pass': 'pass-Word-1' };

  async function received(settings) {
    const api = await demo.newAccount(settings);
    const sink = await startSink({ account: api.account });
    const { id } = await api.made({ callback_url: `${sink.url}/c` }, hold);
    await api.wait({ invoice: id, callback: 'delivered' });
    return { api, sink, id };
  }

  test('are sent with every callback, in addition to the platform\'s', async () => {
    const { api, sink, id } = await received({ callback_headers: HEADERS });
    const [{ headers }] = sink.requests;
    assert.equal(headers['x-forwarded-for'], HEADERS['X-Forwarded-For']);
    assert.equal(headers['x-shop-pass'], HEADERS['X-Shop-Pass']);
    assert.equal(headers['content-type'], 'application/json');
    (await api.control('PATCH', `/accounts/${api.account.id}`, { callback_headers: { 'X-Other': 'a' } })).expect(200);
    (await api.transition(id, { status: 'processed' })).expect(200);
    await api.idle();
    const later = sink.requests.at(-1).headers;
    assert.equal(later['x-other'], 'a');
    assert.equal(later['x-forwarded-for'], undefined);
    await sink.stop();
  });

  test('their values are in no record', async () => {
    const { api, sink } = await received();
    const changed = { callback_headers: { ...HEADERS, 'X-Escaped': 'pass-"Word"-2\\' } };
    (await api.control('PATCH', `/accounts/${api.account.id}`, changed)).expect(200);
    const { id } = await api.made({ callback_url: `${sink.url}/c` }, hold);
    await api.wait({ invoice: id, callback: 'delivered' });
    const [callback] = await api.callbacks({ invoice: id });
    const sent = callback.attempts[0].request.headers;
    assert.deepEqual([sent['X-Forwarded-For'], sent['X-Shop-Pass']], ['***', '***']);
    const journal = (await api.control('GET', '/requests')).expect(200).text;
    const timeline = JSON.stringify(await api.timeline(id));
    for (const text of [journal, timeline, JSON.stringify(callback), server.stderr]) {
      assert.doesNotMatch(text, /3\.126\.246|pass-.{0,4}Word/);
    }
    assert.match(journal, /X-Shop-Pass/);
    const { settings } = (await api.control('GET', `/accounts/${api.account.id}`)).expect(200).json;
    assert.deepEqual(settings.callback_headers, changed.callback_headers);
    assert.equal(sink.requests.at(-1).headers['x-escaped'], 'pass-"Word"-2\\');
    await sink.stop();
  });

  test('are in no record of the built-in receiver\'s calls, nor in a snapshot\'s file', async () => {
    const api = await demo.newAccount({ callback_headers: HEADERS });
    const callback_url = `${server.url}/_mock/sink/shop?account=${api.account.id}`;
    const { id } = await api.made({ callback_url }, hold);
    await api.wait({ invoice: id, callback: 'delivered' });
    (await api.control('POST', '/snapshots/rules')).expect(201);
    for (const [path, parameters] of [['/requests'], ['/snapshots/rules'],
      [`/payment-invoices/${id}/export`, { as: 'curl' }], [`/payment-invoices/${id}/timeline`]]) {
      const { text } = (await api.control('GET', path, undefined, { parameters })).expect(200);
      assert.doesNotMatch(text, /pass-Word|3\.126\.246/, path);
    }
    assert.doesNotMatch(server.stderr, /pass-Word|3\.126\.246/);
  });

  test('stay as they are when a snapshot\'s file is restored', async () => {
    const api = await demo.newAccount({ callback_headers: HEADERS, description: 'Ünits / "1"' });
    const read = async () => (await api.control('GET', `/accounts/${api.account.id}`)).expect(200).json.settings;
    (await api.control('POST', '/snapshots/rules')).expect(201);
    const { text } = (await api.control('GET', '/snapshots/rules')).expect(200);
    assert.deepEqual(JSON.parse(text).settings, { ...await read(), callback_headers: null });
    const other = { 'X-Other': 'a' };
    (await api.control('PATCH', `/accounts/${api.account.id}`, { callback_headers: other, description: '' })).expect(200);
    (await api.control('PUT', '/snapshots/file', undefined,
      { body: text, headers: { 'Content-Type': 'application/json' } })).expect(200, 201);
    (await api.control('POST', '/snapshots/file/restore')).expect(200);
    const { callback_headers, description } = await read();
    assert.deepEqual([callback_headers, description], [other, 'Ünits / "1"']);
  });

  test('stay with a snapshot, and go with a reset of the demo account', async () => {
    const change = async (value) => (await demo.control('PATCH', `/accounts/${demo.account.id}`, value)).expect(200);
    await change({ callback_headers: HEADERS, required_fields: ['description'], strict_test_mode: true });
    const settings = async () => {
      const all = (await demo.control('GET', `/accounts/${demo.account.id}`)).expect(200).json.settings;
      return [all.callback_headers, all.required_fields, all.strict_test_mode];
    };
    (await demo.control('POST', '/snapshots/rules')).expect(201);
    (await demo.control('POST', '/reset')).expect(200);
    assert.deepEqual(await settings(), [null, null, false]);
    (await demo.control('POST', '/snapshots/rules/restore')).expect(200);
    assert.deepEqual(await settings(), [HEADERS, ['description'], true]);
    (await demo.control('POST', '/reset')).expect(200);
  });
});

describe('rate_limit', () => {
  const LIMITED = { errors: [{ status: 'Too Many Requests', code: '429' }] };

  async function limited(rate_limit) {
    const api = await demo.newAccount({ rate_limit });
    await api.freeze();
    return api;
  }

  test('accepts so many calls in a second of the account\'s clock', async () => {
    const api = await limited(3);
    for (let second = 0; second < 3; second++) {
      for (let n = 0; n < 3; n++) await api.made({}, hold);
      for (let n = 0; n < 3; n++) {
        const reply = (await api.create(invoice())).expect(429);
        assert.deepEqual(reply.json, LIMITED);
        assert.equal(reply.headers['retry-after'], '1');
        assert.equal(reply.headers['x-mock-reason'],
          'the account may make 3 calls per second of its clock (rate_limit); wait for the next second');
      }
      await api.advance(1);
    }
    const { total } = (await api.control('GET', '/payment-invoices')).expect(200).json;
    assert.equal(total, 9, 'a rejected call does nothing');
  });

  test('counts each call of the platform, whatever its result', async () => {
    const keyOf = ({ account }) => `?public_key=${account.public_key}`;
    const { id: foreign } = await demo.made({}, hold);
    const calls = {
      read: (api) => api.get('cpi_0000000000000000'),
      invalid: (api) => api.create({}),
      list: (api) => api.list(),
      public: (api) => api.createPublic(invoice()),
      'public read': (api) => api.send('GET', `/public-api/payment-invoices/cpi_0000000000000000${keyOf(api)}`),
      'public read of a payout': (api) => api.send('GET', `/public-api/payout-invoices/cpoi_0000000000000000${keyOf(api)}`),
      'public read of another account': (api) => api.send('GET', `/public-api/payment-invoices/${foreign}${keyOf(api)}`),
      prerequest: (api) => api.prerequest({ currency: 'USD' }),
      form: (api) => api.createForm(invoice(), { headers: { Accept: 'application/json' } }),
      payout: (api) => api.private('GET', '/payout-invoices'),
    };
    for (const [name, call] of Object.entries(calls)) {
      const api = await limited(1);
      const { status } = await call(api);
      assert.notEqual(status, 429, name);
      const reply = (await call(api)).expect(429);
      if (name !== 'form') assert.deepEqual(reply.json, LIMITED);
    }
    const api = await limited(1);
    const { attributes } = await api.made({}, hold);
    const sale = { auth: `Bearer ${attributes.flow_data.metadata.token}`, json: {} };
    (await api.send('POST', '/payment/sale', sale)).expect(429);
  });

  test('does not count the control API, pages, and calls of nobody', async () => {
    const api = await limited(1);
    const { id, attributes } = await api.made({}, hold);
    const page = `/hpp/${attributes.flow_data.metadata.sid}`;
    for (let n = 0; n < 3; n++) {
      (await api.send('GET', page, HTML)).expect(200);
      (await api.control('GET', '/payment-invoices')).expect(200);
      (await api.pay(id, GOOD)).expect(200, 409);
      (await api.send('GET', '/payment-invoices')).expect(401);
      (await api.send('OPTIONS', '/public-api/payment-invoices')).expect(204);
    }
    const order = phpForm({ public_key: api.account.public_key, currency: 'USD', amount: 5 });
    (await api.send('GET', `/hpp/?${order}`)).expect(302);
    await api.advance(1);
    for (let n = 0; n < 3; n++) {
      const wrong = api.with({ ...api.account, api_key: 'wrong' });
      (await wrong.get(id)).expect(401);
    }
    (await api.get(id)).expect(200);
  });

  test('a call that a fault delays counts once', async () => {
    const api = await limited(2);
    (await api.control('POST', '/faults', { on: 'api', fault: 'delay', delay: '20ms', times: 1 })).expect(201);
    await api.made({}, hold);
    await api.made({}, hold);
    (await api.create(invoice())).expect(429);
  });

  test('a browser gets a page, and the journal the reason', async () => {
    const api = await limited(1);
    await api.made({}, hold);
    const reply = (await api.createForm(invoice(), HTML)).expect(429);
    assert.match(reply.headers['content-type'], /^text\/html/);
    const { items } = (await api.control('GET', '/requests', undefined, { parameters: { status: 429 } })).json;
    assert.equal(items[0].explain.rule, 'rate_limited');
    assert.match(items[0].explain.message, /1 calls per second/);
  });

  test('a restore begins anew', async () => {
    const api = await limited(1);
    (await api.control('POST', '/snapshots/start')).expect(201);
    for (let n = 0; n < 2; n++) {
      await api.made({}, hold);
      (await api.create(invoice())).expect(429);
      (await api.control('POST', '/snapshots/start/restore')).expect(200);
    }
  });

  test('a reset begins anew, other accounts are not affected, null ends it', async () => {
    const api = await limited(1);
    const other = await limited(1);
    await api.made({}, hold);
    await other.made({}, hold);
    (await api.control('POST', '/reset')).expect(200);
    await api.made({}, hold);
    (await other.create(invoice())).expect(429);
    (await other.control('PATCH', `/accounts/${other.account.id}`, { rate_limit: null })).expect(200);
    for (let n = 0; n < 5; n++) await other.made({}, hold);
  });
});
