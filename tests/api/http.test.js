// Unusual and invalid HTTP. An ambiguous or invalid request gets an error with the reason, and the connection is
// closed: the bytes after it are never run as a request.

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { after, describe, test } from 'node:test';
import { Client, invoice, rawExchange } from '../lib/client.js';
import { requestTargets } from '../lib/framing.js';
import { PATIENCE_MS, within } from '../lib/limits.js';
import { runBinary, startServer } from '../lib/server.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);

/** libmicrohttpd 1.0 refuses by itself what the server refuses with 0.9. */
const NEWER = !/^libmicrohttpd 0\./m.test((await runBinary(['--version'])).stdout);

/** The unmatched calls of the journal, newest first. */
async function unmatched(parameters = {}) {
  const reply = await demo.control('GET', '/requests', undefined, {
    parameters: { unmatched: 'true', limit: 1000, ...parameters },
  });
  return reply.expect(200).json;
}

/** Waits for a line in the log. The server writes its log when it has nothing else to do. */
async function logged(pattern, from = 0) {
  const until = Date.now() + PATIENCE_MS;
  while (!new RegExp(pattern).test(server.stderr.slice(from))) {
    assert.ok(Date.now() < until, `no line in the log matches ${pattern}`);
    await new Promise((done) => { setTimeout(done, 10); });
  }
}

/** Speaks TLS to the server; resolves to the client's error. */
const speakTls = () => new Promise((done) => {
  connectTls({ host: server.host, port: server.port }).on('error', done);
});

let cases = 0;
const nextName = () => `case${++cases}x`;
const HOST = 'Host: 127.0.0.1\r\n';
const smuggled = (name) => `GET /${name}-second HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`;

/** Sends a POST with this head and body, followed by a second request on the same connection. */
async function send(head, body = '{}', { first = 'POST /NAME HTTP/1.1\r\n', host = HOST } = {}) {
  const name = nextName();
  const bytes = `${first.replace('NAME', name)}${host}${head}\r\n${body}${smuggled(name)}`;
  const reply = await rawExchange(server, Buffer.from(bytes, 'latin1'));
  const { items } = await unmatched();
  return { reply, name, items: items.filter(({ path }) => path.startsWith(`/${name}`)) };
}

const LONG = 'x'.repeat(31);
const parameters = (n, value = '') =>
  Array.from({ length: n }, (_, i) => `${String(i).padStart(3, '0')}=${value}`).join('&');
const target = (text) => ({ first: `GET /NAME${text} HTTP/1.1\r\n` });

// [what, head, status, pattern of the reason, body, options]. `newer` is what libmicrohttpd 1.0 does: the status of its
// own answer, 0 for none.
const refused = [
  ['two Content-Lengths', 'Content-Length: 2\r\nContent-Length: 4\r\n', 400, /Content-Length must be sent once/],
  ['two equal Content-Lengths', 'Content-Length: 2\r\ncontent-length: 2\r\n', 400, /Content-Length must be sent once/],
  [
    'Content-Length before Transfer-Encoding',
    'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n',
    400,
    /together/,
    '0\r\n\r\n',
  ],
  [
    'Content-Length behind Transfer-Encoding',
    'Transfer-Encoding: chunked\r\nContent-Length: 2\r\n',
    400,
    /together/,
    '0\r\n\r\n',
  ],
  ['a blank before the colon', 'Content-Length : 2\r\n', 400, /name of a header field/, '{}', { newer: 400 }],
  ['a tab before the colon', 'Content-Length\t: 2\r\n', 400, /name of a header field/, '{}', { newer: 400 }],
  ['a blank in a name', 'X Y: 1\r\nContent-Length: 2\r\n', 400, /name of a header field/, '{}', { newer: 400 }],
  ['a name that is no ASCII', 'X\xc3\xa9: 1\r\nContent-Length: 2\r\n', 400, /name of a header field/],
  [
    'a first field that is folded',
    ' Content-Length: 2\r\n',
    400,
    /name of a header field/,
    '{}',
    { host: '', newer: 400 },
  ],
  ['gzip, chunked', 'Transfer-Encoding: gzip, chunked\r\n', 501, /must be chunked/, '0\r\n\r\n', { newer: 400 }],
  [
    'chunked, chunked',
    'Transfer-Encoding: chunked, chunked\r\n',
    501,
    /must be chunked/,
    '0\r\n\r\n',
    { newer: 400 },
  ],
  ['identity', 'Transfer-Encoding: identity\r\nX: 1\r\n', 501, /must be chunked/, '{}', { newer: 400 }],
  [
    'two Transfer-Encodings',
    'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n',
    400,
    /Transfer-Encoding must be sent once/,
    '0\r\n\r\n',
  ],
  [
    'chunks in HTTP/1.0',
    'Transfer-Encoding: chunked\r\n',
    400,
    /HTTP\/1\.0/,
    '0\r\n\r\n',
    { first: 'POST /NAME HTTP/1.0\r\n' },
  ],
  ['2^63 bytes', 'Content-Length: 9223372036854775808\r\n', 413, /must be at most 16 MiB/],
  [
    '2^64 - 1 bytes',
    'Content-Length: 18446744073709551615\r\n',
    413,
    /must be at most 16 MiB/,
    '{}',
    { newer: 413 },
  ],
  ['more than 16 MiB', `Content-Length: ${(16 << 20) + 1}\r\n`, 413, /larger than 16 MiB/],
  ['a control character in a value', 'X: a\x01b\r\nContent-Length: 2\r\n', 400, /control characters/],
  [
    'a carriage return in a value',
    'X: a\rContent-Length: 2\r\n',
    400,
    /control characters/,
    '{}',
    { newer: 400 },
  ],
  ['two Hosts', 'Host: other\r\nContent-Length: 2\r\n', 400, /Host must be sent once/],
  ['no Host', 'Content-Length: 2\r\n', 400, /Host must be sent/, '{}', { host: '', newer: 400 }],
  ['another Expect', 'Expect: tea\r\nContent-Length: 2\r\n', 417, /100-continue/],
  ['no method', '', 400, /method/, '', { first: '\t /NAME HTTP/1.1\r\n', newer: 0 }],
  ['a blank in the target', '', 400, /request target/, '', { ...target(' x'), newer: 301 }],
  ['a control character in the target', '', 400, /request target/, '', target('\x01')],
  ['500 parameters', '', 431, /200 parameters/, '', target(`?${parameters(500)}`)],
  ['thousands of parameters', '', 431, /200 parameters/, '', target(`?${'&'.repeat(7000)}`)],
  ['a long query', '', 414, /8 kB/, '', target(`?${'a'.repeat(9000)}`)],
];

describe('rejected with a closed connection', () => {
  for (const [what, head, status, why, body, options] of refused) {
    test(what, async () => {
      const from = server.stderr.length;
      const { reply, name, items } = await send(head, body, options);
      if (NEWER && options?.newer !== undefined) {
        assert.equal(reply.status || 0, options.newer, reply.raw);
        assert.equal((reply.raw.match(/HTTP\/1\.1 \d/g) ?? []).length, options.newer ? 1 : 0, 'at most one answer');
        assert.deepEqual(items, [], name);
        await logged('warn +http .*(response code is|request line)', from);
        return;
      }
      assert.equal(reply.status, status, reply.raw);
      assert.match(reply.headers['x-mock-reason'], why);
      assert.equal(reply.headers.connection, 'close');
      assert.equal(JSON.parse(reply.body).errors[0].code, String(status));
      assert.equal(reply.raw.match(/HTTP\/1\.1 \d/g).length, 1, 'one answer');
      // the journal has the first request with its reason, and nothing has the second
      assert.deepEqual(items.map((item) => [item.status, item.explain.rule]), [[status, 'malformed_request']], name);
      assert.match(items[0].explain.message, why);
      await logged(`request .* path=("?/${name}|[?]).* status=${status} `);
    });
  }

  test('a control call gets the error format of the control API', async () => {
    const reply = await rawExchange(
      server,
      `POST /_mock/reset HTTP/1.1\r\n${HOST}Content-Length: 2\r\nContent-Length: 4\r\n\r\n{}`,
    );
    assert.equal(reply.status, 400);
    assert.deepEqual(JSON.parse(reply.body), {
      error: { code: 'malformed_request', message: 'Content-Length must be sent once' },
    });
  });

  test('a chunked body of more than 16 MiB', async () => {
    const chunk = `100000\r\n${'x'.repeat(1 << 20)}\r\n`;
    const reply = await rawExchange(
      server,
      `POST /huge HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(17)}0\r\n\r\n`,
    );
    assert.equal(reply.status, 413);
    assert.match(reply.headers['x-mock-reason'], /16 MiB/);
    await logged('request .* path=/huge status=413 ');
  });
});

// Requests that libmicrohttpd answers without calling the server: [what, bytes, status].
const library = [
  ['a length that is no number', `POST /NAME HTTP/1.1\r\n${HOST}Content-Length: 2, 2\r\n\r\n{}`, 400],
  ['a signed length', `POST /NAME HTTP/1.1\r\n${HOST}Content-Length: +2\r\n\r\n{}`, 400],
  ['2^64 bytes', `POST /NAME HTTP/1.1\r\n${HOST}Content-Length: 18446744073709551616\r\n\r\n{}`, 413],
  ['a line without a colon', `POST /NAME HTTP/1.1\r\n${HOST}X\r\n\r\n{}`, 400],
  ['a bad chunk size', `POST /NAME HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n`, 400],
  [
    'a chunk longer than its size',
    `POST /NAME HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n2\r\n{}{}\r\n0\r\n\r\n`,
    400,
  ],
  [
    '1000 fields',
    `GET /NAME HTTP/1.1\r\n${HOST}${Array.from({ length: 1000 }, (_, i) => `A${i}: 1\r\n`).join('')}\r\n`,
    431,
  ],
  ['a field of 40 kB', `GET /NAME HTTP/1.1\r\n${HOST}X: ${'x'.repeat(40_000)}\r\n\r\n`, 431],
  [
    '1000 cookies',
    `GET /NAME HTTP/1.1\r\n${HOST}Cookie: ${Array.from({ length: 1000 }, (_, i) => `a${i}=1`).join('; ')}\r\n\r\n`,
    431,
  ],
  ['a target of 40 kB', `GET /NAME${'x'.repeat(40_000)} HTTP/1.1\r\n${HOST}\r\n`, 414],
  ['no version', `GET /NAME\r\n${HOST}\r\n`, 400],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505],
];

describe('rejected by the library, with a line in the log', () => {
  for (const [what, bytes, status] of library) {
    test(what, async () => {
      const name = nextName();
      const from = server.stderr.length;
      const reply = await rawExchange(server, `${bytes.replace('NAME', name)}${smuggled(name)}`);
      assert.equal(reply.status, status, reply.raw);
      await logged(`warn +http .*response code is ${status}`, from);
      assert.deepEqual((await unmatched()).items.filter(({ path }) => path === `/${name}-second`), []);
    });
  }
});

test('a folded Content-Length has no meaning', async () => {
  const { reply, items } = await send('X: 1\r\n Content-Length: 2\r\n');
  // libmicrohttpd 1.0 joins the lines, as RFC 9112 allows; the body is then the start of the next request line
  assert.deepEqual(items.map(({ status }) => status), NEWER ? [400, 404] : [400], reply.raw);
  assert.match(reply.raw, NEWER ? /the method must be letters/ : /name of a header field/);
});

describe('accepted', () => {
  const answers = async (head, body, options, requests = 2) => {
    const { reply, items } = await send(head, body, options);
    assert.deepEqual(reply.raw.match(/HTTP\/1\.1 \d+/g), Array(requests).fill('HTTP/1.1 404'), reply.raw);
    assert.equal(items.length, requests);
    return reply;
  };
  /** A body in chunks is the last thing that a connection carries. */
  const chunked = async (body, head = 'Transfer-Encoding: chunked\r\n') => {
    const reply = await answers(head, body, undefined, 1);
    assert.equal(reply.headers.connection, 'close');
  };

  test('a body with Content-Length', () => answers('Content-Length: 2\r\n'));
  test('leading zeros', () => answers('Content-Length: 0000000000000000000000002\r\n'));
  test('chunks, in any case', () => chunked('2\r\n{}\r\n0\r\n\r\n', 'Transfer-Encoding: CHUNKED\r\n'));
  test('a last chunk with an extension', () => chunked('2\r\n{}\r\n0;last\r\nX-Sum: 1\r\n\r\n'));
  test('trailers', () => chunked('2\r\n{}\r\n0\r\nX-Sum: 1\r\nContent-Length: 99\r\n\r\n'));
  test('lines ending with LF', () => answers('Content-Length: 2\n', '{}', { first: 'POST /NAME HTTP/1.1\n' }));
  test('empty lines before a request', () =>
    answers('Content-Length: 2\r\n', '{}', { first: '\r\n\r\nPOST /NAME HTTP/1.1\r\n' }));
  test('tabs and non-ASCII bytes in a value', () => answers('X: a\tb\xff\r\nContent-Length: 2\r\n'));
  test('200 parameters in 8 kB, with the fields and cookies of a browser', () =>
    answers(
      `Cookie: ${Array.from({ length: 10 }, (_, i) => `${LONG}${i}=${LONG}`).join('; ')}\r\n${Array.from({ length: 20 }, (_, i) => `X-Field-${i}: ${LONG}\r\n`).join('')}`,
      '',
      target(`?${parameters(200, 'x'.repeat(34))}`),
    ));
});

test('chunks with extensions are read as the sender means them, or refused', async () => {
  const chunks = 'Transfer-Encoding: chunked\r\n';
  const { reply, items } = await send(chunks, '2;name=value\r\n{}\r\n0;last\r\n\r\n');
  // libmicrohttpd 1.0.1 takes the line feed behind an extension for a byte of the chunk
  assert.equal(reply.status, NEWER ? 400 : 404, reply.raw);
  assert.deepEqual(items.map(({ status }) => status), NEWER ? [] : [404]);
  assert.equal(reply.raw.match(/HTTP\/1\.1 \d/g).length, 1);
  // so it finds an end of these bodies that is none, or that is another one
  for (const body of ['4;x\r\n\r\n\r\n0\r\n\r\n', '0;x\r\nGET /x: HTTP/1.1\r\nHost: x\r\n\r\n']) {
    const hidden = await send(chunks, body);
    assert.equal(hidden.reply.raw.match(/HTTP\/1\.1 \d/g).length, 1, hidden.reply.raw);
    assert.deepEqual(hidden.items.filter(({ path }) => path.endsWith('second')), []);
  }
  assert.deepEqual((await unmatched()).items.filter(({ path }) => path === '/x:'), []);
});

describe('encoded bodies', () => {
  const json = JSON.stringify({ data: { attributes: invoice() } });
  const bodies = [
    ['a byte order mark', Buffer.from(`\ufeff${json}`), {}, 400, /byte order mark/],
    ['UTF-16, little end first', Buffer.from(`\ufeff${json}`, 'utf16le'), {}, 400, /UTF-16/],
    ['UTF-16, big end first', Buffer.from(`\ufeff${json}`, 'utf16le').swap16(), {}, 400, /UTF-16/],
    ['UTF-16 without a mark', Buffer.from(json, 'utf16le'), {}, 400, /UTF-16/],
    ['gzip', gzipSync(json), { 'Content-Encoding': 'gzip' }, 415, /Content-Encoding/],
    ['gzip without a header', gzipSync(json), {}, 400, /gzip/],
  ];
  for (const [what, body, headers, status, why] of bodies) {
    test(what, async () => {
      const reply = (await demo.private('POST', '/payment-invoices', { body, headers })).expect(status);
      assert.match(reply.headers['x-mock-reason'], why);
      const control = (await demo.send('POST', '/_mock/outcomes', { body, headers })).expect(status);
      assert.match(control.json.error.message, why);
    });
  }

  test('identity counts as unencoded, and a sink accepts any encoding', async () => {
    (
      await demo.private('POST', '/payment-invoices', { body: json, headers: { 'Content-Encoding': 'identity' } })
    ).expect(201);
    (
      await demo.send('POST', '/_mock/sink/encoded', { body: gzipSync(json), headers: { 'Content-Encoding': 'gzip' } })
    ).expect(200);
  });
});

// ---- requests with random changes, to a separate server

const SEED = 20261129;
const MUTANTS = 600;

/** mulberry32: the same numbers in every run. */
function random(seed) {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const PIECES = [
  'Content-Length: 3\r\n',
  'Content-Length: 0\r\n',
  'content-length:17\r\n',
  'Content-Length : 5\r\n',
  'Content-Length: 2, 3\r\n',
  'Content-Length: 0x2\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding: identity\r\n',
  'Transfer-Encoding : chunked\r\n',
  'transfer-encoding:\tchunked\r\n',
  'Transfer-Encoding: xchunked\r\n',
  'Host: other\r\n',
  'Expect: 100-continue\r\n',
  'Connection: keep-alive\r\n',
  'Connection: close\r\n',
  'X: y\r\n',
  '\r\n',
  '\n',
  '0\r\n\r\n',
  '2\r\n',
  'ffffffffffffffff\r\n',
  ';a=b',
  ' ',
  '\t',
  ':',
  '\x7f',
  '\x01',
  '\xff',
  'HTTP/1.0',
  'GET / HTTP/1.1\r\n',
  '9'.repeat(30),
  '%00',
  '?a&b',
  'x'.repeat(5000),
];

const shapes = [
  (name) => `POST /${name} HTTP/1.1\r\n${HOST}Content-Length: 11\r\nX-Y: z\r\n\r\n{"a":"bcde"}`.replace('11', '12'),
  (name) =>
    `POST /${name} HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n4;x=y\r\n"b"}\r\n0\r\nTrailer: 1\r\n\r\n`,
  (name) => `GET /${name}?a=b&c=d HTTP/1.1\r\n${HOST}Cookie: a=b; c="d"\r\nAccept: */*\r\n\r\n`,
];

function mutant(below, name) {
  let text = shapes[below(shapes.length)](name) + smuggled(name);
  for (let changes = 1 + below(3); changes--;) {
    const at = below(text.length);
    const size = below(4) ? 0 : 1 + below(12); // number of characters to remove
    const piece = below(6) ? PIECES[below(PIECES.length)] : '';
    // usually at the start of a line, which is the most sensitive place
    const start = below(3) ? text.lastIndexOf('\n', at) + 1 : at;
    text = text.slice(0, start) + piece + text.slice(start + size);
  }
  return text;
}

/** The server cannot see these, because libmicrohttpd hides them (server/docs/limits.md): a folded line, and a line
 *  without a name. */
const isHidden = (text) => /\n[ \t]/.test(text) || /\n\r?:/.test(text);

/** libmicrohttpd may miss an end that comes together with bytes; the connection then ends when it was idle for 30 s. */
const IDLE_MOST_MS = 30_000 + PATIENCE_MS;

/** Sends each text over a separate connection, all at once, and lets the server read them. Then it ends the
 *  connections and waits until the server has closed them too. */
async function sendAll(one, api, texts) {
  const open = await Promise.all(texts.map((text) => new Promise((sent, fail) => {
    const socket = connect({ host: one.host, port: one.port });
    const closed = new Promise((done) => { socket.on('close', done); });
    socket.on('error', () => {}); // a reset also counts as closed
    socket.on('connect', () => socket.write(Buffer.from(text, 'latin1'), () => sent({ text, socket, closed })));
    socket.on('close', () => fail(new Error(`closed before ${JSON.stringify(text)} was sent`)));
    socket.resume();
  })));
  (await api.send('GET', '/_mock/health')).expect(200);
  for (const { socket } of open) socket.end();
  await Promise.all(
    open.map(({ text, socket, closed }) =>
      within(closed, () => `the connection of ${JSON.stringify(text)} to end`, IDLE_MOST_MS)
        .finally(() => socket.destroy()),
    ),
  );
}

test(`${MUTANTS} randomly changed requests run nothing that a strict parser does not find`, async () => {
  const one = await startServer();
  const api = new Client(one);
  const below = random(SEED);
  const sent = new Map();
  for (let i = 0; sent.size < MUTANTS; i++) {
    const text = mutant(below, `m${i}z`);
    if (!isHidden(text)) sent.set(`m${i}z`, text);
  }
  const all = [...sent.values()];
  for (let at = 0; at < all.length; at += 50) {
    await sendAll(one, api, all.slice(at, at + 50));
  }
  const ran = [];
  for (let before; ;) {
    const reply = await api.control('GET', '/requests', undefined, {
      parameters: { unmatched: 'true', limit: 1000, after: before },
    });
    const { items, next } = reply.expect(200).json;
    ran.push(...items.filter(({ explain }) => explain.rule === 'unknown_path').map(({ path }) => path));
    if (!next) break;
    before = next;
  }
  const second = ran.map((path) => /^\/(m\d+z)-second$/.exec(path)?.[1]).filter(Boolean);
  for (const name of second) {
    assert.ok(
      requestTargets(sent.get(name)).includes(`/${name}-second`),
      `seed ${SEED}, ${name}: ${JSON.stringify(sent.get(name))}`,
    );
  }
  assert.ok(second.length > 0, 'some were left as they were');
  (await api.create(invoice())).expect(201);
  await one.stop();
});

// The server looks at the first bytes just before libmicrohttpd reads them. Bytes that arrive in between are not seen,
// which no client can prevent: then the next one is.
describe('a client that speaks TLS', () => {
  test('is told so by its own error, and in the log', async () => {
    let code;
    while (code !== 'ERR_SSL_WRONG_VERSION_NUMBER') ({ code } = await speakTls());
    await logged('tls_to_http .*use http://');
    (await demo.list()).expect(200);
  });

  test('gets its answer before its line ends', async () => {
    let raw = '';
    while (!raw) ({ raw } = await rawExchange(server, Buffer.from([0x16, 3, 1, 2, 0]), { finish: true }));
    assert.match(raw, /^HTTP\/1\.1 400 /);
  });

  test('is not expected among clients of HTTP, however many connect and go', async () => {
    const one = await startServer(); // lines of the log about earlier clients may come late
    const api = new Client(one);
    const sockets = Array.from({ length: 40 }, () => connect({ host: one.host, port: one.port }));
    await Promise.all(sockets.map((socket) => new Promise((done) => { socket.on('connect', done); })));
    (await api.list()).expect(200);
    for (const socket of sockets) socket.destroy();
    (await api.list()).expect(200);
    await one.stop();
    assert.doesNotMatch(one.stderr, /tls_to_http/);
  });
});
