// The dashboard in a browser: the account's clock in every view.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SIZES } from './payer.js';
import { HOLD, startDashboard } from './tester.js';

const { shop, asTester } = await startDashboard();

test('a chip says in every view that the clock is frozen or moved, and leads to it', async () => {
  const api = await shop();
  const { now } = await api.clock();
  await asTester(api, async (tester) => {
    const chip = tester.at('clock-chip');
    const says = (words) => chip.filter({ hasText: words }).waitFor();
    await tester.open('/requests');
    assert.ok(await chip.isHidden());
    (await api.control('PUT', '/clock', { mode: 'frozen' })).expect(200);
    await says(/^clock frozen/);
    (await api.control('PUT', '/clock', { now: now + 3 * 86_400 + 1800 })).expect(200);
    await says(/^clock frozen, 3 d( \d+ min)? ahead|^clock frozen, 3 d ahead/);
    for (const view of ['/invoices', '/services', '/accounts', '/clock']) {
      await tester.open(view);
      await says(/^clock frozen, 3 d/);
    }
    await tester.open('/faults');
    await chip.click();
    await tester.at('run').click();
    await says(/^clock 3 d/);
  });
});

for (const size of Object.keys(SIZES)) for (const theme of ['light', 'dark']) test(`the chip fits and is accessible: ${size}, ${theme}`, async () => {
  const api = await shop();
  await api.freeze(3_000_000_000);
  await asTester(api, async (tester) => {
    await tester.open();
    await tester.at('clock-chip').filter({ hasText: /frozen/ }).waitFor();
    await tester.payer.isAccessible('the chip');
    await tester.payer.shot(`dashboard-chip-${size}-${theme}`);
  }, { size, theme });
});

test('requests and invoices show the same time', async () => {
  const api = await shop();
  await api.freeze(3_000_000_000);
  const { id } = await api.made({}, HOLD);
  const { items: [{ at, account_at: by }] } = (await api.control('GET', '/requests')).expect(200).json;
  assert.equal(by, 3_000_000_000_000);
  assert.notEqual(at, by);
  await asTester(api, async (tester) => {
    await tester.open(`/invoices/${id}`);
    const created = await tester.fact('Created');
    await tester.open(`/requests?invoice=${id}`);
    assert.equal(await tester.page.locator('[data-testid="request"] time').innerText(), `${created}.000`);
  });
});
