// Checks responses and callbacks against schema/openapi.yaml: path, method, status, content type, body.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

export const OPENAPI_FILE = fileURLToPath(new URL('../../schema/openapi.yaml', import.meta.url));
const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];
// the keywords that OpenAPI adds to JSON Schema 2020-12
const ANNOTATIONS = ['example', 'xml', 'externalDocs', 'discriminator'];

export class ContractError extends Error {}

export class Contract {
  constructor(document) {
    this.document = document;
    this.ajv = new Ajv2020.default({
      strict: true,
      strictTypes: false, // parts of allOf and if/then may omit the type, which their parent has
      strictRequired: false, // ... and the properties too
      allowUnionTypes: true,
      allErrors: true,
    });
    addFormats.default(this.ajv);
    for (const word of ANNOTATIONS) this.ajv.addKeyword(word);
    for (const word of extensionsOf(document)) this.ajv.addKeyword(word);
    for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) {
      this.ajv.addSchema({ ...ownRefs(schema), $id: `schema:${name}` });
    }
    this.validators = new Map();
    this.templates = Object.keys(document.paths ?? {}).map((template) => ({
      template,
      regexp: new RegExp(`^${template.split(/\{[^}]*\}/).map(escapeRe).join('([^/]+)')}$`),
      variables: (template.match(/\{/g) ?? []).length,
    }));
    this.templates.sort((a, b) => a.variables - b.variables);
  }

  static load(file = OPENAPI_FILE) {
    return new Contract(parse(readFileSync(file, 'utf8'), { merge: true }));
  }

  /** All operations as 'METHOD /path/{param}'. */
  operations() {
    return Object.entries(this.document.paths).flatMap(([path, item]) =>
      METHODS.filter((method) => this.deref(item)[method]).map((method) => `${method.toUpperCase()} ${path}`));
  }

  /** The path template of a request path (without query), or undefined.
   *  The private API is served at / and at /api; a trailing slash is accepted everywhere. */
  template(path) {
    const shapes = [path];
    if (/^\/api(\/|$)/.test(path)) shapes.push(path.slice(4) || '/');
    for (const shape of [...shapes]) {
      if (shape.length > 1 && shape.endsWith('/')) shapes.push(shape.slice(0, -1));
      else shapes.push(`${shape}/`);
    }
    for (const shape of shapes) {
      const hit = this.templates.find(({ regexp }) => regexp.test(shape));
      if (hit) return hit.template;
    }
    return undefined;
  }

  methodsOf(template) {
    const item = this.deref(this.document.paths[template]);
    return METHODS.filter((method) => item[method]).map((method) => method.toUpperCase());
  }

  /** Throws ContractError unless the document describes this reply. `reply`: {status, headers, raw}. */
  checkReply(method, target, reply) {
    const path = target.split('?')[0];
    const where = `${method} ${target} -> ${reply.status}`;
    const template = this.template(path);
    if (!template) throw new ContractError(`${where}: the document has no path for it`);
    const documented = this.methodsOf(template);
    if (!documented.includes(method)) {
      this.checkForeignMethod(method, where, documented, reply);
      if (method !== 'HEAD' || !documented.includes('GET')) return;
    }
    const operation = this.deref(this.document.paths[template])[
      (documented.includes(method) ? method : 'GET').toLowerCase()];
    const responses = operation.responses ?? {};
    const response = this.deref(
      responses[reply.status] ?? responses[`${String(reply.status)[0]}XX`] ?? responses.default ?? this.refusal(reply));
    if (!response) {
      throw new ContractError(`${where}: this status is not documented for ${template}
${reply.raw.toString('utf8').slice(0, 2000)}`);
    }
    this.checkHeaders(where, response, reply);
    if (method === 'HEAD') {
      if (reply.raw.length) throw new ContractError(`${where}: the response to HEAD has a body`);
      return;
    }
    this.checkBody(where, response, reply);
  }

  /** Responses that any request may get. A status that operations also have counts only if it ends the connection. */
  refusal({ status, headers }) {
    const before = ![400, 413].includes(status) || headers.connection === 'close';
    return before ? this.document['x-refusals']?.[status] : undefined;
  }

  checkForeignMethod(method, where, documented, reply) {
    if (method === 'HEAD' && documented.includes('GET')) return;
    if (method === 'OPTIONS' && (reply.status === 204 || reply.status === 200)) return;
    if (reply.status === 405) return;
    throw new ContractError(`${where}: the document has only ${documented.join(', ')} here, so the status must be 405`);
  }

  checkHeaders(where, response, reply) {
    for (const [name, ref] of Object.entries(response.headers ?? {})) {
      const header = this.deref(ref);
      const value = reply.headers[name.toLowerCase()];
      if (value === undefined) {
        if (header.required) throw new ContractError(`${where}: header ${name} is missing`);
        continue;
      }
      if (!header.schema) continue;
      const type = this.deref(header.schema).type;
      const typed = type === 'integer' || type === 'number' ? Number(value) : value;
      this.validate(`${where}: header ${name}`, header.schema, typed);
    }
  }

  checkBody(where, response, reply) {
    const content = response.content ?? {};
    const documented = Object.keys(content);
    if (reply.raw.length === 0 && documented.length === 0) return;
    const type = (reply.headers['content-type'] ?? '').split(';')[0].trim().toLowerCase();
    const key = documented.find((name) => name.toLowerCase() === type)
      ?? documented.find((name) => name === `${type.split('/')[0]}/*`)
      ?? documented.find((name) => name === '*/*');
    if (!key) {
      throw new ContractError(`${where}: content type "${type}" (${reply.raw.length} bytes) is not among `
        + `the documented ${documented.join(', ') || '(none)'}\n${reply.raw.toString('utf8').slice(0, 2000)}`);
    }
    const media = this.deref(content[key]);
    if (!media?.schema) return;
    const text = reply.raw.toString('utf8');
    let value = text;
    if (/[/+]json$/.test(type)) {
      try {
        value = JSON.parse(text);
      } catch (error) {
        throw new ContractError(`${where}: the body is not JSON (${error.message})\n${text.slice(0, 2000)}`);
      }
    } else if (this.deref(media.schema).type !== 'string') {
      return; // a document of another kind, e.g. YAML described as an object
    }
    this.validate(`${where}: body`, media.schema, value);
  }

  /** Throws ContractError unless the document's webhook describes this callback. */
  checkCallback(headers, raw) {
    const webhooks = Object.entries(this.document.webhooks ?? {})
      .filter(([, item]) => this.deref(item).post?.requestBody);
    if (!webhooks.length) throw new ContractError('the document has no webhook');
    const text = raw.toString('utf8');
    let value;
    try {
      value = JSON.parse(text);
    } catch (error) {
      throw new ContractError(`callback: the body is not JSON (${error.message})\n${text.slice(0, 2000)}`);
    }
    const errors = [];
    for (const [name, ref] of webhooks) {
      const operation = this.deref(ref).post;
      const media = this.deref(operation.requestBody).content['application/json'];
      try {
        this.validate(`callback (webhook ${name})`, media.schema, value);
        for (const one of operation.parameters ?? []) {
          const parameter = this.deref(one);
          if (parameter.in === 'header' && parameter.required
              && headers[parameter.name.toLowerCase()] === undefined) {
            throw new ContractError(`callback (webhook ${name}): header ${parameter.name} is missing`);
          }
        }
        return;
      } catch (error) {
        if (!(error instanceof ContractError)) throw error;
        errors.push(error.message);
      }
    }
    throw new ContractError(errors.join('\n'));
  }

  validate(where, schema, value) {
    let check = this.validators.get(schema);
    if (!check) {
      check = this.ajv.compile(ownRefs(schema));
      this.validators.set(schema, check);
    }
    if (check(value)) return;
    const lines = check.errors.slice(0, 20).map(
      (e) => `  ${e.instancePath || '(root)'} ${e.message} ${JSON.stringify(e.params)}`);
    throw new ContractError(`${where} differs from the document:\n${lines.join('\n')}\n${
      (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 4000)}`);
  }

  deref(node) {
    let here = node;
    while (here && typeof here === 'object' && '$ref' in here && typeof here.$ref === 'string') {
      if (!here.$ref.startsWith('#/')) throw new ContractError(`reference to another file: ${here.$ref}`);
      here = here.$ref.slice(2).split('/')
        .map((step) => step.replace(/~1/g, '/').replace(/~0/g, '~'))
        .reduce((at, step) => at?.[step], this.document);
    }
    return here;
  }
}

/** A copy of a schema in which #/components/schemas/X is replaced by schema:X, its id in ajv. */
function ownRefs(node) {
  if (Array.isArray(node)) return node.map(ownRefs);
  if (!node || typeof node !== 'object') return node;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => {
    if (key !== '$ref' || typeof value !== 'string' || !value.startsWith('#')) return [key, ownRefs(value)];
    const [, name, rest] = /^#\/components\/schemas\/([^/]+)(\/.*)?$/.exec(value) ?? [];
    if (!name) throw new ContractError(`reference to something other than a schema:  ${value}`);
    return [key, `schema:${name}${rest ? `#${rest}` : ''}`];
  }));
}

function extensionsOf(node, found = new Set()) {
  if (node && typeof node === 'object') {
    for (const [key, value] of Object.entries(node)) {
      if (!Array.isArray(node) && key.startsWith('x-')) found.add(key);
      extensionsOf(value, found);
    }
  }
  return found;
}

const escapeRe = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

let shared;
/** The project's document, read once per test process. */
export function contract() {
  shared ??= Contract.load();
  return shared;
}
