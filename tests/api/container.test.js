// Compares the settings, probes and numbers of the image and the manifests in docker/ with the server and each other.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { Client } from '../lib/client.js';
import { runBinary, startServer, tempDir } from '../lib/server.js';

const DOCKER = fileURLToPath(new URL('../../docker/', import.meta.url));
const read = (file) => readFileSync(DOCKER + file, 'utf8');
const manifest = (file) => parse(read(`kubernetes/${file}`));

const dockerfile = read('Dockerfile');
const final = dockerfile.slice(dockerfile.indexOf('FROM scratch'));
/** The arguments of an instruction of the final stage. */
const instruction = (name) => new RegExp(`^${name} (.*)$`, 'm').exec(final)[1];
const imageEnv = Object.fromEntries(instruction('ENV').split(' ').map((pair) => pair.split('=')));

const pod = manifest('base/deployment.yaml').spec.template.spec;
const [container] = pod.containers;
const lasting = manifest('persistent/deployment.yaml').spec.template.spec.containers[0];
const NAMESPACE = 'shops';
const podEnv = Object.fromEntries(container.env.filter(({ value }) => value)
  .map(({ name, value }) => [name, value.replaceAll('$(NAMESPACE)', NAMESPACE)]));

describe('the image', () => {
  test('its user is the same everywhere', () => {
    const [uid, gid] = instruction('USER').split(':');
    assert.match(read('make-root'), new RegExp(`milkypay:x:${uid}:${gid}:`));
    assert.match(dockerfile, new RegExp(`--chown=${uid}:${gid} `));
    const { runAsUser, runAsGroup, fsGroup } = pod.securityContext;
    assert.deepEqual([runAsUser, runAsGroup, fsGroup].map(String), [uid, gid, gid]);
  });

  test('its port is the same everywhere', () => {
    const port = instruction('EXPOSE');
    assert.equal(imageEnv.MILKYPAY_LISTEN, `0.0.0.0:${port}`);
    assert.deepEqual(container.ports, [{ name: 'http', containerPort: Number(port) }]);
    assert.deepEqual(manifest('base/service.yaml').spec.ports, [
      { name: 'http', port: Number(port), targetPort: 'http' },
    ]);
  });

  test('its files are written to the volume', () => {
    const volume = instruction('VOLUME');
    assert.equal(imageEnv.TMPDIR, volume);
    assert.deepEqual(container.volumeMounts, [{ name: 'data', mountPath: volume }]);
    assert.equal(lasting.env.find(({ name }) => name === 'MILKYPAY_DB').value, `${volume}/mock.db`);
  });

  test('each variable belongs to an option', async () => {
    const { stdout: help } = await runBinary(['--help']);
    const page = readFileSync(new URL('../../server/docs/containers.md', import.meta.url), 'utf8');
    const names = new Set(
      [final, read('kubernetes/base/deployment.yaml'), read('kubernetes/persistent/deployment.yaml'), page].flatMap(
        (text) => text.match(/\bMILKYPAY_[A-Z_]+/g),
      ),
    );
    assert.ok(names.size > 8);
    for (const name of names) assert.ok(new RegExp(`\\b${name}\\b`).test(help), `--help knows no ${name}`);
  });

  test('the health check finds the server by the image\'s variables', async () => {
    const env = { ...imageEnv, TMPDIR: tempDir(), MILKYPAY_LISTEN: imageEnv.MILKYPAY_LISTEN.replace(/\d+$/, '0') };
    const server = await startServer({ env, listen: null });
    try {
      const asking = { env: { MILKYPAY_LISTEN: imageEnv.MILKYPAY_LISTEN.replace(/\d+$/, server.port) } };
      assert.equal((await runBinary(['healthcheck'], asking)).code, 0);
    } finally {
      await server.stop();
    }
    assert.deepEqual(readdirSync(env.TMPDIR), []);
  });
});

describe('Kubernetes', () => {
  let server, client;
  before(async () => {
    server = await startServer({ args: ['--control-token', 'secret'], env: podEnv });
    client = new Client(server);
  });
  after(() => server.stop());
  const get = (path, host, headers = {}) => client.send('GET', path, { headers: { Host: host, ...headers } });

  for (const kind of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
    test(`the ${kind} works with the pod's address and without a token`, async () => {
      const { path, port } = container[kind].httpGet;
      assert.equal(port, 'http');
      (await get(path, '10.42.0.7:8080')).expect(200);
    });
  }

  test('pods of all namespaces may use its service names, and no other names', async () => {
    const { metadata: { name } } = manifest('base/service.yaml');
    const bearer = { Authorization: 'Bearer secret' };
    for (const rest of ['', `.${NAMESPACE}`, `.${NAMESPACE}.svc`, `.${NAMESPACE}.svc.cluster.local`]) {
      (await get('/_mock/accounts', `${name}${rest}:8080`, bearer)).expect(200);
    }
    (await get('/_mock/accounts', `${name}.others.svc:8080`, bearer)).expect(403);
  });
});
