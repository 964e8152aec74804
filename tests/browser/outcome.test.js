// What the payer is told about the outcome: in the words of the page, in its title and by the focus.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client } from '../lib/client.js';
import { startServer } from '../lib/server.js';
import { CARDS, WAYS, asPayer, closeBrowser, startShop } from './payer.js';

const server = await startServer();
const shop = await startShop();
after(async () => {
  await closeBrowser();
  await shop.stop();
  await server.stop();
});
const demo = new Client(server);
const WAITING = { headers: { 'X-Mock-Outcome': 'process_pending' } };

async function invoice(attributes = {}, settings = {}, options = WAITING) {
  const api = await demo.newAccount({ name: 'Corner Shop', settle_after_ms: 600_000, ...settings });
  const { id, attributes: made } = await api.made({ return_url: `${shop.url}/back`, ...attributes }, options);
  return { api, id, url: made.hpp_url };
}

/** Waits until the element with these words has the focus. */
const focused = (payer, text) => payer.page.locator(':focus', { hasText: text }).waitFor();

const CANCELLED = {
  'en-US': ['You cancelled the payment', 'Nothing was charged.'],
  'uk-UA': ['Ви скасували платіж', 'Кошти не списано.'],
  'ru-RU': ['Вы отменили платёж', 'Деньги не списаны.'],
};

for (const way of WAYS) {
  const visit = (road, options = {}) => asPayer({ ...way, hosts: [shop.url], ...options }, server, road);

  describe(`the outcome (${way.name})`, () => {
    for (const service of ['payment_card_usd_hpp', 'applepay_usd_hpp']) {
      test(`a payer who cancels ${service} is told so, goes back to the shop first, and can pay after all`, async () => {
        const { api, id, url } = await invoice({ service });
        await visit(async (payer) => {
          await payer.open(url);
          await payer.click('cancel');
          await payer.sees('process_failed', 'general_decline');
          assert.equal(await payer.text('result').then((text) => text.includes('declined')), false);
          assert.equal(await payer.page.title(), 'You cancelled the payment - Corner Shop');
          const ways = await payer.page.locator('.result .buttons a').evaluateAll((all) => all.map((one) => one.dataset.testid));
          assert.deepEqual(ways, ['return', 'pay-after-all']);
          await payer.click('pay-after-all');
          assert.equal(await payer.count('result'), 0, 'the form does not speak of a decline');
          await (service.includes('card') ? payer.pay(CARDS.good) : payer.click('confirm'));
          await payer.sees('processed', 'ok');
        });
        const { items } = await api.timeline(id);
        assert.deepEqual(
          items.filter(({ kind }) => kind === 'transition').map(({ to, cause }) => `${to} ${cause}`).slice(2),
          ['process_failed payer_cancelled', 'process_pending payer', 'processed payer'],
        );
      });
    }

    test('a payer who cancels after a decline is told the last', async () => {
      const { url } = await invoice();
      await visit(async (payer) => {
        await payer.open(url);
        await payer.pay(CARDS.bad, { expiry: '05/29' });
        await payer.click('cancel');
        assert.equal(await payer.page.locator('h1').innerText(), 'You cancelled the payment');
        await payer.click('pay-after-all');
        await payer.pay(CARDS.bad, { expiry: '05/29' });
        assert.match(await payer.text('result'), /insufficient funds/);
      });
    });

    test('the last attempt that is cancelled offers no other', async () => {
      const { url } = await invoice({}, { attempt_limit: 1 });
      await visit(async (payer) => {
        await payer.open(url);
        await payer.click('cancel');
        assert.equal(await payer.page.locator('h1').innerText(), 'You cancelled the payment');
        assert.equal(await payer.count('pay-after-all'), 0);
        assert.equal(await payer.count('no-attempts'), 1);
        assert.equal(await payer.count('return'), 1);
      });
    });

    for (const [what, attributes, options] of [
      ['the header', {}, { headers: { 'X-Mock-Outcome': 'expired' } }],
      ['the amount', { amount: 4000.90 }, {}],
    ]) {
      test(`the outcome expired, by ${what}, ends the payment: nothing is left to try`, async () => {
        const { api, id, url } = await invoice(attributes, {}, options);
        await api.reach(id, 'process_failed');
        await visit(async (payer) => {
          await payer.open(url);
          await payer.sees('process_failed', 'expired');
          assert.equal(await payer.page.title(), 'Payment expired - Corner Shop');
          assert.equal(await payer.count('payment-form'), 0);
          assert.equal(await payer.count('no-attempts'), 0, 'it ended by the time');
        });
        (await api.pay(id, { card_number: CARDS.good, expiry: '1230', cvv: '123' })).expect(409);
      });
    }

    test(`a decline is in the title${way.js ? ', and has the focus' : ''}`, async () => {
      const { url } = await invoice({ amount: 12.5 });
      await visit(async (payer) => {
        await payer.open(url);
        await payer.pay(CARDS.bad, { expiry: '05/29' });
        assert.equal(await payer.page.title(), 'The payment failed - Pay 12.50\u00a0USD to Corner Shop');
        if (way.js) await focused(payer, 'The payment failed');
      });
    });

    test(`a result is in the title${way.js ? ', and has the focus' : ''}`, async () => {
      const { url } = await invoice();
      await visit(async (payer) => {
        await payer.open(url);
        await payer.pay(CARDS.good);
        assert.equal(await payer.page.title(), 'Paid - Corner Shop');
        if (way.js) await focused(payer, /^Paid$/);
      });
    });
  });
}

for (const [locale, words] of Object.entries(CANCELLED)) {
  test(`a cancelled payment in ${locale}`, async () => {
    const { url } = await invoice();
    await asPayer({ locale }, server, async (payer) => {
      await payer.open(url);
      await payer.click('cancel');
      const shown = await payer.texts();
      for (const text of words) assert.ok(shown.includes(text), `${text}: ${shown.join(' | ')}`);
    });
  });
}
