/** A seeded random number generator. */
export class Chance {
  constructor(seed) { this.state = seed >>> 0; }

  below(n) {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % n;
  }

  of(list) { return list[this.below(list.length)]; }

  /** An amount of 1 to `most` cents, in whole units. */
  amount(most = 20000) { return (1 + this.below(most)) / 100; }

  /** An independent generator, so that the parts of a test do not affect each other's numbers. */
  fork() { return new Chance(this.below(2 ** 32)); }
}
