// Amounts, times, blank fields, NULs and currency codes: values of a request are accepted exactly or rejected.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, describe, test } from 'node:test';
import { Client, DEMO, invoice } from '../lib/client.js';
import { fixturesWith } from '../lib/money.js';
import { startServer } from '../lib/server.js';

const MOST = 89_999_999_999.99;
const fixtures = fixturesWith({
  payments: { payment_card_usd_hpp: { amount_max: MOST }, bank_transfer_usd_hpp: { amount_max: MOST, fee_rate: 10 } },
  payouts: { test_usd: { amount_max: MOST } },
});
const server = await startServer({ args: ['--fixtures', fixtures] });
after(() => server.stop());
const demo = new Client(server);

const NONE = Symbol('refused');
const payout = (changes) =>
  demo.private('POST', '/payout-invoices', {
    json: {
      data: {
        type: 'payout-invoices',
        attributes: {
          reference_id: randomUUID(),
          service: 'test_usd',
          currency: 'USD',
          amount: 1,
          fields: { account: '42' },
          options: { auto_process: false },
          ...changes,
        },
      },
    },
  });
/** Sends the body as text, so that a number keeps its digits. */
const raw = (path, json, options) =>
  demo.send('POST', path, { body: json, headers: { 'Content-Type': 'application/json' }, ...options });
const literal = (number) =>
  raw('/payment-invoices', JSON.stringify({ data: { attributes: invoice({ amount: '@' }) } }).replace('"@"', number), {
    auth: demo.auth,
  });

describe('amounts', () => {
  const rows = [
    ['89999999999.99', 89999999999.99],
    ['12345678901.5', 12345678901.5],
    ['1e2', 100],
    ['9.200000000000001', 9.2],
    ['0.30000000000000004', 0.3],
    ['19.990000000000002', 19.99],
    ['100000.30000000005', 100000.3],
    ['10.00000000000001', 10],
    ['10.00000001', 10.00000001],
    ['10.000000001', NONE, '8 decimals'],
    ['9.20000000001', NONE, '8 decimals'],
    ['90000000000', NONE, '90000000000'],
    ['100000000000', NONE, '90000000000'],
    ['999999999999999', NONE, '90000000000'],
    ['1e300', NONE, '90000000000'],
    ['12345678.12345678', NONE, '15 digits'],
    ['18446744073709551616', NONE, '90000000000'],
  ];
  for (const [number, wanted, words] of rows) {
    test(`${number} as a number and as a text is ${wanted === NONE ? 'rejected' : 'exact'}, in every API`, async () => {
      const form = { public_key: DEMO.public_key, service: 'payment_card_usd_hpp', currency: 'USD', amount: number };
      const roads = {
        number: await literal(number),
        text: await demo.create(invoice({ amount: number })),
        public: await demo.createPublic(invoice({ amount: number })),
        payout: await payout({ amount: number }),
        form: await demo.send('POST', '/public-api/payment-invoices/process', {
          form,
          headers: { Accept: 'application/json' },
        }),
        page: await demo.send('POST', '/hpp/', { form, headers: { Accept: 'application/json' } }),
      };
      for (const [road, reply] of Object.entries(roads)) {
        if (wanted !== NONE) {
          reply.expect(201, 302, 303);
          if (reply.status === 201) assert.equal((reply.data.attributes ?? reply.data).amount, wanted, road);
        } else {
          assert.match(reply.expect(422).json.errors.amount, new RegExp(words), road);
        }
      }
    });
  }

  test('only texts that PHP accepts as numbers are accepted', async () => {
    for (const [text, amount] of [
      [' 10', 10],
      ['10 ', 10],
      ['1e2', 100],
      ['.5', 0.5],
      ['5.', 5],
      ['+5', 5],
      ['1.5E1', 15],
    ]) {
      assert.equal((await demo.create(invoice({ amount: text }))).expect(201).data.attributes.amount, amount, text);
    }
    for (const text of ['1_000', '0x1A', '10 abc', '1,5', '', ' ', '.', 'INF']) {
      assert.ok((await demo.create(invoice({ amount: text }))).expect(422).json.errors.amount, text);
    }
  });

  test('an amount too large only with its fee is rejected', async () => {
    const service = 'bank_transfer_usd_hpp';
    const api = await demo.newAccount({ payment_fee_shift_out: true });
    const order = (amount) =>
      api.create(invoice({ service, amount, service_fields: { account_number: 'UA213223130000026007233566001' } }));
    assert.match((await order(85e9)).expect(422).json.errors.amount, /90000000000/);
    assert.equal((await order(80e9)).expect(201).data.attributes.payment_amount, 88e9);
  });

  test('the limits apply to opening balances, transitions and prerequests', async () => {
    for (const amount of [90e9, 1e12, '999999999999999', 0.123456789]) {
      const reply = await demo.send('POST', '/_mock/accounts', { json: { opening_balances: { USD: amount } } });
      assert.match(reply.expect(422).json.error.message, /opening_balances: .*90000000000/);
    }
    const { id } = await demo.made({}, { headers: { 'X-Mock-Outcome': 'process_pending' } });
    assert.match(
      (await demo.transition(id, { status: 'processed', amount: 1e12 })).expect(422).json.error.message,
      /90000000000/,
    );
    const prerequest = { public_key: DEMO.public_key, currency: 'USD', amount: 1e12 };
    assert.match(
      (await demo.send('POST', '/public-api/payout-prerequest', { json: prerequest })).expect(422).json.errors.amount,
      /90000000000/,
    );
  });

  test('a snapshot restores the exact amounts', async () => {
    const api = await demo.newAccount({ convert_currency: true });
    const order = { amount: 89999999999.99, service: 'payment_card_usd_hpp', currency: 'USD' };
    await api.made(order);
    await api.made({ ...order, amount: '1234567.12345678' });
    (await api.control('POST', '/snapshots/exact')).expect(201);
    const file = (await api.control('GET', '/snapshots/exact')).expect(200).text;
    const amounts = file.match(/"amount":"?[0-9.]+"?/g);
    const long = file.replace('"amount":1234567.12345678', '"amount":"12345678901.12345678"');
    assert.notEqual(long, file, amounts.join());
    const send = (body) =>
      api.send('PUT', `/_mock/snapshots/long?account=${api.account.id}`, {
        body,
        headers: { 'Content-Type': 'application/json' },
      });
    (await send(long)).expect(200, 201);
    assert.ok(
      (await api.control('GET', '/snapshots/long')).expect(200).text.includes('"amount":"12345678901.12345678"'),
    );
    (await send(long.replace('"12345678901.12345678"', '12345678901.12345678'))).expect(422);
  });
});

test('an unreachable limit is reported at the start, and such amounts are rejected', async () => {
  for (const amount_max of [90e9, 1e15]) {
    const other = await startServer({
      args: ['--fixtures', fixturesWith({ payments: { payment_card_usd_hpp: { amount_max } } })],
    });
    const api = new Client(other);
    assert.deepEqual(Object.keys((await api.create(invoice({ amount: 90000000000 }))).expect(422).json.errors), [
      'amount',
    ]);
    assert.equal(
      (await api.create(invoice({ amount: '89999999999.99' }))).expect(201).data.attributes.amount,
      89999999999.99,
    );
    await other.stop();
    assert.match(other.stderr, /fixture\s+service=payment_card_usd_hpp text="amount_max is taken as 90000000000/);
  }
});

test('too large amounts in fixtures are rejected with the maximum', async () => {
  const own = fixturesWith({ payments: { payment_card_usd_hpp: { fee_fix: 90e9 } } });
  await assert.rejects(
    startServer({ args: ['--fixtures', own] }),
    /fee_fix: This value should be between -90000000000 and 90000000000\./,
  );
});

test('expires accepts the formats of common libraries', async () => {
  const api = await demo.newAccount();
  const iso = (seconds) => new Date(seconds * 1000).toISOString();
  const at = Math.ceil((await api.freeze() + 7200) / 60) * 60; // a full minute
  const utc = iso(at).slice(0, 16);
  const local = iso(at + 7200).slice(0, 16);
  for (const text of [
    `${utc}Z`,
    `${utc}:00Z`,
    `${utc}:00z`,
    `${utc.replace('T', 't')}:00z`,
    iso(at),
    `${utc}:00.123456789Z`,
    `${local}+02:00`,
    `${local}:00+0200`,
    `${local}:00+02`,
    `${utc}:00-00:00`,
    `${utc}:00`,
    `${utc.replace('T', ' ')}:00`,
    `${utc.replace('T', ' ')}:00 UTC`,
    at,
    String(at),
  ]) {
    const { attributes } = (await api.create(invoice({ expires: text }))).expect(201).data;
    const [, claims] = attributes.flow_data.metadata.token.split('.');
    assert.equal(JSON.parse(Buffer.from(claims, 'base64url')).exp, at, text);
  }
  for (const text of [
    `${utc}:00.Z`,
    `${utc}:0Z`,
    utc.slice(0, 13),
    utc.slice(0, 10),
    `${utc}:00+2`,
    `${utc}:00 PST`,
    'tomorrow',
  ]) {
    assert.deepEqual(
      (await api.create(invoice({ expires: text }))).expect(422).json.errors,
      { expires: 'This value is not a valid datetime.' },
      text,
    );
  }
});

test('an optional field that is "" counts as absent', async () => {
  const blank = Object.fromEntries(
    [
      'description',
      'descriptor',
      'flow',
      'expires',
      'test_mode',
      'callback_url',
      'return_url',
      'return_urls',
      'token',
      'gateway_options',
      'metadata',
      'service_fields',
    ].map((name) => [name, '']),
  );
  const customer = Object.fromEntries(
    ['name', 'email', 'phone', 'individual_tax_id', 'date_of_birth', 'metadata', 'address'].map((name) => [name, '']),
  );
  const { attributes } = (
    await demo.create(invoice({ ...blank, customer: { reference_id: 'c', ...customer } }))
  ).expect(201).data;
  assert.deepEqual([attributes.test_mode, attributes.callback_url, attributes.flow_data.method], [false, null, 'GET']);
  (await demo.create(invoice({ customer: '', reference_id: randomUUID() }))).expect(201);
  (
    await demo.createPublic(
      invoice({
        fields: '',
        locale: '',
        expires: '',
        customer: { reference_id: 'c', address: { country: '', city: '' } },
      }),
    )
  ).expect(201);
  const nested = {
    'customer[reference_id]': 'c',
    'customer[individual_tax_id]': '',
    'customer[address][country]': '',
    'customer[metadata]': '',
    expires: '',
  };
  (await demo.createForm({ service: 'payment_card_usd_hpp', currency: 'USD', amount: 1, ...nested })).expect(302);
  (
    await payout({
      description: '',
      test_mode: '',
      callback_url: '',
      metadata: '',
      customer: '',
      options: { auto_process: '' },
    })
  ).expect(201);
  for (const name of ['service', 'currency', 'amount']) {
    assert.equal(
      (await demo.create(invoice({ [name]: '' }))).expect(422).json.errors[name],
      'This value should not be blank.',
    );
  }
});

test('NUL never ends a text', async () => {
  const order = JSON.stringify({
    public_key: DEMO.public_key,
    service: 'payment_card_usd_hpp',
    currency: 'USD',
    reference_id: 'nul',
    amount: 10,
  });
  for (const body of [
    order.replace('10}', '10\0}'),
    order.replace('10}', '1\x000}'),
    `${order}\0`,
    `\0${order}`,
    order.replace('nul', 'n\0l'),
  ]) {
    const reply = (await raw('/public-api/payment-invoices', body)).expect(400);
    assert.match(reply.headers['x-mock-reason'], /^the body must be JSON: line 1: there is a NUL byte$/);
  }
  const named = (await raw('/public-api/payment-invoices', order.replace('nul"', 'nul","a\\u0000b":"1"'))).expect(400);
  assert.match(named.headers['x-mock-reason'], /a name must not contain \\u0000/);
  const { errors } = (
    await demo.createPublic(invoice({ description: 'a\0b', customer: { reference_id: 'c\0' }, locale: 'en\0' }))
  ).expect(422).json;
  assert.deepEqual(
    errors,
    Object.fromEntries(
      ['description', 'customer.reference_id', 'locale'].map((name) => [
        name,
        'This value must not contain a NUL character.',
      ]),
    ),
  );
  const control = (await raw('/_mock/outcomes', '{"outcomes":["processed"]\0}')).expect(400);
  assert.match(control.json.error.message, /NUL byte/);
});

test('the length of a search is counted in characters', async () => {
  const search = (text) => demo.send('GET', `/_mock/payment-invoices?search=${encodeURIComponent(text)}`);
  (await search('я'.repeat(100))).expect(200);
  (await search('😀'.repeat(100))).expect(200);
  assert.match((await search('я'.repeat(101))).expect(422).json.error.message, /100 characters/);
});

test('the case of a currency code does not matter', async () => {
  const api = await demo.newAccount({ opening_balances: { usd: 5, Eur: 7 } });
  assert.deepEqual(
    api.account.settings?.opening_balances ??
      (await api.control('GET', `/accounts/${api.account.id}`)).json.settings.opening_balances,
    { USD: 5, EUR: 7 },
  );
  const twice = await demo.send('POST', '/_mock/accounts', { json: { opening_balances: { usd: 1, USD: 2 } } });
  assert.match(twice.expect(422).json.error.message, /USD is given twice/);

  assert.equal((await api.create(invoice({ currency: 'usd' }))).expect(201).data.attributes.currency, 'USD');
  assert.equal((await api.createPublic(invoice({ currency: 'Usd' }))).expect(201).data.currency, 'USD');
  assert.equal((await payout({ currency: 'usd' })).expect(201).data.attributes.currency, 'USD');
  const form = { public_key: api.account.public_key, service: 'payment_card_usd_hpp', currency: 'usd', amount: 1 };
  (await api.send('POST', '/public-api/payment-invoices/process', { form })).expect(302);
  (await api.send('POST', '/hpp/', { form })).expect(303);
  const { service: _, ...open } = form;
  (await api.send('GET', `/hpp/?${new URLSearchParams(open)}`)).expect(302);
  for (const kind of ['payment', 'payout']) {
    const prerequest = { public_key: DEMO.public_key, currency: 'usd', ...(kind === 'payout' && { amount: 1 }) };
    assert.equal(
      (await demo.send('POST', `/public-api/${kind}-prerequest`, { json: prerequest })).expect(200).json.data
        .currency ?? 'USD',
      'USD',
    );
    const rate = (await demo.private('GET', `/${kind}-exchange-rates/eur/usd`)).expect(200).data;
    assert.deepEqual(Object.keys(rate), ['EUR']);
  }
  assert.equal((await api.list({ 'filter[currency]': 'usd' })).expect(200).data.length, 5);
  assert.equal(
    (await api.control('GET', '/payment-invoices', undefined, { parameters: { currency: 'uSd' } })).expect(200).json
      .items.length,
    5,
  );
  assert.equal(
    (await api.create(invoice({ currency: 'us$' }))).expect(422).json.errors.currency,
    'This value is not a valid currency.',
  );
});
