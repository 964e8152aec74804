// rehearsal.html: a file that is opened from the disk, with all that it needs inside.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, describe, test } from 'node:test';
import { RESULTS, RUN, rendered } from '../lib/rehearsal_run.js';
import { SIZES, asPayer, closeBrowser } from './payer.js';

after(closeBrowser);
const { folder } = await rendered(RUN);
const URL_OF = pathToFileURL(join(folder, 'rehearsal.html')).href;
const DISK = { url: 'file:///', check() {} };
const resultOf = (id) => RESULTS.find((one) => one.id === id);

/** Opens the report at a place: "D1/3". */
const read = (place, road, options = {}) => asPayer(options, DISK, async (reader) => {
  await reader.page.goto(`${URL_OF}#${place}`);
  await road(reader, reader.page.keyboard);
});
/** The page follows its address a moment later. `count`: what it begins with, if the scenario has steps. */
const seesScenario = (reader, id, hash, count = '') => reader.page.waitForFunction((wanted) => {
  const textOf = (name) => document.querySelector(`[data-testid="${name}"]`)?.innerText ?? '';
  return window.location.hash === wanted.hash && textOf('name').startsWith(`${wanted.id} `)
    && textOf('count').startsWith(wanted.count);
}, { hash, id, count });
const seesStep = async (reader, id, number) => {
  const hash = `#${id}${number > 1 ? `/${number}` : ''}`;
  await seesScenario(reader, id, hash, `${number} of ${resultOf(id).timeline.length}\n`);
  assert.equal(await reader.page.locator('[aria-current="step"]').count(), 1);
  assert.equal(await reader.text('text'), resultOf(id).timeline[number - 1].text);
};

test('begins with the first scenario that failed, and its cost', () => read('', async (reader) => {
  assert.equal(await reader.text('line'), RUN.line);
  assert.match(await reader.text('name'), /^A1 /);
  assert.equal(await reader.at('costs').textContent(), resultOf('A1').costs);
  assert.equal(await reader.text('again'), resultOf('A1').again);
  assert.deepEqual(await reader.at('failures').locator('tbody tr').allInnerTexts(),
    resultOf('A1').failures.map(({ oracle, text, expected, observed }) => `${oracle}: ${text}\t${expected}\t${observed}`));
  assert.equal(await reader.count('scenario'), RESULTS.length);
}));

test('steps with the keyboard, through all steps and scenarios', () => read('D1', async (reader, keys) => {
  await seesStep(reader, 'D1', 1);
  await keys.press('ArrowLeft');
  await seesStep(reader, 'D1', 1);
  for (let n = 2; n <= resultOf('D1').timeline.length; n++) {
    await keys.press('ArrowRight');
    await seesStep(reader, 'D1', n);
  }
  await keys.press('ArrowRight');
  await seesStep(reader, 'D1', resultOf('D1').timeline.length);
  await keys.press('PageDown');
  await seesStep(reader, 'D6', 1);
  await keys.press('PageUp');
  await seesStep(reader, 'D1', 1);
  await reader.at('step').nth(0).focus();
  await keys.press('ArrowDown');
  await keys.press('ArrowDown');
  await seesStep(reader, 'D1', 3);
  assert.equal(await reader.at('step').nth(2).evaluate((one) => one === document.activeElement), true);
}));

test('shows what was sent, what was answered and what both sides say', () => read('D1/3', async (reader) => {
  const { request } = resultOf('D1').timeline[2];
  const shown = await reader.text('request');
  assert.ok(shown.includes(request.line) && shown.includes('"reference_id": "order-17"'), shown);
  await reader.at('request').getByRole('button', { name: 'As sent' }).click();
  assert.equal(await reader.at('request').getByTestId('body').textContent(), request.body);
  assert.equal(await reader.count('response'), 0);
  assert.match(await reader.page.locator('.detail').innerText(), /There was no response/);
  assert.deepEqual([await reader.text('shop-state'), await reader.text('platform-state')], ['unpaid', 'process_pending']);
  await reader.at('next').click();
  await seesStep(reader, 'D1', 4);
  assert.match(await reader.text('response'), /^Response[^]*201/);
  await reader.at('step').nth(4).click();
  await seesStep(reader, 'D1', 5);
  assert.deepEqual([await reader.text('shop-state'), await reader.text('platform-state')], ['unpaid', 'processed']);
}));

test('says when the shop was asked for its state', () => read('D1/1', async (reader) => {
  assert.equal(await reader.text('shop-state'), 'not asked yet');
  await reader.at('next').click();
  await seesStep(reader, 'D1', 2);
  assert.equal(await reader.text('shop-state'), 'unpaid');
  assert.equal(await reader.count('shop-asked'), 0);
  await reader.at('next').click();
  await seesStep(reader, 'D1', 3);
  assert.match(await reader.text('shop-asked'), /\(asked at step 2, 4 ms after the start\)/);
}));

test('a list of one result, and what the others lack', () => read('', async (reader) => {
  const visible = () => reader.page.locator('[data-testid="scenario"]:visible .id').allInnerTexts();
  await reader.page.getByRole('button', { name: 'FAIL 2' }).click();
  assert.deepEqual(await visible(), ['A1', 'D1']);
  await reader.page.keyboard.press('PageDown');
  await seesStep(reader, 'D1', 1);
  await reader.page.getByRole('button', { name: `All ${RESULTS.length}` }).click();
  assert.equal((await visible()).length, RESULTS.length);
  await reader.page.getByTestId('scenario').filter({ hasText: 'B2' }).click();
  await seesScenario(reader, 'B2', '#B2');
  assert.match(await reader.text('verdict'), /no hook "state"[^]*settings file: state/);
  assert.equal(await reader.count('step'), 0);
}));

test('texts of the shop stay texts', () => read('D6/4', async (reader) => {
  const { text, request, response } = resultOf('D6').timeline[3];
  assert.equal(await reader.at('text').textContent(), text);
  assert.equal(await reader.at('request').getByTestId('body').textContent(), request.body);
  assert.equal(await reader.at('response').getByTestId('body').textContent(), response.body);
  assert.equal(await reader.page.title(), `Rehearsal: ${RUN.line}`);
  assert.equal(await reader.page.locator('script').count(), 2);
}));

test('without JavaScript the list has each result and cost', () => read('', async (reader) => {
  for (const { id, result, costs } of RESULTS) {
    const item = await reader.page.locator(`[data-id="${id}"]`).innerText();
    assert.ok(item.includes(result) && item.includes(costs ?? ''), item);
  }
}, { js: false }));

describe('accessible and within the window', () => {
  for (const size of Object.keys(SIZES)) {
    for (const theme of ['light', 'dark']) {
      test(`${size}, ${theme}`, () => read('D1/3', async (reader) => {
        for (const id of ['A1', 'A6', 'B2', 'C8', 'D1', 'D6', 'E2']) {
          await reader.page.locator(`[data-id="${id}"]`).click();
          await reader.page.getByTestId('name').filter({ hasText: id }).waitFor();
          await reader.isAccessible(`${id}, ${size}, ${theme}`);
        }
        await reader.page.goto(`${URL_OF}#D1/3`);
        await seesStep(reader, 'D1', 3);
        // Chromium zooms out on a phone until the page fits
        assert.equal(await reader.page.evaluate(() => document.scrollingElement.scrollWidth), SIZES[size].width);
        await reader.shot(`rehearsal-${size}-${theme}`);
      }, { size, theme }));
    }
  }

  test('on paper', () => read('D1/3', async (reader) => {
    await reader.page.emulateMedia({ media: 'print' });
    assert.equal(await reader.page.locator('button:visible:not(.step)').count(), 0);
    assert.equal(await reader.count('scenario'), RESULTS.length);
    await reader.shot('rehearsal-print');
  }));
});
