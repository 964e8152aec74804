// The back button: it shows what is true now, and no page is lost by it.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client } from '../lib/client.js';
import { startServer } from '../lib/server.js';
import { CARDS, FEW_WAYS, asPayer, closeBrowser } from './payer.js';

const server = await startServer();
after(async () => {
  await closeBrowser();
  await server.stop();
});
const demo = new Client(server);

async function invoice(order = {}) {
  const api = await demo.newAccount();
  const { attributes } = await api.made(order, { headers: { 'X-Mock-Outcome': 'process_pending' } });
  return attributes.hpp_url;
}

for (const way of FEW_WAYS) {
  describe(`the back button (${way.name})`, () => {
    test('leads from the page of the bank to itself, and after the payment to its result', async () => {
      const url = await invoice();
      await asPayer(way, server, async (payer) => {
        await payer.open(url);
        await payer.pay(CARDS.good3ds);
        await payer.page.goBack();
        await payer.at('challenge-form').waitFor();
        await payer.answer();
        await payer.sees('processed', 'ok');
        await payer.page.goBack();
        await payer.sees('processed', 'ok');
      });
    });

    test('no code is not sent, and Back shows the payment after another', async () => {
      const url = await invoice();
      await asPayer(way, server, async (payer) => {
        await payer.open(url);
        await payer.pay(CARDS.good3ds);
        for (const none of ['', '  ']) {
          await payer.at('challenge-input').fill(none);
          await payer.at('challenge-confirm').click();
          await payer.page.locator('#code:invalid:focus').waitFor();
        }
        if (way.js) assert.equal(await payer.at('challenge-input').evaluate((input) => input.validationMessage), 'Enter the code.');
        await payer.answer({ wrong: true });
        await payer.sees('process_failed', 'invalid_3ds_code');
        assert.ok(await payer.page.goBack());
        await payer.at('payment-form').waitFor();
      });
    });
  });
}

describe('the back button over a form that the server sent back', () => {
  test('a field of the service', async () => {
    const url = await invoice({ service: 'payment_card_brl_hpp', currency: 'BRL' });
    await asPayer({}, server, async (payer) => {
      await payer.open(url);
      await payer.at('field-cpf_number').fill('abc');
      await payer.pay(CARDS.good);
      await payer.at('error-cpf_number').waitFor();
      await payer.at('field-cpf_number').fill('123.456.789-09');
      await payer.pay(CARDS.good3ds);
      await payer.page.goBack();
      await payer.at('challenge-form').waitFor();
    });
  });

  test('the code of the bank', async () => {
    const url = await invoice();
    await asPayer({}, server, async (payer) => {
      await payer.open(url);
      await payer.pay(CARDS.good3ds);
      await payer.at('challenge-form').evaluate((form) => { form.noValidate = true; });
      await payer.click('challenge-confirm');
      assert.equal(await payer.text('error-code'), 'Enter the code.');
      await payer.answer();
      await payer.sees('processed', 'ok');
      await payer.page.goBack();
      await payer.sees('processed', 'ok');
    });
  });
});
