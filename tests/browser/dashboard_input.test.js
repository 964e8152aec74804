// The dashboard in a browser: input that is refused, how it says so, and what is not there without a script.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SIZES, asPayer } from './payer.js';
import { HOLD, startDashboard } from './tester.js';

const { server, shop, asTester } = await startDashboard();

/** Ids that more than one element has, and ids that a description names twice or that do not exist. */
const wrongIds = (tester) => tester.page.evaluate(() => {
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  const twice = ids.filter((id, at) => ids.indexOf(id) !== at);
  const described = [...document.querySelectorAll('[aria-describedby]')].flatMap((one) => {
    const names = one.getAttribute('aria-describedby').split(' ');
    return names.filter((id, at) => names.indexOf(id) !== at || !document.getElementById(id));
  });
  return { twice, described };
});
const NO_WRONG_IDS = { twice: [], described: [] };

describe('what is no number is refused at its field', () => {
  const values = ['x', 'half', '1e999', '--1'];

  for (const [name, value] of [['times', 'x'], ['probability', 'half'], ['after', '0x10'], ['times', '9'.repeat(400)]]) {
    test(`a fault with ${name} = ${value.slice(0, 9)}`, async () => {
      const api = await shop();
      await asTester(api, async (tester) => {
        await tester.open('/faults');
        await tester.at(`fault-${name}`).fill(value);
        await tester.at('add-fault').click();
        assert.match(await tester.at(`error-${name}`).innerText(), /^This must be a (whole )?number\.|less than|range|between/);
        assert.deepEqual(await wrongIds(tester), NO_WRONG_IDS);
        assert.equal((await api.control('GET', '/faults')).expect(200).json.items.length, 0);
      }, { refusals: true });
    });
  }

  test('the grace of a replaced key', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      await tester.open('/accounts');
      const mine = tester.page.locator(`#grace-${api.account.id}`);
      await mine.evaluate((one) => { one.closest('details').open = true; });
      for (const value of [...values, '']) {
        await mine.fill(value);
        await mine.locator('xpath=ancestor::form').getByTestId('rotate').click();
        assert.match(await tester.at('error-grace_s').innerText(), /number/, value);
      }
      assert.deepEqual(await wrongIds(tester), NO_WRONG_IDS);
    }, { refusals: true });
  });

  test('the answers of a sink, and the time of an advance', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      await tester.open('/sinks/shop');
      await tester.at('codes').fill('500, x');
      await tester.at('program').click();
      await tester.at('error-responses').waitFor();
      await tester.open('/clock');
      await tester.at('advance-by').fill('');
      await tester.at('advance').click();
      await tester.at('error-seconds').waitFor();
      assert.deepEqual(await wrongIds(tester), NO_WRONG_IDS);
    }, { refusals: true });
  });
});

for (const profile of ['2020', '2024', '2025']) {
  describe(`the errors of a new invoice, profile ${profile}`, () => {
    test('stand at their fields, each once', async () => {
      const api = await shop({ profile });
      await asTester(api, async (tester) => {
        await tester.open('/new');
        await tester.at('new-more').fill('{"customer": {"email": "nope"}}');
        await tester.at('create').click();
        await tester.sees('error-more', 2);
        assert.deepEqual(await wrongIds(tester), NO_WRONG_IDS);
        await tester.at('create').click(); // the errors of the last attempt are gone
        await tester.sees('error-more', 2);
        assert.deepEqual(await wrongIds(tester), NO_WRONG_IDS);
        await tester.payer.shot(`errors-${profile}`);
        await tester.at('new-more').fill('{"customer": 5');
        await tester.at('create').click();
        await tester.sees('error-more', 1);
        assert.equal(await tester.at('error-more').innerText(),
          'This is not valid JSON: there is a mistake in line 1, at character 15.');
      }, { refusals: true });
    });

    test('name the outcome', async () => {
      const api = await shop({ profile });
      await asTester(api, async (tester) => {
        await tester.open('/new');
        await tester.at('new-outcome').fill('weird');
        await tester.at('create').click();
        assert.match(await tester.at('error-outcome').innerText(), /^unknown status "weird"$/);
        assert.equal(await tester.at('new-outcome').getAttribute('aria-invalid'), 'true');
        assert.deepEqual(await wrongIds(tester), NO_WRONG_IDS);
      }, { refusals: true });
    });
  });
}

describe('a refused search has no rows and no count', () => {
  test('of invoices: also when the address has it', async () => {
    const api = await shop();
    for (const reference_id of ['order-1', 'order-2', 'other']) await api.made({ reference_id }, HOLD);
    await asTester(api, async (tester) => {
      await tester.open();
      await tester.at('search').fill('ref:order');
      await tester.sees('invoice', 2);
      await tester.at('search').fill('bogus:1');
      await tester.sees('invoice', 0);
      assert.match(await tester.at('failed').innerText(), /^Unknown name bogus: must be status/);
      assert.equal(await tester.at('total').innerText(), '');
      assert.equal(await tester.at('empty').count() + await tester.at('older').count(), 0);
      await tester.payer.shot('refused-search');
      await tester.page.reload();
      await tester.at('failed').waitFor();
      await tester.at('search').fill('ref:order');
      await tester.sees('invoice', 2);
      assert.equal(await tester.at('failed').count(), 0);
    }, { refusals: true });
  });

  test('of callbacks', async () => {
    const api = await shop();
    await api.made({}, HOLD);
    await api.idle();
    await asTester(api, async (tester) => {
      await tester.open('/callbacks');
      await tester.sees('delivery', 1);
      await tester.at('filter-code').fill('bogus');
      await tester.sees('delivery', 0);
      await tester.at('failed').waitFor();
      assert.equal(await tester.at('total').innerText(), '');
      assert.equal(await tester.at('resend-all').isVisible(), false);
    }, { refusals: true });
  });
});

describe('what a fault does', () => {
  test('is told of the payer for payment pages, and of the shop for calls', async () => {
    const api = await shop();
    await asTester(api, async (tester) => {
      await tester.open('/faults');
      for (const [place, who] of [['page', /payer/], ['api', /^Your shop|^The call/]]) {
        await tester.at('fault-on').selectOption(place);
        const names = await tester.at('fault-name').locator('option').evaluateAll((all) => all.map(({ value }) => value));
        for (const name of names) {
          await tester.at('fault-name').selectOption(name);
          const said = await tester.page.locator('form p.quiet').first().innerText();
          assert.match(said, who, `${place} ${name}`);
          if (place === 'page') assert.doesNotMatch(said, /^Your shop/);
        }
      }
    });
  });
});

test('the address of an inbox without requests is of this account', async () => {
  const api = await shop();
  await asTester(api, async (tester) => {
    await tester.open('/sinks');
    const url = await tester.at('sink-example').innerText();
    assert.equal(new URL(url).searchParams.get('account'), api.account.id);
    assert.equal((await fetch(url, { method: 'POST', body: '{}' })).status, 200);
    assert.equal((await api.control('GET', '/sinks')).expect(200).json.items.length, 1);
  });
});

for (const size of Object.keys(SIZES)) {
  test(`without JavaScript there is one notice, and nothing that waits, on a ${size}`, async () => {
    await asPayer({ size, js: false }, server, async (payer) => {
      await payer.open('/_mock/');
      assert.equal(await payer.at('live').isVisible(), false);
      assert.equal(await payer.at('help').isVisible(), false);
      const notice = payer.at('no-script');
      const { height, line } = await notice.evaluate((one) => ({ height: one.firstChild.getBoundingClientRect().height,
        line: parseFloat(getComputedStyle(one).lineHeight) }));
      if (size === 'desktop') assert.ok(height < 2 * line, `${height} of lines of ${line}`);
      await payer.shot(`no-script-${size}`);
    });
  });
}
