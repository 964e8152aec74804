// "Keys": new keys for an account, and the replaced ones.

import { call, forgetAccount } from './dashboard_api.js';
import { el, fill } from './dashboard_dom.js';
import { numberIn } from './dashboard_errors.js';
import { button, copyButton, facts, field, form, options, time, toast } from './dashboard_parts.js';

export const KEYS = [['id', 'Account id'], ['api_key', 'API key'],
  ['public_key', 'Public key, test'], ['public_live_key', 'Public key, live'],
  ['secret_key', 'Secret key, test'], ['secret_live_key', 'Secret key, live']];

/** An account's key with a button to copy it. */
export const keyLine = (name, text, id, more) => el('span.line', {}, el('code', { 'data-testid': name }, text),
  copyButton(text, 'Copy', { 'aria-label': `Copy ${id}`, 'data-key': `${id}-${text}` }), more);

/** One row per replaced key: valid until when. */
function previousOf({ previous_keys: previous }) {
  const rows = previous.map(({ until, valid, ...key }) => {
    const [name, label] = KEYS.find(([one]) => key[one]);
    const end = el('span.quiet', {}, valid ? 'valid until ' : 'no longer valid since ', time(until * 1000));
    return [label, keyLine('previous-key', key[name], `previous ${label}`, end)];
  });
  return rows.length ? facts(rows) : el('p.quiet', {}, 'No key was replaced.');
}

export function rotatorOf(one, rotated) {
  const { id } = one;
  const previous = el('div', {}, previousOf(one));
  const which = el('select', { id: `rotate-${id}`, name: 'keys', 'data-testid': 'rotate-which' }, options(KEYS.slice(1)));
  const grace = el('input', {
    id: `grace-${id}`, name: 'grace_s', inputmode: 'numeric', maxlength: 8, value: '3600', 'data-testid': 'rotate-grace',
  });
  const go = button('Replace', async () => {
    const made = await call('POST', `/accounts/${id}/rotate`, { keys: [which.value], grace_s: numberIn(grace.value) });
    forgetAccount();
    toast('The key is replaced.');
    fill(previous, previousOf(made));
    rotated(made);
  }, { class: 'main', 'data-testid': 'rotate' });
  return el('details', {}, el('summary', {}, 'Replace keys'), previous,
    form('Replace keys', go, {}, field('Key', which),
      field('Old key stays valid, seconds', grace, 'By the account’s clock.'), go));
}
