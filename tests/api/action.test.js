// Runs the GitHub Action like the runner does: inputs in the environment, values in files, then main, steps and post.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { DEMO } from '../lib/client.js';
import { freePort } from '../lib/ports.js';
import { shopFolder } from '../lib/rehearse.js';
import { ALONE, BIN, tempDir } from '../lib/server.js';

const ACTION = fileURLToPath(new URL('../../docker/action/', import.meta.url));
const action = parse(readFileSync(join(ACTION, 'action.yml'), 'utf8'));

/** Parses a file that the runner reads: NAME<<END, lines, END. If a name is repeated, the last value counts. */
function pairs(file) {
  const found = readFileSync(file, 'utf8').matchAll(/^(\S+)<<(\S+)\n([^]*?)\n\2$/gm);
  return Object.fromEntries([...found].map(([, name, , value]) => [name, value]));
}

const jobs = [];

// processes that a failed test left running
after(() => {
  for (const { folder } of jobs) {
    for (const file of readdirSync(join(folder, 'temp'), { recursive: true }).filter((name) => name.endsWith('/pid'))) {
      const mock = join(folder, 'temp', file, '..');
      if (!existsSync(join(mock, 'status'))) process.kill(Number(readFileSync(join(mock, 'pid'), 'utf8')), 'SIGKILL');
    }
  }
});

/** A job with one step of the action. */
class Job {
  constructor(inputs, env = {}) {
    jobs.push(this);
    this.folder = tempDir();
    this.files = Object.fromEntries(
      ['ENV', 'OUTPUT', 'STATE'].map((name) => [`GITHUB_${name}`, join(this.folder, name)]),
    );
    for (const file of Object.values(this.files)) writeFileSync(file, '');
    mkdirSync(join(this.folder, 'temp'));
    const given = Object.entries(action.inputs).map(([name, { default: value }]) => [
      name,
      inputs[name] ?? (name === 'job-status' ? 'success' : value),
    ]);
    this.env = {
      PATH: process.env.PATH,
      RUNNER_TEMP: join(this.folder, 'temp'),
      ...this.files,
      ...Object.fromEntries(given.map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
      ...env,
    };
  }

  run(which, env = {}) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(ACTION, action.runs[which])],
      { env: { ...this.env, ...env }, cwd: this.folder, encoding: 'utf8' });
    assert.equal(stderr, '');
    return { status, stdout };
  }

  main() { return this.run('main'); }

  post(jobStatus = 'success') {
    return this.run('post', { STATE_mock: pairs(this.files.GITHUB_STATE).mock, 'INPUT_JOB-STATUS': jobStatus });
  }

  get variables() { return pairs(this.files.GITHUB_ENV); }
  get outputs() { return pairs(this.files.GITHUB_OUTPUT); }
}

const isUp = (url) => fetch(`${url}/_mock/health`).then(({ ok }) => ok, () => false);

async function create({ MILKYPAY_URL: url }, attributes = {}) {
  const reply = await fetch(`${url}/payment-invoices`, {
    method: 'POST',
    headers: { Authorization: `Basic ${btoa(`${DEMO.id}:${DEMO.api_key}`)}` },
    body: JSON.stringify({
      service: 'payment_card_usd_hpp',
      currency: 'USD',
      amount: 10,
      test_mode: true,
      ...attributes,
    }),
  });
  assert.equal(reply.status, 201);
  return (await reply.json()).data;
}

/** A fake docker with the commands of the action, which runs the binary instead of an image. */
function dockerOf(folder) {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const kept = '"${FAKE}/$name"';
  writeFileSync(
    join(bin, 'docker'),
    `#!/bin/sh
set -eu
FAKE=${folder}
echo "$*" >>"$FAKE/calls"
for name; do :; done
case $1 in
run)
  shift
  while [ "$1" != the-image ]; do [ "$1" != --name ] || name=$2; shift; done
  shift
  mkdir -p ${kept}
  touch ${kept}/out ${kept}/log
  report=${kept}/report
  for word; do shift; [ "$word" != /data/report ] || word=$report; set -- "$@" "$word"; done
  ( "${BIN}" "$@" >${kept}/out 2>${kept}/log & echo $! >${kept}/pid; wait $! && code=0 || code=$?; echo $code >${kept}/code ) >/dev/null 2>&1 &
  ;;
logs) cat ${kept}/out; cat ${kept}/log >&2 ;;
stop) kill "$(cat ${kept}/pid)"; while [ ! -e ${kept}/code ]; do sleep 0.05; done ;;
inspect) case $* in *Running*) [ -e ${kept}/code ] && echo false || echo true ;; *) cat ${kept}/code ;; esac ;;
cp) from=\${2%%:*}; cp -r "$FAKE/$from/report/." "$3" ;;
rm) rm -r ${kept} ;;
esac
`,
  );
  chmodSync(join(bin, 'docker'), 0o755);
  return { PATH: `${bin}:${process.env.PATH}` };
}

describe('the action', { skip: ALONE }, () => {
  test('starts the mock, passes its URL to later steps, and stops it', async () => {
    // no other program gets this port after the mock's exit
    const job = new Job({ binary: BIN, port: await freePort(), options: '--settle-after 0\n\n  --log-level debug  ' });
    const { status, stdout } = job.main();
    assert.equal(status, 0, stdout);
    const { url } = job.outputs;
    assert.match(stdout, new RegExp(`the MilkyPay mock \\S+ is at ${url}\n$`));
    assert.deepEqual(job.variables, { MILKYPAY_URL: url, MILKYPAY_ACCOUNT_ID: DEMO.id, MILKYPAY_API_KEY: DEMO.api_key,
      MILKYPAY_PUBLIC_KEY: DEMO.public_key, MILKYPAY_SECRET_KEY: DEMO.secret_key });
    assert.deepEqual([...Object.keys(job.outputs), 'report'].sort(), Object.keys(action.outputs).sort());
    const { id } = await create(job.variables);
    assert.equal((await fetch(`${url}/_mock/wait?invoice=${id}&status=processed`)).status, 200);

    const end = job.post();
    assert.deepEqual([end.status, end.stdout], [0, 'the MilkyPay mock has ended\n']);
    assert.equal(await isUp(url), false);
  });

  test('listens on the given port, and masks the token', async () => {
    const port = await freePort();
    const first = new Job({ binary: BIN, port });
    assert.equal(first.main().status, 0);
    assert.equal(first.outputs.url, `http://127.0.0.1:${port}`);
    const busy = new Job({ binary: BIN, port });
    const refused = busy.main();
    assert.equal(refused.status, 1);
    assert.match(
      refused.stdout,
      /::group::The log of the mock\n[^]*in use[^]*::error title=MilkyPay mock::the mock ended before it listened/,
    );
    assert.equal(busy.post().stdout, ''); // there is nothing to stop
    first.post();

    const again = new Job({ binary: BIN, port, options: '--control-token t0ken' });
    const { status, stdout } = again.main();
    assert.equal(status, 0, stdout);
    assert.equal(again.outputs.url, `http://127.0.0.1:${port}`);
    assert.match(stdout, /^::add-mask::t0ken\n/);
    again.post();
  });

  test('prints log and report if the job failed, and no line of them is executed as a command', async () => {
    const job = new Job({ binary: BIN, options: '--log-level debug' });
    job.main();
    await create(job.variables, { reference_id: '\n::error::forged', callback_url: 'http://127.0.0.1:9/gone' });
    await fetch(`${job.variables.MILKYPAY_URL}/_mock/wait?idle=true`);
    const { status, stdout } = job.post('failure');
    assert.equal(status, 0);
    assert.match(
      stdout,
      /::warning title=MilkyPay mock::%0A::error::forged \(cpi_\w+\): cb_1 process_pending: never delivered: .*\n/,
    );
    const [, end, quoted] =
      /::group::The log of the mock\n::stop-commands::([\w-]+)\n([^]*?)\n::\1::\n::endgroup::/.exec(stdout);
    assert.ok(end && quoted.includes('127.0.0.1:9'), quoted);
    assert.match(stdout, /::group::The report of the mock\n::stop-commands::[^]*<testsuites/);
  });

  test('fails the job if the strict mock found a problem', async () => {
    const job = new Job({ binary: BIN, options: '--strict' });
    job.main();
    await create(job.variables, { callback_url: 'http://127.0.0.1:9/gone' });
    const { status, stdout } = job.post();
    assert.equal(status, 1, stdout);
    assert.match(stdout, /::error title=MilkyPay mock::the mock was strict/);
  });

  test('fails the job if the mock has crashed', async () => {
    const job = new Job({ binary: BIN });
    job.main();
    const { folder } = JSON.parse(pairs(job.files.GITHUB_STATE).mock);
    process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), 'SIGKILL');
    const { status, stdout } = job.post();
    assert.equal(status, 1);
    assert.match(stdout, /::error title=MilkyPay mock::the mock ended with status 137/);
  });

  test('reports invalid inputs', () => {
    for (const [inputs, words] of [
      [{ binary: '/no/such' }, 'ENOENT'],
      [{ binary: BIN, port: '70000' }, 'port'],
      [{ binary: BIN, port: 'x' }, 'port'],
      [{ binary: BIN, options: '--no-such-option' }, 'ended before it listened'],
      [{ rehearse: 'rehearsal.json', command: 'true' }, 'rehearse needs the input binary'],
      [{ binary: BIN, rehearse: 'none.json', command: 'true' }, 'the rehearsal could not judge'],
    ]) {
      const job = new Job(inputs);
      const { status, stdout } = job.main();
      assert.equal(status, 1);
      assert.ok(
        stdout.split('\n').some((line) => line.startsWith('::error ') && line.includes(words)),
        stdout,
      );
      const { report, ...outputs } = job.outputs;
      assert.deepEqual([outputs, pairs(job.files.GITHUB_STATE).mock ?? ''], [{}, '']);
    }
  });

  test('rehearses a shop, with a summary of the job, and no line of the shop is executed as a command', () => {
    const summary = join(tempDir(), 'summary');
    const rehearsal = (defect) => {
      const folder = shopFolder();
      const job = new Job({ binary: BIN, rehearse: join(folder, 'rehearsal.json'), command: `cd ${folder} && exec node shop.mjs`,
        options: '--only E0,A1' }, { GITHUB_STEP_SUMMARY: summary, DEFECT: defect });
      return { ...job.main(), job };
    };
    const right = rehearsal('');
    assert.equal(right.status, 0, right.stdout);
    assert.match(right.stdout, /^::stop-commands::([\w-]+)\n[^]*\n2 of 2 MUST hold[^]*\n::\1::\n$/);
    assert.match(readFileSync(summary, 'utf8'), /^### 2 of 2 MUST hold/);
    assert.deepEqual(Object.keys(right.job.outputs), ['report']);
    assert.ok(existsSync(join(right.job.outputs.report, 'rehearsal.html')));
    assert.equal(right.job.post().stdout, ''); // there is nothing to stop

    const wrong = rehearsal('believes all');
    assert.equal(wrong.status, 1, wrong.stdout);
    assert.match(wrong.stdout, /\n::[\w-]+::\n::error title=MilkyPay mock::a MUST fails in the rehearsal: .*\n$/);
    assert.match(readFileSync(summary, 'utf8'), /\| FAIL \| MUST \| \*\*A1\*\*/);
  });

  test('runs an image in the runner\'s network with restrictions, and removes the container', async () => {
    const fake = tempDir();
    const job = new Job({ image: 'the-image', options: '--strict' }, dockerOf(fake));
    const { status, stdout } = job.main();
    assert.equal(status, 0, stdout);
    assert.equal(await isUp(job.outputs.url), true);
    await create(job.variables, { callback_url: 'http://127.0.0.1:9/gone' });
    const end = job.post();
    assert.equal(end.status, 1, end.stdout); // --strict: a callback was not delivered
    assert.equal(await isUp(job.outputs.url), false);
    assert.match(end.stdout, /::warning title=MilkyPay mock::.*never delivered/); // its report was read
    const calls = readFileSync(join(fake, 'calls'), 'utf8').split('\n');
    assert.match(
      calls[0],
      /^run --detach --name (\S+) --network host --read-only --cap-drop ALL .* the-image --listen 127\.0\.0\.1:0 --report \/data\/report --strict$/,
    );
    assert.match(calls.at(-2), /^rm --force --volumes milkypay-mock-/);
  });
});
