// The dashboard in a browser: requests, sinks and faults.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { contract } from '../lib/contract.js';
import { SIZES } from './payer.js';
import { HOLD, startDashboard } from './tester.js';

const { demo, shop, asTester } = await startDashboard();

describe('requests', () => {
  test('appear live, with the reason of an error', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      await tester.open('/requests?method=POST&path=/payment-invoices');
      await tester.at('empty').waitFor();
      (await api.create({ service: 'payment_card_usd_hpp', currency: 'USD', amount: -1 })).expect(422);
      await tester.at('request').locator('summary').click();
      await tester.at('explain').waitFor();
      assert.match(await tester.at('explain').innerText(), /amount/);
      await api.made({}, HOLD);
      await tester.at('show-new').click();
      await tester.sees('request', 2);
      assert.equal(await tester.at('explain').count(), 1, 'what was opened stays open');
    });
  });

  test('can be filtered and deleted', async () => {
    const api = await shop();
    await api.made({}, HOLD);
    await api.list();
    await asTester(api, async (tester) => {
      tester.agree();
      await tester.open('/requests');
      await tester.at('filter-path').fill('/payment-invoices');
      await tester.at('filter-method').selectOption('GET');
      await tester.sees('request', 1);
      const [, all] = /^1 of (\d+) match$/.exec(await tester.at('total').innerText());
      assert.ok(Number(all) >= 2);
      assert.equal(await tester.at('forget').innerText(), `Delete all ${all}`);
      await tester.at('filter-code').selectOption('4xx');
      await tester.at('empty').waitFor();
      await tester.at('forget').click();
      await tester.page.locator('[data-testid="total"]', { hasText: /^0 of \d+ match/ }).waitFor();
    });
  });
});

describe('sinks', () => {
  test('requests appear newest first, with the result of the signature check', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      tester.agree();
      await tester.open('/sinks/shop');
      await tester.at('empty').waitFor();
      await api.made({}, HOLD);
      await tester.sees('received', 1);
      assert.equal(await tester.at('signature').innerText(), 'valid');
      await tester.at('received').locator('summary').click();
      assert.match(await tester.at('received-message').innerText(), /X-Signature/);
      await api.made({}, HOLD);
      await tester.at('show-new').click();
      await tester.sees('received', 2);
      assert.deepEqual(
        await tester.at('received').evaluateAll((all) => all.map(({ open }) => open)),
        [false, true],
        'the same one is open',
      );
      await tester.open('/sinks');
      await tester.at('sink').click();
      await tester.sees('received', 2);
      await tester.at('forget').click();
      await tester.at('empty').waitFor();
    });
  });

  test('a sink sends the set responses, and can be the account\'s callback URL', async () => {
    const api = await demo.newAccount({ settle_after_ms: 600_000 });
    await asTester(api, async (tester) => {
      await tester.open('/sinks');
      await tester.at('sink-name').fill('other');
      await tester.at('open-sink').click();
      await tester.at('codes').fill('503, 200');
      await tester.at('program').click();
      await tester.page.locator('.toast', { hasText: 'responses are set' }).waitFor();
      await tester.at('use-sink').click();
      await tester.page.locator('.toast', { hasText: 'are sent here' }).waitFor();
      await api.made({}, HOLD);
      await tester.sees('received', 1);
      await tester.page.locator('[data-testid="received"]', { hasText: '503' }).waitFor();
      await tester.open('/sinks/other');
      assert.equal(await tester.at('codes').inputValue(), '200', 'what is left of them');
    });
  });
});

for (const width of [SIZES.desktop.width, 320]) {
  test(`long paths and references are cut, beside their method, at ${width} px`, async () => {
    const api = await shop();
    await api.made({ reference_id: 'a-long-reference-'.repeat(15) }, HOLD);
    await api.list({ 'filter[reference_id]': 'a-long-query-'.repeat(15) });
    await api.idle();
    await asTester(api, async (tester) => {
      await tester.page.setViewportSize({ ...SIZES.desktop, width });
      for (const [where, row, n] of [['/requests?path=/payment-invoices', 'request', 2], ['/sinks/shop', 'received', 1]]) {
        await tester.open(where);
        await tester.sees(row, n);
        const [method, path, time] = await tester.at(row).first().locator('summary').evaluate((summary) =>
          ['.tag', '.path', 'time'].map((one) => summary.querySelector(one).getBoundingClientRect().toJSON()));
        assert.ok(method.right < path.left && path.height < 30, 'one line, beside the method');
        assert.ok(path.top < method.bottom && method.top < path.bottom, 'at its height');
        assert.ok(path.right <= time.left || path.bottom <= time.top, 'not under the time');
        await tester.payer.isAccessible(`${where}, ${width} px`);
      }
    });
  });
}

describe('faults', () => {
  test('a fault is added, applies and is removed', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      await tester.open('/faults');
      await tester.at('empty').waitFor();
      await tester.at('fault-name').selectOption('drop');
      await tester.at('fault-times').fill('1');
      await tester.at('add-fault').click();
      await tester.sees('fault', 1);
      assert.equal(await tester.at('hits').innerText(), '0 hits');
      await api.made({}, HOLD);
      await tester.page.locator('[data-testid="hits"]', { hasText: /^1 hit, used up$/ }).waitFor();
      await tester.at('remove').click();
      await tester.at('empty').waitFor();
    });
    assert.equal((await api.control('GET', '/faults')).json.total, 0);
  });

  test('a fault has a match and parameters', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      await tester.open('/faults');
      await tester.at('fault-on').selectOption('api');
      await tester.at('fault-name').selectOption('status');
      await tester.at('fault-status').fill('429');
      await tester.at('fault-retry_after').fill('3');
      await tester.at('fault-path').fill('/payment-services*');
      await tester.at('fault-method').fill('GET');
      await tester.at('add-fault').click();
      await tester.sees('fault', 1);
    });
    const { items: [{ on, fault, status, retry_after: retry, match }] } = (await api.control('GET', '/faults')).json;
    assert.deepEqual(
      [on, fault, status, retry, match],
      ['api', 'status', 429, 3, { path: '/payment-services*', method: 'GET' }],
    );
  });

  test('all faults of the server are offered, and each is accepted', async () => {
    const api = await shop();
    const offered = {};
    await asTester(api, async (tester) => {
      tester.agree();
      await tester.open('/faults');
      for (const on of ['callback', 'api', 'page']) {
        await tester.at('fault-on').selectOption(on);
        offered[on] = await tester
          .at('fault-name')
          .locator('option')
          .evaluateAll((all) => all.map(({ value }) => value));
        for (const name of offered[on]) {
          await tester.at('fault-name').selectOption(name);
          const { total } = (await api.control('GET', '/faults')).json;
          await tester.at('add-fault').click();
          await tester.sees('fault', total + 1);
        }
        await tester.at('remove-all').click();
        await tester.at('empty').waitFor();
      }
    });
    const known = contract().document.components.schemas.FaultValues.properties.fault.enum;
    assert.deepEqual(new Set(Object.values(offered).flat()), new Set(known));
    assert.deepEqual(offered.api, offered.page);
  });
});
