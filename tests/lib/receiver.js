// A receiver of callbacks on plain sockets: it reads complete requests and responds with any bytes.

import { createServer } from 'node:net';

/** The path and the length of a request whose head is complete, or undefined. */
function readHead(bytes) {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = bytes.subarray(0, end).toString('latin1');
  const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  return { head, path: head.split(' ')[1], size: end + 4 + length, headSize: end + 4 };
}

export class RawReceiver {
  /** `answer(socket, request)` is called for each complete request: {head, path, body}. */
  constructor(answer, { host = '127.0.0.1', port = 0 } = {}) {
    this.answer = answer;
    this.address = { host, port };
    this.requests = [];
    this.connections = 0;
    this.sockets = new Set();
  }

  async start() {
    this.server = createServer((socket) => this.connected(socket));
    this.server.unref();
    await new Promise((done, fail) => {
      this.server.on('error', fail);
      this.server.listen(this.address, done);
    });
    this.url = `http://${this.address.host}:${this.server.address().port}`;
    return this;
  }

  connected(socket) {
    this.connections++;
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => {}); // the server may reset a connection
    let bytes = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      for (let head; (head = readHead(bytes)) && bytes.length >= head.size;) {
        const request = { head: head.head, path: head.path, body: bytes.subarray(head.headSize, head.size) };
        bytes = bytes.subarray(head.size);
        this.requests.push(request);
        this.answer(socket, request);
      }
    });
  }

  async stop() {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((done) => this.server.close(done));
  }
}

export const startRawReceiver = (answer, options) => new RawReceiver(answer, options).start();
