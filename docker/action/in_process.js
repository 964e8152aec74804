// Runs the mock as a process of the runner. Its folder contains `out`, `log`, `pid` and, after its end, `status`.

import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

// Saves the exit status for later steps: only a parent process gets it. Files are written atomically.
const KEEPER = `
keep() { echo "$2" >"$folder/new" && mv "$folder/new" "$folder/$1"; }
folder=$0
"$@" >"$folder/out" 2>"$folder/log" &
keep pid $!
wait $!
keep status $?`;
const PATIENCE_MS = 20_000;

/** `state.folder` exists and is empty; `args` are the mock's arguments. */
export async function start(state, args) {
  accessSync(state.binary, constants.X_OK);
  // no pipes of the step, or the step would last as long as the mock
  const child = spawn('sh', ['-c', KEEPER, state.folder, state.binary, ...args], { detached: true, stdio: 'ignore' });
  child.unref();
}

const read = (state, name) => {
  const file = join(state.folder, name);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
};

export const output = async (state) => read(state, 'out');
export const log = async (state) => read(state, 'log');

const status = (state) => (read(state, 'status') ? Number(read(state, 'status')) : undefined);

export const ended = async (state) => status(state) !== undefined;

function send(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error; // it has just ended
  }
}

/** Stops the mock, if it still runs, and returns its exit status. */
export async function stop(state) {
  const pid = Number(read(state, 'pid'));
  for (const signal of ['SIGTERM', 'SIGKILL']) {
    if (status(state) === undefined) send(pid, signal);
    for (let waited = 0; status(state) === undefined && waited < PATIENCE_MS; waited += 50) await pause(50);
  }
  return status(state);
}

export const reportFolder = (state) => state.report;
export const fetchReport = async () => {};
export const remove = async () => {};
