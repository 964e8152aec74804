// The limits of all request bodies and of all replies in memory, and the reply to a call beyond them.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { Client, invoice } from '../lib/client.js';
import { PATIENCE_MS, within } from '../lib/limits.js';
import { startServer } from '../lib/server.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);

const MOST = 256 << 20;
const LARGE = 16 << 20;

/** A gauge of /_mock/metrics. */
async function bodyBytes(gauge = 'body_bytes') {
  const { text } = (await demo.send('GET', '/_mock/metrics')).expect(200);
  return Number(new RegExp(`^milkypay_mock_${gauge} (\\d+)$`, 'm').exec(text)[1]);
}

/** Polls until the gauge has the expected value. It never exceeds the maximum by more than one reply. */
async function reach(holds, what, gauge) {
  const until = Date.now() + 4 * PATIENCE_MS;
  for (let bytes; !holds(bytes = await bodyBytes(gauge));) {
    assert.ok(bytes <= MOST + LARGE * 2, `${bytes} bytes`);
    assert.ok(Date.now() < until, `${what}: ${bytes} bytes`);
    await new Promise((done) => { setTimeout(done, 50); });
  }
}

/**
 * A request whose body lacks its last byte. `last()` sends that byte and resolves with the response. Its timeout
 * grows with the size of all requests, because a busy machine needs longer for hundreds of megabytes.
 */
async function unfinished(head, size) {
  const socket = connect({ host: server.host, port: server.port });
  let answer = '';
  socket.setEncoding('latin1').on('data', (text) => { answer += text; });
  socket.on('error', () => {});
  const closed = once(socket, 'close');
  socket.write(`${head} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: ${size}\r\n\r\n`);
  socket.write(Buffer.alloc(size - 1, 'x'));
  return {
    socket,
    async last() {
      socket.write('x');
      await within(closed, () => `the answer to ${head}`, 5 * PATIENCE_MS);
      return answer;
    },
  };
}

test('a body beyond the limit gets 503, and the others are not affected', async () => {
  // as many as fit: sixteen bytes are left
  const uploads = await Promise.all(
    Array.from({ length: MOST / LARGE }, (_, i) => unfinished(`PUT /_mock/snapshots/s${i}`, LARGE)),
  );
  await reach((bytes) => bytes === MOST - MOST / LARGE, 'all uploads to be there');

  const create = (await demo.create(invoice())).expect(503);
  assert.equal(create.json.errors[0].code, '503');
  assert.equal(create.headers['retry-after'], '1');
  assert.match(create.headers['x-mock-reason'], /bodies/);
  const control = (await demo.control('POST', '/outcomes', { outcomes: ['processed'] })).expect(503);
  assert.equal(control.json.error.code, 'busy');
  assert.equal(control.headers['retry-after'], '1');
  (await demo.list()).expect(200);
  (await demo.send('POST', '/_mock/sink/small', { body: 'sixteen bytes...' })).expect(200);

  // another large body is read to its end and discarded
  const further = await unfinished('PUT /_mock/snapshots/further', LARGE);
  assert.match(await further.last(), /^HTTP\/1\.1 503 .*Retry-After: 1\r\n/s);
  assert.equal(await bodyBytes(), MOST - MOST / LARGE);

  for (const { socket } of uploads.slice(1)) socket.destroy();
  await reach((bytes) => bytes === LARGE - 1, 'what the ended connections held to be free');
  assert.match(await uploads[0].last(), /^HTTP\/1\.1 400 /);
  await reach((bytes) => bytes === 0, 'nothing to be held');
  (await demo.create(invoice())).expect(201);
});

test('the same limit applies without credentials', async () => {
  const size = 1 << 20;
  const senders = await Promise.all(Array.from({ length: 300 }, () => unfinished('POST /payment-invoices', size)));
  const answers = await Promise.all(senders.map((sender) => sender.last()));
  const statuses = answers.map((answer) => answer.slice(9, 12));
  assert.ok(statuses.every((status) => status === '401' || status === '503'), [...new Set(statuses)].join());
  await reach((bytes) => bytes === 0, 'nothing to be held');
});

/** Sends a GET whose response is not read further than its first bytes: {socket, first}. */
async function unread(path, login) {
  const socket = connect({ host: server.host, port: server.port });
  socket.on('error', () => {});
  socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: ${login}\r\n\r\n`);
  const [first] = await within(once(socket, 'data'), () => `the answer to ${path}`, 5 * PATIENCE_MS);
  socket.pause();
  return { socket, first: first.toString('latin1') };
}

test('replies that nobody reads are limited', async () => {
  const metadata = Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`m${i}`, 'x'.repeat(1000)]));
  for (let i = 0; i < 30; i++) await demo.made({ metadata });
  const size = (await demo.list({ 'page[size]': 30 })).expect(200).text.length; // more than the buffers of two sockets hold
  const login = `Basic ${btoa(`${demo.account.id}:${demo.account.api_key}`)}`;
  const open = [];
  let last;
  do {
    last = await unread('/payment-invoices?page[size]=30', login);
    open.push(last.socket);
  } while (last.first.startsWith('HTTP/1.1 200') && open.length < 100);
  assert.match(last.first, /^HTTP\/1\.1 503 .*Retry-After: 1\r\n/s);
  assert.match(last.first, /X-Mock-Reason: [^\r]*not read yet/);
  assert.equal(open.length, Math.floor(MOST / size) + 2);

  const control = (await demo.control('GET', '/payment-invoices')).expect(503);
  assert.equal(control.json.error.code, 'busy');
  (await demo.create(invoice())).expect(201);

  for (const socket of open) socket.destroy();
  await reach((bytes) => bytes < MOST, 'what the ended connections held to be free', 'reply_bytes');
  (await demo.list()).expect(200);
});
