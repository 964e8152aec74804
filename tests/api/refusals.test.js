// Calls that are refused, and limits that are reached, each by the last check that can refuse it.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Client } from '../lib/client.js';
import { ALONE, startServer } from '../lib/server.js';
import { HANG, startSink } from '../lib/sink.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);
const HOLD = { headers: { 'X-Mock-Outcome': 'process_pending' } };

/** The code of a refusal of the control API. */
const refused = (reply, status) => reply.expect(status).json.error.code;

describe('a list', () => {
  for (const [path, pages] of [
    ['/accounts', true], ['/faults', true], ['/snapshots'], ['/callbacks'], ['/requests'], ['/payment-invoices'],
  ]) {
    test(`${path}: its limit${pages ? ' and its beginning are' : ' is'} checked`, async () => {
      const list = (parameters) => demo.control('GET', path, undefined, { parameters });
      for (const limit of ['0', '-1', 'x']) refused(await list({ limit }), 422);
      if (pages) refused(await list({ after: '!' }), 422);
    });
  }
});

test('the holder of a card has 50 characters, and the body is JSON', async () => {
  const api = await demo.newFrozen();
  const { attributes: { flow_data: { metadata: { token } } } } = await api.made({}, HOLD);
  const sale = (options) => api.send('POST', '/payment/sale', { auth: `Bearer ${token}`, ...options });
  const pay = (card_holder) => sale({ json: { data: { type: 'sale-operation', attributes: {
    card_number: '5519283812030000', card_holder, cvv: '123', exp_month: '12', exp_year: '30' } } } });
  const [{ source, detail }] = (await pay('é'.repeat(51))).expect(422).json.errors;
  assert.match(source.pointer, /card_holder$/);
  assert.match(detail, /50 characters/);
  (await sale({ body: '{', headers: { 'Content-Type': 'application/json' } })).expect(400);
  assert.equal((await pay('é'.repeat(50))).expect(201).json.status, 'processed');
});

test('a planned outcome in the metadata must be a text', async () => {
  const api = await demo.newFrozen();
  const { errors } = (await api.create({ reference_id: 'r', service: 'payment_card_usd_hpp', currency: 'USD', amount: 1,
    metadata: { mock_outcome: 5 } })).expect(422).json;
  assert.deepEqual(Object.keys(errors), ['metadata.mock_outcome']);
});

test('at most 1000 outcomes wait in an account', async () => {
  const api = await demo.newFrozen();
  const many = (n) => api.outcomes(...Array(n).fill('processed'));
  (await many(999)).expect(200, 201);
  assert.equal(refused(await many(2), 422), 'too_many_outcomes');
  (await many(1)).expect(200, 201);
});

test('a wait for a transition that does not exist', async () => {
  const api = await demo.newFrozen();
  const { id } = await api.made({}, HOLD);
  const reply = await api.wait({ invoice: id, callback: 'delivered', transition: 'prosessed' });
  assert.match(reply.expect(422).json.error.message, /^transition: .*processed/);
});

test('the services of an unknown kind', async () => {
  for (const method of ['GET', 'DELETE']) {
    const path = method === 'GET' ? '/services' : '/services/payment_card_usd_hpp';
    refused(await demo.control(method, path, undefined, { parameters: { kind: 'no_such' } }), 422);
  }
});

test('a snapshot file with a NUL, compressed or in another character set is refused', async () => {
  const api = await demo.newFrozen();
  for (const body of [Buffer.from('{"a":"\0"}'), Buffer.from('{"a":"\xff"}', 'latin1'), gzipSync('{}'),
    Buffer.from('\ufeff{}', 'utf16le')]) {
    const options = { body, headers: { 'Content-Type': 'application/json' } };
    assert.equal(refused(await api.control('PUT', '/snapshots/one', undefined, options), 400), 'invalid_json');
  }
});

test('a snapshot file whose list is broken in its middle is refused', async () => {
  const api = await demo.newFrozen();
  const { id } = await api.made({}, HOLD);
  for (const status of ['processed', 'refunded']) (await api.transition(id, { status })).expect(200);
  (await api.control('POST', '/snapshots/one')).expect(201);
  const { text } = (await api.control('GET', '/snapshots/one')).expect(200);
  for (const [right, wrong] of [['"transitions":[{', '"transitions":[,{'], ['},{"at_ms"', '} {"at_ms"'],
    ['},{"at_ms"', '},,{"at_ms"']]) {
    assert.ok(text.includes(right), right);
    const options = { body: text.replace(right, wrong), headers: { 'Content-Type': 'application/json' } };
    const { error } = (await api.control('PUT', '/snapshots/one', undefined, options)).expect(400).json;
    assert.deepEqual(error, { code: 'invalid_json', message: 'invoices[0].transitions: the text is not JSON' });
  }
});

describe('an advance', () => {
  test('refuses other changes of its clock', async () => {
    const api = await demo.newFrozen();
    const sink = await startSink({ account: api.account });
    sink.answer([HANG]);
    await api.made({ callback_url: `${sink.url}/c` });
    const advancing = api.control('POST', '/clock/advance', { seconds: 5, timeout: '60s' });
    await sink.got(1);
    assert.equal(refused(await api.control('PUT', '/clock', { mode: 'real' }), 409), 'advancing');
    assert.equal(refused(await api.control('POST', '/clock/advance', { seconds: 1 }), 409), 'advancing');
    await sink.stop();
    assert.equal((await advancing).expect(200).json.now, api.start + 5);
  });

  test('lists its first 10,000 events and counts the others', async () => {
    const api = await demo.newFrozen();
    await api.made({ reference_id: 'first' }, { headers: { 'X-Mock-Outcome': 'processed@1s' } });
    (await api.control('POST', '/snapshots/one')).expect(201);
    const file = (await api.control('GET', '/snapshots/one')).expect(200).json;
    const [one] = file.invoices;
    const renamed = (id, i) => id.slice(0, -4) + i.toString(36).padStart(4, '0');
    file.invoices = Array.from({ length: 10_010 }, (_, i) => ({
      ...one, id: renamed(one.id, i), session: renamed(one.session, i), reference_id: `r${i}`,
    }));
    const other = await demo.newFrozen();
    (await other.control('PUT', '/snapshots/many', file)).expect(201);
    (await other.control('POST', '/snapshots/many/restore')).expect(200);
    const { events, events_total: total } = await other.advance(1);
    assert.deepEqual([events.length, total], [10_000, 10_010]);
  });

  test('that nobody waits for any more goes on', async () => {
    const api = await demo.newFrozen();
    const sink = await startSink({ account: api.account });
    sink.answer([HANG]);
    await api.made({ callback_url: `${sink.url}/c` });
    const socket = connect({ host: server.host, port: server.port });
    await once(socket, 'connect');
    const body = '{"seconds":5,"timeout":"60s"}';
    const path = `/_mock/clock/advance?account=${api.account.id}`;
    socket.write(`POST ${path} HTTP/1.1\r\nHost: ${server.host}:${server.port}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    await sink.got(1);
    socket.destroy();
    await sink.stop();
    for (let now; now !== api.start + 5;) ({ now } = await api.clock());
  });
});

test('timers that are late are counted', { skip: ALONE }, async () => {
  // The process is stopped while the calls are sent, so that it reads all of them before it looks at its timers.
  const api = await demo.newFrozen();
  await api.made({ callback_url: 'http://127.0.0.1:1/c' }, { headers: { 'X-Mock-Outcome': 'processed@1s' } });
  const sockets = Array.from({ length: 5 }, () => connect({ host: server.host, port: server.port }));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  const head = (call) => `${call} HTTP/1.1\r\nHost: ${server.host}:${server.port}\r\nConnection: close\r\n`;
  const body = `{"mode":"frozen","now":${api.start + 60}}`;
  const texts = sockets.map((socket) => new Promise((done) => {
    let all = '';
    socket.setEncoding('utf8').on('data', (text) => { all += text; }).on('close', () => done(all));
  }));
  process.kill(server.pid, 'SIGSTOP');
  while (!/^\d+ \(.*\) T/.test(readFileSync(`/proc/${server.pid}/stat`, 'utf8')));
  sockets.forEach((socket, i) => socket.write(i === 2
    ? `${head(`PUT /_mock/clock?account=${api.account.id}`)}Content-Type: application/json\r\n` +
      `Content-Length: ${body.length}\r\n\r\n${body}`
    : `${head('GET /_mock/metrics')}\r\n`));
  process.kill(server.pid, 'SIGCONT');
  const counts = (await Promise.all(texts)).map((text) => /^milkypay_\w*overdue\w* (\d+)/m.exec(text)?.[1]);
  assert.ok(counts.includes('1'), `overdue: ${counts}`);
});
