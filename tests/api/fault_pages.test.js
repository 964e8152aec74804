// Faults of the payer's pages.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client, invoice, phpForm } from '../lib/client.js';
import { fault, hits } from '../lib/faults.js';
import { rawCall } from '../lib/raw.js';
import { startServer } from '../lib/server.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);
const GOOD = '5519283812030000'; // a test card that is accepted
const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };

describe('faults of pages', () => {
  const cardPage = async (api) => {
    const data = await api.made({}, hold);
    return { id: data.id, path: new URL(data.attributes.flow_data.action).pathname };
  };
  const html = { headers: { Accept: 'text/html' } };

  test('status: the HTML error page', async () => {
    const api = await demo.newAccount();
    const { path } = await cardPage(api);
    await fault(api, { on: 'page', fault: 'status', status: 429, retry_after: 3, times: 1 });
    const reply = await demo.send('GET', path, { ...html, check: false });
    assert.equal(reply.status, 429);
    assert.match(reply.headers['content-type'], /^text\/html/);
    assert.equal(reply.headers['retry-after'], '3');
    assert.match(reply.text, /429[\s\S]*Too Many Requests/);
    (await demo.send('GET', path, html)).expect(200);
  });

  test('the form that creates an invoice gets the error page too', async () => {
    const api = await demo.newAccount();
    await fault(api, { on: 'api', fault: 'status', status: 503, retry_after: 9, times: 1 });
    const reply = await api.createForm(invoice(), { ...html, check: false });
    assert.equal(reply.status, 503);
    assert.match(reply.headers['content-type'], /^text\/html/);
    assert.equal(reply.headers['retry-after'], '9');
  });

  test('the form with reset, empty, garbage and delay', async () => {
    const api = await demo.newAccount();
    const body = phpForm({ public_key: api.account.public_key, ...invoice() });
    const headers = { Accept: 'text/html', 'Content-Type': 'application/x-www-form-urlencoded' };
    const send = () => rawCall(server, 'POST', '/public-api/payment-invoices/process', { headers, body });
    for (const name of ['reset', 'empty', 'garbage']) await fault(api, { on: 'api', fault: name, times: 1 });
    await fault(api, { on: 'api', fault: 'delay', delay: '10ms', times: 1 });
    assert.equal((await send()).end, 'reset');
    assert.equal((await send()).end, 'closed');
    assert.equal((await send()).status, 200);
    assert.equal((await send()).status, 302);
  });

  test('a payment is made even if its page is reset', async () => {
    const api = await demo.newAccount();
    const { id, path } = await cardPage(api);
    const page = (await demo.send('GET', path, html)).expect(200);
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)[1];
    await fault(api, { on: 'page', match: { method: 'POST', path: '/hpp/*' }, fault: 'commit_then_reset' });
    const form = { csrf, card_number: GOOD, expiry: '12/30', cvv: '123', holder: 'A B' };
    const { end } = await rawCall(server, 'POST', path,
      { headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: phpForm(form) });
    assert.equal(end, 'reset');
    assert.equal((await api.attributes(id)).status, 'processed');
  });

  test('reset, empty, garbage, truncate, slow and delay on pages', async () => {
    const api = await demo.newAccount();
    const { path } = await cardPage(api);
    const whole = await rawCall(server, 'GET', path);
    const met = async (body) => {
      await fault(api, { on: 'page', times: 1, ...body });
      return rawCall(server, 'GET', path);
    };
    assert.equal((await met({ fault: 'reset' })).end, 'reset');
    assert.equal((await met({ fault: 'empty' })).end, 'closed');
    const garbage = await met({ fault: 'garbage' });
    assert.deepEqual([garbage.status, garbage.headers['content-type']], [200, 'text/html; charset=utf-8']);
    assert.notDeepEqual(garbage.body, whole.body);
    const cut = await met({ fault: 'truncate', bytes: 10 });
    assert.deepEqual([cut.end, cut.body], ['closed', whole.body.subarray(0, 10)]);
    assert.equal((await met({ fault: 'slow', bytes_per_s: 100000 })).end, 'whole');
    assert.equal((await met({ fault: 'delay', delay: '10ms' })).status, 200);
  });

  test('an order by link counts as one request', async () => {
    const api = await demo.newAccount();
    await fault(api, { on: 'page', match: { path: '/hpp/' }, fault: 'status', status: 503, after: 1 });
    const fields = { public_key: api.account.public_key, amount: 5, currency: 'USD', service: 'payment_card_usd_hpp' };
    const order = (check) => demo.send('GET', `/hpp/?${phpForm(fields)}`, { ...html, check });
    (await order(true)).expect(302);
    assert.deepEqual(await hits(api), [0]);
    assert.equal((await order(false)).status, 503);
    assert.equal((await api.list()).expect(200).json.data.length, 1);
  });

  test('all payer pages are included', async () => {
    const api = await demo.newAccount();
    const { id, path } = await cardPage(api);
    const cgi = path.split('/').at(-1);
    const paths = [
      `/redirect/hpp/?cpi=${id}`,
      path,
      `${path}/challenge`,
      `/return?id=${id}`,
      `/complete-auth?pid=${cgi}`,
    ];
    await fault(api, { on: 'page', match: { invoice: id }, fault: 'status', status: 503 });
    for (const target of paths) {
      const reply = await demo.send('GET', target, { ...html, check: false });
      assert.deepEqual([target, reply.status, reply.headers['content-type'].split(';')[0]], [target, 503, 'text/html']);
    }
    const acs = await demo.send('POST', `/acs/${cgi}`, { check: false });
    assert.deepEqual([acs.status, acs.headers['content-type'].split(';')[0]], [503, 'text/html']);
  });
});
