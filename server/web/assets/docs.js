// The pages of the documentation: samples name the server that serves them, and can be copied.

import { copyOnClick } from './clipboard.js';
import { startSearch } from './docs_search.js';

// The address in the sources, also with the slashes of JSON: http:\/\/127.0.0.1:8080
const ADDRESS = /http:(\\?\/\\?\/)127\.0\.0\.1:8080(?!\d)/g;

/** Whether the code says what the default is, not where this server is. */
const isDefault = (code) => code.textContent.startsWith('listening on');

function nameThisServer(code) {
  const { protocol, host } = location;
  code.textContent = code.textContent.replace(ADDRESS, (_, slashes) => `${protocol}${slashes}${host}`);
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
  copyOnClick(button, says, code.textContent, { copied: 'Copied', refused: 'Not allowed' });
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
