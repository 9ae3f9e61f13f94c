import { chmod, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { prepareWrite, writeFileAtomic } from './write-file-atomic.ts';

let dir: TempDir;
let path: string;
beforeEach(async () => {
  dir = await createTempDir('write');
  path = join(dir.path, 'file');
});
afterEach(() => dir.remove());

const modeOf = async (name: string) => (await stat(name)).mode & 0o777;

describe('writeFileAtomic', () => {
  test('makes a file with the mode that was asked for', async () => {
    await writeFileAtomic(path, 'content', 0o600);
    expect([await readFile(path, 'utf8'), await modeOf(path)]).toEqual(['content', 0o600]);
  });

  test('an existing file keeps its mode, but never more than was asked for', async () => {
    await writeFile(path, 'old');
    await chmod(path, 0o640);
    await writeFileAtomic(path, 'new', 0o644);
    expect(await modeOf(path)).toBe(0o640);
    await chmod(path, 0o666);
    await writeFileAtomic(path, 'new', 0o600);
    expect(await modeOf(path)).toBe(0o600);
  });

  test('a link stays a link; what it points to is replaced', async () => {
    await mkdir(join(dir.path, 'elsewhere'));
    await writeFile(join(dir.path, 'elsewhere', 'real'), 'old');
    await symlink(join('elsewhere', 'real'), path);
    await writeFileAtomic(path, 'new');
    expect((await lstat(path)).isSymbolicLink()).toBe(true);
    expect(await readFile(join(dir.path, 'elsewhere', 'real'), 'utf8')).toBe('new');
  });

  test('leaves nothing beside the file', async () => {
    await writeFileAtomic(path, 'one');
    await writeFileAtomic(path, 'two');
    expect(await readdir(dir.path)).toEqual(['file']);
  });
});

describe('prepareWrite', () => {
  test('changes nothing before commit, and discard removes what was prepared', async () => {
    const prepared = await prepareWrite(path, 'content', 0o644);
    await expect(stat(path)).rejects.toThrow('ENOENT');
    await prepared.discard();
    expect(await readdir(dir.path)).toEqual([]);
  });

  test('of two that make the same file at once the second is refused', async () => {
    const first = await prepareWrite(path, 'first', 0o644);
    const second = await prepareWrite(path, 'second', 0o644);
    await first.commit();
    await expect(second.commit()).rejects.toMatchObject({ code: 'SJ_CONFLICT' });
    expect([await readFile(path, 'utf8'), await readdir(dir.path)]).toEqual(['first', ['file']]);
  });
});
