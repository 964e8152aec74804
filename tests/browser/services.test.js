// Services other than cards, and the ways to order, each with and without JavaScript.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client, query } from '../lib/client.js';
import { startServer } from '../lib/server.js';
import { CARDS, WAYS, WIDGET, asPayer, closeBrowser, startShop } from './payer.js';

const server = await startServer();
const shop = await startShop();
after(async () => {
  await closeBrowser();
  await shop.stop();
  await server.stop();
});
const demo = new Client(server);

/** A client for a fresh account whose timers do not fire during a test. */
const account = (settings = {}) => demo.newAccount({ name: 'Corner Shop', settle_after_ms: 600_000, ...settings });

async function invoice(service, attributes = {}, settings = {}) {
  const api = await account(settings);
  const { id, attributes: made } = await api.made({ service, ...attributes });
  return { api, id, url: made.hpp_url, page: made.flow_data.action };
}

const state = async (api, id) => {
  const { status, resolution } = await api.attributes(id);
  return [status, resolution];
};

for (const way of WAYS) {
  const visit = (road, options = {}) => asPayer({ ...way, hosts: [shop.url], ...options }, server, road);

  describe(`a wallet (${way.name})`, () => {
    for (const service of ['paypal_usd_hpp', 'applepay_usd_hpp']) {
      test(`${service} is confirmed`, async () => {
        const { api, id, url } = await invoice(service);
        await visit(async (payer) => {
          await payer.open(url);
          assert.equal(await payer.count('card-number'), 0);
          await payer.click('confirm');
          await payer.sees('processed', 'ok');
        });
        assert.deepEqual(await state(api, id), ['processed', 'ok']);
      });
    }

    test('is cancelled', async () => {
      const { api, id, url } = await invoice('paypal_usd_hpp');
      await visit(async (payer) => {
        await payer.open(url);
        await payer.click('cancel');
        await payer.sees('process_failed');
      });
      assert.equal((await state(api, id))[0], 'process_failed');
    });

    test('the planned outcome applies at confirmation', async () => {
      const api = await account();
      const { attributes: made } = await api.made({ service: 'paypal_usd_hpp' },
        { headers: { 'X-Mock-Outcome': 'process_failed:declined@10m' } });
      await visit(async (payer) => {
        await payer.open(made.hpp_url);
        await payer.click('confirm');
        await payer.sees('process_failed', 'declined');
      });
    });
  });

  describe(`the test service (${way.name})`, () => {
    const choose = async (payer, status) => {
      const choice = payer.at('status-choice');
      await choice.first().waitFor();
      if (await choice.first().evaluate((element) => element.tagName === 'SELECT')) await choice.selectOption(status);
      else await payer.page.locator(`input[type=radio][value="${status}"]`).check();
      await payer.click(await payer.count('confirm') ? 'confirm' : 'pay');
    };

    for (const status of ['processed', 'process_failed', 'process_pending']) {
      test(`lets the payer choose the status: ${status}`, async () => {
        const { api, id, url } = await invoice('test_usd_test', { service_fields: { status: '' } });
        await visit(async (payer) => {
          await payer.open(url);
          await choose(payer, status);
          await payer.sees(status);
        });
        assert.equal((await state(api, id))[0], status);
      });
    }

    test('can be cancelled', async () => {
      const { api, id, url } = await invoice('test_usd_test', { service_fields: { status: '' } });
      await visit(async (payer) => {
        await payer.open(url);
        await payer.click('cancel');
        await payer.sees('process_failed');
      });
      assert.equal((await state(api, id))[0], 'process_failed');
    });
  });

  describe(`a bank transfer (${way.name})`, () => {
    test('is confirmed', async () => {
      const { api, id, url } = await invoice('bank_transfer_usd_hpp', {
        service_fields: { account_number: 'UA213223130000026007233566001' },
      });
      await visit(async (payer) => {
        await payer.open(url);
        await payer.click('confirm');
        await payer.sees('processed', 'ok');
      });
      assert.equal((await state(api, id))[0], 'processed');
    });
  });

  describe(`a card with fields of the service (${way.name})`, () => {
    test('asks for both', async () => {
      const { api, id, url } = await invoice('payment_card_brl_hpp', { currency: 'BRL' });
      await visit(async (payer) => {
        await payer.open(url);
        await payer.at('field-cpf_number').fill('abc');
        await payer.pay(CARDS.good);
        assert.match(await payer.text('error-cpf_number'), /CPF or CNPJ/);
        await payer.at('field-cpf_number').fill('123.456.789-09');
        await payer.pay(CARDS.good);
        await payer.sees('processed', 'ok');
      });
      assert.equal((await state(api, id))[0], 'processed');
    });

    test('a required one that is empty is an error', async () => {
      const { api, url } = await invoice('payment_card_brl_hpp', { currency: 'BRL' });
      const { items } = (await api.control('GET', '/services')).json;
      const { fields: [field] } = items.find(({ service }) => service === 'payment_card_brl_hpp');
      const fields = [{ ...field, required: true }];
      (await api.control('PUT', '/services/payment_card_brl_hpp', { fields })).expect(200);
      await visit(async (payer) => {
        await payer.open(url);
        await payer.fill({ number: CARDS.good });
        await payer.at('pay').click();
        await payer.at('error-cpf_number').waitFor();
        assert.match(await payer.text('error-summary'), /CPF or CNPJ/);
        assert.equal(await payer.at('card-number').inputValue(), way.js ? '5519 2838 1203 0000' : '');
        await payer.at('field-cpf_number').fill('1');
        await payer.pay(CARDS.good);
        await payer.sees('processed', 'ok');
      });
    });
  });

  describe(`ways to order (${way.name})`, () => {
    const pays = async (payer) => {
      await payer.at('payment-form').waitFor();
      await payer.pay(CARDS.good);
      await payer.sees('processed', 'ok');
    };

    test("the shop's own form to /process", async () => {
      const api = await account();
      const fields = {
        public_key: api.account.public_key,
        service: 'payment_card_usd_hpp',
        currency: 'USD',
        amount: '12.5',
        description: 'From a form',
        return_url: `${shop.url}/back`,
        'customer[reference_id]': 'payer-1',
      };
      const path = `/order/${api.account.id}`;
      shop.html.set(path, `<form method="post" action="${server.url}/public-api/payment-invoices/process">${
        Object.entries(fields).map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`).join('')
      }<button data-testid="order">Order</button></form>`);
      await visit(async (payer) => {
        await payer.open(`${shop.url}${path}`);
        await payer.at('order').click();
        await payer.at('payment-form').waitFor();
        assert.match(await payer.text('amount'), /12\.50/);
        assert.equal(await payer.text('description'), 'From a form');
        await pays(payer);
        await payer.click('return');
        await payer.seesShop(`${shop.url}/back`);
      });
    });

    test('an invalid form gets an error page', async () => {
      const api = await account();
      const path = `/wrong/${api.account.id}`;
      shop.html.set(
        path,
        `<form method="post" action="${server.url}/public-api/payment-invoices/process">
        <input type="hidden" name="public_key" value="${api.account.public_key}"><input type="hidden" name="amount" value="-1">
        <button data-testid="order">Order</button></form>`,
      );
      await visit(async (payer) => {
        await payer.open(`${shop.url}${path}`);
        await payer.at('order').click();
        await payer.at('error').waitFor();
        assert.match(await payer.text('error'), /amount/);
        assert.equal(await payer.page.locator('h1').count(), 1);
      });
    });

    test('/hpp/ with a public key lets the payer choose a method', async () => {
      const api = await account();
      await visit(async (payer) => {
        await payer.open(`/hpp/${query({ public_key: api.account.public_key, currency: 'USD', amount: 15,
          'display[hide_header]': 0, description: 'Picked' })}`);
        await payer.page.locator('body', { hasText: 'PayPal' }).waitFor();
        await payer.go(() => payer.page.locator('button, a', { hasText: /card/i }).first().click());
        await pays(payer);
      });
      const [made] = (await api.list()).expect(200).data;
      assert.equal(made.relationships['payment-service'].data.id, 'payment_card_usd_hpp');
      assert.equal(made.attributes.status, 'processed');
    });

    test('/hpp/?cpi= leads to the invoice', async () => {
      const { id } = await invoice('payment_card_usd_hpp');
      await visit(async (payer) => {
        await payer.open(`/hpp/?cpi=${id}`);
        await pays(payer);
      });
    });

    test('unknown pages get an error page', async () => {
      await visit(async (payer) => {
        for (const path of ['/hpp/cgi_0000000000000000', '/redirect/hpp/?cpi=cpi_0000000000000000']) {
          assert.equal((await payer.open(path)).status(), 404, path);
          await payer.at('error').waitFor();
        }
      });
    });

    test("inside a shop's frame", async () => {
      const { id, url } = await invoice('payment_card_usd_hpp');
      const path = `/frame/${id}`;
      shop.html.set(path, `<iframe title="Pay" src="${url}" width="380" height="800"></iframe>`);
      await visit(async (payer) => {
        await payer.open(`${shop.url}${path}`);
        const frame = payer.page.frameLocator('iframe');
        await frame.getByTestId('card-number').fill(CARDS.good);
        await frame.getByTestId('expiry').fill('12/30');
        await frame.getByTestId('cvv').fill('123');
        await frame.getByTestId('pay').click();
        assert.equal(await frame.getByTestId('result').getAttribute('data-status'), 'processed');
      });
    });
  });
}

describe("the platform's widget", () => {
  /** Adds a shop's page with the widget and returns its path. */
  function widgetPage(api, name, config) {
    const path = `/${name}/${api.account.id}`;
    const all = { flow: 'iframe', selector: 'here', public_key: api.account.public_key, amount: 15, currency: 'USD',
      baseUrl: `${server.url}/hpp`, description: 'By widget', ...config };
    shop.html.set(
      path,
      `<div id="here"></div><script>window.heard = []; addEventListener('message', ({ data }) => heard.push(data))</script>
      <script>${WIDGET}</script><script>widget.init(${JSON.stringify(all)})</script>`,
    );
    return path;
  }

  test('pays in its frame, gets the events, and closes', async () => {
    const api = await account();
    const path = widgetPage(api, 'widget', {
      style: { theme: 'dark', primary: '#ffaa55' },
      display: { hide_footer: true },
      locale: 'uk',
    });
    await asPayer({ hosts: [shop.url] }, server, async (payer) => {
      await payer.open(`${shop.url}${path}`);
      const frame = payer.page.frameLocator('#payment_widget');
      await frame.getByTestId('method-payment_card').click();
      assert.equal(await frame.locator('html').getAttribute('lang'), 'uk');
      assert.equal(await frame.locator('html').getAttribute('data-theme'), 'dark');
      assert.equal(
        await frame.getByTestId('pay').evaluate((element) => getComputedStyle(element).backgroundColor),
        'rgb(255, 170, 85)',
      );
      await frame.getByTestId('card-number').fill(CARDS.good);
      await frame.getByTestId('expiry').fill('12/30');
      await frame.getByTestId('cvv').fill('123');
      await frame.getByTestId('pay').click();
      await frame.getByTestId('result').waitFor();
      assert.equal(await frame.getByTestId('result').getAttribute('data-status'), 'processed');
      const heard = await payer.page.evaluate('heard');
      assert.deepEqual(heard.slice(0, 2), ['ready', 'rendered']);
      await frame.getByTestId('close').click();
      await payer.page.locator('#payment_widget').waitFor({ state: 'detached' });
    });
    const [made] = (await api.list()).expect(200).data;
    assert.equal(made.attributes.status, 'processed');
    assert.equal(made.attributes.description, 'By widget');
  });

  test('starts again after a failure, with a new invoice', async () => {
    const api = await account({ attempt_limit: 1 });
    const path = widgetPage(api, 'again', {});
    await asPayer({ hosts: [shop.url] }, server, async (payer) => {
      await payer.open(`${shop.url}${path}`);
      const frame = payer.page.frameLocator('#payment_widget');
      await frame.getByTestId('method-paypal').click();
      await frame.getByTestId('confirm').waitFor(); // the previous page has a cancel button too
      await frame.getByTestId('cancel').click();
      await frame.getByTestId('start-again').click();
      await frame.getByTestId('method-paypal').click();
      await frame.getByTestId('confirm').click();
      await frame.getByTestId('result').waitFor();
    });
    assert.deepEqual(
      (await api.list()).expect(200).data.map(({ attributes }) => attributes.status),
      ['processed', 'process_failed'],
    );
  });

  test('the return to the shop leaves the frame', async () => {
    const api = await account({ return_url: `${shop.url}/back` });
    const path = widgetPage(api, 'leave', {});
    await asPayer({ hosts: [shop.url] }, server, async (payer) => {
      await payer.open(`${shop.url}${path}`);
      const frame = payer.page.frameLocator('#payment_widget');
      await frame.getByTestId('method-paypal').click();
      await frame.getByTestId('confirm').click();
      await frame.getByTestId('return').click();
      await payer.seesShop(`${shop.url}/back`);
    });
  });
});
