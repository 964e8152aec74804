// The pages about options: server/docs/options.md must match --help; MILKYPAY_DOCS=update writes it.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { ROOT, pageText } from '../lib/docs.js';
import { BIN, cleanEnv } from '../lib/server.js';

const FILE = 'server/docs/options.md';
const cell = (text) => text.replaceAll('|', '\\|');
const code = (text) => (text ? `\`${cell(text)}\`` : '');
const table = (heads, rows) =>
  [heads, heads.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |\n`).join('');

function page({ program, commands, notes, options, about_exec: aboutExec }) {
  const calls = commands.map(({ name, synopsis, help }) => [
    code([program, name, synopsis].filter(Boolean).join(' ')),
    cell(help),
  ]);
  const rows = options.map(({ name, argument, optional, help, environment, default: value, exec_default: beside }) => [
    code(optional ? `${name}[=${optional}]` : [name, argument].filter(Boolean).join(' ')),
    cell(help),
    [code(value), beside && `${code(beside)} in exec`].filter(Boolean).join(', '),
    code(environment),
  ]);
  return `# Options

This page is generated from \`${program} --help\`. [Command line](command-line.md) explains some options further.

${table(['call', 'does'], calls)}
${notes}

${table(['option', 'meaning', 'default', 'variable'], rows)}
${aboutExec}
`;
}

const help = JSON.parse(execFileSync('python3', [`${ROOT}server/options.py`, BIN], { env: cleanEnv({}) }));

test('the page describes all options', () => {
  assert.ok(help.options.length > 20);
  const said = pageText('server/docs/command-line.md');
  assert.deepEqual(help.options.map(({ name }) => name).filter((name) => !said.includes(`\`${name}`)), []);
});

test('the page of options matches --help', () => {
  const wanted = page(help);
  if (process.env.MILKYPAY_DOCS === 'update') writeFileSync(ROOT + FILE, wanted);
  assert.deepEqual(pageText(FILE).split('\n'), wanted.split('\n'), 'MILKYPAY_DOCS=update makes it so');
});
