// Keeps the orders in a file, so that a restart loses none. Each line is an order; the last line of an order counts.

import { fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { ConfigError } from './config.js';

/** Opens the file at `path`: {orders, write}. Without a path, the orders are kept in memory only. */
export function openOrdersFile(path) {
  if (!path) return { orders: [], write: () => {} };
  try {
    return new OrdersFile(path);
  } catch (error) {
    throw new ConfigError(`ORDERS_FILE ${path} cannot be used: ${error.message}`);
  }
}

class OrdersFile {
  #file;

  constructor(path) {
    this.orders = ordersOf(readFileSync(path, { encoding: 'utf8', flag: 'a+' }));
    // the new file has one line of each order
    this.#file = openSync(`${path}.new`, 'w', 0o600);
    for (const order of this.orders) this.write(order);
    renameSync(`${path}.new`, path);
  }

  /** Returns when the order is on the disk. */
  write(order) {
    writeSync(this.#file, `${JSON.stringify(order)}\n`);
    fsyncSync(this.#file);
  }
}

/** The orders, oldest first. What follows the last line break is half a line, which a crash has cut off. */
function ordersOf(text) {
  const byId = new Map();
  for (const line of text.split('\n').slice(0, -1)) {
    const order = JSON.parse(line);
    byId.set(order.id, order);
  }
  return [...byId.values()];
}
