// The control API: its paths, callbacks and timeline.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { Client, DEMO } from '../lib/client.js';
import { OPENAPI_FILE } from '../lib/contract.js';
import { refused } from '../lib/refused.js';
import { startServer } from '../lib/server.js';
import { sign, startSink } from '../lib/sink.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);
const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };
const pending = (api, attributes) => api.made(attributes, hold);

describe('the server', () => {
  test('names the nearest path and method of a wrong one', async () => {
    for (const [method, path, status, wanted] of [
      ['POST', '/_mock/clock/advanse', 404, 'there is no such path; the nearest is POST /_mock/clock/advance'],
      ['POST', '/_mock/verify-signatures', 404, 'there is no such path; the nearest is POST /_mock/verify-signature'],
      ['POST', '/_mock/clock', 405, 'the path has other methods, see Allow; the nearest is PUT /_mock/clock'],
      ['POST', '/_mock/accounts/x', 405, 'the path has other methods, see Allow; the nearest is PATCH /_mock/accounts/{id}'],
      ['POST', '/_mock/sink/x/requests', 405, 'the path has other methods, see Allow; the nearest is GET /_mock/sink/{name}/requests'],
      ['PUT', '/_mock/reset', 405, 'the path has other methods, see Allow; the nearest is POST /_mock/reset'],
    ]) {
      const { message } = refused(await demo.send(method, path, { check: false }), status);
      assert.equal(message, wanted);
    }
  });

  test('says what was named as an account instead', async () => {
    for (const [id, wanted] of [
      ['', /^account: the id is "": it was not set where your code reads it$/],
      ['undefined', /the id is "undefined": it was not set/],
      [DEMO.api_key, /^account: a key was sent; it must be the account's id, coma_\.\.\.$/],
      [DEMO.public_key, /a key was sent/],
      ['coma_none', /^there is no account coma_none; GET \/_mock\/accounts lists the accounts$/],
    ]) {
      const { code, message } = refused(await demo.send('GET', `/_mock/clock?account=${id}`), 404);
      assert.equal(code, 'unknown_account');
      assert.match(message, wanted);
    }
    for (const [path, json] of [['faults', { on: 'callback', fault: 'drop' }], ['clock/advance', { seconds: 1 }], ['reset', {}]]) {
      const options = { json: { ...json, account: DEMO.id }, check: false };
      const { message } = refused(await demo.send('POST', `/_mock/${path}`, options), 422);
      assert.equal(message, 'account: It is a parameter of the query: ?account=coma_...');
    }
  });

  test('health', async () => {
    const before = (await demo.send('GET', '/_mock/health')).expect(200).json;
    assert.equal(before.status, 'ok');
    const api = await demo.newFrozen();
    await pending(api);
    const after = (await demo.send('GET', '/_mock/health')).expect(200).json;
    assert.equal(after.invoices, before.invoices + 1);
    assert.ok(after.uptime_ms >= before.uptime_ms);
  });

  test('serves openapi.yaml of the project', async () => {
    const reply = (await demo.send('GET', '/_mock/openapi.yaml')).expect(200);
    assert.equal(reply.text, readFileSync(OPENAPI_FILE, 'utf8'));
  });

  test('unknown paths and methods', async () => {
    refused(await demo.send('GET', '/_mock/nothing', { check: false }), 404);
    for (const [method, path] of [
      ['DELETE', '/_mock/health'],
      ['GET', '/_mock/reset'],
      ['POST', '/_mock/clock'],
      ['PUT', '/_mock/outcomes'],
    ]) {
      const reply = await demo.send(method, path);
      refused(reply, 405);
      assert.notEqual(reply.headers.allow, undefined);
    }
  });

  test('a body that is not JSON gets 400', async () => {
    for (const [method, path] of [
      ['POST', '/_mock/accounts'],
      ['PUT', '/_mock/clock'],
      ['POST', '/_mock/clock/advance'],
      ['POST', '/_mock/outcomes'],
    ]) {
      refused(await demo.send(method, path, { body: 'nonsense' }), 400);
      refused(await demo.send(method, path, { body: '{"a":' }), 400);
    }
  });

  test('what a caller sent twice, or where nothing reads it, is rejected', async () => {
    const api = await demo.newAccount();
    const { id } = api.account;
    const words = async (method, path, body) => refused(await demo.send(method, `/_mock${path}`, { body })).message;
    assert.equal(await words('POST', `/reset?account=coma_nobody&account=${id}`), 'account: stands twice in the query');
    assert.equal(await words('GET', `/requests?account=${id}&limit=5&limi%74=6`), 'limit: stands twice in the query');
    assert.match(await words('POST', `/outcomes?account=${id}`, '{"outcomes":["processed"],"outcomes":["expired"]}'),
      /duplicate object key/);
    await api.outcomes('processed');
    for (const [method, path] of [['DELETE', '/outcomes'], ['DELETE', '/faults'], ['GET', '/outcomes']]) {
      assert.match(await words(method, `${path}?account=${id}`, '{"id":"one"}'), new RegExp(`^${method} takes no body`));
    }
    assert.equal((await api.control('GET', '/outcomes')).json.total ?? 1, 1);
    (await demo.send('DELETE', `/_mock/outcomes?account=${id}`, { body: '{}' })).expect(200);
  });

  test('an unknown account is 404 everywhere', async () => {
    const nobody = demo.with({ id: 'coma_0000000000000000' });
    refused(await nobody.control('GET', '/clock'), 404);
    refused(await nobody.control('POST', '/reset'), 404);
    refused(await nobody.control('POST', '/clock/advance', { seconds: 1 }), 404);
    refused(await nobody.control('GET', '/callbacks'), 404);
    refused(await nobody.control('POST', '/outcomes', { outcomes: ['processed'] }), 404);
  });

  test('the default of ?account= is the demo account', async () => {
    const reply = (
      await demo.send('POST', '/_mock/outcomes', { json: { outcomes: ['process_failed:declined'] } })
    ).expect(201);
    assert.deepEqual(reply.json, { queued: ['process_failed:declined'] });
    assert.deepEqual((await demo.control('GET', '/outcomes')).json, { queued: ['process_failed:declined'] });
    (await demo.send('DELETE', '/_mock/outcomes')).expect(200);
    assert.deepEqual((await demo.control('GET', '/outcomes')).json, { queued: [] });
  });
});

describe('callbacks', () => {
  test('are listed newest first, by invoice and by state, in pages', async () => {
    const api = await demo.newFrozen();
    const sink = await startSink({ account: api.account });
    sink.answer([200], '/good');
    sink.answer([500], '/bad');
    const good = await api.made({ callback_url: `${sink.url}/good` });
    await api.advance(2);
    const bad = await pending(api, { callback_url: `${sink.url}/bad` });
    await api.advance(1);
    const all = await api.callbacks();
    assert.deepEqual(all.map((c) => [c.invoice, c.transition, c.state]), [
      [bad.id, 'process_pending', 'queued'], [good.id, 'processed', 'done'], [good.id, 'process_pending', 'done']]);
    assert.deepEqual(await api.callbacks({ invoice: good.id }), all.slice(1));
    assert.deepEqual(await api.callbacks({ state: 'queued' }), all.slice(0, 1));
    assert.deepEqual(await api.callbacks({ invoice: bad.id, state: 'done' }), []);
    const page = (await api.control('GET', '/callbacks', undefined, { parameters: { limit: 2 } })).expect(200).json;
    assert.deepEqual([page.items, page.total], [all.slice(0, 2), 3]);
    const rest = (
      await api.control('GET', '/callbacks', undefined, { parameters: { limit: 2, after: page.next } })
    ).expect(200).json;
    assert.deepEqual([rest.items, rest.next], [all.slice(2), null]);
    refused(await api.control('GET', '/callbacks', undefined, { parameters: { state: 'nonsense' } }));
    await sink.stop();
  });

  test('are shown by id, only to their account', async () => {
    const api = await demo.newFrozen();
    const sink = await startSink({ account: api.account });
    await pending(api, { callback_url: `${sink.url}/c` });
    await api.idle();
    const [record] = await api.callbacks();
    assert.deepEqual(await api.callback(record.id), record);
    const other = await demo.newAccount();
    refused(await other.control('GET', `/callbacks/${record.id}`), 404);
    refused(await other.control('POST', `/callbacks/${record.id}/resend`), 404);
    refused(await api.control('GET', '/callbacks/cb_999999999'), 404);
    refused(await api.control('GET', '/callbacks/nonsense'), 404);
    await sink.stop();
  });

  test('are resent with the same bytes, also after all attempts have failed', async () => {
    const api = await demo.newFrozen({ retry_limit: 1 });
    const sink = await startSink({ account: api.account });
    sink.answer([500, 200, 200, 200]);
    const { id } = await pending(api, { callback_url: `${sink.url}/c` });
    (await api.wait({ invoice: id, callback: 'failed', timeout: '60s' })).expect(200);
    const [record] = await api.callbacks();
    (await api.control('POST', `/callbacks/${record.id}/resend`)).expect(200);
    await sink.got(2);
    await api.idle();
    let now = await api.callback(record.id);
    assert.deepEqual([now.state, now.attempts.length], ['done', 2]);
    (await api.control('POST', `/callbacks/${record.id}/resend`, {})).expect(200);
    await sink.got(3);
    await api.idle();
    (await api.control('POST', `/callbacks/${record.id}/resend`, { resign: true })).expect(200);
    const got = await sink.got(4);
    await api.idle();
    for (const request of got) {
      assert.ok(request.raw.equals(got[0].raw));
      assert.equal(request.headers['x-signature'], sign(api.account.secret_live_key, request.raw));
    }
    now = await api.callback(record.id);
    assert.deepEqual(now.attempts.map((a) => a.code), [500, 200, 200, 200]);
    assert.equal(Object.values((await api.attributes(id)).callback_logs)[0].status, 'done');
    refused(await api.control('POST', `/callbacks/${record.id}/resend`, { nonsense: 1 }));
    refused(await api.control('POST', '/callbacks/cb_999999999/resend'), 404);
    await sink.stop();
  });
});

test('timeline: calls, page visits, transitions and attempts, in order', async () => {
  const api = await demo.newFrozen();
  const sink = await startSink({ account: api.account });
  sink.answer([500, 200]);
  const { id, attributes } = await api.made({ callback_url: `${sink.url}/c` }, hold);
  await sink.got(1);
  await api.advance(60);
  (await api.get(id)).expect(200);
  (
    await api.send('GET', attributes.flow_data.action.slice(server.url.length), { headers: { Accept: 'text/html' } })
  ).expect(200);
  (await api.transition(id, { status: 'process_failed', resolution: 'declined' })).expect(200);
  await api.idle();
  const { items, total } = await api.timeline(id);
  assert.equal(items.length, total);
  const kinds = items.map((item) => item.kind);
  for (const kind of ['api', 'page', 'transition', 'callback']) assert.ok(kinds.includes(kind), kind);
  assert.deepEqual(items.filter((i) => i.kind === 'transition').map((i) => [i.from, i.to, i.resolution]).slice(-2),
    [['created', 'process_pending', 'ok'], ['process_pending', 'process_failed', 'declined']]);
  assert.deepEqual(items.filter((i) => i.kind === 'callback').map((i) => [i.transition, i.attempt, i.code]),
    [['process_pending', 1, 500], ['process_pending', 2, 200], ['process_failed', 1, 200]]);
  const [create] = items.filter((i) => i.kind === 'api');
  assert.deepEqual([create.method, create.path, create.status], ['POST', '/payment-invoices', 201]);
  const found = await api.control('GET', '/requests', undefined, { parameters: { id: create.request } });
  const [call] = found.json.items;
  assert.deepEqual([call.id, call.path, call.invoice], [create.request, '/payment-invoices', id]);
  const causes = items.filter((i) => ['transition', 'callback'].includes(i.kind)).map((i) => [i.kind, i.request]);
  const moved = causes.findLast(([kind]) => kind === 'transition')[1];
  assert.deepEqual(causes, [['transition', null], ['transition', create.request], ['callback', create.request],
    ['callback', create.request], ['transition', moved], ['callback', moved]]);
  const [move] = (await api.control('GET', '/requests', undefined, { parameters: { id: moved } })).json.items;
  assert.equal(move.path.split('?')[0], `/_mock/payment-invoices/${id}/transition`);
  (await api.control('POST', '/callbacks/resend', {}, { parameters: { invoice: id } })).expect(200);
  await api.idle();
  const again = (await api.timeline(id)).items.filter((i) => i.kind === 'callback').slice(-2);
  assert.equal(new Set([create.request, moved, ...again.map((i) => i.request)]).size, 3, 'a resend is another cause');
  await sink.stop();
});

test('unknown fields under /_mock are rejected by name', async () => {
  const api = await demo.newFrozen();
  const { id } = await pending(api);
  for (const [method, path, body] of [
    ['POST', '/outcomes', { outcomes: [], surprise: 1 }],
    ['PUT', '/clock', { mode: 'frozen', surprise: 1 }],
    ['POST', '/clock/advance', { seconds: 1, surprise: 1 }],
    ['POST', `/payment-invoices/${id}/transition`, { status: 'processed', surprise: 1 }],
    ['POST', `/payment-invoices/${id}/pay`, { cancel: true, surprise: 1 }],
  ]) {
    const error = refused(await api.control(method, path, body));
    assert.match(error.message, /surprise/, path);
  }
  for (const body of [{ outcomes: 'processed' }, { outcomes: [5] }, {}, []])
    refused(await api.control('POST', '/outcomes', body));
  assert.equal((await api.attributes(id)).status, 'process_pending');
});
