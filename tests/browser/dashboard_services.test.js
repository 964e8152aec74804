// The dashboard in a browser: the services of an account.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Client } from '../lib/client.js';
import { startServer, tempDir } from '../lib/server.js';
import { asPayer } from './payer.js';
import { Tester, startDashboard } from './tester.js';

const { shop, asTester } = await startDashboard();

describe('services', () => {
  const CARD = 'payment_card_eur_hpp';
  const NEW = { method: 'bank_transfer', currency: 'SEK', flow: 'hpp', amount_min: 1, amount_max: 10000 };
  const change = async (api, code, body, kind = 'payment') =>
    (await api.control('PUT', `/services/${code}`, body, { parameters: { kind } })).expect(200, 201).json;
  const known = async (api, code, kind = 'payment') =>
    (await api.control('GET', '/services', undefined, { parameters: { kind } })).json.items.find(({ service }) =>
      service === code);
  const codes = (tester) => tester.page.locator('[data-testid="service"] b').allInnerTexts();
  const marksOf = (tester, code) => tester.page.locator(`[data-service="${code}"] .tag`).allInnerTexts();

  test('the list has limits, fees, marks, search and filters, which are in the URL', async () => {
    const api = await shop();
    await change(api, CARD, { fee_rate: 2.5, fee_fix: 0.25, fee_min: 1, amount_max: 500 });
    await change(api, 'paypal_eur_hpp', { available: false });
    await change(api, 'swish_sek_hpp', NEW);
    await asTester(api, async (tester) => {
      await tester.open('/services');
      const { total } = (await api.control('GET', '/services')).json;
      assert.equal(await tester.at('total').innerText(), `${total} services`);
      await tester.at('filter-state').selectOption('changed');
      await tester.sees('service', 3);
      assert.deepEqual(new Set(await codes(tester)), new Set([CARD, 'paypal_eur_hpp', 'swish_sek_hpp']));
      assert.deepEqual(await marksOf(tester, CARD), ['usable', 'changed']);
      assert.deepEqual(await marksOf(tester, 'paypal_eur_hpp'), ['unavailable', 'changed']);
      assert.deepEqual(await marksOf(tester, 'swish_sek_hpp'), ['usable', 'added']);
      const row = await tester.page.locator(`[data-service="${CARD}"]`).innerText();
      assert.match(row, /0\.01 – 500 EUR/);
      assert.match(row, /2\.5 % \+ 0\.25, at least 1/);
      await tester.at('filter-currency').selectOption('EUR');
      await tester.sees('service', 2);
      await tester.at('search').fill('CARD eur');
      await tester.sees('service', 1);
      assert.match(tester.page.url(), /#\/services\?search=CARD\+eur&currency=EUR&state=changed$/);
      await tester.page.reload();
      await tester.sees('service', 1);
      assert.equal(await tester.at('filter-currency').inputValue(), 'EUR');
      await tester.at('search').fill('nothing like it');
      await tester.at('empty').waitFor();
      await tester.at('of-payout').click();
      await tester.page.locator('[data-service="test_usd"]').waitFor();
      assert.equal(await tester.at('search').inputValue(), '');
    });
  });

  test('thousands of services are shown in pages, and searched without a call', async () => {
    const folder = tempDir();
    const service = (n) => ({ code: `many_${n}_usd_hpp`, method: 'many', currency: 'USD', flow: 'hpp', status: 'active',
      amount_min: 1, amount_max: 10, fields: [] });
    const method = { code: 'many', name: { en: 'Many' }, category: 'ewallet' };
    writeFileSync(join(folder, 'payment_methods.json'), JSON.stringify([method]));
    writeFileSync(join(folder, 'payment_services.json'), JSON.stringify(Array.from({ length: 2300 }, (_, n) => service(n))));
    const large = await startServer({ args: ['--catalogue', folder] });
    const api = await new Client(large).newAccount();
    await asPayer({}, large, async (payer) => {
      const tester = new Tester(payer, api);
      await tester.open('/services?method=many');
      await tester.sees('service', 50);
      assert.match(await tester.at('total').innerText(), /^2,300 of 2,\d+ services$/);
      let calls = 0;
      payer.page.on('request', (request) => { calls += request.url().includes('/_mock/services'); });
      await tester.at('search').fill('many_229');
      await tester.sees('service', 11);
      await tester.at('search').fill('');
      await tester.sees('service', 50);
      assert.equal(calls, 0);
      await tester.at('older').click();
      await tester.page.locator('[data-service="many_99_usd_hpp"]').waitFor();
      await tester.sees('service', 50);
      await tester.at('newest').click();
      await tester.page.locator('[data-service="many_0_usd_hpp"]').waitFor();
    });
    await large.stop();
  });

  test('amounts have the decimals of their currency in the catalogue', async () => {
    const folder = tempDir();
    const rows = { currencies: [{ code: 'JPY', name: { en: 'Yen' }, type: 'fiat', exponent: 0, status: 'active' }],
      payment_methods: [{ code: 'yen', name: { en: 'Yen' }, category: 'alternative' }],
      payment_services: [{ code: 'yen_jpy_hpp', method: 'yen', currency: 'JPY', flow: 'hpp', status: 'active',
        amount_min: 1, amount_max: 10000, fields: [] }] };
    for (const [name, list] of Object.entries(rows)) writeFileSync(join(folder, `${name}.json`), JSON.stringify(list));
    const own = await startServer({ args: ['--catalogue', folder] });
    const api = await new Client(own).newAccount();
    const outcome = { headers: { 'X-Mock-Outcome': 'processed@0' } };
    const { id } = await api.made({ service: 'yen_jpy_hpp', currency: 'JPY', amount: 1200 }, outcome);
    await api.reach(id, 'processed');
    await asPayer({}, own, async (payer) => {
      const tester = new Tester(payer, api);
      const amount = tester.page.getByText('1,200 JPY', { exact: true });
      for (const view of ['/invoices', `/invoices/${id}`, '/report']) {
        await tester.open(view);
        await amount.first().waitFor();
        assert.equal(await tester.page.getByText('1,200.00').count(), 0, view);
      }
    });
    await own.stop();
  });

  test('a change has only what was edited, and is undone', async () => {
    const api = await shop();
    const before = await known(api, CARD);
    await asTester(api, async (tester) => {
      await tester.open(`/services/${CARD}`);
      assert.ok(await tester.at('undo').isHidden());
      const bodies = [];
      tester.page.on('request', (request) => { if (request.method() === 'PUT') bodies.push(request.postDataJSON()); });
      await tester.at('save').click();
      await tester.page.locator('.toast', { hasText: 'Nothing has changed' }).waitFor();
      await tester.at('service-fee_rate').fill('2.5');
      await tester.at('service-amount_max').fill('500');
      await tester.at('service-available').uncheck();
      await tester.at('save').click();
      await tester.at('changed').waitFor();
      assert.equal(await tester.at('usable').innerText(), 'unavailable');
      assert.equal(await tester.fact('Limits'), '0.01 – 500 EUR');
      assert.deepEqual(bodies, [{ fee_rate: '2.5', amount_max: '500', available: false }]);
      const now = await known(api, CARD);
      assert.deepEqual([now.fee_rate, now.amount_max, now.usable], [2.5, 500, false]);
      await tester.at('service-fee_fix').fill('7');
      await tester.at('undo').click();
      await tester.at('changed').waitFor({ state: 'detached' });
      assert.equal(await tester.at('service-amount_max').inputValue(), '1000000');
      assert.equal(await tester.at('service-fee_fix').inputValue(), '0');
      assert.ok(await tester.at('service-available').isChecked());
    });
    assert.deepEqual(await known(api, CARD), before);
  });

  test('fields are shown, and replaced as JSON', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      await tester.open('/services/bank_transfer_usd_hpp');
      await tester.at('service-field').first().waitFor();
      const fields = JSON.parse(await tester.at('service-fields').inputValue());
      await tester.sees('service-field', fields.length);
      assert.equal(fields[0].key, 'account_number');
      await tester.at('service-fields').fill(JSON.stringify([...fields, { ...fields[0], key: 'bank', required: false }]));
      await tester.at('save').click();
      await tester.sees('service-field', fields.length + 1);
      assert.match(await tester.at('service-field').last().innerText(), /^bank[^]*optional/);
      await tester.at('service-fields').fill('');
      await tester.at('save').click();
      await tester.sees('service-field', 0);
    });
    assert.deepEqual((await known(api, 'bank_transfer_usd_hpp')).fields, []);
  });

  test("the server's words stand at the field that they name", async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      await tester.open(`/services/${CARD}`);
      const refused = async (member, text, words) => {
        const before = await tester.at(`service-${member}`).inputValue();
        await tester.at(`service-${member}`).fill(text);
        await tester.at('save').click();
        await tester.at(`error-${member}`).waitFor();
        assert.equal(await tester.at(`error-${member}`).innerText(), words);
        assert.equal(await tester.page.locator('.error').count(), 1, 'earlier errors are gone');
        assert.equal(await tester.page.evaluate(() => document.activeElement.dataset.testid), `service-${member}`);
        assert.match(await tester.at(`service-${member}`).getAttribute('aria-describedby'), /-error$/);
        await tester.at(`service-${member}`).fill(before);
      };
      await refused('fee_fix', '-1', 'an amount is never negative');
      await refused('amount_min', '', 'This must be a number.');
      await refused('amount_min', '2000000', 'larger than amount_max');
      await refused('fields', '[{"key": "a"}]', 'fields[0].type: This value should not be blank.');
      await refused('fields', '{"key": "a"}', 'This must be a list.');
      await refused('more', '{"fee": 1}', 'fee: This field was not expected.');
      await tester.at('service-more').fill('{');
      await tester.at('save').click();
      assert.match(await tester.at('error-more').innerText(), /^This is not valid JSON/);
    }, { refusals: true });
    assert.equal((await known(api, CARD)).changed, false);
  });

  test('one is added, in use, and removed', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      await tester.open('/services');
      await tester.at('add').click();
      await tester.at('service-code').fill(CARD);
      await tester.at('save').click();
      assert.match(await tester.at('error-code').innerText(), /already/);
      await tester.at('service-code').fill('swish_sek_hpp');
      for (const member of ['method', 'currency', 'amount_min', 'amount_max', 'flow']) {
        await tester.at('save').click();
        await tester.at(`error-${member}`).waitFor();
        await tester.at(`service-${member}`).fill(String(NEW[member]));
      }
      await tester.at('save').click();
      await tester.page.waitForURL('**/*#/services/swish_sek_hpp');
      assert.equal(await tester.at('changed').innerText(), 'added');
      await tester.at('order').click();
      assert.equal(await tester.at('new-service').inputValue(), 'swish_sek_hpp');
      assert.equal(await tester.at('new-currency').inputValue(), 'SEK');
      await tester.at('create').click();
      await tester.at('reference').waitFor();
      await tester.open('/services/swish_sek_hpp');
      await tester.at('undo').click();
      await tester.page.locator('.toast.bad', { hasText: 'invoices use the service' }).waitFor();
      await change(api, 'wages_sek', { ...NEW, flow: undefined }, 'payout');
      await tester.open('/services/wages_sek?kind=payout');
      assert.equal(await tester.at('undo').innerText(), 'Remove the service');
      await tester.at('undo').click();
      await tester.page.waitForURL('**/*#/services?kind=payout');
    }, { refusals: true });
    assert.ok(await known(api, 'swish_sek_hpp'));
    assert.equal(await known(api, 'wages_sek', 'payout'), undefined);
  });

  test('changes by others appear live, and leave what is being edited', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      await tester.open(`/services?search=${CARD}`);
      await tester.sees('changed', 0);
      await change(api, CARD, { fee_fix: 1 });
      await tester.sees('changed', 1);
      await tester.open(`/services/${CARD}`);
      await tester.at('service-fee_rate').fill('3');
      await change(api, CARD, { fee_rate: 9, fee_fix: 2 });
      await tester.page.waitForFunction(() => document.querySelector('#service-fee_fix').value === '2');
      assert.equal(await tester.at('service-fee_rate').inputValue(), '3');
      await tester.at('save').click();
      await tester.page.locator('.toast').waitFor();
    });
    const { fee_rate: rate, fee_fix: fix } = await known(api, CARD);
    assert.deepEqual([rate, fix], [3, 2]);
  });

  test('with the keyboard alone', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      const { keyboard } = tester.page;
      await tester.open('/services');
      await keyboard.press('/');
      await keyboard.type(CARD);
      await tester.sees('service', 1);
      await keyboard.press('Escape');
      await keyboard.press('j');
      await keyboard.press('Enter');
      await tester.at('save').waitFor();
      await keyboard.press('/');
      assert.equal(await tester.page.evaluate(() => document.activeElement.id), 'service-amount_min');
      await keyboard.press('ControlOrMeta+A');
      await keyboard.type('5');
      await keyboard.press('Enter');
      await tester.at('changed').waitFor();
      await keyboard.press('Escape');
      await keyboard.press('Escape');
      await tester.sees('service', 1);
    });
    assert.equal((await known(api, CARD)).amount_min, 5);
  });

  test('an unknown one is explained', async () => {
    await asTester(await shop(), async (tester) => {
      await tester.open('/services/nothing?kind=payout');
      assert.match(await tester.at('failed').innerText(), /no service nothing of payouts/);
    });
  });
});
