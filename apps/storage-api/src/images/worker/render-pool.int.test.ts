import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createLogger } from '@supastor/adapters/telemetry/logger';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RenderPool, type RenderPoolOptions } from './render-pool.ts';

let dir: TempDir;
let pool: RenderPool;
let inputPath: string;

function start(overrides: Partial<RenderPoolOptions> = {}): RenderPool {
  pool = new RenderPool({
    workerPath: join(import.meta.dirname, '..', '..', 'image-worker.ts'),
    concurrency: 2,
    maxWaiting: 10,
    timeoutMs: 60_000,
    logger: createLogger({ service: 'storage', level: 'fatal' }),
    ...overrides,
  });
  return pool;
}

const job = (name: string) =>
  ({ inputPath, outputPath: join(dir.path, name), width: 50, format: 'webp', maxInputPixels: 100_000_000 }) as const;

beforeEach(async () => {
  dir = await createTempDir('pool');
  inputPath = join(dir.path, 'in.png');
  await sharp({ create: { width: 3000, height: 2000, channels: 3, background: 'green' } })
    .png()
    .toFile(inputPath);
});
afterEach(async () => {
  await pool.stop();
  await dir.remove();
});

describe('RenderPool', () => {
  it('refuses what neither runs nor may wait', async () => {
    start({ concurrency: 1, maxWaiting: 1 });
    const results = await Promise.allSettled(['a', 'b', 'c', 'd'].map((name) => pool.render(job(name))));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
    expect(results[2]).toMatchObject({ reason: { status: 429, protocolCode: 'SlowDown' } });
  });

  it('ends a picture that takes too long and goes on with the next', async () => {
    start({ timeoutMs: 1 });
    await expect(pool.render(job('slow'))).rejects.toMatchObject({ status: 422, message: 'The image took too long to be transformed' });
    await pool.stop();
    await start().render(job('next'));
    expect((await stat(join(dir.path, 'next'))).size).toBeGreaterThan(0);
  });

  it('tries again after the worker was killed', async () => {
    start();
    await pool.render(job('first'));
    const work = Promise.all(['a', 'b', 'c', 'd'].map((name) => pool.render(job(name))));
    process.kill(pool.workerPid ?? 0, 'SIGKILL');
    await work;
    expect((await stat(join(dir.path, 'd'))).size).toBeGreaterThan(0);
  });

  it('gives the memory back when there is nothing to do', async () => {
    start({ idleMs: 1 });
    await pool.render(job('only'));
    await expect.poll(() => pool.workerPid).toBeUndefined();
  });
});
