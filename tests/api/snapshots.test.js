// Snapshots of an account: taken, listed, restored.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { join } from 'node:path';
import { Client, DEMO, invoice } from '../lib/client.js';
import { startServer, tempDir } from '../lib/server.js';
import { HANG, startSink } from '../lib/sink.js';
import { NOWHERE, exported, hold, names, put, refused, restore, rich, state, take } from '../lib/snapshots.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);

describe('a snapshot', () => {
  test('is taken, listed and deleted', async () => {
    const api = await demo.newFrozen();
    assert.deepEqual((await api.control('GET', '/snapshots')).expect(200).json, { items: [], total: 0, next: null });
    await api.made();
    await api.made();
    const before = Math.floor(Date.now() / 1000);
    const made = await take(api, 'b');
    assert.deepEqual(Object.keys(made), ['name', 'created', 'invoices']);
    assert.equal(made.invoices, 2);
    assert.ok(made.created >= before && made.created <= Date.now() / 1000);
    await api.made();
    const second = await take(api, 'a');
    assert.equal(second.invoices, 3);
    assert.deepEqual((await api.control('GET', '/snapshots')).expect(200).json, {
      items: [second, made],
      total: 2,
      next: null,
    });
    assert.deepEqual((await api.control('DELETE', '/snapshots/a')).expect(200).json, { deleted: 'a' });
    assert.deepEqual(await names(api), ['b']);
    assert.equal((await api.list()).data.length, 3, 'the state is not touched');
    for (const [method, path] of [['GET', 'a'], ['DELETE', 'a'], ['POST', 'a/restore'], ['GET', 'B']]) {
      refused(await api.control(method, `/snapshots/${path}`), 404, 'unknown_snapshot');
    }
  });

  test('contains no full card number, in any field', async () => {
    const api = await demo.newFrozen();
    const number = '5123817234060000';
    for (const card_number of [number, Number(number), [number]])
      await api.made({ service_fields: { card_number, kept: 'x' } });
    await take(api);
    const { text } = (await api.control('GET', '/snapshots/one')).expect(200);
    assert.equal(text.includes(number), false);
    const kept = text.match(/\{\\?"card_number.*?\}/g);
    assert.equal(kept.length, 3, text.slice(0, 4000));
    assert.match(kept[0], /512381\*{6}0000/);
  });

  test('replaces an earlier one with the same name', async () => {
    const api = await demo.newFrozen();
    await api.made({ reference_id: 'first' });
    await take(api);
    await api.made({ reference_id: 'second' });
    assert.equal((await take(api)).invoices, 2);
    assert.deepEqual(await names(api), ['one']);
    (await api.control('POST', '/reset')).expect(200);
    await restore(api);
    assert.deepEqual((await api.list()).data.map((one) => one.attributes.reference_id), ['second', 'first']);
  });

  test('has a name of 1 to 64 of [A-Za-z0-9_.-]', async () => {
    const api = await demo.newFrozen();
    for (const name of ['a', 'A-1_b.c', 'x'.repeat(64), 'restore', '..a']) await take(api, name);
    for (const name of ['x'.repeat(65), 'a%20b', 'a%2Fb', '%C3%A4', 'a%00b', 'a:b']) {
      for (const [method, tail] of [['POST', ''], ['GET', ''], ['PUT', ''], ['DELETE', ''], ['POST', '/restore']]) {
        const reply = await api.control(method, `/snapshots/${name}${tail}`, undefined, { check: false });
        assert.ok([404, 422].includes(reply.status), `${method} ${name}: ${reply.status}`);
      }
    }
    assert.equal((await api.control('GET', '/snapshots')).json.total, 5);
    (await api.control('POST', '/snapshots/a', { nonsense: 1 })).expect(422);
    (await api.control('POST', '/snapshots/a/restore', { nonsense: 1 })).expect(422);
  });

  test('is limited to 20 per account; a replacement does not count', async () => {
    const api = await demo.newFrozen();
    for (let i = 0; i < 20; i++) await take(api, `s${i}`);
    refused(await api.control('POST', '/snapshots/more'), 409, 'too_many_snapshots');
    const file = (await exported(api, 's1')).text;
    refused(await put(api, 'more', file), 409, 'too_many_snapshots');
    await take(api, 's3');
    (await put(api, 's4', file)).expect(201);
    await take(await demo.newFrozen(), 'more');
    (await api.control('DELETE', '/snapshots/s0')).expect(200);
    await take(api, 'more');
  });

  test('is listed in pages', async () => {
    const api = await demo.newFrozen();
    for (const name of ['c', 'a', 'e', 'B', 'd']) await take(api, name);
    const all = [];
    let next;
    do {
      const page = (
        await api.control('GET', '/snapshots', undefined, { parameters: { limit: 2, after: next } })
      ).expect(200).json;
      assert.equal(page.total, 5);
      all.push(...page.items.map((one) => one.name));
      next = page.next ?? undefined;
    } while (next);
    assert.deepEqual(all, ['B', 'a', 'c', 'd', 'e']);
  });

  test('survives a reset, and is deleted with the account', async () => {
    const api = await demo.newFrozen();
    const { id } = await api.made();
    await take(api);
    (await api.control('POST', '/reset')).expect(200);
    assert.deepEqual(await names(api), ['one']);
    await restore(api);
    (await api.get(id)).expect(200);
    (await api.control('DELETE', `/accounts/${api.account.id}`)).expect(200);
    refused(await api.control('GET', '/snapshots'), 404, 'unknown_account');
  });

  test('is rejected during an advance of the clock', async () => {
    const api = await demo.newFrozen();
    const sink = await startSink({ account: api.account });
    await api.made({}, { headers: { 'X-Mock-Outcome': 'processed@1s' } });
    sink.answer([HANG]);
    await api.made({ callback_url: `${sink.url}/c` });
    const advancing = api.control('POST', '/clock/advance', { seconds: 5, timeout: '60s' });
    await sink.got(1);
    refused(await api.control('POST', '/snapshots/one'), 409, 'advancing');
    (await api.control('POST', '/reset')).expect(200);
    assert.equal((await advancing).expect(200).json.complete, false);
    await take(api);
    await sink.stop();
  });
});

describe('a restore', () => {
  test('restores everything, whatever happened since', async () => {
    const { api, sink } = await rich(demo);
    const before = await state(api);
    assert.equal(before.list.length, 7);
    assert.equal((await take(api)).invoices, 7);
    await api.advance(3600);
    await api.made({ reference_id: 'later' });
    (await api.control('PATCH', `/accounts/${api.account.id}`, { name: 'Changed', retry_limit: 9 })).expect(200);
    (await api.control('DELETE', '/outcomes')).expect(200);
    for (let round = 0; round < 2; round++) {
      assert.deepEqual(await restore(api), (await api.control('GET', '/snapshots')).json.items[0]);
      assert.deepEqual(await state(api), before);
      (await api.control('POST', '/reset')).expect(200);
    }
    await sink.stop({ clean: false });
  });

  test('continues with timers, retries, queue and references', async () => {
    const { api, sink } = await rich(demo);
    await take(api);
    const run = async () => {
      const { events } = await api.advance(3600);
      const fresh = await api.made({ reference_id: 'fresh' });
      return {
        events: events.map(({ at, kind, invoice: id, from, to, attempt, result }) => ({
          at,
          kind,
          id,
          from,
          to,
          attempt,
          result,
        })),
        list: (await api.list()).data.map(({ attributes: { reference_id, status, resolution } }) => [
          reference_id,
          status,
          resolution,
        ]),
        again: (await api.create(invoice({ reference_id: 'paid' }))).expect(409).data.id,
        queue: (await api.control('GET', '/outcomes')).json.queued,
        planned: (await api.advance(10)).events.filter((event) => event.invoice === fresh.id).map((event) => event.to),
      };
    };
    const first = await run();
    assert.ok(first.events.length > 5);
    assert.deepEqual(first.queue, ['processed']);
    assert.deepEqual(first.planned, ['process_failed']);
    await restore(api);
    assert.deepEqual(await run(), first);
    await sink.stop({ clean: false });
  });

  test('freezes a frozen clock at the snapshot\'s time; a real clock continues from it', async () => {
    const api = await demo.newAccount();
    const start = await api.freeze(2_000_000_000);
    await take(api, 'frozen');
    await api.advance(500);
    (await api.control('PUT', '/clock', { mode: 'real' })).expect(200);
    await take(api, 'real');
    await api.advance(10_000);
    await restore(api, 'frozen');
    assert.deepEqual(await api.clock(), { mode: 'frozen', now: start });
    await restore(api, 'real');
    const { mode, now } = await api.clock();
    assert.equal(mode, 'real');
    assert.ok(now >= start + 500 && now < start + 9000, `runs on from the snapshot: ${now - start}`);
    (await api.control('POST', '/reset')).expect(200);
    assert.ok(Math.abs((await api.clock()).now - Date.now() / 1000) < 3600);
  });

  test('deletes later invoices, and their ids are not reused', async () => {
    const api = await demo.newFrozen();
    const old = await api.made({ callback_url: NOWHERE });
    await take(api);
    const seen = new Set([old.id, ...(await api.callbacks()).map((one) => one.id)]);
    for (let round = 0; round < 3; round++) {
      const { id } = await api.made({ callback_url: NOWHERE });
      await api.transition(old.id, { status: 'processed' });
      const [newest, second] = await api.callbacks();
      for (const one of [id, newest.id, second.id]) {
        assert.ok(!seen.has(one), `${one} is new`);
        seen.add(one);
      }
      if (round === 1) (await api.control('POST', '/reset')).expect(200);
      await restore(api);
      (await api.get(id)).expect(404);
      (await api.getPublic(id)).expect(404);
      (await api.control('GET', `/callbacks/${newest.id}`)).expect(404);
      assert.deepEqual((await api.list()).data.map((one) => one.id), [old.id]);
    }
  });

  test('resends a callback in flight at the snapshot; one in flight now is dropped', async () => {
    const api = await demo.newFrozen();
    const sink = await startSink({ account: api.account });
    sink.answer([HANG, HANG, 200]);
    const { id } = await api.made({ callback_url: `${sink.url}/c` });
    await sink.got(1);
    await take(api);
    const queued = JSON.parse((await exported(api)).text).invoices[0].callbacks[0];
    assert.equal(queued.state, 'queued');
    (await api.control('POST', '/reset')).expect(200);
    const lost = await api.made({ callback_url: `${sink.url}/lost` });
    await sink.got(2);
    await restore(api);
    (await api.wait({ invoice: id, callback: 'delivered', timeout: '60s' })).expect(200);
    assert.deepEqual(sink.requests.map((one) => one.path), ['/c', '/lost', '/c']);
    assert.equal(sink.requests[2].raw.toString(), sink.requests[0].raw.toString());
    assert.deepEqual((await api.callbacks()).map((one) => one.attempts.length), [1]);
    (await api.get(lost.id)).expect(404);
    await sink.stop();
  });

  test('ends waiting calls for deleted invoices with 404; the others keep waiting', async () => {
    const api = await demo.newAccount();
    const kept = await api.made({}, hold);
    await take(api);
    const lost = await api.made({}, hold);
    const [first, second] = [kept, lost].map(({ id }) =>
      api.wait({ invoice: id, status: 'processed', timeout: '60s' }),
    );
    await restore(api);
    refused(await second, 404, 'unknown_invoice');
    (await api.transition(kept.id, { status: 'processed' })).expect(200);
    assert.equal((await first).expect(200).data.attributes.status, 'processed');
  });

  test('survives a restart of the server, also while old rows are being deleted', async () => {
    const db = join(tempDir(), 'mock.db');
    let other = await startServer({ args: ['--db', db] });
    let api = await new Client(other).newAccount();
    await api.freeze();
    const all = [];
    for (let i = 0; i < 300; i++) all.unshift((await api.made({ callback_url: NOWHERE }, { check: i === 0 })).id);
    await take(api);
    (await api.control('POST', '/reset')).expect(200);
    await other.kill9();
    other = await startServer({ args: ['--db', db] });
    api = new Client(other).with(api.account);
    assert.equal((await api.list()).data.length, 0);
    assert.equal((await api.send('GET', '/_mock/health')).json.invoices, 0);
    await restore(api);
    const fresh = await api.made();
    assert.ok(!all.includes(fresh.id));
    const found = [];
    for (let before; ;) {
      const page = (await api.list({ 'page[size]': 100, 'page[before]': before })).data.map((one) => one.id);
      if (!page.length) break;
      found.push(...page);
      before = page.at(-1);
    }
    assert.deepEqual(found, [fresh.id, ...all]);
    await other.stop();
  });
});

test('the demo account has snapshots too, without ?account=', async () => {
  (await demo.send('POST', '/_mock/snapshots/mine')).expect(201);
  assert.equal((await demo.send('GET', '/_mock/snapshots')).expect(200).json.total, 1);
  (await demo.send('POST', '/_mock/snapshots/mine/restore')).expect(200);
  (await demo.send('GET', `/_mock/snapshots/mine?account=${DEMO.id}`)).expect(200);
  (await demo.send('DELETE', '/_mock/snapshots/mine')).expect(200);
});
