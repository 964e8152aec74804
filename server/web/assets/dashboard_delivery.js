// How callbacks are shown: what became of them, and how many fail.

import { get } from './dashboard_api.js';
import { el, gather } from './dashboard_dom.js';
import { listen } from './dashboard_live.js';
import { answerCode, isAccepted, number, tag } from './dashboard_parts.js';

const COUNT_MS = 500;

/** The state of a callback. One that failed and is tried again is not just "queued". */
export function deliveryTag({ state, attempts }, more = {}) {
  const failed = attempts.filter(({ code }) => !isAccepted(code)).length;
  const retrying = failed > 0 && !isAccepted(attempts.at(-1).code) && ['queued', 'sending'].includes(state);
  return retrying ? el('span.tag.bad', more, `retrying, ${failed} failed`) : tag(state, more);
}

/** The first line of what the receiver answered, if it is not the usual 200. */
export const answerLine = ({ code: answered, response }) =>
  (isAccepted(answered) ? '' : response?.body?.trim().split(/\r?\n/)[0] ?? '');

/**
 * How an attempt ended: the receiver's status code, the first line of its answer, and the error. Only 200 is good. With
 * a code, the error is only a hint of the mock.
 */
export const outcome = ({ code: answered, error }, said) => [
  answered || !error ? answerCode(answered) : null,
  said && [' ', el('code.said', { title: said, 'data-testid': 'said' }, said)],
  error && [' ', el(answered ? 'span.quiet' : 'span.bad', {}, error)],
];

/** Shows the number of failing callbacks at the link of their view, as long as the page is open. */
export function watchFailing(link) {
  const { signal } = new AbortController();
  const mark = el('span.tag.bad.count', { 'data-testid': 'failing' });
  const count = async () => {
    const { total } = await get('/callbacks', { state: 'failing', bodies: 'false', limit: 1 });
    link.title = total ? `${number(total)} failing` : '';
    mark.replaceChildren(number(total), el('span.unseen', {}, ' failing'));
    if (total) link.append(mark);
    else mark.remove();
  };
  const soon = gather(() => count().catch(() => {}), COUNT_MS, signal); // the view itself shows errors
  listen(['callback', 'account'], soon, signal);
  soon();
}
