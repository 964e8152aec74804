// An order with a token and without `instant`: the page shows the stored card, and the payer enters the security code.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client, phpForm } from '../lib/client.js';
import { startServer } from '../lib/server.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);

const ANNA = { customer: { reference_id: 'anna' } };
const TOKENIZE = { gateway_options: { cardgate: { tokenize: true } } };
const PLAIN = '5519283812030000';
const SECURE = '5123817234060000';
const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };
const HTML = { headers: { Accept: 'text/html' } };

/** An account with a stored card, and an order that offers it. */
async function offered({ number = PLAIN, expiry = '1230', settings, order, way = hold } = {}) {
  const api = await demo.newAccount(settings);
  await api.freeze();
  const first = await api.made({ test_mode: true, ...ANNA, ...TOKENIZE }, hold);
  (await api.pay(first.id, { card_number: number, expiry, cvv: '123' })).expect(200);
  const { payload } = await api.attributes(first.id);
  const { id, attributes } = await api.made({ test_mode: true, token: payload.token, ...ANNA, ...order }, way);
  const path = `/hpp/${attributes.flow_data.metadata.sid}`;
  return { api, id, path, payload };
}

const show = async (api, path) => (await api.send('GET', path, HTML)).expect(200).text;

/** Sends the form of a page. */
async function send(api, path, page, fields) {
  const hidden = [...page.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)];
  const form = { ...Object.fromEntries(hidden.map(([, name, value]) => [name, value])), action: 'pay', ...fields };
  return api.send('POST', path, { form, ...HTML });
}

const has = (page, id) => page.includes(`data-testid="${id}"`);

describe('the page', () => {
  test('shows the stored card and asks for the code only', async () => {
    const { api, path, payload } = await offered();
    const page = await show(api, path);
    for (const id of ['saved-card', 'cvv', 'other-card', 'pay']) assert.ok(has(page, id), id);
    for (const id of ['card-number', 'expiry', 'holder', 'test-card-1']) assert.ok(!has(page, id), id);
    assert.ok(page.includes('•••• 0000<'));
    assert.ok(!page.includes('551928'), 'no more than the payer needs to know it');
    assert.ok(page.includes('12/30'));
    assert.ok(!page.includes(payload.token), 'the token is the shop\'s');
  });

  test('a wrong code is an error, and no attempt', async () => {
    const { api, id, path } = await offered();
    for (const cvv of ['', '12', '12x', '12345']) {
      const reply = (await send(api, path, await show(api, path), { cvv })).expect(422);
      for (const name of ['saved-card', 'error-cvv', 'error-summary']) assert.ok(has(reply.text, name), name);
      assert.ok(!has(reply.text, 'error-card_number'));
    }
    assert.equal((await api.attributes(id)).status, 'process_pending');
  });

  test('asks for the fields of the service too', async () => {
    const { api, id, path } = await offered({ order: { service: 'payment_card_brl_hpp', currency: 'BRL' } });
    const page = await show(api, path);
    assert.ok(has(page, 'saved-card') && has(page, 'field-cpf_number'));
    const typed = (cpf, cvv = '123') => send(api, path, page, { cvv, 'service_fields[cpf_number]': cpf });
    assert.ok(has((await typed('abc')).expect(422).text, 'error-cpf_number'));
    const wrong = (await typed('1-2', '1')).expect(422).text;
    assert.ok(has(wrong, 'error-cvv') && !has(wrong, 'error-cpf_number') && wrong.includes('value="1-2"'));
    assert.equal((await api.attributes(id)).status, 'process_pending');
    (await typed('1-2')).expect(303);
    assert.equal((await api.attributes(id)).status, 'processed');
  });

  test('pays with the stored card, which keeps its token', async () => {
    const { api, id, path, payload } = await offered();
    (await send(api, path, await show(api, path), { cvv: '123' })).expect(303);
    const paid = await api.attributes(id);
    assert.deepEqual([paid.status, paid.resolution], ['processed', 'ok']);
    assert.deepEqual(paid.payload, { ...payload, client_ip: '127.0.0.1' });
    const again = await api.made({ token: paid.payload.token, ...ANNA }, hold);
    assert.ok(again.id);
  });

  test('"another card" shows the whole form, and leads back', async () => {
    const { api, id, path } = await offered();
    const other = /href="([^"]+)" data-testid="other-card"/.exec(await show(api, path))[1];
    assert.equal(other, `${path}?other=1`);
    const page = await show(api, other);
    for (const name of ['card-number', 'expiry', 'cvv', 'test-card-1']) assert.ok(has(page, name), name);
    assert.ok(!has(page, 'saved-card'));
    assert.equal(/href="([^"]+)" data-testid="use-saved-card"/.exec(page)[1], path);
    assert.match(page, /href="\?other=1&amp;locale=uk/);
    const wrong = (await send(api, path, page, { card_number: '1', expiry: '1230', cvv: '123' })).expect(422).text;
    assert.ok(has(wrong, 'error-card_number') && !has(wrong, 'saved-card'));
    (await send(api, path, page, { card_number: '4302912837020000', expiry: '0529', cvv: '123' })).expect(303);
    assert.equal((await api.attributes(id)).resolution, 'insufficient_funds');
  });

  test('a test card of the panel is another card too', async () => {
    const { api, path } = await offered();
    const page = await show(api, `${path}?card=2`);
    assert.ok(has(page, 'card-number') && has(page, 'use-saved-card'));
  });

  test('after a decline it is offered again', async () => {
    const { api, id, path } = await offered();
    const page = await show(api, `${path}?other=1`);
    (await send(api, path, page, { card_number: '4302912837020000', expiry: '0933', cvv: '123' })).expect(303);
    const declined = await show(api, `${path}?done=1`);
    assert.ok(has(declined, 'retry-note') && has(declined, 'saved-card'));
    (await send(api, path, declined, { cvv: '1234' })).expect(303);
    assert.equal((await api.attributes(id)).status, 'processed');
  });

  test('3-D Secure follows as for a typed card', async () => {
    const { api, id, path } = await offered({ number: SECURE });
    const { headers } = (await send(api, path, await show(api, path), { cvv: '123' })).expect(303);
    assert.equal(headers.location, `${path}/challenge`);
    assert.equal((await api.attributes(id)).resolution, 'auth_3ds_required');
    (await api.send('GET', `${path}/challenge`, HTML)).expect(200);
  });

  test('an order without a token shows the whole form', async () => {
    const api = await demo.newAccount();
    const { attributes } = await api.made({ ...ANNA, ...TOKENIZE }, hold);
    const path = `/hpp/${attributes.flow_data.metadata.sid}`;
    for (const query of ['', '?other=1']) {
      const page = await show(api, path + query);
      assert.ok(has(page, 'card-number') && !has(page, 'saved-card') && !has(page, 'use-saved-card'));
    }
    (await send(api, path, await show(api, path), { saved: '1', cvv: '123' })).expect(422);
  });
});

describe('without the page', () => {
  test('pay needs no card', async () => {
    for (const [number, how, expected] of [
      [PLAIN, {}, 'processed ok'],
      [SECURE, { cvv: '123' }, 'processed ok'],
      [SECURE, { three_ds: 'fail' }, 'process_failed invalid_3ds_code'],
      [PLAIN, { card_number: '4302912837020000', expiry: '0933', cvv: '123' }, 'process_failed declined'],
    ]) {
      const { api, id } = await offered({ number });
      (await api.pay(id, how)).expect(200);
      const { status, resolution } = await api.attributes(id);
      assert.equal(`${status} ${resolution}`, expected);
    }
    const api = await demo.newAccount();
    (await api.pay((await api.made({}, hold)).id, { cvv: '123' })).expect(422);
  });

  test('a timer settles it as paid with the stored card', async () => {
    const { api, id, payload } = await offered({ way: {} });
    await api.advance(2);
    assert.deepEqual((await api.attributes(id)).payload, payload);
  });

  test('strict_test_mode declines it in live mode', async () => {
    const { api, id, path } = await offered({ settings: { strict_test_mode: true }, order: { test_mode: false } });
    (await send(api, path, await show(api, path), { cvv: '123' })).expect(303);
    assert.equal((await api.attributes(id)).resolution, 'general_fatal_error');
  });
});

describe('the stored card', () => {
  test('survives a snapshot and its file', async () => {
    const { api, id, payload } = await offered();
    (await api.control('POST', '/snapshots/card')).expect(201);
    const { text } = (await api.control('GET', '/snapshots/card')).expect(200);
    (await api.control('POST', '/reset')).expect(200);
    (await api.control('POST', '/snapshots/card/restore')).expect(200);
    (await api.pay(id, {})).expect(200);
    assert.equal((await api.attributes(id)).payload.token, payload.token);
    const other = await demo.newAccount();
    const file = { body: text, headers: { 'Content-Type': 'application/json' } };
    (await other.control('PUT', '/snapshots/card', undefined, file)).expect(200, 201);
    (await other.control('POST', '/snapshots/card/restore')).expect(200);
    const [newest] = (await other.list()).expect(200).json.data;
    (await other.pay(newest.id, {})).expect(200);
    const { token } = (await other.attributes(newest.id)).payload;
    assert.match(token, /^[A-Za-z0-9]{32}$/);
    assert.notEqual(token, payload.token);
    await other.made({ token, ...ANNA }, hold);
  });

  test('a token must be whole, and the customer\'s', async () => {
    const { api, payload: { token } } = await offered();
    const swapped = token.slice(0, 31) + (token.endsWith('a') ? 'b' : 'a');
    for (const [wrong, order] of [[swapped, ANNA], [token.slice(0, 16), ANNA], [`card_${token.slice(0, 16)}`, ANNA],
      [token, { customer: { reference_id: 'ivan' } }], [token, {}]]) {
      const attributes = { service: 'payment_card_usd_hpp', currency: 'USD', amount: 1, token: wrong, ...order };
      assert.deepEqual(Object.keys((await api.create(attributes)).expect(422).json.errors), ['token']);
    }
  });
});

test('options are kept and shown', async () => {
  const api = await demo.newAccount();
  const options = { allow_partially: '1', bypass_hpp: true, send_operation_context_on_return: 0, other: 'x' };
  const { id, attributes } = await api.made({ options }, hold);
  assert.equal(attributes.hpp_url, attributes.flow_data.action);
  assert.deepEqual((await api.control('GET', `/payment-invoices/${id}`)).expect(200).json.options,
    { allow_partially: true, bypass_hpp: true, send_operation_context_on_return: false, other: 'x' });
  const plain = await api.made({}, hold);
  assert.equal((await api.control('GET', `/payment-invoices/${plain.id}`)).expect(200).json.options, null);
  const link = phpForm({ public_key: api.account.public_key, currency: 'USD', amount: 5, options: { bypass_hpp: 1 } });
  (await api.send('GET', `/hpp/?${link}`)).expect(302);
  const [newest] = (await api.control('GET', '/payment-invoices')).expect(200).json.items;
  assert.deepEqual((await api.control('GET', `/payment-invoices/${newest.id}`)).expect(200).json.options,
    { bypass_hpp: true });
});
