// Runs the jobs of a workflow of GitHub on this machine, as far as .github/workflows/ needs it: steps with commands,
// the files that jobs pass on, matrices and conditions.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parse } from 'yaml';

/** The combinations of a matrix: [{runner, debian}, ...], or [{}] without one. */
export function combinations({ strategy } = {}) {
  return Object.entries(strategy?.matrix ?? {}).reduce(
    (all, [name, values]) => all.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
}

/** The files of a folder that match `*` in the last part of a path. A folder stands for all files in it. */
function matching(workspace, pattern) {
  const folder = join(workspace, dirname(pattern));
  const [start, ...rest] = basename(pattern).split('*'); // no pattern here has more than one
  if (!rest.length) return readdirSync(join(workspace, pattern)).map((name) => join(workspace, pattern, name));
  const fits = (name) => name.startsWith(start) && name.slice(start.length).endsWith(rest.at(-1));
  return readdirSync(folder).filter(fits).map((name) => join(folder, name));
}

export class WorkflowRun {
  /** `env` is what GitHub sets; `artifacts` is a folder for the files that jobs pass on. */
  constructor({ file, env, artifacts }) {
    Object.assign(this, { env, artifacts });
    this.jobs = parse(readFileSync(file, 'utf8')).jobs;
    this.attested = [];
  }

  /** Begins a job in its own workspace. */
  begin({ workspace, matrix }) {
    Object.assign(this, { workspace, matrix, outputs: {} });
  }

  /** Replaces expressions such as ${{ matrix.debian }}. */
  filled(text) {
    const values = { matrix: this.matrix, steps: this.outputs, github: { token: 'secret-token' } };
    return text.replace(/\$\{\{ ([\w.]+) \}\}/g, (_, path) => {
      const value = path.split('.').reduce((found, key) => found?.[key], values);
      assert.notEqual(value, undefined, path);
      return value;
    });
  }

  /** Whether the step's condition, such as matrix.debian == 'bookworm', holds. */
  wants(step) {
    if (!step.if) return true;
    const [, name, value] = /^matrix\.(\w+) == '([^']*)'$/.exec(step.if);
    return this.matrix[name] === value;
  }

  /** Runs a step's command as GitHub does. Returns what it printed. */
  command(step) {
    const output = join(this.workspace, '.git', 'output');
    writeFileSync(output, '');
    const given = Object.fromEntries(Object.entries(step.env ?? {}).map(([name, value]) => [name, this.filled(value)]));
    const env = { ...this.env, ...given, GITHUB_WORKSPACE: this.workspace, GITHUB_OUTPUT: output };
    const options = { cwd: this.workspace, env, encoding: 'utf8' };
    const { status, stdout, stderr } = spawnSync('bash', ['-e', '-c', step.run], options);
    assert.equal(status, 0, `${step.name}: ${stdout}${stderr}`);
    const lines = readFileSync(output, 'utf8').split('\n').filter(Boolean);
    if (step.id) this.outputs[step.id] = { outputs: Object.fromEntries(lines.map((line) => line.split(/=(.*)/s, 2))) };
    return stdout;
  }

  /** Does what an action does. */
  action({ uses, with: given = {} }) {
    const [name] = uses.split('@');
    const from = join(this.artifacts, this.filled(given.name ?? ''));
    if (name === 'actions/upload-artifact') {
      mkdirSync(from, { recursive: true });
      for (const pattern of given.path.trim().split('\n')) {
        for (const file of matching(this.workspace, pattern.trim())) cpSync(file, join(from, basename(file)));
      }
      assert.notDeepEqual(readdirSync(from), []);
    } else if (name === 'actions/download-artifact') {
      const folders = given.name ? [from] : readdirSync(from).map((one) => join(from, one));
      for (const folder of folders) cpSync(folder, join(this.workspace, given.path), { recursive: true });
    } else if (name === 'actions/attest-build-provenance') {
      if (given['subject-path']) assert.notDeepEqual(matching(this.workspace, given['subject-path']), []);
      const filled = Object.entries(given).map(([key, value]) => [key, this.filled(String(value))]);
      this.attested.push(Object.fromEntries(filled));
    } else {
      assert.equal(name, 'actions/checkout');
    }
  }
}
