// Runs with the same --seed, the same --public-url and a clock set by the test return the same bytes. The port, the
// time and the order of the receivers' responses do not matter.

import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { Client, DEMO, invoice } from '../lib/client.js';
import { startServer } from '../lib/server.js';
import { startSink } from '../lib/sink.js';

const NOW = 4_000_000_000; // later than any real clock, because the clock cannot go back
const SHOP = 'http://shop.test';
const PUBLIC = 'http://mock.test';

/** A client that writes down every answer. */
function noting(client, said) {
  const { send } = client;
  client.send = async function (method, target, options) {
    const reply = await send.call(this, method, target, options);
    const { 'content-type': type, location } = reply.headers;
    said.push([method, target, reply.status, type, location, reply.text]);
    return reply;
  };
  return client;
}

// Removes what differs between runs: the duration of an attempt, the receiver's address and its response headers.
const masked = (callbacks) => callbacks.map((callback) => ({
  ...callback,
  attempts: callback.attempts.map(({ took_ms: took, request, response, ...rest }) => {
    const { Host: host, ...headers } = request.headers;
    assert.equal(typeof took, 'number');
    assert.match(host ?? '127.0.0.1:0', /^127\.0\.0\.1:\d+$/); // no Host if there was no connection
    return { ...rest, request: { ...request, headers }, response: response && { body: response.body } };
  }),
}));

const received = (sink) => sink.requests
  .map(({ method, path, headers: { host, ...headers }, text }) => JSON.stringify([method, path, headers, text]))
  .sort(); // callbacks of several invoices are sent concurrently

async function start(seed) {
  const sink = await startSink({ check: false });
  const server = await startServer({
    args: ['--seed', seed, '--public-url', PUBLIC, '--callback-rewrite', `${SHOP}=${sink.url}`],
  });
  return { sink, server };
}

const ORDERS = [
  {
    reference_id: undefined,
    callback_url: `${SHOP}/plain`,
    test_mode: true,
    customer: { reference_id: 'c-1', email: 'a@shop.test' },
  },
  { reference_id: 'retried', callback_url: `${SHOP}/retried` },
  { reference_id: 'dead', callback_url: 'http://127.0.0.1:1/dead' },
  { reference_id: 'declined', amount: 4000.01, callback_url: `${SHOP}/plain` },
];

/** Two concurrent callbacks; the response to `/late` comes last. */
async function race(sink, api, observer, late) {
  let letGo;
  const held = new Promise((done) => { letGo = done; });
  sink.answer([200, { until: held }, 200], `/${late}`);
  const ids = {};
  for (const name of ['left', 'right']) {
    ids[name] = (await api.made({ reference_id: undefined, callback_url: `${SHOP}/${name}` })).id;
    await api.idle();
  }
  const before = sink.requests.length;
  const advanced = api.advance({ to: NOW + 1 });
  // both attempts have started; a wait before the advance would return that nothing is due
  await sink.got(before + 2);
  const other = late === 'left' ? 'right' : 'left';
  (await observer.wait({ invoice: ids[other], callback: 'delivered', transition: 'processed' })).expect(200);
  letGo();
  await advanced;
  await api.advance({ to: NOW + 100 });
  for (const id of Object.values(ids)) await api.get(id);
}

async function play({ sink, server }, late) {
  const said = [];
  sink.answer([500, 200], '/retried');
  const demo = noting(new Client(server), said);
  await demo.freeze(NOW);
  for (const order of ORDERS) {
    await demo.made(order);
    await demo.idle();
  }
  const open = (await demo.madePublic({ reference_id: undefined, callback_url: `${SHOP}/plain` })).id;
  await demo.idle();
  (await demo.createPublic(invoice({ reference_id: 'retried' }))).expect(409);
  (await demo.create({})).expect(422);
  (await demo.get('cpi_0000000000000000')).expect(404);
  const { headers } = await demo.send('GET', `/redirect/hpp/?cpi=${open}`);
  await demo.send('GET', headers.location.slice(PUBLIC.length));
  (await demo.pay(open, { card_number: '5123817234060000', expiry: '1299', cvv: '123' })).expect(200);
  await demo.idle();
  for (const how of [2, { next: true }, 4000]) await demo.advance(how);
  await demo.getPublic(open);

  const own = noting(await demo.newAccount({ settle_after_ms: 1000, outcome: 'processed,refunded@5s' }), said);
  await own.freeze(NOW);
  await race(sink, own, new Client(server, own.account), late);
  for (const api of [demo, own]) {
    await api.list();
    await api.services();
    await api.prerequest({ currency: 'USD' });
  }
  const callbacks = masked([
    ...(await new Client(server).callbacks()),
    ...(await new Client(server, own.account).callbacks()),
  ]);
  await server.stop();
  await sink.stop();
  return { said, callbacks, received: received(sink), keys: Object.values(own.account) };
}

describe('runs with the same seed', () => {
  let one, two, other;
  before(async () => {
    const [a, b, c] = [await start('7'), await start('7'), await start('8')]; // running at the same time, so all ports differ
    one = await play(a, 'left');
    two = await play(b, 'right');
    other = await play(c, 'left');
  });

  test('give the same responses, including ids, tokens and keys', () => {
    assert.ok(one.said.length > 30);
    for (const [i, answer] of one.said.entries()) assert.deepEqual(two.said[i], answer);
    assert.equal(two.said.length, one.said.length);
  });

  test('give the same callbacks with the same attempts', () => {
    assert.equal(one.callbacks.filter(({ attempts }) => attempts.length > 1).length, 3, 'retries are among them');
    for (const [i, callback] of one.callbacks.entries()) assert.deepEqual(two.callbacks[i], callback);
    assert.equal(two.callbacks.length, one.callbacks.length);
  });

  test('send receivers the same bytes, headers and signatures', () => {
    assert.ok(one.received.length > 12);
    assert.deepEqual(two.received, one.received);
  });

  test('another seed gives other ids and keys', () => {
    const ids = ({ said }) =>
      new Set(said.flatMap((answer) => answer.at(-1).match(/\b(?:cpi|cgi|coma|cus)_[A-Za-z0-9]{16}\b/g) ?? []));
    const shared = [...ids(other)].filter((id) => ids(one).has(id));
    assert.deepEqual(shared.filter((id) => id !== DEMO.id), []);
    assert.deepEqual(other.keys.filter((key) => one.keys.includes(key)), []);
  });
});
