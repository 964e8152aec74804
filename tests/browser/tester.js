// Visits the dashboard as a tester does.

import { after } from 'node:test';
import { Client } from '../lib/client.js';
import { startServer } from '../lib/server.js';
import { asPayer, closeBrowser } from './payer.js';

/** For an order that stays in process_pending. */
export const HOLD = { headers: { 'X-Mock-Outcome': 'process_pending' } };

export class Tester {
  constructor(payer, api) {
    Object.assign(this, { payer, api, page: payer.page });
  }

  at(testid) {
    return this.payer.at(testid);
  }

  /** Opens a view; leaves it first if it is already open. */
  async open(hash = '') {
    await this.page.goto('about:blank');
    await this.payer.open(`/_mock/?account=${this.api.account.id}${hash && `#${hash}`}`);
    await this.page.getByRole('heading', { level: 1 }).waitFor();
    await this.page.locator('[data-state="live"]').waitFor();
    await this.page.locator('main:not([aria-busy])').waitFor();
  }

  /** Says yes to all questions from now on. */
  agree() {
    this.page.on('dialog', (dialog) => dialog.accept());
  }

  /** Waits for this number of elements. */
  async sees(testid, n) {
    await this.page.waitForFunction(
      ([id, count]) => document.querySelectorAll(`[data-testid="${id}"]`).length === count,
      [testid, n],
    ).catch(async (error) => {
      const shown = (await this.at(testid).allInnerTexts()).map((text) => text.slice(0, 100));
      const message = `${testid}: the page shows ${shown.length} instead of ${n}: ${shown.join(' / ')}`;
      throw new Error(message, { cause: error });
    });
  }

  async seesStatus(status) {
    await this.page.locator(`[data-testid="status"][data-status="${status}"]`).waitFor();
  }

  /** The value of a term in the details. */
  fact(term) {
    return this.page
      .locator('dl.facts > div', { has: this.page.locator('dt', { hasText: new RegExp(`^${term}$`) }) })
      .locator('dd')
      .innerText();
  }

  references() {
    return this.page.locator('[data-testid="invoice"] b').allInnerTexts();
  }

  copied() {
    return this.page.evaluate(() => navigator.clipboard.readText());
  }
}

/** Accounts of a server, and visits of its dashboard. */
export function dashboardOf(server) {
  const demo = new Client(server);
  return {
    demo,

    /** A new account whose callbacks go to its sink "shop". */
    async shop(settings = {}) {
      const api = await demo.newAccount({ name: 'Corner Shop', settle_after_ms: 600_000, ...settings });
      const callback_url = `${server.url}/_mock/sink/shop?account=${api.account.id}`;
      (await api.control('PATCH', `/accounts/${api.account.id}`, { callback_url })).expect(200);
      return api;
    },

    asTester: (api, road, options = {}) => asPayer(options, server, async (payer) => {
      await payer.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url });
      await road(new Tester(payer, api));
    }),
  };
}

/** The same with a server of a test file's own, which ends with its tests. */
export async function startDashboard(options) {
  const server = await startServer(options);
  after(async () => {
    await closeBrowser();
    await server.stop();
  });
  return { server, ...dashboardOf(server) };
}
