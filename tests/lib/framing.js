// Splits bytes into requests strictly by RFC 9112. The server must not run any other request. A bare LF also ends a
// line, which the RFC allows.

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

class Lines {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  /** The next line without its end; undefined if there is none. */
  next() {
    const end = this.bytes.indexOf('\n', this.at);
    if (end < 0) return undefined;
    const line = this.bytes.slice(this.at, end);
    this.at = end + 1;
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  }

  /** Skips `n` characters; returns false if there are fewer. */
  skip(n) {
    this.at += n;
    return this.at <= this.bytes.length;
  }
}

/** {name: [values]} in lower case, undefined if a line is invalid. Trailers have no meaning here, so they may have any
 *  name. */
function fields(lines, { trailers = false } = {}) {
  const found = {};
  for (let line; (line = lines.next()) !== '';) {
    const colon = line?.indexOf(':') ?? -1;
    if (colon < 0 || !(trailers || TOKEN.test(line.slice(0, colon)))) return undefined;
    (found[line.slice(0, colon).toLowerCase()] ??= []).push(line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, ''));
  }
  return found;
}

function skipChunks(lines) {
  for (;;) {
    const size = /^([0-9a-fA-F]+)[ \t]*(;.*)?$/.exec(lines.next() ?? '')?.[1];
    if (size === undefined) return false;
    if (/^0+$/.test(size)) return fields(lines, { trailers: true }) !== undefined;
    if (!lines.skip(Number.parseInt(size, 16)) || lines.next() !== '') return false;
  }
}

function skipBody(lines, head) {
  const lengths = head['content-length'] ?? [];
  const encodings = head['transfer-encoding'] ?? [];
  if (lengths.length + encodings.length > 1) return false;
  if (encodings.length) return encodings[0].toLowerCase() === 'chunked' && skipChunks(lines);
  return !lengths.length || (/^[0-9]+$/.test(lengths[0]) && lines.skip(Number(lengths[0])));
}

/** The targets of the requests in `bytes` (a latin1 text), up to the first that is malformed. */
export function requestTargets(bytes) {
  const lines = new Lines(bytes);
  const targets = [];
  for (let line; (line = lines.next()) !== undefined;) {
    if (line === '') continue;
    const target = /^\S+ +(\S+) +HTTP\/1\.[01] *$/.exec(line)?.[1];
    const head = fields(lines);
    if (!target || !head || !skipBody(lines, head)) break;
    targets.push(target);
  }
  return targets;
}
