// Compares printed output with the output on a page. White space is ignored, ids, times and signatures may differ,
// and … matches any text.

// What differs between runs. If two bound values are equal on the page, they must be equal in the output.
const VARYING = [
  {
    pattern: '(?<=(?:\\b(?:cpi|cpoi|cgi|cus|coma|comca|comcps|org|ma|req)_|"serial_number":"))[A-Za-z0-9]{16}\\b',
    bound: true,
  },
  { pattern: '[A-Za-z0-9+/]{27}=', bound: true },
  { pattern: '\\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\\b', bound: true },
  { pattern: '\\bcb_\\d+\\b' },
  { pattern: '\\b1\\d{9}\\b' },
  { pattern: '\\b1\\d{12}\\b' },
];
const TOKEN = new RegExp(`…|${VARYING.map(({ pattern }) => `(${pattern})`).join('|')}`, 'g');
const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const pressed = (text) => text.replace(/\s+/g, '');

/** Whether `printed` matches `shown`; `known` maps values on the page to printed values. */
export function agrees(shown, printed, known) {
  const text = pressed(shown);
  const tokens = [...text.matchAll(TOKEN)].map(({ 0: value, index, ...groups }) => (
    { value, index, kind: VARYING[VARYING.findIndex((_, i) => groups[i + 1] !== undefined)] }));
  let source = '';
  let at = 0;
  for (const { value, index, kind } of tokens) {
    source += escape(text.slice(at, index)) + (kind ? `(${kind.pattern})` : '[^]*?');
    at = index + value.length;
  }
  const match = new RegExp(`^${source}${escape(text.slice(at))}$`).exec(pressed(printed));
  if (!match) return false;
  const found = tokens.filter(({ kind }) => kind).map(({ value, kind }, i) => ({ value, kind, printed: match[i + 1] }));
  return found.filter(({ kind }) => kind.bound).every(({ value, printed: now }) => {
    if (!known.has(value)) known.set(value, now);
    return known.get(value) === now;
  });
}
