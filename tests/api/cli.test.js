// The command line: options and their variables, the start, healthcheck, TLS.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import https from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client } from '../lib/client.js';
import { refuses } from '../lib/refuses.js';
import { ALONE, BIN, runBinary, startServer, tempDir } from '../lib/server.js';
import { startSink } from '../lib/sink.js';

const OPTIONS_PY = fileURLToPath(new URL('../../server/options.py', import.meta.url));
const OPTIONS = [
  '--listen',
  '--db',
  '--fixtures',
  '--public-url',
  '--ready-file',
  '--settle-after',
  '--first-callback-delay',
  '--callback-url',
  '--callback-rewrite',
  '--callback-allow',
  '--callback-ca',
  '--callback-insecure',
  '--tls-cert',
  '--tls-key',
  '--control-token',
  '--allow-host',
  '--seed',
  '--retention',
  '--log-level',
  '--log-format',
  '--journal',
  '--check',
  '--help',
  '--version',
  '--durable',
  '--report',
  '--strict',
];

describe('options', () => {
  test('--help names every option, on stdout', async () => {
    const { code, stdout, stderr } = await runBinary(['--help']);
    assert.equal(code, 0);
    assert.equal(stderr, '');
    for (const option of OPTIONS) assert.ok(stdout.includes(option), option);
    assert.match(stdout, /healthcheck/);
    assert.match(stdout, /exec \[options\] -- COMMAND/);
  });

  test('--help has the format that server/options.py reads', async () => {
    const { stdout } = await runBinary(['--help']);
    const help = JSON.parse(execFileSync('python3', [OPTIONS_PY, BIN], { encoding: 'utf8' }));
    assert.deepEqual(help.options.map(({ name }) => name), stdout.match(/^ {2}--[a-z-]+/gm).map((name) => name.trim()));
    assert.deepEqual(help.commands.map(({ name }) => name), ['', 'exec', 'healthcheck', 'compare', 'rehearse']);
    const option = (name) => help.options.find((one) => one.name === name);
    assert.deepEqual(option('--listen'), {
      name: '--listen',
      argument: 'HOST:PORT',
      help: 'address to listen on; port 0 picks a free port',
      optional: '',
      environment: 'MILKYPAY_LISTEN',
      default: '127.0.0.1:8080',
      exec_default: '127.0.0.1:0',
      choices: [],
    });
    assert.deepEqual(option('--log-level').choices, ['error', 'warn', 'info', 'debug']);
    assert.deepEqual(option('--journal').choices, ['on', 'off']);
    assert.deepEqual([option('--strict').argument, option('--strict').optional], ['', 'all|delivery']);
    assert.deepEqual([option('--durable').argument, option('--help').environment], ['', '']);
    for (const { environment } of help.options) assert.ok(stdout.includes(environment));
    assert.match(help.about_exec, /MILKYPAY_SECRET_KEY/);
  });

  test('--version', async () => {
    const { code, stdout, stderr } = await runBinary(['--version']);
    assert.equal(code, 0);
    assert.equal(stderr, '');
    assert.match(stdout, /^milkypay-mock \d+\.\d+\.\d+\ncommit ([0-9a-f]{7,40}(-dirty)?|unknown)\n/);
    for (const library of ['libmicrohttpd', 'jansson', 'SQLite', 'libcurl', 'OpenSSL', 'PCRE2', 'libqrencode'])
      assert.match(stdout, new RegExp(`^${library} \\d+\\.\\d+`, 'm'));
    const version = stdout.match(/^milkypay-mock (.*)$/m)[1];
    const server = await startServer();
    assert.equal((await new Client(server).send('GET', '/_mock/health')).expect(200).json.version, version);
    await server.stop();
  });

  const bad = [
    [['--nonsense'], '--nonsense'],
    [['--liste', '127.0.0.1:0'], '--liste'],
    [['-x'], '-x'],
    [['nonsense'], 'nonsense'],
    [['--listen'], '--listen'],
    [['--listen', 'nowhere'], '--listen'],
    [['--listen', '127.0.0.1:99999'], '--listen'],
    [['--listen', '127.0.0.1:http'], '--listen'],
    [['--listen', '127.0.0.1:-1'], '--listen'],
    [['--listen', 'no such host:0'], '--listen'],
    [['--settle-after', 'soon'], '--settle-after'],
    [['--settle-after', '5'], '--settle-after'],
    [['--settle-after', '-1s'], '--settle-after'],
    [['--settle-after', '1.5s'], '--settle-after'],
    [['--settle-after', ''], '--settle-after'],
    [['--settle-after', '366d'], 'at most 8760h'],
    [['--first-callback-delay', '61m'], 'at most 1h'],
    [['--db-file', 'x'], '--db FILE'],
    [['--retention', '1y'], '--retention'],
    [['--seed', 'x'], '--seed'],
    [['--seed', ''], '--seed'],
    [['--callback-allow', 'some'], '--callback-allow'],
    [['--callback-rewrite', 'nothing'], '--callback-rewrite'],
    [['--callback-url', 'nowhere'], '--callback-url'],
    [['--public-url', 'pay.test'], '--public-url'],
    [['--public-url', 'ftp://pay.test'], '--public-url'],
    [['--log-level', 'loud'], '--log-level'],
    [['--log-format', 'xml'], '--log-format'],
    [['--journal', '0'], '--journal'],
    [['--callback-ca', '/no/such/file.pem'], '/no/such/file.pem'],
    [['--tls-cert', '/no/such/cert.pem', '--tls-key', '/no/such/key.pem'], '/no/such/'],
    [['--tls-cert', '/dev/null'], '--tls-key'],
    [['--fixtures', '/no/such/folder'], '/no/such/folder'],
    [['--ready-file', '/no/such/folder/ready'], '/no/such/folder/ready'],
    [['--control-token', ''], '--control-token'],
  ];
  for (const [args, word] of bad) {
    test(`rejected: ${args.map((a) => JSON.stringify(a)).join(' ')}`, () =>
      refuses(args.includes('--listen') ? args : [...args, '--listen', '127.0.0.1:0'], [word]));
  }

  test('a port in use', async () => {
    const taken = createServer();
    await new Promise((done) => taken.listen(0, '127.0.0.1', done));
    const { port } = taken.address();
    const { code, stdout, stderr } = await runBinary(['--listen', `127.0.0.1:${port}`]);
    taken.close();
    assert.equal(code, 2, stderr);
    assert.equal(stdout, '');
    assert.equal(stderr, `milkypay-mock: --listen 127.0.0.1:${port}: Address already in use; ` +
      'stop what uses it, or choose a free port with --listen 127.0.0.1:0\n');
  });

  test('a port in use by another mock', async () => {
    const server = await startServer();
    const { version } = (await new Client(server).send('GET', '/_mock/health')).expect(200).json;
    for (const host of ['127.0.0.1', '0.0.0.0']) {
      const { code, stderr } = await runBinary(['--listen', `${host}:${server.port}`]);
      assert.equal(code, 2, stderr);
      assert.ok(stderr.endsWith(`; stop what uses it, or choose a free port with --listen ${host}:0; milkypay-mock ${version} is there already\n`), stderr);
    }
    await server.stop();
  });

  test('--option=value', async () => {
    const server = await startServer({ listen: null, args: ['--listen=127.0.0.1:0', '--settle-after=10ms'] });
    const demo = new Client(server);
    await demo.reach((await demo.made()).id, 'processed');
    await server.stop();
  });

  test('every option is an environment variable, and the command line wins', async () => {
    const folder = tempDir();
    const env = {
      MILKYPAY_LISTEN: '127.0.0.1:0',
      MILKYPAY_DB: join(folder, 'mock.db'),
      MILKYPAY_PUBLIC_URL: 'https://pay.test',
      MILKYPAY_CONTROL_TOKEN: 'from-env',
      MILKYPAY_READY_FILE: join(folder, 'ready'),
      MILKYPAY_SETTLE_AFTER: '1h',
      MILKYPAY_SEED: '5',
      MILKYPAY_LOG_FORMAT: 'json',
    };
    const server = await startServer({
      listen: null,
      env,
      args: ['--settle-after', '20ms', '--control-token', 'from-args'],
    });
    const demo = new Client(server);
    demo.controlHeaders = { 'X-Mock-Token': 'from-env' };
    (await demo.control('GET', '/clock')).expect(401);
    demo.controlHeaders = { 'X-Mock-Token': 'from-args' };
    (await demo.control('GET', '/clock')).expect(200);
    const { id, attributes } = await demo.made();
    assert.equal(attributes.hpp_url, `https://pay.test/redirect/hpp/?cpi=${id}`);
    await demo.reach(id, 'processed');
    assert.ok(existsSync(env.MILKYPAY_DB));
    assert.equal(readFileSync(env.MILKYPAY_READY_FILE, 'utf8').trim(), server.url);
    await server.stop();
  });

  test('the error names an invalid environment variable', async () => {
    const line = await refuses(['--listen', '127.0.0.1:0'], ['soon'], { env: { MILKYPAY_SETTLE_AFTER: 'soon' } });
    assert.match(line, /MILKYPAY_SETTLE_AFTER|--settle-after/);
  });

  test('a variable that looks like a misspelt option is told, and stops nothing', async () => {
    const env = {
      MILKYPAY_SETTLE_AFER: '0',
      MILKYPAY_LISTN: '',
      MILKYPAY_SECRET_KEY: 'sk_test_x',
      MILKYPAY_TOKEN: 'of-the-shop',
      MILKYPAY_PORT: '9',
      MILKYPAY_URL: 'http://127.0.0.1:1',
    };
    const server = await startServer({ env });
    await server.stop();
    assert.deepEqual(server.stderr.match(/unknown_variable.*/g), [
      'unknown_variable name=MILKYPAY_SETTLE_AFER did_you_mean=MILKYPAY_SETTLE_AFTER',
    ]);
    const { code, stdout, stderr } = await runBinary(['--check'], { env });
    assert.deepEqual([code, stdout], [0, 'the fixtures are valid; 1 warning on stderr\n']);
    assert.match(stderr, /info +unknown_variable name=MILKYPAY_TOKEN\n/);
    assert.match(stderr, /info +unknown_variable name=MILKYPAY_PORT did_you_mean="--listen HOST:PORT"\n/);
    assert.match(stderr, /warn +unknown_variable name=MILKYPAY_SETTLE_AFER /);
    assert.doesNotMatch(stderr, /MILKYPAY_(SECRET_KEY|URL|LISTN)|of-the-shop/);
    const quiet = await runBinary(['exec', '--', 'true'], { env });
    assert.match(quiet.stderr, /MILKYPAY_SETTLE_AFER/);
  });

  test('a flag in the environment', async () => {
    const server = await startServer({ env: { MILKYPAY_CALLBACK_INSECURE: '1' } });
    await server.stop();
  });
});

describe('starting', () => {
  test('the URL is the only line on stdout', async () => {
    const server = await startServer();
    await new Client(server).made();
    await server.stop();
    assert.match(server.stdout, /^listening on http:\/\/127\.0\.0\.1:[1-9]\d*\n$/);
  });

  test('--ready-file contains the URL once the server is ready', async () => {
    const file = join(tempDir(), 'ready');
    const server = await startServer({ args: ['--ready-file', file] });
    const url = readFileSync(file, 'utf8').trim();
    assert.equal(url, server.url);
    assert.ok(!url.endsWith('/'));
    await server.stop();
  });

  test('IPv6', async (t) => {
    const probe = createServer();
    const possible = await new Promise((done) => {
      probe.on('error', () => done(false));
      probe.listen(0, '::1', () => probe.close(() => done(true)));
    });
    if (!possible) {
      t.skip('no IPv6 here');
      return;
    }
    const server = await startServer({ listen: '[::1]:0' });
    assert.match(server.url, /^http:\/\/\[::1\]:\d+$/);
    const made = await new Client(server).made();
    assert.equal(made.attributes.hpp_url, `${server.url}/redirect/hpp/?cpi=${made.id}`);
    await server.stop();
  });

  test('--settle-after, for accounts that do not set their own', async () => {
    const server = await startServer({ args: ['--settle-after', '30s'] });
    const demo = new Client(server);
    const other = await demo.newAccount();
    const own = await demo.newAccount({ settle_after_ms: 1000 });
    for (const [api, seconds] of [[demo, 30], [other, 30], [own, 1]]) {
      await api.freeze();
      const { id } = await api.made();
      await api.advance(seconds - 1);
      assert.equal((await api.attributes(id)).status, 'process_pending');
      await api.advance(1);
      assert.equal((await api.attributes(id)).status, 'processed');
    }
    await server.stop();
  });

  test('--seed: the same ids in two runs, other ids with another seed', async () => {
    const run = async (seed) => {
      const server = await startServer({ args: seed === undefined ? [] : ['--seed', String(seed)] });
      const demo = new Client(server);
      const ids = [];
      for (let i = 0; i < 3; i++) {
        const data = await demo.made({ reference_id: undefined, customer: { reference_id: `c${i}` } });
        ids.push(
          data.id,
          data.attributes.reference_id,
          data.attributes.flow_data.metadata.sid,
          data.relationships.customer.data.id,
        );
      }
      const { account } = await demo.newAccount();
      ids.push(account.id, account.api_key, account.public_key, account.secret_key);
      await server.stop();
      return ids;
    };
    const first = await run(7);
    assert.equal(new Set(first).size, first.length);
    assert.deepEqual(await run(7), first);
    assert.notDeepEqual(await run(8), first);
    assert.notDeepEqual(await run(), await run());
  });
});

describe('healthcheck', () => {
  test('0 if the server responds, 1 if nothing listens', async () => {
    const server = await startServer();
    assert.equal((await runBinary(['healthcheck', server.url])).code, 0);
    assert.equal((await runBinary(['healthcheck', `${server.url}/`])).code, 0);
    assert.equal((await runBinary(['healthcheck'], { env: { MILKYPAY_LISTEN: `127.0.0.1:${server.port}` } })).code, 0);
    await server.stop();
    assert.equal((await runBinary(['healthcheck', server.url])).code, 1);
  });

  test('1 if another program responds', async () => {
    const sink = await startSink({ check: false });
    sink.answer([404]);
    assert.equal((await runBinary(['healthcheck', sink.url])).code, 1);
    await sink.stop();
  });

  test('says in plain words that the server speaks no TLS', async () => {
    for (const [respond, words] of [
      [(socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), 'speaks no TLS: use http:// in the URL'],
      [(socket) => socket.end(), 'ended the connection in the TLS handshake; if it speaks no TLS, use http:// in the URL'],
    ]) {
      const server = createServer((socket) => socket.on('error', () => {}).once('data', () => respond(socket)));
      await new Promise((done) => server.listen(0, '127.0.0.1', done));
      const url = `https://127.0.0.1:${server.address().port}`;
      const { code, stderr } = await runBinary(['healthcheck', url]);
      assert.deepEqual([code, stderr], [1, `${url}/_mock/health: the server ${words}\n`]);
      server.close();
    }
  });

  test('takes a URL and nothing else', async () => {
    for (const args of [['--url'], ['http://127.0.0.1:1', '-v']]) {
      const line = await refuses(['healthcheck', ...args], ['unexpected argument']);
      assert.ok(line.includes(args.at(-1)), line);
    }
    for (const word of ['-h', '--help']) assert.match((await runBinary(['healthcheck', word])).stdout, /^Usage: .*healthcheck/);
  });

  test('works with a control token', async () => {
    const server = await startServer({ args: ['--control-token', 'secret-token'] });
    assert.equal((await runBinary(['healthcheck', server.url])).code, 0);
    await server.stop();
  });
});

const hasPrivileges = (status) => /^NoNewPrivs:\s+0$/m.test(status);

test(
  'the server drops the right to gain privileges, the command of exec keeps it',
  { skip: ALONE || !hasPrivileges(readFileSync('/proc/self/status', 'utf8')) },
  async () => {
    const server = await startServer();
    assert.match(readFileSync(`/proc/${server.pid}/status`, 'utf8'), /^NoNewPrivs:\s+1$/m);
    await server.stop();
    const { code, stdout } = await runBinary([
      'exec',
      '--',
      'sh',
      '-c',
      'cat /proc/$$/status; grep NoNewPrivs /proc/$PPID/status',
    ]);
    assert.equal(code, 0);
    assert.deepEqual(
      stdout.match(/^NoNewPrivs:\s+[01]$/gm).map((line) => line.at(-1)),
      ['0', '1'],
      'the command, the server',
    );
  },
);

test('a start without arguments', async () => {
  const server = await startServer({ listen: null, firstCallbackDelay: null, env: { MILKYPAY_LISTEN: '127.0.0.1:0' } });
  assert.deepEqual(server.args, []);
  (await new Client(server).send('GET', '/_mock/health')).expect(200);
  await server.stop();
});

test('--tls-cert and --tls-key', async () => {
  const folder = tempDir();
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      key,
      '-out',
      cert,
      '-days',
      '2',
      '-subj',
      '/CN=mock',
      '-addext',
      'subjectAltName=IP:127.0.0.1',
    ],
    { stdio: 'pipe' },
  );
  const server = await startServer({ args: ['--tls-cert', cert, '--tls-key', key] });
  assert.match(server.url, /^https:\/\//);
  const body = await new Promise((done, fail) => {
    https.get(`${server.url}/_mock/health`, { ca: readFileSync(cert) }, (response) => {
      response.setEncoding('utf8');
      let text = '';
      response.on('data', (part) => { text += part; });
      response.on('end', () => done(text));
    }).on('error', fail);
  });
  assert.equal(JSON.parse(body).status, 'ok');
  const own = { MILKYPAY_LISTEN: `127.0.0.1:${server.port}`, MILKYPAY_TLS_CERT: cert };
  assert.equal((await runBinary(['healthcheck'], { env: own })).code, 0);
  assert.equal((await runBinary(['healthcheck'], { env: { ...own, MILKYPAY_TLS_CERT: '' } })).code, 1);
  await server.stop();
  const { code, stderr } = await runBinary(['--listen', '127.0.0.1:0', '--tls-cert', key, '--tls-key', key]);
  assert.equal(code, 2);
  assert.match(stderr, /key\.pem: the certificate or its key is not valid PEM, or they do not match/);
});
