// Methods without a card: what their pages show, and the mock's panel, which decides a payment of every method.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import jsQR from 'jsqr';
import { Client, query } from '../lib/client.js';
import { startServer } from '../lib/server.js';
import { startSink } from '../lib/sink.js';
import { FEW_WAYS, WAYS, asPayer, closeBrowser } from './payer.js';

const server = await startServer();
after(async () => {
  await closeBrowser();
  await server.stop();
});
const demo = new Client(server);
const WAITING = { headers: { 'X-Mock-Outcome': 'process_pending' } };

async function invoice(attributes = {}, settings = {}) {
  const api = await demo.newAccount({ name: 'Corner Shop', settle_after_ms: 600_000, ...settings });
  const { id, attributes: made } = await api.made(attributes, WAITING);
  return { api, id, url: made.hpp_url, page: made.flow_data.action };
}

const TRANSFER = { service: 'bank_transfer_eur_hpp', currency: 'EUR', amount: 1234.5,
  service_fields: { account_number: 'UA213223130000026007233566001' } };

/** What a camera reads from the page's QR code. */
async function scanned(payer) {
  const { pixels, side } = await payer.at('qr').evaluate((svg) => {
    const SCALE = 4, side = svg.viewBox.baseVal.width * SCALE;
    const pen = Object.assign(document.createElement('canvas'), { width: side, height: side }).getContext('2d');
    pen.fillStyle = getComputedStyle(svg).backgroundColor;
    pen.fillRect(0, 0, side, side);
    pen.scale(SCALE, SCALE);
    pen.fillStyle = getComputedStyle(svg).fill;
    pen.fill(new Path2D(svg.querySelector('path').getAttribute('d')));
    return { pixels: [...pen.getImageData(0, 0, side, side).data], side };
  });
  return jsQR(Uint8ClampedArray.from(pixels), side, side).data;
}

/** What the buttons copy, by detail. */
const copies = (payer) => payer.page.locator('[data-copy]').evaluateAll((all) =>
  Object.fromEntries(all.map(({ dataset }) => [dataset.testid.replace('copy-', ''), dataset.copy])));

describe('the page of a method', () => {
  const visit = (attributes, road, options = {}) => invoice(attributes).then(({ id, url }) =>
    asPayer(options, server, async (payer) => {
      await payer.open(url);
      await road(payer, id.replace('cpi_', ''));
    }));

  for (const theme of ['light', 'dark']) {
    test(`a transfer in euros has an account, a reference and the code of European banks, ${theme}`, async () => {
      await visit(TRANSFER, async (payer, reference) => {
        assert.equal(await payer.at('means').getAttribute('data-means'), 'transfer');
        const { account, ...others } = await copies(payer);
        assert.match(account, /^XX00MOCK\d{16}$/);
        assert.deepEqual(others, { reference, amount: '1234.5' });
        assert.equal((await payer.text('means-account')).replaceAll(' ', ''), account);
        assert.equal(await scanned(payer),
          `BCD\n002\n1\nSCT\n\nCorner Shop\n${account}\nEUR1234.5\n\n\n${reference}`);
      }, { theme });
    });
  }

  test('a transfer in another currency has no code', async () => {
    await visit({ ...TRANSFER, service: 'bank_transfer_gbp_hpp', currency: 'GBP' }, async (payer) => {
      assert.equal(await payer.text('means-recipient'), 'Corner Shop');
      assert.equal(await payer.count('qr'), 0);
    });
  });

  test('a cryptocurrency has an address that no wallet accepts, its network and the amount in it', async () => {
    await visit({ service: 'bitcoin_btc_hpp', currency: 'BTC', amount: 0.0123 }, async (payer) => {
      const { address, amount } = await copies(payer);
      assert.equal(await payer.text('means-network'), 'Bitcoin');
      assert.match(address, /^MOCK[A-Za-z0-9]{24}$/);
      assert.equal(amount, '0.0123');
      assert.equal(await scanned(payer), `bitcoin:${address}?amount=0.0123`);
    });
  });

  test('a voucher has an entity and a reference', async () => {
    await visit({ service: 'multibanco_eur_hpp', currency: 'EUR' }, async (payer) => {
      const { entity, reference } = await copies(payer);
      assert.equal(entity, '00000');
      assert.match(reference, /^0\d{8}$/);
      assert.equal(await scanned(payer), reference);
    });
  });

  test('a code to scan can be copied', async () => {
    await visit({ service: 'qris_idr_hpp', currency: 'IDR', amount: 150_000 }, async (payer, reference) => {
      const { code } = await copies(payer);
      assert.equal(code, `MOCK.qris.IDR.150000.${reference}`);
      assert.equal(await scanned(payer), code);
    });
  });

  test('a wallet is approved, and has nothing to copy', async () => {
    await visit({ service: 'paypal_usd_hpp' }, async (payer) => {
      assert.equal(await payer.at('means').getAttribute('data-means'), 'approval');
      assert.deepEqual(await copies(payer), {});
      assert.match(await payer.text('confirm'), /^Pay 100/);
    });
  });

  test('a button that may not copy says so', async () => {
    await visit(TRANSFER, async (payer) => {
      await payer.page.evaluate(() => {
        navigator.clipboard.writeText = () => Promise.reject(new Error('no'));
      });
      await payer.at('copy-reference').click();
      await payer.at('copy-reference').filter({ hasText: 'Not copied' }).waitFor();
      assert.equal(await payer.page.evaluate(() => document.activeElement.dataset.testid), 'copy-reference');
    });
  });

  for (const secure of [true, false]) {
    test(`a button copies, ${secure ? 'with' : 'without'} the browser's clipboard`, async () => {
      await visit(TRANSFER, async (payer, reference) => {
        await payer.context.grantPermissions(['clipboard-read', 'clipboard-write']);
        if (!secure) {
          await payer.page.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
          await payer.page.reload();
        }
        await payer.at('copy-reference').click();
        await payer.at('copy-reference').filter({ hasText: 'Copied' }).waitFor();
        await payer.page.evaluate(() => document.body.prepend(document.createElement('textarea')));
        const area = payer.page.locator('textarea');
        await area.focus();
        await payer.page.keyboard.press('Control+V');
        assert.equal(await area.inputValue(), reference);
      });
    });
  }
});

const DECISIONS = [
  ['panel-succeed', 'processed', 'ok'],
  ['panel-pending', 'process_pending', 'ok'],
  ['panel-expire', 'process_failed', 'expired'],
  ['panel-decline', 'process_failed', 'insufficient_funds'],
];
const METHODS = { wallet: { service: 'applepay_usd_hpp' }, transfer: TRANSFER,
  crypto: { service: 'bitcoin_btc_hpp', currency: 'BTC', amount: 0.0123 },
  voucher: { service: 'multibanco_eur_hpp', currency: 'EUR' }, card: {} };

for (const way of WAYS) {
  const visit = (road) => asPayer(way, server, road);

  describe(`the mock's panel (${way.name})`, () => {
    for (const [name, attributes] of Object.entries(METHODS)) {
      test(`of a ${name} succeeds, stays pending, expires and declines`, async () => {
        for (const [button, status, resolution] of DECISIONS) {
          const { api, id, url } = await invoice(attributes);
          await visit(async (payer) => {
            await payer.open(url);
            await payer.click(button);
            await payer.sees(status, resolution);
          });
          const made = await api.attributes(id);
          assert.deepEqual([made.status, made.resolution], [status, resolution]);
        }
      });
    }

    test('declines for any reason, and the payment can be tried again', async () => {
      const { url } = await invoice({ service: 'paypal_usd_hpp' });
      await visit(async (payer) => {
        await payer.open(url);
        const reasons = await payer.at('panel-reason').locator('option').allInnerTexts();
        assert.equal(reasons[0], 'insufficient_funds');
        assert.equal(new Set(reasons).size, reasons.length);
        assert.ok(reasons.includes('antifraud_error') && !reasons.includes('expired') && !reasons.includes('ok'));
        await payer.at('panel-reason').selectOption('antifraud_error');
        await payer.click('panel-decline');
        await payer.sees('process_failed', 'antifraud_error');
        await payer.click('panel-succeed');
        await payer.sees('processed', 'ok');
      });
    });
  });
}

for (const [locale, words] of Object.entries({ 'en-US': /There are not enough funds\./, 'uk-UA': /Недостатньо коштів\./,
  'ru-RU': /Недостаточно средств\./ })) {
  test(`a declined transfer says nothing of a card (${locale})`, async () => {
    const { url } = await invoice(TRANSFER);
    await asPayer({ locale }, server, async (payer) => {
      await payer.open(url);
      await payer.click('panel-decline');
      await payer.sees('process_failed', 'insufficient_funds');
      const text = await payer.text('result');
      assert.match(text, words);
      assert.doesNotMatch(text, /card|карт/i);
    });
  });
}

for (const way of FEW_WAYS) {
  describe(`the panel of a pending payment (${way.name})`, () => {
    for (const [button, status, resolution] of [['panel-succeed', 'processed', 'ok'],
      ['panel-expire', 'process_failed', 'expired'], ['panel-decline', 'process_failed', 'antifraud_error']]) {
      test(`ends it: ${button}, once, and counts no attempt`, async () => {
        const { api, id, url, page } = await invoice({ service: 'paypal_usd_hpp' }, { attempt_limit: 2 });
        await asPayer(way, server, async (payer) => {
          await payer.open(url);
          await payer.click('panel-pending');
          await payer.sees('process_pending');
          assert.equal(await payer.count('panel-pending'), 0);
          if (way.js) await payer.isAccessible('the page of a pending payment');
          await payer.shot(`pending-${way.size}`);
          const form = await payer.at('panel-form').evaluate((one) => Object.fromEntries(new FormData(one)));
          if (button === 'panel-decline') await payer.at('panel-reason').selectOption(resolution);
          await payer.click(button);
          await payer.sees(status, resolution);
          if (button === 'panel-decline') assert.match(await payer.text('retry-note'), /\b1\b/);
          const send = (changes) => demo.send('POST', new URL(page).pathname, {
            form: new URLSearchParams({ ...form, outcome: 'process_failed', reason: 'declined', ...changes }).toString() });
          assert.equal((await send({})).status, 303, 'sent twice');
          assert.equal((await send({ csrf: 'other' })).status, 422);
        });
        const made = await api.attributes(id);
        assert.deepEqual([made.status, made.resolution], [status, resolution]);
      });
    }
  });
}

test('a pending payment of another page keeps its status when the panel is hidden', async () => {
  const { api, id, url, page } = await invoice({ service: 'paypal_usd_hpp' });
  await asPayer({}, server, async (payer) => {
    await payer.open(url);
    await payer.click('panel-pending');
    await payer.open(`${page}?done=1&panel=0`);
    await payer.sees('process_pending');
    assert.equal(await payer.count('mock-panel'), 0);
    assert.equal((await api.attributes(id)).status, 'process_pending');
  });
});

describe("the mock's panel", () => {
  test('leads to the invoice in the dashboard, before and after the payment', async () => {
    const { id, url } = await invoice({ service: 'paypal_usd_hpp' });
    await asPayer({}, server, async (payer) => {
      await payer.open(url);
      for (const next of ['panel-succeed', null]) {
        const [dashboard] = await Promise.all([payer.context.waitForEvent('page'), payer.at('panel-dashboard').click()]);
        await dashboard.locator('h1', { hasText: id }).or(dashboard.locator('main', { hasText: id })).first().waitFor();
        assert.equal(new URL(dashboard.url()).hash, `#/invoices/${id}`);
        if (next) await payer.click(next);
      }
    });
  });

  test('is not there with ?panel=0, and then decides nothing', async () => {
    const { api, id, page } = await invoice({ service: 'paypal_usd_hpp' });
    await asPayer({}, server, async (payer) => {
      await payer.open(`${page}?panel=0`);
      assert.equal(await payer.count('mock-panel'), 0);
      const csrf = await payer.page.locator('[name=csrf]').first().inputValue();
      const send = (query, outcome) => demo.send('POST', `${new URL(page).pathname}${query}`, {
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ csrf, ...outcome }).toString(),
      });
      assert.equal((await send('?panel=0', { outcome: 'processed' })).status, 422);
      assert.equal((await send('', { outcome: 'refunded' })).status, 422);
      assert.equal((await send('', { outcome: 'process_failed', reason: 'nonsense' })).status, 422);
      assert.equal((await api.attributes(id)).status, 'process_pending');
      await payer.click('confirm');
      await payer.sees('processed');
      assert.equal(await payer.count('mock-panel'), 0);
    });
  });

  test('a page that finds no payment leads to the dashboard', async () => {
    await asPayer({}, server, async (payer) => {
      await payer.open('/hpp/cgi_0000000000000000');
      assert.equal(await payer.at('dashboard').getAttribute('href'), '/_mock/');
    });
  });
});

for (const way of WAYS) {
  describe(`a chosen method (${way.name})`, () => {
    test('can be changed, also after a decline; the invoice then has the new service and its price', async () => {
      const api = await demo.newAccount({ name: 'Corner Shop' });
      const sink = await startSink({ account: api.account });
      (await api.control('PATCH', `/accounts/${api.account.id}`, { callback_url: `${sink.url}/c` })).expect(200);
      const order = { public_key: api.account.public_key, currency: 'USD', amount: 15 };
      await asPayer(way, server, async (payer) => {
        await payer.open(`/hpp/${query(order)}`);
        await payer.click('method-bank_transfer');
        await payer.click('change-method');
        await payer.click('keep-method');
        assert.equal(await payer.at('means').getAttribute('data-means'), 'transfer');
        await payer.click('change-method');
        await payer.click('locale-uk');
        assert.equal(await payer.language(), 'uk');
        await payer.click('method-paypal');
        await payer.click('panel-decline');
        await payer.sees('process_failed', 'insufficient_funds');
        await payer.click('change-method');
        await payer.click('method-tether');
        await payer.click('confirm');
        await payer.sees('processed', 'ok');
        assert.equal(await payer.count('change-method'), 0);
      });
      const [made] = (await api.list()).expect(200).data;
      assert.equal(made.relationships['payment-service'].data.id, 'tether_usd_hpp');
      const [paid] = await sink.got(1, { invoice: made.id, status: 'processed' });
      assert.match(paid.text, /tether_usd_hpp/);
      await api.idle();
      await sink.stop();
    });

    test('that the order chose cannot', async () => {
      const { api, id, url, page } = await invoice({ service: 'paypal_usd_hpp' });
      await asPayer(way, server, async (payer) => {
        await payer.open(url);
        assert.equal(await payer.count('change-method'), 0);
        await payer.open(`${page}?change=1`);
        assert.equal(await payer.count('confirm'), 1);
        const csrf = await payer.page.locator('[name=csrf]').first().inputValue();
        const reply = await demo.send('POST', new URL(page).pathname, {
          form: new URLSearchParams({ csrf, change: 1, service: 'tether_usd_hpp' }).toString() });
        assert.equal(reply.status, 303);
      });
      const { data } = (await api.get(id)).expect(200);
      assert.equal(data.relationships['payment-service'].data.id, 'paypal_usd_hpp');
    });
  });
}

test('each method has a drawing, and none with show_method_logo=false', async () => {
  const { account } = await demo.newAccount();
  const order = { public_key: account.public_key, currency: 'USD', amount: 15 };
  await asPayer({}, server, async (payer) => {
    await payer.open(`/hpp/${query(order)}`);
    const drawn = await payer.page.locator('.method').evaluateAll((all) =>
      all.map((one) => [one.dataset.testid, one.querySelector('.logo path').getBBox().width > 8]));
    assert.deepEqual(drawn.filter(([, seen]) => !seen), []);
    await payer.shot('logos');
    await payer.open(`/hpp/${query({ ...order, reference_id: 'plain', 'style[show_method_logo]': 'false' })}`);
    assert.equal(await payer.page.locator('.logo').count(), 0);
  });
});
