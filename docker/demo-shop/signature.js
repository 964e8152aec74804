// Verifies that a callback comes from the platform.

import { createHash, timingSafeEqual } from 'node:crypto';

/** base64(SHA1(secret + body + secret)), over the bytes of `body` as received, never over JSON encoded again. */
export function sign(secret, body) {
  return createHash('sha1').update(secret).update(body).update(secret).digest('base64');
}

/** Compares in constant time. */
export function isGenuine(secret, body, signature = '') {
  const [expected, given] = [Buffer.from(sign(secret, body)), Buffer.from(signature)];
  return expected.length === given.length && timingSafeEqual(expected, given);
}
