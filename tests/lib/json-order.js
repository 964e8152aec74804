// Compares JSON texts, key by key and in order, with a sample that may contain placeholders.
//
// JSON.parse moves keys that look like integers to the front (callback_logs has such keys), loses the spelling of
// numbers and hides repeated keys. Therefore this file has its own small parser.
//
// Placeholders in a sample, inside a string value or a key:
//   {{kind}}        text or number of that kind (KINDS below)
//   {{kind=name}}   the same, and stores the value under that name
//   {{$name}}       the stored value, or the one from `vars`
// A key "..." in an object of the sample allows additional keys; an element "..." at the end of an array allows more
// elements.

export class JsonError extends Error {}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** Parses to nodes: {type: 'object', entries: [[key, node], ...]}, {type: 'array', items},
 *  {type: 'string'|'boolean'|'null', value}, {type: 'number', value, text}. */
export function parseOrdered(text) {
  let at = 0;
  const fail = (what) => {
    throw new JsonError(`${what} at offset ${at}: ${text.slice(Math.max(0, at - 20), at + 20)}`);
  };
  const blank = () => {
    while (at < text.length && ' \t\r\n'.includes(text[at])) at++;
  };
  const take = (literal) => {
    if (!text.startsWith(literal, at)) fail(`expected ${literal}`);
    at += literal.length;
  };
  const string = () => {
    const start = at;
    take('"');
    while (text[at] !== '"') {
      if (at >= text.length) fail('unterminated string');
      at += text[at] === '\\' ? 2 : 1;
    }
    at++;
    try {
      return JSON.parse(text.slice(start, at));
    } catch {
      at = start;
      return fail('bad string');
    }
  };
  const object = () => {
    const entries = [];
    const seen = new Set();
    take('{');
    blank();
    if (text[at] === '}') {
      at++;
      return { type: 'object', entries };
    }
    for (;;) {
      blank();
      const key = string();
      if (seen.has(key)) fail(`key "${key}" twice`);
      seen.add(key);
      blank();
      take(':');
      entries.push([key, value()]);
      blank();
      if (text[at] === '}') break;
      take(',');
    }
    at++;
    return { type: 'object', entries };
  };
  const array = () => {
    const items = [];
    take('[');
    blank();
    if (text[at] === ']') {
      at++;
      return { type: 'array', items };
    }
    for (;;) {
      items.push(value());
      blank();
      if (text[at] === ']') break;
      take(',');
    }
    at++;
    return { type: 'array', items };
  };
  const value = () => {
    blank();
    switch (text[at]) {
      case '{':
        return object();
      case '[':
        return array();
      case '"':
        return { type: 'string', value: string() };
      case 't':
        take('true');
        return { type: 'boolean', value: true };
      case 'f':
        take('false');
        return { type: 'boolean', value: false };
      case 'n':
        take('null');
        return { type: 'null', value: null };
      default: {
        NUMBER.lastIndex = at;
        const found = NUMBER.exec(text);
        if (!found) return fail('no JSON value');
        at += found[0].length;
        return { type: 'number', value: Number(found[0]), text: found[0] };
      }
    }
  };
  const root = value();
  blank();
  if (at !== text.length) fail('text after the value');
  return root;
}

/** The node at a path such as 'data.attributes.amount' or 'data.0.id'; or undefined. */
export function nodeAt(node, path) {
  let here = node;
  for (const step of path.split('.')) {
    if (here?.type === 'object') here = here.entries.find(([key]) => key === step)?.[1];
    else if (here?.type === 'array') here = here.items[Number(step)];
    else return undefined;
  }
  return here;
}

/** The keys of the object at a path, in order. */
export function keysAt(text, path = '') {
  const root = parseOrdered(text);
  const node = path === '' ? root : nodeAt(root, path);
  return node?.type === 'object' ? node.entries.map(([key]) => key) : undefined;
}

const SHORT = { '"': '\\"', '\\': '\\\\', '/': '\\/', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Writes nodes as the platform does: compact, \/ and \uxxxx (lower case), [] for an empty map. */
export function platformJson(node) {
  const string = (text) => `"${text.replace(/["\\/\u0000-\u001f\u0080-\uffff]/g,
    (c) => SHORT[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`;
  switch (node.type) {
    case 'object':
      return node.entries.length === 0 ? '[]'
        : `{${node.entries.map(([key, value]) => `${string(key)}:${platformJson(value)}`).join(',')}}`;
    case 'array':
      return `[${node.items.map(platformJson).join(',')}]`;
    case 'string':
      return string(node.value);
    case 'number':
      // the shortest decimal: 100, 20.4, never 100.0 or 1e2
      if (!/^-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/.test(node.text)) throw new JsonError(`number ${node.text}`);
      return node.text;
    default:
      return String(node.value);
  }
}

/** Throws unless the text has the platform's JSON format. */
export function checkPlatformJson(text) {
  const right = platformJson(parseOrdered(text));
  if (right === text) return;
  let at = 0;
  while (right[at] === text[at]) at++;
  throw new JsonError(
    `not as the platform writes it, at offset ${at}: ...${text.slice(Math.max(0, at - 40), at + 40)}...` +
      ` should be ...${right.slice(Math.max(0, at - 40), at + 40)}...`,
  );
}

const ID = '[A-Za-z0-9]{16}';
// kind -> [type of the value, pattern of its text]
const KINDS = {
  cpi: ['string', `cpi_${ID}`],
  cgi: ['string', `cgi_${ID}`],
  ref: ['string', `ref_${ID}`],
  cus: ['string', `cus_${ID}`],
  org: ['string', `org_${ID}`],
  ma: ['string', `ma_${ID}`],
  comcps: ['string', `comcps_${ID}`],
  coma: ['string', `coma_${ID}`],
  card: ['string', `card_${ID}`],
  pay: ['string', 'pay_[A-Za-z0-9]{24}'],
  digits: ['string', '\\d{8}'],
  hex: ['string', '[0-9a-f]{64}'],
  serial: ['string', ID],
  uuid: ['string', '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}'],
  // readable header and claims, 512 bytes of signature
  jwt: ['string', '[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]{683}'],
  // the same with 32 bytes
  jwt_hs: ['string', '[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]{43}'],
  origin: ['string', 'https?://[^/]+'],
  url: ['string', 'https?://\\S+'],
  text: ['string', '[^]*'],
  unix: ['number', '[12]\\d{9}'],
  int: ['number', '\\d+'],
  number: ['number', '-?\\d+(?:\\.\\d+)?'],
};
const PLACEHOLDER = /\{\{(\$?)([a-z_]+)(?:=([a-z_]+))?\}\}/g;
const escapeRe = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Fills {{$name}} in the text of a sample (a request) with values; strings are JSON-escaped, and a
 *  placeholder that is a whole quoted value takes numbers, booleans and null too. */
export function render(text, vars) {
  const need = (name) => {
    if (!(name in vars)) throw new Error(`the sample needs {{$${name}}}, which is missing`);
    return vars[name];
  };
  return text
    .replace(/"\{\{\$([a-z_]+)\}\}"/g, (_, name) => JSON.stringify(need(name)))
    .replace(/\{\{\$([a-z_]+)\}\}/g, (_, name) => JSON.stringify(String(need(name))).slice(1, -1));
}

/** Compares the text of a reply with the text of a sample. Returns {differences: [text], found: {name: value}}. */
export function compareJson(sampleText, actualText, vars = {}) {
  const found = { ...vars };
  const differences = [];
  const differ = (path, text) => differences.push(`${path || '(root)'}: ${text}`);

  const matchText = (sample, actual, isKey) => {
    // null if equal, else the difference; stores named placeholders
    const names = [];
    let numeric = isKey;
    let pattern = '';
    let last = 0;
    for (const part of sample.matchAll(PLACEHOLDER)) {
      const [whole, dollar, name, as] = part;
      pattern += escapeRe(sample.slice(last, part.index));
      last = part.index + whole.length;
      if (dollar) {
        if (!(name in found)) return `the sample wants {{$${name}}}, which is not known yet`;
        pattern += escapeRe(String(found[name]));
        if (whole === sample && typeof found[name] !== 'string') numeric = true;
      } else {
        const kind = KINDS[name];
        if (!kind) throw new Error(`unknown placeholder kind ${name}`);
        if (whole === sample && kind[0] === 'number') numeric = true;
        pattern += `(${kind[1]})`;
        names.push([as, kind[0]]);
      }
    }
    pattern += escapeRe(sample.slice(last));
    if (last === 0) return 'no placeholder';
    const text = isKey ? actual : actual.type === 'number' ? actual.text : actual.value;
    if (!isKey && actual.type !== (numeric ? 'number' : 'string')) {
      return `expected ${sample} (${numeric ? 'number' : 'string'}), got ${actual.type}`;
    }
    const hit = new RegExp(`^${pattern}$`).exec(text);
    if (!hit) {
      const got = show(isKey ? { type: 'string', value: text } : actual);
      return `expected ${sample}${sample.includes('{{$') ? ` = /${pattern}/` : ''}, got ${got}`;
    }
    names.forEach(([as, type], i) => {
      if (as) found[as] = type === 'number' ? Number(hit[i + 1]) : hit[i + 1];
    });
    return null;
  };
  const hasPlaceholder = (text) => new RegExp(PLACEHOLDER.source).test(text);
  const keyFits = (sampleKey, actualKey) =>
    hasPlaceholder(sampleKey) ? matchText(sampleKey, actualKey, true) === null : sampleKey === actualKey;

  const walk = (sample, actual, path) => {
    if (sample.type === 'string' && hasPlaceholder(sample.value)) {
      const why = matchText(sample.value, actual, false);
      if (why) differ(path, why);
      return;
    }
    if (sample.type !== actual.type) {
      differ(path, `expected ${sample.type} ${show(sample)}, got ${actual.type} ${show(actual)}`);
      return;
    }
    if (sample.type === 'object') return walkObject(sample, actual, path);
    if (sample.type === 'array') return walkArray(sample, actual, path);
    const [want, got] = sample.type === 'number' ? [sample.text, actual.text] : [sample.value, actual.value];
    if (want !== got) differ(path, `expected ${show(sample)}, got ${show(actual)}`);
  };
  const walkObject = (sample, actual, path) => {
    const open = sample.entries.some(([key]) => key === '...');
    const wanted = sample.entries.filter(([key]) => key !== '...');
    let next = 0;
    for (const [key, value] of wanted) {
      let at = next;
      while (at < actual.entries.length && !keyFits(key, actual.entries[at][0])) at++;
      if (at === actual.entries.length) {
        const elsewhere = actual.entries.findIndex(([other]) => other === key);
        differ(path, elsewhere >= 0
          ? `key ${key} stands in another place: ${actual.entries.map(([k]) => k).join(', ')}`
          : `key ${key} is missing (after ${actual.entries[next - 1]?.[0] ?? 'the start'})`);
        if (elsewhere >= 0) walk(value, actual.entries[elsewhere][1], join(path, key));
        continue;
      }
      if (!open) {
        for (const [extra] of actual.entries.slice(next, at)) {
          if (!wanted.some(([other]) => other === extra)) differ(path, `key ${extra} is not in the sample`);
        }
      }
      walk(value, actual.entries[at][1], join(path, actual.entries[at][0]));
      next = at + 1;
    }
    if (!open) {
      for (const [extra] of actual.entries.slice(next)) {
        if (!wanted.some(([other]) => other === extra)) differ(path, `key ${extra} is not in the sample`);
      }
    }
  };
  const walkArray = (sample, actual, path) => {
    const last = sample.items.at(-1);
    const open = last?.type === 'string' && last.value === '...';
    const items = open ? sample.items.slice(0, -1) : sample.items;
    if (open ? actual.items.length < items.length : actual.items.length !== items.length) {
      differ(path, `expected ${items.length}${open ? ' or more' : ''} elements, got ${actual.items.length}`);
    }
    items.slice(0, actual.items.length).forEach((item, i) => walk(item, actual.items[i], join(path, i)));
  };

  walk(parseOrdered(sampleText), parseOrdered(actualText), '');
  return { differences, found };
}

const join = (path, step) => (path ? `${path}.${step}` : String(step));

function show(node) {
  if (node.type === 'object') return `{${node.entries.map(([key]) => key).join(', ')}}`;
  if (node.type === 'array') return `[${node.items.length} elements]`;
  if (node.type === 'number') return node.text;
  const text = JSON.stringify(node.value);
  return text.length > 120 ? `${text.slice(0, 120)}...` : text;
}
