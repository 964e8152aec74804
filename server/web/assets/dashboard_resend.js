// Sends callbacks again, and tells what became of them.

import { call, query } from './dashboard_api.js';
import { el, fill } from './dashboard_dom.js';
import { isLive, listen } from './dashboard_live.js';
import { counted, isAccepted, number } from './dashboard_parts.js';

const STEP = 1000; // callbacks that a call sends again
const LINKED_MOST = 100; // ids that the list takes

/** Sends all that match again, a step at a time, because a call sends a limited number. Returns their ids. */
async function resendAll(filters) {
  const ids = [];
  let skipped = 0, after;
  do {
    const step = await call('POST', '/callbacks/resend', {}, { ...filters, after, limit: STEP });
    ids.push(...step.callbacks);
    skipped += step.skipped;
    after = step.next;
  } while (after);
  return { ids, skipped };
}

/** "4 accepted, 2 failed again (500)", by the last attempt of each. */
function endings(ids, ended) {
  const events = ids.map((id) => ended.get(id)).filter(Boolean);
  const failed = events.filter(({ code }) => !isAccepted(code));
  const codes = [...new Set(failed.map(({ code }) => code ?? 'no answer'))].join(', ');
  const open = ids.length - events.length;
  const parts = [
    [events.length - failed.length, 'accepted'], [failed.length, `failed again (${codes})`], [open, 'under way'],
  ];
  return { failed: failed.length, text: parts.filter(([n]) => n).map(([n, what]) => `${number(n)} ${what}`).join(', ') };
}

const showThem = (ids) => el('a', { href: `#/callbacks${query({ id: ids.slice(0, LINKED_MOST).join() })}`,
  'data-testid': 'show-resent' }, ids.length > LINKED_MOST ? `Show the first ${LINKED_MOST}` : 'Show them');

/** Sends what each of these filters finds. One that is refused does not keep the others from it. */
async function resendEach(all) {
  const ids = [], refused = [];
  let skipped = 0;
  for (const filters of all) {
    const one = await resendAll(filters).catch((error) => refused.push(error) && { ids: [], skipped: 0 });
    ids.push(...one.ids);
    skipped += one.skipped;
  }
  if (refused.length === all.length) throw refused[0];
  return { ids, skipped, refused };
}

/** {place, resend}: `resend(...filters)` sends again what each finds, and `place` says what became of it as the attempts end. */
export function resender(signal) {
  const place = el('div.outcome', { role: 'status' });
  let listening = new AbortController();
  signal.addEventListener('abort', () => listening.abort());
  const resend = async (...filters) => {
    listening.abort();
    listening = new AbortController();
    const ended = new Map(); // id -> the event of its last attempt
    let ids, skipped, refused, isKnown = isLive();
    const show = () => {
      if (!ids) return;
      const { failed, text } = isKnown ? endings(ids, ended) : { failed: 0, text: 'see the list' };
      const rest = [skipped ? `; ${number(skipped)} in progress skipped` : '',
        refused.length ? `; ${number(refused.length)} refused: ${refused[0].message}` : ''].join('');
      fill(place, el('p', { class: failed ? 'notice warn' : 'notice', 'data-testid': 'resent' },
        el('span', {}, counted(ids.length, 'callback'), ` sent again${ids.length ? `: ${text}` : ''}${rest}. `,
          ids.length > 0 && showThem(ids))));
    };
    listen(['callback'], (event) => { // from before the call: an attempt may end sooner than the call
      if (event) ended.set(event.id, event);
      else isKnown = false;
      show();
    }, listening.signal);
    ({ ids, skipped, refused } = await resendEach(filters));
    show();
  };
  return { place, resend };
}
