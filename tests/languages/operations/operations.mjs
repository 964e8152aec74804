// Calls every operation of the helper, in the order of ../operations.js, and prints what makes no request.

import { MilkyPayError, MilkyPayMock } from '../../../docker/clients/node/milkypay-mock.mjs';

const print = (name, value) => console.log(name, value);
const body = '{"data":{"a":"b\\/c"}}';
const order = { service: 'payment_card_usd_hpp', currency: 'USD', amount: 100.55, test_mode: true };

const mock = new MilkyPayMock(undefined, { token: 'secret-token' });
await mock.health();
await mock.account();
const account = await mock.createAccount({ name: 'operations', outcome: 'process_pending' });
await mock.account(account.id);
await mock.request('GET', '/statuses');

await account.update({ callback_url: account.sinkUrl('my-shop') });
await account.snapshot('first');
await account.freeze();
const { now } = await account.clock();
await account.freeze(now + 1);
await account.queueOutcomes('processed@5s', 'process_pending');
const fault = { on: 'callback', fault: 'bad_signature', match: { transition: 'refunded' }, times: 1 };
const { id: stored } = await account.addFault(fault);
await account.faults();
await account.removeFaults(stored);
await account.removeFaults();
await account.answerSink('my-shop', 500, 200);

const { data: { id } } = await account.api('POST', '/payment-invoices', order);
await account.waitUntilIdle();
await account.advance(5);
await account.advance({ next: true, timeout: '5s' });
await account.waitForStatus(id, 'processed', { timeout: '5s' });
await account.waitForCallback(id, { transition: 'processed' });
await account.waitForRequests(2, { sink: 'my-shop', invoice: id });
const { items: [received] } = await account.sinkRequests('my-shop', { invoice: id, limit: 1 });
await account.verifySignature({
  body_base64: btoa(received.body), signature: received.headers['X-Signature'] });
print('isGenuine', account.isGenuine(received.body, received.headers['X-Signature']));
await account.invoice(id);
await account.transition(id, { status: 'partially_charged_back', amount: 20 });
await account.timeline(id);
await account.unfreeze();

const { data: { id: second } } = await account.api('POST', '/payment-invoices', order, { 'X-Mock-Outcome': 'processed' });
await account.pay(second, { card_number: '5519283812030000', expiry: '1230', cvv: '123' });
await account.waitUntilIdle({ within: '0', timeout: '5s' });
await account.requests({ method: 'POST', path: '/payment-invoices' });
const { items: [callback] } = await account.callbacks({ invoice: id });
await account.resend(callback.id, { resign: true });
await account.report('2030-01-01', { timezone: 'Europe/Kyiv' });
await account.reset();
await account.restore('first');

for (const refused of [
  () => account.queueOutcomes('declined'),
  () => account.answerSink('a b+c', 200),
  () => account.waitForStatus('cpi_none', 'processed', { timeout: '50ms' }),
  () => account.api('GET', '/payment-invoices/cpi_none'),
]) {
  const error = await refused().catch((each) => each);
  print('error', `${error instanceof MilkyPayError} ${error.status} ${error.code ?? ''} ${error.message}`);
}
await account.delete();

print('publicApiUrl', mock.publicApiUrl);
print('dashboardUrl', mock.dashboardUrl);
print('environment', Object.entries(account.environment).sort().flat().join(' '));
print('authorization', account.authorization);
print('sinkUrl', account.sinkUrl('my-shop'));
print('sign', account.sign(body));
print('isGenuine', account.isGenuine(body, account.sign(body)));
print('isGenuine', account.isGenuine(body, account.sign(`${body}\n`)));
