// schema/shapes/ is what the server answers: learned anew here, and compared. MILKYPAY_SHAPES=update writes it.

import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Client } from '../lib/client.js';
import { against, compare, everyKind } from '../lib/compare.js';
import {
  everyCard, everyDelivery, everyOffer, everyPayment, everyPayout, everyRefusal, everyStatus, record, SETTINGS, STATES,
} from '../lib/compare_kinds.js';
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

/** Learns saved bodies; those of one document with the same headers in one run. */
async function learnBodies(file, profile, bodies) {
  const folder = tempDir();
  const groups = {};
  for (const body of bodies) (groups[JSON.stringify([body.as, body.headers])] ??= []).push(body);
  for (const [group, members] of Object.entries(groups)) {
    const [as, headers] = JSON.parse(group);
    const head = join(folder, 'headers');
    writeFileSync(head, headers.map((name) => `${name}: x\n`).join(''));
    const files = members.map(({ text }, n) => {
      const body = join(folder, `${n}.json`);
      writeFileSync(body, text);
      return body;
    });
    await learn(file, profile, undefined, ['--headers', head, ...as ? ['--learn-as', as] : [], ...files]);
  }
}

const callbacksOf = (sink) =>
  sink.requests.map(({ raw, headers }) => ({ headers: Object.keys(headers), text: raw }))
    .filter(({ text }) => text.includes('"payment-invoices"'));

for (const profile of ['2020', '2024', '2025']) {
  test(`the shapes of the profile ${profile}`, { timeout: 300_000 }, async () => {
    const file = join(tempDir(), `${profile}.json`);
    const api = await demo.newAccount({ profile, ...SETTINGS[1], retry_interval_s: 0 });
    const sink = await startSink({ account: api.account, check: false });
    const url = `${sink.url}/callback`;
    sink.answer([500, 500, 200], '/callback/retried');
    await everyKind(api, url);
    await learn(file, profile, api.account);
    const empty = await demo.newAccount({ profile });
    await learn(file, profile, empty.account);
    await learn(file, profile, empty.account, ['--create', '--yes']);

    const replies = [];
    const learnAccount = async (settings, ...fills) => {
      const other = await demo.newAccount({ profile, ...settings });
      const kept = record(other);
      for (const fill of fills) await fill(other);
      await learn(file, profile, other.account);
      replies.push(...kept);
    };
    for (const turn of [0, 1, 2]) {
      const callback_url = turn ? null : url;
      await learnAccount({ callback_url }, (other) => everyPayment(other, url, turn));
      await learnAccount({ callback_url }, (other) => everyPayout(other, url, turn));
    }
    await learnAccount({}, everyDelivery);
    await learnAccount({}, everyCard, (other) => everyStatus(other, url, 'paypal_usd_hpp', 'USD'));
    await learnAccount(SETTINGS[2], everyOffer, everyRefusal);
    for (const status of STATES) await learnAccount({ status });
    await learnBodies(file, profile, [...replies, ...callbacksOf(sink)]);
    await sink.stop({ clean: false });
    const committed = `${ROOT}schema/shapes/${profile}.json`;
    if (process.env.MILKYPAY_SHAPES === 'update') copyFileSync(file, committed);
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), JSON.parse(readFileSync(committed, 'utf8')),
      'MILKYPAY_SHAPES=update makes it so');
    assert.equal(readFileSync(file, 'utf8'), readFileSync(committed, 'utf8'), 'the order of keys');
  });
}
