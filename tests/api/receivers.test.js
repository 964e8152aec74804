// Unusual, broken and hostile receivers of callbacks. Whatever they send, the attempt ends with a reason and does not
// affect others.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client } from '../lib/client.js';
import { PATIENCE_MS, within } from '../lib/limits.js';
import { startRawReceiver } from '../lib/receiver.js';
import { ALONE, startServer, tempDir } from '../lib/server.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);
const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };

/** An account with a frozen clock, so that no retry is sent. */
async function scene(settings = {}, client = demo) {
  const api = await client.newAccount(settings);
  await api.freeze();
  return api;
}

/** Creates an invoice with this callback URL, waits until the attempt has ended, and returns the callback's record. */
async function attempt(api, url) {
  const { id } = await api.made({ callback_url: url }, hold);
  await api.advance(0);
  const [record] = await api.callbacks({ invoice: id });
  assert.equal(record.attempts.length, 1, `${url}: one attempt has ended`);
  return record;
}

/** A receiver that sends these bytes to each client and closes the connection. */
const sayer = (bytes) => startRawReceiver((socket) => socket.end(bytes));

const OK = 'HTTP/1.1 200 OK\r\n';
const fields = (n, size) => Array.from({ length: n }, (_, i) => `X-${i}: ${'v'.repeat(size)}\r\n`).join('');

describe('TLS', () => {
  test('https to a receiver of http', async () => {
    const plain = createServer((socket) => socket.on('error', () => {})
      .once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))).listen(0, '127.0.0.1');
    await once(plain, 'listening');
    const record = await attempt(await scene(), `https://127.0.0.1:${plain.address().port}/`);
    assert.equal(record.attempts[0].error, 'the receiver speaks no TLS: use http:// in the URL');
    plain.close();
  });

  test('http to a receiver of https that resets the connection', async () => {
    const receiver = await startRawReceiver((socket) => socket.resetAndDestroy());
    const { attempts: [{ error }] } = await attempt(await scene(), receiver.url);
    assert.match(error, /reset by peer; if the receiver speaks TLS, use https:\/\/ in the URL$/);
    await receiver.stop();
  });

  test('https to a receiver that closes the connection', async () => {
    const receiver = createServer((socket) => { socket.once('data', () => socket.end()); }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const record = await attempt(await scene(), `https://127.0.0.1:${receiver.address().port}/`);
    assert.equal(record.attempts[0].error,
      'the receiver ended the connection in the TLS handshake; if it speaks no TLS, use http:// in the URL');
    receiver.close();
  });

  for (const said of ['The plain HTTP request was sent to HTTPS port', 'Client sent an HTTP request to an HTTPS server.'])
    test(`http to a receiver of https that answers 400: ${said}`, async () => {
      const receiver = await sayer(`HTTP/1.1 400 Bad Request\r\nContent-Length: ${said.length}\r\n\r\n${said}`);
      const { attempts: [{ code, error }] } = await attempt(await scene(), receiver.url);
      assert.deepEqual([code, error], [400, 'the receiver speaks TLS: use https:// in the URL']);
      await receiver.stop();
    });
});

describe('an invalid response: the attempt fails with the reason', () => {
  const NO_ANSWER = 'the receiver closed the connection without an answer; if it speaks TLS, use https:// in the URL';
  const FIRST_LINE = 'the answer\'s first line is not HTTP/1.1 or HTTP/1.0 and a status; '
    + 'if the receiver speaks TLS, use https:// in the URL';
  const LONG = 'the answer\'s headers are longer than 64 KiB';
  const BODY_CUT = 'the receiver closed the connection within its answer\'s body';
  const HEAD_CUT = 'the receiver closed the connection within its answer\'s headers';
  const NUMBER = 'the answer\'s Content-Length is not a number';
  const CODING = 'the answer\'s Transfer-Encoding is not chunked';
  for (const [name, bytes, error] of [
    ['nothing', '', NO_ANSWER],
    ['no HTTP', 'this is not HTTP\r\n\r\n', FIRST_LINE],
    ['HTTP/2 in plain text', 'HTTP/2 200 OK\r\nContent-Length: 0\r\n\r\n', FIRST_LINE],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n', FIRST_LINE],
    ['a protocol in lower case', 'http/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', FIRST_LINE],
    ['another protocol', 'ICY 200 OK\r\nContent-Length: 0\r\n\r\n', FIRST_LINE],
    ['an alert of TLS', Buffer.from([0x15, 3, 1, 0, 2, 2, 70]), FIRST_LINE],
    ['a status line alone', OK, HEAD_CUT],
    ['headers without an end', `${OK}Content-Length: 0\r\n`, HEAD_CUT],
    ['a header cut within', `${OK}Content-Le`, HEAD_CUT],
    ['an interim answer alone', 'HTTP/1.1 100 Continue\r\n\r\n', NO_ANSWER],
    [
      '101',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n',
      'the receiver switched protocols, which a callback never requests',
    ],
    [
      'a folded first header',
      `${OK} folded: x\r\nContent-Length: 0\r\n\r\n`,
      "the answer's first header line is folded",
    ],
    [
      'a folded first header after an interim answer',
      `HTTP/1.1 100 Continue\r\nA: b\r\n\r\n${OK} folded: x\r\nContent-Length: 0\r\n\r\n`,
      "the answer's first header line is folded",
    ],
    ['a header without a colon', `${OK}no colon here\r\nContent-Length: 0\r\n\r\n`, /without colon|without a colon/],
    ['a NUL in a header', `${OK}X: a\0b\r\nContent-Length: 0\r\n\r\n`, /NUL byte|Nul byte/],
    ['headers of 80 KiB', `${OK}${fields(80, 1024)}Content-Length: 0\r\n\r\n`, LONG],
    ['one header of 200 KiB', `${OK}${fields(1, 200 * 1024)}Content-Length: 0\r\n\r\n`, LONG],
    ['a line of 200 KiB without an end', `${OK}X: ${'v'.repeat(200 * 1024)}`, LONG],
    ['300 headers', `${OK}${fields(300, 1)}Content-Length: 0\r\n\r\n`, 'the answer has more than 256 headers'],
    ['5,000 interim answers', `${'HTTP/1.1 100 Continue\r\n\r\n'.repeat(5000)}${OK}Content-Length: 0\r\n\r\n`, LONG],
    ['trailers of 80 KiB', `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\n${fields(80, 1024)}\r\n`, LONG],
    [
      'two different Content-Lengths',
      `${OK}Content-Length: 2\r\nContent-Length: 0\r\n\r\nok`,
      'the answer has two different Content-Lengths',
    ],
    ['a negative Content-Length', `${OK}Content-Length: -1\r\n\r\n`, /Content-Length/],
    ['a Content-Length with letters', `${OK}Content-Length: 0x\r\n\r\n`, NUMBER],
    ['a list of Content-Lengths', `${OK}Content-Length: 0, 0\r\n\r\n`, NUMBER],
    ['a Content-Length that no number holds', `${OK}Content-Length: 99999999999999999999999\r\n\r\n`, NUMBER],
    [
      'a folded Content-Length',
      `${OK}Content-Length: 1\r\n 0\r\n\r\nx`,
      "the answer's Content-Length or Transfer-Encoding is folded",
    ],
    ['a compressed transfer', `${OK}Transfer-Encoding: gzip\r\n\r\n`, CODING],
    ['a compressed transfer in chunks', `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, CODING],
    ['a body shorter than said', `${OK}Content-Length: 10\r\n\r\nshort`, BODY_CUT],
    ['chunks without the last', `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n`, BODY_CUT],
    ['a chunk cut within', `${OK}Transfer-Encoding: chunked\r\n\r\nff\r\nok`, BODY_CUT],
    ['a chunk size that is none', `${OK}Transfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n0\r\n\r\n`, /chunk/i],
    ['a chunk size that no number holds', `${OK}Transfer-Encoding: chunked\r\n\r\n${'f'.repeat(40)}\r\nok`, /chunk/i],
    [
      'a body of 17 MiB',
      Buffer.concat([Buffer.from(`${OK}\r\n`), Buffer.alloc(17 * 1024 * 1024, 'x')]),
      "the answer's body is longer than 16 MiB",
    ],
  ]) {
    test(name, async () => {
      const api = await scene();
      const receiver = await sayer(bytes);
      const {
        state,
        attempts: [{ code, error: said }],
      } = await attempt(api, receiver.url);
      assert.deepEqual([state, code], ['queued', null]);
      if (typeof error === 'string') assert.equal(said, error);
      else assert.match(said, error);
      await receiver.stop();
    });
  }

  test('a reset', async () => {
    const api = await scene();
    const receiver = await startRawReceiver((socket) => socket.resetAndDestroy());
    const { attempts: [{ code, error }] } = await attempt(api, receiver.url);
    assert.equal(code, null);
    assert.match(error, /reset|closed/i);
    await receiver.stop();
  });

  // A response that never ends is cut off by a timeout or by a size limit, whichever comes first.
  for (const [name, bytes] of [
    ['interim answers', 'HTTP/1.1 100 Continue\r\n\r\n'],
    ['headers', 'X: y\r\n'],
    ['chunks', '1\r\nx\r\n'],
    ['the extension of a chunk', ';extension'],
    ['bytes of a header', 'x'],
  ]) {
    test(`${name} without end`, async () => {
      const api = await scene({ read_timeout_ms: 300, total_timeout_ms: 600 });
      const begin = { 'interim answers': '', chunks: `${OK}Transfer-Encoding: chunked\r\n\r\n`,
        'the extension of a chunk': `${OK}Transfer-Encoding: chunked\r\n\r\n1` }[name] ?? OK;
      const receiver = await startRawReceiver((socket) => {
        socket.write(begin);
        const timer = setInterval(() => socket.write(bytes), 5);
        socket.on('close', () => clearInterval(timer));
      });
      const { attempts: [{ code, error }] } = await attempt(api, receiver.url);
      assert.equal(code, null);
      assert.match(error, /timed out|timeout|longer than|more than/);
      await receiver.stop();
    });
  }
});

describe('an unusual but complete response counts', () => {
  for (const [name, bytes, headers] of [
    ['HTTP/1.0 without a reason', 'HTTP/1.0 200\r\n\r\n', {}],
    ['lines that end with LF alone', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n', { 'Content-Length': '0' }],
    [
      'the same Content-Length twice',
      `${OK}Content-Length: 2\r\nContent-Length: 2\r\n\r\nok`,
      { 'Content-Length': '2, 2' },
    ],
    ['a folded header', `${OK}A: one\r\n \t two\r\nContent-Length: 0\r\n\r\n`, { A: 'one two', 'Content-Length': '0' }],
    [
      'interim answers first',
      `HTTP/1.1 100 Continue\r\nA: b\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n${OK}Content-Length: 0\r\n\r\n`,
      { 'Content-Length': '0' },
    ],
    [
      'chunks with extensions and a trailer',
      `${OK}Transfer-Encoding: chunked\r\n\r\n2;a=b\r\nok\r\n0\r\nT: t\r\n\r\n`,
      { 'Transfer-Encoding': 'chunked', T: 't' },
    ],
    ['a Transfer-Encoding of none', `${OK}Transfer-Encoding: identity\r\n\r\nok`, { 'Transfer-Encoding': 'identity' }],
    [
      'compressed content',
      `${OK}Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok`,
      { 'Content-Encoding': 'gzip', 'Content-Length': '2' },
    ],
    [
      'cookies',
      `${OK}Set-Cookie: a=b\r\nset-cookie: c=d\r\nContent-Length: 0\r\n\r\n`,
      { 'Set-Cookie': 'a=b, c=d', 'Content-Length': '0' },
    ],
    [
      'a name of quotes and letters of Latin-1',
      Buffer.from(`${OK}"\\\x01: caf\xe9\r\nContent-Length: 0\r\n\r\n`, 'latin1'),
      undefined,
    ],
    [
      'two answers',
      `${OK}Content-Length: 0\r\n\r\nHTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n`,
      { 'Content-Length': '0' },
    ],
    ['a body of 1 MiB', `${OK}\r\n${'x'.repeat(1024 * 1024)}`, {}],
  ]) {
    test(name, async () => {
      const api = await scene();
      const receiver = await sayer(bytes);
      const {
        state,
        attempts: [{ code, error, response }],
      } = await attempt(api, receiver.url);
      assert.deepEqual([state, code, error], ['done', 200, null]);
      if (headers) assert.deepEqual(response.headers, headers);
      assert.ok(response.body.length <= 65536);
      await receiver.stop();
    });
  }

  test('a response sent before the request was read', async () => {
    const api = await scene();
    const receiver = createServer((socket) => {
      socket.on('error', () => {});
      socket.end(`${OK}Content-Length: 0\r\n\r\n`);
    });
    await new Promise((done) => receiver.listen(0, '127.0.0.1', done));
    assert.equal((await attempt(api, `http://127.0.0.1:${receiver.address().port}/`)).state, 'done');
    receiver.close();
  });
});

test('a folded header after another response: nothing of the earlier response is used', async () => {
  const api = await scene();
  const answers = [`${OK}First: one\r\nContent-Length: 0\r\n\r\n`, `${OK} folded: x\r\nContent-Length: 0\r\n\r\n`];
  const receiver = await startRawReceiver((socket, { path }) => socket.end(answers[Number(path.slice(1)) % 2]));
  for (let i = 0; i < 20; i++) {
    const { state } = await attempt(api, `${receiver.url}/${i}`);
    assert.equal(state, i % 2 ? 'queued' : 'done');
  }
  server.check();
  await receiver.stop();
});

test('an attempt is repeated after a crash, and a hostile response to it does no harm', async () => {
  const db = join(tempDir(), 'mock.db');
  let answer = () => {};
  let arrived;
  const first = new Promise((done) => { arrived = done; });
  const receiver = await startRawReceiver((socket) => { arrived(); answer(socket); });
  const before = await startServer({ args: ['--db', db] });
  const { account } = await scene({}, new Client(before));
  const { id } = await new Client(before, account).made({ callback_url: receiver.url }, hold);
  await within(first, () => 'the first attempt');
  await before.kill9();
  answer = (socket) => socket.end(`${OK} folded: x\r\nContent-Length: 0\r\n\r\n`);
  const again = await startServer({ args: ['--db', db] });
  const api = new Client(again, account);
  await api.advance(0);
  const [{ state, attempts }] = await api.callbacks({ invoice: id });
  assert.deepEqual(
    [state, attempts.length, attempts[0].error],
    ['queued', 1, "the answer's first header line is folded"],
  );
  assert.equal(receiver.requests.length, 2);
  await again.stop();
  await receiver.stop();
});

describe('the number of delivered callbacks equals that of the responses', () => {
  const whole = `${OK}Content-Length: 0\r\n\r\n`;
  // These keep the connection open after the response, as HTTP/1.1 does by default.
  const receivers = {
    'one that never reads the body': (socket, answered) => {
      socket.write(whole);
      answered();
      // such a receiver takes the unread body for a second, invalid request
      socket.write('HTTP/1.1 501 Unsupported method\r\nContent-Length: 0\r\n\r\n');
    },
    'one that resets the idle connection': (socket, answered) => {
      socket.write(whole, () => setTimeout(() => socket.resetAndDestroy(), 3));
      answered();
    },
    'one that closes soon after the answer': (socket, answered) => {
      socket.write(whole, () => setTimeout(() => socket.end(), 3));
      answered();
    },
  };
  test('one that waits for the next request sees an ordinary end, no reset', async () => {
    const api = await scene();
    let ended;
    const end = new Promise((resolve) => { ended = resolve; });
    const receiver = await startRawReceiver((socket) => {
      socket.on('error', (error) => ended(error.code)).on('end', () => ended('an ordinary end'));
      socket.write(whole);
    });
    await api.made({ callback_url: receiver.url }, hold);
    assert.equal(await within(end, () => 'the end of the connection'), 'an ordinary end');
  });
  for (const [name, answer] of Object.entries(receivers)) {
    test(name, async () => {
      const api = await scene();
      let answered = 0;
      const receiver = await startRawReceiver((socket) => answer(socket, () => { answered++; }));
      for (let round = 0; round < 10; round++) {
        await Promise.all(Array.from({ length: 10 }, () => api.made({ callback_url: receiver.url }, hold)));
        await api.advance(0);
      }
      const records = await api.callbacks({ limit: 1000 });
      assert.equal(records.filter((r) => r.state === 'done' && r.attempts.length === 1).length, 100);
      assert.deepEqual([answered, receiver.requests.length, receiver.connections], [100, 100, 100]);
      await receiver.stop();
    });
  }
});

describe('a receiver that refuses with 400, 401, 403 or 422: the error names the key that signed', () => {
  for (const [what, test_mode, fault, error] of [
    ['a live invoice', false, undefined, 'signed with the live secret key, because test_mode is false: does the receiver verify with that key, over the bytes as they came?'],
    ['a test invoice', true, undefined, 'signed with the test secret key, because test_mode is true: does the receiver verify with that key, over the bytes as they came?'],
    [
      'the secret of the other mode',
      true,
      'wrong_secret',
      'the fault wrong_secret signed with the live secret key, although test_mode is true',
    ],
    [
      'the same, live',
      false,
      'wrong_secret',
      'the fault wrong_secret signed with the test secret key, although test_mode is false',
    ],
    ['a bad signature', true, 'bad_signature', 'the fault bad_signature changed the signature'],
    ['no signature', true, 'no_signature', 'the fault no_signature left the signature out'],
    ['half a body', true, 'truncate', 'the fault truncate cut the body after it was signed'],
    ['a body written anew', true, 'reencoded', 'the fault reencoded changed the body after it was signed'],
    [
      'another amount, signed rightly',
      true,
      'wrong_amount',
      'signed with the test secret key, because test_mode is true: does the receiver verify with that key, over the bytes as they came?',
    ],
  ]) {
    test(what, async () => {
      for (const status of [400, 401, 403, 422, 404]) {
        const wanted = status === 404 ? null : error;
        const api = await scene();
        if (fault) (await api.control('POST', '/faults', { on: 'callback', fault, times: 1 })).expect(201);
        const receiver = await sayer(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
        const { id } = await api.made({ callback_url: receiver.url, test_mode }, hold);
        await api.advance(0);
        const [
          {
            state,
            attempts: [attempted],
          },
        ] = await api.callbacks({ invoice: id });
        assert.deepEqual([state, attempted.code, attempted.error], ['queued', status, wanted]);
        const event = (await api.timeline(id)).items.find((item) => item.kind === 'callback');
        assert.deepEqual([event.code, event.error], [status, wanted]);
        await receiver.stop();
      }
    });
  }
});

test('the log names the key as well', async () => {
  const other = await startServer();
  const receiver = await sayer('HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n');
  await attempt(await scene({}, new Client(other)), receiver.url);
  await other.stop(); // completes the log
  assert.match(other.stderr,
    /callback.*code=401.*signed with the live secret key, because test_mode is false: does the rec/);
  await receiver.stop();
});

/** Random numbers in [0, n), the same in every run. */
function randomOf(seed) {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

test('400 mutated responses: each attempt ends, only a complete 200 counts, the server survives', async () => {
  const random = randomOf(20261129);
  const pick = (list) => list[random(list.length)];
  const seeds = [
    `${OK}Content-Length: 2\r\nX-A: b\r\n\r\nok`,
    `${OK}Transfer-Encoding: chunked\r\nSet-Cookie: a=b\r\n\r\n2\r\nok\r\n0\r\nT: t\r\n\r\n`,
    `HTTP/1.1 100 Continue\r\nA: b\r\n\r\n${OK}A: one\r\n two\r\nContent-Length: 0\r\n\r\n`,
    'HTTP/1.0 500 No\r\nContent-Type: text/html\r\n\r\n<h1>no</h1>',
  ];
  const pieces = [
    '\0',
    '\r\n',
    '\n',
    ' ',
    '\t',
    ':',
    '\r\n folded',
    'Content-Length: 1\r\n',
    'Transfer-Encoding: chunked\r\n',
    'HTTP/1.1 100 X\r\n\r\n',
    OK,
    '\r\n\r\n',
    '0\r\n\r\n',
    'ffffffff\r\n',
    '\x80\xff',
    'Location: http://127.0.0.1:1/\r\n',
    'Connection: Upgrade\r\n',
    'x'.repeat(5000),
  ];
  const mutate = (bytes) => {
    const at = random(bytes.length + 1);
    const to = at + random(8);
    switch (random(4)) {
      case 0: return bytes.slice(0, at);
      case 1: return bytes.slice(0, at) + pick(pieces) + bytes.slice(at);
      case 2: return bytes.slice(0, at) + bytes.slice(to);
      default: return bytes.slice(0, at) + String.fromCharCode(random(256)) + bytes.slice(at + 1);
    }
  };
  const answers = Array.from({ length: 400 }, () => {
    let bytes = pick(seeds);
    for (let n = 1 + random(4); n > 0; n--) bytes = mutate(bytes);
    return bytes;
  });
  const api = await scene();
  const receiver = await startRawReceiver((socket, { path }) => {
    const i = Number(path.slice(1));
    if (i % 10 === 9) socket.write(answers[i], 'latin1', () => socket.resetAndDestroy());
    else socket.end(answers[i], 'latin1');
  });
  const ids = [];
  for (let i = 0; i < answers.length; i += 20) {
    ids.push(
      ...(await Promise.all(
        answers
          .slice(i, i + 20)
          .map(async (_, j) => (await api.made({ callback_url: `${receiver.url}/${i + j}` }, hold)).id),
      )),
    );
    await api.advance(0);
    server.check();
  }
  const tally = { done: 0, queued: 0 };
  for (const [i, id] of ids.entries()) {
    const [record] = await api.callbacks({ invoice: id });
    const [{ code, error }] = record.attempts;
    const shown = `${JSON.stringify(answers[i].slice(0, 400))}: ${JSON.stringify({ code, error })}`;
    assert.equal(record.attempts.length, 1, shown);
    assert.equal(record.state, code === 200 ? 'done' : 'queued', shown);
    assert.equal(error === null, code !== null, shown);
    // a complete response has at least a status line and the end of its head
    if (code !== null) assert.match(answers[i], new RegExp(`HTTP/1\\.[01] ${code}[ \\r\\n][^]*\\n\\r?\\n`), shown);
    tally[record.state]++;
  }
  assert.ok(tally.done > 20 && tally.queued > 100, `both happen: ${JSON.stringify(tally)}`);
  await receiver.stop();
});

describe('connections to another host', { skip: ALONE || undefined }, () => {
  const script = fileURLToPath(new URL('../lib/two_hosts.js', import.meta.url));
  test('complete responses release their port: 1,000 callbacks with 200 ports', (t) => {
    try {
      execFileSync(
        'unshare',
        [
          '-rn',
          'sh',
          '-c',
          'ip link add here type veth peer name there && echo 40000 40199 > /proc/sys/net/ipv4/ip_local_port_range',
        ],
        { stdio: 'pipe' },
      );
    } catch {
      t.skip('no network namespaces with a pair of interfaces here');
      return;
    }
    const run = spawnSync('unshare', ['-rn', process.execPath, script, '1000'], {
      encoding: 'utf8',
      timeout: 4 * PATIENCE_MS,
    });
    assert.equal(run.status, 0, run.stderr);
    const { waiting, ...counts } = JSON.parse(run.stdout);
    assert.deepEqual(counts, { made: 1000, done: 1000, attempts: 1000, requests: 1000 });
    // a quarter of the ports in each minute, and a port is in use for a minute
    assert.ok(waiting <= 100, `${waiting} ports are still in use`);
  });
});
