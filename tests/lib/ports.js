// Ports for programs that must be told one. The kernel never gives these to anybody by itself, because they are below
// its range for "any free port"; a file for each keeps the test processes apart.

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
 * False when another test process has the port. A killed process leaves its file behind: that port is lost, no more.
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

/** A port of 127.0.0.1, as text, that stays free until this process listens there. */
export async function freePort() {
  for (let port = FIRST; port <= LAST; port++) {
    if (reserve(port) && await isFree(port)) return String(port);
  }
  return assert.fail('no free port');
}
