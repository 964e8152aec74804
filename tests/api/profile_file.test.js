// --write-profile of `milkypay-mock compare`, and --profile-file of the server, which answers by it.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Client, DEMO, invoice } from '../lib/client.js';
import { against, compare, compareAccount, everyKind } from '../lib/compare.js';
import { startDeviating } from '../lib/deviating.js';
import { ROOT } from '../lib/docs.js';
import { keysAt } from '../lib/json-order.js';
import { runBinary, startServer, tempDir } from '../lib/server.js';
import { sign, startSink } from '../lib/sink.js';

const mock = await startServer();
after(() => mock.stop());
const demo = new Client(mock);
const account = async (profile = '2020') => {
  const api = await demo.newAccount({ profile });
  const sink = await startSink({ check: false });
  await everyKind(api, sink.url);
  await sink.stop({ clean: false });
  return api;
};

/** Writes the profile of a label; returns the file and the differences. */
async function profileOf(label, api, args = []) {
  const file = join(tempDir(), 'profile.json');
  const { code, result, stderr } = await compareAccount(label, api.account, ['--write-profile', file, ...args]);
  assert.equal(code, 1, stderr + JSON.stringify(result));
  return { file, differences: result.differences, notes: result.not_compared };
}

/** Starts a mock that answers by the file, with invoices of every kind. */
async function startBy(file) {
  const server = await startServer({ args: ['--profile-file', file] });
  const sink = await startSink({ check: false });
  const api = new Client(server, DEMO, { check: false });
  await everyKind(api, `${server.url}/_mock/sink/shop`);
  await sink.stop({ clean: false });
  return { server, api };
}

/** Deviates in everything that a profile file can say. */
function deviate(reply) {
  const { json } = reply;
  const change = (resource) => {
    const { attributes } = resource;
    if (resource.type !== 'payment-invoices') return;
    delete attributes.rrn;
    delete attributes.moderation_required;
    attributes.acquirer = { name: 'A', fee: 1, tags: [] };
    attributes.amount = String(attributes.amount);
    if (Array.isArray(attributes.metadata)) attributes.metadata = null;
    if (Array.isArray(attributes.callback_logs)) attributes.callback_logs = {};
    const { currency, ...rest } = attributes;
    resource.attributes = { currency, ...rest };
  };
  if (Array.isArray(json?.data)) json.data.forEach(change);
  else if (json?.data?.attributes) change(json.data);
  reply.headers['X-Request-Id'] = 'abc';
  if (reply.status === 401) delete reply.headers['www-authenticate'];
  if (reply.status === 404) reply.status = 400;
  if (reply.status === 422) {
    reply.status = 400;
    const fields = Object.entries(json.errors);
    json.errors = fields.map(([name, detail]) => ({ source: { pointer: name }, title: 'Invalid', detail, code: '400' }));
  }
  if (reply.status === 409) delete json.data;
}

describe('a profile file', () => {
  test('of a label that deviates: the mock that answers by it compares equal', async () => {
    const api = await account();
    const label = await startDeviating(mock, deviate);
    const create = ['--create', '--yes'];
    const { file, differences, notes } = await profileOf(label, api, create);
    const told = new Set(differences.map(({ document, kind, path, mock: ours, found }) =>
      [document, kind, path, ours, found].join(' | ')));
    for (const one of [
      'GET /payment-invoices/{id} | key_missing | data.attributes.rrn | null | ',
      'GET /payment-invoices/{id} | key_added | data.attributes.acquirer |  | object',
      'GET /payment-invoices/{id} | type | data.attributes.amount | number | text',
      'GET /payment-invoices/{id} | type | data.attributes.metadata | []|any | null',
      'GET /payment-invoices/{id} | order | data.attributes.currency | after payment_amount | first',
      'GET /payment-invoices | type | data[].attributes.callback_logs | []|object | {}',
      'private 401 | header_missing | www-authenticate |  | ',
      'private 404 | status |  | 404 | 400',
      'private 422 | type | errors | object | list',
      'private 409 | key_missing | data | object | ',
      'GET /account/profile | header_added | x-request-id |  | ',
    ]) assert.ok(told.has(one), `${one}\n${[...told].join('\n')}`);
    assert.deepEqual(notes, []);

    const same = await compareAccount(label, api.account, ['--profile-file', file, ...create]);
    assert.deepEqual(same.result.differences, [], 'the label itself');
    assert.equal(same.code, 0);

    const { server, api: by } = await startBy(file);
    const equal = await compareAccount(server, DEMO, ['--profile-file', file, ...create]);
    assert.deepEqual(equal.result.differences, [], 'the mock by the file');
    assert.equal(equal.code, 0);
    const again = await compareAccount(server, DEMO, create);
    assert.equal(again.code, 1);

    const { id } = (await by.list()).data[0];
    const { text, json, headers } = await by.get(id);
    assert.equal(keysAt(text, 'data.attributes')[0], 'currency');
    const { attributes } = json.data;
    assert.deepEqual(attributes.acquirer, { name: '', fee: 0, tags: [] });
    assert.equal(attributes.amount, '1');
    assert.equal('rrn' in attributes, false);
    assert.equal(headers['x-request-id'], 'mock');
    const wrong = (await by.create(invoice({ amount: -1 }))).expect(400).json;
    assert.deepEqual(Object.keys(wrong.errors[0]), ['source', 'title', 'detail', 'code']);
    assert.equal(wrong.errors[0].detail, 'This value should be greater than 0.');
    assert.deepEqual((await by.get('cpi_0000000000000000')).expect(400).json.errors[0].code, '404');
    const order = invoice({ test_mode: true });
    (await by.create(order)).expect(201);
    assert.deepEqual(Object.keys((await by.create(order)).expect(409).json), ['errors']);
    await Promise.all([server.stop(), label.stop()]);
  });

  for (const [of, as] of [['2020', '2024'], ['2024', '2020']]) {
    test(`of the profile ${of}, based on ${as}`, async () => {
      const api = await account(of);
      const { file } = await profileOf(mock, api, ['--profile', as]);
      assert.equal(JSON.parse(readFileSync(file, 'utf8')).profile, as);
      const { server } = await startBy(file);
      const { code, result } = await compareAccount(server, DEMO, ['--profile-file', file]);
      assert.deepEqual(result.differences, []);
      assert.equal(code, 0);
      const plain = await compareAccount(server, DEMO, ['--profile', of]);
      // keys that the mock may leave out stay, and so do types that nothing contradicts
      const more = plain.result.differences.filter(({ kind, path }) => kind !== 'type' && path !== 'included');
      assert.deepEqual(more, []);
      await server.stop();
    });
  }

  test('of the mock itself changes no byte', async () => {
    const db = ['--db', join(tempDir(), 'mock.db')];
    const texts = async (args) => {
      const server = await startServer({ args: [...db, ...args] });
      const api = new Client(server, DEMO, { check: false });
      if (!args.length) {
        await everyKind(api, `${server.url}/_mock/sink/shop`);
        const metadata = { text: 'é/<>&"', list: [], map: {}, deep: { a: [1, null, { b: 1e30 }] }, real: 0.1, big: 2 ** 60 };
        (await api.create(invoice({ amount: 999999.99, metadata }))).expect(201);
        await api.idle();
        (await api.control('PUT', '/clock', { mode: 'frozen' })).expect(200); // both servers show the same moment
      }
      const all = [];
      for (const path of ['payment-invoices', 'payout-invoices']) {
        const list = await api.private('GET', `/${path}?page%5Bsize%5D=100`);
        all.push(list.text);
        for (const { id } of list.json.data) {
          all.push((await api.private('GET', `/${path}/${id}`)).text);
          all.push((await api.send('GET', `/public-api/${path}/${id}`)).text);
        }
      }
      all.push((await api.create({})).text, (await api.get('x')).text,
        (await api.prerequest({ currency: 'EUR' })).text);
      await server.stop();
      return all.map((text) => text.replaceAll(/127.0.0.1:\d+/g, 'HOST'));
    };
    const plain = await texts([]);
    assert.ok(plain.length > 100);
    const imposed = await texts(['--profile-file', `${ROOT}schema/shapes/2020.json`]);
    for (const [n, text] of imposed.entries()) assert.equal(text, plain[n]);
  });

  test('a payout keeps its own form in a 409 of payments', async () => {
    const file = join(tempDir(), 'profile.json');
    const all = JSON.parse(readFileSync(`${ROOT}schema/shapes/2020.json`, 'utf8'));
    const conflict = all.documents['private 409'];
    conflict.status = 422;
    writeFileSync(file, JSON.stringify({ profile: '2020', documents: { 'private 409': conflict } }));
    const server = await startServer({ args: ['--profile-file', file] });
    const api = new Client(server, DEMO, { check: false });
    const order = { reference_id: 'r', service: 'test_usd', currency: 'USD', amount: 10, fields: { account: '42' } };
    const json = { data: { type: 'payout-invoices', attributes: order } };
    const made = (await api.private('POST', '/payout-invoices', { json })).expect(201).data;
    const again = (await api.private('POST', '/payout-invoices', { json })).expect(422).data;
    assert.deepEqual(Object.keys(again.attributes), Object.keys(made.attributes));
    await server.stop();
  });

  test('what an order chose is not in it', async () => {
    const api = await demo.newAccount();
    const payout = async (of, more) => {
      const order = { service: 'payment_card_usd', currency: 'USD', amount: 10, options: { auto_process: true }, ...more };
      const reply = await of.private('POST', '/payout-invoices',
        { json: { data: { attributes: order } }, headers: { 'X-Mock-Outcome': 'processed@0' } });
      return reply.expect(201).data.id;
    };
    await payout(api, { fields: { card_number: '4111111111111111' } });
    await api.made({}, { headers: { 'X-Mock-Outcome': 'processed@0' } });
    await api.idle();
    const label = await startDeviating(mock, ({ json }) => {
      const changed = [json?.data].flat().map((one) => one?.attributes ?? one).filter(Boolean);
      for (const one of changed) one.acquirer = 'A';
    });
    const { file } = await profileOf(label, api, ['--create', '--yes']);
    const server = await startServer({ args: ['--profile-file', file] });
    const by = await new Client(server, DEMO, { check: false }).newAccount();
    const callback_url = `${server.url}/_mock/sink/shop`;
    for (const [service, currency, fields] of [
      ['pix_brl', 'BRL', { pix_key: 'ada@example.com' }],
      ['upi_inr', 'INR', { vpa: 'ada@upibank', ifsc_bank_code: 'HDFC0001234', note: { deep: [1] } }],
    ]) {
      const id = await payout(by, { service, currency, fields, callback_url });
      await by.idle();
      const { attributes } = (await by.private('GET', `/payout-invoices/${id}`)).data;
      assert.deepEqual(attributes.fields, fields);
      assert.equal(attributes.callback_url, callback_url);
      assert.equal(Object.keys(attributes.callback_logs).length, 2);
      assert.equal('acquirer' in attributes, true);
    }
    const chosen = {
      callback_url,
      description: 'Tea',
      descriptor: 'SHOP',
      metadata: { order: [1] },
      return_url: 'https://example.com/back',
    };
    const gateway_options = { cardgate: { tokenize: true } };
    const order = invoice({ ...chosen, customer: { reference_id: 'c1' }, gateway_options });
    const headers = { 'X-Mock-Outcome': 'processed@0' };
    const made = (await by.create(order, { headers })).expect(201).data;
    await by.idle();
    const { data } = (await by.create(order)).expect(409);
    for (const { attributes, relationships } of [made, data]) {
      assert.deepEqual(Object.fromEntries(Object.keys(chosen).map((key) => [key, attributes[key]])), chosen);
      assert.ok(relationships.customer);
      assert.equal('acquirer' in attributes, true);
    }
    assert.equal(data.attributes.status, 'processed');
    assert.ok(data.attributes.payload.token);
    assert.equal(Object.keys(data.attributes.callback_logs).length, 2);
    await Promise.all([server.stop(), label.stop()]);
  });

  test('callbacks follow it, and are signed as they are sent', async () => {
    const api = await account();
    const label = await startDeviating(mock, deviate);
    const { file } = await profileOf(label, api);
    const { server, api: by } = await startBy(file);
    const sink = await startSink({ check: false });
    await by.made({ callback_url: `${sink.url}/x`, test_mode: true });
    const [{ raw, body, headers }] = await sink.got(2);
    assert.deepEqual(body.data.attributes.acquirer, { name: '', fee: 0, tags: [] });
    assert.deepEqual(body.data.attributes.callback_logs, {});
    assert.equal(headers['x-signature'], sign(DEMO.secret_key, raw));
    const [saved, head] = ['body.json', 'head.json'].map((name) => join(tempDir(), name));
    writeFileSync(saved, raw);
    writeFileSync(head, JSON.stringify(headers));
    const { code, stdout } = await compare(['--profile-file', file, '--headers', head, saved]);
    assert.equal(code, 0, stdout);
    const [{ attempts }] = await by.callbacks();
    assert.equal(typeof JSON.parse(attempts[0].request.body).data.attributes.acquirer, 'object');
    await Promise.all([server.stop(), label.stop(), sink.stop({ clean: false })]);
  });

  test('a saved callback makes one too', async () => {
    const body = (await (await account()).list()).json.data[0];
    const file = join(tempDir(), 'profile.json');
    const saved = join(tempDir(), 'body.json');
    body.attributes.shop = 'x';
    writeFileSync(saved, JSON.stringify({ data: body }));
    assert.equal((await compare(['--write-profile', file, saved])).code, 1);
    assert.equal((await compare(['--profile-file', file, saved])).code, 0);
  });

  test('what was found takes the place of what it contradicts', async () => {
    const member = { a: 'null', 'b?': 'text', c: 'number' };
    for (const [contract, found, merged, { key = 'v', status = 200 } = {}] of [
      ['[]|number', [null], 'null|number'],
      ['null|[]|number', [{}], '{}|number'],
      ['null|number', ['x'], 'null|text'],
      ['null|number', ['x', 1], 'null|number|text'],
      ['null|number', ['x', []], '[]|text'],
      ['[]|any', ['x'], '[]|any|text', { key: 'metadata' }],
      ['[]|any', [null], 'null|any', { key: 'metadata' }],
      ['text:a,b', ['c'], 'text', { key: 'status' }],
      ['text:a,b', ['processed', 'a'], 'text:a,b,processed', { key: 'status' }],
      ['text', ['processed', 'c'], 'text', { key: 'status' }],
      ['text:a,b', ['c'], 'text:c', { key: 'status', status: 422 }],
      [['[]', 'number'], [null], ['null', 'number']],
      [['[]', 'number'], [['x']], ['[]', 'text']],
      [member, [{ a: null, c: null }], { a: 'null', 'b?': 'text', c: 'null|number' }],
      [member, [{ c: 1, d: 1, a: null }], { c: 'number', d: 'number', a: 'null', 'b?': 'text' }],
      [member, [{ a: null, c: 1 }, { c: 1 }], { 'a?': 'null', 'b?': 'text', c: 'number' }],
      [member, [{ b: 1, c: 1 }], { 'b?': 'number', c: 'number' }],
      [{ 'b?': 'text', a: 'null' }, [{ a: 1 }], { 'b?': 'text', a: 'null|number' }],
      [member, [null], { '|': 'null', ...member }],
      [member, ['x'], 'text'],
      [{ '*': 'null' }, [{ k: 1 }], { '*': 'null|number' }],
      [{ '*': 'bool' }, [{ k: 1, l: 'x', m: { a: 1 } }], { '*': { '|': 'number|text', a: 'number' } }],
      [{ '*': 'bool' }, [{ '1 2': 1 }], { '*': 'number' }],
      [member, [{ '1 2': 1 }], { '*': 'number' }],
    ]) {
      const [file, into, ...bodies] = ['profile', 'merged', ...found.keys()].map((name) => join(tempDir(), `${name}.json`));
      const shape = (of, first) => ({ first, second: 'null', [key]: of });
      const documents = { probe: { status, headers: [], body: shape(contract, 'bool') } };
      writeFileSync(file, JSON.stringify({ profile: '2020', documents }));
      bodies.forEach((body, n) => writeFileSync(body, JSON.stringify({ first: 1, second: null, [key]: found[n] })));
      const { code, stdout, stderr } = await compare(['--profile-file', file, '--write-profile', into, ...bodies]);
      assert.equal(code, 1, stdout + stderr);
      const { body } = JSON.parse(readFileSync(into, 'utf8')).documents.probe;
      assert.equal(JSON.stringify(body), JSON.stringify(shape(merged, 'number')), `${JSON.stringify([contract, found])}`);
    }
  });

  test('it holds no value and no key', async () => {
    const api = await account();
    const label = await startDeviating(mock, (reply) => {
      deviate(reply);
      const attributes = reply.json?.data?.attributes;
      const own = { resolution: 'Ada Lovelace', acquirer: { status: 'sesame', type: '4111111111111111' } };
      if (attributes) Object.assign(attributes, { secret: 'sesame', [api.account.api_key]: 1, ...own });
    });
    const { file } = await profileOf(label, api);
    const text = readFileSync(file, 'utf8');
    for (const word of ['sesame', api.account.api_key, api.account.id, 'Ada', '4111', 'example.com', 'abc"'])
      assert.ok(!text.includes(word), word);
    await label.stop();
  });

  test('what it cannot say is told', async () => {
    const api = await account();
    const label = await startDeviating(mock, (reply, { url }) => {
      if (url === '/account/profile') Object.assign(reply, { json: undefined, text: 'ok' });
      if (url === '/account/balances') {
        Object.assign(reply, { status: 403, json: { errors: [] } });
        reply.headers['x-refused-by'] = 'the shop';
      }
      if (url.startsWith('/public-api/') && reply.status === 404) Object.assign(reply, { status: 200, json: { data: null } });
    });
    const { file, notes } = await profileOf(label, api);
    assert.deepEqual(notes.map(({ what, reason }) => `${what}: ${reason}`), [
      'GET /account/profile: not in the profile file: the mock answers with JSON only',
      'public 404: not in the profile file: the mock cannot answer with this status',
    ]);
    const { server, api: by } = await startBy(file);
    assert.equal((await by.private('GET', '/account/balances')).expect(403).headers['x-refused-by'], 'mock');
    (await by.private('GET', '/account/profile')).expect(200);
    await Promise.all([server.stop(), label.stop()]);
  });

  test('none is written if something failed', async () => {
    const api = await account();
    const label = await startDeviating(mock, (reply, { url }, response) => {
      if (url !== '/account/profile') return false;
      response.destroy();
      return true;
    });
    const file = join(tempDir(), 'profile.json');
    const { code, result } = await compareAccount(label, api.account, ['--write-profile', file]);
    assert.equal(code, 2);
    assert.equal(result.not_compared.at(-1).what, 'the profile file');
    assert.throws(() => readFileSync(file));
    await label.stop();
    const folder = tempDir();
    const kept = join(folder, 'kept.json');
    const link = join(folder, 'link.json');
    writeFileSync(kept, 'before', { mode: 0o640 });
    symlinkSync('kept.json', link);
    const written = await compare([...against(mock, api.account), '--write-profile', link], { key: api.account.api_key });
    assert.ok([0, 1].includes(written.code), written.stderr);
    assert.equal(JSON.parse(readFileSync(kept)).profile, '2020');
    assert.equal(statSync(kept).mode & 0o777, 0o640);
    assert.deepEqual(readdirSync(folder).sort(), ['kept.json', 'link.json'], 'no temporary file stays');
    const unwritable = await compare([...against(mock, api.account), '--write-profile', '/does/not/exist'],
      { key: api.account.api_key });
    assert.equal(unwritable.code, 2);
    assert.match(unwritable.stderr, /\/does\/not\/exist: No such file/);
  });

  test('a wrong file is refused at the start', async () => {
    const file = join(tempDir(), 'profile.json');
    const doc = (value) => ({ profile: '2020', documents: { 'private 404': value } });
    for (const [content, reason] of [
      ['', /line 1/],
      ['[]', /must be \{"profile"/],
      [{ profile: '1999', documents: {} }, /there is no profile "1999"/],
      [{ profile: '2020', documents: {}, more: 1 }, /must be/],
      [doc(1), /private 404: must be an object/],
      [doc({ status: 1000 }), /private 404: status/],
      [doc({ headers: [1] }), /headers must be a list of names/],
      [doc({ status: 404 }), /headers must be a list of names/],
      [doc({ status: 404, headers: 'content-type' }), /headers must be a list of names/],
      [doc({ headers: [] }), /status must be from 200 to 599/],
      [doc({ status: 199, headers: [] }), /status must be from 200 to 599/],
      [doc({ headers: ['a b: c'] }), /headers must be a list of names/],
      [doc({ headers: ['X\r\nSet-Cookie'] }), /headers must be a list of names/],
      [doc({ body: { a: 1 } }), /a shape must be/],
      [doc({ body: 'number|x' }), /"x" is not a type/],
      [doc({ what: 1 }), /what: This field was not expected/],
    ]) {
      writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
      const { code, stderr } = await runBinary(['--profile-file', file, '--check']);
      assert.equal(code, 2, JSON.stringify(content));
      assert.match(stderr, reason);
      assert.ok(stderr.includes(file));
      assert.equal(stderr.trim().split('\n').length, 1);
    }
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`private ${400 + i}`, { status: 404, headers: [] }]));
    writeFileSync(file, JSON.stringify({ profile: '2020', documents: many }));
    assert.match((await runBinary(['--profile-file', file, '--check'])).stderr, /documents: private 500: too many documents\n$/);
    const { code, stderr } = await runBinary(['--profile-file', '/does/not/exist']);
    assert.equal(code, 2);
    assert.match(stderr, /No such file/);
  });

  test('every mistake in it is told, with its place', async () => {
    const file = join(tempDir(), 'profile.json');
    const shape = { status: 200, headers: [] };
    const members = Object.fromEntries(Array.from({ length: 301 }, (_, i) => [`k${i}`, 'text']));
    writeFileSync(file, JSON.stringify({ profile: '1999', documents: {
      'GET /payment-invoices': { ...shape, body: { data: { 'attributes?': members } } },
      'private 404': { ...shape, status: 7, more: 1 },
      'GET /payouts': shape,
    } }));
    const wrong = await runBinary(['--profile-file', file, '--check']);
    assert.equal(wrong.code, 2);
    assert.deepEqual(wrong.stderr.trim().split('\n'), [
      'there is no profile "1999"; it must be one of 2020, 2024, 2025',
      'documents: GET /payment-invoices: body: data: attributes?: an object must have at most 300 keys',
      'documents: private 404: more: This field was not expected.',
    ].map((line) => `milkypay-mock: ${file}: ${line}`));

    const documents = {};
    for (const name of ['GET /payment-invoice', 'private 404', 'public 418', 'GET /refunds/{id}', 'private 200', 'DELETE /x'])
      documents[name] = shape;
    writeFileSync(file, JSON.stringify({ profile: '2020', documents }));
    const unknown = await runBinary(['--profile-file', file, '--listen', '127.0.0.1:0']);
    assert.equal(unknown.code, 2);
    assert.deepEqual(unknown.stderr.trim().split('\n'), [
      'documents: GET /payment-invoice: no reply has this name; did you mean GET /payment-invoices?',
      'documents: private 200: no reply has this name; did you mean private 400?',
      'documents: DELETE /x: no reply has this name',
    ].map((line) => `milkypay-mock: ${file}: ${line}`));
  });

  test('any shape of any document is survived', async () => {
    const shapes = ['null', '[]', '{}', 'bool', 'number', 'text:a,b', 'any', ['number'], { '*': 'text' }, { 'a?': 'null' },
      { a: { b: ['text'] } }, { '|': 'null', '[]': 'text', c: 'number' }];
    const documents = {};
    const names = ['GET /payment-invoices', 'GET /payment-invoices/{id}', 'POST /payment-invoices', 'private 422',
      'private 404', 'private 401', 'GET /payment-services', 'callback'];
    const file = join(tempDir(), 'profile.json');
    for (const body of shapes) {
      for (const name of names) documents[name] = { status: Number(/\d+/.exec(name)?.[0] ?? 200), headers: ['x-a'], body };
      writeFileSync(file, JSON.stringify({ profile: '2024', documents }));
      const server = await startServer({ args: ['--profile-file', file] });
      const api = new Client(server, DEMO, { check: false });
      (await api.create(invoice({ callback_url: `${server.url}/_mock/sink/a` }))).expect(200);
      (await api.list()).expect(200);
      (await api.create({})).expect(422);
      (await api.get('x')).expect(404);
      await api.idle();
      const [{ invoice: id }] = await api.callbacks();
      const reply = (await api.get(id)).expect(200);
      assert.equal(reply.headers['x-a'], 'mock');
      JSON.parse(reply.text);
      await server.stop();
    }
  });
});
