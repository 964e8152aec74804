// rehearse --init: the test is the buyer, who orders in a small shop and pays on the page.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Client } from '../lib/client.js';
import { within } from '../lib/limits.js';
import { ALONE, BIN, cleanEnv, runBinary, tempDir } from '../lib/server.js';

const CARD = { card_number: '5519283812030000', expiry: '1230', cvv: '123' };

/** A shop with one order, of which `order` says more; it answers callbacks with 200. */
const shopOf = (order) => `
  import http from 'node:http';
  const { MILKYPAY_URL: mock, MILKYPAY_ACCOUNT_ID: id, MILKYPAY_API_KEY: key, PORT } = process.env;
  const own = 'http://127.0.0.1:' + PORT;
  const order = async () => {
    const reply = await fetch(mock + '/payment-invoices', { method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: 'Basic ' + Buffer.from(id + ':' + key).toString('base64') },
      body: JSON.stringify({ data: { type: 'payment-invoice', attributes: { service: 'payment_card_usd_hpp', currency: 'USD', amount: 12.5,
        ...${JSON.stringify(order)} } } }).replaceAll('OWN', own) });
    return (await reply.json()).data.id;
  };
  http.createServer(async (request, response) => {
    request.resume();
    response.end(request.url === '/order' ? await order() : 'ok');
  }).listen(PORT, '127.0.0.1', () => console.log('the shop listens'));`;

/** Starts --init in a folder of its own; resolves when the buyer may begin. */
async function begin(order, { args = [] } = {}) {
  const cwd = tempDir();
  writeFileSync(join(cwd, 'shop.mjs'), shopOf(order));
  const child = spawn(BIN, ['rehearse', '--init', ...args, '--', process.execPath, 'shop.mjs'], { cwd, env: cleanEnv({}) });
  const run = { child, cwd, stdout: '', stderr: '' };
  let news;
  child.stdout.setEncoding('utf8').on('data', (text) => { run.stdout += text; news?.(); });
  child.stderr.setEncoding('utf8').on('data', (text) => { run.stderr += text; news?.(); });
  run.ended = new Promise((done) => { child.on('close', (code, signal) => done({ code, signal })); });
  const ready = new Promise((done) => {
    news = () => {
      if (/Ctrl-C/.test(run.stdout) && /the shop listens/.test(run.stderr)) done();
    };
  });
  await within(Promise.race([ready, run.ended]), () => `the shop to listen: ${run.stdout} ${run.stderr}`);
  const [, port, url] = /PORT=(\d+) .* at (http:\S+)\.\n/.exec(run.stdout) ?? assert.fail(run.stdout + run.stderr);
  return { ...run, run, shop: `http://127.0.0.1:${port}`, url };
}

const open = async (shop) => (await fetch(`${shop}/order`)).text();
const pay = (url, id) => new Client({ url, check() {} }).control('POST', `/payment-invoices/${id}/pay`, CARD);
const settingsIn = (cwd) => JSON.parse(readFileSync(join(cwd, 'rehearsal.json'), 'utf8'));
const finish = (started) => within(started.run.ended, () => `--init to end: ${started.run.stdout} ${started.run.stderr}`);

/** An ordinary purchase, up to the end of --init. */
async function purchase(order) {
  const started = await begin(order);
  const id = await open(started.shop);
  (await pay(started.url, id)).expect(200);
  assert.deepEqual(await finish(started), { code: 0, signal: null }, started.run.stderr);
  return { id, said: started.run.stdout, cwd: started.cwd, shop: started.shop, settings: settingsIn(started.cwd) };
}

describe('rehearse --init', { skip: ALONE }, () => {
  test('recognises a purchase and writes what is to be filled in', async () => {
    const reference = '5cf5727d-3131-46b3-a94c-61102475c60a';
    const { said, settings } = await purchase({
      reference_id: reference, amount: 142.89, callback_url: 'OWN/callback', return_url: `OWN/orders/${reference}`,
    });
    assert.deepEqual(settings, {
      shop: { url: 'http://127.0.0.1:{port}' },
      callback: '{shop}/callback',
      order: { method: 'POST', url: '{shop}/FILL_ME', form: { FILL_ME: '{amount}' } },
      state: { url: '{shop}/orders/{reference}', status: { pattern: 'FILL_ME([a-z_]+)' }, map: { FILL_ME: 'paid' } },
      currency: 'USD',
      amount: '142.89',
    });
    for (const line of ['creation   POST /payment-invoices, by the private API', 'service    payment_card_usd_hpp', 'currency   USD',
      `reference  a UUID, such as ${reference}`, 'callback   {shop}/callback, answered with 200', 'return     {shop}/orders/{reference}',
      'status     processed', 'order.url', 'order.form.FILL_ME', 'state.status.pattern', 'state.map.FILL_ME']) {
      assert.ok(said.includes(`\n  ${line}`), `${line}: ${said}`);
    }
    assert.match(said, /one of unpaid, pending, paid, part, failed, refunded, disputed, part_refunded\n/);
  });

  test('the return URL may be one of several', async () => {
    const urls = Object.fromEntries(['success', 'fail', 'pending'].map((which) => [which, `OWN/${which}/order-17`]));
    const { said } = await purchase({ reference_id: 'order-17', callback_url: 'OWN/callback', return_urls: urls });
    assert.match(said, /\n {2}return {5}\{shop\}\/success\/\{reference\}\n/);
  });

  test('the reference may be percent-encoded in a URL', async () => {
    const { said, settings } = await purchase({ reference_id: '2026/0007', callback_url: 'OWN/hooks/2026/0007', return_url: 'OWN/orders/2026%2f0007' });
    assert.equal(settings.callback, '{shop}/hooks/{reference}');
    assert.match(said, /\n {2}return {5}\{shop\}\/orders\/\{reference\}\n/);
  });

  test('a shop at several places, without a page to return to', async () => {
    const { said, settings } = await purchase({ reference_id: 'order-17', callback_url: 'OWN/hooks?for=order-17', return_url: 'http://other.test/thanks' });
    assert.equal(settings.callback, '{shop}/hooks?for={reference}');
    assert.equal(settings.state.url, '{shop}/FILL_ME/{order}');
    assert.match(said, /\n {2}reference {2}a prefix and a number, such as order-17\n/);
    assert.match(said, /\n {2}return {5}http:\/\/other\.test\/thanks\n/);
  });

  test('settings that are not filled in are refused with all places', async () => {
    const { cwd } = await purchase({ reference_id: '17', callback_url: 'OWN/callback' });
    const { code, stderr } = await runBinary(['rehearse', '--', 'true'], { cwd });
    assert.equal(code, 2);
    assert.deepEqual(stderr.trimEnd().split('\n'), ['order.url', 'order.form.FILL_ME', 'state.url', 'state.status.pattern', 'state.map.FILL_ME']
      .map((place) => `milkypay-mock: rehearse: rehearsal.json: ${place}: still has FILL_ME`));
  });

  test('a file that is there is kept', async () => {
    const cwd = tempDir();
    writeFileSync(join(cwd, 'rehearsal.json'), 'mine');
    const { code, stderr } = await runBinary(['rehearse', '--init', '--', 'true'], { cwd });
    assert.equal(code, 2);
    assert.equal(stderr, 'milkypay-mock: rehearse: rehearsal.json: there is such a file, and --init writes over none; --settings FILE names another\n');
    assert.equal(readFileSync(join(cwd, 'rehearsal.json'), 'utf8'), 'mine');
  });

  test('Ctrl-C writes what was seen so far', async () => {
    const started = await begin({ reference_id: '17', callback_url: 'OWN/callback' });
    const id = await open(started.shop);
    await within(new Promise((done) => {
      const look = () => started.run.stdout.includes(`${id} is process_pending\n`) && done();
      started.child.stdout.on('data', look);
      look();
    }), () => `the invoice to be seen: ${started.run.stdout}`);
    started.child.kill('SIGINT');
    assert.deepEqual(await finish(started), { code: 0, signal: null });
    assert.match(started.run.stdout, /\n {2}reference {2}a number, such as 17\n/);
    assert.equal(settingsIn(started.cwd).callback, '{shop}/callback');
  });

  test('without a purchase nothing is written', async () => {
    const started = await begin({});
    started.child.kill('SIGINT');
    assert.deepEqual(await finish(started), { code: 2, signal: null });
    assert.match(started.run.stderr, /milkypay-mock: rehearse: no purchase was seen: nothing was written\n$/);
    assert.equal(existsSync(join(started.cwd, 'rehearsal.json')), false);
  });

  test('a shop that ends is told', async () => {
    const cwd = tempDir();
    const { code, stdout, stderr } = await runBinary(['rehearse', '--init', '--', 'sh', '-c', 'echo no config; exit 7'], { cwd });
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /no config\n/);
    assert.match(stderr, /milkypay-mock: rehearse: the shop ended with exit status 7\n/);
  });
});
