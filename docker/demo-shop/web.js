// The HTTP functions of the shop: reading bodies with a limit, and responding.

import { readFileSync } from 'node:fs';

/** An error of the client, with the status of the response. */
export class BadRequest extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

const MOST_CALLBACK = 65_536;
const MOST_FORM = 4096;

async function bytesOf(request, most) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= most) chunks.push(chunk);
  }
  if (size > most) throw new BadRequest(413, `The body is larger than ${most} bytes.`);
  return Buffer.concat(chunks);
}

/** The exact bytes: the signature is computed over these, not over decoded data. */
export const readCallback = (request) => bytesOf(request, MOST_CALLBACK);

/** The fields of a form of the shop's pages; forms of other sites are rejected. */
export async function readForm(request) {
  const { origin, host } = request.headers;
  if (origin !== undefined && ![`http://${host}`, `https://${host}`].includes(origin)) {
    throw new BadRequest(403, 'This form was sent by a page of another site.');
  }
  return new URLSearchParams((await bytesOf(request, MOST_FORM)).toString('utf8'));
}

// No form-action: browsers apply it to redirects too, and the payment page is another origin.
const POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'";

const COMMON = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

export function sendPage(response, page, status = 200) {
  response.writeHead(status, {
    ...COMMON,
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': POLICY,
  });
  response.end(String(page));
}

export function sendJson(response, value) {
  response.writeHead(200, { ...COMMON, 'Content-Type': 'application/json' }).end(JSON.stringify(value));
}

/** After a form: redirects the browser with GET, so that a reload does not send the form again. */
export function sendOn(response, url) {
  response.writeHead(303, { ...COMMON, Location: url }).end();
}

export function sendStatus(response, status) {
  response.writeHead(status, { ...COMMON, 'Content-Length': 0 }).end();
}

const ASSETS = Object.fromEntries(Object.entries({
  'style.css': 'text/css',
  'live.js': 'text/javascript',
  'icon.svg': 'image/svg+xml',
}).map(([name, type]) => [name, { type, bytes: readFileSync(new URL(`assets/${name}`, import.meta.url)) }]));

export function sendAsset(response, name) {
  if (!Object.hasOwn(ASSETS, name)) throw new BadRequest(404, 'There is no such file.');
  const { type, bytes } = ASSETS[name];
  response
    .writeHead(200, { ...COMMON, 'Cache-Control': 'no-cache', 'Content-Type': `${type}; charset=utf-8` })
    .end(bytes);
}

const MOST_LISTENERS = 50;

/** Browsers that listen for changes. */
export class Listeners {
  #open = new Set();

  add(response) {
    if (this.#open.size >= MOST_LISTENERS) throw new BadRequest(503, 'Too many pages are open.');
    response.writeHead(200, { ...COMMON, 'Content-Type': 'text/event-stream' });
    response.write(':\n\n');
    this.#open.add(response);
    response.on('close', () => this.#open.delete(response));
  }

  tell(word) {
    for (const response of this.#open) {
      // a client that does not read is disconnected; its browser reconnects
      if (response.writableNeedDrain) response.destroy();
      else response.write(`data: ${word}\n\n`);
    }
  }

  close() {
    for (const response of this.#open) response.end();
  }
}
