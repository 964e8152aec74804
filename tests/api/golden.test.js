// Every sample of the platform's payment page. The test sends its request to the server. The response must have the
// sample's keys in order, with the sample's types and letter case and with all values that are fixed. The payment page
// has no bodies of 2024; these samples are composed from the other sources of schema/platform.md.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { claims, Client, isoTime } from '../lib/client.js';
import { contract } from '../lib/contract.js';
import { assertGolden, golden, goldenRequest } from '../lib/golden.js';
import { startServer } from '../lib/server.js';
import { startSink } from '../lib/sink.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);
const json = { headers: { 'Content-Type': 'application/json' } };

test('payment pre-request', async () => {
  const reply = await demo.send('POST', '/public-api/payment-prerequest',
    { body: goldenRequest('prerequest.request.json'), ...json });
  assertGolden('prerequest.response.json', reply.expect(200).text);
});

test('full list of payment services', async () => {
  const reply = await demo.services();
  const { total, pages } = assertGolden('payment-services.list.response.json', reply.expect(200).text);
  assert.ok(total > 20, 'more than one page');
  assert.equal(pages, Math.ceil(total / 20));
  assert.equal(reply.data.length, 20);
});

test('service data by id', async () => {
  const reply = await demo.service('comcps_u1xxlHVw1NyeqmjJ');
  assertGolden('payment-services.get.response.json', reply.expect(200).text);
});

test('invoice initiation via the public API', async () => {
  const reference_id = randomUUID();
  const reply = await demo.send('POST', '/public-api/payment-invoices',
    { body: goldenRequest('invoice-public.create.request.json', { reference_id }), ...json });
  const found = assertGolden('invoice-public.create.response.json', reply.expect(201).text,
    { reference_id, origin: server.url });
  const token = claims(found.token);
  assert.equal(token.header, '{"typ":"JWT","alg":"RS512"}');
  assert.equal(token.payload, JSON.stringify({ sid: found.cgi, exp: found.created + 1800 }));
  assert.equal(token.signature.length, 512);
});

describe('the private API', () => {
  let sink;
  before(async () => { sink = await startSink(); });
  after(() => sink.stop({ clean: false }));

  const create = async (api, changes, outcome) => {
    const body = goldenRequest('invoice-private.create.request.json', changes);
    return api.private('POST', '/payment-invoices',
      { body, headers: { 'Content-Type': 'application/json', 'X-Mock-Outcome': outcome } });
  };

  test('invoice initiation, reconciliation by id (private and public) and by reference', async () => {
    const api = await demo.newAccount({ name: '4Docs', merchant_url: 'https://lets.doc.it' });
    const now = await api.freeze();
    const given = {
      reference_id: randomUUID(),
      expires: isoTime(now + 3600),
      callback_url: `${sink.url}/callback`,
      origin: server.url,
    };
    const created = assertGolden('invoice-private.create.response.json',
      (await create(api, given, 'processed@107s')).expect(201).text, given);
    assert.equal(created.created, now);
    assert.equal(claims(created.token).payload, JSON.stringify({ sid: created.cgi, exp: now + 3600 }));

    await api.advance(107);
    const reply = (await api.get(`cpi_${created.serial}`)).expect(200);
    const known = { ...given, serial: created.serial, cgi: created.cgi };
    const got = assertGolden('invoice-private.get.response.json', reply.text, known);
    assert.equal(got.serial, created.serial);
    assert.equal(got.cgi, created.cgi);
    assert.equal(got.token, created.token);
    assert.equal(got.customer, created.customer);
    assert.equal(got.created, now);
    assert.equal(got.processed, now + 107);
    assert.deepEqual([got.first, got.second], [now, now + 107]);
    assert.equal(got.updated, got.second_done, 'a finished callback attempt sets updated');

    const read = assertGolden('invoice-public.get.response.json',
      (await api.getPublic(`cpi_${created.serial}`)).expect(200).text, given);
    assert.deepEqual([read.serial, read.cgi, read.token, read.created],
      [created.serial, created.cgi, created.token, now]);

    const byReference = (await api.list({ 'filter[reference_id]': given.reference_id })).expect(200).json;
    assert.deepEqual(byReference.data, [reply.data]);
    assert.deepEqual(byReference.meta, { count: 1, size: 20, before: reply.data.id, after: reply.data.id });
  });

  test('the profile of 2024: create, callback, get', async () => {
    const api = await demo.newAccount({ name: '4Docs', merchant_url: 'https://lets.doc.it', profile: '2024' });
    const now = await api.freeze();
    const given = {
      reference_id: randomUUID(), expires: isoTime(now + 3600), callback_url: `${sink.url}/2024`, origin: server.url,
      account: api.account.id,
    };
    const created = assertGolden('invoice-private-2024.create.response.json',
      (await create(api, given, 'processed@107s')).expect(201).text, given);
    assert.equal(claims(created.token).header, '{"typ":"JWT","alg":"HS256"}');
    assert.equal(claims(created.token).payload, JSON.stringify({ sid: created.cgi, expires: null, exp: now + 3600 }));

    await api.advance(107);
    const known = { ...given, serial: created.serial, cgi: created.cgi, created: now, processed: now + 107 };
    const [, second] = sink.requests.filter(({ path }) => path === '/2024');
    const called = assertGolden('invoice-private-2024.callback.json', second.text, known);
    const got = assertGolden(
      'invoice-private-2024.get.response.json',
      (await api.get(`cpi_${created.serial}`)).expect(200).text,
      known,
    );
    for (const found of [called, got]) {
      assert.deepEqual(
        [found.serial, found.cgi, found.token, found.customer, found.payment, found.created, found.processed],
        [created.serial, created.cgi, created.token, created.customer, created.payment, now, now + 107],
      );
    }
    assert.deepEqual([called.rrn, called.arn, called.card, called.card_reference],
      [got.rrn, got.arn, got.card, got.card_reference]);
    assert.notEqual(got.rrn, got.arn);
    assert.deepEqual([got.first, got.second, got.updated], [now, now + 107, got.second_done]);
  });

  test('the profile of 2024: a bank transfer that failed', async () => {
    const api = await demo.newAccount({ name: '4Docs', merchant_url: 'https://lets.doc.it', profile: '2024' });
    const now = await api.freeze();
    const given = { reference_id: randomUUID(), expires: isoTime(now + 3600), callback_url: null };
    const body = JSON.parse(goldenRequest('invoice-private.create.request.json', given));
    Object.assign(body.data.attributes, { service: 'bank_transfer_usd_hpp', service_fields: { account_number: 'UA213223130000026007233566001' } });
    const { id } = (await api.private('POST', '/payment-invoices',
      { json: body, headers: { 'X-Mock-Outcome': 'process_failed:insufficient_funds@5s' } })).expect(201).data;
    await api.advance(5);
    const { failed } = assertGolden('invoice-private-2024.transfer.get.response.json',
      (await api.get(id)).expect(200).text, { ...given, origin: server.url, account: api.account.id, created: now });
    assert.equal(failed, now + 5);
  });

  test('the profile of 2025: create a refund, get it', async () => {
    const api = await demo.newAccount({ profile: '2025' });
    const now = await api.freeze();
    const { id } = (await create(api, {
      reference_id: randomUUID(), expires: isoTime(now + 3600), callback_url: `${sink.url}/2025`,
    }, 'processed@1s')).expect(201).data;
    await api.advance(1);
    const given = { id, reference_id: 'refund-1' };
    const created = assertGolden('refund-2025.create.response.json',
      (await api.private('POST', `/payment-invoices/${id}/refund`,
        { body: goldenRequest('refund-2025.create.request.json', given), ...json })).expect(201).text, given);
    assert.equal(created.created, now + 1);
    await api.advance(2);
    const read = await api.private('GET', `/refunds/${created.refund}`);
    assertGolden('refund-2025.get.response.json', read.expect(200).text, { ...given, ...created });
    assert.deepEqual((await api.attributes(id)).refunds, [read.data]);
  });

  test('full list of payment invoices: one paid, one timed out', async () => {
    const api = await demo.newAccount({ name: '4Docs', merchant_url: 'https://lets.doc.it' });
    const now = await api.freeze();
    const callback_url = `${sink.url}/list`;
    const old = { reference_id: randomUUID(), expires: isoTime(now + 1800), callback_url };
    const older = (await create(api, old, 'process_pending')).expect(201).data.id;
    await api.advance(1900);
    const fresh = { reference_id: randomUUID(), expires: isoTime(now + 1900 + 1800), callback_url };
    const newer = (await create(api, fresh, 'processed@107s')).expect(201).data.id;
    await api.advance(107);

    const reply = (await api.list()).expect(200);
    const got = assertGolden('invoice-private.list.response.json', reply.text, {
      origin: server.url, callback_url, reference_id_old: old.reference_id, reference_id_new: fresh.reference_id,
      before: older, after: newer,
    });
    assert.equal(`cpi_${got.serial_new}`, newer);
    assert.equal(`cpi_${got.serial_old}`, older);
    assert.deepEqual([got.created_old, got.first_old, got.second_old], [now, now, now + 1800]);
    assert.deepEqual([got.created_new, got.first_new, got.second_new], [now + 1900, now + 1900, now + 2007]);
  });
});

describe('errors', () => {
  test('401', async () => {
    const reply = await demo.send('GET', '/payment-invoices');
    assertGolden('error.401.json', reply.expect(401).text);
  });

  test('404', async () => {
    const reply = await demo.get('cpi_0000000000000000');
    assertGolden('error.404.json', reply.expect(404).text);
  });

  test('405', async () => {
    const reply = await demo.private('DELETE', '/payment-invoices');
    assertGolden('error.405.json', reply.expect(405).text);
  });

  test('422, both APIs', async () => {
    for (const reply of [
      await demo.create({ service: 'payment_card_usd_hpp', currency: 'USD', amount: 0 }),
      await demo.createPublic({ service: 'payment_card_usd_hpp', currency: 'USD', amount: 0 }),
    ]) {
      assertGolden('error.422.json', reply.expect(422).text);
    }
  });

  test('422 in the profile of 2024', async () => {
    const api = await demo.newAccount({ profile: '2024' });
    const reply = await api.create({ service: 'payment_card_usd_hpp', currency: 'USD', amount: 0 });
    assertGolden('error.422-2024.json', reply.expect(422).text);
  });

  test('500 is described as on the page', () => {
    const operation = contract().document.paths['/payment-invoices'].get;
    const response = contract().deref(
      operation.responses['500'] ?? operation.responses['5XX'] ?? operation.responses.default,
    );
    contract().validate('the sample of 500', contract().deref(response.content['application/json']).schema,
      JSON.parse(golden('error.500.json')));
  });
});
