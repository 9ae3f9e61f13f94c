import { expect, test } from 'vitest';
import { buildContainerStack } from '../containers/desired-containers.ts';
import { buildDesiredStack } from '../desired.ts';
import { createTestConfig } from '../testing/fixtures.ts';

const EXTERNAL = { managed: false, host: 'db.example.com', password: 'pg-password', storagePassword: 'storage/password' };
const REPLICAS = { replicas: ['db2.example.com', '[fd00::8]:5433'], maxReplicaLag: 250, ssl: true };
const config = (postgres: Record<string, unknown>) => createTestConfig({ postgres: { ...EXTERNAL, ...postgres } });
const URLS = ['db2.example.com:5432', '[fd00::8]:5433']
  .map((address) => `postgresql://supabase_storage_admin:storage%2Fpassword@${address}/postgres?sslmode=verify-full`)
  .join(',');

const environmentOf = (postgres: Record<string, unknown>) =>
  buildDesiredStack(config(postgres), 'default').services.find(({ name }) => name === 'storage')?.environment;

test('storage is told of every replica and of how long a read may wait', () => {
  expect(environmentOf(REPLICAS)).toMatchObject({ DATABASE_REPLICA_URLS: URLS, SUPASTOR_MAX_REPLICA_LAG_MS: '250' });
  expect(Object.keys(environmentOf({}) ?? {}).filter((name) => name.includes('REPLICA'))).toEqual([]);
});

test.each(['docker', 'swarm'])('on the target %s it reads them from a secret', (target) => {
  const { services } = buildContainerStack(
    createTestConfig({
      project: { name: 'demo', mode: 'prod', target },
      containers: { host: '0.0.0.0' },
      postgres: { ...EXTERNAL, ...REPLICAS },
    }),
    'default',
  );
  const storage = services.find(({ name }) => name === 'storage');
  expect(storage?.files).toContainEqual({ name: 'DATABASE_REPLICA_URLS', content: URLS, secret: true });
  expect(storage?.environment).toMatchObject({ DATABASE_REPLICA_URLS_FILE: expect.any(String), SUPASTOR_MAX_REPLICA_LAG_MS: '250' });
});
