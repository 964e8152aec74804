// The dashboard in a browser: the callbacks of all invoices, what failed, and sending again.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startSink } from '../lib/sink.js';
import { SIZES } from './payer.js';
import { HOLD, startDashboard } from './tester.js';

const { server, shop, asTester } = await startDashboard();

/** A shop with a second sink, "broken", which answers 503; `order(name, sink)` makes an invoice. */
async function outage() {
  const api = await shop({ retry_interval_s: 3600 });
  const sink = (responses) => api.control('PUT', '/sink/broken', { responses });
  (await sink([503])).expect(200);
  const order = async (reference_id, to = 'shop') => {
    const callback_url = `${server.url}/_mock/sink/${to}?account=${api.account.id}`;
    const { id } = await api.made({ reference_id, callback_url }, HOLD);
    await api.idle();
    return id;
  };
  return { api, order, answer: sink, mend: () => sink([200]) };
}

const shown = (tester) => tester.page.locator('[data-testid="delivery"] b:first-child').allInnerTexts();
const states = (tester) =>
  tester.page.locator('[data-testid="delivery"] > summary [data-testid="callback-state"]').allInnerTexts();

describe('the callbacks', () => {
  test('of all invoices say what failed, and lead to the invoice and back', async () => {
    const { api, order } = await outage();
    await order('order-1', 'broken');
    const id = await order('order-2');
    await asTester(api, async (tester) => {
      await tester.open('/callbacks');
      await tester.sees('delivery', 2);
      assert.deepEqual(await shown(tester), ['order-2', 'order-1']);
      assert.deepEqual(await states(tester), ['done', 'retrying, 1 failed']);
      await tester.at('filter-state').selectOption('done');
      await tester.sees('delivery', 1);
      assert.equal(await tester.at('total').innerText(), '1 of 2 match');
      await tester.at('delivery').locator('summary').first().click();
      await tester.at('attempt').locator('summary').click();
      assert.match(await tester.at('attempt-request').innerText(), /X-Signature/);
      await tester.at('to-invoice').click();
      await tester.at('view-invoices').waitFor();
      assert.equal(await tester.at('reference').innerText(), 'order-2');
      assert.match(tester.page.url(), new RegExp(`${id}$`));
      assert.equal(await tester.at('back').innerText(), 'Callbacks');
      await tester.at('back').click();
      await tester.sees('delivery', 1);
      assert.equal(await tester.at('filter-state').inputValue(), 'done');
    });
  });

  test('have filters, which are in the address', async () => {
    const { api, order } = await outage();
    await order('order-1', 'broken');
    const id = await order('order-2');
    await api.transition(id, { status: 'processed' });
    await api.idle();
    await asTester(api, async (tester) => {
      await tester.open('/callbacks');
      await tester.sees('delivery', 3);
      for (const [filter, value, expected] of [
        ['code', '5xx', ['order-1']],
        ['url', '/sink/shop', ['order-2', 'order-2']],
        ['transition', 'processed', ['order-2']],
        ['invoice', id, ['order-2', 'order-2']],
        ['invoice', 'order-1', ['order-1']],
        ['invoice', 'order-9', []],
        ['state', 'retrying', ['order-1']],
        ['error', 'no such', []],
      ]) {
        const field = tester.at(`filter-${filter}`);
        const isChoice = await field.evaluate(({ tagName }) => tagName === 'SELECT');
        await (isChoice ? field.selectOption(value) : field.fill(value));
        await tester.sees('delivery', expected.length);
        assert.deepEqual(await shown(tester), expected, filter);
        await tester.page.reload();
        await tester.sees('delivery', expected.length);
        assert.equal(await tester.at(`filter-${filter}`).inputValue(), value);
        await tester.at('clear-filters').click();
        await tester.sees('delivery', 3);
        assert.match(tester.page.url(), /#\/callbacks$/);
        assert.equal(await tester.at('clear-filters').isVisible(), false);
      }
      await tester.at('filter-from').fill('2030-01-31T10:20:30');
      await tester.at('empty').waitFor();
      const from = new Date('2030-01-31T10:20:30').getTime();
      assert.match(tester.page.url(), new RegExp(`#/callbacks\\?from=${from}$`));
      await tester.page.reload();
      await tester.at('empty').waitFor();
      assert.match(await tester.at('filter-from').inputValue(), /^2030-01-31T10:20:30/);
    }, { refusals: true });
  });

  test('are marked in the navigation and in the list of invoices, live', async () => {
    const { api, order, mend } = await outage();
    await asTester(api, async (tester) => {
      await tester.open();
      await tester.at('empty').waitFor();
      assert.equal(await tester.at('failing').count(), 0);
      const id = await order('order-1', 'broken');
      await tester.page.locator('[data-testid="failing"]', { hasText: /^1 failing$/ }).waitFor();
      const heights = await tester.page.locator('.bar nav a').evaluateAll((all) =>
        all.map((link) => link.getBoundingClientRect()).map(({ top, height }) => `${top} ${height}`));
      assert.equal(new Set(heights).size, 1, 'the count makes its link no higher than the others');
      await tester.page.locator('[data-testid="failing-callbacks"]', { hasText: /^1 callback failing$/ }).waitFor();
      await tester.at('invoice').click();
      await tester.page.locator('[data-testid="callback-state"]', { hasText: 'retrying, 1 failed' }).waitFor();
      await mend();
      (await api.control('POST', '/callbacks/resend', {}, { parameters: { invoice: id } })).expect(200);
      await tester.page.locator('[data-testid="callback-state"]', { hasText: 'done' }).waitFor();
      await tester.sees('failing', 0);
    });
  });
});

describe('sending again', () => {
  test('one, a group of the same failure, or all that match', async () => {
    const { api, order, mend } = await outage();
    for (const name of ['order-1', 'order-2', 'order-3']) await order(name, 'broken');
    await order('order-4');
    await mend();
    await asTester(api, async (tester) => {
      await tester.open('/callbacks');
      await tester.sees('delivery', 4);
      assert.equal(await tester.at('resend-all').isVisible(), false, 'not without a filter');
      assert.match(await tester.at('failure').innerText(), /^3 callbacks\s+503\s+http.*\/_mock\/sink\/broken\s+3 will be retried/);
      await tester.at('show-failure').click();
      await tester.sees('delivery', 3);
      await tester.at('delivery').locator('summary').first().click();
      await tester.at('resend').click();
      await tester.page.locator('[data-testid="failure"]', { hasText: '2 callbacks' }).waitFor();
      await tester.open('/callbacks?url=broken');
      await tester.sees('delivery', 3);
      assert.equal(await tester.at('resend-all').innerText(), 'Resend the 3 that match');
      await tester.at('resend-all').click();
      await tester.page.locator('[data-testid="resent"]', { hasText: '3 callbacks sent again: 3 accepted.' }).waitFor();
      await tester.sees('failure', 0);
      assert.deepEqual(await states(tester), ['done', 'done', 'done']);
    });
    const numbers = (await api.callbacks()).map(({ attempts }) => attempts.length);
    assert.deepEqual(numbers, [1, 3, 2, 2]);
  });

  test('a group leads to its callbacks, and the groups are those of what matches', async () => {
    const { api, order } = await outage();
    (await api.control('PUT', '/sink/worse', { responses: [500] })).expect(200);
    for (const [name, sink] of [['order-1', 'broken'], ['order-2', 'broken'], ['order-3', 'worse'], ['order-4', 'shop']]) await order(name, sink);
    await asTester(api, async (tester) => {
      const heading = () => tester.at('failures').getByRole('heading').innerText();
      await tester.open('/callbacks');
      await tester.sees('failure', 2);
      assert.equal(await heading(), '3 callbacks failing');
      await tester.at('show-failure').last().click();
      await tester.sees('failure', 1);
      await tester.sees('delivery', 1);
      assert.equal(await heading(), '1 callback failing, of those that match');
      assert.equal(await tester.at('resend-failing').count(), 0, 'the only group has a button');
      await tester.at('clear-filters').click();
      await tester.sees('failure', 2);
      await tester.at('filter-invoice').fill('order-1');
      await tester.sees('failure', 1);
      await tester.at('resend-failure').click();
      await tester.page.locator('[data-testid="resent"]', { hasText: '1 callback sent again: 1 failed again (503).' }).waitFor();
      await tester.at('filter-invoice').fill('order-9');
      await tester.sees('failures', 0);
      await tester.at('filter-invoice').fill('');
      await tester.sees('failure', 2);
      await tester.at('filter-state').selectOption('done');
      await tester.sees('failures', 0);
    }, { refusals: true });
    assert.deepEqual((await api.callbacks()).map(({ attempts }) => attempts.length).sort(), [1, 1, 1, 2]);
  });

  test('a whole group by its button', async () => {
    const { api, order, mend } = await outage();
    await order('order-1', 'broken');
    await order('order-2', 'broken');
    await mend();
    await asTester(api, async (tester) => {
      await tester.open('/callbacks');
      await tester.at('resend-failure').click();
      await tester.page.locator('[data-testid="resent"]', { hasText: '2 callbacks sent again: 2 accepted.' }).waitFor();
      await tester.sees('failures', 0);
    });
  });
});

describe('what became of those that were sent again', () => {
  test('is told when their attempts have ended, and in their group', async () => {
    const { api, order, answer } = await outage();
    for (const name of ['order-1', 'order-2', 'order-3']) await order(name, 'broken');
    await answer([200, 503]);
    await asTester(api, async (tester) => {
      await tester.open('/callbacks');
      assert.equal(await tester.at('resend-failing').innerText(), 'Resend all 3');
      const tried = tester.at('tried').locator('time');
      const before = await tried.getAttribute('datetime');
      await api.advance(5);
      await tester.at('resend-failing').click();
      await tester.page.locator('.warn[data-testid="resent"]', {
        hasText: '3 callbacks sent again: 1 accepted, 2 failed again (503).' }).waitFor();
      await tester.page.locator('[data-testid="failure"]', { hasText: '2 callbacks' }).waitFor();
      assert.ok(await tried.getAttribute('datetime') > before);
      await tester.at('filter-state').selectOption('dropped');
      await tester.at('empty').waitFor();
      await tester.at('show-resent').click();
      await tester.sees('delivery', 3);
      assert.deepEqual((await states(tester)).sort(), ['done', 'retrying, 2 failed', 'retrying, 2 failed']);
      await tester.at('filter-id').uncheck();
      await tester.page.waitForURL(/#\/callbacks$/);
    });
  });

  test('has the first line of the answer, and the time of the last attempt', async () => {
    const { api, order } = await outage();
    const sink = await startSink({ account: api.account });
    sink.answer([{ status: 500, body: 'the stock is empty\nat line 7' }]);
    await api.made({ reference_id: 'order-1', callback_url: sink.url }, HOLD);
    await api.idle();
    await order('order-2');
    await asTester(api, async (tester) => {
      await tester.open('/callbacks');
      await tester.sees('delivery', 2);
      assert.match(await tester.at('failure').innerText(), /500 the stock is empty\s+http/);
      const summary = tester.at('delivery').locator('summary').last();
      assert.match(await summary.innerText(), /500 the stock is empty\s+tried /);
      await summary.click();
      const border = await tester.at('attempt').evaluate((one) => getComputedStyle(one).borderTopWidth);
      assert.equal(border, '1px', 'an attempt has a frame');
      const mark = await tester.at('attempt').locator('summary').evaluate((one) => getComputedStyle(one).display);
      assert.equal(mark, 'list-item', 'and a triangle');
    });
    await sink.stop();
  });

  test('is red if it is not 200, wherever it is shown', async () => {
    const { api, answer, order } = await outage();
    await answer([201]);
    const id = await order('order-1', 'broken');
    await asTester(api, async (tester) => {
      const isRed = async (where) => {
        const shown = where.locator('.tag', { hasText: /^201$/ });
        await shown.waitFor();
        assert.match(await shown.getAttribute('class'), /\bbad\b/);
      };
      await tester.open('/callbacks');
      await isRed(tester.at('failure'));
      await isRed(tester.at('delivery').locator('summary').first());
      await tester.open(`/invoices/${id}`);
      await isRed(tester.at('timeline-callback'));
      await isRed(tester.at('attempt').locator('summary'));
      await tester.open('/sinks/broken');
      await isRed(tester.at('inbox'));
    });
  });

  test('fits a phone: rows have the status, dates are whole', async () => {
    const { api } = await outage();
    const sink = await startSink({ account: api.account });
    sink.answer([{ status: 500, body: 'the stock is empty '.repeat(9) }]);
    await api.made({ callback_url: sink.url }, HOLD);
    await api.idle();
    await asTester(api, async (tester) => {
      await tester.open('/callbacks');
      await tester.sees('delivery', 1);
      assert.equal(await tester.page.locator('.reported').innerText(), 'process pending');
      assert.ok((await tester.at('filter-from').boundingBox()).width > 300);
      await tester.page.locator('[data-view="callbacks"][title="1 failing"]').waitFor();
      await tester.payer.isAccessible('a long answer');
    }, { size: 'phone' });
    await sink.stop();
  });
});

for (const size of Object.keys(SIZES)) {
  for (const theme of ['light', 'dark']) {
    test(`the view is accessible, ${size}, ${theme}`, async () => {
      const { api, order } = await outage();
      await order('order-with-a-long-reference-'.repeat(8), 'broken');
      await order('order-1');
      await asTester(api, async (tester) => {
        await tester.open('/callbacks');
        await tester.sees('delivery', 2);
        await tester.at('delivery').locator('summary').first().click();
        await tester.at('attempt').waitFor();
        await tester.payer.isAccessible(`callbacks, ${size}, ${theme}`);
      }, { size, theme });
    });
  }
}
