// Values at the edge of what a field, a filter, a header or a setting takes, and just beyond it.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client, invoice, rawExchange } from '../lib/client.js';
import { startServer } from '../lib/server.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);
const HOLD = { headers: { 'X-Mock-Outcome': 'process_pending' } };

const message = (reply, status = 422) => reply.expect(status).json.error.message;

test('a public key that is empty, null or no text is a wrong field', async () => {
  for (const [key, reason] of [['', 'blank'], [null, 'blank'], [undefined, 'blank'], [5, 'string'], [true, 'string'],
    [{}, 'string']]) {
    const body = { ...invoice(), public_key: key };
    const { errors } = (await demo.send('POST', '/public-api/payment-invoices', { json: body })).expect(422).json;
    assert.match(errors.public_key, new RegExp(reason), JSON.stringify(key));
  }
});

test('the Host of a request', async () => {
  for (const [host, status] of [
    [`127.0.0.1:${server.port}`, 200],
    ['localhost', 200],
    [`[::1]:${server.port}`, 200],
    ['[]', 403],
    ['[::1', 403],
    ['[::1]x', 403],
    ['[::x]', 403],
    ['::1', 403],
    ['localhost:', 403],
    ['localhost:123456', 403],
    ['localhost:80x', 403],
    [':80', 403],
    ['a'.repeat(300), 403],
  ]) {
    const head = `GET /_mock/accounts HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
    const reply = await rawExchange(server, head);
    assert.ok(reply.status === status || (status === 403 && reply.status === 400), `${host}: ${reply.status}`);
  }
});

test('where a stream of events begins', async () => {
  const api = await demo.newFrozen();
  for (const id of ['-1', 'x', '1.5', '99999999999999999999']) {
    const reply = await api.control('GET', '/events', undefined, { headers: { 'Last-Event-ID': id }, check: false });
    assert.match(message(reply), /^Last-Event-ID/, id);
  }
});

describe('the control API', () => {
  test('outcomes must be a list with members', async () => {
    const api = await demo.newFrozen();
    for (const outcomes of [5, {}, [], null, [5], ['no']])
      (await api.control('POST', '/outcomes', { outcomes })).expect(422);
  });

  test('a payment by card needs a number, an expiry and perhaps a code', async () => {
    const api = await demo.newFrozen();
    const { id } = await api.made({}, HOLD);
    for (const body of [{}, { card_number: '1' }, { card_number: '5519283812030000' },
      { card_number: '5519283812030000', expiry: '1' }, { card_number: '5519283812030000', expiry: '1230', cvv: 'x' }])
      (await api.pay(id, body)).expect(422);
    (await api.pay(id, { card_number: '5519283812030000', expiry: '1230', holder: 'A' })).expect(200);
    const again = await api.pay(id, { card_number: '5519283812030000', expiry: '1230' });
    assert.doesNotMatch(message(again, 409), /expired|used up/);
  });

  test('why a payment has ended', async () => {
    const api = await demo.newFrozen({ attempt_limit: 1 });
    const pay = (id) => api.pay(id, { card_number: '4302912837020000', expiry: '0529' });
    const spent = (await api.made({}, HOLD)).id;
    (await pay(spent)).expect(200);
    assert.match(message(await pay(spent), 409), /its attempts are used up/);
    const late = (await api.made({}, HOLD)).id;
    await api.advance(1800);
    assert.match(message(await pay(late), 409), /it expired at/);
  });

  test('a transition to expired, in time and by force', async () => {
    const api = await demo.newFrozen();
    const { id } = await api.made({}, HOLD);
    (await api.transition(id, { status: 'expired', force: true })).expect(200);
    assert.equal((await api.attributes(id)).resolution, 'expired');
    (await api.transition(id, { status: 'expired', force: true, resolution: 'declined' })).expect(200);
    assert.equal((await api.attributes(id)).resolution, 'declined');
  });

  test('edits of a callback by hand', async () => {
    const api = await demo.newFrozen();
    const { id } = await api.made({ callback_url: `${server.url}/_mock/sink/odd` }, HOLD);
    const make = (edit) => api.control('POST', '/callbacks', { invoice: id, edit });
    (await make({ '/data/attributes/x': 'x'.repeat(1_100_000) })).expect(413);
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`/data/attributes/x${i}`, 1]));
    for (const edit of [5, [], 'x', { '/none/at/all': 1 }, { data: 1 }, many])
      (await make(edit)).expect(422);
    (await make({ '/data/attributes/x': 'x'.repeat(1_040_000) })).expect(201);
  });

  test('the delay of a fault', async () => {
    const api = await demo.newFrozen();
    const fault = (more) => api.control('POST', '/faults', { on: 'api', fault: 'delay', ...more });
    for (const more of [
      { delay: 'lognormal' },
      { delay: 'lognormal', median: '1s' },
      { delay: 'lognormal', sigma: 1 },
      { delay: 'lognormal', median: '1s', sigma: -1 },
      { delay: 'lognormal', median: '1s', sigma: 10.1 },
      { delay: 'lognormal', median: '11m', sigma: 1 },
      { delay: '1s', median: '1s' },
      { delay: '1s', sigma: 1 },
      { delay: '11m' },
      { delay: '2s-1s' },
      { delay: 5 },
      { delay: '1s', hold: '11m' },
      { delay: '1s', probability: -0.1 },
      { delay: '1s', probability: 1.1 },
      { delay: '1s', fault: null },
      { delay: '1s', on: null },
      { delay: '1s', match: { method: null, path: '/hpp/x' } },
      { delay: '1s', match: { path: '/no/such/path' } },
    ]) (await fault(more)).expect(422);
    (await fault({ delay: 'lognormal', median: '1s', sigma: 10, match: null })).expect(201);
  });

  test('the report has days, and pages only as JSON', async () => {
    const api = await demo.newFrozen();
    const report = (parameters) => api.control('GET', '/report', undefined, { parameters });
    for (const parameters of [{ date: 'x' }, { date: '2026-02-30' }, { format: 'xml' }, { format: 'csv', limit: 5 },
      { format: 'csv', after: 'x' }, { timezone: 'Mars/Olympus' }])
      (await report({ date: '2026-01-01', ...parameters })).expect(422);
    (await report({ date: '2026-01-01', format: 'json' })).expect(200);
    (await report({ date: '2026-01-01', format: 'csv' })).expect(200);
  });
});

test('the search of invoices by ranges', async () => {
  const api = await demo.newFrozen();
  for (const amount of [1, 5, 6, 7, 100]) await api.made({ amount }, HOLD);
  const found = async (q) => (await api.control('GET', '/payment-invoices', undefined, { parameters: { q } }))
    .expect(200).json.items.length;
  for (const [q, n] of [['amount:5', 1], ['amount:>5', 3], ['amount:>=5', 4], ['amount:<5', 1], ['amount:<=5', 2],
    ['amount:5..7', 3], ['amount:7..5', 0], ['created:>2000-01-01', 5], ['created:2000-01-01..2000-01-02', 0]])
    assert.equal(await found(q), n, q);
  for (const q of ['amount:', 'amount:x', 'amount:>', 'amount:>5..7', 'amount:x..7', 'amount:5..x', 'amount:..',
    'created:2000-13-01', 'created:2000-02-30', 'created:x'])
    (await api.control('GET', '/payment-invoices', undefined, { parameters: { q } })).expect(422);
});

test('the filters of lists', async () => {
  const api = await demo.newFrozen();
  await api.made({}, HOLD);
  for (const [filter, status] of [
    [{ 'filter[created][from]': api.start }, 200],
    [{ 'filter[created][from]': api.start, 'filter[created_from]': api.start + 1 }, 200],
    [{ 'filter[created][from]': api.start + 1, 'filter[created_from]': api.start }, 200],
    [{ 'filter[created][to]': api.start, 'filter[created_to]': api.start + 1 }, 200],
    [{ 'filter[created][to]': api.start + 1, 'filter[created_to]': api.start }, 200],
    [{ 'filter[created][from]': -1 }, 400],
    [{ 'filter[created][from]': 'x' }, 400],
    [{ 'filter[created][from]': '99999999999999' }, 400],
    [{ 'filter[created]': 'x' }, 400],
    [{ 'filter[created][from][more]': '1' }, 400],
    [{ 'filter[status]': '' }, 400],
    [{ 'filter[status]': 'created,' }, 400],
    [{ 'filter[status]': '-created' }, 200],
    [{ 'filter[status]': Array(200).fill('created').join(',') }, 400],
    [{ 'filter[reference_id][more]': 'x' }, 400],
  ]) {
    const reply = await api.list(filter, { check: false });
    assert.equal(reply.status, status, `${JSON.stringify(filter)}: ${reply.text.slice(0, 200)}`);
  }
});

test('the rate of a payout that is decided by chance', async () => {
  const api = await demo.newFrozen({ opening_balances: { USD: 1000 } });
  const pay = (more) => {
    const fields = { account: '42', ...more };
    const attributes = { reference_id: JSON.stringify(fields), service: 'test_usd', currency: 'USD', amount: 1, fields };
    return api.private('POST', '/payout-invoices', { json: { data: { type: 'payout-invoices', attributes } } });
  };
  for (const rate of ['x', '-1', '101', '1.5']) (await pay({ test_details_success_rate: rate })).expect(422);
  for (const rate of ['0', '100']) (await pay({ test_details_success_rate: rate })).expect(201);
});

test('a reference that is repeated, empty or no text', async () => {
  const api = await demo.newFrozen();
  const create = (reference_id) => api.create({ ...invoice(), reference_id }, HOLD);
  (await create('one')).expect(201);
  (await create('one')).expect(409);
  for (const reference of ['', null, '', null]) (await create(reference)).expect(201);
  for (const reference of [5, {}]) (await create(reference)).expect(422);
});
