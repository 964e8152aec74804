// README.md as a reader follows it: the blocks marked there are run against the real binary, and what it says they
// print is what they print. A mark is a comment on the line before a block:
//
//   <!-- serve -->        the server's command line: its options start the server here
//   <!-- start: FILE -->  saved as FILE, started and left running
//   <!-- run -->          lines for the reader's shell; all such blocks share one shell
//   <!-- run: FILE -->    saved as FILE and run to its end
//   <!-- receiver: FILE --> saved as FILE and started; it must tell right callbacks from wrong ones
//   <!-- prints -->       what the run before printed; <!-- prints: FILE -->: what the program started so printed
//
// Ports are replaced by free ones. In what is printed, blanks do not count, ids, times and signatures stand for others,
// and … for any text.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { within } from '../lib/limits.js';
import { Client, DEMO } from '../lib/client.js';
import { startServer, tempDir } from '../lib/server.js';
import { sign } from '../lib/sink.js';

const README = fileURLToPath(new URL('../../README.md', import.meta.url));
const SERVER = '127.0.0.1:8080'; // as the README writes it
const RECEIVER = '9000';

/** The marked blocks: {mark, file, language, text, line}. */
function blocks() {
  const readme = readFileSync(README, 'utf8');
  const pattern = /^<!-- (serve|start|run|receiver|prints)(?:: (\S+))? -->\n```(\w*)\n([^]*?)^```$/gm;
  const found = [...readme.matchAll(pattern)].map(({ 1: mark, 2: file, 3: language, 4: text, index }) => (
    { mark, file, language, text, line: readme.slice(0, index).split('\n').length }));
  assert.ok(found.length > 0, 'README.md has no marked block');
  assert.equal(readme.match(/^<!--/gm).length, found.length, 'a comment in README.md marks no block');
  return found;
}

const freePort = () => new Promise((done, fail) => {
  const probe = createServer().on('error', fail).listen(0, '127.0.0.1', () => {
    const { port } = probe.address();
    probe.close(() => done(String(port)));
  });
});

// What differs from run to run. Of the bound ones, equal ones in the README must be equal in what is printed.
const VARYING = [
  { pattern: '(?<=(?:\\b(?:cpi|cgi|cus|org|ma|req)_|"serial_number":"))[A-Za-z0-9]{16}\\b', bound: true },
  { pattern: '[A-Za-z0-9+/]{27}=', bound: true },
  { pattern: '\\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\\b', bound: true },
  { pattern: '\\bcb_\\d+\\b' },
  { pattern: '\\b1\\d{9}\\b' },
  { pattern: '\\b1\\d{12}\\b' },
];
const TOKEN = new RegExp(`…|${VARYING.map(({ pattern }) => `(${pattern})`).join('|')}`, 'g');
const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const pressed = (text) => text.replace(/\s+/g, '');

/** Whether `printed` is what `shown` says; `known` maps what the README shows to what was printed for it. */
function agrees(shown, printed, known) {
  const text = pressed(shown);
  const tokens = [...text.matchAll(TOKEN)].map(({ 0: value, index, ...groups }) => (
    { value, index, kind: VARYING[VARYING.findIndex((_, i) => groups[i + 1] !== undefined)] }));
  let source = '';
  let at = 0;
  for (const { value, index, kind } of tokens) {
    source += escape(text.slice(at, index)) + (kind ? `(${kind.pattern})` : '[^]*?');
    at = index + value.length;
  }
  const match = new RegExp(`^${source}${escape(text.slice(at))}$`).exec(pressed(printed));
  if (!match) return false;
  const found = tokens.filter(({ kind }) => kind).map(({ value, kind }, i) => ({ value, kind, printed: match[i + 1] }));
  return found.filter(({ kind }) => kind.bound).every(({ value, printed: now }) => {
    if (!known.has(value)) known.set(value, now);
    return known.get(value) === now;
  });
}

const INTERPRETERS = {
  js: { command: 'node', there: () => true },
  python: { command: 'python3', there: () => spawnSync('python3', ['-c', 'import requests']).status === 0 },
  php: { command: 'php', there: () => spawnSync('php', ['-r', 'exit(function_exists("curl_init") ? 0 : 1);']).status === 0 },
};

const runs = (command, ...args) => spawnSync(command, args).status === 0;

// How a receiver of each language is started, and whether it can be here.
const RECEIVERS = {
  js: { command: (file) => ['node', file], there: () => true },
  python: { command: (file) => ['python3', file], there: () => runs('python3', '--version') },
  php: { command: (file, port) => ['php', '-S', `127.0.0.1:${port}`, file], there: () => runs('php', '--version') },
  java: { command: (file) => ['java', file], there: () => runs('javac', '--version') },
  go: { command: (file) => ['go', 'run', file], there: () => runs('go', 'version') },
  ruby: { command: (file) => ['ruby', file], there: () => runs('ruby', '-e', 'require "webrick"') },
};

/** Resolves once something accepts connections at the port; most receivers print nothing when they do. */
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

/** What a receiver must tell apart: [what, body, headers, whether it is genuine]. */
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

describe('README.md', () => {
  const folder = tempDir();
  const started = new Map();
  const launched = new Set();
  let server;
  let shell;
  let ports;
  let printed = '';
  const known = new Map();

  const here = (text) => text.replaceAll(SERVER, server ? `${server.host}:${server.port}` : SERVER)
    .replaceAll(RECEIVER, ports.receiver);

  // not a part of this test run, whatever node:test has told its own children
  const environment = () => {
    const { NODE_TEST_CONTEXT, ...env } = process.env;
    return env;
  };

  function killAll() {
    for (const { child, code } of launched) {
      try {
        if (code === undefined) process.kill(-child.pid, 'SIGKILL');
      } catch (error) {
        if (error.code !== 'ESRCH') throw error; // it has just ended
      }
    }
  }
  process.on('exit', killAll);

  // in a process group of its own, because `go run` starts what it has built
  function launch(command, args) {
    const child = spawn(command, args, { cwd: folder, env: environment(), stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    for (const handle of [child, child.stdin, child.stdout, child.stderr]) handle.unref();
    const run = { child, out: '', err: '', onText: () => {} };
    launched.add(run);
    child.stdout.setEncoding('utf8').on('data', (text) => { run.out += text; run.onText(); });
    child.stderr.setEncoding('utf8').on('data', (text) => { run.err += text; });
    run.ended = new Promise((done) => { child.on('close', (code) => { run.code = code; run.onText(); done(code); }); });
    return run;
  }

  /** Waits until `ready` holds of what the process has printed. */
  function until(run, ready, what) {
    const came = new Promise((done) => {
      run.onText = () => { if (ready(run.out) || run.code !== undefined) done(); };
      run.onText();
    });
    return within(came, () => `${what}; so far:\n${run.out}${run.err}`);
  }

  async function inShell(text) {
    const end = `end-of-block-${shell.out.length}`;
    const from = shell.out.length;
    shell.child.stdin.write(`${text}\nprintf '%s\\n' ${end}:$?:\n`);
    await until(shell, (out) => out.includes(`${end}:`), 'the shell');
    const [, output, status] = new RegExp(`^([^]*)${end}:(\\d+):\n$`).exec(shell.out.slice(from)) ?? [];
    assert.equal(status, '0', `${text}\n${shell.out.slice(from)}${shell.err}`);
    return output;
  }

  async function runFile(block) {
    const { command } = INTERPRETERS[block.language];
    writeFileSync(join(folder, block.file), here(block.text));
    const run = launch(command, [block.file]);
    const code = await within(run.ended, () => `${block.file}; so far:\n${run.out}${run.err}`);
    assert.equal(code, 0, run.out + run.err);
    return run.out;
  }

  /** A callback's body as the server writes it. */
  async function realCallback() {
    const client = await new Client(server).newAccount();
    const { id } = await client.made({
      description: 'Zoë / 5 €', callback_url: `${server.url}/_mock/sink/readme?account=${client.account.id}` });
    return (await client.wait({ invoice: id, callback: 'delivered' })).expect(200).json.attempts[0].request.body;
  }

  const perform = {
    async receiver({ file, text, language }) {
      const port = await freePort();
      writeFileSync(join(folder, file), text.replaceAll(RECEIVER, port));
      const [command, ...args] = RECEIVERS[language].command(file, port);
      const run = launch(command, args);
      started.set(file, run);
      await within(listening(port, run), () => `${file} to listen; so far:\n${run.out}${run.err}`);
      for (const [what, body, headers, genuine] of trials(await realCallback())) {
        const { status } = await fetch(`http://127.0.0.1:${port}/callback`, {
          method: 'POST', body, headers: { 'Content-Type': 'application/json', ...headers } });
        if (genuine) assert.equal(status, 200, `${what}\n${run.err}`);
        else assert.ok(status >= 400 && status < 500, `${what}: ${status}\n${run.err}`);
      }
    },
    async serve({ text }) {
      const [program, ...args] = here(text).trim().split(/\s+/);
      assert.equal(program, 'server/run');
      server = await startServer({ args });
    },
    async start({ file, text, language }) {
      writeFileSync(join(folder, file), here(text));
      started.set(file, launch(INTERPRETERS[language].command, [file]));
      await until(started.get(file), (out) => out.includes('\n'), `the first line of ${file}`);
    },
    async run(block) {
      // a reader is slower than callbacks and invoices
      if (server) await fetch(`${server.url}/_mock/wait?idle=true&within=10s`);
      printed = await (block.file ? runFile(block) : inShell(here(block.text)));
    },
    async prints({ file, text }) {
      const run = started.get(file);
      const shown = here(text);
      if (file) await until(run, (out) => agrees(shown, out, new Map()), `${file} to print:\n${shown}`);
      const output = file ? run.out : printed;
      assert.ok(agrees(shown, output, known), `it says:\n${shown}\nbut this was printed:\n${output}`);
    },
  };

  before(async () => {
    ports = { receiver: await freePort() };
    shell = launch('sh', []);
  });

  after(async () => {
    killAll();
    await server?.stop();
  });

  for (const block of blocks()) {
    const skip = ((block.mark === 'run' && block.file && !INTERPRETERS[block.language].there())
      || (block.mark === 'receiver' && !RECEIVERS[block.language].there())) && `no ${block.language} that can run it`;
    test(`line ${block.line}: ${block.mark} ${block.file ?? block.language}`, { skip }, () => perform[block.mark](block));
  }
});
