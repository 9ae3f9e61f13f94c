import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createStackCli, type StackCli } from '../../testing/stack-cli.ts';

// A whole stack is started; a busy machine may need a while.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

let cli: StackCli;
const s3Keys = (...args: string[]) => cli.supastor('s3-keys', ...args).ended;

beforeAll(async () => {
  cli = await createStackCli();
  await cli.supastor('init', '--dev').ended;
});
afterAll(() => cli.remove());

test('a stack that does not run is named, and nonsense is refused before anything is asked', async () => {
  expect(await s3Keys('list')).toMatchObject({ code: 10, stderr: expect.stringContaining('SJ_NOT_RUNNING') });
  expect(await s3Keys('create', 'x', '--allow', 'fly')).toMatchObject({ code: 2, stderr: expect.stringContaining('"fly"') });
  expect(await s3Keys('create', 'x', '--claims', '[1]')).toMatchObject({ code: 2, stderr: expect.stringContaining('--claims') });
  expect(await s3Keys('create', 'x', '--expires', 'soon')).toMatchObject({ code: 2, stderr: expect.stringContaining('--expires') });
  expect(await s3Keys('rotate', 'SJX', '--overlap', 'long')).toMatchObject({ code: 2, stderr: expect.stringContaining('--overlap') });
});

test('keys are made, listed, rotated and revoked', async () => {
  expect(await cli.supastor('up', '-d').ended).toMatchObject({ code: 0 });
  expect(await s3Keys('list')).toMatchObject({ code: 0, stdout: expect.stringContaining('There are no access keys') });

  const made = await s3Keys(
    'create',
    'ci',
    '--allow',
    'read,write',
    '--bucket',
    'builds',
    '--prefix',
    'app/',
    '--expires',
    '90d',
    '-o',
    'json',
  );
  const { key, secretAccessKey, endpoint } = JSON.parse(made.stdout);
  expect(key).toMatchObject({ name: 'ci', verbs: ['read', 'write'], buckets: ['builds'], prefixes: ['app/'], role: 'service_role' });
  expect([secretAccessKey.length, endpoint]).toEqual([40, expect.stringContaining('/storage/v1/s3')]);

  const table = await s3Keys('list');
  expect(table.stdout).toContain(key.accessKeyId);
  expect(table.stdout).toContain('builds/app/');
  expect(table.stdout).not.toContain(secretAccessKey);

  const rotated = await s3Keys('rotate', key.accessKeyId, '-o', 'env');
  expect(
    rotated.stdout
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0]),
  ).toEqual(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_ENDPOINT_URL_S3']);
  expect(rotated.stdout).not.toContain(secretAccessKey);
  expect(await s3Keys('rotate', key.accessKeyId)).toMatchObject({ code: 6, stderr: expect.stringContaining('works until') });

  expect(await s3Keys('revoke', key.accessKeyId)).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
  expect(await s3Keys('revoke', key.accessKeyId, '--yes')).toMatchObject({ code: 0, stdout: expect.stringContaining('is revoked') });
  expect(await s3Keys('revoke', key.accessKeyId, '--yes')).toMatchObject({ code: 5, stderr: expect.stringContaining('SJ_NOT_FOUND') });
  expect(JSON.parse((await s3Keys('list', '-o', 'json')).stdout)).toEqual({ keys: [] });

  const audit = await cli.supastor('logs', 'admin', '--tail', '500').ended;
  expect(audit.stdout).not.toContain(secretAccessKey);
});
