// Two network namespaces connected by a veth pair: one with the server, which has 200 ports for its connections, and
// one with a receiver of callbacks. Runs as `unshare -rn node two_hosts.js COUNT`; prints the results of the callbacks.

import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Client } from './client.js';
import { startRawReceiver } from './receiver.js';
import { startServer } from './server.js';

const HERE = '10.77.0.1';
const THERE = '10.77.0.2';
const PORT = 8080;
const TIME_WAIT = '06';
const ip = (...args) => execFileSync('ip', args, { stdio: 'pipe' });

/** The other host: waits for its interface, then responds to all requests and counts them. */
async function receive() {
  await new Promise((done) => { process.stdin.once('data', done); });
  ip('addr', 'add', `${THERE}/24`, 'dev', 'there');
  ip('link', 'set', 'there', 'up');
  const receiver = await startRawReceiver((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'), {
    host: THERE,
    port: PORT,
  });
  receiver.server.ref();
  process.stdout.write('ready\n');
  process.stdin.on('data', () => process.stdout.write(`${receiver.requests.length}\n`));
  process.stdin.on('end', () => process.exit());
}

const line = (stream) => new Promise((done) => { stream.once('data', (data) => done(String(data).trim())); });

/** The number of closed connections to the receiver that still occupy a port of this host. */
function waiting() {
  const remote = `${THERE.split('.')
    .reverse()
    .map((n) => Number(n).toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase()}:${PORT.toString(16).toUpperCase()}`;
  return readFileSync('/proc/net/tcp', 'latin1').split('\n').map((row) => row.trim().split(/\s+/))
    .filter((row) => row[2] === remote && row[3] === TIME_WAIT).length;
}

/** A page may also end because of its size. */
async function allCallbacks(api) {
  const records = [];
  for (let after; after !== null;) {
    const page = (await api.control('GET', '/callbacks', undefined, { parameters: { limit: 1000, after } })).expect(
      200,
    ).json;
    records.push(...page.items);
    after = page.next;
  }
  return records;
}

async function send(count) {
  const other = spawn('unshare', ['-n', process.execPath, fileURLToPath(import.meta.url), 'receive'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  ip('link', 'set', 'lo', 'up');
  // its namespace exists once its program runs; before that the interface would return to this host
  while (readNamespace(other.pid) === readNamespace('self')) await new Promise((done) => { setTimeout(done, 5); });
  ip('link', 'add', 'here', 'type', 'veth', 'peer', 'name', 'there', 'netns', String(other.pid));
  ip('addr', 'add', `${HERE}/24`, 'dev', 'here');
  ip('link', 'set', 'here', 'up');
  other.stdin.write('go\n');
  await line(other.stdout);
  writeFileSync('/proc/sys/net/ipv4/ip_local_port_range', '40000 40199');

  const server = await startServer();
  const api = await new Client(server).newAccount({ callback_url: `http://${THERE}:${PORT}/` });
  await api.freeze();
  for (let made = 0; made < count; made += 50) {
    await Promise.all(
      Array.from({ length: 50 }, () => api.made({}, { headers: { 'X-Mock-Outcome': 'process_pending' } })),
    );
    await api.advance(0);
  }
  const records = await allCallbacks(api);
  const left = waiting();
  other.stdin.write('count\n');
  const requests = Number(await line(other.stdout));
  other.stdin.end();
  await server.stop();
  process.stdout.write(JSON.stringify({
    made: records.length,
    done: records.filter((r) => r.state === 'done').length,
    attempts: records.reduce((n, r) => n + r.attempts.length, 0),
    requests,
    waiting: left,
  }));
}

function readNamespace(pid) {
  return execFileSync('readlink', [`/proc/${pid}/ns/net`], { encoding: 'utf8' });
}

if (process.argv[2] === 'receive') await receive();
else await send(Number(process.argv[2]));
