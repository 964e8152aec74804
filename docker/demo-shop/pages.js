// The shop's pages: functions that return HTML.

import { randomUUID } from 'node:crypto';
import { MOST_OF_ONE, PRODUCTS, amountOf, productOf } from './catalogue.js';
import { html } from './html.js';
import { meaningOf } from './status.js';

const CARD = { code: 'payment_card_usd_hpp', name: 'Payment card' };
const AGAIN_S = 3; // how often the page of an open order is updated

const money = (cents) => `$${amountOf(cents)}`;
const timeOf = (ms) =>
  html`<time datetime="${new Date(ms).toISOString()}">${new Date(ms).toISOString().slice(11, 19)}</time>`;
const shortId = (id) => id.slice(0, 8);

/** `live`: live.js updates this part; without JavaScript the page reloads every `again` seconds. */
function page({ title, dashboard, again }, content) {
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<title>${title} - Demo shop</title>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/style.css">
<script type="module" src="/assets/live.js"></script>
${again && html`<noscript><meta http-equiv="refresh" content="${again}"></noscript>`}
</head>
<body>
<a class="skip" href="#main">To the contents</a>
<header>
<p class="brand"><a href="/">Demo shop</a></p>
<nav aria-label="Site"><a href="/">Shop</a><a href="/orders">Orders</a><a href="/payouts">Payouts</a><a href="/callbacks">Callbacks</a><a href="${dashboard()}">Mock</a></nav>
</header>
<main id="main" tabindex="-1">
${content}
</main>
<footer><p>Nothing is sold here and no money moves: this shop shows an integration with the payment platform.</p></footer>
</body>
</html>
`;
}

const badge = (order) =>
  html`<span class="badge ${meaningOf(order).tone}" data-testid="status" data-status="${order.status}">${meaningOf(order).label}</span>`;

const post = (path, label, testid, tone = '', fields = '') => html`<form method="post" action="${path}">
${fields}<button class="${tone}" data-testid="${testid}">${label}</button></form>`;

export function shopPage(site) {
  return page(
    { title: 'Shop', ...site },
    html`<h1>For good mornings</h1>
<ul class="cards">${PRODUCTS.map(
      ({ id, name, cents, about }) => html`
<li class="card"><h2><a href="/products/${id}">${name}</a></h2><p>${about}</p><p class="price">${money(cents)}</p></li>`,
    )}
</ul>`,
  );
}

/** `services` are those of the platform: [{code, name}]; without any, the shop offers cards. */
export function productPage(site, product, services) {
  const offered = services.length ? services : [CARD];
  return page(
    { title: product.name, ...site },
    html`<h1>${product.name}</h1>
<p>${product.about}</p>
<p class="price">${money(product.cents)}</p>
<form class="card order" method="post" action="/orders">
<input type="hidden" name="product" value="${product.id}">
<input type="hidden" name="token" value="${randomUUID()}">
<p><label for="quantity">How many</label>
<input id="quantity" name="quantity" type="number" value="1" min="1" max="${MOST_OF_ONE}" required data-testid="quantity"></p>
<fieldset><legend>Pay by</legend>${offered.map(
      ({ code, name }) => html`
<label class="choice"><input type="radio" name="service" value="${code}" required${code === offered[0].code && html` checked`} data-testid="service-${code}"> ${name}</label>`,
    )}
</fieldset>
<button data-testid="buy">Order and pay</button>
</form>`,
  );
}

const what = (order) => html`${order.quantity} × ${productOf(order.product).name}, ${money(order.cents)}`;

/** What a shopper sees after the payment page, and later. The return URL proves nothing. */
export function returnPage(site, order, doubt) {
  const { tone, shopper, open } = meaningOf(order);
  const failed = order.status === 'process_failed';
  return page(
    { title: 'Your order', again: open && AGAIN_S, ...site },
    html`<h1>Your order</h1>
<p>${what(order)}</p>
<div class="card" data-live data-again="${open ? AGAIN_S : ''}" role="status">
<p class="state ${tone}" data-testid="state" data-status="${order.status}" data-resolution="${order.resolution}">${shopper}
${failed && html`<span class="quiet">Reason: ${order.resolution.replaceAll('_', ' ')}</span>`}</p>
${doubt && html`<p class="notice" data-testid="doubt">The platform does not answer just now; this is the last that we heard.</p>`}
${order.page && open && html`<p><a class="button" href="${order.page}" data-testid="pay-again">${failed ? 'Try again' : 'To the payment'}</a></p>`}
${!order.page && (open || order.status === 'new') && post(`/orders/${order.id}/pay`, 'Start the payment', 'pay')}
</div>
<p><a href="/products/${order.product}">Order again</a></p>
<p class="quiet">Order <code>${shortId(order.id)}</code></p>`,
  );
}

export function ordersPage(site, orders) {
  return page(
    { title: 'Orders', ...site },
    html`<h1>Orders</h1>
<p class="quiet">The shop's own side; a real one asks who you are first.</p>
${post('/reconcile', 'Ask the platform about open orders', 'reconcile')}
<div data-live>${orders.length === 0 && html`<p>There is none yet.</p>`}
<ul class="rows" data-testid="orders">${orders.map(
      (order) => html`
<li><a href="/orders/${order.id}">${shortId(order.id)}</a> <span>${what(order)}</span> ${badge(order)} ${timeOf(order.made)}</li>`,
    )}
</ul></div>`,
  );
}

const REFUND_FIELDS = html`<p><label for="amount">Amount, all if empty</label>
<input id="amount" name="amount" inputmode="decimal" autocomplete="off"></p>
`;

export function orderPage(site, order) {
  const { refundable } = meaningOf(order);
  return page(
    { title: `Order ${shortId(order.id)}`, ...site },
    html`<h1>Order ${shortId(order.id)}</h1>
<div data-live><div class="card">
<dl>
<div><dt>Goods</dt><dd>${what(order)}</dd></div>
<div><dt>Payment</dt><dd>${badge(order)} ${order.resolution && order.resolution !== 'ok' && html`<code>${order.resolution}</code>`}</dd></div>
<div><dt>Shipped</dt><dd>${order.shipments ? 'yes' : 'no'}</dd></div>
<div><dt>Reference</dt><dd><code>${order.id}</code></dd></div>
<div><dt>Invoice</dt><dd>${order.invoice ? html`<a href="${site.dashboard(order.invoice)}"><code>${order.invoice}</code></a>` : 'none yet'}</dd></div>
</dl>
${refundable && post(`/orders/${order.id}/refund`, 'Refund', 'refund', 'danger', REFUND_FIELDS)}
</div>
<h2>What was heard</h2>
<ol class="rows" data-testid="changes">${order.changes.map(
      ({ at, status, resolution, by }) => html`
<li>${timeOf(at)} <span>${status} <span class="quiet">${resolution}</span></span> <span class="quiet">by ${by}</span></li>`,
    )}
</ol></div>
<p><a href="/return/${order.id}">What the shopper sees</a></p>`,
  );
}

const PAYOUT_FIELDS = () => html`<input type="hidden" name="token" value="${randomUUID()}">
<p><label for="amount">Amount</label> <input id="amount" name="amount" inputmode="decimal" required></p>
<p><label for="card">Card</label> <input id="card" name="card" inputmode="numeric" autocomplete="off" required></p>
`;

export function payoutsPage(site, payouts) {
  return page(
    { title: 'Payouts', ...site },
    html`<h1>Payouts</h1>
<p class="quiet">From the shop's balance to a card of its owner.</p>
${post('/payouts', 'Pay out', 'payout', '', PAYOUT_FIELDS())}
<ul class="rows" data-testid="payouts">${payouts.map(
      ({ made, amount, status }) => html`
<li>${timeOf(made)} <span>${amount} ${status}</span></li>`,
    )}
</ul>`,
  );
}

const JUDGEMENTS = {
  news: 'new',
  known: 'known already',
  old: 'older than what is known',
  unclear: 'unclear, so the platform was asked',
};

export function callbacksPage(site, callbacks) {
  const { notes, count } = callbacks;
  return page(
    { title: 'Callbacks', ...site },
    html`<h1>Callbacks</h1>
<p class="quiet">What came to <code>${site.callbackUrl}</code>, the newest first, as it comes.</p>
<div data-live><p data-testid="count">${count} so far${count > notes.length && `, the last ${notes.length} are shown`}.</p>
<ol class="rows" data-testid="callbacks">${notes.map(
      (note) => html`
<li>${timeOf(note.at)} <span>${note.status ?? 'not read'} ${note.order && html`<a href="/orders/${note.order}">${shortId(note.order)}</a>`}</span>
<span class="badge ${note.genuine ? 'good' : 'bad'}">${note.genuine ? 'genuine' : 'forged'}</span>
<span class="quiet" data-judgement="${note.judgement}">${JUDGEMENTS[note.judgement] ?? note.judgement}; answered ${note.answer}</span>
<details id="callback-${note.number}"><summary>Body</summary><pre tabindex="0" role="region" aria-label="Body of callback ${note.number}">${note.body}</pre></details></li>`,
    )}
</ol></div>`,
  );
}

/** `order`: the order in question, if any. */
export function errorPage(site, { title, text, order }) {
  return page({ title, ...site }, html`<h1 data-testid="error">${title}</h1>
<p>${text}</p>
${order && !order.page && post(`/orders/${order.id}/pay`, 'Try again', 'pay')}
${order && html`<p><a href="/return/${order.id}">Your order</a></p>`}
<p><a href="/">To the shop</a></p>`);
}
