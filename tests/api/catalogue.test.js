// --catalogue: the services and currencies of an openfintech checkout beside those of the fixtures. A small sample in
// its layout; and a whole checkout, if OPENFINTECH_DATA names its folder data.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Client } from '../lib/client.js';
import { ROOT } from '../lib/docs.js';
import { local, open, text, unescaped } from '../lib/pages.js';
import { ALONE, runBinary, startServer, tempDir } from '../lib/server.js';

const en = (word) => ({ en: word });
const method = (code, changes) => ({ code, vendor: 'x', category: 'alternative', status: 'active', countries: ['FJ'],
  name: en(`The ${code}`), description: en('For shells'), ...changes });
const service = (code, changes) => ({ status: 'active', code, method: 'shells', flow: 'hpp', currency: 'JPY',
  amount_min: 0.01, amount_max: 100000, ...changes });
const COLOUR = { key: 'colour', type: 'string', label: en('Colour'), hint: en('Enter it'), example: 'rosé',
  regexp: '/^\\p{L}{2,9}$/u', required: true, position: 1 };

const SAMPLE = {
  currencies: [
    ...Object.entries({ JPY: 0, KWD: 3, TRX: 6, XAUTOUNCES: 8, FINEST: 18 }).map(([code, exponent]) => (
      { code, name: en(code), type: 'fiat', exponent, status: 'active' })),
  ],
  payment_methods: [method('shells', { name: { en: 'Shells', uk: 'Мушлі' } }), method('payment_card')],
  payment_services: [
    service('shells_jpy_hpp'),
    service('shells_kwd_hpp', { currency: 'KWD' }),
    service('shells_xautounces_hpp', { currency: 'XAUTOUNCES' }),
    service('shells_usd_hpp', { currency: 'USD', fields: [COLOUR] }),
    service('shells_eur_hpp', { currency: 'EUR', status: 'deprecated' }),
    service('payment_card_usd_hpp', { currency: 'JPY' }),
  ],
  payout_methods: [method('shells'), method('reef')],
  payout_services: [service('reef_jpy', { method: 'reef', flow: undefined, amount_min: '1', amount_max: '100000' })],
};

function write(files, folder = tempDir()) {
  mkdirSync(folder, { recursive: true });
  for (const [name, rows] of Object.entries(files)) writeFileSync(join(folder, `${name}.json`), JSON.stringify(rows));
  return folder;
}

const folder = write(SAMPLE);
const server = await startServer({ args: ['--catalogue', folder] });
after(() => server.stop());
const demo = new Client(server);
const listed = async (api, kind = 'payment') =>
  (await api.control('GET', '/services', undefined, { parameters: { kind } })).expect(200).json.items;
const errors = (reply) => reply.expect(422).json.errors;
const order = (changes) => ({ reference_id: randomUUID(), service: 'shells_jpy_hpp', currency: 'JPY', amount: 100,
  test_mode: true, ...changes });
const WHOLE = 'This value should have 0 decimals or less.';

describe('the services', () => {
  test('are added behind those of the fixtures, which stay', async () => {
    const all = await listed(demo);
    const { fields, id, ...row } = all.find((one) => one.service === 'shells_usd_hpp');
    assert.deepEqual(row, { service: 'shells_usd_hpp', method: 'shells', flow: 'hpp', currency: 'USD', amount_min: 0.01,
      amount_max: 100000, fee_rate: 0, fee_fix: 0, fee_min: 0, fee_max: 0, available: true, enabled: true, usable: true,
      changed: false, added: false });
    const text = (en) => ({ en, ru: en, uk: en });
    assert.deepEqual(fields, [{ key: 'colour', type: 'string', label: text('Colour'), hint: text('Enter it'),
      example: 'rosé', regexp: '/^\\p{L}{2,9}$/u', required: true, position: 1 }]);
    assert.match(id, /^comcps_[A-Za-z0-9]{16}$/);
    assert.equal(all.find((one) => one.service === 'shells_eur_hpp').usable, false);
    const cards = all.filter((one) => one.service === 'payment_card_usd_hpp');
    assert.deepEqual(cards.map(({ currency, method: by }) => [currency, by]), [['USD', 'payment_card']]);
    const codes = all.map((one) => one.service);
    assert.ok(codes.indexOf('shells_jpy_hpp') > codes.indexOf('test_usd_test'));
  });

  test('are in the list of the platform, and are found by id', async () => {
    const { id } = (await listed(demo)).find((one) => one.service === 'shells_usd_hpp');
    const { attributes } = (await demo.service(id)).expect(200).data;
    assert.deepEqual([attributes.service, attributes.currency, attributes.fee_rate], ['shells_usd_hpp', 'USD', 0]);
    const { total, pages } = (await demo.services({ 'page[size]': 100 })).expect(200).json.meta;
    assert.equal(total, (await listed(demo)).length);
    const last = (await demo.services({ 'page[size]': 100, 'page[number]': pages })).expect(200).data;
    assert.ok(last.some((row) => row.id === id));
  });

  test('are in the prerequest with their methods and fields', async () => {
    const { services, methods } = (await demo.prerequest({ currency: 'USD' })).expect(200).data;
    assert.deepEqual(services.shells_usd_hpp.fields, [{ ...COLOUR, regexp: '^\\p{L}{2,9}$',
      label: { ru: 'Colour', en: 'Colour', uk: 'Colour' }, hint: { ru: 'Enter it', en: 'Enter it', uk: 'Enter it' } }]);
    assert.deepEqual(methods.shells, { code: 'shells', category: 'alternative', description: 'For shells',
      name: { en: 'Shells', ru: 'Shells', uk: 'Мушлі' }, metadata: null, position: null, hide: null,
      logo: 'https://static.openfintech.io/payment_methods/shells/logo.svg',
      icon: 'https://static.openfintech.io/payment_methods/shells/icon.svg' });
    assert.notEqual(methods.payment_card.name.en, 'The payment_card');
    assert.ok(!(await demo.prerequest({ currency: 'EUR' })).expect(200).data.services.shells_eur_hpp);
  });

  test('are paid and shown like others', async () => {
    const fields = { service: 'shells_usd_hpp', currency: 'USD', service_fields: { colour: 'rosé' } };
    const later = { headers: { 'X-Mock-Outcome': 'processed@1h' } }; // not while the page is opened
    const made = (await demo.create(order(fields), later)).expect(201).data;
    const page = await open(demo, `${local(server, made.attributes.flow_data.action)}?locale=uk`);
    assert.ok(unescaped(page.text).includes('Мушлі'));
    (await demo.pay(made.id, {})).expect(200);
    await demo.reach(made.id, 'processed');
    assert.deepEqual(errors(await demo.create(order({ ...fields, service_fields: { colour: '7' } }))),
      { 'service_fields.colour': 'This value is not valid.' });
    assert.deepEqual(errors(await demo.create(order({ service: 'shells_eur_hpp', currency: 'EUR' }))),
      { service: 'Service is not available' });
  });

  test('of payouts are paid out', async () => {
    const api = await demo.newAccount({ settle_after_ms: 0 });
    const [reef] = (await listed(api, 'payout')).filter((one) => one.service === 'reef_jpy');
    assert.deepEqual([reef.method, reef.flow, reef.amount_min, reef.amount_max], ['reef', null, 1, 100000]);
    assert.match(reef.id, /^comcpos_/);
    const { id } = (await payOut(api, { amount: 10 })).expect(201).data;
    await api.wait({ invoice: id, status: 'processed' });
    const balances = (await api.private('GET', '/account/balances')).expect(200).data;
    assert.ok(JSON.stringify(balances).includes('JPY'));
  });
});

const payOut = (api, changes) => api.private('POST', '/payout-invoices', { json: { data: { type: 'payout-invoices',
  attributes: order({ service: 'reef_jpy', ...changes }) } } });

describe('the decimals of an amount', () => {
  const WAYS = {
    'the private API': (amount) => demo.create(order({ amount })),
    'the public API': (amount) => demo.createPublic(order({ amount })),
    'a payout': (amount) => payOut(demo, { amount }),
  };
  for (const [name, way] of Object.entries(WAYS)) {
    test(`${name} accepts those of the currency`, async () => {
      for (const amount of [100.5, '100.5', 0.1, '1e-1']) assert.equal(errors(await way(amount)).amount, WHOLE);
      for (const amount of [100, '100.00', '1e2']) (await way(amount)).expect(201);
    });
  }

  test('three, eight, and eight of a finer one', async () => {
    const kwd = { service: 'shells_kwd_hpp', currency: 'kwd' };
    (await demo.create(order({ ...kwd, amount: 1.234 }))).expect(201);
    assert.equal(errors(await demo.create(order({ ...kwd, amount: 1.2345 }))).amount,
      'This value should have 3 decimals or less.');
    const long = { service: 'shells_xautounces_hpp', currency: 'XAUTOUNCES' };
    (await demo.create(order({ ...long, amount: 1.00000001 }))).expect(201);
    assert.equal(errors(await demo.create(order({ ...long, amount: '1.000000001' }))).amount,
      'This value should have 8 decimals or less.');
    (await demo.create(order({ service: 'payment_card_usd_hpp', currency: 'USD', amount: 1.00000001 }))).expect(201);
  });

  test('an order without a service', async () => {
    const sent = { public_key: demo.account.public_key, reference_id: randomUUID(), currency: 'JPY', amount: '100.5' };
    assert.ok(unescaped((await open(demo, `/hpp/?${new URLSearchParams(sent)}`)).expect(422).text).includes(WHOLE));
    const page = await open(demo, `/hpp/?${new URLSearchParams({ ...sent, amount: '12345' })}`);
    assert.ok(page.expect(200).text.includes('data-testid="method-shells"'), page.text.slice(0, 2000));
  });

  test('a refund and a transition', async () => {
    const api = await demo.newAccount();
    await api.freeze();
    const { id } = (await api.create(order())).expect(201).data;
    await api.advance(10);
    const refund = (amount) => api.private('POST', `/payment-invoices/${id}/refund`,
      { json: { data: { type: 'refund', id, attributes: { amount } } } });
    assert.deepEqual(errors(await refund(10.5)), { amount: WHOLE });
    const wrong = (await api.transition(id, { status: 'partially_refunded', amount: 0.5 })).expect(422).json.error;
    assert.match(wrong.message, /JPY has 0 decimals or less/);
    (await api.transition(id, { status: 'partially_refunded', amount: 10 })).expect(200);
    (await refund(20)).expect(200);
  });

  test('a part of a single unit is refused', async () => {
    const api = await demo.newAccount();
    await api.freeze();
    const { id } = (await api.create(order({ amount: 1 }), { headers: { 'X-Mock-Outcome': 'process_pending' } })).expect(201).data;
    (await api.transition(id, { status: 'partially_processed' })).expect(422, 409);
    const { id: more } = (await api.create(order({ amount: 5 }))).expect(201).data;
    const half = (await api.transition(more, { status: 'partially_processed' })).expect(200).data.attributes;
    assert.equal(half.processed_amount, 2);
  });

  test('the prerequest of payouts', async () => {
    const ask = (amount) => demo.send('POST', '/public-api/payout-prerequest',
      { json: { public_key: demo.account.public_key, currency: 'JPY', amount } });
    assert.deepEqual(errors(await ask(10.5)), { amount: WHOLE });
    assert.equal((await ask(10)).expect(200).data.services.reef_jpy.amount, '10.00');
    (await demo.prerequest({ currency: 'JPY', amount: 10.5 })).expect(200); // not read (P303)
  });

  test('converted amounts and fees are rounded to them', async () => {
    const api = await demo.newAccount({ convert_currency: true, profile: '2024' });
    const { attributes } = (await api.create(order({ currency: 'USD', amount: 1.01 }))).expect(201).data;
    const { service_amount: yen } = attributes;
    assert.ok(Number.isInteger(yen) && yen > 50, yen);
  });

  test('the page shows them', async () => {
    const shown = async (changes) => {
      const { attributes } = (await demo.create(order(changes))).expect(201).data;
      return text((await open(demo, local(server, attributes.flow_data.action))).text, 'amount');
    };
    assert.equal(await shown({ amount: 12345 }), '12,345 JPY');
    assert.equal(await shown({ service: 'shells_kwd_hpp', currency: 'KWD', amount: 1.5 }), '1.500 KWD');
    assert.equal(await shown({ service: 'shells_xautounces_hpp', currency: 'XAUTOUNCES', amount: 1.5 }),
      '1.50 XAUTOUNCES');
    assert.equal(await shown({ service: 'payment_card_usd_hpp', currency: 'USD', amount: 2 }), '2.00 USD');
  });
});

test('the report has the decimals of each currency, and its sums those of the balances', async () => {
  const api = await demo.newAccount({ opening_balances: { JPY: 0, KWD: 0, USD: 0 } });
  const start = await api.freeze();
  for (const [service, currency, amount] of [['shells_jpy_hpp', 'JPY', 100], ['shells_kwd_hpp', 'KWD', 1.5],
    ['payment_card_usd_hpp', 'USD', 3]]) {
    const outcome = { headers: { 'X-Mock-Outcome': 'processed@0' } };
    (await api.create(order({ service, currency, amount }), outcome)).expect(201);
  }
  await api.advance(1);
  const parameters = { date: new Date(start * 1000).toISOString().slice(0, 10), timezone: 'UTC' };
  const { items, sums } = (await api.control('GET', '/report', undefined, { parameters })).expect(200).json;
  assert.deepEqual(Object.fromEntries(items.map((one) => [one.currency, [one.amount, one.fee, one.net]])),
    { JPY: ['100', '0', '100'], KWD: ['1.500', '0.000', '1.500'], USD: ['3.00', '0.00', '3.00'] });
  assert.deepEqual(sums.map(({ currency, payments, change: { active, pending } }) =>
    [currency, payments.amount, active, pending]), [['JPY', '100', '100', '0'], ['KWD', '1.500', '1.500', '0.000'],
    ['USD', '3.00', '3.00', '0.00']]);
  const { USD, JPY, KWD } = (await api.private('GET', '/account/balances')).expect(200)
    .data.attributes.currency_accounts;
  for (const [balance, { change }] of [[JPY, sums[0]], [KWD, sums[1]], [USD, sums[2]]]) {
    assert.equal(Number(balance.active_balance), Number(change.active));
  }
  const csv = (await api.control('GET', '/report', undefined, { parameters: { ...parameters, format: 'csv' } })).text;
  assert.match(csv, /^,total,,,,,,JPY,100,0,100,/m);
});

test('the dashboard knows the currencies that do not show two decimals', async () => {
  assert.match((await demo.send('GET', '/_mock/')).expect(200).text, / data-decimals="JPY 0 KWD 3"/);
  const plain = await startServer();
  assert.ok(!(await new Client(plain).send('GET', '/_mock/')).expect(200).text.includes('data-decimals'));
  await plain.stop();
});

describe('the option', () => {
  const has = async (one) => (await listed(new Client(one))).some((row) => row.service === 'shells_jpy_hpp');

  test('takes a whole checkout, also from the environment', async () => {
    const checkout = tempDir();
    write(SAMPLE, join(checkout, 'data'));
    const other = await startServer({ env: { MILKYPAY_CATALOGUE: checkout } });
    assert.ok(await has(other));
    await other.stop();
  });

  test('exec has it', { skip: ALONE }, async () => {
    const command = 'fetch(process.env.MILKYPAY_URL + "/_mock/services").then((r) => r.text()).then(console.log)';
    const { code, stdout } = await runBinary(['exec', '--catalogue', folder, '--', process.execPath, '-e', command]);
    assert.equal(code, 0);
    assert.ok(stdout.includes('"shells_jpy_hpp"'));
  });

  test('files may be absent', async () => {
    for (const name of ['currencies', 'payment_services', 'payout_services']) {
      const { code, stderr } = await runBinary(['--check', '--catalogue', write({ [name]: [] })]);
      assert.equal(code, 0, stderr);
    }
  });

  test('skips bad entries, with one warning that counts them', async () => {
    const bad = write({
      ...SAMPLE,
      currencies: [...SAMPLE.currencies, { code: 'X' }],
      payment_services: [7, ...SAMPLE.payment_services, service('x', { method: 'none' }), service('shells_jpy_hpp')],
    });
    const { code, stderr } = await runBinary(['--check', '--catalogue', bad]);
    assert.equal(code, 0);
    const warnings = stderr.split('\n').filter((line) => / warn /.test(line));
    assert.equal(warnings.length, 1, stderr);
    assert.match(warnings[0], /catalogue skipped=4 first=.*currencies\.json: \[5\]\.code/);
    const other = await startServer({ args: ['--catalogue', bad] });
    assert.ok(await has(other));
    await other.stop();
  });

  test('--check tries the regular expressions, which a start does not', async () => {
    const bad = write({ ...SAMPLE,
      payment_services: [service('shells_usd_hpp', { currency: 'USD', fields: [{ ...COLOUR, regexp: '/^[/u' }] })] });
    const { stderr } = await runBinary(['--check', '--catalogue', bad]);
    assert.match(stderr, / warn +regexp .*\/\^\[\/u/);
    const other = await startServer({ args: ['--catalogue', bad] });
    assert.ok(!/regexp/.test(other.stderr));
    const reply = await new Client(other).create(order({ service: 'shells_usd_hpp', currency: 'USD',
      service_fields: { colour: 'rosé' } }));
    assert.deepEqual(Object.keys(errors(reply)), ['service_fields.colour']);
    await other.stop();
  });

  const refused = {
    'no folder': ['/no/such/folder', /no\/such\/folder: No such file/],
    'a folder without the files': [tempDir(), /has no payment_services\.json/],
    'a file that is not a list': [write({ payment_services: {} }), /payment_services\.json: must be a list/],
    'a file that is too large': [write({ currencies: ['x'.repeat(17 << 20)] }), /currencies\.json: larger than 16 MiB/],
    'too many entries': [write({ currencies: Array(100001).fill(0) }), /at most 100000 entries/],
  };
  for (const [name, [dir, why]] of Object.entries(refused)) {
    test(`${name} is refused`, async () => {
      for (const args of [['--check'], ['--listen', '127.0.0.1:0']]) {
        const { code, stderr } = await runBinary([...args, '--catalogue', dir]);
        assert.equal(code, 2);
        assert.match(stderr, why);
        assert.equal(stderr.trim().split('\n').length, 1, stderr);
      }
    });
  }
});

const DATA = process.env.OPENFINTECH_DATA;
const read = (name) => JSON.parse(readFileSync(join(DATA, `${name}.json`), 'utf8'));

// What the built-in services have otherwise than the catalogue, and why.
const OURS = {
  'bank_transfer_usd_hpp account_number required': 'the payment page asks for it',
  'payfix_try_hpp identification_number': 'a merchant sends it (P1260)',
};
const OTHER_PAYOUT_CATEGORIES = ['paypal', 'pix', 'upi', 'spei', 'nequi', 'breb']; // a method has one, that of payments

/** A regexp without its delimiters, and without what makes no difference. */
const plain = (regexp) => (regexp.startsWith('/') ? regexp.slice(1, regexp.lastIndexOf('/')) : regexp)
  .replace('$$', '$').replace('A-Z\\-\\sa-z\\p{L}', '-\\s\\p{L}');

/** What differs between two services, as `code field property`. */
function differences(ours, theirs) {
  const { code } = theirs;
  const found = ['method', 'currency', 'flow'].filter((name) => ours[name] !== theirs[name])
    .map((name) => `${code} ${name}`);
  const fields = (list) => new Map((list ?? []).map((field) => [field.key, field]));
  const [have, want] = [fields(ours.fields), fields(theirs.fields)];
  for (const key of new Set([...have.keys(), ...want.keys()])) {
    const [one, other] = [have.get(key), want.get(key)];
    if (!one || !other) found.push(`${code} ${key}`);
    else {
      if (one.type !== other.type) found.push(`${code} ${key} type`);
      if (one.required !== other.required) found.push(`${code} ${key} required`);
      if (plain(one.regexp) !== plain(other.regexp)) found.push(`${code} ${key} regexp ${one.regexp} ${other.regexp}`);
    }
  }
  return found;
}

describe('the built-in services', { skip: DATA ? false : 'OPENFINTECH_DATA names no folder' }, () => {
  const fixtures = JSON.parse(readFileSync(`${ROOT}fixtures/default.json`, 'utf8'));

  test('are those of the catalogue: method, currency, flow, and what each field is and takes', async () => {
    const theirs = new Map(read('payment_services').map((row) => [row.code, row]));
    const own = (await listed(demo)).filter(({ service: code }) => fixtures.services.some((row) => row.code === code));
    assert.equal(own.length, fixtures.services.length);
    const found = own.flatMap((row) => (theirs.has(row.service)
      ? differences(row, theirs.get(row.service)) : [`${row.service} is not in the catalogue`]));
    assert.deepEqual(found.sort(), Object.keys(OURS).sort());
  });

  test('have its categories', () => {
    const wrong = (methods, codes) => methods.filter(({ code, category }) => codes.has(code)
      && category !== fixtures.methods.find((row) => row.code === code).category).map(({ code }) => code);
    const methods = (rows) => new Set(rows.map(({ method: code }) => code));
    assert.deepEqual(wrong(read('payment_methods'), new Set(fixtures.methods.map(({ code }) => code))), []);
    assert.deepEqual(wrong(read('payout_methods'), methods(fixtures.payout_services)).sort(),
      OTHER_PAYOUT_CATEGORIES.sort());
    const known = new Set(read('payout_methods').map(({ code }) => code));
    assert.deepEqual([...methods(fixtures.payout_services)].filter((code) => !known.has(code)), []);
  });
});

describe('a whole checkout', { skip: DATA ? ALONE : 'OPENFINTECH_DATA names no folder' }, () => {
  test('is read without a warning', async () => {
    const { code, stderr } = await runBinary(['--check', '--catalogue', DATA]);
    assert.equal(code, 0, stderr);
    assert.ok(!/ (warn|error) /.test(stderr), stderr);
  });

  test('every service can be ordered in its smallest amount', async () => {
    const other = await startServer({ args: ['--catalogue', DATA, '--journal', 'off'] });
    const api = await new Client(other, undefined, { check: false }).newAccount({ outcome: 'process_pending' });
    const rows = await listed(api);
    const offered = new Map(rows.map((row) => [row.service, row]));
    assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length);
    const exponents = new Map(existsSync(join(DATA, 'currencies.json'))
      ? read('currencies').map(({ code, exponent }) => [code, exponent]) : []);
    let made = 0;
    for (const { code, status } of read('payment_services')) {
      const row = offered.get(code);
      assert.ok(row && (row.usable || status !== 'active' || row.method), code);
      if (!row.usable) continue;
      const unit = 10 ** -Math.min(exponents.get(row.currency) ?? 2, 8);
      const amount = Number((Math.ceil(Math.max(row.amount_min, unit) / unit - 1e-9) * unit).toFixed(8));
      const required = row.fields.filter((field) => field.required);
      const service_fields = Object.fromEntries(required.map(({ key, example }) => [key, example ?? '']));
      const { currency } = row;
      const reply = await api.create({ reference_id: code, service: code, currency, amount, service_fields });
      // an example need not match, and there need not be one
      const fields = required.map(({ key }) => `service_fields.${key}`);
      const wrong = Object.keys(reply.json.errors ?? {}).filter((key) => !fields.includes(key));
      assert.deepEqual(wrong, [], `${code} ${amount}: ${reply.text.slice(0, 300)}`);
      made += reply.status === 201 ? 1 : 0;
    }
    assert.ok(made > rows.length * 0.8, `${made} of ${rows.length}`);
    for (const currency of new Set(rows.map((row) => row.currency))) {
      const { services, methods } = (await api.prerequest({ currency })).expect(200).data;
      for (const { method: by } of Object.values(services)) assert.ok(methods[by], by);
    }
    await other.stop();
  });
});
