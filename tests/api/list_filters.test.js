// The filters of the lists of payments and payouts (P520 to P526): lists, negation, booleans, times, wrong values.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client, query } from '../lib/client.js';
import { startServer } from '../lib/server.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** {a: 1, b: {from: 2}} as filter[a]=1&filter[b][from]=2. */
const filters = (filter) => Object.fromEntries(Object.entries(filter).flatMap(([name, value]) =>
  typeof value === 'object'
    ? Object.entries(value).map(([member, one]) => [`filter[${name}][${member}]`, one])
    : [[`filter[${name}]`, value]]));

const payout = (attributes) => ({ service: 'test_usd', currency: 'USD', amount: 10, test_mode: true,
  fields: { account: '1' }, ...attributes });

// Both kinds have four rows with the same names: a, b, c and d, 10 seconds apart.
const KINDS = {
  'payment-invoices': {
    add: (api, reference_id, attributes) => api.made({ reference_id, test_mode: true, ...attributes }),
    rows: {
      a: { metadata: { mock_outcome: 'process_pending' } },
      b: { service: 'payment_card_eur_hpp', currency: 'EUR', metadata: { mock_outcome: 'processed' } },
      c: { test_mode: false, metadata: { mock_outcome: 'process_failed' } },
      d: { service: 'test_usd_test', service_fields: { status: 'processed' } },
    },
    one: 'payment_card_usd_hpp',
    other: 'payment_card_eur_hpp',
  },
  'payout-invoices': {
    add: async (api, reference_id, attributes) => (await api.private('POST', '/payout-invoices',
      { json: { data: { attributes: payout({ reference_id, ...attributes }) } } })).expect(201).data,
    rows: {
      a: { service: 'payment_card_usd', fields: { card_number: '4111111111111111' },
        metadata: { mock_outcome: 'process_pending' } },
      b: { service: 'test_eur', currency: 'EUR', metadata: { mock_outcome: 'processed' } },
      c: { service: 'payment_card_usd', fields: { card_number: '4111111111111111' }, test_mode: false,
        metadata: { mock_outcome: 'process_failed' } },
      d: { metadata: { mock_outcome: 'processed' } },
    },
    one: 'payment_card_usd',
    other: 'test_eur',
  },
};

for (const [kind, { add, rows, one, other }] of Object.entries(KINDS)) {
  describe(kind, () => {
    let api;
    let start;
    const id = {};
    const list = (parameters) => api.private('GET', `/${kind}${query(parameters)}`);
    const names = async (filter) => (await list(filters(filter))).expect(200)
      .data.map((row) => row.attributes.reference_id).join('');

    before(async () => {
      api = await demo.newAccount();
      start = await api.freeze();
      for (const [name, attributes] of Object.entries(rows)) {
        id[name] = (await add(api, name, attributes)).id;
        await api.advance(10);
      }
      await api.advance(60);
    });

    for (const [filter, expected] of [
      [{}, 'dcba'], // by `created`, newest first (P521)
      [{ status: 'processed' }, 'db'],
      [{ status: 'processed,process_failed' }, 'dcb'],
      [{ status: 'process_failed,processed,processed' }, 'dcb'],
      [{ status: 'process_pending,expired' }, 'a'],
      [{ status: 'Processed' }, 'db'],
      [{ status: '-processed' }, 'ca'],
      [{ status: '-processed,process_failed' }, 'a'],
      [{ status: '-created' }, 'dcba'],
      [{ currency: 'usd,gbp' }, 'dca'],
      [{ currency: '-usd' }, 'b'],
      [{ currency: '-USD,eur' }, ''],
      [{ service: `${one},${other}` }, 'cba'],
      [{ service: `-${one}` }, 'db'],
      [{ service: '' }, ''],
      [{ service: '-' }, 'dcba'],
      [{ service: "x' OR '1'='1" }, ''],
      [{ service: '"],["' }, ''],
      [{ test_mode: 'true' }, 'dba'],
      [{ test_mode: '1' }, 'dba'],
      [{ test_mode: 'false' }, 'c'],
      [{ test_mode: '0' }, 'c'],
      [{ test_mode: '-true' }, 'c'],
      [{ test_mode: '1,false' }, 'dcba'],
      [{ status: '-process_failed', currency: 'USD,EUR', test_mode: 'true', service: `-${other}` }, 'da'],
      [{ reference_id: 'b', status: '-processed' }, ''],
      [{ reference_id: 'b', status: 'created,processed' }, 'b'],
      [{ reference_id: 'a,b' }, ''],
      [{ reference_id: '-a' }, ''],
      [{ unknown: '-' }, 'dcba'],
      [{ created: { since: 'x' } }, 'dcba'],
    ]) {
      test(JSON.stringify(filter), async () => assert.equal(await names(filter), expected));
    }

    test('ids', async () => {
      assert.equal(await names({ id: id.b }), 'b');
      assert.equal(await names({ id: `${id.a},${id.d}` }), 'da');
      assert.equal(await names({ id: `${id.a},nonsense,${id.a}` }), 'a');
      assert.equal(await names({ id: `-${id.a},${id.d}` }), 'cb');
      assert.equal(await names({ id: '-nonsense' }), 'dcba');
      const foreign = Object.keys(KINDS).find((name) => name !== kind);
      const { id: stranger } = await KINDS[foreign].add(api, 'foreign', KINDS[foreign].rows.a);
      assert.equal(await names({ id: stranger }), '', 'of the other kind');
    });

    test('filter[created], and the older names, include both ends', async () => {
      for (const [from, to, expected] of [[0, 30, 'dcba'], [10, 20, 'cb'], [11, 19, ''], [11, 30, 'dc'], [0, 9, 'a']]) {
        const [first, last] = [start + from, start + to];
        assert.equal(await names({ created: { from: first, to: last } }), expected);
        assert.equal(await names({ created_from: first, created_to: last }), expected);
        assert.equal(await names({ created: { from: first }, created_to: last }), expected);
        assert.equal(await names({ created: { from: 0, to: last }, created_from: first }), expected, 'the narrower end');
        assert.equal(await names({ created: { from: first, to: last }, created_from: 0 }), expected, 'the narrower end');
      }
      assert.equal(await names({ created: { from: start + 20 } }), 'dc');
      assert.equal(await names({ created: { to: start } }), 'a');
    });

    test('the platform sends brackets as %5B and %5D', async () => {
      const reply = await api.private('GET', `/${kind}?filter%5Bcreated%5D%5Bto%5D=${start}&filter%5Bstatus%5D=%2Dcreated`);
      assert.deepEqual(reply.expect(200).data.map((row) => row.id), [id.a]);
    });

    test('links keep the filters as they were sent', async () => {
      const filter = { status: '-created', currency: 'usd,EUR', created: { from: start, to: start + 30 }, created_from: 0 };
      const found = [];
      let target = `/${kind}${query({ ...filters(filter), 'page[size]': 1 })}`;
      let last;
      for (let steps = 0; target; steps++) {
        assert.ok(steps < 5);
        last = (await api.private('GET', target)).expect(200);
        found.push(last.data[0].attributes.reference_id);
        target = last.json.links.next;
      }
      assert.equal(found.join(''), 'dcba');
      assert.deepEqual(Object.fromEntries(new URL(last.json.links.prev, 'http://x').searchParams), {
        'page[after]': id.a, 'page[size]': '1', 'filter[status]': '-created', 'filter[currency]': 'usd,EUR',
        'filter[created_from]': '0', 'filter[created][from]': `${start}`, 'filter[created][to]': `${start + 30}`,
      });
      assert.equal((await api.private('GET', last.json.links.prev)).data[0].id, id.b);
    });

    for (const [filter, key] of [
      [{ status: 'paid' }],
      [{ status: '' }],
      [{ status: '-' }],
      [{ status: 'processed,' }],
      [{ status: 'processed, expired' }],
      [{ status: '--processed' }],
      [{ status: 'processed,-expired' }],
      [{ status: Array(101).fill('processed').join() }],
      [{ status: { 0: 'processed' } }],
      [{ service: Array(101).fill('x').join() }],
      [{ service: { '': 'x' } }],
      [{ id: Array(101).fill('x').join() }],
      [{ reference_id: { 0: 'x' } }],
      [{ test_mode: 'yes' }],
      [{ test_mode: '' }],
      [{ test_mode: 'true,maybe' }],
      [{ test_mode: 'TRUE' }],
      [{ created_from: 'today' }],
      [{ created_from: -1 }],
      [{ created_from: '1,2' }],
      [{ created_to: 2 ** 41 }],
      [{ created_to: '' }],
      [{ created: 5 }],
      [{ created: { from: '2026-01-01' } }],
      [{ created: { to: 1.5 } }],
      [{ created: { to: '-1' } }],
      [{ created: { from: '' } }],
      [{ created: { 0: '5' } }],
      [{ created: { 'from][x': '5' } }],
      [{ test_mode: 'x', status: 'x' }, 'status'],
    ]) {
      const name = key ?? Object.keys(filter)[0];
      test(`${JSON.stringify(filter).slice(0, 60)} is a 400`, async () => {
        const reply = (await list(filters(filter))).expect(400);
        const [error] = reply.json.errors;
        assert.match(error.id, UUID);
        assert.equal(reply.text,
          `{"errors":[{"id":"${error.id}","status":"error","code":"400","title":"Invalid value provided for key \`${name}\`."}]}`);
        assert.ok(reply.headers['x-mock-reason'].startsWith(`a filter has a wrong value: filter[${name}] must be `));
      });
    }

    test('100 values are accepted', async () => {
      assert.equal(await names({ status: Array(100).fill('processed').join() }), 'db');
      assert.equal(await names({ id: Array(99).fill('x').concat(id.c).join() }), 'c');
    });

    test('cursors and sizes stay a 422, and a wrong filter comes first', async () => {
      (await list({ 'page[before]': 'cpi_0000000000000000' })).expect(422);
      (await list({ 'page[size]': 0 })).expect(422);
      (await list({ 'page[size]': 0, 'filter[status]': 'paid' })).expect(400);
      assert.equal((await list({ 'page[before]': '' })).data.length >= 4, true);
    });

    test('the journal explains the 400', async () => {
      (await list({ 'filter[created]': 'x' })).expect(400);
      const [{ explain }] = (await api.control('GET', '/requests')).expect(200).json.items;
      assert.deepEqual([explain.rule, explain.where], ['invalid_filter', 'query']);
      assert.match(explain.message, /^a filter has a wrong value: filter\[created\] must be \[from\] and \[to\] in whole unix seconds$/);
    });
  });
}

test('each error has a new id', async () => {
  const ids = new Set();
  for (let i = 0; i < 3; i++) ids.add((await demo.list({ 'filter[status]': 'x' })).expect(400).json.errors[0].id);
  assert.equal(ids.size, 3);
});

test('an invoice whose service is not chosen yet has none of the named services', async () => {
  const api = await demo.newAccount();
  const location = (await api.send('GET',
    `/hpp/?${new URLSearchParams({ public_key: api.account.public_key, currency: 'USD', amount: 5, reference_id: 'open',
      'customer[reference_id]': 'c' })}`)).headers.location;
  assert.ok(location);
  const found = async (service) => (await api.list({ 'filter[service]': service })).expect(200).data.length;
  assert.equal(await found('payment_card_usd_hpp'), 0);
  assert.equal(await found('-payment_card_usd_hpp'), 1);
  assert.equal(await found(''), 0);
  assert.equal(await found('-'), 1);
});

test('the lists of services have no filters', async () => {
  for (const path of ['/payment-services', '/payout-services']) {
    const plain = (await demo.private('GET', path)).expect(200);
    assert.equal((await demo.private('GET', `${path}?filter[status]=x`)).expect(200).text, plain.text);
  }
});
