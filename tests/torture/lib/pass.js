/** Waits in real time, to the microsecond, while other connections continue. */
export async function pass(us) {
  const until = process.hrtime.bigint() + BigInt(Math.round(us)) * 1000n;
  while (process.hrtime.bigint() < until) await new Promise((done) => { setImmediate(done); });
}
