// Runs `milkypay-mock compare`, and fills an account with invoices of every kind, so that its shapes can be learned.

import { randomUUID } from 'node:crypto';
import { DEMO, invoice } from './client.js';
import { runBinary } from './server.js';

/** Runs the command with these arguments: {code, stdout, stderr}. */
export const compare = (args, { key, ...options } = {}) =>
  runBinary(['compare', ...args], { env: key ? { MILKYPAY_COMPARE_API_KEY: key } : {}, ...options });

/** The arguments that name an account of a server. */
export const against = (server, account = DEMO) => [
  '--against', server.url, '--account-id', account.id, '--public-key', account.public_key,
];

/** Compares an account and returns the exit status and the JSON result. */
export async function compareAccount(server, account = DEMO, args = []) {
  const all = [...against(server, account), '--format', 'json', ...args];
  const { code, stdout, stderr } = await compare(all, { key: account.api_key });
  return { code, stderr, stdout, result: stdout ? JSON.parse(stdout) : undefined };
}

const CUSTOMER = {
  reference_id: 'c1',
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  phone: '+441234567890',
  metadata: { level: 1 },
  address: { street: 'Main 1', country: 'GB', region: 'L', city: 'London', full_address: 'Main 1', post_code: '1' },
};
const FULL = {
  description: 'Everything',
  descriptor: 'SHOP',
  metadata: { order: 1 },
  customer: CUSTOMER,
  return_url: 'https://example.com/back',
  return_urls: { success: 'https://example.com/s', fail: 'https://example.com/f', pending: 'https://example.com/p' },
};
const MINIMAL = {};
const FLOWS = ['invoice', 'transfer', 'test'];
const profileOf = async (api) => (await api.control('GET', `/accounts/${api.account.id}`)).expect(200)
  .json.settings.profile;
async function statuses(api, kind) {
  const profile = await profileOf(api);
  return (await api.send('GET', '/_mock/statuses')).expect(200).json.items
    .filter(({ kinds, profiles }) => kinds.includes(kind) && profiles.includes(profile)).map(({ status }) => status);
}

const createPayout = async (api, more) => {
  const attributes = {
    reference_id: randomUUID(),
    service: 'test_usd',
    currency: 'USD',
    amount: 10,
    test_mode: true,
    fields: { account: '42' },
    options: { auto_process: false },
    ...more,
  };
  const json = { data: { type: 'payout-invoices', attributes } };
  return (await api.private('POST', '/payout-invoices', { json, check: false })).expect(201).data;
};

async function payments(api, callbackUrl) {
  const headers = { 'X-Mock-Outcome': 'process_pending' };
  for (const status of await statuses(api, 'payment')) {
    for (const more of [FULL, MINIMAL]) {
      const flow = status === 'verify_failed' ? 'verify' : 'charge';
      const callback_url = more === FULL ? callbackUrl : undefined;
      const made = await api.made({ ...more, flow, callback_url }, { headers });
      (await api.transition(made.id, { status, force: true })).expect(200);
    }
  }
  for (const service of ['bitcoin_btc_hpp', 'paypal_usd_hpp', 'applepay_usd_hpp']) {
    await api.create(invoice({ service, currency: service === 'bitcoin_btc_hpp' ? 'BTC' : 'USD', amount: 1 }),
      { headers });
  }
  for (const flow of FLOWS) {
    const service = `payment_card_usd_${flow}`;
    const change = { method: 'payment_card', currency: 'USD', flow, amount_min: 1, amount_max: 1000 };
    (await api.control('PUT', `/services/${service}`, change)).expect(201);
    await api.made({ ...FULL, service }, { headers });
  }
  for (const resolution of ['declined', 'insufficient_funds']) {
    await api.made(FULL, { headers: { 'X-Mock-Outcome': `process_failed:${resolution}@0ms` } });
  }
  const { id } = await api.made({ ...FULL, callback_url: `${callbackUrl}/retried` }, { headers });
  (await api.pay(id, { card_number: '4200000000000000', expiry: '1230', cvv: '123', holder: 'ADA' })).expect(200);
  await api.made({ ...FULL, flow: 'verify' }, { headers: { 'X-Mock-Outcome': 'processed@0ms' } });
  await api.made({ ...MINIMAL, callback_url: callbackUrl }, { headers: { 'X-Mock-Outcome': 'processed@0ms' } });
}

/** What only the newer profiles show: amounts of a conversion, and refunds as resources. */
async function newer(api, callback_url) {
  const headers = { 'X-Mock-Outcome': 'processed@0' };
  const target = `/accounts/${api.account.id}`;
  (await api.control('PATCH', target, { convert_currency: true })).expect(200);
  await api.made({ ...FULL, callback_url, service: 'payment_card_eur_hpp', currency: 'USD' }, { headers });
  (await api.control('PATCH', target, { convert_currency: false })).expect(200);
  const { id } = await api.made({ ...FULL, callback_url }, { headers });
  await api.reach(id, 'processed');
  for (const description of ['half', undefined]) {
    const attributes = { amount: 1, reference_id: randomUUID(), description };
    const json = { data: { type: 'refund', attributes } };
    (await api.private('POST', `/payment-invoices/${id}/refund`, { json, headers: { 'X-Mock-Outcome': 'refunded@0' } }))
      .expect(200, 201);
    await api.wait({ invoice: id, status: 'partially_refunded' });
    await api.idle();
  }
}

async function payouts(api) {
  for (const status of await statuses(api, 'payout')) {
    for (const more of [{ description: 'x', metadata: { a: 1 }, customer: CUSTOMER }, MINIMAL]) {
      const { id } = await createPayout(api, more);
      const target = `/payout-invoices/${id}/transition`;
      (await api.control('POST', target, { status, force: true }, { check: false })).expect(200);
    }
  }
}

/** An account with invoices in every status, with and without optional fields and callbacks. */
export async function everyKind(api, callbackUrl) {
  await payments(api, callbackUrl);
  await payouts(api);
  if (await profileOf(api) !== '2020') await newer(api, callbackUrl);
  await api.idle();
  const later = { on: 'callback', fault: 'delay', delay: '1h', times: 1 };
  (await api.control('POST', '/faults', later)).expect(201);
  await api.made({ ...FULL, callback_url: callbackUrl }, { headers: { 'X-Mock-Outcome': 'process_pending' } });
}
