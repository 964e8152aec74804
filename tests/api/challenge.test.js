// 3-D Secure for a shop whose server fetches the challenge page and shows its HTML: the page works from any URL.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client, invoice } from '../lib/client.js';
import { startServer } from '../lib/server.js';

const GOOD_3DS = '5123817234060000';
const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };
const FORM = 'application/x-www-form-urlencoded';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);

const card = { card_number: GOOD_3DS, card_holder: 'CARD HOLDER', cvv: '123', exp_month: '12', exp_year: '30' };
const urls = (html) =>
  [...html.matchAll(/ (?:href|src|action|data-over)="([^"]*)"/g)].map(([, url]) => url.replaceAll('&amp;', '&'));

/** An invoice with an open challenge: {id, auth}. The shop posts `auth`. */
async function challenged(api, attributes = {}) {
  const { id, attributes: { flow_data: { metadata } } } = await api.made(attributes, hold);
  const reply = await api.send('POST', '/payment/sale', {
    auth: `Bearer ${metadata.token}`,
    json: { data: { attributes: card } },
  });
  return { id, sid: metadata.sid, auth: reply.expect(201).json.auth_payload };
}

/** The POST of the shop, with fetch: only the URL comes from the server. */
const fetchPage = (url, fields = {}) =>
  fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });

describe('POST /acs/{cgi}', () => {
  test('shows the challenge, with absolute URLs only', async () => {
    const api = await demo.newAccount();
    await api.freeze(); // the page shows the remaining seconds
    const { auth, sid } = await challenged(api, { return_url: 'https://shop.example/back' });
    const reply = await fetchPage(auth.action, auth.params);
    assert.equal(reply.status, 200);
    assert.match(reply.headers.get('content-type'), /^text\/html/);
    const html = await reply.text();
    assert.deepEqual(urls(html).filter((url) => !url.startsWith(`${server.url}/`)), []);
    assert.ok(urls(html).includes(`${server.url}/hpp/${sid}/challenge`), html);
    assert.equal(await (await fetchPage(auth.action, auth.params)).text(), html, 'again: a reload posts again');
  });

  test('accepts its form from another origin, but no wrong token', async () => {
    const api = await demo.newAccount();
    const { id, auth } = await challenged(api, { return_url: 'https://shop.example/back' });
    const html = await (await fetchPage(auth.action)).text();
    const [action] = urls(html).filter((url) => url.endsWith('/challenge'));
    const code = /data-testid="challenge-code">(\d{6})</.exec(html)[1];
    const csrf = /name="csrf" value="([^"]*)"/.exec(html)[1];
    const submit = (fields) => fetch(action, { method: 'POST', redirect: 'manual', body: new URLSearchParams(fields),
      headers: { Origin: 'https://shop.example', 'Sec-Fetch-Site': 'cross-site' } });
    assert.equal((await submit({ code, csrf: 'x', action: 'confirm' })).status, 422);
    assert.equal(
      (await submit({ code, csrf, attempt: /name="attempt" value="(\d+)"/.exec(html)[1], action: 'confirm' })).status,
      303,
    );
    assert.equal((await api.attributes(id)).status, 'processed');
  });

  test('may be framed by any shop; the policy names the origin of its files', async () => {
    const api = await demo.newAccount();
    const { auth } = await challenged(api);
    const policy = (await fetchPage(auth.action)).headers.get('content-security-policy');
    assert.doesNotMatch(policy, /frame-ancestors/);
    for (const part of ['script-src', 'style-src', 'img-src'])
      assert.ok(policy.includes(`${part} 'self' ${server.url};`), policy);
    assert.match(policy, /form-action 'self' http: https:/);
    const asset = await fetch(`${server.url}/_mock/assets/page.js`, { headers: { Origin: 'https://shop.example' } });
    assert.equal(asset.headers.get('access-control-allow-origin'), '*');
  });

  test('uses the base URL of the invoice, whatever URL the page has', async () => {
    const api = await demo.newAccount();
    const made = (await api.create(invoice(), { headers: { ...hold.headers, Host: 'pay.example:8443' } })).expect(
      201,
    ).data;
    const { metadata } = made.attributes.flow_data;
    (
      await api.send('POST', '/payment/sale', {
        auth: `Bearer ${metadata.token}`,
        json: { data: { attributes: card } },
      })
    ).expect(201);
    const reply = await fetchPage(`${server.url}/acs/${metadata.sid}`);
    assert.deepEqual(urls(await reply.text()).filter((url) => !url.startsWith('http://pay.example:8443/')), []);
    assert.ok(reply.headers.get('content-security-policy').includes("style-src 'self' http://pay.example:8443;"));
  });

  test('redirects to the payment page without an open challenge; GET is not allowed', async () => {
    const api = await demo.newAccount();
    const { id, auth, sid } = await challenged(api);
    (await api.transition(id, { status: 'process_failed', resolution: 'declined' })).expect(200);
    const over = await fetchPage(auth.action);
    assert.deepEqual([over.status, over.headers.get('location')], [303, `/hpp/${sid}`]);
    assert.equal((await api.send('GET', `/acs/${sid}`)).expect(405).headers.allow, 'POST, OPTIONS');
    (await api.send('POST', '/acs/cgi_0000000000000000', { body: '', headers: { 'Content-Type': FORM } })).expect(404);
  });

  test('the challenge page itself has relative URLs', async () => {
    const api = await demo.newAccount();
    const { sid } = await challenged(api);
    const reply = (await api.send('GET', `/hpp/${sid}/challenge`, { headers: { Accept: 'text/html' } })).expect(200);
    assert.deepEqual(urls(reply.text).filter((url) => !url.startsWith('/')), []);
  });
});

test('the form that forwards a payer by POST has an absolute URL too', async () => {
  const api = await demo.newAccount();
  const fields = {
    public_key: api.account.public_key,
    ...invoice({ service: 'bitcoin_btc_hpp', currency: 'BTC', amount: 1 }),
  };
  const reply = await fetchPage(`${server.url}/public-api/payment-invoices/process`, fields);
  const html = await reply.text();
  assert.equal(reply.status, 200, html);
  assert.deepEqual(urls(html).filter((url) => !url.startsWith(`${server.url}/`)), []);
  assert.doesNotMatch(reply.headers.get('content-security-policy'), /frame-ancestors/);
});
