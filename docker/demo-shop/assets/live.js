// Keeps the part of a page with data-live up to date. When the shop reports a change, and every data-again seconds, it
// loads the page again and replaces the part.

const part = () => document.querySelector('[data-live]');
let busy = false;
let missed = false;

async function refresh() {
  if (busy) {
    missed = true;
    return;
  }
  busy = true;
  try {
    const response = await fetch(location.href);
    const fresh = new DOMParser().parseFromString(await response.text(), 'text/html').querySelector('[data-live]');
    if (response.ok && fresh && fresh.innerHTML !== part().dataset.shown) show(fresh);
  } catch {
    // the shop is not available; the next event or second tries again
  }
  busy = false;
  if (missed) {
    missed = false;
    refresh();
  }
}

function show(fresh) {
  const opened = [...part().querySelectorAll('details[open]')].map(({ id }) => id);
  const { innerHTML } = fresh;
  part().replaceChildren(...fresh.childNodes);
  part().dataset.shown = innerHTML;
  part().dataset.again = fresh.dataset.again ?? '';
  for (const id of opened) document.getElementById(id)?.setAttribute('open', '');
}

if (part()) {
  new EventSource('/events').addEventListener('message', refresh);
  let seconds = 0;
  setInterval(() => {
    seconds += 1;
    const { again } = part().dataset;
    if (again && seconds % Number(again) === 0) refresh();
  }, 1000);
}
