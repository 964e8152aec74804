// The JSON of an invoice in every form, and the first lines and headers of what was sent.

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, describe, test } from 'node:test';
import { Client } from '../lib/client.js';
import { rawCall } from '../lib/raw.js';
import { startRawReceiver } from '../lib/receiver.js';
import { startServer } from '../lib/server.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);
const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };

describe('the document of an invoice', () => {
  const documentOf = async (api, id, parameters) =>
    (await api.control('GET', `/payment-invoices/${id}/document`, undefined, { parameters })).expect(200).text;

  test('is what the APIs answer, byte by byte', async () => {
    const api = await demo.newAccount();
    const { id } = await api.made({ description: 'a/b' }, hold);
    assert.equal(await documentOf(api, id), (await api.private('GET', `/payment-invoices/${id}`)).expect(200).text);
    assert.equal(await documentOf(api, id, { as: 'public' }),
      (await api.send('GET', `/public-api/payment-invoices/${id}`)).expect(200).text);
  });

  for (const profile of ['2020', '2024', '2025']) test(`in the profile ${profile} is that of an account which has it`, async () => {
    const api = await demo.newAccount();
    const { id } = await api.made({}, hold);
    const asked = await documentOf(api, id, { profile });
    (await api.control('PATCH', `/accounts/${api.account.id}`, { profile })).expect(200);
    assert.equal(asked, (await api.private('GET', `/payment-invoices/${id}`)).expect(200).text);
  });

  test('as a callback is the body that was sent', async () => {
    const api = await demo.newAccount();
    await api.freeze();
    const callback_url = `${server.url}/_mock/sink/shop?account=${api.account.id}`;
    const { id } = await api.made({ callback_url }, hold);
    await api.advance(0);
    const { items: [{ attempts: [{ request }] }] } = (await api.control('GET', '/callbacks')).expect(200).json;
    assert.equal(await documentOf(api, id, { as: 'callback' }), request.body);
  });

  test('of a payout is its own', async () => {
    const api = await demo.newAccount();
    const json = { service: 'test_usd', currency: 'USD', amount: 1, fields: { account: '1' }, options: { auto_process: false } };
    const { id } = (await api.private('POST', '/payout-invoices', { json })).expect(201).data;
    for (const [as, path] of [['private', `/payout-invoices/${id}`], ['public', `/public-api/payout-invoices/${id}`]]) {
      const { text } = (await api.control('GET', `/payout-invoices/${id}/document`, undefined, { parameters: { as } })).expect(200);
      const own = as === 'private' ? await api.private('GET', path) : await api.send('GET', path);
      assert.equal(text, own.expect(200).text);
    }
    (await api.control('GET', `/payment-invoices/${id}/document`)).expect(404);
  });

  test('an unknown form or profile is refused by name', async () => {
    const api = await demo.newAccount();
    const { id } = await api.made({}, hold);
    for (const [parameters, words] of [[{ as: 'xml' }, /^as: must be private, public or callback/],
      [{ profile: '1999' }, /^profile: there is no profile "1999"/]]) {
      const refused = await api.control('GET', `/payment-invoices/${id}/document`, undefined, { parameters });
      assert.match(refused.expect(422).json.error.message, words);
    }
  });
});

describe('the first lines and the headers', () => {
  const newest = async (api) => (await api.control('GET', '/requests')).expect(200).json.items[0];

  test('of a request and its response are recorded', async () => {
    const api = await demo.newAccount();
    const made = await api.made({}, hold);
    const post = await newest(api);
    assert.equal(post.request_line, 'POST /payment-invoices HTTP/1.1');
    assert.equal(post.response_line, 'HTTP/1.1 201 Created');
    const got = (await api.private('GET', `/payment-invoices/${made.id}`)).expect(200);
    const { response_headers: kept } = await newest(api);
    const sent = Object.fromEntries(Object.entries(kept).map(([name, value]) => [name.toLowerCase(), value]));
    assert.equal(sent['content-length'], String(Buffer.byteLength(got.text)));
    for (const [name, value] of Object.entries(sent)) assert.equal(got.headers[name], value, name);
    const added = Object.keys(got.headers).filter((name) => !(name in sent) && !['date', 'connection', 'keep-alive'].includes(name));
    assert.deepEqual(added, []);
  });

  test('of HTTP/1.0 and of a call that a fault ended are told', async () => {
    const api = await demo.newAccount();
    await new Promise((done, fail) => {
      const socket = connect(server.port, server.host);
      socket.on('error', fail);
      socket.on('close', done);
      socket.resume();
      socket.end(`GET /payment-services HTTP/1.0\r\nAuthorization: ${api.auth}\r\n\r\n`);
    });
    assert.equal((await newest(api)).request_line, 'GET /payment-services HTTP/1.0');
    (await api.control('POST', '/faults', { on: 'api', fault: 'reset', times: 1 })).expect(201);
    assert.equal((await rawCall(server, 'GET', '/payment-services', { headers: { Authorization: api.auth } })).end, 'reset');
    const { response_line: line, response_headers: headers } = await newest(api);
    assert.equal(line, null);
    assert.equal('Content-Length' in headers, false);
  });

  test('of an attempt are those that were sent and received', async () => {
    const receiver = await startRawReceiver((socket) =>
      socket.end('HTTP/1.1 500 Out of order\r\nX-Why: test\r\nContent-Length: 2\r\n\r\nno'));
    const api = await demo.newAccount({ callback_url: `${receiver.url}/hook?shop=1` });
    await api.freeze();
    await api.made({}, hold);
    await api.advance(0);
    const { items: [{ attempts: [one] }] } = (await api.control('GET', '/callbacks')).expect(200).json;
    assert.equal(one.request.line, 'POST /hook?shop=1 HTTP/1.1');
    assert.equal(one.response.line, 'HTTP/1.1 500 Out of order');
    assert.equal(one.response.header_lines, undefined, 'the object shows all');
    await receiver.stop();
  });

  test('header lines that an object cannot show are shown as they came', async () => {
    const lines = ['Set-Cookie: a=1; Path=/', 'X-Space:  two ', 'set-cookie: b=2', 'Content-Length: 2'];
    const receiver = await startRawReceiver((socket) => socket.end(`HTTP/1.1 200 OK\r\n${lines.join('\r\n')}\r\n\r\nok`));
    const api = await demo.newAccount({ callback_url: `${receiver.url}/hook` });
    await api.freeze();
    await api.made({}, hold);
    await api.advance(0);
    const attempt = async () => (await api.control('GET', '/callbacks')).expect(200).json.items[0].attempts[0];
    const { response } = await attempt();
    assert.deepEqual(response.header_lines, lines);
    assert.equal(response.headers['Set-Cookie'], 'a=1; Path=/, b=2');
    (await api.control('POST', '/snapshots/one')).expect(201);
    (await api.control('POST', '/snapshots/one/restore')).expect(200);
    assert.deepEqual((await attempt()).response.header_lines, lines, 'also after a snapshot was restored');
    await receiver.stop();
  });

  test('a header that a request repeats is shown as often', async () => {
    const api = await demo.newAccount();
    const sink = `/_mock/sink/twice?account=${api.account.id}`;
    const headers = { Authorization: api.auth, 'X-Many': '1', 'X-One': 'a', 'x-many': '2' };
    await rawCall(server, 'GET', '/payment-services', { headers });
    const { headers: joined, header_lines: kept } = await newest(api);
    assert.equal(joined['X-Many'], '1, 2');
    assert.deepEqual(kept.filter((line) => /^x-many/i.test(line)), ['X-Many: 1', 'x-many: 2']);
    await rawCall(server, 'POST', sink, { headers });
    const { items: [received] } = (await api.control('GET', '/sink/twice/requests')).expect(200).json;
    assert.deepEqual(received.header_lines.filter((line) => /^x-many/i.test(line)), ['X-Many: 1', 'x-many: 2']);
    await api.send('POST', sink, { json: {} });
    const { items } = (await api.control('GET', '/sink/twice/requests')).expect(200).json;
    assert.deepEqual(items.map((one) => 'header_lines' in one), [true, false]);
  });
});
