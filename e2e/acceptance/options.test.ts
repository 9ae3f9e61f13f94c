import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseOptions } from './options.ts';

const KEYS = `STORAGE_URL="http://127.0.0.1:5000/"\nANON_KEY=of-the-file\nSERVICE_ROLE_KEY='service'\n`;

let dir: TempDir;
let path: string;

beforeAll(async () => {
  dir = await createTempDir('keys');
  path = join(dir.path, 'keys.env');
  await writeFile(path, KEYS);
});
afterAll(() => dir.remove());

test('keys come from flags, then from the file, then from the environment', () => {
  const env = { ANON_KEY: 'of-the-environment', JWT_SECRET: 'secret' };
  expect(parseOptions(['--keys', path, '--service-key', 'flag'], env)).toMatchObject({
    url: 'http://127.0.0.1:5000',
    anonKey: 'of-the-file',
    serviceKey: 'flag',
    jwtSecret: 'secret',
    profile: 'full',
  });
  expect(parseOptions(['--keys', path, '--url', 'https://example.org/storage/v1/'], {}).url).toBe('https://example.org/storage/v1');
});

test('a file that is missing or empty is named, and nothing of a file is quoted', async () => {
  expect(() => parseOptions(['--keys', join(dir.path, 'none')], {})).toThrow(/none cannot be read \(ENOENT\).*supastor status/);
  const odd = join(dir.path, 'odd.env');
  await writeFile(odd, 'a secret without a name');
  expect(() => parseOptions(['--keys', odd], {})).toThrow(`--keys ${odd} holds no NAME=value line`);
  expect(() => parseOptions([], {})).toThrow('--url is missing, and so is STORAGE_URL in the environment');
});
