// Languages, themes, accessibility, keyboard and the mock's panel of the payer pages.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { Client, query } from '../lib/client.js';
import { BIN, startServer, tempDir } from '../lib/server.js';
import { CARDS, SIZES, asPayer, closeBrowser } from './payer.js';

const server = await startServer();
after(async () => {
  await closeBrowser();
  await server.stop();
});
const demo = new Client(server);
const WAITING = { headers: { 'X-Mock-Outcome': 'process_pending' } };
const LOCALES = { en: 'en-US', uk: 'uk-UA', ru: 'ru-RU' };

async function invoice(attributes = {}, settings = {}, options = WAITING) {
  const api = await demo.newAccount({ name: '4Docs', settle_after_ms: 600_000, ...settings });
  const { id, attributes: made } = await api.made(
    { amount: 1234.5, description: 'Order 17', return_url: `${server.url}/_mock/health`, ...attributes },
    options,
  );
  return { api, id, url: made.hpp_url, page: made.flow_data.action };
}

/** An order whose page offers the card of an earlier one. */
async function withSavedCard() {
  const { api, id } = await invoice({
    customer: { reference_id: 'anna' },
    gateway_options: { cardgate: { tokenize: true } },
  });
  (await api.pay(id, { card_number: CARDS.good, expiry: '1230', cvv: '123' })).expect(200);
  const { token } = (await api.attributes(id)).payload;
  const order = { amount: 1234.5, description: 'Order 18', customer: { reference_id: 'anna' }, token };
  const { attributes } = await api.made(order, WAITING);
  return attributes.hpp_url;
}

const UNPLANNED = {};

/** A payment with a refund or chargeback. */
async function wentBack(payer, status, amount) {
  const { api, id, url } = await invoice();
  (await api.transition(id, { status: 'processed' })).expect(200);
  (await api.transition(id, { status, amount })).expect(200);
  await payer.open(url);
  await payer.sees(status);
}

/** A payment of which only a part was paid. */
async function partPaid() {
  const made = await invoice({}, {}, { headers: { 'X-Mock-Outcome': 'process_pending' } });
  (await made.api.transition(made.id, { status: 'partially_processed', amount: 1000.2 })).expect(200);
  return made;
}

/** The steps that lead to each page. */
const PAGES = {
  card: async (payer) => payer.open((await invoice()).url),
  'card-errors': async (payer) => {
    await payer.open((await invoice()).url);
    await payer.fill({ number: '5519283812030001', expiry: '13/30', cvv: '1' });
    await payer.at('pay').click();
    await payer.at('error-summary').waitFor();
  },
  declined: async (payer) => {
    await payer.open((await invoice()).url);
    await payer.pay(CARDS.bad, { expiry: '05/29' });
    await payer.at('retry-note').waitFor();
  },
  'saved-card': async (payer) => {
    await payer.open(await withSavedCard());
    await payer.at('saved-card').waitFor();
  },
  'saved-card-error': async (payer) => {
    await payer.open(await withSavedCard());
    await payer.at('cvv').fill('1');
    await payer.at('cvv').press('Enter');
    await payer.at('error-summary').waitFor();
  },
  'another-card': async (payer) => {
    await payer.open(await withSavedCard());
    await payer.click('other-card');
    await payer.at('card-number').waitFor();
  },
  challenge: async (payer) => {
    await payer.open((await invoice()).url);
    await payer.pay(CARDS.good3ds);
    await payer.at('challenge-form').waitFor();
  },
  paid: async (payer) => {
    await payer.open((await invoice()).url);
    await payer.pay(CARDS.good);
    await payer.sees('processed');
  },
  failed: async (payer) => {
    await payer.open((await invoice({}, { attempt_limit: 1 })).url);
    await payer.pay(CARDS.bad, { expiry: '05/29' });
    await payer.sees('process_failed', 'insufficient_funds');
  },
  pending: async (payer) => {
    await payer.open((await invoice()).url);
    await payer.pay(CARDS.good, { expiry: '07/77' });
    await payer.sees('process_pending');
  },
  expired: async (payer) => {
    const { api, url } = await invoice();
    await api.freeze();
    await api.advance(1801);
    await payer.open(url);
    await payer.sees('process_failed', 'expired');
  },
  'refund-pending': (payer) => wentBack(payer, 'refund_pending'),
  'partially-refunded': (payer) => wentBack(payer, 'partially_refunded', 345.67),
  'charged-back': (payer) => wentBack(payer, 'charged_back'),
  'partially-paid': async (payer) => {
    await payer.open((await partPaid()).url);
    await payer.sees('partially_processed');
  },
  wallet: async (payer) => {
    await payer.open((await invoice({ service: 'paypal_usd_hpp' })).url);
    await payer.at('confirm').waitFor();
  },
  bank: async (payer) => {
    await payer.open(
      (
        await invoice({
          service: 'bank_transfer_usd_hpp',
          service_fields: { account_number: 'UA213223130000026007233566001' },
        })
      ).url,
    );
    await payer.at('confirm').waitFor();
  },
  transfer: async (payer) => {
    const service_fields = { account_number: 'UA213223130000026007233566001' };
    await payer.open((await invoice({ service: 'bank_transfer_eur_hpp', currency: 'EUR', service_fields })).url);
    await payer.at('qr').waitFor();
  },
  crypto: async (payer) => {
    await payer.open((await invoice({ service: 'bitcoin_btc_hpp', currency: 'BTC', amount: 0.0123 })).url);
    await payer.at('qr').waitFor();
  },
  voucher: async (payer) => {
    await payer.open((await invoice({ service: 'multibanco_eur_hpp', currency: 'EUR' })).url);
    await payer.at('qr').waitFor();
  },
  scan: async (payer) => {
    await payer.open((await invoice({ service: 'pix_brl_hpp', currency: 'BRL' })).url);
    await payer.at('qr').waitFor();
  },
  cancelled: async (payer) => {
    await payer.open((await invoice()).url);
    await payer.click('cancel');
    await payer.sees('process_failed');
  },
  fields: async (payer) => {
    const service_fields = { payer_first_name: 'Ana', payer_last_name: 'Rojas' };
    await payer.open((await invoice({ service: 'bank_transfer_clp_hpp', currency: 'CLP', amount: 1234, service_fields })).url);
    await payer.at('field-payer_email').fill('nobody');
    await payer.click('confirm');
    await payer.at('error-payer_email').waitFor();
  },
  'card-fields': async (payer) => payer.open((await invoice({ service: 'payment_card_brl_hpp', currency: 'BRL' })).url),
  choice: async (payer) => {
    await payer.open((await invoice({ service: 'test_usd_test', service_fields: { status: '' } }, {}, UNPLANNED)).url);
    await payer.at('status-choice').first().waitFor();
  },
  methods: async (payer) => {
    const api = await demo.newAccount({ name: '4Docs' });
    await payer.open(`/hpp/${query({ public_key: api.account.public_key, currency: 'USD', amount: 15 })}`);
  },
  error: async (payer) => {
    await payer.open('/hpp/cgi_0000000000000000');
    await payer.at('error').waitFor();
  },
};

const brightness = (payer) => payer.page.evaluate(() => {
  const [r, g, b] = getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g).map(Number);
  return (r * 299 + g * 587 + b * 114) / 255_000;
});

for (const [name, arrive] of Object.entries(PAGES)) {
  for (const theme of ['light', 'dark']) {
    for (const size of Object.keys(SIZES)) {
      test(`the page ${name} is accessible, ${theme}, on a ${size}`, async () => {
        await asPayer({ size, theme }, server, async (payer) => {
          await arrive(payer);
          await payer.shot(`${name}-${size}-${theme}`);
          assert.equal(await brightness(payer) > 0.5, theme === 'light', 'the theme');
          assert.ok(await payer.page.title(), 'a title');
          assert.equal(await payer.page.locator('h1').count(), 1, 'one h1');
          await payer.isAccessible(`${name}, ${theme}, ${size}`);
          if (size === 'phone') { // 1.4.10: 320 px without scrolling sideways
            await payer.page.setViewportSize({ width: 320, height: 640 });
            await payer.isAccessible(`${name}, ${theme}, 320 px`);
          }
        });
      });
    }
  }

  test(`the page ${name} without JavaScript`, async () => {
    await asPayer({ size: 'phone', js: false }, server, async (payer) => {
      await arrive(payer);
      await payer.shot(`${name}-phone-nojs`);
    });
  });

  test(`the page ${name} is translated into three languages`, async () => {
    const texts = {};
    for (const [locale, browserLocale] of Object.entries(LOCALES)) {
      await asPayer({ size: 'phone', locale: browserLocale }, server, async (payer) => {
        await arrive(payer);
        assert.equal(await payer.language(), locale);
        texts[locale] = { title: await payer.page.title(), all: await payer.texts() };
        await payer.shot(`${name}-phone-${locale}`);
        await payer.isAccessible(`${name}, ${locale}`);
      });
    }
    for (const locale of ['uk', 'ru']) {
      const kept = texts[locale].all.filter((text) => /[a-z]{3,} [a-z]{3,}/i.test(text));
      assert.deepEqual(kept, [], `${locale} keeps English`);
      assert.ok(texts[locale].all.some((text) => /[а-яіїєґ]/i.test(text)), locale);
    }
    assert.ok(texts.uk.all.join(' ').match(/[іїєґ]/i), 'Ukrainian letters');
    assert.ok(
      !texts.ru.all
        .filter((text) => text !== 'Українська')
        .join(' ')
        .match(/[іїєґ]/i),
      'no Ukrainian letters in Russian',
    );
  });
}

describe('the result', () => {
  const shown = async (road) => {
    let texts;
    await asPayer({}, server, async (payer) => {
      await road(payer);
      texts = (await payer.texts()).map((text) => text.replaceAll('\u00a0', ' '));
    });
    return texts;
  };
  const after = (texts, label) => texts[texts.lastIndexOf(label) + 1];

  test('of a partial refund shows the amount', async () => {
    const texts = await shown(PAGES['partially-refunded']);
    assert.ok(texts.includes('Part of the payment was refunded to you.'), texts.join('\n'));
    assert.deepEqual([after(texts, 'Amount'), after(texts, 'Refunded')], ['1,234.50 USD', '345.67 USD']);
    assert.ok(!texts.includes('Charged back'));
  });

  test('of a chargeback shows the amount, and nothing pending', async () => {
    const texts = await shown(PAGES['charged-back']);
    assert.ok(texts.includes('Your bank reversed the payment.'), texts.join('\n'));
    assert.deepEqual([after(texts, 'Amount'), after(texts, 'Charged back')], ['1,234.50 USD', '1,234.50 USD']);
    assert.ok(!texts.includes('Check again'));
  });

  test('of a part that was paid shows the part and the whole, also after a refund', async () => {
    const { api, id, url } = await partPaid();
    const wholes = { en: '1,000.20 of 1,234.50 USD', uk: '1 000,20 із 1 234,50 USD', ru: '1 000,20 из 1 234,50 USD' };
    const amount = (payer) => payer.text('amount').then((text) => text.replaceAll('\u00a0', ' '));
    await asPayer({}, server, async (payer) => {
      for (const [locale, whole] of Object.entries(wholes)) {
        await payer.open(`${url}&locale=${locale}`);
        assert.equal(await amount(payer), whole);
      }
      (await api.transition(id, { status: 'partially_refunded', amount: 100 })).expect(200);
      await payer.open(`${url}&locale=en`);
      assert.equal(await amount(payer), wholes.en);
      assert.match(await payer.text('refunded'), /^100\.00/);
    });
  });

  test('names the card that paid by its network and last digits, also to a screen reader', async () => {
    const texts = { en: 'ending in 0000', uk: 'що закінчується на 0000', ru: 'заканчивается на 0000' };
    await asPayer({}, server, async (payer) => {
      const { url } = await invoice();
      await payer.open(url);
      await payer.pay(CARDS.good);
      await payer.sees('processed');
      for (const [locale, spoken] of Object.entries(texts)) {
        await payer.open(`${url}&locale=${locale}`);
        assert.equal(await payer.at('mask').locator('[aria-hidden]').innerText(), '•••• 0000');
        const tree = await payer.at('mask').ariaSnapshot();
        assert.match(tree, new RegExp(`mastercard.*${spoken}`));
        assert.ok(!tree.includes('•'), tree);
      }
    });
  });

  test('of a pending refund mentions the refund', async () => {
    const texts = await shown(PAGES['refund-pending']);
    assert.ok(texts.includes('Your refund is being processed.'), texts.join('\n'));
    assert.ok(texts.includes('Check again'));
  });
});

test('fields of a service stand in two columns on a desktop, in one on a phone, and the optional ones say so', async () => {
  for (const [size, columns] of [['desktop', 2], ['phone', 1]]) {
    await asPayer({ size }, server, async (payer) => {
      await payer.open((await invoice({ service: 'bank_transfer_clp_hpp', currency: 'CLP', amount: 1234 })).url);
      const boxes = await payer.page.locator('[data-testid^="field-"]').evaluateAll((all) => all.map((one) => {
        const { x, y } = one.getBoundingClientRect();
        return { x, y };
      }));
      assert.equal(boxes.length, 12);
      assert.equal(new Set(boxes.map(({ x }) => x)).size, columns);
      assert.equal(new Set(boxes.map(({ y }) => y)).size, 12 / columns, 'the inputs of a line stand at one height');
      assert.equal(await payer.page.locator('.own label', { hasText: '(optional)' }).count(), 12);
    });
  }
});

test('a long amount wraps before the currency', async () => {
  const { url } = await invoice(
    { service: 'test_usd_test', amount: 9_999_998.5, service_fields: { status: '' } },
    {},
    UNPLANNED,
  );
  await asPayer({}, server, async (payer) => {
    await payer.open(url);
    const lines = await payer.at('amount').evaluate((amount) => {
      const text = [...amount.childNodes].at(-1), range = document.createRange();
      range.setStart(text, text.length - 'USD'.length);
      range.setEnd(text, text.length);
      return { whole: amount.getClientRects().length, currency: range.getClientRects().length };
    });
    assert.deepEqual(lines, { whole: 2, currency: 1 });
  });
});

describe('the choice of a method', () => {
  const choose = async (payer, order = {}) => {
    const api = await demo.newAccount({ name: '4Docs' });
    await payer.open(`/hpp/${query({ public_key: api.account.public_key, currency: 'USD', amount: 15, ...order })}`);
  };

  for (const js of [true, false]) {
    test(`a search without results says so, JavaScript ${js ? 'on' : 'off'}`, async () => {
      await asPayer({ js }, server, async (payer) => {
        await choose(payer);
        assert.ok(!await payer.at('no-match').isVisible());
        await payer.at('search-methods').fill('pay');
        if (!js) await payer.go(() => payer.at('search-methods').press('Enter'));
        assert.ok(await payer.at('method-paypal').isVisible());
        assert.ok(!await payer.at('no-match').isVisible());
        await payer.at('search-methods').fill('zzz');
        if (!js) await payer.go(() => payer.at('search-methods').press('Enter'));
        await payer.at('no-match').waitFor();
        assert.equal(await payer.text('no-match'), 'No payment method found.');
        assert.equal(await payer.count('no-method'), 0);
      });
    });
  }

  test('an amount that no method accepts', async () => {
    await asPayer({}, server, async (payer) => {
      await choose(payer, { amount: 89_999_999_999 });
      await payer.at('no-method').waitFor();
      assert.ok(!await payer.at('no-match').isVisible());
    });
  });
});

test('a report fits a phone and a desktop, even with long references', async () => {
  const folder = tempDir();
  const order = (
    reference,
  ) => `curl -sf -o "${folder}/made" -u "$MILKYPAY_ACCOUNT_ID:$MILKYPAY_API_KEY" "$MILKYPAY_URL/payment-invoices" -d '{
    "reference_id": "${reference}", "service": "payment_card_usd_hpp", "currency": "USD", "amount": 12345.6 }'`;
  const done = spawnSync(
    BIN,
    [
      'exec',
      '--report',
      folder,
      '--settle-after',
      '0',
      '--',
      'sh',
      '-ec',
      `${order('order-1')}\n${order('R'.repeat(255))}`,
    ],
    { encoding: 'utf8' },
  );
  assert.equal(done.status, 0, done.stderr);
  const html = readFileSync(`${folder}/milkypay.html`, 'utf8');
  for (const size of Object.keys(SIZES)) {
    await asPayer({ size }, server, async (payer) => {
      await payer.page.setContent(html);
      await payer.isAccessible(`the report, ${size}`);
      const hidden = await payer.page
        .locator('.scroll')
        .evaluateAll((all) => all.map((one) => one.scrollWidth - one.clientWidth));
      assert.deepEqual(hidden, [0], `${size}: what one has to scroll sideways`);
      await payer.shot(`report-${size}`);
    });
  }
});

describe('languages', () => {
  for (const locale of Object.keys(LOCALES)) {
    test(`?locale=${locale} overrides the browser's, and is kept`, async () => {
      const { url } = await invoice();
      await asPayer({ locale: locale === 'en' ? 'uk-UA' : 'en-US' }, server, async (payer) => {
        await payer.open(`${url}&locale=${locale}`);
        assert.equal(await payer.language(), locale, 'the form');
        await payer.pay(CARDS.bad, { expiry: '05/29' });
        assert.equal(await payer.language(), locale, 'the declined form');
        await payer.pay(CARDS.good3ds);
        assert.equal(await payer.language(), locale, 'the challenge');
        await payer.answer();
        await payer.sees('processed');
        assert.equal(await payer.language(), locale, 'the result');
      });
    });
  }

  test('an unsupported language falls back to English', async () => {
    const { page } = await invoice();
    await asPayer({ locale: 'de-DE' }, server, async (payer) => {
      await payer.open(page);
      assert.equal(await payer.language(), 'en');
      await payer.open(`${page}?locale=xx`);
      assert.equal(await payer.language(), 'en');
    });
  });

  test('the payer can switch, with and without JavaScript', async () => {
    for (const js of [true, false]) {
      const { page } = await invoice();
      await asPayer({ js }, server, async (payer) => {
        await payer.open(page);
        for (const locale of ['uk', 'ru', 'en']) {
          await payer.click(`locale-${locale}`);
          assert.equal(await payer.language(), locale);
        }
        await payer.click('locale-uk');
        await payer.pay(CARDS.good);
        await payer.sees('processed');
        assert.equal(await payer.language(), 'uk');
      });
    }
  });

  test("the invoice's own locale is kept", async () => {
    const api = await demo.newAccount();
    const made = await api.madePublic({ locale: 'uk' }, WAITING);
    await asPayer({}, server, async (payer) => {
      await payer.open(made.hpp_url);
      assert.equal(await payer.language(), 'uk');
    });
  });

  test('amounts are formatted for the language', async () => {
    const { page } = await invoice();
    const amounts = {};
    for (const locale of Object.keys(LOCALES)) {
      await asPayer({}, server, async (payer) => {
        await payer.open(`${page}?locale=${locale}`);
        amounts[locale] = await payer.text('amount');
      });
    }
    assert.match(amounts.en, /1,234\.50/);
    assert.match(amounts.uk, /1\s234,50/);
    assert.match(amounts.ru, /1\s234,50/);
  });
});

describe("the mock's panel", () => {
  test('fills in a test card by one click, and is hidden by ?panel=0', async () => {
    const { page } = await invoice();
    await asPayer({}, server, async (payer) => {
      await payer.open(page);
      await payer.at('mock-panel').waitFor();
      for (const [i, number] of Object.values(CARDS).entries()) {
        await payer.at(`test-card-${i + 1}`).click();
        assert.equal((await payer.at('card-number').inputValue()).replace(/\s/g, ''), number);
        assert.ok(await payer.at('expiry').inputValue());
        assert.ok(await payer.at('cvv').inputValue());
      }
      await payer.open(`${page}?panel=0`);
      await payer.at('payment-form').waitFor();
      assert.equal(await payer.count('mock-panel'), 0);
    });
  });

  test('?panel=0 is kept after a decline', async () => {
    const { page } = await invoice();
    await asPayer({}, server, async (payer) => {
      await payer.open(`${page}?panel=0`);
      await payer.pay(CARDS.bad, { expiry: '05/29' });
      await payer.at('retry-note').waitFor();
      assert.equal(await payer.count('mock-panel'), 0);
    });
  });

  test('a test card pays by one click without JavaScript', async () => {
    const { page } = await invoice();
    await asPayer({ js: false }, server, async (payer) => {
      await payer.open(page);
      await payer.click('test-card-2');
      if (await payer.count('payment-form')) {
        await payer.click('pay');
      }
      await payer.sees('processed', 'ok');
    });
  });
});

describe('the keyboard', () => {
  const tabTo = async (payer, testid, most = 40) => {
    for (let i = 0; i < most; i++) {
      if (await payer.page.evaluate((id) => document.activeElement?.dataset.testid === id, testid)) {
        const outline = await payer.at(testid).evaluate((element) => {
          const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
          return (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none';
        });
        assert.ok(outline, `the focus on ${testid} is seen`);
        return;
      }
      await payer.page.keyboard.press('Tab');
    }
    assert.fail(`${testid} is not reached by Tab`);
  };

  for (const js of [true, false]) {
    test(`allows a payment with 3-D Secure, JavaScript ${js ? 'on' : 'off'}`, async () => {
      const { url } = await invoice();
      await asPayer({ js }, server, async (payer) => {
        const { keyboard } = payer.page;
        await payer.open(url);
        await tabTo(payer, 'card-number');
        await keyboard.type(CARDS.good3ds);
        await tabTo(payer, 'expiry');
        await keyboard.type('1230');
        await tabTo(payer, 'cvv');
        await keyboard.type('123');
        await payer.go(() => keyboard.press('Enter'));
        const code = /\d{6}/.exec(await payer.text('challenge-code'))[0];
        await tabTo(payer, 'challenge-input');
        await keyboard.type(code);
        await payer.go(() => keyboard.press('Enter'));
        await payer.sees('processed');
        await tabTo(payer, 'return');
      });
    });
  }

  test('Enter in a field pays, and does not cancel', async () => {
    const { api, id, url } = await invoice();
    await asPayer({ js: false }, server, async (payer) => {
      await payer.open(url);
      await payer.fill({ number: CARDS.good });
      await payer.go(() => payer.at('holder').press('Enter'));
      await payer.sees('processed');
    });
    assert.equal((await api.attributes(id)).status, 'processed');
  });

  test('after an error the focus is on the summary, whose links lead to the fields', async () => {
    await asPayer({}, server, async (payer) => {
      await PAGES['card-errors'](payer);
      assert.ok(await payer.at('error-summary').evaluate((element) => element.contains(document.activeElement)));
      await payer.at('error-summary').locator('a').first().click();
      assert.equal(await payer.page.evaluate(() => document.activeElement.dataset.testid), 'card-number');
    });
  });
});

test('a page with its files has less than 60 kB', async () => {
  const { url } = await invoice();
  await asPayer({}, server, async (payer) => {
    let bytes = 0;
    payer.page.on('response', async (response) => {
      if (response.status() === 200) bytes += (await response.body()).length;
    });
    await payer.open(url);
    await payer.page.waitForLoadState('networkidle');
    assert.ok(bytes > 1000 && bytes < 60_000, `${bytes} bytes`);
  });
});

test('values from the merchant are escaped', async () => {
  const nasty = '"><img src=x onerror=alert(1)><script>alert(2)</script>';
  const { url } = await invoice({ description: nasty }, { name: nasty });
  await asPayer({}, server, async (payer) => {
    payer.page.on('dialog', (dialog) => assert.fail(dialog.message()));
    await payer.open(url);
    assert.equal(await payer.text('description'), nasty);
    await payer.pay(CARDS.good);
    await payer.sees('processed');
  });
});
