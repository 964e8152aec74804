// The recorded requests, newest first, and why the server rejected them.

import { call, get, query } from './dashboard_api.js';
import { message } from './dashboard_bytes.js';
import { el, fill } from './dashboard_dom.js';
import { linkTo } from './dashboard_kinds.js';
import { keepFresh } from './dashboard_live.js';
import { rememberList, returnTo } from './dashboard_memory.js';
import { button, code, field, filterForm, number, options, pager, sure, time } from './dashboard_parts.js';
import { steadyList } from './dashboard_steady.js';

const PAGE = 50;
const METHODS = [['', 'any'], ['GET'], ['POST'], ['PUT'], ['PATCH'], ['DELETE']];
const CODES = [['', 'any'], ['2xx', 'answered'], ['4xx', 'refused'], ['5xx', 'failed']];

/** Why the call was rejected, and what is accepted. */
function explanation({ rule, where, message: why, nearest, fields }) {
  return el('div.notice.bad', { 'data-testid': 'explain' }, el('p', {}, why),
    nearest && el('p', {}, 'Nearest: ', el('code', { 'data-testid': 'nearest' }, nearest)),
    Object.keys(fields).length > 0 && el('ul', {}, Object.entries(fields).map(([name, one]) =>
      el('li', {}, el('code', {}, name), `: ${one.message}`, one.accepted && ` Accepted: ${one.accepted}.`))),
    el('p.quiet', {}, `${rule}, in ${where}`));
}

const bodyOf = (one, name) => one[name] ?? (one[`${name}_base64`] && `base64: ${one[`${name}_base64`]}`) ?? '';

function whole(one) {
  return [
    one.explain && explanation(one.explain),
    one.invoice && el('p', {}, el('a', { href: linkTo(one.invoice) }, one.invoice)),
    message('Request', { ...one, line: one.request_line, body: bodyOf(one, 'body') }, 'request-message'),
    message(`Response, ${number(one.response_size)} bytes`,
      { line: one.response_line, headers: one.response_headers, body: bodyOf(one, 'response') }, 'response-message'),
  ];
}

/** The account's time, as invoices show it. The machine's time is in the title. */
function timeOf({ account_at: at, at: machine }) {
  const shown = time(at, { fine: true });
  shown.title = `The account's clock. The machine's: ${new Date(machine).toISOString()}`;
  return shown;
}

/** The details are created when opened: a page with all bodies would be long. */
function row(one) {
  const fillOnce = () => {
    if (details.open && details.childElementCount === 1) details.append(...whole(one).filter(Boolean));
  };
  const details = el('details.entry', { 'data-key': one.id, 'data-testid': 'request', ontoggle: fillOnce },
    el('summary', { 'data-row': true, 'data-key': `row-${one.id}` },
      el('span', {}, el('span.tag.quiet', {}, one.method)), el('code.path', {}, one.path),
      el('span.status', {}, code(one.status), one.fault && el('span.tag', {}, one.fault),
        one.unmatched && el('span.tag.bad', {}, 'unmatched'),
        el('span.quiet', {}, `${(one.took_us / 1000).toFixed(1)} ms`)), timeOf(one)));
  return el('li', {}, details);
}

/** The filters; `change(values)` is called after a change. */
function filters(values, change) {
  const path = el('input', {
    value: values.path, maxlength: 255, placeholder: '/payment-invoices*',
    'data-search': true, 'data-testid': 'filter-path',
  });
  const method = el('select', { 'data-testid': 'filter-method' }, options(METHODS, values.method));
  const status = el('select', { 'data-testid': 'filter-code' }, options(CODES, values.status));
  const invoice = el('input', {
    value: values.invoice, maxlength: 40, placeholder: 'any', 'data-testid': 'filter-invoice',
  });
  const id = el('input', { value: values.id, maxlength: 40, placeholder: 'any', 'data-testid': 'filter-id' });
  const unmatched = el('input', {
    type: 'checkbox', checked: values.unmatched === 'true', 'data-testid': 'filter-unmatched',
  });
  const changed = () => change({
    path: path.value.trim(),
    method: method.value,
    status: status.value,
    invoice: invoice.value.trim(),
    id: id.value.trim(),
    unmatched: unmatched.checked ? 'true' : '',
  });
  return filterForm(changed, field('Path', path), field('Method', method), field('Answer', status),
    field('Invoice', invoice), field('Request', id), el('label.check', {}, unmatched, ' Only unmatched: no known path or account'));
}

export async function showRequests(view, { values: given, signal }) {
  let values = given;
  let fresh = true;
  const count = el('span.quiet', { 'data-testid': 'total' });
  const list = el('ul.rows.entries', { 'data-testid': 'requests' });
  const foot = el('div', {});
  const steady = steadyList(list, { keyOf: ({ id }) => id, make: row }, signal);
  const isFiltered = () => Object.entries(values).some(([name, value]) => value && name !== 'after');
  const show = ({ items, total, next }, all) => {
    count.textContent = isFiltered() ? `${number(total)} of ${number(all)} match` : `${number(all)} kept`;
    forget.textContent = `Delete all ${number(all)}`;
    forget.hidden = !all;
    steady.show(items, fresh);
    if (fresh && values.id) list.querySelector('details')?.setAttribute('open', '');
    fresh = false;
    rememberList('Requests', items, { path: '/requests', values, next }, { aside: Boolean(values.invoice || values.id) });
    const none = Object.values(values).some(Boolean) ? 'No request matches.' : 'No requests yet.';
    fill(foot, items.length ? null : el('p.empty', { 'data-testid': 'empty' }, none), pager('requests', values, next));
  };
  const refused = (error, asked) => {
    if (fresh && asked === values) { // what is shown answers another search
      count.textContent = '';
      steady.show([], true);
      fill(foot);
    }
    throw error;
  };
  const load = async () => {
    const asked = values;
    const [page, { total }] = await Promise.all([get('/requests', { limit: PAGE, ...asked }), get('/requests', { limit: 1 })])
      .catch((error) => refused(error, asked));
    if (!signal.aborted && asked === values) show(page, total);
  };
  const reload = keepFresh(view, ['request', 'account'], load, signal);
  const form = filters(values, (next) => {
    values = next;
    fresh = true;
    history.replaceState(null, '', `#/requests${query(values)}`);
    reload();
  });
  const forget = button('Delete all', sure('Delete all recorded requests of this account?',
    () => call('DELETE', '/requests').then(load)), { class: 'button', hidden: true, 'data-testid': 'forget' });
  view.append(el('div.line', {}, el('h1', {}, 'Requests'), count, steady.pause, forget), form, steady.newer,
    list, foot);
  await (isFiltered() ? reload() : load());
  returnTo(list, signal);
}
