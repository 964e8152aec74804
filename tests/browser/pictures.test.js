// The README's pictures. MILKYPAY_PICTURES=update replaces them; each run checks that they can be made and are small.

import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client, query } from '../lib/client.js';
import { startServer } from '../lib/server.js';
import { CARDS, asPayer, closeBrowser } from './payer.js';
import { dashboardOf } from './tester.js';

const server = await startServer();
after(async () => {
  await closeBrowser();
  await server.stop();
});
const demo = new Client(server);
const { shop, asTester } = dashboardOf(server);
const FOLDER = fileURLToPath(new URL('pictures/', import.meta.url));
const PHONE = { width: 390, height: 720 };
const DESKTOP = { width: 1280, height: 720 };
const MOST_BYTES = 180_000;

async function invoice() {
  const api = await demo.newAccount({ name: '4Docs', return_url: `${server.url}/_mock/health` });
  const { attributes } = await api.made({ amount: 123.45, description: 'Invoice Example', return_url: undefined },
    { headers: { 'X-Mock-Outcome': 'process_pending' } });
  return { api, url: attributes.hpp_url };
}

/** The payer's pages, on a phone. */
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

async function take(page, name) {
  const picture = await page.screenshot();
  assert.ok(picture.length < MOST_BYTES, `${picture.length} bytes`);
  const file = `${FOLDER}${name}.png`;
  if (process.env.MILKYPAY_PICTURES === 'update') writeFileSync(file, picture);
  assert.ok(existsSync(file), `${file} is in the README`);
}

for (const [name, [profile, arrive]] of Object.entries(PICTURES)) {
  test(`the picture ${name}`, async () => {
    await asPayer({ size: 'phone', ...profile }, server, async (payer) => {
      await payer.page.setViewportSize(PHONE);
      await arrive(payer);
      await take(payer.page, name);
    });
  });
}

/** A shop after an outage of its receiver: some callbacks failed, others arrived. */
async function outage() {
  const api = await shop({ name: '4Docs', retry_interval_s: 3600 });
  (await api.control('PUT', '/sink/shop', { responses: [200, 200, 503, 503, 503, 200] })).expect(200);
  const outcomes = ['processed@0', 'process_pending', 'process_failed:insufficient_funds@0', 'processed@0'];
  const ids = [];
  for (const [i, outcome] of outcomes.entries()) {
    const order = { reference_id: `order-${i + 1}`, amount: 20.4 * (i + 1), description: 'Two lamps', test_mode: true };
    ids.push((await api.made(order, { headers: { 'X-Mock-Outcome': outcome } })).id);
    await api.idle();
  }
  return { api, ids };
}

/** The dashboard, on a desktop. */
const VIEWS = {
  'dashboard-callbacks': [{}, async (tester) => {
    await tester.open('/callbacks');
    await tester.at('failing').waitFor();
  }],
  'dashboard-invoice': [{ theme: 'dark' }, async (tester, ids) => {
    await tester.open(`/invoices/${ids[0]}`);
    await tester.at('failing').waitFor();
  }],
};

for (const [name, [profile, arrive]] of Object.entries(VIEWS)) {
  test(`the picture ${name}`, async () => {
    const { api, ids } = await outage();
    await asTester(api, async (tester) => {
      await tester.page.setViewportSize(DESKTOP);
      await arrive(tester, ids);
      await take(tester.page, name);
    }, profile);
  });
}
