// Starts the mock, waits until it is healthy, and passes its URL and keys to later steps. With the input `rehearse` it
// rehearses a shop instead.

import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as container from './in_container.js';
import * as local from './in_process.js';
import { rehearse } from './rehearse.js';
import { fail, input, mask, quote, saveState, say, setOutput, setVariable } from './runner.js';

const PATIENCE_MS = 60_000;

/** "--settle-after 0" -> ['--settle-after', '0']: one option per line; the rest of the line is its value. */
function words(lines) {
  return lines.split('\n').map((line) => line.trim()).filter(Boolean)
    .flatMap((line) => /^(\S+)(?:\s+(.*))?$/.exec(line).slice(1).filter((word) => word !== undefined));
}

function readPort(text) {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new Error(`port is no number from 0 to 65535: ${text}`);
  return text;
}

/** The URL in the first line of the mock's stdout. */
async function listening(way, state) {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await pause(50)) {
    const over = await way.ended(state); // asked first, so that the output before the end is complete
    const [, url] = /^listening on (\S+)\n/.exec(await way.output(state)) ?? [];
    if (url) return url;
    if (over) throw new Error('the mock ended before it listened');
  }
  throw new Error(`the mock did not listen within ${PATIENCE_MS / 1000} s`);
}

async function get(url, token) {
  const response = await fetch(url, { headers: token ? { 'X-Mock-Token': token } : {} });
  if (!response.ok) throw new Error(`${url} was answered with ${response.status}`);
  return response.json();
}

function tell(url, account) {
  const told = {
    URL: url,
    ACCOUNT_ID: account.id,
    API_KEY: account.api_key,
    PUBLIC_KEY: account.public_key,
    SECRET_KEY: account.secret_key,
  };
  for (const [name, value] of Object.entries(told)) {
    setVariable(`MILKYPAY_${name}`, value);
    setOutput(name.toLowerCase().replace('_', '-'), value);
  }
}

/** Runs `act` with a started mock; if that fails, prints the mock's output and cleans up. */
async function withMock(way, state, args, act) {
  await way.start(state, args);
  saveState(state); // from here on, the post step must stop the mock
  try {
    await act();
  } catch (error) {
    await way.stop(state);
    quote('The log of the mock', await way.log(state));
    await way.remove(state);
    saveState(undefined);
    throw error;
  }
}

async function main() {
  if (process.platform !== 'linux') throw new Error('this action runs on Linux runners only');
  const binary = input('binary');
  const options = words(input('options'));
  const port = readPort(input('port'));
  const token = options.includes('--control-token') && options[options.indexOf('--control-token') + 1];
  if (token) mask(token);
  const name = `milkypay-mock-${randomUUID()}`;
  const folder = join(process.env.RUNNER_TEMP, name);
  mkdirSync(folder, { recursive: true });
  const state = {
    name,
    folder,
    binary: binary && resolve(binary),
    image: input('image'),
    report: join(folder, 'report'),
  };
  if (input('rehearse')) {
    rehearse({ ...state, settings: input('rehearse'), command: input('command'), options });
    return;
  }
  const way = state.binary ? local : container;
  const args = ['--listen', `127.0.0.1:${port}`, '--report', way.reportFolder(state), ...options];
  await withMock(way, state, args, async () => {
    const url = await listening(way, state);
    const { version } = await get(`${url}/_mock/health`);
    const { items: [account] } = await get(`${url}/_mock/accounts?limit=1`, token);
    tell(url, account);
    say(`the MilkyPay mock ${version} is at ${url}`);
  });
}

await main().catch((error) => fail(error.stderr?.trim() || error.message));
