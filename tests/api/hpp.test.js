// The payer pages: redirect, card page, result. Forms are always submitted as rendered.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client } from '../lib/client.js';
import { CVVS, holdsCvvs } from '../lib/cvv.js';
import { startServer } from '../lib/server.js';
import { BROWSER, forms, unescaped } from '../lib/pages.js';
import * as pages from '../lib/pages.js';
import { startSink } from '../lib/sink.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);
const GOOD = '5519283812030000';
const GOOD_3DS = '5123817234060000';
const BAD = '4302912837020000';

const local = (url) => pages.local(server, url);
const { open } = pages;
const cardForm = (html) => forms(html).find((form) => 'card_number' in form.inputs);

/** The page that offers another attempt: this page, the page of the session, or the target of a link of this page. */
async function retryPage(api, path, html) {
  if (cardForm(html)) return html;
  const own = (await open(api, path)).expect(200).text;
  if (cardForm(own)) return own;
  for (const [, link] of html.matchAll(/href="([^"]*)"/g)) {
    const target = local(new URL(unescaped(link), `${server.url}${path}`).href);
    if (!target.startsWith('/hpp/')) continue;
    const page_ = await open(api, target);
    if (cardForm(page_.text)) return page_.text;
  }
  return undefined;
}

/** Fills and sends the card form of a page; follows redirects within the server. */
async function submit(api, path, html, fields) {
  const form = cardForm(html) ?? assert.fail(`no card form on the page:\n${html.slice(0, 3000)}`);
  assert.equal(form.method, 'post');
  const target = new URL(form.action || path, `${server.url}${path}`);
  let reply = await api.send('POST', local(target.href), { form: { ...form.inputs, ...fields }, headers: BROWSER });
  for (let i = 0; i < 5 && reply.status >= 300 && reply.status < 400; i++) {
    const location = local(new URL(reply.headers.location, `${server.url}${path}`).href);
    if (/^https?:/.test(location)) break;
    reply = await api.send('GET', location, { headers: BROWSER });
  }
  return reply;
}
const pay = (card_number, expiry = '12/30', more = {}) => ({
  card_number,
  expiry,
  cvv: '123',
  holder: 'CARD HOLDER',
  action: 'pay',
  ...more,
});
const page = (data) => local(data.attributes.flow_data.action);

describe('access', () => {
  test('hpp_url leads to the card page', async () => {
    const { id, attributes: a } = await demo.made();
    const reply = (await demo.send('GET', local(a.hpp_url), { headers: BROWSER })).expect(302);
    assert.equal(reply.headers.location, a.flow_data.action);
    for (const path of [`/redirect/hpp?cpi=${id}`, `/redirect/hpp/?cpi=${id}&x=1`]) {
      assert.equal((await demo.send('GET', path)).expect(302).headers.location, a.flow_data.action);
    }
  });

  test('an unknown invoice or session is not found', async () => {
    (await demo.send('GET', '/redirect/hpp/?cpi=cpi_0000000000000000', { headers: BROWSER })).expect(404);
    (await demo.send('GET', '/redirect/hpp/', { headers: BROWSER })).expect(400, 404);
    const reply = (await demo.send('GET', '/hpp/cgi_0000000000000000', { headers: BROWSER })).expect(404);
    assert.match(reply.headers['content-type'], /^text\/html/);
    (await demo.send('POST', '/hpp/cgi_0000000000000000', { form: pay(GOOD), headers: BROWSER })).expect(404);
  });

  test('the page has a form with number, expiry, CVV, holder, pay and cancel', async () => {
    const made = await demo.made({ amount: 123.45, description: 'A thing to pay' });
    const reply = (await open(demo, page(made))).expect(200);
    assert.match(reply.headers['content-type'], /^text\/html; *charset=utf-8$/i);
    const form = cardForm(reply.text);
    for (const field of ['card_number', 'expiry', 'cvv', 'holder']) assert.ok(field in form.inputs, field);
    const actions = forms(reply.text).flatMap(({ buttons, inputs }) => [...buttons.map((b) => b.value), inputs.action]);
    assert.ok(actions.includes('pay'), 'a way to pay');
    assert.ok(actions.includes('cancel'), 'a way to cancel');
    assert.match(reply.text, /123\.45/);
    assert.match(reply.text, /USD|\$/);
    assert.match(reply.text, /A thing to pay/);
  });

  test('values from the merchant are escaped', async () => {
    const api = await demo.newAccount({ name: '<script>alert("name")</script>' });
    const made = await api.made({
      description: '"><script>alert(1)</script>',
      reference_id: '<img src=x onerror=alert(2)>',
    });
    const reply = (await open(api, page(made))).expect(200);
    for (const bad of ['<script>alert', '<img src=x']) assert.ok(!reply.text.includes(bad), bad);
  });

  test('caches must not store the page', async () => {
    const reply = await open(demo, page(await demo.made()));
    assert.match(reply.headers['cache-control'] ?? '', /no-store|no-cache/);
  });
});

describe('the timer', () => {
  test('is cancelled when a browser opens the page', async () => {
    const api = await demo.newFrozen();
    const made = await api.made();
    (await open(api, page(made))).expect(200);
    await api.advance(1799);
    assert.equal((await api.attributes(made.id)).status, 'process_pending');
    await api.advance(1);
    assert.deepEqual(
      [(await api.attributes(made.id)).status, (await api.attributes(made.id)).resolution],
      ['process_failed', 'expired'],
    );
  });

  test('is not cancelled by the redirect alone or a GET without HTML', async () => {
    const api = await demo.newFrozen();
    const made = await api.made();
    (await api.send('GET', local(made.attributes.hpp_url), { headers: BROWSER })).expect(302);
    for (const headers of [{}, { Accept: '*/*' }, { Accept: 'application/json' }]) {
      (await api.send('GET', page(made), { headers })).expect(200);
    }
    await api.send('HEAD', page(made), { headers: { Accept: '*/*' } });
    await api.advance(2);
    assert.equal((await api.attributes(made.id)).status, 'processed');
  });
});

describe('paying', () => {
  for (const [what, fields] of [
    ['a card without 3-D Secure', pay(GOOD)],
    ['the expiry without a slash', pay(GOOD, '1230')],
    ['the number in groups', pay('5519 2838 1203 0000')],
    ['an expiry date in the past', pay(GOOD, '01/25')],
  ]) {
    test(what, async () => {
      const api = await demo.newFrozen();
      const sink = await startSink({ account: api.account });
      const made = await api.made({ callback_url: `${sink.url}/c` });
      await api.idle();
      const form = (await open(api, page(made))).expect(200);
      const result = (await submit(api, page(made), form.text, fields)).expect(200);
      assert.equal(cardForm(result.text), undefined, 'no form on the result page');
      const a = (await api.get(made.id)).data.attributes;
      assert.deepEqual([a.status, a.resolution, a.processed_amount], ['processed', 'ok', 100]);
      assert.equal(a.payload.payment_card.mask, '551928******0000');
      assert.equal(a.payload.payment_card.holder, 'CARD HOLDER');
      assert.equal(a.payload.payment_card.expiry_month, fields.expiry.slice(0, 2));
      assert.equal(a.payload.payment_card.expiry_year, fields.expiry.slice(-2));
      assert.deepEqual((await sink.got(2)).map((r) => r.status), ['process_pending', 'processed']);
      await sink.stop();
    });
  }

  // Pays with 3-D Secure: card page, the bank's page, result. `answer` returns the fields of the form for the shown
  // code.
  async function through3ds(answer) {
    const api = await demo.newFrozen();
    const made = await api.made();
    const form = (await open(api, page(made))).expect(200);
    const bank = (await submit(api, page(made), form.text, pay(GOOD_3DS))).expect(200);
    const attributes = await api.attributes(made.id);
    assert.deepEqual(
      [attributes.status, attributes.resolution, attributes.payload],
      ['process_pending', 'auth_3ds_required', null],
    );
    const [challenge] = forms(bank.text);
    const [, code] = /data-testid="challenge-code">(\d{6})</.exec(bank.text);
    const reply = await api.send('POST', challenge.action, {
      form: { ...challenge.inputs, ...answer(code) },
      headers: BROWSER,
    });
    return {
      api,
      made,
      reply,
      state: async () => {
        const a = await api.attributes(made.id);
        return `${a.status}:${a.resolution}`;
      },
    };
  }

  test('3-D Secure, correct code: paid', async () => {
    const { reply, state } = await through3ds((code) => ({ code, action: 'confirm' }));
    reply.expect(303);
    assert.equal(await state(), 'processed:ok');
  });

  test('3-D Secure, wrong code or cancel: invalid_3ds_code, and the payer can retry', async () => {
    const wrong = (code) => ({ code: code === '000000' ? '111111' : '000000', action: 'confirm' });
    for (const answer of [wrong, () => ({ code: '', action: 'cancel' })]) {
      const { api, made, reply, state } = await through3ds(answer);
      reply.expect(303);
      assert.equal(await state(), 'process_failed:invalid_3ds_code');
      (await submit(api, page(made), (await open(api, page(made))).text, pay(GOOD))).expect(200);
      assert.equal(await state(), 'processed:ok');
    }
  });

  test('3-D Secure, no code: asked again, and the page redirects to the open challenge', async () => {
    const { api, made, reply, state } = await through3ds(() => ({ code: '', action: 'confirm' }));
    reply.expect(422);
    assert.equal(await state(), 'process_pending:auth_3ds_required');
    assert.match((await open(api, page(made))).expect(200).text, /data-testid="challenge-form"/);
  });

  test('after a decline the payer can retry with a good card', async () => {
    const api = await demo.newFrozen();
    const sink = await startSink({ account: api.account });
    const made = await api.made({ callback_url: `${sink.url}/c` });
    await api.idle();
    const first = (await open(api, page(made))).expect(200);
    const declined = (await submit(api, page(made), first.text, pay(BAD, '05/29'))).expect(200);
    assert.deepEqual(
      [(await api.attributes(made.id)).status, (await api.attributes(made.id)).resolution],
      ['process_failed', 'insufficient_funds'],
    );
    assert.match(declined.text, /insufficient_funds/);
    const again = await retryPage(api, page(made), declined.text) ?? assert.fail('no way to try again');
    (await submit(api, page(made), again, pay(GOOD))).expect(200);
    assert.equal((await api.attributes(made.id)).status, 'processed');
    assert.deepEqual(
      (await sink.got(4)).map((r) => r.status),
      ['process_pending', 'process_failed', 'process_pending', 'processed'],
    );
    await sink.stop();
  });

  test('after the attempt limit there is no form', async () => {
    const api = await demo.newFrozen({ attempt_limit: 2 });
    const made = await api.made();
    const first = (await open(api, page(made))).expect(200);
    const declined = await submit(api, page(made), first.text, pay(BAD, '05/29'));
    const second = await retryPage(api, page(made), declined.text) ?? assert.fail('no way to try again');
    const last = (await submit(api, page(made), second, pay(BAD, '05/29'))).expect(200);
    assert.equal(await retryPage(api, page(made), last.text), undefined);
    // a form that was opened before cannot pay either
    const late = await submit(api, page(made), second, pay(GOOD));
    late.expect(200, 409);
    assert.deepEqual([(await api.attributes(made.id)).status, (await api.attributes(made.id)).resolution], ['process_failed', 'insufficient_funds']);
  });

  test('cancel fails the payment', async () => {
    const api = await demo.newFrozen();
    const made = await api.made();
    const form = (await open(api, page(made))).expect(200);
    (await submit(api, page(made), form.text, { action: 'cancel' })).expect(200);
    assert.equal((await api.attributes(made.id)).status, 'process_failed');
  });

  test('invalid fields show the form again and do not count as an attempt', async () => {
    const api = await demo.newFrozen({ attempt_limit: 1 });
    const made = await api.made();
    const form = (await open(api, page(made))).expect(200);
    for (const fields of [
      pay(''),
      pay('12'),
      pay('letters'),
      pay(GOOD, ''),
      pay(GOOD, '13/30'),
      pay(GOOD, '1/2/3'),
      pay(GOOD, '12/30', { cvv: '' }),
    ]) {
      const reply = (await submit(api, page(made), form.text, fields)).expect(200, 422);
      assert.ok(cardForm(reply.text), 'the form again');
      assert.ok(!reply.text.includes(`value="${GOOD}"`) || fields.card_number === GOOD);
    }
    assert.equal((await api.attributes(made.id)).status, 'process_pending');
    const again = (await open(api, page(made))).expect(200);
    (await submit(api, page(made), again.text, pay(GOOD))).expect(200);
    assert.equal((await api.attributes(made.id)).status, 'processed');
  });

  test('a form sent twice pays once', async () => {
    const api = await demo.newFrozen();
    const sink = await startSink({ account: api.account });
    const made = await api.made({ callback_url: `${sink.url}/c` });
    await api.idle();
    const form = (await open(api, page(made))).expect(200);
    const replies = await Promise.all([1, 2, 3].map(() => submit(api, page(made), form.text, pay(GOOD))));
    for (const reply of replies) reply.expect(200, 409);
    await api.idle();
    assert.deepEqual(sink.requests.map((r) => r.status), ['process_pending', 'processed']);
    await sink.stop();
  });

  test('the log contains no card data', async () => {
    for (const cvv of CVVS) {
      const made = await demo.made({}, { headers: { 'X-Mock-Outcome': 'process_pending' } });
      const form = (await open(demo, page(made))).expect(200);
      await submit(demo, page(made), form.text, pay('5519283812030000', '12/30', { cvv }));
    }
    assert.ok(!server.stderr.includes('5519283812030000'));
    assert.ok(!holdsCvvs(server.stderr));
  });
});

describe('the end', () => {
  test('a finished invoice shows its result', async () => {
    const api = await demo.newFrozen();
    const made = await api.made();
    await api.advance(2);
    const reply = (await open(api, page(made))).expect(200);
    assert.equal(cardForm(reply.text), undefined);
    assert.equal((await api.attributes(made.id)).status, 'processed');
  });

  test('after the expiry the page cannot pay', async () => {
    const api = await demo.newFrozen();
    const made = await api.made({}, { headers: { 'X-Mock-Outcome': 'process_pending' } });
    const form = (await open(api, page(made))).expect(200);
    await api.advance(1800);
    assert.equal(cardForm((await open(api, page(made))).text), undefined);
    (await submit(api, page(made), form.text, pay(GOOD))).expect(200, 409);
    assert.deepEqual([(await api.attributes(made.id)).status, (await api.attributes(made.id)).resolution], ['process_failed', 'expired']);
  });

  const urls = {
    success: 'http://127.0.0.1:1/success?a=1&b=2',
    fail: 'http://127.0.0.1:1/fail',
    pending: 'http://127.0.0.1:1/pending',
  };
  const links = (html) =>
    [...html.matchAll(/href\s*=\s*"([^"]*)"|action\s*=\s*"([^"]*)"/g)].map(([, a, b]) => unescaped(a ?? b));
  const backTo = async (api, made) => {
    const result = await open(api, page(made));
    const found = links(result.text);
    const back = found.find((link) => link.includes('127.0.0.1:1/'));
    if (back) return back;
    const way = found.find((link) => /\/return\b/.test(link));
    assert.ok(way, `a way back on the page: ${found.join(' ')}`);
    const reply = await api.send('GET', local(new URL(way, server.url).href), { headers: BROWSER });
    return reply.expect(302, 303).headers.location;
  };

  for (const [outcome, which] of [['processed', 'success'], ['process_failed:declined', 'fail']]) {
    test(`the return after ${outcome} uses return_urls.${which}`, async () => {
      const api = await demo.newFrozen({ attempt_limit: 1, return_url: 'http://127.0.0.1:1/account' });
      const options = { headers: { 'X-Mock-Outcome': outcome } };
      const made = await api.made({ return_url: 'http://127.0.0.1:1/plain', return_urls: urls }, options);
      const plain = await api.made({ return_url: 'http://127.0.0.1:1/plain' }, options);
      const none = await api.made({}, options);
      await api.advance(2);
      assert.equal(await backTo(api, made), urls[which]);
      assert.equal(await backTo(api, plain), 'http://127.0.0.1:1/plain');
      assert.equal(await backTo(api, none), 'http://127.0.0.1:1/account');
    });
  }

  test('/return redirects by the status', async () => {
    const api = await demo.newFrozen();
    const made = await api.made({ return_urls: urls });
    const to = async () =>
      (await api.send('GET', `/return?id=${made.id}`, { headers: BROWSER })).expect(302, 303).headers.location;
    assert.equal(await to(), urls.pending);
    await api.advance(2);
    assert.equal(await to(), urls.success);
    const none = await api.made();
    (await api.send('GET', `/return?id=${none.id}`, { headers: BROWSER })).expect(200);
    (await api.send('GET', '/return?id=cpi_0000000000000000', { headers: BROWSER })).expect(404);
  });
});
