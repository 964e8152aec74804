// Accounts that show everything that the API can make, for learning the shapes and for comparing with them.

import { randomUUID } from 'node:crypto';
import { invoice, phpForm } from './client.js';

const PENDING = { headers: { 'X-Mock-Outcome': 'process_pending' } };
const CARDS = ['4111111111111111', '5555555555554444', '378282246310005', '6011111111111117', '3530111333300000',
  '4242424242424242', '5519283812030000'];

// What an order may have, and how it ends. The lists have lengths without a common divisor, so that turns combine all.
const ORDERS = [
  {},
  { description: 'Tea', descriptor: 'SHOP', metadata: { order: 1 }, return_url: 'https://example.com/back' },
  { customer: { reference_id: 'c1' }, gateway_options: { cardgate: { tokenize: true } } },
  { return_urls: { success: 'https://example.com/s', fail: 'https://example.com/f', pending: 'https://e.com/p' } },
  { callback: true, metadata: [1, 'two'], options: { bypass_hpp: true } },
  { callback: true, customer: { reference_id: 'c2', name: 'Ada', metadata: { a: 1 }, address: { city: 'London' } } },
  { description: 'Tea', gateway_options: { cardgate: { tokenize: true } } },
];
const OUTCOMES = ['processed@0', 'process_failed:declined@0', 'process_pending', 'processed@0,refunded@0',
  'partially_processed@0'];
const WAYS = ['create', 'createPublic', 'create'];

const VALUES = ['4111111111111111', '12345', 'GB33BUKB20201555555555', 'ada@example.com', 'savings',
  'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq', 'payee@okbank', '+48500123456', 'HDFC0001234'];

/** A value for each required field of a service. */
const fieldsOf = (service) => Object.fromEntries(service.fields.filter(({ required }) => required)
  .map(({ key, regexp, example }) => [key, key === 'status' ? 'success'
    : example ?? VALUES.find((value) => new RegExp(regexp, 'u').test(value))]));

const servicesOf = async (api, kind) =>
  (await api.control('GET', '/services', undefined, { parameters: { kind } })).expect(200).json.items
    .filter(({ usable }) => usable);

const at = (list, n) => list[n % list.length];

/** An order of a service: what it has depends on the turn. */
function orderOf(service, turn, url) {
  const { callback, ...more } = at(ORDERS, turn);
  return {
    reference_id: randomUUID(),
    service: service.service,
    currency: service.currency,
    amount: Math.max(service.amount_min, Math.min(service.amount_max, 10)),
    test_mode: true,
    ...more,
    ...callback && { callback_url: url },
  };
}

/** The same orders once more, by both APIs: what a 409 shows depends on the earlier order. */
async function repeat(api) {
  for (const { attributes } of (await api.list({ 'page[size]': 100 })).expect(200).data) {
    const order = invoice({ reference_id: attributes.reference_id });
    (await api.create(order)).expect(409);
    (await api.createPublic(order)).expect(409);
  }
}

const FLOWS = ['invoice', 'transfer', 'test'];

/** A payment of every service, with the turn's order and outcome, and each of them once more. */
export async function everyPayment(api, url, turn) {
  for (const flow of FLOWS) {
    const change = { method: 'payment_card', currency: 'USD', flow, amount_min: 1, amount_max: 1000 };
    (await api.control('PUT', `/services/payment_card_usd_${flow}`, change)).expect(201);
  }
  for (const [n, service] of (await servicesOf(api, 'payment')).entries()) {
    const order = { ...orderOf(service, n + turn, url), service_fields: fieldsOf(service) };
    const headers = { 'X-Mock-Outcome': at(OUTCOMES, n + turn) };
    const way = at(WAYS, n + turn);
    (await api[way](order, { headers })).expect(201);
  }
  await api.idle();
  await repeat(api);
}

/** A payout of every service; the last ones have no outcome yet. */
export async function everyPayout(api, url, turn) {
  for (const [n, service] of (await servicesOf(api, 'payout')).entries()) {
    const { return_url, return_urls, gateway_options, descriptor, ...order } = orderOf(service, n + turn, url);
    const attributes = {
      ...order,
      fields: n % 5 ? fieldsOf(service) : { ...fieldsOf(service), note: { of: 'the shop', number: 1 } },
      options: { auto_process: true },
    };
    const headers = { 'X-Mock-Outcome': at(['processed@0', 'process_failed@0', 'process_pending'], n + turn) };
    const json = { data: { attributes } };
    (await api.private('POST', '/payout-invoices', { json, headers, check: false })).expect(201);
  }
  await api.idle();
}

/** Cards of every kind, with a holder and without, by a call of the shop; and orders that a link makes. */
export async function everyCard(api) {
  for (const [n, card_number] of CARDS.entries()) {
    for (const holder of [{}, { card_holder: 'ADA LOVELACE' }]) {
      const more = n % 2 ? {} : { gateway_options: { cardgate: { tokenize: true } } };
      const { attributes } = await api.made(more, PENDING);
      const auth = `Bearer ${attributes.flow_data.metadata.token}`;
      const cvv = card_number.startsWith('37') ? '1234' : '123';
      const json = { data: { attributes: { card_number, cvv, exp_month: '12', exp_year: '40', ...holder } } };
      (await api.send('POST', '/payment/sale', { auth, json, check: false })).expect(201);
    }
  }
  for (const more of [{}, { description: 'Tea', reference_id: 'linked' }]) {
    const link = phpForm({ public_key: api.account.public_key, currency: 'USD', amount: 5, ...more });
    (await api.send('GET', `/hpp/?${link}`, { check: false })).expect(302);
  }
  await api.made({ flow: 'verify' }, { headers: { 'X-Mock-Outcome': 'processed@0' } });
  await api.idle();
  await repeat(api);
}

/** Payments and payouts whose callbacks were refused, had no receiver, or wait. */
export async function everyDelivery(api) {
  const refusing = `${api.server.url}/_mock/sink/refusing`;
  (await api.control('PUT', '/sink/refusing', { responses: [500] })).expect(200);
  (await api.control('PATCH', `/accounts/${api.account.id}`, { retry_limit: 1 })).expect(200);
  const service = (await servicesOf(api, 'payout')).find((one) => one.service === 'test_usd');
  const order = async (callback_url) => {
    await api.made({ callback_url }, PENDING);
    const options = { auto_process: true };
    const attributes = { ...orderOf(service, 0), callback_url, fields: { account: '1' }, options };
    const json = { data: { attributes } };
    (await api.private('POST', '/payout-invoices', { json, ...PENDING, check: false })).expect(201);
  };
  await order(refusing);
  await order('http://127.0.0.1:1/nobody');
  (await api.control('POST', '/faults', { on: 'callback', fault: 'drop', times: 2 })).expect(201);
  await order('http://127.0.0.1:1/dropped');
  await api.idle();
  (await api.control('POST', '/faults', { on: 'callback', fault: 'delay', delay: '1h', times: 2 })).expect(201);
  await order(refusing);
  await repeat(api);
}

/** Every status, of payments of this service, with callbacks and without. */
export async function everyStatus(api, url, service, currency, more = {}) {
  const { profile } = (await api.control('GET', `/accounts/${api.account.id}`)).expect(200).json.settings;
  const { items } = (await api.send('GET', '/_mock/statuses')).expect(200).json;
  const known = items.filter(({ kinds, profiles }) => kinds.includes('payment') && profiles.includes(profile));
  for (const { status } of known) {
    for (const callback_url of [url, undefined]) {
      const flow = status === 'verify_failed' ? { flow: 'verify' } : {};
      const { id } = await api.made({ service, currency, amount: 10, callback_url, ...flow, ...more }, PENDING);
      (await api.transition(id, { status, force: true })).expect(200);
    }
  }
  await api.idle();
}

const FAULTS = [403, 413, 415, 429, 500, 502, 503];

/** The refusals that an account without invoices can show. */
export async function everyRefusal(api) {
  const fault = async (more) =>
    (await api.control('POST', '/faults', { on: 'api', fault: 'status', times: 1, ...more })).expect(201);
  for (const status of FAULTS) {
    for (const more of [{}, { retry_after: 1 }]) {
      await fault({ status, ...more });
      await api.list({}, { check: false });
      await fault({ status, ...more });
      await api.prerequest({ currency: 'USD' }, { check: false });
    }
  }
  (await api.list({ 'filter[status]': 'sleeping' })).expect(400);
  (await api.private('POST', '/payment-invoices', { body: '{', check: false })).expect(400, 415);
}

/** Offers of every currency, also of one that has none. */
export async function everyOffer(api) {
  const currencies = new Set((await servicesOf(api, 'payment')).map(({ currency }) => currency));
  const { public_key } = api.account;
  for (const currency of [...currencies, 'XAF']) {
    await api.prerequest({ currency });
    for (const amount of [undefined, 20])
      await api.send('POST', '/public-api/payout-prerequest', { json: { public_key, currency, amount } });
  }
}

/** Settings of accounts that bodies show. */
export const SETTINGS = [
  {},
  { website: 'https://example.com', icon: 'https://example.com/i.svg', merchant_url: 'https://example.com/shop' },
  { name: null, description: null, website: null, icon: null, payment_fee_shift_out: true },
];
export const STATES = ['new', 'inactive', 'moderation_requested', 'moderation_pending', 'archived'];

// ------------------------------------------------------------------ what was answered

const READS = /^\/(?:public-api\/)?(?:payment|payout)-(?:invoices|services)\/(?!process$)[^/]+$/;
const LISTED = new Set(['GET /payment-invoices', 'GET /payment-invoices/{id}', 'GET /public-api/payment-invoices/{id}',
  'GET /payout-invoices', 'GET /payout-invoices/{id}', 'GET /public-api/payout-invoices/{id}',
  'POST /payment-invoices', 'POST /public-api/payment-invoices', 'POST /public-api/payment-prerequest',
  'POST /payout-invoices', 'POST /public-api/payout-prerequest']);

/** The document that a reply belongs to, or undefined. */
function nameOf(method, target, status) {
  const [path] = target.split('?');
  if (path.startsWith('/_mock') || path.startsWith('/payment/') || path.startsWith('/hpp')) return undefined;
  if (status >= 400) return `${path.startsWith('/public-api') ? 'public' : 'private'} ${status}`;
  const pattern = READS.test(path) ? path.replace(/[^/]+$/, '{id}') : path;
  const name = `${method} ${pattern}`;
  return LISTED.has(name) ? name : undefined;
}

/** Keeps what the client gets from now on: a list of {as, headers, text}. */
export function record(api) {
  const kept = [];
  const send = api.send.bind(api);
  api.send = async (method, target, options) => {
    const reply = await send(method, target, options);
    const name = nameOf(method, target, reply.status);
    const json = /json/.test(reply.headers['content-type'] ?? '');
    const headers = Object.keys(reply.headers);
    if (name && json) kept.push({ as: `${reply.status} ${name}`, headers, text: reply.text });
    return reply;
  };
  return kept;
}
