// The shop as a server, to be rehearsed: PORT=3000 node serve.js

import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { Shop } from './shop.js';

const shop = await new Shop(process.env).start();

const stateOf = (id) => ({
  status: shop.orders.get(id).status ?? 'new',
  shipped: shop.shipped.filter((each) => each === id).length,
});

const ROUTES = {
  'GET /': () => ({}),
  'POST /orders': async (_, amount) => ({ invoice: await shop.checkout(randomUUID(), amount) }),
  'GET /state': stateOf,
  'POST /refund': async (id, amount, click) => ({ accepted: await shop.refund(id, click, amount) }),
  'POST /refresh': (id) => shop.refresh(id).then(() => stateOf(id)),
};

createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://shop');
  const answer = (status, value) => response.writeHead(status).end(JSON.stringify(value));
  const route = ROUTES[`${request.method} ${pathname}`];
  if (!route) return answer(404, {});
  try {
    answer(200, await route(searchParams.get('order'), Number(searchParams.get('amount')), searchParams.get('click')));
  } catch (error) {
    answer(503, { error: error.message });
  }
}).listen(process.env.PORT, '127.0.0.1');
