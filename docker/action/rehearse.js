// Rehearses a shop instead of starting a mock for later steps. The program writes the summary of the job itself.

import { spawnSync } from 'node:child_process';
import { fail, setOutput, withoutCommands } from './runner.js';

const REASONS = {
  2: 'the rehearsal could not judge: the lines above say why',
  3: 'a MUST fails in the rehearsal: the summary of the job says what it costs',
  4: 'a MUST was not tested in the rehearsal',
};

/** `settings`: a rehearsal.json; `command` starts the shop, or is empty. */
export function rehearse({ binary, settings, command, options, report }) {
  if (!binary) throw new Error('rehearse needs the input binary: the shop runs beside it, not in a container');
  const shop = command ? ['--', 'sh', '-c', command] : [];
  const args = ['rehearse', '--settings', settings, '--report', report, ...options, ...shop];
  const { status, signal, error } = withoutCommands(() => spawnSync(binary, args, { stdio: ['ignore', 1, 1] }));
  if (error) throw error;
  setOutput('report', report);
  if (status !== 0) fail(REASONS[status] ?? `the rehearsal ended with ${signal ?? `status ${status}`}`);
}
