// The right shops: the demo shop, and a shop in each language of docker/clients. They must fail no scenario.
//
//   folder   with the shop and its rehearsal.json
//   command  starts it; it is run in the folder
//   build    makes what the command needs, if anything

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tempDir } from '../lib/server.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const clients = (path) => join(ROOT, 'docker/clients', path);
const sh = (line) => ['sh', '-c', line];

/**
 * Starts a demo shop, or a mutant of it: its orders are in the scenario's own folder. A shop lives for a second, so
 * code that is compiled fast is better than fast code: it takes a third less of the processors.
 */
export const DEMO_COMMAND = sh('ORDERS_FILE=$REHEARSE_DIR/orders exec node --liftoff-only shop.js');

function build(command, args, options) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', ...options });
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(' ')}: ${stdout}${stderr}`);
}

export const SHOPS = {
  demo: { folder: join(ROOT, 'docker/demo-shop'), command: DEMO_COMMAND },
  node: { folder: clients('node/shop'), command: ['node', 'serve.js'] },
  python: { folder: clients('python/shop'), command: ['python3', '-B', 'serve.py'] },
  php: {
    folder: clients('php/shop'),
    command: sh('SHOP_FILE=$REHEARSE_DIR/orders PHP_CLI_SERVER_WORKERS=4 exec php -S 127.0.0.1:$PORT serve.php'),
  },
  java: {
    folder: clients('java/shop'),
    build() {
      const classes = tempDir();
      const sources = ['Shop', 'Serve'].map((name) => clients(`java/shop/${name}.java`));
      build('javac', ['--release', '11', '-d', classes, ...sources]);
      return ['java', '-Xshare:auto', '-XX:TieredStopAtLevel=1', '-cp', classes, 'Serve'];
    },
  },
  go: {
    folder: clients('go/shop'),
    build() {
      const program = join(tempDir(), 'serve');
      const env = { ...process.env, GOFLAGS: '-mod=mod', GOPROXY: 'off', GOTOOLCHAIN: 'local' };
      build('go', ['build', '-o', program, './shop/serve'], { cwd: clients('go'), env });
      return [program];
    },
  },
  ruby: { folder: clients('ruby/shop'), command: ['ruby', 'serve.rb'] },
};

const strangers = (name) => fileURLToPath(new URL(`strangers/${name}`, import.meta.url));

/** Shops that merchants wrote from the platform's page alone, with the mistakes that such shops have. */
export const STRANGERS = {
  books: { folder: strangers('books'), command: ['python3', '-B', 'books.py'] },
  tickets: {
    folder: strangers('tickets'),
    command: sh('DATA=$REHEARSE_DIR exec php -S 127.0.0.1:$PORT index.php'),
  },
};
