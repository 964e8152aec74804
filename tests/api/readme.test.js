// What README.md shows is run: its receiver, its test, its first invoice.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { startServer } from '../lib/server.js';
import { startSink } from '../lib/sink.js';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const blocks = (language) => [...readme.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, 'gm'))].map(([, text]) => text);
const folder = mkdtempSync(join(tmpdir(), 'milkypay-readme-'));
after(() => rmSync(folder, { recursive: true }));

function run(command, args, env = {}) {
  const child = spawn(command, args, { env: { ...process.env, NODE_TEST_CONTEXT: undefined, ...env } });
  child.text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => { child.text += data; });
  return child;
}

test('the first invoice reaches the receiver, twice, rightly signed', async () => {
  const server = await startServer();
  const port = 20000 + (process.pid % 20000);
  const file = join(folder, 'sink.mjs');
  writeFileSync(file, blocks('js')[0].replace('9000', port));
  const sink = run(process.execPath, [file]);
  const command = blocks('sh').find((text) => text.includes('payment-invoices'));
  const script = command.replace('http://127.0.0.1:8080', server.url).replace('9000', port);
  await new Promise((done) => { setTimeout(done, 300); }); // the receiver says nothing when it is ready
  const curl = run('sh', ['-c', `curl -s ${script.slice(script.indexOf('curl') + 4)}`]);
  await once(curl, 'close');
  assert.equal(JSON.parse(curl.text).data.attributes.status, 'process_pending');
  const wait = await fetch(`${server.url}/_mock/wait?invoice=${JSON.parse(curl.text).data.id}&callback=delivered&transition=processed`);
  assert.equal(wait.status, 200);
  sink.kill();
  await once(sink, 'close');
  assert.equal(sink.text, 'process_pending signature ok\nprocessed signature ok\n');
  await server.stop();
});

test('the test passes', async () => {
  const server = await startServer();
  const sink = await startSink({ check: false });
  const file = join(folder, 'expiry.test.mjs');
  writeFileSync(file, blocks('js')[1].replace('http://127.0.0.1:9000', sink.url));
  const child = run(process.execPath, ['--test', file], { MOCK_URL: server.url });
  const [status] = await once(child, 'close');
  assert.equal(status, 0, child.text);
  await sink.stop();
  await server.stop();
});

test('the snippet in Python creates an invoice', async () => {
  const server = await startServer();
  const child = run('python3', ['-c', `${blocks('python')[0]}\nprint(invoice["attributes"]["status"])`], { MOCK_URL: server.url });
  await once(child, 'close');
  assert.equal(child.text.trim(), 'process_pending');
  await server.stop();
});
