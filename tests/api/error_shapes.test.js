// How an error names its fields: an object in profile 2020, a list in profile 2024 and at the card gate. The status of
// a fault has the same body as a real error with this status.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, describe, test } from 'node:test';
import { Client, invoice } from '../lib/client.js';
import { startServer } from '../lib/server.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);
const NEWER = { profile: '2024' };
const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };
const html = { headers: { Accept: 'text/html' } };

/** The list of profile 2024 with these messages: {place of the field: message}. */
const list = (source, fields) => ({
  errors: Object.entries(fields).map(([where, detail]) => ({
    status: 'Unprocessable Content',
    code: '422',
    title: 'Unprocessable Content',
    detail,
    source: { [source]: where },
  })),
});
const paid = async (api) => {
  const { id } = await api.made({}, hold);
  (await api.transition(id, { status: 'processed' })).expect(200);
  return id;
};
const BLANK = 'This value should not be blank.';
const POSITIVE = 'This value should be greater than 0.';
const INVALID = 'This value is not valid.';

describe('422 in profile 2024', () => {
  test('the private API has a pointer to each field, with or without envelope', async () => {
    const api = await demo.newAccount(NEWER);
    const wrong = { ...invoice({ amount: 0 }), customer: { email: 'a@example.com' } };
    for (const [body, at] of [
      [{ data: { type: 'payment-invoices', attributes: wrong } }, '/data/attributes'],
      [{ data: wrong }, '/data'],
      [wrong, ''],
    ]) {
      const reply = (await api.private('POST', '/payment-invoices', { json: body })).expect(422);
      assert.deepEqual(
        reply.json,
        list('pointer', { [`${at}/customer/reference_id`]: BLANK, [`${at}/amount`]: POSITIVE }),
      );
    }
  });

  test('an invalid outcome in the header', async () => {
    const api = await demo.newAccount(NEWER);
    const reply = (await api.create(invoice(), { headers: { 'X-Mock-Outcome': 'nonsense' } })).expect(422);
    assert.deepEqual(reply.json.errors.map((one) => one.source), [{ header: 'X-Mock-Outcome' }]);
  });

  test('lists name the query parameter', async () => {
    const api = await demo.newAccount(NEWER);
    for (const path of ['/payment-invoices', '/payment-services', '/payout-invoices']) {
      const reply = (await api.private('GET', `${path}?page[size]=0`)).expect(422);
      assert.deepEqual(reply.json, list('parameter', { 'page[size]': INVALID }), path);
    }
  });

  test('refunds: the id is next to the attributes', async () => {
    const api = await demo.newAccount(NEWER);
    const id = await paid(api);
    const json = { data: { type: 'refund', id: 'cpi_other', attributes: { amount: -1 } } };
    const reply = (await api.private('POST', `/payment-invoices/${id}/refund`, { json })).expect(422);
    assert.deepEqual(reply.json.errors.map((one) => one.source.pointer), ['/data/attributes/amount', '/data/id']);
  });

  test('payouts, and errors without a field in the body', async () => {
    const api = await demo.newAccount({ ...NEWER, opening_balances: { USD: 1 } });
    const order = {
      service: 'test_usd',
      currency: 'USD',
      amount: 100,
      fields: { account: '1' },
      options: { auto_process: false },
    };
    const made = (await api.private('POST', '/payout-invoices', { json: { data: { attributes: order } } })).expect(
      201,
    ).data;
    const wrong = { data: { attributes: { ...order, amount: 0 } } };
    const refused = (await api.private('POST', '/payout-invoices', { json: wrong })).expect(422);
    assert.deepEqual(refused.json, list('pointer', { '/data/attributes/amount': POSITIVE }));
    const uncovered = (await api.private('POST', `/payout-invoices/${made.id}/process`)).expect(422);
    assert.deepEqual(uncovered.json.errors.map((one) => one.source), [{ pointer: '/data/attributes/amount' }]);
  });

  test('the public API is flat', async () => {
    const api = await demo.newAccount(NEWER);
    const reply = (await api.createPublic(invoice({ amount: 0 }))).expect(422);
    assert.deepEqual(reply.json, list('pointer', { '/amount': POSITIVE }));
    for (const kind of ['payment', 'payout']) {
      const offers = await api.send('POST', `/public-api/${kind}-prerequest`, {
        json: { public_key: api.account.public_key, currency: '?' },
      });
      assert.deepEqual(
        offers.expect(422).json,
        list('pointer', { '/currency': 'This value is not a valid currency.' }),
      );
    }
  });

  test('forms and links, for JSON clients', async () => {
    const api = await demo.newAccount(NEWER);
    const json = { headers: { Accept: 'application/json' } };
    const fields = { ...invoice({ amount: 0 }), customer: { name: 'A' } };
    assert.deepEqual((await api.createForm(fields, json)).expect(422).json.errors.map((one) => one.source.pointer),
      ['/customer/reference_id', '/amount']);
    const link = new URLSearchParams({
      public_key: api.account.public_key,
      currency: 'USD',
      amount: 0,
      'customer[name]': 'A',
    });
    assert.deepEqual(
      (await api.send('GET', `/hpp/?${link}`, json)).expect(422).json.errors.map((one) => one.source.parameter),
      ['customer[reference_id]', 'amount'],
    );
  });

  test('pages are the same in both profiles', async () => {
    const said = [];
    for (const profile of ['2020', '2024']) {
      const api = await demo.newAccount({ profile });
      const reply = (await api.createForm({ ...invoice({ amount: 0 }), customer: { name: 'A' } }, html)).expect(422);
      said.push(/data-testid="detail"[^>]*>([^<]*)/.exec(reply.text)?.[1] ?? reply.text);
    }
    assert.equal(said[0], said[1]);
    assert.match(
      said[0],
      /customer\.reference_id: This value should not be blank\. amount: This value should be greater than 0\./,
    );
  });

  test('without a known account the format of 2020 applies', async () => {
    assert.deepEqual(
      (await demo.send('POST', '/public-api/payment-invoices', { json: invoice({ amount: 0 }) })).expect(422).json,
      { errors: { public_key: BLANK, amount: POSITIVE } },
    );
    assert.deepEqual(
      (await demo.send('POST', '/public-api/payment-prerequest', { json: { currency: 'USD' } })).expect(422).json,
      { errors: { public_key: BLANK } },
    );
  });

  test('the journal explains both formats', async () => {
    const explained = [];
    for (const profile of ['2020', '2024']) {
      const api = await demo.newAccount({ profile });
      (await api.create({ ...invoice({ amount: 0 }), customer: { name: 'A' } })).expect(422);
      (await api.private('GET', '/payment-invoices?page[size]=0')).expect(422);
      const { items } = (await api.control('GET', '/requests')).expect(200).json;
      explained.push(items.map((one) => one.explain.fields));
    }
    assert.deepEqual(explained[0], explained[1]);
    assert.deepEqual(
      explained[1].map((fields) => Object.keys(fields)),
      [['page[size]'], ['customer.reference_id', 'amount']],
    );
  });
});

describe('422 of the card gate', () => {
  for (const profile of ['2020', '2024']) {
    test(`a list in profile ${profile}`, async () => {
      const api = await demo.newAccount({ profile });
      const { token } = (await api.made({}, hold)).attributes.flow_data.metadata;
      const sale = (attributes) =>
        api.send('POST', '/payment/sale', { auth: `Bearer ${token}`, json: { data: { attributes } } });
      const reply = await sale({ card_number: 'x', cvv: '123', exp_month: '12', exp_year: '30' });
      assert.deepEqual(reply.expect(422).json, list('pointer', { '/data/attributes/card_number': INVALID }));
      await fault(api, 422);
      const injected = await sale({});
      assert.deepEqual(injected.expect(422).json, list('pointer', { '/data/attributes/card_number': INVALID }));
      await fault(api, 409);
      assert.deepEqual((await sale({})).expect(409).json, { errors: [{ status: 'Conflict', code: '409' }] });
    });
  }
});

const fault = async (api, status) =>
  (await api.control('POST', '/faults', { on: 'api', fault: 'status', status, times: 1 })).expect(201);

// The client also checks every response below against schema/openapi.yaml.
describe('the status of a fault', () => {
  test('422: an invalid field in the profile\'s format, in each API', async () => {
    for (const [profile, expected] of [
      ['2020', (at, name) => ({ errors: { [name]: INVALID } })],
      ['2024', (at, name, source = 'pointer') => list(source, { [`${at}${name}`]: INVALID })],
    ]) {
      const api = await demo.newAccount({ profile });
      await fault(api, 422);
      assert.deepEqual((await api.create(invoice())).expect(422).json, expected('/data/attributes/', 'amount'));
      await fault(api, 422);
      assert.deepEqual((await api.createPublic(invoice())).expect(422).json, expected('/', 'amount'));
      await fault(api, 422);
      assert.deepEqual((await api.list()).expect(422).json, expected('', 'page[size]', 'parameter'));
      assert.equal((await api.list()).json.meta.count, 0, 'nothing was made');
    }
  });

  test('409: the earlier payment', async () => {
    const api = await demo.newAccount();
    const body = invoice();
    const made = await api.made(body, hold);
    for (const [repeat, read] of [[(order) => api.create(order), (id) => api.get(id)],
      [(order) => api.createPublic(order), (id) => api.getPublic(id)],
      [(order) => api.createForm(order, { headers: { Accept: 'application/json' } }), (id) => api.getPublic(id)]]) {
      const own = (await repeat(body)).expect(409).json;
      await fault(api, 409);
      const injected = (await repeat(body)).expect(409).json;
      assert.deepEqual(injected, own);
      assert.deepEqual(injected.data, (await read(made.id)).expect(200).data);
      await fault(api, 409);
      assert.deepEqual((await repeat(invoice())).expect(409).json, { errors: [{ status: 'Conflict', code: '409' }] });
    }
    assert.equal((await api.list()).json.meta.count, 1, 'nothing was made');
  });

  test('409: the earlier refund\'s invoice', async () => {
    const api = await demo.newAccount();
    const id = await paid(api);
    const other = await paid(api);
    const refund = (of, attributes) =>
      api.private('POST', `/payment-invoices/${of}/refund`, { json: { data: { type: 'refund', attributes } } });
    const reference_id = randomUUID();
    (await refund(id, { reference_id, amount: 1 })).expect(200);
    await fault(api, 409);
    const injected = (await refund(other, { reference_id, amount: 1 })).expect(409).json;
    assert.equal(injected.data.id, id);
    assert.equal(injected.errors[0].detail, `A refund with reference_id "${reference_id}" exists already.`);
    await fault(api, 409);
    assert.deepEqual((await refund(id, { amount: 1 })).expect(409).json, {
      errors: [{ status: 'Conflict', code: '409' }],
    });
  });

  test('409: the earlier payout', async () => {
    const api = await demo.newAccount();
    const order = {
      reference_id: randomUUID(),
      service: 'test_usd',
      currency: 'USD',
      amount: 1,
      fields: { account: '1' },
      options: { auto_process: false },
    };
    const create = () => api.private('POST', '/payout-invoices', { json: { data: { attributes: order } } });
    const process = (id) => api.private('POST', `/payout-invoices/${id}/process`);
    await fault(api, 409);
    assert.equal((await create()).expect(409).json.data, undefined);
    const { id } = (await create()).expect(201).data;
    await fault(api, 409);
    assert.equal((await create()).expect(409).data.id, id);
    await fault(api, 409);
    assert.equal((await process(id)).expect(409).data.id, id);
  });

  test('other codes: the usual body and headers of the API', async () => {
    const api = await demo.newAccount();
    const own = (await api.private('GET', '/payment-invoices', { auth: 'Basic eA==' })).expect(401);
    await fault(api, 401);
    const injected = (await api.list()).expect(401);
    assert.equal(injected.text, own.text);
    assert.equal(injected.headers['www-authenticate'], own.headers['www-authenticate']);
    assert.ok(own.headers['www-authenticate']);

    const other = (await api.private('DELETE', '/payment-invoices', { check: false })).expect(405);
    await fault(api, 405);
    const refused = (await api.list()).expect(405);
    assert.equal(refused.text, other.text);
    assert.equal(refused.headers.allow, other.headers.allow);

    await fault(api, 404);
    assert.equal(
      (await api.get('cpi_0000000000000000')).expect(404).text,
      '{"errors":[{"status":"Not Found","code":"404"}]}',
    );
    for (const [status, body] of [
      [400, 'Bad Request'],
      [403, 'Forbidden'],
      [413, 'Payload Too Large'],
      [503, 'Service Unavailable'],
    ]) {
      await fault(api, status);
      assert.deepEqual((await api.create(invoice())).expect(status).json, {
        errors: [{ status: body, code: String(status) }],
      });
    }
    await fault(api, 500);
    assert.deepEqual((await api.create(invoice())).expect(500).json, {
      errors: [{ status: 'internal_error', code: '500', title: 'internal_error', detail: 'Internal server error.' }],
    });
  });

  test('a page stays a page', async () => {
    const api = await demo.newAccount(NEWER);
    const { pathname } = new URL((await api.made({}, hold)).attributes.flow_data.action);
    (await api.control('POST', '/faults', { on: 'page', fault: 'status', status: 422, times: 1 })).expect(201);
    const reply = (await demo.send('GET', pathname, { ...html, check: false })).expect(422);
    assert.match(reply.headers['content-type'], /^text\/html/);
    assert.match(reply.text, /Unprocessable Entity/);
  });
});
