import { describe, expect, test } from 'vitest';
import { type BucketFact, checkStoreBucket, checkStoreClock, checkStoreDirectory, checkStoreSpace } from './store-checks.ts';

const MIB = 1024 ** 2;
const DIRECTORY = { path: '/data', problem: null, syncMs: 3, fileSystem: 'ext4', mountOptions: ['rw', 'relatime'] };

const refused = (status: number, code: string, region: string | null = null): BucketFact => ({
  kind: 'refused',
  step: 'PutObject',
  status,
  code,
  region,
  skewMs: 0,
});

describe('checkStoreDirectory', () => {
  test('says how fast the disk syncs, and warns when uploads will feel it', () => {
    expect(checkStoreDirectory(DIRECTORY)).toEqual({ status: 'ok', detail: '/data: written and synced in 3 ms, ext4', fix: null });
    expect(checkStoreDirectory({ ...DIRECTORY, syncMs: 900 })).toMatchObject({
      status: 'warn',
      fix: expect.stringContaining('faster disk'),
    });
  });

  test.each([
    ['EROFS', 'remount,rw'],
    ['EACCES', 'chown'],
    ['ENOSPC', 'free some space'],
  ])('fails with %s and says what to do', (problem, fix) => {
    expect(checkStoreDirectory({ ...DIRECTORY, problem })).toMatchObject({ status: 'fail', fix: expect.stringContaining(fix) });
  });

  test.each([
    ['xfs', [], 'ok'],
    [null, [], 'ok'],
    ['ext4', ['nobarrier'], 'fail'],
    ['tmpfs', [], 'warn'],
    ['overlay', [], 'warn'],
    ['nfs4', ['hard'], 'warn'],
    ['nfs', ['soft'], 'fail'],
    ['cifs', [], 'warn'],
    ['fuse.sshfs', [], 'warn'],
  ])('%s with %j: %s', (fileSystem, mountOptions, status) => {
    const verdict = checkStoreDirectory({ ...DIRECTORY, fileSystem, mountOptions });
    expect([verdict.status, verdict.fix === null]).toEqual([status, status === 'ok']);
  });
});

test.each([
  [10_000, 20_000, 500_000, 1_000_000, 'ok'],
  [10_000, 20_000, null, 0, 'ok'],
  [100, 20_000, 500_000, 1_000_000, 'fail'],
  [10_000, 20_000, 20, 1_000_000, 'fail'],
  [500, 1000, 500_000, 1_000_000, 'warn'],
  [4000, 100_000, 500_000, 1_000_000, 'warn'],
  [10_000, 20_000, 5000, 1_000_000, 'warn'],
])('%i of %i MiB and %s of %i inodes free: %s', (freeMib, totalMib, freeInodes, totalInodes, status) => {
  expect(checkStoreSpace({ freeBytes: freeMib * MIB, totalBytes: totalMib * MIB, freeInodes, totalInodes }).status).toBe(status);
});

describe('checkStoreBucket', () => {
  test('is content with a bucket that does what is needed', () => {
    expect(checkStoreBucket('bytes', { kind: 'ready', skewMs: 0 }).status).toBe('ok');
  });

  test.each([
    [{ kind: 'unset' }, 'storage.s3.bucket'],
    [{ kind: 'unreachable', endpoint: 'http://store:9000', reason: 'getaddrinfo ENOTFOUND store' }, 'storage.s3.endpoint'],
    [refused(404, 'NoSuchBucket'), 'create the bucket "bytes"'],
    [refused(403, 'InvalidAccessKeyId'), 'storage.s3.accessKeyId'],
    [refused(403, 'SignatureDoesNotMatch'), 'storage.s3.secretAccessKey'],
    [refused(403, 'AccessDenied'), 'allow the access key PutObject on "bytes"'],
    [refused(403, 'RequestTimeTooSkewed'), 'set the clock'],
    [refused(400, 'AuthorizationHeaderMalformed', 'eu-central-1'), 'eu-central-1'],
    [refused(503, 'SlowDown'), 'log of the S3 service'],
  ] as const satisfies readonly (readonly [BucketFact, string])[])('%j: says "%s"', (fact, fix) => {
    expect(checkStoreBucket('bytes', fact)).toMatchObject({ status: 'fail', fix: expect.stringContaining(fix) });
  });
});

test.each([
  [400, 'ok', 'as the S3 service'],
  [90_000, 'warn', '90 s behind'],
  [-90_000, 'warn', '90 s ahead'],
  [16 * 60_000, 'fail', 'refused'],
])('a clock that differs by %i ms: %s', (skewMs, status, detail) => {
  expect(checkStoreClock({ kind: 'ready', skewMs })).toMatchObject({ status, detail: expect.stringContaining(detail) });
});
