// A small right shop for `milkypay-mock rehearse`, which can be given a defect, and the run of the command.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runBinary, tempDir } from './server.js';

/** `DEFECT` of its environment names one thing that it does wrong, or otherwise than others. */
const SHOP = `
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

const { MILKYPAY_URL: mock, MILKYPAY_ACCOUNT_ID: id, MILKYPAY_API_KEY: key, MILKYPAY_SECRET_KEY: secret, PORT, DEFECT, RETURN }
  = process.env;
const headers = { Authorization: 'Basic ' + btoa(id + ':' + key), 'Content-Type': 'application/json' };
const orders = new Map();
let tries = 0;
if (DEFECT === 'ends at once') { console.error('no database'); process.exit(7); }

function take({ id: invoice, attributes }) {
  const order = orders.get(attributes.reference_id);
  const old = attributes.updated < order?.updated && DEFECT !== 'keeps callbacks, and old ones count';
  if (!order || order.invoice !== invoice || old) return;
  Object.assign(order, { status: attributes.status, updated: attributes.updated, refunded: attributes.refunded_amount });
  if (attributes.status !== 'processed') return;
  order.paid = attributes.processed_amount;
  order.shipped = DEFECT === 'ships again' ? (order.shipped ?? 0) + 1 : 1;
}

/** Callbacks that were answered and are not applied before the order was asked for twice. */
const inbox = [];
let questions = 0;
function work() {
  questions += 1;
  if (questions > 1) for (const each of inbox.splice(0)) take(each);
}

let broken = false;

async function open() {
  if (broken) throw new Error('an order has failed');
  broken = DEFECT === 'gives up';
  const reference = 'o' + (tries += 1);
  const attributes = { reference_id: reference, service: 'payment_card_usd_hpp', currency: 'USD', amount: 100,
    test_mode: true, callback_url: 'http://127.0.0.1:' + PORT + '/callback',
    ...(RETURN && { return_url: 'http://127.0.0.1:' + PORT + '/orders/' + reference }) };
  const body = JSON.stringify({ data: { type: 'payment-invoices', attributes } });
  const reply = await fetch(mock + '/payment-invoices', { method: 'POST', headers, body });
  const { data } = await reply.json();
  broken = false;
  orders.set(reference, { invoice: data.id, status: 'process_pending', updated: 0 });
  return { order: reference, page: data.attributes.hpp_url };
}

const leave = () => fetch(mock + '/_mock/accounts/' + id, { method: 'DELETE' });

createServer(async (request, response) => {
  const answer = (status, value) => response.writeHead(status).end(value && JSON.stringify(value));
  const body = Buffer.concat(await request.toArray());
  const [, what, name] = request.url.split('/');
  if (what === 'orders' && request.method === 'POST') {
    const page = (made) => answer(201, DEFECT === 'shows no page' ? {} : made);
    await open().then(page, () => (DEFECT === 'error page 200' ? answer(200, {}) : answer(503)));
  } else if (what === 'orders') {
    if (DEFECT === 'deletes its account when asked') await leave();
    work();
    const { status, paid = 0, shipped = 0, refunded } = orders.get(name) ?? {};
    answer(status ? 200 : 404, { status, paid, shipped, refunded: refunded ?? 0 });
  } else if (what === 'callback') {
    const right = createHash('sha1').update(secret).update(body).update(secret).digest('base64');
    if (DEFECT === 'crashes') process.exit(9);
    if (DEFECT === 'deletes its account') await leave();
    if (DEFECT === 'is killed') process.kill(process.pid, 'SIGKILL');
    if (DEFECT !== 'believes all' && request.headers['x-signature'] !== right) return answer(403);
    questions = 0;
    if (DEFECT?.startsWith('keeps callbacks')) inbox.push(JSON.parse(body).data);
    else take(JSON.parse(body).data);
    answer(DEFECT?.startsWith('answers ') ? Number(DEFECT.slice(8)) : 200);
  } else if (what === 'cron') {
    for (const { invoice } of orders.values()) {
      const reply = await fetch(mock + '/payment-invoices/' + invoice, { headers });
      take((await reply.json()).data);
    }
    answer(200);
  } else {
    if (what === 'restart') inbox.length = 0; // what was not stored is lost
    if (what === 'refund' && DEFECT === 'deletes its account at a refund') await leave();
    answer(200);
  }
}).listen(PORT, '127.0.0.1');
`;

/** The settings of the shop. */
export const SETTINGS = {
  shop: { url: 'http://127.0.0.1:{port}' },
  order: { method: 'POST', url: '{shop}/orders', id: '/order', expect: [201] },
  state: {
    url: '{shop}/orders/{order}',
    status: '/status',
    map: {
      process_pending: 'pending',
      processed: 'paid',
      partially_processed: 'part',
      process_failed: 'failed',
      terminated: 'failed',
      refunded: 'refunded',
      partially_charged_back: 'disputed',
      charged_back: 'disputed',
    },
    fulfilments: '/shipped',
    amount: '/paid',
    refunded: '/refunded',
  },
};

/** Writes the shop and its settings into a folder, which is returned. */
export function shopFolder(settings = SETTINGS) {
  const folder = tempDir();
  writeFileSync(join(folder, 'shop.mjs'), SHOP);
  writeFileSync(join(folder, 'rehearsal.json'), typeof settings === 'string' ? settings : JSON.stringify(settings));
  return folder;
}

/** Rehearses the shop: {code, stdout, stderr}. */
export function rehearse(args, { defect, settings, env, folder = shopFolder(settings) } = {}) {
  const all = ['rehearse', ...args, '--', process.execPath, 'shop.mjs'];
  return runBinary(all, { cwd: folder, env: { TMPDIR: folder, ...(defect && { DEFECT: defect }), ...env } });
}

/** The same, with the run that --format json prints. */
export async function rehearsed(args, options) {
  const { code, stdout, stderr } = await rehearse(['--format', 'json', ...args], options);
  return { code, stderr, run: stdout ? JSON.parse(stdout) : undefined };
}
