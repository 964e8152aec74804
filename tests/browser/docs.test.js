// The documentation in a browser: layout, navigation, and the example that needs a browser.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { Client } from '../lib/client.js';
import { blocks, pageNames, pageText } from '../lib/docs.js';
import { startServer } from '../lib/server.js';
import { CARDS, SIZES, asPayer, closeBrowser } from './payer.js';

const server = await startServer();
after(async () => {
  await closeBrowser();
  await server.stop();
});
const PAGE = 'server/docs/page.md';
const DOCS = '/_mock/docs/';
const open = (payer, name) => payer.open(DOCS + (name === 'index' ? '' : name));

test('payByCard pays any card', async () => {
  const [{ text }, ...others] = blocks(PAGE).filter(({ mark }) => mark === 'browser');
  assert.deepEqual(others, []);
  const payByCard = new Function(`${text}; return payByCard;`)();
  const api = await new Client(server).newAccount({ attempt_limit: 1 });
  for (const [name, wanted] of [
    ['good', 'processed'],
    ['good3ds', 'processed'],
    ['bad', 'process_failed'],
    ['bad3ds', 'process_failed'],
  ]) {
    const { attributes } = await api.made({}, { headers: { 'X-Mock-Outcome': 'process_pending' } });
    await asPayer({}, server, async ({ page }) => {
      assert.equal(await payByCard(page, attributes.hpp_url, CARDS[name]), wanted, name);
    });
  }
});

test('every documented data-testid is on a page', async () => {
  const [, table] = /\| page \| `data-testid` \|\n([^]*?)\n\n/.exec(pageText(PAGE));
  const assets = new URL('../../server/web/assets/', import.meta.url);
  const names = [
    'checkout',
    'card_fields',
    'cvv_field',
    'saved_card',
    'service_fields',
    'choice',
    'declined',
    'panel',
    'methods',
    'challenge',
    'result',
    'error',
    'order',
    'top',
  ];
  const pages = names.map((name) => readFileSync(new URL(`${name}.html`, assets), 'utf8')).join('')
    .replace(/\{\{#card\}\}pay\{\{\/card\}\}\{\{\^card\}\}confirm\{\{\/card\}\}/, 'pay" data-testid="confirm');
  const wanted = [...table.matchAll(/`([a-z][\w-]*)`/g)].map(([, id]) => id).filter((id) => !id.startsWith('data-'));
  assert.ok(wanted.length > 30);
  for (const id of wanted) {
    const pattern = id.replace(/-(KEY|CODE|\d|en|uk|ru)$/, '-{{');
    assert.ok(pages.includes(`data-testid="${pattern}`), id);
  }
});

describe('the pages', () => {
  const WAYS = [['desktop', 'light'], ['phone', 'dark']];
  for (const [size, theme] of WAYS) {
    test(`${size}, ${theme}: accessible and within the width`, async () => {
      await asPayer({ size, theme }, server, async (payer) => {
        for (const name of pageNames()) {
          await open(payer, name);
          await payer.isAccessible(name);
        }
      });
    });
  }

  test('no width needs horizontal scrolling', async () => {
    await asPayer({}, server, async (payer) => {
      for (const name of pageNames()) {
        await open(payer, name);
        for (const width of [320, 500, 700, 900, 1100, 1400]) {
          await payer.page.setViewportSize({ width, height: 800 });
          const most = await payer.page.evaluate(() =>
            Math.max(
              document.scrollingElement.scrollWidth,
              ...Array.from(
                document.querySelectorAll('main, article > *'),
                (one) => one.scrollWidth + one.getBoundingClientRect().left,
              ),
            ),
          );
          assert.ok(Math.floor(most) <= width, `${name} is ${most} wide in a window of ${width}`);
        }
      }
    });
  });

  test('on a phone links open the menus, also by keyboard and without JavaScript', async () => {
    await asPayer({ size: 'phone', js: false }, server, async (payer) => {
      await open(payer, 'faults');
      const menu = payer.page.locator('#pages');
      assert.ok(!await menu.isVisible());
      await payer.at('menu-pages').focus();
      await payer.page.keyboard.press('Enter');
      await menu.waitFor();
      await payer.page.keyboard.press('Tab'); // into the block
      await payer.go(() => payer.page.keyboard.press('Enter'));
      assert.equal(new URL(payer.page.url()).pathname, DOCS);
      assert.ok(!await payer.at('menu-close').isVisible());
      await payer.at('menu-pages').click();
      await payer.at('menu-close').click();
      assert.ok(!await payer.page.locator('#pages').isVisible());
      await payer.at('menu-here').click();
      await payer.page.locator('#here').getByRole('link', { name: 'A first invoice' }).click();
      assert.ok(!await payer.page.locator('#here').isVisible());
      const { y } = await payer.page.locator('#a-first-invoice').boundingBox();
      assert.ok(y >= 0 && y < SIZES.phone.height / 2, `the heading is at ${y}`);
    });
  });

  test('a wide window shows both menus, and the skip link skips them', async () => {
    await asPayer({}, server, async (payer) => {
      await payer.page.setViewportSize({ width: 1400, height: 800 });
      await open(payer, 'index');
      for (const id of ['pages', 'here']) assert.ok(await payer.page.locator(`#${id}`).isVisible(), id);
      assert.ok(!await payer.at('menu-pages').isVisible());
      await payer.page.keyboard.press('Tab');
      await payer.page.keyboard.press('Enter');
      await payer.page.keyboard.press('Tab');
      assert.ok(await payer.page.evaluate(() => document.activeElement.closest('main') !== null));
    });
  });

  test('tables are shown as tables on a desktop', async () => {
    await asPayer({}, server, async (payer) => {
      for (const width of [SIZES.desktop.width, 1440]) {
        await payer.page.setViewportSize({ width, height: 800 });
        await open(payer, 'settings');
        const kinds = await payer.page
          .locator('td')
          .evaluateAll((cells) => [...new Set(cells.map((cell) => getComputedStyle(cell).display))]);
        assert.deepEqual(kinds, ['table-cell'], `${width} px`);
      }
    });
  });

  test('are linked from the dashboard and back', async () => {
    await asPayer({}, server, async (payer) => {
      await payer.open('/_mock/');
      await payer.go(() => payer.at('docs').click());
      await payer.page.getByRole('heading', { level: 1, name: 'MilkyPay mock' }).waitFor();
      await payer.go(() => payer.page.getByRole('link', { name: 'Dashboard', exact: true }).first().click());
      assert.equal(new URL(payer.page.url()).pathname, '/_mock/');
      await payer.page.locator('[data-state="live"]').waitFor();
    });
  });
});
