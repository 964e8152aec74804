// The card gate, host to host: POST /payment/sale with the flow token.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client, invoice } from '../lib/client.js';
import { startServer } from '../lib/server.js';
import { startSink } from '../lib/sink.js';

const GOOD = '5519283812030000';
const GOOD_3DS = '5123817234060000';
const BAD = '4302912837020000';
const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);

const card = (number, more = {}) => ({
  data: {
    type: 'sale-operation',
    attributes: {
      card_number: number,
      card_holder: 'CARD HOLDER',
      cvv: '123',
      exp_month: '12',
      exp_year: '30',
      ...more,
    },
  },
});
const token = (made) => made.attributes.flow_data.metadata.token;
const sale = (api, bearer, json) => api.send('POST', '/payment/sale', { json, auth: bearer && `Bearer ${bearer}` });

describe('paying without a page', () => {
  test('a good card: processed, with the masked number in the callback', async () => {
    const api = await demo.newAccount();
    const sink = await startSink({ account: api.account });
    const made = await api.made({ callback_url: `${sink.url}/c`, test_mode: true }, hold);
    const reply = await sale(api, token(made), card(GOOD));
    assert.deepEqual(reply.expect(201).json, { status: 'processed', resolution: 'ok' });
    const attributes = await api.attributes(made.id);
    assert.equal(attributes.payload.payment_card.mask, '551928******0000');
    assert.equal(attributes.payload.payment_card.holder, 'CARD HOLDER');
    await api.wait({ invoice: made.id, callback: 'delivered', transition: 'processed' });
    await sink.stop();
  });

  test('a bad card: declined by its expiry date; a good card then pays', async () => {
    const api = await demo.newAccount();
    const made = await api.made({}, hold);
    const declined = await sale(api, token(made), card(BAD, { exp_month: '05', exp_year: '29' }));
    assert.deepEqual(declined.expect(201).json, { status: 'process_failed', resolution: 'insufficient_funds' });
    assert.equal((await sale(api, token(made), card(GOOD))).expect(201).json.status, 'processed');
  });

  test('mistyped fields are named, and none of a browser that does not tell its address', async () => {
    const api = await demo.newAccount();
    const made = await api.made({}, hold);
    const { attributes } = card(GOOD).data;
    const { card_number, cvv, ...rest } = attributes;
    const mistyped = { ...rest, cardnumber: card_number, cvc: cvv };
    const wrong = await sale(api, token(made), { data: { attributes: mistyped } });
    assert.match(wrong.expect(422).headers['x-mock-reason'],
      /; 2 fields are .*: cardnumber \(did you mean card_number\?\), cvc \(did you mean cvv\?\)$/);
    (await sale(api, token(made), card(GOOD, { browser_info: { browser_tz: '-60', window_width: '1' } }))).expect(201);
    const { items } = (await api.control('GET', '/requests', undefined, { parameters: { limit: 1 } })).json;
    assert.equal(items[0].explain, null);
  });

  test('a paid invoice is a conflict', async () => {
    const api = await demo.newAccount();
    const made = await api.made({}, hold);
    (await sale(api, token(made), card(GOOD))).expect(201);
    (await sale(api, token(made), card(GOOD))).expect(409);
  });

  test('3-D Secure: the response has the URL for the payer', async () => {
    const api = await demo.newAccount();
    const made = await api.made({ return_url: 'https://example.com/back' }, hold);
    const { status, resolution, auth_mode, auth_payload } = (await sale(api, token(made), card(GOOD_3DS))).expect(
      201,
    ).json;
    assert.deepEqual(
      [status, resolution, auth_mode, auth_payload.method],
      ['process_pending', 'auth_3ds_required', '3ds', 'POST'],
    );
    const sid = made.attributes.flow_data.metadata.sid;
    assert.equal(auth_payload.action, `${server.url}/acs/${sid}`);
    assert.equal(auth_payload.params.TermUrl, `${server.url}/complete-auth?pid=${sid}`);
    const attributes = await api.attributes(made.id);
    assert.deepEqual(
      [attributes.status, attributes.resolution, attributes.payload],
      ['process_pending', 'auth_3ds_required', null],
    );
    const back = await api.send('GET', `/complete-auth?pid=${sid}`);
    assert.equal(back.expect(302).headers.location, 'https://example.com/back');
  });

  test('tokenize: payload contains the token of the card', async () => {
    const api = await demo.newAccount();
    const made = await api.made({ gateway_options: { cardgate: { tokenize: true } } }, hold);
    (await sale(api, token(made), card(GOOD))).expect(201);
    assert.match((await api.attributes(made.id)).payload.token, /^[A-Za-z0-9]{32}$/);
  });
});

describe('charges by token', () => {
  const INSTANT = { gateway_options: { cardgate: { instant: true } } };
  const ANNA = { customer: { reference_id: 'anna' } };

  /** A new account with a paid invoice that stored its card: {api, kept (the payload with the token)}. */
  async function tokenised(more = ANNA) {
    const api = await demo.newAccount();
    await api.freeze();
    const made = await api.made({ gateway_options: { cardgate: { tokenize: true } }, ...more }, hold);
    (await sale(api, token(made), card(GOOD))).expect(201);
    return { api, kept: (await api.attributes(made.id)).payload };
  }

  test('a stored card pays without a payer, and is shown', async () => {
    const { api, kept } = await tokenised();
    const { id } = await api.made({ token: kept.token, ...ANNA, ...INSTANT });
    assert.equal((await api.attributes(id)).status, 'process_pending');
    await api.advance(2);
    const { status, payload } = await api.attributes(id);
    assert.equal(status, 'processed');
    assert.deepEqual(payload, kept);
    assert.equal(payload.payment_card.mask, '551928******0000');
  });

  test('the planned outcome takes precedence', async () => {
    const { api, kept } = await tokenised();
    const { id } = await api.made({
      token: kept.token,
      ...ANNA,
      ...INSTANT,
      metadata: { mock_outcome: 'process_failed:card_expired@0' },
    });
    await api.advance(1);
    const { status, resolution, payload } = await api.attributes(id);
    assert.deepEqual([status, resolution, payload], ['process_failed', 'card_expired', null]);
  });

  test('without a customer, as the first invoice', async () => {
    const { api, kept } = await tokenised({});
    (await api.create(invoice({ token: kept.token, ...INSTANT }))).expect(201);
    assert.deepEqual(
      Object.keys((await api.create(invoice({ token: kept.token, ...ANNA, ...INSTANT }))).expect(422).json.errors),
      ['token'],
    );
  });

  test('a token of another customer, another account or an unpaid invoice, or an invalid one: 422', async () => {
    const { api, kept } = await tokenised();
    const other = await demo.newAccount();
    const unkept = await api.made(ANNA, hold);
    (await sale(api, token(unkept), card(GOOD))).expect(201);
    const wrong = [
      [api, { token: kept.token, customer: { reference_id: 'bert' } }],
      [api, { token: kept.token }],
      [other, { token: kept.token, ...ANNA }],
      [api, { token: 'card_0000000000000000', ...ANNA }],
      [api, { token: 'x', ...ANNA }],
    ];
    for (const [client, attributes] of wrong) {
      assert.deepEqual(
        Object.keys((await client.create(invoice({ ...attributes, ...INSTANT }))).expect(422).json.errors),
        ['token'],
      );
    }
  });

  test('a reset deletes the token', async () => {
    const { api, kept } = await tokenised();
    (await api.control('POST', '/reset', {})).expect(200);
    (await api.create(invoice({ token: kept.token, ...ANNA, ...INSTANT }))).expect(422);
  });
});

describe('errors', () => {
  test('a missing, foreign or changed token: 401', async () => {
    const api = await demo.newAccount();
    const made = await api.made({}, hold);
    const other = await startServer();
    const foreign = await new Client(other).made({}, hold);
    const good = token(made);
    const changed = `${good.slice(0, -5)}${good.slice(-5) === 'AAAAA' ? 'BBBBB' : 'AAAAA'}`;
    for (const bearer of [undefined, 'nonsense', token(foreign), changed, good.split('.').slice(0, 2).join('.')]) {
      (await sale(api, bearer, card(GOOD))).expect(401);
    }
    await other.stop();
    assert.equal((await api.attributes(made.id)).status, 'process_pending');
  });

  test('after the end of the invoice: 401', async () => {
    const api = await demo.newAccount();
    await api.freeze();
    const made = await api.made({}, hold);
    await api.advance(1800);
    (await sale(api, token(made), card(GOOD))).expect(401);
  });

  test('all invalid fields are reported together, without an attempt', async () => {
    const api = await demo.newAccount({ attempt_limit: 1 });
    const made = await api.made({}, hold);
    const reply = await sale(api, token(made), card('x', { cvv: '1', exp_month: '13' }));
    assert.deepEqual(reply.expect(422).json.errors.map((one) => one.source.pointer),
      ['card_number', 'cvv', 'exp_month'].map((name) => `/data/attributes/${name}`));
    (await sale(api, token(made), {})).expect(422);
    assert.equal((await sale(api, token(made), card(GOOD))).expect(201).json.status, 'processed');
  });

  test('services without cards: 409', async () => {
    const api = await demo.newAccount();
    const made = await api.made({ service: 'paypal_usd_hpp' }, hold);
    (await sale(api, token(made), card(GOOD))).expect(409);
  });
});
