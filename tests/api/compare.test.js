// `milkypay-mock compare` against saved bodies and against an account.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Client, basic } from '../lib/client.js';
import { against, compare, compareAccount, everyKind } from '../lib/compare.js';
import { startDeviating } from '../lib/deviating.js';
import { ROOT } from '../lib/docs.js';
import { ALONE, startServer, tempDir } from '../lib/server.js';
import { startSink } from '../lib/sink.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);
const KEY = 'a-key-that-nobody-may-see-0123456789';
const accounts = {};

before(async () => {
  for (const profile of ['2020', '2024', '2025']) {
    accounts[profile] = await demo.newAccount({ profile });
    const sink = await startSink({ account: accounts[profile].account, check: false });
    await everyKind(accounts[profile], sink.url);
    accounts[profile].callbacks = sink.requests;
    await sink.stop({ clean: false });
  }
});

/** Writes a file and returns its name. */
function saved(content, name = 'body.json') {
  const file = join(tempDir(), name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const brief = ({ result }) => result.differences.map(({ kind, path }) => `${kind} ${path}`);
const json = async (args) => {
  const { code, stdout } = await compare(['--format', 'json', ...args]);
  return { code, result: JSON.parse(stdout) };
};

describe('compare FILE', () => {
  test('bodies of the mock are equal', async () => {
    const api = accounts['2020'];
    const files = [
      saved((await api.list()).text),
      saved((await api.get((await api.list()).data[0].id)).text),
      saved((await api.services()).text),
      saved((await api.get('cpi_0000000000000000')).text),
      saved((await api.prerequest({ currency: 'EUR' })).text),
    ];
    const { code, stdout } = await compare(files);
    assert.equal(stdout, 'profile 2020: 5 files, no difference\n');
    assert.equal(code, 0);
  });

  test('the page\'s samples are equal, in each profile', async () => {
    const { code, stdout } = await compare([`${ROOT}tests/golden/error.404.json`, `${ROOT}tests/golden/error.422.json`]);
    assert.equal(code, 0, stdout);
    const newer = await compare(['--profile', '2024', `${ROOT}tests/golden/error.422-2024.json`]);
    assert.equal(newer.code, 0, newer.stdout);
    assert.equal((await compare([`${ROOT}tests/golden/error.422-2024.json`])).code, 1);
  });

  test('a callback with its headers', async () => {
    const { raw, headers } = accounts['2020'].callbacks.find(({ body }) => !body.data.attributes.description);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const body = saved(raw.toString());
    const good = await compare(['--headers', saved(['POST /callback HTTP/1.1\r\n', ...lines].join('')), body]);
    assert.equal(good.code, 0, good.stdout);
    assert.equal((await compare(['--headers', saved(headers), body])).code, 0);
    delete headers['x-signature'];
    const unsigned = await json(['--headers', saved({ ...headers, 'X-Extra': '1' }), body]);
    assert.deepEqual(brief(unsigned), ['header_missing x-signature', 'header_added x-extra']);
    assert.equal(unsigned.code, 1);
  });

  test('a callback of a payout', async () => {
    const { raw, headers } = accounts['2020'].callbacks[0];
    const payout = (await accounts['2020'].private('GET', '/payout-invoices', { check: false })).data[0];
    assert.equal(payout.type, 'payout-invoices');
    const head = saved({ ...headers, 'x-extra': '1' });
    const { result } = await json(['--headers', head, saved({ data: payout }), saved(raw.toString())]);
    assert.deepEqual(result.differences.map(({ document, kind, path }) =>
      [document.replace(/.*: /, ''), kind, path].join(' | ')), [
      'GET /payout-invoices/{id} | header_added | x-extra',
      'callback | header_added | x-extra',
    ]);
  });

  test('each kind of difference', async () => {
    const body = (await accounts['2020'].get((await accounts['2020'].list()).data[0].id)).json;
    const attributes = body.data.attributes;
    delete attributes.rrn;
    attributes.extra = { a: 1 };
    attributes.metadata = null;
    attributes.amount = '100';
    attributes.status = 'sleeping';
    const { links } = body.data;
    delete body.data.links;
    body.data = { links, ...body.data };
    const { code, result } = await json([saved(body)]);
    assert.equal(code, 1);
    assert.deepEqual(result.differences.map(({ document, kind, path, mock, found }) =>
      [document.replace(/.*: /, ''), kind, path, mock, found].join(' | ')).sort(), [
      'GET /payment-invoices/{id} | key_added | data.attributes.extra |  | object',
      'GET /payment-invoices/{id} | key_missing | data.attributes.rrn | null | ',
      'GET /payment-invoices/{id} | order | data.links | after relationships | first',
      'GET /payment-invoices/{id} | type | data.attributes.amount | number | text',
      'GET /payment-invoices/{id} | type | data.attributes.metadata | []|any | null',
      'GET /payment-invoices/{id} | word | data.attributes.status |  | other',
    ]);
  });

  test('an error is compared with the one of its code', async () => {
    const api = await demo.newAccount();
    const body = async (status, more = {}) => {
      (await api.control('POST', '/faults', { on: 'api', fault: 'status', status, times: 1, ...more })).expect(201);
      return saved((await api.list({}, { check: false })).expect(status).text);
    };
    const own = [`${ROOT}tests/golden/error.500.json`, saved((await api.list({ 'filter[status]': 'x' })).expect(400).text)];
    for (const status of [400, 401, 403, 404, 405, 413, 415, 422, 429, 500, 502, 503]) own.push(await body(status));
    const all = await compare(own);
    assert.equal(all.code, 0, all.stdout);
    for (const [errors, told] of [
      [[{ status: 'Not Found', code: '404', title: 'Not found' }], ['private 404 | key_added errors[].title']],
      [[{ code: 429, status: 'Slow' }], ['private 429 | type errors[].code', 'private 429 | word errors[].status',
        'private 429 | order errors[].status']],
      [[{ status: 'Conflict', code: '409' }], ['title', 'detail'].map((key) => `private 409 | key_missing errors[].${key}`)
        .concat('private 409 | key_missing data')],
    ]) {
      const { code, result } = await json([saved({ errors })]);
      assert.equal(code, 1);
      assert.deepEqual(new Set(result.differences.map(({ document, kind, path }) =>
        `${document.replace(/.*: /, '')} | ${kind} ${path}`)), new Set(told));
    }
    const unknown = await json([saved({ errors: [{ status: 'Teapot', code: '418' }] })]);
    assert.equal(unknown.code, 2);
    assert.equal(unknown.result.not_compared[0].reason, 'the contract has no such error');
  });

  test('a callback to the URL of the account', async () => {
    const sink = await startSink({ check: false });
    const api = await demo.newAccount({ callback_url: sink.url });
    for (const service of ['payment_card_usd_hpp', 'paypal_usd_hpp'])
      await api.made({ service }, { headers: { 'X-Mock-Outcome': 'processed@0' } });
    await api.idle();
    assert.equal(sink.requests.length, 4);
    for (const { raw, body, headers } of sink.requests) {
      assert.equal(body.data.attributes.callback_url, null);
      const { code, stdout } = await compare(['--headers', saved(headers), saved(raw.toString())]);
      assert.equal(code, 0, stdout);
    }
    await sink.stop({ clean: false });
  });

  test('what cannot be compared', async () => {
    const deep = '['.repeat(1500) + ']'.repeat(1500);
    const many = `{"data":{${Array.from({ length: 400 }, (_, n) => `"k${n}":1`).join(',')}}}`;
    for (const [content, reason] of [
      ['nonsense', 'it is no JSON'],
      ['{"a":1}', 'it resembles no document of the contract'],
      ['[]', 'it resembles no document of the contract'],
      ['null', 'it resembles no document of the contract'],
      ['"x"', 'it resembles no document of the contract'],
      ['', 'it is no JSON'],
      [deep, 'it is nested too deeply'],
      [many, 'an object has too many keys'],
      [`${'{"data":'.repeat(5000)}1${'}'.repeat(5000)}`, 'it is no JSON'],
    ]) {
      const { code, result } = await json([saved(content)]);
      assert.equal(code, 2, content.slice(0, 40));
      assert.equal(result.not_compared[0].reason, reason);
    }
    const wrong = saved({ data: null, links: null, meta: null });
    for (const [files, told] of [
      [[saved('null')], '1 file, comparison incomplete'],
      [[saved('null'), wrong], '2 files, 5 differences, comparison incomplete'],
    ]) assert.equal((await compare(files)).stdout.trim().split('\n').at(-1), `profile 2020: ${told}`);
    const { code, stderr } = await compare(['/does/not/exist']);
    assert.equal(code, 2);
    assert.match(stderr, /^milkypay-mock: compare: \/does\/not\/exist: No such file/);
    const both = await json([wrong, '/does/not/exist', saved('null')]);
    assert.equal(both.code, 2);
    assert.equal(both.result.differences.length, 5);
    assert.deepEqual(both.result.not_compared[0], { ...both.result.not_compared[0], what: '/does/not/exist',
      reason: 'No such file or directory' });
  });

  test('values are not printed', async () => {
    const attributes = { status: 'pass word!', resolution: 'password2 4111111111111111', source: 'secret' };
    const plain = { type: 'payment-invoices', attributes };
    const keyed = { ...plain, 'secret@example.com': 'password1' };
    for (const args of [[], ['--format', 'json']]) {
      const { code, stdout, stderr } = await compare([...args, ...[plain, keyed].map((data) => saved({ data }))]);
      assert.equal(code, 1);
      assert.match(stdout, /data\.attributes\.resolution.*other/s);
      assert.doesNotMatch(stdout + stderr, /secret|pass ?word|4111/);
    }
  });
});

describe('compare --against', () => {
  const LISTED = `${ROOT}tests/golden/compare.2020-2024.json`;

  test('a profile is equal to itself', async () => {
    for (const profile of ['2020', '2024', '2025']) {
      const { code, result } = await compareAccount(server, accounts[profile].account, ['--profile', profile]);
      assert.deepEqual(result.differences, []);
      assert.deepEqual(result.not_compared, []);
      assert.equal(code, 0);
      assert.ok(result.calls > 50);
    }
  });

  test('an account without invoices is equal, and says what was not compared', async () => {
    const api = await demo.newAccount();
    const { code, result } = await compareAccount(server, api.account);
    assert.deepEqual(result.differences, []);
    assert.deepEqual(result.not_compared.map(({ what }) => what), [
      'GET /payment-invoices/{id}',
      'GET /public-api/payment-invoices/{id}',
      'GET /payout-invoices/{id}',
      'GET /public-api/payout-invoices/{id}',
    ]);
    assert.equal(code, 0);
  });

  test('2020 and 2024 differ by exactly what the file lists', async () => {
    const { code, result } = await compareAccount(server, accounts['2024'].account);
    if (process.env.MILKYPAY_SHAPES === 'update') {
      const rows = result.differences.map((row) => `  ${JSON.stringify(row)}`);
      writeFileSync(LISTED, `[\n${rows.join(',\n')}\n]\n`);
    }
    assert.deepEqual(result.differences, JSON.parse(readFileSync(LISTED, 'utf8')), 'MILKYPAY_SHAPES=update makes it so');
    assert.equal(code, 1);
  });

  test('it reads only, at the URL that was named', async () => {
    const api = accounts['2020'];
    const label = await startDeviating(server, () => false);
    const count = (await api.list()).json.meta.count;
    const { code, result } = await compareAccount(label, api.account);
    assert.equal(code, 0, JSON.stringify(result));
    const odd = label.requests.map(({ method, path }) => `${method} ${path}`).filter((call) => !call.startsWith('GET'));
    assert.deepEqual(odd, ['PUT /payment-services', ...Array(4).fill('POST /public-api/payment-prerequest')]);
    const logins = new Set(label.requests.map(({ headers }) => headers.authorization));
    assert.deepEqual(logins, new Set([
      basic(api.account.id, api.account.api_key),
      undefined,
      basic('coma_0000000000000000', '0'.repeat(43)),
    ]));
    for (const { path, headers } of label.requests)
      if (path.startsWith('/public-api/')) assert.equal(headers.authorization, undefined, path);
    assert.equal((await api.list()).json.meta.count, count);
    await label.stop();
  });

  test('a URL that ends in /api', async () => {
    const { account } = accounts['2020'];
    const { code, stdout } = await compare(against({ url: `${server.url}/api/` }, account), { key: account.api_key });
    assert.equal(code, 0, stdout);
  });

  test('X-Mock headers do not count, others do', async () => {
    const label = await startDeviating(server, (reply) => {
      reply.headers['X-Mock-Extra'] = '1';
      reply.headers['X-Request-Id'] = '1';
      delete reply.headers['www-authenticate'];
    });
    const { code, result } = await compareAccount(label, accounts['2020'].account);
    assert.equal(code, 1);
    const kinds = new Set(brief({ result }));
    assert.deepEqual(kinds, new Set(['header_added x-request-id', 'header_missing www-authenticate']));
    await label.stop();
  });

  test('other codes, and bodies that are no JSON', async () => {
    const label = await startDeviating(server, (reply, { url }) => {
      if (reply.status === 404) reply.status = 400;
      if (url === '/account/profile') {
        reply.json = undefined;
        reply.text = '<html>';
      }
      if (url.startsWith('/payout-services')) reply.json = null;
      if (url === '/account/balances') {
        reply.status = 403;
        reply.json = { errors: [{ status: 'Forbidden', code: '403' }] };
      }
    });
    const { code, result } = await compareAccount(label, accounts['2020'].account);
    assert.equal(code, 1);
    const told = result.differences.map(({ document, kind, mock, found }) => [document, kind, mock, found].join(' '));
    assert.deepEqual(told, [
      'GET /payout-services type object null',
      'GET /account/profile no_json JSON no JSON',
      'GET /account/balances status 200 403',
      'private 404 status 404 400',
      'public 404 status 404 400',
    ]);
    await label.stop();
  });
});

describe('compare --create', () => {
  const made = async (api, args = [], options = {}) => {
    const label = await startDeviating(server, () => false);
    const outcome = await compare([...against(label, api.account), '--create', ...args],
      { key: api.account.api_key, ...options });
    await label.stop();
    return { ...outcome, posts: label.requests.filter(({ method }) => method === 'POST'), requests: label.requests };
  };

  test('a profile is equal to itself', async () => {
    for (const profile of ['2020', '2024', '2025']) {
      const api = await demo.newAccount({ profile });
      const { code, stdout } = await made(api, ['--yes', '--profile', profile]);
      assert.equal(code, 0, stdout);
      assert.equal((await api.list()).json.meta.count, 3);
    }
  });

  test('every order has test_mode true', async () => {
    const { posts } = await made(await demo.newAccount(), ['--yes']);
    const orders = posts.filter(({ path, body }) => !path.endsWith('/payment-prerequest') && body !== '{');
    assert.equal(orders.length, 9);
    for (const { headers, body } of orders) {
      const isForm = headers['content-type'] === 'application/x-www-form-urlencoded';
      const fields = isForm ? Object.fromEntries(new URLSearchParams(body)) : JSON.parse(body);
      assert.equal(String((fields.data?.attributes ?? fields).test_mode), 'true', body);
    }
    assert.equal(orders.filter(({ path }) => path === '/payment-invoices').length, 5);
  });

  test('the calls are listed first, and made only after a yes', async () => {
    const api = await demo.newAccount();
    for (const input of ['', 'n\n', 'no\n', '\n', 'sure\n', undefined]) {
      const { code, stderr, requests } = await made(api, [], { input });
      assert.equal(code, 2);
      assert.equal(requests.length, 0);
      assert.match(stderr, /^These calls create test invoices.*\n( {2}POST http.*\n){10}Make them\? \[y\/N\] /);
      assert.match(stderr, /nothing was called/);
    }
    assert.equal((await made(api, [], { input: 'y\n' })).code, 0);
    assert.equal((await api.list()).json.meta.count, 3);
  });

  test('without a public key the private API only', async () => {
    const api = await demo.newAccount();
    const { id, api_key: key } = api.account;
    const { code, stdout } = await compare(['--against', server.url, '--account-id', id, '--create', '--yes'], { key });
    assert.equal(code, 0, stdout);
    assert.equal((await api.list()).json.meta.count, 1);
  });

  test('an account that forbids orders of the public API', async () => {
    const { code, stdout, posts } = await made(await demo.newAccount({ public_creation: false }), ['--yes']);
    assert.equal(code, 2);
    assert.match(stdout, /^not compared: POST \/public-api\/payment-invoices: the account refuses such orders\n/);
    assert.match(stdout, /calls, comparison incomplete\n$/);
    assert.equal(posts.filter(({ path }) => path === '/public-api/payment-invoices').length, 1);
  });

  test('a service that the account lacks', async () => {
    const api = await demo.newAccount();
    const { code, stdout, posts } = await made(api, ['--yes', '--service', 'no_such_service', '--currency', 'EUR']);
    assert.equal(code, 2);
    assert.match(stdout, /not compared: POST \/payment-invoices: the order is refused: name a service/);
    assert.equal(posts.filter(({ path }) => path === '/payment-invoices').length, 1);
    const eur = await made(api, ['--yes', '--service', 'payment_card_eur_hpp', '--currency', 'EUR']);
    assert.equal(eur.code, 0, eur.stdout);
  });
});

describe('a hostile platform', () => {
  const hostile = async (answer, args = []) => {
    const label = await startDeviating(server, (reply, { url }, response) => {
      if (url !== '/account/profile') return false;
      answer(response);
      return true;
    });
    const began = Date.now();
    const outcome = await compareAccount(label, accounts['2020'].account, args);
    await label.stop();
    assert.ok(Date.now() - began < 30_000);
    return outcome;
  };
  const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';

  for (const [what, answer, reason, args] of [
    ['an endless body', ({ socket }) => {
      socket.write(`${HEAD}\r\n`);
      const more = () => { while (!socket.destroyed && socket.write('x'.repeat(65536))); };
      socket.on('drain', more).on('error', () => {});
      more();
    }, /longer than 8 MiB/],
    ['endless headers', ({ socket }) => {
      socket.write(HEAD);
      const more = () => { while (!socket.destroyed && socket.write(`X-A: ${'x'.repeat(1000)}\r\n`)); };
      socket.on('drain', more).on('error', () => {});
      more();
    }, /longer than 64 KiB|Too large|out of|Weird/i],
    ['a drip', ({ socket }) => {
      socket.write(`${HEAD}\r\n`);
      const timer = setInterval(() => socket.write(' '), 100);
      socket.on('close', () => clearInterval(timer)).on('error', () => {});
    }, /no complete reply in time/, ['--timeout', '5s']],
    ['silence', () => {}, /no complete reply in time/, ['--timeout', '5s']],
    ['a length that is too long', ({ socket }) => {
      socket.end(`${HEAD}Content-Length: 100\r\n\r\n{}`);
    }, /partial file/],
    ['a reset', ({ socket }) => socket.resetAndDestroy(), /./],
    ['no HTTP', ({ socket }) => { socket.end('SSH-2.0-OpenSSH\r\n'); }, /./],
    ['it is overloaded', (response) => { response.writeHead(503); response.end(); }, /not available/],
    ['too many calls', (response) => { response.writeHead(429); response.end(); }, /429/],
    ['huge nesting', (response) => response.end('['.repeat(2000) + ']'.repeat(2000)), /nested too deeply/],
    ['too many keys', (response) => {
      response.end(JSON.stringify({ data: Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`k${n}`, 1])) }));
    }, /too many keys/],
  ]) {
    test(what, async () => {
      const { code, result } = await hostile(answer, args);
      assert.equal(code, 2);
      const failed = result.not_compared.filter((one) => one.failed);
      assert.equal(failed.length, 1, JSON.stringify(result));
      assert.equal(failed[0].what, 'GET /account/profile');
      assert.match(failed[0].reason, reason);
    });
  }

  test('a length that is too short, and a million levels', async () => {
    for (const answer of [
      ({ socket }) => socket.end(`${HEAD}Content-Length: 5\r\n\r\n{"data":{}}`),
      (response) => response.end('['.repeat(1_000_000)),
      (response) => response.end('{"a":'.repeat(1_000_000)),
      (response) => response.end('\xff\xfe\x00'),
    ]) {
      const { code, result } = await hostile(answer);
      assert.equal(code, 1);
      assert.ok(brief({ result }).includes('no_json '));
    }
  });

  test('a platform that answers nothing any more is not called for ever', async () => {
    let count = 0;
    const label = await startDeviating(server, () => ++count > 1);
    const { code, result } = await compareAccount(label, accounts['2020'].account, ['--timeout', '200ms']);
    assert.equal(code, 2);
    assert.equal(label.requests.length, 4);
    assert.equal(result.not_compared.at(-1).reason, 'not called: the calls before it failed');
    await label.stop();
  });

  test('redirects are not followed', async () => {
    const other = await startDeviating(server, () => false);
    const { result } = await hostile((response) => {
      response.writeHead(302, { Location: `${other.url}/account/profile` });
      response.end();
    });
    assert.deepEqual(brief({ result }), ['status ']);
    const label = await startDeviating(server, (reply, request, response) => {
      response.writeHead(307, { Location: `${other.url}${request.url}` });
      response.end();
      return true;
    });
    const { code, stderr } = await compareAccount(label, accounts['2020'].account);
    assert.equal(code, 2);
    assert.match(stderr, /redirects to another URL/);
    assert.equal(label.requests.length, 1);
    assert.equal(other.requests.length, 0);
    await Promise.all([label.stop(), other.stop()]);
  });

  test('the key and values that come back are not printed', async () => {
    const api = accounts['2020'];
    const { id, api_key: key } = api.account;
    const token = Buffer.from(`${id}:${key}`).toString('base64');
    const label = await startDeviating(server, (reply, { headers }) => {
      const heard = headers.authorization?.replace('Basic ', '') ?? '';
      for (const name of [key, token, heard, `X-${key}`]) if (/^[\w-]+$/.test(name)) reply.headers[name] = key;
      const attributes = reply.json?.data?.attributes;
      const said = { [key]: 1, [`a${token}`]: 2, status: key, resolution: `x ${key}`, type: token };
      if (attributes) Object.assign(attributes, said);
    });
    const file = join(tempDir(), 'learned.json');
    for (const args of [[], ['--format', 'json'], ['--learn', file]]) {
      const { stdout, stderr } = await compare([...against(label, api.account), ...args], { key });
      const all = stdout + stderr + (args[0] === '--learn' ? readFileSync(file, 'utf8') : '');
      assert.ok(all.length > 1000 || args.length);
      for (const secret of [key, token]) assert.ok(!all.toLowerCase().includes(secret.toLowerCase()), secret);
    }
    await label.stop();
  });
});

describe('the key and the connection', () => {
  test('the key is in no list of processes', { skip: ALONE }, async () => {
    let release;
    const held = new Promise((done) => { release = done; });
    let seen;
    const label = await startDeviating(server, async () => {
      for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
        try {
          const text = ['cmdline', 'environ'].map((name) => readFileSync(`/proc/${pid}/${name}`, 'latin1')).join('\n');
          if (text.includes('compare\0--against')) seen = text;
        } catch {} // it has ended, or belongs to another user
      }
      release();
      return false;
    });
    const run = compare(against(label, accounts['2020'].account), { key: KEY });
    await held;
    assert.equal((await run).code, 2);
    assert.ok(seen?.includes('MILKYPAY_COMPARE_API_KEY'));
    assert.ok(!seen.includes(KEY));
    await label.stop();
  });

  test('the certificate is verified', { skip: ALONE }, async () => {
    const folder = tempDir();
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert,
      '-days', '1', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'], { stdio: 'pipe' });
    const tls = { key: readFileSync(key), cert: readFileSync(cert) };
    const label = await startDeviating(server, () => false, { tls });
    const { account } = accounts['2020'];
    const named = { url: label.url.replace('127.0.0.1', 'localhost') };
    for (const [of, args] of [[named, []], [label, ['--ca', cert]]]) {
      const { code, stderr } = await compareAccount(of, account, args);
      assert.equal(code, 2);
      assert.match(stderr, /certificate is not trusted/);
    }
    assert.equal(label.requests.length, 0);
    const good = await compareAccount(named, account, ['--ca', cert]);
    assert.equal(good.code, 0, good.stderr);
    await label.stop();
  });

  test('no proxy is used', async () => {
    const { account } = accounts['2020'];
    const proxy = 'http://127.0.0.1:1';
    const env = { http_proxy: proxy, ALL_PROXY: proxy, MILKYPAY_COMPARE_API_KEY: account.api_key };
    assert.equal((await compare(against(server, account), { env })).code, 0);
  });

  test('plain http to a public address is refused', async () => {
    const { code, stderr } = await compareAccount({ url: 'http://192.0.2.1:9' });
    assert.equal(code, 2);
    assert.match(stderr, /unencrypted; use https/);
  });

  test('a wrong key', async () => {
    const { id, public_key } = accounts['2020'].account;
    const { code, stdout, stderr } = await compareAccount(server, { id, public_key, api_key: KEY });
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /refuses the login/);
  });

  test('a profile file with more documents than a profile may have', async () => {
    const file = join(tempDir(), 'profile.json');
    const documents = Array.from({ length: 100 }, (_, i) => [`another ${i}`, { status: 200, headers: [] }]);
    writeFileSync(file, JSON.stringify({ profile: '2020', documents: Object.fromEntries(documents) }));
    const { code, stderr } = await compare(['--profile-file', file, file]);
    assert.equal(code, 2);
    assert.match(stderr, /profile\.json: too many documents/);
  });

  test('wrong arguments', async () => {
    const url = ['--against', server.url];
    const id = ['--account-id', 'coma_x'];
    for (const [args, reason, key] of [
      [[], /name a FILE/],
      [[...url, 'file.json'], /cannot be compared in one run/],
      [url, /requires --account-id/],
      [[...url, ...id], /MILKYPAY_COMPARE_API_KEY/],
      [[...url, ...id, '--public-key', 'pk_live_abc'], /--public-key: must be a test key/, KEY],
      [[...url, ...id, '--public-key', 'sk_test_abc'], /--public-key: must be a test key/, KEY],
      [['--against', 'http://user:pass@host/'], /--against: must be an http/],
      [['--against', 'ftp://host/'], /--against: must be an http/],
      [['--against', 'http://host/?a'], /--against: must be an http/],
      [['--against'], /URL is missing/],
      [['--against', '--create'], /URL is missing/],
      [['--against='], /--against: must not be empty/],
      [['--create=yes', ...url], /--create: must not have a value/],
      [[`--against=${server.url}//`, ...id, '--headers', 'x'], /--headers belongs to a FILE/, KEY],
      [[...url, ...id, '--public-key', 'pk_test_a"b'], /--public-key: must be a test key/, KEY],
      [['--timeout', '0s', 'x'], /--timeout: must be a duration/],
      [['--timeout', 'soon', 'x'], /--timeout: must be a duration/],
      [['--format', 'table', '-'], /-: No such file/],
      [Array(1001).fill('x'), /too many files/],
      [['--create', 'file.json'], /--create requires --against/],
      [[...url, ...id, '--service', 'a"b'], /--service: must be a code/],
      [['--api-key', KEY], /--api-key: unknown option/],
      [[`--api-key=${KEY}`], /--api-key: unknown option/],
      [['--profil-file', 'x', 'y'], /--profil-file: unknown option; did you mean --profile-file\?/],
      [['--lern', 'x'], /--lern: unknown option; see compare --help/],
      [['-y', 'x'], /-y: options begin with --/],
      [['--format', 'xml', 'x'], /table or json/],
      [['--profile', '1999', 'x'], /there is no profile "1999"; it must be one of 2020, 2024, 2025/],
      [['--profile-file', '/does/not/exist', 'x'], /No such file/],
    ]) {
      const { code, stderr } = await compare(args, { key });
      assert.equal(code, 2, args.join(' '));
      assert.match(stderr, reason);
      assert.doesNotMatch(stderr, /a-key|pk_live_abc|sk_test_abc|pass@/);
    }
  });

  test('--help', async () => {
    for (const word of ['--help', '-h']) {
      const { code, stdout } = await compare([word]);
      assert.equal(code, 0);
      assert.match(stdout, /--against URL/);
    }
  });
});
