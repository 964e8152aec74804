import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client, DEMO, invoice } from '../lib/client.js';
import { CVVS, holdsCvvs } from '../lib/cvv.js';
import { ALONE, BIN, runBinary, startServer, tempDir } from '../lib/server.js';
import { startSink } from '../lib/sink.js';

const OPTIONS_PY = fileURLToPath(new URL('../../server/options.py', import.meta.url));
const FIXTURES = fileURLToPath(new URL('../../fixtures', import.meta.url));
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

/** Asserts that the program fails with status 2 and one line on stderr that contains these words. */
async function refuses(args, words, options) {
  const { code, stdout, stderr } = await runBinary(args, options);
  assert.equal(code, 2, `${args.join(' ')}: status ${code}, ${stderr}`);
  assert.equal(stdout, '');
  const lines = stderr.trim().split('\n');
  assert.equal(lines.length, 1, `one line: ${stderr}`);
  for (const word of words) assert.ok(lines[0].includes(word), `"${word}" in: ${lines[0]}`);
  return lines[0];
}

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

describe('the log', () => {
  const traffic = async (server) => {
    const demo = new Client(server);
    const sink = await startSink({ account: DEMO });
    const { id } = await demo.made({ callback_url: `${sink.url}/logged`, test_mode: true });
    await demo.createPublic(invoice());
    await demo.createForm({ ...invoice() });
    await demo.getPublic(`${id}?public_key=${DEMO.public_key}`);
    await demo.send('GET', '/payment-invoices', { auth: 'Basic bm9uc2Vuc2U6bm9uc2Vuc2U=' });
    for (const cvv of CVVS) {
      const card = { card_number: '5519283812030000', expiry: '1230', cvv };
      (await demo.pay((await demo.made({}, { headers: { 'X-Mock-Outcome': 'process_pending' } })).id, card)).expect(
        200,
      );
    }
    const api = await demo.newAccount();
    await demo.idle();
    await sink.stop();
    await server.stop();
    return api.account;
  };
  const secrets = (account) => [
    DEMO.api_key,
    DEMO.secret_key,
    DEMO.secret_live_key,
    account.api_key,
    account.secret_key,
    Buffer.from(`${DEMO.id}:${DEMO.api_key}`).toString('base64'),
    'bm9uc2Vuc2U6bm9uc2Vuc2U=',
    '5519283812030000',
  ];

  test('json: each line is an object, one per request and attempt', async () => {
    const server = await startServer({ args: ['--log-format', 'json', '--log-level', 'debug'] });
    const account = await traffic(server);
    const lines = server.stderr.trim().split('\n').map((line) => JSON.parse(line));
    assert.ok(lines.length > 8);
    const text = server.stderr;
    assert.match(text, /\/payment-invoices/);
    assert.match(text, /\/logged/);
    for (const secret of secrets(account)) assert.ok(!text.includes(secret), `the log holds ${secret}`);
    assert.ok(!holdsCvvs(text));
  });

  test('text: contains no secrets', async () => {
    const server = await startServer({ args: ['--log-format', 'text', '--log-level', 'debug'] });
    const account = await traffic(server);
    assert.ok(server.stderr.split('\n').length > 8);
    for (const secret of secrets(account)) assert.ok(!server.stderr.includes(secret), `the log holds ${secret}`);
    assert.ok(!holdsCvvs(server.stderr));
  });

  test('a request cannot forge a line', async () => {
    for (const format of ['text', 'json']) {
      const server = await startServer({ args: ['--log-format', format] });
      const demo = new Client(server);
      await demo.send('GET', '/payment-invoices/x%0Aforged%20line%1b[31m', { auth: demo.auth });
      await demo.send('GET', '/x%0d%0aforged', { check: false, headers: { 'User-Agent': 'a\tforged' } });
      await server.stop();
      assert.ok(!server.stderr.split('\n').some((line) => line.startsWith('forged')));
      assert.ok(!server.stderr.includes('\u001b'));
    }
  });

  test('characters outside ASCII are escaped as characters, not bytes', async () => {
    for (const format of ['json', 'text']) {
      const server = await startServer({ args: ['--log-format', format] });
      await new Client(server).send('GET', '/caf%C3%A9-%F0%9F%98%80', { check: false });
      await server.stop();
      assert.ok(server.stderr.includes('"/caf\\u00e9-\\ud83d\\ude00"'), server.stderr);
      const found = server.stderr
        .split('\n')
        .filter((line) => format === 'json' && line.includes('caf') && !line.includes('reason'))
        .map((line) => JSON.parse(line).path);
      assert.deepEqual(found, format === 'json' ? ['/caf\u00e9-\u{1f600}'] : []);
    }
  });

  test('SIGHUP stops the server unless it is ignored', async () => {
    const server = await startServer();
    await server.stop({ signal: 'SIGHUP' });
    const kept = await startServer({ wrap: ['sh', '-c', 'trap "" HUP; exec "$@"', 'sh'] });
    process.kill(kept.pid, 'SIGHUP');
    await new Client(kept).made();
    await kept.stop();
  });

  test('error: nothing is logged without errors', async () => {
    const server = await startServer({ args: ['--log-level', 'error'] });
    await new Client(server).made();
    await server.stop();
    assert.equal(server.stderr, '');
  });
});

describe('fixtures', () => {
  const copy = () => {
    const folder = tempDir();
    cpSync(FIXTURES, folder, { recursive: true });
    return folder;
  };
  const change = (folder, name, how) => {
    const file = join(folder, name);
    const value = JSON.parse(readFileSync(file, 'utf8'));
    how(value);
    writeFileSync(file, JSON.stringify(value));
    return folder;
  };

  test('--check: the embedded fixtures and those of the project are valid', async () => {
    for (const args of [['--check'], ['--check', '--fixtures', FIXTURES], ['--check', '--fixtures', copy()]]) {
      const { code, stderr } = await runBinary(args);
      assert.equal(code, 0, stderr);
    }
  });

  test('--check leaves no database behind', async () => {
    const folder = tempDir();
    const db = join(folder, 'mock.db');
    assert.equal((await runBinary(['--check', '--db', db])).code, 0);
    assert.equal(existsSync(db), false);
  });

  test('--check tells what a start could not write, and makes nothing', async () => {
    const folder = tempDir();
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const check = (...args) => runBinary(['--check', ...args], { cwd: folder });
    for (const args of [['--db', `${folder}/x.db`, '--report', `${folder}/a/b/c/`], ['--db', 'x.db', '--report', 'a/b'], ['--db', file],
      ['--ready-file', file], ['--ready-file', '/dev/stdout'], ['--ready-file', 'ready']]) {
      assert.deepEqual(await check(...args), { code: 0, signal: null, stdout: 'the fixtures are valid\n', stderr: '' }, args.join(' '));
    }
    assert.deepEqual(readdirSync(folder), ['file']);
    const wrong = [
      ['--db', folder, 'Is a directory'], ['--db', `${folder}/no/x.db`, 'No such file or directory'],
      ['--db', `${file}/x.db`, 'Not a directory'],
      ['--ready-file', folder, 'Is a directory'], ['--ready-file', `${folder}/no/x`, 'No such file or directory'],
      ['--report', file, 'Not a directory'], ['--report', `${file}/a/b`, 'Not a directory'],
    ];
    for (const [option, path, why] of wrong) {
      const { code, stdout, stderr } = await check(option, path);
      assert.deepEqual([code, stdout, stderr], [2, '', `milkypay-mock: ${option} ${path}: ${why}\n`]);
    }
    const { stderr } = await check('--db', folder, '--ready-file', folder, '--report', file, '--catalogue', '/no/such');
    assert.deepEqual(stderr.match(/--[-a-z]+/g), ['--catalogue', '--db', '--ready-file', '--report'], stderr);
  });

  const bad = [
    ['no JSON', (folder) => writeFileSync(join(folder, 'default.json'), '{"methods": [,]}'), ['default.json']],
    ['half a file', (folder) => writeFileSync(join(folder, 'scenarios.json'), '{"rules": ['), ['scenarios.json']],
    [
      'a byte order mark',
      (folder) => writeFileSync(join(folder, 'scenarios.json'), '\ufeff{}'),
      ['scenarios.json', 'starts with a byte order mark: save it without the mark'],
    ],
    ['a list', (folder) => writeFileSync(join(folder, 'test-cards.json'), '[]'), ['test-cards.json']],
    [
      'an unknown key at the top',
      (folder) =>
        change(folder, 'default.json', (d) => {
          d.surprise = 1;
        }),
      ['default.json', 'surprise'],
    ],
    [
      'an unknown key of a service',
      (folder) =>
        change(folder, 'default.json', (d) => {
          d.services[1].surprise = 1;
        }),
      ['default.json', 'services', '1', 'surprise'],
    ],
    [
      'a service without a code',
      (folder) =>
        change(folder, 'default.json', (d) => {
          delete d.services[2].code;
        }),
      ['default.json', 'services', '2', 'code'],
    ],
    [
      'two services of one code',
      (folder) =>
        change(folder, 'default.json', (d) => {
          d.services[3].code = d.services[1].code;
        }),
      ['default.json', 'services', '3'],
    ],
    [
      'an amount as text',
      (folder) =>
        change(folder, 'default.json', (d) => {
          d.services[1].amount_min = 'little';
        }),
      ['default.json', 'services', '1', 'amount_min'],
    ],
    [
      'a service of an unknown method',
      (folder) =>
        change(folder, 'default.json', (d) => {
          d.services[1].method = 'nonsense';
        }),
      ['default.json', 'services', '1', 'method'],
    ],
    [
      'a flag as text',
      (folder) =>
        change(folder, 'default.json', (d) => {
          d.services[1].available = 'yes';
        }),
      ['default.json', 'services', '1', 'available'],
    ],
    [
      'a pattern that is none',
      (folder) =>
        change(folder, 'default.json', (d) => {
          d.fields[0].regexp = '([';
        }),
      ['default.json', 'regexp'],
    ],
    [
      'a key of another type',
      (folder) =>
        change(folder, 'default.json', (d) => {
          d.accounts[0].api_key = 5;
        }),
      ['default.json', 'accounts', '0', 'api_key'],
    ],
    [
      'an account id that is none',
      (folder) =>
        change(folder, 'default.json', (d) => {
          d.accounts[0].id = 'demo';
        }),
      ['default.json', 'accounts', '0', 'id'],
    ],
    [
      'an unknown setting',
      (folder) =>
        change(folder, 'default.json', (d) => {
          d.accounts[0].settle_after = 5;
        }),
      ['default.json', 'accounts', '0', 'settle_after'],
    ],
    [
      'a setting of another type',
      (folder) =>
        change(folder, 'default.json', (d) => {
          d.accounts[0].settle_after_ms = 'soon';
        }),
      ['default.json', 'accounts', '0', 'settle_after_ms'],
    ],
    [
      'a callback URL that cannot be called',
      (folder) =>
        change(folder, 'default.json', (d) => {
          d.accounts[0].callback_url = 'http://127.0.0.1:99999/';
        }),
      ['default.json', 'accounts', '0', 'callback_url'],
    ],
    [
      'an unknown outcome of an account',
      (folder) =>
        change(folder, 'default.json', (d) => {
          d.accounts[0].outcome = 'nonsense';
        }),
      ['default.json', 'accounts', '0', 'outcome', 'nonsense'],
    ],
    [
      'an unknown outcome of a rule',
      (folder) =>
        change(folder, 'scenarios.json', (d) => {
          d.rules[4].outcome = 'process_failed:nonsense';
        }),
      ['scenarios.json', 'rules', '4', 'outcome', 'nonsense'],
    ],
    [
      'an unknown field to match',
      (folder) =>
        change(folder, 'scenarios.json', (d) => {
          d.rules[0].match = { colour: 'red' };
        }),
      ['scenarios.json', 'rules', '0', 'colour'],
    ],
    [
      'an unknown outcome of a card',
      (folder) =>
        change(folder, 'test-cards.json', (d) => {
          d.cards[0].outcomes = { '*': 'nonsense' };
        }),
      ['test-cards.json', 'cards', '0', 'nonsense'],
    ],
    [
      'a card number that is none',
      (folder) =>
        change(folder, 'test-cards.json', (d) => {
          d.cards[1].number = 'x';
        }),
      ['test-cards.json', 'cards', '1', 'number'],
    ],
    [
      'an unknown table of a card',
      (folder) =>
        change(folder, 'test-cards.json', (d) => {
          d.cards[2].outcomes = 'no_such_table';
        }),
      ['test-cards.json', 'cards', '2', 'no_such_table'],
    ],
  ];
  for (const [what, spoil, words] of bad) {
    test(`rejected: ${what}`, async () => {
      const folder = copy();
      spoil(folder);
      await refuses(['--check', '--fixtures', folder], words);
      await refuses(['--listen', '127.0.0.1:0', '--fixtures', folder], words);
    });
  }

  test('every mistake of every file is told at once, by --check and by a start', async () => {
    const folder = tempDir();
    const rules = [{ match: { amount: 1 }, outcome: 'paid' }, { match: { amount: 2 }, outcom: 'processed' }];
    writeFileSync(join(folder, 'scenarios.json'), JSON.stringify({ rules }));
    writeFileSync(join(folder, 'rates.json'), '{"base": "EUR"');
    const profile = join(folder, 'shapes');
    writeFileSync(profile, '{"profile": "2020"}');
    for (const args of [['--check'], ['--listen', '127.0.0.1:0']]) {
      const { code, stdout, stderr } = await runBinary([...args, '--fixtures', folder, '--profile-file', profile]);
      assert.deepEqual([code, stdout], [2, '']);
      assert.deepEqual(stderr.replace(/(column \d+: ).*/, '$1…').trim().split('\n'), [
        `${folder}/scenarios.json: rules[0].outcome: unknown status "paid"; did you mean processed?`,
        `${folder}/scenarios.json: rules[1].outcome: This value should not be blank.`,
        `${folder}/scenarios.json: rules[1].outcom: This field was not expected. Did you mean outcome?`,
        `${folder}/rates.json: line 1 column 14: …`,
        `${profile}: must be {"profile": NAME, "documents": {..}}`,
      ].map((line) => `milkypay-mock: ${line}`));
    }
  });

  test('--check tells every mistake: of options, of variables and of files', async () => {
    const folder = tempDir();
    writeFileSync(join(folder, 'rates.json'), '[]');
    const options = ['--listen', '8081', '--settle-after', 'foo', '--lisen', '1', '--db', '--tls-cert', '/no/such'];
    const run = (args, env) => runBinary(args, { env: { MILKYPAY_SEED: 'x', MILKYPAY_JOURNAL: 'x', ...env } });
    const files = ['--fixtures', folder, '--catalogue', '/no/such'];
    const checks = [
      [['--check', ...options, ...files]], [[...options, ...files, '--check']],
      [[...options, ...files], { MILKYPAY_CHECK: '1' }], [['exec', ...options, ...files, '--check', '--', 'true']],
    ];
    for (const [args, env] of checks) {
      const { code, stdout, stderr } = await run(args, env);
      assert.deepEqual([code, stdout], [2, '']);
      assert.deepEqual(stderr.trim().split('\n').map((line) => line.split(': ')[1]), ['--listen', '--settle-after', '--lisen',
        '--db', '--tls-cert', 'MILKYPAY_SEED', 'MILKYPAY_JOURNAL', '--tls-cert', `${folder}/rates.json`, '--catalogue /no/such'], stderr);
    }
    const { code, stderr } = await run(options);
    assert.deepEqual([code, stderr], [2, 'milkypay-mock: --listen: "8081" must be HOST:PORT, e.g. 127.0.0.1:8081\n']);
  });

  test('a -- behind the command of exec is not repeated', async () => {
    const { code, stderr } = await runBinary(['exec', '--strict', 'node', '--', '--test']);
    const wanted = 'milkypay-mock: "node": put -- before the command: exec [options] -- node --test\n';
    assert.deepEqual([code, stderr], [2, wanted]);
  });

  test('a longer command of exec is not shown as if it were whole', async () => {
    const { stderr } = await runBinary(['exec', '--strict', 'python3', '-m', 'unittest', '-q']);
    assert.equal(stderr, 'milkypay-mock: "python3": put -- before the command: exec [options] -- python3 -m ...\n');
  });

  test('a value of --strict stands in the same word', async () => {
    const { code, stderr } = await runBinary(['exec', '--strict', 'all', '--', 'true']);
    assert.deepEqual([code, stderr], [2, 'milkypay-mock: "all": did you mean --strict=all?\n']);
  });

  test('commands of other programs', async () => {
    const serves = 'milkypay-mock [options]', wraps = 'exec [options] -- COMMAND';
    for (const [word, hint] of [['serve', serves], ['start', serves], ['run', `${serves}, or ${wraps}`], ['test', wraps],
      ['version', '--version'], ['help', '--help'], ['exce', 'exec'], ['check', '--check']]) {
      await refuses([word], [`milkypay-mock: "${word}": unexpected argument; did you mean ${hint}?`]);
    }
  });

  test('a folder or file that cannot be read is refused with its option', async () => {
    for (const option of ['--fixtures', '--catalogue', '--profile-file']) {
      const { code, stderr } = await runBinary(['--check', option, '/no/such/thing']);
      assert.deepEqual([code, stderr],
        [2, `milkypay-mock: ${option} /no/such/thing: No such file or directory\n`]);
    }
  });

  test('a folder without fixtures gives a warning: its own folder of them may be meant', async () => {
    const folder = tempDir();
    mkdirSync(join(folder, 'fixtures'));
    const { code, stdout, stderr } = await runBinary(['--check', '--fixtures', folder]);
    assert.deepEqual([code, stdout], [0, 'the fixtures are valid; 1 warning on stderr\n']);
    assert.match(stderr, new RegExp(`warn {2}no_fixtures dir=${folder} text="the folder has none of .*default.json.*: the built-in ones are used`));
  });

  test('a file with a misspelt name is refused; others that nothing reads give a warning', async () => {
    const folder = tempDir();
    writeFileSync(join(folder, 'scenario.json'), '{}');
    const wanted = [folder, 'scenario.json: nothing reads this file; did you mean scenarios.json?'];
    await refuses(['--check', '--fixtures', folder], wanted);
    await refuses(['--listen', '127.0.0.1:0', '--fixtures', folder], wanted);
    rmSync(join(folder, 'scenario.json'));
    copyFileSync(join(FIXTURES, 'rates.json'), join(folder, 'rates.json'));
    for (const name of ['cards.json', 'scenarios.yaml', 'README.md', '.hidden.json']) writeFileSync(join(folder, name), '');
    const { code, stdout, stderr } = await runBinary(['--check', '--fixtures', folder]);
    assert.deepEqual([code, stdout], [0, 'the fixtures are valid; 2 warnings on stderr\n']);
    assert.deepEqual(stderr.match(/unknown_fixture.*/g), [
      'unknown_fixture file=cards.json text="nothing reads it"',
      'unknown_fixture file=scenarios.yaml text="nothing reads it: the name must end in .json"',
    ]);
    for (let i = 0; i < 12; i++) writeFileSync(join(folder, `shop-${i}.json`), '');
    const many = (await runBinary(['--check', '--fixtures', folder])).stderr.match(/unknown_fixture.*/g);
    assert.deepEqual([many.length, many.at(-1)], [11, 'unknown_fixture more=4']);
  });

  test('rules for a service or a currency that there is not give a warning', async () => {
    const folder = tempDir();
    copyFileSync(join(FIXTURES, 'scenarios.json'), join(folder, 'scenarios.json'));
    const rule = (match) => ({ match, outcome: 'process_failed' });
    change(folder, 'scenarios.json', (d) => {
      d.rules = [
        rule({ service: 'payment_card_usd_hp' }),
        { ...rule({ currency: 'USX', amount: 1 }), name: 'test money' },
        rule({ service: { glob: 'pay_card_*' } }),
        rule({ service: { glob: 'payment_card_*' }, currency: 'usd' }),
        rule({ service: 'test_usd', currency: { glob: 'E?R' } }),
      ];
    });
    const seen = async () => {
      const { code, stderr } = await runBinary(['--check', '--fixtures', folder]);
      assert.equal(code, 0);
      return stderr.match(/unused_rule.*/g);
    };
    assert.deepEqual(await seen(), [
      'unused_rule rule=rules[0] text="there is no service payment_card_usd_hp; did you mean payment_card_usd_hpp?"',
      'unused_rule rule="test money" text="there is no currency USX; did you mean USD?"',
      'unused_rule rule=rules[2] text="there is no service pay_card_*"',
    ]);
    change(folder, 'scenarios.json', (d) => { d.rules = Array.from({ length: 14 }, () => rule({ currency: 'USX' })); });
    const many = await seen();
    assert.deepEqual([many.length, many.at(-1)], [11, 'unused_rule more=4']);
  });

  test('are replaced file by file', async () => {
    const folder = tempDir();
    copyFileSync(join(FIXTURES, 'scenarios.json'), join(folder, 'scenarios.json'));
    change(folder, 'scenarios.json', (d) => {
      d.resolutions = ['sun_in_the_eyes'];
      d.rules = [
        { name: 'own', match: { reference_id: { glob: 'sun-*' } }, outcome: 'process_failed:sun_in_the_eyes' },
      ];
    });
    const server = await startServer({ args: ['--fixtures', folder] });
    const demo = new Client(server);
    await demo.freeze();
    const own = await demo.made({ reference_id: 'sun-1' });
    const amount = await demo.made({ amount: 4000.01 });
    const header = await demo.made({}, { headers: { 'X-Mock-Outcome': 'process_failed:sun_in_the_eyes' } });
    await demo.advance(2);
    assert.equal((await demo.attributes(own.id)).resolution, 'sun_in_the_eyes');
    assert.equal((await demo.attributes(amount.id)).status, 'processed', 'the embedded rules are replaced');
    assert.equal((await demo.attributes(header.id)).resolution, 'sun_in_the_eyes');
    const { items } = (await demo.send('GET', '/_mock/resolutions')).expect(200).json;
    assert.deepEqual(items.at(-1), { resolution: 'sun_in_the_eyes', text: null });
    await server.stop();
  });

  test('rules match all their subjects, and the first match wins', async () => {
    const subjects = [
      ['amount', 77.7, { amount: 77.7 }, { amount: 77.71 }],
      ['currency', 'EUR', { service: 'payment_card_eur_hpp', currency: 'EUR' }, {}],
      ['service', { glob: 'googlepay_*' }, { service: 'googlepay_usd_hpp' }, {}],
      ['reference_id', { equals: 'exactly' }, { reference_id: 'exactly' }, { reference_id: 'exactly-not' }],
      ['description', { glob: '*wanted?' }, { description: 'this is wanted!' }, { description: 'this is wanted' }],
      ['customer_email', { glob: '*@bad.example' }, { customer: { reference_id: 'c', email: 'a@bad.example' } },
        { customer: { reference_id: 'd', email: 'a@good.example' } }],
    ];
    for (const [subject, condition, fits, misses] of subjects) {
      const folder = tempDir();
      writeFileSync(join(folder, 'scenarios.json'), JSON.stringify({ resolutions: [], rules: [
        { name: 'first', match: { [subject]: condition }, outcome: 'process_failed:declined' },
        { name: 'second', match: { [subject]: condition }, outcome: 'process_failed:card_expired' },
      ] }));
      const server = await startServer({ args: ['--fixtures', folder] });
      const demo = new Client(server);
      await demo.freeze();
      const one = await demo.made(fits);
      const two = await demo.made(misses);
      await demo.advance(2);
      assert.equal((await demo.attributes(one.id)).resolution, 'declined', subject);
      assert.equal((await demo.attributes(two.id)).status, 'processed', subject);
      await server.stop();
    }
  });

  test('another account', async () => {
    const folder = copy();
    for (const name of ['scenarios.json', 'test-cards.json']) rmSync(join(folder, name));
    change(folder, 'default.json', (d) => {
      d.accounts.push({
        ...d.accounts[0],
        id: 'coma_0123456789abcdef',
        api_key: 'second-key',
        public_key: 'pk_test_second',
        public_live_key: 'pk_live_second',
        secret_key: 'sk_test_second',
        secret_live_key: 'sk_live_second',
        name: 'Second',
      });
    });
    const server = await startServer({ args: ['--fixtures', folder] });
    const second = new Client(server, {
      id: 'coma_0123456789abcdef',
      api_key: 'second-key',
      public_key: 'pk_test_second',
    });
    assert.equal((await second.prerequest({ currency: 'USD' })).expect(200).data.account.name, 'Second');
    const sink = await startSink({ account: { secret_key: 'sk_test_second', secret_live_key: 'sk_live_second' } });
    await second.made({ callback_url: `${sink.url}/c`, test_mode: true });
    await sink.got(1);
    await sink.stop();
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
