// PUT and DELETE /_mock/services/{code}: services of one account.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client } from '../lib/client.js';
import { open } from '../lib/pages.js';
import { startServer, tempDir } from '../lib/server.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);

const FIXTURES = fileURLToPath(new URL('../../fixtures', import.meta.url));
const CARD = 'payment_card_eur_hpp';
const change = (api, code, body, kind) =>
  api.control('PUT', `/services/${code}`, body, { parameters: kind ? { kind } : {} });
const restore = (api, code, kind) =>
  api.control('DELETE', `/services/${code}`, undefined, { parameters: kind ? { kind } : {} });
const known = async (api, code, kind) =>
  (await api.control('GET', '/services', undefined, { parameters: kind ? { kind } : {} }))
    .expect(200).json.items.find(({ service }) => service === code);
const order = (api, service, currency, amount, more) =>
  api.create({ reference_id: randomUUID(), service, currency, amount, test_mode: true, ...more });
const NEW = { method: 'bank_transfer', currency: 'SEK', flow: 'hpp', amount_min: 1, amount_max: 10000 };
const FIELD = { key: 'swish', type: 'string', label: { en: 'Phone' }, hint: { en: '10 digits' }, regexp: '/^\\p{N}{10}$/u' };

describe('a changed service', () => {
  test('has the new limits, fee and availability, in this account only', async () => {
    const [api, other] = [await demo.newAccount(), await demo.newAccount()];
    const before = await known(api, CARD);
    const changed = (await change(api, CARD, { fee_rate: 2.5, fee_fix: '0.25', amount_max: 500 })).expect(200).json;
    assert.deepEqual({ ...before, fee_rate: 2.5, fee_fix: 0.25, amount_max: 500, changed: true }, changed);
    assert.deepEqual(await known(api, CARD), changed);
    assert.deepEqual(await known(other, CARD), before);

    assert.deepEqual((await order(api, CARD, 'EUR', 501)).expect(422).json.errors,
      { amount: 'This value should be between 0.01 and 500.' });
    const { attributes } = (await order(api, CARD, 'EUR', 100)).expect(201).data;
    assert.deepEqual([attributes.fee, attributes.deposit], [2.75, 97.25]);
    assert.equal((await order(other, CARD, 'EUR', 501)).expect(201).data.attributes.fee, 0);

    (await change(api, CARD, { available: false })).expect(200);
    assert.equal((await known(api, CARD)).amount_max, 500, 'earlier changes stay');
    (await order(api, CARD, 'EUR', 100)).expect(422);
    const offers = (await api.prerequest({ currency: 'EUR' })).expect(200).data.services;
    assert.ok(!(CARD in offers) && 'paypal_eur_hpp' in offers);
    const row = (await api.service(before.id)).expect(200).data.attributes;
    assert.deepEqual([row.available, row.amount_max, row.fee_rate], [false, 500, 2.5]);

    assert.deepEqual((await restore(api, CARD)).expect(200).json, { restored: CARD });
    assert.deepEqual(await known(api, CARD), before);
    (await restore(api, CARD)).expect(404);
    assert.match((await restore(api, CARD.slice(0, -1))).expect(404).json.error.message,
      /; did you mean payment_card_eur_hpp\?$/);
  });

  test('keeps its currency, method and flow while invoices use it', async () => {
    const api = await demo.newAccount();
    (await change(api, CARD, { currency: 'SEK' })).expect(200);
    (await order(api, CARD, 'SEK', 10)).expect(201);
    for (const body of [{ currency: 'NOK' }, { method: 'paypal' }, { flow: 'invoice' }]) {
      assert.match((await change(api, CARD, body)).expect(409).json.error.message, /invoices use/);
    }
    (await change(api, CARD, { currency: 'sek', fee_rate: 1 })).expect(200);
    assert.match((await restore(api, CARD)).expect(409).json.error.message, /invoices use/);
    assert.equal((await api.list()).data[0].attributes.service_currency, 'SEK');
  });

  test('keeps the amounts of invoices that were created before', async () => {
    const api = await demo.newAccount();
    await api.freeze();
    const { id } = (await order(api, CARD, 'EUR', 100)).expect(201).data;
    (await change(api, CARD, { fee_rate: 50 })).expect(200);
    await api.advance(60);
    const { status, processed_fee: fee } = await api.attributes(id);
    assert.deepEqual([status, fee], ['processed', 0]);
  });

  test('asks for its own fields', async () => {
    const api = await demo.newAccount();
    (await change(api, 'paypal_eur_hpp', { fields: [FIELD] })).expect(200);
    const wrong = await order(api, 'paypal_eur_hpp', 'EUR', 5, { service_fields: { swish: '12345' } });
    assert.deepEqual(Object.keys(wrong.expect(422).json.errors), ['service_fields.swish']);
    (await order(api, 'paypal_eur_hpp', 'EUR', 5, { service_fields: { swish: '0701234567' } })).expect(201);
    const { fields } = (await api.prerequest({ currency: 'EUR' })).data.services.paypal_eur_hpp;
    assert.deepEqual([fields[0].regexp, fields[0].label.uk], ['^\\p{N}{10}$', 'Phone']);
    assert.equal((await known(api, 'paypal_eur_hpp')).fields[0].regexp, FIELD.regexp, 'with its flags');
  });

  test('of payouts', async () => {
    const api = await demo.newAccount();
    (await change(api, 'pix_brl', { fee_fix: 1 }, 'payout')).expect(200);
    assert.equal((await known(api, 'pix_brl', 'payout')).fee_fix, 1);
    (await change(api, 'swish_sek', { ...NEW, flow: undefined }, 'payout')).expect(201);
    const { active_balance: balance } = (await api.control('GET', `/accounts/${api.account.id}/balances`)).expect(200)
      .json.items?.find(({ currency }) => currency === 'SEK') ?? {};
    assert.ok(balance === undefined || Number(balance) === 1000000);
    const attributes = { reference_id: randomUUID(), service: 'swish_sek', currency: 'SEK', amount: 10, test_mode: true };
    (await api.private('POST', '/payout-invoices', { json: { data: { type: 'payout-invoices', attributes } } })).expect(201);
  });
});

test('a change of nothing marks the service, and a new one needs its members', async () => {
  const api = await demo.newAccount();
  assert.deepEqual((await change(api, CARD, {})).expect(200).json, { ...(await known(demo, CARD)), changed: true });
  assert.match((await change(api, 'swish_sek_hpp', {})).expect(422).json.error.message,
    /^method: there is no service swish_sek_hpp, and a new one needs its method/);
});

describe('a service of its own', () => {
  test('is listed, offered, shown to the payer and paid', async () => {
    const api = await demo.newAccount();
    await api.freeze();
    const made = (await change(api, 'swish_sek_hpp', NEW)).expect(201).json;
    assert.match(made.id, /^comcps_/);
    assert.deepEqual([made.changed, made.added], [true, true]);
    assert.deepEqual((await change(api, 'swish_sek_hpp', {})).expect(200).json, made);
    const { total } = (await api.services({ 'page[size]': 200 })).expect(200).json.meta;
    const rows = (await api.services({ 'page[size]': 200 })).data;
    assert.equal(rows.length, total);
    assert.equal(rows.at(-1).attributes.service, 'swish_sek_hpp');
    const { id } = (await order(api, 'swish_sek_hpp', 'SEK', 10)).expect(201).data;
    await api.advance(60);
    assert.equal((await api.attributes(id)).status, 'processed');
    assert.match((await restore(api, 'swish_sek_hpp')).expect(409).json.error.message, /invoices use/);
    (await change(api, 'swish_nok_hpp', { ...NEW, currency: 'NOK' })).expect(201);
    (await restore(api, 'swish_nok_hpp')).expect(200);
    (await order(api, 'swish_nok_hpp', 'NOK', 10)).expect(422);
  });
});

describe('an id', () => {
  test('belongs to one service', async () => {
    const api = await demo.newAccount();
    const id = 'comcps_aaaaaaaaaaaaaaaa';
    const { id: earlier } = await known(api, CARD);
    assert.equal((await change(api, CARD, { id })).expect(200).json.id, id);
    assert.match((await change(api, 'paypal_eur_hpp', { id })).expect(422).json.error.message, /is there already/);
    assert.match((await change(api, 'swish_sek_hpp', { ...NEW, id })).expect(422).json.error.message, /is there already/);
    assert.equal((await api.service(id)).expect(200).data.attributes.service, CARD);
    (await api.service(earlier)).expect(404);
    (await restore(api, CARD)).expect(200);
    assert.equal((await api.service(earlier)).expect(200).data.attributes.service, CARD);
  });
});

describe('two services of one method and currency', () => {
  test('are told apart on the page', async () => {
    const api = await demo.newAccount();
    await api.freeze();
    (await change(api, 'swish_usd_hpp', { ...NEW, currency: 'USD' })).expect(201);
    const link = new URLSearchParams({ public_key: api.account.public_key, currency: 'USD', amount: 50 });
    const page = await open(api, `/hpp/?${link}`);
    const ids = [...page.expect(200).text.matchAll(/data-testid="(method-[^"]*)"/g)].map(([, name]) => name);
    assert.equal(new Set(ids).size, ids.length);
    assert.ok(ids.includes('method-swish_usd_hpp') && ids.includes('method-bank_transfer_usd_hpp'));
    assert.ok(ids.includes('method-paypal'));
    assert.match(page.text, /<span class="converted">swish_usd_hpp<\/span>/);
  });
});

describe('changes', () => {
  test('survive a restart, and are in snapshots and their files', async () => {
    const folder = tempDir();
    const args = ['--db', join(folder, 'mock.db')];
    let own = await startServer({ args });
    let api = await new Client(own).newAccount();
    (await change(api, CARD, { amount_max: 7 })).expect(200);
    (await change(api, 'swish_sek_hpp', NEW)).expect(201);
    (await order(api, 'swish_sek_hpp', 'SEK', 10)).expect(201);
    (await change(api, 'paypal_eur_hpp', {})).expect(200);
    (await api.control('POST', '/snapshots/changed')).expect(201);
    await own.stop();
    own = await startServer({ args });
    api = new Client(own).with(api.account);
    assert.equal((await known(api, CARD)).amount_max, 7);
    (await api.control('POST', '/reset')).expect(200);
    assert.equal((await known(api, CARD)).amount_max, 1000000);
    assert.equal(await known(api, 'swish_sek_hpp'), undefined);
    (await api.control('POST', '/snapshots/changed/restore')).expect(200);
    assert.equal((await known(api, CARD)).amount_max, 7);
    const file = (await api.control('GET', '/snapshots/changed')).expect(200).json;
    assert.deepEqual(file.services.payment[CARD], { amount_max: 7 });
    const elsewhere = await demo.newAccount();
    (await elsewhere.control('PUT', '/snapshots/copy', file)).expect(201);
    (await elsewhere.control('POST', '/snapshots/copy/restore')).expect(200);
    assert.ok(await known(elsewhere, 'swish_sek_hpp'));
    assert.ok((await known(elsewhere, 'paypal_eur_hpp')).changed);
    assert.equal((await elsewhere.list()).data[0].relationships['payment-service'].data.id, 'swish_sek_hpp');
    const other = await elsewhere.control('PUT', '/snapshots/wrong', { ...file, services: { zz: {} } }, { check: false });
    assert.match(other.expect(422).text, /there is no such kind/);
    file.services.payment[CARD].amount_max = -1;
    const refused = (await elsewhere.control('PUT', '/snapshots/wrong', file)).expect(422);
    assert.match(JSON.stringify(refused.json), /amount_max/);
    await own.stop();
  });

  test('that other fixtures do not allow are ignored at a start and at a restore, and logged', async () => {
    const folder = tempDir(), fixtures = tempDir();
    const args = ['--db', join(folder, 'mock.db')];
    let own = await startServer({ args });
    let api = await new Client(own).newAccount();
    (await change(api, CARD, { amount_max: 7 })).expect(200);
    (await api.control('POST', '/snapshots/old')).expect(201);
    await own.stop();
    cpSync(FIXTURES, fixtures, { recursive: true });
    const file = join(fixtures, 'default.json');
    const catalogue = JSON.parse(readFileSync(file, 'utf8'));
    catalogue.services.find(({ code }) => code === CARD).amount_min = 8;
    writeFileSync(file, JSON.stringify(catalogue));
    own = await startServer({ args: [...args, '--fixtures', fixtures] });
    api = new Client(own).with(api.account);
    assert.equal((await known(api, CARD)).amount_min, 8);
    (await restore(api, CARD)).expect(200);
    (await change(api, 'swish_sek_hpp', NEW)).expect(201);
    (await api.control('POST', '/snapshots/old/restore')).expect(200);
    assert.equal((await known(api, CARD)).amount_min, 8);
    assert.equal(await known(api, 'swish_sek_hpp'), undefined);
    await own.stop();
    const ignored = own.stderr.split('\n').filter((line) =>
      line.includes(`stored services of ${api.account.id} are ignored`) && line.includes('larger than amount_max'));
    assert.equal(ignored.length, 2);
  });

  for (const [name, code, body, wanted] of [
    ['an unknown member', CARD, { fee: 1 }, /fee: This field was not expected/],
    ['a negative amount', CARD, { fee_fix: -1 }, /fee_fix: an amount is never negative/],
    ['limits without a range', CARD, { amount_min: 10, amount_max: 1 }, /amount_min: larger than amount_max/],
    ['another code', CARD, { code: 'x' }, /code: must be that of the path/],
    ["another service's id", CARD, { id: 'comcps_u1xxlHVw1NyeqmjJ' }, /id: .*is there already/],
    ['an id of another form', CARD, { id: 'x' }, /id: must be comcps_/],
    ['an unknown method', CARD, { method: 'nothing' }, /there is no method "nothing"/],
    ['a regexp that is none', CARD, { fields: [{ ...FIELD, regexp: '([' }] }, /fields\[0\]\.regexp: missing/],
    ['the same field twice', CARD, { fields: [FIELD, FIELD] }, /fields\[1\]\.key: "swish" is there already/],
    ['a new one without what it needs', 'new_usd_hpp', { method: NEW.method }, /This value should not be blank/],
    ['a code of other characters', 'New%20one', NEW, /code: must be a code/],
    ['fields that are no list', CARD, { fields: {} }, /fields: must be a list/],
    ['no object', CARD, [], /./],
    ['a new one without members', 'new_usd_hpp', {}, /^method: there is no service new_usd_hpp, and a new one needs its method$/],
    ['a misspelt one', 'payment_card_usd_hp', { available: false }, /needs its method; did you mean payment_card_usd_hpp\?$/],
    ['too many fields', CARD, { fields: Array.from({ length: 201 }, (_, i) => ({ ...FIELD, key: `f${i}` })) },
      /fields: must be a list of at most 200 fields/],
  ]) {
    test(`refused: ${name}`, async () => {
      const api = await demo.newAccount();
      const before = await known(api, CARD);
      const reply = await api.control('PUT', `/services/${code}`, body, { check: false });
      assert.match(reply.expect(400, 422).json.error.message, wanted);
      assert.deepEqual(await known(api, CARD), before);
    });
  }

  test('take no number that is beyond every amount, rather than another one', async () => {
    const api = await demo.newAccount();
    const before = await known(api, CARD);
    const numbers = ['amount_min', 'amount_max', 'fee_min', 'fee_max', 'fee_rate', 'fee_fix', 'reserve_lifetime',
      'reserve_rate'];
    for (const name of numbers) {
      for (const value of [1e20, '1e20', 90e9, -1e20]) {
        const { message } = (await change(api, CARD, { [name]: value })).expect(422).json.error;
        assert.equal(message,
          `service ${CARD}: ${name}: This value should be between -90000000000 and 90000000000.`);
      }
    }
    (await change(api, 'swish_sek_hpp', { ...NEW, amount_max: 1e15 })).expect(422);
    assert.deepEqual(await known(api, CARD), before);
    assert.equal((await change(api, CARD, { amount_max: '89999999999.99' })).expect(200).json.amount_max, 89999999999.99);
  });

  test('are bounded', async () => {
    const api = await demo.newAccount();
    const long = { ...FIELD, hint: { en: 'x'.repeat(250) }, regexp: `^${'x'.repeat(1000)}$` };
    const fields = Array.from({ length: 150 }, (_, i) => ({ ...long, key: `field_${i}` }));
    (await change(api, CARD, { fields })).expect(200);
    assert.match((await change(api, 'paypal_eur_hpp', { fields })).expect(422).json.error.message, /at most 256 kB/);
    const many = await demo.newAccount();
    for (let i = 0; i < 200; i++) (await change(many, `own_${i}_usd_hpp`, { ...NEW, currency: 'USD' })).expect(201);
    assert.match((await change(many, 'own_200_usd_hpp', NEW)).expect(422).json.error.message, /more than 200/);
  });
});
