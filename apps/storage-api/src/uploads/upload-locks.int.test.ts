import { createLogger } from '@supastor/adapters/telemetry/logger';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import type { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestPool } from '../testing/pool.ts';
import { UploadLocks } from './upload-locks.ts';

let postgres: TempPostgres;
let pool: Pool;
let one: UploadLocks;
let two: UploadLocks;
let lastName = 0;
let name: string;
const open: UploadLocks[] = [];

const never = new AbortController().signal;
const ignore = () => {};

function createLocks(waitMs = 10_000): UploadLocks {
  const locks = new UploadLocks({ databaseUrl: postgres.url, logger: createLogger({ service: 'storage', level: 'fatal' }), waitMs });
  open.push(locks);
  return locks;
}

beforeAll(async () => {
  postgres = await startTempPostgres();
  pool = createTestPool(postgres.url, 1);
  [one, two] = [createLocks(), createLocks()];
});
beforeEach(() => {
  name = `upload-${(lastName += 1)}`;
});
afterAll(async () => {
  await Promise.all(open.map((locks) => locks.stop()));
  await pool.end();
  await postgres.stop();
});

const killLockConnections = () =>
  pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'supastor-storage-locks'`);

describe('UploadLocks', () => {
  it.each(['the same server', 'another server'])('asks a holder at %s to let go, and then gets the lock', async (place) => {
    const { promise: asked, resolve } = Promise.withResolvers<void>();
    const first = await one.acquire(name, never, resolve);
    const second = (place === 'the same server' ? one : two).acquire(name, never, ignore);
    await asked;
    await first.release();
    const held = await second;
    expect(held.isHeld).toBe(true);
    await held.release();
  });

  it('lets one at a time in', async () => {
    let inside = 0;
    let most = 0;
    const enter = async (locks: UploadLocks) => {
      const lock = await locks.acquire(name, never, ignore);
      most = Math.max(most, (inside += 1));
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
      await lock.release();
    };
    await Promise.all(Array.from({ length: 20 }, (_, index) => enter(index % 2 === 0 ? one : two)));
    expect(most).toBe(1);
  });

  it('keeps different uploads apart', async () => {
    const first = await one.acquire(name, never, ignore);
    const other = await two.acquire(`${name}-other`, never, ignore);
    await Promise.all([first.release(), other.release()]);
  });

  it('gives up when the holder does not let go in time', async () => {
    const first = await one.acquire(name, never, ignore);
    await expect(createLocks(300).acquire(name, never, ignore)).rejects.toMatchObject({ status: 423 });
    await first.release();
  });

  it('gives up when the request that waits is gone', async () => {
    const first = await one.acquire(name, never, ignore);
    const gone = new AbortController();
    const waiting = [one.acquire(name, gone.signal, ignore), two.acquire(name, gone.signal, ignore)];
    gone.abort();
    for (const each of waiting) await expect(each).rejects.toMatchObject({ status: 423 });
    await first.release();
    await (await two.acquire(name, never, ignore)).release();
  });

  it('takes only what is free when it must not wait', async () => {
    const first = await one.acquire(name, never, ignore);
    expect(await one.tryAcquire(name)).toBeNull();
    expect(await two.tryAcquire(name)).toBeNull();
    await first.release();
    const held = await two.tryAcquire(name);
    expect(held?.isHeld).toBe(true);
    await held?.release();
  });

  it('tells holders when the connection is lost, and frees their locks', async () => {
    const { promise: asked, resolve } = Promise.withResolvers<void>();
    const first = await one.acquire(name, never, resolve);
    await killLockConnections();
    await asked;
    expect(first.isHeld).toBe(false);
    const second = await two.acquire(name, never, ignore);
    expect(second.isHeld).toBe(true);
    await first.release();
    expect(second.isHeld).toBe(true);
    await second.release();
  });
});
