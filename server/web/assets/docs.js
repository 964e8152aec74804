// The pages of the documentation: samples name the server that serves them, and can be copied.

import { startSearch } from './docs_search.js';

const COPIED_MS = 2000;

// The address in the sources, also with the slashes of JSON: http:\/\/127.0.0.1:8080
const ADDRESS = /http:(\\?\/\\?\/)127\.0\.0\.1:8080(?!\d)/g;

/** Whether the code says what the default is, not where this server is. */
const isDefault = (code) => code.closest('td[data-label="default"]') || code.textContent.startsWith('listening on');

function nameThisServer(code) {
  const { protocol, host } = location;
  code.textContent = code.textContent.replace(ADDRESS, (_, slashes) => `${protocol}${slashes}${host}`);
}

/** Without https or loopback, browsers offer the older way only. */
async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  const copied = document.execCommand('copy');
  area.remove();
  if (!copied) throw new Error('the browser does not allow it');
}

function addCopyButton(code) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'copy';
  button.dataset.testid = 'copy';
  const says = document.createElement('span');
  says.setAttribute('role', 'status');
  says.textContent = 'Copy';
  button.append(says);
  let back;
  button.addEventListener('click', async () => {
    const done = await copy(code.textContent).then(() => 'Copied', () => 'Not allowed');
    button.focus();
    says.textContent = done;
    clearTimeout(back);
    back = setTimeout(() => { says.textContent = 'Copy'; }, COPIED_MS);
  });
  const sample = document.createElement('div');
  sample.className = 'sample';
  code.parentElement.replaceWith(sample);
  sample.append(code.parentElement, button);
}

const codes = [...document.querySelectorAll('article code')];
for (const code of codes) if (!isDefault(code)) nameThisServer(code);

// JSON and text are what a sample prints, shortened
for (const code of codes) if (code.matches('pre > code:not(.language-json, .language-text)')) addCopyButton(code);

startSearch(document.querySelector('.search'));
