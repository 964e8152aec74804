// schema/shapes/ is what the server answers: learned anew here, and compared. MILKYPAY_SHAPES=update writes it.

import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Client } from '../lib/client.js';
import { against, compare, everyKind } from '../lib/compare.js';
import { ROOT } from '../lib/docs.js';
import { startServer, tempDir } from '../lib/server.js';
import { startSink } from '../lib/sink.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);

async function learn(file, profile, account, more = []) {
  const args = ['--learn', file, '--profile', profile, ...more];
  const { code, stderr } = await compare([...(account ? against(server, account) : []), ...args],
    { key: account?.api_key });
  assert.equal(code, 0, stderr);
}

/** The last callbacks that the sink has received, each with its headers. */
async function learnCallbacks(file, profile, sink) {
  for (const [number, { raw, headers }] of sink.requests.slice(-64).entries()) {
    const body = join(tempDir(), `${number}.json`);
    const head = join(tempDir(), `${number}.txt`);
    writeFileSync(body, raw);
    writeFileSync(head, Object.keys(headers).map((name) => `${name}: x\n`).join(''));
    await learn(file, profile, undefined, ['--headers', head, body]);
  }
}

for (const profile of ['2020', '2024', '2025']) {
  test(`the shapes of the profile ${profile}`, { timeout: 300_000 }, async () => {
    const file = join(tempDir(), `${profile}.json`);
    const api = await demo.newAccount({
      profile,
      website: 'https://example.com',
      icon: 'https://example.com/i.svg',
      retry_interval_s: 0,
    });
    const sink = await startSink({ account: api.account, check: false });
    sink.answer([500, 500, 200], '/callback/retried');
    await everyKind(api, `${sink.url}/callback`);
    await learn(file, profile, api.account);
    const empty = await demo.newAccount({ profile });
    await learn(file, profile, empty.account);
    await learn(file, profile, empty.account, ['--create', '--yes']);
    await learnCallbacks(file, profile, sink);
    await sink.stop({ clean: false });
    const committed = `${ROOT}schema/shapes/${profile}.json`;
    if (process.env.MILKYPAY_SHAPES === 'update') copyFileSync(file, committed);
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), JSON.parse(readFileSync(committed, 'utf8')),
      'MILKYPAY_SHAPES=update makes it so');
    assert.equal(readFileSync(file, 'utf8'), readFileSync(committed, 'utf8'), 'the order of keys');
  });
}
