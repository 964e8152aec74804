// The routes of the shop: the table, and a function for each row.

import { CURRENCY, MOST_OF_ONE, amountOf, centsOf, productOf } from './catalogue.js';
import * as pages from './pages.js';
import { Refused, Unsure } from './platform.js';
import { meaningOf } from './status.js';
import { BadRequest, readCallback, readForm, sendAsset, sendJson, sendOn, sendPage, sendStatus } from './web.js';

const ROUTES = [
  ['GET', '/', showShop],
  ['GET', '/products/:id', showProduct],
  ['POST', '/orders', makeOrder],
  ['GET', '/orders', showOrders],
  ['GET', '/orders/:id', showOrder],
  ['POST', '/orders/:id/pay', payOrder],
  ['POST', '/orders/:id/refund', refundOrder],
  ['POST', '/reconcile', reconcile],
  ['GET', '/payouts', showPayouts],
  ['POST', '/payouts', makePayout],
  ['GET', '/payouts/:id/state', tellPayout],
  ['GET', '/return/:id', showReturn],
  ['POST', '/callback', takeCallback],
  ['GET', '/orders/:id/state', tellState],
  ['GET', '/callbacks', showCallbacks],
  ['GET', '/events', listen],
  ['GET', '/assets/:id', showAsset],
  ['GET', '/health', ({ ready }, { response }) => sendStatus(response, ready ? 200 : 503)],
].map(([method, path, handle]) => ({
  method,
  pattern: new RegExp(`^${path.replace(':id', '([\\w.-]{1,64})')}$`),
  handle,
}));

const TOKEN = /^[\w-]{0,64}$/;
const AMOUNT = /^\d{1,7}(\.\d{1,2})?$/;

/** Handles a request. `shop`: orders, platform, payments, payouts, callbacks, listeners, site, ready. */
export async function answer(shop, request, response) {
  try {
    const [path] = request.url.split('?');
    const found = ROUTES.map((route) => ({ ...route, match: route.pattern.exec(path) })).filter(({ match }) => match);
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const route = found.find((each) => each.method === method);
    if (!found.length) throw new BadRequest(404, 'There is no such page.');
    if (!route) throw new BadRequest(405, 'This cannot be done here.');
    await route.handle(shop, { request, response, id: route.match[1] });
  } catch (error) {
    fail(shop, request, response, error);
  }
}

function fail({ site, log }, request, response, error) {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  if (!request.complete) response.setHeader('Connection', 'close');
  if (error instanceof BadRequest) {
    sendPage(response, pages.errorPage(site, { title: 'This did not work', text: error.message }), error.status);
    return;
  }
  log(`${request.method} ${request.url}: ${error.stack}`);
  sendPage(
    response,
    pages.errorPage(site, { title: 'Something went wrong', text: "It is the shop's fault, not yours." }),
    500,
  );
}

// ---- for shoppers

function showShop({ site }, { response }) {
  sendPage(response, pages.shopPage(site));
}

function theProduct(id) {
  const product = productOf(id);
  if (!product) throw new BadRequest(404, 'There is no such product.');
  return product;
}

async function showProduct({ site, platform, log }, { response, id }) {
  const product = theProduct(id);
  // shoppers can buy even if the list of methods is not available
  const services = await platform.services(CURRENCY).catch((error) => {
    log(`no list of methods: ${error.message}`);
    return [];
  });
  sendPage(response, pages.productPage(site, product, services));
}

async function makeOrder(shop, { request, response }) {
  const form = await readForm(request);
  const product = theProduct(form.get('product'));
  const quantity = Number(form.get('quantity'));
  const service = form.get('service') ?? '';
  const token = form.get('token') ?? '';
  if (!(Number.isInteger(quantity) && quantity >= 1 && quantity <= MOST_OF_ONE)) {
    throw new BadRequest(422, `We sell from 1 to ${MOST_OF_ONE} of one kind.`);
  }
  if (!/^\w{1,64}$/.test(service)) throw new BadRequest(422, 'Please choose how to pay.');
  if (!TOKEN.test(token)) throw new BadRequest(422, 'Please open the page of the product again.');
  await pay(shop, response, shop.orders.open(product, quantity, service, token));
}

function theOrder({ orders }, id) {
  const order = orders.get(id);
  if (!order) throw new BadRequest(404, 'There is no such order.');
  return order;
}

async function payOrder(shop, { request, response, id }) {
  await readForm(request);
  await pay(shop, response, theOrder(shop, id));
}

/** Redirects to the payment page, or shows an error page that offers to try again without paying twice. */
async function pay(shop, response, order) {
  await orExplain(shop, response, order, async () => sendOn(response, await shop.payments.start(order)));
}

async function orExplain({ site, log }, response, order, act) {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Refused || error instanceof Unsure)) throw error;
    log(`${order ? `order ${order.id}` : 'payout'}: ${error.message}`);
    const [status, title, text] =
      error instanceof Unsure
        ? [
            503,
            'The payment platform does not answer',
            'Nothing is lost, and nothing is charged twice: please try again in a moment.',
          ]
        : [502, 'The payment platform refused this', `It was refused with ${error.status}, and nothing was charged.`];
    sendPage(response, pages.errorPage(site, { title, text, order }), status);
  }
}

async function showReturn(shop, { response, id }) {
  const order = theOrder(shop, id);
  const doubt = await shop.payments.refresh(order).then(() => false, (error) => {
    shop.log(`order ${id}: ${error.message}`);
    return true;
  });
  sendPage(response, pages.returnPage(shop.site, order, doubt));
}

// ---- for the shop's staff

function showOrders({ site, orders }, { response }) {
  sendPage(response, pages.ordersPage(site, orders.list()));
}

function showOrder(shop, { response, id }) {
  sendPage(response, pages.orderPage(shop.site, theOrder(shop, id)));
}

async function refundOrder(shop, { request, response, id }) {
  const amount = (await readForm(request)).get('amount') ?? '';
  if (amount !== '' && !AMOUNT.test(amount)) throw new BadRequest(422, 'Please give an amount like 18.50.');
  const order = theOrder(shop, id);
  if (!meaningOf(order).refundable)
    throw new BadRequest(409, `This order is ${meaningOf(order).label}: nothing can be refunded.`);
  await orExplain(shop, response, order, async () => {
    await shop.payments.refund(order, centsOf(amount));
    sendOn(response, `/orders/${id}`);
  });
}

/** A real shop runs this as a job, every few minutes; here it runs at the start and by a button. */
async function reconcile({ payments }, { request, response }) {
  await readForm(request);
  await payments.reconcile();
  sendOn(response, '/orders');
}

async function showPayouts(shop, { response }) {
  await orExplain(shop, response, undefined, async () => {
    sendPage(response, pages.payoutsPage(shop.site, await shop.payouts.list()));
  });
}

async function makePayout(shop, { request, response }) {
  const form = await readForm(request);
  const [token, amount, card] = ['token', 'amount', 'card'].map((name) => form.get(name) ?? '');
  if (!token || !TOKEN.test(token)) throw new BadRequest(422, 'Please open the page of the payouts again.');
  if (!AMOUNT.test(amount)) throw new BadRequest(422, 'Please give an amount like 18.50.');
  if (!/^\d{12,19}$/.test(card)) throw new BadRequest(422, 'Please give the number of a card.');
  await orExplain(shop, response, undefined, async () => {
    await shop.payouts.pay(token, centsOf(amount), card);
    sendOn(response, '/payouts');
  });
}

function showCallbacks({ site, callbacks }, { response }) {
  sendPage(response, pages.callbacksPage(site, callbacks));
}

// ---- for programs

async function takeCallback({ callbacks }, { request, response }) {
  const body = await readCallback(request);
  sendStatus(response, await callbacks.receive(body, request.headers['x-signature']));
}

/** What the shop itself knows, for tests and for other programs of the shop. */
function tellState(shop, { response, id }) {
  const { status, resolution, received, refunded, shipments } = theOrder(shop, id);
  sendJson(response, { id, status, resolution, amount: amountOf(received), refunded: amountOf(refunded), shipments });
}

async function tellPayout({ payouts }, { response, id }) {
  sendJson(response, { status: await payouts.status(id) });
}

function listen({ listeners }, { response }) {
  listeners.add(response);
}

function showAsset(_, { response, id }) {
  sendAsset(response, id);
}
