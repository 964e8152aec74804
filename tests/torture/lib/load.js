// Seeded random calls of merchants, payers and tests over concurrent connections.

import { CURRENCIES } from './shop.js';

const RECENT = 6; // the newest invoices of a worker, which it may change: few, so that each gets many changes
const PLANS = [
  ['processed@5ms', ['processed']],
  ['process_failed:declined@0', ['process_failed']],
  ['processed@5ms,refunded@10ms', ['processed', 'refunded']],
  ['processed@1ms,partially_charged_back@5ms', ['processed', 'partially_charged_back']],
];
const PAYOUT_PLANS = [['processed@5ms', ['processed']], ['process_failed:declined@1ms', ['process_failed']]];
const HOLD = 'process_pending';

const document = (type, attributes) => ({ json: { data: { type, attributes } } });
const outcome = (text) => ({ headers: { 'X-Mock-Outcome': text } });

/** The calls that create a payment, by API. */
const WAYS = {
  private: (api, order, extra) =>
    api.private('POST', '/payment-invoices', { ...document('payment-invoices', order), ...extra }),
  public: (api, order, extra) => api.createPublic(order, extra),
};

function orderOf(worker, shop, kind) {
  const { chance } = worker;
  const currency = chance.of(CURRENCIES);
  const common = { reference_id: worker.reference(), currency, amount: chance.amount() };
  const planned = shop.frozen ? false : chance.below(2) === 0;
  const [text, plan] = planned ? chance.of(kind === 'payout' ? PAYOUT_PLANS : PLANS) : [HOLD, undefined];
  return { common, text, plan };
}

/** Adds what is not in the request's body: the planned outcome, and functions that send and repeat the order. */
function known(common, plan, send) {
  const order = { ...common, plan, repeated: false };
  order.send = send;
  order.repeat = () => { order.repeated = true; return send(); };
  return order;
}

async function createPayment(worker, shop) {
  const { common, text, plan } = orderOf(worker, shop, 'payment');
  const body = { ...common, service: `payment_card_${common.currency.toLowerCase()}_hpp` };
  const way = worker.chance.below(4) ? 'private' : 'public';
  const order = known(common, plan, () => WAYS[way](shop.api, body, outcome(text)));
  return shop.create(order, order.send);
}

async function createPayout(worker, shop) {
  const { common, text, plan } = orderOf(worker, shop, 'payout');
  const body = {
    ...common,
    service: `payment_card_${common.currency.toLowerCase()}`,
    fields: { card_number: '4111111111111111' },
    options: { auto_process: plan !== undefined },
  };
  const order = known(common, plan, () =>
    shop.api.private('POST', '/payout-invoices', { ...document('payout-invoices', body), ...outcome(text) }),
  );
  return shop.create(order, order.send);
}

const move = (shop, one, type, body) =>
  shop.change(one, () => shop.api.control('POST', `/${type}/${one.id}/transition`, body));

async function refund(worker, shop, one) {
  const reference = worker.reference();
  const asked = { reference, acknowledged: false };
  one.refunds.push(asked);
  const reply = await shop.change(one, () =>
    shop.api.private('POST', `/payment-invoices/${one.id}/refund`, {
      ...document('refund', {
        reference_id: reference,
        ...worker.chance.of([{}, { amount: worker.chance.amount(2000) }]),
      }),
      ...outcome('refund_pending'),
    }),
  );
  if (reply.status < 300) asked.acknowledged = true;
  else one.refunds.pop();
}

const PAID = ['processed', 'partially_processed', 'partially_refunded', 'refund_failed'];

function changePayment(worker, shop, one) {
  const { chance } = worker;
  if (one.status === 'process_pending') {
    return move(shop, one, 'payment-invoices', {
      status: chance.of(['processed', 'processed', 'partially_processed', 'process_failed']),
    });
  }
  if (one.status === 'refund_pending')
    return move(shop, one, 'payment-invoices', { status: chance.of(['refunded', 'refund_failed']) });
  if (PAID.includes(one.status) && chance.below(2)) return refund(worker, shop, one);
  const status = chance.of(['charged_back', 'partially_charged_back', 'process_pending']);
  return move(shop, one, 'payment-invoices', { status, force: status === 'process_pending' });
}

function changePayout(worker, shop, one) {
  if (one.status === 'created')
    return shop.change(one, () => shop.api.private('POST', `/payout-invoices/${one.id}/process`));
  return move(shop, one, 'payout-invoices', { status: worker.chance.of(['processed', 'process_failed']) });
}

/** Only one worker writes each setting, so that the last value is known. */
const control = (worker, shop) => shop.set(worker.setting, worker.reference(),
  (value) => shop.api.control('PATCH', `/accounts/${shop.id}`, { [worker.setting]: value }));

const SETTINGS = ['name', 'description'];

class Worker {
  constructor(number, chance, shops, load) {
    Object.assign(this, { number, chance, load, own: [], made: 0 });
    this.shop = shops[number % shops.length];
    this.setting = SETTINGS[Math.floor(number / shops.length)];
  }

  reference() { return `w${this.number}-${this.load.name}-${this.made++}`; }

  async step() {
    const { chance, shop } = this;
    const dice = chance.below(20);
    if (this.setting && dice === 0) return control(this, shop);
    const one = this.own.length ? chance.of(this.own.slice(-RECENT)) : null;
    if (!one || dice < 9) {
      const made = await (chance.below(4) ? createPayment : createPayout)(this, shop);
      if (!made.order.plan) this.own.push(made);
      return made;
    }
    return (one.id.startsWith('cpoi_') ? changePayout : changePayment)(this, shop, one);
  }

  async run() {
    while (!this.load.over) {
      try {
        await this.step();
        this.load.answered();
      } catch (error) {
        if (!this.load.over || error.code === 'ERR_ASSERTION') throw error;
      }
    }
  }
}

/** Runs `connections` workers until end(). `name` makes the references of two loads different. */
export class Load {
  constructor({ name, chance, shops, connections }) {
    this.name = name;
    this.over = false;
    this.answers = 0;
    this.waiters = [];
    this.workers = Array.from({ length: connections }, (_, number) => new Worker(number, chance.fork(), shops, this));
  }

  start() {
    this.running = Promise.all(this.workers.map((worker) => worker.run()));
    this.running.catch(() => { this.answered(); });
  }

  answered() {
    this.answers++;
    this.onAnswer?.();
    for (const waiter of this.waiters) waiter();
  }

  /** Resolves once this many calls have a response; fails if a worker fails. */
  async reach(answers) {
    const there = new Promise((done) => {
      const look = () => { if (this.answers >= answers) done(); };
      this.waiters.push(look);
      look();
    });
    await Promise.race([there, this.running]);
  }

  /** Starts no more calls. Call this before the server is killed, then await stopped(). */
  end() { this.over = true; }

  stopped() { return this.running; }
}
