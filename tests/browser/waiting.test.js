// While a payment is under way, and while its page stands open.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from '../lib/client.js';
import { startServer } from '../lib/server.js';
import { CARDS, asPayer, closeBrowser } from './payer.js';

const server = await startServer();
after(async () => {
  await closeBrowser();
  await server.stop();
});
const demo = new Client(server);

async function invoice(attributes = {}, settings = {}) {
  const api = await demo.newAccount(settings);
  const made = await api.made(attributes, { headers: { 'X-Mock-Outcome': 'process_pending' } });
  return { api, id: made.id, url: made.attributes.hpp_url };
}

const WAIT = {
  'en-US': 'Please wait. Do not close this page.',
  'uk-UA': 'Зачекайте, будь ласка. Не закривайте цю сторінку.',
  'ru-RU': 'Подождите, пожалуйста. Не закрывайте эту страницу.',
};

/** In the page: pays, then clicks everything else before the answer can come, and reads what the payer is told. */
function payAndClick() {
  const at = (testid) => document.querySelector(`[data-testid="${testid}"]`);
  const left = [];
  at('pay').click();
  for (const testid of ['cancel', 'locale-uk', 'test-card-1', 'panel-decline', 'panel-dashboard']) {
    at(testid).addEventListener('click', (event) => {
      event.preventDefault();
      left.push(testid);
    });
    at(testid).click();
  }
  const dead = [...document.querySelectorAll('[aria-disabled="true"]')].map(({ dataset }) => dataset.testid);
  return { left, dead, said: document.querySelector('.pay > [role="status"]').textContent, busy: at('payment-form').ariaBusy };
}

describe('a payment that is under way', () => {
  for (const [locale, words] of Object.entries(WAIT)) {
    test(`the page asks to wait, and only what opens a tab can be chosen (${locale})`, async () => {
      const { url } = await invoice();
      await asPayer({ locale }, server, async (payer) => {
        await payer.open(url);
        await payer.fill({ number: CARDS.good });
        const { left, dead, said, busy } = await payer.page.evaluate(payAndClick);
        assert.deepEqual({ left, said, busy }, { left: ['panel-dashboard'], said: words, busy: 'true' });
        for (const testid of ['pay', 'cancel', 'locale-uk', 'test-card-1']) assert.ok(dead.includes(testid), testid);
        await payer.sees('processed', 'ok');
      });
    });
  }

  test('a payer who stops it can pay again', async () => {
    const { url } = await invoice();
    await asPayer({}, server, async (payer) => {
      await payer.open(url);
      await payer.page.route('**/hpp/**', (route) => (route.request().method() === 'POST' ? undefined : route.continue()));
      await payer.fill({ number: CARDS.good });
      await payer.page.evaluate(() => {
        window.navigation.addEventListener('navigate', () => setTimeout(() => window.stop()), { once: true });
        document.querySelector('[data-testid="pay"]').click();
      });
      await payer.page.locator('form[aria-busy="false"]').first().waitFor();
      assert.equal(await payer.page.locator('[aria-disabled="true"]').count(), 0);
      await payer.page.unroute('**/hpp/**');
      await payer.click('pay');
      await payer.sees('processed', 'ok');
    });
  });
});

describe('a page that stands open', () => {
  const returnToTab = (payer) => payer.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  const timer = (payer, text) => payer.page.getByRole('timer').filter({ hasText: text }).waitFor();

  test('shows the time that a moved clock leaves, keeps what was typed, and ends with it', async () => {
    const { api, url } = await invoice();
    await asPayer({}, server, async (payer) => {
      await payer.open(url);
      await payer.fill({ number: CARDS.good });
      await api.advance(1500);
      await returnToTab(payer);
      await timer(payer, /^0[45]:/);
      assert.equal(await payer.at('cvv').inputValue(), '123');
      await api.advance(301);
      await returnToTab(payer);
      await payer.sees('process_failed', 'expired');
    });
  });

  test('looks by itself', async () => {
    const { api, url } = await invoice();
    await asPayer({}, server, async (payer) => {
      await payer.page.clock.install();
      await payer.open(url);
      await api.advance(1500);
      await payer.page.clock.runFor(16_000);
      await timer(payer, /^0[45]:/);
    });
  });

  test('is told of a frozen clock that was moved', async () => {
    const { api, url } = await invoice();
    await api.freeze();
    await asPayer({}, server, async (payer) => {
      await payer.open(url);
      await api.advance(1500);
      await returnToTab(payer);
      await payer.at('countdown').filter({ hasText: /\b5 min/ }).waitFor();
    });
  });

  test('shows what became of the payment in another tab, however late its look is', async () => {
    const { url } = await invoice();
    await asPayer({}, server, async (payer) => {
      await payer.page.route('**/hpp/**', async (route) => {
        if (route.request().headers()['x-mock-look']) await pause(300);
        await route.continue();
      });
      await payer.open(url);
      const second = await payer.newTab();
      await second.open(url);
      await second.pay(CARDS.bad, { expiry: '05/29' });
      await returnToTab(payer);
      await payer.page.locator('[name="attempt"][value="1"]').first().waitFor({ state: 'attached' });
      await second.pay(CARDS.good);
      await returnToTab(payer);
      await payer.sees('processed', 'ok');
    });
  });

  test('is told when it was out of date, in every language', async () => {
    const { url } = await invoice();
    const words = { en: /^Your last click came from a page that was out of date\. Nothing was charged for it\.$/, uk: /застарілої/, ru: /устаревшей/ };
    await asPayer({}, server, async (payer) => {
      const first = await payer.newTab();
      await first.page.route('**/hpp/**', (route) => (route.request().headers()['x-mock-look'] ? undefined : route.continue()));
      await first.open(url);
      await payer.open(url);
      await payer.pay(CARDS.bad, { expiry: '05/29' });
      await payer.sees('process_failed');
      assert.equal(await payer.count('stale'), 0);
      await first.pay(CARDS.good);
      await first.at('stale').filter({ hasText: words.en }).waitFor();
      await first.isAccessible('the notice of an old form');
      for (const [locale, text] of Object.entries(words)) {
        const page = new URL(first.page.url());
        page.searchParams.set('locale', locale);
        await first.open(page.href);
        assert.match(await first.text('stale'), text);
      }
      await first.pay(CARDS.good);
      await first.sees('processed', 'ok');
    });
  });

  test('its looks are no requests of the payer, and meet no fault', async () => {
    const { api, id, url } = await invoice();
    await asPayer({}, server, async (payer) => {
      await payer.open(url);
      const parameters = { invoice: id };
      const recorded = async () => (await api.control('GET', '/requests', undefined, { parameters })).json.items.length;
      const before = await recorded();
      (await api.control('POST', '/faults', { on: 'page', fault: 'status', times: 1 })).expect(201);
      await api.advance(1500);
      await returnToTab(payer);
      await timer(payer, /^0[45]:/);
      assert.equal(await recorded(), before);
      const { items: [fault] } = (await api.control('GET', '/faults')).json;
      assert.equal(fault.hits, 0);
    });
  });
});
