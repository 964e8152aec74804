// The reports of a rehearsal, from a run that is made up.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { RESULTS, RUN, render, rendered, runOf } from '../lib/rehearsal_run.js';
import { ALONE, BIN, tempDir } from '../lib/server.js';

const { html, junit, summary, result, folder } = ALONE ? {} : await rendered(RUN);
const unescape = (text) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#39;', '\'')
  .replaceAll('&amp;', '&');
const ids = (...words) => RESULTS.filter((one) => words.includes(one.result)).map(({ id }) => id);

describe('the reports of a rehearsal', { skip: ALONE }, () => {
  test('rehearsal-result.json is the run', () => assert.deepEqual(result, RUN));

  describe('rehearsal-junit.xml', () => {
    /** [id, elements beside the properties] of each case. */
    const CASE = /<testcase classname="rehearsal\.(\w+)" name="(\w+) [^"]*" time="0\.812">([^]*?)<\/testcase>/g;
    const kindsIn = (inside) => [...inside.matchAll(/<(failure|error|skipped|system-out)\b/g)].map(([, kind]) => kind);
    const cases = () => [...junit.matchAll(CASE)]
      .map(([, group, id, inside]) => ({ group, id, inside, kinds: kindsIn(inside) }));

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
      assert.ok(summary.includes(
        '\nNot tested:\n\n- B2 The same callback twice at the same instant: the settings have no hook "state"\n'), summary);
    });

    test('names those that were not tested for one reason in one line', async () => {
      const [untested] = RESULTS.filter(({ id }) => id === 'B2');
      const made = await rendered({ ...RUN, results: ['B2', 'B3', 'B4'].map((id) => ({ ...untested, id })) });
      assert.ok(made.summary.includes('\nNot tested:\n\n- B2, B3, B4: the settings have no hook "state"\n\n'), made.summary);
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
      const page = join(tempDir(), 'page');
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

  describe('on a terminal', () => {
    const print = async (run, options = {}) => (await render(run, { folder: null, ...options })).stdout;

    test('the line comes first, then the failures in money, then what passed', async () => {
      const said = await print(RUN);
      assert.ok(said.startsWith(`${RUN.line}\n\nFAIL        A1  A callback with a wrong signature (MUST)\n`), said);
      assert.ok(said.includes(`
FAIL        D1  The reply of a creation is lost (MUST)
            the customer pays 200.00 USD for an order of 100.00 USD
            one order has two invoices that were paid
            O6: two payable invoices for one order; expected 1, observed 2: cpi_D1, cpi_D1b
            run it alone: milkypay-mock rehearse --only D1 --seed 7 -- node shop.js
            documentation: /_mock/docs/rehearse-scenarios#d1
`), said);
      assert.ok(said.includes(`
NOT TESTED  B2  The same callback twice at the same instant (MUST)
            the settings have no hook "state"
`), said);
      const words = [...said.matchAll(/^(FAIL|ERROR|WARN|NOT TESTED|PASS) /gm)].map(([, word]) => word);
      assert.deepEqual(words, ['FAIL', 'FAIL', 'ERROR', 'WARN', 'NOT TESTED', 'PASS']);
      assert.match(said, /\nPASS {8}A2 B1 C1 D6 E2 F4\n\nseed 7, 41\.2 s\n$/);
    });

    test('a reason that the failures say is not repeated', async () => {
      const [one] = RESULTS;
      const said = await print(runOf([{ ...one, reason: one.failures[1].text }]));
      assert.equal(said.split(one.failures[1].text).length, 2, said);
    });

    test('the exit status is that of the run', async () => {
      const one = (id) => RESULTS.filter((each) => each.id === id);
      const code = async (results, ...args) => (await render(runOf(results), { folder: null, args })).code;
      assert.deepEqual([await code(RESULTS), await code(one('D1')), await code(one('A2')), await code(one('A6'))], [2, 3, 0, 0]);
      assert.deepEqual([await code(one('B2')), await code(one('B2'), '--complete')], [0, 4]);
    });

    test('no control character of the shop reaches it', async () => {
      const said = await print(runOf([{ ...RESULTS[0], costs: 'a\u001b[2Jb', reason: 'c\rd' }]));
      assert.ok(said.includes(' a?[2Jb\n') && said.includes(' c?d\n'), said);
      assert.doesNotMatch(said, /\u001b|\r/);
    });

    test('colours are for terminals, unless NO_COLOR is set', async () => {
      const { file } = await render(RUN, { folder: null });
      const shown = (env) => spawnSync('script', ['-qec', `'${BIN}' rehearse --render '${file}'`, '/dev/null'],
        { encoding: 'utf8', env: { ...process.env, TERM: 'xterm', NO_COLOR: '', ...env } }).stdout;
      assert.ok(shown({}).startsWith(`\u001b[1m${RUN.line}\u001b[0m`), shown({}));
      assert.match(shown({}), /\u001b\[31mFAIL {6}\u001b\[0m {2}A1/);
      assert.doesNotMatch(shown({ NO_COLOR: '1' }), /\u001b/);
      assert.doesNotMatch(shown({ TERM: 'dumb' }), /\u001b/);
      assert.doesNotMatch(await print(RUN), /\u001b/);
    });
  });

  describe('--baseline', () => {
    const accept = (accepted, run = RUN, more = {}) => {
      const file = join(tempDir(), 'baseline.json');
      writeFileSync(file, typeof accepted === 'string' ? accepted : JSON.stringify({ accepted }));
      const options = { args: ['--baseline', file], ...more };
      return { file, made: () => rendered(run, options), refused: () => render(run, options) };
    };
    const D1 = { id: 'D1', reason: 'the rewrite of the order form', until: '2999-12-31' };
    const A1 = { id: 'A1', reason: 'nobody knows the URL', until: null };
    const resultOf = (made, id) => made.result.results.find((one) => one.id === id);

    test('a failure that is listed counts as accepted, and its reason is shown in all reports', async () => {
      const made = await accept([D1]).made();
      assert.equal(made.result.line, '4 of 8 MUST hold, 1 fail, 1 not tested, 1 accepted, 1 error');
      assert.deepEqual(resultOf(made, 'D1').accepted, { reason: D1.reason, until: D1.until });
      assert.deepEqual([resultOf(made, 'D1').result, resultOf(made, 'A1').result], ['ACCEPTED', 'FAIL']);
      assert.ok(made.stdout.startsWith(`${made.result.line}\n`));
      assert.match(made.stdout, /\nACCEPTED {4}D1 [^]*accepted until 2999-12-31: the rewrite of the order form\n/);
      assert.match(made.junit, /failures="1" errors="1" skipped="2"/);
      assert.match(made.junit, /<skipped message="the customer pays[^>]*>[^<]*accepted until 2999-12-31: the rewrite/);
      assert.match(made.summary, /\| ACCEPTED \| MUST \| \*\*D1\*\* [^\n]*<br>accepted: the rewrite of the order form/);
      assert.match(made.html, /data-id="D1" data-result="ACCEPTED"/);
    });

    test('a MUST that holds with a warning is in the first line', async () => {
      const warned = runOf(RESULTS.map((one) => (one.id === 'A6' ? { ...one, grade: 'MUST' } : one)));
      const { line, counts } = (await accept([D1], warned).made()).result;
      assert.equal(line, '5 of 9 MUST hold, 1 fail, 1 not tested, 1 accepted, 1 with a warning, 1 error');
      assert.equal(counts.must_warn, warned.counts.must_warn);
    });

    test('the exit status is 0 when all that fails is accepted', async () => {
      const run = runOf(RESULTS.filter(({ result: one }) => one !== 'ERROR'));
      assert.equal((await accept([D1], run).made()).code, 3);
      assert.equal((await accept([D1, A1], run).made()).code, 0);
    });

    test('an entry past its last day does not count, and says so', async () => {
      const made = await accept([{ ...D1, until: '2001-02-03' }]).made();
      assert.equal(resultOf(made, 'D1').result, 'FAIL');
      assert.deepEqual(made.result.notes, ['D1: was accepted until 2001-02-03, which is over']);
      assert.match(made.html, /data-testid="note">D1: was accepted until 2001-02-03, which is over</);
      assert.match(made.stdout, /\nD1: was accepted until 2001-02-03, which is over\n/);
    });

    test('its last day counts', async () => {
      const today = () => new Date().toISOString().slice(0, 10);
      const day = today();
      const { result: word } = resultOf(await accept([{ ...D1, until: day }]).made(), 'D1');
      assert.equal(word, day === today() ? 'ACCEPTED' : word, 'midnight may have come between');
    });

    test('an entry whose scenario does not fail should be taken out', async () => {
      const made = await accept([{ ...D1, id: 'A2' }, { ...D1, id: 'A6' }, { ...D1, id: 'B2' }]).made();
      assert.deepEqual(made.result.notes, ['A2: does not fail: take it out of the baseline', 'A6: does not fail: take it out of the baseline']);
      assert.equal(made.result.line, RUN.line);
    });

    test('a saved run is judged anew', async () => {
      const first = await accept([D1]).made();
      const second = await accept([A1], first.result).made();
      assert.deepEqual([resultOf(second, 'D1').result, resultOf(second, 'A1').result], ['FAIL', 'ACCEPTED']);
      assert.equal(resultOf(second, 'D1').accepted, undefined);
    });

    for (const [what, text, why] of [
      ['a file that is no JSON', '{', /: .*line 1/],
      ['a list', '[]', /must be an object/],
      ['an object instead of the list', '{"accepted": {}}', /accepted: This value must be a list/],
      ['an unknown member', '{"accepted": [], "until": 1}', /until: This field was not expected/],
      ['an entry without a reason', [{ id: 'D1' }], /accepted\[0\]\.reason: This value should not be blank/],
      ['an unknown scenario', [{ ...D1, id: 'D11' }], /accepted\[0\]\.id: unknown scenario "D11"; did you mean D1\?/],
      ['a scenario that is listed twice', [D1, D1], /accepted\[1\]\.id: D1 is listed twice/],
      ['a day that does not exist', [{ ...D1, until: '2027-02-30' }], /accepted\[0\]\.until: This value is not a valid date/],
      ['an entry that is a text', ['D1'], /accepted\[0\]: This value must be an object/],
    ]) {
      test(`refuses ${what}`, async () => {
        const { file, refused } = accept(text);
        const { code, stderr } = await refused();
        assert.equal(code, 2);
        assert.ok(stderr.startsWith(`milkypay-mock: rehearse: ${file}: `), stderr);
        assert.match(stderr, why);
      });
    }
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
      ['a step without a text', broken((run) => { delete run.results[0].timeline[1].text; }),
        /results\[0\]\.timeline\[1\]\.text must be a text/],
      ['a body that is a number', broken((run) => { run.results[0].timeline[0].request.body = 1; }),
        /timeline\[0\]\.request\.body must be a text/],
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
