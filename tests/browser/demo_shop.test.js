// The demo shop in a browser: from the product to the refund, with a decline and 3-D Secure.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Client } from '../lib/client.js';
import { startDemoShop } from '../lib/demo_shop.js';
import { startServer } from '../lib/server.js';
import { CARDS, SIZES, asPayer, closeBrowser } from './payer.js';

const server = await startServer();
const api = await new Client(server, undefined, { check: false }).newAccount({
  name: 'Demo shop',
  outcome: 'process_pending',
  settle_after_ms: 0,
});
const shop = await startDemoShop(server, api.account);
after(async () => {
  await closeBrowser();
  await shop.stop();
  await server.stop();
});

const LOOKS = [['phone', 'light'], ['desktop', 'dark']];

test('declined, paid by 3-D Secure, refunded', async () => {
  await asPayer({ hosts: [shop.url] }, server, async (payer) => {
    const { page } = payer;
    const seen = async (name) => {
      for (const [size, colorScheme] of LOOKS) {
        await page.setViewportSize(SIZES[size]);
        await page.emulateMedia({ colorScheme });
        await payer.isAccessible(`${name}, ${size}`);
        await payer.shot(`demo-shop-${name}-${size}`);
      }
    };
    const state = (wanted) => page.locator(`[data-testid=state][data-status=${wanted}]`).waitFor();

    await page.goto(shop.url);
    await seen('shelf');
    await payer.go(() => page.getByRole('link', { name: 'Stoneware mug' }).click());
    await payer.at('quantity').fill('2');
    await seen('product');
    await payer.click('buy');

    await payer.pay(CARDS.bad, { expiry: '05/29' });
    await payer.sees('process_failed', 'insufficient_funds');
    await page.goto(`${shop.url}/return/${await shop.newest()}`); // the shopper closes the page and opens the shop
    await state('process_failed');
    await seen('failed');

    await payer.click('pay-again');
    await payer.pay(CARDS.good3ds);
    await payer.answer();
    await payer.sees('processed');
    await payer.click('return');
    await state('processed');
    await seen('paid');

    await page.goto(`${shop.url}/orders`);
    await seen('orders');
    await payer.go(() => page.locator('[data-testid=orders] a').first().click());
    await seen('order');
    const beside = await payer.newTab(); // an idle tab, which is updated
    await beside.page.goto(page.url());
    await payer.click('refund');
    await beside.page.locator('[data-testid=status][data-status=refunded]').waitFor();
    await page.goto(`${shop.url}/callbacks`);
    await page.locator('summary').first().click();
    await seen('callbacks');
  });
});

test('a pending page shows the payment without a reload', async () => {
  await asPayer({ hosts: [shop.url] }, server, async (payer) => {
    const { id, invoice } = await shop.buy();
    await payer.page.goto(`${shop.url}/return/${id}`);
    await payer.page.locator('[data-status=process_pending]').waitFor();
    await payer.shot('demo-shop-pending');
    (await api.pay(invoice, { card_number: CARDS.good, expiry: '1230', cvv: '123' })).expect(200);
    await payer.page.locator('[data-status=processed]').waitFor();
    assert.equal(await payer.count('pay-again'), 0);
  });
});
