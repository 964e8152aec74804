// `payload`, the means of payment, shows a card only where a card was charged.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Client } from '../lib/client.js';
import { startServer } from '../lib/server.js';
import { startSink } from '../lib/sink.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);

const BANK = { service: 'bank_transfer_usd_hpp', service_fields: { account_number: 'UA213223130000026007233566001' } };

for (const [profile, shown] of [
  ['2020', { token: null, client_ip: '' }],
  ['2024', { token: null, auth_type: null, client_ip: '' }],
  ['2025', { token: null, auth_type: null, client_ip: '' }],
]) {
  test(`profile ${profile}: a bank transfer has no card, in the read and in the callback`, async () => {
    const api = await demo.newAccount({ profile, settle_after_ms: 0 });
    const sink = await startSink({ account: api.account });
    const { id } = await api.made({ ...BANK, callback_url: sink.url });
    await api.wait({ invoice: id, callback: 'delivered', status: 'processed' });
    assert.deepEqual((await api.get(id)).expect(200).data.attributes.payload, shown);
    const bodies = (await sink.got(2)).map(({ body }) => body.data.attributes);
    assert.deepEqual(bodies.find(({ status }) => status === 'processed').payload, shown);
    await sink.stop();
  });
}

for (const service of ['payment_card_usd_hpp', 'applepay_usd_hpp', 'googlepay_usd_hpp', 'test_usd_test']) {
  test(`${service}: settled without a payer, it was the first test card`, async () => {
    const api = await demo.newAccount({ settle_after_ms: 0 });
    const { id } = await api.made({ service, service_fields: service === 'test_usd_test' ? { status: 'success' } : undefined });
    await api.wait({ invoice: id, status: 'processed' });
    assert.equal((await api.get(id)).expect(200).data.attributes.payload.payment_card.mask, '512381******0000');
  });
}
