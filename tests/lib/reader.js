// Runs the code blocks of a documentation page in a separate folder: starts the server, saves files, runs programs and
// shell commands. Ports are replaced by free ones. See docs.js for the marks.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Client, DEMO } from './client.js';
import { ROOT } from './docs.js';
import { within } from './limits.js';
import { freePort } from './ports.js';
import { agrees } from './printed.js';
import { ALONE, BIN, cleanEnv, startServer, tempDir } from './server.js';
import { sign } from './sink.js';

const SERVER = '127.0.0.1:8080'; // in the pages
const RECEIVER = /\b9000\b/g;

const runs = (command, ...args) => spawnSync(command, args).status === 0;
const once = (ask) => { let known; return () => (known ??= { answer: ask() }).answer; };

// With MILKYPAY_LANGUAGES=all an example whose language is not installed fails.
const REQUIRED = process.env.MILKYPAY_LANGUAGES === 'all';

// How to run a file, a test and a receiver in each language, and whether this machine can.
const LANGUAGES = {
  js: { run: ['node'], there: () => true },
  python: { run: ['python3'], there: once(() => runs('python3', '--version')) },
  php: {
    run: ['php'],
    serve: (port) => ['php', '-S', `127.0.0.1:${port}`],
    there: once(() => runs('php', '--version')),
  },
  java: { run: ['java'], there: once(() => runs('javac', '--version')) },
  go: { run: ['go', 'run'], test: ['go', 'test'], there: once(() => runs('go', 'version')) },
  sql: { there: once(() => runs('sqlite3', '--version')) },
  ruby: { run: ['ruby'], there: once(() => runs('ruby', '-e', 'require "webrick"')) },
};

const IN_LANGUAGE = { start: true, run: true, receiver: true };
const COMMANDS = { javac: 'java', go: 'go', sqlite3: 'sql' }; // of shell blocks
const COMMAND = new RegExp(`^(?:${Object.keys(COMMANDS).join('|')})(?= )`, 'm');

/** Why a block cannot be run here, or undefined. `before`: the previous block. */
export function obstacle(block, before) {
  if (block.mark === 'not run') return block.what;
  if (block.mark === 'browser') return 'run by tests/browser';
  if (block.mark === 'prints' && !block.what) return before && obstacle(before);
  if (ALONE && block.mark === 'run' && / exec .*-- /.test(block.text)) return ALONE;
  const name = block.what ? block.language : COMMANDS[COMMAND.exec(block.text)];
  if (!IN_LANGUAGE[block.mark] || !name) return undefined;
  const language = LANGUAGES[name];
  assert.ok(language, `line ${block.line}: no known way to run ${name}`);
  return REQUIRED || language.there() ? undefined : `no ${name} that can run it`;
}

/** Resolves once the port accepts connections; most receivers print nothing when they start. */
async function listening(port, run) {
  const tried = () => new Promise((done) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.on('connect', () => { socket.destroy(); done(true); }).on('error', () => done(false));
  });
  while (!await tried()) {
    assert.equal(run.code, undefined, `it ended:\n${run.out}${run.err}`);
    await setTimeout(50);
  }
}

/** The requests that test a receiver: [what, body, headers, whether it is genuine]. */
function trials(callback) {
  const right = sign(DEMO.secret_key, callback);
  const signed = (signature) => ({ 'X-Signature': signature });
  return [
    ['a callback as it was sent', callback, signed(right), true],
    ['another body', callback.replace('payment-invoices', 'payment-invoiceS'), signed(right), false],
    ['a body encoded again', JSON.stringify(JSON.parse(callback)), signed(right), false],
    ['the live key', callback, signed(sign(DEMO.secret_live_key, callback)), false],
    ['a signature in lower case', callback, signed(right.toLowerCase()), false],
    ['a short signature', callback, signed(right.slice(0, -1)), false],
    ['a signature of other letters', callback, signed('\xe9'.repeat(28)), false],
    ['no signature', callback, {}, false],
    ['the callback once more', callback, signed(right), true],
  ];
}

const readers = new Set();
process.on('exit', () => readers.forEach((reader) => reader.killAll()));

export class Reader {
  constructor() {
    this.folder = tempDir();
    this.started = new Map();
    this.launched = new Set();
    this.printed = '';
    this.known = new Map();
    readers.add(this);
  }

  /** `bare`: the page does not start a server. */
  async begin({ bare }) {
    this.receiverPort = await freePort();
    for (const [folder, name] of [['server', 'run'], ['bin', 'milkypay-mock']]) {
      mkdirSync(join(this.folder, folder));
      symlinkSync(BIN, join(this.folder, folder, name));
    }
    mkdirSync(join(this.folder, 'docker'));
    for (const name of ['clients', 'demo-shop']) symlinkSync(join(ROOT, 'docker', name), join(this.folder, 'docker', name));
    if (bare) this.server = await startServer({ firstCallbackDelay: null });
    this.shell = this.launch('sh', []);
  }

  async end() {
    this.killAll();
    readers.delete(this);
    await this.server?.stop();
  }

  killAll() {
    for (const { child, code } of this.launched) {
      try {
        if (code === undefined) process.kill(-child.pid, 'SIGKILL');
      } catch (error) {
        if (error.code !== 'ESRCH') throw error; // it has just exited
      }
    }
  }

  here(text) {
    return text.replaceAll(SERVER, this.server ? `${this.server.host}:${this.server.port}` : SERVER)
      .replaceAll(RECEIVER, this.receiverPort);
  }

  save(name, text) { writeFileSync(join(this.folder, name), text); }

  // its own process group, because `go run` starts another process
  launch(command, args, variables = {}) {
    const { NODE_TEST_CONTEXT, ...env } = cleanEnv(variables); // not part of this test run
    env.PATH = `${join(this.folder, 'bin')}:${env.PATH}`;
    const child = spawn(command, args, { cwd: this.folder, env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    for (const handle of [child, child.stdin, child.stdout, child.stderr]) handle.unref();
    const run = { child, out: '', err: '', onText: () => {} };
    this.launched.add(run);
    child.stdout.setEncoding('utf8').on('data', (text) => { run.out += text; run.onText(); });
    child.stderr.setEncoding('utf8').on('data', (text) => { run.err += text; });
    run.ended = new Promise((done) => { child.on('close', (code) => { run.code = code; run.onText(); done(code); }); });
    return run;
  }

  /** Waits until `ready` is true for the output of the process. */
  until(run, ready, what) {
    const came = new Promise((done) => {
      run.onText = () => { if (ready(run.out) || run.code !== undefined) done(); };
      run.onText();
    });
    return within(came, () => `${what}; so far:\n${run.out}${run.err}`);
  }

  async inShell(text) {
    const { shell } = this;
    const end = `end-of-block-${shell.out.length}`;
    const from = shell.out.length;
    shell.child.stdin.write(`${text}\nprintf '%s\\n' ${end}:$?:\n`);
    await this.until(shell, (out) => out.includes(`${end}:`), 'the shell');
    const [, output, status] = new RegExp(`^([^]*)${end}:(\\d+):\n$`).exec(shell.out.slice(from)) ?? [];
    assert.equal(status, '0', `${text}\n${shell.out.slice(from)}${shell.err}`);
    return output;
  }

  async runFile({ what, text, language }) {
    this.save(what, this.here(text));
    const { run: program, test = program } = LANGUAGES[language];
    const [command, ...args] = what.includes('_test.') ? test : program;
    const run = this.launch(command, [...args, what], this.server && { MILKYPAY_URL: this.server.url });
    const code = await within(run.ended, () => `${what}; so far:\n${run.out}${run.err}`);
    assert.equal(code, 0, run.out + run.err);
    return run.out;
  }

  /** The body of a callback in the server's format. */
  async realCallback() {
    const client = await new Client(this.server).newAccount();
    const { id } = await client.made({
      description: 'Zoë / 5 €', callback_url: `${this.server.url}/_mock/sink/docs?account=${client.account.id}` });
    return (await client.wait({ invoice: id, callback: 'delivered' })).expect(200).json.attempts[0].request.body;
  }

  /** Executes a block according to its mark. */
  perform(block) { return this[block.mark](block); }

  file({ what, text }) { this.save(what, this.here(text)); }

  async serve({ text }) {
    const [program, ...args] = this.here(text).trim().split(/\s+/);
    assert.equal(program, 'server/run');
    this.server = await startServer({ args, firstCallbackDelay: null });
  }

  async start({ what, text, language }) {
    this.save(what, this.here(text));
    const [command, ...args] = LANGUAGES[language].run;
    this.started.set(what, this.launch(command, [...args, what]));
    await this.until(this.started.get(what), (out) => out.includes('\n'), `the first line of ${what}`);
  }

  async run(block) {
    // people are slower than callbacks and invoices
    if (this.server) await fetch(`${this.server.url}/_mock/wait?idle=true&within=10s`);
    this.printed = await (block.what ? this.runFile(block) : this.inShell(this.here(block.text)));
  }

  async receiver({ what, text, language }) {
    const port = await freePort();
    this.save(what, text.replaceAll(RECEIVER, port));
    const [command, ...args] = LANGUAGES[language].serve?.(port) ?? LANGUAGES[language].run;
    const run = this.launch(command, [...args, what]);
    await within(listening(port, run), () => `${what} to listen; so far:\n${run.out}${run.err}`);
    for (const [trial, body, headers, genuine] of trials(await this.realCallback())) {
      const { status } = await fetch(`http://127.0.0.1:${port}/callback`, {
        method: 'POST', body, headers: { 'Content-Type': 'application/json', ...headers } });
      if (genuine) assert.equal(status, 200, `${trial}\n${run.err}`);
      else assert.ok(status >= 400 && status < 500, `${trial}: ${status}\n${run.err}`);
    }
  }

  async prints({ what, text }) {
    const run = this.started.get(what);
    const shown = this.here(text);
    if (what) await this.until(run, (out) => agrees(shown, out, new Map()), `${what} to print:\n${shown}`);
    const output = what ? run.out : this.printed;
    assert.ok(agrees(shown, output, this.known), `expected:\n${shown}\nprinted:\n${output}`);
  }
}
