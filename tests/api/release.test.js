// What a release is made of: the version, and the package for Node.js.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ROOT } from '../lib/docs.js';
import { NO_NPM } from '../lib/npm.js';

const folder = mkdtempSync(join(tmpdir(), 'release-'));
after(() => rmSync(folder, { recursive: true }));

const skip = NO_NPM;
const run = (cwd, command, ...args) => spawnSync(command, args, { cwd, encoding: 'utf8' });

test('the package for Node.js installs from the file of a release, under the name of its publisher', { skip }, () => {
  const packed = run(ROOT, 'docker/npm-package', 'Acme-Pay', folder);
  assert.equal(packed.status, 0, packed.stderr);
  const file = packed.stdout.trim();
  assert.equal(run(folder, 'sha256sum', '-c', `${file}.sha256`).status, 0);

  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const installed = run(folder, 'npm', 'install', '--offline', '--no-audit', '--no-fund', file);
  assert.equal(installed.status, 0, installed.stderr);
  writeFileSync(
    join(folder, 'suite.js'),
    `import { MilkyPayMock } from '@acme-pay/milkypay-mock-testcontainers/control';
     console.log(new MilkyPayMock('http://127.0.0.1:1').publicApiUrl);`,
  );
  assert.equal(run(folder, 'node', 'suite.js').stdout, 'http://127.0.0.1:1/public-api\n');
  const readme = readFileSync(join(folder, 'node_modules/@acme-pay/milkypay-mock-testcontainers', 'README.md'), 'utf8');
  assert.match(readme, /npm install .*\/acme-pay-milkypay-mock-testcontainers-/);
  assert.match(readme, /from '@acme-pay\/milkypay-mock-testcontainers'/);
});

test('the package is not packed or published without the name of its publisher', { skip }, () => {
  for (const name of ['', 'OWNER', '@acme', 'a/b']) {
    const packed = run(ROOT, 'docker/npm-package', name, folder);
    assert.equal(packed.status, 2, name);
    assert.match(packed.stderr, /^docker\/npm-package: .* is not the name of an account; use .*\n$/);
  }
  const published = run(join(ROOT, 'docker/clients/node'), 'npm', 'publish', '--dry-run', '--offline');
  assert.notEqual(published.status, 0);
  assert.match(published.stderr, /docker\/npm-package packs this folder/);
});

test('the tag of a release must be the version, which is the same in all files', () => {
  const version = run(ROOT, 'docker/version').stdout.trim();
  assert.match(version, /^\d+\.\d+\.\d+$/);
  assert.equal(run(ROOT, 'docker/version', 'check').status, 0);
  const wrong = run(ROOT, 'docker/version', 'check', 'v9.9.9');
  assert.equal(wrong.status, 1);
  assert.match(wrong.stderr, new RegExp(`^docker/version: the tag is v9\\.9\\.9, but meson\\.build has ${version}\n`));
});
