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
    'brands',
    'cvv_field',
    'saved_card',
    'service_fields',
    'choice',
    'declined',
    'panel',
    'panel_cards',
    'panel_link',
    'methods',
    'means',
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
    const pattern = id.replace(/-(KEY|CODE|\d|en|uk|ru)$/, '-{{').replace(/^(means|copy)-\w+$/, '$1-{{');
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

describe('the search', () => {
  const inDocs = (steps, options = {}) => asPayer(options, server, async (payer) => {
    await open(payer, 'index');
    await payer.at('search').waitFor();
    await steps(payer, payer.page.keyboard);
  });
  const results = (payer) => payer.at('result').allInnerTexts();

  test('is used by keyboard: / focuses it, the arrows move, Enter opens, Escape closes', async () => {
    await inDocs(async (payer, keyboard) => {
      await keyboard.press('/');
      await keyboard.type('commit_then_reset');
      await payer.at('result').first().waitFor();
      assert.match(await payer.at('found').innerText(), /^\d+ results?$/);
      const links = payer.at('result');
      await keyboard.press('ArrowDown');
      await keyboard.press('ArrowDown');
      assert.ok(await links.nth(1).evaluate((one) => one === document.activeElement));
      await keyboard.press('ArrowUp');
      await keyboard.press('ArrowUp');
      assert.ok(await payer.at('search').evaluate((one) => one === document.activeElement));
      await keyboard.press('Escape');
      assert.ok(!await payer.at('found').isVisible());
      assert.equal(await payer.at('search').inputValue(), 'commit_then_reset');
      await keyboard.press('Escape');
      assert.equal(await payer.at('search').inputValue(), '');
      await keyboard.type('partial chargeback');
      await payer.at('result').first().waitFor();
      await payer.go(() => keyboard.press('Enter'));
      assert.match(payer.page.url(), /\/_mock\/docs\/recipes#chargebacks$|\/_mock\/docs\/outcomes#chargebacks$/);
    });
  });

  test('finds sections whose words begin so; headings come first, and all words must match', async () => {
    await inDocs(async (payer) => {
      const search = async (text) => {
        await payer.at('search').fill(text);
        await payer.at('found').waitFor();
        return results(payer);
      };
      assert.match((await search('callback'))[0], /^Callbacks\n/, 'the page of this title');
      assert.match((await search('refund'))[0], /^Refunds\nRecipes: /, 'before the generated reference');
      assert.match((await search('payouts zebra'))[0], /^Payouts\n/, 'the words that there are');
      assert.match(await payer.at('found').innerText(), /^No section has all words\. The first 12 of \d+ results$/m);
      assert.match((await search('zebra'))[0], /^Troubleshooting\n/, 'where to go on');
      assert.match(await payer.at('found').innerText(), /^0 results$/m);
      assert.equal((await search('the')).length, 12);
      assert.match(await payer.at('found').innerText(), /^The first 12 of \d+ results$/);
    });
  });

  test('finds pasted messages, other forms of a word, and what other tools call it', async () => {
    await inDocs(async (payer) => {
      for (const [text, heading] of [
        ['the account is known, but the password', '401 Unauthorized'], ['there is no such path', '404 or 405'],
        ['not_payable', '409 Conflict'], ['SSL certificate problem', 'No callback arrives'],
        ['Failed to connect to 127.0.0.1 port 9123: Connection refused', 'No callback arrives'],
        ['packages are missing', 'A command stops with a message'],
        ['put -- before the command', 'A command stops with a message'],
        ['Address already in use', 'The port is in use'], ['port already in use', 'The port is in use'],
        ['EADDRINUSE', 'The port is in use'], ['webhooks', 'Callbacks'], ['notification', 'Callbacks'],
        ['callback not arriving', 'No callback arrives'], ['signature mismatch', 'A rejected signature'],
        ['jest', 'Node.js'], ['idempotency', 'A double charge'], ['ssl', 'TLS'],
        ['reset between tests', 'An account for each test'], ['constructor', 'The mock'],
      ]) {
        await payer.at('search').fill(text);
        await payer.page.locator('[data-testid="result"]', { hasText: heading }).first().waitFor();
        assert.ok((await results(payer))[0].startsWith(`${heading}\n`), `${text}: ${(await results(payer))[0]}`);
      }
    });
  });

  test('does not take the / of a switched-off keyboard, and says when the index cannot be loaded', async () => {
    await inDocs(async (payer, keyboard) => {
      await payer.page.route('**/search.json', (route) => route.fulfill({ body: 'no JSON' }));
      await payer.page.evaluate(() => localStorage.setItem('milkypay-mock-keys', 'off'));
      await keyboard.press('/');
      assert.ok(!await payer.at('search').evaluate((one) => one === document.activeElement));
      await payer.at('search').fill('fault');
      await payer.at('found').waitFor();
      assert.match(await payer.at('found').innerText(), /^The search does not work: .*JSON/);
    });
  });

  for (const [size, theme] of [['phone', 'light'], ['phone', 'dark'], ['desktop', 'light'], ['desktop', 'dark']]) {
    test(`is accessible with results, ${size}, ${theme}`, async () => {
      await inDocs(async (payer) => {
        await payer.at('search').fill('callback');
        await payer.at('result').first().waitFor();
        await payer.shot(`docs-search-${size}-${theme}`);
        await payer.isAccessible('the results');
      }, { size, theme });
    });
  }

  test('is not shown without JavaScript', async () => {
    await asPayer({ js: false }, server, async (payer) => {
      await open(payer, 'index');
      assert.ok(!await payer.at('search').isVisible());
    });
  });
});

describe('samples', () => {
  const SHOWN = '127.0.0.1:8080';

  test('name the server that serves them, also with the slashes of JSON', async () => {
    await asPayer({}, server, async (payer) => {
      for (const name of ['index', 'connect', 'faults', 'curl']) {
        await open(payer, name);
        const codes = await payer.page.locator('article pre code').allInnerTexts();
        assert.ok(!codes.some((text) => /http:\\?\/\\?\/127\.0\.0\.1:8080/.test(text)), name);
        assert.ok(codes.some((text) => text.includes(server.url)), name);
      }
      assert.match((await payer.page.locator('article pre code').allInnerTexts()).join(''),
        new RegExp(`http:\\\\/\\\\/127\\.0\\.0\\.1:${server.port}\\\\/redirect`));
    });
  });

  test('leave what says the default', async () => {
    await asPayer({}, server, async (payer) => {
      await open(payer, 'index');
      assert.ok((await payer.page.locator('article code').allInnerTexts()).includes(`listening on http://${SHOWN}`));
    });
  });

  test('are copied by a button, with and without the clipboard of secure pages', async () => {
    for (const secure of [true, false]) {
      await asPayer({}, server, async (payer) => {
        await payer.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
        const older = () => Object.defineProperty(navigator, 'clipboard', { value: undefined });
        if (!secure) await payer.page.addInitScript(older);
        await open(payer, 'faults');
        await payer.at('copy').first().click();
        await payer.page.locator('[data-testid="copy"]', { hasText: 'Copied' }).waitFor();
        const text = await payer.page.evaluate(() =>
          Object.getPrototypeOf(navigator).__lookupGetter__('clipboard').call(navigator).readText());
        assert.match(text, new RegExp(`^curl -s http://127\\.0\\.0\\.1:${server.port}/_mock/faults`));
      });
    }
  });
});
