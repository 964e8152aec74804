// Persistence: what is stored, what survives a crash, and which files are rejected at the start.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { inflateSync } from 'node:zlib';
import { Client, DEMO, invoice } from '../lib/client.js';
import { PATIENCE_MS } from '../lib/limits.js';
import { forms, open, send, text } from '../lib/pages.js';
import { BIN, runBinary, startServer, tempDir } from '../lib/server.js';
import { startSink } from '../lib/sink.js';

const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };

// an SQLite file of another program: a table `notes` with one row
const FOREIGN = inflateSync(Buffer.from([
  'eNoLDvTJLElVSMsvyk0sUTBmYGJgZGRwUFBgYAAyIRgGGIGYBY1PCDAx6CUz8oIUM25mAKJRQDnwZmQTFxdnLC9JTMpJzcsvSS0G',
  'E0zOQa6OIa4KIY5OPq4KYCGNzBSFzLyS1PTUIoWCoszcxKJKhezUSh2FktSKEjChCYmb7wxANApGDmBnZGYQzc3MSwUA91QlLQ==',
].join(''), 'base64'));

/** Asserts that the start fails with status 2 and one line that contains these words. */
async function refuses(args, words, options) {
  const { code, stdout, stderr } = await runBinary(['--listen', '127.0.0.1:0', ...args], options);
  assert.equal(code, 2, `status ${code}: ${stderr}`);
  assert.equal(stdout, '');
  const lines = stderr.trim().split('\n');
  assert.equal(lines.length, 1, `one line: ${stderr}`);
  for (const word of words) assert.ok(lines[0].includes(word), `"${word}" in: ${lines[0]}`);
  return lines[0];
}

test('--retention deletes old finished invoices, not those that wait for a command', async () => {
  const server = await startServer({ args: ['--retention', '1h'] });
  const api = await new Client(server).newAccount();
  const start = await api.freeze();
  const as = (outcome) => ({ headers: { 'X-Mock-Outcome': outcome } });
  const payout = async (outcome) =>
    (
      await api.private('POST', '/payout-invoices', {
        json: {
          service: 'test_usd',
          currency: 'USD',
          amount: 100,
          fields: { account: '1' },
          options: { auto_process: true },
        },
        ...as(outcome),
      })
    ).expect(201).data.id;
  const refunding = await api.made({}, as('processed@0'));
  const waiting = await payout('process_pending');
  const finished = [(await api.made({}, as('processed@0'))).id, await payout('processed@0')];
  await api.advance(0);
  (await api.private('POST', `/payment-invoices/${refunding.id}/refund`, { json: {}, ...as('refund_pending') })).expect(
    200,
  );
  await api.idle();
  (await api.control('PUT', '/clock', { mode: 'frozen', now: start + 7200 })).expect(200);
  const paths = { cpi: 'payment-invoices', cpoi: 'payout-invoices' };
  const status = async (id) => (await api.private('GET', `/${paths[id.split('_')[0]]}/${id}`)).status;
  const deadline = Date.now() + PATIENCE_MS;
  for (const id of finished) {
    while (await status(id) === 200 && Date.now() < deadline) await new Promise((done) => setTimeout(done, 50));
    assert.equal(await status(id), 404);
  }
  assert.deepEqual([await status(refunding.id), await status(waiting)], [200, 200]);
  const balance = async () => (await api.private('GET', '/account/balances')).data.attributes.currency_accounts.USD;
  assert.equal((await balance()).pending_balance, '100.00');
  (await api.control('POST', `/payout-invoices/${waiting}/transition`, { status: 'process_failed' })).expect(200);
  assert.equal((await balance()).pending_balance, '0.00');
  await server.stop();
});

describe('a restart with fixtures that lack a resolution', () => {
  const GONE = 'velocity_limit';
  const CARD = { card_number: '4412397212080000', expiry: '0856', three_ds: 'abandon' };
  const folder = tempDir();
  const change = (name, to) => writeFileSync(join(folder, name),
    to(readFileSync(new URL(`../../fixtures/${name}`, import.meta.url), 'utf8')));
  change('scenarios.json', (text) => text.replace('"resolutions": []', `"resolutions": ["${GONE}"]`));
  change('test-cards.json', (text) => text.replace('process_failed:access_denied', `process_failed:${GONE}`));

  /** Calls `prepare` on a server that knows the resolution, then `then` on a server with the same file without it. */
  async function across(prepare, then) {
    const db = join(tempDir(), 'mock.db');
    let server = await startServer({ args: ['--db', db, '--fixtures', folder] });
    let api = new Client(server);
    await api.freeze();
    const kept = await prepare(api);
    await server.stop();
    server = await startServer({ args: ['--db', db] });
    api = new Client(server);
    await then(api, kept);
    await api.advance(60);
    await server.stop();
  }
  const paid = async (api) => {
    const { id } = await api.made({}, { headers: { 'X-Mock-Outcome': 'processed@0' } });
    await api.advance(0);
    return id;
  };

  test('skips a queued outcome and uses the next one', async () => {
    await across((api) => api.outcomes(`process_failed:${GONE}`, 'process_failed:declined@0'), async (api) => {
      const { id } = await api.made();
      await api.advance(0);
      assert.equal((await api.attributes(id)).resolution, 'declined');
      assert.deepEqual((await api.control('GET', '/outcomes')).json.queued, []);
    });
  });

  test('skips that of a refund or in a snapshot too', async () => {
    await across(async (api) => {
      const id = await paid(api);
      (await api.outcomes(`refund_failed:${GONE}`)).expect(201);
      (await api.control('POST', '/snapshots/one')).expect(201);
      return id;
    }, async (api, id) => {
      for (let i = 0; i < 2; i++) {
        (await api.private('POST', `/payment-invoices/${id}/refund`, { json: {} })).expect(200);
        await api.advance(5);
        assert.equal((await api.attributes(id)).status, 'refunded');
        (await api.control('POST', '/snapshots/one/restore')).expect(200);
      }
    });
  });

  test('lets a planned outcome at confirmation succeed, and a card in 3-D Secure fail', async () => {
    await across(async (api) => {
      const wallet = await api.made(
        { service: 'paypal_usd_hpp' },
        { headers: { 'X-Mock-Outcome': `process_failed:${GONE}@1d` } },
      );
      const card = await api.made({}, hold);
      (await api.pay(card.id, CARD)).expect(200);
      return { wallet, card };
    }, async (api, { wallet, card }) => {
      assert.equal((await api.pay(wallet.id, {})).expect(200).data.attributes.status, 'processed');
      const page = await open(api, new URL(card.attributes.flow_data.action).pathname);
      const [form] = forms(page.text);
      (await send(api, form, { code: text(page.text, 'challenge-code'), action: 'confirm' })).expect(200);
      const { status, resolution } = await api.attributes(card.id);
      assert.deepEqual([status, resolution], ['process_failed', 'general_decline']);
    });
  });
});

describe('a restart with --db', () => {
  test('keeps invoices, accounts, queue, clock and callbacks', async () => {
    const db = join(tempDir(), 'mock.db');
    let server = await startServer({ args: ['--db', db] });
    let demo = new Client(server);
    const api = await demo.newAccount({ name: 'kept', outcome: 'process_failed:declined', callback_url: null });
    const now = await api.freeze();
    const sink = await startSink({ account: api.account });
    const one = await api.made({
      callback_url: `${sink.url}/c`,
      customer: { reference_id: 'c' },
      metadata: { a: 'b' },
    });
    await api.advance(100);
    (await api.outcomes('processed')).expect(201);
    const before = {
      document: (await api.get(one.id)).text,
      list: (await api.list()).text,
      public: (await api.getPublic(one.id)).text,
      account: (await api.control('GET', `/accounts/${api.account.id}`)).text,
      callbacks: await api.callbacks(),
      timeline: await api.lasting(one.id),
    };
    await server.stop();

    server = await startServer({ args: ['--db', db] });
    demo = new Client(server);
    const again = demo.with(api.account);
    assert.equal((await again.get(one.id)).text, before.document);
    assert.equal((await again.list()).text, before.list);
    assert.equal((await again.getPublic(one.id)).text, before.public);
    assert.equal((await again.control('GET', `/accounts/${api.account.id}`)).text, before.account);
    assert.deepEqual(await again.callbacks(), before.callbacks);
    assert.deepEqual(await again.lasting(one.id), before.timeline);
    assert.deepEqual(await again.clock(), { mode: 'frozen', now: now + 100 });
    assert.deepEqual((await again.control('GET', '/outcomes')).json, { queued: ['processed'] });
    const two = await again.made({ customer: { reference_id: 'c' } });
    assert.equal(two.relationships.customer.data.id, one.relationships.customer.data.id);
    await again.advance(2);
    assert.equal((await again.attributes(two.id)).status, 'processed', 'the queue\'s outcome');
    (await again.create(invoice({ reference_id: one.attributes.reference_id }))).expect(409);
    await server.stop();
    await sink.stop();
  });

  test('continues timers and retries', async () => {
    const db = join(tempDir(), 'mock.db');
    const sink = await startSink({ account: DEMO });
    sink.answer([500, 200]);
    let server = await startServer({ args: ['--db', db] });
    let demo = new Client(server);
    await demo.freeze();
    const { id } = await demo.made(
      { callback_url: `${sink.url}/c`, test_mode: true },
      { headers: { 'X-Mock-Outcome': 'processed@90s' } },
    );
    await sink.got(1);
    await demo.advance(0);
    await server.stop();
    server = await startServer({ args: ['--db', db] });
    demo = new Client(server);
    const { events } = await demo.advance(90);
    assert.deepEqual(
      events.map((e) => [e.kind, e.to ?? e.result]),
      [
        ['callback', 'done'],
        ['transition', 'processed'],
        ['callback', 'done'],
      ],
    );
    assert.ok(sink.requests[1].raw.equals(sink.requests[0].raw));
    assert.equal((await demo.attributes(id)).status, 'processed');
    await server.stop();
    await sink.stop();
  });

  test('runs events that became due while the server was down', async () => {
    // on a slow machine the invoice may settle before the kill; then try again with a longer delay
    const settledAtStart = async (ms) => {
      const db = join(tempDir(), 'mock.db');
      let server = await startServer({ args: ['--db', db, '--settle-after', `${ms}ms`] });
      const { id } = await new Client(server).made();
      await server.kill9();
      await new Promise((done) => { setTimeout(done, 1.1 * ms); });
      server = await startServer({ args: ['--db', db] });
      const api = new Client(server);
      await api.reach(id, 'processed');
      const { text } = (await api.send('GET', '/_mock/metrics')).expect(200); // counts since this start
      await server.stop();
      return /transitions_total\{[^}]*"processed"[^}]*\} 1\n/.test(text);
    };
    for (let ms = 300; !await settledAtStart(ms); ms *= 3);
  });
});

describe('kill -9', () => {
  test('under load: every 201 is kept, and its callbacks are sent', async () => {
    const db = join(tempDir(), 'mock.db');
    const sink = await startSink({ account: DEMO });
    const answered = new Set();
    let server = await startServer({ args: ['--db', db, '--settle-after', '50ms'] });
    for (let round = 0; round < 3; round++) {
      const demo = new Client(server, DEMO, { check: round === 0 });
      const goal = answered.size + 300;
      let killed = false;
      const worker = async () => {
        while (!killed) {
          try {
            const reply = await demo.create(invoice({ callback_url: `${sink.url}/c`, test_mode: true }));
            if (reply.status === 201) answered.add(reply.data.id);
          } catch (error) {
            if (!killed) throw error;
          }
          if (answered.size >= goal && !killed) {
            killed = true;
            await server.kill9();
          }
        }
      };
      await Promise.all(Array.from({ length: 16 }, worker));
      server = await startServer({ args: ['--db', db, '--settle-after', '50ms'] });
    }
    const demo = new Client(server);
    assert.ok(answered.size >= 900);
    for (const id of answered) (await demo.get(id)).expect(200);
    await demo.idle();
    const seen = new Map();
    for (const { invoice: id, status } of sink.requests) seen.set(id, (seen.get(id) ?? new Set()).add(status));
    for (const id of answered) {
      assert.deepEqual([...(seen.get(id) ?? [])].sort(), ['process_pending', 'processed'], `callbacks of ${id}`);
      assert.equal((await demo.attributes(id)).status, 'processed');
    }
    const failed = (await demo.control('GET', '/callbacks', undefined, { parameters: { state: 'failed' } })).json;
    assert.equal(failed.total, 0);
    await server.stop();
    await sink.stop();
  });

  test('later callbacks do not overtake the one in flight', async () => {
    const db = join(tempDir(), 'mock.db');
    const sink = await startSink({ account: DEMO });
    sink.answer([{ hang: true }, 200, 200]);
    let server = await startServer({ args: ['--db', db] });
    const { id } = await new Client(server).made({ callback_url: `${sink.url}/c`, test_mode: true },
      { headers: { 'X-Mock-Outcome': 'processed@200ms' } });
    await sink.got(1, { invoice: id });
    await server.kill9();
    await new Promise((done) => { setTimeout(done, 300); }); // the invoice is overdue when the server starts again
    server = await startServer({ args: ['--db', db] });
    const requests = await sink.got(3, { invoice: id });
    const statuses = requests.map((request) => JSON.parse(request.text).data.attributes.status);
    assert.deepEqual(statuses, ['process_pending', 'process_pending', 'processed']);
    await server.stop();
    await sink.stop();
  });

  test('an attempt in flight is repeated with the same bytes', async () => {
    const db = join(tempDir(), 'mock.db');
    const sink = await startSink({ account: DEMO });
    sink.answer([{ hang: true }, 200]);
    let server = await startServer({ args: ['--db', db] });
    const { id } = await new Client(server).made({ callback_url: `${sink.url}/c`, test_mode: true }, hold);
    await sink.got(1, { invoice: id });
    await server.kill9();
    server = await startServer({ args: ['--db', db] });
    const demo = new Client(server);
    const [first, second] = await sink.got(2, { invoice: id });
    assert.ok(second.raw.equals(first.raw));
    const record = (await demo.wait({ invoice: id, callback: 'delivered', timeout: '60s' })).expect(200).json;
    assert.equal(record.state, 'done');
    await server.stop();
    await sink.stop();
  });

  test('many times: the file stays valid', async () => {
    const db = join(tempDir(), 'mock.db');
    const made = [];
    for (let i = 0; i < 8; i++) {
      const server = await startServer({ args: ['--db', db] });
      const demo = new Client(server);
      made.push((await demo.made({}, hold)).id);
      for (const id of made) (await demo.get(id)).expect(200);
      await server.kill9();
    }
    const server = await startServer({ args: ['--db', db] });
    assert.deepEqual((await new Client(server).list()).data.map((row) => row.id), [...made].reverse());
    await server.stop();
  });
});

describe('SIGTERM', () => {
  test('with callbacks in flight and pending timers: exits with 0 and loses nothing', async () => {
    const db = join(tempDir(), 'mock.db');
    const sink = await startSink({ account: DEMO });
    sink.answer([{ hang: true }]);
    let server = await startServer({ args: ['--db', db] });
    const { id } = await new Client(server).made({ callback_url: `${sink.url}/c`, test_mode: true }, hold);
    await sink.got(1);
    await server.stop();
    sink.answer([200]);
    server = await startServer({ args: ['--db', db] });
    await sink.got(2, { invoice: id });
    await server.stop();
    await sink.stop();
  });

  test('SIGINT does the same', async () => {
    const server = await startServer();
    await new Client(server).made();
    await server.stop({ signal: 'SIGINT' });
  });
});

describe('rejected at the start', () => {
  test('a second server on the same file; the first continues', async () => {
    const db = join(tempDir(), 'mock.db');
    const server = await startServer({ args: ['--db', db] });
    const demo = new Client(server);
    const { id } = await demo.made();
    await refuses(['--db', db], [db]);
    (await demo.get(id)).expect(200);
    await demo.made();
    await server.stop();
    const next = await startServer({ args: ['--db', db] });
    (await new Client(next).get(id)).expect(200);
    await next.stop();
  });

  test('garbage, which is not changed', async () => {
    const folder = tempDir();
    for (const [name, content] of Object.entries({
      'text.db': 'this is no database\n'.repeat(300),
      'zero.db': Buffer.alloc(8192),
      'short.db': 'SQLite format 3',
    })) {
      const file = join(folder, name);
      writeFileSync(file, content);
      await refuses(['--db', file], [file]);
      assert.deepEqual(readFileSync(file), Buffer.from(content), `${name} is unchanged`);
    }
  });

  test('a file of another program', async () => {
    const file = join(tempDir(), 'foreign.db');
    writeFileSync(file, FOREIGN);
    await refuses(['--db', file], [file]);
    assert.deepEqual(readFileSync(file), FOREIGN);
  });

  test('a file of a newer server', async () => {
    const folder = tempDir();
    const db = join(folder, 'mock.db');
    const server = await startServer({ args: ['--db', db] });
    await new Client(server).made();
    await server.stop();
    const content = readFileSync(db);
    assert.equal(content.subarray(0, 15).toString(), 'SQLite format 3');
    assert.notEqual(content.readUInt32BE(60), 0, 'user_version is set');
    content.writeUInt32BE(999_999, 60);
    const newer = join(folder, 'newer.db');
    writeFileSync(newer, content);
    await refuses(['--db', newer], [newer]);
    assert.deepEqual(readFileSync(newer), content);
  });

  test('a damaged file', async () => {
    const folder = tempDir();
    const db = join(folder, 'mock.db');
    const server = await startServer({ args: ['--db', db] });
    for (let i = 0; i < 50; i++) await new Client(server).made();
    await server.stop();
    const content = readFileSync(db);
    content.fill(0x5a, 100, 4096);
    const damaged = join(folder, 'damaged.db');
    writeFileSync(damaged, content);
    await refuses(['--db', damaged], [damaged]);
  });

  test('places that cannot be written', async () => {
    const folder = tempDir();
    const places = [join(folder, 'missing', 'mock.db'), '/dev/null/mock.db', folder];
    if (existsSync('/proc/self')) places.push('/proc/mock.db');
    if (process.getuid?.() !== 0) {
      mkdirSync(join(folder, 'ro'), { mode: 0o555 });
      places.push(join(folder, 'ro', 'mock.db'));
    }
    for (const place of places) await refuses(['--db', place], [place]);
  });

  test(
    'a file that cannot be written',
    { skip: process.getuid?.() === 0 ? 'root may write anywhere' : false },
    async () => {
      const folder = tempDir();
      const db = join(folder, 'mock.db');
      const server = await startServer({ args: ['--db', db] });
      await server.stop();
      const copy = join(folder, 'ro.db');
      copyFileSync(db, copy);
      chmodSync(copy, 0o444);
      await refuses(['--db', copy], [copy]);
    },
  );
});

// A small file system for the server, if this machine allows it.
const small = (folder, size, first = 'true') => ['unshare', '-rm', 'sh', '-c',
  `mount -t tmpfs -o size=${size} tmpfs "${folder}" && cd "${folder}" && ${first} && exec "$@"`, 'sh'];
const namespaces = (() => {
  try {
    execFileSync('unshare', ['-rm', 'sh', '-c', 'mount -t tmpfs tmpfs /mnt && exec "$0" --version', BIN], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
})();

test('a write beyond the file size limit: 503 and a log line, and reads still work', async () => {
  const db = join(tempDir(), 'mock.db');
  const server = await startServer({ args: ['--db', db], wrap: ['sh', '-c', 'ulimit -f 4000; exec "$@"', 'sh'] });
  const demo = new Client(server, DEMO, { check: false });
  const made = [];
  const create = () => demo.create(invoice({ metadata: { padding: 'x'.repeat(200_000) } }), hold);
  let reply;
  while ((reply = await create()).status === 201) made.push(reply.data.id);
  assert.equal(reply.expect(503).headers['retry-after'], '1');
  for (const id of made) (await demo.get(id)).expect(200);
  assert.match(server.stderr, /store_failed reason=.*mock\.db/);
  await server.stop();
});

test('an unreadable page is reported at the start', async () => {
  const db = join(tempDir(), 'mock.db');
  const server = await startServer({ args: ['--db', db] });
  await new Client(server).newAccount();
  await server.stop();
  const bytes = readFileSync(db);
  const size = bytes.readUInt16BE(16) === 1 ? 65536 : bytes.readUInt16BE(16);
  let broken = 0;
  for (let page = size; page < bytes.length; page += size) {
    const text = bytes.subarray(page, page + size);
    if (text[0] === 13 && text.includes(DEMO.secret_live_key)) { // a leaf page of the table, not of an index
      bytes.fill(0xff, page, page + 8);
      broken++;
    }
  }
  assert.ok(broken);
  writeFileSync(db, bytes);
  const { code, stderr } = await runBinary(['--db', db]);
  assert.equal(code, 2);
  assert.match(stderr, /the database cannot be used: .*mock\.db: database disk image is malformed/);
  assert.doesNotMatch(stderr, /another account/);
});

describe('a full disk', { skip: namespaces ? false : 'no mount namespaces here in which the program starts' }, () => {
  test('at the start: one line and status 2', async () => {
    const folder = tempDir();
    const db = join(folder, 'mock.db');
    await refuses(['--db', db], [db], { wrap: small(folder, '16k', 'head -c 12288 /dev/zero > filler') });
  });

  test('later: errors in the platform\'s format, nothing is lost, and it continues once there is space', async () => {
    const folder = tempDir();
    const db = join(folder, 'mock.db');
    const server = await startServer({
      args: ['--db', db],
      wrap: small(folder, '16m', 'head -c 12582912 /dev/zero > filler'),
    });
    const demo = new Client(server);
    const made = [];
    let refusal;
    while (!refusal) {
      assert.ok(made.length < 20_000, 'the disk never got full');
      for (const reply of await Promise.all(Array.from({ length: 8 },
        () => demo.create(invoice({ metadata: { mock_outcome: 'process_pending', padding: 'x'.repeat(2000) } }))))) {
        if (reply.status === 201) made.push(reply.data.id);
        else refusal = reply;
      }
    }
    refusal.expect(500, 503);
    for (const id of made) (await demo.get(id)).expect(200);
    unlinkSync(join(`/proc/${server.pid}/root`, folder, 'filler'));
    made.push((await demo.made({}, hold)).id);
    for (const id of made) (await demo.get(id)).expect(200);
    await server.stop();
  });

  test('a snapshot or restore without space changes nothing', async () => {
    const folder = tempDir();
    const db = join(folder, 'mock.db');
    const server = await startServer({
      args: ['--db', db],
      wrap: small(folder, '6m', 'head -c 2097152 /dev/zero > filler'),
    });
    const demo = new Client(server, DEMO, { check: false }); // checking megabytes takes long
    const api = await demo.newAccount();
    const now = await api.freeze();
    const create = () => api.create(invoice({ metadata: { padding: 'x'.repeat(200_000) } }), hold);
    const made = [];
    for (let i = 0; i < 4; i++) made.unshift((await create()).expect(201).data.id);
    (await api.control('POST', '/snapshots/fits')).expect(201);
    let reply;
    while ((reply = await create()).status === 201) made.unshift(reply.data.id);
    reply.expect(500, 503);
    const before = (await api.list()).text;
    for (const path of ['/snapshots/more', '/snapshots/fits', '/snapshots/fits/restore']) {
      (await api.control('POST', path)).expect(500, 503);
      assert.equal((await api.list()).text, before, path);
      assert.deepEqual(await api.clock(), { mode: 'frozen', now });
      assert.deepEqual(
        (await api.control('GET', '/snapshots')).json.items.map(({ name, invoices }) => [name, invoices]),
        [['fits', 4]],
      );
    }
    unlinkSync(join(`/proc/${server.pid}/root`, folder, 'filler'));
    (await api.control('POST', '/snapshots/fits/restore')).expect(200);
    assert.deepEqual((await api.list()).data.map((one) => one.id), made.slice(-4));
    await api.made({}, hold);
    await server.stop();
  });
});

describe('without --db', () => {
  const env = (TMPDIR) => ({ env: { TMPDIR } });

  test('the database is private and deleted at exit', async () => {
    const folder = tempDir();
    const server = await startServer(env(folder));
    await new Client(server).made();
    const entries = readdirSync(folder);
    assert.equal(entries.length, 1, `one folder: ${entries}`);
    const inside = join(folder, entries[0]);
    assert.equal(statSync(inside).mode & 0o777, 0o700);
    assert.ok(readdirSync(inside).length > 0, 'a real file in it');
    await server.stop();
    assert.deepEqual(readdirSync(folder), []);
  });

  test('files of a killed server are deleted at the next start, those of a running one are not', async () => {
    const folder = tempDir();
    const killed = await startServer(env(folder));
    await killed.kill9();
    const left = readdirSync(folder);
    assert.equal(left.length, 1);
    const one = await startServer(env(folder));
    const two = await startServer(env(folder));
    const now = readdirSync(folder);
    assert.equal(now.length, 2);
    assert.ok(!now.includes(left[0]));
    await new Client(one).made();
    await new Client(two).made();
    await one.stop();
    await two.stop();
    assert.deepEqual(readdirSync(folder), []);
  });

  test('two servers do not affect each other', async () => {
    const one = await startServer();
    const two = await startServer();
    const { id } = await new Client(one).made();
    (await new Client(two).get(id)).expect(404);
    await one.stop();
    await two.stop();
  });
});

test('a server with a used database reads its accounts from there until reset', async () => {
  const db = join(tempDir(), 'mock.db');
  let server = await startServer({ args: ['--db', db] });
  let demo = new Client(server);
  (await demo.control('PATCH', `/accounts/${DEMO.id}`, { name: 'Changed', outcome: 'process_failed:declined' })).expect(
    200,
  );
  await server.stop();
  server = await startServer({ args: ['--db', db] });
  demo = new Client(server);
  const { settings } = (await demo.control('GET', `/accounts/${DEMO.id}`)).json;
  assert.deepEqual([settings.name, settings.outcome], ['Changed', 'process_failed:declined']);
  (await demo.control('POST', '/reset')).expect(200);
  assert.equal((await demo.control('GET', `/accounts/${DEMO.id}`)).json.settings.name, '4Docs');
  await server.stop();
});

describe('the database is named in every reply of the control API', () => {
  const named = async (server, path = '/_mock/health') => {
    const reply = await fetch(server.url + path);
    await reply.body.cancel();
    return reply.headers.get('X-Mock-Database');
  };

  test('by the same name after a restart, by another one for another database, with the same seed too', async () => {
    const db = join(tempDir(), 'mock.db');
    const names = [];
    for (const file of [db, db, join(tempDir(), 'mock.db')]) {
      const server = await startServer({ args: ['--db', file, '--seed', '1'] });
      names.push(await named(server));
      assert.equal(await named(server, '/_mock/events'), names.at(-1));
      assert.equal(await named(server, '/_mock/nothing'), names.at(-1));
      assert.equal(await named(server, '/payment-invoices'), null);
      await server.stop();
    }
    assert.match(names[0], /^[0-9a-f]{16}$/);
    assert.equal(names[1], names[0]);
    assert.notEqual(names[2], names[0]);
  });
});
