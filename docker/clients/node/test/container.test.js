// Tests of the container. Some need no container engine; the others run if there is one. MILKYPAY_IMAGE names the
// image. Without an engine, the program named by MILKYPAY_BIN replaces a started container.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { describe, test } from 'node:test';
import { getContainerRuntimeClient } from 'testcontainers';
import { MilkyPayContainer, StartedMilkyPayContainer } from '../index.js';

describe('the command of the container', () => {
  test('has all options, as words', () => {
    const container = new MilkyPayContainer('image').withSeed(7).withSettleAfter('0').withCallbackUrl('http://a/b')
      .withCallbackRewrite('https://shop.example', 'http://b').withPublicUrl('http://c').withControlToken('t o')
      .withAllowedHost('d').withOptions('--log-level', 'debug').withFixtures('fixtures');
    assert.ok(container instanceof MilkyPayContainer);
    assert.deepEqual(container.command('localhost'), [
      '--seed',
      '7',
      '--settle-after',
      '0',
      '--callback-url',
      'http://a/b',
      '--callback-rewrite',
      'https://shop.example=http://b',
      '--public-url',
      'http://c',
      '--control-token',
      't o',
      '--allow-host',
      'd',
      '--log-level',
      'debug',
      '--fixtures',
      '/fixtures',
    ]);
  });

  test('allows each name under which it is seen', () => {
    const container = new MilkyPayContainer().withCommand(['--durable']).withNetworkAliases('mock', 'pay');
    assert.deepEqual(container.command('docker'), [
      '--durable',
      '--allow-host',
      'docker',
      '--allow-host',
      'mock',
      '--allow-host',
      'pay',
    ]);
    assert.deepEqual(container.command('mock'), ['--durable', '--allow-host', 'mock', '--allow-host', 'pay']);
  });

  test('names a server of the test as the container sees it', () => {
    assert.equal(MilkyPayContainer.hostUrl(3000, '/callback'), 'http://host.testcontainers.internal:3000/callback');
  });
});

const bin = process.env.MILKYPAY_BIN;
test(
  'a started container tells its URLs and its accounts',
  { skip: !bin && 'MILKYPAY_BIN names no program' },
  async () => {
    const program = spawn(bin, ['--listen', '127.0.0.1:0', '--control-token', 'secret'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      const [line] = await once(program.stdout.setEncoding('utf8'), 'data');
      const port = Number(/:(\d+)\n$/.exec(line)[1]);
      const started = new StartedMilkyPayContainer(
        { getHost: () => '127.0.0.1', getMappedPort: (inner) => inner === 8080 && port },
        'secret',
      );
      assert.equal(started.getUrl(), `http://127.0.0.1:${port}`);
      assert.equal(started.getPublicApiUrl(), `http://127.0.0.1:${port}/public-api`);
      assert.equal(started.getNetworkUrl('mock'), 'http://mock:8080');
      assert.match((await started.account()).secretKey, /^sk_test_/);
      assert.equal((await started.createAccount({ settle_after_ms: 5 })).settings.settle_after_ms, 5);
    } finally {
      program.kill();
    }
  },
);

const engine = await getContainerRuntimeClient().then(() => true, () => false);
test(
  'a container starts, settles an invoice and calls the test back',
  { skip: !engine && 'there is no container engine' },
  async () => {
    const received = [];
    const shop = createServer(async (request, response) => {
      received.push(JSON.parse(Buffer.concat(await request.toArray())).data.attributes.status);
      response.end();
    }).listen(0);
    await once(shop, 'listening');
    const { port } = shop.address();
    const container = await new MilkyPayContainer(process.env.MILKYPAY_IMAGE).withHostAccess(port).start();
    try {
      const account = await container.createAccount({
        callback_url: MilkyPayContainer.hostUrl(port, '/callback'),
        settle_after_ms: 0,
      });
      const reply = await fetch(`${container.getUrl()}/payment-invoices`, {
        method: 'POST',
        headers: { Authorization: account.authorization },
        body: JSON.stringify({ service: 'payment_card_usd_hpp', currency: 'USD', amount: 10, test_mode: true }),
      });
      const { data } = await reply.json();
      await account.waitForCallback(data.id, { transition: 'processed' });
      assert.deepEqual(received, ['process_pending', 'processed']);
    } finally {
      await container.stop();
      shop.close();
    }
  },
);
