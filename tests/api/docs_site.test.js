// The documentation pages of the server: content, files, links and access.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client } from '../lib/client.js';
import { pageFiles, pageNames, pageText } from '../lib/docs.js';
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
    assert.equal(loaded.length, 3, 'an icon, one style sheet and one script');
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
    const files = ['md', 'txt', 'json'].map((ending) => `nothing.${ending}`);
    for (const name of ['nothing', ...files, 'index.html', '..', '%22%3E%3Cb%3E']) {
      refused(await demo.send('GET', DOCS + name), 404, 'unknown_page');
      const shown = (await demo.send('GET', DOCS + name, BROWSER)).expect(404);
      assert.match(shown.text, /<h1 id="page-not-found">/);
      assert.match(shown.text, /href="\/_mock\/docs\/faults"/);
    }
  });
});

describe('the pages as text', () => {
  const text = async (name, { server: own = server, ...options } = {}) =>
    (await new Client(own).send('GET', DOCS + name, options)).expect(200);
  const here = (source) => source
    .replaceAll('http://127.0.0.1:8080', server.url)
    .replaceAll('http:\\/\\/127.0.0.1:8080', server.url.replaceAll('/', '\\/'));
  const prose = (markdown) => markdown.replace(/^```[^]*?^```$/gm, '');

  test('are Markdown beside each HTML page, which links to it', async () => {
    for (const name of pageNames()) {
      const { headers, text: markdown } = await text(`${name}.md`);
      assert.equal(headers['content-type'], 'text/markdown; charset=utf-8');
      assert.match(prose(markdown), /^# /m, name);
      assert.doesNotMatch(prose(markdown), /^<!--|^!\[/m, `${name}: a mark, or a picture that is not there`);
      const { text: html } = await page(path(name));
      assert.ok(html.includes(`rel="alternate" type="text/markdown" href="${DOCS}${name}.md"`));
    }
  });

  test('have the samples of the sources, with the URL of this server', async () => {
    for (const file of pageFiles().filter((one) => one.startsWith('server/docs/'))) {
      const name = file.slice('server/docs/'.length);
      const { text: markdown } = await text(name);
      const samples = (source) => source.match(/^```[^]*?^```$/gm) ?? [];
      assert.deepEqual(samples(markdown), samples(pageText(file)).map(here), name);
    }
  });

  test('link to each other, and to what is served', async () => {
    let links = 0;
    for (const name of [...pageNames().map((one) => `${one}.md`), 'llms.txt']) {
      for (const [, url] of prose((await text(name)).text).matchAll(/\]\(([^()\s]+)\)/g)) {
        if (/^(https?:|#)/.test(url)) continue;
        const [target, anchor] = url.split('#');
        assert.match(target, /^\/_mock\/(docs\/[\w-]+\.md|openapi\.yaml)$/, `${name}: ${url}`);
        (await demo.send('HEAD', target)).expect(200);
        const html = anchor && (await page(target.replace(/(index)?\.md$/, ''))).text;
        if (anchor) assert.ok(html.includes(` id="${anchor}"`), `${name}: ${url}`);
        links++;
      }
    }
    assert.ok(links > 200);
  });

  test('name only paths of pages that there are', async () => {
    const named = new Set();
    for (const name of pageNames()) {
      for (const [url] of (await text(`${name}.md`)).text.matchAll(/\/_mock\/docs\/[\w-]+\.(?:md|txt)\b/g)) named.add(url);
    }
    for (const url of named) (await demo.send('HEAD', url)).expect(200);
    assert.ok(named.has(`${DOCS}llms.txt`));
  });

  test('are listed in llms.txt, with a line each', async () => {
    const { headers, text: list } = await text('llms.txt');
    assert.equal(headers['content-type'], 'text/plain; charset=utf-8');
    assert.match(list, /^# MilkyPay mock\n\n> .*\n/);
    const lines = [...list.matchAll(/^- \[(.+)\]\(\/_mock\/docs\/([\w-]+)\.md\): (.+)$/gm)];
    assert.deepEqual(lines.map(([, , name]) => name), pageNames());
    for (const [line] of lines) assert.ok(line.length < 300, line);
  });

  test('name the server as its caller does, and can be cached where they are as in the sources', async () => {
    const asked = (host) => text('curl.md', { headers: { Host: host } });
    const plain = await asked('127.0.0.1:8080');
    assert.ok(plain.text.includes('http://127.0.0.1:8080/') && plain.headers.etag);
    const other = await asked('localhost:99');
    assert.ok(other.text.includes('http://localhost:99/') && !other.text.includes('127.0.0.1:8080'));
    assert.equal(other.headers.etag, undefined);
    for (const { headers } of [plain, other]) {
      assert.equal(headers['cache-control'], 'no-cache');
      assert.match(headers['content-security-policy'], /default-src 'none'/);
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
    for (const url of ['/_mock/docs/faults', '/_mock/assets/docs.css']) {
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
    for (const name of ['', 'faults', 'faults.md', 'llms.txt', 'search.json', 'nothing']) {
      const url = DOCS + name;
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
    assert.match(asked.text, /<form [^>]*method="get">/); // without an action: to the page itself, with its fragment
    const { headers } = (await stranger.send('GET', `/_mock/docs/faults?token=${TOKEN}`)).expect(303);
    assert.equal(headers.location, '/_mock/docs/faults');
    const [cookie] = headers['set-cookie'][0].split(';');
    (await stranger.send('GET', headers.location, { headers: { Cookie: cookie } })).expect(200);
    (await stranger.send('GET', '/_mock/clock', { headers: { Cookie: cookie } })).expect(200);
  });
});
