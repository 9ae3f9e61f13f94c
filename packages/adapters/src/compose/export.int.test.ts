import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '@supastor/contract/config/schema';
import { type ComposeExport, exportCompose } from '@supastor/core/compose/export-compose';
import { buildContainerStack } from '@supastor/core/stack/containers/desired-containers';
import { createTestConfig } from '@supastor/core/stack/testing/fixtures';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { engineNames } from './engine-names.ts';
import { composeConfig, schemaProblems, whyNoCompose } from './testing/compose-judges.ts';
import { writeExport } from './write-export.ts';

const why = whyNoCompose();
if (why !== null) process.stderr.write(`docker compose config is not asked: ${why}\n`);

const project = { name: 'demo', mode: 'prod', target: 'docker' };
const SECRETS = { scrapeToken: 'scrape-token-0123456789', grafanaPassword: 'password-of-grafana' };
const plain = createTestConfig({ project });
/** Everything that a container can have. */
const full = createTestConfig({
  project,
  postgres: { password: `p$d'"#: {x}`, storagePassword: 'storage-password' },
  monitoring: { ...SECRETS, notify: { slackUrl: 'https://hooks.slack.example.org/secret-hook' } },
  storage: { replicas: 3, s3RootPort: 9000, filePath: '/srv/$objects', webhooks: { url: 'https://example.org/$x?y=${z}' } },
  containers: {
    with: ['monitoring'],
    tlsCertificate: '/etc/ssl/a.pem',
    tlsKey: '/etc/ssl/a.key',
    memory: { storage: '512MB' },
  },
});

let dir: TempDir;
beforeEach(async () => {
  dir = await createTempDir('compose');
});
afterEach(async () => {
  await dir.remove();
});

function make(config: Config): ComposeExport {
  return exportCompose(
    buildContainerStack(config, 'default'),
    config,
    engineNames({ project: config.project.name, environment: 'default' }),
  );
}

async function write(config: Config, force = false): Promise<string> {
  const path = join(dir.path, 'compose.yaml');
  await writeExport(path, make(config), force);
  return path;
}

describe.each([
  ['a plain stack', plain],
  ['a stack with everything', full],
])('%s as a compose file', (_, config) => {
  test('is valid by the public schema', async () => {
    expect(schemaProblems(await readFile(await write(config), 'utf8'))).toEqual([]);
  });

  test('holds no secret', async () => {
    const text = await readFile(await write(config), 'utf8');
    const secrets = buildContainerStack(config, 'default').services.flatMap(({ files }) => files.filter(({ secret }) => secret));
    expect(secrets.length).toBeGreaterThan(10);
    expect(secrets.filter(({ content }) => text.includes(content.trim())).map(({ name }) => name)).toEqual([]);
    for (const value of ['pg-password', 'p$d', 'storage-password', 'hooks.slack.example.org']) expect(text).not.toContain(value);
  });

  test.skipIf(why !== null)('means to docker compose what the containers are', async () => {
    const understood = composeConfig(await write(config));
    const { services } = buildContainerStack(config, 'default');
    for (const { name, environment, health } of services.filter((spec) => spec.name !== 'agent')) {
      expect(understood.services[name]?.environment ?? {}).toEqual(environment);
      expect(understood.services[name]?.healthcheck?.test.slice(1)).toEqual(health?.command);
    }
  });
});

test('every service is as closed as the engine target makes it, and waits for what it needs', () => {
  const { services } = make(full).document;
  for (const service of Object.values(services)) {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'], init: true });
  }
  expect(services['storage']).toMatchObject({
    depends_on: { postgres: { condition: 'service_healthy' }, 'database-setup': { condition: 'service_completed_successfully' } },
    deploy: { replicas: 3, update_config: { order: 'start-first' }, resources: { limits: { memory: '512000000', pids: 512 } } },
    memswap_limit: '512000000',
    user: '1000:1000',
    volumes: [{ type: 'bind', source: '/srv/$$objects', target: '/var/lib/supastor/objects' }],
  });
  expect(services['edge']).toMatchObject({
    ports: [
      { target: 8443, host_ip: '127.0.0.1', published: '8000', protocol: 'tcp' },
      { target: 5001, host_ip: '127.0.0.1', published: '9000', protocol: 'tcp' },
    ],
  });
  expect(services['agent']).toMatchObject({ network_mode: 'none' });
});

test('the data is that of the engine target, whose containers cannot run beside these', () => {
  const { document } = make(plain);
  expect(document.name).toBe('demo-default');
  expect(document.volumes['postgres']).toMatchObject({ name: 'demo-default-postgres', labels: { 'io.supastor.kind': 'volume' } });
  expect(document.services['storage']).toMatchObject({ labels: { 'io.supastor.environment': 'default-compose' } });
});

test('an external Postgres needs no setting up', () => {
  const { services } = make(
    createTestConfig({ project, postgres: { managed: false, host: 'db.example.org', password: 'p', storagePassword: 's' } }),
  ).document;
  expect(Object.keys(services)).toEqual(['storage', 'meta', 'edge', 'admin', 'agent']);
});

describe('writing', () => {
  test('lets only the owner into the directory of secrets', async () => {
    await write(plain);
    const secrets = join(dir.path, 'compose.secrets');
    expect((await stat(secrets)).mode & 0o777).toBe(0o700);
    expect(await readFile(join(secrets, 'postgres_POSTGRES_PASSWORD'), 'utf8')).toBe('pg-password');
    expect((await stat(join(secrets, 'supastor.env'))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(secrets, '.gitignore'), 'utf8')).toBe('*\n');
    expect((await readdir(dir.path)).toSorted()).toEqual(['compose.configs', 'compose.secrets', 'compose.yaml']);
  });

  test('twice changes nothing; other content is only replaced on demand', async () => {
    const path = await write(plain);
    expect(await writeExport(path, make(plain), false)).toMatchObject({ written: [] });
    await expect(write(full)).rejects.toMatchObject({ code: 'SJ_CONFIG_EXISTS', message: expect.stringContaining('nothing was written') });
    expect(await readFile(join(dir.path, 'compose.secrets', 'postgres_POSTGRES_PASSWORD'), 'utf8')).toBe('pg-password');
    await write(full, true);
    const { services }: { services: Record<string, { deploy: unknown }> } = parse(await readFile(path, 'utf8'));
    expect(services['storage']?.deploy).toMatchObject({ replicas: 3 });
  });

  test('nothing is left of an export that cannot be finished', async () => {
    await writeFile(join(dir.path, 'compose.configs'), 'in the way');
    await expect(write(plain)).rejects.toMatchObject({ message: expect.stringContaining('compose.configs') });
    expect(await readdir(dir.path)).toEqual(['compose.configs']);
  });
});
