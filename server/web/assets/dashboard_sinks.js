// The built-in receiver: its sinks, the requests of each, and its responses.

import { account, call, get, query } from './dashboard_api.js';
import { message } from './dashboard_bytes.js';
import { el, fill } from './dashboard_dom.js';
import { numberIn } from './dashboard_errors.js';
import { linkTo } from './dashboard_kinds.js';
import { keepFresh } from './dashboard_live.js';
import { rememberList, returnTo } from './dashboard_memory.js';
import { steadyList } from './dashboard_steady.js';
import { testCallback } from './dashboard_test_callback.js';
import { answerCode, button, copyButton, field, form, number, pager, sure, tag, time, toast } from './dashboard_parts.js';

const PAGE = 50;

const urlOf = (name) => `${location.origin}/_mock/sink/${encodeURIComponent(name)}${query({ account })}`;

/** What a callback reports: {id, status, reference}; empty for any other body. */
function reported(body) {
  try {
    const { id, attributes: { status, reference_id: reference } } = JSON.parse(body).data;
    return { id: String(id), status: String(status), reference: String(reference) };
  } catch {
    return {};
  }
}

function row({ one, key, invoice, status, reference }) {
  const body = one.body ?? `base64: ${one.body_base64}`;
  return el('li', {}, el('details.entry', { 'data-testid': 'received' },
    el('summary', { 'data-row': true, 'data-key': key }, el('span', {}, el('span.tag.quiet', {}, one.method)),
      el('span.path', {}, reference),
      el('span.status', {}, status && tag(status, { 'data-testid': 'reported' }),
        tag(one.signature, { 'data-testid': 'signature' }), answerCode(one.response_code)),
      time(one.at, { fine: true })),
    invoice && el('p', {}, 'Invoice ', el('a', { href: linkTo(invoice), 'data-testid': 'to-invoice' }, reference)),
    message('Request', { ...one, body }, 'received-message')));
}

/** The codes of "500, 200"; the server rejects invalid ones. */
const codesOf = (text) => text.split(/[\s,]+/).filter(Boolean).map(numberIn);

/** The URL of a sink, and a button that sends the account's callbacks to it. */
function addressCard(url) {
  const use = button('Send the account\'s callbacks here', async () => {
    await call('PATCH', `/accounts/${account}`, { callback_url: url });
    toast('Callbacks of new invoices are sent here.');
  }, { 'data-testid': 'use-sink' });
  return el('section.card', { 'aria-label': 'Address' },
    el('div.line', {}, el('code', { 'data-testid': 'sink-url' }, url), copyButton(url, 'Copy URL')),
    el('div.actions', {}, use));
}

/** The form that sets the answers; `now` are those that are set. */
function answersForm(name, now) {
  const codes = el('input', {
    name: 'responses', value: now.join(', '), maxlength: 4000, placeholder: '200', 'data-search': true, 'data-testid': 'codes',
  });
  const program = button('Set', async () => {
    await call('PUT', `/sink/${name}`, { responses: codesOf(codes.value) });
    toast('The responses are set.');
  }, { class: 'main', 'data-testid': 'program' });
  const hint = 'Status codes, one after the other; the last one repeats. For example 500, 500, 200';
  return form('Answers', program, {}, field('Answers', codes, hint), el('div.actions', {}, program));
}

/** The view of one sink. */
export async function showSink(view, { id: name, values, signal }) {
  let fresh = true;
  const count = el('span.quiet', { 'data-testid': 'total' });
  const list = el('ul.rows.entries', { 'data-testid': 'inbox' });
  const foot = el('div', {});
  const steady = steadyList(list, { keyOf: ({ key }) => key, make: row }, signal);
  const load = async () => {
    const page = { order: 'newest', limit: PAGE, after: values.after };
    const { items, total, next } = await get(`/sink/${name}/requests`, page);
    if (signal.aborted) return;
    count.textContent = `${number(total)} received`;
    forget.hidden = !total;
    // counted from the oldest, so that each request keeps its number
    const rows = items.map((one, index) => {
      const { id: invoice, ...rest } = reported(one.body);
      return { one, key: `${total - index} ${one.at}`, invoice, ...rest };
    });
    steady.show(rows, fresh);
    fresh = false;
    rememberList(name, rows);
    fill(foot, items.length ? null : el('p.empty', { 'data-testid': 'empty' }, 'No requests yet.'),
      pager(`sinks/${name}`, values, next));
  };
  const forget = button('Delete all', sure('Delete all that this sink received?',
    () => call('DELETE', `/sink/${name}/requests`).then(load)), { class: 'button', hidden: true, 'data-testid': 'forget' });
  const known = (await get('/sinks')).items.find((one) => one.name === name);
  if (signal.aborted) return;
  view.append(el('p', {}, el('a', { href: '#/sinks' }, 'Inbox')),
    el('div.line', {}, el('h1', {}, name), count, steady.pause, forget),
    addressCard(urlOf(name)), answersForm(name, known?.responses ?? []), steady.newer, list, foot);
  keepFresh(view, ['callback', 'account'], load, signal);
  await load();
  returnTo(list, signal);
}

function sinkRow({ name, requests, responses }) {
  const link = { href: `#/sinks/${name}`, 'data-row': true, 'data-key': name, 'data-testid': 'sink' };
  const answers = responses.length ? responses.slice(0, 20).join(', ') : '200';
  return el('li', {}, el('a.line.entry', link, el('b', {}, name), el('span', {}, `${number(requests)} received`),
    el('span.quiet', {}, `answers ${answers}`)));
}

export async function showSinks(view, { signal }) {
  const list = el('ul.rows', { 'data-testid': 'sinks' });
  const none = el('p.empty', { 'data-testid': 'empty' },
    'A sink is a built-in receiver for callbacks. No requests yet. Any name works in place of ', el('code', {}, 'shop'), ': ',
    el('code', { 'data-testid': 'sink-example' }, urlOf('shop')));
  const load = async () => {
    const { items } = await get('/sinks');
    if (signal.aborted) return;
    fill(list, items.map(sinkRow));
    none.hidden = items.length > 0;
  };
  const name = el('input', {
    maxlength: 64, pattern: '[A-Za-z0-9_.\\-]+', required: true, placeholder: 'shop',
    'data-search': true, 'data-testid': 'sink-name',
  });
  const open = (event) => {
    event.preventDefault();
    location.hash = `#/sinks/${name.value}`;
  };
  view.append(el('div.line', {}, el('h1', {}, 'Inbox'), el('span.quiet', {}, 'the sinks of this account')), list, none,
    el('form.card', { 'aria-label': 'Open a sink', onsubmit: open }, field('Name', name),
      el('div.actions', {}, el('button.main', { 'data-testid': 'open-sink' }, 'Open'))),
    testCallback());
  keepFresh(view, ['callback', 'account'], load, signal);
  await load();
}
