// One invoice or payout: its data, its actions and its history.

import { get, text } from './dashboard_api.js';
import { callbackCards } from './dashboard_attempts.js';
import { el, fill, inPlace } from './dashboard_dom.js';
import { jsonCard } from './dashboard_json.js';
import { KINDS, kindOf, linkTo } from './dashboard_kinds.js';
import { keepFresh } from './dashboard_live.js';
import { wayBack } from './dashboard_memory.js';
import { mover } from './dashboard_move.js';
import { button, copy, copyButton, facts, money, partPaid, tag, time } from './dashboard_parts.js';
import { refunder } from './dashboard_refund.js';
import { testOf } from './dashboard_test.js';
import { timeline } from './dashboard_timeline.js';

const CALLBACKS = 100;

const pathOf = (id) => `/${kindOf(id).type}/${id}`;

async function load(id) {
  const [invoice, items, callbacks] = await Promise.all([
    get(pathOf(id)), get(`${pathOf(id)}/timeline`), get('/callbacks', { invoice: id, limit: CALLBACKS }),
  ]);
  const { attributes } = invoice.data;
  return { ...invoice, id, attributes, timeline: items.items, callbacks: callbacks.items.reverse() };
}

const seconds = (value) => value && time(value * 1000);
const json = (value) => (value && Object.keys(value).length ? el('code', {}, JSON.stringify(value)) : null);

function head({ attributes: of, id }) {
  const part = partPaid(of);
  return [
    el('div.line', {}, el('h1', { tabindex: -1, 'data-key': 'heading' }, money(of.amount, of.currency)),
      tag(of.status, { 'data-testid': 'status', 'data-status': of.status }),
      part && el('span', { 'data-testid': 'part-paid' }, `${kindOf(id).ended} ${part}`),
      of.resolution === 'ok' ? null : el('span.bad', { 'data-testid': 'resolution' }, of.resolution),
      of.test_mode ? null : el('span.tag', {}, 'live')),
    el('p.line.quiet', {}, el('span', { 'data-testid': 'reference' }, of.reference_id), el('code', {}, id),
      copyButton(id, 'Copy id', { 'data-key': 'copy-id' })),
  ];
}

const cardOf = ({ payload }) => payload?.payment_card?.mask &&
  `${payload.payment_card.mask}, ${payload.payment_card.expiry_month}/${payload.payment_card.expiry_year}`;

/** The customer as sent: who it is, then the rest. */
const customerOf = ({ reference_id: reference, name, email, phone, ...rest }) => el('div', { 'data-testid': 'customer' },
  [reference, name, email, phone].filter(Boolean).map((value) => el('div', {}, String(value))), json(rest));

const refundRow = (one, currency) => el('li.line', { 'data-testid': 'refund-row' },
  money(one.amount, currency), tag(one.status), el('code', {}, one.reference_id), el('code', {}, one.id));

function details(invoice) {
  const { attributes: of, id, service, plan, due, refunds = [], charged_back_amount: back } = invoice;
  const kind = kindOf(id);
  const converted = of.service_currency && of.service_currency !== of.currency;
  const waits = kind === KINDS.payouts && of.status === 'created'; // the plan applies after the start
  return facts([
    ['Service', service ?? 'the payer chooses'],
    ['Service currency', converted && of.service_currency],
    ['Service amount', converted && of.service_amount && money(of.service_amount, of.service_currency)],
    ['Exchange rate', converted && of.exchange_rate],
    ['Fee', of.fee ? money(of.fee, of.currency) : null],
    ['Card', cardOf(of)],
    ['Customer', invoice.customer && customerOf(invoice.customer)],
    ['Created', seconds(of.created)],
    ['Updated', seconds(of.updated)],
    [kind.ended, seconds(of.processed)],
    ['Failed', of.failed && seconds(of.failed)],
    [`${kind.ended} amount`, partPaid(of) ?? (of.processed_amount && money(of.processed_amount, of.currency))],
    ['Write-off', of.writeoff && money(of.writeoff, of.currency)],
    ['Fields', json(of.fields)],
    ['Refunded', of.refunded_amount && money(of.refunded_amount, of.currency)],
    ['Charged back', back && money(back, of.currency)],
    ['Refunds', refunds.length > 0 && el('ol', {}, refunds.map((one) => refundRow(one, of.currency)))],
    [waits ? 'After the start' : 'Next', plan && el('code', { 'data-testid': 'plan' }, plan)],
    [waits ? 'Starts or expires' : plan ? 'At' : 'Expires', seconds(due)],
    ['Description', of.description],
    ['Colours that are hard to read', invoice.faint_colours &&
      el('span.bad', { 'data-testid': 'faint' }, invoice.faint_colours)],
    ['Callback URL', of.callback_url],
    ['Return URL', of.return_url],
    ['Metadata', json(of.metadata)],
  ]);
}

function actions(state) {
  const { id, page } = state();
  return el('div.actions', {},
    page && el('a.button.main', { href: page, target: '_blank', rel: 'noopener', 'data-testid': 'open-page' },
      'Open payment page'),
    button('Copy as curl', async () => copy(await text(`${pathOf(id)}/export`), 'The script is copied'),
      { 'data-testid': 'copy-curl' }),
    button('Copy as test', () => copy(testOf(state()), 'The test is copied'), { 'data-testid': 'copy-test' }),
    el('a.button', { href: `#/requests?invoice=${id}`, 'data-testid': 'to-requests' }, 'Requests'));
}

const history = (title, list) =>
  el('section.card', {}, el('h2', {}, title, el('span.quiet.order', {}, ', oldest first')), list);

export async function showInvoice(view, { id, signal }) {
  const first = load(id);
  // from the start: what happens while the first state is on its way would be missed
  keepFresh(view, ['transition', 'callback', 'request', 'fault'], () => first.then(() => refresh(), () => {}), signal,
    ({ invoice }) => invoice === id);
  let state = await first;
  if (signal.aborted) return;
  const top = el('div.top', {});
  const known = el('div', {});
  const calls = callbackCards();
  const past = timeline();
  const move = mover(id, () => refresh());
  const whole = jsonCard(id);
  const refund = refunder(id, () => refresh());
  const show = () => {
    fill(top, head(state));
    fill(known, details(state));
    calls.update(state.callbacks);
    past.update(state.timeline);
    move.update(state);
    refund.update(state);
    whole.update();
  };
  const refresh = async () => {
    const next = await load(id);
    if (signal.aborted) return;
    state = next;
    inPlace(view, show);
  };
  show();
  const { view: name, title } = kindOf(id);
  view.append(wayBack(id, { hash: `#/${name}`, title }, linkTo), top, actions(() => state), el('div.columns.invoice', {},
    el('section.card', { 'aria-label': 'Details' }, known),
    el('div.stack.history', {}, history('Timeline', past.list), history('Callbacks', calls.list)),
    el('div.stack', {}, refund.form, move.form, whole.card)));
}
