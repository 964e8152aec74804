// Callback URLs: which ones are rejected, and what the request contains.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client, invoice } from '../lib/client.js';
import { startRawReceiver } from '../lib/receiver.js';
import { runBinary, startServer } from '../lib/server.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);
const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };

/** One of each kind; tests/unit/test_url.c has more. */
const BAD = [
  'http://127.0.0.1:99999/',
  'http://127.0.0.1:0/',
  'http://127.0.0.1:80:80/',
  'http://:80:80',
  'http://[::1',
  'http://[::1]x/',
  'http:///x',
  'http://a b/',
  'http://a\\b/',
  'http://a%00b/',
  'http://a@b@c/',
  'http://256.256.256.256/',
  'http://a..b/',
];

async function scene(client = demo) {
  const api = await client.newAccount();
  await api.freeze();
  return api;
}

/** Creates an invoice with this callback URL, waits until its attempt has ended, and returns its callback. */
async function sent(api, url) {
  const { id } = await api.made({ callback_url: url }, hold);
  await api.advance(0);
  return (await api.callbacks({ invoice: id }))[0];
}

const startOk = (options) =>
  startRawReceiver((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'), options);

describe('an invalid callback URL is rejected where it is set', () => {
  for (const url of BAD) {
    test(JSON.stringify(url), async () => {
      for (const field of ['callback_url', 'return_url']) {
        assert.deepEqual((await demo.create(invoice({ [field]: url }))).expect(422).json.errors, {
          [field]: 'This value is not a valid URL.',
        });
      }
      for (const field of ['callback_url', 'return_url']) {
        const { error } = (await demo.control('POST', '/accounts', { [field]: url })).expect(422).json;
        assert.match(error.message, new RegExp(field));
      }
      assert.deepEqual((await demo.createPublic(invoice({ return_url: url }))).expect(422).json.errors, {
        return_url: 'This value is not a valid URL.',
      });
    });
  }

  test('as an option', async () => {
    for (const url of BAD) {
      for (const args of [
        ['--callback-url', url],
        ['--callback-rewrite', `https://shop.example/=${url}`],
        ['--callback-rewrite', `${url}=http://127.0.0.1/`],
      ]) {
        const { code, stderr } = await runBinary([...args, '--check']);
        assert.equal(code, 2, args.join(' '));
        assert.ok(stderr.includes(args[0]), stderr);
      }
    }
  });
});

describe('the request uses the URL as given', () => {
  test('scheme and host may be in capitals', async () => {
    const [api, receiver] = [await scene(), await startOk()];
    const url = receiver.url.replace('http://127.0.0.1', 'HTTP://LOCALHOST');
    const { state, attempts } = await sent(api, `${url}/Path`);
    assert.equal(state, 'done');
    assert.equal(attempts[0].request.headers.Host, /^Host: (.*)$/m.exec(receiver.requests[0].head)[1].trim());
    await receiver.stop();
  });

  test('dots and escapes of the path are kept', async () => {
    const [api, receiver] = [await scene(), await startOk()];
    for (const path of ['/a/../b', '/./a/..', '/%2e%2e/%00', '/a//b?x=/../y', '/']) {
      await sent(api, receiver.url + path);
      assert.equal(receiver.requests.at(-1).path, path);
    }
    await receiver.stop();
  });

  test('the recorded headers are those sent, in order', async () => {
    const [api, receiver] = [await scene(), await startOk()];
    const host = receiver.url.slice('http://'.length);
    for (const [url, shown] of [
      [`http://${host}/`, host],
      [`http://localhost:${host.split(':')[1]}/`, `localhost:${host.split(':')[1]}`],
      [`http://0x7f000001:${host.split(':')[1]}/`, host],
      [`http://shop:word@${host}/`, host],
    ]) {
      const {
        attempts: [{ request }],
      } = await sent(api, url);
      const lines = receiver.requests
        .at(-1)
        .head.split('\r\n')
        .slice(1)
        .map((line) => line.split(/: (.*)/).slice(0, 2));
      const wire = Object.fromEntries(lines);
      assert.deepEqual(Object.keys(request.headers), Object.keys(wire));
      assert.equal(request.headers.Host, shown);
      if (wire.Authorization) {
        assert.equal(wire.Authorization, `Basic ${Buffer.from('shop:word').toString('base64')}`);
        wire.Authorization = '***';
      }
      assert.deepEqual(request.headers, wire);
    }
    await receiver.stop();
  });

  test('an IPv6 host keeps its brackets', async (t) => {
    const receiver = await startOk({ host: '::1' }).catch(() => undefined);
    if (!receiver) {
      t.skip('no IPv6 here');
      return;
    }
    const api = await scene();
    const { port } = receiver.server.address();
    const { state, attempts } = await sent(api, `http://[::1]:${port}/`);
    assert.deepEqual([state, attempts[0].request.headers.Host], ['done', `[::1]:${port}`]);
    await receiver.stop();
  });

  test('without a connection no request headers are recorded', async () => {
    const api = await scene();
    const { attempts: [{ code, request }] } = await sent(api, 'http://127.0.0.1:1/');
    assert.equal(code, null);
    assert.deepEqual(request.headers, {});
  });
});

describe('the error names the kind of a blocked address', () => {
  for (const [host, words] of [
    ['[fe80::1]', 'fe80::1 is a link-local address'],
    ['169.254.169.254', '169.254.169.254 is a link-local address'],
    ['0.0.0.0', '0.0.0.0 is an unspecified address'],
    ['[::ffff:192.0.2.1]', '::ffff:192.0.2.1 is a public address'],
    ['224.0.0.1', '224.0.0.1 is a multicast address'],
    ['8.8.8.8', '8.8.8.8 is a public address'],
  ]) {
    test(host, async () => {
      const { state, attempts } = await sent(await scene(), `http://${host}/`);
      assert.deepEqual(
        [state, attempts.length, attempts[0].error],
        ['failed', 1, `${words}; --callback-allow any allows it`],
      );
    });
  }
});

test('--callback-rewrite ignores the case of scheme and host, and sends to the resulting URL', async () => {
  const receiver = await startOk();
  const other = await startServer({ args: ['--callback-rewrite', `https://Shop.example=${receiver.url}`] });
  const api = await scene(new Client(other));
  assert.equal((await sent(api, 'HTTPS://shop.EXAMPLE/x')).state, 'done');
  assert.equal(receiver.requests[0].path, '/x');
  // the rest of the URL, here its port, is appended to the target: the result is invalid, so there is no retry
  const odd = await sent(api, 'https://shop.example:8443/x');
  assert.deepEqual(
    [odd.state, odd.attempts.length, odd.attempts[0].error],
    ['failed', 1, `${receiver.url}:8443/x is not a valid URL`],
  );
  await other.stop();
  await receiver.stop();
});
