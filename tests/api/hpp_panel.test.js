// The buttons of the panel on the payer's page, the change to another method, and forms that are sent too late.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Client } from '../lib/client.js';
import { BROWSER, forms, local, open, result, send } from '../lib/pages.js';
import { startServer, tempDir } from '../lib/server.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);
const HOLD = { headers: { 'X-Mock-Outcome': 'process_pending' } };
const CARD_3DS = { card_number: '5123817234060000', expiry: '12/30', cvv: '123', holder: 'A HOLDER', action: 'pay' };

const formOf = (page, testid) => forms(new RegExp(`<form\\b[^>]*data-testid="${testid}"[^>]*>[^]*?</form>`)
  .exec(page.expect(200).text)?.[0] ?? assert.fail(`no ${testid}`))[0];

/** An invoice on a frozen clock, with its page. */
async function opened(attributes = {}, on = demo) {
  const api = await on.newAccount();
  await api.freeze();
  const { id, attributes: { flow_data: { action } } } = await api.made(attributes, HOLD);
  const path = local(api.server, action);
  const state = async () => {
    const { status, resolution } = await api.attributes(id);
    return `${status}:${resolution}`;
  };
  return { api, id, path, state, page: await open(api, path) };
}

/** Sends a form without following the redirect. */
const post = (api, form, fields) =>
  api.send('POST', form.action, { form: { ...form.inputs, ...fields }, headers: BROWSER });

describe('a button of the panel', () => {
  for (const [outcome, state] of [
    ['processed', 'processed:ok'],
    ['process_pending', 'process_pending:ok'],
    ['expired', 'process_failed:expired'],
    ['process_failed', 'process_failed:lost_or_stolen_card'],
  ]) {
    test(`${outcome} decides the payment, by any method`, async () => {
      for (const service of ['payment_card_usd_hpp', 'paypal_usd_hpp']) {
        const it = await opened({ service });
        await send(it.api, formOf(it.page, 'panel-form'), { outcome, reason: 'lost_or_stolen_card' });
        assert.equal(await it.state(), state, service);
      }
    });
  }

  for (const [outcome, state] of [
    ['processed', 'processed:ok'],
    ['process_failed', 'process_failed:lost_or_stolen_card'],
  ]) {
    test(`${outcome} ends a payment that waits, and a late one changes nothing`, async () => {
      for (const service of ['payment_card_usd_hpp', 'paypal_usd_hpp']) {
        const it = await opened({ service });
        const waits = await send(it.api, formOf(it.page, 'panel-form'), { outcome: 'process_pending', reason: '' });
        const form = formOf(waits, 'panel-form');
        assert.equal(form.inputs.waiting, '1');
        await send(it.api, form, { outcome, reason: 'lost_or_stolen_card' });
        assert.equal(await it.state(), state, service);
        const late = await send(it.api, form, { outcome: 'expired', reason: '' });
        assert.equal(await it.state(), state, service);
        assert.ok(result(late.text), service);
      }
    });
  }

  test('without a known reason or outcome is refused, and so is one of a page without the panel', async () => {
    const own = await startServer({ args: ['--hide-panel'] });
    const it = await opened();
    const form = formOf(it.page, 'panel-form');
    for (const fields of [{ outcome: 'process_failed', reason: 'no_such' }, { outcome: 'process_failed' },
      { outcome: 'refunded' }]) (await post(it.api, form, fields)).expect(422);
    assert.equal(await it.state(), 'process_pending:ok');
    const hidden = await opened({}, new Client(own));
    (await post(hidden.api, formOf(hidden.page, 'payment-form'), { outcome: 'processed' })).expect(422);
    assert.equal(await hidden.state(), 'process_pending:ok');
    await own.stop();
  });
});

describe('another method', () => {
  /** An order by link whose payer has chosen a service. */
  async function chosen(service = 'paypal_usd_hpp') {
    const api = await demo.newAccount();
    await api.freeze();
    const order = new URLSearchParams({ public_key: api.account.public_key, currency: 'USD', amount: '100' });
    const methods = await open(api, `/hpp/?${order}`);
    await send(api, formOf(methods, 'methods'), { service });
    const [{ id, attributes: { flow_data: { action } } }] = (await api.list()).expect(200).data;
    const path = local(server, action);
    const now = async () => (await api.get(id)).expect(200).data.relationships['payment-service'].data.id;
    return { api, id, path, now, change: `${path}${path.includes('?') ? '&' : '?'}change=1` };
  }

  test('can be chosen until the payment is made', async () => {
    const it = await chosen();
    const methods = formOf(await open(it.api, it.change), 'methods');
    assert.equal(methods.inputs.change, '1');
    await send(it.api, methods, { service: 'payment_card_usd_hpp' });
    assert.equal(await it.now(), 'payment_card_usd_hpp');
    (await it.api.transition(it.id, { status: 'processed' })).expect(200);
    assert.ok(!(await open(it.api, it.change)).expect(200).text.includes('data-testid="methods"'));
    await send(it.api, methods, { service: 'paypal_usd_hpp' });
    assert.equal(await it.now(), 'payment_card_usd_hpp');
  });

  test('must be one that is offered and takes the amount', async () => {
    const it = await chosen();
    const methods = formOf(await open(it.api, it.change), 'methods');
    for (const service of ['no_such', 'payment_card_eur_hpp_none', 'mobile_money_kes_hpp'])
      (await post(it.api, methods, { service })).expect(422);
    (await it.api.control('PUT', '/services/payment_card_usd_hpp', { amount_min: 500 }))
      .expect(200);
    (await post(it.api, methods, { service: 'payment_card_usd_hpp' })).expect(422);
    assert.equal(await it.now(), 'paypal_usd_hpp');
  });

  test('is not offered for an order with a service, and not during 3-D Secure', async () => {
    const other = await opened();
    assert.ok(!(await open(other.api, `${other.path}?change=1`)).expect(200).text.includes('data-testid="methods"'));
    const it = await chosen('payment_card_usd_hpp');
    const methods = formOf(await open(it.api, it.change), 'methods');
    await send(it.api, formOf(await open(it.api, it.path), 'payment-form'), CARD_3DS);
    await send(it.api, methods, { service: 'paypal_usd_hpp' });
    assert.equal(await it.now(), 'payment_card_usd_hpp');
  });

  test('keeps the language and the choice in the links', async () => {
    const it = await chosen();
    const page = (await open(it.api, `${it.change}&locale=de`)).expect(200).text;
    assert.match(page, /data-testid="keep-method"/);
    assert.match(page, /href="[^"]*change=1[^"]*"/);
  });
});

describe('a form that is sent too late', () => {
  test('leads to the challenge that was begun in another tab', async () => {
    const it = await opened();
    const form = formOf(it.page, 'payment-form');
    (await post(it.api, form, CARD_3DS)).expect(303);
    const { location } = (await post(it.api, form, CARD_3DS)).expect(303).headers;
    assert.match(location, /\/challenge\b/);
    assert.equal(await it.state(), 'process_pending:auth_3ds_required');
  });

  test('a 3-D Secure code after the expiry pays nothing', async () => {
    const it = await opened();
    await post(it.api, formOf(it.page, 'payment-form'), CARD_3DS);
    const challenge = await open(it.api, it.path);
    const [form] = forms(challenge.expect(200).text).filter(({ inputs }) => 'code' in inputs);
    const code = /\b\d{6}\b/.exec(challenge.text.replace(/<[^>]*>/g, ' '))[0];
    await send(it.api, form, { code: ' ' });
    assert.equal(await it.state(), 'process_pending:auth_3ds_required');
    await it.api.advance(1800);
    await send(it.api, form, { code });
    assert.equal(await it.state(), 'process_failed:expired');
    assert.deepEqual(result((await open(it.api, it.path)).text), { status: 'process_failed', resolution: 'expired' });
  });
});

test('a resolution that only the fixtures know is shown as its words', async () => {
  const folder = tempDir();
  writeFileSync(join(folder, 'scenarios.json'), JSON.stringify({ resolutions: ['stolen_by_magpies'] }));
  const own = await startServer({ args: ['--fixtures', folder] });
  const it = await opened({}, new Client(own));
  (await it.api.transition(it.id, { status: 'process_failed', resolution: 'stolen_by_magpies' })).expect(200);
  for (const locale of ['en', 'de'])
    assert.match((await open(it.api, `${it.path}?done=1&locale=${locale}`)).text, /stolen by magpies/);
  await own.stop();
});
