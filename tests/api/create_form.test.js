import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { claims, Client, DEMO } from '../lib/client.js';
import { golden } from '../lib/golden.js';
import { startServer } from '../lib/server.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);

const fields = (changes = {}) => ({
  reference_id: randomUUID(), currency: 'USD', amount: '100', service: 'payment_card_usd_hpp', ...changes,
});
const BROWSER = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const JSON_CLIENT = { Accept: 'application/json' };

const byReference = async (api, reference_id) => {
  const { data } = (await api.list({ 'filter[reference_id]': reference_id })).expect(200).json;
  assert.ok(data.length <= 1);
  return data[0];
};

test('the form creates an invoice and redirects the browser to the payment', async () => {
  const inputs = [
    ...golden('invoice-form.create.request.html').matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g),
  ].map(([, name, value]) => [name, value]);
  assert.equal(inputs.length, 8);
  const reference_id = randomUUID();
  const values = { public_key: DEMO.public_key, reference_id, 'customer[reference_id]': 'customer-1' };
  const body = inputs
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(values[name] ?? value)}`)
    .join('&');
  const reply = await demo.send('POST', '/public-api/payment-invoices/process', { form: body, headers: BROWSER });
  const made = await byReference(demo, reference_id);
  reply.expect(302);

  let location = reply.headers.location;
  if (location.includes('/redirect/')) {
    location = (await demo.send('GET', location.slice(server.url.length), { headers: BROWSER })).expect(302).headers
      .location;
  }
  assert.equal(location, made.attributes.flow_data.action);
  const page = (await demo.send('GET', location.slice(server.url.length), { headers: BROWSER })).expect(200);
  assert.match(page.headers['content-type'], /^text\/html/);

  assert.deepEqual([made.attributes.amount, made.attributes.currency], [100, 'USD']);
  assert.equal(made.relationships['payment-service'].data.id, 'paypal_usd_hpp');
  assert.match(made.relationships.customer.data.id, /^cus_/);
  assert.equal(made.attributes.test_mode, true);
});

test('brackets in keys, plus signs and UTF-8 are decoded', async () => {
  const given = fields({
    description: 'Größe + 50% & "more"',
    metadata: { order: '42', 'a b': 'ü' },
    customer: { reference_id: 'c+1', name: 'Zoë Ålund', address: { full_address: 'Main 1', country: 'SE' } },
    return_url: 'http://localhost:3000/back?a=1&b=2',
  });
  (await demo.createForm(given)).expect(302);
  const { attributes } = await byReference(demo, given.reference_id);
  assert.equal(attributes.description, given.description);
  assert.equal(attributes.metadata.order, '42');
  assert.equal(attributes.metadata['a b'], 'ü');
  assert.equal(attributes.return_url, given.return_url);
});

test('a customer reference identifies one customer', async () => {
  const one = fields({ customer: { reference_id: 'same' } });
  const two = fields({ customer: { reference_id: 'same' } });
  (await demo.createForm(one)).expect(302);
  (await demo.createForm(two)).expect(302);
  assert.equal((await byReference(demo, one.reference_id)).relationships.customer.data.id,
    (await byReference(demo, two.reference_id)).relationships.customer.data.id);
});

test('accepts service_fields, a live key and expires in unix seconds; callback_url is ignored', async () => {
  const api = await demo.newAccount();
  const now = await api.freeze();
  const given = fields({
    public_key: api.account.public_live_key, service: 'bank_transfer_usd_hpp',
    service_fields: { account_number: 'UA213223130000026007233566001' },
    expires: String(now + 7200), callback_url: 'http://127.0.0.1:1/never',
  });
  (await api.createForm(given)).expect(302);
  const { attributes } = await byReference(api, given.reference_id);
  assert.equal(attributes.test_mode, false);
  assert.equal(attributes.callback_url, null);
  assert.equal(claims(attributes.flow_data.metadata.token).claims.exp, now + 7200);
});

test('a reference is generated if none is given', async () => {
  const api = await demo.newAccount();
  const given = fields();
  delete given.reference_id;
  (await api.createForm(given)).expect(302);
  const { data } = (await api.list()).json;
  assert.equal(data.length, 1);
  assert.match(data[0].attributes.reference_id, /^[0-9a-f-]{36}$/);
});

test('all invalid fields are named, in JSON or in a page for browsers', async () => {
  const bad = {
    public_key: DEMO.public_key,
    amount: '-5',
    currency: 'USD',
    customer: { name: 'x' },
    return_url: 'nope',
  };
  const wanted = ['amount', 'customer.reference_id', 'return_url', 'service'];
  const json = (await demo.createForm(bad, { headers: JSON_CLIENT })).expect(422);
  assert.match(json.headers['content-type'], /^application\/json/);
  assert.deepEqual(Object.keys(json.json.errors).sort(), wanted);
  const page = (await demo.createForm(bad, { headers: BROWSER })).expect(422);
  assert.match(page.headers['content-type'], /^text\/html/);
  for (const field of wanted) assert.ok(page.text.includes(field), `${field} on the page`);
});

test('the page escapes the values from the browser', async () => {
  const page = await demo.createForm(fields({ service: '<script>alert(1)</script>', currency: '"><img src=x>' }), {
    headers: BROWSER,
  });
  page.expect(422);
  assert.ok(!page.text.includes('<script>alert(1)'));
  assert.ok(!page.text.includes('<img src=x>'));
});

test('key errors', async () => {
  (await demo.createForm(fields({ public_key: 'pk_test_nobody' }), { headers: JSON_CLIENT })).expect(401);
  const page = (await demo.createForm(fields({ public_key: 'pk_test_nobody' }), { headers: BROWSER })).expect(401);
  assert.match(page.headers['content-type'], /^text\/html/);
  const none = await demo.send('POST', '/public-api/payment-invoices/process', {
    form: fields(),
    headers: JSON_CLIENT,
  });
  assert.ok('public_key' in none.expect(422).json.errors);
  const empty = await demo.send('POST', '/public-api/payment-invoices/process', { form: '', headers: JSON_CLIENT });
  assert.deepEqual(Object.keys(empty.expect(422).json.errors).sort(), ['amount', 'currency', 'public_key', 'service']);
});

test('the account can forbid public creation', async () => {
  const api = await demo.newAccount({ public_creation: false });
  (await api.createForm(fields(), { headers: JSON_CLIENT })).expect(403);
});

test('a repeated reference', async () => {
  const given = fields();
  (await demo.createForm(given)).expect(302);
  const again = (await demo.createForm(given, { headers: JSON_CLIENT })).expect(409);
  assert.equal(again.json.errors[0].code, '409');
  assert.equal(again.data.id, (await byReference(demo, given.reference_id)).id);
});

test('only POST is allowed', async () => {
  const reply = (await demo.send('GET', '/public-api/payment-invoices/process', { headers: JSON_CLIENT })).expect(405);
  assert.ok(reply.headers.allow.split(/\s*,\s*/).includes('POST'));
  assert.ok(!reply.headers.allow.split(/\s*,\s*/).includes('GET'));
});

test('malformed bodies are rejected', async () => {
  for (const form of [
    '%',
    '%zz=1',
    '[]=1',
    'a[b',
    'customer=x&customer[reference_id]=y',
    '&&&',
    '=',
    'a[b][c][d][e]=1',
    'a%00b=1',
  ]) {
    const reply = await demo.send('POST', '/public-api/payment-invoices/process', {
      form: `${form}&public_key=${DEMO.public_key}`,
      headers: JSON_CLIENT,
    });
    reply.expect(400, 422);
  }
});
