// Rare statuses, and those after a payment: chargebacks, partial payments, and termination by a moderator.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { join } from 'node:path';
import { Client } from '../lib/client.js';
import { startServer, tempDir } from '../lib/server.js';
import { startSink } from '../lib/sink.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);

const outcome = (text) => ({ headers: { 'X-Mock-Outcome': text } });
const see = async (api, id) => (await api.control('GET', `/payment-invoices/${id}`)).expect(200).json;
/** [status, processed_amount, refunded_amount, charged_back_amount, left] */
const money = async (api, id) => {
  const { data: { attributes: a }, charged_back_amount: back, left } = await see(api, id);
  return [a.status, a.processed_amount, a.refunded_amount, back, left];
};
const refused = (reply, status, code) => {
  const { error } = reply.expect(status).json;
  assert.equal(error.code, code);
  return error.message;
};

const frozen = (settings, on = demo) => on.newFrozen({ settle_after_ms: 2000, ...settings });
async function in_(api, statuses, attributes = {}) {
  const { id } = await api.made(attributes);
  for (const status of statuses)
    (await api.transition(id, typeof status === 'string' ? { status } : status)).expect(200);
  return id;
}

describe('every status by name, by timer and by chain', () => {
  const ALL = {
    processed: 'processed',
    process_failed: 'process_failed',
    partially_processed: 'partially_processed',
    terminated: 'terminated',
    charged_back: 'processed@0,charged_back',
    partially_charged_back: 'processed@0,partially_charged_back',
    refund_pending: 'processed@0,refund_pending',
    refunded: 'processed@0,refunded',
    partially_refunded: 'processed@0,partially_refunded',
    refund_failed: 'processed@0,refund_failed',
  };
  for (const [status, chain] of Object.entries(ALL)) {
    test(`${status}: planned as ${chain}`, async () => {
      const api = await frozen();
      const { id } = await api.made({}, outcome(chain));
      await api.advance(1);
      assert.notEqual((await api.attributes(id)).status, status);
      await api.advance(1);
      assert.equal((await api.attributes(id)).status, status);
      assert.equal((await api.getPublic(id)).expect(200).data.status, status);
      assert.deepEqual((await api.list({ 'filter[status]': status })).data.map((one) => one.id), [id]);
    });

    test(`${status}: by a command`, async () => {
      const api = await frozen();
      const id = await in_(api, /^(refund|.*charged|partially_refund)/.test(status) ? ['processed', status] : [status]);
      assert.equal((await api.reach(id, status)).attributes.status, status);
    });
  }

  test('processed@1s,charged_back@5s', async () => {
    const api = await frozen();
    const sink = await startSink({ account: api.account });
    const { id } = await api.made({ callback_url: `${sink.url}/c` }, outcome('processed@1s,charged_back@5s'));
    await api.advance(5);
    assert.deepEqual(await money(api, id), ['processed', 100, null, null, 100]);
    await api.advance(1);
    assert.deepEqual(await money(api, id), ['charged_back', 100, null, 100, 0]);
    const got = (await sink.got(3, { invoice: id })).map((one) => [
      one.status,
      one.body.data.attributes.updated - api.start,
      one.signature,
    ]);
    assert.deepEqual(got, [['process_pending', 0, 'valid'], ['processed', 1, 'valid'], ['charged_back', 6, 'valid']]);
    await sink.stop();
  });

  test('one invoice with refunds and chargebacks', async () => {
    const api = await frozen();
    const { id } = await api.made(
      {},
      outcome(
        'processed@1s,partially_refunded@1s,partially_charged_back@1s,refund_pending@1s,partially_refunded@1s,charged_back@1s',
      ),
    );
    const seen = [];
    for (let i = 0; i < 6; i++) {
      await api.advance(1);
      seen.push(await money(api, id));
    }
    assert.deepEqual(seen, [
      ['processed', 100, null, null, 100],
      ['partially_refunded', 100, 50, null, 50],
      ['partially_charged_back', 100, 50, 25, 25],
      ['refund_pending', 100, 50, 25, 25],
      ['partially_refunded', 100, 62.5, 25, 12.5],
      ['charged_back', 100, 62.5, 37.5, 0],
    ]);
  });
});

describe('partially_processed', () => {
  test('pays half, in cents, without an amount', async () => {
    const api = await frozen();
    const half = await in_(api, ['partially_processed'], { amount: 33.33 });
    assert.deepEqual(await money(api, half), ['partially_processed', 16.66, null, null, 16.66]);
    const said = await in_(api, [{ status: 'partially_processed', amount: 33.32 }], { amount: 33.33 });
    const a = await api.attributes(said);
    assert.deepEqual(
      [a.processed, a.processed_amount, a.processed_deposit, a.resolution],
      [api.start, 33.32, 33.32, 'ok'],
    );
    assert.equal(a.payload.payment_card.first, '512381');
    assert.equal((await api.getPublic(said)).data.active_payment.status, 'processed');
  });

  test('must be less than the whole amount', async () => {
    const api = await frozen();
    const { id } = await api.made();
    for (const amount of [100, 100.01, 0, -1]) {
      assert.match(
        refused(await api.transition(id, { status: 'partially_processed', amount }), 422, 'invalid'),
        /less than 100$/,
      );
    }
    assert.equal((await api.attributes(id)).status, 'process_pending');
  });

  test('is final, but not all is paid: the payer returns to the pending page', async () => {
    const api = await frozen({ only_final: true });
    const sink = await startSink({ account: api.account });
    const { id } = await api.made({
      callback_url: `${sink.url}/c`,
      return_urls: { success: 'https://a.example/s', pending: 'https://a.example/p', fail: 'https://a.example/f' },
    });
    (await api.transition(id, { status: 'partially_processed' })).expect(200);
    assert.deepEqual((await sink.got(1, { invoice: id })).map((one) => one.status), ['partially_processed']);
    assert.equal((await api.send('GET', `/return?id=${id}`)).expect(302).headers.location, 'https://a.example/p');
    await sink.stop();
  });

  test('a card check succeeds as verified', async () => {
    const api = await frozen();
    const { id } = await api.made({ flow: 'verify' }, outcome('partially_processed@0'));
    await api.advance(0);
    assert.deepEqual(await money(api, id), ['verified', null, null, null, null]);
    assert.ok(!(await see(api, (await api.made({ flow: 'verify' })).id)).may_become.includes('partially_processed'));
  });
});

describe('terminated', () => {
  test('is a final failure with a resolution', async () => {
    const api = await frozen();
    const sink = await startSink({ account: api.account });
    const { id } = await api.made(
      {
        callback_url: `${sink.url}/c`,
        return_urls: { success: 'https://a.example/s', pending: 'https://a.example/p', fail: 'https://a.example/f' },
      },
      outcome('terminated:antifraud_error@1s'),
    );
    await api.advance(1);
    const a = await api.attributes(id);
    assert.deepEqual([a.status, a.resolution, a.processed, a.payload], ['terminated', 'antifraud_error', null, null]);
    assert.deepEqual((await see(api, id)).may_become, []);
    const pub = (await api.getPublic(id)).expect(200).data;
    assert.deepEqual(
      [pub.status, pub.resolution, pub.active_payment.status],
      ['terminated', 'ANTIFRAUD_ERROR', 'terminated'],
    );
    assert.equal((await api.send('GET', `/return?id=${id}`)).expect(302).headers.location, 'https://a.example/f');
    (await api.pay(id, { card_number: '5123817234060000', expiry: '1230', cvv: '123' })).expect(409);
    assert.deepEqual(
      (await sink.got(2, { invoice: id })).map((one) => [one.status, one.signature]),
      [
        ['process_pending', 'valid'],
        ['terminated', 'valid'],
      ],
    );
    await api.advance(86400);
    assert.equal((await api.attributes(id)).status, 'terminated');
    await sink.stop();
  });

  test('has general_decline by default, never ok', async () => {
    const api = await frozen();
    const { id } = await api.made();
    refused(await api.transition(id, { status: 'terminated', resolution: 'ok' }), 422, 'invalid');
    assert.equal(
      (await api.transition(id, { status: 'terminated' })).expect(200).data.attributes.resolution,
      'general_decline',
    );
  });

  test('is not possible after the payment', async () => {
    const api = await frozen();
    refused(await api.transition(await in_(api, ['processed']), { status: 'terminated' }), 409, 'forbidden_transition');
    (
      await api.create({ service: 'payment_card_usd_hpp', currency: 'USD', amount: 1 }, outcome('processed,terminated'))
    ).expect(422);
  });
});

describe('chargebacks', () => {
  test('take the whole amount except refunds', async () => {
    const api = await frozen();
    const id = await in_(api, ['processed', { status: 'partially_refunded', amount: 30 }, 'charged_back']);
    assert.deepEqual(await money(api, id), ['charged_back', 100, 30, 70, 0]);
  });

  test('can take a part, then the rest', async () => {
    const api = await frozen();
    const id = await in_(api, ['processed', { status: 'partially_charged_back', amount: 20.4 }]);
    assert.deepEqual(await money(api, id), ['partially_charged_back', 100, null, 20.4, 79.6]);
    (await api.transition(id, { status: 'charged_back', amount: 79.6 })).expect(200);
    assert.deepEqual(await money(api, id), ['charged_back', 100, null, 100, 0]);
  });

  test('have an amount that the platform\'s document omits and a snapshot keeps', async () => {
    const api = await frozen();
    const id = await in_(api, ['processed', { status: 'partially_charged_back', amount: 20.4 }]);
    assert.ok(!('charged_back_amount' in (await api.attributes(id))));
    (await api.control('POST', '/snapshots/one')).expect(201);
    (await api.transition(id, { status: 'charged_back' })).expect(200);
    (await api.control('POST', '/snapshots/one/restore')).expect(200);
    assert.deepEqual(await money(api, id), ['partially_charged_back', 100, null, 20.4, 79.6]);
  });

  test('survive a restart', async () => {
    const db = join(tempDir(), 'mock.db');
    let own = await startServer({ args: ['--db', db] });
    const api = await frozen({}, new Client(own));
    const { id } = await api.made({}, outcome('processed@0,partially_charged_back@0,charged_back@1d'));
    await api.advance(0);
    await own.kill9();
    own = await startServer({ args: ['--db', db] });
    const again = new Client(own).with(api.account);
    assert.deepEqual(await money(again, id), ['partially_charged_back', 100, null, 50, 50]);
    await again.advance(86400);
    assert.deepEqual(await money(again, id), ['charged_back', 100, null, 100, 0]);
    await own.stop();
  });
});

describe('the amount of a transition', () => {
  const paid = ['processed', { status: 'partially_refunded', amount: 30 }];
  const CASES = [
    [[], { status: 'processed', amount: 100.01 }, /at most 100$/],
    [[], { status: 'processed', amount: 0 }, /at most 100$/],
    [paid, { status: 'refunded', amount: 70.01 }, /all that is left, 70$/],
    [paid, { status: 'refunded', amount: 69.99 }, /all that is left, 70$/],
    [['processed'], { status: 'partially_refunded', amount: 100 }, /less than 100$/],
    [paid, { status: 'charged_back', amount: 100 }, /all that is left, 70$/],
    [paid, { status: 'partially_charged_back', amount: 70 }, /less than 70$/],
    [paid, { status: 'partially_charged_back', amount: 0 }, /less than 70$/],
    [paid, { status: 'charged_back', amount: 71, force: true }, /all that is left, 70$/],
    [['processed', 'refunded'], { status: 'charged_back', amount: 1, force: true }, /0 is left/],
    [['processed'], { status: 'refund_pending', amount: 1 }, /refund_pending moves no money/],
    [[], { status: 'process_failed', amount: 1 }, /process_failed moves no money/],
  ];
  for (const [road, body, message] of CASES) {
    test(`${JSON.stringify(road)} ${JSON.stringify(body)}: 422`, async () => {
      const api = await frozen();
      const id = await in_(api, road);
      const before = await see(api, id);
      assert.match(refused(await api.transition(id, body), 422, 'invalid'), message);
      assert.deepEqual(await see(api, id), before);
    });
  }

  test('the state table is checked first', async () => {
    const api = await frozen();
    refused(await api.transition(await in_(api, []), { status: 'refunded', amount: 1 }), 409, 'forbidden_transition');
  });

  test('may be the whole rest, or less than the paid amount', async () => {
    const api = await frozen();
    const id = await in_(
      api,
      [
        { status: 'processed', amount: 80 },
        { status: 'partially_refunded', amount: 30 },
        { status: 'refunded', amount: 50 },
      ].flatMap((one) => (one.status === 'refunded' ? ['refund_pending', one] : [one])),
    );
    assert.deepEqual(await money(api, id), ['refunded', 80, 80, null, 0]);
  });

  test('half a cent can be split, the smallest amount cannot', async () => {
    const api = await frozen();
    const cent = await in_(api, ['processed', 'partially_refunded'], { amount: 0.01 });
    assert.deepEqual(await money(api, cent), ['partially_refunded', 0.01, 0.005, null, 0.005]);
    const least = await in_(api, ['processed', { status: 'partially_refunded', amount: '0.00999999' }], {
      amount: 0.01,
    });
    assert.ok(!(await see(api, least)).may_become.includes('partially_charged_back'));
    refused(await api.transition(least, { status: 'partially_charged_back' }), 422, 'invalid');
    (await api.transition(least, { status: 'charged_back' })).expect(200);
    assert.deepEqual(await money(api, least), ['charged_back', 0.01, 0.00999999, 0.00000001, 0]);
  });
});

describe('force overrides the state table, not the amounts', () => {
  const STATUSES = [
    'created',
    'expired',
    'process_pending',
    'processed',
    'process_failed',
    'refund_pending',
    'partially_refunded',
    'refunded',
    'refund_failed',
    'charged_back',
    'partially_charged_back',
    'partially_processed',
    'terminated',
  ];
  for (const from of STATUSES) {
    test(`from ${from} to every other`, async () => {
      const api = await frozen();
      for (const to of STATUSES.filter((one) => one !== from)) {
        const { id } = await api.made();
        for (const status of [from, to]) {
          if ((await api.attributes(id)).status !== status)
            (await api.transition(id, { status, force: true })).expect(200);
          const [now, processed, refunded, back, left] = await money(api, id);
          assert.equal(now, status);
          assert.ok(
            (refunded ?? 0) + (back ?? 0) <= (processed ?? 0),
            `${from} to ${to}: ${[processed, refunded, back]}`,
          );
          assert.equal(left, processed === null ? null : processed - (refunded ?? 0) - (back ?? 0));
        }
      }
    });
  }

  test('a charge cannot become verified, nor a card check processed', async () => {
    const api = await frozen();
    for (const force of [false, true]) {
      for (const [flow, asked, got] of [
        ['charge', 'verified', 'processed'],
        ['verify', 'processed', 'verified'],
        ['verify', 'partially_processed', 'verified'],
      ]) {
        const id = await in_(api, [{ status: asked, force }], { flow });
        assert.equal((await api.attributes(id)).status, got);
      }
    }
  });

  test('a return to the start clears the amounts', async () => {
    const api = await frozen();
    for (const status of ['created', 'process_pending', 'process_failed', 'terminated']) {
      const id = await in_(api, ['processed', 'partially_refunded', 'partially_charged_back', { status, force: true }]);
      assert.deepEqual(await money(api, id), [status, null, null, null, null]);
    }
  });

  test('a second payment starts from zero', async () => {
    const api = await frozen();
    const id = await in_(api, ['processed', 'charged_back', { status: 'processed', force: true }]);
    assert.deepEqual(await money(api, id), ['processed', 100, null, null, 100]);
  });
});

describe('the payer\'s page', () => {
  const browser = { headers: { Accept: 'text/html' } };
  const HEADS = {
    partially_processed: ['Partially paid', 'Частково сплачено', 'Частично оплачено'],
    terminated: ['Rejected', 'Відхилено', 'Отклонено'],
    charged_back: ['Charged back', 'Опротестовано', 'Опротестовано'],
    refund_failed: ['Refund failed', 'Повернення не вдалося', 'Возврат не удался'],
  };
  for (const [status, heads] of Object.entries(HEADS)) {
    test(`${status} in three languages`, async () => {
      const api = await frozen();
      for (const [i, locale] of ['en', 'uk', 'ru'].entries()) {
        const { id } = await api.made({});
        (await api.transition(id, { status, force: true })).expect(200);
        const { page } = await see(api, id);
        const { text } = (await api.send('GET', `${page}?locale=${locale}`, browser)).expect(200);
        assert.ok(text.includes(`data-status="${status}"`), text.slice(0, 500));
        assert.equal(/<h1[^>]*>(.*)<\/h1>/.exec(text)?.[1], heads[i]);
      }
    });
  }

  test('partially_processed: the page shows the paid amount', async () => {
    const api = await frozen();
    const id = await in_(api, [{ status: 'partially_processed', amount: 60.25 }]);
    const { text } = (await api.send('GET', `${(await see(api, id)).page}?locale=en`, browser)).expect(200);
    assert.match(/data-testid="amount">([^<]*)</.exec(text)[1], /60\.25/);
  });

  test('after a failed refund the payer returns to the success URL', async () => {
    const api = await frozen();
    const { id } = await api.made({
      return_urls: { success: 'https://a.example/s', pending: 'https://a.example/p', fail: 'https://a.example/f' },
    });
    for (const status of ['processed', 'refund_failed']) (await api.transition(id, { status })).expect(200);
    assert.equal((await api.send('GET', `/return?id=${id}`)).expect(302).headers.location, 'https://a.example/s');
  });
});
