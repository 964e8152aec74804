// Theme options of the pages: the platform's presets, and all colour names of CSS.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { Client } from '../lib/client.js';
import { startServer } from '../lib/server.js';
import { asPayer, closeBrowser } from './payer.js';

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
