// Every command of .github/workflows runs here, with the files that its job gets from earlier ones. What this machine
// lacks has a stand-in, and what takes minutes or changes the machine is skipped: STEPS says which and why.
//
//   WORKFLOWS=whole node --test api/workflows.test.js   also builds the packages for this machine; it takes minutes

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { arch } from 'node:os';
import { dirname, join } from 'node:path';
import { before, describe, test } from 'node:test';
import { createHash } from 'node:crypto';
import { parse } from 'yaml';
import { ROOT } from '../lib/docs.js';
import { NO_NPM } from '../lib/npm.js';
import { ALONE, BIN, cleanEnv, tempDir } from '../lib/server.js';
import { WorkflowRun, combinations } from '../lib/workflow.js';

const WHOLE = process.env.WORKFLOWS === 'whole';
const FOLDER = `${ROOT}.github/workflows/`;
const git = (cwd, ...args) => execFileSync('git', ['-c', 'safe.directory=*', '-C', cwd, ...args], { encoding: 'utf8' });
const version = execFileSync(`${ROOT}docker/version`, { encoding: 'utf8' }).trim();

const MACHINES = { 'ubuntu-24.04': ['amd64', 'x86_64', 'x64'], 'ubuntu-24.04-arm': ['arm64', 'aarch64', 'arm64'] };
const NUMBERS = { bookworm: 12, trixie: 13 };
const HERE = /^VERSION_CODENAME=(.*)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
const machine = ({ runner }) => MACHINES[runner][1];
const deb = ({ runner, debian }) => `milkypay-mock_${version}-1+deb${NUMBERS[debian]}_${MACHINES[runner][0]}`;
/** Whether the packages of this combination can be built here. */
const native = ({ runner, debian }) => MACHINES[runner][2] === arch() && debian === HERE;

/**
 * The steps that do not simply run. `slow` and `never` are reasons; a `slow` step runs if all is to run and `can` holds.
 * `makes` are the files that later steps need of a step that did not run.
 */
const STEPS = {
  'test: Install git': { slow: 'it installs packages' },
  'test: Run all tests': { never: 'it runs this test' },
  'source: Install git': { slow: 'it installs packages' },
  'source: Pack the source': { slow: 'it installs packages', makes: () => [`milkypay-mock-${version}.tar.xz`] },
  'source: Pack the documentation': { slow: 'it installs packages', makes: () => [`milkypay-mock-${version}-docs.tar.xz`] },
  'packages: Build the Debian package': {
    slow: 'it takes minutes',
    can: native,
    makes: (matrix) => [`${deb(matrix)}.deb`, `${deb(matrix)}.spdx.json`],
  },
  'packages: Build the release binary': {
    slow: 'it takes minutes',
    can: native,
    makes: (matrix) => ['tar.xz', 'spdx.json'].map((end) => `milkypay-mock-${version}-${machine(matrix)}-linux.${end}`),
  },
  'try-packages: Install the Debian package': { never: 'docker/test-packages installs it in a bare Debian' },
  'image: Test the image': { never: 'it needs a container engine' },
};

// Stand-ins for what needs an engine, a registry or GitHub. Each notes its arguments.
const STAND_INS = {
  docker: `case "$*" in
    "image inspect "*) cat "$LOADED" 2>/dev/null || echo "$MACHINE" ;;
    "save --output "*) echo "$MACHINE" >"$3" ;;
    "create "*) echo container ;;
    "cp "*) echo '{}' >"$3" ;;
    "load "*) echo "Loaded image: milkypay-mock:latest" && gzip -dc "$4" >"$LOADED" ;;
    "buildx imagetools inspect "*) echo sha256:1234 ;;
    "login "*) cat >/dev/null ;;
    esac`,
  gh: '',
};

/** A repository with the commit of a release: the files of this one, with what docker/version asks for. */
function releaseCommit(folder) {
  for (const name of git(ROOT, 'ls-files', '-co', '--exclude-standard').split('\n').filter(Boolean)) {
    mkdirSync(join(folder, dirname(name)), { recursive: true });
    if (existsSync(ROOT + name)) copyFileSync(ROOT + name, join(folder, name));
  }
  git(folder, 'init', '--quiet');
  const changes = readFileSync(join(folder, 'CHANGELOG.md'), 'utf8');
  writeFileSync(join(folder, 'CHANGELOG.md'), changes.replace('## [Unreleased]', `## [${version}] - 2020-01-01`));
  writeFileSync(join(folder, `tests/kept/${version}.db.gz`), '');
  git(folder, 'add', '--all');
  git(folder, '-c', 'user.name=test', '-c', 'user.email=test@localhost', 'commit', '--quiet', '--message', 'release');
}

function makeStandIns(folder) {
  mkdirSync(folder);
  for (const [name, lines] of Object.entries(STAND_INS)) {
    writeFileSync(join(folder, name), `#!/bin/sh\necho "${name} $*" >>"$CALLS"\n${lines}\n`, { mode: 0o755 });
  }
  symlinkSync(BIN, join(folder, 'milkypay-mock'));
}

const made = (folder, names) => {
  mkdirSync(folder, { recursive: true });
  for (const name of names) {
    writeFileSync(join(folder, name), name);
    const sum = createHash('sha256').update(name).digest('hex');
    if (!name.endsWith('.json')) writeFileSync(join(folder, `${name}.sha256`), `${sum}  ${name}\n`);
  }
};

const skip = ALONE || NO_NPM || (existsSync(`${ROOT}.git`) ? false : 'without git there is no commit to release');

describe('the workflow release', { skip }, () => {
  const base = tempDir();
  const calls = join(base, 'calls');
  const env = cleanEnv({
    PATH: `${join(base, 'bin')}:${process.env.PATH}`,
    HOME: base,
    CALLS: calls,
    LOADED: join(base, 'loaded'),
    GITHUB_REF_NAME: `v${version}`,
    GITHUB_REPOSITORY: 'Acme/milkypay-mock',
    GITHUB_REPOSITORY_OWNER: 'Acme',
    GITHUB_SERVER_URL: 'https://git.example',
    GITHUB_ACTOR: 'somebody',
  });
  const release = new WorkflowRun({ file: `${FOLDER}release.yml`, env, artifacts: join(base, 'artifacts') });
  before(() => {
    releaseCommit(join(base, 'commit'));
    makeStandIns(join(base, 'bin'));
  });

  for (const [id, job] of Object.entries(release.jobs).filter(([, { uses }]) => !uses)) {
    for (const matrix of combinations(job)) {
      describe([id, ...Object.values(matrix)].join(' '), () => {
        before(() => {
          const workspace = join(base, [id, ...Object.values(matrix)].join('-'));
          git(base, 'clone', '--quiet', join(base, 'commit'), workspace);
          if (matrix.runner) [env.MACHINE] = MACHINES[matrix.runner];
          release.begin({ workspace, matrix });
        });
        for (const step of job.steps) {
          const { never, slow, can = () => true, makes } = STEPS[`${id}: ${step.name}`] ?? {};
          const reason = never ?? (WHOLE && can(matrix) ? undefined : slow);
          test(step.name ?? step.uses.split('@')[0], (t) => {
            if (!release.wants(step)) {
              t.skip(`its condition does not hold: ${step.if}`);
            } else if (reason) {
              if (makes) made(join(release.workspace, 'out'), makes(matrix));
              t.skip(reason);
            } else if (step.uses) {
              release.action(step);
            } else {
              release.command(step);
            }
          });
        }
      });
    }
  }

  test('publishes everything, for both machines and both releases of Debian', () => {
    const told = readFileSync(calls, 'utf8').trim().split('\n');
    const image = `ghcr.io/acme/milkypay-mock:${version}`;
    assert.ok(told.includes('docker login ghcr.io --username somebody --password-stdin'));
    assert.ok(told.includes(`docker buildx imagetools create --tag ${image} ${image}-amd64 ${image}-arm64`), told.join('\n'));
    const [files, pushed] = release.attested;
    assert.equal(files['subject-path'], 'out/*');
    assert.deepEqual([pushed['subject-name'], pushed['subject-digest']], ['ghcr.io/acme/milkypay-mock', 'sha256:1234']);

    const created = told.filter((line) => line.startsWith('gh release create'));
    assert.equal(created.length, 1);
    assert.ok(created[0].startsWith(`gh release create v${version} --verify-tag --title v${version} --notes-file notes.txt out/`));
    const all = Object.keys(MACHINES).flatMap((runner) => [
      `milkypay-mock-${version}-${machine({ runner })}-linux.tar.xz`,
      `milkypay-mock-${version}-${MACHINES[runner][0]}-image.tar.gz`,
      ...Object.keys(NUMBERS).map((debian) => `${deb({ runner, debian })}.deb`),
    ]);
    all.push(`milkypay-mock-${version}.tar.xz`, `milkypay-mock-${version}-docs.tar.xz`,
      `acme-milkypay-mock-testcontainers-${version}.tgz`);
    const binary = all.filter((file) => /linux|image|deb$/.test(file));
    const wanted = [
      'SHA256SUMS',
      ...all.flatMap((file) => [file, `${file}.sha256`]),
      ...binary.map((file) => file.replace(/\.(deb|tar\.[gx]z)$/, '.spdx.json')),
    ];
    const out = join(release.workspace, 'out');
    assert.deepEqual(readdirSync(out).sort(), wanted.sort());
    for (const file of wanted) assert.ok(created[0].includes(` out/${file}`), file);
    const listed = readFileSync(join(out, 'SHA256SUMS'), 'utf8').trim().split('\n').map((line) => line.split('  ')[1]);
    assert.deepEqual(listed.sort(), wanted.filter((file) => file !== 'SHA256SUMS' && !file.endsWith('.sha256')).sort());
    assert.match(readFileSync(join(release.workspace, 'notes.txt'), 'utf8'), /^\n### Added\n/);
  });
});

test('every step with its own way to run is a step of a workflow', () => {
  const there = readdirSync(FOLDER).flatMap((file) =>
    Object.entries(parse(readFileSync(FOLDER + file, 'utf8')).jobs).flatMap(([id, { steps = [] }]) =>
      steps.map(({ name }) => `${id}: ${name}`)));
  assert.deepEqual(Object.keys(STEPS).filter((name) => !there.includes(name)), []);
});
