// The dashboard in a browser: errors while loading, the keyboard, a control token.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { startServer } from '../lib/server.js';
import { SIZES, asPayer, closeBrowser } from './payer.js';
import { HOLD, dashboardOf } from './tester.js';

const TOKEN = 'a-token';
const server = await startServer();
const closed = await startServer({ args: ['--control-token', TOKEN] });
after(async () => {
  await closeBrowser();
  await Promise.all([server.stop(), closed.stop()]);
});
const { shop, asTester } = dashboardOf(server);

describe('loading errors', () => {
  for (const [view, where] of Object.entries({ invoices: '/invoices', requests: '/requests', sink: '/sinks/shop' })) {
    test(`are shown until loading succeeds: ${view}`, async () => {
      const api = await shop();
      await asTester(api, async (tester) => {
        await tester.open(where);
        await tester.page.route(/_mock\/(payment-invoices|requests|sink)\b/, (route) =>
          route.fulfill({ body: 'no JSON' }),
        );
        await api.made({}, HOLD);
        await tester.at('failed').waitFor();
        assert.match(await tester.at('failed').innerText(), /JSON/);
        await tester.page.unroute(/_mock\/(payment-invoices|requests|sink)\b/);
        await api.made({}, HOLD);
        await tester.at('failed').waitFor({ state: 'detached' });
      });
    });
  }

  test('are shown instead of a view', async () => {
    await asPayer({}, server, async (payer) => {
      await payer.page.route('**/_mock/clock*', (route) => route.fulfill({ body: 'no JSON' }));
      await payer.open('/_mock/#/clock');
      await payer.at('failed').waitFor();
      await payer.page.unroute('**/_mock/clock*');
      await payer.page.goto(`${server.url}/_mock/#/faults`);
      await payer.at('view-faults').waitFor();
      await payer.page.goto(`${server.url}/_mock/#/clock`);
      await payer.at('now').waitFor();
    });
  });
});

describe('the first list', () => {
  const NEEDED = /^\/_mock\/(|assets\/[0-9a-f]{12}\/dashboard\.(css|js))$/;

  /** Answers only what `needed` matches until `free()`. `asked`: those requests. */
  const holdOthers = async (page, needed) => {
    const asked = [], held = [];
    let free = false;
    await page.route('**/*', (route) => {
      const { pathname } = new URL(route.request().url());
      if (needed.test(pathname)) asked.push(pathname.split('/').at(-1));
      else if (!free) return held.push(route);
      return route.continue();
    });
    return { asked, free: () => { free = true; return Promise.all(held.map((route) => route.continue())); } };
  };

  test('stands after one style sheet and one script; the other views are loaded after it', async () => {
    const api = await shop();
    const description = 'Shoes <!--<script> & "laces"</script>';
    await api.made({ description }, HOLD);
    await asTester(api, async ({ page, payer }) => {
      const { asked, free } = await holdOthers(page, NEEDED);
      const views = page.waitForRequest(/dashboard_views/).then(() => payer.count('invoice'));
      await payer.open(`/_mock/?account=${api.account.id}`);
      assert.ok((await payer.text('invoice')).includes(description));
      assert.deepEqual(asked.sort(), ['', 'dashboard.css', 'dashboard.js']);
      assert.equal(await views, 1);
      await free();
      await page.locator('[data-state="live"]').waitFor();
    });
  });

  test('gets what happened before the page was connected', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      const { free } = await holdOthers(tester.page, NEEDED);
      await tester.payer.open(`/_mock/?account=${api.account.id}`);
      await tester.at('empty').waitFor();
      await api.made({}, HOLD);
      await free();
      await tester.sees('invoice', 1);
    });
  });

  test('is asked for when another view came first', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      await tester.open('/clock');
      await api.made({}, HOLD);
      await tester.page.locator('[data-view="invoices"]').click();
      await tester.sees('invoice', 1);
    });
  });
});

describe('with the keyboard alone', () => {
  test('the user opens an invoice, returns, and opens every view', async () => {
    const api = await shop();
    for (const reference_id of ['order-1', 'order-2', 'order-3']) await api.made({ reference_id }, HOLD);
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
    const { id } = await api.made({ reference_id: 'order-1' }, HOLD);
    await asTester(api, async (tester) => {
      await tester.open();
      await tester.sees('invoice', 1);
      await tester.page.keyboard.press('j');
      await api.made({ reference_id: 'order-2' }, HOLD);
      await tester.page.locator('[data-testid="show-new"]', { hasText: '1 new: show' }).waitFor();
      await api.transition(id, { status: 'processed' });
      await tester.page.locator('[data-testid="invoice"][data-status="processed"]').waitFor();
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
  test('the page asks for it once, and keeps the account and the fragment of the URL', async () => {
    await asPayer({ refusals: true }, closed, async (payer) => {
      await payer.open('/_mock/?account=coma_Demo4DocsAccount#/faults');
      await payer.at('token').fill('wrong');
      await payer.click('enter');
      await payer.at('wrong').waitFor();
      await payer.isAccessible('the page that asks');
      await payer.at('token').fill(TOKEN);
      await payer.click('enter');
      await payer.page.getByRole('heading', { level: 1, name: 'Faults' }).waitFor();
      assert.match(payer.page.url(), /\/_mock\/\?account=coma_Demo4DocsAccount#\/faults$/);
      await payer.page.locator('[data-state="live"]').waitFor();
      await payer.open(`/_mock/?token=${TOKEN}#/clock`);
      await payer.at('freeze').click();
      await payer.page.locator('[data-testid="mode"]', { hasText: 'frozen' }).waitFor();
      assert.match(payer.page.url(), /\/_mock\/#\/clock$/);
    });
  });

  test('every view is shown, live, and callbacks are found and sent again', async () => {
    const { demo, shop: closedShop, asTester: asGuest } = dashboardOf(closed);
    demo.controlHeaders = { 'X-Mock-Token': TOKEN };
    const api = await closedShop({ retry_interval_s: 3600 });
    const answers = (responses) => api.control('PUT', '/sink/shop', { responses });
    (await answers([503])).expect(200);
    const { id } = await api.made({ reference_id: 'order-1' }, HOLD);
    await api.idle();
    await asGuest(api, async (tester) => {
      await tester.payer.open(`/_mock/?token=${TOKEN}`);
      for (const [name, where] of Object.entries(VIEWS)) {
        await tester.open(typeof where === 'function' ? where(id) : where);
        assert.equal(await tester.at('failed').count(), 0, name);
      }
      await tester.open('/callbacks?state=failing');
      await tester.sees('delivery', 1);
      await tester.page.locator('[data-testid="failing"]', { hasText: /^1 failing$/ }).waitFor();
      await tester.at('delivery').locator('summary').first().click();
      await tester.at('attempt').locator('summary').click();
      await tester.at('check-signature').click();
      await tester.page.locator('[data-testid="verdict"]', { hasText: 'Valid: the signature is right' }).waitFor();
      (await answers([200])).expect(200);
      await tester.at('resend-failure').click();
      await tester.page.locator('[data-testid="resent"]', { hasText: '1 callback sent again' }).waitFor();
      await tester.sees('failures', 0);
      await tester.at('filter-state').selectOption('done');
      await tester.sees('delivery', 1);
      assert.equal(await tester.at('total').innerText(), '1 of 1 match');
    });
  });
});

/** Every view, with content. */
const VIEWS = {
  invoices: '/invoices',
  invoice: (id) => `/invoices/${id}`,
  new: '/new',
  callbacks: '/callbacks',
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

test('every view waits for its data, however late it is', async () => {
  const api = await shop();
  const { id } = await api.made({}, HOLD);
  await asTester(api, async ({ page }) => {
    const held = [];
    await page.clock.install();
    await page.route(/_mock\/(?!assets|events)[a-z]/, (route) => { held.push(route); });
    for (const where of Object.values(VIEWS)) {
      await page.goto('about:blank');
      held.length = 0;
      await page.goto(`${server.url}/_mock/?account=${api.account.id}#${typeof where === 'function' ? where(id) : where}`);
      while (await page.locator('main[aria-busy]').count()) {
        await page.clock.runFor(3000);
        await held.shift()?.continue();
      }
      assert.deepEqual(await page.locator('.toast').allInnerTexts(), []);
    }
  });
});

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
          for (const summary of (await tester.page.locator('main summary').all()).reverse()) await summary.click();
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
