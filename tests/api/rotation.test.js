// POST /_mock/accounts/{id}/rotate: new keys for an account that is in use.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Client, basic, invoice, phpForm } from '../lib/client.js';
import { startServer, tempDir } from '../lib/server.js';
import { sign, startSink } from '../lib/sink.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);
const FIXTURES = new URL('../../fixtures/default.json', import.meta.url);
const KINDS = ['api_key', 'public_key', 'public_live_key', 'secret_key', 'secret_live_key'];
const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };

const rotate = async (api, keys, grace_s) =>
  api.control('POST', `/accounts/${api.account.id}/rotate`, { keys, ...(grace_s !== undefined && { grace_s }) });
const rotated = async (api, keys, grace_s) => api.with((await rotate(api, keys, grace_s)).expect(200).json);
const read = async (api) => (await api.control('GET', `/accounts/${api.account.id}`)).expect(200).json;
const keysOf = (account) => KINDS.map((kind) => account[kind]);

/** An account with a frozen clock. */
async function frozen(settings) {
  const api = await demo.newAccount(settings);
  return { api, now: await api.freeze() };
}

describe('the call', () => {
  test('replaces what it names, and answers with the account', async () => {
    const { api, now } = await frozen();
    for (const kind of KINDS) {
      const before = await read(api);
      const made = (await rotate(api, [kind], 60)).expect(200).json;
      const [latest] = made.previous_keys;
      assert.deepEqual(latest, { [kind]: before[kind], replaced: now, until: now + 60, valid: true });
      assert.notEqual(made[kind], before[kind]);
      assert.equal(made[kind].length, before[kind].length);
      assert.equal(made[kind].slice(0, 3) === 'pk_', before[kind].slice(0, 3) === 'pk_');
      for (const other of KINDS.filter((one) => one !== kind)) assert.equal(made[other], before[other]);
      assert.deepEqual(await read(api), made);
    }
    const all = (await rotate(api, KINDS)).expect(200).json;
    assert.equal(all.previous_keys.length, 10);
    assert.ok(all.previous_keys.slice(0, 5).every(({ until, valid }) => until === now && !valid));
  });

  test('rejects wrong requests, and changes nothing', async () => {
    const { api } = await frozen();
    for (const wrong of [{}, { keys: [] }, { keys: ['id'] }, { keys: ['secret_key', 5] }, { keys: 'secret_key' },
      { keys: {} }, { keys: ['api_key'], grace_s: -1 }, { keys: ['api_key'], grace_s: 31536001 },
      { keys: ['api_key'], grace_s: 1.5 }, { keys: ['api_key'], grace: 1 }]) {
      (await api.control('POST', `/accounts/${api.account.id}/rotate`, wrong, { check: false })).expect(422);
    }
    (await demo.control('POST', '/accounts/coma_0000000000000000/rotate', { keys: ['api_key'] })).expect(404);
    assert.deepEqual(await read(api), api.account);
  });

  test('a fourth replacement within the grace is a 409', async () => {
    const { api } = await frozen();
    for (let n = 0; n < 4; n++) await rotated(api, ['secret_key'], 100);
    const before = await read(api);
    const { error } = (await rotate(api, ['api_key', 'secret_key'], 100)).expect(409).json;
    assert.equal(error.code, 'too_many_keys');
    assert.match(error.message, /^secret_key: 3 /);
    assert.deepEqual(await read(api), before);
    await api.advance(100);
    for (let n = 0; n < 30; n++) await rotated(api, KINDS);
    assert.equal((await read(api)).previous_keys.length, 20);
  });
});

describe('a replaced key', () => {
  test('api_key: valid for the grace by the account\'s clock, then a 401 that says why', async () => {
    const { api } = await frozen();
    const fresh = await rotated(api, ['api_key'], 60);
    for (const client of [api, fresh]) (await client.get('cpi_0000000000000000')).expect(404);
    await api.advance(59);
    (await api.create(invoice())).expect(201);
    await api.advance(1);
    (await api.create(invoice())).expect(401);
    (await fresh.create(invoice())).expect(201);
    const { items } = (await fresh.control('GET', '/requests', undefined, { parameters: { status: 401 } })).json;
    assert.equal(items[0].explain.rule, 'replaced_api_key');
  });

  test('public keys: the same, with the mode that they have', async () => {
    const { api, now } = await frozen();
    const fresh = await rotated(api, ['public_key', 'public_live_key'], 60);
    const ways = {
      create: (client) => client.createPublic(invoice()),
      form: (client) => client.createForm(invoice(), { headers: { Accept: 'application/json' } }),
      prerequest: (client) => client.prerequest({ currency: 'USD' }),
      page: (client) => client.send('GET',
        `/hpp/?${phpForm({ public_key: client.account.public_key, currency: 'USD', amount: 5 })}`),
    };
    const live = (client) => client.with({ ...client.account, public_key: client.account.public_live_key });
    for (const client of [api, live(api), fresh, live(fresh)]) {
      for (const send of Object.values(ways)) (await send(client)).expect(200, 201, 302);
    }
    for (const [client, mode] of [[api, true], [live(api), false], [fresh, true], [live(fresh), false]]) {
      assert.equal((await client.madePublic()).test_mode, mode);
    }
    await api.advance(60);
    for (const client of [api, live(api)]) for (const send of Object.values(ways)) (await send(client)).expect(401);
    for (const send of Object.values(ways)) (await send(fresh)).expect(200, 201, 302);
    (await api.createPublic(invoice())).expect(401);
    const { items } = (await fresh.control('GET', '/requests', undefined, { parameters: { status: 401 } })).json;
    assert.equal(items[0].explain.rule, 'replaced_public_key');
    assert.match(items[0].explain.message, new RegExp(`was replaced .* valid until ${now + 60}`));
  });

  test('another account\'s calls are not affected', async () => {
    const [{ api }, other] = [await frozen(), await demo.newAccount()];
    await rotated(api, KINDS);
    await other.made();
    await other.madePublic();
    (await demo.send('GET', '/account/profile', { auth: basic(other.account.id, api.account.api_key) })).expect(401);
  });

  test('is masked in the journal', async () => {
    const { api } = await frozen();
    const fresh = await rotated(api, KINDS, 60);
    const { text } = (await fresh.control('GET', '/requests')).expect(200);
    for (const kind of ['api_key', 'secret_key', 'secret_live_key']) {
      for (const { account } of [api, fresh]) assert.ok(!text.includes(account[kind]), kind);
    }
  });
});

describe('callbacks', () => {
  test('new ones are signed with the new secret at once, in both modes', async () => {
    const { api } = await frozen();
    const sink = await startSink({ account: api.account });
    const fresh = await rotated(api, ['secret_key', 'secret_live_key'], 600);
    for (const test_mode of [true, false]) {
      const { id } = await fresh.made({ test_mode, callback_url: `${sink.url}/c` }, hold);
      await fresh.wait({ invoice: id, callback: 'delivered' });
      const { raw, headers } = sink.requests.at(-1);
      const secret = test_mode ? fresh.account.secret_key : fresh.account.secret_live_key;
      assert.equal(headers['x-signature'], sign(secret, raw));
    }
    await sink.stop({ clean: false });
  });

  test('one that was queued before keeps its signature; a receiver\'s 401 names the previous secret', async () => {
    const { api, now } = await frozen({ retry_interval_s: 10 });
    const sink = await startSink({ account: api.account });
    sink.answer([401]);
    const { id } = await api.made({ test_mode: true, callback_url: `${sink.url}/c` }, hold);
    const first = async () => (await api.callbacks({ invoice: id }))[0];
    await api.idle();
    assert.equal((await first()).attempts[0].error, 'signed with the test secret key, because test_mode is true: does the receiver verify with that key, over the bytes as they came?');
    const fresh = await rotated(api, ['secret_key'], 5);
    await api.advance(10);
    assert.equal((await first()).attempts[1].error,
      'signed with the previous test secret key, because test_mode is true; that key was replaced at '
      + `${now}: resend with resign to sign with the new one`);
    assert.equal(sink.requests.at(-1).headers['x-signature'], sign(api.account.secret_key, sink.requests.at(-1).raw));
    (await api.control('POST', `/callbacks/${(await first()).id}/resend`, { resign: true })).expect(200);
    await api.idle();
    assert.equal((await first()).attempts[2].error,
      `signed with the test secret key, because test_mode is true; it replaced another key at ${now}: `
      + 'does the receiver verify with the new one?');
    assert.equal(sink.requests.at(-1).headers['x-signature'],
      sign(fresh.account.secret_key, sink.requests.at(-1).raw));
    await sink.stop({ clean: false });
  });

  test('the built-in sink accepts the previous secret during the grace', async () => {
    const { api } = await frozen({ retry_interval_s: 10 });
    (await api.control('PUT', '/sink/shop', { responses: [500] })).expect(200);
    const callback_url = `${server.url}/_mock/sink/shop?account=${api.account.id}`;
    await api.made({ test_mode: true, callback_url }, hold);
    await api.idle();
    await rotated(api, ['secret_key'], 15);
    await api.advance(10);
    await api.advance(20);
    const { items } = (await api.control('GET', '/sink/shop/requests')).expect(200).json;
    assert.deepEqual(items.map(({ signature }) => signature), ['valid', 'valid', 'invalid']);
  });
});

describe('verify-signature', () => {
  const BODY = '{"data":{"attributes":{"test_mode":true}}}';
  const verify = async (api, secret, key) =>
    (await api.control('POST', '/verify-signature', { body: BODY, signature: sign(secret, BODY), key })).expect(200).json;

  test('knows the previous secret: valid during the grace', async () => {
    const { api, now } = await frozen();
    const fresh = await rotated(api, ['secret_key'], 60);
    const { secret_key: before } = api.account;
    const { secret_key: present } = fresh.account;
    const expected = sign(present, BODY);
    assert.deepEqual(await verify(fresh, present),
      { valid: true, expected, reason: null, message: 'the signature is right, made with the test secret key' });
    assert.equal((await verify(fresh, present, present)).message, 'the signature is right');
    const during = await verify(fresh, before);
    assert.deepEqual([during.valid, during.reason, during.expected], [true, null, expected]);
    assert.match(during.message, new RegExp(`previous test secret key.* replaced at ${now} and is valid until ${now + 60}`));
    await api.advance(60);
    const later = await verify(fresh, before);
    assert.deepEqual([later.valid, later.reason], [false, 'previous_key']);
    assert.match(later.message, /was valid until/);
  });

  test('says that a receiver has the previous secret', async () => {
    const { api } = await frozen();
    const fresh = await rotated(api, ['secret_key'], 60);
    const answer = await verify(fresh, fresh.account.secret_key, api.account.secret_key);
    assert.deepEqual([answer.valid, answer.reason], [false, 'previous_key']);
    assert.match(answer.message, /the key that you sent was replaced/);
  });
});

describe('what it survives', () => {
  test('a reset brings the first keys back', async () => {
    const { api } = await frozen();
    const fresh = await rotated(await rotated(api, KINDS, 60), KINDS, 60);
    (await api.control('POST', '/reset')).expect(200);
    const after = await read(api);
    assert.deepEqual(keysOf(after), keysOf(api.account));
    assert.deepEqual(after.previous_keys, []);
    await api.made();
    await api.madePublic();
    (await fresh.create(invoice())).expect(401);
    (await fresh.createPublic(invoice())).expect(401);
  });

  test('a restore brings the keys of the snapshot back, and those that were valid', async () => {
    const { api } = await frozen();
    const second = await rotated(api, KINDS, 60);
    const kept = await read(api);
    (await api.control('POST', '/snapshots/keys')).expect(201);
    const third = await rotated(second, KINDS, 60);
    await third.made();
    (await api.control('POST', '/snapshots/keys/restore')).expect(200);
    assert.deepEqual(await read(api), kept);
    for (const client of [api, second]) {
      await client.made();
      await client.madePublic();
    }
    (await third.create(invoice())).expect(401);
    (await third.createPublic(invoice())).expect(401);
  });

  test('a snapshot\'s file has no keys, and its restore leaves them as they are', async () => {
    const { api } = await frozen();
    const fresh = await rotated(api, KINDS, 60);
    (await api.control('POST', '/snapshots/keys')).expect(201);
    const { text } = (await api.control('GET', '/snapshots/keys')).expect(200);
    for (const key of [...keysOf(api.account), ...keysOf(fresh.account)]) assert.ok(!text.includes(key));
    const other = await demo.newAccount();
    const file = { body: text, headers: { 'Content-Type': 'application/json' } };
    (await other.control('PUT', '/snapshots/theirs', undefined, file)).expect(200, 201);
    (await other.control('POST', '/snapshots/theirs/restore')).expect(200);
    assert.deepEqual(keysOf(await read(other)), keysOf(other.account));
    await other.madePublic();
  });

  test('a restart with --db', async () => {
    const args = ['--db', join(tempDir(), 'db')];
    const one = await startServer({ args });
    const api = await new Client(one).newAccount();
    await api.freeze();
    const fresh = await rotated(api, KINDS, 60);
    const before = await read(fresh);
    await one.stop();
    const two = await startServer({ args });
    const [oldest, newest] = [new Client(two, api.account), new Client(two, fresh.account)];
    assert.deepEqual(await read(newest), before);
    for (const client of [oldest, newest]) {
      await client.made();
      await client.madePublic();
    }
    await newest.advance(60);
    (await oldest.create(invoice())).expect(401);
    (await oldest.createPublic(invoice())).expect(401);
    await newest.made();
    await two.stop();
  });

  test('a replaced public key stays the account\'s: fixtures cannot give it to another one', async () => {
    const db = join(tempDir(), 'db');
    const fixtures = tempDir();
    const write = (...accounts) => writeFileSync(join(fixtures, 'default.json'),
      JSON.stringify({ ...JSON.parse(readFileSync(FIXTURES)), accounts }));
    const [first] = JSON.parse(readFileSync(FIXTURES)).accounts;
    const taken = first.public_key;
    const second = { id: 'coma_Second0000000000', api_key: 'api-second', public_key: taken,
      public_live_key: 'pk_live_second', secret_key: 'sk_test_second', secret_live_key: 'sk_live_second' };
    write(first);
    const one = await startServer({ args: ['--db', db, '--fixtures', fixtures] });
    await rotated(new Client(one, first), ['public_key']);
    await one.stop();
    write({ ...first, public_key: 'pk_test_changed' }, second);
    await assert.rejects(startServer({ args: ['--db', db, '--fixtures', fixtures] }),
      /account coma_Second0+ of the fixtures: its keys belong to another account in the database/);
    write(first, { ...second, public_key: 'pk_test_second' });
    const two = await startServer({ args: ['--db', db, '--fixtures', fixtures] });
    (await new Client(two, first).control('POST', '/reset')).expect(200);
    await new Client(two, first).madePublic();
    await two.stop();
  });

  test('the demo account, and a deleted one', async () => {
    const own = await startServer();
    const client = new Client(own);
    const fresh = await rotated(client, KINDS);
    (await client.create(invoice())).expect(401);
    await fresh.made();
    (await client.control('POST', '/reset')).expect(200);
    await client.made();
    await client.madePublic();
    const gone = await client.newAccount();
    const later = await rotated(gone, KINDS, 60);
    (await client.send('DELETE', `/_mock/accounts/${gone.account.id}`)).expect(200);
    for (const one of [gone, later]) (await one.createPublic(invoice())).expect(401);
    await own.stop();
  });
});
