// The demo shop with one defect each: a copy of docker/demo-shop in which texts are replaced.
//
//   about    the defect, in words for the kill matrix of the documentation
//   change   [file, text, replacement], each text exactly once in its file
//   kills    the scenarios that must fail or warn, and no other

import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SHOP = fileURLToPath(new URL('../../docker/demo-shop', import.meta.url));

const GENUINE = 'return expected.length === given.length && timingSafeEqual(expected, given);';
const NEWS = "if (judgement === 'news') this.#orders.take(order, invoice, 'callback');";
const HEAR = '    note.judgement = await this.#payments.hear(order, data);\n';
const ANSWER = `${HEAR}    return 200;`;
const SHOW = '  sendPage(response, pages.returnPage(shop.site, order, doubt));';
const READ = "if (judgement === 'unclear') await this.reread(order);";
const RECONCILED = 'shop.payments.reconcile().then(() => { shop.ready = true; });';
const REFERENCE = '    const { reference_id: reference';
const SHIPMENTS = 'shipments: meaningOf(invoice.attributes).ships ? 1 : order.shipments,';

const FIND = ['platform.js', '() => this.find(attributes.reference_id, type),'];

/** create() of platform.js with a new reference for each attempt, and without a search. */
const newReference = (type) => [
  ['platform.js', "() => this.#invoice('POST', `/${type}`, body),", `() => {
        const answer = this.#invoice('POST', \`/\${type}\`, body);
        if (type === '${type}') body.data.attributes.reference_id += 'x';
        return answer;
      },`],
  [...FIND, `async () => (type === '${type}' ? undefined : this.find(attributes.reference_id, type)),`],
];

// The fields of an invoice.
const FIELDS = `serial_number status resolution moderation_required amount payment_amount currency service_currency
  reference_id test_mode fee deposit processed processed_amount refunded_amount processed_fee processed_deposit metadata
  flow_data flow hpp_url payment_flow created updated payload description descriptor callback_url return_url original_data
  rrn approval_code reserved_amount reserve_expires unreserved source callback_logs`.split(/\s+/);

/** take() of orders.js that ignores some statuses, whoever tells of them. */
const deafTo = (pattern) => [['orders.js', '  take(order, invoice, by) {',
  `  take(order, invoice, by) {\n    if (${pattern}.test(invoice.attributes.status)) return;`]];

export const MUTANTS = {
  'no signature check': {
    about: 'accepts every callback without a look at its signature',
    kills: ['A1', 'A2', 'A3', 'A4', 'A8', 'A10'],
    change: [['signature.js', GENUINE, 'return true;']],
  },
  'missing signature accepted': {
    about: 'checks the signature only if there is one',
    kills: ['A2'],
    change: [['signature.js', 'const [expected', "if (signature === '') return true;\n  const [expected"]],
  },
  'form of the signature only': {
    about: 'checks that the signature looks like one, not its value',
    kills: ['A1', 'A3', 'A4', 'A8', 'A10'],
    change: [['signature.js', GENUINE, 'return given.length === expected.length;']],
  },
  'signature over encoded JSON': {
    about: 'verifies the body as encoded again, the way of PHP, not the bytes as received',
    kills: ['A4'],
    change: [['signature.js', 'Buffer.from(sign(secret, body))',
      "Buffer.from(sign(secret, JSON.stringify(JSON.parse(body)).replaceAll('/', '\\\\/')))"]],
  },
  'signature over plain JSON': {
    about: 'verifies the body as encoded again by JSON.stringify: no genuine callback passes',
    kills: ['E0', 'F1', 'F2', 'F3', 'F7', 'F9'],
    change: [['signature.js', 'Buffer.from(sign(secret, body))', 'Buffer.from(sign(secret, JSON.stringify(JSON.parse(body))))']],
  },
  'forged answered 200': {
    about: 'ignores forged callbacks, but answers them 200',
    kills: ['A1', 'A2', 'A3', 'A4', 'A8', 'A10'],
    change: [['callbacks.js', 'return 403;', 'return 200;']],
  },
  'invoice of the callback read': {
    about: 'reads the invoice that a callback names instead of its signature, for the order that it names',
    kills: ['A1', 'A2', 'A3', 'A4', 'A10'],
    change: [
      ['signature.js', GENUINE, 'return true;'],
      ['payments.js', '  async hear(order, invoice) {', `  async hear(order, named) {
    const invoice = await this.#platform.read(named.id);
    Object.assign(invoice.attributes, { reference_id: order.id, amount: order.cents / 100 });`],
      ['orders.js', '(order.invoice === undefined || order.invoice === id)', 'id'],
    ],
  },
  'amount trusted': {
    about: 'takes the amount of a callback as it comes, and never compares it with the order',
    kills: ['A5'],
    change: [['orders.js', '\n    && attributes.amount === Number(amountOf(order.cents))', '']],
  },
  'return URL trusted': {
    about: 'books an order as paid when the shopper comes back by the URL for success',
    kills: ['A7'],
    change: [
      ['payments.js', 'success: back,', 'success: `${back}?paid=yes`,'],
      ['routes.js', 'async function showReturn(shop, { response, id }) {\n  const order = theOrder(shop, id);',
        `async function showReturn(shop, { request, response, id }) {
  const order = theOrder(shop, id);
  if (request.url.includes('paid=yes') && !order.shipments) {
    Object.assign(order, { status: 'processed', received: order.cents, shipments: 1 });
  }`],
    ],
  },
  'ships at the return': {
    about: 'ships when it shows the page of a paid order, not when it learns of the payment',
    kills: ['C3', 'C4', 'C9'],
    change: [
      ['orders.js', SHIPMENTS, ''],
      ['routes.js', SHOW, `  if (order.status === 'processed') order.shipments += 1;\n${SHOW}`],
    ],
  },
  'ships once at the return': {
    about: 'ships when it first shows the page of a paid order, so never if the shopper does not come back',
    kills: ['C9'],
    change: [
      ['orders.js', SHIPMENTS, ''],
      ['routes.js', SHOW, `  if (order.status === 'processed') order.shipments = 1;\n${SHOW}`],
    ],
  },
  'unpaid at the return is final': {
    about: 'cancels an order that is not paid when the shopper comes back, and hears no callback of it any more',
    kills: ['A7', 'C4', 'C5', 'E4', 'E5'],
    change: [
      ['routes.js', SHOW, `  const cancelled = { status: 'process_failed', cancelled: true };
  if (order.status === 'process_pending') Object.assign(order, cancelled);
${SHOW}`],
      ['routes.js', 'await shop.payments.refresh(order).then(() => false,', 'await Promise.resolve().then(() => false,'],
      ['payments.js', NEWS, `if (order.cancelled) return 'known';\n    ${NEWS}`],
    ],
  },
  'unknown status is paid': {
    about: 'takes every status that it does not know for paid',
    kills: ['A6'],
    change: [['callbacks.js', REFERENCE, `    const { amount, status: told } = data.attributes;
    if (!isKnown(told)) Object.assign(data.attributes, { status: 'processed', processed_amount: amount });
${REFERENCE}`],
    ['callbacks.js', "import { isGenuine } from './signature.js';", "import { isGenuine } from './signature.js';\nimport { isKnown } from './status.js';"]],
  },
  'unknown field refused': {
    about: 'rejects a callback with a field that it does not know',
    kills: ['A9'],
    change: [['callbacks.js', REFERENCE, `    const known = ${JSON.stringify(FIELDS)};
    if (Object.keys(data.attributes).some((key) => !known.includes(key))) throw new Error('unknown field');
${REFERENCE}`]],
  },
  'no deduplication': {
    about: 'ships whenever it is told that the order is paid',
    kills: ['B1', 'B2', 'B3', 'B4', 'C4', 'C5', 'C6', 'C8'],
    change: [
      ['orders.js', SHIPMENTS, 'shipments: order.shipments + (meaningOf(invoice.attributes).ships ? 1 : 0),'],
      ['payments.js', NEWS, NEWS.replace("judgement === 'news'", "['news', 'known'].includes(judgement)")],
    ],
  },
  'ships after a pause': {
    about: 'looks whether the order was shipped, waits for the warehouse, and then counts the shipment',
    kills: ['B2', 'B3'],
    change: [
      ['orders.js', SHIPMENTS, ''],
      ['payments.js', 'await this.reread(order);\n    return judgement;', `await this.reread(order);
    if (order.status === 'processed' && !order.shipments) {
      await new Promise((done) => { setTimeout(done, 100); });
      order.shipments += 1;
    }
    return judgement;`],
    ],
  },
  'old callbacks count': {
    about: 'applies callbacks in the order of their arrival',
    kills: ['B5', 'C1'],
    change: [
      ['orders.js', "if (updated < order.updated) return 'old';", ''],
      ['orders.js', "if (updated > order.updated) return 'news';", "if (status !== order.status) return 'news';"],
    ],
  },
  'new reference per try': {
    about: 'repeats a creation without an answer under a new reference',
    kills: ['D1', 'D2', 'D4', 'D5'],
    change: [
      ...newReference('payment-invoices'),
      ['orders.js', 'attributes.reference_id === order.id', "attributes.reference_id.replaceAll('x', '') === order.id"],
      ['orders.js', 'get(id) { return this.#byId.get(id); }', "get(id) { return this.#byId.get(id.replaceAll('x', '')); }"],
    ],
  },
  '409 ignored': {
    about: 'takes a 409 for a refusal, and not for the invoice of an earlier try',
    kills: ['D1', 'D2', 'D4', 'D5', 'F7'],
    change: [['platform.js', 'body, [409]);', 'body);'],
      [...FIND, 'async () => undefined,']],
  },
  'closed after an error': {
    about: 'takes no more orders once the platform has not answered',
    kills: ['D1', 'D2', 'D3', 'D4', 'D5', 'D7'],
    change: [
      ['platform.js', '  async #once(act, look) {', '  async #once(act, look) {\n    if (this.closed) throw new Unsure("closed");'],
      ['platform.js', '        const done = await look()', '        this.closed = true;\n        throw error;\n        const done = await look()'],
    ],
  },
  'double click buys twice': {
    about: 'makes an order of every click',
    kills: ['D6'],
    change: [['orders.js', 'const earlier = token && this.list().find((order) => order.token === token);', 'const earlier = undefined;']],
  },
  'no reconciliation': {
    about: 'has no job that asks the platform about open orders',
    kills: ['C6'],
    change: [['payments.js', 'this.#orders.list().filter((each) => !meaningOf(each).final)', '[]'],
      ['payments.js', '    this.#read.set(order, now);\n    await this.reread(order);', '']],
  },
  'answers 202': {
    about: 'answers genuine callbacks with 202',
    kills: ['E0'],
    change: [['callbacks.js', ANSWER, `${HEAR}    return 202;`]],
  },
  'answers refunds 204': {
    about: 'answers callbacks of refunds with 204',
    kills: ['B5', 'F1', 'F2', 'F3', 'F4', 'F5', 'F7', 'F8', 'F9'],
    change: [['callbacks.js', ANSWER, `${HEAR}    return /refund/.test(status) ? 204 : 200;`]],
  },
  'answers old ones 500': {
    about: 'answers 500 to a callback that is older than what it knows',
    kills: ['B5', 'C1', 'C7'],
    change: [['callbacks.js', HEAR, `${HEAR}    if (note.judgement === 'old') return 500;\n`]],
  },
  'part is paid': {
    about: 'takes partially_processed for paid',
    kills: ['E3'],
    change: [['callbacks.js', REFERENCE, `    data.attributes.status = data.attributes.status.replace('partially_processed', 'processed');
${REFERENCE}`]],
  },
  'ships on pending': {
    about: 'ships when the payment begins',
    kills: ['A1', 'A2', 'A3', 'A6', 'A7', 'A8', 'A10', 'D8', 'E1', 'E2', 'E3', 'E4', 'E5', 'E6'],
    change: [['status.js', 'open: true },\n  processed:', 'open: true, ships: true },\n  processed:']],
  },
  'ships at the order': {
    about: 'ships when the order is placed',
    kills: ['A1', 'A2', 'A3', 'A6', 'A7', 'A8', 'A10', 'D8', 'E1', 'E2', 'E3', 'E4', 'E5', 'E6'],
    change: [['orders.js', 'shipments: 0,', 'shipments: 1,']],
  },
  'processing is paid': {
    about: 'takes the status "processing" for paid',
    kills: ['A6'],
    change: [['callbacks.js', REFERENCE, `    const { amount, status: told } = data.attributes;
    if (told === 'processing') Object.assign(data.attributes, { status: 'processed', processed_amount: amount });
${REFERENCE}`]],
  },
  'part booked as whole': {
    about: 'books the amount of the order when only a part is paid',
    kills: ['E3'],
    change: [['orders.js', 'received: centsOf(received ?? 0),', 'received: received ? order.cents : 0,']],
  },
  'failure is final': {
    about: 'ignores a payment after a declined card',
    kills: ['E1'],
    change: [['orders.js', "if (!isOf(order, invoice) || !isKnown(status)) return 'unclear';",
      "if (order.status === 'process_failed') return 'known';\n    if (!isOf(order, invoice) || !isKnown(status)) return 'unclear';"],
    ['status.js', "nothing was charged.', open: true }", "nothing was charged.', final: true }"]],
  },
  'failure ignored': {
    about: 'knows no payment that failed: the order stays pending for ever',
    kills: ['E2', 'E4', 'E6'],
    change: deafTo('/process_failed|expired|terminated/'),
  },
  'refund pressed twice': {
    about: 'sends each press of the refund button under a reference of its own',
    kills: ['F3'],
    change: [
      ['orders.js', "if (order.refunds === 0 || order.status === 'refund_failed' || order.status === 'partially_refunded')\n      this", 'this'],
      ['payments.js', 'if (!this.#refunding.has(order)) {', 'if (order) {'],
    ],
  },
  'refund retried under a new reference': {
    about: 'repeats a refund without an answer under a new reference',
    kills: ['F7'],
    change: [['platform.js', '() => this.#invoice(\'POST\', `/payment-invoices/${encodeURIComponent(id)}/refund`, body),',
      `() => {
        const answer = this.#invoice('POST', \`/payment-invoices/\${encodeURIComponent(id)}/refund\`, body);
        body.data.attributes.reference_id += 'x';
        return answer;
      },`]],
  },
  'refund pressed again after an error': {
    about: 'shows an error page after a lost answer to a refund, and takes the next press for another refund',
    kills: ['F7'],
    change: [
      ['orders.js', "if (order.refunds === 0 || order.status === 'refund_failed' || order.status === 'partially_refunded')\n      this", 'this'],
      ['platform.js', 'async () => undefined, // no search', 'undefined, // no search'],
      ['platform.js', '        if (!(error instanceof Unsure)) throw error;', '        if (!look || !(error instanceof Unsure)) throw error;'],
    ],
  },
  'failed refund under the old reference': {
    about: 'orders a refund again under the reference of the one that failed',
    kills: ['F9'],
    change: [['orders.js', "order.status === 'refund_failed' || ", '']],
  },
  'refused refund booked': {
    about: 'books a refund that the platform refuses',
    kills: ['F8'],
    change: [['payments.js', 'cents ? amountOf(cents) : undefined);', `cents ? amountOf(cents) : undefined)
      .catch(() => this.#platform.read(order.invoice).then(({ id, attributes }) => {
        const refunded = attributes.refunded_amount + cents / 100;
        return { id, attributes: { ...attributes, status: 'refunded', refunded_amount: refunded } };
      }));`]],
  },
  'refund booked at once': {
    about: 'books a refund as done when it is accepted, and hears of no failure',
    kills: ['F2', 'F3', 'F4', 'F8', 'F9'],
    change: [['payments.js', "    if (order.version === seen) this.#orders.take(order, invoice, 'answer');\n  }",
      `    const updated = invoice.attributes.updated + 86_400;
    Object.assign(order, { status: 'refunded', refunded: cents || order.received, updated });\n  }`]],
  },
  'refund of everything': {
    about: 'refunds all that is left whatever amount is asked for',
    kills: ['F2', 'F3', 'F7'],
    change: [['payments.js', 'cents ? amountOf(cents) : undefined', 'undefined']],
  },
  'refunds forgotten': {
    about: 'ignores callbacks of refunds, also of those that were made at the platform',
    kills: ['F1', 'F2', 'F3', 'F5', 'F8', 'F9'],
    change: deafTo('/refund/'),
  },
  'part refund is whole': {
    about: 'books every refund as one of the whole amount',
    kills: ['F2', 'F3', 'F5', 'F8'],
    change: [['orders.js', 'refunded: centsOf(refunded ?? 0),', 'refunded: refunded ? order.cents : 0,']],
  },
  'each status once': {
    about: 'takes the callback of a second refund for that of the first, because the status is the same',
    kills: ['F2'],
    change: [['callbacks.js', HEAR, `    const seen = (this.seen ??= new Set());
    if (seen.has(data.id + status)) return 200;
    seen.add(data.id + status);
${HEAR}`]],
  },
  'part refund at the platform ignored': {
    about: 'ignores refunds of a part that it did not order itself',
    kills: ['F5'],
    change: [['callbacks.js', HEAR, `    if (status === 'partially_refunded' && !order.refunds) return 200;\n${HEAR}`]],
  },
  'part chargeback ignored': {
    about: 'ignores chargebacks of a part',
    kills: ['F6'],
    change: deafTo('/partially_charged/'),
  },
  'chargeback ignored': {
    about: 'ignores callbacks of chargebacks',
    kills: ['F6'],
    change: deafTo('/charged_back/'),
  },
  'payout retried under a new reference': {
    about: 'repeats a payout without an answer under a new reference',
    kills: ['G1'],
    change: newReference('payout-invoices'),
  },
  'payout pressed twice': {
    about: 'sends each press of the payout button under another reference',
    kills: ['G4'],
    change: [['payouts.js', '      reference_id: token,', "      reference_id: token + 'x'.repeat(this.presses = (this.presses ?? -1) + 1),"]],
  },
  'payout that was refused': {
    about: 'takes a payout for made that the platform refused',
    kills: ['G2'],
    change: [['payouts.js', "payout.attributes.status : 'refused'", "payout.attributes.status : 'processed'"]],
  },
  'payout that failed later': {
    about: 'takes every payout for made that the platform accepted',
    kills: ['G3'],
    change: [['payouts.js', "payout ? payout.attributes.status : 'refused'", "payout ? 'processed' : 'refused'"]],
  },
  'newer by whole seconds only': {
    about: 'takes a callback of the same second as what it knows for an old one, and does not ask at the return',
    kills: ['B6', 'E1', 'F3'],
    change: [
      ['orders.js', "if (updated < order.updated) return 'old';", "if (updated <= order.updated) return 'old';"],
      ['routes.js', 'await shop.payments.refresh(order).then(() => false,', 'await Promise.resolve().then(() => false,'],
    ],
  },
  'callback before the answer': {
    about: 'refuses the answer to a creation if a callback has told of the invoice before',
    kills: ['C2'],
    change: [
      ['payments.js', '    // the first callback may arrive before the response, and is then newer\n',
        "    if (order.invoice && this.#platform.atOnce) throw new Error('the order has an invoice');\n"],
      ['platform.js', '        return await act();', '        const made = await act();\n        this.atOnce = attempt === 1;\n        return made;'],
    ],
  },
  'exact amount only': {
    about: 'books a payment only if exactly the amount of the order was paid',
    kills: ['E7'],
    change: [['orders.js', '  take(order, invoice, by) {', `  take(order, invoice, by) {
    const { status: told, processed_amount: paid } = invoice.attributes;
    if (told === 'processed' && centsOf(paid) !== order.cents) return;`]],
  },
  'payout made twice': {
    about: 'makes each payout a second time under another reference',
    kills: ['G0'],
    change: [['payouts.js', '    await this.#platform.create({\n      reference_id: token,', `    for (const reference of [token, \`\${token}x\`]) await this.#platform.create({
      reference_id: reference,`]],
  },
  'acknowledged before stored': {
    about: 'answers a callback, and stores it with the next page that it shows, or reads the invoice at the return',
    kills: ['C8'],
    change: [
      ['shop.js', RECONCILED, 'shop.ready = true;'],
      ['callbacks.js', HEAR, '    this.#payments.inbox.push([order, data]);\n'],
      ['payments.js', '  async hear(order, invoice) {', `  inbox = [];

  async work() {
    while (this.inbox.length) await this.hear(...this.inbox.shift());
  }

  async hear(order, invoice) {`],
      ['routes.js', '    await route.handle(shop,', `    if (!['/callback', '/health'].includes(path)) await shop.payments.work();
    await route.handle(shop,`],
    ],
  },
  'failed read ignored': {
    about: 'reads the invoice at each callback, and answers 200 if it cannot be read',
    kills: ['C10'],
    change: [['payments.js', `${NEWS}\n    ${READ}`, 'await this.reread(order).catch((error) => this.#log(error.message));']],
  },
  'learns at the return only': {
    about: 'answers callbacks and does nothing: it reads the invoice when the shopper comes back',
    kills: ['A9', 'B5', 'C1', 'C9', 'C10', 'E2', 'E4', 'E5', 'E6',
      'F1', 'F2', 'F3', 'F4', 'F5', 'F6', 'F7', 'F8', 'F9'],
    change: [['callbacks.js', HEAR, "    note.judgement = 'left for the return';\n"]],
  },
  'reference used again': {
    about: 'takes the product for the reference, so two orders of it have one invoice',
    kills: ['D8'],
    change: [['orders.js', 'id: randomUUID(),', 'id: product.id,']],
  },
  'orders in memory': {
    about: 'keeps its orders in memory: a restart loses them',
    kills: ['C7', 'C8'],
    change: [['orders_file.js', 'if (!path)', 'if (path)']],
  },
  'float money': {
    about: 'cuts floating-point amounts to cents',
    kills: ['E0', 'G0'],
    change: [['catalogue.js', 'Math.round(Number(amount) * 100)', 'Math.floor(Number(amount) * 100)']],
  },
  'float price': {
    about: 'cuts floating-point prices to cents before it orders the payment',
    kills: ['E0', 'E7', 'G0'],
    change: [['catalogue.js', '(cents / 100).toFixed(2)', '(Math.floor((cents / 100) * 100) / 100).toFixed(2)']],
  },
  'payout of whole units': {
    about: 'pays out whole units of the currency only',
    kills: ['G0'],
    change: [['routes.js', 'shop.payouts.pay(token, centsOf(amount), card)',
      'shop.payouts.pay(token, Math.trunc(amount) * 100, card)']],
  },
};

/** Copies the demo shop into `folder` and makes the changes of a mutant. */
export function makeMutant(folder, { change }) {
  cpSync(SHOP, folder, { recursive: true });
  for (const [name, text, replacement] of change) {
    const file = join(folder, name);
    const source = readFileSync(file, 'utf8');
    const [before, after, ...more] = source.split(text);
    if (after === undefined || more.length) {
      throw new Error(`docker/demo-shop/${name} must have this text once: ${JSON.stringify(text)}`);
    }
    writeFileSync(file, before + replacement + after);
  }
}
