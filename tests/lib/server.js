// Starts the server binary and monitors it.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PATIENCE_MS, within } from './limits.js';

export const BIN = process.env.MILKYPAY_BIN
  ? resolve(process.env.MILKYPAY_BIN)
  : fileURLToPath(new URL('../../build/milkypay-mock', import.meta.url));

/**
 * The `skip` of tests that need commands of this machine beside the program, which a wrapped program does not have.
 */
export const ALONE = process.env.MILKYPAY_CONTAINED ? 'the program runs in a container' : false;

const SANITIZER = /ERROR: \w+Sanitizer|SUMMARY: \w+Sanitizer|runtime error:/;

const toKill = new Set();
const toRemove = new Set();
process.on('exit', () => {
  for (const child of toKill) child.kill('SIGKILL');
  for (const folder of toRemove) rmSync(folder, { recursive: true, force: true });
});

/** Creates a folder that is deleted when the test process exits. */
export function tempDir() {
  const folder = mkdtempSync(join(tmpdir(), 'milkypay-test-'));
  toRemove.add(folder);
  return folder;
}

// The MILKYPAY_* and proxy variables of the caller must not reach the server under test.
export function cleanEnv(extra) {
  const env = Object.fromEntries(Object.entries(process.env)
    .filter(([name]) => !name.startsWith('MILKYPAY_') && !/^(https?|all|no)_proxy$/i.test(name)));
  env.UBSAN_OPTIONS ??= 'print_stacktrace=1:halt_on_error=1';
  return { ...env, ...extra };
}

// `wrap` is a command that executes its arguments by exec, e.g. in another namespace.
function launch(args, env, cwd, wrap = [], input = undefined) {
  if (!existsSync(BIN)) throw new Error(`no server binary at ${BIN}: build it or set MILKYPAY_BIN`);
  const [command, ...rest] = [...wrap, BIN, ...args];
  const child = spawn(command, rest, { env: cleanEnv(env), cwd, stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
  child.stdin?.on('error', () => {}).end(input); // it may end before it reads
  toKill.add(child);
  // a failed test must not keep the test process alive; tests that wait use within()
  for (const handle of [child, child.stdout, child.stderr]) handle.unref();
  const run = { child, stdout: '', stderr: '', exit: undefined };
  child.stdout.setEncoding('utf8').on('data', (text) => { run.stdout += text; run.onText?.(); });
  child.stderr.setEncoding('utf8').on('data', (text) => { run.stderr += text; });
  run.ended = new Promise((done) => {
    child.on('error', (error) => { run.stderr += String(error); });
    child.on('close', (code, signal) => {
      toKill.delete(child);
      run.exit = { code, signal };
      done(run.exit);
    });
  });
  return run;
}

/** Runs the binary until it exits: {code, signal, stdout, stderr}. `input` is what it reads from stdin. */
export async function runBinary(args, { env = {}, cwd, wrap, input, limit = PATIENCE_MS } = {}) {
  const run = launch(args, env, cwd, wrap, input);
  try {
    await within(run.ended, () => `${args.join(' ')} to end; stderr: ${run.stderr}`, limit);
  } finally {
    if (!run.exit) run.child.kill('SIGKILL');
  }
  if (SANITIZER.test(run.stderr)) throw new Error(`sanitizer report of ${args.join(' ')}:\n${run.stderr}`);
  return { ...run.exit, stdout: run.stdout, stderr: run.stderr };
}

class Server {
  constructor(run, url, args) {
    this.run = run;
    this.url = url;
    this.args = args;
    const parsed = new URL(url);
    this.host = parsed.hostname;
    this.port = Number(parsed.port);
    this.expectedEnd = false;
  }

  get pid() { return this.run.child.pid; }
  get stderr() { return this.run.stderr; }
  get stdout() { return this.run.stdout; }

  tail() { return this.run.stderr.split('\n').slice(-40).join('\n'); }

  /** Throws if the process has died or a sanitizer has reported an error. */
  check() {
    const found = SANITIZER.exec(this.run.stderr);
    if (found)
      throw new Error(
        `sanitizer report:\n${this.run.stderr.slice(Math.max(0, found.index - 500), found.index + 8000)}`,
      );
    if (this.run.exit && !this.expectedEnd) {
      throw new Error(`the server died: ${JSON.stringify(this.run.exit)}\n${this.tail()}`);
    }
  }

  /** Sends SIGTERM; the process must exit with status 0. */
  async stop({ signal = 'SIGTERM' } = {}) {
    this.check();
    if (this.run.exit) return;
    this.expectedEnd = true;
    this.run.child.kill(signal);
    try {
      await within(this.run.ended, () => `the server to leave after ${signal}\n${this.tail()}`);
    } finally {
      if (!this.run.exit) this.run.child.kill('SIGKILL');
    }
    this.check();
    const { code, signal: by } = this.run.exit;
    if (code !== 0) throw new Error(`after ${signal} the server ended with ${by ?? code}, not 0\n${this.tail()}`);
  }

  async kill9() {
    this.check();
    this.expectedEnd = true;
    this.run.child.kill('SIGKILL');
    await within(this.run.ended, () => 'the killed server to be gone');
    this.check();
  }
}

/**
 * Starts the server on a free port and waits until it listens. `args` are additional options; `launched(child)` is
 * called before the wait. First callbacks are sent without delay, to save time; `firstCallbackDelay: null` keeps the
 * server's default.
 */
export async function startServer({
  args = [],
  env = {},
  cwd,
  wrap,
  listen = '127.0.0.1:0',
  firstCallbackDelay = '0',
  launched = () => {},
} = {}) {
  const delay = firstCallbackDelay === null ? [] : ['--first-callback-delay', firstCallbackDelay];
  const all = [...(listen === null ? [] : ['--listen', listen]), ...delay, ...args];
  const run = launch(all, env, cwd, wrap);
  launched(run.child);
  const listening = new Promise((done, fail) => {
    run.onText = () => {
      const end = run.stdout.indexOf('\n');
      if (end < 0) return;
      const line = run.stdout.slice(0, end);
      const found = /^listening on (https?:\/\/\S+)$/.exec(line);
      if (found) done(found[1]);
      else fail(new Error(`the first line on stdout is not "listening on URL": ${line}`));
    };
    run.ended.then((exit) =>
      fail(new Error(`the server ended before it listened: ${JSON.stringify(exit)}\n${run.stderr}`)),
    );
  });
  let url;
  try {
    url = await within(listening, () => `the server to listen; stderr: ${run.stderr}`);
  } catch (error) {
    run.child.kill('SIGKILL');
    throw error;
  }
  const server = new Server(run, url, all);
  server.check();
  return server;
}
