// For tests of `milkypay-mock exec`: commands that are Node programs, given with -e.

import { runBinary } from './server.js';

/** The start of every command, a Node program: names for the server of the run. `secret_key` signs test invoices. */
const PRELUDE = `
const url = process.env.MILKYPAY_URL;
const demo = { id: process.env.MILKYPAY_ACCOUNT_ID, api_key: process.env.MILKYPAY_API_KEY };
const login = ({ id, api_key }) => 'Basic ' + btoa(id + ':' + api_key);
const auth = login(demo);
async function create(attributes, outcome = 'process_pending', account = demo) {
  const reply = await fetch(url + '/payment-invoices', {
    method: 'POST', headers: { Authorization: login(account), 'X-Mock-Outcome': outcome },
    body: JSON.stringify({ data: { type: 'payment-invoices', attributes: {
      service: 'payment_card_usd_hpp', currency: 'USD', amount: 100, ...attributes } } }),
  });
  if (reply.status !== 201) throw new Error(await reply.text());
  return (await reply.json()).data;
}
async function control(method, path, body) {
  const reply = await fetch(url + '/_mock' + path, { method, body: body && JSON.stringify(body) });
  if (!reply.ok) throw new Error(await reply.text());
  return reply.json();
}
const open = (settings) => control('POST', '/accounts', settings);
/** A receiver on its own port that answers each callback with what answer(genuine) returns. */
async function receiver(account, answer, path = '/callback') {
  const { createHash } = await import('node:crypto');
  const { createServer } = await import('node:http');
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const text = account.secret_key + body.toString('latin1') + account.secret_key;
    const right = createHash('sha1').update(text, 'latin1').digest('base64');
    response.writeHead(answer(request.headers['x-signature'] === right)).end();
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  server.unref();
  return 'http://127.0.0.1:' + server.address().port + path;
}
`;
export const program = (source) => [process.execPath, '--input-type=module', '-e', PRELUDE + source];
export const exec = (options, command, more) => runBinary(['exec', ...options, '--', ...command], more);

/** The lines of stderr with this start. The log also has lines about callbacks, which start differently. */
export const lines = (stderr, start = 'milkypay-mock: ') => stderr.split('\n').filter((line) => line.startsWith(start));
