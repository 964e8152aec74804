// The first callback of a call is sent after the response and a delay, so that a shop can store its order first. Here
// the delay is so long that a callback can only arrive for the reason under test.

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Client, invoice, phpForm } from '../lib/client.js';
import { within } from '../lib/limits.js';
import { runBinary, startServer, tempDir } from '../lib/server.js';
import { HANG, startSink } from '../lib/sink.js';

const LONG = 3_600_000;
const server = await startServer({ firstCallbackDelay: null });
after(() => server.stop());
const demo = new Client(server);
const sink = await startSink({ check: false });
after(() => sink.stop());
const callback_url = `${sink.url}/shop`;

const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };
const shop = (settings = {}) =>
  demo.newAccount({ callback_url, first_callback_delay_ms: LONG, outcome: 'process_pending', ...settings });
const fault = async (api, body) => (await api.control('POST', '/faults', body)).expect(201);
const statuses = (id) => sink.of({ invoice: id }).map((one) => one.status);

// A callback without delay, sent after the call. A callback that was sent earlier would have arrived before it.
const fence = await demo.newAccount({ callback_url, first_callback_delay_ms: 0, outcome: 'process_pending' });
async function notSent(id, n = 0) {
  const other = await fence.made();
  await sink.got(1, { invoice: other.id });
  assert.equal(sink.of({ invoice: id }).length, n, `callbacks of ${id}: ${statuses(id)}`);
}

const payout = async (api, changes = {}) =>
  (
    await api.private('POST', '/payout-invoices', {
      json: {
        data: {
          type: 'payout-invoices',
          attributes: {
            service: 'test_usd',
            currency: 'USD',
            amount: 100,
            test_mode: true,
            fields: { account: '42' },
            options: { auto_process: false },
            ...changes,
          },
        },
      },
    })
  ).expect(201).data;
const refund = async (api, id) =>
  (
    await api.private('POST', `/payment-invoices/${id}/refund`, {
      json: { data: { type: 'refund', id, attributes: {} } },
      headers: { 'X-Mock-Outcome': 'refund_pending' },
    })
  ).expect(200);
const sale = async (api, made) =>
  (
    await api.send('POST', '/payment/sale', {
      auth: `Bearer ${made.attributes.flow_data.metadata.token}`,
      json: {
        data: {
          type: 'sale-operation',
          attributes: {
            card_number: '4000000000000002',
            card_holder: 'CARD HOLDER',
            cvv: '123',
            exp_month: '12',
            exp_year: '30',
          },
        },
      },
    })
  ).expect(201);
const paid = async (api) => {
  const made = await api.made();
  (await api.transition(made.id, { status: 'processed' })).expect(200);
  await api.idle();
  return made;
};
const newest = async (api) => (await api.list()).expect(200).data[0].id;

describe('the calls', () => {
  const calls = {
    'POST /payment-invoices': async (api) => (await api.made()).id,
    'POST /public-api/payment-invoices': async (api) => (await api.madePublic()).id,
    'the form': async (api) => {
      (await api.createForm(invoice())).expect(302);
      return newest(api);
    },
    'the form to /hpp/': async (api) => {
      (await api.send('POST', '/hpp/', { form: { public_key: api.account.public_key, ...invoice() } })).expect(303);
      return newest(api);
    },
    'the link to /hpp/': async (api) => {
      (await api.send('GET', `/hpp/?${phpForm({ public_key: api.account.public_key, ...invoice() })}`)).expect(302);
      return newest(api);
    },
    'a refund': async (api) => {
      const { id } = await paid(api);
      await refund(api, id);
      return id;
    },
    'a payout that starts by itself': async (api) => (await payout(api, { options: { auto_process: true } })).id,
    "a payout's /process": async (api) => {
      const { id } = await payout(api);
      (await api.private('POST', `/payout-invoices/${id}/process`)).expect(201);
      return id;
    },
    '/payment/sale': async (api) => {
      const made = await api.made();
      await api.idle();
      await sale(api, made);
      return made.id;
    },
  };
  for (const [name, call] of Object.entries(calls)) {
    test(name, async () => {
      const api = await shop();
      const id = await call(api);
      const before = sink.of({ invoice: id }).length;
      await notSent(id, before);
      const [first] = await api.callbacks();
      assert.deepEqual([first.state, first.due, first.attempts], ['queued', null, []]);
      await api.idle();
      assert.equal(sink.of({ invoice: id }).length, before + 1);
      const [same] = await api.callbacks();
      assert.deepEqual([same.id, same.state, same.attempts.length], [first.id, 'done', 1]);
    });
  }

  test('callbacks of a transition, a payment by command and the payer are not delayed', async () => {
    const api = await shop();
    for (const act of [(id) => api.transition(id, { status: 'processed' }), (id) => api.pay(id, { cancel: true })]) {
      const { id } = await api.made();
      await api.idle();
      (await act(id)).expect(200);
      await sink.got(2, { invoice: id });
    }
  });

  test('a delay of 0', async () => {
    const api = await shop({ first_callback_delay_ms: 0 });
    await sink.got(1, { invoice: (await api.made()).id });
    for (const wrong of [-1, LONG + 1, '250', 0.5]) {
      (await api.control('PATCH', `/accounts/${api.account.id}`, { first_callback_delay_ms: wrong })).expect(422);
    }
    (await api.control('PATCH', `/accounts/${api.account.id}`, { first_callback_delay_ms: LONG })).expect(200);
    await notSent((await api.made()).id);
  });
});

describe('the delay', () => {
  test('is 250 ms after the response unless the account or the option sets it', async () => {
    const api = await demo.newAccount({ callback_url, outcome: 'process_pending' });
    assert.equal(
      (await api.control('GET', `/accounts/${api.account.id}`)).expect(200).json.settings.first_callback_delay_ms,
      null,
    );
    const before = performance.now();
    const { id } = await api.made();
    await sink.got(1, { invoice: id });
    assert.ok(performance.now() - before >= 249, `it took only ${performance.now() - before} ms`);
  });

  test('--first-callback-delay', async () => {
    const other = await startServer({ firstCallbackDelay: '1h' });
    const api = await new Client(other).newAccount({ callback_url, outcome: 'process_pending' });
    const { id } = await api.made();
    await notSent(id);
    await api.idle();
    assert.deepEqual(statuses(id), ['process_pending']);
    await other.stop();
  });

  test('runs in real time on a frozen clock', async () => {
    const api = await shop({ first_callback_delay_ms: 1 });
    await api.freeze();
    await sink.got(1, { invoice: (await api.made()).id });
  });

  test('starts at the end of the response, even if the client has disconnected', async () => {
    const api = await shop({ first_callback_delay_ms: 1 });
    await fault(api, { on: 'api', match: { method: 'POST' }, fault: 'slow', bytes_per_s: 1, times: 1 });
    const body = JSON.stringify({ data: { type: 'payment-invoices', attributes: invoice() } });
    const socket = connect({ host: server.host, port: server.port });
    const begun = new Promise((done) => { socket.once('data', done); });
    socket.write(`POST /payment-invoices HTTP/1.1\r\nHost: ${server.host}\r\nAuthorization: ${api.auth}\r\n`
      + `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    await within(begun, () => 'the first bytes of a slow reply');
    const id = await newest(api);
    await notSent(id);
    socket.destroy();
    await sink.got(1, { invoice: id });
  });

  for (const [name, more] of [['commit_then_reset', {}], ['commit_then_timeout', { hold: '10m' }]]) {
    test(`${name}: the delay starts at the commit`, async () => {
      const api = await shop({ first_callback_delay_ms: 1 });
      await fault(api, { on: 'api', match: { method: 'POST' }, fault: name, times: 1, ...more });
      const controller = new AbortController();
      const reply = fetch(`${server.url}/payment-invoices`, {
        method: 'POST',
        headers: { Authorization: api.auth },
        signal: controller.signal,
        body: JSON.stringify({
          data: { type: 'payment-invoices', attributes: invoice({ metadata: { fault: name } }) },
        }),
      }).then(
        () => 'answered',
        () => 'cut',
      );
      const of = () => sink.requests.find((one) => one.body?.data?.attributes?.metadata?.fault === name);
      await within(new Promise((done) => {
        const look = () => (of() ? done() : setTimeout(look, 5));
        look();
      }), () => 'the callback of an unanswered call');
      controller.abort();
      assert.equal(await reply, 'cut');
    });
  }

  test('commit_then_reset: the callback is not sent before the delay', async () => {
    const api = await shop();
    await fault(api, { on: 'api', match: { method: 'POST' }, fault: 'commit_then_reset', times: 1 });
    await assert.rejects(fetch(`${server.url}/payment-invoices`, { method: 'POST', headers: { Authorization: api.auth },
      body: JSON.stringify({ data: { type: 'payment-invoices', attributes: invoice() } }) }));
    await notSent(await newest(api));
  });
});

describe('later callbacks', () => {
  test('later callbacks of the invoice follow in order', async () => {
    const api = await shop();
    const { id } = await api.made();
    (await api.transition(id, { status: 'processed' })).expect(200);
    (await api.transition(id, { status: 'refunded' })).expect(200);
    await notSent(id);
    await api.idle();
    assert.deepEqual(statuses(id), ['process_pending', 'processed', 'refunded']);
  });

  test('an immediate timer sends nothing earlier, not even with only_final', async () => {
    for (const settings of [{}, { only_final: true }]) {
      const api = await shop({ settle_after_ms: 0, outcome: 'processed', ...settings });
      const { id } = await api.made();
      await api.reach(id, 'processed');
      await notSent(id);
      await api.idle();
      assert.deepEqual(statuses(id), settings.only_final ? ['processed'] : ['process_pending', 'processed']);
    }
  });

  test('no callback overtakes a first callback held by a fault', async () => {
    for (const [kept, then] of [['drop', ['processed']], ['reorder', ['processed', 'process_pending']]]) {
      const api = await shop();
      await fault(api, { on: 'callback', fault: kept, times: 1 });
      const { id } = await api.made();
      (await api.transition(id, { status: 'processed' })).expect(200);
      await notSent(id);
      await api.idle();
      await sink.got(then.length, { invoice: id });
      assert.deepEqual(statuses(id), then, kept);
    }
  });

  test('a second call within the delay has its own delay', async () => {
    const api = await shop({ first_callback_delay_ms: 1 });
    const { id } = await paid(api);
    (await api.control('PATCH', `/accounts/${api.account.id}`, { first_callback_delay_ms: LONG })).expect(200);
    const other = await api.made();
    (await api.transition(other.id, { status: 'processed' })).expect(200);
    await refund(api, other.id);
    await refund(api, id);
    await notSent(other.id);
    await notSent(id, 2);
    await api.idle();
    assert.deepEqual(statuses(other.id), ['process_pending', 'processed', 'refund_pending']);
    assert.deepEqual(statuses(id), ['process_pending', 'processed', 'refund_pending']);
  });

  test('other invoices are not delayed', async () => {
    const api = await shop({ outcome: 'process_pending' });
    const first = await api.made();
    const second = await api.made();
    (await api.wait({ invoice: second.id, callback: 'delivered', timeout: '60s' })).expect(200);
    await notSent(first.id);
  });
});

describe('no delay applies to', () => {
  test('an advance', async () => {
    const api = await shop();
    await api.freeze();
    const { id } = await api.made();
    await notSent(id);
    const { events } = await api.advance(1);
    assert.deepEqual(events.map((one) => [one.kind, one.invoice, one.result]), [['callback', id, 'done']]);
    assert.deepEqual(statuses(id), ['process_pending']);
  });

  test('a creation while the account advances', async () => {
    const api = await shop();
    sink.answer([HANG], '/hang');
    const held = await api.made({ callback_url: `${sink.url}/hang` });
    const advance = api.control('POST', '/clock/advance', { seconds: 1, timeout: '60s' });
    await sink.got(1, { invoice: held.id });
    const { id } = await api.made();
    await sink.got(1, { invoice: id });
    (await api.control('POST', '/reset')).expect(200);
    await advance;
  });

  test('a wait for the callback, before or after the call', async () => {
    const api = await shop();
    const { id } = await api.made();
    await notSent(id);
    (await api.wait({ invoice: id, callback: 'delivered', timeout: '60s' })).expect(200);
    (await api.transition(id, { status: 'processed' })).expect(200);
    const waiting = api.wait({ invoice: id, callback: 'delivered', transition: 'refund_pending', timeout: '60s' });
    await within((async () => {
      for (;;) if ((await demo.send('GET', '/_mock/metrics')).text.includes('waiting_callers 1')) return;
    })(), () => 'the wait to be parked');
    await refund(api, id);
    assert.equal((await waiting).expect(200).json.transition, 'refund_pending');
  });

  test('a creation while a call waits for the account to be idle', async () => {
    const api = await shop();
    sink.answer([HANG], '/hang');
    const held = await api.made({ callback_url: `${sink.url}/hang` });
    const idle = api.wait({ idle: 'true', timeout: '60s' });
    await sink.got(1, { invoice: held.id });
    await sink.got(1, { invoice: (await api.made()).id });
    (await api.control('POST', '/reset')).expect(200);
    (await idle).expect(200);
  });

  test('a resend', async () => {
    const api = await shop();
    const { id } = await api.made();
    const [{ id: callback }] = await api.callbacks();
    await notSent(id);
    (await api.control('POST', `/callbacks/${callback}/resend`, {})).expect(200);
    await sink.got(1, { invoice: id });
    await api.idle();
    assert.deepEqual(statuses(id), ['process_pending']);
    assert.equal((await api.callback(callback)).attempts.length, 1);
  });

  test('before_response, where the response waits for the callback', async () => {
    const api = await shop();
    await fault(api, { on: 'callback', fault: 'before_response', times: 1 });
    const { id } = await api.made();
    assert.deepEqual(statuses(id), ['process_pending']);
  });

  test('the end of exec', async () => {
    const before = sink.requests.length;
    const source = `const reply = await fetch(process.env.MILKYPAY_URL + '/payment-invoices', { method: 'POST', headers: {
      Authorization: 'Basic ' + btoa(process.env.MILKYPAY_ACCOUNT_ID + ':' + process.env.MILKYPAY_API_KEY), 'X-Mock-Outcome': 'process_pending' },
      body: JSON.stringify({ data: { type: 'payment-invoices', attributes: { service: 'payment_card_usd_hpp', currency: 'USD', amount: 1 } } }) });
      if (reply.status !== 201) process.exit(9);`;
    const ended = await runBinary(['exec', '--first-callback-delay', '1h', '--callback-url', callback_url, '--',
      process.execPath, '--input-type=module', '-e', source]);
    assert.equal(ended.code, 0, ended.stderr);
    assert.equal(sink.requests.length, before + 1);
  });
});

describe('the delay is kept in memory', () => {
  test('a restart sends the callback at once', async () => {
    const args = ['--db', join(tempDir(), 'mock.db')];
    let other = await startServer({ args });
    const api = await new Client(other).newAccount({ callback_url, first_callback_delay_ms: LONG });
    const { id } = await api.made({}, hold);
    await notSent(id);
    await other.kill9();
    assert.deepEqual(statuses(id), []);
    other = await startServer({ args });
    await sink.got(1, { invoice: id });
    await other.stop();
  });

  test('a restore sends the callback at once', async () => {
    const api = await shop();
    const { id } = await api.made();
    (await api.control('POST', '/snapshots/one')).expect(201);
    await notSent(id);
    (await api.control('POST', '/snapshots/one/restore')).expect(200);
    await sink.got(1, { invoice: id });
    await api.idle();
    assert.deepEqual(statuses(id), ['process_pending']);
  });

  test('a reset and a deletion drop the callback', async () => {
    for (const [method, path] of [['POST', () => '/reset'], ['DELETE', (api) => `/accounts/${api.account.id}`]]) {
      const api = await shop();
      const { id } = await api.made();
      assert.ok((await api.control(method, path(api))).status < 300);
      await notSent(id);
    }
  });
});
