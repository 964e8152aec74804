// The dashboard in a browser: new invoices and payouts.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Client } from '../lib/client.js';
import { startServer, tempDir } from '../lib/server.js';
import { asPayer } from './payer.js';
import { Tester, startDashboard } from './tester.js';

const { shop, asTester } = await startDashboard();

describe('a new invoice', () => {
  test('is created by the merchant\'s API', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      await tester.open('/new');
      await tester.at('new-service').fill('payment_card_eur_hpp');
      await tester.at('new-service').blur();
      assert.equal(await tester.at('new-currency').inputValue(), 'EUR');
      await tester.at('new-amount').fill('12.5');
      await tester.at('new-outcome').fill('process_failed:declined_error@0');
      await tester.at('new-reference_id').fill('by-hand');
      await tester.at('new-more').fill('{"metadata": {"cart": 5}}');
      await tester.at('create').click();
      await tester.seesStatus('process_failed');
      assert.equal(await tester.at('reference').innerText(), 'by-hand');
    });
    const { items: [{ id }] } = (await api.control('GET', '/payment-invoices')).json;
    const made = await api.attributes(id);
    assert.deepEqual([made.amount, made.currency, made.test_mode, made.metadata.cart], [12.5, 'EUR', true, 5]);
  });

  test('has the fields of the service', async () => {
    await asTester(await shop(), async (tester) => {
      await tester.open('/new?service=bank_transfer_usd_hpp');
      await tester.at('new-field-account_number').fill('UA213223130000026007233566001');
      await tester.at('create').click();
      await tester.seesStatus('process_pending');
    });
  });

  for (const profile of ['2020', '2024'])
    test(`shows the errors of profile ${profile} next to the fields`, async () => {
      await asTester(
        await shop({ profile }),
        async (tester) => {
          await tester.open('/new');
          await tester.at('new-amount').fill('-1');
          await tester.at('create').click();
          await tester.at('errors').waitFor();
          assert.equal(await tester.at('new-amount').getAttribute('aria-invalid'), 'true');
          assert.equal(await tester.page.evaluate(() => document.activeElement.dataset.testid), 'new-amount');
          await tester.payer.isAccessible('the form with an error');
          await tester.at('new-amount').fill('1');
          await tester.at('create').click();
          await tester.seesStatus('process_pending');
        },
        { refusals: true },
      );
    });

  test('opening the view makes no call of the merchant', async () => {
    const api = await shop();
    (await api.control('DELETE', '/requests')).expect(200);
    await asTester(api, (tester) => tester.open('/new'));
    assert.equal((await api.control('GET', '/requests')).json.total, 0);
  });
});

describe('a half-filled form', () => {
  test('is as it was left, until its invoice is made', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      const { page } = tester;
      const values = () => Promise.all(['new-service', 'new-amount', 'new-field-account_number', 'new-more'].map((one) =>
        tester.at(one).inputValue()));
      await tester.open('/new');
      await tester.at('new-service').fill('bank_transfer_usd_hpp');
      await tester.at('new-service').blur();
      await tester.at('new-amount').fill('77');
      await tester.at('new-field-account_number').fill('UA213223130000026007233566001');
      await tester.at('new-more').fill('{"metadata": {"cart": 5}}');
      await tester.at('new-test_mode').uncheck();
      const left = await values();
      await page.locator('[data-view="invoices"]').click();
      await tester.at('view-invoices').waitFor();
      await page.goBack();
      await tester.at('new-service').waitFor();
      assert.deepEqual(await values(), left);
      assert.equal(await tester.at('new-test_mode').isChecked(), false);
      await tester.at('new-test_mode').check();
      await tester.at('create').click();
      await tester.seesStatus('process_pending');
      await page.locator('[data-view="new"]').click();
      await tester.at('new-service').waitFor();
      assert.equal(await tester.at('new-amount').inputValue(), '100');
    });
  });

  test('an address with values comes before what was left', async () => {
    await asTester(await shop(), async (tester) => {
      await tester.open('/new');
      await tester.at('new-amount').fill('77');
      await tester.page.evaluate(() => { location.hash = '#/new?amount=5'; });
      await tester.page.waitForFunction(() => document.querySelector('#new-amount')?.value === '5');
    });
  });
});

test('the error of a server that is down is one line, and goes when the server is back', async () => {
  const db = ['--db', join(tempDir(), 'mock.db')];
  const first = await startServer({ args: db });
  let second;
  try {
    await asPayer({ resets: true, restarts: true }, first, async (payer) => {
      const tester = new Tester(payer, new Client(first));
      await tester.open('/new');
      await first.stop();
      await tester.at('create').click();
      await tester.at('errors').waitFor();
      assert.equal((await tester.at('errors').innerText()).split('\n').length, 1);
      second = await startServer({ args: [...db, '--listen', `${first.host}:${first.port}`] });
      await tester.at('errors').waitFor({ state: 'detached' });
      assert.equal(await tester.page.locator('[data-state="live"]').count(), 1);
    });
  } finally {
    await second?.stop();
  }
});

describe('a new payout', () => {
  test('is created by the merchant\'s API, from the list', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      await tester.open('/payouts');
      await tester.at('new').click();
      await tester.at('new-service').waitFor();
      assert.equal(await tester.at('make-payouts').getAttribute('aria-current'), 'true');
      await tester.at('new-amount').fill('12.5');
      await tester.at('create').click();
      await tester.at('errors').waitFor();
      assert.equal(await tester.at('new-field-account').getAttribute('aria-invalid'), 'true');
      await tester.at('new-field-account').fill('42');
      await tester.at('new-options.auto_process').selectOption('false');
      await tester.at('new-reference_id').fill('by-hand');
      await tester.payer.isAccessible('the form of a payout');
      await tester.at('create').click();
      await tester.at('view-payouts').waitFor();
      await tester.seesStatus('created');
      assert.equal(await tester.at('reference').innerText(), 'by-hand');
    }, { refusals: true });
    const { items: [made] } = (await api.control('GET', '/payout-invoices')).json;
    assert.deepEqual([made.amount, made.service, made.currency, made.test_mode], [12.5, 'test_usd', 'USD', true]);
    await api.advance(1);
    const { data } = (await api.private('GET', `/payout-invoices/${made.id}`)).expect(200);
    assert.deepEqual([data.attributes.status, data.attributes.fields], ['created', { account: '42' }]);
  });

  test('starts immediately on request, with an outcome', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      await tester.open('/new');
      await tester.at('make-payouts').click();
      await tester.at('new-field-account').fill('42');
      await tester.at('new-options.auto_process').selectOption('true');
      await tester.at('new-outcome').fill('process_failed:insufficient_funds@0');
      await tester.at('create').click();
      await tester.seesStatus('process_failed');
      assert.equal(await tester.at('resolution').innerText(), 'insufficient_funds');
    });
  });
});

test('after a lost response the invoice is found, expires, and has its callback', async () => {
  await asTester(await shop(), async (tester) => {
    const { page } = tester;
    const go = async (view) => {
      await page.locator(`[data-view="${view}"]`).click();
      await tester.at(`view-${view}`).waitFor();
    };
    await tester.open('/accounts');
    await tester.at('account-name').fill('Book Shop');
    await tester.at('make-account').click();
    await page.waitForURL((url) => url.searchParams.get('account') !== tester.api.account.id);

    await go('sinks');
    await tester.at('sink-name').fill('books');
    await tester.at('open-sink').click();
    await tester.at('use-sink').click();
    await page.locator('.toast', { hasText: 'are sent here' }).waitFor();

    await go('faults');
    await tester.at('fault-on').selectOption('api');
    await tester.at('fault-name').selectOption('commit_then_reset');
    await tester.at('fault-times').fill('1');
    await tester.at('add-fault').click();
    await tester.sees('fault', 1);

    await go('new');
    await page.getByLabel('Reference').fill('order-1');
    await page.getByLabel('Outcome').fill('process_pending');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('alert').getByRole('link').click();
    await tester.sees('invoice', 1);
    assert.deepEqual(await tester.references(), ['order-1']);

    await go('clock');
    await tester.at('advance-by').fill('31');
    await tester.at('advance-unit').selectOption('60');
    tester.agree();
    await tester.at('advance').click();
    await page.locator('[data-testid="advanced"]', { hasText: 'process' }).first().waitFor();

    await go('sinks');
    await tester.at('sink').click();
    await tester.sees('received', 2);
    const newest = tester.at('received').first();
    assert.match(await newest.innerText(), /order-1[^]*process failed[^]*valid/);
    await newest.locator('summary').click();
    assert.match(await newest.getByTestId('received-message').innerText(), /"resolution": "expired"/);
  }, { resets: true });
});
