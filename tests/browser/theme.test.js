// Theme options of the pages: the platform's presets, and all colour names of CSS. The marks of card brands.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { Client } from '../lib/client.js';
import { startServer } from '../lib/server.js';
import { SIZES, asPayer, closeBrowser } from './payer.js';

const server = await startServer();
after(async () => {
  await closeBrowser();
  await server.stop();
});
const demo = new Client(server);

/** The page of an order with this style. */
async function page(api, style, more = {}) {
  const fields = { currency: 'USD', amount: 100, service: 'payment_card_usd_hpp', style, ...more };
  return (await api.createForm(fields)).expect(302).headers.location;
}

test('the table of colour names equals the browser\'s', async () => {
  const source = readFileSync(new URL('../../server/domain/colour.c', import.meta.url), 'utf8');
  const names = [...source.matchAll(/\{"([a-z]+)", 0x([0-9a-f]{6})\}/g)].map(([, name, hex]) => [name, `#${hex}`]);
  assert.equal(names.length, 148);
  await asPayer({}, server, async (payer) => {
    await payer.open(await page(await demo.newAccount(), {}));
    const wrong = await payer.page.evaluate((rows) => {
      const pen = document.createElement('canvas').getContext('2d');
      return rows.filter(([name, hex]) => {
        pen.fillStyle = '#010203';
        pen.fillStyle = name;
        return pen.fillStyle !== hex;
      });
    }, names);
    assert.deepEqual(wrong, []);
  });
});

for (const theme of ['light', 'dark']) {
  for (const [preset, light] of [['basic', true], ['dark', false]]) {
    test(`the preset ${preset} in a browser that prefers ${theme}`, async () => {
      const api = await demo.newAccount({ name: 'Lamp Shop' });
      await asPayer({ theme }, server, async (payer) => {
        await payer.open(await page(api, { theme: preset, pay_button_label: 'Light it up' }, { locale: 'de' }));
        const ground = await payer.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        const [, red] = /rgb\((\d+)/.exec(ground);
        assert.equal(Number(red) > 127, light, ground);
        assert.equal(await payer.text('pay'), 'Light it up');
        assert.equal(await payer.language(), 'en');
        await payer.isAccessible(`the preset ${preset}`);
        await payer.shot(`preset-${preset}-${theme}`);
      });
    });
  }
}

test('a colour in any notation is shown', async () => {
  const api = await demo.newAccount();
  for (const [primary, shown] of [
    ['navy', 'rgb(0, 0, 128)'],
    ['rgb(10%, 20%, 30%)', 'rgb(26, 51, 77)'],
    ['rgba(1 2 3 / 100%)', 'rgb(1, 2, 3)'],
  ]) {
    await asPayer({}, server, async (payer) => {
      await payer.open(await page(api, { primary }));
      assert.equal(await payer.at('pay').evaluate((element) => getComputedStyle(element).backgroundColor), shown);
    });
  }
});

describe('with forced colours', () => {
  /** The colours that a screenshot has in its middle line, from the left. */
  const colours = async (payer, place) => {
    const picture = await payer.page.locator(place).screenshot();
    const blank = await payer.newTab();
    return blank.page.evaluate(async (base64) => {
      const image = new Image();
      image.src = `data:image/png;base64,${base64}`;
      await image.decode();
      const pen = Object.assign(document.createElement('canvas'), { width: image.width, height: 1 }).getContext('2d');
      pen.drawImage(image, 0, -Math.floor(image.height / 2));
      const { data } = pen.getImageData(0, 0, image.width, 1);
      return Array.from({ length: image.width }, (_, x) => data.slice(x * 4, x * 4 + 3).join(' '));
    }, picture.toString('base64'));
  };

  for (const theme of ['light', 'dark']) {
    test(`the current language, the time that is left and the code to scan are seen, ${theme}`, async () => {
      const api = await demo.newAccount({ outcome: 'process_pending' });
      await asPayer({ theme, js: false }, server, async (payer) => {
        await payer.page.emulateMedia({ forcedColors: 'active', colorScheme: theme });
        const url = await page(api, {}, { service: 'multibanco_eur_hpp', currency: 'EUR' });
        await api.advance(900); // half of the time
        await payer.open(url);
        const outlines = await payer.page.locator('.top nav a').evaluateAll((all) =>
          all.map((one) => getComputedStyle(one).outlineStyle));
        assert.deepEqual(outlines, ['solid', 'none', 'none']);
        const bar = await colours(payer, 'progress');
        assert.notEqual(bar[Math.floor(bar.length / 4)], bar[Math.floor(bar.length * 3 / 4)], 'half of the bar is filled');
        const [ground, ...modules] = await colours(payer, '[data-testid=qr]');
        assert.ok(modules.includes('0 0 0') && ground !== '0 0 0', 'dark on light');
        await payer.shot(`forced-${theme}`);
      });
    });
  }
});

describe('colours of a merchant that cannot be read', () => {
  const FAINT = { primary_background_color: '#ffffff', primary_text_color: '#eeeeee', primary_color: '#ffee00',
    on_primary_color: 'white' };

  test('are named in the log and in the panel, which keeps its own', async () => {
    const own = await startServer();
    const api = await new Client(own).newAccount();
    await asPayer({}, own, async (payer) => {
      await payer.open(await page(api, FAINT));
      const said = await payer.text('panel-faint');
      assert.match(said, /primary_text_color on primary_background_color 1\.2:1 \(light theme\)/);
      assert.match(said, /primary_color on primary_background_color 1\.2:1 \(light theme\)/);
      assert.match(said, /on_primary_color on primary_color 1\.2:1/);
      assert.ok(!said.includes('secondary_text_color on'), said);
      const inks = await payer.at('mock-panel').evaluate((panel) =>
        [panel, panel.querySelector('a'), panel.querySelector('button')].map((one) => getComputedStyle(one).color));
      assert.deepEqual(inks, ['rgb(26, 32, 51)', 'rgb(26, 32, 51)', 'rgb(26, 32, 51)']);
      await payer.shot('faint');
      await payer.open(await payer.at('panel-dashboard').getAttribute('href'));
      assert.match(await payer.text('faint'), /on_primary_color on primary_color 1\.2:1/);
    });
    await own.stop(); // it has written its log
    assert.match(own.stderr, /faint_colours .*primary_text_color on primary_background_color 1\.2:1/);
  });

  test('that are not the merchant\'s are called the page\'s', async () => {
    await asPayer({ theme: 'dark' }, server, async (payer) => {
      await payer.open(await page(await demo.newAccount(), { danger_color: '#eeeeee' }));
      const said = await payer.text('panel-faint');
      assert.match(said, /danger_color on the page's primary_background_color 1\.2:1 \(light theme\)/);
    });
  });

  test('and those that can be read are not', async () => {
    await asPayer({}, server, async (payer) => {
      await payer.open(await page(await demo.newAccount(), { primary_color: 'navy', theme: 'basic' }));
      assert.equal(await payer.count('panel-faint'), 0);
    });
  });

  test('are compared with the colours of the page', () => {
    const read = (name) => readFileSync(new URL(`../../server/${name}`, import.meta.url), 'utf8');
    const css = read('web/assets/theme.css');
    const rows = [...read('view/appearance_colours.c').matchAll(/\{"(--[a-z-]+)", "\w+", "(#\w+)", "(#\w+)"\}/g)];
    assert.equal(rows.length, 12);
    for (const [, property, light, dark] of rows) {
      assert.ok(css.includes(`${property}: light-dark(${light}, ${dark});`), property);
    }
  });
});

describe('one colour of a merchant leaves all texts readable', () => {
  const NAMES = ['primary_color', 'on_primary_color', 'primary_text_color', 'primary_background_color', 'secondary_color',
    'secondary_text_color', 'secondary_background_color', 'success_color', 'danger_color', 'info_color'];

  /** The texts outside of the mock's panel whose contrast with what they stand on is below 4.5. */
  const faintTexts = (payer) => payer.page.evaluate(() => {
    const parts = (text) => text.match(/[\d.]+/g).map(Number);
    const light = (text) => parts(text).slice(0, 3).map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
      .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
    const groundOf = (one) => {
      const { backgroundColor: ground } = getComputedStyle(one);
      return parts(ground)[3] === 0 && one.parentElement ? groundOf(one.parentElement) : ground;
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = new Set();
    while (walker.nextNode()) {
      const one = walker.currentNode.parentElement;
      if (!walker.currentNode.textContent.trim() || one.closest('.panel, svg, select') || !one.checkVisibility()) continue;
      const [text, ground] = [getComputedStyle(one).color, groundOf(one)];
      const [a, b] = [light(text), light(ground)];
      const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      if (contrast < 4.5) found.add(`${walker.currentNode.textContent.trim()}: ${text} on ${ground}, ${contrast.toFixed(2)}`);
    }
    return [...found];
  });

  for (const theme of ['light', 'dark']) {
    for (const name of NAMES) {
      test(`${name}, ${theme}`, async () => {
        const api = await demo.newAccount();
        await asPayer({ theme }, server, async (payer) => {
          for (const colour of ['#ffffff', '#000000', '#777777', '#ffee00']) {
            await payer.open(await page(api, { [name]: colour }, { reference_id: `${name}${colour}` }));
            assert.deepEqual(await faintTexts(payer), [], `${name} ${colour}`);
            if (colour === '#ffffff') await payer.shot(`colour-${name}-${theme}`);
          }
        });
      });
    }
  }
});

describe('the brand of the card', () => {
  const BRANDS = [['4', 'Visa'], ['5105', 'Mastercard'], ['37', 'American Express'], ['6304', 'Maestro'],
    ['35', 'JCB']];

  for (const size of Object.keys(SIZES)) {
    test(`shows its mark once a number is typed, on a ${size}`, async () => {
      await asPayer({ size }, server, async (payer) => {
        await payer.open(await page(await demo.newAccount(), {}));
        const marks = payer.at('brands').locator('svg');
        const names = await marks.evaluateAll((all) => all.map(({ dataset }) => dataset.brand));
        assert.deepEqual(names, BRANDS.map(([, brand]) => brand));
        await payer.page.setViewportSize({ ...SIZES[size], width: Math.min(SIZES[size].width, 320) });
        const [field, first] = await Promise.all([payer.at('card-number').boundingBox(), marks.first().boundingBox()]);
        assert.ok(first.x > field.x + 24, 'the caret stands before the marks');
        for (const [number, brand] of BRANDS) {
          await payer.at('card-number').fill(number);
          assert.equal((await payer.text('brand')).split('\n').at(-1), brand);
          assert.ok(await payer.at('brand').locator('svg').isVisible());
          assert.equal(await payer.at('brands').isVisible(), false);
        }
        await payer.at('card-number').fill('9');
        assert.equal(await payer.at('brand').locator('svg').count(), 0);
        await payer.at('card-number').fill('');
        assert.ok(await payer.at('brands').isVisible());
      });
    });
  }

  test('has no marks over a number without JavaScript', async () => {
    await asPayer({ js: false }, server, async (payer) => {
      await payer.open(await page(await demo.newAccount(), {}));
      assert.ok(await payer.at('brands').isVisible());
      await payer.at('card-number').fill('4');
      assert.equal(await payer.at('brands').isVisible(), false);
    });
  });
});
