// Who may call the control API: Host, Origin and the control token.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client, DEMO } from '../lib/client.js';
import { refused } from '../lib/refused.js';
import { startServer } from '../lib/server.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);

describe('access', () => {
  const get = (client, headers, path = '/_mock/clock') => client.send('GET', path, { headers });

  test('Host must be an address, localhost or known', async () => {
    const { port } = server;
    for (const host of [
      '127.0.0.1',
      `127.0.0.1:${port}`,
      'localhost',
      `localhost:${port}`,
      `LOCALHOST:${port}`,
      '[::1]',
      `[::1]:${port}`,
      '10.1.2.3:8080',
    ]) {
      (await get(demo, { Host: host })).expect(200);
    }
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      'xlocalhost',
      '127.0.0.1:80:80',
      '[::1].evil.example',
    ]) {
      refused(await get(demo, { Host: host }), 400, 403);
      refused(await demo.send('POST', '/_mock/reset', { headers: { Host: host } }), 400, 403);
    }
  });

  test('Origin must be the server itself or loopback', async () => {
    for (const origin of [
      'http://localhost:3000',
      'http://127.0.0.1:5173',
      'https://localhost',
      'http://[::1]:1',
      server.url,
    ]) {
      (await get(demo, { Origin: origin })).expect(200);
    }
    for (const origin of [
      'https://evil.example',
      'null',
      'http://localhost.evil.example',
      'http://evil.example:3000',
      'http://127.0.0.1@evil.example',
      'http://127.evil.example',
      'http://127.0.0.1.evil.example',
      'chrome-extension://localhost',
      'file://',
      'http://203.0.113.9',
      'https://203.0.113.9:8080',
      'http://10.1.2.3',
      'http://[2001:db8::1]',
    ]) {
      refused(await get(demo, { Origin: origin }), 403);
      refused(await demo.send('POST', '/_mock/accounts', { headers: { Origin: origin } }), 403);
      // a request that browsers send without a preflight
      refused(
        await demo.send('POST', '/_mock/reset', {
          body: '{}',
          headers: { Origin: origin, 'Content-Type': 'text/plain' },
        }),
        403,
      );
      refused(await get(demo, { Origin: origin }, '/_mock/events'), 403);
      refused(await get(demo, { Origin: origin }, '/_mock/health'), 403);
    }
  });

  test('a page with the origin of the request\'s host is allowed', async () => {
    for (const [host, origin, status] of [
      ['192.0.2.1:8080', 'http://192.0.2.1:8080', 200],
      ['192.0.2.1', 'https://192.0.2.1', 200],
      ['192.0.2.1', 'https://192.0.2.1:443', 200],
      ['192.0.2.1:8080', 'http://192.0.2.1', 403],
      ['192.0.2.1:8080', 'http://192.0.2.2:8080', 403],
      ['192.0.2.1', 'http://192.0.2.1:81', 403],
    ]) {
      (await get(demo, { Host: host, Origin: origin })).expect(status);
    }
  });

  test('--allow-host and --public-url allow more names', async () => {
    const other = await startServer({ args: ['--allow-host', 'mock.test', '--public-url', 'https://pay.test:8443/'] });
    try {
      const client = new Client(other);
      for (const host of ['mock.test', 'mock.test:80', 'pay.test', 'pay.test:8443', 'localhost'])
        (await get(client, { Host: host })).expect(200);
      for (const origin of ['https://pay.test:8443', 'http://mock.test'])
        (await get(client, { Origin: origin })).expect(200);
      refused(await get(client, { Host: 'other.test' }), 403);
      refused(await get(client, { Origin: 'https://other.test' }), 403);
      const made = await client.made();
      assert.equal(made.attributes.hpp_url, `https://pay.test:8443/redirect/hpp/?cpi=${made.id}`);
      assert.match(made.attributes.flow_data.action, /^https:\/\/pay\.test:8443\/hpp\/cgi_/);
    } finally {
      await other.stop();
    }
  });

  test('--control-token', async () => {
    const token = 'a-token-for-the-test';
    const other = await startServer({ args: ['--control-token', token] });
    try {
      const client = new Client(other);
      for (const headers of [
        {},
        { Authorization: 'Bearer wrong' },
        { 'X-Mock-Token': 'wrong' },
        { 'X-Mock-Token': '' },
        { 'X-Mock-Token': `${token}x` },
        { Authorization: `Basic ${token}` },
        { 'X-Mock-Token': token.slice(0, -1) },
      ]) {
        refused(await get(client, headers), 401);
        refused(await client.send('POST', '/_mock/accounts', { headers }), 401);
        refused(await get(client, headers, `/_mock/accounts/${DEMO.id}`), 401);
      }
      (await get(client, { Authorization: `Bearer ${token}` })).expect(200);
      (await get(client, { 'X-Mock-Token': token })).expect(200);
      (await client.send('GET', '/_mock/health')).expect(200);
      // the platform's API needs no token
      client.controlHeaders = { 'X-Mock-Token': token };
      const api = await client.newAccount();
      await api.made();
      (await api.prerequest({ currency: 'USD' })).expect(200);
      assert.ok(!other.stderr.includes(token), 'the token is not in the log');
    } finally {
      await other.stop();
    }
  });
});
