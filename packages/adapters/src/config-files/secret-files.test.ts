import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withSecretFiles } from './secret-files.ts';

let dir: TempDir;
beforeAll(async () => {
  dir = await createTempDir();
  await writeFile(join(dir.path, 'key'), 'from the file\n');
});
afterAll(() => dir.remove());

test('a secret is read from the file that stands for it, without the line break at its end', () => {
  expect(withSecretFiles({ KEY_FILE: join(dir.path, 'key') })['KEY']).toBe('from the file');
});

test('a value that is given as itself counts, and other files are left alone', () => {
  const cert = join(dir.path, 'key');
  const env = withSecretFiles({ KEY: 'itself', KEY_FILE: join(dir.path, 'absent'), SSL_CERT_FILE: cert });
  expect(env).toMatchObject({ KEY: 'itself', SSL_CERT_FILE: cert });
  expect(env['SSL_CERT']).toBeUndefined();
});

test('a file that cannot be read is named with its variable', () => {
  expect(() => withSecretFiles({ KEY_FILE: join(dir.path, 'absent') })).toThrow(/KEY_FILE names .*absent: ENOENT/);
});
