// Memory after a peak, on the release build: many large bodies, long lists and snapshots at once. When they are
// over, the server gives the memory back.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { Client, DEMO, invoice } from '../lib/client.js';
import { startServer } from '../lib/server.js';
import { pass } from './lib/pass.js';
import { Room, spread } from './lib/room.js';

const room = new Room('peak');
const AT_ONCE = room.either(64, 100);
const INVOICES = 60;
const MORE_MOST_MB = 24; // than before the peak
const PATIENCE_MS = 60_000;
const HOLD = { headers: { 'X-Mock-Outcome': 'process_pending' } };

const server = await startServer({ args: ['--journal', 'off'] });
const rss = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]) / 1024;
const api = new Client(server, DEMO, { check: false });
const metadata = { padding: 'x'.repeat(20_000) };
await spread(Array.from({ length: INVOICES }), 8, async () => {
  (await api.create(invoice({ metadata }), HOLD)).expect(201);
});
(await api.control('POST', '/snapshots/peak')).expect(201);
(await api.list()).expect(200);
await pass(200_000);
const before = rss();
let most = 0;

const other = await api.newAccount();

/** Bodies that lack their last byte are in memory until their connections end. */
async function heldBodies() {
  const size = 1 << 20;
  const gauge = async () =>
    Number(/^milkypay_mock_body_bytes (\d+)$/m.exec((await api.send('GET', '/_mock/metrics')).text)[1]);
  const sockets = Array.from({ length: AT_ONCE }, () => {
    const socket = connect({ host: server.host, port: server.port });
    socket.on('error', () => {});
    socket.write(`POST /payment-invoices HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${size}\r\n\r\n`);
    socket.write(Buffer.alloc(size - 1, 'x'));
    return socket;
  });
  const end = Date.now() + PATIENCE_MS;
  while (await gauge() < AT_ONCE * (size - 1) && Date.now() < end) await pass(20_000);
  most = rss();
  for (const socket of sockets) socket.destroy();
  assert.ok(most > before + MORE_MOST_MB, `${most} MB is no peak`);
}

async function goesBack(name) {
  const [peak, end] = [most, Date.now() + PATIENCE_MS];
  while (rss() > before + MORE_MOST_MB && Date.now() < end) await pass(100_000);
  const [at, after] = [peak, rss()].map((mb) => mb.toFixed(0));
  room.figure(`${AT_ONCE} × ${name}: ${before.toFixed(0)} MB before, ${at} at the peak, ${after} after it`);
  assert.ok(rss() <= before + MORE_MOST_MB, `${rss()} MB, before ${before} MB`);
  most = 0;
}
const CALLS = {
  'large bodies': () => other.create(invoice({ metadata: { padding: 'x'.repeat(1_000_000) } }), HOLD),
  'long lists': () => api.list({ 'page[size]': 100 }),
  'snapshot files': () => api.control('GET', '/snapshots/peak'),
};

await room.play('held bodies', async () => {
  await heldBodies();
  await goesBack('held bodies');
});
for (const [name, send] of Object.entries(CALLS)) {
  await room.play(name, async () => {
    await spread(Array.from({ length: AT_ONCE }), AT_ONCE, async () => {
      (await send()).expect(200, 201, 422);
      most = Math.max(most, rss());
    });
    await goesBack(name);
  });
}
await room.play('the stop', () => server.stop());
room.end();
