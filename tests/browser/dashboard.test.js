// The dashboard in a browser: each view, live updates, the keyboard, and accessibility.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { Client } from '../lib/client.js';
import { contract } from '../lib/contract.js';
import { startServer, tempDir } from '../lib/server.js';
import { CARDS, SIZES, asPayer, closeBrowser } from './payer.js';

const TOKEN = 'a-token';
const server = await startServer();
const closed = await startServer({ args: ['--control-token', TOKEN] });
after(async () => {
  await closeBrowser();
  await Promise.all([server.stop(), closed.stop()]);
});
const demo = new Client(server);
const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };

/** A new account whose callbacks go to its sink "shop". */
async function shop(settings = {}) {
  const api = await demo.newAccount({ name: 'Corner Shop', settle_after_ms: 600_000, ...settings });
  const callback_url = `${server.url}/_mock/sink/shop?account=${api.account.id}`;
  (await api.control('PATCH', `/accounts/${api.account.id}`, { callback_url })).expect(200);
  return api;
}

class Tester {
  constructor(payer, api) {
    Object.assign(this, { payer, api, page: payer.page });
  }

  at(testid) {
    return this.payer.at(testid);
  }

  /** Opens a view; leaves it first if it is already open. */
  async open(hash = '') {
    await this.page.goto('about:blank');
    await this.payer.open(`/_mock/?account=${this.api.account.id}${hash && `#${hash}`}`);
    await this.page.getByRole('heading', { level: 1 }).waitFor();
    await this.page.locator('[data-state="live"]').waitFor();
    await this.page.locator('main:not([aria-busy])').waitFor();
  }

  /** Waits for this number of elements. */
  async sees(testid, n) {
    await this.page.waitForFunction(
      ([id, count]) => document.querySelectorAll(`[data-testid="${id}"]`).length === count,
      [testid, n],
    );
  }

  async seesStatus(status) {
    await this.page.locator(`[data-testid="status"][data-status="${status}"]`).waitFor();
  }

  /** The value of a term in the details. */
  fact(term) {
    return this.page
      .locator('dl.facts > div', { has: this.page.locator('dt', { hasText: new RegExp(`^${term}$`) }) })
      .locator('dd')
      .innerText();
  }

  references() {
    return this.page.locator('[data-testid="invoice"] b').allInnerTexts();
  }

  copied() {
    return this.page.evaluate(() => navigator.clipboard.readText());
  }
}

const asTester = (api, road, options = {}) => asPayer(options, server, async (payer) => {
  await payer.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url });
  await road(new Tester(payer, api));
});

describe('invoices', () => {
  test('/ redirects to the dashboard with the demo account', async () => {
    await asPayer({}, server, async (payer) => {
      await payer.open('/');
      assert.equal(new URL(payer.page.url()).pathname, '/_mock/');
      await payer.at('view-invoices').waitFor();
      assert.equal(await payer.text('account'), 'coma_Demo4DocsAccount');
    });
  });

  test('search and filters restrict the list, and are in the URL', async () => {
    const api = await shop();
    await api.made({ reference_id: 'shoes-1', description: 'Red shoes' }, hold);
    const { id } = await api.made({ reference_id: 'hat-1', currency: 'EUR', service: 'payment_card_eur_hpp' }, hold);
    await api.transition(id, { status: 'processed' });
    await asTester(api, async (tester) => {
      await tester.open();
      await tester.sees('invoice', 2);
      await tester.at('search').fill('RED');
      await tester.sees('invoice', 1);
      assert.deepEqual(await tester.references(), ['shoes-1']);
      assert.match(tester.page.url(), /#\/invoices\?search=RED$/);
      await tester.at('search').fill('');
      await tester.sees('invoice', 2);
      await tester.at('filter-status').selectOption('processed');
      await tester.sees('invoice', 1);
      assert.deepEqual(await tester.references(), ['hat-1']);
      await tester.page.reload();
      await tester.sees('invoice', 1);
      assert.equal(await tester.at('filter-status').inputValue(), 'processed');
      await tester.at('search').fill('nothing like it');
      await tester.at('empty').waitFor();
    });
  });

  test('the list has pages', async () => {
    const api = await shop();
    for (let i = 1; i <= 60; i++) await api.made({ reference_id: `order-${i}` }, hold);
    await asTester(api, async (tester) => {
      await tester.open();
      await tester.sees('invoice', 50);
      await tester.at('older').click();
      await tester.sees('invoice', 10);
      assert.equal((await tester.references()).at(-1), 'order-1');
      await tester.at('newest').click();
      await tester.sees('invoice', 50);
    });
  });

  test('new and changed invoices appear live', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      await tester.open();
      await tester.at('empty').waitFor();
      const { id } = await api.made({ reference_id: 'order-1' }, hold);
      await tester.page.locator('[data-testid="invoice"][data-status="process_pending"]').waitFor();
      await api.transition(id, { status: 'processed' });
      await tester.page.locator('[data-testid="invoice"][data-status="processed"]').waitFor();
    });
  });

  test('texts of an order are escaped', async () => {
    const api = await shop();
    const bad = '<img src=x onerror=alert(1)>"\'&';
    const { id } = await api.made({ reference_id: bad, description: bad, metadata: { note: bad } }, hold);
    await asTester(api, async (tester) => {
      await tester.open();
      assert.deepEqual(await tester.references(), [bad]);
      await tester.open(`/invoices/${id}`);
      assert.equal(await tester.at('reference').innerText(), bad);
      assert.equal(await tester.page.locator('main img').count(), 0);
    });
  });
});

describe('payouts', () => {
  const pay = async (api, changes = {}) =>
    (
      await api.private('POST', '/payout-invoices', {
        json: {
          service: 'test_usd',
          currency: 'USD',
          amount: 100,
          test_mode: true,
          fields: { account: '42' },
          options: { auto_process: false },
          ...changes,
        },
      })
    ).expect(201).data;

  test('have a separate live list with search', async () => {
    const api = await shop();
    await api.made({ reference_id: 'order-1' }, hold);
    await pay(api, { reference_id: 'salary-1' });
    await asTester(api, async (tester) => {
      await tester.open('/payouts');
      await tester.sees('invoice', 1);
      assert.deepEqual(await tester.references(), ['salary-1']);
      const { id } = await pay(api, { reference_id: 'salary-2', description: 'Bonus' });
      await tester.sees('invoice', 2);
      await tester.at('search').fill('bonus');
      await tester.sees('invoice', 1);
      assert.match(tester.page.url(), /#\/payouts\?search=bonus$/);
      await tester.at('invoice').click();
      await tester.page.waitForURL(`**/*#/payouts/${id}`);
      await tester.at('back').click();
      await tester.at('view-payouts').waitFor();
    });
  });

  test('a payout moves along its states, live, with its callback, and has no payment page', async () => {
    const api = await shop();
    const { id } = await pay(api);
    await asTester(api, async (tester) => {
      await tester.open(`/payouts/${id}`);
      await tester.seesStatus('created');
      assert.equal(await tester.fact('After the start'), 'processed:ok');
      assert.match(await tester.fact('Starts or expires'), /^\d{4}-/);
      assert.equal(await tester.at('open-page').count(), 0);
      await tester.at('move-to').selectOption('process_pending');
      await tester.at('move').click();
      await tester.seesStatus('process_pending');
      await tester.at('move-to').selectOption('processed');
      await tester.at('move').click();
      await tester.seesStatus('processed');
      await api.wait({ invoice: id, callback: 'delivered', transition: 'processed' });
      await tester.at('move-force').check();
      const all = await tester.at('move-to').locator('option').evaluateAll((some) => some.map(({ value }) => value));
      assert.deepEqual(all, [
        'created',
        'expired',
        'process_pending',
        'process_failed',
        'partially_processed',
        'terminated',
        'canceled',
        'partially_canceled',
      ]);
      await tester.at('copy-test').click();
      assert.match(await tester.copied(), /api\/payout-invoices/);
    });
  });
});

describe('one invoice', () => {
  test('an invoice in another currency than its service shows both', async () => {
    const api = await shop({ convert_currency: true, profile: '2024' });
    const { id } = await api.made({ service: 'payment_card_eur_hpp', currency: 'USD', amount: 1500 }, hold);
    const plain = await api.made({}, hold);
    await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      assert.equal(await tester.fact('Service currency'), 'EUR');
      assert.equal(await tester.fact('Service amount'), '1,380.00 EUR');
      await tester.open(`/invoices/${plain.id}`);
      assert.equal(await tester.page.locator('dt', { hasText: /^Service (currency|amount)$/ }).count(), 0);
    });
  });

  test('an invoice moves along the state table, live, with its callback', async () => {
    const api = await shop();
    const { id } = await api.made({}, hold);
    await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      await tester.seesStatus('process_pending');
      assert.deepEqual(
        await tester
          .at('move-to')
          .locator('option')
          .evaluateAll((all) => all.map(({ value }) => value)),
        ['expired', 'processed', 'process_failed', 'partially_processed', 'terminated'],
      );
      await tester.at('move-to').selectOption('process_failed');
      await tester.at('move-resolution').fill('insufficient_funds');
      await tester.at('move').click();
      await tester.seesStatus('process_failed');
      assert.equal(await tester.at('resolution').innerText(), 'insufficient_funds');
      await tester.at('move-force').check();
      await tester.at('move-to').selectOption('processed');
      await tester.at('move').click();
      await tester.seesStatus('processed');
      await tester.at('move-force').uncheck();
      await tester.at('move-to').selectOption('partially_refunded');
      await tester.at('move-amount').fill('20.4');
      await tester.at('move').click();
      await tester.seesStatus('partially_refunded');
      await tester.sees('callback', 4);
    });
    assert.equal((await api.attributes(id)).refunded_amount, 20.4);
  });

  test('an invoice is refunded in parts until nothing is left', async () => {
    const api = await shop();
    const { id } = await api.made({}, { headers: { 'X-Mock-Outcome': 'processed@0' } });
    await api.reach(id, 'processed');
    await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      await tester.seesStatus('processed');
      await tester.at('refund-amount').fill('100.01');
      await tester.at('refund').click();
      await tester.page.locator('.toast.bad', { hasText: 'less than or equal to 100' }).waitFor();
      await tester.at('refund-amount').fill('20.4');
      await tester.at('refund-outcome').selectOption('refund_pending');
      await tester.at('refund').click();
      await tester.seesStatus('refund_pending');
      assert.ok(await tester.at('refund').isHidden());
      await tester.at('move-to').selectOption('partially_refunded');
      await tester.at('move').click();
      await tester.seesStatus('partially_refunded');
      assert.match(await tester.at('refund-left').innerText(), /^79\.60 /);
      await tester.at('refund-outcome').selectOption('refunded@0');
      await tester.at('refund').click();
      await tester.seesStatus('refunded');
      await tester.sees('refund-row', 2);
      assert.ok(await tester.at('refund').isHidden());
    }, { refusals: true });
    assert.equal((await api.attributes(id)).refunded_amount, 100);
  });

  test('a refund in the profile 2025 shows its id; while it is refunding, no other can begin', async () => {
    const api = await shop({ profile: '2025' });
    const { id } = await api.made({}, { headers: { 'X-Mock-Outcome': 'processed@0' } });
    await api.reach(id, 'processed');
    await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      await tester.seesStatus('processed');
      await tester.at('refund-outcome').selectOption('refund_pending');
      await tester.at('refund').click();
      await tester.seesStatus('refund_pending');
      const [{ id: refund }] = (await api.attributes(id)).refunds;
      assert.match(await tester.at('refund-row').innerText(), new RegExp(refund));
      await tester.page.locator('[data-testid=timeline]', { hasText: refund }).waitFor();
      await tester.at('move-to').selectOption('refunding');
      await tester.at('move').click();
      await tester.seesStatus('refunding');
      assert.ok(await tester.at('refund').isHidden());
      await tester.at('move-to').selectOption('refunded');
      await tester.at('move').click();
      await tester.seesStatus('refunded');
    });
  });

  test('a chargeback is made with an amount', async () => {
    const api = await shop();
    const { id } = await api.made({}, { headers: { 'X-Mock-Outcome': 'processed@0' } });
    await api.reach(id, 'processed');
    await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      await tester.at('move-to').selectOption('partially_charged_back');
      await tester.at('move-amount').fill('12.34');
      await tester.at('move').click();
      await tester.seesStatus('partially_charged_back');
      await tester.at('move-to').selectOption('charged_back');
      await tester.at('move').click();
      await tester.seesStatus('charged_back');
      await tester.page.locator('dl.facts', { hasText: 'Charged back' }).waitFor();
    });
    assert.equal((await api.control('GET', `/payment-invoices/${id}`)).json.charged_back_amount, 100);
  });

  test('errors of the server are shown', async () => {
    const api = await shop();
    const { id } = await api.made({}, hold);
    await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      await tester.at('move-to').selectOption('process_failed');
      await tester.at('move-resolution').fill('no_such_thing');
      await tester.at('move').click();
      await tester.page.locator('.toast.bad', { hasText: 'no_such_thing' }).waitFor();
      await tester.seesStatus('process_pending');
    }, { refusals: true });
  });

  test('every suggested resolution is valid', async () => {
    const api = await shop();
    const { id } = await api.made({}, hold);
    await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      const offered = await tester.page
        .locator('#resolutions option')
        .evaluateAll((all) => all.map(({ value }) => value));
      assert.ok(offered.length > 5);
      for (const resolution of offered)
        (await api.transition(id, { status: 'process_failed', resolution, force: true })).expect(200);
    });
  });

  test('the timeline has raw requests, responses and signatures', async () => {
    const api = await shop();
    const { id } = await api.made({}, hold);
    await api.idle();
    await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      await tester.sees('timeline-api', 1);
      await tester.sees('timeline-transition', 2);
      await tester.sees('timeline-callback', 1);
      await tester.at('attempt').locator('summary').click();
      const [{ attempts: [{ request }] }] = await api.callbacks({ invoice: id });
      const shown = await tester.at('attempt-request').innerText();
      assert.ok(shown.includes(`X-Signature: ${request.headers['X-Signature']}`), shown);
      assert.ok(shown.includes(`"id": "${id}"`), shown);
      await tester.at('attempt-response').waitFor();
      await tester.at('check-signature').click();
      await tester.page.locator('[data-testid="verdict"].good').waitFor();
      await api.transition(id, { status: 'processed' });
      await tester.sees('callback', 2);
      assert.equal(
        await tester.page.locator('[data-testid="verdict"].good').count(),
        1,
        'what was found out stays when others come',
      );
    });
  });

  test('a wrong signature is explained', async () => {
    const api = await shop();
    (await api.control('POST', '/faults', { on: 'callback', fault: 'wrong_secret' })).expect(201);
    const { id } = await api.made({}, hold);
    await api.wait({ invoice: id, callback: 'delivered' });
    await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      await tester.at('attempt').locator('summary').click();
      await tester.at('check-signature').click();
      await tester.page.locator('[data-testid="verdict"].bad', { hasText: 'Expected: ' }).waitFor();
    });
  });

  test('a callback is resent as sent or with a new signature', async () => {
    const api = await shop();
    const { id } = await api.made({}, hold);
    await api.idle();
    await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      await tester.sees('attempt', 1);
      await tester.at('resend').click();
      await tester.sees('attempt', 2);
      await tester.at('resend-signed').click();
      await tester.sees('attempt', 3);
    });
    assert.equal((await api.control('GET', '/sink/shop/requests')).json.total, 3);
  });

  test('the payment page opens in a tab, and the payer\'s actions are shown live', async () => {
    const api = await shop();
    const { id } = await api.made({}, hold);
    await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      const [tab] = await Promise.all([tester.payer.context.waitForEvent('page'), tester.at('open-page').click()]);
      await tab.getByTestId('card-number').fill(CARDS.good);
      await tab.getByTestId('expiry').fill('12/30');
      await tab.getByTestId('cvv').fill('123');
      await tab.getByTestId('holder').fill('CARD HOLDER');
      await tab.getByTestId('pay').click();
      await tester.seesStatus('processed');
      await tester.page.locator('[data-testid="timeline-page"]').first().waitFor();
    });
  });

  test('copy as curl is the export', async () => {
    const api = await shop();
    const { id } = await api.made({}, hold);
    await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      await tester.at('copy-curl').click();
      await tester.page.locator('.toast').waitFor();
      assert.equal(
        await tester.copied(),
        (await api.control('GET', `/payment-invoices/${id}/export`)).expect(200).text,
      );
    });
  });

  test('copies and generates references in browsers without a clipboard', async () => {
    const api = await shop();
    const { id } = await api.made({}, hold);
    await asTester(api, async (tester) => {
      await tester.page.addInitScript(() => {
        Object.defineProperty(navigator, 'clipboard', { value: undefined });
        Object.defineProperty(crypto, 'randomUUID', { value: undefined });
      });
      await tester.open(`/invoices/${id}`);
      await tester.page.getByRole('button', { name: 'Copy id' }).click();
      await tester.page.locator('.toast', { hasText: 'Copied' }).waitFor();
      await tester.open('/new');
      await tester.at('create').click();
      await tester.at('view-invoices').waitFor();
      await tester.page.getByText(/^new-[0-9a-f]{16}$/).first().waitFor();
    });
  });

  for (const [outcome, status] of [
    ['processed@0', 'processed'],
    ['process_failed:insufficient_funds@0', 'process_failed'],
    ['process_pending', 'process_pending'],
    ['processed@0,refunded@0', 'refunded'],
    ['expired', 'process_failed'],
  ]) {
    test(`copy as test: ${outcome} makes a test that passes`, async () => {
      const api = await shop();
      const { id } = await api.made(
        { description: 'A "book"', metadata: { cart: 5 } },
        { headers: { 'X-Mock-Outcome': outcome } },
      );
      await api.reach(id, status);
      await asTester(api, async (tester) => {
        await tester.open(`/invoices/${id}`);
        await tester.seesStatus(status);
        await tester.at('copy-test').click();
        await tester.page.locator('.toast').waitFor();
        const file = join(tempDir(), 'copied.test.mjs');
        writeFileSync(file, await tester.copied());
        const env = {
          ...process.env,
          MILKYPAY_URL: server.url,
          MILKYPAY_ACCOUNT_ID: api.account.id,
          MILKYPAY_API_KEY: api.account.api_key,
        };
        delete env.NODE_TEST_CONTEXT; // it is a separate run
        const { stdout } = await promisify(execFile)(process.execPath, ['--test', file], { env });
        assert.match(stdout, /pass 1\b/);
      });
    });
  }

  test('an unknown invoice shows an error', async () => {
    await asTester(await shop(), async (tester) => {
      await tester.open('/invoices/cpi_0000000000000000');
      await tester.at('failed').waitFor();
    }, { refusals: true });
  });
});

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

describe('every status', () => {
  const SERVICE = { service: 'payment_card_usd_hpp' };
  const ROADS = [
    ['process_pending', SERVICE, []],
    ['processed', SERVICE, ['processed']],
    ['partially_processed', SERVICE, ['partially_processed']],
    ['process_failed', SERVICE, ['process_failed']],
    ['verified', { ...SERVICE, flow: 'verify' }, ['verified']],
    ['refund_pending', SERVICE, ['processed', 'refund_pending']],
    ['partially_refunded', SERVICE, ['processed', 'partially_refunded']],
    ['refunded', SERVICE, ['processed', 'refund_pending', 'refunded']],
    ['refund_failed', SERVICE, ['processed', 'refund_pending', 'refund_failed']],
    ['charged_back', SERVICE, ['processed', 'charged_back']],
    ['partially_charged_back', SERVICE, ['processed', 'partially_charged_back']],
    ['terminated', SERVICE, ['terminated']],
    ['created', undefined, []],
    ['expired', undefined, ['expired']],
  ];

  test('is reached by clicks', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      for (const [status, attributes, clicks] of ROADS) {
        if (!attributes) { // an order without a service
          const form = { public_key: api.account.public_key, currency: 'USD', amount: 10 };
          (await api.send('POST', '/hpp/', { form })).expect(303);
        }
        const { id } = attributes ? await api.made(attributes, hold) : (await api.list()).expect(200).data[0];
        await tester.open(`/invoices/${id}`);
        for (const next of clicks) {
          await tester.at('move-to').selectOption(next);
          await tester.at('move').click();
          await tester.seesStatus(next);
        }
        await tester.seesStatus(status);
      }
    });
  });
});

describe('requests', () => {
  test('appear live, with the reason of an error', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      await tester.open('/requests?method=POST&path=/payment-invoices');
      await tester.at('empty').waitFor();
      (await api.create({ service: 'payment_card_usd_hpp', currency: 'USD', amount: -1 })).expect(422);
      await tester.at('request').locator('summary').click();
      await tester.at('explain').waitFor();
      assert.match(await tester.at('explain').innerText(), /amount/);
      await api.made({}, hold);
      await tester.sees('request', 2);
      assert.equal(await tester.at('explain').count(), 1, 'what was opened stays open');
    });
  });

  test('can be filtered and deleted', async () => {
    const api = await shop();
    await api.made({}, hold);
    await api.list();
    await asTester(api, async (tester) => {
      await tester.open('/requests');
      await tester.at('filter-path').fill('/payment-invoices');
      await tester.at('filter-method').selectOption('GET');
      await tester.sees('request', 1);
      await tester.at('filter-code').selectOption('4xx');
      await tester.at('empty').waitFor();
      await tester.at('forget').click();
      await tester.page.locator('[data-testid="total"]', { hasText: /^0 kept/ }).waitFor();
    });
  });
});

describe('sinks', () => {
  test('requests appear newest first, with the result of the signature check', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      await tester.open('/sinks/shop');
      await tester.at('empty').waitFor();
      await api.made({}, hold);
      await tester.sees('received', 1);
      assert.equal(await tester.at('signature').innerText(), 'valid');
      await tester.at('received').locator('summary').click();
      assert.match(await tester.at('received-message').innerText(), /X-Signature/);
      await api.made({}, hold);
      await tester.sees('received', 2);
      assert.deepEqual(
        await tester.at('received').evaluateAll((all) => all.map(({ open }) => open)),
        [false, true],
        'the same one is open',
      );
      await tester.open('/sinks');
      await tester.at('sink').click();
      await tester.sees('received', 2);
      await tester.at('forget').click();
      await tester.at('empty').waitFor();
    });
  });

  test('a sink sends the set responses, and can be the account\'s callback URL', async () => {
    const api = await demo.newAccount({ settle_after_ms: 600_000 });
    await asTester(api, async (tester) => {
      await tester.open('/sinks');
      await tester.at('sink-name').fill('other');
      await tester.at('open-sink').click();
      await tester.at('codes').fill('503, 200');
      await tester.at('program').click();
      await tester.page.locator('.toast', { hasText: 'responses are set' }).waitFor();
      await tester.at('use-sink').click();
      await tester.page.locator('.toast', { hasText: 'are sent here' }).waitFor();
      await api.made({}, hold);
      await tester.sees('received', 1);
      await tester.page.locator('[data-testid="received"]', { hasText: '503' }).waitFor();
    });
  });
});

describe('faults', () => {
  test('a fault is added, applies and is removed', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      await tester.open('/faults');
      await tester.at('empty').waitFor();
      await tester.at('fault-name').selectOption('drop');
      await tester.at('fault-times').fill('2');
      await tester.at('add-fault').click();
      await tester.sees('fault', 1);
      assert.equal(await tester.at('hits').innerText(), '0 hits');
      await api.made({}, hold);
      await tester.page.locator('[data-testid="hits"]', { hasText: /^1 hit$/ }).waitFor();
      await tester.at('remove').click();
      await tester.at('empty').waitFor();
    });
    assert.equal((await api.control('GET', '/faults')).json.total, 0);
  });

  test('a fault has a match and parameters', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      await tester.open('/faults');
      await tester.at('fault-on').selectOption('api');
      await tester.at('fault-name').selectOption('status');
      await tester.at('fault-status').fill('429');
      await tester.at('fault-retry_after').fill('3');
      await tester.at('fault-path').fill('/payment-services*');
      await tester.at('fault-method').fill('GET');
      await tester.at('add-fault').click();
      await tester.sees('fault', 1);
    });
    const { items: [{ on, fault, status, retry_after: retry, match }] } = (await api.control('GET', '/faults')).json;
    assert.deepEqual(
      [on, fault, status, retry, match],
      ['api', 'status', 429, 3, { path: '/payment-services*', method: 'GET' }],
    );
  });

  test('all faults of the server are offered, and each is accepted', async () => {
    const api = await shop();
    const offered = {};
    await asTester(api, async (tester) => {
      await tester.open('/faults');
      for (const on of ['callback', 'api', 'page']) {
        await tester.at('fault-on').selectOption(on);
        offered[on] = await tester
          .at('fault-name')
          .locator('option')
          .evaluateAll((all) => all.map(({ value }) => value));
        for (const name of offered[on]) {
          await tester.at('fault-name').selectOption(name);
          const { total } = (await api.control('GET', '/faults')).json;
          await tester.at('add-fault').click();
          await tester.sees('fault', total + 1);
        }
        await tester.at('remove-all').click();
        await tester.at('empty').waitFor();
      }
    });
    const known = contract().document.components.schemas.FaultValues.properties.fault.enum;
    assert.deepEqual(new Set(Object.values(offered).flat()), new Set(known));
    assert.deepEqual(offered.api, offered.page);
  });
});

describe('services', () => {
  const CARD = 'payment_card_eur_hpp';
  const NEW = { method: 'bank_transfer', currency: 'SEK', flow: 'hpp', amount_min: 1, amount_max: 10000 };
  const change = async (api, code, body, kind = 'payment') =>
    (await api.control('PUT', `/services/${code}`, body, { parameters: { kind } })).expect(200, 201).json;
  const known = async (api, code, kind = 'payment') =>
    (await api.control('GET', '/services', undefined, { parameters: { kind } })).json.items.find(({ service }) =>
      service === code);
  const codes = (tester) => tester.page.locator('[data-testid="service"] b').allInnerTexts();
  const marksOf = (tester, code) => tester.page.locator(`[data-service="${code}"] .tag`).allInnerTexts();

  test('the list has limits, fees, marks, search and filters, which are in the URL', async () => {
    const api = await shop();
    await change(api, CARD, { fee_rate: 2.5, fee_fix: 0.25, fee_min: 1, amount_max: 500 });
    await change(api, 'paypal_eur_hpp', { available: false });
    await change(api, 'swish_sek_hpp', NEW);
    await asTester(api, async (tester) => {
      await tester.open('/services');
      const { total } = (await api.control('GET', '/services')).json;
      assert.equal(await tester.at('total').innerText(), `${total} services`);
      await tester.at('filter-state').selectOption('changed');
      await tester.sees('service', 3);
      assert.deepEqual(new Set(await codes(tester)), new Set([CARD, 'paypal_eur_hpp', 'swish_sek_hpp']));
      assert.deepEqual(await marksOf(tester, CARD), ['usable', 'changed']);
      assert.deepEqual(await marksOf(tester, 'paypal_eur_hpp'), ['unavailable', 'changed']);
      assert.deepEqual(await marksOf(tester, 'swish_sek_hpp'), ['usable', 'added']);
      const row = await tester.page.locator(`[data-service="${CARD}"]`).innerText();
      assert.match(row, /0\.01 – 500 EUR/);
      assert.match(row, /2\.5 % \+ 0\.25, at least 1/);
      await tester.at('filter-currency').selectOption('EUR');
      await tester.sees('service', 2);
      await tester.at('search').fill('CARD eur');
      await tester.sees('service', 1);
      assert.match(tester.page.url(), /#\/services\?search=CARD\+eur&currency=EUR&state=changed$/);
      await tester.page.reload();
      await tester.sees('service', 1);
      assert.equal(await tester.at('filter-currency').inputValue(), 'EUR');
      await tester.at('search').fill('nothing like it');
      await tester.at('empty').waitFor();
      await tester.at('of-payout').click();
      await tester.page.locator('[data-service="test_usd"]').waitFor();
      assert.equal(await tester.at('search').inputValue(), '');
    });
  });

  test('thousands of services are shown in pages, and searched without a call', async () => {
    const folder = tempDir();
    const service = (n) => ({ code: `many_${n}_usd_hpp`, method: 'many', currency: 'USD', flow: 'hpp', status: 'active',
      amount_min: 1, amount_max: 10, fields: [] });
    const method = { code: 'many', name: { en: 'Many' }, category: 'ewallet' };
    writeFileSync(join(folder, 'payment_methods.json'), JSON.stringify([method]));
    writeFileSync(join(folder, 'payment_services.json'), JSON.stringify(Array.from({ length: 2300 }, (_, n) => service(n))));
    const large = await startServer({ args: ['--catalogue', folder] });
    const api = await new Client(large).newAccount();
    await asPayer({}, large, async (payer) => {
      const tester = new Tester(payer, api);
      await tester.open('/services?method=many');
      await tester.sees('service', 50);
      assert.match(await tester.at('total').innerText(), /^2,300 of 2,\d+ services$/);
      let calls = 0;
      payer.page.on('request', () => { calls++; });
      await tester.at('search').fill('many_229');
      await tester.sees('service', 11);
      await tester.at('search').fill('');
      await tester.sees('service', 50);
      assert.equal(calls, 0);
      await tester.at('older').click();
      await tester.page.locator('[data-service="many_99_usd_hpp"]').waitFor();
      await tester.sees('service', 50);
      await tester.at('newest').click();
      await tester.page.locator('[data-service="many_0_usd_hpp"]').waitFor();
    });
    await large.stop();
  });

  test('a change has only what was edited, and is undone', async () => {
    const api = await shop();
    const before = await known(api, CARD);
    await asTester(api, async (tester) => {
      await tester.open(`/services/${CARD}`);
      assert.ok(await tester.at('undo').isHidden());
      const bodies = [];
      tester.page.on('request', (request) => { if (request.method() === 'PUT') bodies.push(request.postDataJSON()); });
      await tester.at('save').click();
      await tester.page.locator('.toast', { hasText: 'Nothing has changed' }).waitFor();
      await tester.at('service-fee_rate').fill('2.5');
      await tester.at('service-amount_max').fill('500');
      await tester.at('service-available').uncheck();
      await tester.at('save').click();
      await tester.at('changed').waitFor();
      assert.equal(await tester.at('usable').innerText(), 'unavailable');
      assert.equal(await tester.fact('Limits'), '0.01 – 500 EUR');
      assert.deepEqual(bodies, [{ fee_rate: '2.5', amount_max: '500', available: false }]);
      const now = await known(api, CARD);
      assert.deepEqual([now.fee_rate, now.amount_max, now.usable], [2.5, 500, false]);
      await tester.at('service-fee_fix').fill('7');
      await tester.at('undo').click();
      await tester.at('changed').waitFor({ state: 'detached' });
      assert.equal(await tester.at('service-amount_max').inputValue(), '1000000');
      assert.equal(await tester.at('service-fee_fix').inputValue(), '0');
      assert.ok(await tester.at('service-available').isChecked());
    });
    assert.deepEqual(await known(api, CARD), before);
  });

  test('fields are shown, and replaced as JSON', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      await tester.open('/services/bank_transfer_usd_hpp');
      await tester.sees('service-field', 1);
      const fields = JSON.parse(await tester.at('service-fields').inputValue());
      assert.equal(fields[0].key, 'account_number');
      await tester.at('service-fields').fill(JSON.stringify([...fields, { ...fields[0], key: 'bank', required: false }]));
      await tester.at('save').click();
      await tester.sees('service-field', 2);
      assert.match(await tester.at('service-field').nth(1).innerText(), /^bank[^]*optional/);
      await tester.at('service-fields').fill('');
      await tester.at('save').click();
      await tester.sees('service-field', 0);
    });
    assert.deepEqual((await known(api, 'bank_transfer_usd_hpp')).fields, []);
  });

  test("the server's words stand at the field that they name", async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      await tester.open(`/services/${CARD}`);
      const refused = async (member, text, words) => {
        const before = await tester.at(`service-${member}`).inputValue();
        await tester.at(`service-${member}`).fill(text);
        await tester.at('save').click();
        await tester.at(`error-${member}`).waitFor();
        assert.equal(await tester.at(`error-${member}`).innerText(), words);
        assert.equal(await tester.page.locator('.error').count(), 1, 'earlier errors are gone');
        assert.equal(await tester.page.evaluate(() => document.activeElement.dataset.testid), `service-${member}`);
        assert.match(await tester.at(`service-${member}`).getAttribute('aria-describedby'), /-error$/);
        await tester.at(`service-${member}`).fill(before);
      };
      await refused('fee_fix', '-1', 'an amount is never negative');
      await refused('amount_min', '', 'This value should be of type numeric.');
      await refused('amount_min', '2000000', 'larger than amount_max');
      await refused('fields', '[{"key": "a"}]', 'fields[0].type: This value should not be blank.');
      await refused('fields', '{"key": "a"}', 'must be a list');
      await refused('more', '{"fee": 1}', 'fee: This field was not expected.');
      await tester.at('service-more').fill('{');
      await tester.at('save').click();
      assert.match(await tester.at('error-more').innerText(), /^not valid JSON: /);
    }, { refusals: true });
    assert.equal((await known(api, CARD)).changed, false);
  });

  test('one is added, in use, and removed', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      await tester.open('/services');
      await tester.at('add').click();
      await tester.at('service-code').fill(CARD);
      await tester.at('save').click();
      assert.match(await tester.at('error-code').innerText(), /already/);
      await tester.at('service-code').fill('swish_sek_hpp');
      for (const member of ['method', 'currency', 'amount_min', 'amount_max', 'flow']) {
        await tester.at('save').click();
        await tester.at(`error-${member}`).waitFor();
        await tester.at(`service-${member}`).fill(String(NEW[member]));
      }
      await tester.at('save').click();
      await tester.page.waitForURL('**/*#/services/swish_sek_hpp');
      assert.equal(await tester.at('changed').innerText(), 'added');
      await tester.at('order').click();
      assert.equal(await tester.at('new-service').inputValue(), 'swish_sek_hpp');
      assert.equal(await tester.at('new-currency').inputValue(), 'SEK');
      await tester.at('create').click();
      await tester.at('reference').waitFor();
      await tester.open('/services/swish_sek_hpp');
      await tester.at('undo').click();
      await tester.page.locator('.toast.bad', { hasText: 'invoices use the service' }).waitFor();
      await change(api, 'wages_sek', { ...NEW, flow: undefined }, 'payout');
      await tester.open('/services/wages_sek?kind=payout');
      assert.equal(await tester.at('undo').innerText(), 'Remove the service');
      await tester.at('undo').click();
      await tester.page.waitForURL('**/*#/services?kind=payout');
    }, { refusals: true });
    assert.ok(await known(api, 'swish_sek_hpp'));
    assert.equal(await known(api, 'wages_sek', 'payout'), undefined);
  });

  test('changes by others appear live, and leave what is being edited', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      await tester.open(`/services?search=${CARD}`);
      await tester.sees('changed', 0);
      await change(api, CARD, { fee_fix: 1 });
      await tester.sees('changed', 1);
      await tester.open(`/services/${CARD}`);
      await tester.at('service-fee_rate').fill('3');
      await change(api, CARD, { fee_rate: 9, fee_fix: 2 });
      await tester.page.waitForFunction(() => document.querySelector('#service-fee_fix').value === '2');
      assert.equal(await tester.at('service-fee_rate').inputValue(), '3');
      await tester.at('save').click();
      await tester.page.locator('.toast').waitFor();
    });
    const { fee_rate: rate, fee_fix: fix } = await known(api, CARD);
    assert.deepEqual([rate, fix], [3, 2]);
  });

  test('with the keyboard alone', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      const { keyboard } = tester.page;
      await tester.open('/services');
      await keyboard.press('/');
      await keyboard.type(CARD);
      await tester.sees('service', 1);
      await keyboard.press('Escape');
      await keyboard.press('j');
      await keyboard.press('Enter');
      await tester.at('save').waitFor();
      await keyboard.press('/');
      assert.equal(await tester.page.evaluate(() => document.activeElement.id), 'service-amount_min');
      await keyboard.press('ControlOrMeta+A');
      await keyboard.type('5');
      await keyboard.press('Enter');
      await tester.at('changed').waitFor();
      await keyboard.press('Escape');
      await keyboard.press('Escape');
      await tester.sees('service', 1);
    });
    assert.equal((await known(api, CARD)).amount_min, 5);
  });

  test('an unknown one is explained', async () => {
    await asTester(await shop(), async (tester) => {
      await tester.open('/services/nothing?kind=payout');
      assert.match(await tester.at('failed').innerText(), /no service nothing of payouts/);
    });
  });
});

describe('report', () => {
  const start = Date.parse('2027-06-01T22:30Z') / 1000;

  async function busyShop() {
    const api = await shop({ lifetime_s: 86_400 });
    await api.freeze(start);
    await api.made({ reference_id: 'shoes', amount: 120.4 }, { headers: { 'X-Mock-Outcome': 'processed@1s,partially_refunded@1s' } });
    await api.made({ reference_id: 'late', amount: 7 }, { headers: { 'X-Mock-Outcome': 'processed@1h' } });
    await api.advance(10);
    return api;
  }

  test('shows the rows and sums of today by the account\'s clock, live', async () => {
    const api = await busyShop();
    await asTester(api, async (tester) => {
      await tester.open('/report?timezone=UTC');
      await tester.sees('movement', 2);
      assert.equal(await tester.at('date').inputValue(), '2027-06-01');
      assert.equal(await tester.at('total').innerText(), '2 rows; 2027-06-01 is not over');
      assert.equal(await tester.at('payments').innerText(), '1 · 120.40 USD');
      assert.equal(await tester.at('refunds').innerText(), '1 · -60.20 USD');
      assert.equal(await tester.at('active').innerText(), '60.20 USD');
      assert.deepEqual(await tester.page.locator('[data-testid="type"]').allInnerTexts(), ['payment', 'refund']);
      await api.transition((await api.made({ amount: 5 }, hold)).id, { status: 'processed' });
      await tester.sees('movement', 3);
      assert.equal(await tester.at('active').innerText(), '65.20 USD');
      await tester.page.locator('[data-testid="movement"]').first().click();
      await tester.at('view-invoices').waitFor();
    });
  });

  test('another day and zone are chosen, and are in the URL; a wrong zone is explained', async () => {
    const api = await busyShop();
    await api.advance(2 * 3600);
    await asTester(api, async (tester) => {
      await tester.open('/report?timezone=UTC&date=2027-06-01');
      await tester.sees('movement', 3);
      await tester.at('date').fill('2027-06-02');
      await tester.at('empty').waitFor();
      await tester.at('zone').fill('Europe/Kyiv');
      await tester.sees('movement', 3);
      assert.match(await tester.page.locator('[data-testid="movement"] time').first().innerText(), /^2027-06-02 01:30:01$/);
      assert.match(tester.page.url(), /#\/report\?date=2027-06-02&timezone=Europe%2FKyiv$/);
      await tester.at('zone').fill('Mars');
      await tester.page.locator('[data-testid="failed"]', { hasText: 'time zone data' }).waitFor();
      await tester.at('zone').fill('+03:00');
      await tester.sees('failed', 0);
      await tester.sees('movement', 3);
    }, { refusals: true });
  });

  test('is downloaded as CSV', async () => {
    const api = await busyShop();
    await asTester(api, async (tester) => {
      await tester.open('/report?timezone=UTC&date=2027-06-01');
      await tester.sees('movement', 2);
      const [download] = await Promise.all([tester.page.waitForEvent('download'), tester.at('download').click()]);
      assert.equal(download.suggestedFilename(), 'report-2027-06-01.csv');
      const lines = readFileSync(await download.path(), 'utf8').split('\r\n');
      assert.equal(lines.length, 5, 'head, two rows, a total, and nothing behind the last end');
      assert.match(lines[1], /^2027-06-01T22:30:01\+00:00,payment,cpi_/);
    });
  });

  test('has pages', async () => {
    const api = await shop();
    await api.freeze(start);
    for (let i = 0; i < 55; i++) await api.made({ amount: 1 }, { headers: { 'X-Mock-Outcome': 'processed@1s' } });
    await api.advance(5);
    await asTester(api, async (tester) => {
      await tester.open('/report?timezone=UTC');
      await tester.sees('movement', 50);
      await tester.at('older').click();
      await tester.sees('movement', 5);
      assert.equal(await tester.at('active').innerText(), '55.00 USD', 'the sums are those of the day');
      await tester.at('newest').click();
      await tester.sees('movement', 50);
    });
  });
});

test('the clock is frozen, advanced, and advanced to the next event', async () => {
  const api = await shop();
  await asTester(api, async (tester) => {
    await tester.open('/clock');
    await tester.at('freeze').click();
    await tester.page.locator('[data-testid="mode"]', { hasText: 'frozen' }).waitFor();
    const { now, mode } = await api.clock();
    assert.equal(mode, 'frozen');
    await tester.at('advance-by').fill('2');
    await tester.at('advance-unit').selectOption('60');
    await tester.at('advance').click();
    await tester.page.locator('.toast', { hasText: '0 events' }).waitFor();
    assert.equal((await api.clock()).now, now + 120);
    const { id } = await api.made({}, { headers: { 'X-Mock-Outcome': 'processed@10m' } });
    await api.wait({ invoice: id, callback: 'delivered' });
    await tester.at('next').click();
    await tester.page.locator('[data-testid="advanced"]', { hasText: 'processed' }).first().waitFor();
    assert.equal((await api.attributes(id)).status, 'processed');
    await api.freeze(now + 90_000);
    await tester.page.waitForFunction(
      (want) => new Date(document.querySelector('[data-testid="now"] time').dateTime).getTime() === want,
      (now + 90_000) * 1000,
    );
    await tester.at('run').click();
    await tester.page.locator('[data-testid="mode"]', { hasText: 'runs' }).waitFor();
  });
});

describe('accounts', () => {
  test('a new account is selected and shown with its keys', async () => {
    await asTester(await shop(), async (tester) => {
      await tester.open('/accounts');
      const card = tester.page.locator(`[data-account="${tester.api.account.id}"][data-testid="account-card"]`);
      assert.equal(await card.getByTestId('secret_key').innerText(), tester.api.account.secret_key);
      await card.getByRole('button', { name: 'Copy API key' }).click();
      await tester.page.locator('.toast').waitFor();
      assert.equal(await tester.copied(), tester.api.account.api_key);
      await tester.at('account-name').fill('Book Shop');
      await tester.at('make-account').click();
      await tester.page.waitForURL((url) => url.searchParams.get('account') !== tester.api.account.id);
      await tester.at('view-invoices').waitFor();
      const id = await tester.at('account').innerText();
      assert.equal((await demo.send('GET', `/_mock/accounts/${id}`)).expect(200).json.settings.name, 'Book Shop');
    });
  });

  test('a key is replaced, and the old one is listed', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      await tester.open('/accounts');
      const card = tester.page.locator(`[data-account="${api.account.id}"][data-testid="account-card"]`);
      await card.getByText('Replace keys', { exact: true }).click();
      await card.getByText('No key was replaced.').waitFor();
      await card.getByTestId('rotate-which').selectOption('secret_key');
      await card.getByTestId('rotate-grace').fill('90');
      await card.getByTestId('rotate').click();
      await tester.page.locator('.toast').waitFor();
      const { secret_key: fresh, previous_keys: [previous] } =
        (await demo.send('GET', `/_mock/accounts/${api.account.id}`)).expect(200).json;
      assert.equal(previous.until - previous.replaced, 90);
      assert.equal(await card.getByTestId('secret_key').innerText(), fresh);
      assert.equal(await card.getByTestId('previous-key').innerText(), api.account.secret_key);
      await card.getByText(/^valid until/).waitFor();
      await tester.payer.shot('dashboard-rotate');
      await tester.payer.isAccessible('the keys');
    });
  });

  test('the dashboard goes on with a new API key', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      await tester.open('/new');
      (await api.control('POST', `/accounts/${api.account.id}/rotate`, { keys: ['api_key'] })).expect(200);
      await tester.page.getByTestId('create').click();
      await tester.seesStatus('process_pending');
    });
  });

  test('the profile is selected in the settings', async () => {
    await asTester(await shop(), async (tester) => {
      await tester.open('/accounts');
      const card = tester.page.locator(`[data-account="${tester.api.account.id}"][data-testid="account-card"]`);
      await card.getByText('Settings', { exact: true }).click();
      await card.getByTestId('profile').selectOption('2024');
      await tester.page.locator('.toast').waitFor();
      const { settings } = (await demo.send('GET', `/_mock/accounts/${tester.api.account.id}`)).expect(200).json;
      assert.equal(settings.profile, '2024');
    });
  });

  test('the balances are loaded when opened', async () => {
    const api = await shop({ opening_balances: { USD: 1300, EUR: 20.5 } });
    await asTester(api, async (tester) => {
      await tester.open('/accounts');
      const card = tester.page.locator(`[data-account="${api.account.id}"][data-testid="account-card"]`);
      const summary = card.getByText('Balances', { exact: true });
      const has = (currency, text) =>
        card
          .getByTestId('balances')
          .locator('div', { has: tester.page.locator('dt', { hasText: currency }) })
          .locator('dd', { hasText: text })
          .waitFor();
      await summary.click();
      await has('USD', /^1,300\.00$/);
      await has('EUR', /^20\.50$/);
      const { id } = await api.made({ amount: 5 }, hold);
      (await api.transition(id, { status: 'processed' })).expect(200);
      (
        await api.private('POST', '/payout-invoices', {
          json: {
            service: 'test_usd',
            currency: 'USD',
            amount: 100,
            fields: { account: '1' },
            options: { auto_process: true },
          },
        })
      ).expect(201);
      await summary.click();
      await summary.click();
      await has('USD', /^1,205\.00 · 100\.00 pending$/);
    });
  });

  test('reset and delete ask for confirmation', async () => {
    const api = await shop();
    await api.made({}, hold);
    const total = async () => (await api.control('GET', '/payment-invoices')).json.total;
    await asTester(api, async (tester) => {
      await tester.open('/accounts');
      tester.page.once('dialog', (dialog) => dialog.dismiss());
      await tester.at('reset').click();
      assert.equal(await total(), 1);
      tester.page.on('dialog', (dialog) => dialog.accept());
      await tester.at('reset').click();
      await tester.page.locator('.toast').waitFor();
      assert.equal(await total(), 0);
      await tester.at('delete').click();
      await tester.at('no-account').waitFor();
    }, { refusals: true });
    (await demo.send('GET', `/_mock/accounts/${api.account.id}`)).expect(404);
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
    await tester.at('advance').click();
    await page.locator('[data-testid="advanced"]', { hasText: 'process' }).first().waitFor();

    await go('sinks');
    await tester.at('sink').click();
    await tester.sees('received', 2);
    const newest = tester.at('received').first();
    assert.match(await newest.innerText(), /process failed[^]*order-1[^]*valid/);
    await newest.locator('summary').click();
    assert.match(await newest.getByTestId('received-message').innerText(), /"resolution": "expired"/);
  }, { resets: true });
});

describe('loading errors', () => {
  for (const [view, where] of Object.entries({ invoices: '/invoices', requests: '/requests', sink: '/sinks/shop' })) {
    test(`are shown until loading succeeds: ${view}`, async () => {
      const api = await shop();
      await asTester(api, async (tester) => {
        await tester.open(where);
        await tester.page.route(/_mock\/(payment-invoices|requests|sink)\b/, (route) =>
          route.fulfill({ body: 'no JSON' }),
        );
        await api.made({}, hold);
        await tester.at('failed').waitFor();
        assert.match(await tester.at('failed').innerText(), /JSON/);
        await tester.page.unroute(/_mock\/(payment-invoices|requests|sink)\b/);
        await api.made({}, hold);
        await tester.at('failed').waitFor({ state: 'detached' });
      });
    });
  }

  test('are shown instead of a view', async () => {
    await asPayer({}, server, async (payer) => {
      await payer.page.route('**/_mock/statuses*', (route) => route.fulfill({ body: 'no JSON' }));
      await payer.open('/_mock/');
      await payer.at('failed').waitFor();
      await payer.page.unroute('**/_mock/statuses*');
      await payer.page.goto(`${server.url}/_mock/#/clock`);
      await payer.at('now').waitFor();
    });
  });
});

describe('with the keyboard alone', () => {
  test('the user opens an invoice, returns, and opens every view', async () => {
    const api = await shop();
    for (const reference_id of ['order-1', 'order-2', 'order-3']) await api.made({ reference_id }, hold);
    await asTester(api, async (tester) => {
      const { keyboard } = tester.page;
      await tester.open();
      await tester.sees('invoice', 3);
      for (const key of ['j', 'j', 'j', 'k']) await keyboard.press(key);
      await keyboard.press('Enter');
      await tester.at('reference').waitFor();
      assert.equal(await tester.at('reference').innerText(), 'order-2');
      assert.equal(
        await tester.page.evaluate(() => document.activeElement.tagName),
        'H1',
        'the focus is where the view begins',
      );
      await keyboard.press('Escape');
      await tester.sees('invoice', 3);
      await keyboard.press('/');
      await keyboard.type('order-3');
      await tester.sees('invoice', 1);
      await keyboard.press('Escape');
      for (const [key, view] of [
        ['n', 'new'],
        ['d', 'report'],
        ['r', 'requests'],
        ['s', 'sinks'],
        ['f', 'faults'],
        ['v', 'services'],
        ['c', 'clock'],
        ['a', 'accounts'],
        ['i', 'invoices'],
      ]) {
        await keyboard.press(key);
        await tester.page.locator(`[data-testid="view-${view}"] h1`).waitFor();
      }
    });
  });

  test('a row keeps the focus while the list changes', async () => {
    const api = await shop();
    await api.made({ reference_id: 'order-1' }, hold);
    await asTester(api, async (tester) => {
      await tester.open();
      await tester.sees('invoice', 1);
      await tester.page.keyboard.press('j');
      await api.made({ reference_id: 'order-2' }, hold);
      await tester.sees('invoice', 2);
      assert.match(await tester.page.evaluate(() => document.activeElement.innerText), /^order-1/);
    });
  });

  test('help lists the keys, and letters can be switched off', async () => {
    await asTester(await shop(), async (tester) => {
      await tester.open();
      await tester.page.keyboard.press('?');
      await tester.at('help-dialog').waitFor();
      await tester.payer.isAccessible('the dialog');
      await tester.at('keys-on').uncheck();
      await tester.page.keyboard.press('Escape');
      await tester.page.keyboard.press('n');
      await tester.page.reload();
      await tester.at('view-invoices').waitFor();
      await tester.page.keyboard.press('n');
      assert.equal(await tester.at('view-new').count(), 0);
    });
  });

  test('the first link skips the navigation', async () => {
    await asTester(await shop(), async (tester) => {
      await tester.open();
      await tester.page.keyboard.press('Tab');
      await tester.page.keyboard.press('Enter');
      assert.equal(await tester.page.evaluate(() => document.activeElement.id), 'main');
      assert.equal(await tester.at('view-invoices').count(), 1);
    });
  });
});

describe('with a control token', () => {
  test('the page asks for it once, and keeps the fragment of the URL', async () => {
    await asPayer({ refusals: true }, closed, async (payer) => {
      await payer.open('/_mock/#/faults');
      await payer.at('token').fill('wrong');
      await payer.click('enter');
      await payer.at('wrong').waitFor();
      await payer.isAccessible('the page that asks');
      await payer.at('token').fill(TOKEN);
      await payer.click('enter');
      await payer.page.getByRole('heading', { level: 1, name: 'Invoices' }).waitFor();
      assert.equal(new URL(payer.page.url()).search, '');
      await payer.page.locator('[data-state="live"]').waitFor();
      await payer.open(`/_mock/?token=${TOKEN}#/clock`);
      await payer.at('freeze').click();
      await payer.page.locator('[data-testid="mode"]', { hasText: 'frozen' }).waitFor();
      assert.match(payer.page.url(), /\/_mock\/#\/clock$/);
    });
  });
});

/** Every view, with content. */
const VIEWS = {
  invoices: '/invoices',
  invoice: (id) => `/invoices/${id}`,
  new: '/new',
  report: '/report',
  requests: '/requests',
  sinks: '/sinks',
  sink: '/sinks/shop',
  faults: '/faults',
  services: '/services',
  service: '/services/bank_transfer_usd_hpp',
  'new-service': '/services/+',
  clock: '/clock',
  accounts: '/accounts',
};

for (const theme of ['light', 'dark']) {
  for (const size of Object.keys(SIZES)) {
    test(`every view is accessible, ${theme}, on a ${size}`, async () => {
      const api = await shop();
      (await api.control('POST', '/faults', { on: 'callback', fault: 'wrong_secret', after: 2, times: 1 })).expect(201);
      const { id } = await api.made(
        { description: 'Two red shoes, size 42, and a box of polish' },
        { headers: { 'X-Mock-Outcome': 'processed@0' } },
      );
      await api.made(
        { amount: 20.4, test_mode: true },
        { headers: { 'X-Mock-Outcome': 'process_failed:insufficient_funds@0' } },
      );
      (await api.create({ amount: -1 })).expect(422);
      const order = { reference_id: 'wages', service: 'test_eur', currency: 'EUR', amount: 40, fields: { account: '1' },
        options: { auto_process: true } };
      (await api.private('POST', '/payout-invoices', { json: { data: { attributes: order } } })).expect(201);
      await api.wait({ invoice: id, callback: 'delivered', transition: 'processed' });
      await asTester(api, async (tester) => {
        for (const [name, where] of Object.entries(VIEWS)) {
          await tester.open(typeof where === 'function' ? where(id) : where);
          for (const summary of await tester.page.locator('main summary').all()) await summary.click();
          await tester.payer.shot(`dashboard-${name}-${size}-${theme}`);
          assert.equal(await tester.page.locator('h1').count(), 1, 'one h1');
          await tester.payer.isAccessible(`${name}, ${theme}, ${size}`);
          if (size === 'phone') { // 1.4.10: 320 px without scrolling sideways
            await tester.page.setViewportSize({ width: 320, height: 640 });
            await tester.payer.isAccessible(`${name}, ${theme}, 320 px`);
            await tester.page.setViewportSize(SIZES.phone);
          }
        }
      }, { size, theme });
    });
  }
}
