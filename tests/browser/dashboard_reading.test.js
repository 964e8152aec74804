// The dashboard in a browser: why a callback failed, read in an invoice while things happen.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startSink } from '../lib/sink.js';
import { HOLD, startDashboard } from './tester.js';

const { server, shop, asTester } = await startDashboard();
const REASON = '{"error":"bad signature"}';

/** An invoice whose callbacks a receiver refuses with 403 and a reason. Its clock stands: no retry comes by itself. */
async function refusal(order = {}) {
  const api = await shop({ retry_interval_s: 60 });
  await api.freeze();
  const sink = await startSink({ account: api.account });
  sink.answer([{ status: 403, body: `${REASON}\nsee the log` }]);
  const { id } = await api.made({ callback_url: `${sink.url}/shop`, ...order }, HOLD);
  await api.idle();
  const resend = async () => {
    (await api.control('POST', '/callbacks/resend', {}, { parameters: { invoice: id } })).expect(200);
    await api.idle();
  };
  return { api, sink, id, resend };
}

describe('an attempt', () => {
  test('stays in place and scrolled while others come above it', async () => {
    const { api, sink, id, resend } = await refusal();
    await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      await tester.at('attempt').locator('summary').click();
      const body = tester.at('attempt-request').first().locator('pre').last();
      await body.evaluate((one) => {
        one.scrollTop = 60;
        window.scrollTo(0, one.getBoundingClientRect().top - 200);
      });
      const seen = () => body.evaluate((one) => ({ scrolled: one.scrollTop, top: one.getBoundingClientRect().top }));
      const before = await seen();
      assert.equal(before.scrolled, 60);
      await resend();
      await tester.sees('timeline-callback', 2);
      await tester.sees('attempt', 2);
      const after = await seen();
      assert.equal(after.scrolled, 60);
      assert.ok(Math.abs(after.top - before.top) <= 1, `${before.top} became ${after.top}`); // browsers scroll by whole pixels
    });
    await sink.stop();
  });

  test('shows the answer first, and its first line while it is closed', async () => {
    const { api, sink, id } = await refusal({ test_mode: false });
    await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      const summary = tester.at('attempt').locator('summary');
      const [answered, hint] = (await summary.innerText()).split('\n');
      assert.match(answered, /^Attempt 1 was answered 403 \{"error":"bad signature"\} /);
      assert.equal(hint,
        'signed with the live secret key, because test_mode is false: does the receiver verify with that key, over the bytes as they came?');
      assert.equal(await summary.locator('.bad').count(), 1, 'only the code is red');
      await summary.click();
      const top = async (testid) => (await tester.at(testid).boundingBox()).y;
      assert.ok(await top('attempt-response') < await top('attempt-request'));
      await tester.at('check-signature').click();
      await tester.page.locator('[data-testid="verdict"].good', { hasText: 'made with the live secret key' }).waitFor();
    });
    await sink.stop();
  });
});

test('a comparison has the changed lines with three around them, and closes', async () => {
  const { api, sink, id } = await refusal({ metadata: { a: 1, b: 2, c: 3, d: 4, e: 5 } });
  await asTester(api, async (tester) => {
    await tester.open(`/invoices/${id}`);
    await tester.at('attempt').locator('summary').click();
    const difference = tester.at('difference').first();
    const compare = tester.at('compare').first();
    await compare.click();
    await difference.filter({ hasText: /^No differences/ }).waitFor();
    await compare.click();
    await tester.page.locator('[data-testid="compare"][aria-expanded="false"]').first().waitFor();
    assert.equal(await difference.innerText(), '');
    await api.transition(id, { status: 'processed' });
    await tester.seesStatus('processed');
    await compare.click();
    const lines = (await difference.locator('pre').innerText()).split('\n');
    assert.equal(lines.includes('-       "status": "process_pending",'), true, lines.join('\n'));
    assert.equal(lines.some((line) => line.includes('"reference_id"')), false, 'what is far from a change is left out');
    assert.equal(lines.some((line) => line.startsWith('…')), true);
  });
  await sink.stop();
});

test('the heading of an invoice keeps the focus when more happens', async () => {
  const { api, sink, resend } = await refusal();
  await asTester(api, async (tester) => {
    await tester.open();
    await tester.at('invoice').click();
    await tester.sees('attempt', 1);
    const focused = () => tester.page.evaluate(() => document.activeElement.tagName);
    assert.equal(await focused(), 'H1');
    await resend();
    await tester.sees('attempt', 2);
    assert.equal(await focused(), 'H1');
  });
  await sink.stop();
});

describe('the timeline', () => {
  test('and the callbacks are oldest first', async () => {
    const { api, sink, id } = await refusal();
    await api.transition(id, { status: 'processed' });
    await api.idle();
    await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      await tester.sees('callback', 2);
      assert.deepEqual(await tester.at('callback').locator('.line > b').allInnerTexts(), ['process pending', 'processed']);
      assert.deepEqual(await tester.page.locator('.history h2').allInnerTexts(),
        ['Timeline, oldest first', 'Callbacks, oldest first']);
    });
    await sink.stop();
  });

  test('tells a resend from a retry', async () => {
    const { api, sink, id, resend } = await refusal();
    await api.advance(60);
    await resend();
    await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      const lines = await tester.at('timeline-callback').allInnerTexts();
      assert.deepEqual(lines.map((line) => line.includes('by hand')), [false, false, true]);
      await tester.at('timeline-callback').getByRole('link', { name: 'by hand' }).click();
      await tester.sees('request', 1);
      assert.match(await tester.at('request-message').innerText(), /POST \/_mock\/callbacks\/resend/);
    });
    await sink.stop();
  });

  test('leads from a change to the call that caused it', async () => {
    const api = await shop();
    const { id } = await api.made({}, HOLD);
    await api.transition(id, { status: 'processed' });
    await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      await tester.at('timeline-transition').last().getByRole('link').click();
      await tester.sees('request', 1);
      assert.match(await tester.at('request-message').innerText(), /POST \/_mock\/payment-invoices\/.*\/transition/);
    });
  });

  test('has one line for a page that asks again and again', async () => {
    const api = await shop();
    const { id, attributes } = await api.made({}, HOLD);
    const page = attributes.flow_data.action.slice(server.url.length);
    for (let i = 0; i < 3; i++) (await api.send('GET', page, { headers: { Accept: 'text/html' } })).expect(200);
    await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      await tester.sees('timeline-page', 1);
      assert.match(await tester.at('timeline-page').innerText(), /asked 3 times, last /);
    });
  });
});

describe('the page', () => {
  test('of an invoice has the history before the forms on a phone', async () => {
    const { api, sink, id } = await refusal();
    await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      const top = async (locator) => (await locator.boundingBox()).y;
      assert.ok(await top(tester.at('timeline')) < await top(tester.at('move')));
      assert.ok(await top(tester.at('callback')) < await top(tester.at('move')));
      await tester.payer.isAccessible('an invoice on a phone');
    }, { size: 'phone' });
    await sink.stop();
  });

  test('keeps its bar in a wide window, and does not hide the focus below it', async () => {
    const { api, sink, id } = await refusal();
    await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      await tester.page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
      assert.ok(await tester.page.evaluate(() => window.scrollY) > 100);
      const bar = await tester.page.locator('.bar').boundingBox();
      assert.equal(bar.y, 0);
      await tester.at('copy-curl').focus();
      assert.ok((await tester.at('copy-curl').boundingBox()).y >= bar.height);
    });
    await sink.stop();
  });
});
