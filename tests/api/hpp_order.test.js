// Orders by a link or a form of the payment page. The payer chooses the service if the order has none.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, describe, test } from 'node:test';
import { claims, Client, phpForm } from '../lib/client.js';
import { BROWSER, forms, local, open, result, send } from '../lib/pages.js';
import { startServer } from '../lib/server.js';
import { startSink } from '../lib/sink.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);
const JSON_CLIENT = { Accept: 'application/json' };

const fields = (api, changes) => {
  const all = { public_key: api.account.public_key, currency: 'USD', amount: '100', ...changes };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
};
const byLink = (api, changes = {}, headers = JSON_CLIENT) =>
  api.send('GET', `/hpp/?${phpForm(fields(api, changes))}`, { headers });
const byForm = (api, changes = {}, headers = JSON_CLIENT) =>
  api.send('POST', '/hpp/', { form: fields(api, changes), headers });
const WAYS = [['GET', byLink, 302], ['POST', byForm, 303]];

const newest = async (api) => (await api.list({ 'page[size]': 1 })).expect(200).data[0];

/** Creates an order by link and returns the invoice. */
async function ordered(api, changes) {
  (await byLink(api, changes)).expect(302);
  return newest(api);
}

/** Expects a 422 and returns the sorted paths of its errors. */
const wrong = (reply) => Object.keys(reply.expect(422).json.errors).sort();

describe('an order without a service', () => {
  for (const [method, order, status] of WAYS) {
    test(`by ${method}: creates the invoice and redirects the browser to its page`, async () => {
      const api = await demo.newFrozen();
      const reply = (await order(api, { description: 'Some goods' }, BROWSER)).expect(status);
      const { attributes: a, relationships } = await newest(api);
      assert.equal(reply.headers.location, a.flow_data.action);
      assert.deepEqual(
        [a.status, a.resolution, a.amount, a.currency, a.description],
        ['created', 'ok', 100, 'USD', 'Some goods'],
      );
      assert.deepEqual([a.service_currency, a.flow, a.fee, a.deposit], [null, null, 0, 100]);
      assert.deepEqual(relationships, { 'payment-service': { data: null }, 'payment-method': { data: null } });
      assert.deepEqual([a.test_mode, a.source, a.callback_logs], [true, 'platform_public_api', []]);
      assert.equal(claims(a.flow_data.metadata.token).claims.exp, a.created + 1800);
    });
  }

  test('a live key makes a live invoice', async () => {
    const api = await demo.newFrozen();
    assert.equal((await ordered(api, { public_key: api.account.public_live_key })).attributes.test_mode, false);
  });

  test('is found by id, by reference, in lists and their filters, and publicly', async () => {
    const api = await demo.newFrozen();
    const reference_id = randomUUID();
    const { id } = await ordered(api, { reference_id });
    assert.equal((await api.get(id)).expect(200).data.attributes.status, 'created');
    const found = async (filter) => (await api.list(filter)).expect(200).data.map((row) => row.id);
    for (const filter of [
      {},
      { 'filter[reference_id]': reference_id },
      { 'filter[status]': 'created' },
      { 'filter[currency]': 'USD' },
    ]) {
      assert.deepEqual(await found(filter), [id], JSON.stringify(filter));
    }
    for (const filter of [{ 'filter[service]': 'payment_card_usd_hpp' }, { 'filter[service]': '' },
      { 'filter[service]': 'payment_card_usd_hpp', 'filter[id]': id }]) {
      assert.deepEqual(await found(filter), [], JSON.stringify(filter));
    }
    const shown = (await api.getPublic(id)).expect(200).data;
    assert.deepEqual([shown.status, shown.resolution, shown.active_payment.status], ['created', 'OK', 'created']);
    assert.deepEqual(
      [shown.service, shown.service_method, shown.service_flow, shown.service_currency],
      [null, null, null, null],
    );
  });

  test('hpp_url and /hpp/?cpi= lead to its page, which accepts no payment yet', async () => {
    const api = await demo.newFrozen();
    const { id, attributes } = await ordered(api);
    const action = attributes.flow_data.action;
    for (const path of [
      `/redirect/hpp/?cpi=${id}`,
      `/hpp/?cpi=${id}`,
      `/hpp?cpi=${id}&public_key=&currency=&amount=`,
    ]) {
      assert.equal((await api.send('GET', path, { headers: BROWSER })).expect(302).headers.location, action, path);
    }
    assert.equal((await api.send('POST', '/hpp/', { form: { cpi: id } })).expect(303).headers.location, action);
    const page = (await api.send('GET', new URL(action).pathname, { headers: BROWSER })).expect(200);
    assert.ok(!page.text.includes('data-testid="payment-form"'));
    assert.equal((await api.attributes(id)).status, 'created');
  });

  test('expires on time, and only then sends a callback', async () => {
    const sink = await startSink();
    const api = await demo.newFrozen({ callback_url: `${sink.url}/cb`, lifetime_s: 900 });
    sink.account = api.account;
    const { id } = await ordered(api);
    await api.advance(899);
    assert.equal((await api.attributes(id)).status, 'created');
    assert.deepEqual(await api.callbacks(), []);
    const { events } = await api.advance(1);
    assert.deepEqual(events.map(({ kind, from, to, transition }) => transition ?? to ?? kind), ['expired', 'callback']);
    const a = await api.attributes(id);
    assert.deepEqual([a.status, a.resolution, a.updated], ['expired', 'expired', api.start + 900]);
    assert.deepEqual(
      Object.values(a.callback_logs).map((log) => [log.status, log.transaction_status]),
      [['done', 'expired']],
    );
    assert.equal(sink.requests.length, 1);
    const sent = JSON.parse(sink.requests[0].raw).data;
    assert.deepEqual(
      [sent.id, sent.attributes.status, sent.relationships['payment-service'].data],
      [id, 'expired', null],
    );
    await sink.stop();
  });

  test('its own expiry overrides the account\'s lifetime', async () => {
    const api = await demo.newFrozen();
    const { id, attributes } = await ordered(api, { expires: String(api.start + 3600) });
    assert.equal(claims(attributes.flow_data.metadata.token).claims.exp, api.start + 3600);
    await api.advance(3599);
    assert.equal((await api.attributes(id)).status, 'created');
    await api.advance(1);
    assert.equal((await api.attributes(id)).status, 'expired');
  });

  test('does not use up a queued outcome', async () => {
    const api = await demo.newFrozen();
    (await api.outcomes('process_failed:declined')).expect(201);
    await ordered(api);
    assert.deepEqual((await api.control('GET', '/outcomes')).expect(200).json.queued, ['process_failed:declined']);
    const { id } = await api.made();
    await api.advance(2);
    assert.equal((await api.attributes(id)).resolution, 'declined');
  });

  test('is not settled by a rule, header or metadata', async () => {
    const api = await demo.newFrozen();
    await ordered(api, { amount: '4000.01' });
    await ordered(api, { metadata: { mock_outcome: 'processed' } });
    const query = phpForm(fields(api));
    (await api.send('GET', `/hpp/?${query}`, { headers: { ...JSON_CLIENT, 'X-Mock-Outcome': 'processed@0' } })).expect(
      302,
    );
    await api.advance(1799);
    assert.deepEqual((await api.list()).data.map((row) => row.attributes.status), ['created', 'created', 'created']);
  });
});

describe('commands', () => {
  const refused = (reply, code) => {
    const { error } = reply.expect(409).json;
    assert.equal(error.code, code);
    return error.message;
  };

  test('starting and paying are conflicts with a reason', async () => {
    const api = await demo.newFrozen();
    const { id, attributes } = await ordered(api);
    const session = attributes.flow_data.metadata.sid;
    const card = { card_number: '5519283812030000', expiry: '1230', cvv: '123' };
    for (const reply of [
      await api.transition(id, { status: 'process_pending' }),
      await api.pay(id, card),
      await api.pay(id, {}),
      await api.pay(id, { cancel: true }),
    ]) {
      assert.match(refused(reply, 'service_not_chosen'), new RegExp(`/hpp/${session}`));
    }
    refused(await api.transition(id, { status: 'processed' }), 'forbidden_transition');
    assert.deepEqual((await api.attributes(id)).status, 'created');
  });

  test('a sale at the card gate is a conflict', async () => {
    const api = await demo.newFrozen();
    const { attributes } = await ordered(api);
    const sale = { card_number: '5519283812030000', card_holder: 'A B', cvv: '123', exp_month: '12', exp_year: '30' };
    (
      await api.send('POST', '/payment/sale', {
        auth: `Bearer ${attributes.flow_data.metadata.token}`,
        json: { data: { type: 'sale-operation', attributes: sale } },
      })
    ).expect(409);
  });

  test('can be timed out, and forced into any status', async () => {
    const api = await demo.newFrozen();
    const one = await ordered(api);
    const gone = (await api.transition(one.id, { status: 'expired' })).expect(200).data.attributes;
    assert.deepEqual([gone.status, gone.resolution], ['expired', 'expired']);
    const two = await ordered(api);
    const paid = (await api.transition(two.id, { status: 'processed', force: true })).expect(200).data.attributes;
    assert.deepEqual([paid.status, paid.processed_amount, paid.service_currency], ['processed', 100, null]);
    const three = await ordered(api);
    (await api.transition(three.id, { status: 'process_pending', force: true })).expect(200);
    const done = (await api.pay(three.id, {})).expect(200).data.attributes;
    assert.equal(done.status, 'processed');
  });

  test('the timeline begins with the creation, without a start', async () => {
    const api = await demo.newFrozen();
    const { id } = await ordered(api);
    const changes = async (of) => (await api.timeline(of)).items.filter(({ kind }) => kind === 'transition')
      .map(({ from, to, cause }) => [from, to, cause]);
    assert.deepEqual(await changes(id), [[null, 'created', 'order']]);
    await api.advance(1800);
    assert.deepEqual(await changes(id), [[null, 'created', 'order'], ['created', 'expired', 'expiry']]);
    const started = await api.made();
    (await api.transition(started.id, { status: 'created', force: true })).expect(200);
    assert.deepEqual((await changes(started.id)).map(([, to]) => to), ['created', 'process_pending', 'created']);
  });

  test('wait reports created, then expired', async () => {
    const api = await demo.newFrozen();
    const { id } = await ordered(api);
    assert.equal((await api.reach(id, 'created')).id, id);
    const { now } = (await api.wait({ invoice: id, status: 'process_pending' })).expect(408).json;
    assert.deepEqual([now.status, now.next_due], ['created', api.start + 1800]);
    await api.advance({ next: true });
    assert.equal((await api.reach(id, 'expired')).attributes.status, 'expired');
  });
});

describe('the choice of a method', () => {
  const pageOf = (invoice) => local(server, invoice.attributes.flow_data.action);
  const offered = (page) => [...page.text.matchAll(/data-testid="method-(\w+)"/g)].map(([, method]) => method);
  const form = (page, field) =>
    forms(page.text).find(({ inputs, buttons }) => field in inputs || buttons.some(({ name }) => name === field));
  const IBAN = 'UA213223130000026007233566001';

  /** Orders, opens the page and picks a service: {api, id, page}. */
  async function chosen(service, changes = {}, settings = {}) {
    const api = await demo.newFrozen(settings);
    const invoice = await ordered(api, changes);
    const page = await send(api, form(await open(api, pageOf(invoice)), 'service'), { service });
    return { api, id: invoice.id, path: pageOf(invoice), page: page.expect(200) };
  }

  test('offers the services of the currency that accept the amount', async () => {
    const api = await demo.newFrozen();
    assert.deepEqual(offered(await open(api, pageOf(await ordered(api)))),
      ['payment_card', 'applepay', 'googlepay', 'paypal', 'bank_transfer', 'test', 'tether', 'binancepay',
        'payment_card_crypto']);
    assert.deepEqual(
      offered(await open(api, pageOf(await ordered(api, { amount: '1' })))).includes('bank_transfer'),
      false,
    );
    const none = await open(api, pageOf(await ordered(api, { currency: 'SGD' })));
    assert.deepEqual(offered(none), []);
    assert.match(none.text, /No payment method is available for this amount/);
  });

  test('is filtered by a search, in any case and language', async () => {
    const api = await demo.newFrozen();
    const path = pageOf(await ordered(api));
    for (const [query, wanted] of [
      ['q=PAYP', ['paypal']],
      ['q=pay', ['payment_card', 'applepay', 'googlepay', 'paypal', 'binancepay']],
      ['q=nothing', []],
      ['locale=uk&q=БАНК', ['bank_transfer']],
      ['q=%3Cb%3E', []],
      ['q=%', []],
    ]) {
      assert.deepEqual(
        offered(await open(api, `${path}?${query.replace('БАНК', encodeURIComponent('БАНК'))}`)),
        wanted,
        query,
      );
    }
  });

  test('is filtered by the order\'s display', async () => {
    const api = await demo.newFrozen();
    const shown = {
      display: { show_methods: 'paypal,payment_card', hide_methods: 'paypal', hide_method_filter: 'true' },
    };
    const page = await open(api, pageOf(await ordered(api, shown)));
    assert.deepEqual(offered(page), ['payment_card']);
    assert.ok(!page.text.includes('search-methods'));
    const reply = await send(api, form(page, 'service'), { service: 'paypal_usd_hpp' });
    assert.match(reply.expect(422).text, /data-testid="error"/);
  });

  test('a card is then paid as usual, with a callback for each step', async () => {
    const sink = await startSink();
    const api = await demo.newFrozen({ callback_url: `${sink.url}/cb` });
    sink.account = api.account;
    const invoice = await ordered(api);
    const page = await send(api, form(await open(api, pageOf(invoice)), 'service'), {
      service: 'payment_card_usd_hpp',
    });
    const paid = await send(api, form(page, 'card_number'), {
      card_number: '5519283812030000',
      expiry: '12/30',
      cvv: '123',
      action: 'pay',
    });
    assert.deepEqual(result(paid.text), { status: 'processed', resolution: 'ok' });
    assert.deepEqual(
      (await sink.got(2, { invoice: invoice.id })).map(({ status }) => status),
      ['process_pending', 'processed'],
    );
    await sink.stop();
  });

  test('a queued outcome waits for the choice, and applies at confirmation', async () => {
    const api = await demo.newFrozen();
    const invoice = await ordered(api);
    await api.outcomes('process_failed:card_expired');
    const page = await send(api, form(await open(api, pageOf(invoice)), 'service'), { service: 'paypal_usd_hpp' });
    const end = await send(api, form(page, 'csrf'), { action: 'pay' });
    assert.deepEqual(result(end.text), { status: 'process_failed', resolution: 'card_expired' });
  });

  test('the fields of a bank transfer are requested and validated', async () => {
    const { api, page } = await chosen('bank_transfer_usd_hpp');
    const asked = form(page, 'service_fields[account_number]');
    for (const number of ['', 'x', 'ua21', `${IBAN}${'0'.repeat(300)}`]) {
      const again = (await send(api, asked, { 'service_fields[account_number]': number, action: 'pay' })).expect(422);
      const [, why] = again.text.match(/data-testid="error-account_number">([^<]*)</);
      assert.equal(why, number ? 'Account number: this value is not valid.' : 'Fill in: Account number.');
      assert.ok(again.text.includes(`value="${number.slice(0, 4)}`));
    }
    const end = await send(api, asked, { 'service_fields[account_number]': IBAN, action: 'pay' });
    assert.deepEqual(result(end.expect(200).text), { status: 'processed', resolution: 'ok' });
  });

  test('the test service asks for the outcome', async () => {
    const { api, page } = await chosen('test_usd_test');
    const choice = form(page, 'csrf');
    for (const status of ['', 'nonsense', 'refunded']) (await send(api, choice, { status, action: 'pay' })).expect(422);
    const end = await send(api, choice, { status: 'process_failed:insufficient_funds', action: 'pay' });
    assert.deepEqual(result(end.text), { status: 'process_failed', resolution: 'insufficient_funds' });
  });

  test('other services are rejected; a second tab shows the choice of the first', async () => {
    const api = await demo.newFrozen();
    const invoice = await ordered(api);
    const choice = form(await open(api, pageOf(invoice)), 'service');
    for (const service of ['payment_card_eur_hpp', 'skrill_usd_hpp', 'nothing', ''])
      (await send(api, choice, { service })).expect(422);
    assert.equal((await api.attributes(invoice.id)).status, 'created');
    (await send(api, choice, { service: 'paypal_usd_hpp' })).expect(200);
    (await send(api, choice, { service: 'payment_card_usd_hpp' })).expect(200);
    assert.equal((await api.get(invoice.id)).data.relationships['payment-service'].data.id, 'paypal_usd_hpp');
  });

  test('a cancel returns to the shop and changes nothing', async () => {
    const api = await demo.newFrozen();
    const invoice = await ordered(api, { return_url: 'http://shop.test/back' });
    const choice = form(await open(api, pageOf(invoice)), 'service');
    assert.equal((await send(api, choice, { action: 'cancel' })).expect(303).headers.location, 'http://shop.test/back');
    assert.equal((await api.attributes(invoice.id)).status, 'created');
  });

  test('after the expiry the page says so', async () => {
    const api = await demo.newFrozen();
    const invoice = await ordered(api);
    await api.advance(1800);
    assert.deepEqual(result((await open(api, pageOf(invoice))).text), { status: 'expired', resolution: 'expired' });
  });
});

describe('an order with a service', () => {
  for (const [method, order, status] of WAYS) {
    test(`by ${method}: the same as by the form`, async () => {
      const api = await demo.newFrozen();
      (await order(api, { service: 'payment_card_usd_hpp' })).expect(status);
      const { attributes: a, relationships } = await newest(api);
      assert.deepEqual([a.status, a.service_currency, a.flow], ['process_pending', 'USD', 'hpp']);
      assert.equal(relationships['payment-service'].data.id, 'payment_card_usd_hpp');
      await api.advance(2);
      assert.equal((await newest(api)).attributes.status, 'processed');
    });
  }

  test('its fields are validated', async () => {
    const api = await demo.newFrozen();
    const bank = { service: 'bank_transfer_usd_hpp' };
    assert.deepEqual(wrong(await byLink(api, bank)), ['service_fields.account_number']);
    (await byLink(api, { ...bank, service_fields: { account_number: 'UA213223130000026007233566001' } })).expect(302);
    assert.deepEqual(wrong(await byLink(api, { service: 'test_usd_test', service_fields: { status: 'no_such' } })), [
      'service_fields.status',
    ]);
    assert.deepEqual(wrong(await byLink(api, { service_fields: 'text' })), ['service_fields']);
  });

  test('the service must exist, be usable, and accept currency and amount', async () => {
    const api = await demo.newFrozen();
    for (const [changes, paths] of [
      [{ service: 'no_such' }, ['service']],
      [{ service: 'skrill_usd_hpp', currency: 'USD' }, ['service']],
      [{ service: 'payment_card_eur_hpp' }, ['service']],
      [{ service: 'paypal_usd_hpp', amount: '0.5' }, ['amount']],
    ]) {
      assert.deepEqual(wrong(await byLink(api, changes)), paths, JSON.stringify(changes));
    }
  });
});

describe('parameters', () => {
  test('customer, metadata and return_url in bracket form, raw and encoded', async () => {
    const api = await demo.newFrozen();
    const { attributes: a, relationships } = await ordered(api, {
      customer: {
        reference_id: 'c+1',
        name: 'Zoë',
        email: 'a@b.example',
        phone: '+1',
        metadata: { k: 'v' },
        address: { country: 'SE', city: 'Å' },
      },
      metadata: { order: '42', 'a b': 'ü' },
      return_url: 'http://localhost:3000/back?a=1&b=2',
    });
    assert.match(relationships.customer.data.id, /^cus_/);
    assert.deepEqual(
      [a.metadata.order, a.metadata['a b'], a.return_url],
      ['42', 'ü', 'http://localhost:3000/back?a=1&b=2'],
    );
    const raw = `/hpp/?public_key=${api.account.public_key}&currency=USD&amount=1&metadata[x]=1+2&metadata%5By%5D=%2B`;
    (await api.send('GET', raw, { headers: JSON_CLIENT })).expect(302);
    const { metadata } = (await newest(api)).attributes;
    assert.deepEqual([metadata.x, metadata.y], ['1 2', '+']);
  });

  test('empty parameters are ignored', async () => {
    const api = await demo.newFrozen();
    const blank = Object.fromEntries(
      [
        'cpi',
        'reference_id',
        'service',
        'service_fields',
        'description',
        'expires',
        'locale',
        'language',
        'metadata',
        'customer',
        'return_url',
        'display',
        'style',
        'theme',
        'pay_button_label',
      ].map((name) => [name, '']),
    );
    for (const [, order, status] of WAYS) {
      (await order(api, { ...blank, display: { hide_header: '', show_methods: '' } })).expect(status);
      (await order(api, { ...blank, style: { theme: '', primary_color: '', show_method_logo: '' } })).expect(status);
      (await order(api, blank)).expect(status);
    }
    (await api.createForm({ ...blank, currency: 'USD', amount: '1', service: 'payment_card_usd_hpp' })).expect(302);
    assert.deepEqual(
      wrong(await api.createForm({ ...blank, currency: 'USD', amount: '1' }, { headers: JSON_CLIENT })),
      ['service'],
    );
  });

  test('unknown parameters and callback_url are ignored', async () => {
    const api = await demo.newFrozen();
    const { attributes } = await ordered(api, {
      available_locales: ['en', 'ru'],
      callback_url: 'http://127.0.0.1:1/never',
      font: 'x',
      display: { hide_all: 'perhaps' },
      style: { font_family: 'serif', primary_shadow_color: 'no colour' },
    });
    assert.equal(attributes.callback_url, null);
  });

  for (const [name, good, bad, path = name] of [
    ['currency', ['EUR', 'BTC', 'xts'], ['us$', 'EU', 'E R']],
    ['amount', ['1', '0.01', '123456.78'], ['0', '-1', 'ten', '1e', '1000000000000000']],
    ['reference_id', ['x', 'y'.repeat(255)], ['y'.repeat(256)]],
    ['description', ['d'.repeat(1024)], ['d'.repeat(1025)]],
    [
      'return_url',
      ['https://shop.example/back', 'http://localhost:1/'],
      ['shop.example', 'javascript:alert(1)', '/back'],
    ],
    ...['locale', 'language'].map((name) => [
      name,
      ['en', 'uk', 'ru', 'de', 'EN', 'en-GB', 'pt_BR', 'zh-Hans-CN', 'fil'],
      [
        'x',
        'Deutsch',
        'de,en',
        'de-',
        'en--GB',
        'de;q=1',
        '<b>',
        '419',
        'en_US.UTF-8',
        'en-abcdefghi',
        `de${'-x'.repeat(17)}`,
      ],
    ]),
    ['theme', ['basic', 'light', 'dark'], ['blue', 'DARK']],
    ['pay_button_label', ['pay', 'subscribe', 'donate', 'Buy & enjoy', 'я'.repeat(64)], ['b'.repeat(65), ['buy']]],
    ['metadata', [{ a: '1' }, []], ['text']],
    ['metadata.mock_outcome', ['processed'], ['paid', 'refunded']],
    ['customer.reference_id', ['1203515'], ['c'.repeat(256)]],
    ['display', [{}], ['all']],
    ['style', [{}], ['dark']],
    ...['hide_header', 'hide_footer', 'hide_progress_bar', 'hide_method_filter', 'hide_lifetime_counter'].map(
      (flag) => [`display.${flag}`, ['1', '0', 'true', 'false'], ['yes', '2', { a: '1' }]],
    ),
    ...['show_methods', 'hide_methods'].map((list) => [
      `display.${list}`,
      [
        'payment_card',
        'payment_card,paypal',
        ['payment_card', 'paypal'],
        { 0: 'payment_card' },
        Array(50).fill('a'.repeat(64)),
      ],
      ['Visa!', ['ok', '<b>'], Array(51).fill('a'), 'a'.repeat(65), { a: { b: 'c' } }],
    ]),
    ['style.pay_button_label', ['pay', 'subscribe', 'donate', 'Buy'], ['b'.repeat(65)]],
    ['style.theme', ['basic', 'light', 'dark'], ['blue']],
    ['style.show_method_logo', ['1', '0', 'true', 'false'], ['maybe']],
    ...[
      'success',
      'warning',
      'danger',
      'info',
      'primary',
      'on_primary',
      'secondary',
      'on_secondary',
      'primary_text',
      'primary_background',
      'secondary_text',
      'secondary_background',
    ]
      .map((color) => `${color}_color`)
      .concat('primary_variant', 'secondary_variant')
      .map((color) => [
        `style.${color}`,
        ['#fff', '#0a7cFF', '#0a7cff80', 'red', 'RebeccaPurple', 'rgb(1, 2, 3)', 'rgba(1 2 3 / 50%)'],
        ['reds', 'fff', '#ff', '#fffff', '#12345g', '#1234567', 'url(x)', '#fff;}', 'rgb(1,2)', 'red;'],
      ]),
  ]) {
    test(`${name}`, async () => {
      const api = await demo.newFrozen();
      const nested = (value) =>
        path
          .split('.')
          .reverse()
          .reduce((inner, key) => ({ [key]: inner }), value);
      for (const value of good) (await byForm(api, nested(value))).expect(303);
      for (const value of bad) {
        assert.deepEqual(wrong(await byForm(api, nested(value))), [path], JSON.stringify(value).slice(0, 80));
        assert.deepEqual(wrong(await byLink(api, nested(value))), [path], JSON.stringify(value).slice(0, 80));
      }
    });
  }

  test('expires: unix seconds from 14 minutes to 2 days ahead', async () => {
    const api = await demo.newFrozen();
    for (const ahead of [14 * 60, 2 * 86400]) (await byLink(api, { expires: String(api.start + ahead) })).expect(302);
    for (const ahead of [14 * 60 - 1, 2 * 86400 + 1, -1]) {
      assert.deepEqual(wrong(await byLink(api, { expires: String(api.start + ahead) })), ['expires']);
    }
    assert.deepEqual(wrong(await byLink(api, { expires: 'soon' })), ['expires']);
  });

  test('an e-mail, a country and a customer without a reference', async () => {
    const api = await demo.newFrozen();
    const customer = { email: 'nobody', address: { country: 'Sweden' } };
    assert.deepEqual(wrong(await byLink(api, { customer })), [
      'customer.address.country',
      'customer.email',
      'customer.reference_id',
    ]);
  });

  test('all invalid parameters are reported together, in JSON or escaped in a page', async () => {
    const api = await demo.newFrozen();
    const bad = {
      currency: undefined,
      amount: '0',
      style: { theme: '<i>', primary_color: 'reds' },
      display: { hide_footer: 'x' },
    };
    const paths = ['amount', 'currency', 'display.hide_footer', 'style.primary_color', 'style.theme'];
    for (const [, order] of WAYS) {
      assert.deepEqual(wrong(await order(api, bad)), paths);
      const page = (await order(api, bad, BROWSER)).expect(422);
      assert.match(page.headers['content-type'], /^text\/html/);
      for (const path of paths) assert.ok(page.text.includes(path), path);
      assert.ok(!page.text.includes('<i>'));
    }
    assert.deepEqual((await api.list()).data, []);
  });

  test('the form accepts and validates the theme options too', async () => {
    const api = await demo.newFrozen();
    const form = { currency: 'USD', amount: '1', service: 'payment_card_usd_hpp' };
    (
      await api.createForm({
        ...form,
        display: { hide_header: '1' },
        style: { theme: 'dark' },
        language: 'ru',
        theme: 'light',
      })
    ).expect(302);
    const bad = { ...form, display: { hide_header: 'x' }, style: { info_color: 'blues' }, theme: 'x', language: 'x' };
    assert.deepEqual(wrong(await api.createForm(bad, { headers: JSON_CLIENT })), [
      'display.hide_header',
      'language',
      'style.info_color',
      'theme',
    ]);
  });

  test('colours that are hard to read are named by the control API', async () => {
    const api = await demo.newFrozen();
    const form = { currency: 'USD', amount: '1', service: 'payment_card_usd_hpp' };
    const faintColours = async (id) => (await api.control('GET', `/payment-invoices/${id}`)).expect(200).json.faint_colours;
    for (const [more, faint] of [
      [{}, /^null$/],
      [{ style: { primary_color: 'navy', theme: 'basic' } }, /^null$/],
      [{ style: { primary_text_color: '#eeeeee', theme: 'basic' } }, /^null$/], // the page gets dark
      [{ style: { primary_text_color: '#eeeeee', primary_background_color: 'white' } },
        /^primary_text_color on primary_background_color 1\.2:1 /],
    ]) {
      (await api.createForm({ ...form, ...more })).expect(302);
      const [{ id }] = (await api.control('GET', '/payment-invoices')).expect(200).json.items;
      assert.match(String(await faintColours(id)), faint);
    }
    const cardgate = { theme_options: { btn_bg_color: '#ffee00', btn_font_color: 'white' } };
    const { id } = await api.made({ gateway_options: { cardgate } });
    assert.match(await faintColours(id), /, on_primary_color on primary_color 1\.2:1 \(light theme\)$/);
  });
});

describe('keys', () => {
  test('missing, unknown, and forbidden by the account', async () => {
    const api = await demo.newFrozen();
    const closed = await demo.newFrozen({ public_creation: false });
    const idle = await demo.newFrozen({ status: 'inactive' });
    for (const [, order] of WAYS) {
      assert.deepEqual(wrong(await order(api, { public_key: undefined })), ['public_key']);
      (await order(api, { public_key: 'pk_test_nobody' })).expect(401);
      const page = (await order(api, { public_key: 'pk_test_nobody' }, BROWSER)).expect(401);
      assert.match(page.headers['content-type'], /^text\/html/);
      (await order(closed)).expect(403);
      (await order(idle)).expect(403);
    }
    assert.deepEqual(wrong(await api.send('GET', '/hpp/', { headers: JSON_CLIENT })), [
      'amount',
      'currency',
      'public_key',
    ]);
  });

  test('an unknown cpi', async () => {
    (await demo.send('GET', '/hpp/?cpi=cpi_0000000000000000', { headers: JSON_CLIENT })).expect(404);
    const page = (await demo.send('GET', '/hpp/?cpi=cpi_0000000000000000', { headers: BROWSER })).expect(404);
    assert.match(page.headers['content-type'], /^text\/html/);
  });
});

describe('the same reference again', () => {
  test('a reload leads to the same invoice, whatever its status', async () => {
    const api = await demo.newFrozen();
    const changes = { reference_id: randomUUID() };
    const first = (await byLink(api, changes)).expect(302).headers.location;
    assert.equal((await byLink(api, changes)).expect(302).headers.location, first);
    assert.equal(
      (await byForm(api, { ...changes, amount: '100.00', description: 'other' })).expect(303).headers.location,
      first,
    );
    await api.advance(1800);
    assert.equal((await byLink(api, changes)).expect(302).headers.location, first);
    assert.equal((await api.list()).data.length, 1);
  });

  test('an invoice created by another API counts too, and no queued outcome is lost', async () => {
    const api = await demo.newFrozen();
    const made = await api.made();
    (await api.outcomes('process_failed:declined')).expect(201);
    const changes = { reference_id: made.attributes.reference_id, service: 'payment_card_usd_hpp' };
    assert.equal((await byLink(api, changes)).expect(302).headers.location, made.attributes.flow_data.action);
    assert.equal((await api.control('GET', '/outcomes')).json.queued.length, 1);
  });

  test('another amount or currency is a conflict', async () => {
    const api = await demo.newFrozen();
    const reference_id = randomUUID();
    const { id } = await ordered(api, { reference_id });
    for (const changes of [{ amount: '100.01' }, { currency: 'EUR' }]) {
      const reply = (await byLink(api, { reference_id, ...changes })).expect(409);
      assert.deepEqual([reply.json.errors[0].code, reply.data.id, reply.data.status], ['409', id, 'created']);
      const page = (await byForm(api, { reference_id, ...changes }, BROWSER)).expect(409);
      assert.match(page.headers['content-type'], /^text\/html/);
    }
    assert.equal((await api.list()).data.length, 1);
  });

  test('another account is not affected', async () => {
    const [one, two] = [await demo.newFrozen(), await demo.newFrozen()];
    const reference_id = randomUUID();
    await ordered(one, { reference_id });
    (await byLink(two, { reference_id, amount: '5' })).expect(302);
  });

  test('without a reference each load is a new order', async () => {
    const api = await demo.newFrozen();
    assert.notEqual((await byLink(api)).headers.location, (await byLink(api)).headers.location);
    assert.equal((await api.list()).data.length, 2);
  });
});

describe('malformed requests', () => {
  test('broken, deep and long queries are rejected or read, never ignored', async () => {
    const api = await demo.newFrozen();
    const base = phpForm(fields(api));
    const deep = (levels) => `metadata${'[a]'.repeat(levels)}=1`;
    for (const [extra, status] of [
      ['%', 302],
      ['%zz=1', 302],
      ['[]=1', 422],
      ['a[b', 302],
      ['&&&', 302],
      ['=', 302],
      ['a%00b=1', 422],
      [deep(65), 422],
      ['display[]=1', 422],
      ['style[theme][]=dark', 422],
      ['customer=x&customer[reference_id]=y', 302],
      ['%ff=1', 422],
      [Array.from({ length: 190 }, (_, i) => `p${i}=`).join('&'), 302],
      [Array.from({ length: 300 }, (_, i) => `p${i}=`).join('&'), 431],
    ]) {
      (await api.send('GET', `/hpp/?${extra}&${base}`, { headers: JSON_CLIENT })).expect(status);
    }
    assert.equal((await newest(api)).attributes.metadata.a, undefined);
    (await api.send('GET', `/hpp/?${deep(64)}&${base}`, { headers: JSON_CLIENT })).expect(302);
    assert.ok((await newest(api)).attributes.metadata.a);
  });

  test('more than a thousand parameters are rejected', async () => {
    const api = await demo.newFrozen();
    const form = (n) => `${'p=1&'.repeat(n)}${phpForm(fields(api))}`;
    const [first] = Object.keys(fields(api));
    assert.deepEqual(wrong(await api.send('POST', '/hpp/', { form: form(1000), headers: JSON_CLIENT })), [first]);
    (await api.send('POST', '/hpp/', { form: form(997), headers: JSON_CLIENT })).expect(303);
  });

  test('too long links and too large bodies are rejected', async () => {
    const api = await demo.newFrozen();
    (await byLink(api, { metadata: { a: 'x'.repeat(9000) } })).expect(414);
    (await byForm(api, { metadata: { a: 'x'.repeat(1 << 20) } })).expect(413);
    (await byForm(api, { metadata: { a: 'x'.repeat(100000) } })).expect(303);
  });

  test('HEAD, the preview of a link, creates no order', async () => {
    const api = await demo.newFrozen();
    const link = `/hpp/?${new URLSearchParams({ public_key: api.account.public_key, currency: 'USD', amount: '10', reference_id: 'seen' })}`;
    (await demo.send('HEAD', link, { headers: { Accept: 'text/html' } })).expect(200);
    assert.equal((await api.list({ 'filter[reference_id]': 'seen' })).expect(200).data.length, 0);
    (await demo.send('GET', link, { headers: { Accept: 'text/html' } })).expect(302);
    assert.equal((await api.list({ 'filter[reference_id]': 'seen' })).expect(200).data.length, 1);
  });

  test('other methods are rejected', async () => {
    const reply = (await demo.send('PUT', '/hpp/', { headers: JSON_CLIENT })).expect(405);
    assert.deepEqual(reply.headers.allow.split(/\s*,\s*/).sort(), ['GET', 'HEAD', 'OPTIONS', 'POST']);
  });
});
