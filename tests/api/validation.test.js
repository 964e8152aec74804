// The rules for an invoice: one table for all three ways to create an invoice.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Client, invoice, isoTime } from '../lib/client.js';
import { startServer } from '../lib/server.js';

const server = await startServer();
after(() => server.stop());
const api = await new Client(server).newAccount();
const NOW = await api.freeze();

const customer = (changes) => ({ customer: { reference_id: 'c1', ...changes } });
const address = (changes) => customer({ address: changes });
const inMinutes = (n) => isoTime(NOW + n * 60);
const after1s = (n) => isoTime(NOW + n);
const PRIVATE = ['private'];
const BOTH = ['private', 'public'];
const ALL = ['private', 'public', 'form'];
const BANK = { service: 'bank_transfer_usd_hpp' };
const TEST = { service: 'test_usd_test' };

// [what, changes to a valid invoice, the invalid fields, the ways to create it, pattern of the message]
const CASES = [
  ['no service', { service: undefined }, ['service'], ALL],
  ['service null', { service: null }, ['service'], BOTH],
  ['service blank', { service: '' }, ['service'], ALL, /blank|missing/],
  ['service of another type', { service: 5 }, ['service'], BOTH],
  ['service a list', { service: ['payment_card_usd_hpp'] }, ['service'], BOTH],
  ['service unknown', { service: 'payment_card_xxx_hpp' }, ['service'], ALL],
  ['service in another case', { service: 'Payment_Card_USD_hpp' }, ['service'], ALL],
  ['service not available', { service: 'skrill_usd_hpp', currency: 'USD' }, ['service'], ALL],
  ['service not enabled', { service: 'paypal_gbp_hpp', currency: 'GBP' }, ['service'], ALL],
  ['service neither', { service: 'litecoin_ltc_hpp', currency: 'LTC', amount: 1 }, ['service'], ALL],
  ['service of another currency', { currency: 'EUR' }, ['service'], ALL, /^Service does not match currency EUR$/],
  [
    'service of another currency, XTS',
    { service: 'test_xts_test', service_fields: { status: 'processed' } },
    ['service'],
    ALL,
    /^Service does not match currency USD$/,
  ],

  ['no currency', { currency: undefined }, ['currency'], ALL],
  ['currency null', { currency: null }, ['currency'], BOTH],
  ['currency blank', { currency: '' }, ['currency'], ALL, /blank|missing/],
  ['currency of another type', { currency: 840 }, ['currency'], BOTH],
  ['currency a list', { currency: ['USD'] }, ['currency'], BOTH],

  ['no amount', { amount: undefined }, ['amount'], ALL],
  ['amount null', { amount: null }, ['amount'], BOTH],
  ['amount blank', { amount: '' }, ['amount'], ALL],
  ['amount text', { amount: 'ten' }, ['amount'], ALL],
  ['amount with a unit', { amount: '10 USD' }, ['amount'], ALL],
  ['amount with a comma', { amount: '10,50' }, ['amount'], ALL],
  ['amount with blanks inside', { amount: '1 000' }, ['amount'], ALL],
  ['amount hexadecimal', { amount: '0x10' }, ['amount'], ALL],
  ['amount infinite', { amount: 'INF' }, ['amount'], ALL],
  ['amount not a number', { amount: 'NaN' }, ['amount'], ALL],
  ['amount true', { amount: true }, ['amount'], BOTH],
  ['amount a list', { amount: [1] }, ['amount'], BOTH],
  ['amount an object', { amount: { value: 1 } }, ['amount'], BOTH],
  ['amount 0', { amount: 0 }, ['amount'], ALL, /^This value should be greater than 0\.$/],
  ['amount "0.00"', { amount: '0.00' }, ['amount'], ALL, /^This value should be greater than 0\.$/],
  ['amount -0', { amount: '-0' }, ['amount'], ALL],
  ['amount negative', { amount: -0.01 }, ['amount'], ALL, /^This value should be greater than 0\.$/],
  ['amount negative text', { amount: '-100' }, ['amount'], ALL, /^This value should be greater than 0\.$/],
  ["amount under the service's least", { amount: 0.009 }, ['amount'], ALL, /0\.01/],
  ["amount over the service's most", { amount: 1000000.01 }, ['amount'], ALL, /1000000/],
  ['amount far over', { amount: 999999999999999 }, ['amount'], ALL],
  ['amount under the least of paypal', { service: 'paypal_usd_hpp', amount: 0.99 }, ['amount'], ALL],
  ['amount over the most of paypal', { service: 'paypal_usd_hpp', amount: 10000.01 }, ['amount'], ALL],
  ['amount with 9 decimals', { amount: '1.000000001' }, ['amount'], ALL],
  [
    'amount with 16 digits',
    { service: 'test_usd_test', service_fields: { status: 'processed' }, amount: '1234567.123456789' },
    ['amount'],
    ALL,
  ],
  ['amount beyond any number', { amount: '1e400' }, ['amount'], ALL],

  ['reference of 256 characters', { reference_id: 'x'.repeat(256) }, ['reference_id'], ALL],
  ['reference a list', { reference_id: ['x'] }, ['reference_id'], BOTH],
  ['reference an object', { reference_id: { a: 1 } }, ['reference_id'], BOTH],
  ['description a list', { description: ['x'] }, ['description'], BOTH],
  ['description an object', { description: { a: 1 } }, ['description'], BOTH],
  ['metadata text', { metadata: 'x' }, ['metadata'], ALL],
  ['metadata a number', { metadata: 5 }, ['metadata'], BOTH],
  ['metadata.mock_outcome unknown', { metadata: { mock_outcome: 'nonsense' } }, ['metadata.mock_outcome'], ALL],
  [
    'metadata.mock_outcome with an unknown resolution',
    { metadata: { mock_outcome: 'process_failed:nonsense' } },
    ['metadata.mock_outcome'],
    ALL,
  ],

  ['flow unknown', { flow: 'refund' }, ['flow'], PRIVATE],
  ['flow in capitals', { flow: 'CHARGE' }, ['flow'], PRIVATE],
  ['flow of another type', { flow: 1 }, ['flow'], PRIVATE],
  ['test_mode text', { test_mode: 'perhaps' }, ['test_mode'], PRIVATE],
  ['test_mode an object', { test_mode: { a: 1 } }, ['test_mode'], PRIVATE],
  ['gateway_options text', { gateway_options: 'x' }, ['gateway_options'], PRIVATE],

  ['customer text', { customer: 'John' }, ['customer'], ALL],
  ['customer a number', { customer: 5 }, ['customer'], BOTH],
  ['customer without reference', { customer: { name: 'John' } }, ['customer.reference_id'], ALL, /blank|missing/],
  ['customer empty', { customer: {} }, ['customer.reference_id'], BOTH],
  ['customer reference null', customer({ reference_id: null }), ['customer.reference_id'], BOTH],
  ['customer reference blank', customer({ reference_id: '' }), ['customer.reference_id'], ALL],
  ['customer reference a list', customer({ reference_id: ['x'] }), ['customer.reference_id'], BOTH],
  ['customer reference of 256 characters', customer({ reference_id: 'x'.repeat(256) }), ['customer.reference_id'], ALL],
  ['customer name a list', customer({ name: ['x'] }), ['customer.name'], BOTH],
  ['customer e-mail', customer({ email: 'nobody' }), ['customer.email'], ALL, /valid email/],
  ['customer e-mail without a host', customer({ email: 'nobody@' }), ['customer.email'], ALL],
  ['customer birth date in words', customer({ date_of_birth: 'yesterday' }), ['customer.date_of_birth'], ALL],
  ['customer birth date turned round', customer({ date_of_birth: '28.02.1990' }), ['customer.date_of_birth'], ALL],
  ['customer birth date that never was', customer({ date_of_birth: '1990-02-30' }), ['customer.date_of_birth'], ALL],
  [
    'customer birth date of 29 February in a common year',
    customer({ date_of_birth: '1900-02-29' }),
    ['customer.date_of_birth'],
    ALL,
  ],
  ['customer metadata text', customer({ metadata: 'x' }), ['customer.metadata'], ALL],
  ['customer address text', customer({ address: 'Main 1' }), ['customer.address'], ALL],
  ['country by name', address({ country: 'Ukraine' }), ['customer.address.country'], ALL],
  ['country alpha-3', address({ country: 'UKR' }), ['customer.address.country'], ALL],
  ['country numeric', address({ country: '80' }), ['customer.address.country'], ALL],
  ['city a list', address({ city: ['x'] }), ['customer.address.city'], BOTH],

  ['return_url no URL', { return_url: 'nowhere' }, ['return_url'], ALL, /valid URL/],
  ['return_url relative', { return_url: '/back' }, ['return_url'], ALL],
  ['return_url without a scheme', { return_url: 'example.com/back' }, ['return_url'], ALL],
  ['return_url javascript', { return_url: 'javascript:alert(1)' }, ['return_url'], ALL],
  ['return_url data', { return_url: 'data:text/html,x' }, ['return_url'], ALL],
  ['return_url without a host', { return_url: 'http://' }, ['return_url'], ALL],
  ['return_url with a line end', { return_url: 'http://example.com/\r\nX: y' }, ['return_url'], ALL],
  ['return_url a list', { return_url: ['http://example.com'] }, ['return_url'], BOTH],
  ['return_urls text', { return_urls: 'http://example.com' }, ['return_urls'], PRIVATE],
  [
    'return_urls without pending',
    { return_urls: { success: 'https://example.com/1' } },
    ['return_urls.pending'],
    PRIVATE,
  ],
  ['return_urls empty', { return_urls: {} }, ['return_urls.pending'], PRIVATE],
  [
    'return_urls all wrong',
    { return_urls: { success: 'x', fail: '/y', pending: 5 } },
    ['return_urls.fail', 'return_urls.pending', 'return_urls.success'],
    PRIVATE,
  ],
  ['callback_url no URL', { callback_url: 'nowhere' }, ['callback_url'], PRIVATE, /valid URL/],
  ['callback_url of another scheme', { callback_url: 'ftp://example.com/' }, ['callback_url'], PRIVATE],
  ['callback_url a file', { callback_url: 'file:///etc/passwd' }, ['callback_url'], PRIVATE],
  ['callback_url of another type', { callback_url: 5 }, ['callback_url'], PRIVATE],

  ['expires in words', { expires: 'tomorrow' }, ['expires'], PRIVATE],
  ['expires of another type', { expires: ['2030-01-01T00:00:00+00:00'] }, ['expires'], PRIVATE],
  ['expires on a day that never was', { expires: '2030-02-30T00:00:00+00:00' }, ['expires'], PRIVATE],
  ['expires in the past', { expires: '2020-12-13T15:52:00+00:00' }, ['expires'], PRIVATE],
  ['expires now', { expires: after1s(0) }, ['expires'], PRIVATE],
  ['expires in 13 minutes', { expires: inMinutes(13) }, ['expires'], PRIVATE],
  ['expires one second under 14 minutes', { expires: after1s(14 * 60 - 1) }, ['expires'], PRIVATE],
  ['expires one second over 2 days', { expires: after1s(2 * 86400 + 1) }, ['expires'], PRIVATE],
  ['expires in a year', { expires: inMinutes(365 * 1440) }, ['expires'], PRIVATE],

  ['service_fields text', { ...BANK, service_fields: 'x' }, ['service_fields'], BOTH],
  ['service_fields a number', { ...BANK, service_fields: 5 }, ['service_fields'], BOTH],
  ['service_fields a list', { ...BANK, service_fields: ['x'] }, ['service_fields'], BOTH],
  ['service_fields an empty list', { ...BANK, service_fields: [] }, ['service_fields.account_number'], BOTH],
  ['service_fields missing', { ...BANK }, ['service_fields.account_number'], ALL],
  ['service_fields empty', { ...BANK, service_fields: {} }, ['service_fields.account_number'], BOTH],
  [
    'service_fields null',
    { ...BANK, service_fields: { account_number: null } },
    ['service_fields.account_number'],
    BOTH,
  ],
  ['service_fields blank', { ...BANK, service_fields: { account_number: '' } }, ['service_fields.account_number'], ALL],
  [
    'service_fields against the pattern',
    { ...BANK, service_fields: { account_number: '???' } },
    ['service_fields.account_number'],
    ALL,
  ],
  [
    'service_fields of another type',
    { ...BANK, service_fields: { account_number: ['x'] } },
    ['service_fields.account_number'],
    BOTH,
  ],
  ['test service without status', { ...TEST }, ['service_fields.status'], ALL],
  [
    'test service, status against the pattern',
    { ...TEST, service_fields: { status: 'no way' } },
    ['service_fields.status'],
    ALL,
  ],
  ['test service, status unknown', { ...TEST, service_fields: { status: 'nonsense' } }, ['service_fields.status'], ALL],

  [
    'all at once',
    {
      service: undefined,
      currency: undefined,
      amount: -1,
      reference_id: 'x'.repeat(256),
      return_url: 'x',
      metadata: 'x',
      customer: { email: 'x', date_of_birth: 'x', address: { country: 'x' } },
    },
    [
      'amount',
      'currency',
      'customer.address.country',
      'customer.date_of_birth',
      'customer.email',
      'customer.reference_id',
      'metadata',
      'reference_id',
      'return_url',
      'service',
    ],
    ALL,
  ],
  [
    'all of the private API at once',
    {
      amount: 'x',
      flow: 'x',
      callback_url: 'x',
      expires: 'x',
      return_urls: { fail: 'x' },
      test_mode: 'x',
      gateway_options: 'x',
    },
    [
      'amount',
      'callback_url',
      'expires',
      'flow',
      'gateway_options',
      'return_urls.fail',
      'return_urls.pending',
      'test_mode',
    ],
    PRIVATE,
  ],
];

const ways = {
  private: (body) => api.create(body),
  public: (body) => api.createPublic(body),
  form: (body) => api.createForm(body, { headers: { Accept: 'application/json' } }),
};

for (const [what, changes, fields, where, message] of CASES) {
  for (const way of where) {
    test(`${way}: ${what}`, async () => {
      const reply = (await ways[way](invoice(changes))).expect(422);
      const { errors } = reply.json;
      assert.deepEqual(Object.keys(reply.json), ['errors']);
      assert.ok(!Array.isArray(errors), 'an object of fields');
      assert.deepEqual(Object.keys(errors).sort(), [...fields].sort());
      for (const [field, text] of Object.entries(errors)) {
        assert.equal(typeof text, 'string', field);
        assert.notEqual(text, '', field);
        if (message) assert.match(text, message);
      }
    });
  }
}

test('none of them created an invoice', async () => {
  assert.deepEqual((await api.list()).expect(200).data, []);
});

// changes that must be accepted
const GOOD = [
  ['reference of 255 characters', (way) => ({ reference_id: way.padEnd(255, 'x') })],
  ['reference of 255 characters outside ASCII', (way) => ({ reference_id: way.padEnd(255, 'ї') })],
  ['optional fields null', { description: null, metadata: null, customer: null, return_url: null }],
  ['an empty metadata map', { metadata: {} }],
  ['an empty metadata list, as PHP writes an empty map', { metadata: [] }],
  ['empty fields, as the published client sends them', { fields: {}, metadata: {} }],
  ['private: expires in exactly 14 minutes', { expires: after1s(14 * 60) }, PRIVATE],
  ['private: expires in exactly 2 days', { expires: after1s(2 * 86400) }, PRIVATE],
  ['private: expires with Z', { expires: isoTime(NOW + 3600).replace('+00:00', 'Z') }, PRIVATE],
  ['private: expires at another offset', { expires: isoTime(NOW + 3600 + 7200).replace('+00:00', '+02:00') }, PRIVATE],
  [
    'private: all optional fields null',
    {
      flow: null,
      test_mode: null,
      callback_url: null,
      return_urls: null,
      expires: null,
      gateway_options: null,
      service_fields: null,
      descriptor: null,
    },
    PRIVATE,
  ],
  ['private: verify', { flow: 'verify' }, PRIVATE],
  ['loopback and http URLs', { return_url: 'http://localhost/' }],
  ['an IPv6 return URL', { return_url: 'http://[::1]:3000/x' }],
  ['a country in capitals', address({ country: 'UA' })],
  ['a birth date on a leap day', customer({ date_of_birth: '2000-02-29' })],
  ['a plus address', customer({ email: 'first.last+tag@sub.example.com' })],
  ['the least amount', { amount: 0.01 }],
  ['the most amount', { amount: 1000000 }],
];
for (const [what, changes, where = BOTH] of GOOD) {
  for (const way of where) {
    test(`${way} accepts: ${what}`, async () => {
      (await ways[way](invoice(typeof changes === 'function' ? changes(way) : changes))).expect(201);
    });
  }
}

test('customer null means no customer', async () => {
  const made = (await api.create(invoice({ customer: null }))).expect(201).data;
  assert.equal('customer' in made.relationships, false);
});

const WITH_JSON = { 'Content-Type': 'application/json' };
const raw = (target, body, auth) => api.send('POST', target, { body, auth, headers: WITH_JSON });

for (const [what, body] of Object.entries({
  'an empty body': '',
  'no JSON': 'nonsense',
  'half a document': '{"data":{"attributes":{',
  'a trailing comma': '{"amount":1,}',
  'single quotes': "{'amount':1}",
  'two documents': '{}{}',
  'a byte that is not UTF-8': Buffer.from('{"description":"\xff"}', 'latin1'),
  'an overlong UTF-8 form': Buffer.from('{"description":"\xc0\xaf"}', 'latin1'),
  NaN: '{"amount":NaN}',
  'a form': 'amount=1&currency=USD',
  'a BOM alone': '\ufeff',
  'a control character in a text': '{"description":"a\u0001b"}',
})) {
  test(`400: ${what}`, async () => {
    for (const reply of [
      await raw('/payment-invoices', body, api.auth),
      await raw('/public-api/payment-invoices', body),
      await raw('/public-api/payment-prerequest', body),
    ]) {
      const { errors } = reply.expect(400).json;
      assert.deepEqual([errors.length, errors[0].status, errors[0].code], [1, 'Bad Request', '400']);
    }
  });
}

for (const [what, body] of Object.entries({
  'a list': '[]',
  'a text': '"x"',
  'a number': '5',
  null: 'null',
  'an empty object': '{}',
  'data of another type': '{"data":5}',
  'attributes of another type': '{"data":{"attributes":[1]}}',
  'empty attributes': '{"data":{"attributes":{}}}',
})) {
  test(`rejected: ${what}`, async () => {
    (await raw('/payment-invoices', body, api.auth)).expect(400, 422);
    (await raw('/public-api/payment-invoices', body)).expect(400, 422);
  });
}

test('for an empty object all required fields are reported', async () => {
  const reply = await raw('/payment-invoices', '{}', api.auth);
  assert.deepEqual(Object.keys(reply.expect(422).json.errors).sort(), ['amount', 'currency', 'service']);
});

test('deep nesting is rejected or accepted, and the server survives', async () => {
  const deep = 100_000;
  const body = `{"data":{"attributes":{"metadata":${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}}}}`;
  (await raw('/payment-invoices', body, api.auth)).expect(400, 422);
  const lists = `{"data":{"attributes":{"metadata":{"a":${'['.repeat(deep)}${']'.repeat(deep)}}}}}`;
  (await raw('/payment-invoices', lists, api.auth)).expect(400, 422);
  (await api.create(invoice())).expect(201);
});

test('NUL does not truncate texts', async () => {
  const reply = await raw('/payment-invoices', JSON.stringify(invoice({ description: 'before\u0000after' })), api.auth);
  reply.expect(201, 400, 422);
  if (reply.status === 201) assert.equal(reply.data.attributes.description, 'before\u0000after');
});
