import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createServer } from 'node:net';
import { after, describe, test } from 'node:test';
import { Client, DEMO, invoice } from '../lib/client.js';
import { keysAt } from '../lib/json-order.js';
import { startServer, tempDir } from '../lib/server.js';
import { CLOSE, HANG, redirect, sign, startSink } from '../lib/sink.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);

/** An account with a frozen clock, and a sink with its keys. */
async function scene(settings = {}, { freeze = true } = {}) {
  const api = await demo.newAccount(settings);
  if (freeze) api.start = await api.freeze();
  const sink = await startSink({ account: api.account });
  return { api, sink, callback_url: `${sink.url}/callback` };
}
const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };
const logs = async (api, id) => (await api.attributes(id)).callback_logs;
/** Waits for the end of this invoice's callback of the transition, and returns its record. */
async function ended(api, invoiceId, result, transition) {
  const reply = await api.wait({ invoice: invoiceId, callback: result, transition, timeout: '60s' });
  return reply.expect(200).json;
}

describe('what is sent', () => {
  test('process_pending at once, then processed, both with a valid signature', async () => {
    const { api, sink, callback_url } = await scene({ settle_after_ms: 50 }, { freeze: false });
    const { id } = await api.made({ callback_url, test_mode: true });
    const got = await sink.got(2, { invoice: id });
    assert.deepEqual(got.map((r) => r.status), ['process_pending', 'processed']);
    for (const request of got) {
      assert.equal(request.method, 'POST');
      assert.equal(request.path, '/callback');
      assert.match(request.headers['content-type'], /^application\/json/);
      assert.equal(Number(request.headers['content-length']), request.raw.length);
      assert.equal(request.headers['x-signature'], sign(api.account.secret_key, request.raw));
      assert.match(request.headers['x-signature'], /^[A-Za-z0-9+/]{27}=$/);
      assert.equal(request.headers['retry-count'], undefined);
      assert.equal(request.headers['next-retry'], undefined);
    }
    await sink.stop();
  });

  test('printf and openssl compute the same signature', async () => {
    const { api, sink, callback_url } = await scene();
    await api.made({ callback_url, test_mode: true, description: '100% "quoted" \\ $(x) `y` </é>\n' });
    const [request] = await sink.got(1);
    const piped = execFileSync('sh', ['-c', 'printf \'%s\' "$S$B$S" | openssl dgst -sha1 -binary | base64'],
      { env: { PATH: process.env.PATH, S: api.account.secret_key, B: request.text }, encoding: 'utf8' });
    assert.equal(request.headers['x-signature'], piped.trim());
    await sink.stop();
  });

  test('live invoices are signed with the live secret', async () => {
    const { api, sink, callback_url } = await scene();
    await api.made({ callback_url });
    await api.made({ callback_url, test_mode: true });
    const [live, test] = await sink.got(2);
    const byMode = (request, mode) => request.body.data.attributes.test_mode === mode;
    const [a, b] = byMode(live, false) ? [live, test] : [test, live];
    assert.equal(a.headers['x-signature'], sign(api.account.secret_live_key, a.raw));
    assert.equal(b.headers['x-signature'], sign(api.account.secret_key, b.raw));
    await sink.stop();
  });

  test('the body is the private document at that time, with callback_logs []', async () => {
    const { api, sink, callback_url } = await scene();
    const { id } = await api.made({
      callback_url,
      description: 'a/b é',
      metadata: { k: 'v' },
      customer: { reference_id: 'c' },
    });
    await api.idle();
    await api.advance(2);
    const [first, second] = await sink.got(2, { invoice: id });
    const now = (await api.get(id)).expect(200);
    assert.deepEqual(keysAt(second.text), ['data']);
    assert.deepEqual(keysAt(second.text, 'data'), keysAt(now.text, 'data'));
    assert.deepEqual(keysAt(second.text, 'data.attributes'), keysAt(now.text, 'data.attributes'));
    assert.deepEqual(second.body.data, {
      ...now.data,
      attributes: { ...now.data.attributes, callback_logs: [], updated: api.start + 2 },
    });
    assert.deepEqual(
      [first.body.data.attributes.updated, second.body.data.attributes.processed],
      [api.start, api.start + 2],
    );
    assert.ok(second.text.includes('"callback_logs":[]'));
    assert.ok(second.text.includes('"description":"a\\/b \\u00e9"'));
    assert.ok(second.text.includes('"type":"payment-invoices"'));
    await sink.stop();
  });

  test('a GET made when the callback arrives already shows the new state', async () => {
    const { api, sink, callback_url } = await scene({ settle_after_ms: 20 }, { freeze: false });
    const seen = [];
    const original = sink.reply.bind(sink);
    sink.reply = async (entry, response) => {
      seen.push([entry.status, (await api.attributes(entry.invoice)).status]);
      return original(entry, response);
    };
    const { id } = await api.made({ callback_url });
    await ended(api, id, 'delivered', 'processed');
    assert.deepEqual(seen.at(-1), ['processed', 'processed']);
    await sink.stop();
  });

  test('query and path of the URL are kept', async () => {
    const { api, sink } = await scene();
    await api.made({ callback_url: `${sink.url}/a%20b/c?x=1&y=%2F#part` }, hold);
    const [request] = await sink.got(1);
    assert.equal(request.path, '/a%20b/c?x=1&y=%2F');
    await sink.stop();
  });
});

describe('the callback URL', () => {
  test('the account\'s URL applies unless the invoice has one', async () => {
    const api = await demo.newAccount();
    const sink = await startSink({ account: api.account });
    (await api.control('PATCH', `/accounts/${api.account.id}`, { callback_url: `${sink.url}/default` })).expect(200);
    const one = await api.made({}, hold);
    const two = await api.made({ callback_url: `${sink.url}/own` }, hold);
    const three = await api.madePublic({ metadata: { mock_outcome: 'process_pending' } });
    await sink.got(3);
    assert.deepEqual(sink.of({ path: '/default' }).map((r) => r.invoice).sort(), [one.id, three.id].sort());
    assert.deepEqual(sink.of({ path: '/own' }).map((r) => r.invoice), [two.id]);
    await sink.stop();
  });

  test('without a URL there is no callback, and callback_logs stays []', async () => {
    const { api, sink } = await scene();
    const { id } = await api.made();
    await api.advance(2);
    const { callback_url, callback_logs } = await api.attributes(id);
    assert.deepEqual([callback_url, callback_logs], [null, []]);
    assert.deepEqual(await api.callbacks(), []);
    await sink.stop();
  });

  test('only_final sends only final statuses', async () => {
    const { api, sink, callback_url } = await scene({ only_final: true });
    const { id } = await api.made({ callback_url });
    const failed = await api.made({ callback_url }, { headers: { 'X-Mock-Outcome': 'process_failed:declined' } });
    await api.advance(2);
    assert.deepEqual(
      (await sink.got(2)).map((r) => [r.invoice, r.status]).sort(),
      [
        [id, 'processed'],
        [failed.id, 'process_failed'],
      ].sort(),
    );
    assert.equal(sink.requests.length, 2);
    assert.equal((await api.callbacks()).length, 2);
    await sink.stop();
  });

  test('every change sends a callback', async () => {
    const { api, sink, callback_url } = await scene();
    const { id } = await api.made({ callback_url }, { headers: { 'X-Mock-Outcome': 'processed@1s,charged_back@1s' } });
    await api.idle();
    await api.advance(2);
    assert.deepEqual(
      (await sink.got(3, { invoice: id })).map((r) => r.status),
      ['process_pending', 'processed', 'charged_back'],
    );
    await sink.stop();
  });

  test('a public address is blocked, logged and not retried', async () => {
    const { api, sink } = await scene();
    for (const target of [
      'http://93.184.216.34/hook',
      'http://1.1.1.1:8080/',
      'http://[2606:4700:4700::1111]/',
      'http://[::ffff:8.8.8.8]/',
      'http://169.254.169.254/latest/',
      'http://100.64.0.1/',
      'http://172.32.0.1/',
      'http://0x08080808/',
    ]) {
      const { id } = await api.made({ callback_url: target }, hold);
      const record = await ended(api, id, 'failed');
      assert.equal(record.state, 'failed', target);
      assert.equal(record.attempts.length, 1, target);
      assert.equal(record.attempts[0].code, null);
      assert.match(record.attempts[0].error, / is a .*address.*; --callback-allow any allows it/, target);
      const [log] = Object.values(await logs(api, id));
      assert.deepEqual(
        [log.status, log.response_code, log.transaction_status],
        ['failed', null, 'process_pending'],
        target,
      );
    }
    assert.deepEqual((await api.advance({ seconds: 1000 })).events, []);
    await sink.stop();
  });
});

test('a host name is resolved', async () => {
  const { api, sink } = await scene();
  const { id } = await api.made({ callback_url: `${sink.url.replace('127.0.0.1', 'localhost')}/by-name` }, hold);
  const [request] = await sink.got(1, { invoice: id });
  assert.match(request.headers.host, /^localhost:/);
  await sink.stop();
});

describe('only 200 is success', () => {
  for (const answer of [
    201, 202, 204, 206, 301, 302, 303, 304, 307, 308, 400, 401, 404, 409, 410, 422, 429, 500, 502, 503,
  ]) {
    test(`${answer} fails`, async () => {
      const { api, sink, callback_url } = await scene();
      sink.answer([{ status: answer, body: [204, 304].includes(answer) ? '' : 'no' }, 200]);
      const { id } = await api.made({ callback_url }, hold);
      await sink.got(1);
      await api.advance(0);
      assert.deepEqual(await logs(api, id), {
        [api.start]: {
          status: 'queued',
          processed: null,
          response_code: answer,
          transaction_status: 'process_pending',
        },
      });
      const { error } = (await api.callbacks({ invoice: id }))[0].attempts[0];
      if (answer < 400) assert.match(error, new RegExp(`^only 200 counts, not ${answer}(; redirects are not followed)?$`));
      await api.advance(60);
      assert.equal(sink.requests.length, 2);
      assert.deepEqual(await logs(api, id), {
        [api.start]: {
          status: 'done',
          processed: api.start + 60,
          response_code: 200,
          transaction_status: 'process_pending',
        },
      });
      await sink.stop();
    });
  }

  test('a redirect is not followed', async () => {
    const { api, sink, callback_url } = await scene();
    sink.answer([200], '/elsewhere');
    for (const status of [301, 302, 303, 307, 308]) {
      sink.answer([redirect(`${sink.url}/elsewhere`, status)], '/callback');
      const { id } = await api.made({ callback_url }, hold);
      await sink.got(1, { invoice: id });
      await api.advance(0);
    }
    assert.equal(sink.of({ path: '/elsewhere' }).length, 0);
    await sink.stop();
  });

  test('200 with any body, chunked or large, is success', async () => {
    const { api, sink, callback_url } = await scene();
    for (const answer of [
      { body: 'x'.repeat(3_000_000) },
      { body: '{"ok":false}' },
      { headers: { 'Transfer-Encoding': 'chunked' }, body: 'ok' },
      { headers: { 'Content-Type': 'text/html' }, body: '<h1>' },
    ]) {
      sink.answer([answer]);
      const { id } = await api.made({ callback_url }, hold);
      assert.equal((await ended(api, id, 'delivered')).state, 'done');
    }
    await sink.stop();
  });

  test('closed and refused connections and responses other than HTTP are failures', async () => {
    const { api, sink, callback_url } = await scene();
    sink.answer([CLOSE]);
    const noise = createServer((socket) => { socket.on('error', () => {}); socket.end('this is not HTTP\r\n\r\n'); });
    await new Promise((done) => noise.listen(0, '127.0.0.1', done));
    for (const target of [callback_url, 'http://127.0.0.1:1/', `http://127.0.0.1:${noise.address().port}/`]) {
      const { id } = await api.made({ callback_url: target }, hold);
      await api.advance(0);
      const [record] = await api.callbacks({ invoice: id });
      assert.equal(record.state, 'queued', target);
      assert.equal(record.attempts.length, 1);
      assert.equal(record.attempts[0].code, null, target);
      assert.equal(typeof record.attempts[0].error, 'string');
      assert.notEqual(record.attempts[0].error, '');
      assert.deepEqual(Object.values(await logs(api, id)), [
        { status: 'queued', processed: null, response_code: null, transaction_status: 'process_pending' },
      ]);
    }
    noise.close();
    await sink.stop();
  });

  test('a host name that does not resolve is a failure', async () => {
    const { api, sink } = await scene();
    const { id } = await api.made({ callback_url: 'http://no-such-host.invalid/' }, hold);
    await api.advance(0);
    const [record] = await api.callbacks({ invoice: id });
    assert.equal(record.attempts[0].code, null);
    assert.match(record.attempts[0].error, /no-such-host\.invalid; --callback-rewrite FROM=TO/);
    await sink.stop();
  });
});

describe('retries', () => {
  test('retry n is sent n minutes after the previous attempt, with the same bytes', async () => {
    const { api, sink, callback_url } = await scene();
    sink.answer([500]);
    const { id } = await api.made({ callback_url }, hold);
    await sink.got(1);
    await api.advance(0);
    let at = 0;
    for (let n = 1; n <= 5; n++) {
      await api.advance(n * 60 - 1);
      assert.equal(sink.requests.length, n, `retry ${n} is not early`);
      await api.advance(1);
      at += n * 60;
      assert.equal(sink.requests.length, n + 1, `retry ${n} is not late`);
      const request = sink.requests[n];
      assert.equal(request.headers['retry-count'], String(n));
      assert.equal(request.headers['next-retry'], String(api.start + at + (n + 1) * 60));
      assert.ok(request.raw.equals(sink.requests[0].raw), 'the same bytes');
      assert.equal(request.headers['x-signature'], sink.requests[0].headers['x-signature']);
    }
    assert.equal(sink.requests[0].headers['retry-count'], undefined);
    const [record] = await api.callbacks({ invoice: id });
    assert.deepEqual(record.attempts.map((a) => a.number), [1, 2, 3, 4, 5, 6]);
    assert.equal(record.state, 'queued');
    assert.equal(record.due, api.start + at + 6 * 60);
    await sink.stop();
  });

  test('a retry sends the same bytes after the invoice has changed', async () => {
    const { api, sink, callback_url } = await scene();
    sink.answer([500, 200, 200]);
    const { id } = await api.made({ callback_url });
    await sink.got(1);
    await api.advance(100);
    const got = sink.of({ invoice: id });
    assert.deepEqual(got.map((r) => r.status), ['process_pending', 'processed', 'process_pending']);
    assert.ok(got[2].raw.equals(got[0].raw));
    await sink.stop();
  });

  test('a success is not retried', async () => {
    const { api, sink, callback_url } = await scene();
    sink.answer([500, 500, 200]);
    const { id } = await api.made({ callback_url }, hold);
    await sink.got(1);
    await api.advance(1700);
    assert.equal(sink.requests.length, 3);
    assert.equal((await ended(api, id, 'delivered')).attempts.length, 3);
    await sink.stop();
  });

  test('after 100 attempts the callback has failed; the last has no Next-Retry', async () => {
    const { api, sink, callback_url } = await scene();
    sink.answer([503]);
    const { id } = await api.made({ callback_url }, hold);
    await sink.got(1);
    // 60 * (1 + 2 + ... + 99)
    const reply = await api.control('POST', '/clock/advance', { seconds: 60 * 99 * 50 - 1, timeout: '60s' });
    assert.equal(reply.expect(200).json.complete, true);
    assert.equal(sink.of({ status: 'process_pending' }).length, 99);
    assert.equal((await logs(api, id))[api.start].status, 'queued');
    await api.advance(1);
    const got = sink.of({ status: 'process_pending' });
    assert.equal(got.length, 100);
    assert.equal(got[99].headers['retry-count'], '99');
    assert.equal(got[99].headers['next-retry'], undefined);
    assert.notEqual(got[98].headers['next-retry'], undefined);
    const log = (await logs(api, id))[api.start];
    assert.deepEqual(log, {
      status: 'failed',
      processed: api.start + 60 * 99 * 50,
      response_code: 503,
      transaction_status: 'process_pending',
    });
    // meanwhile the invoice has expired, and that callback has its own attempts
    assert.equal(sink.of({ status: 'process_failed' }).length > 0, true);
    await sink.stop();
  });

  test('the account sets retry_limit and retry_interval_s', async () => {
    const { api, sink, callback_url } = await scene({ retry_limit: 3, retry_interval_s: 10 });
    sink.answer([500]);
    const { id } = await api.made({ callback_url }, hold);
    await sink.got(1);
    const { events } = await api.advance(1000);
    assert.deepEqual(
      events.map((e) => [e.at - api.start, e.attempt, e.result]),
      [
        [10, 2, 'failed'],
        [30, 3, 'failed'],
      ],
    );
    assert.deepEqual(sink.requests.map((r) => r.headers['retry-count']), [undefined, '1', '2']);
    assert.deepEqual(sink.requests.map((r) => r.headers['next-retry']), [undefined, String(api.start + 30), undefined]);
    const record = await ended(api, id, 'failed');
    assert.deepEqual([record.state, record.attempts.length], ['failed', 3]);
    await sink.stop();
  });

  test('retry_limit 1 means no retry', async () => {
    const { api, sink, callback_url } = await scene({ retry_limit: 1 });
    sink.answer([500]);
    const { id } = await api.made({ callback_url }, hold);
    assert.equal((await ended(api, id, 'failed')).attempts.length, 1);
    assert.deepEqual((await api.advance(1000)).events, []);
    await sink.stop();
  });

  test('retries are sent on a real clock', async () => {
    const { api, sink, callback_url } = await scene({ retry_interval_s: 1 }, { freeze: false });
    sink.answer([500, 500, 200]);
    await api.made({ callback_url }, hold);
    const got = await sink.got(3);
    // after one second and after two; the tests with a frozen clock check the exact times
    assert.ok(got[1].at - got[0].answeredAt >= 100, 'not at once');
    assert.ok(got[2].at - got[1].answeredAt >= 200, 'not at once');
    await sink.stop();
  });
});

describe('timeouts', () => {
  for (const [setting, answer] of [['read_timeout_ms', HANG], ['total_timeout_ms', HANG]]) {
    test(`${setting}: a receiver that never responds`, async () => {
      const { api, sink, callback_url } = await scene({ [setting]: 150, retry_limit: 1 });
      sink.answer([answer]);
      const { id } = await api.made({ callback_url }, hold);
      const record = await ended(api, id, 'failed');
      assert.equal(record.attempts[0].code, null);
      assert.equal(typeof record.attempts[0].error, 'string');
      assert.ok(record.attempts[0].took_ms >= 15, `took ${record.attempts[0].took_ms}`);
      await sink.stop();
    });
  }

  test('total_timeout_ms: a receiver that responds slowly', async () => {
    const { api, sink, callback_url } = await scene({ total_timeout_ms: 400, read_timeout_ms: 60_000, retry_limit: 1 });
    sink.reply = async (entry, response) => {
      sink.held.add(response);
      response.writeHead(200, { 'Content-Length': 100_000 });
      const drip = setInterval(() => response.write('.'), 50);
      response.on('close', () => clearInterval(drip));
    };
    const { id } = await api.made({ callback_url }, hold);
    const record = await ended(api, id, 'failed');
    assert.notEqual(record.state, 'done');
    await sink.stop();
  });

  test('a response just before the timeout counts', async () => {
    const { api, sink, callback_url } = await scene({ read_timeout_ms: 30_000, total_timeout_ms: 30_000 });
    sink.answer([{ delay: 300 }]);
    const { id } = await api.made({ callback_url }, hold);
    const record = await ended(api, id, 'delivered');
    assert.ok(record.attempts[0].took_ms >= 30, `took ${record.attempts[0].took_ms}`);
    await sink.stop();
  });
});

describe('order', () => {
  test('an invoice has one attempt in flight, the oldest callback first', async () => {
    const { api, sink, callback_url } = await scene();
    let release;
    sink.answer([{ until: new Promise((done) => { release = done; }) }, 200]);
    const { id } = await api.made({ callback_url }, hold);
    await sink.got(1);
    (await api.transition(id, { status: 'processed' })).expect(200);
    (await api.transition(id, { status: 'charged_back' })).expect(200);
    // another invoice of the same account does not wait
    const other = await api.made({ callback_url }, hold);
    await ended(api, other.id, 'delivered');
    assert.equal(sink.of({ invoice: id }).length, 1, 'the second waits for the end of the first');
    release();
    await ended(api, id, 'delivered', 'charged_back');
    const got = sink.of({ invoice: id });
    assert.deepEqual(got.map((r) => r.status), ['process_pending', 'processed', 'charged_back']);
    for (let i = 1; i < got.length; i++) assert.ok(got[i].at >= got[i - 1].answeredAt);
    await sink.stop();
  });

  test('a callback waiting for a retry does not delay later ones', async () => {
    const { api, sink, callback_url } = await scene();
    sink.answer([500, 200, 200]);
    const { id } = await api.made({ callback_url });
    await sink.got(1);
    await api.advance(2);
    assert.deepEqual(sink.of({ invoice: id }).map((r) => r.status), ['process_pending', 'processed']);
    await api.advance(58);
    assert.deepEqual(
      sink.of({ invoice: id }).map((r) => r.status),
      ['process_pending', 'processed', 'process_pending'],
    );
    await sink.stop();
  });

  test('each request has one callback', async () => {
    const { api, sink, callback_url } = await scene();
    const { id } = await api.made({ callback_url }, { headers: { 'X-Mock-Outcome': 'processed@0,charged_back@0' } });
    await ended(api, id, 'delivered', 'charged_back');
    assert.deepEqual(sink.of({ invoice: id }).map((r) => r.status), ['process_pending', 'processed', 'charged_back']);
    await sink.stop();
  });
});

describe('callback_logs', () => {
  test('two callbacks queued in one second have different seconds', async () => {
    const { api, sink, callback_url } = await scene();
    const { id } = await api.made({ callback_url }, { headers: { 'X-Mock-Outcome': 'processed@0' } });
    await ended(api, id, 'delivered', 'processed');
    const text = (await api.get(id)).text;
    assert.deepEqual(keysAt(text, 'data.attributes.callback_logs'), [String(api.start), String(api.start + 1)]);
    const all = await logs(api, id);
    assert.deepEqual(
      [all[api.start].transaction_status, all[api.start + 1].transaction_status],
      ['process_pending', 'processed'],
    );
    assert.deepEqual(keysAt(text, `data.attributes.callback_logs.${api.start}`), [
      'status',
      'processed',
      'response_code',
      'transaction_status',
    ]);
    await sink.stop();
  });

  test('before the end of the first attempt: queued, no code', async () => {
    const { api, sink, callback_url } = await scene();
    let release;
    sink.answer([{ until: new Promise((done) => { release = done; }) }]);
    const { id } = await api.made({ callback_url }, hold);
    await sink.got(1);
    assert.deepEqual(await logs(api, id), {
      [api.start]: { status: 'queued', processed: null, response_code: null, transaction_status: 'process_pending' } });
    release();
    await ended(api, id, 'delivered');
    await sink.stop();
  });

  test('a finished attempt sets updated', async () => {
    const { api, sink, callback_url } = await scene();
    sink.answer([500, 200]);
    const { id } = await api.made({ callback_url }, hold);
    await sink.got(1);
    await api.advance(0);
    assert.equal((await api.attributes(id)).updated, api.start);
    await api.advance(60);
    assert.equal((await api.attributes(id)).updated, api.start + 60);
    await sink.stop();
  });
});

describe('records of the control API', () => {
  test('contain every attempt, raw', async () => {
    const { api, sink, callback_url } = await scene();
    sink.answer([{ status: 500, body: 'it broke', headers: { 'X-Reason': 'test' } }, { status: 200, body: 'fine' }]);
    const { id } = await api.made({ callback_url }, hold);
    await sink.got(1);
    await api.advance(60);
    const [record] = await api.callbacks({ invoice: id });
    assert.deepEqual(await api.callback(record.id), record);
    assert.match(record.id, /^cb_/);
    assert.deepEqual(
      [record.invoice, record.transition, record.url, record.state],
      [id, 'process_pending', callback_url, 'done'],
    );
    assert.equal(record.attempts.length, 2);
    for (const [i, attempt] of record.attempts.entries()) {
      const request = sink.requests[i];
      assert.equal(attempt.number, i + 1);
      assert.equal(attempt.code, [500, 200][i]);
      assert.equal(attempt.error, null);
      assert.equal(attempt.request.body, request.text);
      const lower = Object.fromEntries(Object.entries(attempt.request.headers).map(([k, v]) => [k.toLowerCase(), v]));
      assert.equal(lower['x-signature'], request.headers['x-signature']);
      assert.equal(lower['retry-count'], request.headers['retry-count']);
      assert.equal(attempt.response.body, ['it broke', 'fine'][i]);
      assert.ok(attempt.took_ms >= 0);
    }
    await sink.stop();
  });
});

describe('dead and slow receivers', () => {
  test('do not delay the API or other receivers', async () => {
    const bad = await scene({ read_timeout_ms: 60_000, total_timeout_ms: 60_000 }, { freeze: false });
    bad.sink.answer([HANG]);
    const good = await scene({ settle_after_ms: 0 }, { freeze: false });
    const stuck = [];
    for (let i = 0; i < 300; i++) stuck.push(bad.api.made({ callback_url: `${bad.sink.url}/${i}` }));
    await Promise.all(stuck);
    // a closed port and one that takes connections but never reads
    const mute = createServer((socket) => { socket.on('error', () => {}); socket.pause(); });
    await new Promise((done) => mute.listen(0, '127.0.0.1', done));
    for (let i = 0; i < 50; i++) await bad.api.made({ callback_url: `http://127.0.0.1:${mute.address().port}/` });
    await bad.sink.got(1);

    const made = await Promise.all(
      Array.from({ length: 50 }, () => good.api.made({ callback_url: good.callback_url })),
    );
    await good.sink.got(100);
    for (const { id } of made) {
      assert.deepEqual(good.sink.of({ invoice: id }).map((r) => r.status), ['process_pending', 'processed']);
    }
    await demo.list();
    assert.ok(
      bad.sink.mostOpen < 300,
      `connections to one host and port are limited, ${bad.sink.mostOpen} were open at once`,
    );
    await good.sink.stop();
    (await bad.api.control('DELETE', `/accounts/${bad.api.account.id}`)).expect(200);
    await bad.sink.stop();
    mute.close();
  });
});

describe('options of the server', () => {
  test('--callback-rewrite, --callback-url, and no proxy from the environment', async () => {
    const sink = await startSink({ account: DEMO });
    const other = await startServer({
      args: [
        '--callback-rewrite',
        `https://shop.example/hooks=${sink.url}/rewritten`,
        '--callback-url',
        `${sink.url}/default`,
      ],
      env: { http_proxy: 'http://127.0.0.1:1', HTTP_PROXY: 'http://127.0.0.1:1', all_proxy: 'http://127.0.0.1:1' },
    });
    try {
      const api = new Client(other);
      const one = await api.made({ callback_url: 'https://shop.example/hooks/x?y=1' }, hold);
      assert.equal(one.attributes.callback_url, 'https://shop.example/hooks/x?y=1');
      const two = await api.made({}, hold);
      await sink.got(2);
      assert.equal(sink.of({ invoice: one.id })[0].path, '/rewritten/x?y=1');
      assert.equal(
        sink.of({ invoice: one.id })[0].body.data.attributes.callback_url,
        'https://shop.example/hooks/x?y=1',
      );
      assert.equal(sink.of({ invoice: two.id })[0].path, '/default');
    } finally {
      await other.stop();
    }
    await sink.stop();
  });

  test('--callback-allow any opens public addresses', async () => {
    const other = await startServer({ args: ['--callback-allow', 'any'] });
    try {
      const api = await new Client(other).newAccount({ connect_timeout_ms: 200, total_timeout_ms: 400 });
      await api.freeze();
      // an address reserved for documentation, which does not respond
      const { id } = await api.made({ callback_url: 'http://192.0.2.1:9/' }, hold);
      await api.advance(0);
      const [record] = await api.callbacks({ invoice: id });
      assert.equal(record.state, 'queued', 'it will be tried again');
      assert.equal(record.attempts[0].code, null);
      assert.doesNotMatch(record.attempts[0].error, /--callback-allow/);
    } finally {
      await other.stop();
    }
  });

  /** A certificate for 127.0.0.1 that no authority signed: {key, cert}, paths of files. */
  function ownCertificate() {
    const folder = tempDir();
    const made = { key: join(folder, 'key.pem'), cert: join(folder, 'cert.pem') };
    const subject = ['-subj', '/CN=sink', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const files = ['-keyout', made.key, '-out', made.cert];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...files, ...subject], { stdio: 'pipe' });
    return made;
  }
  const startTlsSink = ({ key, cert }) =>
    startSink({ account: DEMO, tls: { key: readFileSync(key), cert: readFileSync(cert) } });

  /** The first attempt of a callback of a new server to an https receiver: [attempt, state]. */
  async function tlsAttempt(url, args, prepare = () => {}) {
    const other = await startServer({ args });
    try {
      prepare();
      const api = new Client(other);
      await api.freeze();
      const { id } = await api.made({ callback_url: `${url}/tls` }, hold);
      await api.advance(0);
      const [{ attempts, state }] = await api.callbacks({ invoice: id });
      return { ...attempts[0], state };
    } finally {
      await other.stop();
    }
  }

  test('https certificates are verified; --callback-ca and --callback-insecure', async () => {
    const made = ownCertificate();
    const sink = await startTlsSink(made);
    const refused = await tlsAttempt(sink.url, []);
    assert.deepEqual([refused.state, refused.code], ['queued', null], 'it will be tried again');
    assert.match(refused.error, /cert.*; --callback-ca FILE .*--callback-insecure skips/i);
    assert.equal(sink.requests.length, 0);
    for (const args of [['--callback-ca', made.cert], ['--callback-insecure']]) {
      const { state, code } = await tlsAttempt(sink.url, args);
      assert.deepEqual([state, code], ['done', 200], args.join(' '));
    }
    assert.equal(sink.requests.length, 2);
    await sink.stop();
  });

  test('a missing file of authorities is told with what to do', async () => {
    const made = ownCertificate();
    const sink = await startTlsSink(made);
    const { error, state } = await tlsAttempt(sink.url, ['--callback-ca', made.cert], () => rmSync(made.cert));
    assert.equal(state, 'queued');
    assert.match(error, /cert\.pem.*; the package ca-certificates .*; --callback-ca FILE .*--callback-insecure skips/);
    await sink.stop();
  });
});

test('the demo account signs with the documented secrets', async () => {
  const sink = await startSink({ account: DEMO });
  const made = (await demo.create(invoice({ callback_url: `${sink.url}/x`, test_mode: true }), hold)).expect(201).data;
  const live = (await demo.createPublic(invoice({ public_key: DEMO.public_live_key }))).expect(201).data;
  assert.equal(live.test_mode, false);
  const [request] = await sink.got(1, { invoice: made.id });
  assert.equal(request.headers['x-signature'], sign(DEMO.secret_key, request.raw));
  await sink.stop();
});
