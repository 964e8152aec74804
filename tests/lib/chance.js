/** Numbers that a seed decides. */
export class Chance {
  constructor(seed) { this.state = seed >>> 0; }

  below(n) {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % n;
  }

  of(list) { return list[this.below(list.length)]; }

  /** An amount, mostly of cents, up to `most` of them. */
  amount(most = 20000) { return (1 + this.below(most)) / 100; }

  /** A series of its own, so that what one part does changes nothing for another. */
  fork() { return new Chance(this.below(2 ** 32)); }
}
