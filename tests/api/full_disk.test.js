// A disk that takes nothing more, by a limit of the file size that a page does not fit into: what cannot be saved is
// refused and has not happened.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Client, invoice } from '../lib/client.js';
import { ALONE, startServer, tempDir } from '../lib/server.js';
import { HANG, startSink } from '../lib/sink.js';

const prlimit = !ALONE && spawnSync('prlimit', ['--version']).status === 0;
const skip = prlimit ? false : 'no prlimit, or no process of ours';
const HOLD = { headers: { 'X-Mock-Outcome': 'process_pending' } };

/** A server with a database in a file, and functions that fill and empty its disk. */
async function begin() {
  const file = join(tempDir(), 'mock.db');
  const server = await startServer({ args: ['--db', file] });
  const limit = (bytes) => execFileSync('prlimit', [`--fsize=${bytes}:`, '--pid', String(server.pid)]);
  return { file, server, demo: new Client(server), fill: () => limit(4096), empty: () => limit('unlimited') };
}

const accounts = async (api) => (await api.send('GET', '/_mock/accounts')).expect(200).json.items.map(({ id }) => id);

describe('a full disk', { skip }, () => {
  test('an account that could not be deleted is where it was', async () => {
    const { server, demo, fill, empty } = await begin();
    const [first, second] = [await demo.newAccount({ name: 'first' }), await demo.newAccount()];
    const { id } = await first.made({}, HOLD);
    const before = await accounts(demo);
    fill();
    (await first.control('DELETE', `/accounts/${first.account.id}`)).expect(503);
    assert.deepEqual(await accounts(demo), before);
    assert.equal((await first.attributes(id)).status, 'process_pending');
    empty();
    (await first.control('DELETE', `/accounts/${first.account.id}`)).expect(200);
    assert.deepEqual(await accounts(demo), before.filter((one) => one !== first.account.id));
    await second.made();
    await server.stop();
  });

  test('an account that could not be added is not there, and its number is free', async () => {
    const { server, demo, fill, empty } = await begin();
    const before = await accounts(demo);
    fill();
    const reply = (await demo.send('POST', '/_mock/accounts', { json: {} })).expect(503);
    assert.ok(reply.headers['retry-after']);
    assert.deepEqual(await accounts(demo), before);
    empty();
    const { account } = await demo.newAccount();
    assert.deepEqual(await accounts(demo), [...before, account.id]);
    await server.stop();
  });

  test('nobody is told that an account is idle while an ended attempt is not saved', async () => {
    const { server, demo, fill, empty } = await begin();
    const api = await demo.newAccount();
    const sink = await startSink({ account: api.account });
    const gate = {};
    sink.answer([{ status: 200, until: new Promise((done) => { gate.open = done; }) }, 200]);
    await api.made({ callback_url: `${sink.url}/c` }, HOLD);
    await sink.got(1);
    fill();
    gate.open();
    (await api.create(invoice())).expect(503);
    (await api.wait({ idle: 'true', timeout: '0s' })).expect(408, 503); // 503: in a turn that could not be saved
    empty();
    (await api.wait({ idle: 'true', timeout: '60s' })).expect(200);
    assert.equal((await api.callbacks()).find(({ state }) => state !== 'done'), undefined);
    await sink.stop();
    await server.stop();
  });

  test('a start says why it ends, and the next one finds everything', async () => {
    const { file, server, demo } = await begin();
    const api = await demo.newAccount();
    const sink = await startSink({ account: api.account });
    sink.answer([HANG, 200]);
    const { id } = await api.made({ callback_url: `${sink.url}/c` }, HOLD);
    await sink.got(1);
    await server.kill9(); // the next start has to save that the callback is queued again
    await assert.rejects(startServer({ args: ['--db', file], wrap: ['prlimit', '--fsize=100', '--'] }),
      /"code":2.*\nmilkypay-mock: .*the database cannot be used: /s);
    const again = await startServer({ args: ['--db', file] });
    api.server = again;
    assert.equal((await api.attributes(id)).status, 'process_pending');
    (await api.wait({ invoice: id, callback: 'delivered', timeout: '60s' })).expect(200);
    await again.stop();
    await sink.stop();
  });
});
