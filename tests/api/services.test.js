import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Client } from '../lib/client.js';
import { keysAt } from '../lib/json-order.js';
import { startServer } from '../lib/server.js';

const server = await startServer();
after(() => server.stop());
const api = new Client(server);

async function walk(first) {
  const pages = [];
  let target = first;
  while (target) {
    assert.ok(pages.length < 200, 'paging comes to an end');
    const reply = (await api.private('GET', target)).expect(200);
    pages.push(reply);
    target = reply.json.links.next;
  }
  return pages;
}

test('pages have 20 rows by default and are linked', async () => {
  const pages = await walk('/payment-services');
  assert.ok(pages.length >= 2, 'more than 20 rows in all');
  const ids = pages.flatMap((page) => page.data.map((row) => row.id));
  const { total } = pages[0].json.meta;
  assert.equal(ids.length, total);
  assert.equal(new Set(ids).size, total, 'no row twice');
  pages.forEach((page, i) => {
    const last = i === pages.length - 1;
    assert.deepEqual(page.json.meta, { total, pages: pages.length, page: i + 1 });
    assert.equal(page.data.length, last ? total - 20 * i : 20);
    assert.deepEqual(keysAt(page.text, 'links'),
      ['first', ...(i > 0 ? ['prev'] : []), ...(last ? [] : ['next']), 'last']);
    const link = (n) => `/api/payment-services?page[number]=${n}&page[size]=20`;
    assert.equal(page.json.links.first, link(1));
    assert.equal(page.json.links.last, link(pages.length));
    if (i > 0) assert.equal(page.json.links.prev, link(i));
  });
});

test('other page sizes, with raw or encoded brackets', async () => {
  const all = (await api.services({ 'page[size]': 100 })).expect(200);
  const small = await walk('/payment-services?page[size]=5');
  assert.deepEqual(small.flatMap((page) => page.data), all.data);
  assert.equal(small[0].json.links.next, '/api/payment-services?page[number]=2&page[size]=5');
  const raw = (await api.private('GET', '/payment-services?page[number]=2&page[size]=7')).expect(200);
  const encoded = (await api.private('GET', '/payment-services?page%5Bnumber%5D=2&page%5Bsize%5D=7')).expect(200);
  assert.deepEqual(raw.json, encoded.json);
  assert.deepEqual(raw.data, all.data.slice(7, 14));
});

test('a full last page has no next', async () => {
  const { total } = (await api.services()).expect(200).json.meta;
  const reply = (await api.services({ 'page[size]': total })).expect(200);
  assert.equal(reply.json.meta.pages, 1);
  assert.deepEqual(keysAt(reply.text, 'links'), ['first', 'last']);
});

test('each row is the same by its id', async () => {
  const all = (await api.services({ 'page[size]': 100 })).expect(200);
  for (const row of all.data) {
    const one = (await api.service(row.id)).expect(200);
    assert.deepEqual(one.data, row);
    assert.deepEqual(keysAt(one.text, 'data.attributes'), ['service', 'service_method', 'service_currency', 'available',
      'active', 'enabled', 'amount_min', 'amount_max', 'fee_min', 'fee_max', 'fee_rate', 'fee_fix', 'reserve_lifetime',
      'reserve_rate', 'currency', 'test_mode']);
    assert.equal(row.links.self, `/api/payment-services/${row.id}`);
    assert.equal(row.relationships['payment-service'].data.id, row.attributes.service);
    assert.equal(row.relationships['payment-method'].data.id, row.attributes.service_method);
  }
});

test('some rows are not usable, to test errors', async () => {
  const all = (await api.services({ 'page[size]': 100 })).expect(200).data.map((row) => row.attributes);
  assert.ok(all.some((a) => !a.available || !a.enabled));
});

test('the list is the same under /api and with a trailing slash', async () => {
  const plain = (await api.services()).expect(200).text;
  for (const target of [
    '/api/payment-services',
    '/payment-services/',
    '/api/payment-services/',
    '/payment-services?',
  ]) {
    assert.equal((await api.private('GET', target)).expect(200).text, plain, target);
  }
  const one = (await api.service('comcps_u1xxlHVw1NyeqmjJ')).expect(200).text;
  assert.equal((await api.private('GET', '/api/payment-services/comcps_u1xxlHVw1NyeqmjJ')).expect(200).text, one);
});

test('unknown ids, and codes instead of ids, are not found', async () => {
  for (const id of ['comcps_0000000000000000', 'payment_card_usd_hpp', 'test_usd_test', 'x', '..%2F']) {
    (await api.service(id)).expect(404);
  }
  (await api.service('%00')).expect(400, 404);
});

test('credentials are needed', async () => {
  (await api.send('GET', '/payment-services')).expect(401);
  (await api.send('GET', '/payment-services/comcps_u1xxlHVw1NyeqmjJ')).expect(401);
});
