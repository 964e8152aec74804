// An invoice with thousands of callbacks: a change costs as much as the first ones, and pages of lists have a maximum
// size.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { Client } from '../lib/client.js';
import { ALONE, startServer } from '../lib/server.js';
import { startSink } from '../lib/sink.js';

const MANY = 3000;
const MADE = MANY + 2; // callbacks, including those of the creation and of one more change
const KEPT = 16; // entries of callback_logs that are kept in the invoice's row
const SHOWN = 1000; // entries of callback_logs when the invoice is read
const PAGE_BYTES = 512 << 10;

const server = await startServer();
after(() => server.stop());
const demo = new Client(server, undefined, { check: false });
const sink = await startSink({ check: false });
after(() => sink.stop());

const logs = async (api, id) => Object.values((await api.attributes(id)).callback_logs);
const flip = async (api, id, k) =>
  (await api.transition(id, { status: k % 2 ? 'process_failed' : 'processed', force: true })).expect(200);
/** Processor time that the server has used, in nanoseconds. */
const used = () => Number(readFileSync(`/proc/${server.pid}/schedstat`, 'utf8').split(' ')[0]);
/** The processor time for `n` changes and their callbacks. */
async function cost(api, id, from, n) {
  const begun = used();
  for (let k = from; k < from + n; k++) await flip(api, id, k);
  await api.idle();
  return used() - begun;
}

test('callback_logs is complete with fewer and with more entries than the row keeps', async () => {
  const api = await demo.newAccount({ callback_url: `${sink.url}/few`, outcome: 'process_pending' });
  const { id } = await api.made();
  for (let n = 1; n <= KEPT + 3; n++) {
    await api.idle();
    const entries = await logs(api, id);
    assert.equal(entries.length, n);
    assert.ok(entries.every((one) => one.status === 'done' && one.response_code === 200), JSON.stringify(entries));
    const listed = (await api.list()).expect(200).data[0].attributes.callback_logs;
    assert.deepEqual(Object.values(listed), entries);
    await flip(api, id, n);
  }
});

test('a snapshot and its file keep them', async () => {
  const api = await demo.newAccount({ callback_url: `${sink.url}/few`, outcome: 'process_pending' });
  const { id } = await api.made();
  for (let n = 0; n < KEPT + 3; n++) await flip(api, id, n);
  await api.idle();
  const entries = await logs(api, id);
  assert.equal(entries.length, KEPT + 4);
  (await api.control('POST', '/snapshots/one')).expect(201);
  const file = (await api.control('GET', '/snapshots/one')).expect(200);
  (await api.control('POST', '/snapshots/one/restore')).expect(200);
  assert.deepEqual(await logs(api, id), entries);
  const other = await demo.newAccount();
  (await other.send('PUT', `/_mock/snapshots/one?account=${other.account.id}`, { body: file.text })).expect(201);
  (await other.control('POST', '/snapshots/one/restore')).expect(200);
  assert.deepEqual(await logs(other, (await other.list()).expect(200).data[0].id), entries);
});

describe(`${MANY} changes of one invoice`, () => {
  let api, id, first, last, changed;
  before(async () => {
    api = await demo.newAccount({ callback_url: `${sink.url}/many`, outcome: 'process_pending' });
    ({ id } = await api.made());
    await cost(api, id, 1, 100);
    first = await cost(api, id, 101, 100);
    for (let k = 201; k < MANY - 100; k += 20)
      await Promise.all(Array.from({ length: 20 }, (_, n) => flip(api, id, k + n)));
    await api.idle();
    last = await cost(api, id, MANY - 100, 100);
    changed = await flip(api, id, 0);
    await api.idle();
  });

  test('the last changes take no longer than the first', { skip: ALONE }, () => {
    assert.ok(last < 5 * first, `${first / 1e6} ms of processor time at first, ${last / 1e6} ms after ${MANY}`);
  });

  test('callback_logs has the newest thousand when the invoice is read, and the newest hundred elsewhere', async () => {
    const all = await logs(api, id);
    assert.equal(all.length, SHOWN);
    const [listed] = (await api.list()).expect(200).data;
    assert.equal(Object.keys(listed.attributes.callback_logs).length, 100);
    assert.equal(Object.keys(changed.data.attributes.callback_logs).length, 100);
  });

  test('a page of callbacks has a maximum size, and `next` leads to all callbacks', async () => {
    const seen = [];
    let next;
    do {
      const reply = (
        await api.control('GET', '/callbacks', undefined, { parameters: { limit: 1000, after: next } })
      ).expect(200);
      assert.ok(reply.text.length < 2 * PAGE_BYTES, `a page of ${reply.text.length} bytes`);
      assert.equal(reply.json.total, MADE);
      assert.ok(reply.json.items.length > 0 && reply.json.items.length <= 1000);
      seen.push(...reply.json.items.map((one) => one.id));
      ({ next } = reply.json);
    } while (next);
    assert.equal(new Set(seen).size, MADE);
    assert.equal(seen.length, MADE);
  });

  test('a page ends at its limit, and the last page has no next', async () => {
    const page = async (parameters) =>
      (await api.control('GET', '/callbacks', undefined, { parameters })).expect(200).json;
    const all = await page({ limit: 32 });
    assert.equal(all.items.length, 32);
    assert.equal(all.next, all.items[31].id);
    const few = await api.newAccount({ callback_url: `${sink.url}/few`, outcome: 'process_pending' });
    for (let n = 0; n < 32; n++) await few.made();
    await few.idle();
    const list = async (limit) =>
      (await few.control('GET', '/callbacks', undefined, { parameters: { limit } })).expect(200).json;
    assert.deepEqual([(await list(32)).items.length, (await list(32)).next], [32, null]);
    assert.deepEqual([(await list(31)).items.length, (await list(31)).next !== null], [31, true]);
    assert.deepEqual([(await list(33)).items.length, (await list(33)).next], [32, null]);
  });

  test('the timeline has every attempt', async () => {
    const { items } = await api.timeline(id);
    assert.equal(items.filter((one) => one.kind === 'callback').length, MADE);
  });
});
