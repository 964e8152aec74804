// Forms, in both encodings, and queries are read as PHP reads them. Nothing is dropped silently.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { after, test } from 'node:test';
import { Client, DEMO } from '../lib/client.js';
import { within } from '../lib/limits.js';
import { freePort } from '../lib/ports.js';
import { startServer } from '../lib/server.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);

const PROCESS = '/public-api/payment-invoices/process';
const JSON_CLIENT = { Accept: 'application/json' };
const ORDER = { public_key: DEMO.public_key, service: 'payment_card_usd_hpp', currency: 'USD', amount: '10' };
const unit = (name) => fileURLToPath(new URL(`../unit/${name}`, import.meta.url));

const made = async (reference_id) => {
  const { data } = (await demo.list({ 'filter[reference_id]': reference_id })).expect(200).json;
  assert.equal(data.length, 1);
  return data[0].attributes;
};

/** Sends the order with more fields, which are already encoded. */
const sendPairs = (more, path = PROCESS) => demo.send('POST', path, {
  body: Buffer.from(`${new URLSearchParams(ORDER)}&${more}`, 'latin1'),
  headers: { ...JSON_CLIENT, 'Content-Type': 'application/x-www-form-urlencoded' },
});

const multipart = (parts, boundary = 'xx') =>
  Buffer.concat([
    ...parts.map(([name, value, more = '']) =>
      Buffer.concat([
        Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n`),
        Buffer.from(value),
        Buffer.from('\r\n'),
      ]),
    ),
    Buffer.from(`--${boundary}--\r\n`),
  ]);
const sendBody = (type, body, path = PROCESS) => demo.send('POST', path, {
  body, headers: { ...JSON_CLIENT, ...(type && { 'Content-Type': type }) },
});
const sendParts = (parts, path) =>
  sendBody('multipart/form-data; boundary=xx', multipart([...Object.entries(ORDER), ...parts]), path);

const noPhp = spawnSync('php', ['--version']).error;

for (const table of ['parse_str', 'is_numeric', 'json_encode']) {
  const php = spawnSync('php', [unit('php_tables.php'), table], {
    encoding: 'utf8',
    maxBuffer: 1 << 24,
    timeout: 60_000,
  });
  test(`the stored table ${table} equals the output of PHP`, { skip: php.error && 'php-cli is not installed' }, () => {
    assert.equal(php.status, 0, php.stderr);
    assert.equal(readFileSync(unit(`${table}.json`), 'utf8'), php.stdout);
  });
}

test('metadata is decoded from brackets as in PHP', async () => {
  const rows = [
    ['metadata[i][0]=a&metadata[i][1]=b', { i: ['a', 'b'] }],
    ['metadata[i][0]=a&metadata[i][]=b', { i: ['a', 'b'] }],
    ['metadata[i][]=a&metadata[i][k]=b', { i: { 0: 'a', k: 'b' } }],
    ['metadata[i][1]=a', { i: { 1: 'a' } }],
    ['metadata[a.b]=1&metadata[c d]=2', { 'a.b': '1', 'c d': '2' }],
    ['metadata[a[b]=1', { 'a[b': '1' }],
    ['metadata%5Btags%5D%5B%5D=x&metadata%5Btags%5D%5B%5D=y', { tags: ['x', 'y'] }],
  ];
  for (const [fields, wanted] of rows) {
    const reference_id = randomUUID();
    (await sendPairs(`reference_id=${reference_id}&${fields}`)).expect(302);
    const { merchant_url, ...metadata } = (await made(reference_id)).metadata;
    assert.equal(typeof merchant_url, 'string');
    assert.deepEqual(metadata, wanted, fields);
  }
});

test('metadata may be a list, in forms and in JSON', async () => {
  const api = await demo.newAccount({ merchant_url: null });
  const form = { ...ORDER, public_key: api.account.public_key, reference_id: 'list' };
  (
    await demo.send('POST', PROCESS, {
      form: `${new URLSearchParams(form)}&metadata[]=x&metadata[]=y`,
      headers: JSON_CLIENT,
    })
  ).expect(302);
  const { data } = (await api.list({ 'filter[reference_id]': 'list' })).json;
  assert.deepEqual(data[0].attributes.metadata, ['x', 'y']);
  const reference_id = randomUUID();
  await demo.made({ reference_id, metadata: ['x'], customer: { reference_id: 'c', metadata: ['y'] } });
  const { 0: first, merchant_url } = (await made(reference_id)).metadata;
  assert.deepEqual([first, typeof merchant_url], ['x', 'string']);
});

test('a field that is not UTF-8 or contains a NUL is rejected by name', async () => {
  const rows = [
    ['reference_id=commande-%E9-1&description=caf%E9', ['description', 'reference_id']],
    ['description=caf\xe9', ['description']],
    ['metadata[x]=%FF', ['metadata.x']],
    ['metadata[x][]=%C3', ['metadata.x[]']],
    ['caf%E9=1', ['caf%E9']],
    ['customer[%FF]=1', ['customer[%FF]']],
    ['description=a%00b', ['description']],
    ['description%00x=a', ['description%00x']],
    ['unknown=%E9', ['unknown']],
    ['=1', ['']],
    ['[a]=1', ['[a]']],
  ];
  for (const path of [PROCESS, '/hpp/']) {
    for (const [fields, wanted] of rows) {
      const { errors } = (await sendPairs(fields, path)).expect(422).json;
      assert.deepEqual(Object.keys(errors).sort(), wanted, `${path} ${fields}`);
    }
  }
});

test('the same applies to queries of the platform, the pages and the control API', async () => {
  const asks = (path, options) => demo.send('GET', path, { headers: JSON_CLIENT, ...options });
  const filter = (await asks('/api/payment-invoices?filter[reference_id]=%E9', { auth: demo.auth })).expect(422);
  assert.deepEqual(Object.keys(filter.json.errors), ['filter.reference_id']);
  (await asks('/api/payment-invoices?filter[reference_id]=%E9')).expect(401);
  const link = (await asks(`/hpp/?${new URLSearchParams(ORDER)}&description=caf%E9`)).expect(422);
  assert.deepEqual(Object.keys(link.json.errors), ['description']);
  const page = (await asks('/hpp/?description=caf%E9', { headers: { Accept: 'text/html' } })).expect(422);
  assert.match(page.text, /description: This value is not valid UTF-8\./);
  const control = (await asks('/_mock/requests?path=%E9')).expect(422);
  assert.match(control.json.error.message, /^path: This value is not valid UTF-8\.$/);
  (await asks('/_mock/clock?account=%E9')).expect(422);
  (await asks('/_mock/sink/any?account=%E9')).expect(422);
  (await asks('/_mock/sink/any?name=caf%E9')).expect(200);
});

test('PHP\'s limits of fields and levels apply', async () => {
  const fields = (n) => Array.from({ length: n }, (_, i) => `metadata[k${i}]=1`).join('&');
  const levels = (n) => `metadata${'[k]'.repeat(n)}=1`;
  const own = Object.keys(ORDER).length;
  (await sendPairs(fields(1000 - own))).expect(302);
  (await sendPairs(levels(64))).expect(302);
  const many = (await sendPairs(fields(1001 - own))).expect(422).json.errors;
  assert.deepEqual(many, { [`metadata[k${1000 - own}]`]: 'There are more than 1000 fields.' });
  assert.deepEqual(Object.values((await sendPairs(levels(65))).expect(422).json.errors), [
    'This name has more than 64 levels.',
  ]);
});

test('multipart/form-data creates the same invoice', async () => {
  const reference_id = randomUUID();
  const long = 'é'.repeat(500);
  const parts = [
    ['reference_id', reference_id],
    ['metadata[i][0]', 'a'],
    ['metadata[i][]', 'b'],
    ['metadata[long]', long.repeat(40)],
    ['metadata[lines]', 'one\r\n--x\r\n two '],
    ['description', ''],
    ['metadata[indented]', '  a\r\n\tb'],
    ['photo', '', '; filename=""'],
    ['customer[reference_id]', 'c+1%41'],
  ];
  (await sendParts(parts)).expect(302);
  const { metadata, description } = await made(reference_id);
  assert.deepEqual([metadata.i, metadata.lines, metadata.indented, description],
    [['a', 'b'], 'one\r\n--x\r\n two ', '  a\r\n\tb', null]);
  assert.equal(metadata.long, long.repeat(40));
  (await sendParts([['reference_id', randomUUID()]], '/hpp/')).expect(303);
});

test('Node\'s FormData is accepted', async () => {
  const body = new FormData();
  const reference_id = randomUUID();
  for (const [name, value] of Object.entries({ ...ORDER, reference_id, 'metadata[ü "x"]': 'Größe' }))
    body.append(name, value);
  const reply = await fetch(`${server.url}${PROCESS}`, {
    method: 'POST',
    body,
    redirect: 'manual',
    headers: JSON_CLIENT,
  });
  assert.equal(reply.status, 302, await reply.text());
  assert.equal(Object.values((await made(reference_id)).metadata)[0], 'Größe');
});

test('parts that are not text are rejected by name', async () => {
  const rows = [
    [['description', 'x', '; filename="a.txt"'], 'description', 'file'],
    [['description', 'x', '\r\nContent-Transfer-Encoding: base64'], 'description', 'Content-Transfer-Encoding'],
    [['description', Buffer.from([0x63, 0xe9])], 'description', 'UTF-8'],
    [['description', 'a\0b'], 'description', 'NUL'],
    [['metadata[x]', Buffer.from([0xff])], 'metadata.x', 'UTF-8'],
    [['', 'x'], '', 'name'],
  ];
  for (const path of [PROCESS, '/hpp/']) {
    for (const [part, field, words] of rows) {
      const { errors } = (await sendParts([part], path)).expect(422).json;
      assert.deepEqual(Object.keys(errors), [field]);
      assert.match(errors[field], new RegExp(words));
    }
  }
  const many = Array.from({ length: 1001 }, (_, i) => [`metadata[k${i}]`, '1']);
  assert.match(Object.values((await sendParts(many)).expect(422).json.errors)[0], /more than 1000 fields/);
});

/** Content-Types as clients write them, the boundary of the body, and whether PHP finds it. */
const BOUNDARIES = [
  ['multipart/form-data; boundary=abc; charset=UTF-8', 'abc', true],
  ['multipart/form-data; charset=UTF-8; boundary=abc', 'abc', true],
  ['multipart/form-data;boundary=abc', 'abc', true],
  ['Multipart/Form-Data; Boundary=----abc', '----abc', true],
  ['multipart/form-data; boundary=x', 'x', true],
  [`multipart/form-data; boundary=${'a'.repeat(70)}`, 'a'.repeat(70), true],
  ['multipart/form-data; boundary="abc"; charset="x"', 'abc', true],
  ['multipart/form-data; boundary="a;b, c"', 'a;b, c', true],
  ['multipart/form-data; boundary=abc, x', 'abc', true],
  ['multipart/form-data; boundary=other', 'abc', false],
  ['multipart/form-data; boundary = abc', 'abc', false],
  ['multipart/form-data', 'abc', false],
];

test('the boundary is found where PHP finds it', async () => {
  for (const [type, boundary, found] of BOUNDARIES) {
    for (const end of ['\r\n', '\n']) {
      const body = multipart(Object.entries(ORDER), boundary).toString('latin1').replaceAll('\r\n', end);
      assert.equal((await sendBody(type, body)).status, found ? 302 : 400, `${type} ${JSON.stringify(end)}`);
    }
  }
});

/** What follows Content-Disposition: form-data, and the name that PHP reads in it, perhaps with its value; none: the
    body is refused. */
const HEADS = [
  ['; name="a"', 'a'],
  [';name=a', 'a'],
  ['; NAME=a; x=y', 'a'],
  ["; name='a'", 'a'],
  ['; name= "a"', 'a'],
  ['; name=a b', 'a'],
  ['; name="b"; name="a"', 'a'],
  ['; x="; name=b"; name=a', 'a'],
  [';\r\n name="a"', 'a'],
  ['; name="a\\"b"', 'a"b'],
  ['; filename*=x; name="a"', 'a'],
  ['; name="a"\r\nContent-Disposition: form-data; name="b"', 'a'],
  ['; name="a"', 'a', ' 7'],
  ['; name="a"', 'a', '\t7\r\n'],
  ['; name="a"', 'a', ''],
  ['\r\n \r\n; name="a"\r\nContent-Disposition: form-data; name="b"', 'a'],
  [';\r\nname=a\r\nX: name=b', 'a'],
  ['; name = "a"', null],
  ['; xname=a', null],
  ['; name', null],
];
const bodyOf = (head, value = '7') =>
  `--xx\r\nContent-Disposition: form-data${head}\r\n\r\n${value}\r\n--xx--\r\n`;

test('the name of a part is the one that PHP reads', async () => {
  for (const [head, name] of HEADS) {
    const body = bodyOf(head.replace(/\ba\b/, 'amount'), 'x');
    const { errors } = (await sendBody('multipart/form-data; boundary=xx', body)).expect(422).json;
    if (name === null) assert.deepEqual(Object.keys(errors), [''], head);
    else assert.equal(/blank/.test(errors.amount), name !== 'a', head);
  }
});

test('PHP agrees about boundaries and names', { skip: noPhp && 'php-cli is not installed' }, async () => {
  const port = await freePort();
  const php = spawn('php', ['-S', `127.0.0.1:${port}`, unit('php_post.php')], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise((done) => { php.on('exit', done); });
  try {
    const started = new Promise((done) => {
      php.stderr.on('data', (text) => { if (String(text).includes('started')) done(); });
    });
    await within(started, () => 'PHP to start');
    for (const [type, boundary, found] of BOUNDARIES) {
      const reply = await fetch(`http://127.0.0.1:${port}/`, {
        method: 'POST', body: multipart(Object.entries(ORDER), boundary), headers: { 'Content-Type': type },
      });
      assert.deepEqual(await reply.json(), found ? ORDER : [], type);
    }
    for (const [head, name, value] of HEADS) {
      const reply = await fetch(`http://127.0.0.1:${port}/`, {
        method: 'POST', body: bodyOf(head, value), headers: { 'Content-Type': 'multipart/form-data; boundary=xx' },
      });
      assert.deepEqual(await reply.json(), name ? { [name]: value ?? '7' } : [], head);
    }
  } finally {
    php.kill();
    await ended;
  }
});

test('the error of a broken multipart body gives the reason', async () => {
  const whole = multipart(Object.entries(ORDER));
  const rows = [
    ['multipart/form-data', whole, /boundary/],
    ['multipart/form-data; boundary=other', whole, /boundary/],
    ['multipart/form-data; boundary=xx', whole.subarray(0, -12), /whole/],
    ['multipart/form-data; boundary=xx', 'public_key=x', /boundary/],
  ];
  for (const [type, body, reason] of rows) {
    const reply = (await sendBody(type, body)).expect(400);
    assert.match(reply.headers['x-mock-reason'], reason);
  }
});

test('a Content-Type other than a form\'s is rejected, unless the body is JSON', async () => {
  const pairs = new URLSearchParams(ORDER).toString();
  for (const path of [PROCESS, '/hpp/']) {
    for (const type of [
      'text/xml',
      'text/plain;charset=UTF-8',
      'application/octet-stream',
      'application/x-www-form-urlencode',
    ]) {
      const reply = (await sendBody(type, pairs, path)).expect(415);
      assert.match(
        reply.headers['x-mock-reason'],
        /Content-Type must be application\/x-www-form-urlencoded, multipart\/form-data/,
      );
    }
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', null]) {
      (await sendBody(type, JSON.stringify({ ...ORDER, reference_id: randomUUID() }), path)).expect(302, 303);
    }
    for (const type of [null, 'Application/X-WWW-Form-Urlencoded ; charset=utf-8']) {
      (await sendBody(type, `${pairs}&reference_id=${randomUUID()}`, path)).expect(302, 303);
    }
  }
  const page = await demo.send('POST', PROCESS, {
    body: '<a/>',
    headers: { Accept: 'text/html', 'Content-Type': 'text/xml' },
  });
  assert.match(page.expect(415).text, /Content-Type must be/);
});
