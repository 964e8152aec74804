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

/** Answers the questions of the page, and returns them. */
function questions(tester, answer) {
  const asked = [];
  tester.page.on('dialog', (dialog) => {
    asked.push(dialog.message());
    return answer(asked.length) ? dialog.accept() : dialog.dismiss();
  });
  return asked;
}

const statusOf = async (api, id) => (await api.attributes(id)).status;

test('a jump that lets invoices expire, or of more than a year, is asked first', async () => {
  const api = await shop();
  const { id } = await api.made({}, HOLD);
  const { now } = await api.freeze(3_000_000_000).then(() => api.clock());
  const open = await api.made({}, HOLD);
  await asTester(api, async (tester) => {
    const asked = questions(tester, (n) => n > 1);
    const advance = async (by, unit) => {
      await tester.at('advance-by').fill(by);
      await tester.at('advance-unit').selectOption(unit);
      await tester.at('advance').click();
      await tester.page.locator('[data-testid="advance"]:not([aria-busy])').waitFor();
    };
    await tester.open('/clock');
    await advance('60', '1');
    assert.deepEqual(asked, []);
    await advance('40', '60');
    assert.equal((await api.clock()).now, now + 60);
    await advance('40', '60');
    assert.equal(await statusOf(api, open.id), 'process_failed');
    await advance('400', '86400');
    assert.deepEqual(asked.map((one) => one.replace(' The clock cannot go back. Advance it?', '')),
      ['1 open invoice may expire.', '1 open invoice may expire.', 'This is more than a year.']);
  });
  assert.equal(await statusOf(api, id), 'process_failed');
});

test('the clock is set ahead by a field or to the machine\'s time, and never back', async () => {
  const api = await shop();
  const { now } = await api.clock();
  await api.freeze(now + 60);
  await asTester(api, async (tester) => {
    await tester.open('/clock');
    const local = (s) => tester.page.evaluate((ms) => {
      const at = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
      return at.toISOString().slice(0, 19);
    }, s * 1000);
    const refused = tester.at('error-to');
    await tester.at('set').click();
    assert.equal(await refused.innerText(), 'This must be a time.');
    await tester.at('machine').click();
    await tester.page.locator('.toast.bad', { hasText: /^The account's time is ahead of the machine's/ }).waitFor();
    assert.equal((await api.clock()).now, now + 60);
    await tester.at('set-to').fill(await local(now + 3600));
    await tester.at('set').click();
    await tester.page.locator('.toast', { hasText: '0 events' }).waitFor();
    assert.equal((await api.clock()).now, now + 3600);
    await tester.at('set-to').fill(await local(now + 60));
    await tester.at('set').click();
    await refused.filter({ hasText: 'This is before the account\'s time, which cannot go back.' }).waitFor();
    await tester.payer.isAccessible('the clock with an error');
  });
});

test('a clock that is behind goes to the machine\'s time', async () => {
  const api = await shop();
  const now = await api.freeze();
  let machine;
  do machine = Date.parse((await api.control('GET', '/clock')).headers.date) / 1000; while (machine <= now);
  await asTester(api, async (tester) => {
    await tester.open('/clock');
    await tester.at('machine').click();
    await tester.page.locator('.toast', { hasText: '0 events' }).waitFor();
    assert.ok((await api.clock()).now > now);
  });
});
