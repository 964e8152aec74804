// Several rows of the list of invoices, chosen by their boxes: resend their callbacks, move them, save them.

import { call, get } from './dashboard_api.js';
import { el } from './dashboard_dom.js';
import { kindOf } from './dashboard_kinds.js';
import { button, counted, number, options, sure, toast, words } from './dashboard_parts.js';
import { resender } from './dashboard_resend.js';
import { isEnd, statusNames } from './dashboard_statuses.js';

const pathOf = (id) => `/${kindOf(id).type}/${id}`;

/** Runs `act(id)` for each. One that fails does not keep the others from it. */
async function each(ids, noun, done, act) {
  const errors = [];
  for (const id of ids) await act(id).catch((error) => errors.push(error));
  const refused = errors.length ? `, ${number(errors.length)} refused: ${errors[0].message}` : '';
  toast(`${counted(ids.length - errors.length, noun)} ${done}${refused}`, errors.length > 0);
}

function save(name, parts, type = 'application/json') {
  const url = URL.createObjectURL(new Blob(parts, { type }));
  el('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

const COLUMNS = ['id', 'reference_id', 'status', 'resolution', 'amount', 'payment_amount', 'processed_amount', 'currency',
  'service', 'description', 'test_mode', 'created', 'updated', 'failing_callbacks'];
const PAGE = 1000;
const MOST = 100_000; // rows of a file

/** A text that a spreadsheet would take for a formula gets an apostrophe; quotes where they are needed. */
function cell(value) {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const line = (values) => `${values.map(cell).join(',')}\r\n`;

/** The forms of a file of rows: what comes first, the text of a page of rows, and what comes last. */
const FORMS = {
  json: { type: 'application/json', first: '[', last: '\n]\n',
    page: (rows, at) => rows.map((one, n) => `${at + n ? ',' : ''}\n${JSON.stringify(one)}`).join('') },
  csv: { type: 'text/csv', first: line(COLUMNS), last: '',
    page: (rows) => rows.map((one) => line(COLUMNS.map((name) => one[name]))).join('') },
};

/** Saves the rows of all that match, read a page at a time: the page never holds them as more than text. */
async function saveMatching(kind, { after: _, limit: __, ...filters }, form) { // eslint-disable-line no-unused-vars
  const { type, first, last, page: textOf } = FORMS[form];
  const parts = [first];
  let n = 0, after;
  do {
    const page = await get(`/${kind.type}`, { ...filters, after, limit: Math.min(PAGE, MOST - n) });
    parts.push(textOf(page.items, n));
    n += page.items.length;
    after = page.next;
  } while (after && n < MOST);
  save(`${kind.view}.${form}`, [...parts, last], type);
  toast(`${counted(n, kind.noun)} saved${after ? `: the newest. A file has at most ${number(MOST)}.` : ''}`);
}

/** The buttons that save all that match; `show(n)` tells how many there are, undefined: not counted. */
export function matchingSaver(kind, filtersOf) {
  const label = el('span.quiet', { 'data-testid': 'save-count' });
  const bar = el('div.line', { role: 'group', 'aria-label': 'Save what matches', hidden: true }, label,
    Object.keys(FORMS).map((form) => button(form.toUpperCase(), () => saveMatching(kind, filtersOf(), form),
      { class: 'small', 'data-testid': `save-${form}`, 'aria-label': `Save all that match as ${form.toUpperCase()}` })));
  const show = (n) => {
    bar.hidden = n === 0;
    label.textContent = n === undefined ? 'Save all that match' : `Save all ${number(n)} that match`;
  };
  return { bar, show };
}

/** The box of a row. */
export const choice = ({ id, reference_id: reference }) => el('label.choice', {},
  el('input', { type: 'checkbox', 'data-choice': id, 'data-key': `choose-${id}`, 'data-testid': 'choose',
    'aria-label': `Choose ${reference}` }));

/** The bar of actions for the chosen rows of a list, hidden while there are none. */
export function chosenBar(kind, list, signal) {
  const { place, resend } = resender(signal);
  const boxes = () => [...list.querySelectorAll('[data-choice]')];
  const ids = () => boxes().filter(({ checked }) => checked).map((one) => one.dataset.choice);
  const count = el('b', { role: 'status', 'data-testid': 'chosen' });
  const to = el('select', { 'aria-label': 'Status to move to', 'data-testid': 'chosen-status' },
    options(statusNames(kind.noun).map((one) => [one, words(one)]), 'processed'));
  const choose = (checked) => {
    for (const box of boxes()) box.checked = checked;
    show();
  };
  const move = () => each(ids(), kind.noun, 'moved', (id) =>
    call('POST', `${pathOf(id)}/transition`, { status: to.value }));
  const confirmed = sure(() => `No status follows ${words(to.value)}, except by force. Move ${
    counted(ids().length, kind.noun)} to it?`, move);
  const bar = el('div.card.chosen', { hidden: true, role: 'group', 'aria-label': 'Chosen rows' }, el('div.line', {},
    count,
    button('All on this page', () => choose(true), { class: 'small', 'data-testid': 'choose-all' }),
    button('None', () => choose(false), { class: 'small', 'data-testid': 'choose-none' })),
  el('div.line', {},
    button('Resend callbacks', () => resend(...ids().map((invoice) => ({ invoice }))),
    { class: 'small', 'data-testid': 'chosen-resend' }),
    button('Save as JSON', async () => {
      const whole = await Promise.all(ids().map((id) => get(pathOf(id))));
      save(`${kind.view}.json`, [JSON.stringify(whole, null, 2)]);
    }, { class: 'small', 'data-testid': 'chosen-save' }),
    el('span.line', {}, to, button('Move', () => (isEnd(kind.noun, to.value) ? confirmed() : move()),
    { class: 'small', 'data-testid': 'chosen-move' }))));
  const show = () => {
    const n = ids().length;
    bar.hidden = n === 0;
    count.textContent = `${n} chosen`;
  };
  list.addEventListener('change', show);
  return { bar, resent: place, show };
}
