// The dashboard in a browser: after the database was replaced, and on paper.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client } from '../lib/client.js';
import { startServer, tempDir } from '../lib/server.js';
import { asPayer } from './payer.js';
import { HOLD, Tester, startDashboard } from './tester.js';

const { shop, asTester } = await startDashboard();

/** Opens a view of a server, which is then started again with these arguments and the same address. */
async function afterRestart({ args = [], again = [], view, make }, road) {
  const first = await startServer({ args });
  const api = new Client(first);
  const made = await make(api);
  const listen = ['--listen', `${first.host}:${first.port}`];
  let second;
  try {
    await asPayer({ refusals: true, resets: true, restarts: true }, first, async (payer) => {
      const tester = new Tester(payer, api);
      await tester.open(view(made));
      await first.stop();
      second = await startServer({ args: [...again, ...listen] });
      await road(tester);
    });
  } finally {
    await second?.stop();
  }
}

const isInert = (tester, id) => tester.at(id).first().evaluate((one) => one.closest('[inert]') !== null);
const oneHeld = (api) => api.made({}, HOLD);

test('an invoice of a database that was replaced is said to be, and its buttons do nothing', async () => {
  await afterRestart({ make: oneHeld, view: ({ id }) => `/invoices/${id}` }, async (tester) => {
    await tester.at('replaced').waitFor();
    assert.match(await tester.at('replaced').innerText(), /^The database was replaced\. You see the state of /);
    assert.deepEqual([await isInert(tester, 'move'), await isInert(tester, 'back')], [true, false]);
    await tester.at('back').click();
    await tester.at('view-invoices').waitFor();
    await tester.at('empty').waitFor();
    assert.equal(await tester.at('replaced').count(), 0);
  });
});

for (const [view, row] of [['invoices', 'invoice'], ['callbacks', 'delivery'], ['new', 'create'], ['accounts', 'make-account']]) {
  test(`so is the view ${view} of the demo account, until what is there now is asked for`, async () => {
    await afterRestart({ make: oneHeld, view: () => `/${view}`, args: ['--callback-url', 'http://127.0.0.1:9/'] }, async (tester) => {
      await tester.at('replaced').waitFor();
      assert.deepEqual([await tester.at(row).count() > 0, await isInert(tester, row)], [true, true]);
      await tester.payer.isAccessible('the notice');
      await tester.at('reload').click();
      await tester.at('replaced').waitFor({ state: 'detached' });
      await tester.at(`view-${view}`).waitFor();
      await tester.page.locator('[data-state="live"]').waitFor();
      assert.equal(await tester.page.locator('[inert]').count(), 0);
      if (view === 'invoices') await tester.at('empty').waitFor();
    });
  });
}

test('a restart with the same database is no replacement', async () => {
  const db = ['--db', join(tempDir(), 'mock.db')];
  await afterRestart({ make: oneHeld, view: () => '/invoices', args: db, again: db }, async (tester) => {
    await tester.page.locator('[data-state="live"]').waitFor();
    await tester.at('search').fill('nothing-has-this');
    await tester.at('empty').waitFor();
    assert.equal(await tester.at('replaced').count(), 0);
  });
});

test('a list on paper has nothing to click', async () => {
  const api = await shop();
  await api.made({}, HOLD);
  await asTester(api, async (tester) => {
    await tester.open();
    await tester.sees('invoice', 1);
    await tester.page.emulateMedia({ media: 'print' });
    for (const one of ['choose', 'new', 'pause']) assert.ok(await tester.at(one).isHidden(), one);
    assert.ok(await tester.at('invoice').isVisible());
  });
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
    assert.match(await tester.at('timeline-callback').innerText(), /process pending, attempt 1/);
    const cut = await tester.page.locator('pre').evaluateAll((all) =>
      all.filter((one) => one.scrollHeight > one.clientHeight + 1).length);
    assert.equal(cut, 0);
    await tester.payer.shot('dashboard-print');
  });
});
