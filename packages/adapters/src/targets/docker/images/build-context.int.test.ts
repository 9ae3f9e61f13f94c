import { mkdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readArchive } from '../archive.ts';
import { createBuildContext } from './build-context.ts';

const FILES = {
  'package.json': 'manifest',
  'package-lock.json': 'lock',
  'tsconfig.base.json': 'types',
  'scripts/build.ts': 'script',
  'packages/core/src/a.ts': 'source',
  'packages/core/node_modules/x/index.js': 'installed',
  'apps/cli/dist/main.js': 'built',
  'apps/cli/.env': 'SECRET=1',
  'apps/cli/.env.local': 'SECRET=2',
  'deploy/images/Dockerfile': 'FROM scratch',
  '.env': 'SECRET=3',
  'supastor.config.yaml': 'version: 1',
};

let dir: TempDir;
beforeEach(async () => {
  dir = await createTempDir('context');
  for (const [path, content] of Object.entries(FILES)) {
    await mkdir(dirname(join(dir.path, path)), { recursive: true });
    await writeFile(join(dir.path, path), content);
  }
  await symlink('/etc/passwd', join(dir.path, 'apps/cli/link'));
});
afterEach(() => dir.remove());

test('the sources are sent, and nothing that is built, installed, private or somewhere else', async () => {
  const files = await readArchive(createBuildContext(dir.path));
  expect([...files.values()].toSorted()).toEqual(['FROM scratch', 'lock', 'manifest', 'script', 'source', 'types']);
});

test('equal sources are equal bytes whenever they were written', async () => {
  const first = await buffer(createBuildContext(dir.path));
  await utimes(join(dir.path, 'package.json'), 1, 1);
  expect(Buffer.compare(await buffer(createBuildContext(dir.path)), first)).toBe(0);
});

test('a checkout without its lock file is an error, not a context without it', async () => {
  await expect(buffer(createBuildContext(join(dir.path, 'apps')))).rejects.toThrow('package.json');
});
