import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { Client, DEMO, basic, invoice, query, rawExchange } from '../lib/client.js';
import { startServer } from '../lib/server.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);
const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };
const CARD = '4111111111111111';
const GOOD_CARD = '5123817234060000'; // the first test card, which is accepted

async function requests(api, parameters = {}) {
  return (await api.control('GET', '/requests', undefined, { parameters })).expect(200).json;
}
/** The newest request of the journal. */
const newest = async (api, parameters = {}) => (await requests(api, { limit: 1, ...parameters })).items[0];
const header = (item, name) => Object.entries(item.headers).find(([key]) => key.toLowerCase() === name)?.[1];

describe('records', () => {
  test('a call with its headers, bodies, status and invoice', async () => {
    const api = await demo.newAccount();
    const since = Date.now();
    const attributes = invoice({ metadata: { note: 'grüße', slash: '/' } });
    const reply = await api.create(attributes, { headers: { 'X-Mock-Outcome': 'process_pending', 'X-Own': 'a, b' } });
    const { items, total, next } = await requests(api);
    assert.deepEqual([items.length, total, next], [1, 1, null]);
    const [item] = items;
    assert.match(item.id, /^req_\d+$/);
    assert.ok(item.at >= since && item.at <= Date.now());
    assert.deepEqual([item.kind, item.method, item.path, item.status], ['api', 'POST', '/payment-invoices', 201]);
    assert.equal(item.body, JSON.stringify({ data: { type: 'payment-invoices', attributes } }));
    assert.equal(item.body_size, Buffer.byteLength(item.body));
    assert.equal(item.response, reply.text);
    assert.equal(item.response_size, reply.raw.length);
    assert.equal(item.invoice, reply.json.data.id);
    assert.deepEqual([item.unmatched, item.explain], [false, null]);
    assert.equal(header(item, 'x-own'), 'a, b');
    assert.equal(header(item, 'x-mock-outcome'), 'process_pending');
    assert.ok(item.took_us > 0);
  });

  test('a page visit, with the raw query', async () => {
    const api = await demo.newAccount();
    const { id, attributes } = await api.made({}, hold);
    const path = attributes.flow_data.action.slice(server.url.length);
    (await api.send('GET', `${path}?x=%41&y[]=2`, { headers: { Accept: 'text/html' } })).expect(200);
    (await api.send('HEAD', path)).expect(200);
    const { items } = await requests(api, { kind: 'page' });
    assert.deepEqual(items.map((i) => [i.method, i.path, i.status, i.invoice]),
      [['HEAD', path, 200, id], ['GET', `${path}?x=%41&y[]=2`, 200, id]]);
  });

  test('binary bodies', async () => {
    const api = await demo.newAccount();
    const body = Buffer.from([0x7b, 0xff, 0x00, 0xfe]);
    (await api.private('POST', '/payment-invoices', { body, headers: { 'Content-Type': 'application/json' } })).expect(
      400,
    );
    const item = await newest(api);
    assert.equal(item.body, undefined);
    assert.deepEqual(Buffer.from(item.body_base64, 'base64'), body);
  });

  test('long bodies are truncated, with their size', async () => {
    const api = await demo.newAccount();
    const text = `{"a":"${'ü'.repeat(200_000)}"}`;
    (await api.private('POST', '/payment-invoices', { body: text })).expect(422);
    const item = await newest(api);
    assert.equal(item.body_size, Buffer.byteLength(text));
    assert.ok(item.body.length > 100_000 && item.body.length < text.length);
    assert.ok(text.startsWith(item.body));
  });

  test('calls under /_mock/ only if they change something', async () => {
    const api = await demo.newAccount();
    const { id } = await api.made({}, hold);
    (await api.control('GET', '/clock')).expect(200);
    await api.timeline(id);
    await api.freeze();
    (await api.transition(id, { status: 'processed' })).expect(200);
    const { items } = await requests(api, { path: '/_mock/*' });
    assert.deepEqual(items.map((i) => [i.method, i.path.split('?')[0], i.invoice]),
      [['POST', `/_mock/payment-invoices/${id}/transition`, id], ['PUT', '/_mock/clock', null]]);
  });

  test('an advance, after its response', async () => {
    const api = await demo.newAccount();
    await api.freeze();
    await api.advance(5);
    assert.equal((await newest(api)).path.split('?')[0], '/_mock/clock/advance');
  });
});

describe('secrets', () => {
  // a word that occurs nowhere else: digits also occur in times, ids and durations
  const CODE = 'qzv';
  const clean = (item, ...secrets) => {
    const text = JSON.stringify(item);
    for (const secret of secrets) assert.ok(!text.includes(secret), `${secret} in ${text.slice(0, 500)}`);
  };

  test('are masked in Authorization, tokens, cookies and key headers', async () => {
    const api = await demo.newAccount();
    (
      await api.private('GET', '/payment-services', {
        headers: { Cookie: 'session=crumbs', 'X-Mock-Token': 'tokentoken', 'X-Api-Key': 'keykeykey' },
      })
    ).expect(200);
    const item = await newest(api);
    clean(
      item,
      api.account.api_key,
      basic(api.account.id, api.account.api_key).slice(6),
      'crumbs',
      'tokentoken',
      'keykeykey',
    );
    assert.equal(header(item, 'authorization'), 'Basic ***');
    assert.equal(header(item, 'cookie'), '***');
  });

  test('card numbers and codes are masked in the form, the card gate and the control API', async () => {
    const api = await demo.newAccount();
    const { id, attributes } = await api.made({}, hold);
    const page = attributes.flow_data.action.slice(server.url.length);
    const { text } = await api.send('GET', page, { headers: { Accept: 'text/html' } });
    const csrf = /name="csrf" value="([^"]+)"/.exec(text)[1];
    const form = { csrf, card_number: '4111 1111 1111 1111', expiry: '12/34', cvv: CODE, holder: 'A B' };
    await api.send('POST', page, { form });
    clean(await newest(api), CARD, '4111+1111', CODE);
    const sale = { card_number: CARD, cvv: CODE, exp_month: '12', exp_year: '34', card_holder: 'A B' };
    await api.send('POST', '/payment/sale', { json: sale, auth: `Bearer ${attributes.flow_data.metadata.token}` });
    const sold = await newest(api);
    clean(sold, CARD, CODE, attributes.flow_data.metadata.token);
    assert.deepEqual(JSON.parse(sold.body), { ...sale, card_number: '411111******1111', cvv: '***' });
    await api.pay(id, { card_number: CARD, expiry: '1234', cvv: CODE });
    clean(await newest(api), CARD, CODE);
  });

  test('are masked in unknown paths, in queries and elsewhere', async () => {
    const api = await demo.newAccount();
    await api.private('POST', '/payment/sales', { json: { card_number: CARD, cvv: 987 }, check: false });
    const item = await newest(api);
    clean(item, CARD);
    assert.deepEqual(JSON.parse(item.body), { card_number: '411111******1111', cvv: 100 });
    await api.private('GET', `/payment-services${query({ card_number: CARD, token: 'tokentoken' })}`);
    clean(await newest(api), CARD, 'tokentoken');
    const { id } = await api.made({ metadata: { note: `card ${CARD}, key ${api.account.secret_key}` } }, hold);
    clean(await newest(api), CARD, api.account.secret_key);
    (await api.get(id)).expect(200);
    clean(await newest(api), CARD, api.account.secret_key);
  });

  test('the keys of an account are masked in responses', async () => {
    const made = await demo.newAccount();
    const { items } = await requests(demo, { path: '/_mock/accounts', method: 'POST' });
    clean(items, made.account.api_key, made.account.secret_key, made.account.secret_live_key);
    assert.ok(items[0].response.includes(made.account.public_key));
  });
});

describe('search', () => {
  let api;
  let made;
  before(async () => {
    api = await demo.newAccount();
    made = [];
    for (let i = 0; i < 3; i++) made.push(await api.made({ reference_id: `order-${i}` }, hold));
    await api.get(made[0].id);
    await api.private('GET', `/api/payment-invoices/${made[0].id}/`);
    await api.create({ reference_id: 'order-9' });
    await api.private('GET', '/payment-invoices/cpi_0000000000000000');
  });
  const count = async (parameters) => {
    const { items, total } = await requests(api, parameters);
    assert.equal(items.length, total);
    return total;
  };

  test('by method, status and path', async () => {
    assert.equal(await count(), 7);
    assert.equal(await count({ method: 'post' }), 4);
    assert.equal(await count({ status: '201' }), 3);
    assert.equal(await count({ status: '4xx' }), 2);
    assert.equal(await count({ path: '/payment-invoices' }), 4);
    assert.equal(await count({ path: '/payment-invoices/*' }), 3);
    assert.equal(await count({ path: `/payment-invoices/${made[0].id}` }), 2);
    assert.equal(await count({ path: '/api/*' }), 1);
    assert.equal(await count({ path: '*voices*cpi_*0*' }), await count({ path: '*voices*cpi_*0*', method: 'GET' }));
    assert.equal(await count({ path: '/payment' }), 0);
  });

  test('by invoice and reference', async () => {
    assert.equal(await count({ invoice: made[0].id }), 3);
    assert.equal(await count({ reference_id: 'order-0' }), 3);
    assert.equal(await count({ reference_id: 'order-9' }), 1); // rejected, so there is no invoice
    assert.equal(await count({ reference_id: 'order-7' }), 0);
  });

  test('by time, including both ends', async () => {
    const { items } = await requests(api);
    const [last, first] = [items[0].at, items.at(-1).at];
    assert.equal(await count({ from: first, to: last }), 7);
    assert.equal(await count({ from: last + 1 }), 0);
    assert.equal(await count({ to: first - 1 }), 0);
    assert.equal(await count({ from: last }), items.filter((i) => i.at >= last).length);
  });

  test('in pages, newest first', async () => {
    const all = (await requests(api)).items.map((i) => i.id);
    const seen = [];
    let after;
    do {
      const page = await requests(api, { limit: 3, after });
      assert.equal(page.total, 7);
      seen.push(...page.items.map((i) => i.id));
      after = page.next ?? undefined;
    } while (after);
    assert.deepEqual(seen, all);
    const numbers = all.map((id) => Number(id.slice(4)));
    assert.deepEqual(numbers, [...numbers].sort((a, b) => b - a));
  });

  test('one request by its id', async () => {
    const { items: [, second] } = await requests(api);
    const { items, total } = await requests(api, { id: second.id });
    assert.deepEqual([items, total], [[second], 1]);
    assert.equal((await requests(api, { id: 'req_999999999' })).total, 0);
  });

  test('counts the matches', async () => {
    const { counts } = await requests(api);
    assert.deepEqual(counts, {
      api: 7, page: 0, unmatched: 0,
      by_status: { 200: 2, 201: 3, 404: 1, 422: 1 },
      by_route: { 'POST /payment-invoices': 4, 'GET /payment-invoices/{id}': 3 },
    });
    assert.deepEqual((await requests(api, { status: '422' })).counts.by_route, { 'POST /payment-invoices': 1 });
  });

  test('invalid filters are rejected', async () => {
    for (const bad of [
      { status: '6xx' },
      { status: 'x' },
      { from: 'now' },
      { to: '' },
      { kind: 'other' },
      { unmatched: 'perhaps' },
      { id: '17' },
      { id: 'req_' },
      { limit: 0 },
      { after: 'cb_1' },
      { other: 1 },
    ]) {
      const reply = await api.control('GET', '/requests', undefined, { parameters: bad });
      reply.expect(422);
    }
    (await api.control('GET', '/requests', undefined, { parameters: { invoice: 'cpi_0000000000000000' } })).expect(404);
  });
});

describe('accounts', () => {
  test('each account sees its own requests, and DELETE affects no other', async () => {
    const one = await demo.newAccount();
    const two = await demo.newAccount();
    await one.made({}, hold);
    await two.made({}, hold);
    await two.made({}, hold);
    assert.deepEqual((await one.control('DELETE', '/requests')).expect(200).json, { deleted: 1 });
    assert.equal((await requests(one)).total, 0);
    assert.equal((await requests(two)).total, 2);
    await one.made({}, hold);
    assert.equal((await requests(one)).total, 1);
  });

  test('reset deletes them', async () => {
    const api = await demo.newAccount();
    await api.made({}, hold);
    (await api.control('POST', '/reset')).expect(200);
    assert.equal((await requests(api)).total, 0);
  });

  test('requests without an account belong to the demo account, or to the account of the login', async () => {
    const api = await demo.newAccount();
    const path = `/nowhere-${Date.now()}`;
    await api.send('GET', path, { check: false });
    await api.private('PUT', '/payment-invoices', { check: false });
    await api.private('GET', path, { check: false, auth: basic(api.account.id, 'wrong') });
    assert.equal((await requests(demo, { path, unmatched: 'true' })).total, 2);
    const own = await requests(api, { unmatched: 'true' });
    assert.deepEqual(own.items.map((i) => [i.status, i.unmatched]), [[404, true], [405, true]]);
    assert.equal((await requests(api, { unmatched: 'false' })).total, 0);
  });
});

describe('explain', () => {
  test('names a field of an accepted call that is probably mistyped, also in the log', async () => {
    const own = await startServer();
    const api = new Client(own);
    const hint = async () => (await newest(api)).explain;
    const { id } = await api.made({ testmode: true });
    const message = 'the field testmode is unknown and has no effect; did you mean test_mode?';
    assert.deepEqual(await hint(), { rule: 'unknown_field', where: 'body', message, nearest: null, fields: {} });
    await api.made({ customer: { reference_id: 'c-1', emial: 'a@example.com' } });
    assert.match((await hint()).message, /^the field customer\.emial .* did you mean email\?$/);
    await api.wait({ invoice: id, status: 'processed' });
    (await api.private('POST', `/payment-invoices/${id}/refund`, { json: { amout: 1 } })).expect(200);
    assert.match((await hint()).message, /^the field amout .* did you mean amount\?$/);
    for (const more of [{ shop_note: 'x' }, { description: 'a', descriptor: 'b' }, { services: 1 }]) {
      await api.made({ ...more });
      assert.equal(await hint(), null, JSON.stringify(more));
    }
    for (const [query, message] of [
      ['filter[reference]=x', 'filter[reference] is ignored: there is no such filter; did you mean filter[reference_id]?'],
      ['filter[colour]=red', 'filter[colour] is ignored: there is no such filter'],
      ['reference_id=x', 'reference_id is ignored: write filter[reference_id]'],
      ['status=x&filter[refrence_id]=x&filter[colour]=red', '3 parameters are ignored: status (write filter[status]), '
        + 'filter[refrence_id] (did you mean filter[reference_id]?), filter[colour] (there is no such filter)'],
    ]) {
      for (const method of ['GET', 'HEAD']) {
        (await api.private(method, `/payment-invoices?${query}`)).expect(200);
        assert.deepEqual(await hint(), { rule: 'unknown_field', where: 'query', message, nearest: null, fields: {} });
      }
    }
    (await api.private('GET', '/payment-invoices?filter[reference_id]=x&page[size]=1&t=1')).expect(200);
    assert.equal(await hint(), null, 'a filter, a page, and what is nobody\'s');
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`unrelated_${i}`, i]));
    await api.made({ ...many, testmode: true });
    assert.equal(await hint(), null, 'beyond the names that are compared');
    await own.stop();
    assert.match(own.stderr, /warn.*mistyped.*201.*\/payment-invoices.*testmode is unknown/);
  });

  const explain = async (api, method, path, options) => {
    await api.send(method, path, { check: false, ...options });
    return (await newest(demo)).explain;
  };

  test('an unknown path: the most similar one', async () => {
    for (const [method, path, nearest] of [
      ['POST', '/payment-invoice', 'POST /payment-invoices'],
      ['GET', '/payment-invoice/cpi_1', 'GET /payment-invoices/{id}'],
      ['GET', '/v1/payment-services?page[size]=2', 'GET /payment-services'],
      ['POST', '/public-api/prerequest', 'POST /public-api/payment-prerequest'],
      ['POST', '/_mock/rest', 'POST /_mock/reset'],
    ]) {
      const why = await explain(demo, method, path);
      assert.deepEqual([why.rule, why.where, why.nearest], ['unknown_path', 'path', nearest], path);
    }
    const why = await explain(demo, 'GET', '/a%2fb');
    assert.equal(why.rule, 'unreadable_path');
  });

  test('an unknown method: the methods of the path', async () => {
    const why = await explain(demo, 'DELETE', '/payment-services/payment_card_usd_hpp');
    assert.deepEqual(
      [why.rule, why.where, why.nearest],
      ['method_not_allowed', 'method', 'GET /payment-services/{id}'],
    );
  });

  test('401: what is wrong with the credentials, without keys', async () => {
    const api = await demo.newAccount();
    const { account } = api;
    const rules = {
      no_credentials: undefined,
      no_basic: `Bearer ${account.api_key}`,
      unknown_login: basic('coma_0000000000000000', account.api_key),
      key_as_login: basic(account.api_key, ''),
      wrong_api_key: basic(account.id, `${account.api_key}x`),
      public_key_as_api_key: basic(account.id, account.public_key),
      secret_key_as_api_key: basic(account.id, account.secret_live_key),
      foreign_api_key: basic(account.id, DEMO.api_key),
    };
    for (const [rule, auth] of Object.entries(rules)) {
      (await api.send('GET', '/payment-services', { auth })).expect(401);
      const item = await newest(demo);
      assert.equal(item.explain.rule, rule);
      assert.equal(item.explain.where, 'Authorization');
      assert.ok(item.unmatched);
      for (const secret of [account.api_key, account.secret_live_key, DEMO.api_key])
        assert.ok(!JSON.stringify(item).includes(secret), rule);
      assert.equal(
        item.explain.message.includes(account.id),
        ['wrong_api_key', 'public_key_as_api_key', 'secret_key_as_api_key', 'foreign_api_key'].includes(rule),
      );
    }
    (await api.createPublic(invoice({ public_key: 'pk_test_nobody' }))).expect(401);
    const why = (await newest(demo)).explain;
    assert.deepEqual([why.rule, why.where], ['unknown_key', 'public_key']);
  });

  test('422: the fields and the accepted values', async () => {
    const api = await demo.newAccount();
    (
      await api.create(
        invoice({
          flow: 'refund',
          currency: 'usd',
          return_url: 'nowhere',
          customer: {},
          amount: -1,
          metadata: { mock_outcome: 'nonsense' },
        }),
      )
    ).expect(422);
    const { explain: why, unmatched } = await newest(api);
    assert.deepEqual([why.rule, unmatched], ['invalid_fields', false]);
    assert.equal(why.fields.flow.accepted, 'one of charge, verify');
    assert.match(why.fields.return_url.accepted, /http or https URL/);
    assert.match(why.fields['customer.reference_id'].accepted, /255 characters/);
    assert.match(why.fields.amount.message, /greater than 0/);
    assert.match(why.fields['metadata.mock_outcome'].accepted, /STATUS/);
    (await api.outcomes('nonsense')).expect(422);
    const control = (await newest(api)).explain;
    assert.notEqual(control.rule, 'invalid_fields');
    assert.match(control.message, /nonsense/);
  });

  test('422 of a payout: its own fields', async () => {
    const api = await demo.newAccount();
    const fields = {
      card_number: 4111111111111111,
      test_details_payout_status: 'paid',
      test_details_success_rate: '101',
    };
    (
      await api.private('POST', '/payout-invoices', {
        json: { service: 'test_usd_test', currency: 'USD', amount: 1, options: { auto_process: 'x' } },
      })
    ).expect(422);
    const { fields: first } = (await newest(api)).explain;
    assert.match(first.service.accepted, /payout-services/);
    assert.match(first['options.auto_process'].accepted, /true or false/);
    (
      await api.private('POST', '/payout-invoices', {
        json: { service: 'test_usd', currency: 'USD', amount: 1, fields },
      })
    ).expect(422);
    const { fields: second } = (await newest(api)).explain;
    assert.deepEqual(Object.keys(second).sort(), [
      'fields.account',
      ...Object.keys(fields).map((name) => `fields.${name}`),
    ]);
    for (const name of Object.keys(fields)) assert.ok(second[`fields.${name}`].accepted, name);
  });

  test('400 and 403 have the reason', async () => {
    const api = await demo.newAccount({ public_creation: false });
    (await api.private('POST', '/payment-invoices', { body: '{"data":' })).expect(400);
    const broken = (await newest(api)).explain;
    assert.deepEqual([broken.rule, broken.where], ['unreadable_body', 'body']);
    assert.notEqual(broken.message, '');
    (await api.create(invoice(), { headers: { 'X-Mock-Outcom': 'processed' } })).expect(400);
    const { rule, where, message } = (await newest(api)).explain;
    assert.deepEqual([rule, where], ['unknown_header', 'header']);
    assert.match(message, /did you mean X-Mock-Outcome\?$/);
    (await api.createPublic(invoice())).expect(403);
    assert.match((await newest(api)).explain.message, /switched off/);
    (await demo.send('POST', '/_mock/reset', { headers: { Origin: 'https://evil.example' } })).expect(403);
    assert.equal((await newest(demo)).explain.rule, 'origin_not_allowed');
  });

  test('a read of an unknown object', async () => {
    const api = await demo.newAccount();
    (await api.get('cpi_0000000000000000')).expect(404);
    assert.equal((await newest(api)).explain.rule, 'unknown_resource');
  });
});

describe('faults', () => {
  const fault = async (api, body) => (await api.control('POST', '/faults', body)).expect(201).json;

  test('a call names its fault, with or without a response', async () => {
    const api = await demo.newAccount();
    await fault(api, { on: 'api', fault: 'status', status: 502, times: 1 });
    await fault(api, { on: 'api', fault: 'reset', times: 1 });
    (await api.services({}, { check: false })).expect(502);
    await assert.rejects(api.with(api.account).services()); // on a new connection: the client would retry on a kept one
    (await api.services()).expect(200);
    const { items, counts } = await requests(api, { path: '/payment-services' });
    assert.deepEqual(
      items.map((i) => [i.status, i.fault, i.unmatched]),
      [
        [200, null, false],
        [null, 'reset', false],
        [502, 'status', false],
      ],
    );
    assert.deepEqual(counts.by_status, { 200: 1, 502: 1, none: 1 });
  });

  test('a delayed call is recorded once', async () => {
    const api = await demo.newAccount();
    await fault(api, { on: 'api', fault: 'delay', delay: '100ms', times: 1 });
    const { id } = await api.made({}, hold);
    const { items } = await requests(api, { path: '/payment-invoices' });
    assert.deepEqual(items.map((i) => [i.status, i.fault, i.invoice]), [[201, 'delay', id]]);
    assert.ok(items[0].took_us >= 10_000, `${items[0].took_us}`);
  });

  test('the timeline has the faults of calls and callbacks', async () => {
    const api = await demo.newAccount();
    await fault(api, { on: 'callback', fault: 'drop', times: 1 });
    await fault(api, { on: 'api', match: { method: 'GET' }, fault: 'status', status: 503, times: 1 });
    const { id } = await api.made({ callback_url: 'http://127.0.0.1:9/c' }, hold);
    (await api.get(id, { check: false })).expect(503);
    const { items } = await api.timeline(id);
    assert.deepEqual(
      items.filter((i) => i.kind === 'fault').map((i) => [i.on, i.fault]),
      [
        ['callback', 'drop'],
        ['api', 'status'],
      ],
    );
  });
});

describe('limits', () => {
  test('--journal N keeps the last N', async () => {
    const small = await startServer({ args: ['--journal', '20', '--log-level', 'error'] });
    try {
      const client = new Client(small);
      for (let i = 0; i < 50; i++) await client.send('GET', `/payment-services?n=${i}`, { auth: client.auth });
      const { items, total } = await requests(client);
      assert.equal(total, 20);
      assert.deepEqual(items.map((i) => i.path), Array.from({ length: 20 }, (_, i) => `/payment-services?n=${49 - i}`));
    } finally {
      await small.stop();
    }
  });

  test('--journal off keeps nothing and reports this', async () => {
    const off = await startServer({ args: ['--journal', 'off'] });
    try {
      const client = new Client(off);
      const { id } = await client.made({}, hold);
      for (const [method, path] of [
        ['GET', '/requests'],
        ['DELETE', '/requests'],
        ['GET', '/events'],
        ['GET', '/wait?requests=1'],
        ['GET', `/payment-invoices/${id}/export`],
      ]) {
        const reply = (await client.send(method, `/_mock${path}`)).expect(409);
        assert.equal(reply.json.error.code, 'journal_off');
      }
      assert.deepEqual((await client.timeline(id)).items.map((i) => i.kind), ['transition', 'transition']);
    } finally {
      await off.stop();
    }
  });

  test('large bodies evict the oldest records', async () => {
    const other = await startServer({ args: ['--log-level', 'error'] });
    try {
      const client = new Client(other, DEMO, { check: false });
      const body = `{"a":"${'x'.repeat(250_000)}"}`;
      for (let i = 0; i < 100; i++) (await client.private('POST', '/payment-invoices', { body })).expect(422);
      const { total, items, next } = await requests(client, { limit: 1000 });
      assert.ok(total > 40 && total < 70, `${total}`);
      assert.ok(items.length < total && next, 'a page is bounded too');
      assert.equal(items[0].body, body);
    } finally {
      await other.stop();
    }
  });

  test('any request line is recorded', async () => {
    const reply = await rawExchange(
      server,
      `GET /${'a'.repeat(9000)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    );
    assert.equal(reply.status, 404);
    const item = await newest(demo);
    assert.equal(item.explain.rule, 'unreadable_path');
    assert.ok(item.path.length > 8000 && item.path.length <= 8192);
  });
});

describe('export', () => {
  const script = async (api, id) =>
    (await api.control('GET', `/payment-invoices/${id}/export`, undefined, { parameters: { as: 'curl' } })).expect(200);

  test('the script repeats the calls', async () => {
    const api = await demo.newAccount();
    const reference = `it's "quoted" $HOME \`x\` \\ ${Date.now()}`;
    const { id } = await api.made({ reference_id: reference, metadata: { '@': "'" } }, hold);
    (await api.pay(id, { card_number: GOOD_CARD, expiry: '1234', cvv: '123' })).expect(200);
    (await api.get(id)).expect(200);
    const reply = await script(api, id);
    assert.match(reply.headers['content-type'], /^text\/plain/);
    assert.ok(!reply.text.includes(api.account.api_key));
    assert.match(reply.text, /\$MILKYPAY_API_KEY/);
    assert.match(reply.text, /\$MILKYPAY_CARD_NUMBER/);
    const before = (await requests(api)).items;
    (await api.control('DELETE', '/requests')).expect(200);
    const env = { PATH: process.env.PATH, MILKYPAY_API_KEY: api.account.api_key };
    const { stdout } = await promisify(execFile)('sh', ['-c', reply.text], { env });
    assert.ok(stdout.includes(id));
    const again = (await requests(api)).items;
    const shape = (items) =>
      items.map((i) => [i.method, i.path, i.body, header(i, 'content-type'), header(i, 'x-mock-outcome')]);
    assert.deepEqual(shape(again), shape(before));
    assert.deepEqual(again.map((i) => i.status), [200, 409, 409]); // already paid, already created
  });

  test('a body without a type, and one that was cut, are marked in the script', async () => {
    const api = await demo.newAccount();
    const { id } = await api.made({}, hold);
    const path = `/payment-invoices/${id}/refund`;
    await api.private('POST', path, { body: '{}', headers: {}, check: false });
    const body = JSON.stringify({ data: { type: 'refund', attributes: { description: 'x'.repeat(300_000) } } });
    await api.private('POST', path, { body, headers: { 'Content-Type': 'application/json' }, check: false });
    const { text } = await script(api, id);
    assert.match(text, /^ {2}-H 'Content-Type:'/m);
    assert.match(text, /^# the body was longer: the journal keeps only the beginning$/m);
  });

  test('without its variables the script names them', async () => {
    const api = await demo.newAccount();
    const { id } = await api.made({}, hold);
    const { text } = await script(api, id);
    const failed = await promisify(execFile)('sh', ['-c', text], { env: { PATH: process.env.PATH } }).catch(
      (error) => error,
    );
    assert.match(failed.stderr, /MILKYPAY_API_KEY.*API key/);
  });

  test('each call uses its original credentials', async () => {
    const guarded = await startServer({ args: ['--control-token', 'of-the-control-api'] });
    try {
      const api = new Client(guarded);
      api.controlHeaders = { 'X-Mock-Token': 'of-the-control-api' };
      const { id, attributes } = await api.made({}, hold);
      const { token } = attributes.flow_data.metadata;
      const sale = (scheme) => api.send('POST', '/payment/sale', { json: {}, auth: `${scheme} ${token}` });
      (await api.send('HEAD', `/payment-invoices/${id}`, { auth: api.auth })).expect(200);
      (await api.send('GET', `/api/payment-invoices/${id}?x=[1]`, { auth: api.auth })).expect(200);
      (await sale('Bearer')).expect(422);
      (await sale('bearer')).expect(422);
      (await api.control('POST', `/payment-invoices/${id}/transition`, { status: 'processed' })).expect(200);
      const calls = (await script(api, id)).text.split(/^# \d+\. /m).slice(1);
      const wanted = [
        [/^POST .* -> 201\n/, /-X 'POST'/, /-u "\$MILKYPAY_ACCOUNT_ID:\$MILKYPAY_API_KEY"/],
        [/^HEAD .* -> 200\n/, /--head/, /-u "\$MILKYPAY_ACCOUNT_ID:\$MILKYPAY_API_KEY"/],
        [/^GET .* -> 200\n/, /--request-target '.*\?x=\[1\]'/, /-u "\$MILKYPAY_ACCOUNT_ID:/],
        [/^POST .* -> 422\n/, /-H "Authorization: Bearer \$MILKYPAY_TOKEN"/],
        [/^POST .* -> 422\n/, /-H 'Authorization: bearer '"\$MILKYPAY_/],
        [/^POST .* -> 200\n/, /-H "X-Mock-Token: \$MILKYPAY_CONTROL_TOKEN"/],
      ];
      assert.equal(calls.length, wanted.length);
      for (const [i, patterns] of wanted.entries())
        for (const pattern of patterns) assert.match(calls[i], pattern);
    } finally {
      await guarded.stop();
    }
  });

  test('only for curl and for invoices of the account', async () => {
    const api = await demo.newAccount();
    const { id } = await api.made({}, hold);
    (await api.control('GET', `/payment-invoices/${id}/export`, undefined, { parameters: { as: 'har' } })).expect(422);
    (await demo.control('GET', `/payment-invoices/${id}/export`)).expect(404);
  });
});

test('the log has the request id in transitions and callbacks', async () => {
  const { startSink } = await import('../lib/sink.js');
  const other = await startServer({ args: ['--log-format', 'json'] });
  const client = new Client(other);
  const api = await client.newAccount();
  const sink = await startSink({ account: api.account });
  const { id } = await api.made({ callback_url: `${sink.url}/c` }, hold);
  await sink.got(1);
  await api.idle();
  const { items: [item] } = await requests(api);
  await other.stop();
  const lines = other.stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter((line) => line.request === item.id);
  assert.deepEqual(lines.map((line) => line.event).sort(), ['callback', 'request', 'transition']);
  for (const line of lines) assert.equal(line.invoice, id);
  await sink.stop();
});
