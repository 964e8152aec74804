// The mark in the bar while the account's clock is frozen or moved: it explains invoices that do not settle.

import { getDated } from './dashboard_api.js';
import { always } from './dashboard_live.js';

const TICK_MS = 5000;
const EXACT_S = 1; // Date has whole seconds
const UNITS = [[86_400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']];

/** 90061 -> "1 d 1 h"; the two largest units. */
function span(seconds) {
  const parts = [];
  let left = Math.abs(seconds);
  for (const [size, unit] of UNITS) {
    const n = Math.floor(left / size);
    left -= n * size;
    if (n || parts.length) parts.push(n && `${n} ${unit}`);
    if (parts.length === 2) break;
  }
  return parts.filter(Boolean).join(' ');
}

/** What the chip says; '' if the clock is that of the machine. */
export function clockWords({ mode, now }, machine) {
  const offset = now - machine, moved = Math.abs(offset) > EXACT_S;
  const where = moved ? `${span(offset)} ${offset > 0 ? 'ahead' : 'behind'}` : '';
  if (mode === 'frozen') return ['clock frozen', where].filter(Boolean).join(', ');
  return where && `clock ${where}`;
}

/** Keeps the chip up to date. */
export function startClockChip(chip) {
  let clock, machine = 0, seen = 0;
  const show = () => {
    if (!clock) return;
    const passed = Math.floor((performance.now() - seen) / 1000);
    const now = clock.mode === 'frozen' ? clock.now : clock.now + passed;
    const words = clockWords({ ...clock, now }, machine + passed);
    if (chip.textContent !== words) chip.textContent = words;
    chip.hidden = !words;
  };
  const load = async () => {
    try {
      ({ json: clock, date: machine } = await getDated('/clock'));
    } catch {
      return; // the view says so
    }
    seen = performance.now();
    show();
  };
  always(['clock', 'account'], load);
  setInterval(show, TICK_MS);
  return load();
}
