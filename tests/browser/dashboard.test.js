// The dashboard in a browser: lists, one invoice, every status.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { tempDir } from '../lib/server.js';
import { CARDS, asPayer } from './payer.js';
import { HOLD, startDashboard } from './tester.js';

const { server, demo, shop, asTester } = await startDashboard();

describe('invoices', () => {
  test('/ redirects to the dashboard with the demo account', async () => {
    await asPayer({}, server, async (payer) => {
      await payer.open('/');
      assert.equal(new URL(payer.page.url()).pathname, '/_mock/');
      await payer.at('view-invoices').waitFor();
      assert.equal(await payer.text('account'), '4Docs');
      assert.equal(await payer.at('account').getAttribute('data-id'), 'coma_Demo4DocsAccount');
    });
  });

  test('search and filters restrict the list, and are in the URL', async () => {
    const api = await shop();
    await api.made({ reference_id: 'shoes-1', description: 'Red shoes' }, HOLD);
    const { id } = await api.made({ reference_id: 'hat-1', currency: 'EUR', service: 'payment_card_eur_hpp' }, HOLD);
    await api.transition(id, { status: 'processed' });
    await asTester(api, async (tester) => {
      await tester.open();
      await tester.sees('invoice', 2);
      await tester.at('search').fill('RED SHOES'); // "red" alone may be a part of an id
      await tester.sees('invoice', 1);
      assert.deepEqual(await tester.references(), ['shoes-1']);
      assert.match(tester.page.url(), /#\/invoices\?q=RED\+SHOES$/);
      await tester.at('search').fill('');
      await tester.sees('invoice', 2);
      await tester.at('filter-status').selectOption('processed');
      await tester.sees('invoice', 1);
      assert.deepEqual(await tester.references(), ['hat-1']);
      await tester.page.reload();
      await tester.sees('invoice', 1);
      assert.equal(await tester.at('filter-status').inputValue(), 'processed');
      await tester.at('search').fill('nothing like it');
      await tester.at('empty').waitFor();
    });
  });

  test('without invoices it shows where code connects, and a call that makes the first one', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      await tester.open();
      const card = tester.at('first-steps');
      await tester.at('first-call').waitFor();
      for (const [id, value] of [['base-url', server.url], ['public-url', `${server.url}/public-api`],
        ['id', api.account.id], ['api_key', api.account.api_key], ['public_key', api.account.public_key],
        ['secret_key', api.account.secret_key]]) {
        assert.equal(await card.getByTestId(id).innerText(), value);
      }
      await tester.at('copy-call').click();
      await tester.page.locator('.toast', { hasText: 'Copied' }).waitFor();
      const { stdout } = await promisify(execFile)('sh', ['-c', `${await tester.copied()} -s`]);
      assert.equal(JSON.parse(stdout).data.attributes.status, 'process_pending');
      await tester.sees('invoice', 1);
      await tester.sees('first-steps', 0);
      await tester.at('search').fill('nothing like it');
      await tester.at('empty').waitFor();
      assert.equal(await card.count(), 0, 'not for a filter that finds nothing');
    });
  });

  test('without invoices it links to the other accounts that have some', async () => {
    const [empty, other] = [await shop(), await shop()];
    await other.made({ reference_id: 'order-1' }, HOLD);
    const { invoices } = (await demo.control('GET', '/health')).expect(200).json;
    const { total } = (await demo.control('GET', '/accounts', undefined, { parameters: { limit: 1 } })).expect(200).json;
    await asTester(empty, async (tester) => {
      await tester.open();
      const line = tester.at('elsewhere').filter({ hasText: 'Accounts' });
      await line.waitFor();
      const said = /([\d,]+) invoices? in ([\d,]+) other accounts?: Accounts$/;
      const [, found, accounts] = said.exec(await line.innerText());
      assert.deepEqual([found, accounts].map((text) => Number(text.replaceAll(',', ''))), [invoices, total - 1]);
      await line.getByRole('link').click();
      await tester.at('view-accounts').waitFor();
    });
  });

  test('the list has pages', async () => {
    const api = await shop();
    for (let i = 1; i <= 60; i++) await api.made({ reference_id: `order-${i}` }, HOLD);
    await asTester(api, async (tester) => {
      await tester.open();
      await tester.sees('invoice', 50);
      await tester.at('older').click();
      await tester.sees('invoice', 10);
      assert.equal((await tester.references()).at(-1), 'order-1');
      await tester.at('newest').click();
      await tester.sees('invoice', 50);
    });
  });

  test('new and changed invoices appear live', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      await tester.open();
      await tester.at('empty').waitFor();
      const { id } = await api.made({ reference_id: 'order-1' }, HOLD);
      await tester.page.locator('[data-testid="invoice"][data-status="process_pending"]').waitFor();
      await api.transition(id, { status: 'processed' });
      await tester.page.locator('[data-testid="invoice"][data-status="processed"]').waitFor();
    });
  });

  test('texts of an order are escaped', async () => {
    const api = await shop();
    const bad = '<img src=x onerror=alert(1)>"\'&';
    const { id } = await api.made({ reference_id: bad, description: bad, metadata: { note: bad } }, HOLD);
    await asTester(api, async (tester) => {
      await tester.open();
      assert.deepEqual(await tester.references(), [bad]);
      await tester.open(`/invoices/${id}`);
      assert.equal(await tester.at('reference').innerText(), bad);
      assert.equal(await tester.page.locator('main img').count(), 0);
    });
  });
});

describe('payouts', () => {
  const pay = async (api, changes = {}) =>
    (
      await api.private('POST', '/payout-invoices', {
        json: {
          service: 'test_usd',
          currency: 'USD',
          amount: 100,
          test_mode: true,
          fields: { account: '42' },
          options: { auto_process: false },
          ...changes,
        },
      })
    ).expect(201).data;

  test('have a separate live list with search', async () => {
    const api = await shop();
    await api.made({ reference_id: 'order-1' }, HOLD);
    await pay(api, { reference_id: 'salary-1' });
    await asTester(api, async (tester) => {
      await tester.open('/payouts');
      await tester.sees('invoice', 1);
      assert.deepEqual(await tester.references(), ['salary-1']);
      const { id } = await pay(api, { reference_id: 'salary-2', description: 'Bonus' });
      await tester.sees('invoice', 2);
      await tester.at('search').fill('bonus');
      await tester.sees('invoice', 1);
      assert.match(tester.page.url(), /#\/payouts\?q=bonus$/);
      await tester.at('invoice').click();
      await tester.page.waitForURL(`**/*#/payouts/${id}`);
      await tester.at('back').click();
      await tester.at('view-payouts').waitFor();
    });
  });

  test('a payout moves along its states, live, with its callback, and has no payment page', async () => {
    const api = await shop();
    const { id } = await pay(api);
    await asTester(api, async (tester) => {
      await tester.open(`/payouts/${id}`);
      await tester.seesStatus('created');
      assert.equal(await tester.fact('After the start'), 'processed:ok');
      assert.match(await tester.fact('Starts or expires'), /^\d{4}-/);
      assert.equal(await tester.at('open-page').count(), 0);
      await tester.at('move-to').selectOption('process_pending');
      await tester.at('move').click();
      await tester.seesStatus('process_pending');
      await tester.at('move-to').selectOption('processed');
      await tester.at('move').click();
      await tester.seesStatus('processed');
      await api.wait({ invoice: id, callback: 'delivered', transition: 'processed' });
      await tester.at('move-force').check();
      const all = await tester.at('move-to').locator('option').evaluateAll((some) => some.map(({ value }) => value));
      assert.deepEqual(all, [
        'created',
        'expired',
        'process_pending',
        'process_failed',
        'partially_processed',
        'terminated',
        'canceled',
        'partially_canceled',
      ]);
      await tester.at('copy-test').click();
      assert.match(await tester.copied(), /api\/payout-invoices/);
    });
  });
});

describe('one invoice', () => {
  test('an invoice in another currency than its service shows both', async () => {
    const api = await shop({ convert_currency: true, profile: '2024' });
    const { id } = await api.made({ service: 'payment_card_eur_hpp', currency: 'USD', amount: 1500 }, HOLD);
    const plain = await api.made({}, HOLD);
    await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      assert.equal(await tester.fact('Service currency'), 'EUR');
      assert.equal(await tester.fact('Service amount'), '1,380.00 EUR');
      await tester.open(`/invoices/${plain.id}`);
      assert.equal(await tester.page.locator('dt', { hasText: /^Service (currency|amount)$/ }).count(), 0);
    });
  });

  test('an invoice moves along the state table, live, with its callback', async () => {
    const api = await shop();
    const { id } = await api.made({}, HOLD);
    await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      await tester.seesStatus('process_pending');
      assert.deepEqual(
        await tester
          .at('move-to')
          .locator('option')
          .evaluateAll((all) => all.map(({ value }) => value)),
        ['expired', 'processed', 'process_failed', 'partially_processed', 'terminated'],
      );
      await tester.at('move-to').selectOption('process_failed');
      await tester.at('move-resolution').fill('insufficient_funds');
      await tester.at('move').click();
      await tester.seesStatus('process_failed');
      assert.equal(await tester.at('resolution').innerText(), 'insufficient_funds');
      await tester.at('move-force').check();
      await tester.at('move-to').selectOption('processed');
      await tester.at('move').click();
      await tester.seesStatus('processed');
      await tester.at('move-force').uncheck();
      await tester.at('move-to').selectOption('partially_refunded');
      await tester.at('move-amount').fill('20.4');
      await tester.at('move').click();
      await tester.seesStatus('partially_refunded');
      await tester.sees('callback', 4);
    });
    assert.equal((await api.attributes(id)).refunded_amount, 20.4);
  });

  test('an invoice is refunded in parts until nothing is left', async () => {
    const api = await shop();
    const { id } = await api.made({}, { headers: { 'X-Mock-Outcome': 'processed@0' } });
    await api.reach(id, 'processed');
    await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      await tester.seesStatus('processed');
      await tester.at('refund-amount').fill('100.01');
      await tester.at('refund').click();
      await tester.page.getByTestId('error-amount').filter({ hasText: 'less than or equal to 100' }).waitFor();
      await tester.at('refund-amount').fill('20.4');
      await tester.at('refund-outcome').selectOption('refund_pending');
      await tester.at('refund').click();
      await tester.seesStatus('refund_pending');
      assert.ok(await tester.at('refund').isHidden());
      await tester.at('move-to').selectOption('partially_refunded');
      await tester.at('move').click();
      await tester.seesStatus('partially_refunded');
      assert.match(await tester.at('refund-left').innerText(), /^79\.60 /);
      await tester.at('refund-outcome').selectOption('refunded@0');
      await tester.at('refund').click();
      await tester.seesStatus('refunded');
      await tester.sees('refund-row', 2);
      assert.ok(await tester.at('refund').isHidden());
    }, { refusals: true });
    assert.equal((await api.attributes(id)).refunded_amount, 100);
  });

  test('a refund in the profile 2025 shows its id; while it is refunding, no other can begin', async () => {
    const api = await shop({ profile: '2025' });
    const { id } = await api.made({}, { headers: { 'X-Mock-Outcome': 'processed@0' } });
    await api.reach(id, 'processed');
    await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      await tester.seesStatus('processed');
      await tester.at('refund-outcome').selectOption('refund_pending');
      await tester.at('refund').click();
      await tester.seesStatus('refund_pending');
      tester.agree();
      const [{ id: refund }] = (await api.attributes(id)).refunds;
      assert.match(await tester.at('refund-row').innerText(), new RegExp(refund));
      await tester.page.locator('[data-testid=timeline]', { hasText: refund }).waitFor();
      await tester.at('move-to').selectOption('refunding');
      await tester.at('move').click();
      await tester.seesStatus('refunding');
      assert.ok(await tester.at('refund').isHidden());
      await tester.at('move-to').selectOption('refunded');
      await tester.at('move').click();
      await tester.seesStatus('refunded');
    });
  });

  test('a chargeback is made with an amount', async () => {
    const api = await shop();
    const { id } = await api.made({}, { headers: { 'X-Mock-Outcome': 'processed@0' } });
    await api.reach(id, 'processed');
    await asTester(api, async (tester) => {
      tester.agree();
      await tester.open(`/invoices/${id}`);
      await tester.at('move-to').selectOption('partially_charged_back');
      await tester.at('move-amount').fill('12.34');
      await tester.at('move').click();
      await tester.seesStatus('partially_charged_back');
      await tester.at('move-to').selectOption('charged_back');
      await tester.at('move').click();
      await tester.seesStatus('charged_back');
      await tester.page.locator('dl.facts', { hasText: 'Charged back' }).waitFor();
    });
    assert.equal((await api.control('GET', `/payment-invoices/${id}`)).json.charged_back_amount, 100);
  });

  test('errors of the server are shown', async () => {
    const api = await shop();
    const { id } = await api.made({}, HOLD);
    await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      await tester.at('move-to').selectOption('process_failed');
      await tester.at('move-resolution').fill('no_such_thing');
      await tester.at('move').click();
      await tester.page.getByTestId('error-resolution').filter({ hasText: 'no_such_thing' }).waitFor();
      await tester.seesStatus('process_pending');
    }, { refusals: true });
  });

  test('every suggested resolution is valid', async () => {
    const api = await shop();
    const { id } = await api.made({}, HOLD);
    await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      await tester.page.locator('#resolutions option').first().waitFor({ state: 'attached' });
      const offered = await tester.page
        .locator('#resolutions option')
        .evaluateAll((all) => all.map(({ value }) => value));
      assert.ok(offered.length > 5);
      for (const resolution of offered)
        (await api.transition(id, { status: 'process_failed', resolution, force: true })).expect(200);
    });
  });

  test('the timeline has raw requests, responses and signatures', async () => {
    const api = await shop();
    const { id } = await api.made({}, HOLD);
    await api.idle();
    await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      await tester.sees('timeline-api', 1);
      await tester.sees('timeline-transition', 2);
      await tester.sees('timeline-callback', 1);
      await tester.at('attempt').locator('summary').click();
      const [{ attempts: [{ request }] }] = await api.callbacks({ invoice: id });
      const shown = await tester.at('attempt-request').innerText();
      assert.ok(shown.includes(`X-Signature: ${request.headers['X-Signature']}`), shown);
      assert.ok(shown.includes(`"id": "${id}"`), shown);
      await tester.at('attempt-response').waitFor();
      await tester.at('check-signature').click();
      await tester.page.locator('[data-testid="verdict"].good').waitFor();
      await api.transition(id, { status: 'processed' });
      await tester.sees('callback', 2);
      assert.equal(
        await tester.page.locator('[data-testid="verdict"].good').count(),
        1,
        'what was found out stays when others come',
      );
    });
  });

  test('the timeline leads to the call and to the attempt, and the details name the customer', async () => {
    const api = await shop();
    const { id } = await api.made({ customer: { reference_id: 'buyer-7', name: 'Zoë Example', email: 'z@example.com', metadata: { ip: '1.2.3.4' } } }, HOLD);
    await api.idle();
    await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      assert.equal(await tester.at('customer').innerText(), 'buyer-7\nZoë Example\nz@example.com\n{"metadata":{"ip":"1.2.3.4"}}');
      await tester.at('timeline-callback').getByRole('button').click();
      await tester.at('attempt-request').waitFor();
      assert.equal(await tester.at('attempt').locator('summary').evaluate((one) => one === document.activeElement), true);
      await tester.at('timeline-api').getByRole('link').click();
      await tester.sees('request', 1);
      assert.match(await tester.at('request-message').innerText(), /POST \/payment-invoices HTTP/);
      await tester.at('filter-id').fill('');
      await tester.at('filter-id').press('Enter');
      await tester.page.waitForURL(/#\/requests$/);
    });
  });

  test('a wrong signature is explained', async () => {
    const api = await shop();
    (await api.control('POST', '/faults', { on: 'callback', fault: 'wrong_secret' })).expect(201);
    const { id } = await api.made({}, HOLD);
    await api.wait({ invoice: id, callback: 'delivered' });
    await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      await tester.at('attempt').locator('summary').click();
      await tester.at('check-signature').click();
      await tester.page.locator('[data-testid="verdict"].bad', { hasText: 'Expected: ' }).waitFor();
    });
  });

  test('a callback is resent as sent or with a new signature', async () => {
    const api = await shop();
    const { id } = await api.made({}, HOLD);
    await api.idle();
    await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      await tester.sees('attempt', 1);
      await tester.at('resend').click();
      await tester.sees('attempt', 2);
      await tester.at('resend-signed').click();
      await tester.sees('attempt', 3);
    });
    assert.equal((await api.control('GET', '/sink/shop/requests')).json.total, 3);
  });

  test('the payment page opens in a tab, and the payer\'s actions are shown live', async () => {
    const api = await shop();
    const { id } = await api.made({}, HOLD);
    await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      const [tab] = await Promise.all([tester.payer.context.waitForEvent('page'), tester.at('open-page').click()]);
      await tab.getByTestId('card-number').fill(CARDS.good);
      await tab.getByTestId('expiry').fill('12/30');
      await tab.getByTestId('cvv').fill('123');
      await tab.getByTestId('holder').fill('CARD HOLDER');
      await tab.getByTestId('pay').click();
      await tester.seesStatus('processed');
      await tester.page.locator('[data-testid="timeline-page"]').first().waitFor();
      assert.equal(await tester.fact('Card'), '551928******0000, 12/30');
    });
  });

  test('copy as curl is the export', async () => {
    const api = await shop();
    const { id } = await api.made({}, HOLD);
    await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      await tester.at('copy-curl').click();
      await tester.page.locator('.toast').waitFor();
      assert.equal(
        await tester.copied(),
        (await api.control('GET', `/payment-invoices/${id}/export`)).expect(200).text,
      );
    });
  });

  test('copies and generates references in browsers without a clipboard', async () => {
    const api = await shop();
    const { id } = await api.made({}, HOLD);
    await asTester(api, async (tester) => {
      await tester.page.addInitScript(() => {
        Object.defineProperty(navigator, 'clipboard', { value: undefined });
        Object.defineProperty(crypto, 'randomUUID', { value: undefined });
      });
      await tester.open(`/invoices/${id}`);
      await tester.page.getByRole('button', { name: 'Copy id' }).click();
      await tester.page.locator('.toast', { hasText: 'Copied' }).waitFor();
      await tester.open('/new');
      await tester.at('create').click();
      await tester.at('view-invoices').waitFor();
      await tester.page.getByText(/^new-[0-9a-f]{16}$/).first().waitFor();
    });
  });

  for (const [outcome, status] of [
    ['processed@0', 'processed'],
    ['process_failed:insufficient_funds@0', 'process_failed'],
    ['process_pending', 'process_pending'],
    ['processed@0,refunded@0', 'refunded'],
    ['expired', 'process_failed'],
  ]) {
    test(`copy as test: ${outcome} makes a test that passes`, async () => {
      const api = await shop();
      const { id } = await api.made(
        { description: 'A "book"', metadata: { cart: 5 } },
        { headers: { 'X-Mock-Outcome': outcome } },
      );
      await api.reach(id, status);
      await asTester(api, async (tester) => {
        await tester.open(`/invoices/${id}`);
        await tester.seesStatus(status);
        await tester.at('copy-test').click();
        await tester.page.locator('.toast').waitFor();
        const file = join(tempDir(), 'copied.test.mjs');
        writeFileSync(file, await tester.copied());
        const env = {
          ...process.env,
          MILKYPAY_URL: server.url,
          MILKYPAY_ACCOUNT_ID: api.account.id,
          MILKYPAY_API_KEY: api.account.api_key,
        };
        delete env.NODE_TEST_CONTEXT; // it is a separate run
        const { stdout } = await promisify(execFile)(process.execPath, ['--test', file], { env });
        assert.match(stdout, /pass 1\b/);
      });
    });
  }

  test('"Move to" preselects the step that is usually next', async () => {
    const api = await shop();
    const selected = async (tester, id) => {
      await tester.open(`/invoices/${id}`);
      return tester.at('move-to').inputValue();
    };
    await asTester(api, async (tester) => {
      const { id } = await api.made({}, HOLD);
      assert.equal(await selected(tester, id), 'processed');
      await tester.at('move').click(); // the view stays, and selects anew
      await tester.seesStatus('processed');
      await tester.page.waitForFunction(() => document.querySelector('[data-testid="move-to"]').value === 'refunded');
      for (const [status, next] of [['partially_refunded', 'refunded'], ['partially_charged_back', 'charged_back']]) {
        (await api.transition(id, { status, amount: 1 })).expect(200);
        assert.equal(await selected(tester, id), next, status);
      }
      const failed = (await api.made({}, { headers: { 'X-Mock-Outcome': 'process_failed@0' } })).id;
      (await api.wait({ invoice: failed, status: 'process_failed' })).expect(200);
      assert.equal(await selected(tester, failed), 'process_pending');
      const verify = (await api.made({ flow: 'verify' }, HOLD)).id;
      assert.equal(await selected(tester, verify), 'verified');
    });
  });

  test('an unknown invoice shows an error', async () => {
    await asTester(await shop(), async (tester) => {
      await tester.open('/invoices/cpi_0000000000000000');
      await tester.at('failed').waitFor();
    }, { refusals: true });
  });
});

describe('a part of an amount that was paid', () => {
  for (const [kind, part, whole] of [['payment', 20, 61.5], ['payout', 4, 10]]) {
    test(`is shown with the whole: ${kind}`, async () => {
      const api = await shop();
      const outcome = { headers: { 'X-Mock-Outcome': 'process_pending' } };
      const { id } = kind === 'payment' ? await api.made({ amount: whole }, outcome)
        : (await api.private('POST', '/payout-invoices', { json: { data: { attributes: {
          reference_id: 'part', service: 'test_usd', currency: 'USD', amount: whole, fields: { account: '42' },
          options: { auto_process: true } } } },
        ...outcome })).expect(201).data;
      const list = kind === 'payment' ? 'invoices' : 'payouts', json = { status: 'partially_processed', amount: part };
      (await api.control('POST', `/${kind}-invoices/${id}/transition`, json)).expect(200);
      const shown = `${part}.00 of ${whole.toFixed(2)} USD`;
      await asTester(api, async (tester) => {
        await tester.open(`/${list}`);
        assert.equal(await tester.page.locator('[data-testid="invoice"] .amount').innerText(), shown);
        await tester.open(`/${list}/${id}`);
        assert.equal(await tester.payer.text('part-paid'), `${kind === 'payment' ? 'Paid' : 'Paid out'} ${shown}`);
        assert.equal(await tester.fact(kind === 'payment' ? 'Paid amount' : 'Paid out amount'), shown);
        await tester.payer.shot(`dashboard-part-${kind}`);
      });
    });
  }
});

describe('every status', () => {
  const SERVICE = { service: 'payment_card_usd_hpp' };
  const ROADS = [
    ['process_pending', SERVICE, []],
    ['processed', SERVICE, ['processed']],
    ['partially_processed', SERVICE, ['partially_processed']],
    ['process_failed', SERVICE, ['process_failed']],
    ['verified', { ...SERVICE, flow: 'verify' }, ['verified']],
    ['refund_pending', SERVICE, ['processed', 'refund_pending']],
    ['partially_refunded', SERVICE, ['processed', 'partially_refunded']],
    ['refunded', SERVICE, ['processed', 'refund_pending', 'refunded']],
    ['refund_failed', SERVICE, ['processed', 'refund_pending', 'refund_failed']],
    ['charged_back', SERVICE, ['processed', 'charged_back']],
    ['partially_charged_back', SERVICE, ['processed', 'partially_charged_back']],
    ['terminated', SERVICE, ['terminated']],
    ['created', undefined, []],
    ['expired', undefined, ['expired']],
  ];

  test('is reached by clicks', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      tester.agree();
      for (const [status, attributes, clicks] of ROADS) {
        if (!attributes) { // an order without a service
          const form = { public_key: api.account.public_key, currency: 'USD', amount: 10 };
          (await api.send('POST', '/hpp/', { form })).expect(303);
        }
        const { id } = attributes ? await api.made(attributes, HOLD) : (await api.list()).expect(200).data[0];
        await tester.open(`/invoices/${id}`);
        for (const next of clicks) {
          await tester.at('move-to').selectOption(next);
          await tester.at('move').click();
          await tester.seesStatus(next);
        }
        await tester.seesStatus(status);
      }
    });
  });
});
