// The helpers of docker/clients: their files, how to run a program that uses one, and what their oldest versions check.

import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { within } from '../lib/limits.js';
import { BIN, cleanEnv, tempDir } from '../lib/server.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CLIENTS = join(ROOT, 'docker/clients');
const DRIVERS = join(ROOT, 'tests/languages/operations');
const OLDEST = join(ROOT, 'tests/languages/oldest');
const COMPILING_MS = 300_000; // Go compiles its library first

const started = new Set();
process.on('exit', () => {
  for (const child of started) {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch (error) {
      if (error.code !== 'ESRCH') throw error; // it has just exited
    }
  }
});

/** Runs a command until it exits: {code, out}. It fails if the command is not installed. */
export async function run([command, ...args], { cwd = ROOT, env = {}, limit = COMPILING_MS } = {}) {
  const { NODE_TEST_CONTEXT, ...clean } = cleanEnv(env); // not part of this test run
  const child = spawn(command, args, { cwd, env: clean, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  started.add(child);
  let out = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => { out += text; });
  }
  const ended = new Promise((done, failed) => child.on('close', done).on('error', failed));
  const code = await within(ended, () => `${command} to end; so far:\n${out}`, limit);
  started.delete(child);
  return { code, out };
}

/** A module that uses a copy of the Go helper in its own folder. */
function goModule(program) {
  const folder = tempDir();
  const helper = join(CLIENTS, 'go');
  writeFileSync(join(folder, 'go.mod'),
    `module driver\n\ngo 1.19\n\nrequire milkypaymock v0.0.0\n\nreplace milkypaymock => ${helper}\n`);
  writeFileSync(join(folder, 'main.go'), readFileSync(program));
  return folder;
}

async function javaClasses(...files) {
  const folder = tempDir();
  const { code, out } = await run(['javac', '--release', '11', '-Xlint:all', '-Werror', '-d', folder, ...files]);
  if (code !== 0) throw new Error(out);
  return folder;
}

const GO = { GOFLAGS: '-mod=mod', GOPROXY: 'off', GOTOOLCHAIN: 'local' };
const PYTHON = { PYTHONDONTWRITEBYTECODE: '1' };
const TSC = join(ROOT, 'tests/node_modules/.bin/tsc');

/** `milkypay-mock exec --strict` with this suite. */
const strictly = (command, options) => run([BIN, 'exec', '--strict', '--', ...command], options);

/**
 * helper: the file with the declarations. names: matches those of its public operations. operations: runs the driver of
 * tests/languages/operations. shop: runs the suite of the shop. oldest: [a command that checks that the oldest version
 * accepts helper and shop, its options]; the compilers of Java and Go check that while they build.
 */
export const LANGUAGES = {
  node: {
    helper: 'docker/clients/node/milkypay-mock.d.mts',
    names: /^ {2}(?:readonly )?(\w+)[?]?(?:<[^>]*>)?[(:]/gm,
    operations: (env) => run(['node', join(DRIVERS, 'operations.mjs')], { env }),
    shop: () => strictly(['node', '--test', '--test-reporter=tap', join(CLIENTS, 'node/shop/shop.test.js')]),
    oldest: [[TSC, '--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext',
      join(CLIENTS, 'node/milkypay-mock.d.mts')]],
  },
  python: {
    helper: 'docker/clients/python/milkypay_mock.py',
    names: /^ {4}def ([a-z]\w*)\(/gm,
    operations: (env) => run(['python3', join(DRIVERS, 'operations.py')], {
      env: { ...PYTHON, ...env, PYTHONPATH: join(CLIENTS, 'python') } }),
    shop: () => strictly(['python3', '-m', 'unittest'], { cwd: join(CLIENTS, 'python/shop'), env: PYTHON }),
    oldest: [['mypy', '--strict', '--python-version', '3.8', '--cache-dir', '/dev/null', 'shop.py', 'serve.py', 'test_shop.py'],
      { cwd: join(CLIENTS, 'python/shop'), env: { MYPYPATH: '..' } }],
  },
  php: {
    helper: 'docker/clients/php/MilkyPayMock.php',
    names: /^ {4}public function ([a-z]\w*)\(/gm,
    operations: (env) => run(['php', join(DRIVERS, 'operations.php')], {
      env: { ...env, HELPER: join(CLIENTS, 'php/MilkyPayMock.php') } }),
    shop: () => strictly(['php', join(CLIENTS, 'php/shop/shop_test.php')]),
    oldest: [['php', join(OLDEST, 'php80.php'), join(CLIENTS, 'php/MilkyPayMock.php'),
      ...['Shop', 'callback', 'serve', 'shop_test'].map((name) => join(CLIENTS, `php/shop/${name}.php`))]],
  },
  java: {
    helper: 'docker/clients/java/MilkyPayMock.java',
    names: /^ {4,8}public (?:\w|[<>, ])+ (\w+)\(/gm,
    operations: async (env) => {
      const classes = await javaClasses(join(CLIENTS, 'java/MilkyPayMock.java'), join(DRIVERS, 'Operations.java'));
      return run(['java', '-cp', classes, 'Operations'], { env });
    },
    shop: async () => {
      const classes = await javaClasses(...['MilkyPayMock', 'shop/Shop', 'shop/Serve', 'shop/ShopTest']
        .map((name) => join(CLIENTS, `java/${name}.java`)));
      return strictly(['java', '-cp', classes, 'ShopTest']);
    },
  },
  go: {
    helper: 'docker/clients/go/milkypaymock.go',
    names: /^func \(\w \*(?:Mock|Account)\) ([A-Z]\w*)\(/gm,
    operations: (env) => run(['go', 'run', '.'], { cwd: goModule(join(DRIVERS, 'operations.go')), env: { ...GO, ...env } }),
    shop: () => strictly(['go', 'test', '-count=1', './...'], { cwd: join(CLIENTS, 'go'), env: GO }),
  },
  ruby: {
    helper: 'docker/clients/ruby/milkypay_mock.rb',
    names: /^ {2}def ([a-z]\w*\??)/gm,
    operations: (env) => run(['ruby', '-w', '-I', join(CLIENTS, 'ruby'), join(DRIVERS, 'operations.rb')], { env }),
    shop: () => strictly(['ruby', '-w', join(CLIENTS, 'ruby/shop/shop_test.rb')]),
    oldest: [['ruby', '-w', join(OLDEST, 'ruby30.rb'),
      ...['milkypay_mock', 'shop/shop', 'shop/serve', 'shop/shop_test'].map((name) => join(CLIENTS, `ruby/${name}.rb`))]],
  },
};
