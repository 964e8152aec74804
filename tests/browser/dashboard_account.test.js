// The dashboard in a browser: the report, the clock and accounts.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { HOLD, startDashboard } from './tester.js';

const { server, demo, shop, asTester } = await startDashboard();

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
      await api.transition((await api.made({ amount: 5 }, HOLD)).id, { status: 'processed' });
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
      const id = await tester.at('account').getAttribute('data-id');
      assert.equal((await demo.send('GET', `/_mock/accounts/${id}`)).expect(200).json.settings.name, 'Book Shop');
    });
  });

  test('one that a script makes or deletes waits for the person', async () => {
    await asTester(demo, async (tester) => { // its events tell of all accounts
      await tester.open('/accounts');
      const other = await demo.newAccount({ name: 'Garden Shop' });
      const card = tester.page.locator(`[data-account="${other.account.id}"]`);
      const show = async () => {
        await tester.at('show-now').click();
        await tester.at('show-now').waitFor({ state: 'hidden' });
      };
      await show();
      await card.waitFor();
      (await demo.send('DELETE', `/_mock/accounts/${other.account.id}`)).expect(200);
      await tester.at('show-now').waitFor();
      assert.equal(await card.count(), 1);
      await tester.payer.shot('accounts-changed');
      await show();
      await card.waitFor({ state: 'detached' });
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
      const { id } = await api.made({ amount: 5 }, HOLD);
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
    await api.made({}, HOLD);
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

describe('the bar and the title name the account', () => {
  const names = async (tester, name) => {
    await tester.at('account').filter({ hasText: new RegExp(`^${name}$`) }).waitFor();
    assert.equal(await tester.page.title(), `Callbacks - ${name} - MilkyPay mock`);
  };
  const rename = async (api, name) => (await api.control('PATCH', `/accounts/${api.account.id}`, { name })).expect(200);

  test('by its id if it has no name', async () => {
    const api = await shop({ name: '' });
    await asTester(api, async (tester) => {
      await tester.open('/callbacks');
      await names(tester, api.account.id);
    });
  });

  test('also after its name has changed, even while the view is loading', async () => {
    const api = await shop({ name: 'Book Shop' });
    await asTester(api, async (tester) => {
      const { page } = tester;
      let load;
      const held = new Promise((done) => { load = done; });
      await page.route('**/_mock/callbacks*', (route) => held.then(() => route.continue()));
      await page.goto(`${server.url}/_mock/?account=${api.account.id}#/callbacks`);
      await names(tester, 'Book Shop');
      await page.locator('[data-state="live"]').waitFor();
      await rename(api, 'Toy Shop');
      await names(tester, 'Toy Shop');
      load();
      await tester.at('view-callbacks').locator('h1').waitFor();
      await rename(api, 'Shoe Shop');
      await names(tester, 'Shoe Shop');
    });
  });
});
