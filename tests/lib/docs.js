// The pages of the documentation and the blocks in them. A mark is a comment on the line before a block, and every
// block has one:
//
//   <!-- serve -->             the server's command line: its options start the server; without one a bare server runs
//   <!-- file: FILE -->        saved as FILE, for what follows
//   <!-- start: FILE -->       saved as FILE, started and left running
//   <!-- run -->               lines for the reader's shell; all such blocks of a page share one shell
//   <!-- run: FILE -->         saved as FILE and run to its end
//   <!-- receiver: FILE -->    saved as FILE and started; it must tell right callbacks from wrong ones
//   <!-- prints -->            what the run before printed; <!-- prints: FILE -->: what the program started so printed
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

/** The names of those in the navigation. */
export const pageNames = () => rows(LISTED.split('\n= -\n')[0]).map(([name]) => name);

export const pageText = (file) => readFileSync(ROOT + file, 'utf8');

/** The blocks of a page: {mark, what, language, text, line}; `what` is what stands behind the mark's colon. */
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
