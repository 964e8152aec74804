// Writes a test for Node's test runner that creates a similar invoice and expects the same final status.

import { KINDS, kindOf } from './dashboard_kinds.js';

const OURS = ['mock_outcome', 'merchant_url'];

/** The steps of the invoice so far, as an outcome. */
function outcomeOf({ timeline, attributes }) {
  const step = ({ to, resolution }) => (resolution === 'ok' ? `${to}@0` : `${to}:${resolution}@0`);
  const moves = timeline.filter(({ kind, from }) => kind === 'transition' && from);
  const steps = moves.filter(({ to }) => to !== 'process_pending')
    .map((move) => (move.resolution === 'expired' ? 'expired' : step(move)));
  const { status, resolution } = attributes;
  const again = moves.some(({ from }) => from === 'process_failed'); // the payer tried more than once
  if (!steps.length) return 'process_pending';
  return again && ['processed', 'process_failed'].includes(status) ? step({ to: status, resolution }) : steps.join(',');
}

function orderOf({ id, attributes: of, service }) {
  const payout = kindOf(id) === KINDS.payouts;
  const metadata = Object.fromEntries(Object.entries(of.metadata ?? {}).filter(([name]) => !OURS.includes(name)));
  return {
    service: service ?? undefined,
    currency: of.currency,
    amount: of.amount,
    description: of.description ?? undefined,
    ...(of.test_mode ? { test_mode: true } : {}),
    ...(of.payment_flow === 'verify' ? { flow: 'verify' } : {}),
    ...(payout ? { fields: of.fields, options: { auto_process: true } } : {}),
    ...(Object.keys(metadata).length ? { metadata } : {}),
  };
}

const indent = (text) => text.replaceAll('\n', '\n  ');

export function testOf(state) {
  const { status, resolution, amount, currency } = state.attributes;
  const { type } = kindOf(state.id);
  const title = `${amount} ${currency} becomes ${status}${resolution === 'ok' ? '' : ` (${resolution})`}`;
  return `import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';

const url = process.env.MILKYPAY_URL ?? ${JSON.stringify(location.origin)};
const account = process.env.MILKYPAY_ACCOUNT_ID;
const login = btoa(\`\${account}:\${process.env.MILKYPAY_API_KEY}\`);

test(${JSON.stringify(title)}, async () => {
  const attributes = ${indent(JSON.stringify(orderOf(state), null, 2))};
  const made = await fetch(\`\${url}/api/${type}\`, {
    method: 'POST',
    headers: {
      Authorization: \`Basic \${login}\`,
      'Content-Type': 'application/vnd.api+json',
      'X-Mock-Outcome': ${JSON.stringify(outcomeOf(state))},
    },
    body: JSON.stringify({ data: { type: '${type}', attributes: { reference_id: randomUUID(), ...attributes } } }),
  });
  assert.equal(made.status, 201, await made.clone().text());
  const { data: { id } } = await made.json();
  const ended = await fetch(\`\${url}/_mock/wait?account=\${account}&invoice=\${id}&status=${status}\`);
  assert.equal(ended.status, 200, await ended.clone().text());
  const { data: { attributes: seen } } = await ended.json();
  assert.equal(seen.resolution, ${JSON.stringify(resolution)});
});
`;
}
