// Receives the platform's callbacks: verifies them, applies them, and keeps them for display.

import { isGenuine } from './signature.js';

const MOST_NOTES = 100;
const MOST_SHOWN = 16_384; // bytes of a body that are kept for display

export class Callbacks {
  #secret;
  #orders;
  #payments;
  #noted;
  #notes = [];
  #count = 0;

  /** `noted()` is called after every callback. */
  constructor(secret, orders, payments, noted) {
    this.#secret = secret;
    this.#orders = orders;
    this.#payments = payments;
    this.#noted = noted;
  }

  /** The callbacks, newest first, and their total number. */
  get notes() { return [...this.#notes].reverse(); }

  get count() { return this.#count; }

  /** Takes the bytes of a body and its signature, and returns the status of the response. */
  async receive(body, signature) {
    const note = {
      number: (this.#count += 1),
      at: Date.now(),
      genuine: false,
      body: body.toString('utf8', 0, MOST_SHOWN),
    };
    try {
      note.answer = await this.#understand(body, signature, note);
    } catch (error) {
      // not 200, so that the platform retries
      Object.assign(note, { answer: 503, judgement: error.message });
    }
    this.#notes = [...this.#notes, note].slice(-MOST_NOTES);
    this.#noted(note);
    return note.answer;
  }

  async #understand(body, signature, note) {
    note.genuine = isGenuine(this.#secret, body, signature);
    if (!note.genuine) {
      note.judgement = signature === undefined ? 'no signature' : 'wrong signature';
      return 403;
    }
    const { data } = JSON.parse(body);
    const { reference_id: reference, status, resolution, updated } = data.attributes;
    Object.assign(note, { invoice: data.id, status, resolution, updated });
    const order = data.type === 'payment-invoices' ? this.#orders.get(reference) : undefined;
    if (!order) {
      note.judgement = 'of no order here'; // a retry would change nothing
      return 200;
    }
    note.order = order.id;
    note.judgement = await this.#payments.hear(order, data);
    return 200;
  }
}
