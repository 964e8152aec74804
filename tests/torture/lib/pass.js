/** Lets real time pass, to the microsecond; the work of other connections goes on meanwhile. */
export async function pass(us) {
  const until = process.hrtime.bigint() + BigInt(Math.round(us)) * 1000n;
  while (process.hrtime.bigint() < until) await new Promise((done) => { setImmediate(done); });
}
