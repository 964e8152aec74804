// "Move to": changes the status of an invoice; with force, also against the state table.

import { account, call, get } from './dashboard_api.js';
import { el } from './dashboard_dom.js';
import { kindOf } from './dashboard_kinds.js';
import { button, complain, field, form, setOptions, suggestions, sure, words } from './dashboard_parts.js';
import { failureNames, isEnd, statusNames, statusOf } from './dashboard_statuses.js';

// The first of these that may follow is selected: usually the next step of a test.
const LIKELY = ['processed', 'verified', 'refunded', 'canceled', 'charged_back', 'process_pending'];

export function mover(id, moved) {
  let allowed = [], status = '', profile;
  const to = el('select', { name: 'status', 'data-testid': 'move-to' });
  const resolution = el('input', {
    name: 'resolution', list: 'resolutions', maxlength: 64, placeholder: 'general_decline',
    'data-testid': 'move-resolution',
  });
  const amount = el('input', {
    name: 'amount', inputmode: 'decimal', maxlength: 24, 'data-testid': 'move-amount',
  });
  const force = el('input', { type: 'checkbox', 'data-testid': 'move-force' });
  const why = field('Resolution', resolution), much = field('Amount', amount);
  const move = async () => {
    await call('POST', `/${kindOf(id).type}/${id}/transition`, {
      status: to.value,
      ...(!why.hidden && resolution.value ? { resolution: resolution.value.trim() } : {}),
      ...(!much.hidden && amount.value ? { amount: amount.value.trim() } : {}),
      ...(force.checked ? { force: true } : {}),
    });
    amount.value = '';
    await moved();
  };
  const confirmed = sure(() => `No status follows ${words(to.value)}, except by force. Move to it?`, move);
  const go = button('Move', () => (isEnd(kindOf(id).noun, to.value) ? confirmed() : move()), { class: 'main', 'data-testid': 'move' });
  const none = el('p.quiet', {}, 'No further status is possible.');
  const show = (chosen = to.value) => {
    const choices = force.checked ? statusNames(kindOf(id).noun, profile).filter((one) => one !== status) : allowed;
    setOptions(to, choices.map((one) => [one, words(one)]), chosen);
    const { failure, money, part } = statusOf(to.value) ?? {};
    why.hidden = !failure;
    much.hidden = !money;
    amount.placeholder = part ? 'half of it' : 'all of it';
    none.hidden = choices.length > 0;
    for (const one of [to.parentElement, go]) one.hidden = !choices.length;
  };
  const target = field('Status', to);
  const known = el('div', {});
  failureNames().then((names) => known.replaceChildren(suggestions('resolutions', names)), complain);
  to.addEventListener('change', () => show());
  force.addEventListener('change', async () => {
    if (force.checked) ({ settings: { profile } } = await get(`/accounts/${account}`));
    show();
  });
  return {
    form: form('Move to', go, {}, el('h2', {}, 'Move to'), none, target, why, much,
      el('label.check', {}, force, ' Force it: any status may follow'), go, known),
    update(state) {
      if (status === state.attributes.status && allowed.join() === state.may_become.join()) return;
      status = state.attributes.status;
      allowed = state.may_become;
      show(LIKELY.find((one) => allowed.includes(one)));
    },
  };
}
