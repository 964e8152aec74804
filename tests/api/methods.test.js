// Every service of the built-in catalogue, as a shop and a payer use it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { after, describe, test } from 'node:test';
import { Client } from '../lib/client.js';
import { forms, local, open, result, send, unescaped } from '../lib/pages.js';
import { startServer } from '../lib/server.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);

// The services that merchants' code asks for (P1258 to P1262).
const USED = [
  ...['pix_brl', 'upi_inr', 'spei_mxn', 'codi_mxn', 'pse_cop', 'nequi_cop', 'breb_cop', 'blik_pln', 'ideal_eur',
    'eps_eur', 'mb_way_eur', 'multibanco_eur', 'skrill_eur', 'neteller_eur', 'paysafecard_eur', 'qris_idr',
    'bca_va_idr', 'dana_idr', 'ovo_idr', 'linkaja_idr', 'shopeepay_idr', 'binancepay_usd', 'payment_card_crypto_usd',
    'payment_card_crypto_eur', 'papara_try', 'pep_try', 'payfix_try', 'mefete_try'].map((code) => `${code}_hpp`),
  ...['ars', 'clp', 'cop', 'pen', 'usd', 'try', 'eur', 'gbp'].map((currency) => `bank_transfer_${currency}_hpp`),
  ...['usd', 'eur', 'gbp', 'aud', 'uah', 'cad', 'nzd', 'nok', 'sek', 'dkk', 'chf', 'pln', 'czk', 'huf', 'ron', 'bgn',
    'try', 'kzt', 'brl', 'mxn', 'cop', 'inr', 'idr', 'jpy', 'xof', 'zar', 'aed'].map(
    (currency) => `payment_card_${currency}_hpp`),
  'pagomovil_ves_invoice',
];

const FIXTURE = JSON.parse(readFileSync(new URL('../../fixtures/default.json', import.meta.url), 'utf8'));
const METHODS = new Map(FIXTURE.methods.map((method) => [method.code, method]));
const FIELDS = new Map(FIXTURE.fields.map((field) => [field.id ?? field.key, field]));
const fieldsOf = (service) => (service.fields ?? []).map((field) => FIELDS.get(field) ?? field);
const usable = ({ available = true, enabled = true }) => available && enabled;
const PAYMENTS = FIXTURE.services.filter(usable);
const PAYOUTS = FIXTURE.payout_services.filter(usable);

// What a payer or payee enters, for fields without an example. PCRE2 is in the server; these are JavaScript's.
const VALUES = {
  account_number: 'TR330006100519786457841326', account_type: 'savings', address: 'TXyzABCDEFGHJKLMNPQRSTUVWXYZ12',
  bank_code: '001', beneficiary_document_id: '1-9', card_number: '5519283812030000', status: 'success',
  payer_first_name: 'Zoë', payer_last_name: "Núñez", payer_address: '1 Main Street', payer_country: 'Chile',
  payer_city: 'Santiago', payer_state: 'RM', payer_zip_code: '12345678', account: '12345', account_no: '55',
  document_id: 'ABCD12345678901', document_number: '7', identification_number: '10000000146', blockchain_address: 'bc1q',
  cpf_number: '12345678909', email: 'payee@example.com',
};
const valueOf = ({ key, example }) => example ?? VALUES[key] ?? assert.fail(`no value for the field ${key}`);
const filled = (service) => Object.fromEntries(fieldsOf(service).map((field) => [field.key, valueOf(field)]));

const amountOf = ({ amount_min: least, amount_max: most }) => Math.min(Math.max(least, 100), most);
async function created(api, service, changes, options) {
  const order = { reference_id: randomUUID(), service: service.code, currency: service.currency,
    amount: amountOf(service), test_mode: true, service_fields: filled(service), ...changes };
  return (await api.create(order, options)).expect(201).data;
}
const pageOf = (invoice) => local(server, invoice.attributes.flow_data.action);
const form = (page) => forms(page.text).find(({ inputs }) => 'csrf' in inputs) ?? assert.fail(page.text.slice(0, 3000));
const CARD = { card_number: '5519283812030000', expiry: '12/30', cvv: '123' };
const outcome = (text) => ({ headers: { 'X-Mock-Outcome': text } });

test('every service that merchants use can be used', () => {
  const codes = new Set(PAYMENTS.map(({ code }) => code));
  assert.deepEqual(USED.filter((code) => !codes.has(code)), []);
  assert.equal(new Set(USED).size, 64);
});

describe('a payment by', () => {
  for (const service of PAYMENTS.filter(({ flow }) => flow !== 'test')) {
    test(service.code, async () => {
      const api = await demo.newAccount();
      await api.freeze();
      const invoice = await created(api, service);
      for (const [language, name] of Object.entries(METHODS.get(service.method).name)) {
        const page = (await open(api, `${pageOf(invoice)}?locale=${language}`)).expect(200);
        if (service.method !== 'payment_card') assert.ok(unescaped(page.text).includes(name), `${language}: ${name}`);
      }
      const paid = await send(api, form(await open(api, pageOf(invoice))), { ...CARD, action: 'pay' });
      assert.deepEqual(result(paid.text), { status: 'processed', resolution: 'ok' });
      const refund = { data: { type: 'refund', id: invoice.id, attributes: {} } };
      (await api.private('POST', `/payment-invoices/${invoice.id}/refund`, { json: refund })).expect(200);

      const declined = await created(api, service, {}, outcome('process_failed:insufficient_funds'));
      const pending = await created(api, service, {}, outcome('process_pending'));
      await api.advance(60);
      const ends = [];
      for (const { id } of [invoice, declined, pending]) {
        const { status, resolution } = await api.attributes(id);
        ends.push(`${status}:${resolution}`);
      }
      assert.deepEqual(ends, ['refunded:ok', 'process_failed:insufficient_funds', 'process_pending:ok']);
      await api.advance(86400);
      const { status, resolution } = await api.attributes(pending.id);
      assert.deepEqual([status, resolution], ['process_failed', 'expired']);
    });
  }
});

describe('a payout by', () => {
  for (const service of PAYOUTS) {
    test(service.code, async () => {
      const api = await demo.newAccount();
      await api.freeze();
      const attributes = { reference_id: randomUUID(), service: service.code, currency: service.currency,
        amount: amountOf(service), test_mode: true,
        fields: Object.fromEntries(fieldsOf(service).filter(({ required }) => required).map((field) =>
          [field.key, valueOf(field)])) };
      const reply = await api.private('POST', '/payout-invoices', { json: { data: { type: 'payout-invoices', attributes } } });
      const { id } = reply.expect(201).data;
      await api.advance(600);
      const { data } = (await api.private('GET', `/payout-invoices/${id}`)).expect(200);
      assert.equal(data.attributes.status, 'processed');
    });
  }
});
