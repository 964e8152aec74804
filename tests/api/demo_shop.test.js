// docker/demo-shop with the mock: what shoppers and staff see, and which faults it handles.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { spawnSync } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../../docker/demo-shop/config.js';
import { Client } from '../lib/client.js';
import { DemoShop, SHOP, launchShop, shopEnvironment, startDemoShop } from '../lib/demo_shop.js';
import { ALONE, BIN, startServer, tempDir } from '../lib/server.js';
import { sign } from '../lib/sink.js';

const GOOD = { card_number: '5519283812030000', expiry: '1230', cvv: '123' };
const BAD = { ...GOOD, card_number: '4302912837020000', expiry: '0529' };

const server = await startServer();
const demo = new Client(server, undefined, { check: false }); // other tests check the contract
const shops = [];
after(async () => {
  await Promise.all(shops.map((shop) => shop.stop()));
  await server.stop();
});

/**
 * A merchant with its own shop. Payments wait for the payer and the clock is frozen. A payment is paid one second
 * after its order, because within one second the shop cannot tell which change came first.
 */
async function open(extra = {}, settings = {}) {
  const api = await demo.newAccount({ outcome: 'process_pending', ...settings });
  await api.freeze();
  const shop = await startDemoShop(server, api.account, extra);
  shops.push(shop);
  return { api, shop };
}

const pay = async (api, { invoice }, card = GOOD) => {
  await api.advance(1);
  (await api.pay(invoice, card)).expect(200);
  await api.idle();
};
const fault = async (api, body) => (await api.control('POST', '/faults', body)).expect(201).json;
const invoicesOf = async (api, { id }) => (await api.list({ 'filter[reference_id]': id })).expect(200).data;

/**
 * The status in the shop and the sources of its changes. The creation may be reported first by the response or by the
 * callback.
 */
const last = async (shop, { id }) => {
  const [status, ways] = await shop.holds(id);
  return [status, ways.at(-1)];
};

describe('a shopper', async () => {
  const { api, shop } = await open();

  test('orders, pays and sees the result', async () => {
    const order = await shop.buy({ product: 'mug', quantity: 3 });
    assert.equal(order.page, `${server.url}/redirect/hpp/?cpi=${order.invoice}`);
    const { attributes } = (await api.get(order.invoice)).expect(200).data;
    assert.deepEqual(
      [attributes.reference_id, attributes.amount, attributes.currency, attributes.description, attributes.test_mode],
      [order.id, 38.97, 'USD', '3 x Stoneware mug', true],
    );
    assert.equal((await shop.told(order.id)).status, 'process_pending');
    await pay(api, order);
    assert.deepEqual(await last(shop, order), ['processed', 'callback']);
    const { status, text } = await shop.told(order.id);
    assert.equal(status, 'processed');
    assert.match(text, /Thank you/);
  });

  test('sees the real status, whatever the return URL claims', async () => {
    const order = await shop.buy();
    const { text } = await shop.get(`/return/${order.id}?status=processed&resolution=ok`);
    assert.match(text, /data-status="process_pending"/);
    assert.match(text, /http-equiv="refresh"/); // without JavaScript the page reloads
  });

  test('is declined, sees the reason, and pays with another card', async () => {
    const order = await shop.buy();
    await pay(api, order, BAD);
    const { status, resolution, text } = await shop.told(order.id);
    assert.deepEqual([status, resolution], ['process_failed', 'insufficient_funds']);
    assert.ok(text.includes(`href="${order.page}" data-testid="pay-again"`));
    await pay(api, order);
    assert.equal((await shop.told(order.id)).status, 'processed');
  });

  test('cannot pay after the expiry', async () => {
    const { api: own, shop: late } = await open();
    const order = await late.buy();
    await own.advance(1801);
    const { status, resolution, text } = await late.told(order.id);
    assert.deepEqual([status, resolution], ['process_failed', 'expired']);
    assert.doesNotMatch(text, /pay-again/);
  });

  test('chooses among the services without additional fields', async () => {
    const { text } = await shop.get('/products/beans');
    const offered = [...text.matchAll(/data-testid="service-(\w+)"/g)].map(([, code]) => code);
    assert.ok(offered.includes('payment_card_usd_hpp') && offered.includes('paypal_usd_hpp'), offered);
    assert.ok(!offered.includes('bank_transfer_usd_hpp') && !offered.includes('test_usd_test'), offered);
    const order = await shop.buy({ service: 'paypal_usd_hpp' });
    assert.equal((await api.getPublic(order.invoice)).expect(200).data.service, 'paypal_usd_hpp');
  });

  test('cannot order an unknown product', async () => {
    for (const [form, wanted] of [
      [{ product: 'mug', quantity: 0, service: 'x' }, 422], [{ product: 'mug', quantity: 21, service: 'x' }, 422],
      [{ product: 'mug', quantity: '1.5', service: 'x' }, 422], [{ product: 'mug', quantity: 1, service: '<b>' }, 422],
      [{ product: 'car', quantity: 1, service: 'x' }, 404], [{}, 404],
    ]) {
      assert.equal((await shop.post('/orders', form)).status, wanted, JSON.stringify(form));
    }
  });

  test('sees an error if the platform rejects the method', async () => {
    const { status, text } = await shop.post('/orders', { product: 'mug', quantity: 1, service: 'skrill_usd_hpp' });
    assert.equal(status, 502);
    assert.match(text, /refused/);
  });
});

describe('a refund', async () => {
  const { api, shop } = await open({}, { settle_after_ms: 0 });

  test('returns the whole amount once, however often the button is pressed', async () => {
    const order = await shop.buy();
    await pay(api, order);
    const answers = await Promise.all([1, 2, 3].map(() => shop.post(`/orders/${order.id}/refund`)));
    assert.ok(answers.every(({ status }) => [303, 409].includes(status)), answers.map(({ status }) => status).join());
    await api.idle();
    assert.equal((await shop.holds(order.id))[0], 'refunded');
    const { refunds } = (await api.control('GET', `/payment-invoices/${order.invoice}`)).expect(200).json;
    assert.deepEqual(refunds.map(({ amount, status }) => [amount, status]), [[12.99, 'done']]);
  });

  test('is not repeated after a lost response', async () => {
    const order = await shop.buy();
    await pay(api, order);
    await fault(api, {
      on: 'api',
      match: { method: 'POST', path: '/payment-invoices/*/refund' },
      fault: 'commit_then_reset',
      times: 1,
    });
    assert.equal((await shop.post(`/orders/${order.id}/refund`)).status, 303);
    await api.idle();
    const { refunds } = (await api.control('GET', `/payment-invoices/${order.invoice}`)).expect(200).json;
    assert.equal(refunds.length, 1);
    assert.equal((await shop.holds(order.id))[0], 'refunded');
  });

  test('of a part is counted, and parts never exceed the whole', async () => {
    const order = await shop.buy();
    await pay(api, order);
    const refund = async (amount) => {
      const { status } = await shop.post(`/orders/${order.id}/refund`, { amount });
      await api.advance(1);
      await api.idle();
      return status;
    };
    assert.deepEqual([await refund('3.50'), await refund('4'), await refund('9.00'), await refund('x')], [303, 303, 502, 422]);
    assert.deepEqual(await shop.record(order.id),
      { status: 'partially_refunded', amount: '12.99', refunded: '7.50', shipments: 1 });
    assert.equal(await refund(''), 303);
    assert.deepEqual(await shop.record(order.id), { status: 'refunded', amount: '12.99', refunded: '12.99', shipments: 1 });
  });

  test('can be retried after a failure', async () => {
    const order = await shop.buy();
    await pay(api, order);
    (await api.outcomes('refund_failed:declined')).expect(201);
    await shop.post(`/orders/${order.id}/refund`);
    await api.idle();
    assert.equal((await shop.holds(order.id))[0], 'refund_failed');
    await shop.post(`/orders/${order.id}/refund`);
    await api.idle();
    assert.equal((await shop.holds(order.id))[0], 'refunded');
  });

  test('of an unpaid order is rejected', async () => {
    const order = await shop.buy();
    assert.equal((await shop.post(`/orders/${order.id}/refund`)).status, 409);
  });
});

describe('a payout', async () => {
  const { api, shop } = await open({ MILKYPAY_TIMEOUT_MS: '1000' });
  const pay = (form) => shop.post('/payouts', { token: 'takings-1', amount: '20.50', card: GOOD.card_number, ...form });
  const made = async () => (await api.private('GET', '/payout-invoices')).expect(200).data
    .map(({ attributes: { reference_id: reference, amount } }) => [reference, amount]);

  test('is made once, however often the button is pressed, even if a response is lost', async () => {
    await fault(api, { on: 'api', match: { method: 'POST', path: '/payout-invoices' }, fault: 'commit_then_reset', times: 1 });
    const clicks = await Promise.all([pay(), pay()]);
    assert.deepEqual([...clicks, await pay()].map(({ status }) => status), [303, 303, 303]);
    assert.deepEqual(await made(), [['takings-1', 20.5]]);
    assert.match((await shop.get('/payouts')).text, /20\.5 process/);
  });

  test('that the balance does not cover is refused', async () => {
    assert.equal((await pay({ token: 'takings-2', amount: '9000000' })).status, 502);
    for (const wrong of [{ token: '' }, { amount: '-1' }, { card: '4111' }]) assert.equal((await pay(wrong)).status, 422);
    assert.equal((await made()).length, 1);
  });
});

describe('an order creates one invoice', async () => {
  const { api, shop } = await open({ MILKYPAY_TIMEOUT_MS: '1000' });
  const create = { method: 'POST', path: '/payment-invoices' };
  const look = { method: 'GET', path: '/payment-invoices' };
  const roads = {
    'when the answer is cut off after it was made': [{ match: create, fault: 'commit_then_reset' }],
    'when the answer never comes': [{ match: create, fault: 'commit_then_timeout' }],
    'when the answer is no JSON': [{ match: create, fault: 'garbage' }],
    'when half the answer comes': [{ match: create, fault: 'truncate' }],
    'when nothing was done': [{ match: create, fault: 'status', status: 500 }],
    'when it cannot be looked for either': [
      { match: create, fault: 'commit_then_reset' },
      { match: look, fault: 'status', status: 503 },
    ],
  };
  for (const [name, faults] of Object.entries(roads)) {
    test(name, async () => {
      for (const each of faults) await fault(api, { on: 'api', times: 1, ...each });
      const order = await shop.buy();
      assert.deepEqual((await invoicesOf(api, order)).map(({ id }) => id), [order.invoice]);
      assert.equal((await shop.told(order.id)).status, 'process_pending');
    });
  }

  test('if the shopper clicks twice', async () => {
    const { text } = await shop.get('/products/mug');
    const [, token] = /name="token" value="([\w-]+)"/.exec(text);
    const click = () => shop.post('/orders', { product: 'mug', quantity: 1, service: 'payment_card_usd_hpp', token });
    const [first, second] = await Promise.all([click(), click()]);
    assert.deepEqual([first.status, second.status, second.location], [303, 303, first.location]);
    assert.equal((await click()).location, first.location);
    assert.equal((await invoicesOf(api, { id: await shop.newest() })).length, 1);
  });

  test('if its first callback arrives before the response', async () => {
    await fault(api, { on: 'callback', fault: 'before_response', times: 1 });
    const order = await shop.buy();
    assert.deepEqual(await shop.holds(order.id), ['process_pending', ['callback']]);
  });

  test('if the platform was down and the shopper retries', async () => {
    const { id } = await fault(api, { on: 'api', fault: 'status', status: 503 });
    // it still sells by card
    assert.match((await shop.get('/products/mug')).text, /service-payment_card_usd_hpp/);
    const { status, text } = await shop.post('/orders', {
      product: 'mug',
      quantity: 1,
      service: 'payment_card_usd_hpp',
    });
    assert.equal(status, 503);
    const [, again] = /action="(\/orders\/[\w-]+\/pay)"/.exec(text);
    (await api.control('DELETE', `/faults/${id}`)).expect(200);
    const { status: now, location } = await shop.post(again);
    assert.equal(now, 303);
    assert.equal((await shop.post(again)).location, location);
    assert.equal((await invoicesOf(api, { id: again.split('/')[2] })).length, 1);
  });
});

test('an invoice with a callback but without a response can be paid', async () => {
  const { api, shop } = await open();
  await fault(api, {
    on: 'api',
    match: { method: 'POST', path: '/payment-invoices' },
    fault: 'commit_then_reset',
    times: 1,
  });
  const { id } = await fault(api, { on: 'api', fault: 'status', status: 502 });
  assert.equal(
    (await shop.post('/orders', { product: 'mug', quantity: 1, service: 'payment_card_usd_hpp' })).status,
    503,
  );
  (await api.control('DELETE', `/faults/${id}`)).expect(200);
  await api.idle();
  const order = await shop.newest();
  const { status, text } = await shop.told(order);
  assert.equal(status, 'process_pending');
  assert.match(text, /data-testid="pay"/);
  const [{ id: invoice }] = await invoicesOf(api, { id: order });
  assert.equal((await shop.post(`/orders/${order}/pay`)).location, `${server.url}/redirect/hpp/?cpi=${invoice}`);
});

test('a response older than the latest callback changes nothing', async () => {
  const { api, shop } = await open();
  await fault(api, {
    on: 'api',
    match: { method: 'POST', path: '/payment-invoices' },
    fault: 'slow',
    bytes_per_s: 5000,
    times: 1,
  });
  const buying = shop.buy();
  const invoices = async () => (await api.list()).expect(200).data;
  while (!(await invoices()).length) await pause(10);
  const [{ id: invoice }] = await invoices();
  await pay(api, { invoice });
  const order = await buying;
  assert.deepEqual(await shop.holds(order.id), ['processed', ['callback', 'callback']]);
});

test('a shop that is killed keeps its orders, and learns at the start what it missed', async () => {
  const ORDERS_FILE = join(tempDir(), 'orders');
  const { api, shop } = await open({ ORDERS_FILE });
  const [kept, missed] = [await shop.buy(), await shop.buy()];
  await pay(api, kept);
  await shop.stop('SIGKILL');
  await api.advance(1);
  (await api.transition(missed.invoice, { status: 'processed' })).expect(200);
  await api.idle();

  appendFileSync(ORDERS_FILE, '{"id":"half a li'); // as a crash leaves it
  const again = await startDemoShop(server, api.account, { ORDERS_FILE });
  shops.push(again);
  assert.deepEqual(await again.record(kept.id), { status: 'processed', amount: '12.99', refunded: '0.00', shipments: 1 });
  await again.post('/reconcile'); // the one of the start may still run
  assert.deepEqual(await last(again, missed), ['processed', 'reading']);
  assert.equal((await again.get('/orders')).text.match(/<li><a href="\/orders\//g).length, 2);

  writeFileSync(ORDERS_FILE, 'not an order\n');
  const { status, stderr } = spawnSync(process.execPath, [SHOP], { env: { ...process.env, ORDERS_FILE }, encoding: 'utf8' });
  assert.deepEqual([status, stderr.split('\n').length], [2, 2], stderr);
  assert.match(stderr, /ORDERS_FILE .* cannot be used/);
});

test('if the platform is down, an error page is shown and the order is kept', async () => {
  const { shop } = await open({ MILKYPAY_URL: 'http://127.0.0.1:9' });
  const { status, text } = await shop.post('/orders', { product: 'mug', quantity: 1, service: 'payment_card_usd_hpp' });
  assert.equal(status, 503);
  assert.match(text, /does not answer/);
  assert.equal((await shop.told(await shop.newest())).status, 'new');
});

describe('callbacks', async () => {
  const { api, shop } = await open();

  /** Pays an order while a fault affects its callbacks: {order, seen (the callbacks)}. */
  async function paidUnder(...faults) {
    const before = (await shop.callbacks()).length;
    const order = await shop.buy();
    await api.idle();
    for (const each of faults) await fault(api, { on: 'callback', times: 1, ...each });
    await pay(api, order);
    return { order, seen: async () => (await shop.callbacks()).slice(before + 1) };
  }

  test('duplicates are ignored', async () => {
    const { order, seen } = await paidUnder({ fault: 'duplicate' });
    assert.deepEqual(await seen(), ['processed: genuine, news, 200', 'processed: genuine, known, 200']);
    assert.deepEqual(await last(shop, order), ['processed', 'callback']);
  });

  test('arriving out of order lead to the correct status', async () => {
    const { order, seen } = await paidUnder({ fault: 'reorder' }); // held back until the next callback
    assert.equal((await shop.holds(order.id))[0], 'process_pending');
    await api.advance(1);
    (await api.transition(order.invoice, { status: 'refunded' })).expect(200);
    await api.idle();
    assert.deepEqual(await seen(), ['refunded: genuine, news, 200', 'processed: genuine, old, 200']);
    assert.equal((await shop.holds(order.id))[0], 'refunded');
  });

  test('with two changes in one second make the shop read the invoice', async () => {
    const order = await shop.buy();
    await api.idle();
    (await api.transition(order.invoice, { status: 'processed' })).expect(200);
    await api.idle();
    assert.equal((await shop.callbacks()).at(-1), 'processed: genuine, unclear, 200');
    assert.deepEqual(await last(shop, order), ['processed', 'reading']);
  });

  for (const [kind, judgement] of [
    ['bad_signature', 'wrong signature'], ['wrong_secret', 'wrong signature'], ['no_signature', 'no signature'],
    ['truncate', 'wrong signature'], ['reencoded', 'wrong signature'],
  ]) {
    test(`with ${kind} are answered 403, and the retry counts`, async () => {
      const { order, seen } = await paidUnder({ fault: kind });
      assert.deepEqual(await seen(), [`not read: forged, ${judgement}, 403`]);
      assert.equal((await shop.holds(order.id))[0], 'process_pending');
      await api.advance(61);
      assert.equal((await seen())[1], 'processed: genuine, news, 200');
      assert.equal((await shop.holds(order.id))[0], 'processed');
    });
  }

  for (const [kind, said] of [['wrong_amount', 'processed'], ['unknown_status', '\\w+']]) {
    test(`with ${kind} are not trusted: the shop reads the invoice`, async () => {
      const { order, seen } = await paidUnder({ fault: kind });
      assert.match((await seen())[0], new RegExp(`^${said}: genuine, unclear, 200$`));
      assert.deepEqual(await last(shop, order), ['processed', 'reading']);
    });
  }

  test('that are lost are replaced by a read when the shopper opens the order', async () => {
    const { order } = await paidUnder({ fault: 'drop' });
    assert.equal((await shop.holds(order.id))[0], 'process_pending');
    assert.equal((await shop.told(order.id)).status, 'processed');
    assert.deepEqual(await last(shop, order), ['processed', 'reading']);
  });

  test('that are lost are replaced by a read when the shop reconciles', async () => {
    const { order } = await paidUnder({ fault: 'drop' });
    const { id } = await fault(api, { on: 'api', match: { method: 'GET' }, fault: 'status', status: 503 });
    assert.equal((await shop.post('/reconcile')).status, 303);
    assert.equal((await shop.record(order.id)).status, 'process_pending');
    (await api.control('DELETE', `/faults/${id}`)).expect(200);
    await shop.post('/reconcile');
    assert.deepEqual(await shop.record(order.id), { status: 'processed', amount: '12.99', refunded: '0.00', shipments: 1 });
  });

  test('are requested again if the invoice cannot be read now', async () => {
    const { id } = await fault(api, { on: 'api', match: { method: 'GET' }, fault: 'status', status: 503 });
    const { order, seen } = await paidUnder({ fault: 'wrong_amount' });
    assert.match((await seen())[0], /, 503$/);
    (await api.control('DELETE', `/faults/${id}`)).expect(200);
    await api.advance(61);
    assert.equal((await shop.holds(order.id))[0], 'processed');
  });

  test('for another order or an unknown one change nothing', async () => {
    const send = async (body) =>
      shop.post('/callback', Buffer.from(body), { 'X-Signature': sign(api.account.secret_key, body) });
    const order = await shop.buy();
    const theirs = (await api.get((await shop.buy()).invoice)).expect(200).json;
    theirs.data.attributes.updated += 100;
    theirs.data.attributes.status = 'processed';
    theirs.data.attributes.reference_id = order.id; // correctly signed, but not the invoice of this order
    assert.equal((await send(JSON.stringify(theirs))).status, 200);
    assert.equal((await shop.holds(order.id))[0], 'process_pending');
    theirs.data.attributes.reference_id = 'nobody';
    assert.equal((await send(JSON.stringify(theirs))).status, 200);
    assert.equal((await send('{"data":null}')).status, 503);
  });
});

describe('input', async () => {
  const { api, shop } = await open();

  test('is escaped on all pages', async () => {
    await shop.post('/callback', Buffer.from('<img src=x onerror=alert(1)>"\''), { 'X-Signature': 'x' });
    const { text, headers } = await shop.get('/callbacks');
    assert.ok(text.includes('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;'));
    assert.ok(!text.includes('<img'));
    assert.match(headers.get('content-security-policy'), /default-src 'none'.*frame-ancestors 'none'/);
  });

  test('is limited in size', async () => {
    assert.equal((await shop.post('/callback', Buffer.alloc(65_537))).status, 413);
    assert.equal((await shop.post('/orders', { product: 'm'.repeat(5000) })).status, 413);
    for (let i = 0; i < 101; i += 1) await shop.post('/callback', Buffer.from('x'));
    const { text } = await shop.get('/callbacks');
    assert.equal(text.match(/<details/g).length, 100);
    const { status, text: health } = await shop.get('/health');
    assert.deepEqual([status, health], [200, '']);
  });

  test('from another site is rejected', async () => {
    const form = { product: 'mug', quantity: 1, service: 'payment_card_usd_hpp' };
    for (const Origin of ['http://evil.example', 'null', 'http://localhost.evil.example:80']) {
      assert.equal((await shop.post('/orders', form, { Origin })).status, 403);
    }
    const { host } = new URL(shop.url);
    assert.equal((await shop.post('/orders', form, { Origin: `http://${host}` })).status, 303);
    assert.ok(api);
  });

  test('for an unknown page or order gets an error page', async () => {
    for (const [method, path, wanted] of [
      ['get', '/nothing', 404],
      ['get', '/orders/nothing', 404],
      ['get', '/return/x', 404],
      ['get', '/products/__proto__', 404],
      ['get', '/assets/shop.js', 404],
      ['get', '/assets/..%2fshop.js', 404],
      ['get', '/callback', 405],
      ['post', '/', 405],
      ['post', '/orders/nothing/refund', 404],
      ['get', '/assets/constructor', 404],
    ]) {
      const { status, text } = await shop[method](path);
      assert.equal(status, wanted, path);
      assert.match(text, /data-testid="error"/);
    }
  });
});

describe('the program', () => {
  test('names an invalid setting in one line', () => {
    for (const [env, words] of [
      [{ MILKYPAY_URL: 'mock:8080' }, 'MILKYPAY_URL'],
      [{ LISTEN: '3000' }, 'LISTEN'],
      [{ PORT: 'x' }, 'PORT'],
      [{ LISTEN: '[::1]:65536' }, 'LISTEN'],
      [{ SHOP_URL: 'ftp://x' }, 'SHOP_URL'],
      [{ MILKYPAY_SECRET_KEY: 'sk_live_x' }, 'MILKYPAY_SECRET_KEY'],
      [{ MILKYPAY_TIMEOUT_MS: '0' }, 'MILKYPAY_TIMEOUT_MS'],
    ]) {
      assert.throws(
        () => readConfig(env),
        (error) => error.message.includes(words) && !error.message.includes('\n'),
      );
    }
    assert.deepEqual(readConfig({ LISTEN: '[::1]:80' }).listen, { host: '::1', port: 80 });
    const { status, stdout, stderr } = spawnSync(process.execPath, [SHOP], {
      env: { ...process.env, LISTEN: `127.0.0.1:${new URL(server.url).port}` }, encoding: 'utf8' });
    assert.deepEqual([status, stdout, stderr.split('\n').length], [2, '', 2], stderr);
    assert.match(stderr, /EADDRINUSE/);
  });

  test('runs with the mock as one command, and one signal ends both', { skip: ALONE }, async () => {
    const command = [BIN, 'exec', '--settle-after', '0', '--', process.execPath, SHOP];
    const shop = new DemoShop(await launchShop(command, { ...shopEnvironment({}), LISTEN: '127.0.0.1:0' }));
    const { page } = await shop.buy();
    assert.equal((await fetch(page)).status, 200);
    const { code, signal } = await shop.stop('SIGINT');
    assert.deepEqual([code, signal], [0, null], shop.log);
    await assert.rejects(shop.get('/health'));
    await assert.rejects(fetch(page));
  });
});
