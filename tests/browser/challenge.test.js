// 3-D Secure on a page of the shop, whose server fetches it from auth_payload.action.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Client } from '../lib/client.js';
import { startServer } from '../lib/server.js';
import { CARDS, FEW_WAYS, asPayer, closeBrowser, startShop } from './payer.js';

const server = await startServer();
const shop = await startShop();
after(async () => {
  await closeBrowser();
  await Promise.all([server.stop(), shop.stop()]);
});
const demo = new Client(server);
const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };

/** The shop's server: sells by card and fetches the bank's page. */
async function fetchChallenge(api) {
  const { id, attributes: { flow_data: { metadata } } } = await api.made({ return_url: `${shop.url}/thanks` }, hold);
  const attributes = {
    card_number: CARDS.good3ds,
    card_holder: 'CARD HOLDER',
    cvv: '123',
    exp_month: '12',
    exp_year: '30',
  };
  const sale = await api.send('POST', '/payment/sale', {
    auth: `Bearer ${metadata.token}`,
    json: { data: { attributes } },
  });
  const { action, method, params } = sale.expect(201).json.auth_payload;
  const page = await fetch(action, { method, body: new URLSearchParams(params) });
  return { id, html: await page.text() };
}

for (const way of FEW_WAYS) {
  test(`shown by the shop, answered at the bank: ${way.name}`, async () => {
    const api = await demo.newAccount({ auto_return: true });
    const { id, html } = await fetchChallenge(api);
    shop.html.set(`/3ds/${id}`, html);
    await asPayer({ ...way, hosts: [shop.url] }, server, async (payer) => {
      await payer.open(`${shop.url}/3ds/${id}`);
      assert.equal(
        await payer.page.locator('body').evaluate((body) => getComputedStyle(body).margin),
        '0px',
        'the style sheets are there',
      );
      await payer.answer();
      await payer.seesShop(`${shop.url}/thanks`);
    });
    assert.equal((await api.attributes(id)).status, 'processed');
  });
}

test('a wrong code, and no code', async () => {
  const api = await demo.newAccount();
  const { id, html } = await fetchChallenge(api);
  shop.html.set(`/3ds/${id}`, html);
  await asPayer({ hosts: [shop.url] }, server, async (payer) => {
    await payer.open(`${shop.url}/3ds/${id}`);
    await payer.at('challenge-confirm').click();
    await payer.page.locator('#code:invalid:focus').waitFor();
    await payer.answer({ wrong: true });
  });
  assert.equal((await api.attributes(id)).resolution, 'invalid_3ds_code');
});
