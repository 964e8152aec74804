// The reports of a rehearsal, from a run that is made up.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { RESULTS, RUN, render, rendered } from '../lib/rehearsal_run.js';
import { ALONE, tempDir } from '../lib/server.js';

const { html, junit, summary, result, folder } = ALONE ? {} : await rendered(RUN);
const unescape = (text) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#39;', '\'')
  .replaceAll('&amp;', '&');
const ids = (...words) => RESULTS.filter((one) => words.includes(one.result)).map(({ id }) => id);

describe('the reports of a rehearsal', { skip: ALONE }, () => {
  test('rehearsal-result.json is the run', () => assert.deepEqual(result, RUN));

  describe('rehearsal-junit.xml', () => {
    /** [id, elements beside the properties] of each case. */
    const cases = () => [...junit.matchAll(/<testcase classname="rehearsal\.(\w+)" name="(\w+) [^"]*" time="0\.812">([^]*?)<\/testcase>/g)]
      .map(([, group, id, inside]) => ({ group, id, inside, kinds: [...inside.matchAll(/<(failure|error|skipped|system-out)\b/g)].map(([, kind]) => kind) }));

    test('has a case for each scenario', () => {
      assert.deepEqual(cases().map(({ id, group }) => [id, group]), RESULTS.map(({ id, group }) => [id, group]));
      const having = (kind) => cases().filter(({ kinds }) => kinds.includes(kind)).map(({ id }) => id);
      assert.deepEqual(having('failure'), ids('FAIL'));
      assert.deepEqual(having('error'), ids('ERROR'));
      assert.deepEqual(having('skipped'), ids('NOT TESTED'));
      assert.deepEqual(having('system-out'), ids('WARN'));
      assert.deepEqual(cases().filter(({ kinds }) => !kinds.length).map(({ id }) => id), ids('PASS'));
      assert.match(junit, /<testsuite name="rehearsal" tests="11" failures="2" errors="1" skipped="1" timestamp="2030-03-17T17:46:40" time="41\.200">/);
    });

    test('tells what a failure costs and how to repeat it', () => {
      const { inside } = cases().find(({ id }) => id === 'D1');
      const [, message, text] = /<failure type="MUST" message="([^"]*)">([^<]*)<\/failure>/.exec(inside);
      const { costs, reason, again, docs } = RESULTS.find(({ id }) => id === 'D1');
      assert.equal(unescape(message), costs);
      assert.equal(unescape(text), [costs, reason, 'O6: two payable invoices for one order; expected 1, observed 2: cpi_D1, cpi_D1b',
        `run it alone: ${again}`, `documentation: ${docs}\n`].join('\n'));
    });

    test('has only characters that XML allows', () => {
      // eslint-disable-next-line no-control-regex
      assert.doesNotMatch(junit, /[\0-\x08\x0b\x0c\x0e-\x1f]/);
      assert.doesNotMatch(junit, /<script/);
    });
  });

  describe('rehearsal-summary.md', () => {
    test('begins with the line, then has what fails in the order of its weight', () => {
      assert.ok(summary.startsWith(`### ${RUN.line}\n\n`), summary);
      const rows = summary.split('\n').filter((line) => /^\| [A-Z]/.test(line)).slice(1);
      assert.deepEqual(rows.map((row) => /\*\*(\w+)\*\*/.exec(row)[1]), [...ids('FAIL'), ...ids('ERROR'), ...ids('WARN')]);
      assert.equal(rows[1], '| FAIL | MUST | **D1** The reply of a creation is lost | the customer pays 200.00 USD for an order of 100.00 USD |'
        + ' two payable invoices for one order: expected 1, observed **2: cpi\\_D1, cpi\\_D1b** |'
        + ' `milkypay-mock rehearse --only D1 --seed 7 -- node shop.js` |');
      assert.match(summary, /\nNot tested:\n\n- B2 The same callback twice at the same instant: the settings have no hook "state"\n/);
    });

    test('keeps texts of the shop as text', async () => {
      const nasty = 'a|b\n# c <img src=x> `d` [e](f) **g** @h';
      const one = { ...RESULTS[0], name: nasty, costs: nasty, again: 'x `y` | z' };
      const made = await rendered({ ...RUN, results: [one] });
      const row = made.summary.split('\n').find((line) => line.startsWith('| FAIL'));
      const text = 'a\\|b \\# c &lt;img src=x\\> \\`d\\` \\[e\\](f) \\*\\*g\\*\\* \\@h';
      assert.ok(row.includes(`**A1** ${text} | ${text} | `), row);
      assert.ok(row.endsWith('| `` x `y` \\| z `` |'), row);
    });

    test('cuts a long text between characters', async () => {
      const made = await rendered({ ...RUN, results: [{ ...RESULTS[0], costs: `xx${'€'.repeat(200)}` }] });
      assert.ok(made.summary.includes(`| xx${'€'.repeat(132)}… |`), made.summary);
    });

    test('is added to the job page of GitHub', async () => {
      const page = join(tempDir(), 'summary.md');
      writeFileSync(page, 'an earlier step\n');
      const made = await rendered(RUN, { env: { GITHUB_STEP_SUMMARY: page } });
      assert.equal(readFileSync(page, 'utf8'), `an earlier step\n${made.summary}`);
    });
  });

  describe('rehearsal.html', () => {
    test('runs its own script and style, and loads nothing', () => {
      const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html);
      const digest = (tag) => createHash('sha256').update(html.split(`<${tag}>`)[1].split('</')[0]).digest('base64');
      assert.equal(policy, 'default-src \'none\'; base-uri \'none\'; form-action \'none\'; '
        + `style-src 'sha256-${digest('style')}'; script-src 'sha256-${digest('script type="module"')}'`);
      assert.doesNotMatch(html, /<link|<img|<iframe|src=|@import|url\(|\sstyle=|\son\w+=/);
    });

    test('contains the run, and no text of it ends the script', () => {
      const [, data] = /<script type="application\/json" id="run">([^<]*)<\/script>/.exec(html);
      assert.deepEqual(JSON.parse(data), RUN);
      assert.equal(html.match(/<\/script>/g).length, 2);
    });
  });

  test('a report is replaced by the next', async () => {
    const made = await rendered({ ...RUN, line: 'another' }, { folder });
    assert.match(made.html, /<h1[^>]*>another<\/h1>/);
  });

  describe('refuses', () => {
    const broken = (change) => {
      const run = structuredClone(RUN);
      change(run);
      return JSON.stringify(run);
    };
    for (const [what, text, why] of [
      ['a text that is no JSON', '{', /is no JSON: /],
      ['a list', '[]', /must be an object/],
      ['another document', '{"data":{}}', /mock must be a text/],
      ['no results', broken((run) => { run.results = {}; }), /results must be a list/],
      ['a result that is a text', broken((run) => { run.results[1] = 'PASS'; }), /results\[1\] must be an object/],
      ['an unknown result', broken((run) => { run.results[2].result = 'GOOD'; }), /results\[2\]\.result must be PASS, FAIL, /],
      ['a seed that is a text', broken((run) => { run.seed = '7'; }), /seed must be an integer/],
      ['a step without a text', broken((run) => { delete run.results[0].timeline[1].text; }), /results\[0\]\.timeline\[1\]\.text must be a text/],
      ['a body that is a number', broken((run) => { run.results[0].timeline[0].request.body = 1; }), /timeline\[0\]\.request\.body must be a text/],
      ['headers that are a list', broken((run) => { run.results[0].timeline[0].request.headers = []; }), /request\.headers must be an object/],
      ['needs that are numbers', broken((run) => { run.results[0].needs = [1]; }), /results\[0\]\.needs\[0\] must be a text/],
    ]) {
      test(what, async () => {
        const { code, stderr, file } = await render(RUN, { text });
        assert.equal(code, 2, stderr);
        assert.ok(stderr.startsWith(`milkypay-mock: rehearse: ${file}: `), stderr);
        assert.match(stderr, why);
        assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
      });
    }

    test('a folder that cannot be written to', async () => {
      const { code, stderr } = await render(RUN, { folder: '/dev/null/x' });
      assert.deepEqual([code, stderr], [2, 'milkypay-mock: rehearse: --report /dev/null/x: Not a directory\n']);
      const taken = tempDir();
      mkdirSync(join(taken, 'rehearsal.html'));
      const { stderr: why } = await render(RUN, { folder: taken });
      assert.equal(why, `milkypay-mock: rehearse: --report ${join(taken, 'rehearsal.html')}: Is a directory\n`);
    });
  });
});
