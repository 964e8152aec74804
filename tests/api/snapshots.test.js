import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { join } from 'node:path';
import { Client, DEMO, invoice } from '../lib/client.js';
import { forms, open, send } from '../lib/pages.js';
import { rawRequest } from '../lib/raw.js';
import { startServer, tempDir } from '../lib/server.js';
import { HANG, sign, startSink } from '../lib/sink.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);
const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };
const NOWHERE = 'http://127.0.0.1:1/c';

const take = async (api, name = 'one') => (await api.control('POST', `/snapshots/${name}`)).expect(201).json;
const restore = async (api, name = 'one') => (await api.control('POST', `/snapshots/${name}/restore`)).expect(200).json;
const exported = async (api, name = 'one') => (await api.control('GET', `/snapshots/${name}`)).expect(200);
const put = (api, name, file, options) =>
  api.control('PUT', `/snapshots/${name}`, undefined, {
    body: typeof file === 'string' ? file : JSON.stringify(file),
    headers: { 'Content-Type': 'application/json' },
    ...options,
  });
const names = async (api) => (await api.control('GET', '/snapshots')).expect(200).json.items.map((one) => one.name);
const refused = (reply, status, code) => {
  const { error } = reply.expect(status).json;
  if (code) assert.equal(error.code, code);
  return error.message;
};
/** The whole state of the account as calls show it. */
async function state(api) {
  const list = (await api.list({ 'page[size]': 100 })).expect(200).data;
  const timelines = [];
  for (const { id } of list) timelines.push(await api.lasting(id));
  return {
    list,
    timelines,
    callbacks: await api.callbacks(),
    queue: (await api.control('GET', '/outcomes')).expect(200).json,
    settings: (await api.control('GET', `/accounts/${api.account.id}`)).expect(200).json.settings,
    clock: await api.clock(),
  };
}
/** An account with invoices that are paid, failed, pending and verified, and with callbacks in each state. */
async function rich() {
  const api = await demo.newFrozen({ retry_limit: 2, attempt_limit: 3, name: 'Rich', opening_balances: { USD: '5.00' } });
  const sink = await startSink({ account: api.account });
  sink.answer([500, 200, { status: 200, body: Buffer.from([0xff, 0x00, 0xfe]) }, 200]);
  const told = { callback_url: `${sink.url}/c`, test_mode: true };
  await api.made({
    ...told,
    reference_id: 'paid',
    description: 'Zahlung für "eins" / two',
    metadata: { deep: { list: [1, 2.5, null, {}] } },
  });
  await api.made(
    { ...told, reference_id: 'declined', customer: { reference_id: 'c1', email: 'a@example.com', metadata: {} } },
    { headers: { 'X-Mock-Outcome': 'process_failed:insufficient_funds@1s' } },
  );
  await api.advance(3);
  await api.made({ reference_id: 'verified', flow: 'verify', amount: 1 });
  await api.advance(100);
  await api.transition((await api.made({ reference_id: 'refunded', callback_url: NOWHERE })).id, {
    status: 'processed',
  });
  await api.advance(1);
  const challenged = await api.made(
    { reference_id: 'challenged', gateway_options: { cardgate: { tokenize: true } } },
    hold,
  );
  (
    await api.pay(challenged.id, { card_number: '5123817234060000', expiry: '1230', cvv: '123', three_ds: 'abandon' })
  ).expect(200);
  await api.made(
    {
      reference_id: 'waits',
      return_urls: { success: 'https://a.example/s', fail: 'https://a.example/f', pending: 'https://a.example/p' },
    },
    { headers: { 'X-Mock-Outcome': 'processed@10s,refunded@5s' } },
  );
  await api.madePublic({ reference_id: 'public', return_url: 'https://a.example' });
  await api.outcomes('process_failed:declined', 'processed');
  return { api, sink };
}

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
    const { api, sink } = await rich();
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
    const { api, sink } = await rich();
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

describe('a file', () => {
  test('is imported unchanged into the same account', async () => {
    const { api, sink } = await rich();
    await take(api);
    const before = await state(api);
    const file = await exported(api);
    assert.match(file.text, /^\{"format":"milkypay-mock-snapshot","version":1,/);
    assert.equal(file.text.split('\n').length, 7 + 2, 'an invoice to a line');
    const reply = (await put(api, 'two', file.text)).expect(201).json;
    assert.deepEqual(reply, { ...(await api.control('GET', '/snapshots')).json.items[0], name: 'two', renamed: {} });
    assert.equal((await exported(api, 'two')).text, file.text);
    (await api.control('POST', '/reset')).expect(200);
    (await put(api, 'two', file.text)).expect(201);
    await restore(api, 'two');
    assert.deepEqual(await state(api), before);
    await take(api, 'three');
    assert.deepEqual(JSON.parse((await exported(api, 'three')).text), {
      ...JSON.parse(file.text),
      created: (await exported(api, 'three')).json.created,
    });
    await sink.stop({ clean: false });
  });

  test('keeps binary data', async () => {
    const { api, sink } = await rich();
    await take(api);
    assert.match((await exported(api)).text, /"response_body":\{"base64":"_wD-"\}/);
    await sink.stop({ clean: false });
  });

  test('in another account: new ids everywhere, signed with that account\'s secrets', async () => {
    const { api, sink } = await rich();
    await take(api);
    const file = (await exported(api)).json;
    const other = await demo.newFrozen();
    const reply = (await put(other, 'moved', file)).expect(201).json;
    const olds = file.invoices.flatMap((one) => [one.id, ...one.callbacks.map((callback) => callback.id)]);
    assert.deepEqual(Object.keys(reply.renamed).sort(), [...olds].sort());
    assert.equal(new Set(Object.values(reply.renamed)).size, olds.length);
    await restore(other, 'moved');
    const here = (await api.list()).data, there = (await other.list()).data;
    assert.deepEqual(there.map((one) => one.id), here.map((one) => reply.renamed[one.id]));
    for (const [i, one] of there.entries()) {
      assert.equal(one.attributes.reference_id, here[i].attributes.reference_id);
      assert.equal(one.attributes.status, here[i].attributes.status);
      assert.deepEqual(one.attributes.callback_logs, here[i].attributes.callback_logs);
    }
    const moved = (await take(other, 'again'), await exported(other, 'again'));
    for (const old of [...file.invoices.flatMap((one) => [one.id, one.session])]) {
      assert.ok(!moved.text.includes(old.split('_')[1]), `${old} is named nowhere`);
    }
    for (const { id, session, callbacks } of moved.json.invoices) {
      for (const { body } of callbacks) {
        const { data } = JSON.parse(body);
        assert.equal(data.id, id);
        const { sid, token } = data.attributes.flow_data.metadata;
        assert.equal(sid, session);
        assert.equal(JSON.parse(Buffer.from(token.split('.')[1], 'base64url')).sid, session);
        assert.equal(token, (await other.attributes(id)).flow_data.metadata.token, 'a token that the card page takes');
      }
    }
    // neither account has the ids of the other
    (await other.get(here[0].id)).expect(404);
    (await api.get(there[0].id)).expect(404);
    await sink.stop({ clean: false });
  });

  test('in its account: callbacks get new ids if another account has one of them', async () => {
    const { api, sink } = await rich();
    await take(api);
    const file = (await exported(api)).json;
    const other = await demo.newAccount();
    await other.made({ callback_url: NOWHERE });
    const [{ id: taken }] = await other.callbacks();
    const row = file.invoices.find((one) => one.callbacks.length > 1);
    row.callbacks[1].id = taken;
    const { renamed } = (await put(api, 'mixed', file)).expect(201).json;
    assert.deepEqual(
      Object.keys(renamed).sort(),
      file.invoices.flatMap((one) => one.callbacks.map(({ id }) => id)).sort(),
    );
    await sink.stop({ clean: false });
  });

  test('in another account: customers and cards are imported and can be charged', async () => {
    const card = { gateway_options: { cardgate: { tokenize: true } } };
    const instant = { gateway_options: { cardgate: { instant: true } } };
    const anna = { customer: { reference_id: 'anna' } };
    const api = await demo.newAccount();
    await api.freeze();
    const sink = await startSink({ account: api.account });
    const { id } = await api.made({
      ...anna,
      ...card,
      callback_url: `${sink.url}/c`,
      metadata: { mock_outcome: 'processed@0' },
    });
    await api.advance(0);
    const { token } = (await api.attributes(id)).payload;
    const charge = await api.made({ ...anna, ...instant, token, metadata: { mock_outcome: 'processed@0' } });
    await api.advance(0);
    const waiting = await api.made({ ...anna, ...instant, token });
    await api.idle();
    await take(api);
    const other = await demo.newAccount();
    const { renamed } = (await put(other, 'one', (await exported(api)).text)).expect(201).json;
    await restore(other);
    const there = (await other.get(renamed[id])).expect(200).data;
    const own = there.attributes.payload.token;
    assert.match(own, /^[A-Za-z0-9]{32}$/);
    assert.notEqual(own, token);
    const again = await other.made({ ...anna, ...instant, token: own });
    assert.deepEqual(again.relationships.customer, there.relationships.customer);
    for (const stale of [token, own.replace(/.$/, (last) => (last === 'x' ? 'y' : 'x'))]) {
      (await other.create(invoice({ ...anna, ...instant, token: stale }))).expect(422);
    }
    await other.advance(60);
    for (const one of [charge, waiting]) {
      assert.equal((await other.attributes(renamed[one.id])).payload.token, own);
    }
    const [last] = await other.callbacks({ invoice: renamed[id] });
    const { attributes, relationships } = JSON.parse((await other.callback(last.id)).attempts[0].request.body).data;
    assert.deepEqual([attributes.payload.token, relationships.customer], [own, there.relationships.customer]);
    await sink.stop();
  });

  test('an invoice without a service is imported and can be paid', async () => {
    const api = await demo.newAccount();
    const query = new URLSearchParams({
      public_key: api.account.public_key,
      currency: 'USD',
      amount: '5',
      reference_id: 'choice',
    });
    (await api.send('GET', `/hpp/?${query}`, { check: false })).expect(302);
    await take(api);
    const { text, json: file } = await exported(api);
    const other = await demo.newAccount();
    (await put(other, 'one', text)).expect(201);
    await restore(other);
    const [{ attributes, relationships }] = (await other.list()).data;
    assert.deepEqual([attributes.status, relationships['payment-service']], ['created', { data: null }]);
    const page = await open(other, new URL(attributes.flow_data.action).pathname);
    (
      await send(
        other,
        forms(page.text).find(({ buttons }) => buttons.some(({ name }) => name === 'service')),
        { service: 'paypal_usd_hpp' },
      )
    ).expect(200);
    assert.equal((await other.list()).data[0].attributes.status, 'process_pending');
    for (const changes of [{ service: 'none_usd_hpp' }, { id: 'cpoi_0000000000000000' }]) {
      const wrong = { ...file, invoices: [{ ...file.invoices[0], ...changes }] };
      assert.match((await put(other, 'two', JSON.stringify(wrong))).expect(422).json.error.message, /service/);
    }
  });

  test('a queued callback is delivered, signed by the new account', async () => {
    const api = await demo.newFrozen();
    await api.made({ callback_url: NOWHERE, test_mode: true }, hold);
    await api.idle({ within: '0' });
    await take(api);
    const other = await demo.newAccount();
    const sink = await startSink({ account: other.account });
    const file = (await exported(api)).json;
    file.invoices[0].callbacks[0].url = `${sink.url}/c`;
    (await put(other, 'one', file)).expect(201);
    await restore(other);
    await other.advance(120);
    await sink.got(1);
    assert.equal(sink.requests[0].headers['x-signature'], sign(other.account.secret_key, sink.requests[0].raw));
    await sink.stop();
  });

  test('another server keeps the ids only with the same --seed', async () => {
    const seeded = await startServer({ args: ['--seed', '7'] });
    const first = new Client(seeded);
    await first.freeze();
    const { id } = await first.made({ callback_url: NOWHERE });
    await take(first);
    const file = (await exported(first)).text;
    const twin = await startServer({ args: ['--seed', '7'] });
    const second = new Client(twin);
    assert.deepEqual((await put(second, 'one', file)).expect(201).json.renamed, {});
    assert.equal((await exported(second)).text, file);
    await restore(second);
    (await second.get(id)).expect(200);
    // the second server has not used these numbers, and does not use them now
    const fresh = await second.made({ callback_url: NOWHERE });
    assert.notEqual(fresh.id, id);
    assert.equal((await second.list()).data.length, 2);
    assert.equal(new Set((await second.callbacks()).map((one) => one.id)).size, 2);
    await Promise.all([seeded.stop(), twin.stop()]);
    const stranger = await demo.newAccount();
    assert.deepEqual(
      Object.keys((await put(stranger, 'one', file)).expect(201).json.renamed).filter((one) => one.startsWith('cpi_')),
      [id],
    );
  });

  test('ids can be reused after the other account has deleted them', async () => {
    const api = await demo.newFrozen(), other = await demo.newFrozen();
    const { id } = await api.made({ callback_url: NOWHERE });
    await take(api);
    const file = (await exported(api)).text;
    (await api.control('POST', '/reset')).expect(200);
    assert.ok((await put(other, 'one', file)).expect(201).json.renamed[id], 'the snapshot has it still');
    (await api.control('DELETE', '/snapshots/one')).expect(200);
    assert.deepEqual((await put(other, 'one', file)).expect(201).json.renamed, {});
    await restore(other);
    (await other.get(id)).expect(200);
    // now the other account has the ids, so this import must rename them
    const { renamed } = (await put(api, 'one', file)).expect(201).json;
    await restore(api);
    (await api.get(renamed[id])).expect(200);
    (await api.get(id)).expect(404);
    (await other.get(id)).expect(200);
  });

  test('numbers of an imported file are not reused, even after its deletion and a restart', async () => {
    const db = join(tempDir(), 'mock.db');
    let other = await startServer({ args: ['--db', db] });
    let api = new Client(other);
    await api.freeze();
    await api.made({ callback_url: NOWHERE });
    await take(api);
    const file = (await exported(api)).json;
    const moved = await api.newAccount();
    const { renamed } = (await put(moved, 'one', file)).expect(201).json;
    const given = new Set(Object.values(renamed));
    await other.kill9();
    other = await startServer({ args: ['--db', db] });
    api = new Client(other);
    assert.ok(!given.has((await api.made({ callback_url: NOWHERE })).id));
    (await api.with(moved.account).control('DELETE', '/snapshots/one')).expect(200);
    for (let i = 0; i < 2; i++) {
      await other.kill9();
      other = await startServer({ args: ['--db', db] });
      api = new Client(other);
      assert.ok(!given.has((await api.made({ callback_url: NOWHERE })).id));
    }
    for (const { id } of await api.callbacks()) assert.ok(!given.has(id), id);
    await other.stop();
  });
});

const small = await demo.newFrozen();
const good = await (async () => {
  const sink = await startSink({ account: small.account });
  await small.made({ callback_url: `${sink.url}/c`, reference_id: 'r1', description: 'd' });
  await small.advance(5);
  await small.made({ reference_id: 'r2' }, { headers: { 'X-Mock-Outcome': 'processed@10s' } });
  await sink.stop();
  await take(small, 'good');
  return (await exported(small, 'good')).text;
})();

describe('an invalid file is rejected as a whole', () => {
  const api = small;

  /** Changes a copy of the good file. */
  const but = (change) => {
    const file = JSON.parse(good);
    change(file, file.invoices[0], file.invoices[0].callbacks[0], file.invoices[0].callbacks[0].attempts[0]);
    return file;
  };
  const all = (path, values, place) =>
    values.map((value) => [
      `${path} ${JSON.stringify(value)?.slice(0, 60)}`,
      path.split(' ')[0],
      but((file, one, callback, attempt) => {
        place(file, one, callback, attempt)[path.split('.').at(-1)] = value;
      }),
    ]);
  const head = (name, ...values) => all(name, values, (file) => file);
  const row = (name, ...values) => all(`invoices[0].${name}`, values, (file, one) => one);
  const step = (name, ...values) =>
    all(`invoices[0].transitions[0].${name}`, values, (file, one) => one.transitions[0]);
  const call = (name, ...values) => all(`invoices[0].callbacks[0].${name}`, values, (file, one, callback) => callback);
  const attempt = (name, ...values) =>
    all(`invoices[0].callbacks[0].attempts[0].${name}`, values, (file, one, callback, first) => first);
  const NUMBERS = [undefined, null, -1, 1.5, '1', true, 1e300, []];

  const cases = [
    ...head('format', undefined, null, 'other', 5),
    ...head('version', 0, 2, null, 'x'),
    ...head('created', -1, 'x', 1e300),
    ...head('clock', null, 5, []),
    ...head('settings', 5, []),
    ...head('outcomes', null, {}, ['nonsense'], [5], Array(1001).fill('processed')),
    ...head('invoices', null, {}, [5], [null], [[]]),
    ...head('nonsense', 1),
    [
      'clock.mode',
      'clock.mode',
      but((file) => {
        file.clock.mode = 'asleep';
      }),
    ],
    [
      'clock.now_ms',
      'clock.now_ms',
      but((file) => {
        file.clock.now_ms = -1;
      }),
    ],
    [
      'settings.retry_limit',
      'settings.retry_limit',
      but((file) => {
        file.settings.retry_limit = 1000;
      }),
    ],
    [
      'settings.nonsense',
      'settings.nonsense',
      but((file) => {
        file.settings.nonsense = 1;
      }),
    ],
    ...row('id', undefined, null, 5, 'cpi_1', 'cgi_0000000000000000', 'cpi_00000000000000000', 'cpi_000000000000000!'),
    ...row('session', null, 'x'),
    ...row('reference_id', null, '', 'x'.repeat(256), 5, 'a\u0000b'),
    ...row('service', 'nonsense', null),
    ...row('currency', 'u$d', 'US', null),
    ...row('description', 5, 'x'.repeat(1025)),
    ...row('test_mode', 1, 'true', null),
    ...row('flow', 'other', null, ''),
    ...row('source', 'nobody'),
    ...row('status', 'done', null, 3),
    ...row('been', [], ['nonsense'], null, 'processed', [1]),
    ...row('resolution', 'nonsense', null, ''),
    ...row('amount', undefined, null, -1, 'x', 1e12, 1e300, [], true),
    ...row('fee', null, -0.01),
    ...row('deposit', null, 'x', -1e300),
    ...row('refunded_amount', -1, {}),
    ...row('created_ms', ...NUMBERS),
    ...row('expires_ms', ...NUMBERS),
    ...row('made_ms', ...NUMBERS),
    ...row('processed_ms', -1, 1.5, 'x'),
    ...row('metadata', null, 5, 'x'),
    ...row('customer', 5, [1]),
    ...row('customer_id', 'cus_1', 5),
    ...row('payload', 5, 'x'),
    ...row('callback_url', 'javascript:alert(1)', 'http://', 5, `http://x/${'a'.repeat(2100)}`),
    ...row('return_url', 'x'),
    ...row('base_url', null, 'x', 'http://a b'),
    ...row('plan', null, 'nonsense', 'processed@x', 'processed,created', 5),
    ...row('challenge_outcome', 'processed', 'nonsense'),
    ...row('attempts', -1, null, 1.5),
    ...row('nonsense', 1),
    ...row('due_ms', 1),
    ...row('transitions', null, {}, [5], undefined),
    ...row('callbacks', null, [null]),
    ...step('from', 'nonsense'),
    ...step('to', null),
    ...step('at_ms', -1),
    ...step('resolution', 'nonsense'),
    ...step('cause', '', 'x'.repeat(33), null),
    ...step('seq', 5),
    ...call('id', 'cb_0', 'cb_x', 'cb_-1', 5, null, `cb_${'9'.repeat(30)}`),
    ...call('state', 'sending', '', 'nonsense', null),
    ...call('transition', 'x'),
    ...call('due_ms', 5, -1),
    ...call('url', 'file:///etc/passwd', null),
    ...call('body', '', null, 5, 'a\u0000b'),
    ...call('manual', 0),
    ...call('attempts', {}, [5]),
    ...call('signature', 'x'),
    ...attempt('code', 0, 99, 1000, 'x'),
    ...attempt('took_ms', -1),
    ...attempt('request_headers', null, 5),
    ...attempt('response_body', 5, { base64: '*' }, {}, { base64: 'aa', x: 1 }),
    ...attempt('number', 1),
    [
      'a queued callback without its time',
      'invoices[0].callbacks[0].due_ms',
      but((file, one, callback) => {
        callback.state = 'queued';
      }),
    ],
    [
      'a time without a plan',
      'invoices[0].plan',
      but((file, one) => {
        one.plan_due_ms = 5;
      }),
    ],
    [
      'the same id twice',
      'invoices[1].id',
      but((file) => {
        file.invoices[1].id = file.invoices[0].id;
      }),
    ],
    [
      'the same session twice',
      'invoices[1].session',
      but((file) => {
        file.invoices[1].session = file.invoices[0].session;
      }),
    ],
    [
      'the same reference twice',
      'invoices[1].reference_id',
      but((file) => {
        file.invoices[1].reference_id = 'r1';
      }),
    ],
    [
      'the same callback twice',
      'invoices[0].callbacks[1].id',
      but((file, one) => {
        one.callbacks[1].id = one.callbacks[0].id;
      }),
    ],
  ];

  for (const [what, path, file] of cases) {
    test(what, async () => {
      const message = refused(await put(api, 'bad', file), 422, 'invalid');
      assert.ok(message.includes(path), `${message} names ${path}`);
      assert.deepEqual(await names(api), ['good']);
    });
  }

  test('the lists of an invoice that is refused are not read', async () => {
    for (const [name, value] of [['service', 'nonsense'], ['plan', 'nonsense'], ['challenge_outcome', 'nonsense']]) {
      const file = but((changed, one) => {
        one[name] = value;
        one.transitions[0].to = 'nonsense';
      });
      const message = refused(await put(api, 'bad', file), 422, 'invalid');
      assert.ok(message.includes(`invoices[0].${name}`), message);
      assert.ok(!message.includes('transitions'), message);
    }
  });

  test('invalid JSON is 400', async () => {
    for (const body of ['', 'nonsense', '[]', '5', good.slice(0, -20), `${good}x`])
      refused(await put(api, 'bad', body), 400, 'invalid_json');
    assert.deepEqual(await names(api), ['good']);
  });

  test('a document that is too large or too deep', async () => {
    refused(await put(api, 'bad', `{"invoices":[${'[],'.repeat(600_000)}[]]}`), 422, 'invalid');
    refused(await put(api, 'bad', `{"invoices":[${'1,'.repeat(4_100_000)}1]}`), 422, 'invalid');
    refused(await put(api, 'bad', `{"invoices":${'['.repeat(100_000)}`), 400, 'invalid_json');
    assert.deepEqual(await names(api), ['good']);
  });

  const begin = good.slice(0, good.indexOf('"invoices":[') + '"invoices":['.length);
  const fill = (unit, bytes) => unit.repeat(Math.floor(bytes / unit.length));

  test('16 MiB of junk, by its head, its size or its first bad row', async () => {
    const most = (16 << 20) - begin.length - 100;
    for (const [file, path] of [
      [`{"x":"${fill('x', most)}"}`, 'file'],
      [`{"x":"${fill('x', 1 << 20)}"}`, 'format'],
      [`${begin}${fill('1,', 12 << 20)}1]}`, 'file'],
      [`${begin}${fill('{},', 1 << 20)}{}]}`, 'invoices'],
      [`${begin}${fill('1,', 100_000)}1]}`, 'invoices[0]'],
      [`${begin}${fill(' ', most)}{}]}`, 'invoices[0].id'],
      [`${begin}{"a":[${fill('1,', 4 << 20)}1]}]}`, 'invoices[0]'],
      [`${begin}${fill('"\\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",', 1 << 20)}1]}`, 'invoices[0]'],
      [`${begin}${fill('[', 400_000)}${fill(']', 400_000)}]}`, 'invoices[0]'],
    ]) {
      const message = refused(await put(api, 'bad', file), 422, 'invalid');
      assert.ok(message.includes(path), `${message} names ${path}`);
    }
    assert.deepEqual(await names(api), ['good']);
  });

  /** A valid file of some MiB: many turns of the loop. */
  const large = () => but((file) => {
    const [one] = file.invoices;
    file.invoices = Array.from({ length: 2000 }, (_, i) => ({
      ...structuredClone(one),
      reference_id: `many${i}`,
      callbacks: [],
      metadata: { pad: 'x'.repeat(2000) },
      id: one.id.slice(0, -4) + i.toString(36).padStart(4, '0'),
      session: one.session.slice(0, -4) + i.toString(36).padStart(4, '0'),
    }));
  });

  test('a large file does not block other calls', async () => {
    const text = JSON.stringify(large());
    const turns = async () =>
      Number(/loop_turn_seconds_count (\d+)/.exec((await api.send('GET', '/_mock/metrics')).text)[1]);
    const before = await turns();
    const made = (await put(api, 'many', text)).expect(201).json;
    assert.equal(made.invoices, 2000);
    assert.ok(await turns() - before >= text.length / (256 << 10), 'turns');
    assert.deepEqual(
      (await exported(api, 'many')).json.invoices.map((row) => row.reference_id),
      large().invoices.map((row) => row.reference_id),
    );
    (await api.control('DELETE', '/snapshots/many')).expect(200);
  });

  test('changes of the account or the caller during the import', async () => {
    const text = JSON.stringify(large());
    const other = await demo.newAccount();
    const imports = Promise.all([
      put(other, 'many', text, { check: false }),
      put(other, 'many', text, { check: false }),
    ]);
    const gone = Array.from({ length: 3 }, () =>
      rawRequest(server, 'PUT', `/_mock/snapshots/gone?account=${other.account.id}`, { body: text }),
    );
    for (const { socket, done } of gone) {
      socket.write('', () => socket.destroy());
      done.catch(() => {});
    }
    (await demo.control('DELETE', `/accounts/${other.account.id}`)).expect(200);
    for (const reply of await imports) assert.ok([201, 404].includes(reply.status), `${reply.status}`);
    (await demo.control('GET', '/snapshots')).expect(200);
  });

  test('the server stops during the import', async () => {
    const text = JSON.stringify(large());
    const one = await startServer();
    const calls = Array.from({ length: 4 }, () =>
      put(new Client(one), 'many', text, { check: false }).then(
        ({ status }) => status,
        () => 0,
      ),
    );
    await Promise.race(calls);
    await one.stop();
    assert.ok((await Promise.all(calls)).every((status) => [0, 201, 503].includes(status)));
  });

  test('a failed import keeps the existing snapshot of that name', async () => {
    refused(await put(api, 'good', but((file) => { file.invoices[1].status = 'x'; })), 422, 'invalid');
    assert.equal((await exported(api, 'good')).text, good);
  });

  test('more than 1 MiB is accepted here, from authorized callers', async () => {
    const file = JSON.parse(good);
    file.invoices[0].metadata = { pad: 'x'.repeat(3 << 20) };
    (await put(api, 'large', file)).expect(201);
    assert.equal((await exported(api, 'large')).json.invoices[0].metadata.pad.length, 3 << 20);
    (await api.control('DELETE', '/snapshots/large')).expect(200);
    const guarded = await startServer({ args: ['--control-token', 'sesame'] });
    const stranger = new Client(guarded);
    (await put(stranger, 'large', file)).expect(413);
    (await put(stranger, 'large', good)).expect(401);
    stranger.controlHeaders = { Authorization: 'Bearer sesame' };
    (await put(stranger, 'large', file, { headers: stranger.controlHeaders })).expect(201);
    await guarded.stop();
    // other calls keep their limit
    (await api.control('POST', '/snapshots/large', file)).expect(413);
    (await api.control('POST', '/outcomes', file)).expect(413);
  });

  test('files of more than 16 MiB are neither read nor written', async () => {
    const file = JSON.parse(good);
    file.invoices[1].metadata = { pad: 'x'.repeat(3 << 20) };
    file.invoices[1].callback_url = NOWHERE;
    const { renamed } = (await put(api, 'large', file)).expect(201).json;
    assert.deepEqual(renamed, {});
    await restore(api, 'large');
    // the body of each callback contains the metadata too
    for (const status of ['processed', 'process_pending', 'processed', 'process_pending', 'processed']) {
      (await api.transition(file.invoices[1].id, { status, force: true })).expect(200);
    }
    await take(api, 'large');
    refused(await api.control('GET', '/snapshots/large'), 409, 'snapshot_too_large');
    file.invoices[1].metadata = { pad: 'x'.repeat(17 << 20) };
    const reply = await put(api, 'larger', file, { check: false }).catch((error) => error);
    assert.ok(reply instanceof Error || reply.status === 413);
    await restore(api, 'good');
    (await api.control('DELETE', '/snapshots/large')).expect(200);
  });
});

test('the demo account has snapshots too, without ?account=', async () => {
  (await demo.send('POST', '/_mock/snapshots/mine')).expect(201);
  assert.equal((await demo.send('GET', '/_mock/snapshots')).expect(200).json.total, 1);
  (await demo.send('POST', '/_mock/snapshots/mine/restore')).expect(200);
  (await demo.send('GET', `/_mock/snapshots/mine?account=${DEMO.id}`)).expect(200);
  (await demo.send('DELETE', '/_mock/snapshots/mine')).expect(200);
});
