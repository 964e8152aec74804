import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client } from '../lib/client.js';
import { keysAt } from '../lib/json-order.js';
import { startServer } from '../lib/server.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);

const ids = (reply) => reply.expect(200).data.map((row) => row.id);

describe('over a hundred invoices', () => {
  const COUNT = 125;
  let api;
  let newest; // all ids, newest first

  before(async () => {
    api = await demo.newAccount();
    await api.freeze(); // all within one second, so the order is the order of insertion
    newest = [];
    for (let i = 0; i < COUNT; i++) newest.unshift((await api.made()).id);
  });

  test('the first page has 20 invoices, newest first', async () => {
    const reply = await api.list();
    assert.deepEqual(ids(reply), newest.slice(0, 20));
    assert.deepEqual(keysAt(reply.text, 'meta'), ['count', 'size', 'before', 'after']);
    assert.deepEqual(keysAt(reply.text, 'links'), ['prev', 'next']);
    assert.deepEqual(reply.json.meta, { count: 20, size: 20, before: newest[19], after: newest[0] });
    assert.equal(reply.json.links.prev, '');
    assert.equal(reply.json.links.next, `/api/payment-invoices?page[before]=${newest[19]}&page[size]=20`);
  });

  for (const size of [undefined, 1, 7, 20, 25, 100]) {
    test(`walked to the end and back by links, page size ${size ?? 'as it is'}`, async () => {
      const n = size ?? 20;
      const forward = [];
      let target = `/payment-invoices${size ? `?page[size]=${size}` : ''}`;
      let lastTarget;
      let steps = 0;
      while (target) {
        assert.ok(++steps <= COUNT + 1, 'the links come to an end');
        const reply = await api.private('GET', target);
        const page = ids(reply);
        assert.ok(page.length > 0, 'no empty page');
        assert.equal(reply.json.meta.count, page.length);
        assert.equal(reply.json.meta.size, n);
        assert.equal(reply.json.meta.after, page[0]);
        assert.equal(reply.json.meta.before, page.at(-1));
        assert.equal(reply.json.links.prev === '', forward.length === 0);
        forward.push(...page);
        lastTarget = target;
        target = reply.json.links.next;
      }
      assert.deepEqual(forward, newest);
      assert.equal(steps, Math.ceil(COUNT / n));

      const backward = [];
      target = lastTarget;
      steps = 0;
      while (target) {
        assert.ok(++steps <= COUNT + 1, 'the links come to an end');
        const reply = await api.private('GET', target);
        backward.unshift(...ids(reply));
        target = reply.json.links.prev;
      }
      assert.deepEqual(backward, newest);
    });
  }

  test('page[after] returns the next newer invoices, newest first', async () => {
    assert.deepEqual(ids(await api.list({ 'page[after]': newest[60], 'page[size]': 5 })), newest.slice(55, 60));
    assert.deepEqual(ids(await api.list({ 'page[after]': newest[3] })), newest.slice(0, 3));
  });

  test('page[before] returns older invoices', async () => {
    assert.deepEqual(ids(await api.list({ 'page[before]': newest[60], 'page[size]': 5 })), newest.slice(61, 66));
    assert.deepEqual(ids(await api.list({ 'page[before]': newest[COUNT - 3] })), newest.slice(COUNT - 2));
  });

  test('pages beyond either end are empty', async () => {
    for (const parameters of [{ 'page[before]': newest.at(-1) }, { 'page[after]': newest[0] }]) {
      const reply = (await api.list(parameters)).expect(200);
      assert.deepEqual(reply.data, []);
      assert.equal(reply.json.meta.count, 0);
    }
  });

  test('a new invoice does not shift the following pages', async () => {
    const other = await demo.newAccount();
    const old = [];
    for (let i = 0; i < 6; i++) old.unshift((await other.made()).id);
    const first = await other.list({ 'page[size]': 3 });
    await other.made();
    assert.deepEqual(ids(await other.private('GET', first.json.links.next)), old.slice(3));
  });

  test('unknown cursors are refused', async () => {
    const foreign = (await demo.made()).id;
    for (const cursor of ['cpi_0000000000000000', 'nonsense', foreign]) {
      for (const name of ['page[before]', 'page[after]']) {
        const { errors } = (await api.list({ [name]: cursor })).expect(422).json;
        assert.equal(Object.keys(errors).length, 1, JSON.stringify(errors));
      }
    }
  });

  test('page[size] is at most 100', async () => {
    assert.equal(ids(await api.list({ 'page[size]': 100 })).length, 100);
    for (const size of ['101', '100000', '99999999999999999999']) {
      const reply = await api.list({ 'page[size]': size });
      if (reply.status !== 422) assert.equal(ids(reply).length, 100);
    }
  });
});

test('an empty list', async () => {
  const api = await demo.newAccount();
  const reply = (await api.list()).expect(200);
  assert.equal(
    reply.text,
    '{"meta":{"count":0,"size":20,"before":"","after":""},"links":{"prev":"","next":""},"data":[]}',
  );
});

test('rows are the same as by id', async () => {
  const api = await demo.newAccount();
  await api.made({ customer: { reference_id: 'c' }, metadata: { a: 1 } });
  await api.made();
  for (const row of (await api.list()).expect(200).data) {
    assert.deepEqual((await api.get(row.id)).expect(200).data, row);
  }
});

describe('filters', () => {
  let api;
  let start;
  const made = {};

  before(async () => {
    api = await demo.newAccount();
    start = await api.freeze();
    const add = async (name, attributes) => {
      made[name] = (await api.made({ reference_id: name, test_mode: true, ...attributes })).id;
    };
    await add('usd', { metadata: { mock_outcome: 'process_pending' } });
    await add('eur', { service: 'payment_card_eur_hpp', currency: 'EUR', metadata: { mock_outcome: 'processed' } });
    await api.advance(10);
    await add('live', { test_mode: false, metadata: { mock_outcome: 'process_failed' } });
    await add('test', { service: 'test_usd_test', service_fields: { status: 'processed' } });
    await api.advance(10);
  });

  const names = async (filter) => {
    const parameters = Object.fromEntries(Object.entries(filter).map(([key, value]) => [`filter[${key}]`, value]));
    const found = ids(await api.list(parameters));
    return found.map((id) => Object.keys(made).find((name) => made[name] === id));
  };

  const cases = [
    [{}, ['test', 'live', 'eur', 'usd']],
    [{ reference_id: 'eur' }, ['eur']],
    [{ reference_id: 'EUR' }, []],
    [{ reference_id: 'e' }, []],
    [{ reference_id: '' }, []],
    [{ status: 'processed' }, ['test', 'eur']],
    [{ status: 'process_pending' }, ['usd']],
    [{ status: 'process_failed' }, ['live']],
    [{ service: 'payment_card_usd_hpp' }, ['live', 'usd']],
    [{ currency: 'EUR' }, ['eur']],
    [{ currency: 'GBP' }, []],
    [{ test_mode: 'true' }, ['test', 'eur', 'usd']],
    [{ test_mode: 'false' }, ['live']],
    [{ test_mode: '0' }, ['live']],
    [{ status: 'processed', currency: 'USD' }, ['test']],
    [{ unknown: 'x' }, ['test', 'live', 'eur', 'usd']],
    // a reference finds one row, which must match all other filters too
    [{ reference_id: 'eur', service: 'payment_card_eur_hpp', currency: 'eur', status: 'processed' }, ['eur']],
    [{ reference_id: 'eur', service: 'payment_card_usd_hpp' }, []],
    [{ reference_id: 'eur', currency: 'USD' }, []],
    [{ reference_id: 'eur', status: 'process_failed' }, []],
    [{ reference_id: 'eur', test_mode: '1' }, ['eur']],
    [{ reference_id: 'eur', test_mode: 'false' }, []],
  ];
  for (const [filter, expected] of cases) {
    test(JSON.stringify(filter), async () => assert.deepEqual(await names(filter), expected));
  }

  test('created_from and created_to are inclusive', async () => {
    assert.deepEqual(await names({ created_from: start }), ['test', 'live', 'eur', 'usd']);
    assert.deepEqual(await names({ created_from: start + 1 }), ['test', 'live']);
    assert.deepEqual(await names({ created_from: start + 10 }), ['test', 'live']);
    assert.deepEqual(await names({ created_to: start }), ['eur', 'usd']);
    assert.deepEqual(await names({ created_to: start + 9 }), ['eur', 'usd']);
    assert.deepEqual(await names({ created_from: start + 1, created_to: start + 9 }), []);
  });

  test('reference, id, times and cursor must all match', async () => {
    const asked = (more) => names({ reference_id: 'live', ...more });
    assert.deepEqual(await asked({ created_from: start + 10, created_to: start + 10 }), ['live']);
    assert.deepEqual(await asked({ created_from: start + 11 }), []);
    assert.deepEqual(await asked({ created_to: start + 9 }), []);
    assert.deepEqual(await asked({ id: made.live }), ['live']);
    assert.deepEqual(await asked({ id: made.usd }), []);
    assert.deepEqual(await names({ id: made.usd, status: 'process_pending' }), ['usd']);
    assert.deepEqual(await names({ id: made.usd, status: 'processed' }), []);
    for (const [cursor, expected] of [['before', 'test'], ['after', 'usd']]) {
      const paged = (name) => api.list({ 'filter[reference_id]': 'live', [`page[${cursor}]`]: made[name] });
      assert.deepEqual(ids(await paged(expected)), [made.live]);
      assert.deepEqual(ids(await paged('live')), []);
      assert.deepEqual(ids(await paged(expected === 'usd' ? 'test' : 'usd')), []);
    }
  });

  test('links keep the filter', async () => {
    const all = await demo.newAccount();
    const wanted = [];
    for (let i = 0; i < 12; i++) {
      wanted.unshift((await all.made()).id);
      await all.made({ service: 'payment_card_eur_hpp', currency: 'EUR' });
    }
    const found = [];
    let target = '/payment-invoices?filter[currency]=USD&page[size]=5';
    let last;
    while (target) {
      const reply = await all.private('GET', target);
      found.push(...ids(reply));
      last = reply;
      target = reply.json.links.next;
      assert.ok(found.length <= 12);
    }
    assert.deepEqual(found, wanted);
    assert.deepEqual(ids(await all.private('GET', last.json.links.prev)), wanted.slice(5, 10));
  });

  test('a reference with special characters is found and kept in links', async () => {
    const other = await demo.newAccount();
    const reference_id = 'a&b=c#d?e/ü [x]%';
    const { id } = await other.made({ reference_id });
    assert.deepEqual(ids(await other.list({ 'filter[reference_id]': reference_id })), [id]);
  });
});

test('an account never lists invoices of another', async () => {
  const one = await demo.newAccount();
  const two = await demo.newAccount();
  const reference_id = 'shared';
  const mine = (await one.made({ reference_id })).id;
  const theirs = (await two.made({ reference_id })).id;
  assert.deepEqual(ids(await one.list()), [mine]);
  assert.deepEqual(ids(await two.list({ 'filter[reference_id]': reference_id })), [theirs]);
});
