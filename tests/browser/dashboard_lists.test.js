// The dashboard in a browser: lists that hold still while one reads them, and that are found again; chosen rows.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { SIZES } from './payer.js';
import { HOLD, startDashboard } from './tester.js';

const { shop, asTester } = await startDashboard();

/** Makes invoices PREFIX-1 to PREFIX-N. */
async function orders(api, n, prefix = 'order') {
  const ids = [];
  for (let i = 1; i <= n; i++) ids.push((await api.made({ reference_id: `${prefix}-${i}` }, HOLD)).id);
  return ids;
}

const waits = (tester, text) => tester.page.locator('[data-testid="show-new"]:visible', { hasText: text }).waitFor();
const hasStatus = (tester, status) =>
  tester.page.locator(`[data-testid="invoice"][data-status="${status}"]`).waitFor();
const focused = (tester) => tester.page.evaluate(() => document.activeElement.querySelector('b')?.textContent);
const placeOf = (tester, reference) => tester.page.locator('[data-testid="invoice"]', { hasText: reference })
  .evaluate((row) => row.getBoundingClientRect().y);
const scrollTo = (tester, y) => tester.page.evaluate((top) => window.scrollTo(0, top), y);
const scrolled = (tester) => tester.page.evaluate(() => window.scrollY);

describe('a list holds still', () => {
  test('while a row has the focus, even if more arrive than a page holds', async () => {
    const api = await shop();
    const [id] = await orders(api, 3);
    await asTester(api, async (tester) => {
      await tester.open();
      await tester.sees('invoice', 3);
      await tester.page.keyboard.press('j');
      await tester.page.keyboard.press('j');
      const before = await placeOf(tester, 'order-2');
      await orders(api, 60, 'new');
      await waits(tester, /^50\+ new: show$/);
      assert.equal(await focused(tester), 'order-2');
      assert.equal(await placeOf(tester, 'order-2'), before);
      assert.equal(await tester.at('invoice').count(), 3);
      await api.transition(id, { status: 'processed' });
      await tester.at('show-new').click();
      await tester.sees('invoice', 50);
      assert.equal(await focused(tester), (await tester.references())[0], 'the focus is on the first row');
    });
  });

  test('while it is scrolled, and rows still change in place', async () => {
    const api = await shop();
    const ids = await orders(api, 30);
    await asTester(api, async (tester) => {
      await tester.open();
      await tester.sees('invoice', 30);
      await scrollTo(tester, 400);
      const before = await placeOf(tester, 'order-15');
      await orders(api, 2, 'new');
      await waits(tester, /^2 new: show$/);
      await api.transition(ids[14], { status: 'processed' });
      await hasStatus(tester, 'processed');
      assert.deepEqual([await placeOf(tester, 'order-15'), await scrolled(tester)], [before, 400]);
      await tester.at('show-new').click();
      await tester.sees('invoice', 32);
      assert.equal(await scrolled(tester), 0);
    });
  });

  test('while one of its requests is open', async () => {
    const api = await shop();
    await api.list();
    await asTester(api, async (tester) => {
      await tester.open('/requests?path=/payment-invoices');
      await tester.at('request').locator('summary').click();
      await tester.at('request-message').waitFor();
      const y = () => tester.at('request').first().evaluate((row) => row.getBoundingClientRect().y);
      const before = await y();
      for (let i = 0; i < 20; i++) await api.list();
      await waits(tester, /^20 new: show$/);
      assert.equal(await y(), before);
    });
  });

  test('while what a sink received is open', async () => {
    const api = await shop();
    const [id] = await orders(api, 1);
    await api.idle();
    await asTester(api, async (tester) => {
      await tester.open('/sinks/shop');
      await tester.at('received').locator('summary').click();
      await tester.at('received-message').waitFor();
      const y = () => tester.at('received').first().evaluate((row) => row.getBoundingClientRect().y);
      const before = await y();
      await orders(api, 3, 'new');
      await waits(tester, /^3 new: show$/);
      assert.equal(await y(), before);
      await tester.at('to-invoice').click();
      await tester.at('reference').waitFor();
      assert.ok(tester.page.url().endsWith(id));
      assert.equal(await tester.at('back').innerText(), 'shop', 'the way back is to the sink');
      assert.equal(await tester.page.locator('nav a[data-view="sinks"]').getAttribute('href'), '#/sinks');
    });
  });

  test('after Pause, until it is pressed again', async () => {
    const api = await shop();
    const [id] = await orders(api, 1);
    await asTester(api, async (tester) => {
      await tester.open();
      await tester.sees('invoice', 1);
      await tester.at('pause').click();
      assert.equal(await tester.at('pause').getAttribute('aria-pressed'), 'true');
      await api.transition(id, { status: 'processed' });
      await orders(api, 1, 'new');
      await waits(tester, /^1 new: show$/);
      assert.equal(await tester.at('status').innerText(), 'process pending');
      await tester.at('pause').click();
      await tester.sees('invoice', 2);
      await hasStatus(tester, 'processed');
    });
  });
});

describe('a list is found again', () => {
  test('by its invoice, also after a look at the requests of the invoice', async () => {
    const api = await shop();
    await api.made({ reference_id: 'order-1' }, HOLD);
    await asTester(api, async (tester) => {
      await tester.open('/invoices?q=order');
      await tester.at('invoice').click();
      await tester.at('to-requests').click();
      await tester.sees('request', 1);
      await tester.page.goBack();
      await tester.at('reference').waitFor();
      assert.equal(await tester.at('back').innerText(), 'Invoices');
      await tester.at('back').click();
      await tester.sees('invoice', 1);
      assert.match(tester.page.url(), /#\/invoices\?q=order$/);
    });
  });

  test('with its filters, where it was scrolled, with the focus on its row', async () => {
    const api = await shop();
    await orders(api, 40);
    await asTester(api, async (tester) => {
      await tester.open('/invoices?q=order');
      await tester.sees('invoice', 40);
      const row = tester.page.locator('[data-testid="invoice"]', { hasText: 'order-20' });
      await row.scrollIntoViewIfNeeded();
      const left = await scrolled(tester);
      assert.ok(left > 0);
      await row.click();
      await tester.at('reference').waitFor();
      await tester.page.keyboard.press('Escape');
      await tester.sees('invoice', 40);
      await tester.page.locator('main:not([aria-busy])').waitFor();
      assert.deepEqual([await scrolled(tester), await focused(tester)], [left, 'order-20']);
      await row.click();
      await tester.at('reference').waitFor();
      await tester.page.locator('nav a[data-view="invoices"]').click();
      await tester.sees('invoice', 40);
      assert.equal(await tester.at('search').inputValue(), 'order');
      await tester.page.locator('nav a[data-view="invoices"]').click();
      await tester.page.waitForURL(/#\/invoices$/);
      // On the list itself the link clears the filters. The view follows the address a moment later.
      await tester.page.waitForFunction(() => document.querySelector('[data-testid="search"]')?.value === '');
    });
  });

  test('where it was scrolled, also after Back, Forward and Back', async () => {
    const api = await shop();
    await orders(api, 40);
    await asTester(api, async (tester) => {
      await tester.open('/invoices?q=order');
      await tester.sees('invoice', 40);
      const row = tester.page.locator('[data-testid="invoice"]', { hasText: 'order-20' });
      await row.scrollIntoViewIfNeeded();
      const left = await scrolled(tester);
      assert.ok(left > 0);
      await row.click();
      await tester.at('reference').waitFor();
      for (let i = 0; i < 3; i++) {
        await tester.page.goBack();
        await tester.sees('invoice', 40);
        await tester.page.locator('main:not([aria-busy])').waitFor();
        assert.equal(await scrolled(tester), left, `the way back number ${i + 1}`);
        await tester.page.goForward();
        await tester.at('reference').waitFor();
      }
    });
  });

  test('and an invoice has links to its neighbours, also by keyboard', async () => {
    const api = await shop();
    await orders(api, 3);
    const other = await api.made({ reference_id: 'hat' }, HOLD);
    await asTester(api, async (tester) => {
      await tester.open('/invoices?q=ref:order');
      await tester.sees('invoice', 3);
      await tester.at('invoice').first().click();
      const shows = (reference) => tester.page.locator('[data-testid="reference"]', { hasText: reference }).waitFor();
      await shows('order-3');
      assert.equal(await tester.at('previous').count(), 0);
      await tester.at('next').click();
      await shows('order-2');
      await tester.page.keyboard.press('j');
      await shows('order-1');
      assert.equal(await tester.at('next').count(), 0);
      await tester.page.keyboard.press('k');
      await shows('order-2');
      await tester.open(`/invoices/${other.id}`);
      assert.equal(await tester.at('next').count(), 0, 'it is not in the list');
      assert.equal(await tester.at('back').getAttribute('href'), '#/invoices');
    });
  });

  test('and neighbours on other pages, from a list and from its second page', async () => {
    const api = await shop();
    await orders(api, 53);
    await asTester(api, async (tester) => {
      await tester.open('/invoices?q=ref:order');
      await tester.sees('invoice', 50);
      const shows = (reference) => tester.page.locator('[data-testid="reference"]', { hasText: reference }).waitFor();
      await tester.at('invoice').last().click();
      await shows(/^order-4$/);
      await tester.at('next').click();
      await shows(/^order-3$/);
      await tester.at('previous').click();
      await shows(/^order-4$/);
      await tester.at('back').click();
      await tester.sees('invoice', 50);
      await tester.at('older').click();
      await tester.sees('invoice', 3);
      await tester.at('invoice').first().click();
      await shows(/^order-3$/);
      await tester.at('previous').click();
      await shows(/^order-4$/);
    });
  });

  test('also of requests, which lead to invoices', async () => {
    const api = await shop();
    await orders(api, 2);
    await asTester(api, async (tester) => {
      await tester.open('/requests?method=POST&path=/payment-invoices');
      await tester.sees('request', 2);
      await tester.at('request').first().locator('summary').click();
      await tester.at('request').first().locator('a[href*="/invoices/"]').click();
      await tester.at('next').click();
      await tester.page.locator('[data-testid="reference"]', { hasText: 'order-1' }).waitFor();
      await tester.at('back').click();
      await tester.sees('request', 2);
      assert.equal(await tester.at('filter-method').inputValue(), 'POST');
    });
  });
});

describe('the search', () => {
  test('takes terms, says how many match, and why it refuses one', async () => {
    const api = await shop();
    await orders(api, 60);
    await api.made({ reference_id: 'top-hat', amount: 700 }, HOLD); // ids have no hyphen
    await asTester(api, async (tester) => {
      await tester.open();
      await tester.page.locator('[data-testid="total"]', { hasText: /^61 in all$/ }).waitFor();
      await tester.at('search').fill('amount:>500');
      await tester.sees('invoice', 1);
      assert.equal(await tester.at('total').innerText(), '1 of 61 match');
      await tester.at('search').fill('ref:order');
      await tester.page.locator('[data-testid="total"]', { hasText: /^60 of 61 match$/ }).waitFor();
      await tester.at('search').fill('colour:red');
      await tester.page.locator('[data-testid="failed"]', { hasText: 'unknown name colour' }).waitFor();
      await tester.at('search').fill('top-hat');
      await tester.sees('invoice', 1);
      await tester.sees('failed', 0);
      await tester.page.getByText('takes days in UTC; the list shows your time').waitFor();
      await tester.at('search-help').click();
      await tester.page.waitForURL(/docs\/dashboard#search$/);
      await tester.page.getByRole('heading', { name: 'Search', exact: true }).waitFor();
    }, { refusals: true });
  });

  test('has filters for callbacks, service and time', async () => {
    const api = await shop({ retry_interval_s: 3600 });
    await orders(api, 1);
    await api.made({ reference_id: 'lost', callback_url: 'http://127.0.0.1:1/callback', currency: 'EUR',
      service: 'payment_card_eur_hpp' }, HOLD);
    await api.idle();
    await asTester(api, async (tester) => {
      await tester.open();
      await tester.sees('invoice', 2);
      await tester.at('filter-callback').selectOption('failing');
      await tester.sees('invoice', 1);
      assert.deepEqual(await tester.references(), ['lost']);
      await tester.at('filter-callback').selectOption('');
      await tester.at('more-filters').locator('summary').click();
      await tester.at('filter-service').fill('payment_card_usd_hpp');
      await tester.sees('invoice', 1);
      assert.deepEqual(await tester.references(), ['order-1']);
      await tester.at('filter-to').fill('2020-01-31T00:00:05');
      await tester.at('empty').waitFor();
      await tester.page.reload();
      await tester.at('empty').waitFor();
      assert.match(await tester.at('filter-to').inputValue(), /^2020-01-31T00:00:05/, 'the form shows what is set');
    });
  });
});

describe('all that match are saved', () => {
  test('over all pages, as JSON and as CSV', async () => {
    const api = await shop();
    for (let i = 1; i <= 51; i++) await api.made({ reference_id: `order-${i}`, description: i === 1 ? '=1+1, "a"' : null }, HOLD);
    await api.made({ reference_id: 'other' }, HOLD);
    await asTester(api, async (tester) => {
      const file = async (form) => {
        const [download] = await Promise.all([tester.page.waitForEvent('download'), tester.at(`save-${form}`).click()]);
        assert.equal(download.suggestedFilename(), `invoices.${form}`);
        return readFileSync(await download.path(), 'utf8');
      };
      await tester.open();
      await tester.at('save-count').filter({ hasText: 'Save all 52 that match' }).waitFor();
      await tester.at('search').fill('ref:order');
      await tester.at('save-count').filter({ hasText: 'Save all 51 that match' }).waitFor();
      const saved = JSON.parse(await file('json'));
      const wanted = Array.from({ length: 51 }, (_, i) => `order-${51 - i}`);
      assert.deepEqual(saved.map((one) => one.reference_id), wanted);
      const lines = (await file('csv')).split('\r\n');
      assert.equal(lines.length, 53);
      assert.match(lines[0], /^id,reference_id,status,/);
      assert.deepEqual(Object.keys(saved[0]).sort(), lines[0].split(',').sort(), 'every column');
      assert.match(lines[51], /,order-1,.*,"'=1\+1, ""a""",/);
      await tester.payer.isAccessible('the list with what saves it');
      await tester.at('search').fill('nothing-has-this');
      await tester.at('save-json').waitFor({ state: 'hidden' });
    });
  });
});

describe('several rows can be chosen', () => {
  test('to be moved, to have their callbacks resent, and to be saved', async () => {
    const api = await shop();
    await orders(api, 3);
    await api.idle();
    await asTester(api, async (tester) => {
      await tester.open();
      await tester.sees('invoice', 3);
      assert.equal(await tester.at('chosen').isVisible(), false);
      await tester.at('choose').nth(1).check();
      await tester.at('choose').nth(2).check();
      assert.equal(await tester.at('chosen').innerText(), '2 chosen');
      await tester.at('chosen-status').selectOption('processed');
      await tester.at('chosen-move').click();
      await tester.page.locator('.toast', { hasText: '2 payments moved' }).waitFor();
      await tester.page.waitForFunction(() => document.querySelectorAll('[data-status="processed"]').length === 2);
      assert.equal(await tester.at('chosen').innerText(), '2 chosen', 'they stay chosen');
      const [download] = await Promise.all([tester.page.waitForEvent('download'), tester.at('chosen-save').click()]);
      const saved = JSON.parse(readFileSync(await download.path(), 'utf8'));
      assert.deepEqual(saved.map(({ data }) => data.attributes.reference_id), ['order-2', 'order-1']);
      await api.idle();
      await tester.at('chosen-resend').click();
      await tester.at('resent').filter({ hasText: /^4 callbacks sent again: 4 accepted\. Show them/ }).waitFor();
      await tester.at('choose-all').click();
      assert.equal(await tester.at('chosen').innerText(), '3 chosen');
      await tester.at('chosen-move').click();
      await tester.page.locator('.toast', { hasText: /^1 payment moved, 2 refused: / }).waitFor();
      const asked = [];
      tester.page.on('dialog', (dialog) => {
        asked.push(dialog.message());
        return asked.length > 1 ? dialog.accept() : dialog.dismiss();
      });
      await tester.at('chosen-status').selectOption('charged_back');
      await tester.at('chosen-move').click();
      assert.equal((await api.list({ 'filter[status]': 'charged_back' })).expect(200).data.length, 0);
      await tester.at('chosen-move').click();
      await tester.page.locator('.toast', { hasText: '3 payments moved' }).waitFor();
      assert.deepEqual(asked, Array(2).fill('No status follows charged back, except by force. Move 3 payments to it?'));
      await tester.at('choose-none').click();
      await tester.at('chosen').waitFor({ state: 'hidden' });
    }, { refusals: true });
    await api.idle();
    const attempts = (await api.callbacks()).map(({ attempts: all }) => all.length);
    assert.deepEqual(attempts.sort(), [1, 1, 1, 1, 1, 2, 2, 2, 2]);
  });
});

for (const size of Object.keys(SIZES)) {
  test(`a list with chosen rows is accessible, ${size}`, async () => {
    const api = await shop();
    await orders(api, 2);
    await asTester(api, async (tester) => {
      await tester.open('/invoices?currency=USD');
      await tester.at('choose').first().check();
      await orders(api, 1, 'new');
      await waits(tester, /^1 new: show$/);
      await tester.payer.isAccessible(`a list, ${size}`);
    }, { size });
  });
}

test('a large amount does not run into the status', async () => {
  const api = await shop();
  await api.made({ amount: 999_999.5 }, HOLD);
  await asTester(api, async (tester) => {
    await tester.page.setViewportSize({ width: 900, height: 800 });
    await tester.open();
    const [amount, status] = await tester.at('invoice').evaluate((row) => {
      const range = document.createRange();
      range.selectNodeContents(row.querySelector('.amount'));
      return [range.getBoundingClientRect().right, row.querySelector('.status').getBoundingClientRect().left];
    });
    assert.ok(amount < status, `${amount} < ${status}`);
  });
});

test('amounts are whole at every width, and stand below each other where there is room', async () => {
  const api = await shop();
  (await api.control('PUT', '/services/payment_card_idr_hpp', { amount_max: 20_000_000_000 })).expect(200);
  const large = { service: 'payment_card_idr_hpp', currency: 'IDR', amount: 12_345_678_901 };
  await api.made(large, HOLD);
  await api.made({ ...large, reference_id: 'part' }, { headers: { 'X-Mock-Outcome': 'partially_processed@0' } });
  await api.made({ amount: 1 }, HOLD);
  await api.idle();
  await asTester(api, async (tester) => {
    for (const width of [320, 390, 768, 1280]) {
      await tester.page.setViewportSize({ width, height: 800 });
      await tester.open();
      await tester.sees('invoice', 3);
      const rows = await tester.at('invoice').evaluateAll((all) => all.map((row) => {
        const range = document.createRange();
        range.selectNodeContents(row.querySelector('.amount'));
        const lines = new Set([...range.getClientRects()].map(({ top }) => top)).size;
        const { left, right } = range.getBoundingClientRect();
        const name = row.querySelector('b').getBoundingClientRect().width;
        return { left, right: Math.round(right), lines, name, inside: right <= row.getBoundingClientRect().right };
      }));
      for (const one of rows) assert.ok(one.inside && one.lines <= 2 && one.name > 30, `${width}: ${JSON.stringify(one)}`);
      if (width > 400) assert.equal(new Set(rows.map(({ right }) => right)).size, 1, `${width}: ${JSON.stringify(rows)}`);
    }
  });
});

test('an invoice shows what happened while it was loading', async () => {
  const api = await shop();
  const [id] = await orders(api, 1);
  await api.idle();
  await asTester(api, async (tester) => {
    await tester.open();
    await tester.sees('invoice', 1);
    await tester.page.route(/\/timeline\?/, async (route) => { // answered as it was, after a change was announced
      const reply = await route.fetch();
      await api.transition(id, { status: 'processed' });
      await api.idle();
      await route.fulfill({ response: reply });
    }, { times: 1 });
    await tester.at('invoice').click();
    await tester.seesStatus('processed');
    await tester.sees('callback', 2);
    await tester.sees('timeline-transition', 3);
  });
});
