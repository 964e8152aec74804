// A payer with Chromium, which finds elements by data-testid. A test fails on a request to another host, a console
// error or a violation of the Content-Security-Policy.

import assert from 'node:assert/strict';
import http from 'node:http';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { PATIENCE_MS } from '../lib/limits.js';

// Chromium without windows: with them the tests would take twice as long.
const CHROMIUM = '/usr/bin/chromium-headless-shell';
const SHOTS = fileURLToPath(new URL('shots/', import.meta.url));
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** The platform's published widget. */
export const WIDGET = readFileSync(
  createRequire(import.meta.url).resolve('@paycore/merchant-widget-js/dist/merchantWidget.umd.min.js'),
  'utf8',
);
const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'];

export const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } };

/** Each width, with JavaScript on and off. */
export const WAYS = Object.keys(SIZES).flatMap((size) => [true, false].map((js) =>
  ({ size, js, name: `${size}, JavaScript ${js ? 'on' : 'off'}` })));

/** For tests that depend on neither: each width and each JavaScript setting once. */
export const FEW_WAYS = WAYS.filter(({ size, js }) => js === (size === 'phone'));

export const CARDS = {
  good3ds: '5123817234060000',
  good: '5519283812030000',
  bad3ds: '4412397212080000',
  bad: '4302912837020000',
};

let browser;

async function theBrowser() {
  if (!existsSync(CHROMIUM)) throw new Error(`no ${CHROMIUM}: docker/install browser brings it`);
  browser ??= await chromium.launch({
    executablePath: CHROMIUM,
    // names under .test are this machine, but not a secure context as localhost is
    args: ['--host-resolver-rules=MAP *.test 127.0.0.1', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  return browser;
}

export async function closeBrowser() {
  await browser?.close();
  browser = undefined;
}

/** A merchant's shop, whose pages show their path. `html` maps paths to bodies. */
export async function startShop() {
  const html = new Map();
  const server = http.createServer((request, response) => {
    request.resume();
    const path = request.url.split('?')[0];
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
    response.end(`<!DOCTYPE html><html lang="en"><head><title>Shop</title><link rel="icon" href="data:,"></head><body>${
      html.get(path) ?? `<p data-testid="shop">${path}</p>`}</body></html>`);
  });
  await new Promise((done, fail) => {
    server.on('error', fail);
    server.listen(0, '127.0.0.1', done);
  });
  server.unref();
  server.on('connection', (socket) => socket.unref());
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    html,
    stop: () => new Promise((done) => {
      server.closeAllConnections();
      server.close(done);
    }),
  };
}

// Chromium reports pages with an error status; they are expected here.
const MEANT = /^Failed to load resource: the server responded with a status of 4\d\d/;
const CUT_OFF = /^Failed to load resource: net::ERR_CONNECTION_RESET/;
const DOWN = /net::ERR_(CONNECTION_(REFUSED|RESET)|INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE)/;

/**
 * Runs `road(payer)` in a new browser profile, then checks the browser's log. `hosts`: URLs of other allowed servers;
 * `refusals`: scripts, not only documents, may get 4xx; `resets`: the load of a script may be reset; `restarts`: the
 * server may be down for a while.
 */
export async function asPayer(
  { size = 'desktop', js = true, locale = 'en-US', theme = 'light', hosts = [], refusals = false, resets = false, restarts = false },
  server,
  road,
) {
  const context = await (
    await theBrowser()
  ).newContext({
    viewport: SIZES[size],
    isMobile: size === 'phone',
    hasTouch: size === 'phone',
    javaScriptEnabled: js,
    locale,
    colorScheme: theme,
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const allowed = [server.url, ...hosts].map((url) => new URL(url).origin);
  const seen = { foreign: [], console: [] };
  const documents = new Set();
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (['data:', 'blob:', 'about:'].includes(url.protocol)) return;
    if (!allowed.includes(url.origin)) seen.foreign.push(`${request.method()} ${request.url()}`);
    if (request.isNavigationRequest()) documents.add(request.url());
  });
  context.on('console', (message) => {
    if (!['error', 'warning'].includes(message.type())) return;
    if (MEANT.test(message.text()) && (refusals || documents.has(message.location().url))) return;
    if (CUT_OFF.test(message.text()) && resets) return;
    if (DOWN.test(message.text()) && restarts) return;
    seen.console.push(`${message.type()}: ${message.text()} (${message.location().url})`);
  });
  context.on('weberror', (error) => seen.console.push(`exception: ${error.error().stack}`));
  try {
    const payer = new Payer(context, await context.newPage(), server);
    await road(payer);
    assert.deepEqual(seen, { foreign: [], console: [] });
  } finally {
    await context.close();
  }
  server.check();
}

export class Payer {
  constructor(context, page, server) {
    this.context = context;
    this.page = page;
    this.server = server;
  }

  async newTab() { return new Payer(this.context, await this.context.newPage(), this.server); }

  at(testid) { return this.page.getByTestId(testid); }

  count(testid) { return this.at(testid).count(); }

  text(testid) { return this.at(testid).innerText(); }

  async open(url) {
    return this.page.goto(new URL(url, this.server.url).href);
  }

  /** Runs an action that leads to another page, and waits for it. */
  async go(action) {
    await Promise.all([this.page.waitForEvent('domcontentloaded'), action()]);
    await this.page.waitForLoadState('load');
  }

  click(testid) { return this.go(() => this.at(testid).click()); }

  async fill({ number, expiry = '12/30', cvv = '123', holder = 'CARD HOLDER' }) {
    await this.at('card-number').fill(number);
    await this.at('expiry').fill(expiry);
    await this.at('cvv').fill(cvv);
    if (holder !== undefined) await this.at('holder').fill(holder);
  }

  async pay(number, more = {}) {
    await this.fill({ number, ...more });
    await this.click('pay');
  }

  /** Answers the challenge with the shown code or another one. */
  async answer({ wrong = false } = {}) {
    const code = /\d{6}/.exec(await this.text('challenge-code'))?.[0];
    assert.ok(code, 'the challenge shows a code of six digits');
    const other = String((Number(code) + 1) % 1_000_000).padStart(6, '0');
    await this.at('challenge-input').fill(wrong ? other : code);
    await this.click('challenge-confirm');
  }

  /** Waits for this result. A page may show an earlier one, of a declined card, until it has moved on. */
  async sees(status, resolution) {
    const exactly = resolution ? `[data-resolution="${resolution}"]` : '';
    await this.page.locator(`[data-testid="result"][data-status="${status}"]${exactly}`).waitFor().catch(async (error) => {
      const shown = await this.at('result').evaluateAll((all) => all.map(({ dataset }) => `${dataset.status} ${dataset.resolution}`));
      throw new Error(`the page shows ${shown.join() || 'no result'} instead of ${status} ${resolution ?? ''}`, { cause: error });
    });
  }

  async seesShop(url) {
    await this.page.waitForURL(url);
    await this.at('shop').waitFor();
  }

  language() { return this.page.locator('html').getAttribute('lang'); }

  /** The visible texts of the page. */
  async texts() {
    return this.page.evaluate(() => {
      const found = [];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const { textContent, parentElement } = walker.currentNode;
        const text = textContent.replace(/\s+/g, ' ').trim();
        if (text && !parentElement.closest('script, style, template, [lang]:not(html)')
          && parentElement.checkVisibility()) found.push(text);
      }
      return found;
    });
  }

  async shot(name) {
    mkdirSync(SHOTS, { recursive: true });
    await this.page.screenshot({ path: `${SHOTS}${name}.png`, fullPage: true });
  }

  /** Asserts that axe-core finds nothing and the page fits the window's width. */
  async isAccessible(what) {
    const { width: window } = this.page.viewportSize(); // on a phone, innerWidth grows with a page that is too wide
    const { violations, width } = await this.page.evaluate(`(() => { ${AXE};
      return axe.run(document, { runOnly: ${JSON.stringify(AXE_TAGS)}, resultTypes: ['violations'] })
        .then(({ violations }) => ({ violations, width: document.scrollingElement.scrollWidth })); })()`);
    assert.deepEqual(violations.map(({ id, help, nodes }) => ({
      id, help, nodes: nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`) })), [], what);
    assert.ok(width <= window, `${what} is ${width} wide in a window of ${window}`);
  }
}
