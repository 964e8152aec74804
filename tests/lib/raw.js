// A client on a plain socket, for responses that HTTP libraries reject. It distinguishes a reset from an orderly close
// and keeps an incomplete body.

import { connect } from 'node:net';
import { within } from './limits.js';

/** The bytes of a request. `headers` are in addition to Host; `body` is text. */
export function requestBytes(server, method, target, { headers = {}, body = '' } = {}) {
  const all = { Host: `${server.host}:${server.port}`, ...headers };
  if (body || method === 'POST') all['Content-Length'] = Buffer.byteLength(body);
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}

function headOf(raw) {
  const end = raw.indexOf('\r\n\r\n');
  if (end < 0) return { body: Buffer.alloc(0), headers: {} };
  const [statusLine, ...lines] = raw.subarray(0, end).toString('latin1').split('\r\n');
  const headers = Object.fromEntries(lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  }));
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1]), headers, body: raw.subarray(end + 4) };
}

/**
 * Sends a request. `done` resolves when the response is complete or the connection has ended, with
 * {end, raw, status, headers, body}; end: 'whole', 'closed' (an orderly close) or 'reset'. `reads` collects the size
 * of each piece of the response.
 */
export function rawRequest(server, method, target, options) {
  const socket = connect({ host: server.host, port: server.port });
  const chunks = [];
  const reads = [];
  const so = (end) => ({ end, raw: Buffer.concat(chunks), ...headOf(Buffer.concat(chunks)) });
  const done = new Promise((resolve) => {
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      reads.push(chunk.length);
      const answer = so('whole');
      const length = answer.headers['content-length'];
      if (length !== undefined && answer.body.length >= Number(length)) resolve(answer);
    });
    socket.on('end', () => resolve(so('closed')));
    socket.on('error', (error) => resolve(so(error.code === 'ECONNRESET' ? 'reset' : error.code)));
  });
  socket.on('close', () => {});
  socket.write(requestBytes(server, method, target, options));
  return {
    socket,
    reads,
    done: within(done, () => `the end of ${method} ${target}`).finally(() => {
      socket.destroy();
      server.check?.();
    }),
  };
}

/** Sends a request and waits for its end. */
export const rawCall = (server, method, target, options) => rawRequest(server, method, target, options).done;
