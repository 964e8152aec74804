// The story of one account, told to a server whose calls fail: it is created, sells, refunds, pays out, keeps a
// snapshot and is deleted. A step that is refused or lost is repeated, as a careful client does, and must then
// succeed.

import assert from 'node:assert/strict';
import { Client, DEMO, invoice } from '../../lib/client.js';
import { within } from '../../lib/limits.js';

const TRIES = 40;
const PAUSE_MS = 10;
const HANG_MS = 20_000;
const HOLD = { headers: { 'X-Mock-Outcome': 'process_pending' } };

const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

/** Errors of a connection that the server ended, or never accepted. */
const LOST = /ECONNRESET|ECONNREFUSED|EPIPE|socket hang up|was cut off/;
const isLost = (error) => LOST.test(`${error.code} ${error.message}`);

class Over extends Error {}

export class Story {
  /**
   * `server`: of startServer. `counts` collects {replies, refused, lost} over many stories. `over()`: the server has
   * ended, as it may; the rest of the story is left out.
   */
  constructor(server, name, counts, over = () => false) {
    Object.assign(this, { server, name, counts, over });
    this.demo = new Client(server, DEMO, { check: false });
    this.demo.agent.destroy();
    this.demo.agent.keepAlive = false;
  }

  /** Calls until the reply has one of these statuses; a repeated call may also get one of `again`. */
  async step(what, send, statuses, again = []) {
    for (let i = 0; i < TRIES; i++) {
      let reply;
      try {
        reply = await within(send(), () => `the response to ${what}`, HANG_MS);
      } catch (error) {
        if (!isLost(error)) throw error;
        this.counts.lost++;
        if (this.over()) throw new Over();
        await pause(PAUSE_MS);
        continue;
      }
      this.counts.replies++;
      if (statuses.includes(reply.status) || (i && again.includes(reply.status))) return reply;
      assert.ok([500, 503].includes(reply.status), `${what}: ${reply.status} ${reply.text.slice(0, 300)}`);
      if (reply.status === 503) assert.ok(reply.headers['retry-after'], `${what}: a 503 without Retry-After`);
      this.counts.refused++;
      await pause(PAUSE_MS);
    }
    return assert.fail(`${what} did not succeed in ${TRIES} tries`);
  }

  async open() {
    const settings = {
      profile: '2024',
      callback_url: `${this.server.url}/_mock/sink/story`,
      opening_balances: { USD: 1000 },
    };
    const send = () => this.demo.send('POST', '/_mock/accounts', { json: settings });
    const { json } = await this.step('a new account', send, [201]);
    this.api = this.demo.with(json);
    this.api.agent = this.demo.agent;
  }

  control(what, method, path, body, statuses = [200, 201], again = []) {
    return this.step(what, () => this.api.control(method, path, body), statuses, again);
  }

  async tell() {
    try {
      await this.tellAll();
    } catch (error) {
      if (!(error instanceof Over)) throw error;
    }
  }

  async tellAll() {
    await this.open();
    await this.control('a frozen clock', 'PUT', '/clock', { mode: 'frozen' });
    const paid = await this.sell('paid');
    const metadata = { padding: 'x'.repeat(20_000) };
    const open = await this.sell('open', { metadata });
    const path = `/payment-invoices/${paid}/transition`;
    await this.control('a payment', 'POST', path, { status: 'processed' }, [200], [409, 422]);
    const body = { data: { type: 'refund', attributes: { reference_id: 'back', amount: 10 } } };
    const refund = { json: body, headers: { 'X-Mock-Outcome': 'refund_pending' } };
    await this.step(
      'a refund',
      () => this.api.private('POST', `/payment-invoices/${paid}/refund`, refund),
      [200, 201],
      [409, 422],
    );
    await this.payOut();
    await this.control('a snapshot', 'POST', '/snapshots/kept', undefined, [200, 201], [409]);
    await this.control('an advance', 'POST', '/clock/advance', { seconds: 60 });
    await this.control('a restore', 'POST', '/snapshots/kept/restore');
    await this.check(paid, open);
    const own = `/accounts/${this.api.account.id}`;
    await this.control('the end of the account', 'DELETE', own, undefined, [200, 204], [404]);
  }

  async sell(reference, more = {}) {
    const order = invoice({ reference_id: reference, ...more });
    const reply = await this.step(`the order ${reference}`, () => this.api.create(order, HOLD), [201], [409]);
    return reply.data.id;
  }

  payOut() {
    const attributes = {
      reference_id: 'out',
      service: 'payment_card_usd',
      currency: 'USD',
      amount: 5,
      fields: { card_number: '4111111111111111' },
      options: { auto_process: false },
    };
    const order = { json: { data: { type: 'payout-invoices', attributes } }, ...HOLD };
    return this.step('a payout', () => this.api.private('POST', '/payout-invoices', order), [201], [409]);
  }

  /** Everything that was acknowledged exists once. */
  async check(paid, open) {
    const { data } = await this.step('the list', () => this.api.list({ 'page[size]': 100 }), [200]);
    assert.deepEqual(
      data.map(({ id, attributes }) => [id, attributes.reference_id, attributes.status]),
      [[open, 'open', 'process_pending'], [paid, 'paid', 'refund_pending']],
      `${this.name}: the invoices`,
    );
    const balances = await this.step('the balances', () => this.api.private('GET', '/account/balances'), [200]);
    const { active_balance: active, pending_balance: pending } = balances.data.attributes.currency_accounts.USD;
    assert.deepEqual([active, pending], ['1100.00', '0.00'], `${this.name}: the balance`);
  }
}
