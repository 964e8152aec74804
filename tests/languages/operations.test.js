// The helpers of all languages have the same operations in the same order, and send the same requests.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { after, test } from 'node:test';
import { ROOT, pageText } from '../lib/docs.js';
import { startServer } from '../lib/server.js';
import { sign } from '../lib/sink.js';
import { LANGUAGES } from './languages.js';
import { ACCOUNT, MOCK } from './operations.js';

const BODY = '{"data":{"a":"b\\/c"}}';

const TOKEN = 'secret-token'; // in the drivers too

const server = await startServer({ args: ['--control-token', TOKEN] });
after(() => server.stop());

const bytesOf = async (message) => Buffer.concat(await message.toArray());

/** A proxy of the mock that records the helper's requests. The callbacks to its sinks pass through it too. */
async function startRecorder() {
  const seen = [];
  const proxy = createServer(async (asked, answered) => {
    const { method, url: path, headers } = asked;
    const body = await bytesOf(asked);
    const forwarded = request(server.url + path, { method, headers: asked.rawHeaders }).end(body);
    const [answer] = await once(forwarded, 'response');
    const text = await bytesOf(answer);
    if (!headers['x-signature']) {
      const { 'x-mock-reason': reason } = answer.headers;
      const { statusCode: status } = answer;
      seen.push({ method, path, headers, body: body.toString(), status, text: text.toString(), reason });
    }
    answered.writeHead(answer.statusCode, answer.rawHeaders).end(text);
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  return { url: `http://127.0.0.1:${proxy.address().port}`, seen, stop: () => proxy.close() };
}

const sorted = (value) => (value && typeof value === 'object' && !Array.isArray(value)
  ? Object.fromEntries(Object.entries(value).sort().map(([name, each]) => [name, sorted(each)])) : value);

/** A request as one line: parameters and members in the order of their names. */
function line(method, target, body) {
  const [path, query = ''] = target.split('?');
  const parameters = query.split('&').filter(Boolean).sort().join('&');
  const json = body === undefined ? '' : JSON.stringify(sorted(body));
  return `${method} ${decodeURIComponent(path)} ${parameters} ${json}`;
}

const ofAccount = (path) => path.startsWith('/_mock/') && !path.startsWith('/_mock/accounts');
const withAccount = (path) => (ofAccount(path) ? `${path}${path.includes('?') ? '&' : '?'}account=ACCOUNT` : path);
const EXPECTED = [
  ...MOCK.flatMap(([, ...requests]) => requests),
  ...ACCOUNT.flatMap(([, ...requests]) => requests.map(([method, path, body]) => [method, withAccount(path), body])),
].map((request) => line(...request)).sort();

/** The values of a run, by the names that stand for them in the table. */
function valuesOf(seen) {
  const made = (path) => seen.filter((one) => one.method === 'POST' && one.path.startsWith(path))
    .map(({ text }) => JSON.parse(text));
  const account = made('/_mock/accounts')[0];
  const [first, second] = made('/payment-invoices');
  const callback = seen.find(({ path }) => path.startsWith('/_mock/callbacks?'));
  const check = JSON.parse(seen.find(({ path }) => path.startsWith('/_mock/verify-signature')).body);
  const { now } = JSON.parse(seen.find(({ method, path }) => method === 'GET' && path.startsWith('/_mock/clock')).text);
  return { account, values: {
    ACCOUNT: account.id,
    INVOICE: first.data.id,
    SECOND: second.data.id,
    CALLBACK: JSON.parse(callback.text).items[0].id,
    FAULT: made('/_mock/faults')[0].id,
    SIGNED: check.signature,
    BODY: check.body_base64,
    '"NOW"': String(now + 1),
  } };
}

const named = (text, values) => (
  Object.entries(values).reduce((all, [name, value]) => all.replaceAll(value, name), text));

for (const [language, { operations }] of Object.entries(LANGUAGES)) {
  test(`${language}: every operation sends its requests and reads their responses`, async () => {
    const recorder = await startRecorder();
    const { code, out } = await operations({ MILKYPAY_URL: recorder.url });
    recorder.stop();
    assert.equal(code, 0, out);

    const { account, values } = valuesOf(recorder.seen);
    const known = { ...values, URL: recorder.url };
    const sent = recorder.seen.map(({ method, path, body }) => (
      named(line(method, path, body ? JSON.parse(body) : undefined), known)));
    assert.deepEqual(sent.sort(), EXPECTED);
    const login = `Basic ${btoa(`${account.id}:${account.api_key}`)}`;
    for (const { path, headers, body } of recorder.seen) {
      const isControl = path.startsWith('/_mock/');
      assert.equal(headers['content-type'], body ? 'application/json' : undefined);
      assert.equal(headers['x-mock-token'], isControl ? TOKEN : undefined);
      assert.equal(headers.authorization, isControl ? undefined : login);
    }

    const environment = { MILKYPAY_ACCOUNT_ID: account.id, MILKYPAY_API_KEY: account.api_key,
      MILKYPAY_PUBLIC_KEY: account.public_key, MILKYPAY_SECRET_KEY: account.secret_key, MILKYPAY_URL: recorder.url };
    const refused = recorder.seen.filter(({ status }) => status >= 400);
    const [outcome, name, late] = refused.map(({ text }) => JSON.parse(text).error);
    const { reason } = refused[3];
    assert.equal(refused.length, 4);
    assert.ok(reason);
    assert.deepEqual(out.trimEnd().split('\n').map((each) => each.replace(/ [A-Z]+ \/\S+: /, ' ')), [
      'isGenuine true',
      `error true 422 ${outcome.code} 422 ${outcome.code} ${outcome.message}`,
      `error true 422 ${name.code} 422 ${name.code} ${name.message}`,
      `error true 404 ${late.code} 404 ${late.code} ${late.message}`,
      `error true 404  404 ${reason}`,
      `publicApiUrl ${recorder.url}/public-api`,
      `dashboardUrl ${recorder.url}/_mock/`,
      `environment ${Object.entries(environment).flat().join(' ')}`,
      `authorization ${login}`,
      `sinkUrl ${recorder.url}/_mock/sink/my-shop?account=${account.id}`,
      `sign ${sign(account.secret_key, BODY)}`,
      'isGenuine true',
      'isGenuine false',
    ]);
  });
}

// What is not an operation: the data of an account, and what a language needs beside the operations.
const BESIDE = {
  node: ['constructor', 'url', 'id', 'apikey', 'publickey', 'publiclivekey', 'secretkey', 'secretlivekey', 'settings'],
  php: ['send'],
  java: ['url', 'settings', 'get', 'at', 'size', 'isnull', 'text', 'number', 'istrue', 'iterator', 'tostring', 'parse',
    'write'],
  go: ['advanceto'],
  ruby: ['initialize', 'url', 'opened', 'call', 'escape', 'wait'],
};
const plain = (name) => name.replace(/^genuine\?$/, 'isGenuine').replaceAll('_', '').toLowerCase();

for (const [name, { helper, names }] of Object.entries(LANGUAGES)) {
  test(`${name}: the helper declares the operations of the table, in its order`, () => {
    const [, source] = /(?:class|struct|type) MilkyPayMock\b([^]*)|\n\/\/ Mock is a running([^]*)/
      .exec(readFileSync(ROOT + helper, 'utf8')).filter((each, i) => i === 0 || each !== undefined);
    const declared = [...source.matchAll(names)].map(([, each]) => plain(each))
      .filter((each) => !(BESIDE[name] ?? []).includes(each));
    assert.deepEqual([...new Set(declared)], [...new Set([...MOCK, ...ACCOUNT].map(([each]) => plain(each)))]);
  });
}

test('the page of the helpers lists the operations of the table, in its order', () => {
  const listed = [...pageText('server/docs/clients.md').matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  assert.deepEqual(listed, [...MOCK, ...ACCOUNT].map(([name]) => name));
});
