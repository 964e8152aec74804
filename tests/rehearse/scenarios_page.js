// The page with all scenarios of a rehearsal: server/docs/rehearse-scenarios.md.

import { cell, table } from './page.js';

/** What each section of server/docs/checklist.md is rehearsed as. */
export const CHECKLIST = {
  'a-second-click': ['D6', 'D8'],
  'a-lost-response': ['D1', 'D2', 'D4', 'D5'],
  'a-platform-that-is-down': ['D3', 'D7'],
  'forged-callbacks': ['A1', 'A2', 'A3', 'A4', 'A8'],
  'the-same-callback-twice': ['B1', 'B2', 'B3', 'B4', 'C3'],
  'callbacks-out-of-order': ['B6', 'C1'],
  'a-callback-before-the-response': ['C2'],
  'a-callback-that-never-comes': ['C5', 'C6'],
  'your-receiver-is-down': ['C7', 'C8', 'C10'],
  'another-amount': ['A5', 'E7'],
  'an-unknown-status': ['A6', 'A9'],
  'the-payer-is-back-before-the-callback': ['A7', 'C4', 'C9'],
  'a-second-try': ['E1'],
  'expiry-on-the-page': ['E2'],
  'half-of-the-amount': ['E3'],
  'partial-refunds': ['F1', 'F2', 'F5', 'F8'],
  'a-refund-whose-response-was-lost': ['F3', 'F7'],
  'a-refund-that-fails': ['F4', 'F9'],
  'an-old-callback-after-a-refund': ['B5'],
  'a-chargeback': ['F6'],
};

const GROUPS = {
  outcome: 'Outcomes',
  trust: 'Trust',
  once: 'Once only',
  order: 'Order of events',
  creation: 'Creation',
  after: 'Money back',
  payout: 'Payouts',
};

const code = (text) => `\`${text}\``;
const SECONDS = [[86400, 'day'], [3600, 'hour'], [60, 'minute'], [1, 'second']];

/** 1801 -> "30 minutes and 1 second" */
function duration(seconds) {
  let left = seconds;
  return SECONDS.flatMap(([size, name]) => {
    const n = Math.floor(left / size);
    left -= n * size;
    return n ? [`${n} ${name}${n > 1 ? 's' : ''}`] : [];
  }).join(' and ');
}

function faultText({ fault, match = {}, times = Infinity, ...more }) {
  const what = [match.method, match.path, match.transition].filter(Boolean).map(code).join(' ');
  const how = [more.status, more.delay && `by ${more.delay}`].filter(Boolean).join(' ');
  const count = times === 1 ? '' : times === Infinity ? ', always' : `, ${times} times`;
  return `fault [${code(fault)}](faults.md)${how && ` ${how}`}${what && ` on ${what}`}${count}`;
}

const SIGNED = {
  wrong: 'with a wrong signature',
  none: 'without a signature',
  live: 'signed with the key of the other mode',
};

function editText([path, value]) {
  const name = path.split('/').at(-1);
  return name === 'status' ? `${code(name)}, ${code(value)}` : code(name);
}

function sendText({ invoice, transition, edit, sign }) {
  const edited = edit && ` with another ${Object.entries(edit).map(editText).join(', ')}`;
  return [`a callback ${code(transition)}${edited ?? ''}`, invoice && 'of another merchant', SIGNED[sign]]
    .filter(Boolean).join(', ');
}

const CARDS = { abandoned: 'the payer gives up at the page of the bank', declined: 'a card of the payer is declined' };
const pressed = (what) => ({ twice, share, again }) =>
  `${what}${share ? ` of ${share} %` : ''}${twice ? ', pressed twice at once' : ''}${
    again ? ', pressed again if it fails' : ''}`;

const STEPS = {
  order: ({ again, twice }) =>
    `an order${again ? `, tried ${again === 1 ? 'once' : `${again} times`} more if it fails` : ''}${twice ? ', by two requests at once' : ''}`,
  pay: ({ card, at_once, restart }) => CARDS[card] ?? `the payer pays${at_once ? ' within the same second' : ''}${
    restart ? '; when the callbacks were answered, the shop is killed at once and starts again' : ''}`,
  settle: () => 'until nothing is due',
  wait: () => 'until the callbacks were answered',
  return: ({ claims }) => (claims ? `the payer opens the return URL for ${code(claims)}` : 'the payer returns'),
  check: () => 'the shop is judged',
  keep: () => 'the state is remembered',
  fault: faultText,
  clear: () => 'no more faults',
  send: sendText,
  resend: ({ transition }) => `the callback ${code(transition)} again`,
  advance: ({ seconds }) => duration(seconds),
  transition: ({ status }) => `the platform makes the invoice ${code(status)}`,
  outcomes: ({ outcomes }) => `the next outcome is ${outcomes.map(code).join(', ')}`,
  service: () => 'the payer bears the fee',
  stranger: () => 'another merchant has an invoice',
  other: () => 'an invoice of 1.00 that is no order of the shop is paid',
  reconcile: ({ if_needed: needed }) =>
    `the job of the shop runs${needed ? ', if there is one, and if the shop is wrong without it (a warning)' : ''}`,
  kill: () => 'the shop is killed',
  start: () => 'the shop starts',
  restart: () => 'the shop is killed and starts again',
  refund: pressed('a refund'),
  payout: pressed('a payout'),
};

/** The facts of schema/platform.md: number -> text. A status has its name and its meaning in columns. */
function facts(platform) {
  const rows = [...platform.matchAll(/^\| (P\d+) \| (.*) \|$/gm)];
  return new Map(rows.map(([, number, rest]) => {
    const [text, , meaning] = rest.split(' | ');
    return [number, /^`[a-z_]+`$/.test(text) ? `${text}: ${meaning}.` : text];
  }));
}

/** `headings`: the headings of checklist.md by anchor. */
function section({ id, name, grade, costs, rule, steps }, known, headings) {
  const [anchor] = Object.entries(CHECKLIST).find(([, ids]) => ids.includes(id)) ?? [];
  const lines = {
    Cost: `${costs.replaceAll('{amount} {currency}', '100.00 USD')}.`,
    Steps: `${steps.map((step) => Object.entries(step).map(([verb, details]) => STEPS[verb](details))).join('; ')}.`,
    Rule: rule && `${rule}. ${known.get(rule)}`,
    Checklist: anchor && `[${headings.get(anchor)}](checklist.md#${anchor})`,
  };
  const list = Object.entries(lines).filter(([, text]) => text).map(([label, text]) => `- **${label}:** ${text}\n`);
  return `### ${id}\n\n**${name}.** ${grade}.\n\n${list.join('')}`;
}

/** `scenarios` as in server/rehearse/scenarios.json; the others are the texts of the files. */
export function scenariosPage(scenarios, platform, checklist) {
  const known = facts(platform);
  const headings = new Map([...checklist.matchAll(/^### (.*)$/gm)]
    .map(([, heading]) => [heading.toLowerCase().replaceAll(' ', '-'), heading]));
  const rows = scenarios.map(({ id, name, grade, needs }) =>
    [`[${id}](#${id.toLowerCase()})`, cell(name), grade, needs.map(code).join(', ')]);
  const groups = Object.entries(GROUPS).map(([group, heading]) => `## ${heading}\n\n${scenarios
    .filter((one) => one.group === group)
    .map((one) => section(one, known, headings)).join('\n')}`);
  return `# Scenarios of a rehearsal

What a [rehearsal](rehearse.md) does to your shop, and what each mistake costs. This page is made from
\`server/rehearse/scenarios.json\`. [What each defect fails](rehearse-matrix.md) shows that they find mistakes.

*Needs* are the members of [\`rehearsal.json\`](rehearse.md#rehearsaljson) without which a scenario is not tested: hooks,
\`fulfilments\` of \`state\`, \`amount\`, \`click\` and \`payout_click\` for the placeholders of a hook, \`kill\` for
\`"restart": true\`. *Steps* are done one after the other, then the shop is judged.

${table(['scenario', 'name', 'grade', 'needs'], rows)}
${groups.join('\n')}`;
}
