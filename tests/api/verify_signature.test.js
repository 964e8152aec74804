// POST /_mock/verify-signature: whether a signature is valid, and the likely mistake. The tests compute each wrong
// signature with a common mistake of receivers.

import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { Client } from '../lib/client.js';
import { startServer } from '../lib/server.js';
import { sign } from '../lib/sink.js';

const server = await startServer();
after(() => server.stop());

let api; // a new account
let body; // the body of one of its callbacks, as sent
let live; // the body of a callback of a live invoice
let keys;

before(async () => {
  api = await new Client(server).newAccount();
  keys = api.account;
  const callback = async (test_mode) => {
    const { id } = await api.made({
      test_mode,
      description: 'Zoë für 5 €',
      metadata: { map: {}, url: 'http://a.b/c' },
      callback_url: `${server.url}/_mock/sink/verify`,
    });
    await api.idle({ within: '10s' });
    return (await api.callbacks({ invoice: id }))[0].attempts[0].request.body;
  };
  body = await callback(true);
  live = await callback(false);
});

const verify = async (request) => (await api.control('POST', '/verify-signature', request)).expect(200).json;
const sandwich = (secret, text, algorithm = 'sha1') => createHash(algorithm).update(secret).update(text).update(secret);

describe('a valid signature', () => {
  test('is that of the mock, in either mode', async () => {
    for (const [text, secret] of [[body, keys.secret_key], [live, keys.secret_live_key]]) {
      const signature = sign(secret, text);
      const verdict = await verify({ body: text, signature });
      assert.deepEqual([verdict.valid, verdict.reason, verdict.expected], [true, null, signature]);
      assert.match(verdict.message, /right/);
      assert.equal((await verify({ body_base64: Buffer.from(text).toString('base64'), signature })).valid, true);
      assert.equal((await verify({ body: text, signature, key: secret })).valid, true);
    }
  });

  test('every recorded callback is verified', async () => {
    const all = (await api.callbacks()).flatMap((callback) => callback.attempts);
    assert.ok(all.length >= 4);
    for (const { request } of all) {
      assert.equal((await verify({ body: request.body, signature: request.headers['X-Signature'] })).valid, true);
    }
  });

  test('of any bytes, with either secret or the given key', async () => {
    const bytes = Buffer.from([0xff, 0x00, 0x7b, 0x5c]);
    for (const secret of [keys.secret_key, keys.secret_live_key]) {
      const signature = sign(secret, bytes);
      const verdict = await verify({ body_base64: bytes.toString('base64'), signature });
      assert.deepEqual([verdict.valid, verdict.expected], [true, signature]);
    }
    assert.equal((await verify({ body: '', signature: sign(keys.secret_key, '') })).valid, true);
    assert.equal(
      (await verify({ body: 'x', signature: sign('a key of mine', 'x'), key: 'a key of mine' })).valid,
      true,
    );
  });
});

// changes that a receiver makes to the body before it computes the digest
const again = (text, ...how) => JSON.stringify(JSON.parse(text), ...how);
// like json.dumps of Python: a blank after each , and : outside of strings
const spaced = (text) => text.replace(/("(?:[^"\\]|\\.)*")|[,:]/g, (all, string) => string ?? `${all} `);
const ascii = (text) => text.replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
const slashes = (text) => text.replaceAll('/', '\\/');

describe('a wrong signature is explained', () => {
  const cases = [
    [
      'slashes_unescaped',
      'signed with bare slashes',
      () => ({ body, signature: sign(keys.secret_key, body.replaceAll('\\/', '/')) }),
    ],
    [
      'slashes_unescaped',
      'sent with bare slashes',
      () => ({ body: body.replaceAll('\\/', '/'), signature: sign(keys.secret_key, body) }),
    ],
    ['reserialized', 'JSON.stringify', () => ({ body, signature: sign(keys.secret_key, again(body)) })],
    [
      'reserialized',
      'JSON.stringify, with blanks',
      () => ({ body, signature: sign(keys.secret_key, again(body, null, 2)) }),
    ],
    ['reserialized', 'json.dumps', () => ({ body, signature: sign(keys.secret_key, ascii(spaced(again(body)))) })],
    [
      'reserialized',
      'json.dumps, ensure_ascii=False',
      () => ({ body, signature: sign(keys.secret_key, spaced(again(body))) }),
    ],
    [
      'reserialized',
      'JSON_PRETTY_PRINT',
      () => ({ body, signature: sign(keys.secret_key, slashes(ascii(again(body, null, 4)))) }),
    ],
    [
      'reserialized',
      'JSON_UNESCAPED_UNICODE',
      () => ({ body, signature: sign(keys.secret_key, slashes(again(body))) }),
    ],
    [
      'reserialized',
      'sent as JSON.stringify writes it',
      () => ({ body: again(body), signature: sign(keys.secret_key, body) }),
    ],
    [
      'reserialized',
      'sent with blanks',
      () => ({ body: again(body, null, 4), signature: sign(keys.secret_key, body) }),
    ],
    [
      'other_mode_key',
      'the live key for a test invoice',
      () => ({ body, signature: sign(keys.secret_live_key, body) }),
    ],
    [
      'other_mode_key',
      'the test key for a live invoice',
      () => ({ body: live, signature: sign(keys.secret_key, live) }),
    ],
    [
      'other_mode_key',
      'verified with the live key',
      () => ({ body, signature: sign(keys.secret_key, body), key: keys.secret_live_key }),
    ],
    ['public_key', 'the public key', () => ({ body, signature: sign(keys.public_key, body) })],
    ['public_key', 'the public live key', () => ({ body: live, signature: sign(keys.public_live_key, live) })],
    [
      'public_key',
      'verified with the public key',
      () => ({ body, signature: sign(keys.secret_key, body), key: keys.public_key }),
    ],
    [
      'public_key',
      'signed and verified with the public key',
      () => ({ body, signature: sign(keys.public_key, body), key: keys.public_key }),
    ],
    ['hex', 'hex', () => ({ body, signature: sandwich(keys.secret_key, body).digest('hex') })],
    [
      'hex',
      'base64 of hex',
      () => ({ body, signature: Buffer.from(sandwich(keys.secret_key, body).digest('hex')).toString('base64') }),
    ],
    [
      'hmac',
      'HMAC-SHA-1',
      () => ({ body, signature: createHmac('sha1', keys.secret_key).update(body).digest('base64') }),
    ],
    [
      'hmac',
      'HMAC-SHA-256, hex',
      () => ({ body, signature: createHmac('sha256', keys.secret_key).update(body).digest('hex') }),
    ],
    [
      'hmac',
      'HMAC-SHA-512',
      () => ({ body, signature: createHmac('sha512', keys.secret_key).update(body).digest('base64') }),
    ],
    ['trailing_newline', 'signed with a line end', () => ({ body, signature: sign(keys.secret_key, `${body}\n`) })],
    [
      'trailing_newline',
      'sent with a line end',
      () => ({ body: `${body}\r\n`, signature: sign(keys.secret_key, body) }),
    ],
    ['trailing_newline', 'a line end behind the key', () => ({ body, signature: sign(`${keys.secret_key}\n`, body) })],
    [
      'trailing_newline',
      'verified with a line end behind the key',
      () => ({ body, signature: sign(keys.secret_key, body), key: `${keys.secret_key}\n` }),
    ],
    ['unknown', 'of another body', () => ({ body, signature: sign(keys.secret_key, live) })],
    [
      'unknown',
      'another hash',
      () => ({ body, signature: sandwich(keys.secret_key, body, 'sha256').digest('base64') }),
    ],
    [
      'unknown',
      'the key on one side',
      () => ({
        body,
        signature: createHash('sha1')
          .update(keys.secret_key + body)
          .digest('base64'),
      }),
    ],
    ['unknown', 'the API key', () => ({ body, signature: sign(keys.api_key, body) })],
    ['unknown', 'an empty body', () => ({ body, signature: sign(keys.secret_key, '') })],
    [
      'unknown',
      'base64url',
      () => ({
        body,
        signature: sign(keys.secret_key, body).replaceAll('+', '-').replaceAll('/', '_').replace('=', ''),
      }),
    ],
    ['unknown', 'no signature at all', () => ({ body, signature: 'nonsense' })],
  ];
  const messages = new Map();
  for (const [reason, what, make] of cases) {
    test(`${reason}: ${what}`, async () => {
      const request = make();
      const verdict = await verify(request);
      assert.deepEqual([verdict.valid, verdict.reason], [false, reason], verdict.message);
      messages.set(reason, new Set([...(messages.get(reason) ?? []), verdict.message]));
      const { test_mode } = JSON.parse(request.body).data.attributes;
      const key = request.key?.startsWith('sk_') ? request.key : test_mode ? keys.secret_key : keys.secret_live_key;
      assert.equal(verdict.expected, sign(key, request.body));
    });
  }

  test('a separate message without secrets', () => {
    const all = [...messages.values()].flatMap((set) => [...set]);
    assert.ok(all.length >= 20, `${all.length} messages`);
    assert.equal(new Set(all).size, all.length, 'no message has two reasons');
    for (const message of all) {
      for (const secret of [keys.secret_key, keys.secret_live_key, keys.api_key])
        assert.ok(!message.includes(secret), message);
    }
  });
});

test('?account= selects the account', async () => {
  const other = await api.newAccount();
  const request = { body, signature: sign(keys.secret_key, body) };
  assert.equal((await verify(request)).valid, true);
  const verdict = (await other.control('POST', '/verify-signature', request)).expect(200).json;
  assert.deepEqual(
    [verdict.valid, verdict.reason, verdict.expected],
    [false, 'unknown', sign(other.account.secret_key, body)],
  );
  (await api.with({ id: 'coma_0000000000000000' }).control('POST', '/verify-signature', request)).expect(404);
});

test('a large body is verified too', async () => {
  const large = JSON.stringify({ list: Array.from({ length: 50_000 }, (_, i) => `${i}/é`) });
  assert.equal((await verify({ body: large, signature: sign(keys.secret_key, large) })).valid, true);
  assert.equal(
    (await verify({ body: large, signature: sign(keys.secret_key, `${large}\n`) })).reason,
    'trailing_newline',
  );
  assert.equal((await verify({ body: large, signature: 'x' })).reason, 'unknown');
});

test('invalid parameters are rejected', async () => {
  const signature = sign(keys.secret_key, 'x');
  for (const request of [
    {},
    { body: 'x' },
    { signature },
    { body: 'x', body_base64: 'eA==', signature },
    { body_base64: '!', signature },
    { body: 5, signature },
    { body: 'a\0b', signature },
    { body: 'x', signature: '' },
    { body: 'x', signature: 5 },
    { body: 'x', signature, key: '' },
    { body: 'x', signature, surprise: 1 },
    { body: 'x', signature: 'x'.repeat(1001) },
  ]) {
    const { error } = (await api.control('POST', '/verify-signature', request)).expect(422).json;
    assert.equal(error.code, 'invalid');
  }
  (await api.send('POST', '/_mock/verify-signature', { body: 'no JSON' })).expect(400);
});
