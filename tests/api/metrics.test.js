// GET /_mock/metrics, read by a small parser of Prometheus' text format.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Client } from '../lib/client.js';
import { startServer } from '../lib/server.js';
import { HANG, startSink } from '../lib/sink.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);
const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };

/** {name of a family: {type, help, samples: [{name, labels, value}]}}. Rejects text that violates the format. */
function parse(text) {
  assert.ok(text.endsWith('\n'));
  const families = new Map();
  let family;
  for (const line of text.slice(0, -1).split('\n')) {
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/.exec(line);
    if (comment) {
      const [, word, name, rest] = comment;
      if (word === 'HELP') {
        assert.ok(!families.has(name), `${name} twice`);
        family = { name, help: rest, samples: [] };
        families.set(name, family);
      } else {
        assert.equal(name, family.name);
        assert.match(rest, /^(counter|gauge|histogram)$/);
        family.type = rest;
      }
      continue;
    }
    const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? ([0-9.e+-]+|\+Inf|NaN)$/.exec(line);
    assert.ok(sample, `no sample: ${line}`);
    const [, name, labels = '', value] = sample;
    const suffix = family.type === 'histogram' ? '(_bucket|_sum|_count)' : '';
    assert.match(name, new RegExp(`^${family.name}${suffix}$`));
    const read = {};
    const rest = labels.replace(/([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)",?/g, (_, key, text_) => {
      read[key] = text_;
      return '';
    });
    assert.equal(rest, '', `labels of ${line}`);
    family.samples.push({ name, labels: read, value: Number(value) });
  }
  return families;
}

async function metrics() {
  const reply = (await demo.send('GET', '/_mock/metrics')).expect(200);
  assert.match(reply.headers['content-type'], /^text\/plain; version=0\.0\.4/);
  const families = parse(reply.text);
  return {
    families,
    value: (name, labels = {}) => {
      const samples = families.get(`milkypay_mock_${name}`).samples
        .filter((s) => Object.entries(labels).every(([key, value]) => s.labels[key] === value));
      return samples.reduce((sum, s) => sum + s.value, 0);
    },
  };
}

test('the format: every family has help, type and unique samples', async () => {
  const { families } = await metrics();
  for (const [name, family] of families) {
    assert.ok(family.type && family.help, name);
    const keys = family.samples.map((s) => JSON.stringify([s.name, s.labels]));
    assert.equal(new Set(keys).size, keys.length, name);
    if (family.type === 'counter') assert.match(name, /_total$/);
  }
  for (const name of [
    'requests_total',
    'request_duration_seconds',
    'callback_attempts_total',
    'transitions_total',
    'timers_due',
    'timers_overdue',
    'waiting_callers',
    'loop_turn_seconds',
    'resident_memory_bytes',
    'database_bytes',
    'accounts',
    'invoices',
    'event_streams',
    'build_info',
  ]) {
    assert.ok(families.has(`milkypay_mock_${name}`), name);
  }
});

test('requests are counted once, by route and code', async () => {
  const api = await demo.newAccount();
  const before = await metrics();
  const { id } = await api.made({}, hold);
  await api.made({}, hold);
  (await api.create({})).expect(422);
  (await api.private('GET', `/api/payment-invoices/${id}`)).expect(200);
  (await api.private('GET', '/nowhere', { check: false })).expect(404);
  const now = await metrics();
  const grown = (labels) => now.value('requests_total', labels) - before.value('requests_total', labels);
  assert.equal(grown({ route: '/payment-invoices', method: 'POST', code: '201' }), 2);
  assert.equal(grown({ route: '/payment-invoices', method: 'POST', code: '422' }), 1);
  assert.equal(grown({ route: '/payment-invoices/{id}', method: 'GET', code: '200' }), 1);
  assert.equal(grown({ route: '', code: '404' }), 1);
  assert.equal(grown({}), 6); // with the first read of the metrics
});

test('histograms add up', async () => {
  const { families } = await metrics();
  for (const name of ['milkypay_mock_request_duration_seconds', 'milkypay_mock_loop_turn_seconds']) {
    const { samples } = families.get(name);
    const buckets = samples.filter((s) => s.name.endsWith('_bucket'));
    const bounds = buckets.map((s) => (s.labels.le === '+Inf' ? Infinity : Number(s.labels.le)));
    assert.deepEqual(bounds, [...bounds].sort((a, b) => a - b));
    assert.equal(bounds.at(-1), Infinity);
    buckets.reduce((least, { value }) => { assert.ok(value >= least); return value; }, 0);
    const [sum] = samples.filter((s) => s.name.endsWith('_sum'));
    const [count] = samples.filter((s) => s.name.endsWith('_count'));
    assert.equal(count.value, buckets.at(-1).value);
    assert.ok(count.value > 0 && sum.value > 0);
  }
});

test('a waiting call counts as waiting, not in the latency', async () => {
  const api = await demo.newAccount();
  const { id } = await api.made({}, hold);
  const before = await metrics();
  const waiting = api.wait({ invoice: id, status: 'processed', timeout: '60s' });
  let now;
  do now = await metrics(); while (!now.value('waiting_callers'));
  assert.equal(now.value('waiting_callers'), 1);
  (await api.transition(id, { status: 'processed' })).expect(200);
  (await waiting).expect(200);
  now = await metrics();
  assert.equal(now.value('waiting_callers'), 0);
  const routes = now.value('requests_total') - before.value('requests_total');
  const count = (m) => m.families.get('milkypay_mock_request_duration_seconds').samples.at(-1).value;
  assert.equal(count(now) - count(before), routes - 1);
});

test('callbacks by result', async () => {
  const api = await demo.newAccount({ retry_limit: 2 });
  const sink = await startSink({ account: api.account });
  sink.answer([200, 500]);
  await api.freeze();
  const before = await metrics();
  const { id } = await api.made({ callback_url: `${sink.url}/c` }, hold);
  await sink.got(1);
  (await api.transition(id, { status: 'processed' })).expect(200);
  await sink.got(2);
  (await api.wait({ idle: 'true' })).expect(200);
  let now = await metrics();
  const grown = (state) =>
    now.value('callback_attempts_total', { state }) - before.value('callback_attempts_total', { state });
  assert.deepEqual(['done', 'queued', 'failed'].map(grown), [1, 1, 0]);
  assert.equal(now.value('timers_due') - before.value('timers_due'), 1); // the timer of the retry
  await api.advance(120);
  now = await metrics();
  assert.deepEqual(['done', 'queued', 'failed'].map(grown), [1, 1, 1]);
  await sink.stop({ clean: false });
});

test('invoices and payouts by status', async () => {
  const api = await demo.newAccount();
  await api.freeze();
  const before = await metrics();
  const { id } = await api.made({}, { headers: { 'X-Mock-Outcome': 'processed@1s' } });
  await api.advance(1);
  (await api.transition(id, { status: 'charged_back' })).expect(200);
  (
    await api.private('POST', '/payout-invoices', {
      json: {
        service: 'test_usd',
        currency: 'USD',
        amount: 5,
        fields: { account: '1' },
        options: { auto_process: true },
      },
    })
  ).expect(201);
  await api.advance(10);
  const now = await metrics();
  const grown = (type, status) =>
    now.value('transitions_total', { type, status }) - (before.value('transitions_total', { type, status }) ?? 0);
  for (const status of ['process_pending', 'processed', 'charged_back'])
    assert.equal(grown('payment-invoices', status), 1, status);
  assert.equal(grown('payout-invoices', 'processed'), 1);
});

test('pending timers and an attempt in flight', async () => {
  const api = await demo.newAccount();
  const sink = await startSink({ account: api.account });
  sink.answer([HANG]);
  const before = await metrics();
  await api.freeze();
  await api.made({}, { headers: { 'X-Mock-Outcome': 'processed@1h' } });
  await api.made({ callback_url: `${sink.url}/c` }, { headers: { 'X-Mock-Outcome': 'processed@1h' } });
  await sink.got(1);
  const now = await metrics();
  assert.equal(now.value('timers_due') - before.value('timers_due'), 2);
  assert.equal(now.value('callbacks_running') - before.value('callbacks_running'), 1);
  assert.equal(now.value('timers_overdue'), 0);
  (await api.control('POST', '/reset')).expect(200);
  await sink.stop();
});

test('sizes', async () => {
  const before = await metrics();
  const api = await demo.newAccount();
  await api.made({}, hold);
  const now = await metrics();
  assert.equal(now.value('accounts') - before.value('accounts'), 1);
  assert.equal(now.value('invoices') - before.value('invoices'), 1);
  assert.equal(now.value('journal_requests') - before.value('journal_requests'), 2);
  for (const name of ['resident_memory_bytes', 'database_bytes', 'journal_bytes']) assert.ok(now.value(name) > 0, name);
  assert.match(
    (await demo.send('GET', '/_mock/health')).json.version,
    new RegExp(`^${now.families.get('milkypay_mock_build_info').samples[0].labels.version}$`),
  );
});
