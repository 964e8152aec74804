// The dashboard in a browser: faults and accounts with every parameter, snapshots, test callbacks.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { contract } from '../lib/contract.js';
import { SIZES } from './payer.js';
import { HOLD, startDashboard } from './tester.js';

const { server, demo, shop, asTester } = await startDashboard();
const cardOf = (tester) => tester.page.locator(`[data-account="${tester.api.account.id}"][data-testid="account-card"]`);

describe('faults', () => {
  test('offer every parameter of the contract, and say what the shop will see', async () => {
    const { properties } = contract().document.components.schemas.FaultValues;
    const known = [...Object.keys(properties), ...Object.keys(properties.match.properties)]
      .filter((name) => !['on', 'fault', 'match'].includes(name));
    const offered = new Set();
    await asTester(await shop(), async (tester) => {
      await tester.open('/faults');
      const form = tester.page.getByRole('form', { name: 'New fault' });
      for (const on of ['callback', 'api', 'page']) {
        await tester.at('fault-on').selectOption(on);
        const names = await tester.at('fault-name').locator('option').evaluateAll((all) => all.map(({ value }) => value));
        for (const name of names) {
          await tester.at('fault-name').selectOption(name);
          for (const input of await form.locator('input').all()) offered.add((await input.getAttribute('name')).replace('match.', ''));
          assert.match(await form.innerText(), on === 'page' ? /[Tt]he payer/ : /our shop/, `${on} ${name}`);
        }
      }
    });
    assert.deepEqual([...offered].sort(), known.sort());
  });

  test('are changed, and a wrong parameter is told at its field', async () => {
    const api = await shop();
    (await api.control('POST', '/faults', { on: 'api', fault: 'status', status: 503, match: { path: '/payment-invoices' } })).expect(201);
    await asTester(api, async (tester) => {
      await tester.open('/faults');
      await tester.at('change').click();
      assert.equal(await tester.at('fault-status').inputValue(), '503');
      assert.equal(await tester.at('fault-path').inputValue(), '/payment-invoices');
      await tester.at('fault-status').fill('42');
      await tester.at('add-fault').click();
      await tester.at('error-status').waitFor();
      await tester.at('fault-status').fill('500');
      await tester.at('add-fault').click();
      await tester.page.locator('[data-testid="fault"]', { hasText: 'status 500' }).waitFor();
      await tester.sees('fault', 1);
    }, { refusals: true });
  });

  test('are changed by a form that says so, until it is cancelled or the fault is removed', async () => {
    const api = await shop();
    for (const fault of ['drop', 'duplicate']) (await api.control('POST', '/faults', { on: 'callback', fault })).expect(201);
    await asTester(api, async (tester) => {
      await tester.open('/faults');
      const form = (name) => tester.page.getByRole('form', { name });
      const isNew = async () => {
        await form('New fault').getByRole('heading', { name: 'New fault' }).waitFor();
        assert.equal(await tester.at('add-fault').innerText(), 'Add');
        assert.equal(await tester.at('keep-fault').isVisible(), false);
      };
      await isNew();
      await tester.at('change').first().click();
      await form(/^Change drop/).getByRole('heading', { name: /^Change drop/ }).waitFor();
      assert.equal(await tester.at('add-fault').innerText(), 'Save');
      await tester.at('keep-fault').click();
      await isNew();
      await tester.at('change').last().click();
      await form(/^Change duplicate/).waitFor();
      await tester.at('remove').last().click();
      await tester.sees('fault', 1);
      await isNew();
      await tester.at('add-fault').click();
      await tester.sees('fault', 2);
    });
  });

  test('that a script adds and removes come and go by themselves', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      await tester.open('/faults');
      await tester.at('empty').waitFor();
      for (const fault of ['drop', 'duplicate']) (await api.control('POST', '/faults', { on: 'callback', fault })).expect(201);
      await tester.sees('fault', 2);
      (await api.control('DELETE', '/faults')).expect(200);
      await tester.at('empty').waitFor();
    });
  });

  test('have their buttons side by side at the end of the line', async () => {
    const api = await shop();
    for (const fault of ['drop', 'bad_signature']) (await api.control('POST', '/faults', { on: 'callback', fault })).expect(201);
    await asTester(api, async (tester) => {
      await tester.open('/faults');
      await tester.sees('fault', 2);
      const lefts = await tester.at('change').evaluateAll((all) => all.map((one) => one.getBoundingClientRect().left));
      assert.equal(lefts[0], lefts[1]);
      const [change, remove] = [await tester.at('change').first().boundingBox(), await tester.at('remove').first().boundingBox()];
      assert.ok(remove.x - change.x - change.width < 20, `${change.x + change.width} and ${remove.x}`);
    });
  });
});

describe('accounts', () => {
  test('every setting of the server has an input and a sentence', async () => {
    const api = await shop();
    const { settings } = (await demo.send('GET', `/_mock/accounts/${api.account.id}`)).expect(200).json;
    await asTester(api, async (tester) => {
      await tester.open('/accounts');
      await cardOf(tester).getByText('Settings', { exact: true }).click();
      const form = cardOf(tester).getByRole('form', { name: 'Settings' });
      const names = await form.locator('[name]').evaluateAll((all) => all.map((one) => one.name));
      assert.deepEqual([...names, 'profile'].sort(), Object.keys(settings).sort());
      const unsaid = await form.locator('[name]').evaluateAll((all) => all
        .filter((one) => !document.getElementById(one.getAttribute('aria-describedby'))?.textContent.endsWith('.')).map((one) => one.name));
      assert.deepEqual(unsaid, []);
      await tester.payer.isAccessible('the settings');
      await tester.payer.shot('dashboard-settings');
    });
  });

  test('only what was edited is changed, and an error stands at its field', async () => {
    const api = await shop();
    const read = async () => (await demo.send('GET', `/_mock/accounts/${api.account.id}`)).expect(200).json.settings;
    const before = await read();
    await asTester(api, async (tester) => {
      await tester.open('/accounts');
      await cardOf(tester).getByText('Settings', { exact: true }).click();
      const set = (name) => cardOf(tester).getByTestId(`setting-${name}`);
      await set('retry_limit').fill('a few');
      await tester.at('save-settings').click();
      await cardOf(tester).getByTestId('error-retry_limit').waitFor();
      await set('retry_limit').fill('3');
      await set('only_final').selectOption('true');
      await set('callback_headers').fill('{"X-Shop": "1"}');
      await tester.at('save-settings').click();
      await tester.page.locator('.toast', { hasText: 'are changed' }).waitFor();
    }, { refusals: true });
    const { callback_headers: headers, ...now } = await read();
    const { callback_headers: none, ...old } = before;
    assert.deepEqual(Object.keys(headers), ['X-Shop']);
    assert.deepEqual(now, { ...old, retry_limit: 3, only_final: true });
    assert.notDeepEqual(none, headers);
  });

  test('a new account is made with settings', async () => {
    await asTester(await shop(), async (tester) => {
      await tester.open('/accounts');
      await tester.at('account-name').fill('Book Shop');
      const more = tester.at('more-settings');
      await more.locator('summary').click();
      await more.getByTestId('setting-outcome').fill('process_pending');
      await tester.at('make-account').click();
      await tester.page.waitForURL((url) => url.searchParams.get('account') !== tester.api.account.id);
      await tester.at('view-invoices').waitFor();
      const id = await tester.at('account').getAttribute('data-id');
      const { settings } = (await demo.send('GET', `/_mock/accounts/${id}`)).expect(200).json;
      assert.deepEqual([settings.name, settings.outcome], ['Book Shop', 'process_pending']);
    });
  });
});

test('a snapshot is taken, restored, downloaded, uploaded and deleted', async () => {
  const api = await shop();
  await api.made({ reference_id: 'kept' }, HOLD);
  const total = async () => (await api.control('GET', '/payment-invoices')).expect(200).json.total;
  await asTester(api, async (tester) => {
    tester.agree();
    await tester.open('/accounts');
    await tester.at('snapshots').getByText('Snapshots', { exact: true }).click();
    await tester.at('take-snapshot').click();
    await tester.at('error-name').waitFor();
    await tester.at('snapshot-name').fill('seeded');
    await tester.at('take-snapshot').click();
    await tester.sees('snapshot', 1);
    const middles = await tester.at('snapshot').locator('b, time, button').evaluateAll((all) =>
      all.map((one) => one.getBoundingClientRect()).map(({ top, height }) => top + height / 2));
    assert.ok(Math.max(...middles) - Math.min(...middles) < 10, `a snapshot and its buttons are in one line: ${middles}`);
    await api.made({}, HOLD);
    assert.equal(await total(), 2);
    await tester.at('restore-snapshot').click();
    await tester.page.locator('.toast', { hasText: 'is that of seeded' }).waitFor();
    assert.equal(await total(), 1);
    const [download] = await Promise.all([tester.page.waitForEvent('download'), tester.at('download-snapshot').click()]);
    assert.equal(download.suggestedFilename(), 'seeded.json');
    await tester.at('snapshot-name').fill('again');
    await tester.at('snapshot-file').setInputFiles(await download.path());
    await tester.at('take-snapshot').click();
    await tester.sees('snapshot', 2);
    await tester.payer.isAccessible('the snapshots');
    await tester.at('delete-snapshot').first().click();
    await tester.sees('snapshot', 1);
  });
});

for (const size of Object.keys(SIZES)) test(`a test callback is sent to a URL, from the inbox: ${size}`, async () => {
  const api = await shop();
  await asTester(api, async (tester) => {
    await tester.open('/sinks');
    await tester.payer.isAccessible('the inbox');
    await tester.payer.shot(`dashboard-inbox-${size}`);
    await tester.at('test-url').fill(`${server.url}/_mock/sink/tried?account=${api.account.id}`);
    await tester.at('test-edit').fill('{');
    await tester.at('test-send').click();
    await tester.at('error-edit').waitFor();
    await tester.at('test-edit').fill('{"/data/attributes/amount": 1}');
    await tester.at('test-transition').selectOption('refunded');
    await tester.at('test-sign').selectOption('wrong');
    await tester.at('test-send').click();
    await tester.at('delivery').click();
    await tester.page.locator('[data-testid="attempt"]').first().waitFor();
    await tester.payer.isAccessible('a callback made by hand');
  }, { size });
  await api.idle();
  const { items: [received] } = (await api.control('GET', '/sink/tried/requests')).expect(200).json;
  const { attributes } = JSON.parse(received.body).data;
  assert.deepEqual([received.signature, attributes.status, attributes.amount], ['invalid', 'refunded', 1]);
  assert.deepEqual((await api.list()).expect(200).json.data, [], 'no invoice is made for it');
});
