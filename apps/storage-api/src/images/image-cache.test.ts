import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ImageCache } from './image-cache.ts';

const PNG = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(992)]);

let dir: TempDir;
let cache: ImageCache;

beforeEach(async () => {
  dir = await createTempDir('cache');
  cache = new ImageCache({ directory: dir.path, maxBytes: 5000 });
});
afterEach(() => dir.remove());

async function add(key: string, usedAt: number): Promise<void> {
  const path = await cache.createTempPath();
  await writeFile(path, PNG);
  await cache.add(key, path);
  await utimes(join(dir.path, 'finished', key), usedAt, usedAt);
}

describe('ImageCache', () => {
  it('stays within its bound and drops what was used longest ago', async () => {
    for (const [index, key] of ['c', 'a', 'b', 'e', 'd'].entries()) await add(key, 1000 + index);
    await add('f', 2000);
    expect((await readdir(join(dir.path, 'finished'))).toSorted()).toEqual(['b', 'd', 'e', 'f']);
  });

  it('counts what was there before it started', async () => {
    for (const key of ['a', 'b', 'c', 'd', 'e']) await add(key, 1000);
    cache = new ImageCache({ directory: dir.path, maxBytes: 5000 });
    await add('f', 2000);
    expect((await readdir(join(dir.path, 'finished'))).length).toBe(4);
  });

  it('keeps what is being read', async () => {
    await add('a', 1000);
    const image = await cache.open('a');
    await utimes(join(dir.path, 'finished', 'a'), 1000, 1000);
    for (const key of ['b', 'c', 'd', 'e', 'f']) await add(key, 2000);
    expect(await cache.open('a')).toBeNull();
    const chunks: Buffer[] = [];
    for await (const chunk of image?.body() ?? []) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(PNG)).toBe(true);
    expect(image?.format).toBe('png');
  });

  it('takes a damaged file for a miss', async () => {
    await add('a', 1000);
    await writeFile(join(dir.path, 'finished', 'a'), '');
    expect(await cache.open('a')).toBeNull();
    expect(await readdir(join(dir.path, 'finished'))).toEqual([]);
  });
});
