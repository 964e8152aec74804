// The kinds of bodies: each has a page of the reference. The first pattern that matches the name of a schema decides.

const KINDS = [
  ['errors', 'Errors', 'What the platform and the control API answer if they reject a request.',
    /^(Error\d|Conflict|PublicError|Control(Error|Timeout)|FieldErrors|FilterError|PlatformError|PayoutError|RefundError|ValidationErrors)/],
  ['snapshots', 'Snapshots', 'Snapshots of an account, and what their files contain.', /^Snapshot/],
  ['payouts', 'Payouts', 'Payouts of the private and of the public API.', /^(Payout(?!Service|Method)|PublicPayout)/],
  ['refunds', 'Refunds', 'Refunds and their requests.', /^Refund/],
  ['services', 'Services', 'Services, methods, prerequests and exchange rates.',
    /^(Service|KnownService|PayoutService|PayoutMethod|PaymentMethod|MethodRelation|NoRelation|Prerequest|ExchangeRate|PageOrder)/],
  ['accounts', 'Accounts', 'Accounts, their keys, settings and balances.',
    /^(Account|PreviousKey|Profile|Setting|Balance|CurrencyAccount|Rotation)/],
  ['callbacks', 'Callbacks', 'Callbacks and their attempts, signatures, and what sinks receive.',
    /^(Callback|Attempt|Resen[dt]|Signature|Sink)/],
  ['control', 'Control API', 'Clocks, outcomes, faults, requests, the report, and what the control API says of an invoice.',
    /^(Advance|Clock|Explanation|Fault|Found|Health|Idle|Outcomes|PayRequest|Recorded|Report|Request|Resolution|Seen|Status|Timeline|Transition)/],
  ['payments', 'Payments', 'Invoices of the private and of the public API, card payments and the payment page.',
    /^(Invoice|PublicInvoice|Payment|Payload|Card|Customer|FlowData|FormFlag|Message|OriginalData|ReturnUrls|Sale|Translations)/],
].map(([name, title, says, pattern]) => ({ file: `bodies-${name}.md`, title, says, pattern }));

/** The kinds in the order of the navigation. */
export const kinds = [...KINDS].sort((a, b) => a.title.localeCompare(b.title));

export function kindOf(name) {
  const kind = KINDS.find(({ pattern }) => pattern.test(name));
  if (!kind) throw new Error(`${name} is of no kind in tests/lint/reference_kinds.mjs`);
  return kind;
}
