// The addresses on which the server listens, and what it does if it cannot accept connections.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Client, DEMO } from '../lib/client.js';
import { PATIENCE_MS, within } from '../lib/limits.js';
import { ALONE, BIN, runBinary, startServer, tempDir } from '../lib/server.js';
import { AT_TERMINAL } from '../lib/terminal.js';

function works(command, ...args) {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

// Runs the program with a different /etc/hosts, if this machine allows it.
const withHosts = (lines) => {
  const file = join(tempDir(), 'hosts');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return ['unshare', '-rm', 'sh', '-c', `mount --bind "${file}" /etc/hosts && exec "$@"`, 'sh'];
};
const namespaces = works(
  'unshare',
  '-rm',
  'sh',
  '-c',
  'mount --bind /etc/hosts /etc/hosts && exec "$0" --version',
  BIN,
);

const answersAt = async (host, port) => (await fetch(`http://${host}:${port}/_mock/health`)).status;

describe(
  'a name with several addresses',
  { skip: namespaces ? false : 'no mount namespaces here in which the program starts' },
  () => {
    test('all addresses of a name, with one port', async () => {
      const server = await startServer({
        listen: 'mock.test:0',
        wrap: withHosts(['127.0.0.2 mock.test', '127.0.0.3 mock.test', '127.0.0.2 mock.test']),
      });
      assert.match(server.url, /^http:\/\/mock\.test:[1-9]\d*$/);
      const { port } = new URL(server.url);
      for (const host of ['127.0.0.2', '127.0.0.3']) assert.equal(await answersAt(host, port), 200);
      await assert.rejects(answersAt('127.0.0.4', port));
      await server.stop();
    });

    test('an address that the machine does not have is skipped with a warning', async () => {
      const server = await startServer({
        listen: 'mock.test:0',
        wrap: withHosts(['192.0.2.1 mock.test', '127.0.0.2 mock.test']),
      });
      assert.equal(await answersAt('127.0.0.2', new URL(server.url).port), 200);
      await server.stop(); // writes the log
      assert.match(server.stderr, /warn +not_listening address=192\.0\.2\.1/);
    });

    test('no address of the machine: status 2', async () => {
      const { code, stderr } = await runBinary(['--listen', 'mock.test:0'], {
        wrap: withHosts(['192.0.2.1 mock.test']),
      });
      assert.equal(code, 2);
      assert.match(stderr, /--listen mock\.test:0: /);
    });

    test('an address in use by another program: status 2', async () => {
      const other = createServer((socket) => socket.destroy());
      await new Promise((done) => {
        other.listen(0, '127.0.0.3', done);
      });
      const { port } = other.address();
      const { code, stderr } = await runBinary(['--listen', `mock.test:${port}`], {
        wrap: withHosts(['127.0.0.2 mock.test', '127.0.0.3 mock.test']),
      });
      assert.equal(code, 2);
      assert.match(stderr, /in use/);
      await new Promise((done) => {
        other.close(done);
      });
    });
  },
);

const prlimit = !ALONE && works('prlimit', '--version');

test(
  'without free descriptors the server waits without load and continues later',
  { skip: prlimit ? false : 'no prlimit, or no process of ours' },
  async () => {
    const server = await startServer();
    const api = new Client(server);
    const pid = String(server.run.child.pid);
    const turns = async () =>
      Number(/loop_turn_seconds_count (\d+)/.exec((await api.send('GET', '/_mock/metrics')).text)[1]);
    await turns(); // this connection stays open
    const most = readdirSync(`/proc/${pid}/fd`).length + 2;
    const before = execFileSync('prlimit', ['--nofile', '--noheadings', '--pid', pid, '--output=HARD'])
      .toString()
      .trim();
    execFileSync('prlimit', [`--nofile=${most}:${before}`, '--pid', pid]);

    const sockets = Array.from({ length: 10 }, () => connect({ host: server.host, port: server.port }));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    const until = Date.now() + PATIENCE_MS;
    while (!/warn +not_accepting/.test(server.stderr)) {
      assert.ok(Date.now() < until, 'no warning in the log');
      await turns();
    }
    const from = await turns();
    (await api.wait({ requests: 1, path: '/never', timeout: '2s' })).expect(408);
    const n = (await turns()) - from;
    assert.ok(n < 400, `${n} turns in two seconds, of which forty try again`);

    const served = once(sockets.at(-1), 'data');
    sockets.at(-1).write('GET /_mock/health HTTP/1.1\r\nHost: localhost\r\n\r\n');
    execFileSync('prlimit', [`--nofile=${before}:${before}`, '--pid', pid]);
    assert.match(String(await within(served, () => 'the last connection to be served')), /^HTTP\/1\.1 200 /);
    for (const socket of sockets) socket.destroy();
    await server.stop();
  },
);

describe('what a start prints', { skip: ALONE }, () => {
  const GREETING = ['dashboard', 'documentation', 'demo account', 'its API key', 'its other keys', 'Ctrl-C'];

  const printed = async (options) => {
    const server = await startServer(options);
    const client = new Client(server);
    await client.send('GET', '/_mock/health');
    await server.stop();
    return { server, stdout: server.stdout, stderr: server.stderr };
  };

  test('at a terminal: where dashboard, documentation and keys are, on stderr', async () => {
    const { server, stdout, stderr } = await printed({ wrap: AT_TERMINAL });
    assert.equal(stdout, `listening on ${server.url}\n`);
    const lines = stderr.split('\r\n').filter((line) => line.startsWith('  '));
    assert.deepEqual(lines, [
      `  dashboard      ${server.url}/`,
      `  documentation  ${server.url}/_mock/docs/`,
      `  demo account   ${DEMO.id}`,
      `  its API key    ${DEMO.api_key}`,
      `  its other keys ${server.url}/_mock/#/accounts`,
      '  Ctrl-C stops the server',
    ]);
  });

  test('at a terminal, on all addresses: an address that can be opened', async () => {
    const { server, stdout, stderr } = await printed({ wrap: AT_TERMINAL, listen: '0.0.0.0:0' });
    assert.equal(stdout, `listening on http://0.0.0.0:${server.port}\n`);
    assert.match(stderr, new RegExp(`dashboard +http://127\\.0\\.0\\.1:${server.port}/\r\n`));
  });

  for (const [what, options] of [
    ['elsewhere', {}],
    ['with a log in JSON', { wrap: AT_TERMINAL, args: ['--log-format', 'json'] }],
    ['with a log of warnings only', { wrap: AT_TERMINAL, args: ['--log-level', 'warn'] }],
  ]) {
    test(`${what}: nothing but the log`, async () => {
      const { server, stdout, stderr } = await printed(options);
      assert.equal(stdout, `listening on ${server.url}\n`);
      assert.equal(stderr.includes('stopping'), !options.args?.includes('warn'), 'the log');
      for (const word of GREETING) assert.ok(!stderr.includes(word), word);
    });
  }
});
