import { execFile } from 'node:child_process';
import { copyFileSync, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { tempDir } from '../../lib/server.js';

const READER = fileURLToPath(new URL('database.py', import.meta.url));
const run = promisify(execFile);

/** Reads databases that no server has open: {integrity, invoices, twice} of each (database.py). */
export async function contents(files) {
  const { stdout } = await run('python3', [READER, ...files], { maxBuffer: 1 << 30, timeout: 60_000 });
  return stdout.trim().split('\n').map((line) => JSON.parse(line));
}

/** Copies the database of a killed or stopped server and returns the path. The copy is deleted at the process's end. */
export function copyOf(file) {
  const copy = `${tempDir()}/copy.db`;
  for (const tail of ['', '-wal']) {
    if (existsSync(file + tail)) copyFileSync(file + tail, copy + tail);
  }
  return copy;
}
