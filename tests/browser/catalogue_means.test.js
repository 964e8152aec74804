// What the pages of a catalogue's methods show: by method, by a word of its code, by its category. A small sample in
// the layout of openfintech; and the whole one, if OPENFINTECH_DATA names its folder data.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Client } from '../lib/client.js';
import { startServer, tempDir } from '../lib/server.js';
import { asPayer, closeBrowser } from './payer.js';

after(closeBrowser);

/** [method, category, currency, what its page shows, the network of a coin] */
const METHODS = [
  ['oxxo', 'cash_payment', 'MXN', 'voucher'],
  ['walmart', 'prepaid_voucher', 'MXN', 'voucher'],
  ['oxxo_cash', 'invoice_payment', 'MXN', 'voucher'],
  ['boleto_bancario', 'invoice_payment', 'BRL', 'voucher'],
  ['webpay', 'invoice_payment', 'CLP', 'approval'],
  ['pix_crypto', 'invoice_payment', 'BRL', 'scan'],
  ['bitcoin_cash', 'alternative', 'BCH', 'crypto', 'The bitcoin_cash'],
  ['solana', 'alternative', 'SOL', 'crypto', 'The solana'],
  ['tron', 'alternative', 'TRX', 'crypto', 'Tron'],
  ['usd_coin', 'alternative', 'USDC', 'crypto', 'Ethereum (ERC-20)'],
  ['usd_coin', 'alternative', 'USDCBEP20', 'crypto', 'BNB Smart Chain (BEP-20)'],
  ['crypto_aggregated', 'bank_transfer', 'USD', 'crypto', 'The crypto_aggregated'],
  ['papara', 'alternative', 'TRY', 'approval'],
  ['nequi_qr', 'bank_transfer', 'COP', 'scan'],
  ['qr_code', 'digital_wallet', 'COP', 'scan'],
  ['upi_aggregated', 'bank_transfer', 'INR', 'scan'],
  ['blik_crypto', 'bank_transfer', 'PLN', 'approval'],
  ['indonesia_va', 'alternative', 'IDR', 'transfer'],
  ['ab_bank', 'bank_transfer', 'VND', 'transfer'],
  ['vodafone_cash', 'digital_wallet', 'EGP', 'approval'],
];
const serviceOf = (method, currency) => `${method}_${currency.toLowerCase()}_hpp`;

function sample() {
  const named = (code, changes) => ({ code, status: 'active', name: { en: `The ${code}` }, ...changes });
  const files = {
    currencies: [...new Set(METHODS.map(([, , currency]) => currency))].map((code) => named(code, { exponent: 2 })),
    payment_methods: [...new Map(METHODS.map(([code, category]) => [code, named(code, { category })])).values()],
    payment_services: METHODS.map(([method, , currency]) => named(serviceOf(method, currency),
      { method, currency, flow: 'hpp', amount_min: 0.01, amount_max: 100000 })),
    payout_methods: [],
    payout_services: [],
  };
  const folder = tempDir();
  for (const [name, rows] of Object.entries(files)) writeFileSync(join(folder, `${name}.json`), JSON.stringify(rows));
  return folder;
}

/** What the page of an order shows, and how many of: address or reference, QR code. */
async function pageOf(payer, api, service, currency) {
  const { attributes } = await api.made({ service, currency, amount: 100 }, { headers: { 'X-Mock-Outcome': 'process_pending' } });
  await payer.open(attributes.hpp_url);
  const details = payer.page.locator('[data-testid^="means-"]');
  return {
    means: await payer.at('means').getAttribute('data-means'),
    details: await details.evaluateAll((all) => Object.fromEntries(
      all.map(({ dataset, textContent }) => [dataset.testid.replace('means-', ''), textContent]))),
    qr: await payer.count('qr'),
  };
}

const DETAILS = { approval: [], voucher: ['entity', 'reference', 'amount'], scan: ['code'],
  crypto: ['network', 'address', 'amount'], transfer: ['recipient', 'account', 'reference', 'amount'] };

describe('the page of a method of a catalogue', async () => {
  const server = await startServer({ args: ['--catalogue', sample()] });
  after(() => server.stop());
  const api = await new Client(server).newAccount();

  for (const [method, category, currency, means, network] of METHODS) {
    test(`${method} of ${category} in ${currency}: ${means}`, async () => {
      await asPayer({}, server, async (payer) => {
        const page = await pageOf(payer, api, serviceOf(method, currency), currency);
        assert.equal(page.means, means);
        assert.deepEqual(Object.keys(page.details), DETAILS[means]);
        assert.equal(page.details.network, network);
        assert.equal(page.qr, ['voucher', 'scan', 'crypto'].includes(means) ? 1 : 0);
        if (['oxxo', 'solana', 'nequi_qr'].includes(method)) await payer.shot(`catalogue-${method}`);
      });
    });
  }
});

const whole = process.env.OPENFINTECH_DATA;
describe('the whole catalogue', { skip: !whole }, () => {
  test('has vouchers, coins and codes to scan', async () => {
    const server = await startServer({ args: ['--catalogue', whole] });
    const api = await new Client(server).newAccount();
    await asPayer({}, server, async (payer) => {
      for (const [service, currency, means] of [
        ['oxxo_mxn_hpp', 'MXN', 'voucher'], ['boleto_bancario_brl_hpp', 'BRL', 'voucher'],
        ['bitcoin_cash_bch_hpp', 'BCH', 'crypto'], ['nequi_qr_cop_hpp', 'COP', 'scan'],
      ]) {
        assert.equal((await pageOf(payer, api, service, currency)).means, means, service);
      }
    });
    await server.stop();
  });
});
