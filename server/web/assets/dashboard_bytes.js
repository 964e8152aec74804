// Requests and responses as they were sent: the first line, the headers and the body, raw or indented.

import { el } from './dashboard_dom.js';
import { indent } from './dashboard_indent.js';
import { copyButton } from './dashboard_parts.js';

const STORED = 'milkypay-mock-raw';

/** A block of text that scrolls, and so can be focused. */
export const block = (label, ...children) =>
  el('pre', { tabindex: 0, role: 'group', 'aria-label': label }, ...children);

const isRaw = () => localStorage.getItem(STORED) === 'raw';

/** The switch between the two forms of a body; the choice holds for all messages that are shown later. */
function bodyOf(title, body) {
  const shown = block(`${title}: body`);
  const raw = el('button.small', { type: 'button', 'data-testid': 'raw' }, 'Raw');
  const pretty = el('button.small', { type: 'button', 'data-testid': 'pretty' }, 'Pretty');
  const show = () => {
    shown.textContent = isRaw() ? body : indent(body);
    raw.setAttribute('aria-pressed', String(isRaw()));
    pretty.setAttribute('aria-pressed', String(!isRaw()));
  };
  for (const [button, form] of [[raw, 'raw'], [pretty, 'pretty']]) {
    button.addEventListener('click', () => {
      localStorage.setItem(STORED, form);
      show();
    });
  }
  show();
  return { shown, buttons: indent(body) === body ? [] : [pretty, raw] };
}

/** A whole message: `line` is its first line, null if it is not known; `header_lines` what `headers` cannot show. */
export function message(title, { line, headers, header_lines: given, body }, testid) {
  const lines = given ?? Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`);
  const head = [line, ...lines].filter(Boolean).join('\n');
  const { shown, buttons } = body?.trim() ? bodyOf(title, body) : { shown: el('p.quiet', {}, 'no body'), buttons: [] };
  return el('section.message', { 'aria-label': title, 'data-testid': testid },
    el('div.line', {}, el('p', {}, el('b', {}, title)), ...buttons,
      body ? copyButton(body, 'Copy body') : null,
      copyButton(`${head}\n\n${body ?? ''}`, 'Copy all', { 'data-testid': 'copy-all' })),
    head && block(`${title}: head`, head), shown);
}
