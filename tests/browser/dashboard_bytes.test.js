// The dashboard in a browser: messages as they were sent, the JSON of an invoice, differences.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SIZES } from './payer.js';
import { HOLD, startDashboard } from './tester.js';

const { shop, asTester } = await startDashboard();

describe('a message', () => {
  test('of a callback has its bytes, raw and indented, and its first lines', async () => {
    const api = await shop();
    const { id } = await api.made({ description: 'a/b' }, HOLD);
    await api.idle();
    const [{ attempts: [{ request }] }] = await api.callbacks();
    assert.ok(request.body.includes('a\\/b'));
    for (const size of Object.keys(SIZES)) await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      await tester.at('attempt').locator('summary').click();
      const message = tester.at('attempt-request');
      assert.match(await message.innerText(), /POST \/_mock\/sink\/shop\?account=\S+ HTTP\/1\.1\nHost: /);
      assert.match(await tester.at('attempt-response').innerText(), /HTTP\/1\.1 200 OK\n/);
      const body = message.locator('pre').last();
      const pretty = await body.textContent();
      assert.match(pretty, /\n {6}"description": "a\\\/b"/, 'the escapes stay');
      assert.deepEqual(JSON.parse(pretty), JSON.parse(request.body));
      await message.getByTestId('raw').click();
      assert.equal(await body.textContent(), request.body);
      assert.equal(await message.getByTestId('raw').getAttribute('aria-pressed'), 'true');
      await tester.payer.isAccessible('an attempt');
      await tester.payer.shot(`dashboard-bytes-${size}`);
      await message.getByRole('button', { name: 'Copy body' }).click();
      await tester.page.locator('.toast').first().waitFor();
      assert.equal(await tester.copied(), request.body);
      await tester.page.reload();
      await tester.at('attempt').locator('summary').click();
      assert.equal(await body.textContent(), request.body, 'the choice is kept');
      await message.getByTestId('pretty').click();
    }, { size });
  });

  test('of a call has request line, status line and the headers of both', async () => {
    const api = await shop();
    await api.made({}, HOLD);
    await asTester(api, async (tester) => {
      await tester.open('/requests?path=/payment-invoices');
      await tester.at('request').locator('summary').click();
      assert.match(await tester.at('request-message').innerText(), /POST \/payment-invoices HTTP\/1\.1\n\S+: /);
      assert.match(await tester.at('response-message').innerText(), /HTTP\/1\.1 201 Created\nContent-Type: application\/json/);
      await tester.at('response-message').getByTestId('copy-all').click();
      await tester.page.locator('.toast').waitFor();
      assert.match(await tester.copied(), /^HTTP\/1\.1 201 Created\n[^]*\n\n\{"data":/);
    });
  });

  test('a valid signature is green in an inbox', async () => {
    const api = await shop();
    await api.made({}, HOLD);
    await api.idle();
    await asTester(api, async (tester) => {
      await tester.open('/sinks/shop');
      await tester.sees('received', 1);
      assert.match(await tester.at('signature').getAttribute('class'), /\bgood\b/);
    });
  });
});

describe('the whole JSON of an invoice', () => {
  test('is shown for both APIs and every profile, live, and is copied', async () => {
    const api = await shop();
    const { id } = await api.made({}, HOLD);
    await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      await tester.at('json').locator('summary').click();
      const shown = tester.at('json').locator('pre');
      const copies = async (parameters) => {
        const { text } = (await api.control('GET', `/payment-invoices/${id}/document`, undefined, { parameters })).expect(200);
        await tester.page.waitForFunction((json) => {
          try {
            return JSON.stringify(JSON.parse(document.querySelector('[data-testid="json"] pre').textContent)) === json;
          } catch {
            return false;
          }
        }, JSON.stringify(JSON.parse(text)));
        await tester.at('copy-json').click();
        await tester.page.waitForFunction((body) => navigator.clipboard.readText().then((one) => one === body), text);
      };
      await copies({});
      const profiles = await tester.at('json-profile').locator('option').evaluateAll((all) => all.map(({ value }) => value));
      assert.deepEqual(profiles, ['', '2020', '2024', '2025']);
      for (const profile of profiles.slice(1)) {
        await tester.at('json-profile').selectOption(profile);
        for (const as of ['private', 'public']) {
          await tester.at('json-as').selectOption(as);
          await copies({ as, profile });
        }
      }
      await tester.payer.isAccessible('the JSON');
      await api.transition(id, { status: 'processed' });
      await shown.filter({ hasText: '"status": "processed"' }).waitFor();
    });
  });
});

test('an attempt is compared with the invoice now', async () => {
  const api = await shop();
  const { id } = await api.made({}, HOLD);
  await api.idle();
  await asTester(api, async (tester) => {
    await tester.open(`/invoices/${id}`);
    await tester.at('attempt').locator('summary').click();
    await tester.at('compare').click();
    await tester.at('difference').filter({ hasText: 'would report the same now' }).waitFor();
    await api.transition(id, { status: 'processed' });
    await tester.seesStatus('processed');
    await tester.at('compare').first().click(); // closes
    await tester.at('compare').first().click();
    const difference = tester.at('difference').first();
    await difference.locator('ins', { hasText: '"status": "processed"' }).waitFor();
    await difference.locator('del', { hasText: '"status": "process_pending"' }).waitFor();
    assert.equal(await difference.locator('del', { hasText: '"reference_id"' }).count(), 0);
    await tester.payer.isAccessible('the difference');
  });
});
