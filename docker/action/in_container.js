// Runs the mock as a container in the runner's network, so that both reach each other at 127.0.0.1.

import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { say } from './runner.js';

const REPORT = '/data/report';
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const run = promisify(execFile);
const docker = (...args) => run('docker', args, { maxBuffer: 64 * 1024 * 1024 });

async function build() {
  const image = 'milkypay-mock:action';
  say(`building the image ${image}`);
  await run(`${ROOT}/docker/build-image`, [], {
    env: { ...process.env, IMAGE: image, ENGINE: 'docker' },
    maxBuffer: 64 * 1024 * 1024,
  });
  return image;
}

export async function start(state, args) {
  const image = state.image || await build();
  await docker('run', '--detach', '--name', state.name, '--network', 'host', '--read-only', '--cap-drop', 'ALL',
    '--security-opt', 'no-new-privileges', image, ...args);
}

export const output = async (state) => (await docker('logs', state.name)).stdout;
export const log = async (state) => (await docker('logs', state.name)).stderr;

const inspect = async (state, what) =>
  (await docker('inspect', '--format', `{{.State.${what}}}`, state.name)).stdout.trim();

export const ended = async (state) => await inspect(state, 'Running') === 'false';

export async function stop(state) {
  await docker('stop', '--time', '20', state.name);
  return Number(await inspect(state, 'ExitCode'));
}

export const reportFolder = () => REPORT;

export async function fetchReport(state) {
  mkdirSync(state.report, { recursive: true });
  await docker('cp', `${state.name}:${REPORT}/.`, state.report);
}

export const remove = (state) => docker('rm', '--force', '--volumes', state.name);
