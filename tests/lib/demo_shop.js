// Starts the demo shop for an account of a mock, and buys in it without a browser.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { within } from './limits.js';

export const SHOP = fileURLToPath(new URL('../../docker/demo-shop/shop.js', import.meta.url));

const running = new Set();
process.on('exit', () => { for (const child of running) child.kill('SIGKILL'); });

/** The environment of a shop for an account. */
export function shopEnvironment(account, extra = {}) {
  const { NODE_TEST_CONTEXT, ...env } = process.env;
  return {
    ...env,
    LISTEN: '127.0.0.1:0',
    MILKYPAY_ACCOUNT_ID: account.id,
    MILKYPAY_API_KEY: account.api_key,
    MILKYPAY_PUBLIC_KEY: account.public_key,
    MILKYPAY_SECRET_KEY: account.secret_key,
    ...extra,
  };
}

/** Runs a command whose first line contains the shop's URL. Returns {url, child, ended, log}. */
export async function launchShop(command, env) {
  const child = spawn(command[0], command.slice(1), { env, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  for (const handle of [child, child.stdout, child.stderr]) handle.unref();
  const shop = { child, log: '', out: '' };
  shop.ended = new Promise((done) => {
    child.on('close', (code, signal) => {
      running.delete(child);
      done({ code, signal });
    });
  });
  child.stderr.setEncoding('utf8').on('data', (text) => { shop.log += text; });
  const told = new Promise((done, fail) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      shop.out += text;
      const found = /^the shop is at (\S+),/m.exec(shop.out);
      if (found) done(found[1]);
    });
    shop.ended.then((exit) => fail(new Error(`the shop ended: ${JSON.stringify(exit)}\n${shop.log}`)));
  });
  shop.url = await within(told, () => `the shop to listen\n${shop.log}`);
  return shop;
}

export class DemoShop {
  constructor(shop) {
    Object.assign(this, shop);
  }

  async get(path) {
    const response = await fetch(this.url + path);
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  async post(path, form = {}, headers = {}) {
    const response = await fetch(this.url + path, {
      method: 'POST',
      body: form instanceof Uint8Array ? form : new URLSearchParams(form),
      headers,
      redirect: 'manual',
    });
    return { status: response.status, location: response.headers.get('location'), text: await response.text() };
  }

  /** Places an order and returns {id, page, invoice} once the shop redirects to the payment page. */
  async buy({ product = 'mug', quantity = 1, service = 'payment_card_usd_hpp' } = {}) {
    const { status, location, text } = await this.post('/orders', { product, quantity, service });
    assert.equal(status, 303, text);
    return { id: await this.newest(), page: location, invoice: /cpi=(cpi_\w+)$/.exec(location)?.[1] };
  }

  /** The id of the newest order. */
  async newest() {
    const { text } = await this.get('/orders');
    return /<a href="\/orders\/([\w-]+)"/.exec(text)?.[1];
  }

  /** The status page of an order: {status, resolution, text}. */
  async told(id) {
    const { status, text } = await this.get(`/return/${id}`);
    assert.equal(status, 200, text);
    const [, state, resolution] = /data-testid="state" data-status="(\w*)" data-resolution="(\w*)"/.exec(text);
    return { status: state, resolution, text };
  }

  /**
   * The shop's own record of an order, without a call of the platform: [status, the sources of its changes].
   */
  async holds(id) {
    const { text } = await this.get(`/orders/${id}`);
    return [/data-status="(\w+)"/.exec(text)[1], [...text.matchAll(/>by (\w+)</g)].map(([, by]) => by)];
  }

  /** The shop's own record as JSON: {status, amount, refunded, shipments}. */
  async record(id) {
    const { id: same, resolution, ...record } = JSON.parse((await this.get(`/orders/${id}/state`)).text);
    return record;
  }

  /** The received callbacks, oldest first: "STATUS judgement code". */
  async callbacks() {
    const { text } = await this.get('/callbacks');
    const row = new RegExp([
      /<span>([\w ]+) (?:<a[^]*?<\/a>)?<\/span>/, /<span class="badge \w+">(\w+)<\/span>/,
      /<span class="quiet" data-judgement="([^"]*)">[^<]*answered (\d+)</,
    ].map(({ source }) => source).join('\\s*'), 'g');
    return [...text.matchAll(row)]
      .map(([, status, genuine, judgement, code]) => `${status}: ${genuine}, ${judgement}, ${code}`)
      .reverse();
  }

  async stop(signal = 'SIGTERM') {
    this.child.kill(signal);
    return within(this.ended, () => `the shop to leave after ${signal}\n${this.log}`);
  }
}

export async function startDemoShop(server, account, extra = {}) {
  return new DemoShop(
    await launchShop([process.execPath, SHOP], shopEnvironment(account, { MILKYPAY_URL: server.url, ...extra })),
  );
}
