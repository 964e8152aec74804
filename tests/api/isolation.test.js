// Accounts are isolated: actions and data of one do not affect another.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client, DEMO, invoice } from '../lib/client.js';
import { contract } from '../lib/contract.js';
import { startServer } from '../lib/server.js';
import { sign, startSink } from '../lib/sink.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);
const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };
const NOWHERE = 'http://127.0.0.1:1/c';

/** Runs `work(i)` for 0..n-1, `width` at a time. */
async function parallel(n, width, work) {
  let next = 0;
  await Promise.all(Array.from({ length: width }, async () => {
    while (next < n) await work(next++);
  }));
}
const codeOf = (reply) => reply.json.error?.code;

describe('ids of another account', () => {
  let mine, theirs, their; // their: the ids of the other account

  before(async () => {
    [mine, theirs] = [await demo.newAccount(), await demo.newAccount()];
    await theirs.freeze();
    const { id } = await theirs.made({ callback_url: NOWHERE, reference_id: 'theirs' }, hold);
    (await theirs.control('POST', '/snapshots/theirs')).expect(201);
    const payout = {
      service: 'test_usd',
      currency: 'USD',
      amount: 1,
      fields: { account: '1' },
      options: { auto_process: false },
    };
    const { id: paidOut } = (await theirs.private('POST', '/payout-invoices', { json: payout })).expect(201).data;
    const [callback] = await theirs.callbacks();
    (await theirs.control('PUT', '/services/paypal_usd_hpp', { fee_rate: 7 })).expect(200);
    const fault = (
      await theirs.control('POST', '/faults', { on: 'api', match: { path: '/payout-services' }, fault: 'status', status: 500 })
    ).expect(201).json.id;
    their = { id, payout: paidOut, callback: callback.id, fault };
  });

  // The error of each operation for an unknown id.
  const OPERATIONS = {
    'POST /_mock/payment-invoices/{id}/transition': [() => their.id, 'unknown_invoice', { status: 'processed' }],
    'POST /_mock/payment-invoices/{id}/pay': [() => their.id, 'unknown_invoice', { cancel: true }],
    'GET /_mock/payment-invoices/{id}': [() => their.id, 'unknown_invoice'],
    'GET /_mock/payment-invoices/{id}/timeline': [() => their.id, 'unknown_invoice'],
    'GET /_mock/payment-invoices/{id}/document': [() => their.id, 'unknown_invoice'],
    'GET /_mock/payment-invoices/{id}/export': [() => their.id, 'unknown_invoice'],
    'POST /_mock/payout-invoices/{id}/transition': [
      () => their.payout,
      'unknown_invoice',
      { status: 'process_pending' },
    ],
    'GET /_mock/payout-invoices/{id}': [() => their.payout, 'unknown_invoice'],
    'GET /_mock/payout-invoices/{id}/timeline': [() => their.payout, 'unknown_invoice'],
    'GET /_mock/payout-invoices/{id}/document': [() => their.payout, 'unknown_invoice'],
    'GET /_mock/payout-invoices/{id}/export': [() => their.payout, 'unknown_invoice'],
    'GET /_mock/callbacks/{id}': [() => their.callback, 'unknown_callback'],
    'POST /_mock/callbacks/{id}/resend': [() => their.callback, 'unknown_callback', {}],
    'DELETE /_mock/faults/{id}': [() => their.fault, 'unknown_fault'],
    'DELETE /_mock/services/{code}': [() => 'paypal_usd_hpp', 'unknown_change'],
    'GET /_mock/snapshots/{name}': [() => 'theirs', 'unknown_snapshot'],
    'DELETE /_mock/snapshots/{name}': [() => 'theirs', 'unknown_snapshot'],
    'POST /_mock/snapshots/{name}/restore': [() => 'theirs', 'unknown_snapshot'],
  };
  // These create something with a name. The same name in another account is allowed, and that account does not change.
  const MAKING = ['POST /_mock/snapshots/{name}', 'PUT /_mock/snapshots/{name}', 'PUT /_mock/services/{code}'];
  // A sink exists for any name, so the name of another account's sink is not a 404: it names a different sink.
  const isSink = (operation) => operation.includes(' /_mock/sink/');
  // The documentation is the same for all accounts. An account only fills in the examples.
  const isDocs = (operation) => operation.includes(' /_mock/docs/');

  test('the list has all operations of the document with an account and an id', () => {
    const { document } = contract();
    const takesAccount = (path, method) =>
      [...(document.paths[path].parameters ?? []), ...(document.paths[path][method].parameters ?? [])].some(
        (parameter) => contract().deref(parameter).name === 'account',
      );
    const both = contract().operations().filter((operation) => {
      const [method, path] = operation.split(' ');
      return (
        path.startsWith('/_mock/') &&
        path.includes('{') &&
        !isSink(operation) &&
        !isDocs(operation) &&
        takesAccount(path, method.toLowerCase())
      );
    });
    assert.deepEqual(both.sort(), [...Object.keys(OPERATIONS), ...MAKING].sort());
  });

  test('sinks with the same name are separate', async () => {
    const requests = async (api) => (await api.control('GET', '/sink/mine/requests')).expect(200).json.items;
    (await theirs.control('PUT', '/sink/mine', { responses: [500] })).expect(200);
    (await mine.control('POST', '/sink/mine', {})).expect(200);
    (await theirs.control('POST', '/sink/mine', {})).expect(500);
    assert.deepEqual([(await requests(mine)).length, (await requests(theirs)).length], [1, 1]);
    (await mine.control('DELETE', '/sink/mine/requests')).expect(200);
    assert.deepEqual([(await requests(mine)).length, (await requests(theirs)).length], [0, 1]);
  });

  for (const [operation, [id, code, body]] of Object.entries(OPERATIONS)) {
    test(`${operation}: 404, and the other account does not change`, async () => {
      const [method, path] = operation.split(' ');
      const before = [
        await theirs.list(),
        await theirs.control('GET', '/callbacks'),
        await theirs.control('GET', '/snapshots'),
      ].map((one) => one.text);
      const target = path.slice('/_mock'.length).replace(/\{\w+\}/, id());
      const reply = (await mine.control(method, target, body)).expect(404);
      assert.equal(codeOf(reply), code);
      const now = [
        await theirs.list(),
        await theirs.control('GET', '/callbacks'),
        await theirs.control('GET', '/snapshots'),
      ].map((one) => one.text);
      assert.deepEqual(now, before);
    });
  }

  test('changes of the same service are separate', async () => {
    const fee = async (api) => (await api.control('GET', '/services')).expect(200).json.items
      .find(({ service }) => service === 'paypal_usd_hpp').fee_rate;
    assert.deepEqual([await fee(mine), await fee(theirs)], [0, 7]);
    (await mine.control('PUT', '/services/paypal_usd_hpp', { fee_rate: 3 })).expect(200);
    assert.deepEqual([await fee(mine), await fee(theirs)], [3, 7]);
    (await mine.control('DELETE', '/services/paypal_usd_hpp')).expect(200);
    assert.deepEqual([await fee(mine), await fee(theirs)], [0, 7]);
  });

  test('snapshots with the same name are separate', async () => {
    (await mine.control('POST', '/snapshots/theirs')).expect(201);
    assert.equal((await mine.control('GET', '/snapshots')).json.items[0].invoices, 0);
    assert.equal((await theirs.control('GET', '/snapshots')).json.items[0].invoices, 1);
    (await mine.control('DELETE', '/snapshots/theirs')).expect(200);
    (await theirs.control('GET', '/snapshots/theirs')).expect(200);
  });

  test('in a query: 404 or 422', async () => {
    for (const [path, parameters] of [
      ['/wait', { invoice: their.id, status: 'created' }],
      ['/wait', { invoice: their.id, callback: 'failed' }],
      ['/callbacks', { invoice: their.id }],
    ]) {
      assert.equal(codeOf((await mine.control('GET', path, undefined, { parameters })).expect(404)), 'unknown_invoice');
    }
    // the number of a callback is a position, so the result has only this account's later callbacks
    assert.deepEqual(
      (await mine.control('GET', '/callbacks', undefined, { parameters: { after: their.callback } })).expect(200).json
        .items,
      [],
    );
  });

  test('private API: 404, and not listed', async () => {
    (await mine.get(their.id)).expect(404);
    assert.deepEqual((await mine.list()).expect(200).data, []);
    assert.deepEqual((await mine.list({ reference_id: 'theirs' })).expect(200).data, []);
    for (const name of ['page[before]', 'page[after]']) (await mine.list({ [name]: their.id })).expect(422);
    (await theirs.get(their.id)).expect(200);
  });

  test('public API: with a key of another account 404', async () => {
    const target = (key) => `/public-api/payment-invoices/${their.id}?public_key=${key}`;
    (await demo.send('GET', target(mine.account.public_key))).expect(404);
    (await demo.send('GET', target(theirs.account.public_key))).expect(200);
  });
});

describe('effects on other accounts', () => {
  const everything = async (api) => [
    (await api.list()).text,
    (await api.control('GET', '/callbacks')).text,
    (await api.control('GET', '/outcomes')).text,
    (await api.control('GET', '/snapshots')).text,
    (await api.control('GET', '/clock')).text,
    (await api.control('GET', `/accounts/${api.account.id}`)).text,
  ];
  const DEEDS = {
    reset: (api) => api.control('POST', '/reset'),
    deletion: (api) => api.control('DELETE', `/accounts/${api.account.id}`),
    clock: (api) => api.control('PUT', '/clock', { mode: 'frozen', now: 3_000_000_000 }),
    advance: (api) => api.control('POST', '/clock/advance', { seconds: 100_000 }),
    outcomes: (api) => api.control('POST', '/outcomes', { outcomes: ['processed'] }),
    'emptying the queue': (api) => api.control('DELETE', '/outcomes'),
    settings: (api) =>
      api.control('PATCH', `/accounts/${api.account.id}`, { outcome: 'process_failed:declined', callback_url: null }),
    restore: (api) => api.control('POST', '/snapshots/s/restore'),
    creation: (api) => api.create(invoice({ reference_id: 'same, again' })),
  };
  for (const [name, deed] of Object.entries(DEEDS)) {
    test(`${name} affects no other account`, async () => {
      const accounts = [];
      for (let i = 0; i < 2; i++) {
        const api = await demo.newAccount({ callback_url: NOWHERE });
        await api.freeze(2_000_000_000);
        await api.made({ reference_id: 'same' });
        (await api.outcomes('process_failed:declined')).expect(201);
        (await api.control('POST', '/snapshots/s')).expect(201);
        accounts.push(api);
      }
      const [doer, other] = accounts;
      const before = await everything(other);
      assert.ok((await deed(doer)).status < 300);
      assert.deepEqual(await everything(other), before);
    });
  }
});

test('a thousand accounts stay separate with fifty concurrent workers', async () => {
  const ACCOUNTS = 1000;
  const OUTCOMES = ['processed', 'process_failed:insufficient_funds', 'process_failed:declined', 'process_pending'];
  const sink = await startSink({ check: false });
  const quick = new Client(server, DEMO, { check: false });
  const list = [];
  await parallel(ACCOUNTS, 50, async (i) => {
    const api = await quick.newAccount({ name: `shop ${i}`, callback_url: `${sink.url}/${i}`, only_final: true });
    api.agent = quick.agent;
    list[i] = api;
    assert.equal(await api.freeze(2_000_000_000 + i * 100), 2_000_000_000 + i * 100);
    (await api.outcomes(OUTCOMES[i % 4])).expect(201);
    api.made1 = await api.made({ reference_id: 'the same in all', amount: i + 1, test_mode: true });
  });
  // now that all accounts exist, each of them does something different
  await parallel(ACCOUNTS, 50, async (i) => {
    const api = list[ACCOUNTS - 1 - i];
    if (i % 10 === 9) (await api.control('POST', '/reset')).expect(200);
    else (await api.control('POST', '/clock/advance', { seconds: 3 })).expect(200);
  });
  await parallel(ACCOUNTS, 50, async (i) => {
    const api = list[i];
    const { data } = (await api.list()).expect(200);
    if ((ACCOUNTS - 1 - i) % 10 === 9) {
      assert.deepEqual(data, []);
      return;
    }
    const [status, resolution = 'ok'] = OUTCOMES[i % 4].split(':');
    assert.equal(data.length, 1);
    const { attributes: a } = data[0];
    assert.equal(data[0].id, api.made1.id);
    assert.deepEqual(
      [a.reference_id, a.amount, a.status, a.resolution, a.created],
      ['the same in all', i + 1, status, resolution, 2_000_000_000 + i * 100],
    );
  });
  const told = sink.requests.filter((one) => one.body.data.attributes.amount);
  assert.equal(told.length, sink.requests.length);
  for (const { path, body, raw, headers } of told) {
    const i = Number(path.slice(1));
    assert.equal(body.data.id, list[i].made1.id);
    assert.equal(body.data.attributes.amount, i + 1);
    assert.equal(headers['x-signature'], sign(list[i].account.secret_key, raw), 'signed with its own secret');
  }
  const expected = list.flatMap((api, i) => ((ACCOUNTS - 1 - i) % 10 === 9 || i % 4 === 3 ? [] : [`/${i}`]));
  assert.deepEqual(told.map((one) => one.path).sort(), expected.sort());
  await parallel(ACCOUNTS, 50, async (i) =>
    (await quick.send('DELETE', `/_mock/accounts/${list[i].account.id}`)).expect(200),
  );
  await sink.stop({ clean: false });
});

test('a reset empties a large account at once and does not block others', async () => {
  const quick = new Client(server, DEMO, { check: false });
  const [big, other] = [await quick.newAccount({ callback_url: NOWHERE }), await quick.newAccount()];
  big.agent = other.agent = quick.agent;
  await other.freeze();
  const kept = await other.made({ reference_id: 'r0' }, hold);
  const ids = [];
  await big.freeze();
  await parallel(1500, 30, async (i) => { ids[i] = (await big.made({ reference_id: `r${i}` }, hold)).id; });
  const { invoices } = (await demo.send('GET', '/_mock/health')).json;
  const [{ id: callback }] = await big.callbacks({ limit: 1 });
  (await big.control('POST', '/reset')).expect(200);
  // rows are deleted a few per turn; this is at most a few turns later
  assert.deepEqual((await big.list()).expect(200).data, []);
  assert.equal((await demo.send('GET', '/_mock/health')).json.invoices, invoices - 1500);
  for (const id of [ids[0], ids[1499]]) {
    (await big.get(id)).expect(404);
    (await big.getPublic(id)).expect(404);
    (await demo.send('GET', `/redirect/hpp/?cpi=${id}`)).expect(404);
    (await big.control('GET', `/payment-invoices/${id}/timeline`)).expect(404);
  }
  (await big.control('GET', `/callbacks/${callback}`)).expect(404);
  assert.equal((await big.control('GET', '/callbacks')).json.total, 0);
  const again = await big.made({ reference_id: 'r0' });
  assert.ok(!ids.includes(again.id));
  assert.deepEqual((await other.list()).data.map((one) => one.id), [kept.id]);
  (await big.control('POST', '/reset')).expect(200);
  (await big.control('DELETE', `/accounts/${big.account.id}`)).expect(200);
  assert.deepEqual((await other.list()).data.map((one) => one.id), [kept.id]);
});

test('callback numbers are never reused', async () => {
  const api = await demo.newAccount({ callback_url: NOWHERE });
  const seen = new Set();
  for (let round = 0; round < 3; round++) {
    await api.made({}, hold);
    for (const { id } of await api.callbacks()) {
      assert.ok(!seen.has(id), id);
      seen.add(id);
    }
    (await api.control('POST', '/reset')).expect(200);
  }
  assert.equal(seen.size, 3);
});

test('calls that wait for an invoice end when a reset deletes it', async () => {
  const api = await demo.newAccount({ callback_url: 'http://127.0.0.1:1/', only_final: true });
  const { id } = await api.made({}, hold);
  const waits = [{ status: 'processed' }, { callback: 'delivered' }].map((what) =>
    api.wait({ invoice: id, timeout: '60s', ...what }),
  );
  (await api.control('POST', '/reset')).expect(200);
  for (const reply of await Promise.all(waits)) assert.equal(codeOf(reply.expect(404)), 'unknown_invoice');
});

test('an unused account is deleted after its ttl_s, with all its data', async () => {
  const used = await demo.newAccount({ ttl_s: 3600 });
  const unused = await demo.newAccount({ ttl_s: 3 });
  const { id } = await unused.made({}, hold);
  (await unused.control('POST', '/snapshots/s')).expect(201);
  const there = async (api) =>
    (await used.control('GET', '/accounts', undefined, { parameters: { limit: 1000 } })).json.items.some(
      (one) => one.id === api.account.id,
    );
  while (await there(unused)) await used.clock();
  assert.ok(await there(used));
  (await unused.list()).expect(401);
  (await demo.getPublic(id)).expect(404);
  assert.equal(codeOf((await unused.control('GET', '/snapshots')).expect(404)), 'unknown_account');
});

test('at most ten thousand accounts', async () => {
  const other = await startServer();
  const quick = new Client(other, DEMO, { check: false });
  let last;
  await parallel(9_999, 50, async () => { last = (await quick.send('POST', '/_mock/accounts')).expect(201).json; });
  const strict = new Client(other);
  assert.equal((await strict.send('GET', '/_mock/accounts?limit=1')).json.total, 10_000);
  const reply = (await strict.send('POST', '/_mock/accounts')).expect(409);
  assert.equal(codeOf(reply), 'too_many_accounts');
  assert.match(reply.json.error.message, /10000 accounts/);
  (await strict.with(last).control('POST', '/reset')).expect(200);
  (await strict.send('DELETE', `/_mock/accounts/${last.id}`)).expect(200);
  (await strict.send('POST', '/_mock/accounts')).expect(201);
  await other.stop();
});
