// Databases and snapshots that earlier versions made (tests/kept/make.js): this version opens them and loses nothing.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { NOWHERE, shown } from '../kept/make.js';
import { Client } from '../lib/client.js';
import { startServer, tempDir } from '../lib/server.js';
import { startSink } from '../lib/sink.js';

const KEPT = fileURLToPath(new URL('../kept/', import.meta.url));
const DAY_S = 86400;

const unpacked = (file) => gunzipSync(readFileSync(join(KEPT, file)));
const versions = readdirSync(KEPT).flatMap((file) => /^(.+)\.json$/.exec(file)?.[1] ?? []);

/** Expects every invoice as the version that made it showed it. `now` maps its ids to those of today. */
async function expectAll(api, kept, now = (id) => id) {
  for (const [name, { kind, id, shows }] of Object.entries(kept.invoices)) {
    assert.deepEqual(await shown(api, { kind, id: now(id) }), shows, name);
  }
}

/** The database of this version on a copy of the file. The callbacks go to `sink`. */
async function open(version, sink, db = join(tempDir(), 'mock.db')) {
  const kept = JSON.parse(readFileSync(join(KEPT, `${version}.json`), 'utf8'));
  writeFileSync(db, unpacked(`${version}.db.gz`), { mode: 0o600 });
  const args = ['--db', db, '--callback-rewrite', `${NOWHERE}=${sink.url}/`];
  const server = await startServer({ args });
  return { kept, args, server, api: new Client(server, kept.account) };
}

assert.ok(versions.length > 0);
for (const version of versions) {
  describe(`the database of ${version}`, () => {
    test('opens with all its invoices, lists and timelines, and opens again', async () => {
      const sink = await startSink();
      const { kept, args, server, api } = await open(version, sink);
      await expectAll(api, kept);
      const all = (kind) => Object.values(kept.invoices).filter((one) => one.kind === kind).map(({ id }) => id);
      const listed = (await api.list({ 'page[size]': 100 })).expect(200).data.map(({ id }) => id);
      assert.deepEqual(listed.sort(), [...all('payment'), kept.later.id].sort());
      for (const id of all('payment')) assert.ok((await api.timeline(id)).items.length > 0, id);
      await server.stop();
      const again = await startServer({ args });
      await expectAll(new Client(again, kept.account), kept);
      await again.stop();
      await sink.stop();
    });

    test('sends the callbacks that were due, and settles what was pending', async () => {
      const { account } = JSON.parse(readFileSync(join(KEPT, `${version}.json`), 'utf8'));
      const sink = await startSink({ account, check: false }); // bodies of then need not follow the contract of today
      const { kept, server, api } = await open(version, sink);
      await api.advance(DAY_S);
      await api.idle();
      const told = new Set(sink.requests.map(({ invoice }) => invoice));
      assert.deepEqual(kept.due.filter((id) => !told.has(id)), []);
      assert.deepEqual(sink.requests.filter(({ signature }) => signature !== 'valid'), []);
      const { settles, pending } = kept.invoices;
      assert.equal((await shown(api, settles)).status, 'processed');
      assert.equal((await shown(api, pending)).status, 'process_failed');
      await server.stop();
      await sink.stop();
    });

    test('restores its snapshot', async () => {
      const sink = await startSink({ check: false });
      const { kept, server, api } = await open(version, sink);
      assert.equal((await shown(api, kept.later)).status, 'process_pending');
      await api.advance(DAY_S);
      (await api.control('POST', '/snapshots/kept/restore')).expect(200);
      await expectAll(api, kept);
      assert.equal((await shown(api, kept.later)).status, 404);
      await server.stop();
      await sink.stop();
    });
  });

  test(`the snapshot file of ${version} is imported into another server`, async () => {
    const kept = JSON.parse(readFileSync(join(KEPT, `${version}.json`), 'utf8'));
    const server = await startServer();
    const api = await new Client(server).newAccount();
    const { renamed = {} } = (await api.control('PUT', '/snapshots/kept', undefined, {
      body: unpacked(`${version}.snapshot.json.gz`),
      headers: { 'Content-Type': 'application/json' },
    })).expect(201).json;
    (await api.control('POST', '/snapshots/kept/restore')).expect(200);
    await expectAll(api, kept, (id) => renamed[id] ?? id);
    await server.stop();
  });
}
