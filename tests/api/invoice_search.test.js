// The search for invoices in the control API: filters, the line of terms, and how many match.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client } from '../lib/client.js';
import { startServer } from '../lib/server.js';

const server = await startServer();
const demo = new Client(server);
after(() => server.stop());

const ask = (api, parameters, options) =>
  api.control('GET', '/payment-invoices', undefined, { parameters, ...options });
const found = async (api, parameters) => (await ask(api, parameters)).expect(200).json;
const references = async (api, parameters) =>
  (await found(api, parameters)).items.map(({ reference_id: reference }) => reference);
const outcome = (status) => ({ headers: { 'X-Mock-Outcome': status } });

/** Three invoices of three days: shoes (failed), a hat (paid, live) and a coat (pending). */
async function shop() {
  const api = await demo.newAccount({ retry_interval_s: 3600 });
  await api.freeze(Date.parse('2030-01-30T12:00:00Z') / 1000);
  await api.made({ reference_id: 'order-1', amount: 50, description: 'Red shoes', test_mode: true,
    customer: { reference_id: 'cust-1', name: 'Jane Doe' },
    callback_url: 'http://127.0.0.1:1/callback' }, outcome('process_failed'));
  await api.idle();
  await api.freeze(Date.parse('2030-01-31T00:00:00Z') / 1000);
  await api.made({ reference_id: 'order-2', amount: 100.5, currency: 'EUR', service: 'payment_card_eur_hpp',
    description: 'at 12:30 a hat' }, outcome('processed'));
  await api.freeze(Date.parse('2030-02-01T23:59:59Z') / 1000);
  await api.made({ reference_id: 'coat', amount: 200, description: 'A "warm" coat', test_mode: true },
    outcome('process_pending'));
  return api;
}

describe('a text', () => {
  test('is found in any script and case, in what the customer is, but not in the names of that', async () => {
    const api = await demo.newAccount();
    for (const [reference_id, customer] of [
      ['замовлення-1', { reference_id: 'c-1', name: 'Олена Шевченко', email: 'olena@shop.example' }],
      ['order-2', { reference_id: 'c-2', name: 'Max Müller', phone: '+493012345' }],
      ['order-3', { reference_id: 'c-3', name: 'A "quoted" \\ name 🂡', address: { city: 'Lviv, name: x', street: 'a/b' } }],
    ]) await api.made({ reference_id, customer });
    for (const [search, ...expected] of [
      ['Шевченко', 'замовлення-1'],
      ['шЕВЧЕНКО', 'замовлення-1'],
      ['ЗАМОВЛЕННЯ', 'замовлення-1'],
      ['MÜLLER', 'order-2'],
      ['олена шевч', 'замовлення-1'],
      ['+4930', 'order-2'],
      ['"quoted" \\', 'order-3'],
      ['\ud83c\udca1', 'order-3'],
      ['a/b', 'order-3'],
      ['name: x', 'order-3'],
      ['c-', 'order-3', 'order-2', 'замовлення-1'],
      ['email'], // names of members
      ['reference_id'],
      ['%'],
      ['Müllerx'],
    ]) {
      assert.deepEqual(await references(api, { search }), expected, search);
      if (search === 'ЗАМОВЛЕННЯ' || search.includes('"')) continue; // not of a customer; a line has no escapes
      assert.deepEqual(await references(api, { q: `customer:"${search}"` }), expected, `customer: ${search}`);
    }
  });
});

describe('a line of terms', () => {
  test('selects by each name, and by the text that is left', async () => {
    const api = await shop();
    for (const [q, ...expected] of [
      ['', 'coat', 'order-2', 'order-1'],
      ['status:processed', 'order-2'],
      ['STATUS:Processed', 'order-2'],
      ['status:failed', 'order-1'],
      ['status:pending', 'coat'],
      ['status:failed,processed', 'order-2', 'order-1'],
      ['ref:order', 'order-2', 'order-1'],
      ['ref:ORDER-1', 'order-1'],
      ['ref:%'],
      ['customer:jane', 'order-1'],
      ['customer:"Jane Doe"', 'order-1'],
      ['amount:50', 'order-1'],
      ['amount:>50', 'coat', 'order-2'],
      ['amount:>=50', 'coat', 'order-2', 'order-1'],
      ['amount:<100.5', 'order-1'],
      ['amount:<=100.5', 'order-2', 'order-1'],
      ['amount:60..200', 'coat', 'order-2'],
      ['currency:eur', 'order-2'],
      ['service:payment_card_eur_hpp', 'order-2'],
      ['mode:live', 'order-2'],
      ['mode:test', 'coat', 'order-1'],
      ['created:2030-01-31', 'order-2'],
      ['created:>2030-01-31', 'coat'],
      ['created:>=2030-01-31', 'coat', 'order-2'],
      ['created:<2030-01-31', 'order-1'],
      ['created:2030-01-30..2030-01-31', 'order-2', 'order-1'],
      ['created:<=2030-02-01', 'coat', 'order-2', 'order-1'],
      ['callback:failing', 'order-1'],
      ['callback:retrying', 'order-1'],
      ['callback:failed'],
      ['callback:done'],
      ['red   shoes', 'order-1'],
      ['red status:failed shoes', 'order-1'],
      ['"red  shoes"'],
      ['12:30', 'order-2'],
      ['http://no'],
      ['"status:failed"'],
      ['hat amount:>100 mode:live', 'order-2'],
    ]) {
      assert.deepEqual(await references(api, { q }), expected, q);
      const counted = await found(api, { q, count: 'true' });
      assert.deepEqual([counted.items, counted.matching, counted.total], [[], expected.length, 3], q);
    }
  });

  test('that cannot be read is refused with the reason', async () => {
    const api = await demo.newAccount();
    for (const [q, message] of [
      ['colour:red', /^q: unknown name colour: must be status, ref, .* or quote the text: "colour:red"$/],
      ['status:lost', /unknown status "lost"/],
      ['status:', /unknown status ""/],
      ['amount:much', /^amount: must be like 100, >100, <=100 or 100\.\.200$/],
      ['amount:>', /^amount: must be/],
      ['amount:1..', /^amount: must be/],
      ['created:yesterday', /^created: must be like 2030-01-31/],
      ['created:2030-02-30', /^created: must be/],
      ['mode:both', /^mode: must be test or live$/],
      ['callback:lost', /^callback: must be queued, .* or failing$/],
      ['ref:a ref:b', /^ref: this filter was sent twice$/],
      [`ref:${'a'.repeat(101)}`, /^ref: must be at most 100 characters$/],
      ['a'.repeat(101), /^search: must be at most 100 characters$/],
      ['a '.repeat(251), /^q: must be at most 500 characters$/],
      ['status:failed "red shoes', /^q: the last " begins a quoted text that does not end$/],
      ['"', /^q: the last " begins/],
    ]) {
      assert.match((await ask(api, { q }, { check: false })).expect(422).json.error.message, message, q);
    }
  });

  test('and the filters beside it are both applied, each once', async () => {
    const api = await shop();
    assert.deepEqual(await references(api, { q: 'order', status: 'processed' }), ['order-2']);
    assert.deepEqual(await references(api, { q: 'amount:>60', search: 'warm' }), ['coat']);
    for (const parameters of [{ q: 'status:failed', status: 'processed' }, { q: 'shoes', search: 'red' },
      { q: 'created:2030-01-31', from: 5 }]) {
      const { message } = (await ask(api, parameters)).expect(422).json.error;
      assert.match(message, /: this filter was sent twice$/);
    }
  });
});

test('filters select by the time of creation and by callbacks', async () => {
  const api = await shop();
  const day = Date.parse('2030-01-31T00:00:00Z');
  assert.deepEqual(await references(api, { from: day }), ['coat', 'order-2']);
  assert.deepEqual(await references(api, { from: day, to: day }), ['order-2']);
  assert.deepEqual(await references(api, { to: day - 1 }), ['order-1']);
  assert.deepEqual(await references(api, { callback: 'failing' }), ['order-1']);
  assert.deepEqual(await references(api, { status: 'created,failed' }), ['order-1']);
  const [coat, , shoes] = (await found(api, {})).items;
  assert.deepEqual([coat.failing_callbacks, shoes.failing_callbacks], [0, 2]);
  for (const [parameters, message] of [[{ from: 'today' }, /^from: must be unix milliseconds$/],
    [{ to: '1e3' }, /^to: must be unix milliseconds$/], [{ callback: 'x' }, /^callback: must be queued/],
    [{ count: '2' }, /^count: must be true or false$/], [{ test_mode: '2' }, /^test_mode: must be true or false$/]]) {
    assert.match((await ask(api, parameters, { check: false })).expect(422).json.error.message, message);
  }
});

test('a list that is not counted says nothing of matches', async () => {
  const api = await demo.newAccount();
  assert.equal((await found(api, {})).matching, null);
});
