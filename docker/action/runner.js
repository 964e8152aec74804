// The interface of the runner for an action: inputs, files of values, commands on stdout.

import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { EOL } from 'node:os';

export const input = (name) => (process.env[`INPUT_${name.replace(/ /g, '_').toUpperCase()}`] ?? '').trim();

function append(variable, name, value) {
  const end = `end-${randomUUID()}`; // marks the end of a value of several lines
  appendFileSync(process.env[variable], `${name}<<${end}${EOL}${value}${EOL}${end}${EOL}`);
}

export const setOutput = (name, value) => append('GITHUB_OUTPUT', name, value);
export const setVariable = (name, value) => append('GITHUB_ENV', name, value);

/** Saves a value for the post step. The last value counts; undefined is ignored. */
export const saveState = (state) => append('GITHUB_STATE', 'mock', state ? JSON.stringify(state) : '');
export const savedState = () => (process.env.STATE_mock ? JSON.parse(process.env.STATE_mock) : undefined);

const escaped = (text) => text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');

export const say = (line) => console.log(line);
export const warn = (text) => console.log(`::warning title=MilkyPay mock::${escaped(text)}`);
export const mask = (secret) => console.log(`::add-mask::${escaped(secret)}`);

/** Prints an error and makes the step fail. */
export function fail(text) {
  console.log(`::error title=MilkyPay mock::${escaped(text)}`);
  process.exitCode = 1;
}

/** Runs `act`; nothing that it prints is interpreted as a command. */
export function withoutCommands(act) {
  const end = randomUUID();
  console.log(`::stop-commands::${end}`);
  try {
    return act();
  } finally {
    console.log(`::${end}::`);
  }
}

/** Prints foreign text under a heading; none of its lines is interpreted as a command. */
export function quote(heading, text) {
  console.log(`::group::${heading}`);
  withoutCommands(() => console.log(text.trimEnd()));
  console.log('::endgroup::');
}
