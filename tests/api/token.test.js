// Card checks and card tokens: an order with `tokenize` gets a token in every way to pay, and the token can be charged.
// sale.test.js tests invalid tokens.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client, invoice } from '../lib/client.js';
import { startServer } from '../lib/server.js';
import { startSink } from '../lib/sink.js';

const CARD = '5519283812030000';
const ANNA = { customer: { reference_id: 'anna' } };
const TOKENIZE = { gateway_options: { cardgate: { tokenize: true } } };
const INSTANT = { gateway_options: { cardgate: { instant: true } } };
const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };
const BROWSER = { headers: { Accept: 'text/html' } };

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);

/** The ways to pay an invoice. */
const roads = {
  'by timer': (api) => api.advance(2),
  'by command': (api, { id }) => api.transition(id, { status: 'processed' }).then((reply) => reply.expect(200)),
  'by the payer': (api, { id }) =>
    api.pay(id, { card_number: CARD, expiry: '1230', cvv: '123' }).then((reply) => reply.expect(200)),
  'by /payment/sale': (api, { attributes }) =>
    api
      .send('POST', '/payment/sale', {
        auth: `Bearer ${attributes.flow_data.metadata.token}`,
        json: { data: { attributes: { card_number: CARD, cvv: '123', exp_month: '12', exp_year: '30' } } },
      })
      .then((reply) => reply.expect(201)),
};

describe('a card check', () => {
  for (const [name, pay] of Object.entries(roads)) {
    test(`${name}: verified, and nothing is charged`, async () => {
      const api = await demo.newAccount();
      const sink = await startSink({ account: api.account });
      await api.freeze();
      const made = await api.made({ flow: 'verify', callback_url: `${sink.url}/c`, ...ANNA });
      await pay(api, made);
      await api.wait({ invoice: made.id, callback: 'delivered', transition: 'verified' });
      const {
        status,
        processed,
        processed_amount: amount,
        processed_fee: fee,
        processed_deposit: deposit,
      } = sink.requests.at(-1).body.data.attributes;
      assert.deepEqual([status, processed, amount, fee, deposit], ['verified', null, null, null, null]);
      await sink.stop();
    });
  }

  test('has an amount like any other invoice', async () => {
    const api = await demo.newAccount();
    assert.deepEqual(Object.keys((await api.create(invoice({ flow: 'verify', amount: 0 }))).expect(422).json.errors), [
      'amount',
    ]);
  });

  test('leaves nothing to refund', async () => {
    const api = await demo.newAccount();
    for (const text of ['processed@0,refunded@0', 'partially_processed,charged_back', 'processed,refund_pending']) {
      const reply = await api.create(invoice({ flow: 'verify' }), { headers: { 'X-Mock-Outcome': text } });
      assert.match(reply.expect(422).json.errors['X-Mock-Outcome'], /verified cannot become/);
      await api.made({}, { headers: { 'X-Mock-Outcome': text } });
    }
    const { id } = await api.made({
      flow: 'verify',
      metadata: { mock_outcome: 'process_failed@0,process_pending@0,processed@0' },
    });
    await api.reach(id, 'verified');
    (await api.private('POST', `/payment-invoices/${id}/refund`, { json: {} })).expect(409);
  });

  test('each flow has its own status of success', async () => {
    const api = await demo.newAccount();
    for (const [flow, asked, status] of [['charge', 'verified', 'processed'], ['verify', 'processed', 'verified']]) {
      const { id } = await api.made({ flow, metadata: { mock_outcome: `${asked}@0` } });
      assert.equal((await api.reach(id, status)).attributes.status, status);
    }
  });
});

for (const profile of ['2020', '2024']) {
  describe(`a token, ${profile}`, () => {
    for (const flow of ['charge', 'verify']) {
      for (const [name, pay] of Object.entries(roads)) {
        test(`of a ${flow} paid ${name}: in GET and callback, and it can be charged`, async () => {
          const api = await demo.newAccount({ profile });
          const sink = await startSink({ account: api.account });
          await api.freeze();
          const made = await api.made({ flow, callback_url: `${sink.url}/c`, ...ANNA, ...TOKENIZE });
          await pay(api, made);
          const { payload, status } = await api.attributes(made.id);
          await api.wait({ invoice: made.id, callback: 'delivered', transition: status });
          assert.match(payload.token, /^[A-Za-z0-9]{32}$/);
          assert.equal(sink.requests.at(-1).body.data.attributes.payload.token, payload.token);
          const { id } = await api.made({ token: payload.token, ...ANNA, ...INSTANT });
          await api.advance(2);
          const charged = await api.attributes(id);
          assert.equal(charged.status, 'processed');
          assert.deepEqual(charged.payload, payload);
          await sink.stop();
        });
      }
    }
  });
}

describe('a charge by token', () => {
  async function kept() {
    const api = await demo.newAccount();
    await api.freeze();
    const { id } = await api.made({ ...ANNA, ...TOKENIZE });
    await api.advance(2);
    return { api, token: (await api.attributes(id)).payload.token };
  }

  test('is not stopped by a browser that opens the page', async () => {
    const { api, token } = await kept();
    const made = await api.made({ token, ...ANNA, ...INSTANT });
    (await api.send('GET', `/hpp/${made.attributes.flow_data.metadata.sid}`, BROWSER)).expect(200);
    await api.advance(2);
    assert.equal((await api.attributes(made.id)).status, 'processed');
  });

  test('without `instant` waits for the payer, who may use another card', async () => {
    const { api, token } = await kept();
    const made = await api.made({ token, ...ANNA }, hold);
    await roads['by the payer'](api, made);
    assert.equal((await api.attributes(made.id)).payload.payment_card.first, CARD.slice(0, 6));
  });

  test('needs a service for cards', async () => {
    const { api, token } = await kept();
    assert.deepEqual(
      Object.keys(
        (await api.create(invoice({ token, service: 'paypal_usd_hpp', ...ANNA, ...INSTANT }))).expect(422).json.errors,
      ),
      ['token'],
    );
  });

  test('an invoice without tokenize has no token', async () => {
    const api = await demo.newAccount();
    const { id } = await api.made({ ...ANNA }, hold);
    await roads['by command'](api, { id });
    assert.equal((await api.attributes(id)).payload.token, null);
  });
});
