// HTTP errors and edge cases.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { after, describe, test } from 'node:test';
import { basic, Client, DEMO, invoice, query, rawExchange } from '../lib/client.js';
import { startServer } from '../lib/server.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);

const UNAUTHORIZED = { errors: [{ status: 'Unauthorized', code: '401' }] };
const NOT_FOUND = { errors: [{ status: 'Not Found', code: '404' }] };
const NOT_ALLOWED = { errors: [{ status: 'Method Not Allowed', code: '405' }] };
const methods = (reply) => reply.headers.allow.split(/\s*,\s*/).filter((m) => m !== 'OPTIONS' && m !== 'HEAD').sort();

describe('401', () => {
  const wrong = {
    'no header': null,
    'wrong password': basic(DEMO.id, 'nonsense'),
    'empty password': basic(DEMO.id, ''),
    'unknown login': basic('coma_0000000000000000', DEMO.api_key),
    'empty login': basic('', DEMO.api_key),
    'login in another case': basic(DEMO.id.toLowerCase(), DEMO.api_key),
    'a public key': basic(DEMO.id, DEMO.public_key),
    'a secret key': basic(DEMO.id, DEMO.secret_key),
    'a longer password': basic(DEMO.id, `${DEMO.api_key}x`),
    'a shorter password': basic(DEMO.id, DEMO.api_key.slice(0, -1)),
    'another scheme': `Bearer ${DEMO.api_key}`,
    'no base64': 'Basic %%%',
    'base64 without a colon': `Basic ${Buffer.from('x').toString('base64')}`,
    'nothing after Basic': 'Basic',
    'a blank after Basic': 'Basic  ',
    'an empty header': '',
    'a very long header': `Basic ${Buffer.from(`${DEMO.id}:${'x'.repeat(4000)}`).toString('base64')}`,
  };
  for (const [what, auth] of Object.entries(wrong)) {
    test(what, async () => {
      for (const [method, target] of [['GET', '/payment-invoices'], ['GET', '/api/payment-services'],
        ['GET', '/payment-invoices/cpi_0000000000000000']]) {
        const reply = (await demo.send(method, target, { auth })).expect(401);
        assert.deepEqual(reply.json, UNAUTHORIZED);
      }
      const reply = (
        await demo.send('POST', '/payment-invoices', { auth, json: { data: { attributes: invoice() } } })
      ).expect(401);
      assert.deepEqual(reply.json, UNAUTHORIZED);
      assert.match(reply.headers['www-authenticate'], /^Basic /);
    });
  }

  test('the scheme\'s letter case does not matter', async () => {
    (await demo.send('GET', '/payment-invoices', { auth: demo.auth.replace('Basic', 'basic') })).expect(200);
  });

  test('is sent before validation and before the body is read', async () => {
    (await demo.send('POST', '/payment-invoices', { auth: basic(DEMO.id, 'x'), body: 'nonsense' })).expect(401);
  });

  test('the key of another account is rejected', async () => {
    const other = await demo.newAccount();
    (await demo.send('GET', '/payment-invoices', { auth: basic(DEMO.id, other.account.api_key) })).expect(401);
  });
});

describe('404', () => {
  const unknown = [
    '/nothing',
    '/api/nothing',
    '/public-api',
    '/public-api/nothing',
    '/public-api/payment-services',
    '/payment-invoices/cpi_0000000000000000/nothing',
    '/payment-invoice',
    '/PAYMENT-INVOICES',
    '/api/api/payment-invoices',
    '/api/public-api/payment-invoices/cpi_0000000000000000',
    '/favicon.ico',
    '/payment-invoices/../payment-services',
    '/.env',
  ];
  for (const path of unknown) {
    test(`unknown path ${path}`, async () => {
      for (const auth of [null, demo.auth]) {
        const reply = (await demo.send('GET', path, { auth, check: false })).expect(404);
        assert.deepEqual(reply.json, NOT_FOUND);
        assert.match(reply.headers['content-type'], /^application\/json/);
      }
    });
  }

  test('unknown and malformed ids', async () => {
    for (const id of [
      'cpi_0000000000000000',
      'cpi_',
      'x',
      'cgi_0000000000000000',
      'a'.repeat(2000),
      '%27%20OR%201=1--',
      '%F0%9F%98%80',
    ]) {
      assert.deepEqual((await demo.get(id)).expect(404).json, NOT_FOUND, id);
      assert.deepEqual((await demo.getPublic(id)).expect(404).json, NOT_FOUND, id);
    }
    for (const id of ['cpi_%00', '%FF', '%']) {
      (await demo.get(id)).expect(400, 404);
      (await demo.getPublic(id)).expect(400, 404);
    }
  });

  test('an id must match completely, including its case', async () => {
    const { id } = await demo.made();
    (await demo.get(id.slice(0, -1))).expect(404);
    (await demo.get(`${id}x`)).expect(404);
    (await demo.get(id.toUpperCase())).expect(404);
    (await demo.get(id.slice(4))).expect(404);
  });
});

describe('405', () => {
  const allowed = {
    '/payment-invoices': ['GET', 'POST'],
    '/api/payment-invoices': ['GET', 'POST'],
    '/payment-invoices/cpi_0000000000000000': ['GET'],
    '/payment-services': ['GET'],
    '/payment-services/comcps_u1xxlHVw1NyeqmjJ': ['GET'],
    '/public-api/payment-prerequest': ['POST'],
    '/public-api/payment-invoices': ['POST'],
    '/public-api/payment-invoices/process': ['POST'],
    '/public-api/payment-invoices/cpi_0000000000000000': ['GET'],
  };
  for (const [path, list] of Object.entries(allowed)) {
    test(path, async () => {
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND']) {
        if (list.includes(method)) continue;
        const reply = (await demo.private(method, path, { check: false })).expect(405);
        assert.deepEqual(reply.json, NOT_ALLOWED);
        assert.deepEqual(methods(reply), list, `${method} ${path}`);
      }
    });
  }
});

describe('409', () => {
  const conflict = (reply) => {
    const { errors } = reply.expect(409).json;
    assert.deepEqual(Object.keys(reply.json), ['errors', 'data']);
    assert.equal(errors.length, 1);
    assert.deepEqual([errors[0].status, errors[0].code], ['Conflict', '409']);
    assert.deepEqual(Object.keys(errors[0]), ['status', 'code', 'title', 'detail']);
    return reply.data;
  };

  test('private API: contains the earlier invoice, like GET', async () => {
    const api = await demo.newAccount();
    const body = invoice();
    const made = (await api.create(body)).expect(201).data;
    const earlier = conflict(await api.create({ ...body, amount: 5 }));
    assert.deepEqual(earlier, (await api.get(made.id)).expect(200).data);
    assert.equal((await api.list()).json.meta.count, 1);
  });

  test('public API: contains the earlier invoice, like GET', async () => {
    const api = await demo.newAccount();
    const body = invoice();
    const made = (await api.createPublic(body)).expect(201).data;
    const earlier = conflict(await api.createPublic(body));
    assert.deepEqual(earlier, (await api.getPublic(made.id)).expect(200).data);
  });

  test('references are unique per account, across both APIs, test and live', async () => {
    const api = await demo.newAccount();
    const body = invoice();
    const made = (await api.create({ ...body, test_mode: true })).expect(201).data;
    assert.equal(conflict(await api.create({ ...body, test_mode: false })).id, made.id);
    assert.equal(conflict(await api.createPublic(body)).id, made.id);
    assert.equal(conflict(await api.createPublic({ ...body, public_key: api.account.public_live_key })).id, made.id);
    (await (await demo.newAccount()).create(body)).expect(201);
  });

  test('contains the current state of the earlier invoice', async () => {
    const api = await demo.newAccount({ settle_after_ms: 0 });
    const body = invoice();
    const made = (await api.create(body)).expect(201).data;
    await api.reach(made.id, 'processed');
    assert.equal(conflict(await api.create(body)).attributes.status, 'processed');
  });

  test('validation comes first', async () => {
    const body = invoice();
    (await demo.create(body)).expect(201);
    (await demo.create({ ...body, amount: 0 })).expect(422);
  });

  test('references are compared with case and blanks', async () => {
    const reference_id = randomUUID();
    for (const one of [reference_id, reference_id.toUpperCase(), ` ${reference_id}`]) {
      (await demo.create(invoice({ reference_id: one }))).expect(201);
    }
  });
});

describe('413', () => {
  const body = (bytes) => {
    const frame = JSON.stringify({ data: { attributes: { ...invoice(), padding: '' } } });
    return frame.replace('"padding":""', `"padding":"${'x'.repeat(bytes - frame.length)}"`);
  };
  const post = (target, size, auth) =>
    demo.send('POST', target, { auth, body: body(size), headers: { 'Content-Type': 'application/json' } });

  test('exactly 1 MiB is accepted', async () => {
    (await post('/payment-invoices', 1 << 20, demo.auth)).expect(201);
  });

  for (const size of [(1 << 20) + 1, 5 << 20, (16 << 20) - 10]) {
    test(`${size} bytes are read and discarded`, async () => {
      const reply = (await post('/payment-invoices', size, demo.auth)).expect(413);
      assert.equal(reply.json.errors[0].code, '413');
      (await post('/public-api/payment-invoices', size)).expect(413);
    });
  }

  test('the connection stays usable', async () => {
    const one = new Client(server);
    one.agent.maxSockets = 1;
    (await one.send('POST', '/payment-invoices', { auth: demo.auth, body: body(2 << 20) })).expect(413);
    (await one.list()).expect(200);
    (await one.create(invoice())).expect(201);
  });

  test('the limit also applies to chunked bodies', async () => {
    const big = body(2 << 20);
    const chunks = [];
    for (let at = 0; at < big.length; at += 65536) {
      const part = big.slice(at, at + 65536);
      chunks.push(`${part.length.toString(16)}\r\n${part}\r\n`);
    }
    const reply = await rawExchange(
      server,
      `POST /payment-invoices HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: ${demo.auth}\r\n` +
        `Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n${chunks.join('')}0\r\n\r\n`,
    );
    assert.equal(reply.status, 413);
  });
});

describe('HEAD and OPTIONS', () => {
  test('HEAD has the response of GET, without a body', async () => {
    const { id } = await demo.made();
    for (const [target, auth] of [
      ['/payment-invoices', demo.auth],
      [`/payment-invoices/${id}`, demo.auth],
      ['/payment-services', demo.auth],
      [`/public-api/payment-invoices/${id}`, null],
      ['/payment-invoices', null],
      ['/payment-invoices/cpi_0000000000000000', demo.auth],
    ]) {
      const get = await demo.send('GET', target, { auth });
      const head = await demo.send('HEAD', target, { auth });
      assert.equal(head.status, get.status, target);
      assert.equal(head.raw.length, 0);
      assert.equal(head.headers['content-type'], get.headers['content-type']);
    }
  });

  const preflight = (target, headers = {}) =>
    demo.send('OPTIONS', target, {
      headers: {
        Origin: 'https://shop.example',
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'content-type',
        ...headers,
      },
    });

  test('the public API allows browsers of any origin', async () => {
    for (const target of [
      '/public-api/payment-prerequest',
      '/public-api/payment-invoices',
      '/public-api/payment-invoices/cpi_0000000000000000',
    ]) {
      const reply = (await preflight(target)).expect(200, 204);
      assert.equal(reply.headers['access-control-allow-origin'], '*');
      assert.match(reply.headers['access-control-allow-headers'], /content-type|\*/i);
    }
    const reply = await preflight('/public-api/payment-invoices');
    assert.match(reply.headers['access-control-allow-methods'], /POST/);
  });

  test('all responses have the header, including errors', async () => {
    const headers = { Origin: 'https://shop.example' };
    for (const reply of [
      (await demo.createPublic(invoice(), { headers })).expect(201),
      (await demo.createPublic({}, { headers })).expect(422),
      (await demo.createPublic(invoice({ public_key: 'x' }), { headers })).expect(401),
      (await demo.getPublic('cpi_0000000000000000', { headers })).expect(404),
      (await demo.prerequest({ currency: 'USD' }, { headers })).expect(200),
    ]) {
      assert.equal(reply.headers['access-control-allow-origin'], '*');
    }
  });

  test('the private API has no CORS headers', async () => {
    const reply = await demo.list({}, { headers: { Origin: 'https://shop.example' } });
    assert.equal(reply.headers['access-control-allow-origin'], undefined);
    assert.equal((await preflight('/payment-invoices')).headers['access-control-allow-origin'], undefined);
  });

  test('OPTIONS on the private API lists the methods', async () => {
    const reply = (await demo.send('OPTIONS', '/payment-invoices')).expect(200, 204);
    assert.deepEqual(methods(reply), ['GET', 'POST']);
  });
});

describe('leniency', () => {
  const body = () => JSON.stringify({ data: { attributes: invoice() } });
  for (const type of [
    undefined,
    'application/json',
    'application/json; charset=utf-8',
    'application/vnd.api+json',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'APPLICATION/JSON',
    'nonsense',
    'application/xml',
  ]) {
    test(`a body that starts with { is JSON, with content type ${type}`, async () => {
      const headers = type ? { 'Content-Type': type } : {};
      (await demo.private('POST', '/payment-invoices', { body: body(), headers })).expect(201);
      (
        await demo.send('POST', '/public-api/payment-prerequest', {
          body: ` \r\n\t{"public_key":"${DEMO.public_key}","currency":"USD"}`,
          headers,
        })
      ).expect(200);
    });
  }

  test('the form endpoint accepts JSON too', async () => {
    const form = JSON.stringify({ public_key: DEMO.public_key, ...invoice() });
    (await demo.createForm({}, { form, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } })).expect(302);
  });

  for (const accept of [
    '*/*',
    'application/json',
    'text/html',
    'application/xml',
    'image/png',
    'application/json;q=0',
    'nonsense',
    '',
  ]) {
    test(`Accept: ${accept} never causes a 406`, async () => {
      const reply = (await demo.list({}, { headers: { Accept: accept } })).expect(200);
      assert.match(reply.headers['content-type'], /^application\/json/);
      (await demo.create(invoice(), { headers: { Accept: accept } })).expect(201);
    });
  }

  test('a GET may carry a body', async () => {
    const { id } = await demo.made();
    (await demo.private('GET', `/payment-invoices/${id}`, { json: { any: 'thing' } })).expect(200);
    (await demo.private('GET', '/payment-invoices', { body: 'nonsense' })).expect(200);
    (await demo.send('GET', `/public-api/payment-invoices/${id}`, { json: {} })).expect(200);
  });

  test('accepts raw and encoded brackets, a bare ?, a trailing slash and unknown parameters', async () => {
    const api = await demo.newAccount();
    const reference_id = 'with space/&=?#+%ü[x]';
    const { id } = await api.made({ reference_id });
    await api.made();
    const encoded = encodeURIComponent(reference_id);
    for (const target of [
      `/payment-invoices?filter[reference_id]=${encoded}`, `/payment-invoices?filter%5Breference_id%5D=${encoded}`,
      `/payment-invoices?filter%5breference_id%5d=${encoded}`, `/payment-invoices/?filter[reference_id]=${encoded}`,
      `/api/payment-invoices/?filter[reference_id]=${encoded}`, `/payment-invoices?&filter[reference_id]=${encoded}&`,
      `/payment-invoices?unknown=1&filter[unknown]=2&filter[reference_id]=${encoded}`,
      `/payment-invoices?filter[reference_id]=${encoded.replace(/%20/g, '+')}`,
    ]) {
      const reply = (await api.private('GET', target)).expect(200);
      assert.deepEqual(reply.data.map((row) => row.id), [id], target);
    }
    for (const target of ['/payment-invoices?', '/payment-invoices/?', '/payment-invoices?&', '/payment-invoices?=']) {
      assert.equal((await api.private('GET', target)).expect(200).data.length, 2, target);
    }
  });
});

describe('malformed HTTP', () => {
  const closing = 'Connection: close\r\n\r\n';
  const broken = {
    'no version': 'GET /payment-invoices\r\n\r\n',
    'an unknown version': `GET /payment-invoices HTTP/9.9\r\nHost: x\r\n${closing}`,
    'a bad content length': `POST /payment-invoices HTTP/1.1\r\nHost: x\r\nContent-Length: nonsense\r\n${closing}`,
    'a negative content length': `POST /payment-invoices HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n${closing}`,
    'a bad chunk': `POST /payment-invoices HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n${closing}zz\r\n`,
    'ten thousand headers': `GET /payment-invoices HTTP/1.1\r\nHost: x\r\n${'A: b\r\n'.repeat(10_000)}${closing}`,
    'a very long target': `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nHost: x\r\n${closing}`,
    'bare percent signs': `GET /payment-invoices?filter[reference_id]=%&%=% HTTP/1.1\r\nHost: x\r\nAuthorization: ${demo.auth}\r\n${closing}`,
    'two content lengths': `POST /payment-invoices HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n${closing}{}`,
  };
  for (const [what, bytes] of Object.entries(broken)) {
    test(what, async () => {
      const reply = await rawExchange(server, bytes, { finish: true });
      if (what !== 'bare percent signs') assert.ok(!(reply.status < 400), `answered ${reply.status}`);
      assert.ok(!(reply.status >= 500 && reply.status !== 505 && reply.status !== 501), `answered ${reply.status}`);
      (await demo.list()).expect(200);
    });
  }

  const unfinished = {
    'only noise': '\u0000\u0001\u0002\r\n\r\n',
    'a header without end': `GET / HTTP/1.1\r\nX: ${'y'.repeat(200_000)}`,
    'half a request line': 'GET /payment-inv',
    'a body that ends early': `POST /payment-invoices HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n${closing}{`,
    'an empty line': '\r\n',
    'a query of thousands of parameters': `GET /hpp/?${Array.from({ length: 2000 }, (_, i) => `p${i}=`)
      .join('&')
      .slice(0, 7900)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  };
  for (const [what, bytes] of Object.entries(unfinished)) {
    test(`the caller disconnects after ${what}`, async () => {
      for (let i = 0; i < 20; i++) {
        const socket = connect({ host: server.host, port: server.port });
        socket.on('error', () => {});
        await new Promise((done) => socket.write(bytes, done));
        socket.destroy();
      }
      (await demo.list()).expect(200);
    });
  }

  test('requests in one segment are answered in order', async () => {
    const one = `GET /public-api/payment-invoices/cpi_0000000000000000 HTTP/1.1\r\nHost: 127.0.0.1\r\n`;
    const two = `GET /payment-invoices HTTP/1.1\r\nHost: 127.0.0.1\r\n`;
    const reply = await rawExchange(server, `${one}\r\n${two}${closing}`);
    assert.deepEqual(reply.raw.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 404', 'HTTP/1.1 401']);
  });

  test('Expect: 100-continue', async () => {
    const json = JSON.stringify({ data: { attributes: invoice() } });
    const reply = await rawExchange(server, `POST /payment-invoices HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: ${demo.auth}\r\n`
      + `Expect: 100-continue\r\nContent-Length: ${json.length}\r\n${closing}${json}`);
    assert.match(reply.raw, /HTTP\/1\.1 201/);
  });

  test('HTTP/1.0', async () => {
    const reply = await rawExchange(server, `GET /payment-invoices HTTP/1.0\r\nAuthorization: ${demo.auth}\r\n\r\n`);
    assert.equal(reply.status, 200);
  });
});

test('queries with many parameters', async () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`p${i}`, i]));
  (await demo.private('GET', `/payment-invoices${query(many)}`)).expect(200);
});
