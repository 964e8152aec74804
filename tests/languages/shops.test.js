// The shop of each language: its suite passes with the mock, strictly, and the oldest version that the documentation
// names accepts its files and the helper.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LANGUAGES, run } from './languages.js';

// The part of the output that differs between languages: how many tests ran.
const RAN = {
  node: /^# pass 11$/m,
  python: /^Ran 7 tests in /m,
  php: /(^ok .*\n){11}/m,
  java: /(^ok .*\n){11}/m,
  go: /^ok\s+milkypaymock\/shop\s/m,
  ruby: /^11 runs, .* 0 skips$/m,
};

for (const [name, { shop, oldest }] of Object.entries(LANGUAGES)) {
  test(`${name}: the suite of the shop passes strictly`, async () => {
    const { code, out } = await shop();
    assert.equal(code, 0, out);
    assert.match(out.replace(/^\S+ warn .*\n/gm, ''), RAN[name]);
  });

  if (!oldest) continue;
  test(`${name}: the oldest version accepts the helper and the shop`, async () => {
    const { code, out } = await run(...oldest);
    assert.equal(code, 0, out);
  });
}
