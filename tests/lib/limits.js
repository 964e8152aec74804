// How long a test waits before it fails instead of hanging. Tests do not measure this time. Slow machines and sanitizer
// builds can increase it.

const factor = Number(process.env.MILKYPAY_TEST_PATIENCE ?? 1);

export const PATIENCE_MS = 60_000 * factor;

/** Fails with the text `what()` unless the promise settles in time. */
export function within(promise, what, ms = PATIENCE_MS) {
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`gave up after ${ms} ms waiting for ${what()}`)), ms);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}
