// Connections that cost: thousands that are idle, heads and bodies that arrive byte by byte, half TLS handshakes,
// and a process with few descriptors. Beside them a client with a connection of its own is served, and afterwards
// the server has no connection and no descriptor more than before.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import https from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Client, DEMO, invoice } from '../lib/client.js';
import { startServer, tempDir } from '../lib/server.js';
import { contents } from './lib/database.js';
import { pass } from './lib/pass.js';
import { Room, spread } from './lib/room.js';

const room = new Room('connections');
const IDLE = room.either(2000, 10_000);
const SLOW = room.either(200, 1000);
const FEW = 64; // descriptors
const CALLS = room.either(100, 1000);
const AT_ONCE = 200;
const TICK_MS = 50;
const PATIENCE_MS = 60_000;
const HOLD = { headers: { 'X-Mock-Outcome': 'process_pending' } };

const folder = tempDir();
const db = join(folder, 'mock.db');

const fds = (server) => readdirSync(`/proc/${server.pid}/fd`).length;
const rssMb = (server) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]) / 1024;
const part = (sorted, at) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * at))].toFixed(1);

/** Connects, and resolves with the socket; `ended` of it resolves with why it ended. */
function open(server) {
  return new Promise((done, fail) => {
    const socket = connect({ host: server.host, port: server.port }, () => done(socket));
    socket.on('error', fail);
    socket.resume();
    socket.ended = new Promise((end) => { socket.on('close', end); });
  });
}

async function crowd(server, count, act = () => {}) {
  const sockets = [];
  await spread(Array.from({ length: count }), AT_ONCE, async () => {
    const socket = await open(server);
    act(socket);
    sockets.push(socket);
  });
  return sockets;
}

/** A client beside the crowd. Returns its latencies, sorted. */
async function work(api) {
  const times = [];
  for (let i = 0; i < CALLS; i++) {
    const began = performance.now();
    (await api.create(invoice(), HOLD)).expect(201);
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b);
}

/** Waits until the server has at most this many descriptors. */
async function shrinks(server, most) {
  const end = Date.now() + PATIENCE_MS;
  while (fds(server) > most && Date.now() < end) await pass(20_000);
  assert.ok(fds(server) <= most, `${fds(server)} descriptors, not ${most}`);
}

async function beside(what, server, api, count, act) {
  await room.play(what, async () => {
    const before = fds(server);
    const memory = rssMb(server);
    const sockets = await crowd(server, count, act);
    const times = await work(api);
    const alive = sockets.filter((socket) => !socket.destroyed).length;
    const during = rssMb(server);
    for (const socket of sockets) socket.destroy();
    await shrinks(server, before + 1);
    server.check();
    room.figure(`${count} × ${what}: ${alive} open at the end; a client beside them: p50 ${part(times, 0.5)} ms, ` +
      `p99 ${part(times, 0.99)} ms; memory ${memory.toFixed(0)} to ${during.toFixed(0)}, then ${rssMb(server).toFixed(0)} MB`);
  });
}

/** Writes byte after byte. */
const slowly = (text) => (socket) => {
  let at = 0;
  const timer = setInterval(() => {
    if (at < text.length) socket.write(text[at++]);
  }, TICK_MS);
  socket.on('error', () => {});
  socket.on('close', () => clearInterval(timer));
};

const HEAD = 'POST /payment-invoices HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n';

async function plain() {
  const server = await startServer({ args: ['--db', db] });
  const api = new Client(server, DEMO, { check: false });
  const alone = await work(api);
  room.figure(`a client alone: p50 ${part(alone, 0.5)} ms, p99 ${part(alone, 0.99)} ms`);
  await beside('idle connections', server, api, IDLE);
  await beside('slow heads', server, api, SLOW, slowly(HEAD));
  await beside('slow bodies', server, api, SLOW, (socket) => {
    socket.write(`${HEAD}\r\n`);
    slowly('x'.repeat(1000))(socket);
  });
  await beside('heads without end', server, api, SLOW, (socket) => {
    socket.on('error', () => {});
    socket.write(`GET / HTTP/1.1\r\nX: ${'x'.repeat(60_000)}`);
  });
  await room.play('the stop with open connections', async () => {
    const sockets = await crowd(server, SLOW, slowly(HEAD));
    await server.stop();
    await Promise.all(sockets.map((socket) => socket.ended));
  });
}

function certificate() {
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder, name));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key,
    '-out', cert, '-subj', '/CN=localhost', '-days', '2', '-addext', 'subjectAltName=IP:127.0.0.1'], { stdio: 'ignore' });
  return { key, cert };
}

// The begin of a TLS 1.2 record that announces a ClientHello of 512 bytes.
const HALF_HELLO = Buffer.from('1603010200010001fc0303', 'hex');

async function tls() {
  const { key, cert } = certificate();
  const server = await startServer({ args: ['--db', db, '--tls-cert', cert, '--tls-key', key] });
  const health = () => new Promise((done, fail) => {
    https.get(`${server.url}/_mock/health`, { rejectUnauthorized: false }, (response) => {
      response.resume();
      done(response.statusCode);
    }).on('error', fail);
  });
  await room.play('half TLS handshakes', async () => {
    const before = fds(server);
    const sockets = await crowd(server, SLOW, (socket) => { socket.on('error', () => {}); socket.write(HALF_HELLO); });
    assert.equal(await health(), 200);
    const silent = await crowd(server, SLOW);
    assert.equal(await health(), 200);
    for (const socket of [...sockets, ...silent]) socket.destroy();
    await shrinks(server, before + 1);
    room.figure(`${SLOW} half TLS handshakes and ${SLOW} connections that say nothing: others are served`);
  });
  await room.play('the stop with TLS', () => server.stop());
}

async function few() {
  const server = await startServer({ args: ['--db', db], wrap: ['sh', '-c', `ulimit -n ${FEW}; exec "$@"`, 'sh'] });
  const api = new Client(server, DEMO, { check: false });
  await room.play(`${FEW} descriptors`, async () => {
    await work(api);
    const before = fds(server);
    const account = await api.newAccount({ callback_url: `${server.url}/_mock/sink/few` });
    const sockets = await crowd(server, 4 * FEW); // more wait in the kernel's queue
    const waiting = work(account); // the kept connection is served, or it waits for the crowd to go
    await pass(200_000);
    const most = fds(server);
    for (const socket of sockets) socket.destroy();
    await waiting;
    (await account.wait({ idle: 'true', timeout: '60s' })).expect(200);
    const items = await account.callbacks({ limit: 1000 });
    const failed = items.filter(({ state }) => state !== 'done').length;
    await shrinks(server, before + 5);
    assert.match(server.stderr, /not_accepting/);
    room.figure(`${FEW} descriptors, ${4 * FEW} connections: at most ${most} descriptors in use; ${items.length} callbacks, ` +
      `${failed} of them wait for their retry; afterwards all is served`);
  });
  await room.play('the stop with few descriptors', () => server.stop());
}

await plain();
await tls();
await few();
await room.play('the file', async () => {
  const [{ integrity, twice }] = await contents([db]);
  assert.equal(integrity, 'ok');
  assert.deepEqual(twice, []);
});
room.end();
