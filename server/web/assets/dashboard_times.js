// Fields for a time in the zone of the browser, whose values are milliseconds in addresses and calls.

import { el } from './dashboard_dom.js';

const two = (n) => String(n).padStart(2, '0');

function localTime(ms) {
  if (!ms) return '';
  const at = new Date(Number(ms));
  if (Number.isNaN(at.getTime())) return '';
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${
    two(at.getMinutes())}:${two(at.getSeconds())}`;
}

export const timeField = (ms, testid) =>
  el('input', { type: 'datetime-local', step: 1, value: localTime(ms), 'data-testid': testid });

/** The first millisecond of the field's second, or the last one; "" if it is empty. */
export const startOf = ({ value }) => (value ? String(new Date(value).getTime()) : '');
export const endOf = ({ value }) => (value ? String(new Date(value).getTime() + 999) : '');
