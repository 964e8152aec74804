// POST /_mock/callbacks: callbacks that a test makes by hand.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client, DEMO } from '../lib/client.js';
import { startServer, tempDir } from '../lib/server.js';
import { HANG, sign, startSink } from '../lib/sink.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);
const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };

const make = async (api, body) => (await api.control('POST', '/callbacks', body)).expect(201).json;
const read = async (api, { id }) => (await api.control('GET', `/callbacks/${id}`)).expect(200).json;

/** An account whose callback URL is a receiver, with a frozen clock and an invoice that is pending. */
async function scene() {
  const sink = await startSink({ check: false });
  const callback_url = `${sink.url}/callback`;
  const api = await demo.newAccount({ callback_url, first_callback_delay_ms: 0 });
  sink.account = api.account;
  await api.freeze();
  const { id } = await api.made({ test_mode: true }, hold);
  await sink.got(1);
  await api.idle();
  return { api, sink, id, callback_url };
}

describe('what is sent', () => {
  test('by default the document of the invoice, signed rightly, once', async () => {
    const { api, sink, id, callback_url } = await scene();
    const made = await make(api, { invoice: id });
    assert.deepEqual([made.invoice, made.transition, made.url], [id, 'process_pending', callback_url]);
    const [genuine, byHand] = await sink.got(2);
    assert.equal(byHand.signature, 'valid');
    assert.deepEqual(byHand.body, genuine.body);
    assert.deepEqual([byHand.headers['retry-count'], byHand.headers['next-retry']], [undefined, undefined]);
    await api.idle();
    const { state, attempts } = await read(api, made);
    assert.deepEqual([state, attempts.map((a) => [a.code, a.fault])], ['done', [[200, 'by_hand']]]);
    await sink.stop();
  });

  test('a status that the invoice does not have; the invoice stays as it is', async () => {
    const { api, sink, id } = await scene();
    const before = await api.attributes(id);
    for (const [transition, key] of [['processed', 'processed_amount'], ['refunded', 'refunded_amount']]) {
      const made = await make(api, { invoice: id, transition });
      assert.equal(made.transition, transition);
      const { attributes } = (await sink.got(1, { status: transition }))[0].body.data;
      assert.equal(attributes[key], attributes.payment_amount);
    }
    await make(api, { invoice: id, transition: 'process_failed' });
    const [{ body: { data: { attributes: failed } } }] = await sink.got(1, { status: 'process_failed' });
    assert.equal(failed.resolution, 'general_decline');
    await api.idle();
    assert.deepEqual(await api.attributes(id), before, 'also its callback_logs');
    await sink.stop();
  });

  test('edited values keep the rest of the body, and are signed', async () => {
    const { api, sink, id } = await scene();
    await make(api, { invoice: id, edit: { '/data/attributes/amount': 0.01, '/data/attributes/more': { a: [1, null] } } });
    const [genuine, edited] = await sink.got(2);
    assert.equal(edited.signature, 'valid');
    const expected = structuredClone(genuine.body);
    expected.data.attributes.amount = 0.01;
    expected.data.attributes.more = { a: [1, null] };
    assert.deepEqual(edited.body, expected);
    assert.equal(edited.text.replace(',"more":{"a":[1,null]}', ''),
      genuine.text.replace(/"amount":[0-9.]+/, '"amount":0.01'), 'in the same spelling');
    await sink.stop();
  });

  test('any body, byte by byte', async () => {
    const { api, sink, id } = await scene();
    const bodies = ['{', '<xml/>', 'é\n', '{"data":{"id":"x","attributes":{"status":"processed"}}}', 'x'.repeat(900_000)];
    for (const [at, body] of bodies.entries()) {
      await make(api, { invoice: id, body, transition: 'processed' });
      const request = (await sink.got(at + 2))[at + 1];
      assert.equal(request.text, body);
      assert.equal(request.headers['x-signature'], sign(api.account.secret_key, Buffer.from(body)));
    }
    await sink.stop();
  });

  test('without an invoice: a paid one that nobody knows', async () => {
    const { api, sink } = await scene();
    const made = await make(api);
    assert.deepEqual([made.invoice, made.reference_id, made.transition], [null, null, 'processed']);
    const [, request] = await sink.got(2);
    assert.equal(request.signature, 'valid');
    assert.equal(request.status, 'processed');
    (await api.get(request.invoice)).expect(404);
    await api.idle();
    assert.deepEqual((await api.callbacks())[0], await read(api, made));
    await sink.stop();
  });

  test('signatures: of either mode, wrong, none', async () => {
    const { api, sink, id } = await scene();
    const { secret_key: key, secret_live_key: live } = api.account;
    for (const [at, [how, secret]] of [['right', key], ['test', key], ['live', live]].entries()) {
      await make(api, { invoice: id, sign: how });
      const request = (await sink.got(at + 2))[at + 1];
      assert.equal(request.headers['x-signature'], sign(secret, request.raw), how);
    }
    await make(api, { invoice: id, sign: 'wrong' });
    const wrong = (await sink.got(5))[4];
    assert.match(wrong.headers['x-signature'], /^[A-Za-z0-9+/]{27}=$/);
    assert.equal(wrong.signature, 'invalid');
    await make(api, { invoice: id, sign: 'none' });
    assert.equal((await sink.got(6))[5].signature, 'missing');
    await sink.stop();
  });

  test('an invoice of another account, to this account\'s receiver', async () => {
    const { api, sink } = await scene();
    const other = await scene();
    const before = [await other.api.attributes(other.id), (await other.api.callbacks()).length];
    const made = await make(api, { invoice: other.id, transition: 'processed' });
    assert.deepEqual([made.invoice, made.transition], [null, 'processed']);
    const request = (await sink.got(2))[1];
    assert.equal(request.invoice, other.id);
    assert.equal(request.headers['x-signature'], sign(other.api.account.secret_key, request.raw));
    await make(api, { invoice: other.id, sign_as: api.account.id });
    assert.equal((await sink.got(3))[2].signature, 'valid');
    await api.idle();
    (await api.control('DELETE', `/accounts/${other.api.account.id}`)).expect(200);
    assert.equal((await read(api, made)).attempts.length, 1);
    assert.equal(other.sink.requests.length, 1, 'the other one hears nothing');
    assert.deepEqual(before[1], 1);
    await sink.stop();
    await other.sink.stop();
  });
});

describe('how it is sent', () => {
  test('one attempt without faults; a resend repeats it', async () => {
    const { api, sink, id } = await scene();
    (await api.control('POST', '/faults', { on: 'callback', fault: 'drop' })).expect(201);
    sink.answer([500, 403, 200]);
    const made = await make(api, { invoice: id, sign: 'wrong' });
    await sink.got(2);
    await api.idle();
    const refused = await read(api, made);
    assert.deepEqual([refused.state, refused.due], ['failed', null]);
    (await api.control('POST', `/callbacks/${made.id}/resend`)).expect(200);
    await sink.got(3);
    await api.idle();
    const { attempts } = await read(api, made);
    assert.deepEqual(attempts.map((a) => [a.code, a.fault]), [[500, 'by_hand'], [403, 'by_hand']]);
    assert.equal(attempts[1].error, 'the callback was made by hand, with another signature');
    (await api.control('POST', `/callbacks/${made.id}/resend`, { resign: true })).expect(200);
    assert.deepEqual((await sink.got(4)).map((r) => r.signature), ['valid', 'invalid', 'invalid', 'valid']);
    await api.idle();
    assert.equal((await read(api, made)).state, 'done');
    await sink.stop();
  });

  test('it waits for its invoice\'s callbacks in progress; one without an invoice waits for none', async () => {
    const { api, sink, id } = await scene();
    let answer;
    sink.answer([{ status: 200, until: new Promise((go) => { answer = go; }) }, 200]);
    (await api.transition(id, { status: 'processed' })).expect(200);
    await sink.got(2);
    await make(api, { invoice: id, transition: 'refunded' });
    await make(api);
    await sink.got(3);
    await make(api);
    assert.deepEqual((await sink.got(4)).map((r) => r.invoice === id), [true, true, false, false]);
    answer();
    assert.equal((await sink.got(5))[4].status, 'refunded');
    await api.idle();
    await sink.stop();
  });

  test('a wait for a callback does not take it for one', async () => {
    const { api, sink, id } = await scene();
    await make(api, { invoice: id, transition: 'processed' });
    await api.idle();
    const waited = await api.wait({ invoice: id, callback: 'delivered', transition: 'processed' });
    assert.equal(waited.status, 408);
    await sink.stop();
  });

  test('an attempt that a crash interrupts is made again; a reset deletes them', async () => {
    const db = `${tempDir()}/db`;
    const sink = await startSink({ account: DEMO, check: false });
    const before = await startServer({ args: ['--db', db] });
    sink.answer([HANG, HANG, 200]);
    const url = `${sink.url}/callback`;
    const made = await make(new Client(before), { url, sign: 'wrong', edit: { '/data/id': 'cpi_x' } });
    const plain = await make(new Client(before), { url });
    await sink.got(2);
    await before.kill9();
    const again = await startServer({ args: ['--db', db] });
    const api = new Client(again);
    const got = await sink.got(4);
    await api.idle();
    assert.deepEqual(got.slice(2).map((r) => [r.invoice === 'cpi_x', r.signature]).sort(), [[false, 'valid'], [true, 'invalid']]);
    for (const one of [made, plain])
      assert.deepEqual((await read(api, one)).attempts.map((a) => [a.code, a.fault]), [[200, 'by_hand']]);
    (await api.control('POST', '/snapshots/hand')).expect(201);
    (await api.control('POST', '/reset')).expect(200);
    assert.deepEqual(await api.callbacks(), []);
    (await api.control('POST', '/snapshots/hand/restore')).expect(200);
    assert.deepEqual((await api.callbacks()).map((one) => one.id), [plain.id, made.id]);
    await again.stop();
    await sink.stop();
  });
});

describe('limits and refusals', () => {
  test('the newest 100 are kept; more than 100 at once are refused', async () => {
    const { api, sink, id } = await scene();
    for (const invoice of [id, undefined]) {
      for (let i = 0; i < 102; i++) {
        await make(api, { invoice });
        if (i % 50 === 49) await api.idle();
      }
      await api.idle();
      const kept = (await api.callbacks({ limit: 1000 })).filter((one) => one.attempts[0].fault === 'by_hand');
      assert.equal(kept.filter((one) => one.invoice === (invoice ?? null)).length, 100);
    }
    sink.answer([HANG]);
    for (let i = 0; i < 100; i++) await make(api, { invoice: id });
    const refused = (await api.control('POST', '/callbacks', { invoice: id })).expect(409);
    assert.equal(refused.json.error.code, 'too_many_callbacks');
    (await api.control('POST', '/reset')).expect(200);
    await sink.stop();
  });

  test('each wrong field is named', async () => {
    const { api, sink, id } = await scene();
    const bare = await demo.newAccount();
    const cases = [
      [api, { invoice: 'cpi_0000000000000001' }, 404, 'no account has an invoice cpi_0000000000000001'],
      [api, { invoice: id, transition: 'paid' }, 422, 'paid'],
      [api, { invoice: id, transition: 'canceled' }, 422, 'transition: a payment cannot be canceled'],
      [api, { invoice: id, edit: { '/data/nothing/amount': 1 } }, 422, 'edit: the body has no place for /data/nothing/amount'],
      [api, { invoice: id, edit: [] }, 422, 'edit: must be an object'],
      [api, { invoice: id, edit: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`/a${i}`, 1])) }, 422, 'at most 64'],
      [api, { invoice: id, edit: { '/data/x': 1 }, body: '{}' }, 422, 'edit: changes the body'],
      [api, { invoice: id, body: '' }, 422, 'body: '],
      [api, { invoice: id, sign: 'hmac' }, 422, 'sign: '],
      [api, { invoice: id, sign_as: 'coma_nobody' }, 422, 'sign_as: there is no account coma_nobody'],
      [api, { invoice: id, url: 'ftp://x' }, 422, 'url: '],
      [api, { invoice: id, amount: 1 }, 422, 'amount: '],
      [bare, {}, 422, 'url: is required, because the account has no callback_url'],
      [bare, { invoice: id }, 422, 'url: is required, because the account has no callback_url'],
      [bare, { invoice: (await bare.made({}, hold)).id }, 422, 'url: is required, because neither the invoice nor the account'],
    ];
    for (const [client, body, status, words] of cases) {
      const reply = (await client.control('POST', '/callbacks', body)).expect(status);
      assert.ok(reply.json.error.message.includes(words), `${words}: ${reply.text}`);
    }
    assert.equal(sink.requests.length, 1);
    await sink.stop();
  });
});
