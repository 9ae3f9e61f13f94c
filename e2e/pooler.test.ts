import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LACKS_PGBOUNCER, type PgBouncer, startPgBouncer } from '@supastor/testkit/harness/pgbouncer';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runAcceptance } from './harness/run-acceptance.ts';
import { type Stack, startStack } from './harness/stack.ts';

/** Fewer than the storage server opens to the pooler. */
const POOL_SIZE = 5;

let stack: Stack;
let bouncer: PgBouncer;

describe.skipIf(LACKS_PGBOUNCER !== null)('a stack with a pooler', () => {
  /** The pooler needs the passwords that the first `up` has made. */
  beforeAll(async () => {
    stack = await startStack();
    const { DB_URL } = await stack.access();
    const envFile = join(stack.projectDir, '.env');
    const secrets = await readFile(envFile, 'utf8');
    const password = /^SUPASTOR_POSTGRES_STORAGE_PASSWORD=['"]?([^'"\n]+)/m.exec(secrets)?.[1] ?? '';
    const url = new URL(DB_URL);
    url.username = 'supabase_storage_admin';
    url.password = password;
    bouncer = await startPgBouncer(url.href, POOL_SIZE);
    await appendFile(envFile, `SUPASTOR_POSTGRES_POOLER_HOST=127.0.0.1\nSUPASTOR_POSTGRES_POOLER_PORT=${bouncer.port}\n`);
    await stack.up('--dev');
  }, 240_000);
  afterAll(async () => {
    await stack?.destroy();
    await bouncer?.stop();
  }, 60_000);

  test('passes the acceptance suite, with no more connections to Postgres than the pooler has', async () => {
    const access = await stack.access();
    const { code, lines, mishaps } = await runAcceptance({ ...access }, '--profile', 'core');
    expect(mishaps.filter((line) => !line.startsWith('skipped:'))).toEqual([]);
    expect([code, lines.at(-1)]).toEqual([0, expect.stringMatching(/^[1-9]\d+ passed, 0 failed/)]);
    const client = new Client({ connectionString: access.DB_URL });
    await client.connect();
    const { rows } = await client
      .query<{ count: number }>(
        `select count(*)::int as count from pg_stat_activity where usename = 'supabase_storage_admin' and application_name = 'supastor-storage'`,
      )
      .finally(() => client.end());
    // The pooler's, and a few that keep a session.
    expect(rows[0]?.count).toBeLessThanOrEqual(POOL_SIZE + 8);
    await bouncer.stop();
    const status = async () => (await fetch(`${access.STORAGE_URL}/health/ready`)).status;
    await expect.poll(status, { timeout: 30_000, interval: 200 }).toBe(503);
  }, 240_000);
});
