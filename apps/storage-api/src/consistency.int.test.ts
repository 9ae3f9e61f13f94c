import { createHash, randomInt } from 'node:crypto';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestPool } from './testing/pool.ts';
import { type ServerProcess, spawnServer } from './testing/process.ts';
import { BOOTSTRAP_SQL, SERVICE_TOKEN } from './testing/server.ts';

/** Raise it for a soak: SUPASTOR_CONSISTENCY_MS=60000. */
const LASTS_MS = Number(process.env['SUPASTOR_CONSISTENCY_MS'] ?? '5000');
const READERS_PER_KEY = 2;
/** Small ones are kept in memory and read in one go, large ones are streamed. */
const SIZES = { 'small.txt': 2000, 'medium.txt': 100_000, 'large.txt': 700_000 } as const;
const ENV = { SUPASTOR_RETIRED_GRACE_SECONDS: '1', SUPASTOR_COLLECT_PERIOD_MS: '100', SUPASTOR_SCAN_PERIOD_SECONDS: '0' };

let postgres: TempPostgres;
let dir: TempDir;
let servers: readonly ServerProcess[];

beforeAll(async () => {
  [dir, postgres] = await Promise.all([createTempDir('consistency'), startTempPostgres()]);
  const pool = createTestPool(postgres.url, 1);
  await pool.query(BOOTSTRAP_SQL);
  await pool.end();
  const databaseUrl = postgres.url.replace('postgres@', 'supabase_storage_admin@');
  const start = () => spawnServer(databaseUrl, `${dir.path}/store`, ENV);
  const first = await start();
  servers = [first, await start()];
  await first.client.createBucket('box');
});
afterAll(async () => {
  await Promise.all((servers ?? []).map((server) => server.end('SIGKILL')));
  await postgres.stop();
  await dir.remove();
});

/** A body that says its number and can be told from any other and from a part of itself. */
function compose(number: number, sizeBytes: number): string {
  const text = `${number}\n`.padEnd(sizeBytes + randomInt(1000), String(number % 10));
  return `${createHash('sha256').update(text).digest('hex')}\n${text}`;
}

/** The number of a whole body; null of anything else. */
function numberOf(body: string): number | null {
  const [sum, text] = [body.slice(0, 64), body.slice(65)];
  return createHash('sha256').update(text).digest('hex') === sum ? Number.parseInt(text, 10) : null;
}

const urlOf = (key: string) => `${servers[randomInt(servers.length)]?.url}/object/box/${key}`;
const headers = { authorization: `Bearer ${SERVICE_TOKEN}` };

test(
  `readers of two servers see each overwrite whole, at once and in order`,
  async () => {
    const problems: string[] = [];
    let reads = 0;
    const endsMs = Date.now() + LASTS_MS;

    async function follow(key: string, sizeBytes: number): Promise<void> {
      let acknowledged = 0;
      const write = async (number: number) => {
        const body = compose(number, sizeBytes);
        const response = await fetch(urlOf(key), { method: 'POST', body, headers: { ...headers, 'x-upsert': 'true' } });
        if (!response.ok) problems.push(`${key}: write ${number} answered ${response.status}`);
        acknowledged = number;
      };
      const read = async () => {
        for (let last = 0; Date.now() < endsMs; reads += 1) {
          const before = Math.max(acknowledged, last);
          const response = await fetch(urlOf(key), { headers });
          const number = response.ok ? numberOf(await response.text()) : null;
          if (number === null) problems.push(`${key}: ${response.ok ? 'torn' : response.status}`);
          else if (number < before) problems.push(`${key}: read ${number} after ${before}`);
          last = number ?? last;
        }
      };
      await write(1);
      const readers = Array.from({ length: READERS_PER_KEY }, read);
      for (let number = 2; Date.now() < endsMs; number += 1) await write(number);
      await Promise.all(readers);
      expect(acknowledged).toBeGreaterThan(5);
    }

    await Promise.all(Object.entries(SIZES).map(([key, sizeBytes]) => follow(key, sizeBytes)));
    expect(problems).toEqual([]);
    expect(reads).toBeGreaterThan(50);
  },
  LASTS_MS + 60_000,
);
