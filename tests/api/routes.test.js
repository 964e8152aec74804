// The server's routes must equal the paths of schema/openapi.yaml, in both directions.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contract } from '../lib/contract.js';
import { runBinary } from '../lib/server.js';

const plain = (line) => line.replace(/\{[^}]*\}/g, '{}');

test('the routes equal the paths of the document', async () => {
  const { code, stdout } = await runBinary(['--list-routes']);
  assert.equal(code, 0);
  const lines = stdout.trim().split('\n');
  for (const line of lines) assert.match(line, /^(GET|POST|PUT|PATCH|DELETE) \/\S*$/);
  const served = new Set(lines.map(plain));
  assert.equal(served.size, lines.length, 'no route twice');
  const documented = new Set(contract().operations().map(plain));
  assert.deepEqual([...served].filter((route) => !documented.has(route)), [], 'served, but not in the document');
  assert.deepEqual([...documented].filter((route) => !served.has(route)), [], 'in the document, but not served');
});

test('the routes include the endpoints of the platform\'s page', () => {
  const operations = contract().operations().map(plain);
  for (const route of [
    'POST /public-api/payment-prerequest',
    'POST /public-api/payment-invoices',
    'POST /public-api/payment-invoices/process',
    'GET /public-api/payment-invoices/{}',
    'GET /payment-services',
    'GET /payment-services/{}',
    'POST /payment-invoices',
    'GET /payment-invoices',
    'GET /payment-invoices/{}',
  ]) {
    assert.ok(operations.includes(route), route);
  }
});

test('the document\'s schemas compile, and its examples match them', () => {
  const { document } = contract();
  let examples = 0;
  const media = (where, content) => {
    for (const [type, one] of Object.entries(content ?? {})) {
      if (!one.schema) continue;
      contract().ajv.validateSchema(one.schema);
      for (const [name, example] of Object.entries(one.examples ?? {})) {
        examples++;
        contract().validate(`${where} ${type} example ${name}`, one.schema, contract().deref(example).value);
      }
    }
  };
  const operation = (where, one) => {
    media(`${where} request`, contract().deref(one.requestBody)?.content);
    for (const [status, response] of Object.entries(one.responses))
      media(`${where} ${status}`, contract().deref(response).content);
  };
  for (const [path, item] of [...Object.entries(document.paths), ...Object.entries(document.webhooks)]) {
    for (const method of ['get', 'put', 'post', 'patch', 'delete']) {
      if (item[method]) operation(`${method} ${path}`, item[method]);
    }
  }
  assert.ok(examples > 10);
});
