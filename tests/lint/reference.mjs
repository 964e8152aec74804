// Generates server/docs/api.md, control-api.md, bodies.md and bodies-*.md from schema/openapi.yaml. Prints the pages
// that differ from the generated text, and exits with 1 if there is one. With --fix it writes them.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { kinds } from './reference_kinds.mjs';
import { Schemas, cell, table } from './reference_schemas.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const document = parse(readFileSync(`${ROOT}schema/openapi.yaml`, 'utf8'), { merge: true });
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const PLATFORM = ['Public API', 'Private API', 'Checkout'];
const MANY = 4; // operations
const MADE = `This page is generated from [schema/openapi.yaml](../../schema/openapi.yaml), which the server serves at
\`/_mock/openapi.yaml\`.`;

const schemas = new Schemas(document);
const everyOperation = Object.values(document.paths).flatMap((item) =>
  METHODS.map((method) => item[method]).filter(Boolean),
);
const { follow } = schemas;

const ACCESS = {
  account: 'the login of the account (HTTP Basic)',
  cardSession: "the invoice's token (Bearer)",
  controlBearer: 'the control token, if there is one',
  controlHeader: undefined, // another way to send the same token
};

/** The required authentication, in words. */
function access(operation) {
  const names = (operation.security ?? [])
    .flatMap((one) => Object.keys(one))
    .map((name) => ACCESS[name])
    .filter(Boolean);
  return names.length ? `Requires ${names.join(' or ')}.\n\n` : '';
}

function parameters(operation) {
  const rows = (operation.parameters ?? [])
    .map(follow)
    .map((one) => [
      `\`${one.name}\`${one.required && one.in !== 'path' ? ' \\*' : ''}`,
      one.in,
      schemas.type(one.schema ?? {}),
      cell(one.description),
    ]);
  return rows.length ? `${table(['parameter', 'in', 'type', 'meaning'], rows)}\n` : '';
}

/** The description of a request body: its fields, if it has any. */
function request(operation) {
  const body = follow(operation.requestBody);
  const [type, media] = Object.entries(body?.content ?? {})[0] ?? [];
  if (!media?.schema) return '';
  const others = Object.keys(body.content).slice(1);
  const says = `The body${body.required ? '' : ' (optional)'}: ${schemas.type(media.schema)}, as \`${type}\``;
  return `${says}${others.map((other) => ` or \`${other}\``).join('')}.\n\n`;
}

function response([status, ref]) {
  const { description, content } = follow(ref);
  const bodies = Object.entries(content ?? {}).map(([type, { schema }]) => (
    /json/.test(type) && schema ? schemas.type(schema) : `\`${type}\``));
  return [status, cell(description), [...new Set(bodies)].join(', ')];
}

const responseTable = (responses) => `${table(['status', 'when', 'body'], responses.map(response))}\n`;

/** Responses that many operations share are explained once, at the end of the page. */
const shared = new Map();
for (const { responses } of everyOperation) {
  for (const { $ref } of Object.values(responses)) shared.set($ref, (shared.get($ref) ?? 0) + 1);
}
const isShared = ([status, { $ref }]) => status >= '400' && $ref && shared.get($ref) > MANY;

function responses(operation) {
  const all = Object.entries(operation.responses);
  const common = all.filter(isShared).map(([status]) => status);
  const also = common.length ? `Common errors: ${common.join(', ')} ([errors](#errors)).\n\n` : '';
  return responseTable(all.filter((one) => !isShared(one))) + also;
}

/** The shared parts to which `operations` of the same tags refers. */
function errors(wanted) {
  const found = new Map();
  for (const one of everyOperation) {
    if (!one.tags.some(wanted)) continue;
    for (const entry of Object.entries(one.responses).filter(isShared)) found.set(entry[1].$ref, entry);
  }
  return `## Errors\n\n${responseTable([...found.values()].sort(([a], [b]) => a - b))}`;
}

function operation(method, path, one) {
  const summary = `**${one.summary}.** ${one.description ?? ''}`.trim();
  return `### \`${method.toUpperCase()} ${path}\`\n\n${summary}\n\n${access(one)}${parameters(one)}${request(one)}${responses(one)}`;
}

/** The operations of some tags, grouped by tag. */
function operations(wanted) {
  return document.tags.filter(({ name }) => wanted(name)).map(({ name, description }) => {
    const own = Object.entries(document.paths).flatMap(([path, item]) => METHODS
      .filter((method) => item[method]?.tags.includes(name)).map((method) => operation(method, path, item[method])));
    return own.length ? `## ${name}\n\n${description.trim()}\n\n${own.join('\n')}` : '';
  }).filter(Boolean).join('\n');
}

const isPlatform = (tag) => PLATFORM.includes(tag);
const callback = document.webhooks.paymentInvoiceChanged.post;

const pages = {
  'api.md': `# API reference

${MADE} [Endpoints](endpoints.md) is the summary.
[Bodies](bodies.md) describes requests and responses. A parameter with a \\* is required.

${operations(isPlatform)}
${errors(isPlatform)}
## The callback

**${callback.summary}.** ${callback.description}
${parameters(callback)}${request(callback)}`,
  'control-api.md': `# Control API reference

${MADE} [Control API](control.md) is the summary.
[Bodies](bodies.md) describes requests and responses. A parameter with a \\* is required.

${operations((tag) => !isPlatform(tag))}
${errors((tag) => !isPlatform(tag))}`,
  'bodies.md': `# Bodies

${MADE} It lists the bodies of the [API](api.md) and the [control API](control-api.md) by name.

${table(['kind', 'bodies'], kinds.map((kind) => [
    `[${kind.title}](${kind.file})`, schemas.namesOf(kind).map((name) => schemas.link(name)).join(', ')]))}`,
};

for (const kind of kinds) {
  pages[kind.file] = `# Bodies: ${kind.title}

${kind.says} ${MADE} [Bodies](bodies.md) lists all bodies. A field
with a \\* is required in requests and always present in responses.

${schemas.sections(kind)}`;
}

let wrong = 0;
for (const [name, text] of Object.entries(pages)) {
  const file = `${ROOT}server/docs/${name}`;
  const page = `${text.replace(/\n{3,}/g, '\n\n').trimEnd()}\n`;
  if (process.argv[2] === '--fix') writeFileSync(file, page);
  else if (readFileSync(file, 'utf8') !== page)
    wrong +=
      console.log(`server/docs/${name} is not as schema/openapi.yaml says; tests/lint/run --fix generates it`) ?? 1;
}
process.exitCode = wrong ? 1 : 0;
