// Lints schema/openapi.yaml: first with OpenAPI's JSON schema, then with rules that a JSON schema cannot
// express. Prints one line per mistake, and exits with 1 if there is one.

import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { parse } from 'yaml';

const file = process.argv[2];
const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];
const faults = [];
const fault = (where, what) => faults.push(`${where}: ${what}`);

const document = parse(readFileSync(file, 'utf8'), { uniqueKeys: true });
const result = await new Validator({ strict: false }).validate(structuredClone(document));
if (!result.valid) {
  for (const error of [result.errors].flat().slice(0, 20)) {
    fault(error.instancePath || '/', error.message ?? error);
  }
}

/** The target of a local pointer, or undefined. */
function at(pointer) {
  return pointer.slice(2).split('/').reduce(
    (node, key) => node?.[decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~')],
    document,
  );
}
const followed = (node) => (node?.$ref ? at(node.$ref) ?? {} : node ?? {});

const used = new Set();
(function walk(node, path) {
  if (node === null || typeof node !== 'object') return;
  if (typeof node.$ref === 'string') {
    used.add(node.$ref);
    if (!node.$ref.startsWith('#/')) fault(path, `$ref ${node.$ref} leaves the document`);
    else if (at(node.$ref) === undefined) fault(path, `$ref ${node.$ref} leads nowhere`);
  }
  for (const [key, value] of Object.entries(node)) walk(value, `${path}/${key}`);
})(document, '#');

const tags = new Set((document.tags ?? []).map((tag) => tag.name));
const schemes = document.components?.securitySchemes ?? {};
const names = new Map();
for (const [path, item] of Object.entries(document.paths ?? {})) {
  for (const method of METHODS.filter((m) => item[m])) {
    const operation = item[method];
    const where = `${method.toUpperCase()} ${path}`;
    const id = operation.operationId;
    if (!id) fault(where, 'no operationId');
    else if (names.has(id)) fault(where, `operationId ${id} is also that of ${names.get(id)}`);
    names.set(id, where);
    if (!operation.summary) fault(where, 'no summary');
    for (const tag of operation.tags ?? []) {
      if (!tags.has(tag)) fault(where, `undeclared tag ${tag}`);
    }
    for (const scheme of (operation.security ?? []).flatMap(Object.keys)) {
      if (!schemes[scheme]) fault(where, `undeclared security scheme ${scheme}`);
    }
    if (!Object.keys(operation.responses ?? {}).length) fault(where, 'no responses');
    for (const [status, response] of Object.entries(operation.responses ?? {})) {
      if (!followed(response).description) fault(where, `response ${status} has no description`);
    }
    const declared = [...(item.parameters ?? []), ...(operation.parameters ?? [])]
      .map(followed).filter((p) => p.in === 'path').map((p) => p.name).sort();
    const wanted = [...path.matchAll(/\{([^}]+)\}/g)].map((m) => m[1]).sort();
    if (String(declared) !== String(wanted)) {
      fault(where, `path parameters declared (${declared}), in the path (${wanted})`);
    }
  }
}
for (const [kind, members] of Object.entries(document.components ?? {})) {
  if (kind === 'securitySchemes') continue;
  for (const name of Object.keys(members)) {
    const pointer = `#/components/${kind}/${name}`;
    if (!used.has(pointer)) fault(pointer, 'not used');
  }
}

for (const line of faults) console.log(line);
process.exitCode = faults.length ? 1 : 0;
