// Refunds by the merchant: POST /payment-invoices/{id}/refund.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { join } from 'node:path';
import { Client } from '../lib/client.js';
import { startServer, tempDir } from '../lib/server.js';
import { startSink } from '../lib/sink.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);

const refund = (api, id, attributes = {}, { headers, ...more } = {}) =>
  api.private('POST', `/payment-invoices/${id}/refund`, {
    json: { data: { type: 'refund', id, attributes } },
    headers,
    ...more,
  });
const outcome = (text) => ({ headers: { 'X-Mock-Outcome': text } });
const see = async (api, id) => (await api.control('GET', `/payment-invoices/${id}`)).expect(200).json;
const money = async (api, id) => {
  const a = await api.attributes(id);
  return [a.status, a.refunded_amount];
};
const wrong = (reply, ...fields) => {
  const { errors } = reply.expect(422).json;
  assert.deepEqual(Object.keys(errors).sort(), [...fields].sort());
  return errors[fields[0]];
};

const frozen = (settings, on = demo) => on.newFrozen({ settle_after_ms: 2000, ...settings });
/** A paid invoice whose callbacks so far have arrived. */
async function paid(api, attributes = {}) {
  const { id } = await api.made(attributes);
  (await api.transition(id, { status: 'processed' })).expect(200);
  return id;
}

describe('the amount', () => {
  test('a full refund is refund_pending at first and refunded by the timer', async () => {
    const api = await frozen();
    const id = await paid(api);
    const reply = (await refund(api, id)).expect(200);
    assert.deepEqual(reply.data, (await api.get(id)).data);
    assert.deepEqual(
      [reply.data.attributes.status, reply.data.attributes.resolution, reply.data.attributes.refunded_amount],
      ['refund_pending', 'ok', null],
    );
    await api.advance(1);
    assert.deepEqual(await money(api, id), ['refund_pending', null]);
    await api.advance(1);
    const a = await api.attributes(id);
    assert.deepEqual(
      [a.status, a.resolution, a.refunded_amount, a.updated, a.processed_amount],
      ['refunded', 'ok', 100, api.start + 2, 100],
    );
  });

  test('may be refunded in parts until nothing is left', async () => {
    const api = await frozen();
    const id = await paid(api);
    for (const [amount, status, sum] of [
      [20.4, 'partially_refunded', 20.4],
      ['0.1', 'partially_refunded', 20.5],
      [79.5, 'refunded', 100],
    ]) {
      (await refund(api, id, { amount })).expect(200);
      await api.advance(2);
      assert.deepEqual(await money(api, id), [status, sum]);
    }
    (await refund(api, id, { amount: 0.01 })).expect(409);
    (await refund(api, id)).expect(409);
  });

  test('is all that is left by default', async () => {
    const api = await frozen();
    const id = await paid(api);
    (await refund(api, id, { amount: 30 })).expect(200);
    await api.advance(2);
    (await refund(api, id)).expect(200);
    assert.deepEqual(
      (await see(api, id)).refunds.map((one) => [one.amount, one.status]),
      [
        [30, 'done'],
        [70, 'pending'],
      ],
    );
    await api.advance(2);
    assert.deepEqual(await money(api, id), ['refunded', 100]);
  });

  test('is limited to the paid amount, not the requested one', async () => {
    const api = await frozen();
    const { id } = await api.made();
    (await api.transition(id, { status: 'partially_processed', amount: 60 })).expect(200);
    assert.equal(
      wrong(await refund(api, id, { amount: 60.01 }), 'amount'),
      'This value should be less than or equal to 60.',
    );
    (await refund(api, id, { amount: 60 })).expect(200);
    await api.advance(2);
    assert.deepEqual(await money(api, id), ['refunded', 60]);
  });

  test('excludes charged back amounts', async () => {
    const api = await frozen();
    const id = await paid(api);
    (await api.transition(id, { status: 'partially_charged_back', amount: 40 })).expect(200);
    assert.equal(
      wrong(await refund(api, id, { amount: 60.5 }), 'amount'),
      'This value should be less than or equal to 60.',
    );
    (await refund(api, id)).expect(200);
    await api.advance(2);
    assert.deepEqual(await money(api, id), ['refunded', 60]);
    assert.equal((await see(api, id)).left, 0);
  });

  test('may be very small, and is exact', async () => {
    const api = await frozen();
    const id = await paid(api, { service: 'bitcoin_btc_hpp', currency: 'BTC', amount: '0.003' });
    (await refund(api, id, { amount: 0.001 })).expect(200);
    await api.advance(2);
    (await refund(api, id, { amount: '0.00199999' })).expect(200);
    await api.advance(2);
    assert.deepEqual(await money(api, id), ['partially_refunded', 0.00299999]);
    assert.equal((await see(api, id)).left, 0.00000001);
  });
});

describe('the request', () => {
  test('the envelope is optional, and so is its id', async () => {
    const api = await frozen();
    for (const json of [
      { amount: 10 },
      { data: { attributes: { amount: 10 } } },
      { data: { amount: 10 } },
      { data: { type: 'x', id: null, attributes: { amount: 10 } } },
    ]) {
      const id = await paid(api);
      (await api.private('POST', `/payment-invoices/${id}/refund`, { json })).expect(200);
      assert.equal((await see(api, id)).refunds[0].amount, 10);
    }
  });

  test('is accepted under /api too', async () => {
    const api = await frozen();
    const id = await paid(api);
    (await api.private('POST', `/api/payment-invoices/${id}/refund`, { json: {} })).expect(200);
    assert.deepEqual(await money(api, id), ['refund_pending', null]);
  });

  test('an id in the body must match', async () => {
    const api = await frozen();
    const [id, other] = [await paid(api), await paid(api)];
    for (const given of [other, 'cpi_0000000000000000', 5, '']) {
      wrong(
        await api.private('POST', `/payment-invoices/${id}/refund`, {
          json: { data: { type: 'refund', id: given, attributes: {} } },
        }),
        'id',
      );
    }
    assert.deepEqual([await money(api, id), await money(api, other)], [['processed', null], ['processed', null]]);
  });

  const WRONG = {
    'amount 0': [{ amount: 0 }, 'amount'],
    'amount below 0': [{ amount: -1 }, 'amount'],
    'amount no number': [{ amount: 'x' }, 'amount'],
    'amount a list': [{ amount: [1] }, 'amount'],
    'amount beyond all': [{ amount: 1e15 }, 'amount'],
    'amount above what there is': [{ amount: 100.01 }, 'amount'],
    'reference_id no text': [{ reference_id: 5 }, 'reference_id'],
    'reference_id too long': [{ reference_id: 'r'.repeat(256) }, 'reference_id'],
    'description no text': [{ description: {} }, 'description'],
    'description too long': [{ description: 'd'.repeat(1025) }, 'description'],
    'all at once': [{ amount: -1, reference_id: 5, description: 5 }, 'amount', 'reference_id', 'description'],
  };
  for (const [name, [attributes, ...fields]] of Object.entries(WRONG)) {
    test(`${name}: 422, and nothing changed`, async () => {
      const api = await frozen();
      const id = await paid(api);
      wrong(await refund(api, id, attributes), ...fields);
      assert.deepEqual(await money(api, id), ['processed', null]);
      assert.deepEqual((await see(api, id)).refunds, []);
    });
  }

  test('messages', async () => {
    const api = await frozen();
    const id = await paid(api);
    assert.equal(wrong(await refund(api, id, { amount: 0 }), 'amount'), 'This value should be greater than 0.');
    assert.equal(
      wrong(await refund(api, id, { amount: 100.01 }), 'amount'),
      'This value should be less than or equal to 100.',
    );
  });

  test('invalid JSON 400, no credentials 401, unknown id 404, another account 404, another method 405', async () => {
    const api = await frozen();
    const id = await paid(api);
    (await api.private('POST', `/payment-invoices/${id}/refund`, { body: 'amount=1' })).expect(400);
    (await api.private('POST', `/payment-invoices/${id}/refund`)).expect(400);
    (await refund(api, id, {}, { auth: null })).expect(401);
    (await refund(api, 'cpi_0000000000000000')).expect(404);
    (await refund(await demo.newAccount(), id)).expect(404);
    (await api.private('GET', `/payment-invoices/${id}/refund`)).expect(405);
    assert.deepEqual(await money(api, id), ['processed', null]);
  });

  test('an inactive account: 403', async () => {
    const api = await frozen();
    const id = await paid(api);
    (await api.control('PATCH', `/accounts/${api.account.id}`, { status: 'inactive' })).expect(200);
    (await refund(api, id)).expect(403);
  });
});

describe('the state', () => {
  const ROADS = {
    process_pending: [],
    process_failed: ['process_failed'],
    refund_pending: ['processed', 'refund_pending'],
    refunded: ['processed', 'refunded'],
    charged_back: ['processed', 'charged_back'],
    terminated: ['terminated'],
  };
  for (const [status, steps] of Object.entries(ROADS)) {
    test(`${status}: 409 without data`, async () => {
      const api = await frozen();
      const { id } = await api.made();
      for (const step of steps) (await api.transition(id, { status: step })).expect(200);
      assert.deepEqual((await refund(api, id, { amount: 1 })).expect(409).json, {
        errors: [{ status: 'Conflict', code: '409' }],
      });
      assert.equal((await api.attributes(id)).status, status);
    });
  }

  test('a card check has no money to refund', async () => {
    const api = await frozen();
    const { id } = await api.made({ flow: 'verify' });
    (await api.transition(id, { status: 'processed' })).expect(200);
    (await refund(api, id)).expect(409);
  });

  test('a second refund during a pending one is a conflict', async () => {
    const api = await frozen();
    const id = await paid(api);
    (await refund(api, id, { amount: 10, reference_id: 'a' })).expect(200);
    assert.equal((await refund(api, id, { amount: 10, reference_id: 'b' })).expect(409).json.data, undefined);
    await api.advance(2);
    (await refund(api, id, { amount: 10, reference_id: 'b' })).expect(200);
  });

  for (const status of ['partially_refunded', 'partially_charged_back', 'refund_failed']) {
    test(`${status}: allows another refund`, async () => {
      const api = await frozen();
      const id = await paid(api);
      (await api.transition(id, { status })).expect(200);
      (await refund(api, id, { amount: 1 })).expect(200);
    });
  }
});

describe('reference_id', () => {
  test('a repeat returns the current state of the invoice, whatever the result', async () => {
    const api = await frozen();
    const id = await paid(api);
    (await refund(api, id, { amount: 40, reference_id: 'r-1' })).expect(200);
    for (const seconds of [0, 2]) {
      await api.advance(seconds);
      const { errors, data } = (await refund(api, id, { amount: 40, reference_id: 'r-1' })).expect(409).json;
      assert.deepEqual(
        [errors.length, errors[0].status, errors[0].code, errors[0].title],
        [1, 'Conflict', '409', 'conflict'],
      );
      assert.match(errors[0].detail, /r-1/);
      assert.deepEqual(data, (await api.get(id)).data);
    }
    assert.deepEqual(await money(api, id), ['partially_refunded', 40]);
  });

  test('a reference of another invoice returns that invoice', async () => {
    const api = await frozen();
    const [one, two] = [await paid(api), await paid(api)];
    (await refund(api, one, { reference_id: 'r-1' })).expect(200);
    assert.equal((await refund(api, two, { reference_id: 'r-1' })).expect(409).data.id, one);
    assert.deepEqual(await money(api, two), ['processed', null]);
  });

  test('invalid fields are checked first, and a failed refund keeps its reference', async () => {
    const api = await frozen();
    const id = await paid(api);
    (await refund(api, id, { reference_id: 'r-1' }, outcome('refund_failed@0'))).expect(200);
    await api.advance(0);
    wrong(await refund(api, id, { reference_id: 'r-1', amount: -1 }), 'amount');
    (await refund(api, id, { reference_id: 'r-1' })).expect(409);
    (await refund(api, id, { reference_id: 'r-2' })).expect(200);
  });

  test('is separate from references of invoices and of other accounts', async () => {
    const [api, other] = [await frozen(), await frozen()];
    const id = await paid(api, { reference_id: 'same' });
    (await refund(api, id, { reference_id: 'same' })).expect(200);
    (await refund(other, await paid(other), { reference_id: 'same' })).expect(200);
  });

  test('is generated by default', async () => {
    const api = await frozen();
    const id = await paid(api);
    for (const reference_id of [undefined, '', null]) {
      (await refund(api, id, { amount: 1, reference_id })).expect(200);
      await api.advance(2);
    }
    const made = (await see(api, id)).refunds.map((one) => one.reference_id);
    assert.equal(new Set(made).size, 3);
    for (const one of made) assert.match(one, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  test('can be reused after a reset', async () => {
    const api = await frozen();
    (await refund(api, await paid(api), { reference_id: 'r-1' })).expect(200);
    (await api.control('POST', '/reset')).expect(200);
    const id = await paid(api);
    assert.deepEqual((await see(api, id)).refunds, []);
    (await refund(api, id, { reference_id: 'r-1' })).expect(200);
  });
});

describe('the outcome', () => {
  const after_ = async (api, id, seconds = 2) => {
    await api.advance(seconds);
    const a = await api.attributes(id);
    return [a.status, a.resolution, a.refunded_amount];
  };

  const CASES = {
    'refund_failed': [2, ['refund_failed', 'general_decline', null]],
    'refund_failed:insufficient_funds@7s': [7, ['refund_failed', 'insufficient_funds', null]],
    'REFUNDED@3s': [3, ['partially_refunded', 'ok', 30]],
    'partially_refunded': [2, ['partially_refunded', 'ok', 30]],
    'refund_pending': [86400, ['refund_pending', 'ok', null]],
    'refund_pending@1s,refund_failed:declined@1s': [2, ['refund_failed', 'declined', null]],
    'partially_refunded@1s,charged_back@5s': [6, ['charged_back', 'ok', 30]],
    'refund_failed@1s,refunded@1s': [2, ['refunded', 'ok', 100]],
  };
  for (const [text, [seconds, result]] of Object.entries(CASES)) {
    test(`by header: ${text}`, async () => {
      const api = await frozen();
      const id = await paid(api);
      (await refund(api, id, { amount: 30 }, outcome(text))).expect(200);
      if (seconds < 100) assert.notEqual((await after_(api, id, seconds - 1))[0], result[0]);
      assert.deepEqual(await after_(api, id, 1 + (seconds < 100 ? 0 : seconds)), result);
    });
  }

  test('partially_refunded with the whole amount becomes refunded', async () => {
    const api = await frozen();
    const id = await paid(api);
    (await refund(api, id, {}, outcome('partially_refunded'))).expect(200);
    assert.deepEqual(await after_(api, id), ['refunded', 'ok', 100]);
  });

  test('a header with another outcome than a refund\'s is rejected', async () => {
    const api = await frozen();
    const id = await paid(api);
    for (const text of [
      'processed',
      'nonsense',
      'charged_back',
      'refunded:declined',
      'refund_failed:nonsense',
      'refund_failed@soon',
      '',
    ]) {
      wrong(await refund(api, id, {}, outcome(text)), 'X-Mock-Outcome');
    }
    assert.deepEqual(await money(api, id), ['processed', null]);
  });

  test('the queue has separate outcomes for refunds and invoices, and precedes the header', async () => {
    const api = await frozen();
    (await api.outcomes('refund_failed:declined', 'process_failed', 'refunded@9s', 'processed@0')).expect(201);
    const first = await api.made();
    await api.advance(2);
    assert.equal((await api.attributes(first.id)).status, 'process_failed');
    const { id } = await api.made();
    await api.advance(0);
    (await refund(api, id, {}, outcome('refunded'))).expect(200);
    assert.deepEqual((await api.control('GET', '/outcomes')).json, { queued: ['refunded@9s'] });
    assert.deepEqual(await after_(api, id), ['refund_failed', 'declined', null]);
    (await refund(api, id)).expect(200);
    assert.deepEqual(await after_(api, id, 8), ['refund_pending', 'ok', null]);
    assert.deepEqual(await after_(api, id, 1), ['refunded', 'ok', 100]);
    assert.deepEqual((await api.control('GET', '/outcomes')).json, { queued: [] });
  });

  test('only a refund with status 200 takes a queued outcome', async () => {
    const api = await frozen();
    const id = await paid(api);
    (await api.outcomes('refund_failed')).expect(201);
    (await refund(api, id, { amount: 101 })).expect(422);
    (await refund(api, (await api.made()).id)).expect(409);
    assert.deepEqual((await api.control('GET', '/outcomes')).json, { queued: ['refund_failed'] });
    (await refund(api, id, { reference_id: 'r' })).expect(200);
    (await api.outcomes('refund_failed')).expect(201);
    (await refund(api, id, { reference_id: 'r' })).expect(409);
    assert.deepEqual((await api.control('GET', '/outcomes')).json, { queued: ['refund_failed'] });
  });

  test('the account\'s outcome applies to payments only', async () => {
    (await demo.send('POST', '/_mock/accounts', { json: { outcome: 'refund_failed' } })).expect(422);
    const api = await frozen();
    assert.equal(
      (
        await api.create({ service: 'payment_card_usd_hpp', currency: 'USD', amount: 1 }, outcome('refund_failed'))
      ).expect(422).json.errors['X-Mock-Outcome'] !== undefined,
      true,
    );
  });

  test('replaces the planned outcome', async () => {
    const api = await frozen();
    const { id } = await api.made({}, outcome('processed@0,charged_back@10s'));
    await api.advance(1);
    (await refund(api, id, { amount: 30 })).expect(200);
    assert.deepEqual(await after_(api, id, 100), ['partially_refunded', 'ok', 30]);
    assert.equal((await see(api, id)).plan, null);
  });

  test('a transition ends it early and cancels its timer', async () => {
    const api = await frozen();
    const [done, failed] = [await paid(api), await paid(api)];
    for (const id of [done, failed]) (await refund(api, id, { amount: 30 })).expect(200);
    assert.equal(
      (await api.transition(done, { status: 'refunded' })).expect(200).data.attributes.status,
      'partially_refunded',
    );
    (await api.transition(failed, { status: 'refund_failed', resolution: 'declined' })).expect(200);
    await api.advance(100);
    assert.deepEqual(
      [await money(api, done), await money(api, failed)],
      [
        ['partially_refunded', 30],
        ['refund_failed', null],
      ],
    );
    assert.deepEqual(
      [(await see(api, done)).refunds[0].status, (await see(api, failed)).refunds[0].status],
      ['done', 'failed'],
    );
  });

  test('a transition with an amount refunds that amount', async () => {
    const api = await frozen();
    const id = await paid(api);
    (await refund(api, id, { amount: 30 })).expect(200);
    (await api.transition(id, { status: 'partially_refunded', amount: 12.5 })).expect(200);
    assert.deepEqual(await money(api, id), ['partially_refunded', 12.5]);
    assert.deepEqual((await see(api, id)).refunds.map((one) => [one.amount, one.status]), [[12.5, 'done']]);
  });

  test('a refund fails if the invoice is forced into another status', async () => {
    const api = await frozen();
    const id = await paid(api);
    (await refund(api, id, { amount: 30 })).expect(200);
    (await api.transition(id, { status: 'charged_back', force: true })).expect(200);
    await api.advance(100);
    const { refunds, left, data } = await see(api, id);
    assert.deepEqual(
      [data.attributes.status, data.attributes.refunded_amount, left, refunds[0].status],
      ['charged_back', null, 0, 'failed'],
    );
  });

  test('may_become during a pending refund', async () => {
    const api = await frozen();
    const id = await paid(api);
    (await refund(api, id, { amount: 30 })).expect(200);
    assert.deepEqual((await see(api, id)).may_become, ['partially_refunded', 'refund_failed']);
    const all = await paid(api);
    (await refund(api, all)).expect(200);
    assert.deepEqual((await see(api, all)).may_become, ['refunded', 'refund_failed']);
  });
});

test('the rules of the fixtures for refunds match the refund', async () => {
  const { mkdirSync, writeFileSync } = await import('node:fs');
  const folder = join(tempDir(), 'fixtures');
  mkdirSync(folder);
  writeFileSync(join(folder, 'scenarios.json'), JSON.stringify({ rules: [
    { match: { amount: 13 }, outcome: 'refund_failed:declined@1s' },
    { match: { reference_id: { glob: 'never-*' } }, outcome: 'refund_pending' },
    { match: { customer_email: 'a@b.example' }, outcome: 'refund_failed:error@0' },
    { match: { amount: 13 }, outcome: 'process_failed:error@0' },
  ] }));
  const own = await startServer({ args: ['--fixtures', folder] });
  try {
    const api = await frozen({}, new Client(own));
    const ordered = await api.made({ amount: 13 });
    await api.advance(0);
    assert.equal((await api.attributes(ordered.id)).resolution, 'error');
    const ended = async (id, attributes) => {
      (await refund(api, id, attributes)).expect(200);
      await api.advance(5);
      const a = await api.attributes(id);
      return [a.status, a.resolution];
    };
    assert.deepEqual(await ended(await paid(api), { amount: 13 }), ['refund_failed', 'declined']);
    assert.deepEqual(await ended(await paid(api), { amount: 12, reference_id: 'never-1' }), ['refund_pending', 'ok']);
    assert.deepEqual(await ended(await paid(api, { customer: { reference_id: 'c', email: 'a@b.example' } }), {}), [
      'refund_failed',
      'error',
    ]);
    assert.deepEqual(await ended(await paid(api, { reference_id: 'never-2' }), {}), ['refunded', 'ok']);
  } finally {
    await own.stop();
  }
});

describe('callbacks', () => {
  test('each step sends a signed callback with the state at that time', async () => {
    const api = await frozen();
    const sink = await startSink({ account: api.account });
    const { id } = await api.made({ callback_url: `${sink.url}/c` }, outcome('processed@1s'));
    await api.advance(1);
    (await refund(api, id, { amount: 30 })).expect(200);
    await sink.got(3, { invoice: id });
    await api.advance(2);
    (await refund(api, id, {}, outcome('refund_failed:declined'))).expect(200);
    await sink.got(5, { invoice: id });
    await api.advance(2);
    const got = (await sink.got(6, { invoice: id })).map(
      ({
        body: {
          data: { attributes: a },
        },
        signature,
      }) => [a.status, a.resolution, a.refunded_amount, a.updated - api.start, signature],
    );
    assert.deepEqual(got, [
      ['process_pending', 'ok', null, 0, 'valid'],
      ['processed', 'ok', null, 1, 'valid'],
      ['refund_pending', 'ok', null, 1, 'valid'],
      ['partially_refunded', 'ok', 30, 3, 'valid'],
      ['refund_pending', 'ok', 30, 3, 'valid'],
      ['refund_failed', 'declined', 30, 5, 'valid'],
    ]);
    assert.deepEqual(
      Object.values((await api.attributes(id)).callback_logs).map((one) => one.transaction_status),
      got.map(([status]) => status),
    );
    await sink.stop();
  });

  test('only_final omits refund_pending', async () => {
    const api = await frozen({ only_final: true });
    const sink = await startSink({ account: api.account });
    const { id } = await api.made({ callback_url: `${sink.url}/c` }, outcome('processed@0'));
    await api.advance(0);
    (await refund(api, id)).expect(200);
    await api.advance(2);
    assert.deepEqual((await sink.got(2, { invoice: id })).map((one) => one.status), ['processed', 'refunded']);
    await sink.stop();
  });

  test('advance reports the end at its due time', async () => {
    const api = await frozen();
    const id = await paid(api);
    (await refund(api, id, {}, outcome('refunded@5s'))).expect(200);
    const { events } = await api.advance({ next: true });
    assert.deepEqual(events, [
      { at: api.start + 5, kind: 'transition', invoice: id, from: 'refund_pending', to: 'refunded' },
    ]);
  });
});

describe('a pending refund survives', () => {
  const hold = outcome('refunded@10s');

  test('kill -9 and a restart', async () => {
    const db = join(tempDir(), 'mock.db');
    let own = await startServer({ args: ['--db', db] });
    const api = await frozen({}, new Client(own));
    const id = await paid(api);
    (await refund(api, id, { amount: 30, reference_id: 'r-1', description: 'd' }, hold)).expect(200);
    const before = await see(api, id);
    await own.kill9();
    own = await startServer({ args: ['--db', db] });
    const again = new Client(own).with(api.account);
    assert.deepEqual(await see(again, id), before);
    const { id: refundId } = before.refunds[0];
    assert.deepEqual(before.refunds, [
      { id: refundId, reference_id: 'r-1', amount: 30, description: 'd', status: 'pending', created: api.start, finished: null },
    ]);
    (await refund(again, id, { reference_id: 'r-1' })).expect(409);
    await again.advance(10);
    assert.deepEqual(await money(again, id), ['partially_refunded', 30]);
    await own.stop();
  });

  test('a snapshot and its restore', async () => {
    const api = await frozen();
    const id = await paid(api);
    (await api.outcomes('refund_failed:declined', 'process_failed')).expect(201);
    (await api.outcomes('refunded@10s')).expect(201);
    (await refund(api, id, { amount: 30, reference_id: 'r-1' })).expect(200); // uses the queued refund_failed
    (await api.control('POST', '/snapshots/one')).expect(201);
    const before = await see(api, id);
    await api.advance(10);
    assert.deepEqual(await money(api, id), ['refund_failed', null]);
    (await refund(api, id, { amount: 50, reference_id: 'r-2' })).expect(200);
    (await api.control('POST', '/snapshots/one/restore')).expect(200);
    assert.deepEqual(await see(api, id), before);
    (await refund(api, id, { reference_id: 'r-1' })).expect(409);
    await api.advance(2);
    assert.deepEqual(await money(api, id), ['refund_failed', null]);
    // the reference is free again; the refund uses the queued refunded@10s
    (await refund(api, id, { amount: 50, reference_id: 'r-2' })).expect(200);
    await api.advance(10);
    assert.deepEqual(await money(api, id), ['partially_refunded', 50]);
  });

  test('an import into another account', async () => {
    const api = await frozen();
    const id = await paid(api);
    (await api.transition(id, { status: 'partially_charged_back', amount: 5 })).expect(200);
    (await refund(api, id, { amount: 10, reference_id: 'r-0' }, outcome('refunded@0'))).expect(200);
    await api.advance(0);
    (await refund(api, id, { amount: 30, reference_id: 'r-1', description: 'd' }, hold)).expect(200);
    (await api.outcomes('refund_failed:declined')).expect(201);
    (await api.control('POST', '/snapshots/one')).expect(201);
    const file = (await api.control('GET', '/snapshots/one')).expect(200).json;
    const [row] = file.invoices;
    assert.deepEqual(row.refunds.map((one) => [one.reference_id, one.status]), [['r-0', 'done'], ['r-1', 'pending']]);
    assert.deepEqual(
      [row.refunded_amount, row.charged_back_amount, row.refunded_ms, row.charged_back_ms],
      [10, 5, api.start * 1000, api.start * 1000],
    );

    const other = await frozen();
    (await other.control('PUT', '/snapshots/one', file)).expect(201);
    (await other.control('POST', '/snapshots/one/restore')).expect(200);
    const [{ id: copy }] = (await other.list()).data;
    const { data, ...rest } = await see(other, copy);
    const { data: _, ...want } = await see(api, id);
    assert.deepEqual({ ...rest, page: null }, { ...want, page: null });
    await other.advance(10);
    assert.deepEqual(await money(other, copy), ['partially_refunded', 40]);
    (await refund(other, copy)).expect(200); // the queue was imported too
    await other.advance(2);
    assert.deepEqual(await money(other, copy), ['refund_failed', 40]);
    assert.equal(data.attributes.status, 'refund_pending');
  });

  test('unless the file is inconsistent: it is rejected', async () => {
    const api = await frozen();
    const id = await paid(api);
    (await refund(api, id, { amount: 30, reference_id: 'r-1' }, hold)).expect(200);
    (await api.control('POST', '/snapshots/one')).expect(201);
    const { text } = (await api.control('GET', '/snapshots/one')).expect(200);
    const BAD = {
      'more than is left': (row) => { row.refunds[0].amount = 100.01; },
      'nothing': (row) => { row.refunds[0].amount = 0; },
      'two pending': (row) => { row.refunds.push({ ...row.refunds[0], reference_id: 'r-2' }); },
      'the same reference twice': (row) => { row.refunds.push({ ...row.refunds[0], status: 'done', finished_ms: 1 }); },
      'pending and finished': (row) => { row.refunds[0].finished_ms = 1; },
      'done and not finished': (row) => { row.refunds[0].status = 'done'; },
      'pending, and the invoice does not wait': (row) => { row.status = 'processed'; },
      'more went back than was paid': (row) => { row.refunded_amount = 60; row.charged_back_amount = 40.01; },
      'an unknown field': (row) => { row.refunds[0].more = 1; },
      'no list': (row) => { row.refunds = {}; },
    };
    for (const [name, spoil] of Object.entries(BAD)) {
      const file = JSON.parse(text);
      spoil(file.invoices[0]);
      const reply = await api.control('PUT', '/snapshots/two', file);
      assert.equal(reply.status, 422, `${name}: ${reply.text}`);
    }
    const old = JSON.parse(text); // like a file of a version without refunds
    Object.assign(old.invoices[0], { status: 'processed', plan: '', plan_due_ms: null });
    for (const name of ['refunds', 'charged_back_amount', 'refunded_ms', 'charged_back_ms'])
      delete old.invoices[0][name];
    (await api.control('PUT', '/snapshots/two', old)).expect(201);
  });
});

test('commit_then_reset: the refund continues, and a repeat returns it', async () => {
  const api = await frozen();
  const id = await paid(api);
  (
    await api.control('POST', '/faults', {
      on: 'api',
      match: { path: '/payment-invoices/*/refund' },
      fault: 'commit_then_reset',
      times: 1,
    })
  ).expect(201);
  // on a new connection, because the client would retry on a kept one
  await assert.rejects(refund(api.with(api.account), id, { amount: 30, reference_id: 'r-1' }), { code: 'ECONNRESET' });
  assert.equal(
    (await refund(api, id, { amount: 30, reference_id: 'r-1' })).expect(409).data.attributes.status,
    'refund_pending',
  );
  await api.advance(2);
  assert.deepEqual(await money(api, id), ['partially_refunded', 30]);
});

test('timeline, journal and script contain it', async () => {
  const api = await frozen();
  const id = await paid(api);
  (await refund(api, id, { amount: 30 })).expect(200);
  (await refund(api, id, { amount: 1 })).expect(409);
  wrong(await refund(api, id, { amount: -1 }), 'amount');
  await api.advance(2);
  const moves = (await api.timeline(id)).items
    .filter((one) => one.kind === 'transition')
    .map((one) => [one.to, one.cause]);
  assert.deepEqual(moves.slice(-2), [['refund_pending', 'refund'], ['partially_refunded', 'timer']]);
  const { items } = (
    await api.control('GET', '/requests', undefined, {
      parameters: { method: 'POST', invoice: id, path: `/payment-invoices/${id}/refund` },
    })
  ).expect(200).json;
  assert.deepEqual(items.map((one) => one.status), [422, 409, 200]);
  assert.equal(items[0].explain.fields.amount.accepted.length > 0, true);
  assert.match(items[1].explain.message, /refund_pending/);
  const script = (await api.control('GET', `/payment-invoices/${id}/export`)).expect(200).text;
  assert.match(script, new RegExp(`curl [^#]*"amount":30[^#]*${id}/refund`, 's'));
});
