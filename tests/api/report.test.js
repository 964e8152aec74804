// GET /_mock/report. The judges are independent of the server's sums: the balances before and after each day, the
// invoices themselves with exact arithmetic, the time zones of the ICU library, and a strict parser of RFC 4180.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, describe, test } from 'node:test';
import { Chance } from '../lib/chance.js';
import { Client } from '../lib/client.js';
import { fixturesWith, partsOf, units } from '../lib/money.js';
import { startServer, tempDir } from '../lib/server.js';

const CARDS = { payment_card_usd_hpp: { fee_rate: 2.9, fee_fix: 0.3 }, payment_card_eur_hpp: { fee_rate: 1.5 } };
const PAYOUTS = { test_usd: { fee_rate: 1, fee_max: 3 }, test_eur: { fee_fix: 0.25 } };
const server = await startServer({ args: ['--fixtures', fixturesWith({ payments: CARDS, payouts: PAYOUTS })] });
after(() => server.stop());
const demo = new Client(server);

const TYPES = ['payment', 'refund', 'chargeback', 'payout'];
const DAY = 86400;
const unix = (text) => Date.parse(text) / 1000;
const account = async (now, settings = {}) => {
  const api = await demo.newAccount({ profile: '2024', lifetime_s: 30 * DAY, ...settings });
  await api.freeze(now);
  return api;
};
const ask = (api, parameters, options) => api.control('GET', '/report', undefined, { parameters, ...options });
const report = async (api, date, timezone, more) => (await ask(api, { date, timezone, ...more })).expect(200).json;
const pay = (api, outcome, attributes = {}) => api.made(attributes, { headers: { 'X-Mock-Outcome': outcome } });
const payout = async (api, outcome, attributes = {}) => (await api.private('POST', '/payout-invoices', {
  headers: { 'X-Mock-Outcome': outcome },
  json: { data: { attributes: { reference_id: randomUUID(), service: 'test_usd', currency: 'USD', amount: 10,
    fields: { account: '1' }, ...attributes } } },
})).expect(201).data;
const move = (api, id, status, more = {}) =>
  api.control('POST', `/${id.startsWith('cpoi') ? 'payout' : 'payment'}-invoices/${id}/transition`, { status, ...more });

// ---------------------------------------------------------------- the judges

/** Every page of a report. */
async function rowsOf(api, date, timezone, limit) {
  const rows = [];
  for (let after; ;) {
    const page = await report(api, date, timezone, { limit, after });
    rows.push(...page.items);
    if (!page.next) return { ...page, items: rows };
    assert.equal(page.items.length, limit);
    after = page.next;
  }
}

/** The balances as BigInt: {USD: [active, pending]}. */
async function balances(api) {
  const { currency_accounts: all } = (await api.private('GET', '/account/balances')).expect(200).data.attributes;
  return Object.fromEntries(Object.entries(all)
    .map(([currency, one]) => [currency, [units(one.active_balance), units(one.pending_balance)]]));
}

/** The begin of a day as ICU has it: the first second with that local date, or a later one. */
function beginOf(date, zone) {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
  let [low, high] = [unix(`${date}T00:00Z`) - 26 * 3600, unix(`${date}T00:00Z`) + 26 * 3600];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (format.format(middle * 1000) < date) low = middle;
    else high = middle;
  }
  return high;
}
const nextDay = (date) => new Date(Date.parse(`${date}T00:00Z`) + DAY * 1000).toISOString().slice(0, 10);

/** The sums of the report, from its rows: {USD: {payment: [count, amount, fee, net], ...}}. */
function added(rows) {
  const sums = {};
  for (const row of rows) {
    assert.equal(units(row.net), units(row.amount) - units(row.fee));
    sums[row.currency] ??= Object.fromEntries(TYPES.map((type) => [type, [0n, 0n, 0n, 0n]]));
    const sum = sums[row.currency][row.type];
    [1n, units(row.amount), units(row.fee), units(row.net)].forEach((part, i) => { sum[i] += part; });
  }
  return sums;
}

/** Checks a report's rows against its sums, and returns {USD: [active, pending]}. */
function checkSums({ sums, items, total, from, to }) {
  const rows = added(items);
  assert.equal(total, items.length);
  assert.equal(new Set(sums.map((one) => one.currency)).size, sums.length);
  for (const one of sums) {
    const parts = TYPES.map((type) => one[`${type}s`])
      .map((sum) => [BigInt(sum.count), ...['amount', 'fee', 'net'].map((key) => units(sum[key]))]);
    assert.deepEqual(parts, TYPES.map((type) => rows[one.currency]?.[type] ?? [0n, 0n, 0n, 0n]));
    assert.equal(units(one.change.active), parts.reduce((sum, part) => sum + part[3], 0n));
  }
  assert.deepEqual(Object.keys(rows).filter((currency) => !sums.some((one) => one.currency === currency)), []);
  assert.deepEqual(items.map((row) => row.at), items.map((row) => row.at).sort((a, b) => a - b), 'oldest first');
  assert.ok(items.every((row) => row.at >= from && row.at < to && unix(row.time) === row.at));
  return Object.fromEntries(sums.map((one) => [one.currency, [units(one.change.active), units(one.change.pending)]]));
}

/** Records of a CSV text by RFC 4180, with quoted fields and CRLF; fails on anything else. */
function parseCsv(text) {
  const records = [[]];
  const field = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/y;
  for (let found; field.lastIndex < text.length;) {
    const at = field.lastIndex;
    found = field.exec(text);
    assert.ok(found, `no CSV at ${JSON.stringify(text.slice(at, at + 60))}`);
    records.at(-1).push(found[1].startsWith('"') ? found[1].slice(1, -1).replaceAll('""', '"') : found[1]);
    if (found[2] === '\r\n') records.push([]);
  }
  assert.deepEqual(records.pop(), [], 'the last line has its end');
  return records;
}

// ---------------------------------------------------------------- sums

/** Random payments and payouts for some days. The balance is read just before every midnight of every zone. */
async function live(api, seed, first, days, zones) {
  const chance = new Chance(seed);
  const dates = [first];
  while (dates.length <= days) dates.push(nextDay(dates.at(-1)));
  const fixed = { '+03:00': -3 * 3600, '-11:30': 11.5 * 3600 };
  const begin = (date, zone) => zone in fixed ? unix(`${date}T00:00Z`) + fixed[zone] : beginOf(date, zone);
  const midnights = new Map(zones.map((zone) => [zone, dates.map((date) => begin(date, zone))]));
  const edges = [...new Set([...midnights.values()].flat())].map((at) => at - 1);
  const start = Math.min(...edges) - 1;
  await api.freeze(start);
  const acts = Array.from({ length: 60 }, () => start + 1 + chance.below(Math.max(...edges) - start));
  const known = new Map();
  const open = [];
  for (const at of [...new Set([...edges, ...edges.map((edge) => edge + 1), ...acts])].sort((a, b) => a - b)) {
    await api.advance({ to: at });
    if (edges.includes(at)) known.set(at, await balances(api));
    else await act(chance, api, open);
  }
  return { dates, midnights, known };
}

async function act(chance, api, open) {
  const delay = () => `@${1 + chance.below(30 * 3600)}s`;
  const currency = chance.of(['USD', 'EUR']);
  const amount = chance.amount();
  const id = open.length ? chance.of(open) : null;
  const plans = ['processed', 'partially_processed', 'processed,partially_refunded,refunded', 'process_failed',
    'processed,partially_charged_back,charged_back', 'process_pending'];
  const plan = chance.of(plans).split(',').map((step) => step + delay()).join();
  switch (id ? chance.below(6) : chance.below(4)) {
    case 0: case 1: case 2:
      open.push((await pay(api, plan, { currency, amount, service: `payment_card_${currency.toLowerCase()}_hpp` })).id);
      break;
    case 3:
      open.push((await payout(api, `${chance.of(['processed', 'partially_processed', 'process_failed'])}${delay()}`,
        { currency, amount, service: `test_${currency.toLowerCase()}`, options: { auto_process: chance.of([true, false]) } })).id);
      break;
    case 4:
      if (id.startsWith('cpi_')) {
        const attributes = chance.of([{}, { amount: chance.amount(3000) }]);
        await api.private('POST', `/payment-invoices/${id}/refund`, { json: { data: { type: 'refund', attributes } } });
      } else {
        await api.private('POST', `/payout-invoices/${id}/process`);
      }
      break;
    default:
      await move(api, id, chance.of(['processed', 'process_failed', 'process_pending', 'refunded', 'charged_back',
        'partially_refunded', 'canceled', 'partially_canceled']), { force: chance.below(3) > 0 });
  }
}

async function every(api, type) {
  const all = [];
  for (let target = `/${type}?page[size]=100`; target;) {
    const page = (await api.private('GET', target)).expect(200);
    all.push(...page.data);
    target = page.json.links.next;
  }
  return all;
}

const ZONES = ['UTC', '+03:00', '-11:30', 'Europe/Kyiv', 'America/New_York', 'Asia/Kolkata', 'Pacific/Apia',
  'Australia/Lord_Howe'];

for (const [name, first, seed] of [
  ['clocks go forward in America', '2027-03-13', 1],
  ['clocks go forward in Europe', '2027-03-27', 2],
  ['clocks go back in America', '2027-11-06', 3],
  ['clocks change in Australia', '2027-04-03', 4],
]) {
  test(`the sums of each day are the changes of the balances, when ${name}`, async () => {
    const api = await account(undefined, { opening_balances: { USD: 500, EUR: 500 } });
    const { dates, midnights, known } = await live(api, seed, first, 3, ZONES);
    const seen = new Set();
    for (const [zone, edges] of midnights) {
      for (let i = 0; i + 1 < edges.length; i++) {
        const day = await rowsOf(api, dates[i], zone, 7);
        assert.deepEqual([day.from, day.to], [edges[i], edges[i + 1]], `${zone} ${dates[i]}`);
        const changes = checkSums(day);
        const [was, is] = [known.get(edges[i] - 1), known.get(edges[i + 1] - 1)];
        for (const currency of Object.keys(is)) {
          const expected = is[currency].map((now, part) => now - was[currency][part]);
          assert.deepEqual(changes[currency] ?? [0n, 0n], expected, `${zone} ${dates[i]} ${currency}`);
        }
        day.items.forEach((row) => seen.add(row.type));
      }
    }
    assert.deepEqual([...seen].sort(), [...TYPES].sort());
  });
}

test('all days together are what the invoices themselves say', async () => {
  const api = await account(unix('2027-05-01T00:00Z'), { opening_balances: { USD: 500, EUR: 500 } });
  const chance = new Chance(9);
  const open = [];
  for (let i = 0; i < 70; i++) {
    await act(chance, api, open);
    await api.advance(chance.below(3600));
  }
  await api.advance({ to: unix('2027-05-05T12:00Z') });
  const rows = [];
  for (let date = '2027-05-01'; date <= '2027-05-05'; date = nextDay(date)) {
    const day = await rowsOf(api, date, 'Asia/Kolkata', 100);
    checkSums(day);
    rows.push(...day.items);
  }
  for (const type of ['payment-invoices', 'payout-invoices']) {
    for (const { id, attributes } of await every(api, type)) {
      const own = rows.filter((row) => row.id === id);
      const sum = (types, key) => own.filter((row) => types.includes(row.type))
        .reduce((all, row) => all + units(row[key]), 0n);
      assert.equal(sum(TYPES, 'net'), partsOf(type, attributes)[0], id);
      assert.ok(own.every((row) => row.status === attributes.status && row.reference_id === attributes.reference_id));
      if (type === 'payment-invoices') {
        assert.equal(sum(['payment'], 'amount'), units(attributes.processed_amount), id);
        assert.equal(sum(['payment'], 'fee'), units(attributes.processed_fee), id);
        assert.equal(sum(['refund'], 'net'), -units(attributes.refunded_amount), id);
      } else {
        assert.deepEqual([...new Set(own.map((row) => row.type))].filter((one) => one !== 'payout'), []);
      }
    }
  }
  assert.ok(rows.length > 40);
});

// ---------------------------------------------------------------- rows

describe('rows', () => {
  const start = unix('2027-06-01T10:00Z');
  const row = (at, rest) => ({ at, time: new Date(at * 1000).toISOString().replace('.000Z', '+00:00'),
    refund_reference_id: null, currency: 'USD', test_mode: false, description: null, ...rest });

  test('a payment, refunds by call, a chargeback', async () => {
    const api = await account(start);
    const reference_id = 'order-1';
    const { id } = await pay(api, 'processed@5s', { reference_id, amount: 100, description: 'Книга', test_mode: true });
    const same = { id, reference_id, service: 'payment_card_usd_hpp', status: 'charged_back', test_mode: true, description: 'Книга' };
    await api.advance(10);
    for (const [reference, amount] of [['r-1', 20.4], ['r-2', 20.4], ['r-3', 9.2]]) {
      (await api.private('POST', `/payment-invoices/${id}/refund`,
        { json: { data: { type: 'refund', attributes: { reference_id: reference, amount } } },
          headers: { 'X-Mock-Outcome': 'partially_refunded@0' } })).expect(200);
      await move(api, id, 'partially_refunded');
    }
    await api.advance(10);
    (await move(api, id, 'charged_back')).expect(200);
    const { items, sums } = await report(api, '2027-06-01');
    assert.deepEqual(items, [
      row(start + 5, { ...same, type: 'payment', amount: '100.00', fee: '3.20', net: '96.80' }),
      row(start + 10, { ...same, type: 'refund', refund_reference_id: 'r-1', amount: '-20.40', fee: '0.00', net: '-20.40' }),
      row(start + 10, { ...same, type: 'refund', refund_reference_id: 'r-2', amount: '-20.40', fee: '0.00', net: '-20.40' }),
      row(start + 10, { ...same, type: 'refund', refund_reference_id: 'r-3', amount: '-9.20', fee: '0.00', net: '-9.20' }),
      row(start + 20, { ...same, type: 'chargeback', amount: '-50.00', fee: '0.00', net: '-50.00' }),
    ]);
    assert.deepEqual(sums, [{
      currency: 'USD',
      payments: { count: 1, amount: '100.00', fee: '3.20', net: '96.80' },
      refunds: { count: 3, amount: '-50.00', fee: '0.00', net: '-50.00' },
      chargebacks: { count: 1, amount: '-50.00', fee: '0.00', net: '-50.00' },
      payouts: { count: 0, amount: '0.00', fee: '0.00', net: '0.00' },
      change: { active: '-3.20', pending: '0.00' },
    }]);
  });

  test('a refund by command has no reference, also in the same millisecond as requested ones', async () => {
    const api = await account(start);
    const { id } = await pay(api, 'processed@5s', { amount: 100 });
    await api.advance(10);
    const command = async () => (await move(api, id, 'partially_refunded', { amount: 10 })).expect(200);
    const request = async (reference_id) => {
      (await api.private('POST', `/payment-invoices/${id}/refund`, {
        json: { data: { type: 'refund', attributes: { reference_id, amount: 20 } } },
        headers: { 'X-Mock-Outcome': 'partially_refunded@0' },
      })).expect(200);
      await move(api, id, 'partially_refunded');
    };
    await command();
    await request('r-1');
    (await move(api, id, 'partially_refunded', { amount: 10, force: true })).expect(200);
    await request('r-2');
    const refunds = (await report(api, '2027-06-01')).items.filter((one) => one.type === 'refund');
    assert.deepEqual(refunds.map((one) => [one.net, one.refund_reference_id]),
      [['-10.00', null], ['-20.00', 'r-1'], ['-10.00', null], ['-20.00', 'r-2']]);
  });

  test('a payout counts when it starts, and what comes back has the opposite sign', async () => {
    const api = await account(start);
    const good = await payout(api, 'processed@1h');
    const bad = await payout(api, `process_failed@${DAY}s`);
    const part = await payout(api, `partially_processed@${DAY}s`);
    await api.advance({ to: unix('2027-06-02T23:00Z') });
    const figures = ({ items }) => items.map(({ id, amount, fee, net, status }) => [id, amount, fee, net, status]);
    const [first, second] = [await report(api, '2027-06-01'), await report(api, '2027-06-02')];
    assert.deepEqual(figures(first), [
      [good.id, '-10.00', '0.10', '-10.10', 'processed'],
      [bad.id, '-10.00', '0.10', '-10.10', 'process_failed'],
      [part.id, '-10.00', '0.10', '-10.10', 'partially_processed'],
    ]);
    assert.deepEqual(first.sums[0].change, { active: '-30.30', pending: '20.20' });
    assert.deepEqual(figures(second), [
      [bad.id, '10.00', '-0.10', '10.10', 'process_failed'],
      [part.id, '5.00', '0.00', '5.00', 'partially_processed'],
    ]);
    assert.deepEqual(second.sums[0].change, { active: '15.10', pending: '-20.20' });
  });

  test('a payout that ends a day after its start changes only what is pending', async () => {
    const api = await account(start);
    await payout(api, `processed@${DAY}s`);
    await api.advance({ to: unix('2027-06-02T23:00Z') });
    const { items, sums, total } = await report(api, '2027-06-02');
    assert.deepEqual([items, total], [[], 0]);
    assert.deepEqual(sums[0].change, { active: '0.00', pending: '-10.10' });
    const csv = (await ask(api, { date: '2027-06-02', format: 'csv' })).expect(200);
    assert.equal(parseCsv(csv.text).length, 1);
  });

  test('a change that skips the payment is a payment and a refund, also across pages; going back undoes both', async () => {
    const api = await account(start);
    const { id } = await pay(api, 'process_pending');
    (await move(api, id, 'refunded', { force: true })).expect(200);
    const figures = (items) => items.map(({ type, net }) => [type, net]);
    const both = [['payment', '96.80'], ['refund', '-100.00']];
    assert.deepEqual(figures((await report(api, '2027-06-01')).items), both);
    assert.deepEqual(figures((await rowsOf(api, '2027-06-01', 'UTC', 1)).items), both);
    (await move(api, id, 'process_failed', { force: true })).expect(200);
    const all = await rowsOf(api, '2027-06-01', 'UTC', 3);
    assert.deepEqual(figures(all.items), [...both, ['payment', '-96.80'], ['refund', '100.00']]);
    assert.deepEqual(checkSums(all), { USD: [0n, 0n] });
  });

  test('what moves no money is not in it', async () => {
    const api = await account(start);
    for (const outcome of ['process_failed@1s', 'process_pending', 'expired@1s']) await pay(api, outcome);
    await pay(api, 'processed@1s', { flow: 'verify' });
    await api.advance(60);
    assert.deepEqual((await report(api, '2027-06-01')).items, []);
  });

  test('`complete` says that the day is over', async () => {
    const api = await account(unix('2027-06-01T23:59:58Z'));
    for (const [zone, expected] of [['UTC', [false, false, true]], ['+01:00', [true, true, true]], ['-01:00', [false, false, false]]]) {
      const other = await account(unix('2027-06-01T23:59:58Z'));
      for (const is of expected) {
        assert.equal((await report(other, '2027-06-01', zone)).complete, is, zone);
        await other.advance(1);
      }
    }
    await pay(api, 'processed@2s', { reference_id: 'at midnight' });
    await pay(api, 'processed@1s', { reference_id: 'before' });
    await api.advance(5);
    const names = async (date) => (await report(api, date)).items.map((one) => one.reference_id);
    assert.deepEqual([await names('2027-06-01'), await names('2027-06-02')], [['before'], ['at midnight']]);
  });
});

// ---------------------------------------------------------------- days and zones

test('days begin where ICU says, also those of 23 and 25 hours, with a change at midnight, or skipped', async () => {
  const lengths = new Set();
  // in the past, because rules of the future change: Node.js and the server read different editions of them
  for (const [zone, dates] of Object.entries({
    'Europe/Kyiv': ['2024-03-31', '2024-10-27', '2024-12-31', '2028-02-29'],
    'America/New_York': ['2024-03-10', '2024-11-03', '2024-07-04'],
    'America/Havana': ['2024-03-10', '2024-11-03'], // at 00:00 and 01:00
    'America/Sao_Paulo': ['2018-11-04', '2018-02-17', '2024-01-01'], // 00:00 did not exist
    'Asia/Beirut': ['2024-03-31', '2024-10-26'],
    'Africa/Cairo': ['2024-04-26', '2024-10-31'],
    'Australia/Lord_Howe': ['2024-04-07', '2024-10-06'], // by half an hour
    'Pacific/Apia': ['2011-12-29', '2011-12-30', '2011-12-31', '2024-06-01'], // the 30th did not exist
    'Pacific/Kiritimati': ['2024-06-01'],
    'Etc/GMT+12': ['2027-06-01'],
    'Asia/Kathmandu': ['2024-06-01'],
    'America/St_Johns': ['2006-10-29', '2024-03-10'], // at 00:01
    UTC: ['1970-01-01', '2027-06-01', '9998-12-31'],
  })) {
    for (const date of dates) {
      const { from, to, timezone } = await report(demo, date, zone);
      assert.deepEqual([from, to], [beginOf(date, zone), beginOf(nextDay(date), zone)], `${zone} ${date}`);
      assert.equal(timezone, zone);
      lengths.add((to - from) / 3600);
    }
  }
  for (const hours of [0, 23, 23.5, 24, 24.5, 25]) assert.ok(lengths.has(hours), `a day of ${hours} hours`);
});

test('offsets', async () => {
  const noon = unix('2027-06-01T00:00Z');
  for (const [sent, name, offset] of [
    ['+03:00', '+03:00', 3], ['+0300', '+03:00', 3], ['+03', '+03:00', 3], [' 03:00', '+03:00', 3], ['-12:00', '-12:00', -12],
    ['+14:00', '+14:00', 14], ['-14:00', '-14:00', -14], ['+05:45', '+05:45', 5.75], ['-00:30', '-00:30', -0.5],
    ['+00:00', '+00:00', 0], ['-00:00', '-00:00', 0], ['Z', 'UTC', 0], ['UTC', 'UTC', 0],
  ]) {
    const { from, to, timezone } = await report(demo, '2027-06-01', sent);
    assert.deepEqual([timezone, from, to], [name, noon - offset * 3600, noon - offset * 3600 + DAY], sent);
  }
  const raw = (await demo.send('GET', '/_mock/report?date=2027-06-01&timezone=+03:00')).expect(200).json;
  assert.equal(raw.timezone, '+03:00', 'a plus without escape');
});

test('wrong parameters are a 422 with the reason', async () => {
  const wrong = async (parameters, pattern) => {
    const { error } = (await ask(demo, parameters)).expect(422).json;
    assert.match(error.message, pattern, JSON.stringify(parameters));
  };
  for (const date of [undefined, '', 'today', '2027-6-1', '2027-02-29', '2027-13-01', '01.06.2027', '2027-06-01T00:00'])
    await wrong({ date }, /^date: must be a day as YYYY-MM-DD$/);
  const date = '2027-06-01';
  for (const format of ['', 'xml', 'CSV', 'json,csv']) await wrong({ date, format }, /^format: must be csv or json$/);
  for (const timezone of ['', 'x', '+3', '+25:00', '+14:01', '+03:60', '03:00', '--03:00', '+03:00:00', '+03:00 ', 'utc', '/etc/passwd',
    '../../../etc/passwd', 'Europe/../UTC', 'A//B', ':UTC', 'right/UTC', 'posixrules', 'localtime', 'Ä', 'A'.repeat(64), '<+03>-3'])
    await wrong({ date, timezone }, /^timezone: must be the name of a time zone, such as Europe\/Kyiv, or an offset of at most 14 hours, such as \+03:00$/);
  for (const timezone of ['Mars/Phobos', 'Europe/kyiv', 'Europe', 'Europe/', 'UTC+3', 'EST5EDT4', 'GMT-03:00'.replace(':', '')])
    await wrong({ date, timezone }, /^timezone: is not in the machine's time zone data; names are spelled as in Europe\/Kyiv$/);
  const begin = unix('2027-06-01T00:00Z') * 1000;
  for (const after of ['', 'x', '1-2-3', `${begin}`, `${begin}-1`, `${begin}-1-`, `${begin}-1-x`, `${begin}-0-0`, `${begin - 1}-1-0`,
    `${begin + DAY * 1000}-1-0`, `${begin}-1-0-`, `${'9'.repeat(30)}-1-0`])
    await wrong({ date, after }, /^after: must be the `next` of a page of this report$/);
  await wrong({ date, limit: 0 }, /^limit: /);
  await wrong({ date, format: 'csv', limit: 5 }, /^limit and after: /);
  (await ask(demo, { date, zone: 'UTC' })).expect(422);
  (await ask(demo, { date, account: 'coma_unknownunknownX' })).expect(404);
});

// ---------------------------------------------------------------- CSV

describe('CSV', () => {
  const start = unix('2027-06-01T10:00Z');
  const HEAD = ['time', 'type', 'id', 'reference_id', 'refund_reference_id', 'status', 'service', 'currency', 'amount',
    'fee', 'net', 'test_mode', 'description'];
  const csvOf = async (api, parameters = {}) => (await ask(api, { date: '2027-06-01', format: 'csv', ...parameters })).expect(200);

  test('has the rows of the JSON report, with quotes where needed, and totals', async () => {
    const api = await account(start);
    const texts = ['plain', 'a,b', 'say "hi"', 'two\nlines', 'cr\r\nlf', '"', ',', '', ' blank ', 'Книга ☕', "it's"];
    for (const [i, description] of texts.entries()) await pay(api, 'processed@1s', { description, amount: i + 1 });
    await pay(api, 'processed@1s', { currency: 'EUR', service: 'payment_card_eur_hpp' });
    await payout(api, 'processed@1s');
    await api.advance(5);
    const reply = await csvOf(api, { timezone: '-03:30' });
    assert.equal(reply.headers['content-type'], 'text/csv; charset=utf-8; header=present');
    assert.equal(reply.headers['content-disposition'], 'attachment; filename="report-2027-06-01.csv"');
    const [head, ...rows] = parseCsv(reply.text);
    assert.deepEqual(head, HEAD);
    const { items, sums } = await report(api, '2027-06-01', '-03:30');
    const totals = rows.splice(items.length);
    assert.deepEqual(rows, items.map((item) => HEAD.map((name) => String(item[name] ?? ''))));
    assert.deepEqual(totals.map((row) => [row[1], row[7], row[10]]),
      sums.map((one) => ['total', one.currency, one.change.active]));
    for (const row of totals) assert.equal(row.length, HEAD.length);
  });

  // what a spreadsheet would run, also if it splits lines at other separators
  for (const [sent, expected] of [
    ['=1+1', "'=1+1"], ['+1', "'+1"], ['-2+3', "'-2+3"], ['@SUM(A1)', "'@SUM(A1)"], ['=cmd|\' /C calc\'!A0', "'=cmd|' /C calc'!A0"],
    ['  =1', "  '=1"], ['\t=1', "\t'=1"], ['\r\n=1', "\r\n'=1"], ['a,=1', "a,'=1"], ['a;=1', "a;'=1"], ['a; -1', "a; '-1"], ['"=1', '"\'=1'],
    ['a\n@b', "a\n'@b"], ['a|+b', "a|'+b"], ['＝1', "'＝1"], ['＋1', "'＋1"], ['－1', "'－1"], ['＠x', "'＠x"], ['＃x', '＃x'],
    ['a=b', 'a=b'], ['a - b', 'a - b'], ['a@b.example', 'a@b.example'], ['2027-06-01', '2027-06-01'], ["'=1", "'=1"],
  ]) {
    test(`${JSON.stringify(sent)} is no formula`, async () => {
      const api = await account(start);
      await pay(api, 'processed@1s', { description: sent, reference_id: sent.trim() ? sent : 'x' });
      await api.advance(5);
      const [, row] = parseCsv((await csvOf(api)).text);
      assert.deepEqual([row[3], row[12]], [expected, expected]);
      const [item] = (await report(api, '2027-06-01')).items;
      assert.deepEqual([item.reference_id, item.description], [sent, sent], 'the JSON has it as it was sent');
    });
  }

  test('is sent in parts, without pages: many rows in the same millisecond', async () => {
    const api = await account(start);
    const ids = [];
    for (let i = 0; i < 450; i += 50)
      ids.push(...await Promise.all(Array.from({ length: 50 }, async () => (await pay(api, 'processed@1s')).id)));
    await api.advance(5);
    const rows = parseCsv((await csvOf(api)).text).slice(1, -1);
    assert.deepEqual(rows.map((row) => row[2]).sort(), ids.sort());
    const paged = await rowsOf(api, '2027-06-01', 'UTC', 100);
    assert.deepEqual(paged.items.map((row) => row.id), rows.map((row) => row[2]));
    assert.deepEqual(checkSums(paged), { USD: [units('43560.00'), 0n] });
  });

  test('HEAD has no body', async () => {
    const reply = await demo.send('HEAD', `/_mock/report?date=2027-06-01&format=csv&account=${demo.account.id}`);
    assert.deepEqual([reply.status, reply.text], [200, '']);
  });

  test('an empty day has the head only', async () => {
    assert.equal((await csvOf(await account(start))).text, `${HEAD.join()}\r\n`);
  });
});

// ---------------------------------------------------------------- accounts, snapshots, restarts

test('is of one account; resets empty it; snapshots and their files keep it', async () => {
  const api = await account(unix('2027-06-01T10:00Z'));
  const other = await account(unix('2027-06-01T10:00Z'));
  await pay(api, 'processed@1s,partially_refunded@1s');
  await payout(api, 'process_pending');
  await api.advance(5);
  const was = await report(api, '2027-06-01');
  assert.equal(was.total, 3);
  assert.equal((await report(other, '2027-06-01')).total, 0);
  (await api.control('POST', '/snapshots/kept')).expect(201);
  const file = (await api.control('GET', '/snapshots/kept')).expect(200).text;
  await pay(api, 'processed@1s');
  await api.advance(5);
  assert.equal((await report(api, '2027-06-01')).total, 4);
  (await api.control('POST', '/snapshots/kept/restore')).expect(200);
  assert.deepEqual(await report(api, '2027-06-01'), was);
  (await api.control('POST', '/reset')).expect(200);
  assert.deepEqual((await report(api, '2027-06-01')).items, []);
  const imported = { body: file, headers: { 'Content-Type': 'application/json' } };
  (await other.control('PUT', '/snapshots/file', undefined, imported)).expect(201);
  (await other.control('POST', '/snapshots/file/restore')).expect(200);
  const is = await report(other, '2027-06-01');
  const figures = ({ sums, items }) => [sums, items.map(({ id, ...rest }) => rest)];
  assert.deepEqual(figures(is), figures(was));
});

test('survives a kill and a restart', async () => {
  const args = ['--db', `${tempDir()}/db`];
  const first = await startServer({ args });
  const api = await new Client(first).newAccount();
  await api.freeze(unix('2027-06-01T10:00Z'));
  await pay(api, 'processed@1s');
  await api.advance(5);
  const was = await report(api, '2027-06-01');
  assert.equal(was.total, 1);
  await first.kill9();
  api.server = await startServer({ args });
  assert.deepEqual(await report(api, '2027-06-01'), was);
  await api.server.stop();
});
