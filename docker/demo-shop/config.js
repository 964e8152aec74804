// The settings of the shop from its environment, checked before anything starts.

// The demo account of the mock. Keep the keys of a real account in the environment only.
const DEFAULTS = {
  MILKYPAY_URL: 'http://127.0.0.1:8080',
  MILKYPAY_ACCOUNT_ID: 'coma_Demo4DocsAccount',
  MILKYPAY_API_KEY: 'demoApiKeyForLocalDevelopmentAndCiOnly_0001',
  MILKYPAY_PUBLIC_KEY: 'pk_test_ClSQHi2T9WXuFa76WcwwBB6rspRpg6ANM69cS9zNOJy',
  MILKYPAY_SECRET_KEY: 'sk_test_demoSecretKeyForTestModeLocalUseOnly_000001',
  MILKYPAY_TIMEOUT_MS: '5000',
  PORT: '3000',
};

/** An invalid setting; the message is one line that names it. */
export class ConfigError extends Error {}

function urlOf(name, text) {
  const url = parsed(text);
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new ConfigError(`${name} is no http or https URL: ${text}`);
  }
  return url.href.replace(/\/+$/, '');
}

function parsed(text) {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function numberOf(name, text, least, most) {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (!(number >= least && number <= most)) {
    throw new ConfigError(`${name} is no number from ${least} to ${most}: ${text}`);
  }
  return number;
}

function listenOf(text) {
  const found = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(text);
  if (!found) throw new ConfigError(`LISTEN is not HOST:PORT: ${text}`);
  return { host: found[1] ?? found[2], port: numberOf('LISTEN', found[3], 0, 65535) };
}

/** Callbacks of test invoices are signed with the test secret, so both keys must be of the same mode. */
function testModeOf(publicKey, secretKey) {
  const [, mode] = /^pk_(test|live)_/.exec(publicKey) ?? [];
  if (!mode || !secretKey.startsWith(`sk_${mode}_`)) {
    throw new ConfigError(
      'MILKYPAY_PUBLIC_KEY and MILKYPAY_SECRET_KEY must be pk_test_… and sk_test_…, or pk_live_… and sk_live_…',
    );
  }
  return mode === 'test';
}

/** `env` is process.env; an empty variable counts as not set. */
export function readConfig(env) {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const all = { ...DEFAULTS, ...given };
  const url = urlOf('MILKYPAY_URL', all.MILKYPAY_URL);
  const optional = (name) => all[name] && urlOf(name, all[name]);
  return {
    listen: listenOf(all.LISTEN ?? `127.0.0.1:${numberOf('PORT', all.PORT, 0, 65535)}`),
    shopUrl: optional('SHOP_URL'), // URL of the shop for browsers
    callbackUrl: optional('SHOP_CALLBACK_URL'), // URL of the shop for the platform, if it differs
    ordersFile: all.ORDERS_FILE,
    platform: {
      url,
      publicUrl: optional('MILKYPAY_PUBLIC_URL') ?? url, // URL of the platform for browsers
      accountId: all.MILKYPAY_ACCOUNT_ID,
      apiKey: all.MILKYPAY_API_KEY,
      publicKey: all.MILKYPAY_PUBLIC_KEY,
      timeoutMs: numberOf('MILKYPAY_TIMEOUT_MS', all.MILKYPAY_TIMEOUT_MS, 1, 60_000),
      testMode: testModeOf(all.MILKYPAY_PUBLIC_KEY, all.MILKYPAY_SECRET_KEY),
    },
    secretKey: all.MILKYPAY_SECRET_KEY,
  };
}
