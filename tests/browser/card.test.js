// Each way through a card payment, with and without JavaScript, on a phone and on a desktop.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client } from '../lib/client.js';
import { startServer } from '../lib/server.js';
import { startSink } from '../lib/sink.js';
import { CARDS, FEW_WAYS, WAYS, asPayer, closeBrowser, startShop } from './payer.js';

const server = await startServer();
const shop = await startShop();
after(async () => {
  await closeBrowser();
  await shop.stop();
  await server.stop();
});
const demo = new Client(server);

// The page must decide the outcome, not the timer before the page is open.
const WAITING = { headers: { 'X-Mock-Outcome': 'process_pending' } };
const RETURN_URLS = {
  success: `${shop.url}/success?order=1`,
  fail: `${shop.url}/fail?order=1`,
  pending: `${shop.url}/pending?order=1`,
};

/** Creates an invoice in a new account: {api, id, url, page}. */
async function invoice(settings = {}, attributes = {}) {
  const api = await demo.newAccount({ name: 'Corner Shop', ...settings });
  return { api, ...await another(api, attributes) };
}

async function another(api, attributes = {}) {
  const { id, attributes: made } = await api.made({ description: 'Two lamps', ...attributes }, WAITING);
  return { id, url: made.hpp_url, page: made.flow_data.action };
}

const state = async (api, id) => {
  const { status, resolution } = await api.attributes(id);
  return [status, resolution];
};

/** The statuses of the invoice so far. */
async function went(api, id) {
  const { items } = await api.timeline(id);
  const all = items.filter(({ kind }) => kind === 'transition').map(({ to }) => to);
  return all.filter((status, i) => status !== 'created' && status !== all[i - 1]);
}

for (const way of WAYS) {
  const visit = (road, options = {}) => asPayer({ ...way, hosts: [shop.url], ...options }, server, road);

  describe(`a card payment (${way.name})`, () => {
    test('with 3-D Secure in Ukrainian returns to the shop, and the callback has the masked number', async () => {
      const api = await demo.newAccount();
      const sink = await startSink({ account: api.account });
      const order = await api.made({ callback_url: `${sink.url}/callback`, return_urls: RETURN_URLS }, WAITING);
      await visit(async (payer) => {
        await payer.open(order.attributes.hpp_url);
        assert.equal(await payer.language(), 'uk');
        await payer.pay(CARDS.good3ds);
        assert.equal(await payer.language(), 'uk');
        assert.deepEqual(await state(api, order.id), ['process_pending', 'auth_3ds_required']);
        await payer.answer();
        await payer.sees('processed', 'ok');
        assert.equal(await payer.language(), 'uk');
        await payer.click('return');
        await payer.seesShop(RETURN_URLS.success);
      }, { locale: 'uk-UA' });
      const [callback] = await sink.got(1, { invoice: order.id, status: 'processed' });
      assert.match(callback.text, /512381\*{6}0000/);
      assert.ok(!callback.text.includes(CARDS.good3ds));
      await api.idle();
      await sink.stop();
    });

    test('without 3-D Secure', async () => {
      const { api, id, url } = await invoice({}, { amount: 20.4 });
      await visit(async (payer) => {
        await payer.open(url);
        assert.match(await payer.text('merchant'), /Corner Shop/);
        assert.match(await payer.text('amount'), /20\.40/);
        assert.equal(await payer.text('description'), 'Two lamps');
        assert.ok(await payer.count('countdown'));
        await payer.pay(CARDS.good);
        await payer.sees('processed', 'ok');
      });
      assert.deepEqual(await state(api, id), ['processed', 'ok']);
    });

    test('with a saved card only the code is asked, or with another card', async () => {
      const customer = { reference_id: 'anna' };
      const first = await invoice({}, { customer, gateway_options: { cardgate: { tokenize: true } } });
      (await first.api.pay(first.id, { card_number: CARDS.good, expiry: '1230', cvv: '123' })).expect(200);
      const { token } = (await first.api.attributes(first.id)).payload;
      const { id, url } = await another(first.api, { customer, token });
      await visit(async (payer) => {
        await payer.open(url);
        assert.match(await payer.text('saved-card'), /Mastercard •••• 0000[^]*12\/30/);
        assert.equal(await payer.count('card-number'), 0);
        await payer.at('cvv').fill('12');
        await (way.js ? payer.at('pay').click() : payer.click('pay'));
        await payer.at('error-cvv').waitFor();
        await payer.click('other-card');
        await payer.pay(CARDS.bad, { expiry: '05/29' });
        await payer.at('retry-note').waitFor();
        assert.deepEqual(await state(first.api, id), ['process_failed', 'insufficient_funds']);
        await payer.click('other-card');
        await payer.click('use-saved-card');
        await payer.at('cvv').fill('123');
        await payer.click('pay');
        await payer.sees('processed', 'ok');
      });
      assert.equal((await first.api.attributes(id)).payload.token, token);
    });

    if (way.js) {
      for (const [field, wrong] of Object.entries({ 'card-number': '5519', expiry: '13/30', cvv: '1', holder: 'N'.repeat(51) })) {
        test(`one press on the button from the wrong field ${field} reports it: nothing moves under the pointer`, async () => {
          const { url } = await invoice();
          await visit(async (payer) => {
            await payer.open(url);
            await payer.fill({ number: CARDS.good });
            await payer.at(field).evaluate((input) => input.removeAttribute('maxlength'));
            await payer.at(field).fill(wrong);
            await payer.at(field).press('End');
            const { x, y, width, height } = await payer.at('pay').boundingBox();
            await payer.page.mouse.move(x + width / 2, y + height - 4);
            await payer.page.mouse.down();
            await payer.page.evaluate(() => new Promise(requestAnimationFrame));
            assert.deepEqual(await payer.at('pay').boundingBox(), { x, y, width, height }, 'the button did not move');
            await payer.page.mouse.up();
            await payer.at('error-summary').waitFor();
            assert.equal(await payer.at(`error-${field.replace('-', '_')}`).count(), 1);
          });
        });
      }
    }

    test('a wrong code is declined, and can be tried again', async () => {
      const { api, id, url } = await invoice();
      await visit(async (payer) => {
        await payer.open(url);
        await payer.pay(CARDS.good3ds);
        await payer.answer({ wrong: true });
        await payer.sees('process_failed', 'invalid_3ds_code');
        assert.deepEqual(await state(api, id), ['process_failed', 'invalid_3ds_code']);
        await payer.at('retry-note').waitFor();
        await payer.pay(CARDS.good3ds);
        await payer.answer();
        await payer.sees('processed', 'ok');
      });
      assert.deepEqual(await went(api, id), ['process_pending', 'process_failed', 'process_pending', 'processed']);
    });

    test('declined for insufficient funds, then paid with a good card', async () => {
      const { api, id, url } = await invoice({}, { return_urls: RETURN_URLS });
      await visit(async (payer) => {
        await payer.open(url);
        await payer.pay(CARDS.bad, { expiry: '05/29' });
        await payer.sees('process_failed', 'insufficient_funds');
        await payer.at('retry-note').waitFor();
        assert.equal(await payer.at('card-number').inputValue(), '', 'the number does not come back');
        assert.equal(await payer.at('cvv').inputValue(), '', 'nor does the CVV');
        await payer.pay(CARDS.good);
        await payer.sees('processed', 'ok');
        await payer.click('return');
        await payer.seesShop(RETURN_URLS.success);
      });
      assert.deepEqual(await went(api, id), ['process_pending', 'process_failed', 'process_pending', 'processed']);
      assert.match(JSON.stringify(await api.attributes(id)), /551928\*{6}0000/);
    });

    test('cancelled, and back to the shop', async () => {
      const { api, id, url } = await invoice({}, { return_urls: RETURN_URLS });
      await visit(async (payer) => {
        await payer.open(url);
        await payer.click('cancel');
        await payer.sees('process_failed');
        await payer.click('return');
        await payer.seesShop(RETURN_URLS.fail);
      });
      assert.equal((await state(api, id))[0], 'process_failed');
    });

    test('invalid fields are named, without an attempt', async () => {
      const { api, id, url } = await invoice();
      await visit(async (payer) => {
        await payer.open(url);
        await payer.fill({ number: '5519283812030001', expiry: '13/30', cvv: '1', holder: 'KEPT' });
        // without novalidate the browser would not send the form
        await payer.at('pay').click();
        await payer.at('error-summary').waitFor();
        for (const [field, input] of [['card_number', 'card-number'], ['expiry', 'expiry'], ['cvv', 'cvv']]) {
          await payer.at(`error-${field}`).waitFor();
          assert.equal(await payer.at(input).getAttribute('aria-invalid'), 'true', field);
          const described = (await payer.at(input).getAttribute('aria-describedby') ?? '').split(/\s+/);
          assert.ok(
            described.includes(await payer.at(`error-${field}`).getAttribute('id')),
            `${field} is described by its error`,
          );
        }
        assert.equal(await payer.at('holder').inputValue(), 'KEPT');
        assert.deepEqual(await went(api, id), ['process_pending']);
        await payer.pay(CARDS.good);
        await payer.sees('processed', 'ok');
      });
    });

    test('a double click pays once', async () => {
      const { api, id, url } = await invoice();
      await visit(async (payer) => {
        await payer.open(url);
        await payer.fill({ number: CARDS.good });
        await payer.at('pay').dblclick();
        await payer.sees('processed', 'ok');
      });
      assert.deepEqual(await went(api, id), ['process_pending', 'processed']);
    });

    if (way.js) {
      test('the open page changes at the expiry', async () => {
        const { api, id, url } = await invoice({ lifetime_s: 4 });
        await visit(async (payer) => {
          await payer.open(url);
          await payer.at('payment-form').waitFor();
          await payer.sees('process_failed', 'expired');
        });
        assert.deepEqual(await state(api, id), ['process_failed', 'expired']);
      });
    }

    test('an account with auto_return redirects the payer', async () => {
      const { url } = await invoice({ auto_return: true }, { return_urls: RETURN_URLS });
      await visit(async (payer) => {
        await payer.open(url);
        await payer.fill({ number: CARDS.good });
        await payer.at('pay').click();
        await payer.seesShop(RETURN_URLS.success);
      });
    });
  });
}

for (const way of FEW_WAYS) {
  const visit = (road, options = {}) => asPayer({ ...way, hosts: [shop.url], ...options }, server, road);

  describe(`around a card payment (${way.name})`, () => {
    test('the number may have spaces, the expiry date a slash', async () => {
      const { api, id, url } = await invoice();
      await visit(async (payer) => {
        await payer.open(url);
        await payer.at('card-number').pressSequentially('5519 2838 1203 0000');
        await payer.at('expiry').pressSequentially('1230');
        await payer.at('cvv').pressSequentially('123');
        await payer.click('pay');
        await payer.sees('processed', 'ok');
      });
      assert.deepEqual(await state(api, id), ['processed', 'ok']);
    });

    test('the challenge can be cancelled', async () => {
      const { api, id, url } = await invoice();
      await visit(async (payer) => {
        await payer.open(url);
        await payer.pay(CARDS.good3ds);
        await payer.click('challenge-cancel');
        await payer.sees('process_failed');
      });
      assert.equal((await state(api, id))[0], 'process_failed');
    });

    test('an open challenge is shown again when the page is reopened', async () => {
      const { api, id, url } = await invoice();
      await visit(async (payer) => {
        await payer.open(url);
        await payer.pay(CARDS.good3ds);
        await payer.at('challenge-form').waitFor();
        const second = await payer.newTab();
        await second.open(url);
        await second.answer();
        await second.sees('processed', 'ok');
        // the first tab is sent later
        await payer.at('challenge-input').fill('000000');
        await payer.click('challenge-confirm');
        await payer.sees('processed', 'ok');
      });
      assert.deepEqual(await state(api, id), ['processed', 'ok']);
    });

    test('the third card fails after 3-D Secure, by its expiry date', async () => {
      const { api, id, url } = await invoice();
      await visit(async (payer) => {
        await payer.open(url);
        await payer.pay(CARDS.bad3ds, { expiry: '09/33' });
        await payer.answer();
        await payer.sees('process_failed', 'declined');
      });
      assert.deepEqual(await state(api, id), ['process_failed', 'declined']);
    });

    test('after the last attempt there is no form', async () => {
      const { api, id, url } = await invoice({ attempt_limit: 2 }, { return_urls: RETURN_URLS });
      await visit(async (payer) => {
        await payer.open(url);
        await payer.pay(CARDS.bad, { expiry: '05/29' });
        await payer.sees('process_failed', 'insufficient_funds');
        await payer.pay(CARDS.bad, { expiry: '04/28' });
        await payer.sees('process_failed', 'card_expired');
        assert.equal(await payer.count('payment-form'), 0);
        assert.equal(await payer.count('pay'), 0);
        await payer.open(url);
        await payer.sees('process_failed', 'card_expired');
        assert.equal(await payer.count('payment-form'), 0);
        await payer.click('return');
        await payer.seesShop(RETURN_URLS.fail);
      });
      assert.equal((await went(api, id)).filter((status) => status === 'process_failed').length, 2);
    });

    test('an empty form shows an error at each field', async () => {
      const { url } = await invoice();
      await visit(async (payer) => {
        await payer.open(url);
        await payer.at('pay').click();
        await payer.at('error-summary').waitFor();
        for (const field of ['card_number', 'expiry', 'cvv']) await payer.at(`error-${field}`).waitFor();
        assert.equal(await payer.count('error-holder'), 0);
      });
    });

    test('07/77 stays pending', async () => {
      const { api, id, url } = await invoice({}, { return_urls: RETURN_URLS });
      await visit(async (payer) => {
        await payer.open(url);
        await payer.pay(CARDS.good, { expiry: '07/77' });
        await payer.sees('process_pending');
        await payer.click('return');
        await payer.seesShop(RETURN_URLS.pending);
        const { page } = await another(api);
        await payer.open(page);
        await payer.pay(CARDS.good3ds, { expiry: '07/77' });
        if (await payer.count('challenge-form')) await payer.answer();
        await payer.sees('process_pending', 'auth_3ds_required');
      });
      assert.equal((await state(api, id))[0], 'process_pending');
    });

    test('a double click is declined once', async () => {
      const { api, id, url } = await invoice();
      await visit(async (payer) => {
        await payer.open(url);
        await payer.fill({ number: CARDS.bad, expiry: '05/29' });
        await payer.at('pay').dblclick();
        await payer.sees('process_failed', 'insufficient_funds');
      });
      assert.deepEqual(await went(api, id), ['process_pending', 'process_failed']);
    });

    test('the back button changes nothing', async () => {
      const { api, id, url } = await invoice();
      await visit(async (payer) => {
        await payer.open(url);
        await payer.pay(CARDS.good);
        await payer.sees('processed', 'ok');
        await payer.page.goBack();
        // an old form may be shown again: sent again, it leads to the current state
        if (await payer.count('payment-form')) await payer.pay(CARDS.bad, { expiry: '05/29' });
        await payer.sees('processed', 'ok');
        await payer.page.reload();
        await payer.sees('processed', 'ok');
      });
      assert.deepEqual(await went(api, id), ['process_pending', 'processed']);
    });

    test('a reload of the declined page makes no attempt', async () => {
      const { api, id, url } = await invoice();
      await visit(async (payer) => {
        await payer.open(url);
        await payer.pay(CARDS.bad, { expiry: '05/29' });
        await payer.page.reload();
        await payer.sees('process_failed', 'insufficient_funds');
      });
      assert.deepEqual(await went(api, id), ['process_pending', 'process_failed']);
    });

    test('a second tab on a finished invoice shows the result', async () => {
      const { api, id, url, page } = await invoice();
      await visit(async (payer) => {
        const second = await payer.newTab();
        await payer.open(url);
        await second.open(url);
        await payer.pay(CARDS.good);
        await payer.sees('processed', 'ok');
        await second.pay(CARDS.bad, { expiry: '05/29' });
        await second.sees('processed', 'ok');
        const third = await payer.newTab();
        await third.open(page);
        await third.sees('processed', 'ok');
        assert.equal(await third.count('payment-form'), 0);
      });
      assert.deepEqual(await went(api, id), ['process_pending', 'processed']);
    });

    test('a page opened after the expiry says so', async () => {
      const { api, id, url } = await invoice({}, { return_urls: RETURN_URLS });
      await api.freeze();
      await api.advance(1801);
      await visit(async (payer) => {
        await payer.open(url);
        await payer.sees('process_failed', 'expired');
        assert.equal(await payer.count('payment-form'), 0);
        await payer.click('return');
        await payer.seesShop(RETURN_URLS.fail);
      });
      assert.deepEqual(await state(api, id), ['process_failed', 'expired']);
    });

    test('a form sent after the expiry gets a page that says so', async () => {
      const { api, id, url } = await invoice();
      await api.freeze();
      await visit(async (payer) => {
        await payer.open(url);
        await payer.fill({ number: CARDS.good });
        await api.advance(1801);
        await payer.click('pay');
        await payer.sees('process_failed', 'expired');
      });
      assert.deepEqual(await state(api, id), ['process_failed', 'expired']);
    });

    test('a challenge answered after the expiry gets a page that says so', async () => {
      const { api, id, url } = await invoice();
      await api.freeze();
      await visit(async (payer) => {
        await payer.open(url);
        await payer.pay(CARDS.good3ds);
        await api.advance(1801);
        await payer.answer();
        await payer.sees('process_failed', 'expired');
      });
      assert.deepEqual(await state(api, id), ['process_failed', 'expired']);
    });

    test('with the account option the return URL has the result', async () => {
      const { id, url } = await invoice({ send_context: true, return_url: `${shop.url}/back?mine=1` });
      await visit(async (payer) => {
        await payer.open(url);
        await payer.pay(CARDS.good);
        await payer.click('return');
        await payer.at('shop').waitFor();
        const back = new URL(payer.page.url());
        assert.equal(back.pathname, '/back');
        assert.equal(back.searchParams.get('mine'), '1');
        assert.equal(back.searchParams.get('id'), id);
        assert.equal(back.searchParams.get('amount'), '100.00');
      });
    });

    test('without a return URL the result is the last page', async () => {
      const { url } = await invoice();
      await visit(async (payer) => {
        await payer.open(url);
        await payer.pay(CARDS.good);
        await payer.sees('processed', 'ok');
        assert.equal(await payer.count('return'), 0);
      });
    });
  });
}

test('after five declines there is no form', async () => {
  const { api, id, url } = await invoice();
  await asPayer({}, server, async (payer) => {
    await payer.open(url);
    for (let i = 0; i < 5; i++) {
      await payer.pay(CARDS.bad, { expiry: '05/29' });
      await payer.sees('process_failed', 'insufficient_funds');
      assert.equal(await payer.count('payment-form'), i < 4 ? 1 : 0, `after ${i + 1} declines`);
    }
    assert.equal(await payer.text('no-attempts'), 'All attempts to pay are used up.');
  });
  assert.equal((await went(api, id)).filter((status) => status === 'process_failed').length, 5);
});
