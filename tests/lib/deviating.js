// A platform that deviates: it passes calls on to a mock and changes what comes back.

import http from 'node:http';
import https from 'node:https';

const read = (stream) => new Promise((done, fail) => {
  const chunks = [];
  stream.on('data', (chunk) => chunks.push(chunk)).on('end', () => done(Buffer.concat(chunks))).on('error', fail);
});

class Deviating {
  /**
   * `change(reply, request)` changes a reply {status, headers, json} in place, or answers by itself: it then gets the
   * response as a third parameter and returns true.
   */
  constructor(mock, change, { tls } = {}) {
    this.mock = mock;
    this.change = change;
    this.requests = [];
    const handler = (request, response) => this.handle(request, response).catch(() => response.destroy());
    this.server = tls ? https.createServer(tls, handler) : http.createServer(handler);
    this.scheme = tls ? 'https' : 'http';
    this.server.unref();
    this.server.on('connection', (socket) => socket.unref());
  }

  async start() {
    await new Promise((done) => { this.server.listen(0, '127.0.0.1', done); });
    this.url = `${this.scheme}://127.0.0.1:${this.server.address().port}`;
    return this;
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((done) => { this.server.close(done); });
  }

  pass(request, body) {
    return new Promise((done, fail) => {
      const { method, url: path, headers } = request;
      const call = http.request(this.mock.url, { method, path, headers: { ...headers, connection: 'close' } });
      call.on('response', async (answer) => {
        const text = (await read(answer)).toString('utf8');
        const json = /json/.test(answer.headers['content-type'] ?? '') ? JSON.parse(text) : undefined;
        done({ status: answer.statusCode, headers: { ...answer.headers }, json, text });
      });
      call.on('error', fail);
      call.end(body);
    });
  }

  async handle(request, response) {
    const body = await read(request);
    this.requests.push({ method: request.method, path: request.url, headers: request.headers, body: body.toString() });
    const reply = await this.pass(request, body);
    if (await this.change(reply, request, response)) return;
    delete reply.headers['content-length'];
    response.writeHead(reply.status, reply.headers);
    response.end(reply.json === undefined ? reply.text : JSON.stringify(reply.json));
  }
}

export const startDeviating = (mock, change, options) => new Deviating(mock, change, options).start();
