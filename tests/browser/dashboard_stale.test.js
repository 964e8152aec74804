// The dashboard in a browser: after the database was replaced, and on paper.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Client } from '../lib/client.js';
import { startServer } from '../lib/server.js';
import { asPayer } from './payer.js';
import { HOLD, Tester, startDashboard } from './tester.js';

const { shop, asTester } = await startDashboard();

test('an invoice that is gone after a restart is said to be, and its buttons do nothing', async () => {
  const first = await startServer();
  const api = new Client(first);
  const { id } = await api.made({}, HOLD);
  const listen = ['--listen', `${first.host}:${first.port}`];
  let second;
  try {
    await asPayer({ refusals: true, resets: true, restarts: true }, first, async (payer) => {
      const tester = new Tester(payer, api);
      await tester.open(`/invoices/${id}`);
      await first.stop();
      second = await startServer({ args: listen });
      const failed = tester.at('failed');
      await failed.filter({ hasText: `no invoice ${id}` }).waitFor();
      assert.match(await failed.innerText(), /the database was replaced\. You see the state of /);
      assert.equal(await tester.page.evaluate(() => document.querySelector('[data-testid="move"]').closest('[inert]') !== null), true);
      assert.equal(await tester.page.evaluate(() => document.querySelector('[data-testid="back"]').closest('[inert]')), null);
      await tester.at('back').click();
      await tester.at('view-invoices').waitFor();
      await tester.at('empty').waitFor();
    });
  } finally {
    await second?.stop();
  }
});

test('an invoice on paper is whole, and has nothing to click', async () => {
  const api = await shop();
  const { id } = await api.made({}, HOLD);
  await api.idle();
  await asTester(api, async (tester) => {
    await tester.open(`/invoices/${id}`);
    await tester.at('attempt').locator('summary').click();
    await tester.page.emulateMedia({ media: 'print' });
    for (const one of ['[data-testid="move"]', '[data-testid="open-page"]', 'nav[aria-label="Views"]', '[data-testid="raw"]']) {
      assert.ok(await tester.page.locator(one).first().isHidden(), one);
    }
    for (const one of ['[data-testid="reference"]', '[data-testid="timeline"]', '[data-testid="attempt-request"]']) {
      assert.ok(await tester.page.locator(one).first().isVisible(), one);
    }
    const cut = await tester.page.locator('pre').evaluateAll((all) =>
      all.filter((one) => one.scrollHeight > one.clientHeight + 1).length);
    assert.equal(cut, 0);
    await tester.payer.shot('dashboard-print');
  });
});
