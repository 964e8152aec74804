// The journal masks secrets and keeps all other bytes. An exported call equals the original after its masked values
// are filled in.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { Client } from '../lib/client.js';
import { Chance } from '../lib/chance.js';
import { startServer, tempDir } from '../lib/server.js';

const server = await startServer();
after(() => server.stop());
const demo = new Client(server, undefined, { check: false });
const hold = { headers: { 'X-Mock-Outcome': 'process_pending' } };
const VARIABLES = {
  card: 'MILKYPAY_CARD_NUMBER',
  code: 'MILKYPAY_CVV',
  key: 'MILKYPAY_SECRET_KEY',
  token: 'MILKYPAY_TOKEN',
  header: 'MILKYPAY_HEADER',
};

/** The bytes of a call, and the secrets in them, in order: [kind, text as written]. */
class Spelt {
  constructor() { this.pieces = []; this.secrets = []; }

  add(...texts) { this.pieces.push(...texts.map((text) => Buffer.from(text))); return this; }

  hide(kind, text) { this.secrets.push([kind, text]); return this.add(text); }

  append(other) { this.pieces.push(...other.pieces); this.secrets.push(...other.secrets); return this; }

  get bytes() { return Buffer.concat(this.pieces); }
}

const CARDS = [
  '4111111111111111',
  '5555555555554444',
  '4111 1111 1111 1111',
  '3782-822463-10005',
  '6011111111111117',
  '2223003122003222',
];
const numberOf = (card) => card.replace(/[ -]/g, '');

// texts that are not secrets in any format
const HARMLESS = [
  '',
  'x',
  '123',
  '1795985416757',
  '4111111111111112',
  'x4111111111111111',
  '0.4111111111111111',
  '51111111-1111-4111-8111-111111111111',
  'pk_test_abc',
  "it's $HOME `x`",
  '+628123456789018',
  'cvv',
  '{',
  '}',
  'null',
];
const JSON_TEXTS = [
  ...HARMLESS.map((text) => JSON.stringify(text).slice(1, -1)),
  'a\\/b',
  '\\u0417\\u0430',
  '\\ud83d\\ude00',
  'Zo\u00eb \u20ac',
  '\\\\',
  '\\"',
  '\\n',
  '{\\"a\\":1}',
];
const JSON_NAMES = [
  'a\\/b',
  '\\u0417',
  'cvx',
  'c\\u0076x',
  '',
  'a b',
  '\u0437',
  'cvv_result',
  'reference_id',
  '\\"cvv\\":',
  'token',
];
const JSON_SECRET_NAMES = ['cvv', 'cv\\u0076', 'CVV', 'cvc', 'security\\u005fcode'];
const blank = (chance) => chance.of(['', '', ' ', '\n  ', '\t']);

function jsonSecret(chance, spelt) {
  if (chance.below(2)) {
    spelt.add(`"${chance.of(JSON_SECRET_NAMES)}"${blank(chance)}:${blank(chance)}`);
    const value = chance.of(['123', 'q\\u0041z', '77\\n']);
    if (chance.below(3)) spelt.add('"').hide('code', value).add('"');
    else spelt.add('[{"deep":"').hide('code', value).add('"},true,').hide('code', '9876').add(']');
    return;
  }
  const card = chance.of(CARDS);
  if (chance.below(2))
    spelt
      .add(`"${chance.of(['card_number', 'card\\u005fnumber', 'cardNumber'])}":"`)
      .hide('card', card)
      .add('"');
  else if (chance.below(2))
    spelt.add('"list":[1,["').hide('card', card).add('",').hide('card', numberOf(card)).add(']]');
  else
    spelt.add('"note":"card ').hide('card', card).add(', key sk_liv_k2? no: ').hide('key', 'sk_test_abc_D-9').add('"');
}

function jsonObject(chance, depth = 0) {
  const spelt = new Spelt().add('{', blank(chance));
  const n = chance.below(5);
  for (let i = 0; i < n; i++) {
    if (i) spelt.add(blank(chance), ',', blank(chance));
    if (!chance.below(3)) {
      jsonSecret(chance, spelt);
      continue;
    }
    spelt.add(`"${chance.of(JSON_NAMES)}"`, blank(chance), ':', blank(chance));
    if (depth < 3 && !chance.below(3)) spelt.append(jsonObject(chance, depth + 1));
    else if (!chance.below(3))
      spelt.add(
        chance.of(['1', '-2.50', '1e5', 'true', 'null', '1795985416757', '[]', '[1,"2"]', '0.4111111111111111']),
      );
    else spelt.add(`"${chance.of(JSON_TEXTS)}"`);
  }
  return spelt.add(blank(chance), '}');
}

const percent = (text) => encodeURIComponent(text).replace(/%20/g, '+');

/** `text`: only UTF-8 names, for a query. With other names the server rejects the call before it reaches the page. */
function form(chance, secretNames, { text = false } = {}) {
  const spelt = new Spelt();
  const n = 1 + chance.below(5);
  for (let i = 0; i < n; i++) {
    if (i) spelt.add('&');
    const card = chance.of(CARDS);
    switch (chance.below(5)) {
      case 0:
        spelt.add(chance.of(secretNames), '=').hide('code', chance.of(['123', '%31%32', 'a+b']));
        break;
      case 1:
        spelt
          .add(chance.of(['card_number', 'card[card_number]', 'x%5BcardNumber%5D', 'card+number']), '=')
          .hide('card', percent(card));
        break;
      case 2:
        spelt
          .add(chance.of(['note', 'a[]', '%D0%97', 'a%2Fb']), '=see+')
          .hide('card', percent(card))
          .add('%2C+ok');
        break;
      default:
        spelt.add(
          chance.of(['note', 'a[]', 'a%5B%5D', '%D0%97', 'a%2Fb', 'cvx', 'my[cvx]', text ? 'caf%C3%A9' : 'caf%E9']),
          '=',
          percent(chance.of(HARMLESS)),
        );
    }
  }
  return spelt;
}

const FORM_SECRETS = ['cvv', '%63vv', 'card[cvv]', 'card%5Bcvv%5D', 'cvv[]', 'cvv[a][]', 'CVC'];

function multipart(chance) {
  const spelt = new Spelt();
  const part = (name, more = '') => spelt.add(`--xX\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n`);
  const n = 1 + chance.below(4);
  for (let i = 0; i < n; i++) {
    const card = chance.of(CARDS);
    switch (chance.below(5)) {
      case 0: part(chance.of(['cvv', 'card[cvv]', 'CVC'])).hide('code', '123'); break;
      case 1: part('card_number').hide('card', card); break;
      case 2: part('note').add('4 ').hide('card', card).add('\n- '); break;
      case 3: part('file', '; filename="cvv"').add(Buffer.from([0, 255, 39, 13, 10, 45, 45, 254])); break;
      default: part(chance.of(['note', 'a[]', 'cvx'])).add(chance.of(HARMLESS.slice(2)));
    }
    spelt.add('\r\n');
  }
  return spelt.add('--xX--\r\n');
}

function xml(chance) {
  const spelt = new Spelt().add('<?xml version="1.0"?>\n<sale ');
  if (chance.below(2)) spelt.add('cvv=\'').hide('code', '123').add('\' ');
  if (chance.below(2)) spelt.add('note="').hide('card', chance.of(CARDS)).add('" ');
  spelt.add('id="', chance.of(['1', '4111111111111112']), '">');
  if (chance.below(2)) spelt.add('<p:cvv>\n ').hide('code', '1&amp;2').add('\n</p:cvv>');
  if (chance.below(2)) spelt.add('<cards><card>').hide('card', chance.of(CARDS)).add('</card></cards>');
  return spelt.add('<n>it\'s 123</n></sale>');
}

const FORMATS = [
  ['application/json', (chance) => jsonObject(chance)],
  ['application/x-www-form-urlencoded', (chance) => form(chance, FORM_SECRETS)],
  ['multipart/form-data; boundary=xX', multipart],
  ['application/xml', xml],
];

/** A call of a page: target, headers, body, and the secrets in these, in the order of the exported script. */
function randomCall(chance, page) {
  const [type, write] = chance.of(FORMATS);
  const target = new Spelt().add(page);
  if (chance.below(2)) {
    target.add('?');
    if (chance.below(2)) target.add('token=').hide('token', 'tok%20en').add('&');
    target.append(form(chance, FORM_SECRETS, { text: true }));
  }
  const referer = new Spelt();
  if (chance.below(2))
    referer
      .add('https://shop.test/pay/')
      .hide('card', numberOf(chance.of(CARDS)))
      .add('?x=1&')
      .append(form(chance, ['cvv', 'cvc']));
  const key = new Spelt();
  if (!chance.below(4)) key.hide('header', 'k3y $x');
  const body = write(chance);
  const headers = { 'Content-Type': type, 'X-Own': 'it\'s "x"', 'X-Empty': '' };
  if (chance.below(2)) headers.Accept = 'text/html';
  const late = {};
  if (referer.pieces.length) late.Referer = String(referer.bytes);
  if (key.pieces.length) late['X-Api-Key'] = String(key.bytes);
  return { target: String(target.bytes), headers: { ...headers, ...late }, body: body.bytes,
    secrets: [...target.secrets, ...referer.secrets, ...key.secrets, ...body.secrets] };
}

/** The target of the scripts, instead of the server. Records all requests. */
async function listener() {
  const seen = [];
  const http = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
      seen.push({
        method: request.method,
        target: request.url,
        headers: request.rawHeaders,
        body: Buffer.concat(chunks),
      });
      response.end();
    });
  });
  await new Promise((done) => { http.listen(0, '127.0.0.1', done); });
  return {
    seen,
    url: `http://127.0.0.1:${http.address().port}`,
    close: () => {
      http.closeAllConnections();
      http.close();
    },
  };
}

const CURLS_OWN = ['host', 'user-agent', 'content-length', 'accept-encoding', 'connection', 'expect'];
function headersOf(raw) {
  const found = {};
  for (let i = 0; i < raw.length; i += 2) {
    if (!CURLS_OWN.includes(raw[i].toLowerCase())) found[raw[i].toLowerCase()] = raw[i + 1];
  }
  return found;
}
const lower = (headers) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

async function script(api, id) {
  return (await api.control('GET', `/payment-invoices/${id}/export`, undefined, { parameters: { as: 'curl' } })).expect(
    200,
  ).text;
}

/** The environment variables that fill in the masked values of a script. */
function filled(secrets) {
  const counts = {};
  const env = {};
  for (const [kind, text] of secrets) {
    counts[kind] = (counts[kind] ?? 0) + 1;
    env[`${VARIABLES[kind]}${counts[kind] > 1 ? `_${counts[kind]}` : ''}`] = text;
  }
  return env;
}

async function runScript(text, env) {
  const file = join(tempDir(), 'script');
  writeFileSync(file, text);
  return promisify(execFile)('sh', [file], { env: { PATH: process.env.PATH, ...env }, maxBuffer: 1 << 26 });
}

test('parts are masked as the form is read, whatever stands before, between and in them', async () => {
  const part = (name, value, end = '\r\n\r\n') => `Content-Disposition: form-data; ${name}${end}${value}\r\n`;
  const cvv = part('name="cvv"', '98715');
  const key = `--B\r\n${part('name="public_key"', demo.account.public_key)}`;
  for (const body of [
    `\r\n${key}--B\r\n${cvv}--B--\r\n`,
    `--x\r\n${key}--B\r\n${cvv}--B--\r\n`,
    `{"a":1}\r\n--B \r\n${cvv}--B--\r\n`,
    `${key}--B\r\n${part('name="cvv"', '98715', '\n\r\n')}--B--\r\n`,
    `${key}--B\r\n${part('name="cvv"', '1\r\n--Bx\r\n\r\n98715')}--B--\r\n`,
    `${key}--B\r\n${part("name= 'cvv'", '98715')}--B--\r\n`,
    `${key}--B\r\n${part('name=note', 'a=b&cvv=98715')}--B--\r\n`,
  ]) {
    await demo.send('POST', '/public-api/payment-invoices/process', {
      body, headers: { 'Content-Type': 'multipart/form-data; boundary=B' } });
    const { items } = (await demo.control('GET', '/requests', undefined, { parameters: { limit: 1 } })).json;
    const kept = JSON.stringify(items);
    assert.ok(kept.includes('*****') && !kept.includes('98715'), body);
  }
});

test('a card number in a header of a reply is masked', async () => {
  const server = await startServer();
  const api = new Client(server);
  const { id } = await api.made({ return_url: 'http://shop.test/back?card_number=4111111111111111&cvv=123' });
  const { headers } = (await api.send('GET', `/return?id=${id}`)).expect(302);
  assert.match(headers.location, /4111111111111111/);
  const { text, json: { items: [{ response_headers: shown }] } } = await api.control('GET', '/requests');
  assert.equal(shown.Location, 'http://shop.test/back?card_number=411111******1111&cvv=***');
  assert.doesNotMatch(text, /4111111111111111/);
  await server.stop();
});

describe('an exported call equals the original', () => {
  let there;
  before(async () => { there = await listener(); });
  after(() => there.close());

  async function checkSame(calls) {
    const api = await demo.newAccount();
    const { id, attributes } = await api.made({}, hold);
    const page = attributes.flow_data.action.slice(server.url.length);
    (await api.control('DELETE', '/requests')).expect(200);
    const sent = calls.map((make) => make(page));
    for (const { target, headers, body } of sent) await api.send('POST', target, { headers, body });
    const text = await script(api, id);
    for (const { secrets } of sent) {
      for (const [kind, secret] of secrets)
        if (kind === 'card')
          assert.ok(
            !new RegExp(`(?<![\\w.])${secret.replace(/\W/g, '\\$&')}(?!\\w)`).test(text),
            `${secret} in:\n${text}`,
          );
    }
    for (const [i, part] of text.split(/^# \d+\. /m).slice(1).entries()) {
      assert.equal(part.match(/^# masked: /gm)?.length ?? 0, sent[i].secrets.length, `${part}\nof ${sent[i].body}`);
    }
    there.seen.length = 0;
    await runScript(text, { MILKYPAY_URL: there.url, ...filled(sent.flatMap(({ secrets }) => secrets)) });
    assert.equal(there.seen.length, sent.length);
    for (const [i, { target, headers, body }] of sent.entries()) {
      const came = there.seen[i];
      assert.deepEqual([came.method, came.target, headersOf(came.headers)], ['POST', target, lower(headers)], text);
      assert.equal(came.body.toString('latin1'), body.toString('latin1'), text);
    }
    return text;
  }

  for (const seed of [1, 2, 3, 4]) {
    test(`forty calls of every format with secrets and escapes, seed ${seed}`, async () => {
      const chance = new Chance(seed);
      await checkSame(Array.from({ length: 40 }, () => (page) => randomCall(chance, page)));
    });
  }

  test('a body too long for a command line', async () => {
    const body = Buffer.from(`{"cvv":"123","a":"${'it\'s '.repeat(40_000)}"}`);
    await checkSame([
      (target) => ({ target, headers: { 'Content-Type': 'application/json' }, body, secrets: [['code', '123']] }),
    ]);
  });

  test('a target that curl would normalize', async () => {
    const body = Buffer.from('a=1');
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    await checkSame(
      ['?y[]=1&z[1-3]=2', '?a={b,c}', '?x=|"', '?a=/../b'].map((end) => (page) => ({
        target: page + end,
        headers,
        body,
        secrets: [],
      })),
    );
  });

  test('the script names the masked values', async () => {
    const body = Buffer.from('{"card":{"card_number":"4111111111111111","cvv":"123"},"note":"5555555555554444"}');
    const text = await checkSame([
      (page) => ({
        target: `${page}?token=t0`,
        headers: { 'Content-Type': 'application/json', 'X-Api-Key': 'k' },
        body,
        secrets: [
          ['token', 't0'],
          ['header', 'k'],
          ['card', '4111111111111111'],
          ['code', '123'],
          ['card', '5555555555554444'],
        ],
      }),
    ]);
    const named = text.split('\n').filter((line) => line.startsWith('# masked: '));
    assert.deepEqual(named, [
      '# masked: target token, ** is $MILKYPAY_TOKEN',
      '# masked: header X-Api-Key, *** is $MILKYPAY_HEADER',
      '# masked: body card_number, 411111******1111 is $MILKYPAY_CARD_NUMBER',
      '# masked: body cvv, *** is $MILKYPAY_CVV',
      '# masked: body, 555555******4444 is ${MILKYPAY_CARD_NUMBER_2}',
    ]);
  });

  test('the script notes if masked values are missing', async () => {
    const api = await demo.newAccount();
    const { id, attributes } = await api.made({}, hold);
    (await api.control('DELETE', '/requests')).expect(200);
    await api.send('POST', attributes.flow_data.action.slice(server.url.length), {
      json: { cvv: Array(300).fill('123') },
    });
    const text = await script(api, id);
    assert.ok(!text.includes('123"'), text);
    assert.match(text, /^# masked: 44 more values, which are missing here$/m);
  });
});

describe('readable values', () => {
  const newest = async (api) =>
    (await api.control('GET', '/requests', undefined, { parameters: { limit: 1 } })).expect(200).json.items[0];

  test('values of names with escapes are kept', async () => {
    const api = await demo.newAccount();
    const body = '{"data":{"attributes":{"metadata":{"a\\/b":"kept","\\u0417":"kept too"}}}}';
    await api.private('POST', '/payment-invoices', { body });
    assert.equal((await newest(api)).body, body);
  });

  test('a card number in a path, in Referer, in a list; a CVV in a part and in XML', async () => {
    const api = await demo.newAccount();
    const send = async (path, headers, body) => {
      await api.private('POST', path, { headers, body });
      return newest(api);
    };
    const card = '4111111111111111';
    const masked = '411111******1111';
    const item = await send(
      `/payment-invoices/${card}/refund`,
      { Referer: `https://shop.test/${card}?cvv=123` },
      `{"cards":["${card}",[${card}]]}`,
    );
    assert.equal(item.path, `/payment-invoices/${masked}/refund`);
    assert.equal(lower(item.headers).referer, `https://shop.test/${masked}?cvv=***`);
    assert.equal(item.body, `{"cards":["${masked}",[4111110000001111]]}`);
    assert.ok(!JSON.stringify(item).includes(card));
    const part = await send(
      '/payment/sales',
      { 'Content-Type': 'multipart/form-data; boundary=b' },
      '--b\r\nContent-Disposition: form-data; name="cvv"\r\n\r\n123\r\n--b--\r\n',
    );
    assert.equal(part.body, '--b\r\nContent-Disposition: form-data; name="cvv"\r\n\r\n***\r\n--b--\r\n');
    const document = await send(
      '/payment/sales',
      { 'Content-Type': 'text/xml' },
      `<sale cvv="123"><pan>${card}</pan></sale>`,
    );
    assert.equal(document.body, `<sale cvv="***"><pan>${masked}</pan></sale>`);
    assert.ok(!server.stderr.includes(card), 'the log');
  });

  test('a card number truncated by the journal', async () => {
    const api = await demo.newAccount();
    const kept = 262_144;
    for (const left of [1, 5, 7, 10, 14, 15]) {
      const body = `[${'"", '.repeat(65_500)}"`;
      const filler = ' '.repeat(kept - left - body.length - 1);
      await api.private('POST', '/payment-invoices', {
        body: `${body}${filler},4111111111111111"]`,
        headers: { 'Content-Type': 'application/json' },
      });
      const item = await newest(api);
      assert.match(item.body.slice(-left), left < 13 ? /^\*+$/ : /^411111\*+\d{4}$/, `${left} digits`);
    }
  });
});
