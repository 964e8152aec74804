// docker/install and docker/progress: which commands they run and what they say. All programs of Debian are stand-ins.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const INSTALL = fileURLToPath(new URL('../../docker/install', import.meta.url));
const PROGRESS = fileURLToPath(new URL('../../docker/progress', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'install-'));
after(() => rmSync(place, { recursive: true }));

const KNOWS_ALL = 'shift; for name; do echo "Package: $name"; done';
const INSTALLS = `case "$*" in
*" update"*) echo dlstatus:4:100.0000:Retrieving ;;
*)
    echo '1 upgraded, 2 newly installed, 0 to remove and 0 not upgraded.'
    echo dlstatus:1:0.0000:Retrieving
    echo pmstatus:wrk:0.0000:Preparing
    echo pmstatus:wrk:55.5555:Installing
    ;;
esac`;
let machines = 0;

/** Runs docker/install with stand-ins for programs; `calls` are the commands of apt-get without its own options. */
function install(programs, ...args) {
  const folder = mkdtempSync(join(place, 'bin-'));
  const log = join(place, `calls-${machines++}`);
  writeFileSync(log, '');
  const debian = { 'dpkg-query': 'exit 1', 'apt-cache': KNOWS_ALL, 'apt-get': INSTALLS, id: 'echo 0', sleep: '' };
  for (const [name, lines] of Object.entries({ ...debian, ...programs })) {
    const records = name === 'apt-get' ? `echo "$*" >>'${log}'\n` : '';
    writeFileSync(join(folder, name), `#!/bin/sh\n${records}${lines}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  const { status, stderr, stdout } = spawnSync(INSTALL, args, {
    encoding: 'utf8', env: { PATH: `${folder}:/usr/bin:/bin`, TMPDIR: place },
  });
  const calls = readFileSync(log, 'utf8').trim().split('\n').map((line) => line.replace(/-o \S+ /g, ''));
  return { status, stdout, lines: stderr.trim().split('\n'), calls };
}

const APT_INSTALL = 'install -y --no-install-recommends wrk';

describe('docker/install', () => {
  test('installs what is missing and shows the progress in lines', () => {
    const { status, lines, calls } = install({}, 'bench');
    assert.equal(status, 0);
    assert.deepEqual(calls, [APT_INSTALL]);
    assert.deepEqual(lines, [
      'installing: wrk',
      '3 packages with what they need, about 6 s',
      'downloading 3 packages: 0 %',
      'installing 3 packages: 0 %',
      'installing 3 packages: 55 %',
    ]);
  });

  test('does nothing and says nothing if nothing is missing', () => {
    const { status, lines, calls } = install({ 'dpkg-query': 'echo "wrk installed"' }, 'bench');
    assert.deepEqual([status, lines, calls], [0, [''], ['']]);
  });

  test('reads the lists of apt first if they do not know a package', () => {
    assert.deepEqual(install({ 'apt-cache': '' }, 'bench').calls, ['update', APT_INSTALL]);
  });

  test('reads them and tries again if the archive has newer versions', () => {
    const once = `case "$*" in
*" update") : >"$TMPDIR/fresh" ;;
*) [ -e "$TMPDIR/fresh" ] || { echo 'Err:1 wrk 404  Not Found'; exit 100; } ;;
esac`;
    const { status, calls } = install({ 'apt-get': once }, 'bench');
    assert.deepEqual([status, calls], [0, [APT_INSTALL, 'update', APT_INSTALL]]);
  });

  test('waits for a held lock of dpkg, and says so once', () => {
    const held = 'Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 5 (unattended-upgr)...';
    const { lines } = install({ 'apt-get': `echo 'Waiting for cache lock: ${held}'\n`.repeat(3) + INSTALLS }, 'bench');
    assert.deepEqual(lines.filter((line) => line.includes('lock')), [`waiting at most 300 s: ${held}`]);
  });

  test('waits for a held lock of the lists, for which apt-get does not wait', () => {
    const held = 'Could not get lock /var/lib/apt/lists/lock. It is held by process 5 (apt-get)';
    const busy = `case "$*" in
*" update") [ -e "$TMPDIR/free" ] || { : >"$TMPDIR/free"; echo 'E: ${held}'; exit 100; } ;;
esac`;
    const { status, lines, calls } = install({ 'apt-cache': '', 'apt-get': busy }, 'bench');
    assert.deepEqual([status, calls], [0, ['update', 'update', APT_INSTALL]]);
    assert.deepEqual(lines.filter((line) => line.includes('lock')), [`waiting at most 300 s: ${held}`]);
  });

  test('ends with the reasons of apt-get and one clear line if it fails', () => {
    const fails = "echo 'Reading package lists...'; echo 'E: You do not have enough free space'; exit 100";
    const { status, lines } = install({ 'apt-get': fails }, 'bench');
    assert.equal(status, 1);
    assert.deepEqual(lines.slice(-2), [
      'E: You do not have enough free space',
      'docker/install: apt-get could not install the packages named above',
    ]);
  });

  test('uses sudo if the user is not root', () => {
    const { status, calls } = install({ id: 'echo 1000', sudo: 'exec "$@"' }, 'bench');
    assert.deepEqual([status, calls], [0, [APT_INSTALL]]);
  });

  test('prints the names of a purpose, for one release only', () => {
    const { stdout } = install({}, '--names', 'run');
    const names = stdout.trim().split('\n');
    assert.equal(names.filter((name) => /^libcurl4(t64)?$/.test(name)).length, 1);
    assert.ok(names.every((name) => /^[a-z0-9.+-]+$/.test(name)), stdout);
  });

  test('refuses a purpose that the list does not have', () => {
    const { status, lines } = install({}, 'bnech');
    assert.equal(status, 2);
    assert.match(lines[0], /^docker\/install: .*packages\.txt has no package for 'bnech'$/);
  });
});

test('docker/install names the whole command, and the ways that need no root, if there is no sudo', () => {
  // no folder of this machine that may have sudo
  const folder = mkdtempSync(join(place, 'nosudo-'));
  for (const [name, lines] of Object.entries({ id: 'echo 1000', 'dpkg-query': 'exit 1' })) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${lines}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  for (const name of ['awk', 'cat', 'dirname']) {
    writeFileSync(join(folder, name), `#!/bin/sh\nexec /usr/bin/${name} "$@"\n`);
    chmodSync(join(folder, name), 0o755);
  }
  const { status, stderr } = spawnSync('/bin/sh', [INSTALL, 'bench'], { encoding: 'utf8', env: { PATH: folder } });
  assert.equal(status, 1);
  assert.ok(stderr.includes('\n  apt-get update && apt-get install -y --no-install-recommends wrk\n'), stderr);
  assert.match(stderr, /container image .*\.deb.*release binary/);
});

describe('docker/progress', () => {
  const feed = [
    '% 3 building: cc a.c', '% 8 building: cc b.c', 'warning: x', '% 12 building: cc c.c', '% 100 linking: ld',
  ];

  test('elsewhere than on a terminal: a line for each step and each tenth', () => {
    const { stderr } = spawnSync(PROGRESS, { input: `${feed.join('\n')}\n`, encoding: 'utf8' });
    assert.equal(stderr, 'building: 3 %\nwarning: x\nbuilding: 12 %\n');
  });

  test('on a terminal: one line that moves', () => {
    const command = `printf '%s\\n' ${feed.map((line) => `'${line}'`).join(' ')} | '${PROGRESS}'`;
    const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], {
      encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, TERM: 'xterm' },
    });
    const steps = ['\rbuilding: 3 %\x1b[K', '\rbuilding: 8 %\x1b[K\r\nwarning: x\r\n', '\rbuilding: 12 %\x1b[K\r\n'];
    assert.equal(stdout, steps.join(''));
  });
});
