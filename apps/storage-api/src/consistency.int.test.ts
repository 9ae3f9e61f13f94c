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

const pick = () => servers[randomInt(servers.length)]?.url;
const urlOf = (key: string) => `${pick()}/object/box/${key}`;
const headers = { authorization: `Bearer ${SERVICE_TOKEN}` };

interface Followed {
  readonly key: string;
  /** Number of the last overwrite that was answered. */
  acknowledged: number;
}

/** The number that a reader finds out, null when the answer is not of one whole version. */
type Reader = (key: string) => Promise<number | null>;

const readWhole: Reader = async (key) => numberOf(await (await fetch(urlOf(key), { headers })).text());

/** The first bytes; their number must be that of the version that the answer says it is part of. */
const readRange: Reader = async (key) => {
  const response = await fetch(urlOf(key), { headers: { ...headers, range: 'bytes=0-99' } });
  const text = await response.text();
  return response.status === 206 && text.length === 100 ? Number.parseInt(text.slice(65), 10) : null;
};

/** Asks whether what it knows is still the newest; a 304 says that it is. */
function createConditionalReader(): Reader {
  let known = { tag: '"none"', number: 0 };
  return async (key) => {
    const response = await fetch(urlOf(key), { headers: { ...headers, 'if-none-match': known.tag } });
    const text = await response.text();
    if (response.status === 304) return known.number;
    const number = numberOf(text);
    if (number !== null) known = { tag: response.headers.get('etag') ?? '', number };
    return number;
  };
}

async function isListed(key: string): Promise<boolean> {
  const body = JSON.stringify({ prefix: 'listed', limit: 1000 });
  const options = { method: 'POST', body, headers: { ...headers, 'content-type': 'application/json' } };
  return (await (await fetch(`${pick()}/object/list/box`, options)).text()).includes(`"${key}"`);
}

test(
  `readers of two servers see each overwrite whole, at once and in order; ranges, conditions and listings too`,
  async () => {
    const problems: string[] = [];
    const reads = { whole: 0, range: 0, condition: 0, listing: 0 };
    const endsMs = Date.now() + LASTS_MS;

    async function read(followed: Followed, how: keyof typeof reads, reader: Reader): Promise<void> {
      for (let last = 0; Date.now() < endsMs; reads[how] += 1) {
        const before = Math.max(followed.acknowledged, last);
        const number = await reader(followed.key);
        if (number === null) problems.push(`${followed.key}: ${how} is torn or refused`);
        else if (number < before) problems.push(`${followed.key}: ${how} gave ${number} after ${before}`);
        last = number ?? last;
      }
    }

    async function follow(key: string, sizeBytes: number): Promise<void> {
      const followed: Followed = { key, acknowledged: 0 };
      const write = async (number: number) => {
        const body = compose(number, sizeBytes);
        const response = await fetch(urlOf(key), { method: 'POST', body, headers: { ...headers, 'x-upsert': 'true' } });
        if (!response.ok) problems.push(`${key}: write ${number} answered ${response.status}`);
        followed.acknowledged = number;
      };
      await write(1);
      const readers = [
        ...Array.from({ length: READERS_PER_KEY }, () => read(followed, 'whole', readWhole)),
        read(followed, 'range', readRange),
        read(followed, 'condition', createConditionalReader()),
      ];
      for (let number = 2; Date.now() < endsMs; number += 1) await write(number);
      await Promise.all(readers);
      expect(followed.acknowledged).toBeGreaterThan(5);
    }

    async function list(): Promise<void> {
      for (let number = 0; Date.now() < endsMs; number += 1, reads.listing += 1) {
        const key = `${number}.txt`;
        const { ok } = await fetch(urlOf(`listed/${key}`), { method: 'POST', body: 'x', headers });
        if (!ok || !(await isListed(key))) problems.push(`${key} is not listed after it was stored`);
        const removed = await fetch(urlOf(`listed/${key}`), { method: 'DELETE', headers });
        if (!removed.ok || (await isListed(key))) problems.push(`${key} is listed after it was deleted`);
      }
    }

    await Promise.all([list(), ...Object.entries(SIZES).map(([key, sizeBytes]) => follow(key, sizeBytes))]);
    expect(problems).toEqual([]);
    expect(Object.entries(reads).filter(([, count]) => count < 5)).toEqual([]);
  },
  LASTS_MS + 120_000,
);
