// An account under load, with everything that the server acknowledged, and the calls in flight when it was killed.
// Nothing else may exist afterwards.

import assert from 'node:assert/strict';
import { partsOf, units } from '../../lib/money.js';

export const CURRENCIES = ['USD', 'EUR', 'GBP'];
const OPENING = 1_000_000;
const DAY_S = 86_400;
const RETRIES_S = 600; // the time in which each refused callback gets its first retry
const PAGE = 100;

const TYPES = { cpi: 'payment-invoices', cpoi: 'payout-invoices' };
export const typeOf = (id) => TYPES[id.split('_')[0]];

/** The public API shows an invoice without `attributes`. */
const statusOf = (data) => (data.attributes ?? data).status;

/** A stopping server returns 503, which counts as no response. */
function answeredBy(reply) {
  if (reply.status === 503) throw new Error('the server is stopping: 503');
  return reply;
}

/** The account's settings. */
export const settings = (changes) => ({
  profile: '2024',
  settle_after_ms: 20,
  lifetime_s: DAY_S,
  opening_balances: Object.fromEntries(CURRENCIES.map((one) => [one, OPENING])),
  ...changes,
});

/**
 * What the shop knows of an invoice. `statuses`: the acknowledged statuses, in order. `asked`: a change is in flight and
 * may have happened.
 */
class Known {
  constructor(order) {
    this.order = order;
    this.statuses = [];
    this.refunds = [];
    this.asked = false;
  }

  get status() { return this.statuses.at(-1); }
}

export class Shop {
  /** `frozen`: the clock is frozen, and the receiver rejects the first attempt of some callbacks. */
  static async open(demo, receiver, { frozen = false, ...changes } = {}) {
    const place = receiver.place({ refuses: frozen });
    const api = await demo.newAccount(settings({ callback_url: place.url, ...changes }));
    place.knows(api.account);
    if (frozen) await api.freeze();
    return new Shop(api, frozen, place.url);
  }

  constructor(api, frozen, url) {
    this.api = api;
    this.url = url;
    this.frozen = frozen;
    this.acknowledged = new Map(); // id -> Known
    this.unanswered = new Map(); // reference_id -> Known
    this.values = new Map(); // name of a setting -> {acknowledged, asked}
    this.answers = 0;
  }

  get id() {
    return this.api.account.id;
  }

  /** Sends further calls to another server, which has the same database. */
  moveTo(server) {
    this.api.server = server;
  }

  // ---- calls

  /** Creates an invoice; `send` makes the call. Until the response it is unknown whether the invoice exists. */
  async create(order, send) {
    const one = new Known(order);
    this.unanswered.set(order.reference_id, one);
    const reply = answeredBy(await send(order));
    this.unanswered.delete(order.reference_id);
    reply.expect(201);
    one.id = reply.data.id;
    one.statuses.push(statusOf(reply.data));
    this.acknowledged.set(one.id, one);
    this.answers++;
    return one;
  }

  /** Changes an invoice. A rejected call changes nothing. */
  async change(one, send) {
    one.asked = true;
    const reply = answeredBy(await send(one));
    one.asked = false;
    reply.expect(200, 201, 409, 422);
    if (reply.status < 300) {
      one.statuses.push(reply.data.attributes.status);
      this.answers++;
    }
    return reply;
  }

  /** Sets a value, which replaces the earlier one. */
  async set(name, value, send) {
    const known = this.values.get(name) ?? {};
    this.values.set(name, known);
    known.asked = value;
    answeredBy(await send(value)).expect(200, 201);
    Object.assign(known, { acknowledged: value, asked: undefined });
    this.answers++;
  }

  // ---- checks

  /** The number of acknowledged steps of each invoice so far. */
  soFar() {
    return new Map([...this.acknowledged].map(([id, { statuses }]) => [id, statuses.length]));
  }

  /** Asserts that a copy of the database contains everything that was acknowledged by then. */
  checkSoFar(known, rows) {
    const byId = new Map(rows.map((row) => [row.id, row]));
    for (const [id, steps] of known) {
      assert.ok(byId.has(id), `${this.id}: ${id} was acknowledged before it was saved`);
      const way = wayOf(byId.get(id));
      assert.ok(way.length >= steps, `${id}: ${steps} steps were acknowledged, and ${way.length} saved`);
    }
  }

  /** Advances the clock. The long timeout makes the response complete, even on a slow machine. */
  advance(how) {
    return this.api.advance({ timeout: '60s', ...how });
  }

  /** Waits until nothing is due. On a frozen clock, first runs the retries. */
  async settle() {
    if (this.frozen) await this.advance({ seconds: RETRIES_S });
    const reply = await this.api.wait({ idle: 'true', within: '5s', timeout: '60s' });
    reply.expect(200);
  }

  /** All rows of the account, newest first. */
  async list() {
    const rows = [];
    for (const type of Object.values(TYPES)) {
      let before;
      for (;;) {
        const { data, meta } = (
          await this.api.private('GET', `/${type}?page[size]=${PAGE}${before ? `&page[before]=${before}` : ''}`)
        ).expect(200).json;
        for (const row of data) rows.push({ type, id: row.id, attributes: row.attributes });
        if (data.length < PAGE) break;
        before = meta.before;
      }
    }
    return rows;
  }

  async balances() {
    return (await this.api.private('GET', '/account/balances')).expect(200).data.attributes.currency_accounts;
  }

  /** Asserts that the balances equal the sums of the invoices. */
  checkBooks(rows, balances) {
    const sums = Object.fromEntries(CURRENCIES.map((currency) => [currency, [units(OPENING), 0n]]));
    for (const { type, attributes } of rows) {
      const parts = partsOf(type, attributes);
      parts.forEach((part, i) => {
        sums[attributes.currency][i] += part;
      });
    }
    for (const currency of CURRENCIES) {
      const { active_balance: active, pending_balance: pending } = balances[currency];
      assert.deepEqual(
        [units(active), units(pending)],
        sums[currency],
        `the balance of ${this.id} in ${currency} is not the sum of its invoices`,
      );
    }
  }

  /** Asserts over HTTP that everything acknowledged exists once, as ordered, and that the balances are correct. */
  async check() {
    const rows = await this.list();
    const byId = new Map(rows.map((row) => [row.id, row]));
    assert.equal(byId.size, rows.length, `${this.id}: the list has an invoice twice`);
    const references = new Set(rows.map(({ type, attributes }) => `${type} ${attributes.reference_id}`));
    assert.equal(references.size, rows.length, `${this.id}: two invoices have the same reference_id`);
    for (const [id, one] of this.acknowledged) {
      const row = byId.get(id);
      assert.ok(row, `${this.id}: ${id} was acknowledged, but does not exist`);
      checkOrder(one, row);
    }
    const orders = new Set(this.unanswered.keys());
    for (const row of rows.filter(({ id }) => !this.acknowledged.has(id))) {
      assert.ok(orders.has(row.attributes.reference_id), `${this.id}: ${row.id} was never ordered`);
    }
    this.checkBooks(rows, await this.balances());
    await this.checkValues();
    await this.checkRepeats(byId);
  }

  async checkValues() {
    if (!this.values.size) return;
    const { settings: now } = (await this.api.control('GET', `/accounts/${this.id}`)).expect(200).json;
    for (const [name, { acknowledged, asked }] of this.values) {
      const may = [acknowledged, asked].filter((value) => value !== undefined);
      if (acknowledged !== undefined)
        assert.ok(may.includes(now[name]), `${this.id}: ${name} is ${now[name]}, not ${may.join(' or ')}`);
    }
  }

  /** Asserts that a repeated order creates no second invoice. */
  async checkRepeats(byId) {
    const some = [...this.acknowledged.values()].slice(-5);
    for (const one of some) {
      const reply = await one.order.repeat();
      assert.equal(reply.status, 409, `${one.id} was created again`);
      assert.equal(reply.data.id, one.id);
    }
    const there = new Set([...byId.values()].map(({ attributes }) => attributes.reference_id));
    for (const [reference, one] of [...this.unanswered].slice(-5)) {
      const reply = await one.order.repeat();
      assert.equal(reply.status, there.has(reference) ? 409 : 201, `repeat of ${reference}, which got no response`);
    }
  }

  /** Asserts for a copy of the database that no invoice is between two of its states. */
  checkChains(rows) {
    for (const row of rows.filter(({ account }) => account === this.id)) checkChain(row);
  }

  /** Asserts for the database that each invoice has exactly the acknowledged steps, and each step has its callback. */
  checkRows(rows) {
    const byId = new Map(rows.filter(({ account }) => account === this.id).map((row) => [row.id, row]));
    for (const [id, one] of this.acknowledged) {
      const row = byId.get(id);
      assert.ok(row, `${this.id}: ${id} was acknowledged, but is not in the database`);
      checkWay(one, row);
      checkRefunds(one, row);
    }
    for (const row of byId.values()) {
      const one = this.unanswered.get(row.reference_id);
      if (one && !one.order.repeated) checkWay(one, row);
      checkChain(row);
    }
  }
}

function checkOrder({ id, order }, { attributes }) {
  for (const name of ['reference_id', 'currency', 'amount']) {
    assert.equal(attributes[name], order[name], `${name} of ${id}`);
  }
}

function checkRefunds({ id, refunds }, row) {
  const count = (reference) => row.refunds.filter((one) => one === reference).length;
  for (const { reference, acknowledged } of refunds) {
    const times = count(reference);
    if (acknowledged)
      assert.equal(times, 1, `refund ${reference} of ${id} was acknowledged, and exists ${times} times`);
    else assert.ok(times <= 1, `refund ${reference} of ${id} exists ${times} times`);
  }
}

/** All statuses of an invoice so far, read from its callbacks: each change has one. */
function wayOf(row) {
  const way = row.callbacks.map(({ status }) => status);
  return row.payout ? ['created', ...way] : way;
}

function checkWay(one, row) {
  const way = wayOf(row);
  const { plan } = one.order;
  const [must, may] = plan
    ? [[...(row.payout ? ['created'] : []), 'process_pending', ...plan], 0]
    : [one.statuses, one.asked ? 1 : 0];
  if (!plan && !one.id) {
    assert.deepEqual(way, [row.payout ? 'created' : 'process_pending'], `${row.id}, whose creation got no response`);
    return;
  }
  assert.deepEqual(way.slice(0, must.length), must, `the statuses of ${row.id}`);
  assert.ok(way.length <= must.length + may, `${row.id} has more statuses than requested: ${way.join(', ')}`);
}

/** Asserts that each transition starts at the end of the previous one, the last leads to the status, and each has its
 *  callback. */
function checkChain({ id, status, transitions, callbacks, payout }) {
  let at = transitions[0]?.[0];
  for (const [old, now] of transitions) {
    assert.equal(old, at, `${id}: a transition does not start at the end of the previous one`);
    at = now;
  }
  if (transitions.length) assert.equal(at, status, `${id}: the last transition does not lead to the status`);
  const reported = callbacks.map(({ transition }) => transition);
  assert.deepEqual(
    payout ? reported : reported.slice(1),
    transitions.map(([, now]) => now),
    `${id}: transitions and callbacks`,
  );
}
