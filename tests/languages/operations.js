// The operations of the helpers, in their order, and the requests that the drivers in operations/ send with them.
// ACCOUNT, INVOICE, SECOND, CALLBACK, FAULT, NOW, SIGNED, BODY and URL stand for values of the run.

const ORDER = { service: 'payment_card_usd_hpp', currency: 'USD', amount: 100.55, test_mode: true };
const SINK = 'my-shop';

/** [operation of a mock, its requests: [method, path, body]] */
export const MOCK = [
  ['publicApiUrl'],
  ['dashboardUrl'],
  ['health', ['GET', '/_mock/health']],
  ['account', ['GET', '/_mock/accounts?limit=1'], ['GET', '/_mock/accounts/ACCOUNT']],
  ['createAccount', ['POST', '/_mock/accounts', { name: 'operations', outcome: 'process_pending' }]],
  ['request', ['GET', '/_mock/statuses']],
];

/** [operation of an account, its requests]; a path under /_mock also has the account. */
export const ACCOUNT = [
  ['environment'],
  ['authorization'],
  ['api', ['POST', '/payment-invoices', ORDER], ['POST', '/payment-invoices', ORDER],
    ['GET', '/payment-invoices/cpi_none']],

  ['update', ['PATCH', '/_mock/accounts/ACCOUNT', { callback_url: `URL/_mock/sink/${SINK}?account=ACCOUNT` }]],
  ['delete', ['DELETE', '/_mock/accounts/ACCOUNT']],
  ['reset', ['POST', '/_mock/reset']],
  ['snapshot', ['POST', '/_mock/snapshots/first']],
  ['restore', ['POST', '/_mock/snapshots/first/restore']],

  ['clock', ['GET', '/_mock/clock']],
  ['freeze', ['PUT', '/_mock/clock', { mode: 'frozen' }], ['PUT', '/_mock/clock', { mode: 'frozen', now: 'NOW' }]],
  ['unfreeze', ['PUT', '/_mock/clock', { mode: 'real' }]],
  ['advance', ['POST', '/_mock/clock/advance', { seconds: 5 }],
    ['POST', '/_mock/clock/advance', { next: true, timeout: '5s' }]],

  ['queueOutcomes', ['POST', '/_mock/outcomes', { outcomes: ['processed@5s', 'process_pending'] }],
    ['POST', '/_mock/outcomes', { outcomes: ['declined'] }]],
  ['invoice', ['GET', '/_mock/payment-invoices/INVOICE']],
  ['pay', ['POST', '/_mock/payment-invoices/SECOND/pay',
    { card_number: '5519283812030000', expiry: '1230', cvv: '123' }]],
  ['transition', ['POST', '/_mock/payment-invoices/INVOICE/transition',
    { status: 'partially_charged_back', amount: 20 }]],
  ['timeline', ['GET', '/_mock/payment-invoices/INVOICE/timeline']],

  ['waitForStatus', ['GET', '/_mock/wait?invoice=INVOICE&status=processed&timeout=5s'],
    ['GET', '/_mock/wait?invoice=cpi_none&status=processed&timeout=50ms']],
  ['waitForCallback', ['GET', '/_mock/wait?callback=delivered&invoice=INVOICE&transition=processed']],
  ['waitForRequests', ['GET', `/_mock/wait?invoice=INVOICE&requests=2&sink=${SINK}`]],
  ['waitUntilIdle', ['GET', '/_mock/wait?idle=true'], ['GET', '/_mock/wait?idle=true&timeout=5s&within=0']],

  ['addFault', ['POST', '/_mock/faults',
    { on: 'callback', fault: 'bad_signature', match: { transition: 'refunded' }, times: 1 }]],
  ['faults', ['GET', '/_mock/faults']],
  ['removeFaults', ['DELETE', '/_mock/faults/FAULT'], ['DELETE', '/_mock/faults']],

  ['sinkUrl'],
  ['answerSink', ['PUT', `/_mock/sink/${SINK}`, { responses: [500, 200] }],
    ['PUT', '/_mock/sink/a%20b%2Bc', { responses: [200] }]],
  ['sinkRequests', ['GET', `/_mock/sink/${SINK}/requests?invoice=INVOICE&limit=1`]],

  ['requests', ['GET', '/_mock/requests?method=POST&path=%2Fpayment-invoices']],
  ['callbacks', ['GET', '/_mock/callbacks?invoice=INVOICE']],
  ['resend', ['POST', '/_mock/callbacks/CALLBACK/resend', { resign: true }]],

  ['sign'],
  ['isGenuine'],
  ['verifySignature', ['POST', '/_mock/verify-signature', { body_base64: 'BODY', signature: 'SIGNED' }]],

  ['report', ['GET', '/_mock/report?date=2030-01-01&timezone=Europe%2FKyiv']],
];
