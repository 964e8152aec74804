// Exchange rates, and invoices in another currency than their service's.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Client } from '../lib/client.js';
import { fixturesWith } from '../lib/money.js';
import { runBinary, startServer, tempDir } from '../lib/server.js';

const TERMS = { fee_rate: 2, fee_min: 1, amount_min: 10, amount_max: 1000 };
const server = await startServer({ args: ['--fixtures', fixturesWith({ payments: { payment_card_usd_hpp: TERMS } })] });
after(() => server.stop());
const demo = new Client(server);

const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };
const converting = (settings) => demo.newAccount({ convert_currency: true, profile: '2024', ...settings });
const rateOf = (api, path) => api.private('GET', path);
const active = async (api, currency) => (await api.private('GET', '/account/balances')).expect(200)
  .data.attributes.currency_accounts[currency].active_balance;
/** The messages about the invalid fields of an order; the profile 2024 returns a list. */
const errors = async (api, attributes) => {
  const { errors: said } = (
    await api.create({ reference_id: randomUUID(), service: 'payment_card_usd_hpp', ...attributes }, hold)
  ).expect(422).json;
  return Array.isArray(said)
    ? Object.fromEntries(said.map(({ source, detail }) => [source.pointer.replace('/data/attributes/', ''), detail]))
    : said;
};
const ratesFile = (rates) => {
  const folder = tempDir();
  writeFileSync(join(folder, 'rates.json'), typeof rates === 'string' ? rates : JSON.stringify(rates));
  return folder;
};

describe('rates', () => {
  for (const [from, to, rate] of [
    ['USD', 'EUR', 0.92],
    ['EUR', 'USD', 1.08695652],
    ['EUR', 'GBP', 0.85869565],
    ['EUR', 'EUR', 1],
    ['BTC', 'USD', 65019.50585176],
    ['usd', 'Eur', 0.92],
  ]) {
    test(`${from} to ${to}: ${rate}`, async () => {
      for (const kind of ['payment', 'payout']) {
        const reply = (await rateOf(demo, `/${kind}-exchange-rates/${from}/${to}`)).expect(200);
        assert.deepEqual(reply.data, { [from.toUpperCase()]: { [to.toUpperCase()]: rate } });
      }
    });
  }

  test('do not exist for an unknown currency', async () => {
    for (const path of ['USD/SGD', 'SGD/USD', 'SGD/SGD', 'USD/x', `USD/${'A'.repeat(300)}`]) {
      (await rateOf(demo, `/payment-exchange-rates/${path}`)).expect(404);
    }
  });

  test('need credentials and are read-only', async () => {
    for (const path of ['/payment-exchange-rates/USD/EUR', '/payout-exchange-rates/USD/EUR']) {
      (await demo.send('GET', path)).expect(401);
      (await demo.private('POST', path)).expect(405);
    }
  });

  test('come from rates.json', async () => {
    const other = await startServer({ args: ['--fixtures', ratesFile({ base: 'SEK', rates: { NOK: 1.05 } })] });
    const api = new Client(other);
    assert.deepEqual((await rateOf(api, '/payment-exchange-rates/NOK/SEK')).expect(200).data, {
      NOK: { SEK: 0.95238095 },
    });
    (await rateOf(api, '/payment-exchange-rates/USD/EUR')).expect(404);
    await other.stop();
  });

  test('a rate too small for eight decimals does not exist', async () => {
    const other = await startServer({
      args: ['--fixtures', ratesFile({ base: 'BTC', rates: { VND: 1_600_000_000, USD: 65_000, XTS: 0.00000001 } })],
    });
    const api = new Client(other);
    assert.deepEqual((await rateOf(api, '/payment-exchange-rates/BTC/VND')).expect(200).data, {
      BTC: { VND: 1_600_000_000 },
    });
    for (const path of ['VND/BTC', 'XTS/VND', 'VND/XTS'])
      (await rateOf(api, `/payment-exchange-rates/${path}`)).expect(404);
    const own = await api.newAccount({ convert_currency: true });
    assert.deepEqual(
      Object.keys(
        (await own.create({ service: 'bitcoin_btc_hpp', currency: 'VND', amount: 100 })).expect(422).json.errors,
      ),
      ['service'],
    );
    await other.stop();
  });

  for (const [rates, words] of [
    [{ base: 'USD', rates: { EUR: 0 } }, 'rates.EUR'],
    [{ base: 'USD', rates: { EUR: -1 } }, 'rates.EUR'],
    [{ base: 'USD', rates: { EUR: 1e-9 } }, 'rates.EUR'],
    [{ base: 'USD', rates: { EUR: true } }, 'rates.EUR'],
    [{ base: 'USD', rates: { 'eu-ro': 1 } }, 'rates.eu-ro'],
    [{ base: 'USD', rates: { usd: 2 } }, '"USD" is there already'],
    [{ base: 'USD', rates: { EUR: 1, eur: 2 } }, '"EUR" is there already'],
    [{ base: 'USD', rates: [] }, 'rates'],
    [{ base: 'a dollar', rates: {} }, 'base'],
    [{ rates: {} }, 'base'],
    ['{', 'rates.json'],
  ]) {
    test(`rejected: ${JSON.stringify(rates)}`, async () => {
      const run = await runBinary(['--check', '--fixtures', ratesFile(rates)]);
      assert.notEqual(run.code, 0);
      assert.match(run.stderr, /rates\.json/);
      assert.ok(run.stderr.includes(words), run.stderr);
    });
  }
});

describe('an invoice in another currency than the service’s', () => {
  test('is rejected if the account does not convert', async () => {
    const api = await demo.newAccount();
    assert.deepEqual(Object.keys(await errors(api, { currency: 'EUR', amount: 100 })), ['service']);
  });

  test('is accepted by an account that converts, at the rate', async () => {
    const api = await converting();
    const { attributes: a } = await api.made({ currency: 'EUR', amount: 100 }, hold);
    assert.deepEqual(
      [
        a.currency,
        a.amount,
        a.payment_amount,
        a.service_currency,
        a.service_amount,
        a.payment_service_amount,
        a.exchange_rate,
      ],
      ['EUR', 100, 100, 'USD', 108.7, 108.7, 1.08695652],
    );
    // the fee is 2 % of 108.70, which is 2.17 dollars or 2.00 euros
    assert.deepEqual([a.fee, a.deposit], [2, 98]);
  });

  test('has a fee with limits in the service’s currency', async () => {
    const api = await converting();
    const { attributes: a } = await api.made({ currency: 'EUR', amount: 20 }, hold);
    assert.deepEqual([a.fee, a.deposit], [0.92, 19.08]);
  });

  test('has the fee on top if the account shifts it', async () => {
    const api = await converting({ payment_fee_shift_out: true });
    const { attributes: a } = await api.made({ currency: 'EUR', amount: 100 }, hold);
    assert.deepEqual(
      [a.payment_amount, a.fee, a.deposit, a.service_amount, a.payment_service_amount],
      [102, 2, 100, 108.7, 110.87],
    );
  });

  test('changes the balance of its own currency', async () => {
    const api = await converting();
    const { id } = await api.made({ currency: 'EUR', amount: 100 }, hold);
    (await api.transition(id, { status: 'processed' })).expect(200);
    assert.deepEqual([await active(api, 'EUR'), await active(api, 'USD')], ['1000098.00', '1000000.00']);
  });

  test('has the service’s limits, which the error states', async () => {
    const api = await converting();
    for (const amount of [9.19, 920.01]) {
      assert.equal(
        (await errors(api, { currency: 'EUR', amount })).amount,
        'This value should be between 10 and 1000 USD.',
      );
    }
    for (const amount of [9.2, 920]) await api.made({ currency: 'EUR', amount }, hold);
  });

  test('is rejected without a rate', async () => {
    const api = await converting();
    assert.deepEqual(Object.keys(await errors(api, { currency: 'SGD', amount: 100 })), ['service']);
  });

  test('the price in the same currency does not change', async () => {
    const api = await converting();
    const { attributes: a } = await api.made({ currency: 'USD', amount: 100 }, hold);
    assert.deepEqual(
      [a.service_amount, a.payment_service_amount, a.exchange_rate, a.fee, a.deposit],
      [null, null, null, 2, 98],
    );
  });

  test('may be a payout: the payee’s amount, with the fee on top', async () => {
    const api = await converting({ opening_balances: { USD: 200 } });
    const { id, attributes: a } = (
      await api.private('POST', '/payout-invoices', {
        json: {
          data: {
            type: 'payout-invoices',
            attributes: {
              reference_id: randomUUID(),
              service: 'payment_card_eur',
              currency: 'USD',
              amount: 100,
              fields: { card_number: '4111111111111111' },
              options: { auto_process: false },
            },
          },
        },
      })
    ).expect(201).data;
    // the fee is 1.5 % of 92 plus 0.25, which is 1.63 euros or 1.77 dollars
    assert.deepEqual(
      [
        a.payout_amount,
        a.service_currency,
        a.service_amount,
        a.service_payout_amount,
        a.exchange_rate,
        a.fee,
        a.writeoff,
      ],
      [100, 'EUR', 92, 92, 0.92, 1.77, 101.77],
    );
    (await api.private('POST', `/payout-invoices/${id}/process`)).expect(201);
    assert.equal(await active(api, 'USD'), '98.23');
  });

  test('is included in the offers of prerequests', async () => {
    const api = await converting();
    const offered = async (path, body) => (await api.send('POST', `/public-api/${path}`,
      { json: { public_key: api.account.public_key, ...body } })).expect(200).data.services;
    const payments = await offered('payment-prerequest', { currency: 'EUR' });
    assert.deepEqual([payments.payment_card_usd_hpp.currency, payments.payment_card_eur_hpp.currency], ['USD', 'EUR']);
    assert.equal(payments.skrill_usd_hpp, undefined, 'it is not usable');
    const payouts = await offered('payout-prerequest', { currency: 'EUR', amount: 100 });
    assert.deepEqual(
      [
        payouts.test_usd.exchange_rate,
        payouts.test_usd.amount,
        payouts.test_eur.exchange_rate,
        payouts.test_eur.amount,
      ],
      [1.08695652, '108.70', 1, '100.00'],
    );
    assert.deepEqual(await offered('payment-prerequest', { currency: 'SGD' }), []);
    const plain = (await (await demo.newAccount()).prerequest({ currency: 'EUR' })).expect(200).data.services;
    assert.deepEqual(new Set(Object.values(plain).map((one) => one.currency)), new Set(['EUR']));
  });

  test('shows the payer the amount in the service’s currency', async () => {
    const api = await converting();
    const order = { public_key: api.account.public_key, currency: 'EUR', amount: 100, locale: 'en' };
    const { headers } = (await api.send('POST', '/hpp/', { form: order })).expect(303);
    const page = new URL(headers.location).pathname;
    const { text } = (await api.send('GET', `${page}?locale=en`, { headers: { Accept: 'text/html' } })).expect(200);
    const offered = [...text.matchAll(/data-testid="method-([a-z]+_?[a-z]*)(-[a-z]+)?"/g)].map(
      ([, , other]) => other !== undefined,
    );
    assert.deepEqual(offered, [...offered].sort(), 'its own currency comes first');
    assert.match(text, /data-testid="method-payment_card"/);
    assert.match(text, /data-testid="method-payment_card-usd"[^]*?108\.70\u00a0USD/);
    const csrf = /name="csrf" value="([^"]+)"/.exec(text)[1];
    (await api.send('POST', page, { form: { csrf, service: 'payment_card_usd_hpp' } })).expect(303);
    const card = (await api.send('GET', `${page}?locale=en`, { headers: { Accept: 'text/html' } })).expect(200).text;
    assert.match(card, /data-testid="amount">100\.00 EUR<[^]*data-testid="converted">108\.70\u00a0USD</);
    const { data: [{ attributes: chosen }] } = (await api.list()).expect(200).json;
    assert.deepEqual([chosen.service_currency, chosen.service_amount, chosen.deposit], ['USD', 108.7, 98]);
  });

  test('keeps its rate in a snapshot’s file, which is rejected without it', async () => {
    const api = await converting();
    const { id } = await api.made({ currency: 'EUR', amount: 100 }, hold);
    (await api.control('POST', '/snapshots/rate')).expect(201);
    const file = (await api.control('GET', '/snapshots/rate')).expect(200).json;
    assert.deepEqual([file.invoices[0].service_amount, file.invoices[0].exchange_rate], [108.7, 1.08695652]);
    (await api.control('POST', '/reset')).expect(200);
    (await api.control('PUT', '/snapshots/back', file)).expect(201);
    (await api.control('POST', '/snapshots/back/restore')).expect(200);
    assert.equal((await api.attributes(id)).exchange_rate, 1.08695652);
    for (const rate of [null, 0, -1]) {
      const wrong = { ...file, invoices: [{ ...file.invoices[0], exchange_rate: rate }] };
      const reply = (await api.control('PUT', '/snapshots/wrong', wrong, { check: false })).expect(422);
      assert.match(reply.json.error.message, /exchange_rate/);
    }
  });
});
