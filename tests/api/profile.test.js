// The account's profile: the format of bodies, and what stays the same when the profile changes. golden.test.js checks
// complete bodies.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { claims, Client, invoice } from '../lib/client.js';
import { startServer } from '../lib/server.js';
import { startSink } from '../lib/sink.js';

const NEWER = { profile: '2024' };
const GOOD = '5519283812030000';
const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);

const token = (data) => data.attributes.flow_data.metadata.token;
const sale = (api, bearer) =>
  api.send('POST', '/payment/sale', {
    auth: `Bearer ${bearer}`,
    json: {
      data: {
        attributes: {
          card_number: GOOD,
          card_holder: 'CARD HOLDER',
          cvv: '123',
          exp_month: '12',
          exp_year: '30',
        },
      },
    },
  });
const become = async (api, profile) =>
  (await api.control('PATCH', `/accounts/${api.account.id}`, { profile })).expect(200);

test('the setting is 2020 (default), 2024 or 2025', async () => {
  const api = await demo.newAccount();
  assert.equal((await api.control('GET', `/accounts/${api.account.id}`)).expect(200).json.settings.profile, '2020');
  for (const profile of ['2024', '2025']) {
    assert.equal((await become(api, profile)).json.settings.profile, profile);
  }
  (await api.control('PATCH', `/accounts/${api.account.id}`, { profile: '2022' })).expect(422);
});

describe('tokens', () => {
  for (const [from, to] of [['2020', '2024'], ['2024', '2020'], ['2025', '2020']]) {
    test(`a token of profile ${from} pays after the change to profile ${to}`, async () => {
      const api = await demo.newAccount({ profile: from });
      const made = await api.made({}, hold);
      await become(api, to);
      assert.notEqual(token(await api.get(made.id).then((reply) => reply.expect(200).data)), token(made));
      (await sale(api, token(made))).expect(201);
      assert.equal((await api.attributes(made.id)).status, 'processed');
    });
  }

  test('of 2024: a changed signature is rejected', async () => {
    const api = await demo.newAccount(NEWER);
    const good = token(await api.made({}, hold));
    assert.equal(claims(good).signature.length, 32);
    const at = good.lastIndexOf('.') + 1;
    const changed = good.slice(0, at) + (good[at] === 'A' ? 'B' : 'A') + good.slice(at + 1);
    (await sale(api, changed)).expect(401);
    (await sale(api, good)).expect(201);
  });

  test('the public API has the same token', async () => {
    const api = await demo.newAccount(NEWER);
    const made = await api.madePublic({}, hold);
    assert.equal(claims(made.active_payment.payload.metadata.token).header, '{"typ":"JWT","alg":"HS256"}');
    assert.ok(made.serial_number, 'the rest of it is as ever');
  });
});

for (const NEWER of [{ profile: '2024' }, { profile: '2025' }]) describe(NEWER.profile, () => {
  test('a failure has a time and a message', async () => {
    const api = await demo.newAccount(NEWER);
    const now = await api.freeze();
    const { id } = await api.made({ metadata: { mock_outcome: 'process_failed:insufficient_funds@3s' } });
    assert.equal((await api.attributes(id)).failed, null);
    await api.advance(3);
    const { failed, processed, resolution_message: message, original_data: original, rrn } = await api.attributes(id);
    assert.deepEqual([failed, processed, message, rrn], [now + 3, now + 3, 'The card has insufficient funds.', null]);
    assert.deepEqual(original, { original_resolution: 'insufficient_funds', original_resolution_message: message });
  });

  test('a retry clears the failure', async () => {
    const api = await demo.newAccount(NEWER);
    const { id } = await api.made({ metadata: { mock_outcome: 'process_failed:declined@0' } });
    await api.reach(id, 'process_failed');
    (await api.pay(id, { card_number: GOOD, expiry: '1230', cvv: '123', holder: 'Card Holder' })).expect(200);
    const { failed, processed, created, resolution_message: message, payload } = await api.attributes(id);
    assert.deepEqual([failed, message], [null, null]);
    assert.ok(processed >= created);
    const { holder, type, brand, network, verification } = payload.payment_card;
    assert.deepEqual([holder, type, brand, network, verification],
      ['Card Holder', 'credit', 'standard', 'mastercard', []]);
  });

  test('a timeout counts as a failure', async () => {
    const api = await demo.newAccount({ ...NEWER, lifetime_s: 60 });
    const now = await api.freeze();
    const { id } = await api.made({}, hold);
    await api.advance(60);
    const { failed, resolution } = await api.attributes(id);
    assert.deepEqual([failed, resolution], [now + 60, 'expired']);
  });

  test('processed is the time of every final status, and null before', async () => {
    const api = await demo.newAccount(NEWER);
    const now = await api.freeze();
    const FINAL = {
      processed: now + 1, partially_processed: now + 1, process_failed: now + 1, terminated: now + 1,
      authorize_failed: now + 1, process_pending: null, processing: null, process_error: null,
    };
    const made = {};
    for (const status of Object.keys(FINAL))
      made[status] = (await api.made({}, { headers: { 'X-Mock-Outcome': `${status}@1s` } })).id;
    const verified = await api.made({ flow: 'verify' }, { headers: { 'X-Mock-Outcome': 'verified@1s' } });
    const refunded = await api.made({}, { headers: { 'X-Mock-Outcome': 'processed@1s,refunded@1s' } });
    await api.advance(2);
    for (const [status, processed] of Object.entries(FINAL)) {
      const seen = await api.attributes(made[status]);
      assert.deepEqual([seen.status, seen.processed], [status, processed]);
    }
    const check = await api.attributes(verified.id);
    assert.deepEqual([check.processed, check.processed_amount], [now + 1, null]);
    assert.equal((await api.attributes(refunded.id)).processed, now + 1, 'a refund keeps it');
    await become(api, '2020');
    for (const status of ['process_failed', 'terminated'])
      assert.equal((await api.attributes(made[status])).processed, null);
    assert.equal((await api.attributes(verified.id)).processed, null);
  });

  test('only a conversion has amounts of the service', async () => {
    const api = await demo.newAccount({ ...NEWER, convert_currency: true });
    const amounts = ({ attributes: a }) => [a.service_amount, a.payment_service_amount, a.exchange_rate];
    assert.deepEqual(amounts(await api.made()), [null, null, null]);
    const [amount, payment, rate] = amounts(await api.made({ service: 'payment_card_eur_hpp', amount: 1500 }));
    assert.deepEqual([amount, payment], [1380, 1380]);
    assert.ok(rate > 0 && rate < 1);
  });

  test('the token is shown for card services, and is valid for all', async () => {
    const api = await demo.newAccount(NEWER);
    const services = { payment_card_usd_hpp: {}, paypal_usd_hpp: {}, test_usd_test: { status: '' } };
    for (const [service, service_fields] of Object.entries(services)) {
      const { id, attributes: { flow_data: flow } } = await api.made({ service, service_fields }, hold);
      const open = (await api.getPublic(id)).expect(200).data.active_payment.payload;
      assert.deepEqual(open, flow);
      if (service.startsWith('payment_card')) assert.ok(flow.metadata.token);
      else assert.deepEqual(flow.metadata, []);
      const { pathname } = new URL(flow.action);
      assert.equal((await api.send('GET', pathname, { headers: { Accept: 'text/html' }, check: false })).status, 200);
      await become(api, '2020');
      assert.ok((await api.attributes(id)).flow_data.metadata.token);
      await become(api, NEWER.profile);
    }
    const path = `/hpp/?public_key=${api.account.public_key}&currency=USD&amount=5`;
    (await api.send('GET', path, { headers: { Accept: 'text/html' }, check: false }));
    assert.ok((await api.list()).data[0].attributes.flow_data.metadata.token, 'no service is chosen yet');
  });

  test('return_urls is present, with nulls', async () => {
    const api = await demo.newAccount(NEWER);
    assert.deepEqual((await api.made()).attributes.return_urls, { fail: null, pending: null, success: null });
    const pending = 'https://example.com/2';
    assert.deepEqual((await api.made({ return_urls: { pending } })).attributes.return_urls, {
      fail: null,
      pending,
      success: null,
    });
  });

  test('one invoice includes its customer, if any; lists do not', async () => {
    const api = await demo.newAccount(NEWER);
    const address = { street: 'Main Street 1', country: 'GB' };
    const { json } = (await api.create(invoice({ customer: { reference_id: 'c-1', address } }))).expect(201);
    const [customer] = json.included;
    assert.equal(customer.id, json.data.relationships.customer.data.id);
    assert.deepEqual(customer.attributes.address, {
      street: 'Main Street 1',
      country: 'GB',
      region: null,
      city: null,
      full_address: null,
      post_code: null,
    });
    assert.equal((await api.list()).expect(200).json.included, undefined);
    assert.equal((await api.create(invoice())).expect(201).json.included, undefined);
  });

  test('a conflict has the earlier invoice in the profile\'s format', async () => {
    const api = await demo.newAccount(NEWER);
    const order = invoice({ customer: { reference_id: 'c-1' } });
    const { id } = (await api.create(order)).expect(201).data;
    const { data, included } = (await api.create(order)).expect(409).json;
    assert.deepEqual([data.id, data.attributes.serial_number, included.length], [id, undefined, 1]);
  });

  test('a card has a constant id', async () => {
    const api = await demo.newAccount(NEWER);
    const paid = async () => {
      const { id } = await api.made({}, hold);
      (await api.transition(id, { status: 'processed' })).expect(200);
      return api.attributes(id);
    };
    const [one, two] = [await paid(), await paid()];
    assert.equal(one.payload.payment_card.card_id, two.payload.payment_card.card_id);
    assert.equal(one.payload.payment_card.reference_id, two.payload.payment_card.reference_id);
    assert.notEqual(one.rrn, two.rrn);
    assert.equal(one.payload.token, null);
  });
});

test('a change of profile changes the format of earlier payments, both ways', async () => {
  const api = await demo.newAccount();
  const { id } = await api.made({}, hold);
  (await api.transition(id, { status: 'processed' })).expect(200);
  const before = await api.attributes(id);
  await become(api, '2024');
  const between = await api.attributes(id);
  assert.deepEqual(
    [before.payload.payment_card.brand, between.payload.payment_card.brand],
    ['mastercard', 'standard'],
  );
  await become(api, '2020');
  assert.deepEqual(await api.attributes(id), before);
});

test('a callback keeps its bytes if the profile changes before a retry', async () => {
  const api = await demo.newAccount(NEWER);
  const sink = await startSink({ account: api.account });
  const { id } = await api.made({ callback_url: `${sink.url}/c` }, hold);
  await api.wait({ invoice: id, callback: 'delivered' });
  await become(api, '2020');
  const [{ id: callback }] = await api.callbacks({ invoice: id });
  (await api.control('POST', `/callbacks/${callback}/resend`, {})).expect(200);
  await api.idle();
  assert.equal(sink.requests.length, 2);
  assert.equal(sink.requests[1].text, sink.requests[0].text);
  await sink.stop();
});
