// Free ports for programs that need a fixed one. They are below the kernel's ephemeral range, so no other program gets
// them by chance. A lock file for each port keeps test processes apart.

import assert from 'node:assert/strict';
import { closeSync, openSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FIRST = 20_000;
const LAST = 29_999;

const held = new Set();
process.on('exit', () => { for (const file of held) rmSync(file, { force: true }); });

/**
 * Returns false if another test process has the port. A killed process leaves its file; only that port is lost.
 */
function reserve(port) {
  const file = join(tmpdir(), `milkypay-test-port-${port}`);
  try {
    const handle = openSync(file, 'wx');
    held.add(file);
    closeSync(handle);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

const isFree = (port) => new Promise((done) => {
  const probe = createServer()
    .on('error', () => done(false))
    .listen(port, '127.0.0.1', () => probe.close(() => done(true)));
});

/** A port of 127.0.0.1, as text, reserved for this process. */
export async function freePort() {
  for (let port = FIRST; port <= LAST; port++) {
    if (reserve(port) && await isFree(port)) return String(port);
  }
  return assert.fail('no free port');
}
