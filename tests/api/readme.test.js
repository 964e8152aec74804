// README.md as a reader follows it: the blocks marked there are run against the real binary, and what it says they
// print is what they print. A mark is a comment on the line before a block:
//
//   <!-- serve -->        the server's command line: its options start the server here
//   <!-- start: FILE -->  saved as FILE, started and left running
//   <!-- run -->          lines for the reader's shell; all such blocks share one shell
//   <!-- run: FILE -->    saved as FILE and run to its end
//   <!-- prints -->       what the run before printed; <!-- prints: FILE -->: what the program started so printed
//
// Ports are replaced by free ones. In what is printed, blanks do not count, ids, times and signatures stand for others,
// and … for any text.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { within } from '../lib/limits.js';
import { startServer, tempDir } from '../lib/server.js';

const README = fileURLToPath(new URL('../../README.md', import.meta.url));
const SERVER = '127.0.0.1:8080'; // as the README writes it
const RECEIVER = '9000';

/** The marked blocks: {mark, file, language, text, line}. */
function blocks() {
  const readme = readFileSync(README, 'utf8');
  const pattern = /^<!-- (serve|start|run|prints)(?:: (\S+))? -->\n```(\w*)\n([^]*?)^```$/gm;
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

describe('README.md', () => {
  const folder = tempDir();
  const started = new Map();
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

  function launch(command, args) {
    const child = spawn(command, args, { cwd: folder, env: environment(), stdio: ['pipe', 'pipe', 'pipe'] });
    for (const handle of [child, child.stdin, child.stdout, child.stderr]) handle.unref();
    process.on('exit', () => child.kill('SIGKILL'));
    const run = { child, out: '', err: '', onText: () => {} };
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

  const perform = {
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
    for (const run of [...started.values(), shell]) run.child.kill('SIGKILL');
    await server?.stop();
  });

  for (const block of blocks()) {
    const skip = block.mark === 'run' && block.file && !INTERPRETERS[block.language].there()
      && `no ${INTERPRETERS[block.language].command} that can run it`;
    test(`line ${block.line}: ${block.mark} ${block.file ?? block.language}`, { skip }, () => perform[block.mark](block));
  }
});
