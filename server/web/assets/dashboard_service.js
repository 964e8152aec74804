// One service of the account: what the account changes of it, and the form that adds one.

import { call, get, query } from './dashboard_api.js';
import { el, fill } from './dashboard_dom.js';
import { parseJson } from './dashboard_errors.js';
import { keepFresh } from './dashboard_live.js';
import { button, facts, field, form as formOf, suggestions, toast } from './dashboard_parts.js';
import { fees, kindNamed, limits, linkToService, marks } from './dashboard_services.js';

const ZERO = { fee_rate: 0, fee_fix: 0, fee_min: 0, fee_max: 0, available: true, enabled: true, fields: [] };

/** The inputs: [member, label, hint]; those of `TEXTS` name a new service and never change. */
const TEXTS = [['code', 'Code'], ['method', 'Method'], ['currency', 'Currency'], ['flow', 'Flow']];
const AMOUNTS = [['amount_min', 'Smallest amount'], ['amount_max', 'Largest amount'],
  ['fee_rate', 'Fee in percent'], ['fee_fix', 'Fixed fee'],
  ['fee_min', 'Smallest fee'], ['fee_max', 'Largest fee', '0 is no limit']];
const SWITCHES = [['available', 'Available'], ['enabled', 'Enabled']];
const EXAMPLES = { code: 'swish_sek_hpp', method: 'bank_transfer', currency: 'SEK', flow: 'hpp', amount_min: '1',
  amount_max: '10000' };
const FIELDS_EXAMPLE = `[{"key": "phone", "type": "string",
  "label": {"en": "Phone"},
  "hint": {"en": "10 digits"},
  "regexp": "^[0-9]{10}$"}]`;

const change = (method, kind, code, members) =>
  call(method, `/services/${encodeURIComponent(code)}`, members, { kind: kind.noun });

/* ------------------------------------------------------------------ inputs */

/** An input of a member. `read()` is its value; what was not edited follows the service. */
function inputOf(member, element, { write = String, read = () => element.value.trim() } = {}) {
  const given = () => (element.type === 'checkbox' ? element.checked : element.value);
  const give = (value) => { element[element.type === 'checkbox' ? 'checked' : 'value'] = value; };
  let shown = given();
  return {
    member,
    element,
    edited: () => given() !== shown,
    read,
    /** Shows the value of the service, unless the input was edited and is not `forced`. */
    update(one, forced) {
      const next = write(one[member]), keep = given() !== shown && !forced;
      shown = next;
      if (!keep) give(next);
    },
  };
}

/** All inputs of the form: those of a new service first. */
function makeInputs(kind, isNew) {
  const make = (tag, member, attributes) => el(tag, {
    name: member, id: `service-${member}`, 'data-testid': `service-${member}`, ...attributes,
  });
  const text = ([member]) => inputOf(member, make('input', member, {
    maxlength: 127, placeholder: EXAMPLES[member], list: member === 'method' && 'methods', spellcheck: 'false',
    autocapitalize: 'none', 'data-search': member === 'code' }));
  const amount = ([member]) => inputOf(member, make('input', member, {
    inputmode: 'decimal', maxlength: 24, placeholder: isNew && EXAMPLES[member],
    'data-search': !isNew && member === 'amount_min' }));
  const box = ([member]) => inputOf(member, make('input', member, { type: 'checkbox' }), { write: Boolean,
    read() { return this.element.checked; } });
  const fields = make('textarea', 'fields', { rows: 8, spellcheck: 'false', placeholder: FIELDS_EXAMPLE });
  const more = make('textarea', 'more', { spellcheck: 'false', placeholder: '{"reserve_rate": 10}' });
  return {
    texts: isNew ? TEXTS.filter(([member]) => member !== 'flow' || kind.noun === 'payment').map(text) : [],
    amounts: AMOUNTS.map(amount),
    switches: SWITCHES.map(box),
    fields: inputOf('fields', fields, { write: (list) => (list.length ? JSON.stringify(list, null, 2) : ''),
      read: () => parseJson('fields', fields.value, []) }),
    more: inputOf('more', more, { write: () => '', read: () => parseJson('more', more.value) }),
  };
}

const labels = Object.fromEntries([...TEXTS, ...AMOUNTS, ...SWITCHES].map(([member, ...rest]) => [member, rest]));
const labelled = ({ member, element }) => field(labels[member][0], element, labels[member][1]);

/* ------------------------------------------------------------------ the form */

/**
 * The form. `save(members)` gets what was edited and resolves when the server has taken it; `update(service)` shows
 * the values of the server.
 */
function editor(kind, { isNew, title, label, more: moreButtons = [], save }) {
  const inputs = makeInputs(kind, isNew);
  const all = [...inputs.texts, ...inputs.amounts, ...inputs.switches, inputs.fields, inputs.more];
  const members = () => {
    const edited = all.filter((one) => one.edited());
    const { more, ...given } = Object.fromEntries(edited.map((one) => [one.member, one.read()]));
    return { ...given, ...more };
  };
  const submit = button(label, () => save(members()), { class: 'main', 'data-testid': 'save' });
  const form = formOf(title, submit, { class: isNew ? 'card narrow' : 'card' }, isNew ? null : el('h2', {}, title),
    el('div.fields', {}, inputs.texts.map(labelled)),
    el('div.fields.pairs', {}, inputs.amounts.map(labelled)),
    el('div.line', {}, inputs.switches.map(({ member, element }) =>
      el('label.check', {}, element, ` ${labels[member][0]}`))),
    field('Fields', inputs.fields.element, 'As JSON; they replace the present ones. A regexp may have slashes and flags.'),
    field('Other members', inputs.more.element, 'As JSON: posts, active, test_mode, account_currency, reserve_rate, reserve_lifetime.'),
    el('div.actions', {}, submit, moreButtons));
  return {
    form,
    update: (one, forced = false) => all.forEach((input) => input.update({ more: '', ...one }, forced)),
  };
}

const about = (one) => facts([
  ['Method', one.method], ['Flow', one.flow], ['Limits', limits(one)], ['Fees', fees(one)],
  ['Id', el('code', {}, one.id)]]);

const fieldRow = (one) => el('li', { 'data-testid': 'service-field' },
  el('div.line', {}, el('b', {}, one.key), el('span.tag.quiet', {}, one.required ? 'required' : 'optional')),
  el('p', {}, one.label.en, el('span.quiet', {}, [one.hint.en, one.example].filter(Boolean).map((text) => ` · ${text}`))),
  el('code.quiet', {}, one.regexp));

const orderOf = (kind, { service, currency }) =>
  `#/new${query({ kind: kind.noun === 'payment' ? '' : kind.view, service, currency })}`;

/** The form of a new service. */
async function showNew(view, kind, signal) {
  document.title = 'New service - MilkyPay mock';
  const { items } = await get('/services', { kind: kind.noun });
  if (signal.aborted) return;
  const title = `New service of ${kind.noun}s`;
  const { form, update } = editor(kind, {
    isNew: true,
    title,
    label: 'Add',
    save: async ({ code = '', ...members }) => {
      if (!code) throw new Error('code: must be a code of a-z, 0-9, _ and -');
      if (items.some(({ service }) => service === code)) throw new Error('code: there is such a service already');
      await change('PUT', kind, code, members);
      toast('The service is added.');
      location.hash = linkToService(kind, code);
    },
  });
  update({ code: '', method: '', currency: '', flow: '', amount_min: '', amount_max: '', ...ZERO });
  view.append(el('p', {}, el('a', { href: linkToService(kind), 'data-testid': 'back' }, 'Services')),
    el('h1', {}, title), form,
    suggestions('methods', [...new Set(items.map(({ method }) => method))].sort()));
}

async function showKnown(view, kind, code, signal) {
  const find = async () => {
    const { items } = await get('/services', { kind: kind.noun });
    const found = items.find(({ service }) => service === code);
    if (!found) throw new Error(`The account has no service ${code} of ${kind.noun}s.`);
    return found;
  };
  const tags = el('span.status', {}), known = el('div', {}), asked = el('ul.callbacks', {});
  const fieldsCard = el('section.card', { 'aria-label': 'Fields' }, el('h2', {}, 'Fields'), asked);
  const show = (one, forced) => {
    fill(tags, marks(one));
    fill(known, about(one));
    fill(asked, one.fields.map(fieldRow));
    fieldsCard.hidden = !one.fields.length;
    undo.hidden = !one.changed;
    undo.textContent = one.added ? 'Remove the service' : 'Undo the changes';
    update(one, forced);
    now = one;
  };
  let now;
  const undo = button('', async () => {
    await change('DELETE', kind, code);
    toast(now.added ? 'The service is removed.' : 'The changes are undone.');
    if (now.added) location.hash = linkToService(kind);
    else show(await find(), true);
  }, { class: 'danger', 'data-testid': 'undo' });
  const { form, update } = editor(kind, {
    title: 'Change',
    label: 'Save',
    more: [undo],
    save: async (members) => {
      if (!Object.keys(members).length) return toast('Nothing has changed.');
      const one = await change('PUT', kind, code, members);
      if (!signal.aborted) show(one, true);
      return toast('The service is changed.');
    },
  });
  const load = async () => {
    const one = await find();
    if (!signal.aborted) show(one);
  };
  await load();
  if (signal.aborted) return;
  view.append(el('p', {}, el('a', { href: linkToService(kind), 'data-testid': 'back' }, 'Services')),
    el('div.line', {}, el('h1', {}, code), tags,
      el('a.button', { href: orderOf(kind, now), 'data-testid': 'order' }, kind.order.title)),
    el('div.columns.turned', {}, form,
      el('div.stack', {}, el('section.card', { 'aria-label': 'Details' }, known), fieldsCard)));
  keepFresh(view, ['account'], load, signal);
}

/** The view of one service; the code "+", which no service has, stands for a new one. */
export const showService = (view, { id, values, signal }) => (id === '+'
  ? showNew(view, kindNamed(values.kind), signal) : showKnown(view, kindNamed(values.kind), id, signal));
