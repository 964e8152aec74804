// The built-in receiver: its names, what each of them got, and what it answers.

import { account, call, get, query } from './dashboard_api.js';
import { el, fill, gather, keeper } from './dashboard_dom.js';
import { listen } from './dashboard_live.js';
import { button, code, copyButton, field, message, number, tag, time, toast } from './dashboard_parts.js';

const PAGE = 50;
const EVENTS_MS = 200;

const urlOf = (name) => `${location.origin}/_mock/sink/${encodeURIComponent(name)}${query({ account })}`;

/** What a callback reports; nothing of a body that is none. */
function reported(body) {
  try {
    const { attributes } = JSON.parse(body).data;
    return [tag(String(attributes.status), { 'data-testid': 'reported' }), el('span', {}, String(attributes.reference_id))];
  } catch {
    return [];
  }
}

function request({ one }) {
  const body = one.body ?? `base64: ${one.body_base64}`;
  return el('li', {}, el('details.entry', { 'data-testid': 'received' },
    el('summary', { 'data-row': true }, el('span.tag.quiet', {}, one.method), ...reported(one.body), el('span.tag.quiet', { 'data-testid': 'signature' }, one.signature), code(one.response_code), time(one.at, { fine: true })),
    message('Request', one.headers, body, 'received-message')));
}

/** The codes of "500, 200"; the server refuses what is none. */
const codesOf = (text) => text.split(/[\s,]+/).filter(Boolean).map(Number);

/** What is at one name. */
export async function showSink(view, { id: name, values, signal }) {
  const count = el('span.quiet', { 'data-testid': 'total' });
  const list = el('ul.rows.entries', { 'data-testid': 'inbox' });
  const foot = el('div', {});
  const keep = keeper();
  const codes = el('input', { maxlength: 4000, placeholder: '200', 'data-search': true, 'data-testid': 'codes' });
  const load = async () => {
    const { items, total, next } = await get(`/sink/${name}/requests`, { order: 'newest', limit: PAGE, after: values.after });
    if (signal.aborted) return;
    count.textContent = `${number(total)} received`;
    // counted from the oldest on: so each keeps its number when others come
    const numbered = items.map((one, index) => ({ one, key: `${total - index} ${one.at}` }));
    fill(list, ...keep(numbered, ({ key }) => key, request).values());
    fill(foot, items.length ? null : el('p.empty', { 'data-testid': 'empty' }, 'Nothing was received yet.'),
      el('nav.pager', { 'aria-label': 'Pages' }, values.after && el('a', { href: `#/sinks/${name}` }, 'Newest'),
        next && el('a', { href: `#/sinks/${name}${query({ after: next })}`, 'data-testid': 'older' }, 'Older')));
  };
  const program = button('Set', async () => {
    await call('PUT', `/sink/${name}`, { responses: codesOf(codes.value) });
    toast('It answers with these from now on.');
  }, { class: 'main', 'data-testid': 'program' });
  const url = urlOf(name);
  view.append(el('p', {}, el('a', { href: '#/sinks' }, 'Sinks')), el('div.line', {}, el('h1', {}, name), count,
    button('Forget all', () => call('DELETE', `/sink/${name}/requests`).then(load), { class: 'button', 'data-testid': 'forget' })),
  el('section.card', { 'aria-label': 'Address' }, el('div.line', {}, el('code', { 'data-testid': 'sink-url' }, url), copyButton(url, 'Copy URL')),
    el('div.actions', {}, button('Send the account\'s callbacks here', async () => {
      await call('PATCH', `/accounts/${account}`, { callback_url: url });
      toast('Callbacks of new invoices come here.');
    }, { 'data-testid': 'use-sink' }))),
  el('form.card', { 'aria-label': 'Answers', onsubmit: (event) => {
    event.preventDefault();
    program.click();
  } }, field('Answers', codes, 'Status codes, one after the other; the last one repeats. For example 500, 500, 200'), el('div.actions', {}, program)), list, foot);
  listen(['callback', 'account'], gather(() => load().catch(() => {}), EVENTS_MS, signal), signal);
  await load();
}

export async function showSinks(view, { signal }) {
  const list = el('ul.rows', { 'data-testid': 'sinks' });
  const none = el('p.empty', { 'data-testid': 'empty' }, 'A sink is a built-in receiver for callbacks. Nothing was received yet: any name under ', el('code', {}, `${location.origin}/_mock/sink/`), ' works.');
  const load = async () => {
    const { items } = await get('/sinks');
    if (signal.aborted) return;
    fill(list, items.map(({ name, requests, responses }) => el('li', {}, el('a.line.entry', { href: `#/sinks/${name}`, 'data-row': true, 'data-key': name, 'data-testid': 'sink' },
      el('b', {}, name), el('span', {}, `${number(requests)} received`), el('span.quiet', {}, responses.length ? `answers ${responses.slice(0, 20).join(', ')}` : 'answers 200')))));
    none.hidden = items.length > 0;
  };
  const name = el('input', { maxlength: 64, pattern: '[A-Za-z0-9_.\\-]+', required: true, placeholder: 'shop', 'data-search': true, 'data-testid': 'sink-name' });
  view.append(el('h1', {}, 'Sinks'), list, none, el('form.card', { 'aria-label': 'Open a sink', onsubmit: (event) => {
    event.preventDefault();
    location.hash = `#/sinks/${name.value}`;
  } }, field('Name', name), el('div.actions', {}, el('button.main', { 'data-testid': 'open-sink' }, 'Open'))));
  listen(['callback', 'account'], gather(() => load().catch(() => {}), EVENTS_MS, signal), signal);
  await load();
}
