// The back button: it shows what is true now, and no page is lost by it.

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

async function invoice() {
  const api = await demo.newAccount();
  const { attributes } = await api.made({}, { headers: { 'X-Mock-Outcome': 'process_pending' } });
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
  });
}
