// The pages of the documentation and their code blocks. The line before each block is a comment, its mark:
//
//   <!-- serve -->             the server's command line; a page without one uses a server without options
//   <!-- file: FILE -->        saved as FILE for later blocks
//   <!-- start: FILE -->       saved as FILE and started in the background
//   <!-- run -->               shell commands; all such blocks of a page share one shell
//   <!-- run: FILE -->         saved as FILE and run until it exits, with MILKYPAY_URL
//   <!-- receiver: FILE -->    saved as FILE and started; it must accept genuine callbacks and reject all others
//   <!-- prints -->            the output of the previous run; <!-- prints: FILE -->: of that started program
//   <!-- browser -->           run by tests/browser/docs.test.js
//   <!-- package: WHAT ROLE --> run by docker/test-packages
//   <!-- not run: REASON -->   shown as skipped, with the reason

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MARK = /^<!-- (serve|file|start|run|receiver|prints|browser|package|not run)(?:: (.+))? -->$/;
const FENCE = /^```(\S*)$/;

const LISTED = readFileSync(`${ROOT}server/docs/pages.txt`, 'utf8');
const rows = (text) => text.split('\n').filter((line) => line && !/^[#=]/.test(line)).map((line) => line.split(/\s+/));

/** The pages of server/docs/pages.txt: their files, from the root. */
export const pageFiles = () => rows(LISTED).map(([, file]) => file);

/** The names of the pages in the navigation. */
export const pageNames = () => rows(LISTED.split('\n= -\n')[0]).map(([name]) => name);

export const pageText = (file) => readFileSync(ROOT + file, 'utf8');

/** The blocks of a page: {mark, what, language, text, line}; `what` is the text after the mark's colon. */
export function blocks(file) {
  const lines = pageText(file).split('\n');
  const found = [];
  for (let at = 0; at < lines.length; at++) {
    const [, language] = FENCE.exec(lines[at]) ?? [];
    if (language === undefined) {
      const marks = FENCE.test(lines[at + 1] ?? '');
      assert.ok(marks || !lines[at].startsWith('<!--'), `${file}:${at + 1}: a comment that marks no block`);
      continue;
    }
    const [, mark, what] = MARK.exec(lines[at - 1]) ?? [];
    assert.ok(mark, `${file}:${at + 1}: a block without a mark`);
    const end = lines.indexOf('```', at + 1);
    assert.ok(end > 0, `${file}:${at + 1}: a block without an end`);
    found.push({
      mark,
      what,
      language,
      text: lines
        .slice(at + 1, end)
        .map((line) => `${line}\n`)
        .join(''),
      line: at + 1,
    });
    at = end;
  }
  return found;
}
