// Keyboard shortcuts: letters open views; j and k move through the rows of a list.

const GO = { i: 'invoices', n: 'new', p: 'payouts', b: 'callbacks', d: 'report', r: 'requests', s: 'sinks', f: 'faults',
  v: 'services', c: 'clock', a: 'accounts' };
const STORED = 'milkypay-mock-keys';
const HELP = [
  ['i n p b d r s f v c a',
    'Invoices, New, Payouts, Callbacks, Report, Requests, Inbox (the sinks), Faults, Services, Clock, Accounts'],
  ['/', 'the search, or the first filter'],
  ['j k', 'the next row, the previous row; in an invoice, the next and the previous one of the list'],
  ['Enter', 'open the row'],
  ['Esc', 'leaves a field; from an invoice or a service back to the list'],
  ['?', 'these keys'],
];

// Single-letter shortcuts can be switched off, because they conflict with speech input (WCAG 2.1.4).
const lettersOn = () => localStorage.getItem(STORED) !== 'off';

/** Letters belong to an input, except to a box, which only knows the space bar. */
const takesLetters = (one) => one.matches('input:not([type="checkbox"]), select, textarea');

function moveRow(step) {
  const rows = [...document.querySelectorAll('main [data-row]')];
  const at = rows.findIndex((one) => (one.closest('li') ?? one).contains(document.activeElement));
  const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step];
  if (next) next.focus();
  else if (!rows.length) document.querySelector(`main [data-testid="${step > 0 ? 'next' : 'previous'}"]`)?.click();
}

function escape(target) {
  if (target.matches('input, select, textarea')) document.querySelector('main').focus();
  else if (/^#\/(invoices|payouts)\/./.test(location.hash)) {
    document.querySelector('main [data-testid="back"]')?.click(); // not history: the one before may be another invoice
  } else if (/^#\/services\/./.test(location.hash)) {
    history.length > 1 ? history.back() : location.assign(location.hash.replace(/\/[^/?]*(\?.*)?$/, '$1'));
  }
}

export function startKeys() {
  const dialog = document.querySelector('dialog.help');
  const on = dialog.querySelector('[data-keys-on]');
  const list = dialog.querySelector('dl');
  for (const [keys, meaning] of HELP) {
    const [dt, dd] = [document.createElement('dt'), document.createElement('dd')];
    dt.append(...keys.split(' ').map((key) => Object.assign(document.createElement('kbd'), { textContent: key })));
    dd.textContent = meaning;
    list.append(dt, dd);
  }
  on.checked = lettersOn();
  on.addEventListener('change', () => localStorage.setItem(STORED, on.checked ? 'on' : 'off'));
  const help = document.querySelector('[data-help]');
  help.hidden = false;
  help.addEventListener('click', () => dialog.showModal());

  const actions = {
    '?': () => dialog.showModal(),
    '/': () => document.querySelector('main [data-search]')?.focus(),
    j: () => moveRow(1),
    k: () => moveRow(-1),
  };
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
    if (event.key === 'Escape') {
      escape(event.target);
      return;
    }
    if (!lettersOn() || takesLetters(event.target)) return;
    const view = GO[event.key];
    const action = view ? () => { location.hash = `#/${view}`; } : actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
