// The merchant accounts of the server, their keys, and the actions on a whole account.

import { account, call, get, query } from './dashboard_api.js';
import { el, fill, openAnew } from './dashboard_dom.js';
import { keepFresh } from './dashboard_live.js';
import { button, complain, facts, field, figure, form, options, pager, sure, toast } from './dashboard_parts.js';
import { KEYS, keyLine, rotatorOf } from './dashboard_rotate.js';
import { settingInputs, settingsForm } from './dashboard_settings.js';
import { snapshotsOf } from './dashboard_snapshots.js';

const PAGE = 20;
const PROFILES = [['2020', '2020: as documented'], ['2024', '2024: newer bodies'], ['2025', '2025: refunds are resources']];

const urlOf = (id) => `/_mock/${query({ account: id })}#/invoices`;

const keysOf = (one) => facts(KEYS.map(([name, label]) => [label, keyLine(name, one[name], label)]));

/** The select of the account's profile. */
function profileOf({ id, settings }) {
  const change = async () => {
    try {
      await call('PATCH', `/accounts/${id}`, { profile: choice.value });
      toast('The profile is changed.');
    } catch (error) {
      choice.value = settings.profile;
      complain(error);
    }
  };
  const choice = el('select', {
    id: `profile-${id}`, 'data-testid': 'profile', 'data-key': `${id}-profile`, onchange: change,
  }, options(PROFILES, settings.profile));
  return field('Profile: the format of the bodies', choice);
}

/** The form is made when opened, because a page shows many accounts. */
function settingsOf(one, load) {
  const box = el('details', { 'data-key': `${one.id}-settings`, ontoggle: () => {
    if (box.open && box.childElementCount === 1) box.append(profileOf(one), settingsForm(one, load));
  } }, el('summary', {}, 'Settings'));
  return box;
}

/** The active balance, "1,098.25", and the pending amounts, if any. */
function amountsOf({ currency, active, pending, reserved }) {
  const more = [[pending, 'pending'], [reserved, 'reserved']].filter(([amount]) => Number(amount) !== 0);
  return [figure(active, currency), ...more.map(([amount, word]) => `${figure(amount, currency)} ${word}`)].join(' · ');
}

/** The balances by currency. They are loaded when opened, because a page shows many accounts. */
function balancesOf({ id }) {
  const place = el('div', { 'data-testid': 'balances' });
  const load = async () => {
    const { items } = await get(`/accounts/${id}/balances`);
    fill(place, facts(items.map((one) => [one.currency, amountsOf(one)])));
  };
  const box = el('details', { ontoggle: () => box.open && load().catch(complain) },
    el('summary', {}, 'Balances'), place);
  return box;
}

/** The actions on the selected account. */
const actionsOf = ({ id }, load) => el('div.actions', {},
  button('Reset', sure('Delete the invoices, callbacks, faults and requests of this account?', async () => {
    await call('POST', '/reset');
    toast('The account is reset.');
  }), { class: 'danger', 'data-testid': 'reset' }),
  button('Delete', sure('Delete this account and all its data?', async () => {
    await call('DELETE', `/accounts/${id}`);
    toast('The account is deleted.');
    await load();
  }), { class: 'danger', 'data-testid': 'delete' }));

function card(one, load) {
  const { id, settings: { name } } = one;
  const own = id === account;
  const keys = el('div', {}, keysOf(one));
  return el('section.card', { 'aria-label': name ?? id, 'data-testid': 'account-card', 'data-account': id },
    el('div.line', {}, el('h2', {}, name ?? 'without a name'), own ? el('span.tag.good', {}, 'shown') : null,
      el('a.button.small', { href: urlOf(id), 'data-testid': 'open-account' }, own ? 'Its invoices' : 'Switch to this account')),
    keys, balancesOf(one), settingsOf(one, load), own ? snapshotsOf() : null,
    rotatorOf(one, (made) => fill(keys, keysOf(made))),
    own ? actionsOf(one, load) : null);
}

/** The selected account, null if it does not exist. */
async function shownAccount() {
  try {
    return account ? await get(`/accounts/${account}`) : null;
  } catch (error) {
    if (error.status === 404) return null;
    throw error;
  }
}

/** Shown instead of a selected account that was deleted. A reset brings back the demo account, and no other. */
function gone() {
  const back = button('Bring back the demo account', async () => {
    await call('POST', '/reset');
    openAnew(); // the events of the account begin anew
  }, { 'data-testid': 'bring-back' });
  return el('div.notice.bad', { role: 'alert', 'data-testid': 'no-account' },
    el('p', {}, `There is no account ${account}.`),
    account === document.body.dataset.demo && el('div.actions', {}, back));
}

const pageOf = ({ items, next }) => [...items.map(({ id }) => id), next].join();

export async function showAccounts(view, { values, signal }) {
  const list = el('div.stack', {});
  const find = () => get('/accounts', { limit: PAGE, after: values.after });
  let listed;
  const load = async () => {
    const page = await find(), { items, next } = page;
    const own = values.after ? undefined : await shownAccount(); // on the first page only
    if (signal.aborted) return;
    listed = pageOf(page);
    again.hidden = true;
    fill(list, own && card(own, load),
      account && own === null && gone(),
      items.filter(({ id }) => id !== account).map((one) => card(one, load)),
      pager('accounts', values, next, ['First', 'More']));
  };
  const name = el('input', {
    name: 'name', maxlength: 255, placeholder: 'Corner Shop', 'data-search': true, 'data-testid': 'account-name',
  });
  const { parts, edited } = settingInputs('new', {}, ['name']);
  const make = button('Create', async () => {
    const made = await call('POST', '/accounts', { ...(name.value.trim() && { name: name.value.trim() }), ...edited() });
    openAnew(urlOf(made.id));
  }, { class: 'main', 'data-testid': 'make-account' });
  // a script makes many; cards that are read or filled in stay until the person asks for the others
  const again = button('Show what is there now', load, { class: 'small', hidden: true, 'data-testid': 'show-now' });
  keepFresh(view, ['account'], async () => {
    again.hidden = pageOf(await find()) === listed;
  }, signal);
  view.append(el('div.line', {}, el('h1', {}, 'Accounts'), el('span', { role: 'status' }, again)), list,
    form('New account', make, {}, el('h2', {}, 'New account'), field('Name', name),
      el('details', { 'data-testid': 'more-settings' }, el('summary', {}, 'More settings'), el('div.fields', {}, parts)),
      el('div.actions', {}, make)));
  await load();
}
