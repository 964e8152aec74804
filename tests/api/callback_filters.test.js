// Finding callbacks by what went wrong, their groups, and resending all that match.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client } from '../lib/client.js';
import { startServer } from '../lib/server.js';
import { startSink } from '../lib/sink.js';

const server = await startServer();
const demo = new Client(server);
after(() => server.stop());

const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };
const get = async (api, path, parameters) =>
  (await api.control('GET', path, undefined, { parameters })).expect(200).json;
const resend = async (api, parameters, body) =>
  (await api.control('POST', '/callbacks/resend', body, { parameters })).expect(200).json;

/** An account at rest whose receiver answers by path and query; its clock stands, so no retry follows. */
async function shop(answers, settings = {}) {
  const api = await demo.newAccount({ retry_interval_s: 3600, ...settings });
  await api.freeze();
  const sink = await startSink({ account: api.account });
  for (const [path, codes] of Object.entries(answers)) sink.answer(codes, path);
  const order = async (path, changes = {}) => {
    const { id } = await api.made({ callback_url: `${sink.url}${path}`, ...changes }, hold);
    await api.idle();
    return id;
  };
  return { api, sink, order };
}

describe('a filter', () => {
  test('selects callbacks by state, code, URL, error, transition and time', async () => {
    const { api, sink, order } = await shop({ '/bad?x=1': [503] });
    const bad = await order('/bad?x=1', { reference_id: 'order-bad' });
    await api.advance(10);
    const good = await order('/ok');
    await sink.stop();
    const lost = await order('/gone');
    const of = async (parameters) => (await get(api, '/callbacks', { invoice: undefined, ...parameters })).items
      .map(({ invoice }) => invoice);
    const ids = (await get(api, '/callbacks', {})).items.map(({ id }) => id).reverse();
    const [{ queued, attempts }] = (await get(api, '/callbacks', { invoice: lost })).items;
    const { error } = attempts.at(-1);
    for (const [parameters, expected] of [
      [{ state: 'failing' }, [lost, bad]],
      [{ state: 'retrying' }, [lost, bad]],
      [{ state: 'failed' }, []],
      [{ state: 'queued' }, [lost, bad]],
      [{ state: 'done' }, [good]],
      [{ code: '503' }, [bad]],
      [{ code: '5xx' }, [bad]],
      [{ code: '2XX' }, [good]],
      [{ code: 'none' }, [lost]],
      [{ url: '/bad' }, [bad]],
      [{ url: '%' }, []],
      [{ error: error.slice(2, 12) }, [lost]],
      [{ transition: 'process_pending' }, [lost, good, bad]],
      [{ transition: 'processed' }, []],
      [{ from: queued }, [lost, good]],
      [{ from: queued + 1 }, []],
      [{ to: queued - 1 }, [bad]],
      [{ invoice: bad, state: 'failing' }, [bad]],
      [{ invoice: 'order-bad' }, [bad]],
      [{ id: `${ids[2]},${ids[0]}` }, [lost, bad]],
      [{ id: ids[0], state: 'done' }, []],
      [{ invoice: good, state: 'failing' }, []],
      [{ state: 'failing', code: '503', url: '/bad', to: queued }, [bad]],
    ]) {
      assert.deepEqual(await of(parameters), expected, JSON.stringify(parameters));
      assert.equal((await get(api, '/callbacks', { ...parameters, limit: 1 })).total, expected.length);
    }
  });

  test('with a value that cannot be read is refused', async () => {
    const api = await demo.newAccount();
    for (const [parameters, message] of [
      [{ state: 'lost' }, /^state: must be queued, .* or failing$/],
      [{ code: '600' }, /^code: must be/],
      [{ code: '6xx' }, /^code: must be/],
      [{ transition: 'gone' }, /unknown status/],
      [{ from: 'yesterday' }, /^from: must be unix milliseconds$/],
      [{ to: '1.5' }, /^to: must be unix milliseconds$/],
      [{ bodies: 'perhaps' }, /^bodies: must be true or false$/],
      [{ id: 'cb_1,cpi_1' }, /^id: must be at most 100 ids/],
      [{ id: ',' }, /^id: must be/],
      [{ id: Array(101).fill('cb_1').join(',') }, /^id: must be/],
      [{ after: 'cpi_1' }, /^after: must be a callback's id$/],
    ]) {
      const reply = await api.control('GET', '/callbacks', undefined, { parameters, check: false });
      assert.match(reply.expect(422).json.error.message, message);
    }
    const parameters = { invoice: 'cpi_0000000000000000' };
    for (const [method, path] of [['GET', '/callbacks/failures'], ['POST', '/callbacks/resend']]) {
      (await api.control(method, path, undefined, { parameters })).expect(404);
    }
  });

  test('an id is an id, even if it is the reference of another invoice', async () => {
    const { api, sink, order } = await shop({ '/bad': [500] });
    const one = await order('/bad');
    await order('/bad', { reference_id: one });
    const { items } = await get(api, '/callbacks', { invoice: one });
    assert.deepEqual([...new Set(items.map(({ invoice: id }) => id))], [one]);
    await sink.stop();
  });

  test('and bodies=false list attempts without headers and bodies', async () => {
    const { api, sink, order } = await shop({ '/bad': [500] });
    await order('/bad', { reference_id: 'order-1' });
    const { items: [{ reference_id: reference, attempts }] } = await get(api, '/callbacks', { bodies: 'false' });
    assert.equal(reference, 'order-1');
    assert.deepEqual(attempts.map(({ number, code, request, response }) => [number, code, request, response]),
      [[1, 500, undefined, undefined]]);
    await sink.stop();
  });
});

test('the first line of the last answer is told, cut at the end of a character', async () => {
  const { api, sink, order } = await shop({}, { retry_limit: 1 });
  for (const [body, answer] of [
    ['{"error":"bad signature"}\nat line 7', '{"error":"bad signature"}'],
    ['\n  later\r\n', 'later'],
    ['é'.repeat(150), 'é'.repeat(100)],
    [`x${'é'.repeat(150)}`, `x${'é'.repeat(99)}`],
    ['', null],
  ]) {
    sink.answer([{ status: 500, body }]);
    const id = await order('/odd');
    for (const bodies of ['true', 'false']) {
      assert.equal((await get(api, '/callbacks', { invoice: id, bodies })).items[0].answer, answer);
    }
    assert.equal((await get(api, '/callbacks/failures', { invoice: id })).items[0].answer, answer);
  }
  await sink.stop();
});

test('failing callbacks are grouped by URL, code and error', async () => {
  const { api, sink, order } = await shop({ '/bad?n=1': [503], '/bad?n=2': [503], '/bad?n=3': [500] }, { retry_limit: 1 });
  for (const path of ['/bad?n=1', '/bad?n=2', '/bad?n=3', '/ok']) await order(path);
  const { items, total, next } = await get(api, '/callbacks/failures', {});
  assert.deepEqual([total, next], [3, null]);
  assert.deepEqual(items.map(({ url, code, count, retrying }) => [url, code, count, retrying]),
    [[`${sink.url}/bad`, 503, 2, 0], [`${sink.url}/bad`, 500, 1, 0]]);
  const listed = (await get(api, '/callbacks', { url: items[0].url, code: '503', state: 'failing' })).items;
  assert.equal(listed.length, 2);
  assert.equal(listed[0].id, items[0].newest);
  assert.equal(listed[0].attempts.at(-1).at, items[0].tried);
  assert.deepEqual([listed[1].queued, listed[0].queued], [items[0].first, items[0].last]);
  assert.equal((await get(api, '/callbacks/failures', { code: '500' })).total, 1);
  await sink.stop();
});

describe('resending all that match', () => {
  test('sends the oldest first, in steps, and nothing else', async () => {
    const { api, sink, order } = await shop(
      { '/bad?n=1': [503, 200], '/bad?n=2': [503, 200], '/bad?n=3': [503, 200] }, { retry_limit: 1 });
    for (const n of [1, 2, 3]) await order(`/bad?n=${n}`);
    await order('/ok');
    const { items } = await get(api, '/callbacks', { state: 'failing' });
    const [, second, third] = items.map(({ id }) => id).reverse();
    const first = await resend(api, { state: 'failed', limit: 2 });
    assert.deepEqual([first.resent, first.skipped], [2, 0]);
    assert.equal(second, first.next);
    await api.idle();
    assert.deepEqual(await resend(api, { state: 'failed', after: first.next }),
      { resent: 1, skipped: 0, callbacks: [third], next: null });
    await api.idle();
    assert.deepEqual(sink.requests.map(({ path }) => path.slice(1)),
      ['bad?n=1', 'bad?n=2', 'bad?n=3', 'ok', 'bad?n=1', 'bad?n=2', 'bad?n=3']);
    assert.equal((await get(api, '/callbacks', { state: 'failing' })).total, 0);
    assert.deepEqual(await resend(api, { state: 'failed' }), { resent: 0, skipped: 0, callbacks: [], next: null });
    await sink.stop();
  });

  test('works from a time on, without filters, and with a new signature', async () => {
    const { api, sink, order } = await shop({});
    await order('/a');
    await api.advance(60);
    await order('/b');
    const [{ queued }] = await api.callbacks();
    assert.equal((await resend(api, { from: queued })).resent, 1);
    await api.idle();
    (await api.control('POST', `/accounts/${api.account.id}/rotate`, { keys: ['secret_live_key'] })).expect(200);
    assert.equal((await resend(api, {}, { resign: true })).resent, 2);
    await api.idle();
    assert.deepEqual(sink.requests.map(({ path }) => path), ['/a', '/b', '/b', '/a', '/b']);
    const signatures = sink.requests.map(({ headers }) => headers['x-signature']);
    assert.equal(signatures[1], signatures[2]);
    assert.notEqual(signatures[2], signatures[4]);
    const refused = await api.control('POST', '/callbacks/resend', { nonsense: 1 }, { check: false });
    assert.match(refused.expect(422).json.error.message, /nonsense/);
    await sink.stop({ clean: false }); // signed with a key that it does not know
  });
});
