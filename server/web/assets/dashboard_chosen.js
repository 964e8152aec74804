// Several rows of the list of invoices, chosen by their boxes: resend their callbacks, move them, save them.

import { call, get } from './dashboard_api.js';
import { el } from './dashboard_dom.js';
import { kindOf } from './dashboard_kinds.js';
import { button, counted, number, options, sure, toast, words } from './dashboard_parts.js';
import { isEnd, statusNames } from './dashboard_statuses.js';

const MOST = 1000; // callbacks of an invoice that are resent

const pathOf = (id) => `/${kindOf(id).type}/${id}`;

/** Runs `act(id)` for each. One that fails does not keep the others from it. */
async function each(ids, noun, done, act) {
  const errors = [];
  for (const id of ids) await act(id).catch((error) => errors.push(error));
  const refused = errors.length ? `, ${number(errors.length)} refused: ${errors[0].message}` : '';
  toast(`${counted(ids.length - errors.length, noun)} ${done}${refused}`, errors.length > 0);
}

function save(name, content) {
  const url = URL.createObjectURL(new Blob([content], { type: 'application/json' }));
  el('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** The box of a row. */
export const choice = ({ id, reference_id: reference }) => el('label.choice', {},
  el('input', { type: 'checkbox', 'data-choice': id, 'data-key': `choose-${id}`, 'data-testid': 'choose',
    'aria-label': `Choose ${reference}` }));

/** The bar of actions for the chosen rows of a list, hidden while there are none. */
export function chosenBar(kind, list) {
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
    button('Resend callbacks', () => each(ids(), kind.noun, 'resent', (id) =>
      call('POST', '/callbacks/resend', {}, { invoice: id, limit: MOST })),
    { class: 'small', 'data-testid': 'chosen-resend' }),
    button('Save as JSON', async () => {
      const whole = await Promise.all(ids().map((id) => get(pathOf(id))));
      save(`${kind.view}.json`, JSON.stringify(whole, null, 2));
    }, { class: 'small', 'data-testid': 'chosen-save' }),
    el('span.line', {}, to, button('Move', () => (isEnd(kind.noun, to.value) ? confirmed() : move()),
    { class: 'small', 'data-testid': 'chosen-move' }))));
  const show = () => {
    const n = ids().length;
    bar.hidden = n === 0;
    count.textContent = `${n} chosen`;
  };
  list.addEventListener('change', show);
  return { bar, show };
}
