// The payer pages without a browser: theme, languages, policy, security and return URLs.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { Client } from '../lib/client.js';
import { CVVS, holdsCvvs } from '../lib/cvv.js';
import { BROWSER, forms, local, open, result, send, text } from '../lib/pages.js';
import { startServer, tempDir } from '../lib/server.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server);
const HOLD = { headers: { 'X-Mock-Outcome': 'process_pending' } };
const [GOOD_3DS, GOOD, BAD_3DS, BAD] = ['5123817234060000', '5519283812030000', '4412397212080000', '4302912837020000'];
const RETURN_URLS = {
  success: 'http://shop.test/ok?a=1',
  fail: 'http://shop.test/no',
  pending: 'http://shop.test/wait',
};

const pathOf = ({ attributes }) => local(server, attributes.flow_data.action);
const card = (card_number, expiry = '12/30', more = {}) => ({
  card_number,
  expiry,
  cvv: '123',
  holder: 'A HOLDER',
  action: 'pay',
  ...more,
});

async function order(attributes = {}, settings = {}, options = HOLD) {
  const api = await demo.newAccount(settings);
  await api.freeze();
  const made = await api.made(attributes, options);
  return { api, made, path: pathOf(made), state: async () => {
    const { status, resolution } = await api.attributes(made.id);
    return `${status}:${resolution}`;
  } };
}

const formOf = (html, testid = 'payment-form') => {
  const [tag] =
    new RegExp(`<form\\b[^>]*data-testid="${testid}"[^>]*>[^]*?</form>`).exec(html) ?? assert.fail(`no ${testid}`);
  return forms(tag)[0];
};

async function pay({ api, path }, fields) {
  return send(api, formOf((await open(api, path)).expect(200).text), fields);
}

describe('every decline of the test cards', () => {
  const TABLE = {
    '08/56': 'access_denied',
    '07/55': 'error',
    '06/54': 'provider_error',
    '05/53': 'unknown',
    '04/52': 'duplicated_transaction',
    '03/51': 'auth_fatal_error',
    '02/50': 'unable_to_determine_3ds_enrolment',
    '01/49': 'card_is_3ds_enrolled',
    '12/48': 'card_is_not_3ds_enrolled',
    '11/47': 'issuer_decline',
    '10/46': 'client_auth_failed',
    '09/45': 'provider_fatal_error',
    '08/44': 'invalid_details',
    '07/43': 'invalid_pin',
    '06/42': 'antifraud_error',
    '05/41': 'invalid_card',
    '04/40': 'fatal_error',
    '03/39': 'unable_to_reconcile',
    '02/38': 'invalid_amount',
    '01/37': 'limit_violation',
    '12/36': 'functionality_is_not_permitted',
    '11/35': 'invalid_request',
    '10/34': 'lost_or_stolen_card',
    '09/33': 'declined',
    '08/32': 'invalid_otp',
    '07/31': 'invalid_3ds_code',
    '06/30': 'invalid_card_status',
    '05/29': 'insufficient_funds',
    '04/28': 'card_expired',
    '03/27': 'invalid_cvv',
    '02/26': 'invalid_pan',
    '01/25': 'invalid_credentials',
    '12/99': 'general_fatal_error',
  };

  for (const [number, three_ds] of [[BAD, false], [BAD_3DS, true]]) {
    test(`card ${number}: 32 expiry dates and one more`, async () => {
      const api = await demo.newAccount({ attempt_limit: 100 });
      await api.freeze();
      const made = await api.made({}, HOLD);
      let page = (await open(api, pathOf(made))).text;
      for (const [expiry, resolution] of Object.entries(TABLE)) {
        page = (await send(api, formOf(page), card(number, expiry))).expect(200).text;
        if (three_ds) {
          assert.equal((await api.attributes(made.id)).resolution, 'auth_3ds_required');
          page = (
            await send(api, formOf(page, 'challenge-form'), { code: text(page, 'challenge-code'), action: 'confirm' })
          ).expect(200).text;
        }
        assert.deepEqual(result(page), { status: 'process_failed', resolution }, expiry);
        assert.ok(page.includes(`Error code: ${resolution}`));
      }
    });
  }

  test('an unknown number is declined, an invalid one is rejected by the form', async () => {
    const it = await order();
    assert.deepEqual(result((await pay(it, card('4111111111111111'))).expect(200).text), {
      status: 'process_failed',
      resolution: 'general_fatal_error',
    });
    const page = (await pay(it, card('4111111111111112'))).expect(422).text;
    assert.match(page, /data-testid="error-card_number"/);
    assert.ok(!page.includes('4111111111111112'));
  });
});

describe('forms', () => {
  test('without its token, or with that of another page, a form changes nothing', async () => {
    const it = await order();
    const other = await order();
    const form = formOf((await open(it.api, it.path)).text);
    const { csrf } = formOf((await open(other.api, other.path)).text).inputs;
    for (const wrong of [{ csrf: '' }, { csrf: 'x' }, { csrf }]) {
      const reply = await it.api.send('POST', form.action, {
        form: { ...form.inputs, ...card(GOOD), ...wrong },
        headers: BROWSER,
      });
      assert.match(reply.expect(422).text, /data-testid="error"/);
    }
    assert.equal(await it.state(), 'process_pending:ok');
  });

  test('a form sent twice pays or declines once', async () => {
    for (const [number, status] of [[GOOD, 'processed'], [BAD, 'process_failed']]) {
      const it = await order();
      const form = formOf((await open(it.api, it.path)).text);
      for (let i = 0; i < 3; i++) await send(it.api, form, card(number, '05/29'));
      const { items } = await it.api.timeline(it.made.id);
      assert.equal(items.filter(({ kind, to }) => kind === 'transition' && to === status).length, 1);
    }
  });

  test('an old form after a decline does not use up another attempt, and says so', async () => {
    const it = await order({}, { attempt_limit: 2 });
    const old = formOf((await open(it.api, it.path)).text);
    const isStale = async (number) => (await send(it.api, old, card(number, '05/29'))).text.includes('data-testid="stale"');
    assert.equal(await isStale(BAD), false);
    assert.equal(await isStale(GOOD), true, 'the payer learns that nothing was charged');
    assert.deepEqual(result((await pay(it, card(GOOD))).text), { status: 'processed', resolution: 'ok' });
  });

  test('too long fields are rejected, not truncated', async () => {
    const it = await order();
    const long = 'x'.repeat(5000);
    const page = (await pay(it, { card_number: long, expiry: long, cvv: long, holder: long, action: 'pay' })).expect(
      422,
    ).text;
    for (const field of ['card_number', 'expiry', 'cvv', 'holder'])
      assert.match(page, new RegExp(`data-testid="error-${field}"`));
    assert.equal(await it.state(), 'process_pending:ok');
  });

  test('entered values are shown again, escaped, except the number and the CVV', async () => {
    const it = await order();
    const page = (
      await pay(it, {
        card_number: '4302 9128',
        expiry: '"><i>',
        cvv: 'secretcode',
        holder: '<script>x</script>',
        action: 'pay',
      })
    ).expect(422).text;
    assert.ok(!page.includes('<script>x') && !page.includes('"><i>'));
    assert.ok(page.includes('&lt;script&gt;x&lt;/script&gt;'));
    assert.ok(!page.includes('secretcode'));
    assert.match(page, /id="card_number" name="card_number" value=""/);
  });
});

describe('return URLs', () => {
  const back = async ({ api, made }) => (await api.send('GET', `/return?id=${made.id}`, { headers: BROWSER }));

  for (const [status, url] of [['processed', RETURN_URLS.success], ['process_failed:declined', RETURN_URLS.fail],
    ['process_pending', RETURN_URLS.pending], ['processed@0,refunded@0', RETURN_URLS.success],
    ['partially_processed', RETURN_URLS.pending]]) {
    test(`${status} leads to ${url}`, async () => {
      const it = await order(
        { return_urls: RETURN_URLS, return_url: 'http://shop.test/other' },
        {},
        { headers: { 'X-Mock-Outcome': status } },
      );
      await it.api.advance(5);
      assert.equal((await back(it)).expect(302).headers.location, url);
      assert.ok((await open(it.api, `${it.path}?done=1`)).text.includes(`href="${url}"`));
    });
  }

  test('return_urls precede return_url, the account\'s URL and the result page', async () => {
    const account = { return_url: 'http://shop.test/account' };
    const paid = { headers: { 'X-Mock-Outcome': 'processed@0' } };
    for (const [attributes, settings, wanted] of [
      [
        { return_urls: { pending: RETURN_URLS.pending }, return_url: 'http://shop.test/one' },
        account,
        'http://shop.test/one',
      ],
      [{ return_url: 'http://shop.test/one' }, account, 'http://shop.test/one'],
      [{}, account, 'http://shop.test/account'],
      [{}, {}, undefined],
    ]) {
      const it = await order({ return_url: undefined, ...attributes }, settings, paid);
      await it.api.advance(1);
      const reply = await back(it);
      assert.equal(reply.headers.location, wanted);
      if (!wanted) assert.deepEqual(result(reply.expect(200).text), { status: 'processed', resolution: 'ok' });
    }
  });

  test('only http and https are allowed', async () => {
    for (const url of ['javascript:alert(1)', 'data:text/html,x', 'ftp://shop.test/', '//shop.test/']) {
      (await demo.create({ service: 'payment_card_usd_hpp', currency: 'USD', amount: 1, return_url: url })).expect(422);
    }
  });

  test('auto_return and bypass_status_page skip the result, but not a retry', async () => {
    const bypass = { gateway_options: { cardgate: { bypass_status_page: 'true' } } };
    for (const [attributes, settings] of [[{}, { auto_return: true }], [bypass, {}]]) {
      const it = await order({ return_urls: RETURN_URLS, ...attributes }, settings);
      assert.deepEqual(result((await pay(it, card(BAD, '05/29'))).text), {
        status: 'process_failed',
        resolution: 'insufficient_funds',
      });
      const reply = await pay(it, card(GOOD));
      assert.equal(reply.expect(302).headers.location, RETURN_URLS.success);
    }
  });
});

describe('options of the card gate', () => {
  const cardgate = (options) => ({ gateway_options: { cardgate: options } });

  test('retry_limit, as number or text, up to the account\'s limit', async () => {
    for (const [retry_limit, attempt_limit, tries] of [
      [1, 5, 1],
      ['2', 5, 2],
      [9, 2, 2],
      [0, 2, 2],
      ['x', 2, 2],
      [-1, 2, 2],
    ]) {
      const it = await order(cardgate({ retry_limit }), { attempt_limit });
      let page;
      for (let i = 0; i < tries; i++) {
        page = (await pay(it, card(BAD, '05/29'))).text;
        assert.equal(/data-testid="payment-form"/.test(page), i < tries - 1, `${retry_limit}: form after ${i + 1}`);
      }
      (await it.api.pay(it.made.id, { card_number: GOOD, expiry: '1230', cvv: '123' })).expect(409);
    }
  });

  test('theme_options: name, title, holder, footer, colours of the button', async () => {
    const it = await order(
      cardgate({
        theme: 'dark',
        theme_options: {
          merchant_name: 'Lamp & Co',
          window_title: 'Pay <now>',
          powered_by: 'false',
          card_holder: false,
          btn_bg_color: '#ff0000',
          btn_font_color: '#FFF',
          logo: 'https://elsewhere.test/logo.png',
        },
      }),
    );
    const page = (await open(it.api, it.path)).text;
    assert.equal(text(page, 'merchant'), 'Lamp & Co');
    assert.ok(page.includes('<title>Pay &lt;now&gt;</title>'));
    assert.ok(page.includes('data-theme="dark"'));
    assert.ok(!page.includes('data-testid="holder"') && !page.includes('<footer') && !page.includes('elsewhere.test'));
    const css = (await it.api.send('GET', `${it.path}/look.css`)).expect(200);
    assert.match(css.headers['content-type'], /^text\/css/);
    assert.ok(page.includes(`${it.path}/look.css`));
    assert.match(css.text, /--accent: #ff0000;\s+--on-accent: #ffffff;/);
  });

  test('colours in any CSS notation become #rrggbb', async () => {
    const api = await demo.newAccount();
    const style = {
      primary: 'RebeccaPurple',
      on_primary_color: 'rgb(255, 100%, 0)',
      secondary: 'rgb(1 2 3 / 50%)',
      danger_color: '#ABC',
    };
    const fields = { public_key: api.account.public_key, currency: 'USD', amount: 1, service: 'payment_card_usd_hpp' };
    const bad = (await api.createForm({ ...fields, style }, { headers: { Accept: 'application/json' } })).expect(422);
    assert.deepEqual(Object.keys(bad.json.errors), ['style.on_primary_color']);
    style.on_primary_color = 'rgb(100%, 100%, 0%)';
    const { location } = (await api.createForm({ ...fields, style })).expect(302).headers;
    const css = (await api.send('GET', `${local(server, location)}/look.css`)).expect(200).text;
    assert.equal(
      css.replace(/\s+/g, ' '),
      ':root { --accent: #663399; --on-accent: #ffff00; --milk: #01020380; --bad: #aabbcc; --link: #a384c1; } ',
    );
  });

  test('presets, and the merchant\'s text on the pay button', async () => {
    const api = await demo.newAccount();
    const fields = { public_key: api.account.public_key, currency: 'USD', amount: 1, service: 'payment_card_usd_hpp' };
    for (const [style, theme, label] of [
      [{ theme: 'basic' }, 'light', 'Pay 1.00\u00a0USD'],
      [{ theme: 'dark' }, 'dark', 'Pay 1.00\u00a0USD'],
      [{ pay_button_label: '<b>Buy</b> & enjoy' }, undefined, '&lt;b&gt;Buy&lt;/b&gt; &amp; enjoy'],
      [{ pay_button_label: 'donate' }, undefined, 'Donate 1.00\u00a0USD'],
    ]) {
      const { location } = (await api.createForm({ ...fields, style })).expect(302).headers;
      const page = (await open(api, local(server, location))).text;
      assert.equal(/data-theme="(\w+)"/.exec(page)?.[1], theme);
      assert.equal(/data-testid="pay">([^\n]*)<\/button>/.exec(page)[1], label);
    }
  });

  test('an invalid colour never reaches the style sheet', async () => {
    const it = await order(
      cardgate({ theme_options: { btn_bg_color: 'red;} body{display:none', btn_font_color: '#12345g' } }),
    );
    assert.ok(!(await open(it.api, it.path)).text.includes('look.css'));
    assert.equal((await it.api.send('GET', `${it.path}/look.css`)).text.replace(/\s/g, ''), ':root{}');
  });

  test('options other than an object are ignored', async () => {
    for (const gateway_options of [
      { cardgate: 'x' },
      { cardgate: [] },
      { cardgate: { theme_options: 5 } },
      { other: 1 },
    ]) {
      const it = await order({ gateway_options });
      (await open(it.api, it.path)).expect(200);
    }
  });
});

describe('a service with a POST flow', () => {
  const bitcoin = { service: 'bitcoin_btc_hpp', currency: 'BTC', amount: 0.01 };

  test('has POST in flow_data, and its form leads to the page', async () => {
    const { api, made, path } = await order(bitcoin);
    const { method, params, metadata } = made.attributes.flow_data;
    assert.deepEqual([method, params], ['POST', { sid: metadata.sid }]);
    const reply = await api.send('POST', path, { form: params, headers: BROWSER });
    assert.equal(reply.expect(303).headers.location, path);
    assert.match((await open(api, path)).text, /data-testid="confirm"/);
    (await api.send('POST', path, { form: { sid: 'cgi_0000000000000000' }, headers: BROWSER })).expect(422);
  });

  test('/process returns a form that submits itself', async () => {
    const api = await demo.newAccount();
    const reply = (await api.createForm({ ...bitcoin, locale: 'uk' }, { headers: BROWSER })).expect(200);
    assert.match(reply.headers['content-type'], /^text\/html/);
    assert.match(reply.text, /lang="uk"/);
    assert.match(reply.text, /forward\.js/);
    const form = formOf(reply.text, 'forward');
    assert.equal(form.method, 'post');
    const page = await send(api, { ...form, action: local(server, form.action) }, {});
    assert.match(page.expect(200).text, /data-testid="confirm"/);
  });
});

describe('languages', () => {
  const lang = (page) => /<html lang="(\w+)"/.exec(page.text)[1];

  test('the parameter precedes the invoice\'s language, the browser\'s and English', async () => {
    const it = await order();
    const ask = async (path, accept) =>
      lang(await it.api.send('GET', path, { headers: { ...BROWSER, 'Accept-Language': accept } }));
    for (const [query, accept, wanted] of [
      ['?locale=ru', 'uk', 'ru'],
      ['?locale=RU', '', 'ru'],
      ['?locale=xx', 'uk', 'uk'],
      ['', 'uk-UA,uk;q=0.9,en;q=0.8', 'uk'],
      ['', 'en;q=0.5, ru;q=0.7', 'ru'],
      ['', 'de, fr;q=0.9', 'en'],
      ['', 'de, uk;q=0.1', 'uk'],
      ['', 'uk;q=0', 'en'],
      ['', '*', 'en'],
      ['', ';;;q=,,', 'en'],
      ['', 'ukx', 'en'],
      ['', '', 'en'],
    ]) {
      assert.equal(await ask(`${it.path}${query}`, accept), wanted, `${query} ${accept}`);
    }
    const api = await demo.newAccount();
    const made = await api.madePublic({ locale: 'uk' });
    const path = local(server, made.active_payment.payload.action);
    assert.equal(lang(await api.send('GET', path, { headers: { ...BROWSER, 'Accept-Language': 'ru' } })), 'uk');
    assert.equal(lang(await api.send('GET', `${path}?locale=ru`, { headers: BROWSER })), 'ru');
    for (const [locale, wanted] of [['de', 'en'], ['pt_BR', 'en'], ['uk-UA', 'uk'], ['RU', 'ru'], ['ukr', 'en']]) {
      const other = local(server, (await api.madePublic({ locale })).active_payment.payload.action);
      assert.equal(await ask(other, 'ru'), wanted, locale);
    }
    assert.equal(await ask(`${it.path}?locale=uk-UA`, 'ru'), 'uk');
  });

  test('errors are translated too', async () => {
    const reply = await demo.send('GET', '/hpp/cgi_0000000000000000', {
      headers: { ...BROWSER, 'Accept-Language': 'uk' },
    });
    assert.equal(lang(reply.expect(404)), 'uk');
  });
});

describe('security of the pages', () => {
  const policy = (reply) => Object.fromEntries(reply.headers['content-security-policy'].split(/\s*;\s*/).map((rule) => {
    const [name, ...values] = rule.split(' ');
    return [name, values.join(' ')];
  }));

  test('have a strict policy, and only the payer\'s pages may be framed', async () => {
    const it = await order();
    const error = await it.api.createForm({}, { headers: BROWSER });
    for (const [reply, framed] of [
      [await open(it.api, it.path), true],
      [await open(it.api, '/hpp/cgi_0000000000000000'), true],
      [error, false],
    ]) {
      const rules = policy(reply);
      assert.ok(!/unsafe|\*|data:/.test(JSON.stringify(rules)));
      assert.deepEqual(
        [rules['default-src'], rules['script-src'], rules['style-src'], rules['base-uri']],
        ["'none'", "'self'", "'self'", "'none'"],
      );
      assert.equal(rules['frame-ancestors'], framed ? undefined : "'none'");
      assert.equal(reply.headers['x-frame-options'], undefined);
      assert.equal(reply.headers['x-content-type-options'], 'nosniff');
      assert.match(reply.headers['cache-control'], /no-store/);
    }
  });

  test('have no inline script, style or handler', async () => {
    const it = await order({
      service: 'bank_transfer_usd_hpp',
      amount: 10,
      service_fields: { account_number: 'UA213223130000026007233566001' },
    });
    const pages = [
      await open(it.api, it.path),
      await pay(await order(), card(GOOD_3DS)),
      await pay(await order(), card(BAD, '05/29')),
      await pay(await order(), card(GOOD)),
    ];
    for (const { text: html } of pages) {
      assert.ok(!/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=/i.test(html));
    }
  });

  test('database and log never contain the number or the CVV', async () => {
    const folder = tempDir();
    const own = await startServer({ args: ['--db', join(folder, 'mock.db'), '--log-level', 'debug'] });
    const api = new Client(own);
    const tries = [[GOOD, '12/30'], [GOOD_3DS, '12/30'], [BAD, '05/29'], ['4111111111111111', '12/30']];
    for (const [number, expiry] of tries) {
      for (const cvv of CVVS) {
        const path = local(
          own,
          (await api.made({ gateway_options: { cardgate: { tokenize: true } } }, HOLD)).attributes.flow_data.action,
        );
        await send(api, formOf((await open(api, path)).text), card(number, expiry, { cvv }));
      }
    }
    await own.stop();
    const kept =
      readdirSync(folder)
        .map((file) => readFileSync(join(folder, file), 'latin1'))
        .join('') +
      own.stderr +
      own.stdout;
    assert.ok(kept.includes('551928******0000'));
    for (const [number] of tries) assert.ok(!kept.includes(number), number);
    assert.ok(!holdsCvvs(kept));
  });

  test('assets: only the files of the pages are served', async () => {
    assert.match((await demo.send('GET', '/_mock/assets/page.css')).expect(200).headers['content-type'], /^text\/css/);
    // browsers revalidate each file, so an upgrade never mixes modules, and an unchanged file is not sent again
    const { headers } = (await demo.send('GET', '/_mock/assets/dashboard.js')).expect(200);
    assert.equal(headers['cache-control'], 'no-cache');
    (await demo.send('GET', '/_mock/assets/dashboard.js', { headers: { 'If-None-Match': headers.etag } })).expect(304);
    for (const name of ['nothing.css', 'checkout.html', '%2e%2e']) {
      const { error } = (await demo.send('GET', `/_mock/assets/${name}`)).expect(404).json;
      assert.equal(error.code, 'unknown_asset');
    }
    for (const name of ['..%2fmessages.json', 'page.css%00']) { // no path at all, which the platform's form refuses
      assert.equal((await fetch(`${server.url}/_mock/assets/${name}`)).status, 404);
    }
  });

  test('assets are named by their version, and kept for a year under it only', async () => {
    const { text } = (await demo.send('GET', '/_mock/')).expect(200);
    const [path, version] = /\/_mock\/assets\/([0-9a-f]{12})\/dashboard\.css/.exec(text);
    const cached = async (url) => (await demo.send('GET', url)).expect(200).headers['cache-control'];
    assert.equal(await cached(path), 'public, max-age=31536000, immutable');
    assert.equal(await cached(path.replace(version, '0'.repeat(12))), 'no-cache', 'a page of another version');
    (await demo.send('GET', path.replace('dashboard', 'nothing'))).expect(404);
  });

  test('assets and documentation are sent in gzip to who takes it', async () => {
    for (const path of ['/_mock/assets/dashboard.js', '/_mock/assets/page.css', '/_mock/docs/faults', '/_mock/docs/search.json']) {
      const ask = (coding, more = {}, check = true) => demo.send('GET', path,
        { check, headers: { ...(coding && { 'Accept-Encoding': coding }), ...more } });
      const plain = (await ask()).expect(200);
      assert.equal(plain.headers['content-encoding'], undefined);
      assert.equal(plain.headers.vary, 'Accept-Encoding');
      for (const none of ['identity', 'br', 'gzip;q=0', 'gzip; q=0.0']) {
        assert.equal((await ask(none)).expect(200).headers['content-encoding'], undefined, none);
      }
      for (const coding of ['gzip', 'br, GZIP', 'gzip;q=0.5']) {
        const packed = (await ask(coding, {}, false)).expect(200); // packed JSON is not for the judge of the contract
        assert.equal(packed.headers['content-encoding'], 'gzip', coding);
        assert.ok(packed.raw.length < plain.raw.length / 2, path);
        assert.deepEqual(gunzipSync(packed.raw), plain.raw);
        (await ask(coding, { 'If-None-Match': packed.headers.etag })).expect(304);
      }
    }
  });
});

describe('the fields of a service', () => {
  const KEY = 'service_fields[cpf_number]';
  const CPF = { service: 'payment_card_brl_hpp', currency: 'BRL' };
  const givenOf = (html) => [.../<dl\b[^>]*data-testid="given">([^]*?)<\/dl>/.exec(html)?.[1]
    .matchAll(/<dd>([^<]*)<\/dd>/g) ?? []].map(([, value]) => value);

  test('stand beside those of the card, and are checked and kept', async () => {
    const it = await order(CPF);
    const form = formOf((await open(it.api, it.path)).expect(200).text);
    assert.ok('card_number' in form.inputs && KEY in form.inputs);
    const wrong = (await send(it.api, form, card(GOOD, '12/30', { [KEY]: 'abc' }))).expect(422).text;
    assert.match(wrong, /data-testid="error-cpf_number"/);
    assert.ok(!wrong.includes('data-testid="error-card_number"'));
    assert.equal(formOf(wrong).inputs[KEY], 'abc');
    assert.equal(formOf(wrong).inputs.card_number, '', 'numbers never come back');
    const both = (await send(it.api, form, card(GOOD, '13/30', { [KEY]: '123-45' }))).expect(422).text;
    assert.match(both, /data-testid="error-expiry"/);
    assert.equal(formOf(both).inputs[KEY], '123-45', 'it is asked again while the card is wrong');
    assert.equal(await it.state(), 'process_pending:ok');
    const declined = (await send(it.api, form, card(BAD, '05/29', { [KEY]: '123-45' }))).expect(200).text;
    assert.equal(result(declined).resolution, 'insufficient_funds');
    assert.deepEqual(givenOf(declined), ['123-45']);
    assert.ok(!(KEY in formOf(declined).inputs));
    const paid = await send(it.api, formOf(declined), card(GOOD_3DS));
    assert.ok(paid.text.includes('challenge-form'));
  });

  test('may stay empty if they are optional, and only then', async () => {
    const it = await order(CPF);
    assert.deepEqual(result((await pay(it, card(GOOD, '12/30', { [KEY]: '' }))).text), { status: 'processed', resolution: 'ok' });
    const own = await order(CPF);
    const { fields } = (await own.api.control('GET', '/services')).json.items.find(({ service }) => service === CPF.service);
    (await own.api.control('PUT', `/services/${CPF.service}`, { fields: [{ ...fields[0], required: true }] })).expect(200);
    const html = (await open(own.api, own.path)).text;
    assert.match(html, /name="service_fields\[cpf_number\]"[^>]* required/);
    assert.ok(!/for="field-cpf_number">[^<]*<span/.test(html), 'it is not called optional');
    assert.match((await pay(own, card(GOOD, '12/30'))).expect(422).text, /data-testid="error-cpf_number"/);
    (await pay(own, card(GOOD, '12/30', { [KEY]: '1' }))).expect(200);
    assert.equal(await own.state(), 'processed:ok');
  });

  test('that the order gave are listed once', async () => {
    const it = await order({ service: 'pix_brl_hpp', currency: 'BRL', service_fields: { cpf_number: '1', email: 'a@b.co' } });
    const html = (await open(it.api, it.path)).text;
    assert.equal(html.match(/<dl[^>]* data-testid="given"/g).length, 1);
    assert.deepEqual(givenOf(html), ['1', 'a@b.co']);
  });

  test('name their purpose to browsers, and show an example that the hint lacks', async () => {
    const it = await order({ service: 'pix_brl_hpp', currency: 'BRL' });
    const html = (await open(it.api, it.path)).text;
    for (const [key, purpose] of Object.entries({ email: 'email', phone: 'tel', date_of_birth: 'bday', payer_zip_code: 'postal-code' }))
      assert.match(html, new RegExp(`\\[${key}\\]"[^>]* autocomplete="${purpose}"`));
    assert.match(html, /id="field-email-hint">[^<]*<span class="example">\(payer@example.com\)/);
    assert.match(html, /id="field-document_type-hint">CPF or CNPJ<\/p>/);
  });
});

describe('the mock\'s panel', () => {
  test('shows the cards of the fixtures, and is hidden by ?panel=0 and --hide-panel', async () => {
    const it = await order();
    const page = (await open(it.api, it.path)).text;
    for (const number of [GOOD_3DS, GOOD, BAD_3DS, BAD])
      assert.ok(page.includes(number.replace(/(.{4})(?=.)/g, '$1 ')), number);
    assert.equal(formOf((await open(it.api, `${it.path}?card=4&expiry=05/29`)).text).inputs.expiry, '05/29');
    for (const query of ['?card=9', '?card=x', '?card=-1', '?card=1&expiry=%3Cb%3E'])
      (await open(it.api, `${it.path}${query}`)).expect(200);
    assert.ok(!(await open(it.api, `${it.path}?panel=0`)).text.includes('mock-panel'));
    const own = await startServer({ args: ['--hide-panel'] });
    const api = new Client(own);
    assert.ok(
      !(await open(api, local(own, (await api.made({}, HOLD)).attributes.flow_data.action))).text.includes(
        'mock-panel',
      ),
    );
    await own.stop();
  });
});
