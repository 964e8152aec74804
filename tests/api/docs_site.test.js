// The documentation pages of the server: content, files, links and access.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client } from '../lib/client.js';
import { pageNames } from '../lib/docs.js';
import { startServer } from '../lib/server.js';

const TOKEN = 'a-token';
const server = await startServer();
const closed = await startServer({ args: ['--control-token', TOKEN] });
after(() => Promise.all([server.stop(), closed.stop()]));
const demo = new Client(server);
const stranger = new Client(closed);
const BROWSER = { headers: { Accept: 'text/html,application/xhtml+xml' } };

const DOCS = '/_mock/docs/';
const page = async (path) => (await demo.send('GET', path)).expect(200);
const path = (name) => DOCS + (name === 'index' ? '' : name);
const refused = (reply, status, code) => assert.equal(reply.expect(status).json.error.code, code);
const unescape = (text) => text.replaceAll('&amp;', '&');

describe('the pages', () => {
  test('exist, are linked in each navigation, and are marked as current', async () => {
    const names = pageNames();
    assert.ok(names.length > 20);
    for (const name of names) {
      const { headers, text } = await page(path(name));
      assert.match(headers['content-type'], /^text\/html/);
      const [, navigation] = /<nav id="pages"[^>]*>([^]*?)<\/nav>/.exec(text);
      assert.deepEqual([...navigation.matchAll(/href="([^"]*)"/g)].map(([, url]) => url), names.map(path));
      assert.match(navigation, new RegExp(`href="${path(name)}" aria-current="page"`));
      assert.equal(text.match(/<h1/g).length, 1);
      assert.doesNotMatch(text, /<!--|<script(?! type="module" src=)|style=|<img/, 'what a strict policy would stop, or a mark');
    }
  });

  test('have no broken links or anchors', async () => {
    const texts = new Map();
    const load = async (url) => {
      if (!texts.has(url)) texts.set(url, (await demo.send('GET', url)).expect(200).text);
      return texts.get(url);
    };
    let anchors = 0;
    for (const name of pageNames()) {
      const text = await load(path(name));
      const ids = [...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
      assert.equal(new Set(ids).size, ids.length, `${name} has an anchor twice`);
      for (const [, href] of text.matchAll(/<a[^>]* href="([^"]*)"/g)) {
        const [url, anchor] = unescape(href).split('#');
        if (/^https?:/.test(url)) continue;
        assert.match(url, /^$|^\//, `${name}: ${href}`);
        const target = url ? await load(url) : text;
        if (anchor === undefined) continue;
        anchors++;
        assert.ok(target.includes(` id="${anchor}"`), `${name}: ${href}`);
      }
    }
    assert.ok(anchors > 50);
  });

  test('load only files of the server', async () => {
    const { text } = await page(DOCS);
    const loaded = [...text.matchAll(/<(?:link rel="(?:icon|stylesheet)" href|script type="module" src)="([^"]*)"/g)].map(([, url]) => url);
    assert.ok(loaded.length > 3);
    for (const url of loaded) await page(url);
  });

  test('accept a trailing slash', async () => {
    const { text } = await page(DOCS);
    assert.equal((await page('/_mock/docs')).text, text);
    assert.equal((await page('/_mock/docs/faults/')).text, (await page('/_mock/docs/faults')).text);
  });

  test('allow HEAD and OPTIONS, and no other method', async () => {
    assert.equal((await demo.send('HEAD', '/_mock/docs/faults')).expect(200).raw.length, 0);
    (await demo.send('OPTIONS', '/_mock/docs/faults')).expect(204);
    refused(await demo.send('POST', DOCS, { json: {} }), 405, 'method_not_allowed');
  });

  test('are 404 if unknown, with HTML for browsers', async () => {
    for (const name of ['nothing', 'faults.md', 'index.html', '..', '%22%3E%3Cb%3E']) {
      refused(await demo.send('GET', DOCS + name), 404, 'unknown_page');
      const shown = (await demo.send('GET', DOCS + name, BROWSER)).expect(404);
      assert.match(shown.text, /<h1 id="page-not-found">/);
      assert.match(shown.text, /href="\/_mock\/docs\/faults"/);
    }
  });
});

describe('the index of the search', () => {
  test('has every page of the navigation, and anchors that exist', async () => {
    const { headers, json } = await page('/_mock/docs/search.json');
    assert.equal(headers['content-type'], 'application/json');
    assert.deepEqual(json.map(([url]) => url), pageNames().map(path));
    for (const [url, label, generated, sections] of json) {
      const { text } = await page(url);
      assert.equal(generated, /\/(api|control-api|bodies[\w-]*)$/.test(url), url);
      assert.ok(text.includes(`aria-current="page">${label}<`), label);
      for (const [anchor, heading] of sections) {
        assert.ok(text.includes(` id="${anchor}"`), `${url}: ${anchor}`);
        assert.ok(heading, url);
      }
    }
  });

  test('contains the words of the text, of its tables and of what is printed, not those of samples', async () => {
    const { json } = await page('/_mock/docs/search.json');
    const [, , , sections] = json.find(([url]) => url === '/_mock/docs/faults');
    const all = sections.map(([, , , words]) => words).join(' ').split(' ');
    for (const word of ['simulate', 'commit_then_reset', 'retry_after']) assert.ok(all.includes(word), word);
    assert.ok(!all.includes('createhash'));
    const [, , , symptoms] = json.find(([url]) => url === '/_mock/docs/troubleshooting');
    assert.ok(symptoms.some(([anchor, , , words]) => anchor === '401-unauthorized' && words.includes('password')));
  });
});

describe('caching', () => {
  test('an unchanged file is 304, a changed one is sent', async () => {
    for (const url of ['/_mock/docs/faults', '/_mock/assets/theme.css']) {
      const { etag } = (await page(url)).headers;
      assert.match(etag, /^"[0-9a-f]{16}"$/);
      for (const known of [etag, `W/${etag}`, `"another", ${etag}`, '*']) {
        const reply = (await demo.send('GET', url, { headers: { 'If-None-Match': known } })).expect(304);
        assert.equal(reply.raw.length, 0);
        assert.equal(reply.headers.etag, etag);
      }
      (await demo.send('GET', url, { headers: { 'If-None-Match': '"another"' } })).expect(200);
    }
  });

  test('browsers revalidate each time, and the policy forbids foreign and inline scripts', async () => {
    const { headers } = await page(DOCS);
    assert.equal(headers['cache-control'], 'no-cache');
    assert.match(headers['content-security-policy'], /default-src 'none'; script-src 'self';.*frame-ancestors 'none'/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
  });
});

describe('access', () => {
  test('foreign hosts and misspelt parameters are rejected', async () => {
    refused(await demo.send('GET', DOCS, { headers: { Host: 'evil.example' } }), 403, 'host_not_allowed');
    refused(await demo.send('GET', '/_mock/docs/faults?tokn=1'), 422, 'unknown_parameter');
  });

  test('a control token is required as header, cookie or parameter', async () => {
    for (const url of [DOCS, '/_mock/docs/faults', '/_mock/docs/search.json', '/_mock/docs/nothing']) {
      const asked = (await stranger.send('GET', url, BROWSER)).expect(401);
      assert.match(asked.text, /name="token"/);
      assert.equal(asked.headers.etag, undefined);
    }
    (await stranger.send('GET', '/_mock/docs/faults', { headers: { Authorization: `Bearer ${TOKEN}` } })).expect(200);
    assert.match(
      (await stranger.send('GET', '/_mock/docs/faults?token=wrong')).expect(401).text,
      /data-testid="wrong"/,
    );
  });

  test('the login redirects to the requested page', async () => {
    const asked = (await stranger.send('GET', '/_mock/docs/faults')).expect(401);
    assert.match(asked.text, /<form [^>]*action="\/_mock\/docs\/faults"/);
    const { headers } = (await stranger.send('GET', `/_mock/docs/faults?token=${TOKEN}`)).expect(303);
    assert.equal(headers.location, '/_mock/docs/faults');
    const [cookie] = headers['set-cookie'][0].split(';');
    (await stranger.send('GET', headers.location, { headers: { Cookie: cookie } })).expect(200);
    (await stranger.send('GET', '/_mock/clock', { headers: { Cookie: cookie } })).expect(200);
  });
});
