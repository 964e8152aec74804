// Errors of forms: each stands beside the field that it names, and all others stand at the top of the form.

import { el } from './dashboard_dom.js';

/** An error whose parts are known: {field: message}, and messages without a field. */
export class FormError extends Error {
  constructor(message, { fields = {}, others = [] } = {}) {
    super(message);
    Object.assign(this, { fields, others });
  }
}

/** Where the browser found the mistake, if it says so. */
function placeOf(message, text) {
  const [, position] = /position (\d+)/.exec(message) ?? [];
  if (!position) return '';
  const lines = text.slice(0, Number(position)).split('\n');
  return `: there is a mistake in line ${lines.length}, at character ${lines.at(-1).length + 1}`;
}

/** Parses the text of a JSON input; `{}` if it is empty. The error names the field, as those of the server do. */
export function parseJson(name, text, empty = {}) {
  if (!text.trim()) return empty;
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${name}: This is not valid JSON${placeOf(error.message, text)}.`);
  }
  if (Array.isArray(empty) === Array.isArray(value) && value && typeof value === 'object') return value;
  throw new Error(`${name}: This must be ${Array.isArray(empty) ? 'a list' : 'an object'}.`);
}

/**
 * What an input says as a number. A text that is none, or an empty one, stays a text: the server refuses it.
 * Number() would make it null in JSON, which is the same as nothing.
 */
export function numberIn(text) {
  const number = /^-?(\d+\.?\d*|\.\d+)$/.test(text.trim()) ? Number(text) : NaN;
  return Number.isFinite(number) ? number : text.trim();
}

/** The control API joins its errors: "status: must be ..; amount: must be ..". The code may name the field too. */
function partsOf({ message, code = '' }, form) {
  const [, unknown] = /^unknown_(\w+)$/.exec(code) ?? [];
  if (unknown && form.querySelector(`[name="${unknown}"]`)) return { fields: { [unknown]: message }, others: [] };
  const fields = {}, others = [];
  for (const part of message.replace(/^service \S+: /, '').split(/; (?=[a-z_][\w.[\]]*: )/)) {
    const [, path, words] = /^([a-z_][\w.[\]]*): (.*)$/s.exec(part) ?? [];
    if (path) fields[path] = words;
    else others.push(part);
  }
  return { fields, others };
}

/** The input of a path: "fields[0].key" is in the input `fields`, or in the JSON of other members that names it. */
function inputOf(form, path) {
  const [member] = path.split(/[.[]/);
  const named = form.querySelector(`[name="${path}"]`) ?? form.querySelector(`[name="${member}"]`);
  const more = form.querySelector('[name="more"]');
  return named ?? (more?.value.includes(`"${member}"`) ? more : null);
}

function describe(input, id) {
  input.setAttribute('aria-invalid', 'true');
  input.setAttribute('aria-describedby', [input.getAttribute('aria-describedby'), id].filter(Boolean).join(' '));
}

function showAt(input, path, words) {
  const place = input.closest('.field') ?? input.closest('label');
  const earlier = place.querySelectorAll('.error').length;
  const id = `${input.id}-error${earlier ? `-${earlier + 1}` : ''}`;
  describe(input, id);
  place.append(
    el('p.error', { id, role: 'alert', 'data-testid': `error-${input.name}` }, path === input.name ? words : `${path}: ${words}`));
}

/** Removes the errors of the last attempt. */
export function clearErrors(form) {
  for (const one of form.querySelectorAll('.error, [data-notice]')) one.remove();
  for (const one of form.querySelectorAll('[aria-invalid]')) {
    const rest = (one.getAttribute('aria-describedby') ?? '').split(' ').filter((id) => !/-error(-\d+)?$/.test(id)).join(' ');
    one.removeAttribute('aria-invalid');
    if (rest) one.setAttribute('aria-describedby', rest);
    else one.removeAttribute('aria-describedby');
  }
}

/** Shows a notice at the top of the form and moves the focus to it. */
export function showNotice(form, ...children) {
  const notice = el('p.notice.bad', { role: 'alert', tabindex: -1, 'data-notice': true, 'data-testid': 'errors' },
    el('span', {}, ...children));
  const title = form.querySelector('h2');
  if (title) title.after(notice);
  else form.prepend(notice);
  notice.focus();
}

/** Shows why the form was refused. The focus goes to the first wrong field. */
export function showErrors(form, error) {
  const { fields, others } = error.fields ? error : partsOf(error, form);
  const left = [...others];
  clearErrors(form);
  for (const [path, words] of Object.entries(fields)) {
    const input = inputOf(form, path);
    if (input && !input.closest('[hidden]')) showAt(input, path, words);
    else left.push(`${path}: ${words}`);
  }
  const wrong = form.querySelector('[aria-invalid]');
  const lead = error.fields ? `${error.message} ` : '';
  if (left.length || (lead && wrong)) showNotice(form, lead, left.join(' ') || 'See the fields below.');
  wrong?.focus();
}
