// Every refusal of the platform's endpoints says why in X-Mock-Reason.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { basic, Client, DEMO, invoice } from '../lib/client.js';
import { startServer } from '../lib/server.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);

const reason = (reply) => reply.headers['x-mock-reason'];

/** The reason of a reply: one line of ASCII that the journal repeats. */
async function why(api, reply, status, wanted) {
  reply.expect(status);
  const text = reason(reply);
  assert.match(text ?? 'none', wanted);
  assert.match(text, /^[ -~]{1,256}$/);
  const { items } = (await api.control('GET', '/requests', undefined, { parameters: { limit: 1 } })).expect(200).json;
  assert.equal(items[0].explain.message, text);
  return text;
}

describe('X-Mock-Reason', () => {
  test('of a login says what was sent instead, and what to send', async () => {
    const api = await demo.newAccount();
    const { account } = api;
    for (const [auth, wanted] of [
      [undefined, /no Authorization was sent; send Authorization: Basic base64\(account id:API key\)/],
      [`Bearer ${account.api_key}`, /not Basic .*; send/],
      [basic('coma_0000000000000000', 'x'), /no account has the login as its id: coma_0000000000000000; GET/],
      [basic(account.api_key, ''), /the login is a key/],
      [basic(account.id, 'x'), /the password is not its API key: coma_/],
      ...['', 'undefined', 'null', 'None', '$MILKYPAY_ACCOUNT_ID'].map((unset) =>
        [basic(unset, account.api_key), /^the login is empty, undefined, .*; set the account's id .* MILKYPAY_ACCOUNT_ID$/]),
      [basic(account.id, 'undefined'), /its API key is empty, undefined, .*: coma_.*; set the key .* MILKYPAY_API_KEY$/],
      [basic(account.id, ''), /its API key is empty, undefined/],
      [basic(`"${account.id}"`, account.api_key), /^a blank, a line end or a quote was sent around the account's id; trim it/],
      [basic(account.id, `${account.api_key} `), /a blank, a line end or a quote was sent around its API key: coma_.*; trim/],
      [basic(account.id, `\t${account.api_key}\r\n`), /a blank, a line end or a quote/],
      [basic(account.id, `'${account.api_key}'`), /a blank, a line end or a quote/],
      [basic(account.id, account.public_key), /a public key was sent/],
      [basic(account.id, account.secret_key), /a secret key was sent .*; secret keys only sign callbacks/],
      [basic(account.id, DEMO.api_key), /belongs to another account/],
      ...['\n', '/', ';', ' ', ''].map((joint) => [basic(`${account.id}${joint}${account.api_key}`, ''),
        /^no account has the login as its id: coma_\w{16} and more; join the account's id and its API key with one colon$/]),
      [basic(`coma_0000000000000000;${account.api_key}`, ''), /^no account has the login as its id; GET/],
      [basic(account.id, 'x'.repeat(5000)), /the password is not its API key: coma_/],
    ]) {
      const reply = await api.send('GET', '/payment-services', { auth });
      const text = await why(demo, reply, 401, wanted);
      for (const key of [account.api_key, account.secret_key, DEMO.api_key]) assert.ok(!text.includes(key));
    }
    assert.ok(!server.stderr.includes(account.api_key));
  });

  test('of a public key says which key it is', async () => {
    const api = await demo.newAccount();
    for (const [key, wanted] of [
      ['pk_test_nobody', /no account has this public key/],
      ['$PUBLIC_KEY', /^the public key is empty, undefined, null or the name of a variable; set it .* MILKYPAY_PUBLIC_KEY$/],
      [`"${api.account.public_key}"`, /a quote was sent around the public key; trim it/],
      [api.account.id, /^an account's id was sent as the public key; send the account's pk_test_/],
      [api.account.secret_key, /a secret key was sent as the public key/],
      [api.account.api_key, /an API key was sent as the public key/],
    ]) {
      const created = await api.createPublic(invoice({ public_key: key }));
      assert.ok(!(await why(demo, created, 401, wanted)).includes(key));
      assert.equal(created.headers['access-control-expose-headers'], 'X-Mock-Reason');
      await why(demo, await api.prerequest({ public_key: key, currency: 'USD' }), 401, wanted);
    }
    const made = await api.made();
    const path = `/public-api/payment-invoices/${made.id}?public_key=${api.account.secret_key}`;
    await why(demo, await api.send('GET', path), 401, /a secret key was sent/);
    const sale = { json: {}, headers: { Authorization: 'Bearer x.y.z' } };
    await why(demo, await api.send('POST', '/payment/sale', sale), 401, /the token of the card session/);
  });

  test('of a call to the other API names the base URL', async () => {
    const api = await demo.newAccount();
    const body = JSON.stringify({ public_key: api.account.public_key, ...invoice() });
    await why(demo, await demo.send('POST', '/payment-invoices', { body }), 401,
      /^no Authorization was sent, only a public_key, .*: its base URL ends in \/public-api; for the private API, send/);
    const wanted = /^public_key: .*\(and \d more\); an order with Authorization or data goes to the private API: its base URL has no/;
    const json = { data: { attributes: invoice() } };
    await why(demo, await demo.send('POST', '/public-api/payment-invoices', { json }), 422, wanted);
    const auth = basic(api.account.id, api.account.api_key);
    const own = (await demo.send('POST', '/public-api/payment-invoices', { json: invoice(), auth })).expect(422);
    assert.match(reason(own), /; an order with Authorization or data goes to the private API/);
    const { public_key, ...order } = invoice();
    const bearer = { Authorization: `Bearer ${demo.account.public_key}` };
    await why(demo, await demo.send('POST', '/public-api/payment-invoices', { json: order, headers: bearer, auth: null }), 422,
      /^public_key: .*; Authorization has the public key: it is the field public_key$/);
    await why(demo, await demo.send('GET', '/hpp/', { auth }), 422, /^public_key: .*; it takes the account's pk_test_/);
    const keyless = (await demo.send('POST', '/public-api/payment-invoices', { json: order })).expect(422);
    assert.match(reason(keyless), /; it takes the account's pk_test_/);
  });

  test('of a path or a method names the nearest', async () => {
    for (const [method, path, status, wanted] of [
      ['POST', '/payment-invoice', 404, /no such path; the nearest is POST \/payment-invoices$/],
      ['POST', '/v1/invoices', 404, /the nearest is POST \/payment-invoices$/],
      ['GET', '/v1/payouts', 404, /the nearest is GET \/payout-invoices$/],
      ['POST', '/login', 404, /^there is no such path; GET \/_mock\/docs\/endpoints lists all paths$/],
      ['POST', '/publicapi/payment-invoices', 404, /the nearest is POST \/public-api\/payment-invoices$/],
      ['POST', '/privateapi/payment-invoices', 404, /the nearest is POST \/payment-invoices$/],
      ['PUT', '/payment-services/x', 405, /other methods; the nearest is GET \/payment-services\/\{id\}/],
      ['GET', '/a%2fb', 404, /the path cannot be read/],
    ]) await why(demo, await demo.send(method, path, { check: false }), status, wanted);
  });

  test('of a wrong field says what it takes', async () => {
    const api = await demo.newAccount();
    await why(api, await api.create(invoice({ flow: 'x', amount: -1 })), 422, /^(flow|amount): .*\(and 1 more\)/);
    await why(api, await api.create(invoice({ flow: 'x' })), 422, /^flow: .*; it takes one of charge, verify$/);
    await why(api, await api.createPublic(invoice({ service: 'x' })), 422, /^service: Service does not exist; it takes/);
    const code = 'payment_card_uds_hpp';
    const near = /^service: Service does not exist; did you mean the service payment_card_usd_hpp\?$/;
    await why(api, await api.create(invoice({ service: code })), 422, near);
    const currency = /^service: Service does not match currency USDD; did you mean the currency USD\?$/;
    await why(api, await api.create(invoice({ currency: 'USDD' })), 422, currency);
    await why(api, await api.create(invoice({ currency: 'EUR' })), 422, /match currency EUR; it takes a service/);
    await why(api, await api.create(invoice({ token: 'A'.repeat(32) })), 422, /^token: .*; it takes payload\.token of an earlier/);
    const hidden = await api.create(invoice({ service: '4111111111111111', currency: '4111111111111111' }));
    assert.ok(!reason(hidden).includes('4111111111111111'));
  });

  test('of an unknown header of the mock names the nearest', async () => {
    const api = await demo.newAccount();
    const created = await api.create(invoice(), { headers: { 'X-Mock-Outcom': 'process_failed' } });
    await why(api, created, 400, /^there is no such X-Mock- header: X-Mock-Outcom; did you mean X-Mock-Outcome\?$/);
    const public_key = api.account.public_key;
    const other = await api.createPublic(invoice({ public_key }), { headers: { 'x-mock-status': 'expired' } });
    await why(api, other, 400, /^there is no such X-Mock- header: x-mock-status; the outcome is in X-Mock-Outcome$/);
    const repeated = { headers: { 'X-Mock-Reason': 'of an earlier reply', 'x-mock-token': 'none' } };
    (await api.create(invoice(), repeated)).expect(201);
  });

  test('of a missing field names the one that was sent instead', async () => {
    const api = await demo.newAccount();
    const { amount, ...order } = invoice();
    await why(api, await api.create({ ...order, amout: amount }), 422,
      /^amount: .*blank\.; the field amout is unknown and has no effect; did you mean amount\?$/);
  });

  test('of fields outside of data.attributes says where they must stand', async () => {
    const api = await demo.newAccount();
    const attributes = invoice();
    for (const [body, wanted] of [
      [{ data: { attribute: attributes } }, 'the field data\\.attribute is unknown and has no effect; did you mean attributes\\?'],
      [{ date: { attributes } }, 'the field date is unknown and has no effect; did you mean data\\?'],
      [{ attributes }, 'the field attributes has no effect: it must stand in data'],
      [{ data: [{ attributes }] }, 'data is no object with attributes, so it has no effect'],
      [{ data: JSON.stringify({ attributes }) }, 'data is no object with attributes, so it has no effect'],
      [{ data: { attributes: [] } }, 'data\\.attributes is no object, so it has no effect'], // an empty array of PHP
      [{ data: { attributes: JSON.stringify(attributes) } }, 'data\\.attributes is no object, so it has no effect'],
      [{ attributes: [attributes] }, 'the field attributes has no effect: it must stand in data'],
    ]) {
      const refused = await api.private('POST', '/payment-invoices', { json: body, check: false });
      await why(api, refused, 422, new RegExp(`blank\\. \\(and 2 more\\); ${wanted}$`));
    }
  });

  test('of several mistyped fields names all, in a body as in a form', async () => {
    const api = await demo.newAccount();
    const { amount, currency, ...rest } = invoice();
    const typed = { ...rest, amuont: amount, curency: currency };
    const both = '2 fields are unknown and have no effect: amuont \\(did you mean amount\\?\\), curency \\(did you mean currency\\?\\)$';
    const wanted = new RegExp(`^currency: .*blank\\. \\(and 1 more\\); ${both}`);
    const pay = (public_key) => api.send('POST', '/public-api/payment-invoices/process', {
      check: false, headers: { Accept: 'application/json' },
      form: { [public_key]: api.account.public_key, ...typed, submit: 'Pay' } });
    await why(api, await api.create(typed), 422, wanted);
    await why(api, await api.createPublic(typed), 422, wanted);
    await why(api, await pay('public_key'), 422, wanted);
    const query = new URLSearchParams({ public_key: api.account.public_key, ...typed });
    await why(api, await api.send('GET', `/hpp/?${query}`, { check: false }), 422, wanted);
    await why(demo, await pay('pubic_key'), 422, /3 fields are .*: pubic_key \(did you mean public_key\?\), amuont /);
    const customer = { refrence_id: 'c', adress: {} };
    const nested = { ...invoice(), customer, return_urls: { pendng: 'http://127.0.0.1/' } };
    await why(api, await api.create(nested), 422,
      /3 fields .*: customer\.refrence_id \(.*\), customer\.adress \(did you mean address\?\), return_urls\.pendng \(/);
  });

  test('of so many mistyped fields that they do not fit counts the others', async () => {
    const api = await demo.newAccount();
    const names = Array.from({ length: 20 }, (_, i) => `amount${String.fromCharCode(97 + i)}`);
    const { amount, ...rest } = invoice();
    await why(api, await api.create({ ...rest, ...Object.fromEntries(names.map((n) => [n, 1])) }), 422,
      /; 20 fields are .*: amounta \(did you mean amount\?\), .* \(did you mean amount\?\) and 15 more$/);
  });

  test('of several unknown headers of the mock names all', async () => {
    const api = await demo.newAccount();
    const headers = { 'X-Mock-Outcom': 'x', 'X-Mock-Pace': 'x' };
    const known = 'X-Mock-Outcome';
    const wanted = new RegExp(`: X-Mock-Outcom .did you mean ${known}\\?., X-Mock-Pace .the outcome is in ${known}.$`);
    await why(api, await api.create(invoice(), { headers }), 400, wanted);
  });

  test('of what the account does not have or allow', async () => {
    const api = await demo.newAccount({ public_creation: false });
    await why(api, await api.get('cpi_0000000000000000'), 404,
      /^the account has no payment invoice with this id; GET \/payment-invoices lists the account's ids$/);
    await why(api, await api.createPublic(invoice()), 403, /switched off; PATCH .* public_creation true/);
    await why(api, await api.private('POST', '/payment-invoices', { body: '{"data":' }), 400, /./);
    for (const [body, wanted] of [['service=a&amount=1', /^the body must be JSON, not a form .*line 1/],
      ['', /^the body must be JSON: it is empty$/], ['[1]', /^the body must be a JSON object$/],
      [JSON.stringify('{"data":{}}'), /^the body must be a JSON object, not a text: it may be encoded twice$/]]) {
      await why(api, await api.private('POST', '/payment-invoices', { body }), 400, wanted);
    }
    const { id } = await api.made();
    const refund = { json: { data: { type: 'refund', id, attributes: {} } } };
    await why(api, await api.private('POST', `/payment-invoices/${id}/refund`, refund), 409,
      new RegExp(`nothing of it can be refunded now; wait .* /_mock/wait\\?invoice=${id}&status=processed$`));
    await why(demo, await api.send('GET', '/hpp/cgi_none', { check: false }), 404, /^no payment has this session; use the link/);
    await why(demo, await api.send('GET', '/redirect/hpp/', { check: false }), 404, /^the link has no cpi; use the link/);
    await why(demo, await api.send('GET', '/redirect/hpp/?cpi=x', { check: false }), 404, /^there is no payment with the id in cpi; /);
    await why(demo, await api.send('GET', '/', { check: false }), 404, /dashboard/);
    await why(api, await api.private('GET', '/refunds/re_1'), 404, /^refunds are .* 2025 only; PATCH/);
    await why(api, await api.private('GET', '/payment-services/x'), 404, /^there is no service .*; GET /);
    await why(api, await api.private('GET', '/payment-exchange-rates/ABC/USD'), 404, /^there is no exchange rate of ABC to USD; /);
    await why(api, await api.private('GET', '/payment-invoices?page[size]=x'), 422, /^page\[size\]: .*; it takes a whole number/);
    await why(api, await api.private('GET', '/payment-invoices?page[after]=x'), 422, /; it takes the id of an invoice/);
    const order = invoice({ service: 'bank_transfer_usd_hpp' });
    await why(api, await api.private('POST', '/payment-invoices', { json: order }), 422,
      /; it takes what fields of GET \/payment-services says$/);
    const payout = { service: 'test_usd', currency: 'USD', amount: 9999999, fields: { account: '1' },
      options: { auto_process: true } };
    await why(api, await api.private('POST', '/payout-invoices', { json: payout }), 422, /available balance\.; GET \/account\/balances/);
  });

  test('of an id that belongs to another account, or is of another kind, says so', async () => {
    const [api, other] = [await demo.newAccount({ profile: '2025' }), await demo.newAccount({ profile: '2025' })];
    const { id } = await api.made('processed@0');
    await api.wait({ invoice: id, status: 'processed' });
    const refund = { json: { amount: 1, reference_id: 'r' } };
    const { json: { data } } = (await api.private('POST', `/payment-invoices/${id}/refund`, refund)).expect(201);
    const owner = new RegExp(`^it belongs to the account ${api.account.id}, not to ${other.account.id}; call with the keys`);
    await why(other, await other.get(id), 404, owner);
    await why(other, await other.private('POST', `/payment-invoices/${id}/refund`, refund), 404, owner);
    await why(other, await other.private('GET', `/refunds/${data.id}`), 404, owner);
    await why(other, await other.private('GET', '/refunds/none'), 404, /^the account has no refund with this id; /);
    const path = `/public-api/payment-invoices/${id}?public_key=${other.account.public_key}`;
    await why(other, await other.send('GET', path), 404, owner);
    await why(api, await api.private('GET', `/payout-invoices/${id}`), 404, /^it is a payment invoice; call \/payment-invoices\/\{id\}$/);
    await why(api, await api.private('POST', `/payout-invoices/${id}/process`), 404, /^it is a payment invoice/);
  });

  test('of a repeated order is the reference that it repeats', async () => {
    const api = await demo.newAccount({ profile: '2025' });
    const order = invoice({ reference_id: 'order-1' });
    const { id } = (await api.create(order)).expect(201).data;
    await why(api, await api.create(order), 409, /^A payment invoice with reference_id "order-1" exists already; data has it: go on with that one, or send another/);
    await why(api, await api.createPublic(order), 409, /"order-1" exists already/);
    await api.wait({ invoice: id, status: 'processed' });
    const refund = { json: { amount: 1, reference_id: 'back-1' } };
    (await api.private('POST', `/payment-invoices/${id}/refund`, refund)).expect(201);
    await why(api, await api.private('POST', `/payment-invoices/${id}/refund`, refund), 409, /"back-1" exists already; for another refund send/);
    const payout = { service: 'test_usd', currency: 'USD', amount: 1, reference_id: 'p-1', fields: { account: '1' },
      options: { auto_process: true } };
    const { json } = (await api.private('POST', '/payout-invoices', { json: payout })).expect(201);
    await why(api, await api.private('POST', '/payout-invoices', { json: payout }), 409, /"p-1" exists already/);
    await why(api, await api.private('POST', `/payout-invoices/${json.data.id}/process`), 409, /cannot be processed; only a created one .* create another$/);
  });

  test('of an account that is not active says how to activate it', async () => {
    const api = await demo.newAccount({ status: 'inactive' });
    await why(api, await api.create(invoice()), 403, /not active; PATCH .* status active/);
  });

  test('hides a card number wherever it stands, also in the log', async () => {
    const card = '4111111111111111';
    for (let n = 150; n < 260; n += 3) {
      const auth = basic(`coma_${'a'.repeat(n)} ${card}`, 'x');
      assert.doesNotMatch(reason((await demo.send('GET', '/payment-services', { auth })).expect(401)), /4111111/);
    }
    const body = `{"a":1} ${card}`;
    assert.doesNotMatch(reason((await demo.private('POST', '/payment-invoices', { body })).expect(400)), /4111111/);
    const own = await startServer();
    await new Client(own).send('GET', `/nowhere/${card}`, { check: false });
    await own.stop();
    assert.ok(!own.stderr.includes(card));
    assert.match(own.stderr, /refused .*411111\*{6}1111/);
  });

  test('of an injected fault is its id', async () => {
    const api = await demo.newAccount();
    const { id } = (await api.control('POST', '/faults', { on: 'api', fault: 'status', status: 503, times: 1 })).expect(201).json;
    await why(api, await api.list(), 503, new RegExp(`^the fault ${id} \\(status\\) answers instead; DELETE`));
    assert.equal(reason((await api.list()).expect(200)), undefined);
  });

  test('is not in the replies of the control API, which say it in their body', async () => {
    assert.equal(reason((await demo.send('GET', '/_mock/nothing', { check: false })).expect(404)), undefined);
  });

  test('is logged if the set-up is wrong', async () => {
    const own = await startServer();
    const api = new Client(own);
    (await api.send('GET', '/payment-invoices')).expect(401);
    (await api.send('GET', '/payment-invoice', { check: false })).expect(404);
    (await api.send('GET', '/payment-invoices%2F', { check: false })).expect(404);
    (await api.get('cpi_0000000000000000')).expect(404);
    (await api.create(invoice({ amount: -1 }))).expect(422);
    await own.stop();
    const logged = own.stderr.split('\n').filter((line) => line.includes('refused'));
    assert.equal(logged.length, 3);
    assert.match(logged[0], /warn.*401.*\/payment-invoices.*no Authorization was sent/);
    assert.match(logged[2], /warn.*404.* path=\/payment-invoices%2F .*the path cannot be read/);
  });
});
