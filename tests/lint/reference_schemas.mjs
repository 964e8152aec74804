// Describes schemas of schema/openapi.yaml in words and tables.

import { kindOf } from './reference_kinds.mjs';

const MANY = 4; // more values than this get a separate section
const LIMITS = [
  ['minimum', (n) => `at least ${n}`],
  ['exclusiveMinimum', (n) => `more than ${n}`],
  ['maximum', (n) => `at most ${n}`],
  ['minLength', (n) => (n === 1 ? 'not empty' : `at least ${n} characters`)],
  ['maxLength', (n) => `at most ${n} characters`],
  ['format', (name) => name],
];

/** A text as the cell of a table, or as part of a line. */
export const cell = (text) =>
  (text ?? '')
    .trim()
    .replace(/\s+/g, ' ')
    .replaceAll('|', '\\|')
    .replace(/<(?![^`]*`[^`]*$)/g, '&lt;');

export const table = (heads, rows) =>
  [heads, heads.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |\n`).join('');

const slug = (name) => name.toLowerCase();
const code = (value) => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
const words = (parts) => parts.filter(Boolean).join(', ');

export class Schemas {
  constructor(document) {
    this.document = document;
    this.named = document.components.schemas;
    this.follow = (node) => (node?.$ref ? this.follow(this.at(node.$ref)) : node);
  }

  at(ref) {
    return ref
      .slice(2)
      .split('/')
      .reduce((node, key) => node[decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~')], this.document);
  }

  /** Combines a schema with the schemas that it refers to or consists of: {fields: Map, required: Set, variants}. */
  whole(schema, seen = new Set()) {
    const all = { fields: new Map(), required: new Set(), variants: [] };
    if (!schema || seen.has(schema)) return all;
    seen.add(schema);
    const parts = [schema.$ref && this.at(schema.$ref), ...(schema.allOf ?? [])]
      .filter(Boolean)
      .map((part) => this.whole(part, seen));
    for (const { fields, required, variants } of parts) {
      for (const [name, field] of fields) all.fields.set(name, field);
      for (const name of required) all.required.add(name);
      all.variants.push(...variants);
    }
    for (const [name, field] of Object.entries(schema.properties ?? {})) {
      if (field === false) all.fields.delete(name);
      else if (!all.fields.has(name) || Object.keys(field).length > 1 || field.$ref) all.fields.set(name, field);
    }
    for (const name of schema.required ?? []) all.required.add(name);
    all.variants.push(...(schema.oneOf ?? schema.anyOf ?? []).filter((one) => one.$ref || one.properties || one.type));
    return all;
  }

  nameOf(schema) { return /^#\/components\/schemas\/(\w+)$/.exec(schema.$ref ?? '')?.[1]; }

  hasSection(name) {
    const schema = this.named[name];
    const { fields, variants } = this.whole(schema);
    return (
      fields.size > 0 || (schema.enum ?? []).length > MANY || variants.some((one) => this.whole(one).fields.size > 0)
    );
  }

  link(name) { return `[${name}](${kindOf(name).file}#${slug(name)})`; }

  limits(schema) {
    const found = LIMITS.filter(([key]) => schema[key] !== undefined).map(([key, say]) => say(schema[key]));
    return words([...found, schema.default !== undefined && `default ${code(schema.default)}`]);
  }

  /** The type of a schema, in words. */
  type(schema) {
    const name = this.nameOf(schema);
    if (name && this.hasSection(name)) return words([this.link(name), this.limits(schema)]);
    const one = this.follow(schema);
    return words([this.kind(one), this.limits({ ...one, ...schema })]);
  }

  kind(one) {
    if (one.const !== undefined) return code(one.const);
    if (one.enum) return one.enum.map(code).join(', ');
    const variants = one.oneOf ?? one.anyOf;
    if (variants && !one.properties) return [...new Set(variants.map((variant) => this.type(variant)))].join(' or ');
    const types = [one.type ?? (one.properties ? 'object' : undefined)].flat().filter(Boolean);
    return types.map((type) => (type === 'array' ? this.list(one) : type)).join(' or ') || 'anything';
  }

  list({ items, maxItems }) {
    if (maxItems === 0) return 'empty list';
    return Object.keys(items).length ? `list of ${this.type(items)}` : 'list';
  }

  /** A row for each field, including the fields of unnamed objects. */
  rows(schema, prefix = '') {
    const { fields, required } = this.whole(schema);
    return [...fields].flatMap(([name, field]) => {
      const path = `${prefix}${name}`;
      const elsewhere = this.nameOf(field) && this.hasSection(this.nameOf(field)); // described there
      const meaning = field.description ?? (elsewhere ? '' : this.follow(field)?.description);
      const own = [`\`${path}\`${required.has(name) ? ' \\*' : ''}`, this.type(field), cell(meaning)];
      const inner = field.$ref
        ? undefined
        : field.items && !field.items.$ref
          ? [field.items, `${path}[].`]
          : [field, `${path}.`];
      return [own, ...(inner ? this.rows(...inner) : [])];
    });
  }

  fieldTable(schema) {
    const rows = this.rows(schema);
    return rows.length ? `${table(['field', 'type', 'meaning'], rows)}\n` : '';
  }

  /** The schemas with a section that this one consists of, and what it adds to them. */
  parts(schema) {
    const made = [{ $ref: schema.$ref }, ...(schema.allOf ?? [])].filter(
      (one) => one.$ref && this.hasSection(this.nameOf(one)),
    );
    const { $ref, ...rest } = schema;
    return [made, { ...rest, allOf: (schema.allOf ?? []).filter((one) => !made.includes(one)) }];
  }

  section(name) {
    const [bases, schema] = this.parts(this.named[name]);
    const inherits = bases.length ? `All of ${bases.map((one) => this.type(one)).join(' and ')}.\n\n` : '';
    const described = schema.description ? `${schema.description.trim()}\n\n` : '';
    if (schema.enum) return `## ${name}\n\n${described}One of ${schema.enum.map(code).join(', ')}.\n\n`;
    const variants = this.whole(schema).variants.filter((one) => one.$ref || one.properties);
    const says = variants
      .map((one) =>
        one.$ref ? `- ${this.type(one)}\n` : `- ${cell(one.description) || 'an object'}\n\n${this.fieldTable(one)}`,
      )
      .join('');
    return `## ${name}\n\n${described}${inherits}${this.fieldTable(schema)}${says ? `One of:\n\n${says}\n` : ''}`;
  }

  /** The names with a section that are of a kind. */
  namesOf(kind) {
    return Object.keys(this.named).filter((name) => this.hasSection(name) && kindOf(name) === kind).sort();
  }

  sections(kind) { return this.namesOf(kind).map((name) => this.section(name)).join(''); }
}
