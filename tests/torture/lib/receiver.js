// A receiver that counts callbacks and verifies their signatures. The signature identifies a callback, and the database
// contains it too.

import http from 'node:http';
import { sign } from '../../lib/sink.js';

const SLOW_MS = 5;
const TURNS = 50;

export class Receiver {
  constructor() {
    this.life = 0; // number of the sending server
    // signature -> {account, invoice, status, times, refused, lives: {life: number of 200 responses}}
    this.heard = new Map();
    this.accounts = new Map(); // path -> {account, refuses}
    this.wrong = [];
    this.answered = 0;
  }

  async start() {
    this.server = http.createServer((request, response) => this.receive(request, response));
    this.server.keepAliveTimeout = 60_000;
    await new Promise((done, fail) => this.server.on('error', fail).listen(0, '127.0.0.1', done));
    this.url = `http://127.0.0.1:${this.server.address().port}`;
    return this;
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  /** The callback URL for an account. `refuses`: the first attempt of one in eight callbacks gets 500. */
  place({ refuses = false } = {}) {
    const path = `/${this.accounts.size}`;
    this.accounts.set(path, { refuses });
    return { url: this.url + path, knows: (account) => { this.accounts.get(path).account = account; } };
  }

  receive(request, response) {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('error', () => {}); // the server was killed
    response.on('error', () => {});
    request.on('end', () => {
      this.onCallback?.();
      const [status, delay] = this.judge(request, Buffer.concat(chunks));
      const answer = () => {
        this.answered++;
        response.writeHead(status).end();
      };
      if (delay) setTimeout(answer, delay);
      else answer();
    });
  }

  /**
   * Records a callback and returns the status and delay of the response. Both depend on the signature, so they are the
   * same in a repeated run.
   */
  judge(request, raw) {
    const { account, refuses } = this.accounts.get(request.url) ?? {};
    const signature = request.headers['x-signature'];
    const { id, attributes } = JSON.parse(raw).data;
    const secret = attributes.test_mode ? account.secret_key : account.secret_live_key;
    if (signature !== sign(secret, raw)) this.wrong.push(`${id} ${attributes.status}: signature ${signature}`);
    const known = this.heard.get(signature) ?? {
      account: account.id,
      invoice: id,
      status: attributes.status,
      times: 0,
      refused: 0,
      lives: {},
    };
    known.times++;
    this.heard.set(signature, known);
    const chance = Buffer.from(signature, 'base64')[0];
    const refused = refuses && chance % 8 === 0 && known.times === 1;
    if (refused) known.refused++;
    else known.lives[this.life] = (known.lives[this.life] ?? 0) + 1;
    return [refused ? 500 : 200, chance % 16 === 1 ? SLOW_MS : 0];
  }

  /**
   * Must be called before the next server starts. First reads everything that the last server has sent, in a few turns
   * of the loop.
   */
  async nextLife() {
    for (let i = 0; i < TURNS; i++) await new Promise((done) => { setImmediate(done); });
    this.life++;
  }

  get received() {
    let sum = 0;
    for (const { times } of this.heard.values()) sum += times;
    return sum;
  }
}

export const startReceiver = () => new Receiver().start();
