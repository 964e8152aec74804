// The README's browser example, as it stands there.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { Client } from '../lib/client.js';
import { startServer } from '../lib/server.js';
import { CARDS, asPayer, closeBrowser } from './payer.js';

const server = await startServer();
after(async () => {
  await closeBrowser();
  await server.stop();
});
const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

test('payByCard pays any card', async () => {
  const [, code] = /```js\n(async function payByCard[^]*?)```/.exec(README);
  const payByCard = new Function(`${code}; return payByCard;`)();
  const api = await new Client(server).newAccount({ attempt_limit: 1 });
  for (const [name, wanted] of [['good', 'processed'], ['good3ds', 'processed'], ['bad', 'process_failed'], ['bad3ds', 'process_failed']]) {
    const { attributes } = await api.made({}, { headers: { 'X-Mock-Outcome': 'process_pending' } });
    await asPayer({}, server, async ({ page }) => {
      assert.equal(await payByCard(page, attributes.hpp_url, CARDS[name]), wanted, name);
    });
  }
});

test('every data-testid that the README names is on a page', async () => {
  const [, table] = /\| page \| `data-testid` \|\n([^]*?)\n\n/.exec(README);
  const assets = new URL('../../server/web/assets/', import.meta.url);
  const names = ['checkout', 'card_fields', 'service_fields', 'choice', 'declined', 'panel', 'methods', 'challenge', 'result', 'error', 'order', 'top'];
  const pages = names.map((name) => readFileSync(new URL(`${name}.html`, assets), 'utf8')).join('')
    .replace(/\{\{#card\}\}pay\{\{\/card\}\}\{\{\^card\}\}confirm\{\{\/card\}\}/, 'pay" data-testid="confirm');
  const wanted = [...table.matchAll(/`([a-z][\w-]*)`/g)].map(([, id]) => id).filter((id) => !id.startsWith('data-'));
  assert.ok(wanted.length > 30);
  for (const id of wanted) {
    const pattern = id.replace(/-(KEY|CODE|\d|en|uk|ru)$/, '-{{');
    assert.ok(pages.includes(`data-testid="${pattern}`), id);
  }
});
