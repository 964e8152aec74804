// The pages in a browser that knows nothing of what stands in an @supports block: all is there, in light colours.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client, query } from '../lib/client.js';
import { startServer } from '../lib/server.js';
import { CARDS, asPayer, closeBrowser } from './payer.js';

const server = await startServer();
after(async () => {
  await closeBrowser();
  await server.stop();
});
const demo = new Client(server);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SHEETS = ['server/web/assets/theme.css', 'server/web/assets/page.css', 'server/web/assets/bar.css',
  'server/web/assets/docs.css', 'server/web/assets/dashboard.css', 'docker/demo-shop/assets/style.css'];

/** A style sheet without its @supports blocks. */
function withoutSupports(css) {
  let out = '', at = 0;
  for (let start; (start = css.indexOf('@supports', at)) >= 0;) {
    out += css.slice(at, start);
    let depth = 0;
    at = css.indexOf('{', start);
    do {
      if (css[at] === '{') depth++;
      if (css[at] === '}') depth--;
      at++;
    } while (depth);
  }
  return out + css.slice(at);
}

for (const name of SHEETS) {
  test(`${name} has light-dark() in @supports only, and the same light colours before it`, () => {
    const css = readFileSync(`${ROOT}${name}`, 'utf8').replaceAll(/\/\*[^]*?\*\//g, '');
    const old = withoutSupports(css);
    assert.ok(!old.includes('light-dark('));
    for (const [, property, light] of css.matchAll(/(--[a-z-]+): light-dark\((\S+),/g)) {
      assert.ok(old.includes(`${property}: ${light};`), `${property} is ${light}`);
    }
  });
}

describe('without @supports', () => {
  const visit = (road) => asPayer({ theme: 'dark' }, server, async (payer) => {
    await payer.page.route(/\.css$/, async (route) => {
      const reply = await route.fetch();
      await route.fulfill({ response: reply, body: withoutSupports(await reply.text()) });
    });
    await road(payer);
  });
  const styleOf = (payer, testid) => payer.at(testid).evaluate((element) => {
    const { backgroundColor, borderTopStyle, borderTopColor } = getComputedStyle(element);
    return { backgroundColor, borderTopStyle, borderTopColor };
  });

  test('fields of the card have a border, and the button is filled', async () => {
    const { attributes } = await (await demo.newAccount()).made({}, { headers: { 'X-Mock-Outcome': 'process_pending' } });
    await visit(async (payer) => {
      await payer.open(attributes.hpp_url);
      const ground = await payer.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      assert.equal(ground, 'rgb(243, 244, 249)', 'light, although the system is dark');
      assert.deepEqual(await styleOf(payer, 'card-number'),
        { backgroundColor: 'rgb(255, 255, 255)', borderTopStyle: 'solid', borderTopColor: 'rgb(138, 147, 168)' });
      assert.equal((await styleOf(payer, 'pay')).backgroundColor, 'rgb(59, 79, 216)');
      await payer.isAccessible('the card page');
      await payer.shot('old-card');
      await payer.pay(CARDS.bad, { expiry: '05/29' });
      await payer.isAccessible('declined');
      await payer.pay(CARDS.good);
      await payer.sees('processed');
      await payer.isAccessible('paid');
      await payer.shot('old-paid');
    });
  });

  test('the choice of a method', async () => {
    const { account } = await demo.newAccount();
    await visit(async (payer) => {
      await payer.open(`/hpp/${query({ public_key: account.public_key, currency: 'USD', amount: 15 })}`);
      assert.equal((await styleOf(payer, 'method-paypal')).borderTopColor, 'rgb(138, 147, 168)');
      await payer.isAccessible('the methods');
      await payer.shot('old-methods');
    });
  });

  for (const [name, path] of [['the dashboard', '/_mock/'], ['the documentation', '/_mock/docs/']]) {
    test(name, async () => {
      await visit(async (payer) => {
        await payer.open(path);
        await payer.page.locator('h1').first().waitFor();
        await payer.isAccessible(name);
      });
    });
  }
});
