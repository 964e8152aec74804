import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { tempDir } from '../../lib/server.js';

const READER = fileURLToPath(new URL('database.py', import.meta.url));
const run = promisify(execFile);

const read = async (...args) => JSON.parse((await run('python3', [READER, ...args], { maxBuffer: 1 << 30, timeout: 60_000 })).stdout);

/** What a database holds whose server has stopped: {integrity, invoices, twice} (database.py). */
export const contents = (file) => read(file);

/** Copies what a killed server left, before the next one takes it; a function that says whether the copy is sound. */
export function copyOf(file) {
  const folder = tempDir();
  for (const tail of ['', '-wal']) {
    if (existsSync(file + tail)) copyFileSync(file + tail, `${folder}/copy.db${tail}`);
  }
  return async () => {
    const { integrity } = await read(`${folder}/copy.db`, '--check');
    rmSync(folder, { recursive: true });
    return integrity;
  };
}
