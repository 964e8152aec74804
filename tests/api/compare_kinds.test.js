// Two mocks do not differ, whatever their accounts have: `milkypay-mock compare` finds nothing in any profile.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client } from '../lib/client.js';
import { compareAccount } from '../lib/compare.js';
import {
  everyCard, everyDelivery, everyOffer, everyPayment, everyPayout, everyStatus, SETTINGS, STATES,
} from '../lib/compare_kinds.js';
import { startServer } from '../lib/server.js';

const server = await startServer({ args: ['--settle-after', '0'] });
after(() => server.stop());
const demo = new Client(server);
const url = `${server.url}/_mock/sink/compared`;

const KINDS = {
  'payments of all services': (api) => everyPayment(api, url, 3),
  'payments of all services, in other combinations': (api) => everyPayment(api, url, 4),
  'payouts of all services': (api) => everyPayout(api, url, 3),
  'payouts of all services, in other combinations': (api) => everyPayout(api, url, 4),
  'callbacks that were refused, that nobody received, and that wait': everyDelivery,
  'cards, and orders without a service': everyCard,
  'all statuses of a payment without a card': (api) => everyStatus(api, url, 'pix_brl_hpp', 'BRL'),
  'offers of all currencies': everyOffer,
};
const CREATED = {
  'at once': {},
  'with a callback URL of the account': { callback_url: url },
  'after two seconds': { settle_after_ms: 2000, callback_url: url },
  'that fail': { outcome: 'process_failed:declined@0' },
};

for (const profile of ['2020', '2024', '2025']) {
  describe(`profile ${profile}`, () => {
    const equal = async (api, args = []) => {
      const { code, result, stderr } = await compareAccount(server, api.account, ['--profile', profile, ...args]);
      assert.deepEqual(result?.differences, [], stderr);
      assert.equal(code, 0, JSON.stringify(result));
    };

    for (const [name, fill] of Object.entries(KINDS)) {
      test(name, { timeout: 300_000 }, async () => {
        const api = await demo.newAccount({ profile });
        await fill(api);
        await equal(api);
      });
    }

    test('accounts in every state, with every setting that is shown', async () => {
      for (const settings of [...SETTINGS, ...STATES.map((status) => ({ status }))])
        await equal(await demo.newAccount({ profile, ...settings }));
    });

    for (const [name, settings] of Object.entries(CREATED)) {
      test(`orders of compare itself, ${name}`, async () => {
        const api = await demo.newAccount({ profile, ...settings });
        await equal(api, ['--create', '--yes']);
        await equal(api, ['--create', '--yes', '--service', 'pix_brl_hpp', '--currency', 'BRL']);
      });
    }
  });
}
