// The dashboard in a browser: where the keyboard is after what was done.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HOLD, startDashboard } from './tester.js';

const { shop, asTester } = await startDashboard();

const focused = (tester) => tester.page.evaluate(() => {
  const { tagName, dataset } = document.activeElement;
  return dataset.testid ?? dataset.key ?? tagName;
});

async function orders(api, n) {
  for (let i = 1; i <= n; i++) await api.made({ reference_id: `order-${i}` }, HOLD);
}

describe('keys in lists', () => {
  test('Esc leads from an invoice to its list, whichever invoices were seen before', async () => {
    const api = await shop();
    await orders(api, 3);
    await asTester(api, async (tester) => {
      const { keyboard } = tester.page;
      await tester.open('/invoices?q=order');
      await tester.sees('invoice', 3);
      await keyboard.press('j');
      await keyboard.press('Enter');
      await tester.at('reference').filter({ hasText: 'order-3' }).waitFor();
      await keyboard.press('j');
      await tester.at('reference').filter({ hasText: 'order-2' }).waitFor();
      await keyboard.press('Escape');
      await tester.sees('invoice', 3);
      assert.equal(new URL(tester.page.url()).hash, '#/invoices?q=order');
    });
  });

  test('letters work while the focus is on the box of a row, from this row', async () => {
    const api = await shop();
    await orders(api, 3);
    await asTester(api, async (tester) => {
      const { keyboard } = tester.page;
      await tester.open();
      await tester.sees('invoice', 3);
      await tester.at('choose').nth(1).focus();
      await keyboard.press('Space');
      assert.equal(await tester.at('chosen').innerText(), '1 chosen');
      await keyboard.press('j');
      assert.match(await tester.page.evaluate(() => document.activeElement.innerText), /^order-1/);
      await tester.at('choose').nth(1).focus();
      await keyboard.press('c');
      await tester.at('view-clock').waitFor();
    });
  });
});

describe('a button that hides itself leaves the focus', () => {
  test('to the one in its place', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      const { keyboard } = tester.page;
      await tester.open('/clock');
      for (const [from, to] of [['freeze', 'run'], ['run', 'freeze']]) {
        await tester.at(from).focus();
        await keyboard.press('Enter');
        await tester.at(from).waitFor({ state: 'hidden' });
        await tester.page.waitForFunction((id) => document.activeElement.dataset.testid === id, to);
      }
    });
  });

  test('to another row, and to the heading after the last one', async () => {
    const api = await shop();
    for (const fault of ['drop', 'duplicate']) (await api.control('POST', '/faults', { on: 'callback', fault })).expect(201);
    await asTester(api, async (tester) => {
      const { keyboard } = tester.page;
      await tester.open('/faults');
      for (const [left, to] of [[1, 'change'], [0, 'H1']]) {
        await tester.at('remove').first().focus();
        await keyboard.press('Enter');
        await tester.sees('fault', left);
        await tester.page.waitForFunction(() => document.activeElement !== document.body);
        assert.equal(await focused(tester), to);
      }
    });
  });

  test('to the heading of the new account', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      await tester.open('/accounts');
      await tester.at('account-name').fill('Book Shop');
      await tester.page.keyboard.press('Enter');
      await tester.page.waitForURL((url) => url.searchParams.get('account') !== api.account.id);
      await tester.page.waitForFunction(() => document.activeElement.tagName === 'H1');
      assert.equal(await tester.page.evaluate(() => document.activeElement.innerText), 'Invoices');
    });
  });
});

test('a refused filter is named as its field', async () => {
  const api = await shop();
  await asTester(api, async (tester) => {
    await tester.open('/callbacks');
    await tester.page.getByLabel('Answer').fill('bogus');
    assert.match(await tester.at('failed').innerText(), /^Answer: must be /);
  }, { refusals: true });
});

test('the words about a group of failures have one size and colour', async () => {
  const api = await shop();
  (await api.control('PATCH', `/accounts/${api.account.id}`, { callback_url: 'http://127.0.0.1:9/' })).expect(200);
  await api.made({}, HOLD);
  await asTester(api, async (tester) => {
    await tester.open('/callbacks?state=failing');
    await tester.at('tried').waitFor();
    const looks = await tester.at('tried').evaluate((one) => [one, one.previousElementSibling].map((it) => {
      const { color, fontSize } = getComputedStyle(it);
      return `${color} ${fontSize}`;
    }));
    assert.equal(looks[0], looks[1]);
  });
});
