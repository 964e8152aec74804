// Runs the blocks of each documentation page with the server binary, and compares their output with the page. See
// tests/lib/docs.js for the marks of blocks.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { blocks, pageFiles } from '../lib/docs.js';
import { Reader, obstacle } from '../lib/reader.js';

const pages = new Map(); // page -> its blocks; only pages with blocks
for (const file of pageFiles()) {
  try {
    const found = blocks(file).filter(({ mark }) => mark !== 'package');
    if (found.length) pages.set(file, found);
  } catch (error) { // only the tests of this page fail
    test(file, () => { throw error; });
  }
}

for (const [file, all] of pages) {
  describe(file, () => {
    const reader = new Reader();
    before(() => reader.begin({ bare: all.every(({ mark }) => mark !== 'serve') }));
    after(() => reader.end());
    all.forEach((block, i) => {
      const skip = obstacle(block, all[i - 1]);
      test(`line ${block.line}: ${block.mark} ${block.what ?? block.language}`, { skip }, () => reader.perform(block));
    });
  });
}

test('the pages contain blocks', () => {
  assert.ok([...pages.values()].flat().filter((block) => !obstacle(block)).length > 50);
});
