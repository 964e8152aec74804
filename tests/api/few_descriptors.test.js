// Starts with hardly any descriptors: each ends with status 2 and a line that says why, and leaves no process behind.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { shopFolder } from '../lib/rehearse.js';
import { ALONE, runBinary, tempDir } from '../lib/server.js';

const prlimit = !ALONE && spawnSync('prlimit', ['--version']).status === 0;
const skip = prlimit ? false : 'no prlimit, or no process of ours';
const LEAST = 4; // the dynamic linker needs one beside the three that are open

/** Runs with so many descriptors. The search for leaks needs some too. */
const run = (n, args, options) => runBinary(args, {
  ...options,
  env: { ASAN_OPTIONS: 'detect_leaks=0', ...options?.env },
  wrap: ['prlimit', `--nofile=${n}:${n}`, '--'],
});

describe('with hardly any descriptors', { skip }, () => {
  for (const [what, most, args] of [
    ['a server with a private database', 7, () => []],
    ['a server with a file', 5, () => ['--db', join(tempDir(), 'mock.db')]],
    ['exec', 7, () => ['exec', '--', 'true']],
  ]) {
    test(`${what} says why it does not start`, async () => {
      for (let n = LEAST; n <= most; n++) {
        const folder = tempDir();
        const all = args();
        const own = all[0] === 'exec' ? [] : ['--listen', '127.0.0.1:0'];
        const { code, stdout, stderr } = await run(n, [...all, ...own], { env: { TMPDIR: folder } });
        assert.equal(code, 2, `${n}: ${stderr}`);
        assert.equal(stdout, '', `${n}`);
        assert.match(stderr, /^milkypay-mock: .*(?:Too many open files|cannot start the server)/m, `${n}`);
      }
    });
  }

  test('a rehearsal says why it does not begin', async () => {
    for (let n = LEAST; n <= 9; n++) {
      const folder = shopFolder();
      const { code, stdout, stderr } = await run(n, ['rehearse', '--only', 'E0', '--', process.execPath, 'shop.mjs'],
        { cwd: folder, env: { TMPDIR: folder } });
      assert.equal(code, 2, `${n}: ${stderr}${stdout}`);
      assert.match(stderr, /Too many open files|cannot start the server/, `${n}`);
    }
  });
});
