// "Send a test callback": one callback made by hand, of any invoice and status, edited and signed as one likes.

import { call } from './dashboard_api.js';
import { el } from './dashboard_dom.js';
import { parseJson } from './dashboard_errors.js';
import { button, field, form, options, toast, words } from './dashboard_parts.js';
import { statusNames } from './dashboard_statuses.js';

const SIGNS = [['right', 'right: by the secret of the invoice\'s mode'], ['test', 'by the test secret'],
  ['live', 'by the live secret'], ['wrong', 'wrong: one character is changed'], ['none', 'none']];
const EDIT_HINT = 'Values of the body to change before it is signed, by their places.';

export function testCallback() {
  const text = (name, placeholder, more = {}) =>
    el('input', { name, placeholder, maxlength: 2048, 'data-testid': `test-${name}`, ...more });
  const url = text('url', 'the account\'s callback URL', { type: 'url' });
  const invoice = text('invoice', 'one that does not exist');
  const transition = el('select', { name: 'transition', 'data-testid': 'test-transition' },
    options([['', 'that of the invoice, or processed'], ...statusNames().map((one) => [one, words(one)])]));
  const sign = el('select', { name: 'sign', 'data-testid': 'test-sign' }, options(SIGNS));
  const signer = text('sign_as', 'the account of the invoice');
  const edit = text('edit', '{"/data/attributes/amount": 1}');
  const send = button('Send', async () => {
    const given = (one) => one.value.trim() || undefined;
    const { id } = await call('POST', '/callbacks', {
      url: given(url), invoice: given(invoice), transition: given(transition), sign: sign.value,
      sign_as: given(signer), edit: edit.value.trim() ? parseJson('edit', edit.value) : undefined,
    });
    toast(`${id} is sent.`);
    location.hash = '#/callbacks'; // it shows the attempt
  }, { class: 'main', 'data-testid': 'test-send' });
  return form('Send a test callback', send, {}, el('h2', {}, 'Send a test callback'),
    el('div.fields', {}, field('URL', url), field('Invoice, of any account', invoice), field('Status', transition),
      field('Signature', sign), field('Signed by the account', signer), field('Changes', edit, EDIT_HINT)),
    el('div.actions', {}, send));
}
