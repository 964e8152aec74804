// The demo shop: connects its parts, listens, and exits on SIGINT or SIGTERM.

import { createServer } from 'node:http';
import { Callbacks } from './callbacks.js';
import { ConfigError, readConfig } from './config.js';
import { Orders } from './orders.js';
import { openOrdersFile } from './orders_file.js';
import { Payments } from './payments.js';
import { Payouts } from './payouts.js';
import { Platform } from './platform.js';
import { answer } from './routes.js';
import { Listeners } from './web.js';

const MOST_CONNECTIONS = 200;
const GRACE_MS = 2000;

const log = (line) => console.error(`shop: ${line}`);

function leave(line) {
  log(line);
  process.exit(2);
}

/** The URL of the shop; `localhost` may resolve to another address than the one it listens on. */
function urlOf({ address, family, port }) {
  if (address === '0.0.0.0' || address === '::') return `http://localhost:${port}`;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

/** Everything that the routes need; `shopUrl` is the URL of the shop for browsers. */
function assemble(config, file, shopUrl) {
  const callbackUrl = config.callbackUrl ?? `${shopUrl}/callback`;
  const listeners = new Listeners();
  const platform = new Platform(config.platform);
  const orders = new Orders(file, (order) => {
    log(`order ${order.id} is ${order.status} ${order.resolution}`);
    listeners.tell('order');
  });
  const payments = new Payments(orders, platform, {
    returns: ({ id }) => `${shopUrl}/return/${id}`,
    callback: callbackUrl,
  }, log);
  const callbacks = new Callbacks(config.secretKey, orders, payments, ({ status, judgement, answer: code }) => {
    log(`callback ${status ?? ''} ${judgement}, answered ${code}`);
    listeners.tell('callback');
  });
  const dashboard = (id) => `${config.platform.publicUrl}/_mock/${id ? `#/invoices/${id}` : ''}`;
  const payouts = new Payouts(platform);
  return { orders, platform, payments, payouts, callbacks, listeners, log, site: { dashboard, callbackUrl } };
}

function start(config) {
  const file = openOrdersFile(config.ordersFile);
  let shop;
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5000 }, (request, response) => {
    response.on('error', () => {}); // the client has disconnected
    answer(shop, request, response);
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.on('error', (error) => leave(`cannot listen: ${error.message}`));
  server.listen(config.listen.port, config.listen.host, () => {
    const shopUrl = config.shopUrl ?? urlOf(server.address());
    shop = assemble(config, file, shopUrl);
    shop.payments.reconcile().then(() => { shop.ready = true; }); // what happened while it was down
    console.log(`the shop is at ${shopUrl}, the mock's dashboard at ${shop.site.dashboard()}`);
  });
  const stop = () => {
    server.close();
    shop?.listeners.close();
    server.closeIdleConnections();
    setTimeout(() => process.exit(0), GRACE_MS).unref();
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop);
}

try {
  start(readConfig(process.env));
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  leave(error.message);
}
