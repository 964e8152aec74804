// The API of the dashboard: page and cookie, search for invoices, an invoice with its possible transitions, sinks.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client, invoice } from '../lib/client.js';
import { contract } from '../lib/contract.js';
import { startServer } from '../lib/server.js';

const TOKEN = 'a;token=with+"signs"&%41';
const server = await startServer();
const closed = await startServer({ args: ['--control-token', TOKEN] });
after(() => Promise.all([server.stop(), closed.stop()]));
const demo = new Client(server);
const BROWSER = { headers: { Accept: 'text/html,application/xhtml+xml' } };
const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };

const search = async (api, parameters = {}) =>
  (await api.control('GET', '/payment-invoices', undefined, { parameters })).expect(200).json;
const references = (page) => page.items.map(({ reference_id: reference }) => reference);
const refused = (reply, status, code, message = /./) => {
  const { error } = reply.expect(status).json;
  assert.equal(error.code, code);
  assert.match(error.message, message);
};

test('the statuses are those of the document, with their properties', async () => {
  const { items, total } = (await demo.send('GET', '/_mock/statuses')).expect(200).json;
  const { Status } = contract().document.components.schemas;
  assert.deepEqual(items.map(({ status }) => status), Status.enum);
  assert.equal(total, Status.enum.length);
  const names = (fits) => items.filter(fits).map(({ status }) => status);
  assert.deepEqual(
    names(({ kinds }) => kinds.includes('payout')),
    ['created', 'expired', 'process_pending', 'processed', 'process_failed', 'partially_processed', 'terminated',
      'canceled', 'partially_canceled', 'processing', 'process_error', 'canceling', 'cancel_pending', 'cancel_error',
      'cancel_failed'],
  );
  const { PayoutStatus } = contract().document.components.schemas;
  assert.deepEqual(names(({ kinds }) => kinds.includes('payout')), PayoutStatus.enum);
  assert.deepEqual(names(({ kinds }) => !kinds.includes('payment')), ['canceled', 'partially_canceled', 'canceling',
    'cancel_pending', 'cancel_error', 'cancel_failed']);
  assert.deepEqual(names(({ profiles }) => !profiles.includes('2020')), ['processing', 'process_error',
    'verify_failed', 'authorize_failed', 'refunding', 'canceling', 'cancel_pending', 'cancel_error', 'cancel_failed']);
  assert.deepEqual(names(({ profiles }) => !profiles.includes('2024')), []);
  assert.deepEqual(names(({ failure }) => failure), ['expired', 'process_failed', 'refund_failed', 'terminated',
    'verify_failed', 'authorize_failed', 'cancel_failed']);
  assert.deepEqual(names(({ final }) => !final), ['created', 'process_pending', 'refund_pending', 'processing',
    'process_error', 'refunding', 'canceling', 'cancel_pending', 'cancel_error']);
  assert.deepEqual(names(({ part }) => part),
    ['partially_refunded', 'partially_charged_back', 'partially_processed', 'partially_canceled']);
  const next = (name) => items.find(({ status }) => status === name).next;
  assert.deepEqual(next('created').payment, ['expired', 'process_pending', 'terminated']);
  assert.deepEqual(next('cancel_failed'),
    { payment: [], payout: ['canceled', 'partially_canceled', 'canceling', 'cancel_pending'] });
  assert.deepEqual(names(({ money }) => money === 'paid'), ['processed', 'partially_processed']);
});

test('the resolutions are those that an outcome may name, with their meaning', async () => {
  const { items, total } = (await demo.send('GET', '/_mock/resolutions')).expect(200).json;
  const names = items.map(({ resolution }) => resolution);
  assert.deepEqual(names.slice(0, 3), ['ok', 'expired', 'general_decline']);
  assert.equal(new Set(names).size, total);
  assert.equal(items.find(({ resolution }) => resolution === 'insufficient_funds').text, 'The card has insufficient funds.');
  const api = await demo.newAccount();
  const outcomes = names.slice(1).map((name) => `process_failed:${name}`);
  (await api.control('POST', '/outcomes', { outcomes })).expect(201);
});

test('the dashboard describes the faults of the document', async () => {
  const { text } = (await demo.send('GET', '/_mock/assets/dashboard_views.js')).expect(200);
  const tables = text.match(/_FAULTS = \{[^}]*\}/g).join('');
  const names = new Set([...tables.matchAll(/^ {2}(\w+): /gm)].map(([, name]) => name));
  const { fault } = contract().document.components.schemas.FaultValues.properties;
  assert.deepEqual([...names].sort(), [...fault.enum].sort());
});

describe('the page', () => {
  test('GET / redirects browsers to it, and is 404 for others', async () => {
    assert.equal((await demo.send('GET', '/', BROWSER)).expect(302).headers.location, '/_mock/');
    (await demo.send('GET', '/')).expect(404);
    for (const { headers } of [BROWSER, {}]) {
      const reply = await demo.send('GET', '/', { headers: { ...headers, Host: 'mock.example' } });
      refused(reply, 403, 'host_not_allowed');
      assert.match(reply.headers['x-mock-reason'], /^Host must be .*--allow-host mock\.example adds this one$/);
    }
    (await demo.private('GET', '/api')).expect(404);
    (await demo.send('POST', '/', { json: {} })).expect(405);
  });

  test('belongs to the requested account, or to the demo account', async () => {
    for (const path of ['/_mock/', '/_mock']) {
      const page = (await demo.send('GET', path)).expect(200);
      assert.match(page.headers['content-type'], /^text\/html/);
      assert.match(page.text, /data-account="coma_Demo4DocsAccount"/);
    }
    const { account } = await demo.newAccount();
    assert.ok(
      (await demo.send('GET', `/_mock/?account=${account.id}`))
        .expect(200)
        .text.includes(`data-account="${account.id}" data-demo="coma_Demo4DocsAccount" data-asked`),
    );
    const odd = (await demo.send('GET', '/_mock/?account=%22%3E%3Cscript%3E', { check: false })).expect(200).text;
    assert.ok(odd.includes('data-account="&quot;&gt;&lt;script&gt;"'), 'no markup from outside');
  });

  test('loads nothing from other origins and cannot be framed', async () => {
    const { headers } = (await demo.send('GET', '/_mock/')).expect(200);
    const policy = headers['content-security-policy'];
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /script-src 'self';/);
    assert.match(policy, /style-src 'self';/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.equal(headers['cache-control'], 'no-store');
  });

  test('rejects foreign hosts and misspelt parameters', async () => {
    refused(await demo.send('GET', '/_mock/', { headers: { Host: 'evil.example' } }), 403, 'host_not_allowed');
    refused(await demo.send('GET', '/_mock/?acount=1'), 422, 'unknown_parameter');
  });

  test('all its files exist and have their content type', async () => {
    const seen = new Set();
    const look = async (path) => {
      if (seen.has(path)) return;
      seen.add(path);
      const file = (await demo.send('GET', path)).expect(200);
      const named = file.text.matchAll(/(?:src|href)="(\/_mock\/assets\/[0-9a-f]+\/[a-z_.]+)/g);
      for (const [, name] of named) await look(name);
    };
    await look('/_mock/');
    const files = [...seen].map((path) => path.split('/').at(-1)).sort();
    assert.deepEqual(files, ['', 'dashboard.css', 'dashboard.js', 'icon.svg'], 'one style sheet and one script');
  });
});

describe('with a control token', () => {
  const stranger = new Client(closed);
  const enter = async (target = `/_mock/?token=${encodeURIComponent(TOKEN)}`) =>
    (await stranger.send('GET', target)).expect(303);
  const cookieOf = (reply) => reply.headers['set-cookie'][0].split(';')[0];

  test('the page asks for it', async () => {
    const page = (await stranger.send('GET', '/_mock/')).expect(401);
    assert.match(page.text, /name="token"/);
    assert.ok(!page.text.includes('data-testid="wrong"'));
    const again = (await stranger.send('GET', '/_mock/?token=another')).expect(401);
    assert.ok(again.text.includes('data-testid="wrong"'));
    assert.equal(again.headers['set-cookie'], undefined);
  });

  test('exchanges it for a cookie and removes it from the URL', async () => {
    const reply = await enter();
    assert.equal(reply.headers.location, '/_mock/');
    const [cookie] = reply.headers['set-cookie'];
    assert.match(cookie, /^milkypay_mock=[A-Za-z0-9_-]{43}; Path=\/_mock; HttpOnly; SameSite=Lax$/);
    assert.ok(!cookie.includes(TOKEN));
    assert.equal(
      (await enter(`/_mock/?account=coma_0000000000000000&token=${encodeURIComponent(TOKEN)}`)).headers.location,
      '/_mock/?account=coma_0000000000000000',
    );
    (await stranger.send('GET', '/_mock/', { headers: { Cookie: cookieOf(reply) } })).expect(200);
  });

  test('the cookie gives access to the control API, also among other cookies', async () => {
    const cookie = cookieOf(await enter());
    const origin = closed.url;
    for (const headers of [
      { Cookie: cookie },
      { Cookie: `a=b; ${cookie}; c` },
      { Cookie: `milkypay_mock=1; ${cookie}` },
      { Cookie: cookie, Origin: origin },
    ]) {
      (await stranger.send('GET', '/_mock/clock', { headers })).expect(200);
      (await stranger.send('POST', '/_mock/outcomes', { headers, json: { outcomes: ['processed'] } })).expect(201);
    }
  });

  test('any other cookie is rejected', async () => {
    const cookie = cookieOf(await enter());
    for (const other of [
      cookie.slice(0, -1),
      `${cookie}A`,
      cookie.toUpperCase(),
      `x${cookie}`,
      'milkypay_mock=',
      'milkypay_mock',
      `milkypay_mock=${encodeURIComponent(TOKEN)}`,
      '; ;',
      '',
    ]) {
      refused(await stranger.send('GET', '/_mock/clock', { headers: { Cookie: other } }), 401, 'unauthorized');
    }
  });

  test('the cookie gives no access to pages of another port', async () => {
    const headers = { Cookie: cookieOf(await enter()), Origin: 'http://127.0.0.1:1' };
    refused(await stranger.send('POST', '/_mock/reset', { headers }), 401, 'unauthorized');
    refused(await stranger.send('GET', '/_mock/clock', { headers }), 401, 'unauthorized');
    (await stranger.send('GET', '/_mock/clock', { headers: { Origin: headers.Origin, 'X-Mock-Token': TOKEN } })).expect(
      200,
    );
  });

  test('the cookie survives a restart of the server and ends with the token', async () => {
    const cookie = cookieOf(await enter());
    for (const [token, status] of [[TOKEN, 200], ['another', 401]]) {
      const other = await startServer({ args: ['--control-token', token] });
      (await new Client(other).send('GET', '/_mock/clock', { headers: { Cookie: cookie } })).expect(status);
      await other.stop();
    }
  });

  test('without a control token, ?token= is only removed from the URL', async () => {
    const reply = (await demo.send('GET', '/_mock/?token=any')).expect(303);
    assert.equal(reply.headers['set-cookie'], undefined);
  });
});

describe('GET /_mock/payment-invoices', () => {
  async function shop(n) {
    const api = await demo.newAccount();
    for (let i = 1; i <= n; i++) await api.made({ reference_id: `order-${i}` }, hold);
    return api;
  }

  test('lists newest first, in pages', async () => {
    const api = await shop(5);
    const first = await search(api, { limit: 2 });
    assert.deepEqual(references(first), ['order-5', 'order-4']);
    assert.equal(first.total, 5);
    const second = await search(api, { limit: 2, after: first.next });
    assert.deepEqual(references(second), ['order-3', 'order-2']);
    const third = await search(api, { limit: 2, after: second.next });
    assert.deepEqual([references(third), third.next], [['order-1'], null]);
    assert.equal((await search(api, { limit: 5 })).next, null, 'no page behind the last');
  });

  test('items contain the invoice', async () => {
    const api = await demo.newAccount();
    const { id, attributes: made } = await api.made({ amount: 20.4, description: 'A "book"', test_mode: true }, hold);
    const [item] = (await search(api)).items;
    assert.deepEqual(item, {
      id,
      reference_id: made.reference_id,
      status: 'process_pending',
      resolution: 'ok',
      amount: 20.4,
      payment_amount: 20.4,
      processed_amount: null,
      currency: 'USD',
      service: 'payment_card_usd_hpp',
      description: 'A "book"',
      test_mode: true,
      created: made.created,
      updated: made.updated,
      failing_callbacks: 0,
    });
  });

  test('lists only the account\'s invoices', async () => {
    const [one, two] = [await shop(1), await shop(2)];
    assert.equal((await search(one)).items.length, 1);
    assert.equal((await search(two)).total, 2);
  });

  test('the search finds parts of id, reference, description and customer', async () => {
    const api = await demo.newAccount();
    const { id } = await api.made(
      {
        reference_id: 'Order-17%',
        description: 'Two red_shoes',
        customer: { reference_id: 'c1', email: 'jo@example.com' },
      },
      hold,
    );
    await api.made({ reference_id: 'other' }, hold);
    for (const text of ['order-17', '17%', 'RED_SHOES', 'jo@example', id, id.slice(6, 14)]) {
      assert.deepEqual((await search(api, { search: text })).items.map((item) => item.id), [id], text);
    }
    for (const text of ['order%17', 'red-shoes', 'red.shoes', '\\', '%%', '_____________________________________']) {
      assert.deepEqual((await search(api, { search: text })).items, [], text);
    }
    assert.equal((await search(api, { search: '' })).items.length, 2);
  });

  test('filters can be combined', async () => {
    const api = await demo.newAccount();
    await api.made({ reference_id: 'a', test_mode: true }, hold);
    const { id } = await api.made({ reference_id: 'b' }, hold);
    await api.made({ reference_id: 'c', service: 'payment_card_eur_hpp', currency: 'EUR' }, hold);
    (await api.transition(id, { status: 'processed' })).expect(200);
    const only = async (parameters) => references(await search(api, parameters));
    assert.deepEqual(await only({ status: 'PROCESSED' }), ['b']);
    assert.deepEqual(await only({ currency: 'EUR' }), ['c']);
    assert.deepEqual(await only({ service: 'payment_card_usd_hpp' }), ['b', 'a']);
    assert.deepEqual(await only({ test_mode: 'true' }), ['a']);
    assert.deepEqual(await only({ test_mode: 'false', status: 'process_pending' }), ['c']);
    assert.deepEqual(await only({ currency: 'EUR', status: 'processed' }), []);
  });

  test('invalid parameters are rejected', async () => {
    const api = await demo.newAccount();
    const ask = (parameters) => api.control('GET', '/payment-invoices', undefined, { parameters });
    refused(await ask({ status: 'paid' }), 422, 'unknown_status', /did you mean processed\?/);
    for (const parameters of [{ limit: 0 }, { after: 'cpi_0' }, { test_mode: 'yes' }, { search: 'x'.repeat(101) }]) {
      refused(await ask(parameters), 422, 'invalid');
    }
    refused(await ask({ serch: 'a' }), 422, 'unknown_parameter', /no parameter serch; did you mean search\?/);
    refused(await ask({ serch: 'a', stat: 'b', limt: 1 }), 422, 'unknown_parameter',
      /^3 parameters of the query are unknown: serch \(did you mean search\?\), stat.*, limt \(did you mean limit\?\)$/);
    refused(await demo.send('POST', '/_mock/clock/advance?seconds=5', {}), 422, 'unknown_parameter',
      /^the query has no parameter seconds; it must be one of account; what this call sets stands in its JSON body$/);
    refused(await ask({ reference: 'a' }), 422, 'unknown_parameter', /it must be one of limit, .*, account$/);
  });
});

describe('GET /_mock/payment-invoices/{id}', () => {
  const see = async (api, id) => (await api.control('GET', `/payment-invoices/${id}`)).expect(200).json;

  test('has the private document and the mock\'s own data', async () => {
    const api = await demo.newAccount();
    await api.freeze();
    const { id, attributes: made } = await api.made({}, { headers: { 'X-Mock-Outcome': 'processed@5s,refunded@1m' } });
    const seen = await see(api, id);
    assert.deepEqual(seen.data, (await api.get(id)).expect(200).data);
    assert.equal(new URL(made.flow_data.action).pathname, seen.page);
    assert.equal(seen.service, 'payment_card_usd_hpp');
    assert.equal(seen.due, made.created + 5);
    assert.match(seen.plan, /^processed.*refunded/);
  });

  test('an invoice of another account is not found', async () => {
    const { id } = await (await demo.newAccount()).made({}, hold);
    refused(await (await demo.newAccount()).control('GET', `/payment-invoices/${id}`), 404, 'unknown_invoice');
  });

  for (const profile of ['2020', '2024']) test(`may_become lists the transitions that need no force, ${profile}`, async () => {
    const older = [
      'created',
      'expired',
      'process_pending',
      'processed',
      'process_failed',
      'verified',
      'refund_pending',
      'partially_refunded',
      'refunded',
      'refund_failed',
      'charged_back',
      'partially_charged_back',
      'partially_processed',
      'terminated',
    ];
    const newer = ['processing', 'process_error', 'authorize_failed', 'refunding', 'verify_failed'];
    const statuses = [...older, ...newer, 'canceled', 'canceling'];
    const had = profile === '2020' ? older : [...older, ...newer];
    const api = await demo.newAccount({ profile });
    const places = {
      charge: had.filter((one) => !/^verif/.test(one)),
      verify: had.filter((one) => /^(created|expired|process_pending|process_failed|process.*r.*|verif.*)$/.test(one)
        && !['processed', 'partially_processed'].includes(one)),
    };
    for (const [payment_flow, froms] of Object.entries(places)) {
      for (const from of froms) {
        const start = async () => {
          const { id } = await api.made({ flow: payment_flow }, hold);
          if (from !== 'process_pending') (await api.transition(id, { status: from, force: true })).expect(200);
          return id;
        };
        const { may_become: may, data } = await see(api, await start());
        for (const to of may) (await api.transition(await start(), { status: to })).expect(200);
        for (const to of statuses.filter((one) => !may.includes(one))) {
          // success statuses of the other flow
          const success = payment_flow === 'verify' ? ['processed', 'partially_processed'] : ['verified'];
          if (success.includes(to)) continue;
          refused(await api.transition(await start(), { status: to }), 409, 'forbidden_transition');
        }
        assert.ok(!may.includes(data.attributes.status), 'never itself');
      }
    }
  });

  test('an invoice without a service does not start', async () => {
    const api = await demo.newAccount();
    (await api.create(invoice({ service: undefined }))).expect(422);
    const page = await api.send('GET', `/hpp/?public_key=${api.account.public_key}&currency=USD&amount=5`, BROWSER);
    const [{ id }] = (await search(api)).items;
    assert.ok(page.status < 400, String(page.status));
    const { may_become: may, service, data } = await see(api, id);
    assert.deepEqual([data.attributes.status, service, may], ['created', null, ['expired', 'terminated']]);
  });
});

describe('GET /_mock/sinks', () => {
  const sinks = async (api) => (await api.control('GET', '/sinks')).expect(200).json;

  test('lists the sinks in use, with their next response', async () => {
    const api = await demo.newAccount();
    assert.deepEqual(await sinks(api), { items: [], total: 0, next: null });
    (await api.control('PUT', '/sink/shop', { responses: [500, 503, 200] })).expect(200);
    (await api.control('POST', '/sink/shop', {})).expect(500);
    (await api.control('POST', '/sink/other', {})).expect(200);
    const { items, total } = await sinks(api);
    assert.equal(total, 2);
    assert.deepEqual(items.find(({ name }) => name === 'shop'), { name: 'shop', requests: 1, responses: [503, 200] });
    assert.deepEqual(items.find(({ name }) => name === 'other'), { name: 'other', requests: 1, responses: [] });
    assert.deepEqual((await sinks(await demo.newAccount())).items, []);
  });

  test('lists the requests of a sink newest first, in pages', async () => {
    const api = await demo.newAccount();
    for (const n of [1, 2, 3, 4, 5]) (await api.control('POST', '/sink/shop', { n })).expect(200);
    const page = async (parameters) =>
      (await api.control('GET', '/sink/shop/requests', undefined, { parameters })).expect(200).json;
    const bodies = ({ items }) => items.map(({ body }) => JSON.parse(body).n);
    const first = await page({ order: 'newest', limit: 2 });
    assert.deepEqual(bodies(first), [5, 4]);
    const second = await page({ order: 'newest', limit: 2, after: first.next });
    assert.deepEqual(bodies(second), [3, 2]);
    const third = await page({ order: 'newest', limit: 2, after: second.next });
    assert.deepEqual([bodies(third), third.next], [[1], null]);
    assert.deepEqual(bodies(await page({ order: 'oldest' })), [1, 2, 3, 4, 5]);
    refused(
      await api.control('GET', '/sink/shop/requests', undefined, { parameters: { order: 'up' } }),
      422,
      'invalid',
    );
  });
});
