// The script of all payer pages. They also work without JavaScript.

const framed = window.parent !== window;

/** Posts the events of the platform's widget to the shop's page that frames this one. */
function tell(event) {
  if (framed) window.parent.postMessage(event, '*');
}

/** Counts down to the expiry of the invoice, then loads the next page. */
function countDown(main) {
  const ends = performance.now() + Number(main.dataset.seconds) * 1000;
  const bar = main.querySelector('progress');
  const live = main.querySelector('[data-live]');
  const time = live?.querySelector('[role="timer"]');
  if (live) {
    live.hidden = false;
    main.querySelector('[data-still]').hidden = true;
  }
  const tick = () => {
    const left = Math.max(0, Math.ceil((ends - performance.now()) / 1000));
    const parts = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60];
    const text = parts.map((n) => String(n).padStart(2, '0'));
    if (time) time.textContent = (left < 3600 ? text.slice(1) : text).join(':');
    if (bar) bar.value = left;
    if (left) setTimeout(tick, 250);
    else setTimeout(() => location.replace(main.dataset.over), 300); // the server's clock may be a little behind
  };
  tick();
}

/** Sends a form once, however often its button is pressed. */
function sendOnce(form) {
  let sent = false;
  form.addEventListener('submit', (event) => {
    if (event.defaultPrevented) return;
    if (sent) event.preventDefault();
    sent = true;
    form.setAttribute('aria-busy', 'true');
  });
}

/** Polls while the payment is pending, and reloads the page when its status changes. */
function watch(result) {
  const shown = `${result.dataset.status} ${result.dataset.resolution}`;
  const look = async () => {
    try {
      const reply = await fetch(location.href, { headers: { Accept: 'text/html' } });
      const page = new DOMParser().parseFromString(await reply.text(), 'text/html');
      const now = page.querySelector('[data-testid="result"]');
      if (reply.redirected || `${now?.dataset.status} ${now?.dataset.resolution}` !== shown) location.reload();
    } catch {
      // the server is not reachable: poll again
    }
    setTimeout(look, 3000);
  };
  setTimeout(look, 3000);
}

// A page restored by the back button may show an old state.
window.addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload();
});

const main = document.querySelector('main[data-seconds]');
if (main) countDown(main);
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
