// Snapshot files that are refused.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client } from '../lib/client.js';
import { rawRequest } from '../lib/raw.js';
import { startServer } from '../lib/server.js';
import { startSink } from '../lib/sink.js';
import { NOWHERE, exported, names, put, refused, restore, take } from '../lib/snapshots.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);

const small = await demo.newFrozen();
const good = await (async () => {
  const sink = await startSink({ account: small.account });
  await small.made({ callback_url: `${sink.url}/c`, reference_id: 'r1', description: 'd' });
  await small.advance(5);
  await small.made({ reference_id: 'r2' }, { headers: { 'X-Mock-Outcome': 'processed@10s' } });
  await sink.stop();
  await take(small, 'good');
  return (await exported(small, 'good')).text;
})();

describe('an invalid file is rejected as a whole', () => {
  const api = small;

  /** Changes a copy of the good file. */
  const but = (change) => {
    const file = JSON.parse(good);
    change(file, file.invoices[0], file.invoices[0].callbacks[0], file.invoices[0].callbacks[0].attempts[0]);
    return file;
  };
  const all = (path, values, place) =>
    values.map((value) => [
      `${path} ${JSON.stringify(value)?.slice(0, 60)}`,
      path.split(' ')[0],
      but((file, one, callback, attempt) => {
        place(file, one, callback, attempt)[path.split('.').at(-1)] = value;
      }),
    ]);
  const head = (name, ...values) => all(name, values, (file) => file);
  const row = (name, ...values) => all(`invoices[0].${name}`, values, (file, one) => one);
  const step = (name, ...values) =>
    all(`invoices[0].transitions[0].${name}`, values, (file, one) => one.transitions[0]);
  const call = (name, ...values) => all(`invoices[0].callbacks[0].${name}`, values, (file, one, callback) => callback);
  const attempt = (name, ...values) =>
    all(`invoices[0].callbacks[0].attempts[0].${name}`, values, (file, one, callback, first) => first);
  const NUMBERS = [undefined, null, -1, 1.5, '1', true, 1e300, []];

  const cases = [
    ...head('format', undefined, null, 'other', 5),
    ...head('version', 0, 2, null, 'x'),
    ...head('created', -1, 'x', 1e300),
    ...head('clock', null, 5, []),
    ...head('settings', 5, []),
    ...head('outcomes', null, {}, ['nonsense'], [5], Array(1001).fill('processed')),
    ...head('invoices', null, {}, [5], [null], [[]]),
    ...head('nonsense', 1),
    [
      'clock.mode',
      'clock.mode',
      but((file) => {
        file.clock.mode = 'asleep';
      }),
    ],
    [
      'clock.now_ms',
      'clock.now_ms',
      but((file) => {
        file.clock.now_ms = -1;
      }),
    ],
    [
      'settings.retry_limit',
      'settings.retry_limit',
      but((file) => {
        file.settings.retry_limit = 1000;
      }),
    ],
    [
      'settings.nonsense',
      'settings.nonsense',
      but((file) => {
        file.settings.nonsense = 1;
      }),
    ],
    ...row('id', undefined, null, 5, 'cpi_1', 'cgi_0000000000000000', 'cpi_00000000000000000', 'cpi_000000000000000!'),
    ...row('session', null, 'x'),
    ...row('reference_id', null, '', 'x'.repeat(256), 5, 'a\u0000b'),
    ...row('service', 'nonsense', null),
    ...row('currency', 'u$d', 'US', null),
    ...row('description', 5, 'x'.repeat(1025)),
    ...row('test_mode', 1, 'true', null),
    ...row('flow', 'other', null, ''),
    ...row('source', 'nobody'),
    ...row('status', 'done', null, 3),
    ...row('been', [], ['nonsense'], null, 'processed', [1]),
    ...row('resolution', 'nonsense', null, ''),
    ...row('amount', undefined, null, -1, 'x', 1e12, 1e300, [], true),
    ...row('fee', null, -0.01),
    ...row('deposit', null, 'x', -1e300),
    ...row('refunded_amount', -1, {}),
    ...row('created_ms', ...NUMBERS),
    ...row('expires_ms', ...NUMBERS),
    ...row('made_ms', ...NUMBERS),
    ...row('processed_ms', -1, 1.5, 'x'),
    ...row('metadata', null, 5, 'x'),
    ...row('customer', 5, [1]),
    ...row('customer_id', 'cus_1', 5),
    ...row('payload', 5, 'x'),
    ...row('callback_url', 'javascript:alert(1)', 'http://', 5, `http://x/${'a'.repeat(2100)}`),
    ...row('return_url', 'x'),
    ...row('base_url', null, 'x', 'http://a b'),
    ...row('plan', null, 'nonsense', 'processed@x', 'processed,created', 5),
    ...row('challenge_outcome', 'processed', 'nonsense'),
    ...row('attempts', -1, null, 1.5),
    ...row('nonsense', 1),
    ...row('due_ms', 1),
    ...row('transitions', null, {}, [5], undefined),
    ...row('callbacks', null, [null]),
    ...step('from', 'nonsense'),
    ...step('to', null),
    ...step('at_ms', -1),
    ...step('resolution', 'nonsense'),
    ...step('cause', '', 'x'.repeat(33), null),
    ...step('seq', 5),
    ...call('id', 'cb_0', 'cb_x', 'cb_-1', 5, null, `cb_${'9'.repeat(30)}`),
    ...call('state', 'sending', '', 'nonsense', null),
    ...call('transition', 'x'),
    ...call('due_ms', 5, -1),
    ...call('url', 'file:///etc/passwd', null),
    ...call('body', '', null, 5, 'a\u0000b'),
    ...call('manual', 0),
    ...call('attempts', {}, [5]),
    ...call('signature', 'x'),
    ...attempt('code', 0, 99, 1000, 'x'),
    ...attempt('took_ms', -1),
    ...attempt('request_headers', null, 5),
    ...attempt('response_body', 5, { base64: '*' }, {}, { base64: 'aa', x: 1 }),
    ...attempt('number', 1),
    [
      'a queued callback without its time',
      'invoices[0].callbacks[0].due_ms',
      but((file, one, callback) => {
        callback.state = 'queued';
      }),
    ],
    [
      'a time without a plan',
      'invoices[0].plan',
      but((file, one) => {
        one.plan_due_ms = 5;
      }),
    ],
    [
      'the same id twice',
      'invoices[1].id',
      but((file) => {
        file.invoices[1].id = file.invoices[0].id;
      }),
    ],
    [
      'the same session twice',
      'invoices[1].session',
      but((file) => {
        file.invoices[1].session = file.invoices[0].session;
      }),
    ],
    [
      'the same reference twice',
      'invoices[1].reference_id',
      but((file) => {
        file.invoices[1].reference_id = 'r1';
      }),
    ],
    [
      'the same callback twice',
      'invoices[0].callbacks[1].id',
      but((file, one) => {
        one.callbacks[1].id = one.callbacks[0].id;
      }),
    ],
  ];

  for (const [what, path, file] of cases) {
    test(what, async () => {
      const message = refused(await put(api, 'bad', file), 422, 'invalid');
      assert.ok(message.includes(path), `${message} names ${path}`);
      assert.deepEqual(await names(api), ['good']);
    });
  }

  test('the lists of an invoice that is refused are not read', async () => {
    for (const [name, value] of [['service', 'nonsense'], ['plan', 'nonsense'], ['challenge_outcome', 'nonsense']]) {
      const file = but((changed, one) => {
        one[name] = value;
        one.transitions[0].to = 'nonsense';
      });
      const message = refused(await put(api, 'bad', file), 422, 'invalid');
      assert.ok(message.includes(`invoices[0].${name}`), message);
      assert.ok(!message.includes('transitions'), message);
    }
  });

  test('invalid JSON is 400', async () => {
    for (const body of ['', 'nonsense', '[]', '5', good.slice(0, -20), `${good}x`])
      refused(await put(api, 'bad', body), 400, 'invalid_json');
    assert.deepEqual(await names(api), ['good']);
  });

  test('a document that is too large or too deep', async () => {
    refused(await put(api, 'bad', `{"invoices":[${'[],'.repeat(600_000)}[]]}`), 422, 'invalid');
    refused(await put(api, 'bad', `{"invoices":[${'1,'.repeat(4_100_000)}1]}`), 422, 'invalid');
    refused(await put(api, 'bad', `{"invoices":${'['.repeat(100_000)}`), 400, 'invalid_json');
    assert.deepEqual(await names(api), ['good']);
  });

  const begin = good.slice(0, good.indexOf('"invoices":[') + '"invoices":['.length);
  const fill = (unit, bytes) => unit.repeat(Math.floor(bytes / unit.length));

  test('16 MiB of junk, by its head, its size or its first bad row', async () => {
    const most = (16 << 20) - begin.length - 100;
    for (const [file, path] of [
      [`{"x":"${fill('x', most)}"}`, 'file'],
      [`{"x":"${fill('x', 1 << 20)}"}`, 'format'],
      [`${begin}${fill('1,', 12 << 20)}1]}`, 'file'],
      [`${begin}${fill('{},', 1 << 20)}{}]}`, 'invoices'],
      [`${begin}${fill('1,', 100_000)}1]}`, 'invoices[0]'],
      [`${begin}${fill(' ', most)}{}]}`, 'invoices[0].id'],
      [`${begin}{"a":[${fill('1,', 4 << 20)}1]}]}`, 'invoices[0]'],
      [`${begin}${fill('"\\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",', 1 << 20)}1]}`, 'invoices[0]'],
      [`${begin}${fill('[', 400_000)}${fill(']', 400_000)}]}`, 'invoices[0]'],
    ]) {
      const message = refused(await put(api, 'bad', file), 422, 'invalid');
      assert.ok(message.includes(path), `${message} names ${path}`);
    }
    assert.deepEqual(await names(api), ['good']);
  });

  /** A valid file of some MiB: many turns of the loop. */
  const large = () => but((file) => {
    const [one] = file.invoices;
    file.invoices = Array.from({ length: 2000 }, (_, i) => ({
      ...structuredClone(one),
      reference_id: `many${i}`,
      callbacks: [],
      metadata: { pad: 'x'.repeat(2000) },
      id: one.id.slice(0, -4) + i.toString(36).padStart(4, '0'),
      session: one.session.slice(0, -4) + i.toString(36).padStart(4, '0'),
    }));
  });

  test('a large file does not block other calls', async () => {
    const text = JSON.stringify(large());
    const turns = async () =>
      Number(/loop_turn_seconds_count (\d+)/.exec((await api.send('GET', '/_mock/metrics')).text)[1]);
    const before = await turns();
    const made = (await put(api, 'many', text)).expect(201).json;
    assert.equal(made.invoices, 2000);
    assert.ok(await turns() - before >= text.length / (256 << 10), 'turns');
    assert.deepEqual(
      (await exported(api, 'many')).json.invoices.map((row) => row.reference_id),
      large().invoices.map((row) => row.reference_id),
    );
    (await api.control('DELETE', '/snapshots/many')).expect(200);
  });

  test('changes of the account or the caller during the import', async () => {
    const text = JSON.stringify(large());
    const other = await demo.newAccount();
    const imports = Promise.all([
      put(other, 'many', text, { check: false }),
      put(other, 'many', text, { check: false }),
    ]);
    const gone = Array.from({ length: 3 }, () =>
      rawRequest(server, 'PUT', `/_mock/snapshots/gone?account=${other.account.id}`, { body: text }),
    );
    for (const { socket, done } of gone) {
      socket.write('', () => socket.destroy());
      done.catch(() => {});
    }
    (await demo.control('DELETE', `/accounts/${other.account.id}`)).expect(200);
    for (const reply of await imports) assert.ok([201, 404].includes(reply.status), `${reply.status}`);
    (await demo.control('GET', '/snapshots')).expect(200);
  });

  test('the server stops during the import', async () => {
    const text = JSON.stringify(large());
    const one = await startServer();
    const calls = Array.from({ length: 4 }, () =>
      put(new Client(one), 'many', text, { check: false }).then(
        ({ status }) => status,
        () => 0,
      ),
    );
    await Promise.race(calls);
    await one.stop();
    assert.ok((await Promise.all(calls)).every((status) => [0, 201, 503].includes(status)));
  });

  test('a failed import keeps the existing snapshot of that name', async () => {
    refused(await put(api, 'good', but((file) => { file.invoices[1].status = 'x'; })), 422, 'invalid');
    assert.equal((await exported(api, 'good')).text, good);
  });

  test('more than 1 MiB is accepted here, from authorized callers', async () => {
    const file = JSON.parse(good);
    file.invoices[0].metadata = { pad: 'x'.repeat(3 << 20) };
    (await put(api, 'large', file)).expect(201);
    assert.equal((await exported(api, 'large')).json.invoices[0].metadata.pad.length, 3 << 20);
    (await api.control('DELETE', '/snapshots/large')).expect(200);
    const guarded = await startServer({ args: ['--control-token', 'sesame'] });
    const stranger = new Client(guarded);
    (await put(stranger, 'large', file)).expect(413);
    (await put(stranger, 'large', good)).expect(401);
    stranger.controlHeaders = { Authorization: 'Bearer sesame' };
    (await put(stranger, 'large', file, { headers: stranger.controlHeaders })).expect(201);
    await guarded.stop();
    // other calls keep their limit
    (await api.control('POST', '/snapshots/large', file)).expect(413);
    (await api.control('POST', '/outcomes', file)).expect(413);
  });

  test('files of more than 16 MiB are neither read nor written', async () => {
    const file = JSON.parse(good);
    file.invoices[1].metadata = { pad: 'x'.repeat(3 << 20) };
    file.invoices[1].callback_url = NOWHERE;
    const { renamed } = (await put(api, 'large', file)).expect(201).json;
    assert.deepEqual(renamed, {});
    await restore(api, 'large');
    // the body of each callback contains the metadata too
    for (const status of ['processed', 'process_pending', 'processed', 'process_pending', 'processed']) {
      (await api.transition(file.invoices[1].id, { status, force: true })).expect(200);
    }
    await take(api, 'large');
    refused(await api.control('GET', '/snapshots/large'), 409, 'snapshot_too_large');
    file.invoices[1].metadata = { pad: 'x'.repeat(17 << 20) };
    const reply = await put(api, 'larger', file, { check: false }).catch((error) => error);
    assert.ok(reply instanceof Error || reply.status === 413);
    await restore(api, 'good');
    (await api.control('DELETE', '/snapshots/large')).expect(200);
  });
});
