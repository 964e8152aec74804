// The script of all payer pages. They also work without JavaScript.

const framed = window.parent !== window;

/** Posts the events of the platform's widget to the shop's page that frames this one. */
function tell(event) {
  if (framed) window.parent.postMessage(event, '*');
}

/** What this page is now: true if it moved to another one, else its document. Not a request of the payer: the server
    neither records it nor lets it meet a fault. */
async function look() {
  const reply = await fetch(location.href, { redirect: 'manual', headers: { Accept: 'text/html', 'X-Mock-Look': '1' } });
  if (reply.type === 'opaqueredirect') return true;
  if (!reply.ok) throw new Error(`${reply.status}`);
  return new DOMParser().parseFromString(await reply.text(), 'text/html');
}

/* ------------------------------------------------------------------ the time that is left */

const LOOK_MS = 15_000;
const SLACK_MS = 2000; // of a look: less is no other time

/** Counts down to the expiry of the invoice, then loads the next page. Returns what takes the time of the same page. */
function countDown(main) {
  const bar = main.querySelector('progress');
  const live = main.querySelector('[data-live]');
  const still = main.querySelector('[data-still]');
  const time = live?.querySelector('[role="timer"]');
  let ends, timer;
  const over = () => {
    if (!busy) location.replace(main.dataset.over);
  };
  const tick = () => {
    const left = Math.max(0, Math.ceil((ends - performance.now()) / 1000));
    const parts = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60];
    const text = parts.map((n) => String(n).padStart(2, '0'));
    if (time) time.textContent = (left < 3600 ? text.slice(1) : text).join(':');
    if (bar) bar.value = left;
    timer = left ? setTimeout(tick, 250) : setTimeout(over, 300); // the server's clock may be a little behind
  };
  return (fresh) => {
    const seconds = fresh.dataset.seconds; // none: the clock is frozen
    const ending = seconds && performance.now() + Number(seconds) * 1000;
    if (still) still.textContent = fresh.querySelector('[data-still]')?.textContent;
    if (seconds && Math.abs(ending - ends) < SLACK_MS) return;
    clearTimeout(timer);
    ends = ending;
    if (live) {
      live.hidden = !seconds;
      still.hidden = Boolean(seconds);
    }
    if (seconds) tick();
  };
}

/** The form and the attempt that it is for. */
function formOf(main) {
  const form = main.querySelector('form[method="post"]');
  return `${form?.dataset.testid} ${form?.elements.attempt?.value}`;
}

/** Looks now and then, and when the payer returns to this tab: the account's clock may have been moved, or the payment
    be finished elsewhere. */
function keepUp(main, setTime) {
  const again = async () => {
    if (busy || document.hidden) return;
    try {
      const page = await look();
      if (busy) return;
      const fresh = page !== true && page.querySelector('main[data-over]');
      if (!fresh) location.replace(main.dataset.over);
      else if (formOf(fresh) !== formOf(main)) location.reload();
      else setTime(fresh);
    } catch {
      // the server is not reachable: look again
    }
  };
  setInterval(again, LOOK_MS);
  document.addEventListener('visibilitychange', again);
}

/** Polls while the payment is pending, and reloads the page when its status changes. */
function watch(result) {
  const shown = `${result.dataset.status} ${result.dataset.resolution}`;
  const again = async () => {
    try {
      const page = await look();
      const now = page !== true && page.querySelector('[data-testid="result"]');
      if (!busy && `${now?.dataset?.status} ${now?.dataset?.resolution}` !== shown) location.reload();
    } catch {
      // the server is not reachable: poll again
    }
    setTimeout(again, 3000);
  };
  setTimeout(again, 3000);
}

/* ------------------------------------------------------------------ sending */

let busy; // the form that is under way

/** Says that the payer has to wait; nothing else can be chosen but what opens another tab. */
function setBusy(form, on) {
  const status = form.nextElementSibling;
  busy = on ? form : undefined;
  form.setAttribute('aria-busy', String(on));
  for (const one of document.querySelectorAll('a:not([target="_blank"]), button')) one.setAttribute('aria-disabled', String(on));
  status.textContent = on ? status.dataset.wait : '';
}

document.addEventListener('click', (event) => {
  if (!event.target.closest('[aria-disabled="true"]')) return;
  event.preventDefault();
  event.stopPropagation();
}, { capture: true });

// The payer stopped it: what was sent is for one attempt, and may be sent again.
window.navigation?.addEventListener('navigateerror', () => {
  if (busy) setBusy(busy, false);
});

/** Sends a form once, however often its button is pressed. */
function sendOnce(form) {
  form.addEventListener('submit', (event) => {
    if (event.defaultPrevented) return;
    if (busy) event.preventDefault();
    else setBusy(form, true);
  });
}

/** Says in the page's language what is missing, as the server would. */
function nameMissing(input) {
  input.addEventListener('invalid', () => input.setCustomValidity(input.dataset.missing));
  input.addEventListener('input', () => input.setCustomValidity(''));
}

/* ------------------------------------------------------------------ the page */

// A page restored by the back button may show an old state.
window.addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload();
});

// The answer to a form with errors: from now on an ordinary page, which the back button can show again.
if (document.querySelector('main [role="alert"]')) history.replaceState(history.state, '');

const main = document.querySelector('main[data-over]');
if (main) {
  const setTime = countDown(main);
  setTime(main);
  // another site may show the page of the bank
  if (new URL(main.dataset.over, location.href).origin === location.origin) keepUp(main, setTime);
}
for (const input of document.querySelectorAll('[data-missing]')) nameMissing(input);
for (const form of document.querySelectorAll('form[method="post"]')) sendOnce(form);
const pending = document.querySelector('[data-pending]');
if (pending) watch(pending);

const copies = document.querySelectorAll('[data-copy]');
if (copies.length) { // few pages have such buttons
  import('./clipboard.js').then(({ copyOnClick }) => {
    for (const button of copies) {
      copyOnClick(button, button.querySelector('[role="status"]'), button.dataset.copy, button.dataset);
      button.hidden = false;
    }
  });
}

// What became of the payment: a screen reader begins there. `autofocus` would be an error inside a shop's frame.
document.querySelector('[data-focus]')?.focus();

for (const link of document.querySelectorAll('[data-return]')) {
  if (framed) link.target = '_top';
  link.addEventListener('click', () => tell('return'));
}
for (const button of document.querySelectorAll('[data-tell]')) {
  button.hidden = !framed;
  button.addEventListener('click', () => tell(button.dataset.tell));
}
tell('ready');
window.addEventListener('load', () => tell('rendered'));
