// Runs `milkypay-mock rehearse` for a shop, and reads its verdict.

import { runBinary } from '../lib/server.js';

const LIMIT_MS = 600_000;
const LONGEST_MS = 120_000; // of a shop, on a very slow machine

/**
 * Whether a test may still rehearse a shop, before tests/run ends the suite: at TESTS_UNTIL, in seconds since 1970. If
 * not, the test is skipped.
 */
export function hasTime(t) {
  const { TESTS_UNTIL: until = Infinity } = process.env;
  const has = Date.now() + LONGEST_MS < until * 1000;
  if (!has) t.skip('no time is left for it; `tests/run rehearse` runs all');
  return has;
}

// Results that the kill matrix counts: a MUST that fails, and a SHOULD that fails.
const BROKEN = ['FAIL', 'WARN'];

/** Rehearses the shop that `command` starts in `cwd`, whose rehearsal.json is there: {code, line, results, stderr}. */
export async function rehearse(cwd, command, { args = [], env = {}, settings = 'rehearsal.json' } = {}) {
  const { code, stdout, stderr } = await runBinary(
    ['rehearse', '--settings', settings, '--format', 'json', ...args, '--', ...command],
    { cwd, env, limit: LIMIT_MS },
  );
  if (!stdout) throw new Error(`no verdict, exit status ${code}: ${stderr}`);
  return { code, stderr, ...JSON.parse(stdout) };
}

const having = (run, wanted) => run.results.filter(({ result }) => wanted.includes(result));

/** What a scenario that did not pass says, for the message of a test. */
export const explain = (run, wanted = [...BROKEN, 'ERROR']) => having(run, wanted)
  .map(({ id, result, reason, failures }) =>
    [`${id} ${result}: ${reason}`, ...(failures ?? []).map(({ oracle, text }) => `  ${oracle}: ${text}`)].join('\n'))
  .join('\n');

/** The ids of the scenarios that fail or warn. */
export const broken = (run) => having(run, BROKEN).map(({ id }) => id);

/** The ids of the scenarios that cannot be judged. */
export const errors = (run) => having(run, ['ERROR']).map(({ id }) => id);

/** The result of each scenario: {A1: 'PASS', ...}. */
export const verdictOf = (run) => Object.fromEntries(run.results.map(({ id, result }) => [id, result]));
