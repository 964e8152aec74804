// `options` of an order: the query of the return URL, and the target of hpp_url.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client, invoice } from '../lib/client.js';
import { startServer } from '../lib/server.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);
const BACK = 'https://shop.example/back?mine=1';
const NAMES = ['mine', 'id', 'serial_number', 'amount', 'created', 'currency', 'reference_id', 'description', 'status'];
const options = (send_operation_context_on_return) => ({ options: { send_operation_context_on_return } });

/** The query with which the payer returns to the shop. */
async function comeBack(api, id) {
  const { location } = (await api.send('GET', `/return?id=${id}`)).expect(302).headers;
  return new URL(location).searchParams;
}

describe('send_operation_context_on_return', () => {
  test('overrides the account\'s setting, both ways', async () => {
    for (const [send_context, said, names] of [
      [false, {}, ['mine']], [true, {}, NAMES],
      [false, options(true), NAMES], [true, options(false), ['mine']],
      [false, options('1'), NAMES], [true, options(0), ['mine']],
      [true, options(null), NAMES], [true, { options: [] }, NAMES], [true, { options: { auto: 1 } }, NAMES],
    ]) {
      const api = await demo.newAccount({ send_context });
      const { id } = await api.made({ return_url: BACK, ...said });
      assert.deepEqual([...(await comeBack(api, id)).keys()], names, JSON.stringify([send_context, said]));
    }
  });

  test('adds the current state of the invoice', async () => {
    const api = await demo.newAccount();
    const now = await api.freeze();
    const order = invoice({ amount: 12.3, description: 'Goods & more', return_url: BACK, ...options(true) });
    const { id } = await api.made(order);
    assert.deepEqual(Object.fromEntries(await comeBack(api, id)), {
      mine: '1', id, serial_number: id.slice(4), amount: '12.30', created: String(now), currency: order.currency,
      reference_id: order.reference_id, description: 'Goods & more', status: 'process_pending',
    });
  });

  test('works in all APIs', async () => {
    const api = await demo.newAccount();
    const fields = { return_url: BACK, ...options('true') };
    const form = { headers: { Accept: 'application/json' } };
    await api.createPublic(invoice(fields));
    (await api.createForm(invoice(fields), form)).expect(302);
    const link = new URLSearchParams({ public_key: api.account.public_key, currency: 'USD', amount: 1, return_url: BACK,
      'options[send_operation_context_on_return]': 'true' });
    (await api.send('GET', `/hpp/?${link}`)).expect(302);
    const { items } = (await api.control('GET', '/payment-invoices')).expect(200).json;
    assert.equal(items.length, 3);
    for (const { id } of items) assert.deepEqual([...(await comeBack(api, id)).keys()], NAMES);
  });

  test('is kept by a snapshot and its file', async () => {
    const api = await demo.newAccount();
    const { id } = await api.made({ return_url: BACK, ...options(true) });
    (await api.control('POST', '/snapshots/one')).expect(201);
    const file = (await api.control('GET', '/snapshots/one')).expect(200).text;
    assert.deepEqual(JSON.parse(file).invoices[0].options, options(true).options);
    (await api.control('POST', '/reset')).expect(200);
    (await api.control('POST', '/snapshots/one/restore')).expect(200);
    assert.deepEqual([...(await comeBack(api, id)).keys()], NAMES);
    const body = { body: file, headers: { 'Content-Type': 'application/json' } };
    (await api.control('PUT', '/snapshots/two', undefined, body)).expect(200, 201);
    (await api.control('POST', '/snapshots/two/restore')).expect(200);
    const { items: [{ id: again }] } = (await api.control('GET', '/payment-invoices')).expect(200).json;
    assert.deepEqual([...(await comeBack(api, again)).keys()], NAMES);
  });

  test('must be a flag', async () => {
    const api = await demo.newAccount();
    assert.deepEqual(Object.keys((await api.create(invoice(options('maybe')))).expect(422).json.errors),
      ['options.send_operation_context_on_return']);
    assert.deepEqual(Object.keys((await api.create(invoice({ options: 'x' }))).expect(422).json.errors), ['options']);
  });
});

test('bypass_hpp: hpp_url is the payment page itself', async () => {
  for (const profile of ['2020', '2024']) {
    const api = await demo.newAccount({ profile });
    const { attributes } = await api.made({ options: { bypass_hpp: true, allow_partially: true } });
    assert.equal(attributes.hpp_url, attributes.flow_data.action);
    assert.notEqual(
      (await api.made({ options: { bypass_hpp: false } })).attributes.hpp_url,
      attributes.flow_data.action,
    );
    const open = await api.madePublic({ options: { bypass_hpp: true } });
    assert.equal(open.hpp_url, open.active_payment.payload.action);
  }
});
