// Snapshots as files: into the same account, another one, another server.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { join } from 'node:path';
import { Client, invoice } from '../lib/client.js';
import { forms, open, send } from '../lib/pages.js';
import { startServer, tempDir } from '../lib/server.js';
import { sign, startSink } from '../lib/sink.js';
import { NOWHERE, exported, hold, put, restore, rich, state, take } from '../lib/snapshots.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);

describe('a file', () => {
  test('is imported unchanged into the same account', async () => {
    const { api, sink } = await rich(demo);
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
    const { api, sink } = await rich(demo);
    await take(api);
    assert.match((await exported(api)).text, /"response_body":\{"base64":"_wD-"\}/);
    await sink.stop({ clean: false });
  });

  test('in another account: new ids everywhere, signed with that account\'s secrets', async () => {
    const { api, sink } = await rich(demo);
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
    const { api, sink } = await rich(demo);
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
