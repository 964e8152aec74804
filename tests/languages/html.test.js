// The Nu checker, which needs Java, finds nothing in the pages as the server sends them.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Client, query } from '../lib/client.js';
import { RUN, rendered } from '../lib/rehearsal_run.js';
import { startServer, tempDir } from '../lib/server.js';
import { ROOT } from '../lib/docs.js';
import { run } from './languages.js';

const CHECKER = createRequire(import.meta.url).resolve('vnu-jar/build/dist/vnu.jar');
const HTML = { headers: { Accept: 'text/html' } };
const WAITING = { headers: { 'X-Mock-Outcome': 'process_pending' } };
const CARD = { card_number: '5519283812030000', expiry: '1230', cvv: '123' };
const DECLINED = { ...CARD, card_number: '4302912837020000', expiry: '0529' };

const server = await startServer();
const locked = await startServer({ args: ['--control-token', 'secret'] });
after(() => Promise.all([server.stop(), locked.stop()]));
const demo = new Client(server);

const read = async (path, host = demo) => (await host.send('GET', path, { ...HTML, check: false })).text;

/** The page of an order, after `then`; `more` is a query of the page. */
async function page(attributes, then = () => {}, { settings = {}, more = '' } = {}) {
  const api = await demo.newAccount({ name: '4Docs', return_url: 'http://127.0.0.1/back', ...settings });
  const made = await api.made(attributes, WAITING);
  await then(api, made.id);
  return read(`${new URL(made.attributes.flow_data.action).pathname}${more}`);
}

/** The page after its form was sent. */
async function sent(attributes, fields) {
  const api = await demo.newAccount();
  const { attributes: made } = await api.made(attributes, WAITING);
  const path = new URL(made.flow_data.action).pathname;
  const csrf = /name="csrf" value="([^"]+)"/.exec(await read(path))[1];
  const form = new URLSearchParams({ csrf, ...fields }).toString();
  const reply = await demo.send('POST', path, { ...HTML, form, check: false });
  return reply.headers.location ? read(reply.headers.location) : reply.text;
}

const TRANSFER = { service: 'bank_transfer_eur_hpp', currency: 'EUR',
  service_fields: { account_number: 'UA213223130000026007233566001' } };

/** Each page that the server writes, by name: what tells that it is this page, and how to get it. */
const PAGES = {
  card: ['pay', () => page({})],
  'card, filled in': ['value="5519', () => page({}, undefined, { more: '?card=2' })],
  'card, wrong': ['error-holder', () => sent({}, { action: 'pay', card_number: '1', expiry: '1', cvv: '1', holder: 'N'.repeat(51) })],
  'card with fields': ['field-cpf_number', () => page({ service: 'payment_card_brl_hpp', currency: 'BRL' })],
  'card in its merchant’s look': ['data-theme="dark"', () => page({ gateway_options: { cardgate: { theme: 'dark' } } })],
  declined: ['retry-note', () => page({}, (api, id) => api.pay(id, DECLINED))],
  cancelled: ['pay-after-all', () => sent({}, { action: 'cancel' })],
  challenge: ['challenge-form', () => sent({}, { action: 'pay', ...CARD, card_number: '5123817234060000' })],
  paid: ['data-status="processed"', () => page({}, (api, id) => api.pay(id, CARD))],
  failed: ['data-resolution="insufficient_funds"',
    () => page({}, (api, id) => api.pay(id, DECLINED), { settings: { attempt_limit: 1 } })],
  pending: ['check-again', () => page({}, undefined, { more: '?done=1' })],
  refunded: ['partially_refunded', () => page({}, async (api, id) => {
    await api.pay(id, CARD);
    await api.transition(id, { status: 'partially_refunded', amount: 1 });
  })],
  wallet: ['data-means="approval"', () => page({ service: 'paypal_usd_hpp' })],
  transfer: ['means-account', () => page(TRANSFER)],
  crypto: ['means-network', () => page({ service: 'bitcoin_btc_hpp', currency: 'BTC', amount: 0.01 })],
  voucher: ['means-entity', () => page({ service: 'multibanco_eur_hpp', currency: 'EUR' })],
  'test service': ['status-choice', () => page({ service: 'test_usd_test', service_fields: { status: '' } })],
  methods: ['method-paypal', async () => {
    const { account } = await demo.newAccount();
    const { headers } = await demo.send('GET',
      `/hpp/${query({ public_key: account.public_key, currency: 'USD', amount: 15 })}`, { ...HTML, check: false });
    return read(headers.location.replace(server.url, ''));
  }],
  error: ['data-testid="error"', () => read('/hpp/cgi_0000000000000000')],
  'report of a rehearsal': ['id="run"', async () => (await rendered(RUN)).html],
  dashboard: ['data-account', () => read('/_mock/')],
  'login of the dashboard': ['type="password"', () => read('/_mock/', new Client(locked))],
};
const documents = readFileSync(join(ROOT, 'server/docs/pages.txt'), 'utf8').split('\n').filter((line) => /^[a-z]/.test(line))
  .map((line) => line.split(/\s+/)[0]);
for (const name of documents) PAGES[`docs/${name}`] = ['<article', () => read(`/_mock/docs/${name === 'index' ? '' : name}`)];

test('the Nu checker finds nothing', async () => {
  const folder = tempDir();
  const files = [];
  for (const [name, [mark, make]] of Object.entries(PAGES)) {
    const html = await make();
    assert.ok(html.startsWith('<!DOCTYPE html>') && html.includes(mark), `${name} has no ${mark}: ${html}`);
    files.push(join(folder, `${name.replaceAll(/\W+/g, '-')}.html`));
    writeFileSync(files.at(-1), html);
  }
  const { code, out } = await run(['java', '-jar', CHECKER, ...files]);
  assert.equal(out.replaceAll(folder, ''), '');
  assert.equal(code, 0);
});
