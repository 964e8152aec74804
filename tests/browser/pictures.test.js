// The README's pictures. MILKYPAY_PICTURES=update replaces them; each run checks that they can be made and are small.

import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { after, test } from 'node:test';
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
const FOLDER = fileURLToPath(new URL('pictures/', import.meta.url));
const WINDOW = { width: 390, height: 720 };
const MOST_BYTES = 60_000;

async function invoice() {
  const api = await demo.newAccount({ name: '4Docs', return_url: `${server.url}/_mock/health` });
  const { attributes } = await api.made({ amount: 123.45, description: 'Invoice Example', return_url: undefined },
    { headers: { 'X-Mock-Outcome': 'process_pending' } });
  return { api, url: attributes.hpp_url };
}

const PICTURES = {
  card: [{}, async (payer) => payer.open((await invoice()).url)],
  challenge: [{ locale: 'uk-UA' }, async (payer) => {
    await payer.open((await invoice()).url);
    await payer.pay(CARDS.good3ds);
  }],
  declined: [{}, async (payer) => {
    await payer.open((await invoice()).url);
    await payer.pay(CARDS.bad, { expiry: '05/29' });
  }],
  paid: [{ theme: 'dark' }, async (payer) => {
    await payer.open((await invoice()).url);
    await payer.pay(CARDS.good);
  }],
  methods: [{ theme: 'dark' }, async (payer) => {
    const { api } = await invoice();
    await payer.open(
      `/hpp/${query({ public_key: api.account.public_key, currency: 'USD', amount: 123.45, description: 'Invoice Example' })}`,
    );
  }],
};

for (const [name, [profile, arrive]] of Object.entries(PICTURES)) {
  test(`the picture ${name}`, async () => {
    await asPayer({ size: 'phone', ...profile }, server, async (payer) => {
      await payer.page.setViewportSize(WINDOW);
      await arrive(payer);
      const picture = await payer.page.screenshot();
      assert.ok(picture.length < MOST_BYTES, `${picture.length} bytes`);
      const file = `${FOLDER}${name}.png`;
      if (process.env.MILKYPAY_PICTURES === 'update') writeFileSync(file, picture);
      assert.ok(existsSync(file), `${file} is in the README`);
    });
  });
}
