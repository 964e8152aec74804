// The dashboard in a browser: without https, questions before what cannot be undone, and errors beside their fields.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Client } from '../lib/client.js';
import { asPayer } from './payer.js';
import { HOLD, Tester, startDashboard } from './tester.js';

const { server, shop, asTester } = await startDashboard({ args: ['--allow-host', 'mock.test'] });
const paid = { headers: { 'X-Mock-Outcome': 'processed@0' } };

describe('over plain http, at a host that is not localhost', () => {
  const named = Object.create(server, { url: { value: server.url.replace('127.0.0.1', 'mock.test') } });
  const visit = (api, road) => asPayer({}, named, async (payer) => {
    const tester = new Tester(payer, api);
    await tester.open();
    assert.equal(await tester.page.evaluate(() => isSecureContext), false);
    await road(tester);
  });

  test('an invoice is made, refunded and copied', async () => {
    const api = await shop();
    await visit(api, async (tester) => {
      await tester.open('/new');
      await tester.at('new-outcome').fill('processed@0');
      await tester.at('create').click();
      await tester.seesStatus('processed');
      await tester.at('refund-outcome').selectOption('refunded@0');
      await tester.at('refund').click();
      await tester.seesStatus('refunded');
      for (const name of ['Copy id', 'Copy as curl', 'Copy as test']) {
        const { length } = await tester.page.locator('.toast').all();
        await tester.page.getByRole('button', { name, exact: true }).click();
        await tester.page.locator('.toast').nth(length).waitFor();
      }
      assert.equal(await tester.page.locator('.toast.bad').count(), 0);
    });
  });

  test('every view is shown', async () => {
    const api = await shop();
    await api.made({}, HOLD);
    await visit(api, async (tester) => {
      const views = await tester.page.locator('[data-view]').evaluateAll((all) => all.map((one) => one.dataset.view));
      for (const view of views) {
        await tester.open(`/${view}`);
        assert.equal(await tester.at('failed').count(), 0, view);
      }
    });
  });
});

describe('what cannot be undone is asked first', () => {
  /** Clicks, says no, and clicks again and says yes. Returns the question. */
  async function answers(tester, testid, unchanged) {
    const questions = [];
    const answer = (yes) => (dialog) => {
      questions.push(dialog.message());
      return yes ? dialog.accept() : dialog.dismiss();
    };
    tester.page.once('dialog', answer(false));
    await tester.at(testid).click();
    await unchanged();
    tester.page.once('dialog', answer(true));
    await tester.at(testid).click();
    assert.equal(questions.length, 2);
    return questions[0];
  }

  test('all requests, all of a sink, all faults', async () => {
    const api = await shop();
    await api.made({}, HOLD);
    await api.idle();
    (await api.control('POST', '/faults', { on: 'callback', fault: 'drop' })).expect(201);
    const total = async (path) => (await api.control('GET', path)).expect(200).json.total;
    await asTester(api, async (tester) => {
      for (const [view, path, button] of [['/requests', '/requests', 'forget'],
        ['/sinks/shop', '/sink/shop/requests', 'forget'], ['/faults', '/faults', 'remove-all']]) {
        await tester.open(view);
        const question = await answers(tester, button, async () => assert.notEqual(await total(path), 0, view));
        assert.match(question, /all/);
        await tester.at('empty').waitFor();
        await tester.at(button).waitFor({ state: 'hidden' }); // there is nothing left for it
        assert.equal(await total(path), 0, view);
      }
    });
  });

  test('a status that nothing follows, and no other', async () => {
    const api = await shop();
    const { id } = await api.made({}, HOLD);
    await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      await tester.at('move').click(); // to processed, without a question
      await tester.seesStatus('processed');
      await tester.at('move-to').selectOption('charged_back');
      const question = await answers(tester, 'move', async () =>
        assert.equal((await api.attributes(id)).status, 'processed'));
      assert.match(question, /^No status follows charged back/);
      await tester.seesStatus('charged_back');
    });
  });
});

test('the deleted demo account is brought back by a reset', async () => {
  const api = new Client(server);
  await asPayer({ refusals: true }, server, async (payer) => {
    (await api.send('DELETE', '/_mock/accounts/coma_Demo4DocsAccount')).expect(200);
    await payer.open('/_mock/#/accounts');
    await payer.at('no-account').waitFor();
    await payer.isAccessible('without the account');
    await payer.at('bring-back').click();
    await payer.at('reset').waitFor();
    (await api.send('GET', '/_mock/accounts/coma_Demo4DocsAccount')).expect(200);
    await payer.open('/_mock/?account=coma_0000000000000000#/accounts');
    await payer.at('no-account').waitFor();
    assert.equal(await payer.count('bring-back'), 0, 'no other account comes back');
  });
});

describe('errors stand beside their fields', () => {
  const errorAt = async (tester, name, words) => {
    await tester.at(`error-${name}`).waitFor();
    assert.match(await tester.at(`error-${name}`).innerText(), words);
    const input = tester.page.locator('[aria-invalid]');
    assert.equal(await input.getAttribute('name'), name);
    assert.ok((await input.getAttribute('aria-describedby')).split(' ').includes(await tester.at(`error-${name}`).getAttribute('id')));
    assert.equal(await tester.page.evaluate(() => document.activeElement.name), name);
    assert.equal(await tester.page.locator('.toast').count(), 0);
    await tester.payer.isAccessible(name);
  };

  test('of a new invoice: JSON', async () => {
    await asTester(await shop(), async (tester) => {
      await tester.open('/new');
      for (const [text, words] of [['{"metadata": ', /^This is not valid JSON\.$/], ['[1]', /^This must be an object\.$/]]) {
        await tester.at('new-more').fill(text);
        await tester.at('create').click();
        await errorAt(tester, 'more', words);
      }
    });
  });

  test('of a refund and of a move', async () => {
    const api = await shop();
    const { id } = await api.made({}, paid);
    await api.reach(id, 'processed');
    await asTester(api, async (tester) => {
      await tester.open(`/invoices/${id}`);
      await tester.at('refund-amount').fill('100.01');
      await tester.at('refund').click();
      await errorAt(tester, 'amount', /less than or equal to 100/);
      await tester.at('refund-amount').fill('');
      await tester.at('move-to').selectOption('partially_refunded');
      await tester.at('move-amount').fill('a lot');
      await tester.at('move').click();
      await tester.page.locator('[aria-label="Move to"]').getByTestId('error-amount').waitFor();
    }, { refusals: true });
  });

  test('of the answers of a sink, of a key, of an advance', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      await tester.open('/sinks/shop');
      await tester.at('codes').fill('200, 99');
      await tester.at('program').click();
      await errorAt(tester, 'responses', /status codes from 200 to 599/);
      await tester.open('/clock');
      await tester.at('advance-by').fill('-1');
      await tester.at('advance').click();
      await errorAt(tester, 'seconds', /./);
      await tester.open('/accounts');
      const card = tester.page.locator(`[data-account="${api.account.id}"][data-testid="account-card"]`);
      await card.getByText('Replace keys', { exact: true }).click();
      await card.getByTestId('rotate-grace').fill('-1');
      await card.getByTestId('rotate').click();
      await card.getByTestId('error-grace_s').waitFor();
    }, { refusals: true });
  });
});
