// The shim: a library that the server loads before libc. Through a file that both map, it makes chosen calls fail and
// moves the server's clocks. shim/control.h has the layout.

import { closeSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const LIBRARY = fileURLToPath(new URL('../../../build-san/tests/torture/shim/libtorture.so', import.meta.url));
const SIZE = 8192;
const HEAD = 32;
const SLOT = 64;
const NAME = 24;
const NS_PER_MS = 1_000_000n;

const WALL = 0;
const MONO = 8;
const DELAY = 16;
const SLOTS = 24;
const [CALLS, FAIL_AT, TIMES, ERROR, FAILED] = [0, 1, 2, 3, 4].map((i) => NAME + 8 * i);

/** Instead of an error number: a call transfers half of the bytes. */
export const SHORT = 4096;
/** As `times`: until lift(). */
export const FOREVER = 2 ** 48;

export class Shim {
  constructor(folder) {
    this.file = join(folder, 'torture.control');
    this.fd = openSync(this.file, 'w+');
    ftruncateSync(this.fd, SIZE);
    this.slots = new Map();
  }

  /** The environment of a server that the shim shall rule. */
  get env() { return { LD_PRELOAD: LIBRARY, TORTURE_CONTROL: this.file }; }

  read(at) {
    const bytes = Buffer.alloc(8);
    readSync(this.fd, bytes, 0, 8, at);
    return Number(bytes.readBigInt64LE());
  }

  write(at, value) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(value));
    writeSync(this.fd, bytes, 0, 8, at);
  }

  /** Clears everything: counts, failures and clocks. For the next server. */
  clear() {
    if (this.kinds.length) writeSync(this.fd, Buffer.alloc(SIZE), 0, SIZE, 0);
  }

  /** The names of all kinds of calls; a server has to run once before. */
  get kinds() {
    if (!this.slots.size) {
      const bytes = Buffer.alloc(NAME);
      for (let i = 0; i < this.read(SLOTS); i++) {
        readSync(this.fd, bytes, 0, NAME, HEAD + i * SLOT);
        this.slots.set(bytes.toString('latin1').replace(/\0.*/s, ''), HEAD + i * SLOT);
      }
    }
    return [...this.slots.keys()];
  }

  at(kind, member) {
    if (!this.kinds.includes(kind)) throw new Error(`the shim has no ${kind}`);
    return this.slots.get(kind) + member;
  }

  calls(kind) { return this.read(this.at(kind, CALLS)); }
  failed(kind) { return this.read(this.at(kind, FAILED)); }

  /** Makes the call number `n` from now on, and the next ones up to `times`, fail with this error. */
  fail(kind, { n = 1, times = 1, error }) {
    this.write(this.at(kind, FAIL_AT), 0);
    this.write(this.at(kind, ERROR), error);
    this.write(this.at(kind, TIMES), times);
    this.write(this.at(kind, FAIL_AT), this.calls(kind) + n);
  }

  /** The same for a server that starts next, counted from its first call. */
  arm(kind, { n = 1, times = 1, error }) {
    this.write(this.at(kind, ERROR), error);
    this.write(this.at(kind, TIMES), times);
    this.write(this.at(kind, FAIL_AT), n);
  }

  lift(...kinds) { for (const kind of kinds) this.write(this.at(kind, FAIL_AT), 0); }

  /** Makes each write to a file and each sync take this much longer. */
  slow(ms) { this.write(DELAY, ms * 1000); }

  /** Moves the clocks by milliseconds, against the machine's. */
  clocks({ wall, mono }) {
    if (wall !== undefined) this.write(WALL, BigInt(wall) * NS_PER_MS);
    if (mono !== undefined) this.write(MONO, BigInt(mono) * NS_PER_MS);
  }

  close() { closeSync(this.fd); }
}
