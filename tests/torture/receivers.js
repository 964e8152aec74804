// Receivers of callbacks that are dead, slow, endless, lying or broken, all at once, with a merchant's calls beside
// them. Each attempt ends with a reason, no receiver delays the callbacks of a good one, and the API is about as
// fast as without them: the report has its latency before and beside them.

import assert from 'node:assert/strict';
import http from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Client, DEMO, invoice } from '../lib/client.js';
import { startReceiver } from './lib/receiver.js';
import { startServer, tempDir } from '../lib/server.js';
import { contents } from './lib/database.js';
import { Room, spread } from './lib/room.js';

const room = new Room('receivers');
const CALLS = room.either(400, 5000); // of the merchant, in each phase
const CONNECTIONS = 4;
const EACH = room.either(10, 100); // callbacks to each bad receiver
const DRIP_MS = 20;
const OK = 'HTTP/1.1 200 OK\r\n';
const HOLD = { headers: { 'X-Mock-Outcome': 'process_pending' } };
const TIMEOUTS = { connect_timeout_ms: 500, read_timeout_ms: 500, total_timeout_ms: 1500 };

/** Writes something every few milliseconds until the connection ends. */
const drip = (begin, bytes) => (socket) => {
  socket.write(begin);
  const timer = setInterval(() => socket.write(bytes), DRIP_MS);
  socket.on('close', () => clearInterval(timer));
};

/** Writes as fast as the server reads. */
const flood = (begin, bytes) => (socket) => {
  const more = () => { while (!socket.destroyed && socket.write(bytes)); };
  socket.write(begin);
  socket.on('drain', more);
  more();
};

const say = (bytes) => (socket) => socket.end(bytes);
const big = Buffer.alloc(65_536, 'x');

/** What a receiver does with each connection once the request has begun to arrive. */
const KINDS = {
  'never answers': () => {},
  'closes at once': (socket) => socket.end(),
  'resets': (socket) => socket.resetAndDestroy(),
  'resets within its headers': (socket) => socket.write(`${OK}Content-`, () => socket.resetAndDestroy()),
  'drips its status line': drip('HTTP/1.1 2', '0'),
  'drips its headers': drip(OK, 'X: y\r\n'),
  'drips its body': drip(`${OK}Content-Length: 1000000\r\n\r\n`, 'x'),
  'drips its chunks': drip(`${OK}Transfer-Encoding: chunked\r\n\r\n`, '1\r\nx\r\n'),
  'sends headers without end': flood(OK, `X: ${'y'.repeat(1000)}\r\n`),
  'sends a body without end': flood(`${OK}\r\n`, big),
  'sends interim responses without end': flood('', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(100)),
  'says a longer length than it sends': say(`${OK}Content-Length: 1000\r\n\r\nshort`),
  'says a shorter length than it sends': say(`${OK}Content-Length: 1\r\n\r\n${'x'.repeat(5000)}`),
  'says two lengths': say(`${OK}Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx`),
  'folds its first header': say(`${OK} folded: x\r\nContent-Length: 0\r\n\r\n`),
  'folds its length': say(`${OK}Content-Length: 1\r\n 0\r\n\r\nx`),
  'speaks no HTTP': say('220 mail.example ESMTP\r\n'),
  'redirects to itself': say('HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n'),
  'answers 500': say('HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n'),
  'speaks TLS, is called without': say('\x15\x03\x01\x00\x02\x02\x0a'),
  'speaks no TLS, is called with': Object.assign(say('HTTP/1.1 400 Bad Request\r\n\r\n'), { scheme: 'https' }),
};

async function listen(act) {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => { socket.resume(); act(socket); });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  server.unref();
  return `${act.scheme ?? 'http'}://127.0.0.1:${server.address().port}/`;
}

/** A port on which nothing listens. */
async function deadPort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return `http://127.0.0.1:${port}/`;
}

const part = (sorted, at) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * at))].toFixed(1);

/** The merchant's calls: creations and reads. Returns their latencies in ms, sorted. */
async function work(api) {
  const times = [];
  await spread(Array.from({ length: CALLS }), CONNECTIONS, async () => {
    for (const send of [() => api.create(invoice(), HOLD), () => api.list({ 'page[size]': 5 })]) {
      const began = performance.now();
      (await send()).expect(200, 201);
      times.push(performance.now() - began);
    }
  });
  return times.sort((a, b) => a - b);
}

const latency = (times) => `p50 ${part(times, 0.5)} ms, p99 ${part(times, 0.99)} ms, most ${part(times, 1)} ms`;

const folder = tempDir();
const server = await startServer({ args: ['--db', join(folder, 'mock.db')] });
const demo = new Client(server, DEMO, { check: false });
const receiver = await startReceiver();
const place = receiver.place();
const merchant = await demo.newAccount({ callback_url: place.url, profile: '2024' });
place.knows(merchant.account);
merchant.agent = new http.Agent({ keepAlive: true });

const alone = await work(merchant);
room.figure(`the API alone: ${latency(alone)}`);

const kinds = [['dead', await deadPort()]];
for (const [name, act] of Object.entries(KINDS)) kinds.push([name, await listen(act)]);
const bad = await demo.newAccount(TIMEOUTS);
await bad.freeze();
const made = new Map();
for (const [name, url] of kinds) {
  const ids = [];
  for (let i = 0; i < EACH; i++) ids.push((await bad.create(invoice({ callback_url: url }), HOLD)).expect(201).data.id);
  made.set(name, ids);
}
const beside = await work(merchant);
room.figure(`the API beside ${kinds.length} kinds of bad receivers, ${kinds.length * EACH} callbacks: ` + latency(beside));

await room.play('the good receiver got all its callbacks', async () => {
  (await merchant.wait({ idle: 'true', timeout: '60s' })).expect(200);
  assert.deepEqual(receiver.wrong, []);
  assert.equal(receiver.received, 2 * CALLS);
});
await room.play('every attempt ended', async () => {
  for (let turn = 1; (await bad.wait({ idle: 'true', timeout: '60s' })).status !== 200; turn++) {
    assert.ok(turn < 10, 'attempts are under way after ten minutes'); // a busy machine needs more than one wait
  }
});
for (const [name, ids] of made) {
  await room.play(name, async () => {
    const reasons = new Map();
    for (const id of ids) {
      const [{ attempts, state }] = await bad.callbacks({ invoice: id });
      assert.equal(attempts.length, 1, 'one attempt');
      const [{ code, error }] = attempts;
      const said = error ?? `status ${code}`;
      if (name !== 'says a shorter length than it sends') assert.ok(error || code !== 200, `${said}, ${state}`);
      const kind = said.replace(/\d+( out of \d+)? bytes/, 'N bytes').replace(/port \d+/, 'port N');
      reasons.set(kind, (reasons.get(kind) ?? 0) + 1);
    }
    room.figure(`${name}: ${[...reasons].map(([reason, times]) => `${times} × ${reason}`).join('; ')}`);
  });
}
await room.play('the end', async () => {
  await server.stop();
  const [{ integrity, twice }] = await contents([join(folder, 'mock.db')]);
  assert.equal(integrity, 'ok');
  assert.deepEqual(twice, []);
});
await receiver.stop();
room.end();
