// Tests of the test library itself: it must also reject what is wrong.

import assert from 'node:assert/strict';
import http from 'node:http';
import { after, describe, test } from 'node:test';
import { parse } from 'yaml';
import { Client, claims, phpForm, query, rawExchange, Reply } from './client.js';
import { Contract, ContractError } from './contract.js';
import { golden } from './golden.js';
import { checkPlatformJson, compareJson, keysAt, parseOrdered, render } from './json-order.js';
import { CLOSE, HANG, redirect, sign, startSink } from './sink.js';

const DOCUMENT = parse(`
openapi: 3.1.0
info: {title: fake, version: '1'}
paths:
  /things:
    get:
      responses:
        '200':
          description: all
          content:
            application/json:
              schema: {type: array, items: {$ref: '#/components/schemas/Thing'}}
    post:
      responses:
        '201':
          description: made
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Thing'}
        4XX: {$ref: '#/components/responses/Error'}
  /things/{id}:
    get:
      responses:
        '200':
          description: one
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Thing'}
        '302':
          description: elsewhere
          headers: {Location: {required: true, schema: {type: string}}}
  /things/special:
    get:
      responses:
        '200':
          description: text
          content: {text/html: {schema: {type: string}}}
  /go/there/:
    get:
      responses:
        '204': {description: nothing}
webhooks:
  thing:
    post:
      parameters:
        - {name: X-Signature, in: header, required: true, schema: {type: string}}
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [data]
              properties: {data: {$ref: '#/components/schemas/Thing'}}
      responses: {'200': {description: ok}}
components:
  responses:
    Error:
      description: wrong
      content:
        application/json:
          schema: {type: object, required: [errors]}
  schemas:
    Thing:
      type: object
      additionalProperties: false
      required: [id]
      properties:
        id: {type: string, example: a}
        parent: {oneOf: [{type: 'null'}, {$ref: '#/components/schemas/Thing'}]}
        attributes: {type: object}
`);
const fake = new Contract(DOCUMENT);
const reply = (status, body, headers = { 'content-type': 'application/json' }) =>
  new Reply(status, headers, Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));

describe('contract', () => {
  test('accepts a response that the document describes', () => {
    fake.checkReply('GET', '/things?x=1', reply(200, [{ id: 'a' }, { id: 'b', parent: { id: 'a' } }]));
    fake.checkReply('GET', '/things/', reply(200, []));
    fake.checkReply('GET', '/api/things', reply(200, []));
    fake.checkReply('POST', '/things', reply(422, { errors: {} }));
    fake.checkReply('GET', '/things/special', reply(200, '<p>', { 'content-type': 'text/html; charset=utf-8' }));
    fake.checkReply('GET', '/things/x', reply(302, '', { location: '/y' }));
    fake.checkReply('GET', '/go/there', reply(204, '', {}));
    fake.checkReply('HEAD', '/things', reply(200, ''));
    fake.checkReply('DELETE', '/things', reply(405, 'any'));
    fake.checkReply('OPTIONS', '/things', reply(204, '', {}));
  });

  const refused = {
    'an unknown path': ['GET', '/nothing', reply(200, [])],
    'a longer path': ['GET', '/things/a/b', reply(200, { id: 'a' })],
    'an undocumented status': ['GET', '/things', reply(201, [])],
    'an undocumented method': ['DELETE', '/things', reply(200, [])],
    'another content type': ['GET', '/things', reply(200, '[]', { 'content-type': 'text/plain' })],
    'no content type': ['GET', '/things', reply(200, '[]', {})],
    'no JSON': ['GET', '/things', reply(200, '[')],
    'a missing key': ['POST', '/things', reply(201, {})],
    'a key too many': ['POST', '/things', reply(201, { id: 'a', more: 1 })],
    'a wrong key deep inside': ['GET', '/things', reply(200, [{ id: 'a', parent: { id: 1 } }])],
    'a missing header': ['GET', '/things/x', reply(302, '', {})],
    'a body where none belongs': ['GET', '/go/there/', reply(204, 'x')],
    'HEAD with a body': ['HEAD', '/things', reply(200, [])],
  };
  for (const [what, [method, target, answer]] of Object.entries(refused)) {
    test(`rejects ${what}`, () => assert.throws(() => fake.checkReply(method, target, answer), ContractError));
  }

  test('checks callbacks', () => {
    const good = Buffer.from('{"data":{"id":"a"}}');
    fake.checkCallback({ 'x-signature': 's' }, good);
    assert.throws(() => fake.checkCallback({}, good), ContractError);
    assert.throws(() => fake.checkCallback({ 'x-signature': 's' }, Buffer.from('{"data":{}}')), ContractError);
    assert.throws(() => fake.checkCallback({ 'x-signature': 's' }, Buffer.from('x')), ContractError);
  });

  test('a misspelt keyword in the document is an error', () => {
    const wrong = structuredClone(DOCUMENT);
    wrong.components.schemas.Thing.propertys = {};
    assert.throws(() => new Contract(wrong).checkReply('GET', '/things', reply(200, [])), /propertys/);
  });

  test('lists operations', () => {
    assert.deepEqual(fake.operations(), ['GET /things', 'POST /things', 'GET /things/{id}', 'GET /things/special',
      'GET /go/there/']);
  });
});

describe('json-order', () => {
  const differences = (sample, actual, vars) => compareJson(sample, actual, vars).differences;

  test('ignores white space and the spelling of escapes', () => {
    assert.deepEqual(differences('{"a": "x/y", "b": [1, null, true]}', '{"a":"x\\/y","b":[1,null,true]}'), []);
  });

  const unequal = {
    'another order': ['{"a":1,"b":2}', '{"b":2,"a":1}'],
    'a missing key': ['{"a":1,"b":2}', '{"a":1}'],
    'a key too many at the end': ['{"a":1}', '{"a":1,"b":2}'],
    'a key too many at the start': ['{"a":1}', '{"b":2,"a":1}'],
    'another number form': ['{"a":100}', '{"a":100.0}'],
    'a number as text': ['{"a":100}', '{"a":"100"}'],
    'object for array': ['{"a":[]}', '{"a":{}}'],
    'null for text': ['{"a":"x"}', '{"a":null}'],
    'another letter case': ['{"a":"OK"}', '{"a":"ok"}'],
    'fewer elements': ['[1,2]', '[1]'],
    'more elements': ['[1]', '[1,2]'],
    'a placeholder of another kind': ['{"a":"{{cpi}}"}', '{"a":"cgi_0123456789abcdef"}'],
    'text for a number placeholder': ['{"a":"{{unix}}"}', '{"a":"1600000000"}'],
    'number for a text placeholder': ['{"a":"{{text}}"}', '{"a":1}'],
    'two different values of one name': ['["{{cpi=x}}","{{$x}}"]', '["cpi_0123456789abcdef","cpi_0123456789abcdeF"]'],
    'a key placeholder that does not fit': ['{"{{unix}}":1}', '{"x":1}'],
  };
  for (const [what, [sample, actual]] of Object.entries(unequal)) {
    test(`reports ${what}`, () => assert.notEqual(differences(sample, actual).length, 0));
  }

  test('placeholders match, store values and may be part of a text', () => {
    const { differences: none, found } = compareJson(
      '{"id":"cpi_{{serial=serial}}","n":"{{$serial}}","url":"{{$origin}}/x?cpi=cpi_{{$serial}}","at":"{{unix=at}}","b":"{{$at}}","{{unix}}":1}',
      '{"id":"cpi_0123456789abcdef","n":"0123456789abcdef","url":"http:\\/\\/h:1\\/x?cpi=cpi_0123456789abcdef","at":1600000000,"b":1600000000,"1600000001":1}',
      { origin: 'http://h:1' },
    );
    assert.deepEqual(none, []);
    assert.equal(found.serial, '0123456789abcdef');
    assert.equal(found.at, 1600000000);
  });

  test('an open object and an open array allow additional entries, but keep the order', () => {
    assert.deepEqual(differences('{"a":1,"b":2,"...":"..."}', '{"x":0,"a":1,"y":3,"b":2,"z":4}'), []);
    assert.notEqual(differences('{"a":1,"b":2,"...":"..."}', '{"b":2,"x":0,"a":1}').length, 0);
    assert.deepEqual(differences('["..."]', '[1,2]'), []);
  });

  test('keeps the order of keys that look like numbers and rejects repeated keys', () => {
    assert.deepEqual(keysAt('{"2":0,"1":0,"a":0}'), ['2', '1', 'a']);
    assert.deepEqual(keysAt('{"x":{"9":0,"1":0}}', 'x'), ['9', '1']);
    assert.throws(() => parseOrdered('{"a":1,"a":2}'), /twice/);
    for (const bad of ['{', '[1,]', '{"a"}', '01', '"\n"', 'nul', '1 2']) assert.throws(() => parseOrdered(bad));
  });

  test('checks the platform\'s JSON format', () => {
    checkPlatformJson(
      '{"a":"\\/\\u00e9\\ud83d\\ude00\\n\\u001f\u007f","b":[],"c":20.4,"d":-0.00000001,"e":[1,null,true]}',
    );
    for (const bad of ['{"a":"/"}', '{"a":"\\u00E9"}', '{"a":"é"}', '{"a": 1}', '{"a":{}}', '{"a":1.0}', '{"a":1e2}',
      '{"a":20.40}', '{"a":1}\n', '{"a":"\\u000a"}', '{"a":"\\u0041"}']) {
      assert.throws(() => checkPlatformJson(bad), undefined, bad);
    }
  });

  test('fills the placeholders of requests', () => {
    assert.equal(render('{"a":"{{$x}}","b":"{{$n}}","c":"pre{{$x}}"}', { x: 'q"q', n: 5 }),
      '{"a":"q\\"q","b":5,"c":"preq\\"q"}');
    assert.throws(() => render('"{{$x}}"', {}), /is missing/);
  });

  test('every sample is valid JSON', () => {
    for (const name of [
      'invoice-private.create.response.json',
      'invoice-private.list.response.json',
      'error.500.json',
    ]) {
      parseOrdered(golden(name));
    }
  });
});

describe('client', async () => {
  const seen = [];
  const server = http.createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      seen.push({
        method: request.method,
        url: request.url,
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      });
      if (request.url === '/cut') {
        response.writeHead(200, { 'Content-Length': 100 });
        response.write('x');
        response.destroy();
        return;
      }
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end('{"data":{"a":"\\/"}}');
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  after(() => { server.closeAllConnections(); server.close(); });
  const port = server.address().port;
  const client = new Client({ url: `http://127.0.0.1:${port}`, host: '127.0.0.1', port },
    { id: 'coma_x', api_key: 'k' }, { check: false });

  test('sends the given request and keeps the bytes of the response', async () => {
    const answer = await client.create({ a: 1 });
    assert.equal(answer.text, '{"data":{"a":"\\/"}}');
    assert.deepEqual(answer.data, { a: '/' });
    const { method, url, headers, body } = seen.at(-1);
    assert.deepEqual(
      [method, url, body],
      ['POST', '/payment-invoices', '{"data":{"type":"payment-invoices","attributes":{"a":1}}}'],
    );
    assert.equal(headers.authorization, 'Basic Y29tYV94Oms=');
    assert.equal(headers['content-type'], 'application/json');
  });

  test('control calls name the account', async () => {
    await client.control('GET', '/callbacks', undefined, { parameters: { invoice: 'cpi_1', state: undefined } });
    assert.equal(seen.at(-1).url, '/_mock/callbacks?account=coma_x&invoice=cpi_1');
  });

  test('a GET may carry a body', async () => {
    await client.send('GET', '/x', { json: { a: 1 } });
    assert.deepEqual([seen.at(-1).method, seen.at(-1).body], ['GET', '{"a":1}']);
  });

  test('a cut-off response is an error, and an unexpected status shows the body', async () => {
    await assert.rejects(client.send('GET', '/cut'));
    const answer = await client.send('GET', '/x');
    assert.throws(() => answer.expect(201), /expected 201, got 200: \{"data"/);
  });

  test('sends raw bytes', async () => {
    const answer = await rawExchange(client.server, 'GET /raw HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['content-type'], 'application/json');
    assert.match(answer.body, /"data"/);
  });

  test('encodes forms and queries', () => {
    assert.equal(phpForm({ a: 'x y', customer: { address: { full_address: 'ä&' } } }),
      'a=x+y&customer%5Baddress%5D%5Bfull_address%5D=%C3%A4%26');
    assert.equal(query({ a: 1, b: undefined, 'page[size]': 2 }), '?a=1&page[size]=2');
    assert.equal(query({}), '');
    const token = [{ alg: 'x' }, { sid: 'cgi' }].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
    assert.deepEqual(claims(`${token.join('.')}.AAAA`).claims, { sid: 'cgi' });
  });
});

describe('sink', () => {
  const account = { secret_key: 'sk_test_example', secret_live_key: 'sk_live_example' };
  const post = (url, body, signature) => fetch(url, {
    method: 'POST', body, redirect: 'manual',
    headers: { 'Content-Type': 'application/json', ...(signature && { 'X-Signature': signature }) },
  });
  const good = '{"data":{"id":"a","attributes":{"test_mode":true,"status":"processed"}}}';

  test('the signature is the documented one', () => {
    assert.equal(
      sign('sk_test_example', '{"data":{"type":"payment-invoice","id":"cpi_0000000000000001"}}'),
      '9j/mv47pQbnddXCwVD6LYtFJ9TM=',
    );
    assert.equal(sign('sk_test_example', '{"a":"b\\/c"}'), 'ORrt2XY7KYnYh6To7+hRlLYaOdM=');
    assert.equal(sign('sk_test_example', '{"a":"b/c"}'), 'Xdi8KVChifmI/SAdBNs0HAYuhHI=');
  });

  test('records and verifies requests, responds in order and waits', async () => {
    const sink = await startSink({ account, contract: fake });
    sink.answer([500, { status: 201, body: 'x' }, redirect('http://127.0.0.1:1/'), 200]);
    const statuses = [];
    for (let i = 0; i < 5; i++)
      statuses.push((await post(`${sink.url}/hook`, good, sign(account.secret_key, good))).status);
    assert.deepEqual(statuses, [500, 201, 302, 200, 200]);
    const got = await sink.got(5, { invoice: 'a', path: '/hook', status: 'processed' });
    assert.deepEqual(got.map((r) => r.signature), Array(5).fill('valid'));
    assert.equal(got[0].text, good);
    const live = good.replace('true', 'false');
    await post(sink.url, live, sign(account.secret_live_key, live));
    await sink.stop();
  });

  test('reports a wrong signature and an invalid body', async () => {
    for (const [body, signature, why] of [
      [good, 'nonsense', /signature invalid/], [good, undefined, /signature missing/],
      ['{"data":{}}', sign(account.secret_key, '{"data":{}}'), /differs from the document/],
      ['x', sign(account.secret_key, 'x'), /no JSON/],
    ]) {
      const sink = await startSink({ account, contract: fake });
      await post(sink.url, body, signature);
      await assert.rejects(sink.stop(), why);
    }
  });

  test('can hang, close and delay', async () => {
    const sink = await startSink({ account, contract: fake, check: false });
    sink.answer([CLOSE], '/close');
    sink.answer([HANG], '/hang');
    let release;
    sink.answer([{ until: new Promise((done) => { release = done; }) }], '/until');
    await assert.rejects(post(`${sink.url}/close`, good));
    const hanging = assert.rejects(post(`${sink.url}/hang`, good));
    const later = post(`${sink.url}/until`, good);
    await sink.got(3);
    release();
    assert.equal((await later).status, 200);
    await sink.stop();
    await hanging;
  });
});
