// The suite of the shop: node --test shop.test.js, with a running mock or under `milkypay-mock exec --strict --`.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MilkyPayMock } from '../milkypay-mock.mjs';
import { Shop } from './shop.js';

const mock = new MilkyPayMock();

/** A shop with its own account, which has the test's name. */
async function open(t, settings) {
  const account = await mock.createAccount({ name: t.name, outcome: 'process_pending', ...settings });
  const shop = await new Shop(account.environment).start();
  t.after(async () => {
    await account.waitUntilIdle(); // before the receiver closes
    shop.stop();
  });
  return { account, shop };
}

/** What the shop responded to each callback: {status of the invoice: [response codes]}. */
const responses = async (account) => Object.fromEntries((await account.callbacks()).items
  .map(({ transition, attempts }) => [transition, attempts.map(({ code }) => code)]));

// How a response is lost, and how often the shop then asks for the invoice: once if its search finds it.
const LOST = { commit_then_reset: 1, truncate: 1, reset: 2, status: 2, garbage: 2 };

describe('the shop', { concurrency: true }, () => {
  test('ships an order that is paid', async (t) => {
    const { account, shop } = await open(t);
    const invoice = await shop.checkout('order-1', 19.99);
    await account.pay(invoice, { card_number: '5519283812030000', expiry: '1230', cvv: '123' });
    await account.waitForCallback(invoice, { transition: 'processed' });
    assert.equal(shop.orders.get('order-1').status, 'processed');
    assert.deepEqual(shop.shipped, ['order-1']);
  });

  test('does not ship an order that is declined', async (t) => {
    const { account, shop } = await open(t);
    await account.queueOutcomes('process_failed:insufficient_funds@0');
    const invoice = await shop.checkout('order-1', 19.99);
    await account.waitForCallback(invoice, { transition: 'process_failed' });
    assert.equal(shop.orders.get('order-1').resolution, 'insufficient_funds');
    assert.deepEqual(shop.shipped, []);
  });

  test('refuses a forged callback', async (t) => {
    const { account, shop } = await open(t, { outcome: 'processed@5s' });
    await account.freeze();
    await account.addFault({ on: 'callback', fault: 'bad_signature', match: { transition: 'processed' }, times: 1 });
    const invoice = await shop.checkout('order-1', 19.99);
    await account.advance(5);
    assert.deepEqual(shop.shipped, []);
    await account.advance(60); // the retry is genuine
    await account.waitForCallback(invoice, { transition: 'processed' });
    assert.deepEqual(await responses(account), { process_pending: [200], processed: [403, 200] });
    assert.deepEqual(shop.shipped, ['order-1']);
  });

  test('ships once if callbacks come twice and out of order', async (t) => {
    const { account, shop } = await open(t, { outcome: 'processed@5s' });
    await account.freeze();
    await account.addFault({ on: 'callback', fault: 'reorder', times: 1 });
    await account.addFault({ on: 'callback', fault: 'duplicate', match: { transition: 'processed' }, times: 1 });
    await shop.checkout('order-1', 19.99);
    await account.advance(5);
    await account.waitUntilIdle();
    assert.deepEqual(await responses(account), { process_pending: [200], processed: [200, 200] });
    assert.equal(shop.orders.get('order-1').status, 'processed');
    assert.deepEqual(shop.shipped, ['order-1']);
  });

  for (const [fault, creations] of Object.entries(LOST)) {
    test(`creates one invoice although a response is lost: ${fault}`, async (t) => {
      const { account, shop } = await open(t);
      await account.addFault({ on: 'api', fault, match: { method: 'POST', path: '/payment-invoices' }, times: 1 });
      const invoice = await shop.checkout('order-1', 19.99);
      const { data } = await account.api('GET', '/payment-invoices');
      assert.deepEqual(data.map(({ id }) => id), [invoice]);
      const { total } = await account.requests({ method: 'POST', path: '/payment-invoices' });
      assert.equal(total, creations);
    });
  }

  test('learns that nobody paid', async (t) => {
    const { account, shop } = await open(t);
    await shop.checkout('order-1', 19.99);
    await account.advance(1801);
    assert.equal(shop.orders.get('order-1').resolution, 'expired');
    assert.deepEqual(shop.shipped, []);
  });

  test('refunds a part, and no more than is left', async (t) => {
    const { account, shop } = await open(t, { settle_after_ms: 0, outcome: 'processed' });
    await account.freeze(4_000_000_000); // 2096-10-02
    const invoice = await shop.checkout('order-1', 19.99);
    await account.waitForCallback(invoice, { transition: 'processed' });
    assert.equal(await shop.refund('order-1', 'refund-1', 5), true);
    await account.waitForCallback(invoice, { transition: 'partially_refunded' });
    assert.equal(shop.orders.get('order-1').status, 'partially_refunded');
    assert.equal(await shop.refund('order-1', 'refund-2', 15), false);
    const { sums: [day] } = await account.report('2096-10-02');
    assert.deepEqual([day.payments.amount, day.refunds.amount], ['19.99', '-5.00']);
  });
});
