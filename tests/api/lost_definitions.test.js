// What a database or a file names and this server does not know: definitions of other fixtures, forms of earlier
// versions.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client, invoice } from '../lib/client.js';
import { ROOT } from '../lib/docs.js';
import { forms, local, open, send } from '../lib/pages.js';
import { startServer, tempDir } from '../lib/server.js';

const HOLD = { headers: { 'X-Mock-Outcome': 'process_pending' } };

/** A folder with fixtures that have one more resolution and one more method. */
function otherFixtures() {
  const folder = tempDir();
  const all = JSON.parse(readFileSync(join(ROOT, 'fixtures/default.json'), 'utf8'));
  all.methods.push({ ...all.methods[0], code: 'shells' });
  writeFileSync(join(folder, 'default.json'), JSON.stringify(all));
  writeFileSync(join(folder, 'scenarios.json'), JSON.stringify({ resolutions: ['stolen_by_magpies'] }));
  return folder;
}

test('settings and services of lost definitions are ignored and reported', async () => {
  const args = ['--db', join(tempDir(), 'mock.db')];
  const first = await startServer({ args: [...args, '--fixtures', otherFixtures()] });
  const api = await new Client(first).newAccount({ outcome: 'process_failed:stolen_by_magpies', name: 'Kept' });
  (await api.control('PUT', '/services/shells_usd_hpp', { method: 'shells', currency: 'USD',
    flow: 'hpp', amount_min: 1, amount_max: 1000 })).expect(201);
  (await api.control('PUT', '/services/googlepay_usd_hpp', { fee_fix: 2 })).expect(200);
  await api.made({ service: 'shells_usd_hpp', reference_id: 'old' }, HOLD);
  await first.stop();

  const second = await startServer({ args });
  api.server = second;
  const { settings } = (await api.control('GET', `/accounts/${api.account.id}`)).expect(200).json;
  assert.deepEqual([settings.outcome, settings.name], ['processed', 'Kept']);
  const fee = (code, body) => api.control('PUT', `/services/${code}`, body);
  (await fee('paypal_usd_hpp', { fee_fix: 1 })).expect(200);
  const { items } = (await api.control('GET', '/services')).expect(200).json;
  assert.equal(items.find(({ service }) => service === 'googlepay_usd_hpp').fee_fix, 2, 'the others stay');
  (await api.control('PATCH', `/accounts/${api.account.id}`, { name: 'Kept', lifetime_s: 600 })).expect(200);
  assert.match((await fee('shells_usd_hpp', { amount_min: 2 })).expect(422).json.error.message,
    /^service shells_usd_hpp: .*method.*shells/);
  (await api.control('DELETE', '/services/paypal_usd_hpp')).expect(200);
  (await api.create({ reference_id: 'new', service: 'shells_usd_hpp', currency: 'USD', amount: 1 })).expect(422);
  const [old] = (await api.list()).expect(200).data;
  const method = old.relationships['payment-method'].data.id;
  assert.deepEqual([method, old.attributes.service_currency, old.attributes.flow], ['shells_usd_hpp', 'USD', 'hpp']);
  const page = (await open(api, new URL(old.attributes.flow_data.action).pathname)).expect(200);
  assert.match(page.text, /data-testid/);
  const paid = await api.control('POST', `/payment-invoices/${old.id}/transition`, { status: 'processed' }, { check: false });
  assert.equal(paid.expect(200).data.attributes.payload.payment_card.last, '0000');
  await second.stop();
  assert.match(second.stderr, /stored setting outcome is ignored: .*stolen_by_magpies/);
  assert.match(second.stderr, new RegExp('warn.*invoices with a service that is no longer defined: 1 of the newest 10000 \\(shells_usd_hpp '
    + `of ${api.account.id}\\); start with fixtures that have it, or PUT /_mock/services/{code}`));
  assert.equal(second.stderr.match(/no longer defined/g).length, 1);
  assert.match(second.stderr, new RegExp(`stored services of ${api.account.id} are ignored: .*shells`));
});

test('the card of a snapshot file of an earlier version is renamed in another account', async () => {
  const server = await startServer();
  const api = await new Client(server).newAccount();
  await api.freeze();
  const { id, attributes } = await api.made({}, HOLD);
  const [form] = forms((await open(api, local(server, attributes.flow_data.action))).text)
    .filter(({ inputs }) => 'card_number' in inputs);
  await send(api, form, { card_number: '5519283812030000', expiry: '12/30', cvv: '123', holder: 'A', action: 'pay' });
  assert.equal((await api.attributes(id)).status, 'processed');
  (await api.control('POST', '/snapshots/one')).expect(201);
  const file = (await api.control('GET', '/snapshots/one')).expect(200).json;
  const [{ payload }] = file.invoices;
  const token = 'card_0123456789abcdef';
  file.invoices[0].payload = { ...payload, token };

  const other = await new Client(server).newAccount();
  (await other.control('PUT', '/snapshots/one', file)).expect(201);
  (await other.control('POST', '/snapshots/one/restore')).expect(200);
  const [imported] = (await other.list()).expect(200).data;
  const { token: renamed } = imported.attributes.payload;
  assert.match(renamed, /^card_[A-Za-z0-9]{16}$/);
  assert.notEqual(renamed, token);
  const charge = { token: renamed, instant: true };
  const paid = await other.made(charge);
  assert.equal(paid.attributes.payload?.token ?? renamed, renamed);
  (await other.create(invoice({ ...charge, token }))).expect(422);
  await server.stop();
});

test('a card of a network that the platform has not shown has no brand', async () => {
  const folder = tempDir();
  const cards = JSON.parse(readFileSync(join(ROOT, 'fixtures/test-cards.json'), 'utf8'));
  Object.assign(cards.cards.find(({ number }) => number === '5519283812030000'), { network: 'amex' });
  writeFileSync(join(folder, 'test-cards.json'), JSON.stringify(cards));
  const server = await startServer({ args: ['--fixtures', folder] });
  const api = await new Client(server).newAccount({ profile: '2024' });
  const { id } = await api.made({}, HOLD);
  (await api.pay(id, { card_number: '5519283812030000', expiry: '1230' })).expect(200);
  const { payload: { payment_card: card } } = await api.attributes(id);
  assert.deepEqual([card.network, card.brand], ['amex', null]);
  await server.stop();
});

test('the services of a snapshot file are checked', async () => {
  const server = await startServer();
  const api = await new Client(server).newAccount();
  (await api.control('POST', '/snapshots/one')).expect(201);
  const file = (await api.control('GET', '/snapshots/one')).expect(200).json;
  for (const services of [5, [], { gifts: {} }, { payment: 5 }, { payment: { payment_card_usd_hpp: 5 } },
    { payment: { payment_card_usd_hpp: { amount_min: -1 } } }]) {
    const reply = await api.control('PUT', '/snapshots/two', { ...file, services });
    assert.match(reply.expect(422).json.error.message, /^services/, JSON.stringify(services));
  }
  await server.stop();
});
