// HTML templates that escape every value.

const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

class Html {
  constructor(text) { this.text = text; }

  toString() { return this.text; }
}

function part(value) {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(part).join('');
  if (value === undefined || value === null || value === false) return '';
  return String(value).replace(/[&<>"']/g, (letter) => ESCAPES[letter]);
}

/** html`<p>${anything}</p>`: only the result of another html`` is not escaped. */
export function html(strings, ...values) {
  return new Html(strings.map((text, i) => text + (i < values.length ? part(values[i]) : '')).join(''));
}
