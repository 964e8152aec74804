// POST /_mock/payment-invoices/{id}/transition.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client } from '../lib/client.js';
import { refused } from '../lib/refused.js';
import { startServer } from '../lib/server.js';
import { startSink } from '../lib/sink.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);
const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };
const pending = (api, attributes) => api.made(attributes, hold);

describe('transition', () => {
  const ROADS = {
    process_pending: [],
    processed: ['processed'],
    process_failed: ['process_failed'],
    refund_pending: ['processed', 'refund_pending'],
    partially_refunded: ['processed', 'refund_pending', 'partially_refunded'],
    refunded: ['processed', 'refund_pending', 'refunded'],
    refund_failed: ['processed', 'refund_pending', 'refund_failed'],
    charged_back: ['processed', 'charged_back'],
    partially_charged_back: ['processed', 'partially_charged_back'],
  };
  const in_ = async (api, status) => {
    const { id } = await pending(api);
    for (const step of ROADS[status]) {
      const amount = step.startsWith('partially') ? { amount: 20.4 } : {};
      const reply = (await api.transition(id, { status: step, ...amount })).expect(200);
      assert.equal(reply.data.attributes.status, step);
    }
    return id;
  };

  for (const status of Object.keys(ROADS)) {
    test(`can reach ${status}`, async () => {
      const api = await demo.newFrozen();
      const id = await in_(api, status);
      assert.equal((await api.attributes(id)).status, status);
      assert.equal((await api.getPublic(id)).expect(200).data.status, status);
    });
  }

  const FORBIDDEN = [
    ['process_pending', 'created'],
    ['process_pending', 'refunded'],
    ['process_pending', 'charged_back'],
    ['process_pending', 'refund_failed'],
    ['processed', 'process_pending'],
    ['processed', 'process_failed'],
    ['processed', 'created'],
    ['processed', 'expired'],
    ['process_failed', 'refunded'],
    ['process_failed', 'charged_back'],
    ['process_failed', 'refund_pending'],
    ['refunded', 'processed'],
    ['refunded', 'process_pending'],
    ['refunded', 'refund_pending'],
    ['charged_back', 'processed'],
    ['charged_back', 'process_failed'],
  ];
  for (const [from, to] of FORBIDDEN) {
    test(`${from} to ${to}: 409, and forced`, async () => {
      const api = await demo.newFrozen();
      const id = await in_(api, from);
      const before = await api.attributes(id);
      refused(await api.transition(id, { status: to }), 409);
      refused(await api.transition(id, { status: to, force: false }), 409);
      assert.deepEqual(await api.attributes(id), before);
      const forced = (await api.transition(id, { status: to, force: true })).expect(200);
      assert.equal(forced.data.attributes.status, to);
      assert.equal((await api.attributes(id)).status, to);
    });
  }

  test('returns the private document, like GET', async () => {
    const api = await demo.newFrozen();
    const { id } = await pending(api);
    const reply = (await api.transition(id, { status: 'processed' })).expect(200);
    assert.equal(reply.data.id, id);
    assert.deepEqual(reply.data, (await api.get(id)).data);
    assert.deepEqual([reply.data.attributes.processed, reply.data.attributes.processed_amount], [api.start, 100]);
  });

  test('resolution', async () => {
    const api = await demo.newFrozen();
    const one = (await pending(api)).id;
    assert.equal(
      (await api.transition(one, { status: 'process_failed', resolution: 'lost_or_stolen_card' })).expect(200).data
        .attributes.resolution,
      'lost_or_stolen_card',
    );
    const two = (await pending(api)).id;
    assert.equal(
      (await api.transition(two, { status: 'process_failed' })).expect(200).data.attributes.resolution,
      'general_decline',
    );
  });

  test('amounts: paid, refunded in parts', async () => {
    const api = await demo.newFrozen();
    const { id } = await pending(api);
    (await api.transition(id, { status: 'processed' })).expect(200);
    (await api.transition(id, { status: 'refund_pending' })).expect(200);
    const part = (await api.transition(id, { status: 'partially_refunded', amount: 20.4 })).expect(200);
    assert.equal(part.data.attributes.refunded_amount, 20.4);
    const other = await in_(api, 'refunded');
    assert.equal((await api.attributes(other)).refunded_amount, 100);
  });

  test('sends a callback and cancels the timer', async () => {
    const api = await demo.newFrozen();
    const sink = await startSink({ account: api.account });
    const { id } = await api.made({ callback_url: `${sink.url}/c` });
    await sink.got(1);
    (await api.transition(id, { status: 'process_failed', resolution: 'declined' })).expect(200);
    await sink.got(2);
    await api.advance(5000);
    assert.equal((await api.attributes(id)).status, 'process_failed');
    assert.deepEqual(sink.requests.map((r) => r.status), ['process_pending', 'process_failed']);
    await sink.stop();
  });

  test('unknown names and fields are rejected', async () => {
    const api = await demo.newFrozen();
    const { id } = await pending(api);
    for (const body of [
      {},
      { status: 'nonsense' },
      { status: 5 },
      { status: 'process_failed', resolution: 'nonsense' },
      { status: 'processed', more: 1 },
      { status: 'processed', amount: -1 },
      { status: 'processed', amount: 'x' },
      { status: 'processed', force: 'yes' },
    ]) {
      refused(await api.transition(id, body));
    }
    for (const [body, wanted] of [
      [{ status: 'failed' }, /unknown status "failed"; did you mean process_failed\?/],
      [{ status: 'process_failed', resolution: 'insuficient_funds' }, /unknown resolution .*; did you mean insufficient_funds\?/],
    ]) {
      assert.match((await api.transition(id, body)).expect(422).json.error.message, wanted);
    }
    assert.equal((await api.attributes(id)).status, 'process_pending');
    refused(await api.transition('cpi_0000000000000000', { status: 'processed' }), 404);
  });
});
