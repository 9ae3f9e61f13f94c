import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { findFreePort } from '@supastor/testkit/harness/free-port';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashFile, writeRandomFile } from './harness/random-file.ts';
import { createStack, type Stack, type StackAccess } from './harness/stack.ts';

const run = promisify(execFile);
const BIG_BYTES = 20 * 1024 * 1024;
/** Debian's own programs first: language managers put shims of the same name before them. */
const PATH = ['/usr/bin', '/bin', '/usr/local/bin'].join(delimiter);

let stack: Stack;
let access: StackAccess;
let rootUrl: string;
let work: TempDir;
let bigHash: string;

beforeAll(async () => {
  work = await createTempDir('s3-tools');
  await mkdir(join(work.path, 'tree', 'inner'), { recursive: true });
  await writeFile(join(work.path, 'tree', 'größe & 100%.txt'), 'umlauts');
  await writeFile(join(work.path, 'tree', 'inner', 'small.txt'), 'small');
  bigHash = await writeRandomFile(join(work.path, 'tree', 'big.bin'), BIG_BYTES);
  const rootPort = await findFreePort();
  rootUrl = `http://127.0.0.1:${rootPort}`;
  stack = await createStack({ env: { SUPASTOR_STORAGE_S3_ROOT_PORT: String(rootPort) } });
  await stack.up('--dev');
  access = await stack.access();
}, 180_000);

afterAll(async () => {
  await stack.destroy();
  await work.remove();
}, 60_000);

function environment(extra: Record<string, string> = {}): Record<string, string> {
  return {
    PATH,
    HOME: work.path,
    AWS_ACCESS_KEY_ID: access.S3_PROTOCOL_ACCESS_KEY_ID,
    AWS_SECRET_ACCESS_KEY: access.S3_PROTOCOL_ACCESS_KEY_SECRET,
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    ...extra,
  };
}

/** Why a program cannot be used here, or null. */
function lacks(program: string): string | null {
  return spawnSync(program, ['--help'], { env: { PATH }, stdio: 'ignore' }).error === undefined ? null : `${program} is not installed`;
}

function lacksPython(module: string): string | null {
  const { status } = spawnSync('python3', ['-c', `import ${module}`], { env: { PATH }, stdio: 'ignore' });
  return status === 0 ? null : `the Python module ${module} is not installed`;
}

async function expectSameTree(folder: string): Promise<void> {
  expect(await readFile(join(folder, 'größe & 100%.txt'), 'utf8')).toBe('umlauts');
  expect(await readFile(join(folder, 'inner', 'small.txt'), 'utf8')).toBe('small');
  expect(await hashFile(join(folder, 'big.bin'))).toBe(bigHash);
}

test('aws: a tree goes up in parts and comes back', async (context) => {
  const reason = lacks('aws');
  if (reason !== null) context.skip(reason);
  const aws = (...args: string[]) => run('aws', ['--endpoint-url', access.STORAGE_S3_URL, ...args], { env: environment(), cwd: work.path });
  await aws('s3', 'mb', 's3://aws-tool');
  await aws('s3', 'sync', 'tree', 's3://aws-tool/tree');
  const { stdout } = await aws('s3', 'ls', '--recursive', 's3://aws-tool');
  expect(stdout).toContain('tree/größe & 100%.txt');
  await aws('s3', 'sync', 's3://aws-tool/tree', 'aws-back');
  await expectSameTree(join(work.path, 'aws-back'));
  await aws('s3', 'rb', '--force', 's3://aws-tool');
}, 120_000);

test('rclone: a tree is copied, checked and purged', async (context) => {
  const reason = lacks('rclone');
  if (reason !== null) context.skip(reason);
  const remote = { RCLONE_CONFIG_R_TYPE: 's3', RCLONE_CONFIG_R_PROVIDER: 'Other', RCLONE_CONFIG_R_ENV_AUTH: 'true' };
  const env = environment({ ...remote, RCLONE_CONFIG_R_ENDPOINT: access.STORAGE_S3_URL, RCLONE_CONFIG_R_REGION: 'us-east-1' });
  const rclone = (...args: string[]) => run('rclone', [...args, '--retries', '1'], { env, cwd: work.path });
  await rclone('mkdir', 'r:rclone-tool');
  await rclone('copy', 'tree', 'r:rclone-tool/tree');
  await rclone('check', 'tree', 'r:rclone-tool/tree');
  await rclone('copy', 'r:rclone-tool/tree', 'rclone-back');
  await expectSameTree(join(work.path, 'rclone-back'));
  await rclone('purge', 'r:rclone-tool');
}, 120_000);

test('s3cmd: a tree goes up and comes back, at the root endpoint', async (context) => {
  const reason = lacks('s3cmd');
  if (reason !== null) context.skip(reason);
  const host = new URL(rootUrl).host;
  const options = ['--no-ssl', `--host=${host}`, `--host-bucket=${host}`, '--region=us-east-1', '--no-progress'];
  const keys = [`--access_key=${access.S3_PROTOCOL_ACCESS_KEY_ID}`, `--secret_key=${access.S3_PROTOCOL_ACCESS_KEY_SECRET}`];
  const s3cmd = (...args: string[]) =>
    run('s3cmd', [...options, ...keys, ...args], { env: environment({ LC_ALL: 'C.UTF-8' }), cwd: work.path });
  await s3cmd('mb', 's3://s3cmd-tool');
  await s3cmd('sync', 'tree/', 's3://s3cmd-tool/tree/');
  await s3cmd('sync', 's3://s3cmd-tool/tree/', 's3cmd-back/');
  await expectSameTree(join(work.path, 's3cmd-back'));
  await s3cmd('rb', '--recursive', '--force', 's3://s3cmd-tool');
}, 120_000);

test('restic: a backup is made, verified byte by byte and restored, at the root endpoint', async (context) => {
  const reason = lacks('restic');
  if (reason !== null) context.skip(reason);
  const env = environment({
    RESTIC_REPOSITORY: `s3:${rootUrl}/restic-tool`,
    RESTIC_PASSWORD: 'only for this test',
    RESTIC_CACHE_DIR: join(work.path, 'cache'),
  });
  const restic = (...args: string[]) => run('restic', args, { env, cwd: work.path });
  await restic('init');
  await restic('backup', 'tree');
  await restic('check', '--read-data');
  await restic('restore', 'latest', '--target', 'restic-back');
  await expectSameTree(join(work.path, 'restic-back', 'tree'));
  await restic('forget', '--keep-last', '1', '--prune');
}, 120_000);

test('duplicity: a backup is made, added to and restored', async (context) => {
  const reason = lacks('duplicity') ?? lacksPython('boto3');
  if (reason !== null) context.skip(reason);
  const duplicity = (...args: string[]) => {
    const options = ['--no-encryption', '--s3-endpoint-url', access.STORAGE_S3_URL, '--s3-region-name', 'us-east-1'];
    return run('duplicity', [...args.slice(0, 1), ...options, ...args.slice(1)], { env: environment(), cwd: work.path });
  };
  await run('aws', ['--endpoint-url', access.STORAGE_S3_URL, 's3', 'mb', 's3://duplicity-tool'], { env: environment() });
  await duplicity('full', '--archive-dir', join(work.path, 'duplicity'), 'tree', 'boto3+s3://duplicity-tool/backup');
  await duplicity('incremental', '--archive-dir', join(work.path, 'duplicity'), 'tree', 'boto3+s3://duplicity-tool/backup');
  // Another archive directory: everything has to come from the bucket.
  await duplicity('restore', '--archive-dir', join(work.path, 'empty'), 'boto3+s3://duplicity-tool/backup', 'duplicity-back');
  await expectSameTree(join(work.path, 'duplicity-back'));
}, 180_000);

test('s3fs: a bucket is mounted, written, and reads the same when it is mounted again', async (context) => {
  const reason = lacks('s3fs') ?? (existsSync('/dev/fuse') ? null : '/dev/fuse is not there');
  if (reason !== null) context.skip(reason);
  const mount = join(work.path, 'mounted');
  const passwords = join(work.path, 's3fs-password');
  await mkdir(mount);
  await writeFile(passwords, `${access.S3_PROTOCOL_ACCESS_KEY_ID}:${access.S3_PROTOCOL_ACCESS_KEY_SECRET}`, { mode: 0o600 });
  await run('aws', ['--endpoint-url', access.STORAGE_S3_URL, 's3', 'mb', 's3://s3fs-tool'], { env: environment() });
  const options = [`url=${rootUrl}`, 'use_path_request_style', `passwd_file=${passwords}`, 'endpoint=us-east-1', 'multipart_size=5'];
  const mounted = async (use: () => Promise<void>) => {
    await run('s3fs', ['s3fs-tool', mount, ...options.flatMap((option) => ['-o', option])], { env: environment() });
    try {
      await use();
    } finally {
      await run('umount', [mount], { env: environment() });
    }
  };
  await mounted(async () => {
    await cp(join(work.path, 'tree'), join(mount, 'tree'), { recursive: true });
    await rename(join(mount, 'tree', 'inner', 'small.txt'), join(mount, 'tree', 'inner', 'moved.txt'));
  });
  await mounted(async () => {
    await rename(join(mount, 'tree', 'inner', 'moved.txt'), join(mount, 'tree', 'inner', 'small.txt'));
    await expectSameTree(join(mount, 'tree'));
  });
}, 180_000);

const RUBY = `
  require 'aws-sdk-s3'
  require 'net/http'
  def demand(holds, what) = (raise what unless holds)
  bucket = Aws::S3::Resource.new(endpoint: ARGV[0], region: 'us-east-1', force_path_style: true).create_bucket(bucket: 'ruby-tool')
  large = bucket.object('größe & 100%.bin')
  large.upload_file('tree/big.bin', multipart_threshold: 6 * 1024 * 1024)
  demand(large.content_length == File.size('tree/big.bin'), 'another size')
  large.download_file('ruby-back.bin')
  bucket.put_object(key: 'a/1', body: 'one', metadata: { 'k' => 'v' }, tagging: 'x=1')
  demand(bucket.object('a/1').metadata['k'] == 'v', 'other metadata')
  bucket.object('a/2').copy_from(bucket: 'ruby-tool', key: 'a/1')
  demand(bucket.objects(prefix: 'a/').map(&:key) == ['a/1', 'a/2'], 'another listing')
  demand(Net::HTTP.get(URI(bucket.object('a/2').presigned_url(:get, expires_in: 60))) == 'one', 'another answer to the link')
  bucket.clear!
  bucket.delete`;

test('the Ruby SDK: objects go up in parts, are copied, listed, linked and removed', async (context) => {
  const found = spawnSync('ruby', ['-e', "require 'aws-sdk-s3'"], { env: { PATH }, stdio: 'ignore' });
  if (found.status !== 0) context.skip('ruby-aws-sdk-s3 is not installed');
  await run('ruby', ['-e', RUBY, access.STORAGE_S3_URL], { env: environment({ LC_ALL: 'C.UTF-8' }), cwd: work.path });
  expect(await hashFile(join(work.path, 'ruby-back.bin'))).toBe(bigHash);
}, 120_000);
