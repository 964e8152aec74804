// The program's refusals on the command line.

import assert from 'node:assert/strict';
import { runBinary } from './server.js';

/** Asserts that the program fails with status 2 and one line on stderr that contains these words. */
export async function refuses(args, words, options) {
  const { code, stdout, stderr } = await runBinary(args, options);
  assert.equal(code, 2, `${args.join(' ')}: status ${code}, ${stderr}`);
  assert.equal(stdout, '');
  const lines = stderr.trim().split('\n');
  assert.equal(lines.length, 1, `one line: ${stderr}`);
  for (const word of words) assert.ok(lines[0].includes(word), `"${word}" in: ${lines[0]}`);
  return lines[0];
}
