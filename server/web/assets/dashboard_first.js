// What an account without invoices shows: whether other accounts have some, where your code connects, with which keys,
// and a first call to copy.

import { get, ownAccount } from './dashboard_api.js';
import { el, fill } from './dashboard_dom.js';
import { KINDS } from './dashboard_kinds.js';
import { complain, copyButton, counted, facts } from './dashboard_parts.js';
import { keyLine } from './dashboard_rotate.js';

const ORDER = { service: 'payment_card_usd_hpp', currency: 'USD', amount: 100, test_mode: true };

const callOf = ({ id, api_key: key }) => `curl -u ${id}:${key} \\
  ${location.origin}/payment-invoices \\
  -H 'X-Mock-Outcome: process_pending' \\
  -d '${JSON.stringify(ORDER)}'`;

const rowsOf = (one) => [
  ['Base URL, private API', 'base-url', location.origin],
  ['Base URL, public API', 'public-url', `${location.origin}/public-api`],
  ['Account id', 'id', one.id],
  ['API key', 'api_key', one.api_key],
  ['Public key, test', 'public_key', one.public_key],
  ['Secret key, test', 'secret_key', one.secret_key],
].map(([label, name, value]) => [label, keyLine(name, value, label)]);

/** A link to the other accounts if they have invoices: a suite with an account per test leaves this one empty. */
export function elsewhere() {
  const line = el('p', { role: 'status', 'data-testid': 'elsewhere' });
  const page = { limit: 1 };
  Promise.all([get('/health'), get('/accounts', page), ...Object.values(KINDS).map(({ type }) => get(`/${type}`, page))])
    .then(([{ invoices }, accounts, ...own]) => {
      const others = accounts.total - 1;
      const theirs = invoices - own.reduce((sum, { total }) => sum + total, 0);
      if (others < 1 || theirs < 1) return;
      fill(line, `There ${theirs === 1 ? 'is' : 'are'} ${counted(theirs, 'invoice')} in ${counted(others, 'other account')}: `,
        el('a', { href: '#/accounts' }, 'Accounts'));
    }).catch(complain);
  return line;
}

/** The card, which fills itself once the keys are known. */
export function firstSteps() {
  const card = el('section.card.narrow', { 'aria-label': 'First steps', 'data-testid': 'first-steps' });
  ownAccount().then((one) => {
    const call = callOf(one);
    fill(card, el('h2', {}, 'Point your code here'), facts(rowsOf(one)),
      el('div.line', {}, el('h2', {}, 'Or create an invoice with curl'),
        copyButton(call, 'Copy', { 'aria-label': 'Copy the call', 'data-testid': 'copy-call' })),
      el('pre', { tabindex: 0, 'aria-label': 'The call', 'data-testid': 'first-call' }, call),
      el('p', {}, el('a', { href: '/_mock/docs/' }, 'Documentation'), ' · ',
        el('a', { href: '/_mock/docs/checklist' }, 'Which tests do I need?')));
  }, complain);
  return card;
}
