// The card form: groups digits, shows the brand, checks the server's rules before it sends, fills in test cards.

const form = document.querySelector('[data-testid="payment-form"]');
const inputs = [...form.querySelectorAll('[data-check]')];
/** The inputs of the card; the others are those that the service requires. */
const fields = Object.fromEntries(inputs.filter(({ dataset }) => dataset.check !== 'filled')
  .map((input) => [input.dataset.check, input]));
const digitsOf = (text) => text.replace(/\D/g, '');

/* ------------------------------------------------------------------ brands */

const BRANDS = [
  { name: 'Visa', starts: /^4/, groups: [4, 4, 4, 4, 3] },
  { name: 'Mastercard', starts: /^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, groups: [4, 4, 4, 4] },
  { name: 'American Express', starts: /^3[47]/, groups: [4, 6, 5] },
  { name: 'Maestro', starts: /^(50|5[6-9]|6[0-9])/, groups: [4, 4, 4, 4, 3] },
  { name: 'JCB', starts: /^35/, groups: [4, 4, 4, 4, 3] },
];
const NO_BRAND = { name: '', groups: [4, 4, 4, 4, 3] };

const brandOf = (number) => BRANDS.find(({ starts }) => starts.test(number)) ?? NO_BRAND;

let shown = '';

/** Shows the mark of a brand instead of those of all. A screen reader gets its name, once. */
function showBrand({ name }) {
  if (shown === name) return;
  shown = name;
  const mark = form.querySelector(`.brands [data-brand="${name}"]`)?.cloneNode(true);
  const said = document.createElement('span');
  said.className = 'unseen';
  said.textContent = name;
  mark?.setAttribute('aria-hidden', 'true');
  form.querySelector('.brand').replaceChildren(...(mark ? [mark, said] : []));
}

function grouped(number, groups) {
  const parts = [];
  for (const size of groups) {
    if (number) parts.push(number.slice(0, size));
    number = number.slice(size);
  }
  return parts.join(' ') + number;
}

/* ------------------------------------------------------------------ typing */

/** Formats a field during typing and keeps the caret after the same digit. */
function format(input, text) {
  const before = digitsOf(input.value.slice(0, input.selectionStart ?? 0)).length;
  if (input.value === text) return;
  input.value = text;
  if (document.activeElement !== input) return;
  let at = 0;
  for (let seen = 0; at < text.length && seen < before; at++) seen += /\d/.test(text[at]);
  if (before === digitsOf(text).length) at = text.length;
  input.setSelectionRange(at, at);
}

function formatNumber() {
  if (!fields.number) return; // a saved card
  const number = digitsOf(fields.number.value).slice(0, 19);
  const brand = brandOf(number);
  showBrand(brand);
  if (/^[\d\s-]*$/.test(fields.number.value)) format(fields.number, grouped(number, brand.groups));
}

function formatExpiry(event) {
  const { value } = fields.expiry;
  if (event?.inputType?.startsWith('delete') || !/^[\d\s/]*$/.test(value)) return;
  const digits = digitsOf(value).slice(0, 6);
  if (/^\d\s*\/$/.test(value)) format(fields.expiry, `0${value[0]}/`);
  else if (digits.length >= 2) format(fields.expiry, `${digits.slice(0, 2)}/${digits.slice(2)}`);
}

/* ------------------------------------------------------------------ the server's rules */

function luhn(number) {
  const sum = [...number].reverse().reduce((total, digit, i) => {
    const n = Number(digit) * (i % 2 + 1);
    return total + (n > 9 ? n - 9 : n);
  }, 0);
  return sum % 10 === 0;
}

const CHECKS = {
  number: (text) => /^[\d\s-]*$/.test(text) && /^\d{12,19}$/.test(digitsOf(text)) && luhn(digitsOf(text)),
  expiry: (text) => /^[\d\s/-]*$/.test(text) && /^(0[1-9]|1[0-2])(\d{2}|\d{4})$/.test(digitsOf(text)),
  cvv: (text) => /^\d{3,4}$/.test(text),
  holder: (text) => [...text].length <= 50,
  filled: (text) => text !== '',
};

/** Shows the error of a field, or removes it. Returns true if the field is valid. */
function judge(input) {
  const right = CHECKS[input.dataset.check](input.value);
  const id = `${input.id}-error`;
  const described = (input.getAttribute('aria-describedby') ?? '').split(' ').filter((name) => name && name !== id);
  document.getElementById(id)?.remove();
  if (!right) {
    const error = document.createElement('p');
    error.className = 'error';
    error.id = id;
    error.dataset.testid = `error-${/\[(.*)\]/.exec(input.name)?.[1] ?? input.name}`;
    error.textContent = input.dataset.error;
    input.closest('.field').append(error);
    described.push(id);
  }
  if (right) input.removeAttribute('aria-invalid');
  else input.setAttribute('aria-invalid', 'true');
  if (described.length) input.setAttribute('aria-describedby', described.join(' '));
  else input.removeAttribute('aria-describedby');
  return right;
}

/** The list of errors above the form, in the same format as the server's. */
function summarise(wrong) {
  form.querySelector('[data-testid="error-summary"]')?.remove();
  if (!wrong.length) return;
  const summary = document.createElement('div');
  const heading = document.createElement('h2');
  const list = document.createElement('ul');
  summary.className = 'notice bad';
  summary.dataset.testid = 'error-summary';
  summary.tabIndex = -1;
  summary.setAttribute('role', 'alert');
  heading.textContent = form.dataset.summary;
  for (const input of wrong) {
    const item = document.createElement('li');
    const link = document.createElement('a');
    link.href = `#${input.id}`;
    link.textContent = input.dataset.error;
    item.append(link);
    list.append(item);
  }
  summary.append(heading, list);
  form.prepend(summary);
  summary.focus();
}

/* ------------------------------------------------------------------ events */

fields.number?.addEventListener('input', formatNumber);
fields.expiry?.addEventListener('input', formatExpiry);
formatNumber();

// Fields are judged when the form is sent, not when they are left: an error moves what stands below it, and a button
// that moves away between press and release gets no click. A field with an error is judged while it is corrected.
for (const input of inputs) {
  input.addEventListener('input', () => {
    if (input.hasAttribute('aria-invalid') && CHECKS[input.dataset.check](input.value)) judge(input);
  });
}

// Links of the summary move the focus to the field.
form.addEventListener('click', (event) => {
  const link = event.target.closest('[data-testid="error-summary"] a');
  if (!link) return;
  event.preventDefault();
  document.querySelector(link.getAttribute('href'))?.focus();
});

form.addEventListener('submit', (event) => {
  if (event.submitter?.value === 'cancel') return;
  const wrong = inputs.filter((input) => !judge(input));
  summarise(wrong);
  if (wrong.length) event.preventDefault();
}, { capture: true });

document.querySelector('[data-testid="mock-panel"]')?.addEventListener('click', (event) => {
  const card = event.target.closest('[data-number]');
  if (!card) return;
  event.preventDefault();
  for (const name of Object.keys(fields)) {
    fields[name].value = card.dataset[name];
    judge(fields[name]);
  }
  formatNumber();
  summarise([]);
  form.querySelector('[data-testid="pay"]').focus();
});
