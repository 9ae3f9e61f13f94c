import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { Client, CopyConditions, CopyDestinationOptions, CopySourceOptions, RETENTION_MODES, RETENTION_VALIDITY_UNITS } from 'minio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { KEY_PAIR, TEST_S3 } from '../../testing/s3.ts';
import { startTestServer, type TestServer } from '../../testing/server.ts';

const MIB = 1024 * 1024;
const Bucket = 'sweep';

let server: TestServer;
let client: Client;
let disk: TempDir;

beforeAll(async () => {
  [server, disk] = await Promise.all([startTestServer({ s3: TEST_S3 }), createTempDir('minio')]);
  const { hostname, port } = new URL(server.s3RootUrl ?? '');
  const { accessKeyId: accessKey, secret: secretKey } = KEY_PAIR;
  client = new Client({ endPoint: hostname, port: Number(port), useSSL: false, accessKey, secretKey, partSize: 5 * MIB });
  await client.makeBucket(Bucket);
});
afterAll(async () => {
  await server.stop();
  await disk.remove();
});

const read = async (name: string, options = {}) => text(await client.getObject(Bucket, name, options));
const CODED = z.object({ code: z.string() });
/** Some methods are typed as if they returned nothing, but all return promises. */
const codeOf = (work: unknown): Promise<string> =>
  Promise.resolve(work).then(
    () => 'no error',
    (error: unknown) => CODED.parse(error).code,
  );

async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

describe('buckets', () => {
  it('have a region, tags, versions and rules', async () => {
    expect(await client.getBucketRegionAsync(Bucket)).toBe('us-east-1');
    expect(await codeOf(client.getBucketTagging(Bucket))).toBe('NoSuchTagSet');
    await client.setBucketTagging(Bucket, { team: 'a b', cost: '1' });
    const tags = [
      { Key: 'team', Value: 'a b' },
      { Key: 'cost', Value: 1 },
    ];
    expect(await client.getBucketTagging(Bucket)).toEqual(expect.arrayContaining(tags));
    await client.removeBucketTagging(Bucket);
    expect(await codeOf(client.getBucketTagging(Bucket))).toBe('NoSuchTagSet');
    expect(
      await client.getBucketLifecycle(Bucket).then(
        () => 'rules',
        (error: { code: string }) => error.code,
      ),
    ).toBe('NoSuchLifecycleConfiguration');
    await client.setBucketLifecycle(Bucket, {
      Rule: [{ ID: 'r', Status: 'Enabled', Filter: { Prefix: 'tmp/' }, Expiration: { Days: 3 } }],
    });
    expect(await client.getBucketLifecycle(Bucket)).toMatchObject({ Rule: { ID: 'r', Expiration: { Days: 3 } } });
    await client.removeBucketLifecycle(Bucket);
  });

  it('keep versions once they are told to', async () => {
    await client.makeBucket('kept');
    expect(await client.getBucketVersioning('kept')).toMatchObject({});
    await client.setBucketVersioning('kept', { Status: 'Enabled' });
    expect(await client.getBucketVersioning('kept')).toMatchObject({ Status: 'Enabled' });
    const first = await client.putObject('kept', 'k', 'one');
    const second = await client.putObject('kept', 'k', 'two');
    expect(await text(await client.getObject('kept', 'k', { versionId: first.versionId ?? '' }))).toBe('one');
    expect((await client.statObject('kept', 'k', { versionId: second.versionId ?? '' })).versionId).toBe(second.versionId);
    await client.removeObject('kept', 'k');
    const listed = await all(client.listObjects('kept', '', true, { IncludeVersion: true }));
    expect(listed.filter(({ isDeleteMarker }) => isDeleteMarker)).toHaveLength(1);
    expect(listed).toHaveLength(3);
    await client.setObjectTagging('kept', 'k', { a: '1' }, { versionId: first.versionId ?? '' });
    expect(await client.getObjectTagging('kept', 'k', { versionId: first.versionId ?? '' })).toEqual([{ Key: 'a', Value: 1 }]);
    await client.removeObjects(
      'kept',
      listed.map(({ name, versionId }) => ({ name: name ?? '', versionId: versionId ?? '' })),
    );
    await client.setBucketVersioning('kept', { Status: 'Suspended' });
    await client.removeBucket('kept');
  });

  it('have no settings that are not done here, and say so', async () => {
    const outcomes = {
      policy: await codeOf(client.getBucketPolicy(Bucket)),
      setPolicy: await codeOf(client.setBucketPolicy(Bucket, '{"Version":"2012-10-17","Statement":[]}')),
      replication: await codeOf(client.getBucketReplication(Bucket)),
      removeReplication: await codeOf(client.removeBucketReplication(Bucket)),
      encryption: await codeOf(client.getBucketEncryption(Bucket)),
      setEncryption: await codeOf(client.setBucketEncryption(Bucket)),
      lock: await codeOf(client.getObjectLockConfig(Bucket)),
      setLock: await codeOf(
        client.setObjectLockConfig(Bucket, { mode: RETENTION_MODES.GOVERNANCE, unit: RETENTION_VALIDITY_UNITS.DAYS, validity: 1 }),
      ),
      notification: await codeOf(client.getBucketNotification(Bucket)),
      lockedBucket: await codeOf(client.makeBucket('locked', 'us-east-1', { ObjectLocking: true })),
    };
    expect(outcomes).toEqual({
      policy: 'NoSuchBucketPolicy',
      setPolicy: 'NotImplemented',
      replication: 'ReplicationConfigurationNotFoundError',
      removeReplication: 'NotImplemented',
      encryption: 'ServerSideEncryptionConfigurationNotFoundError',
      setEncryption: 'NotImplemented',
      lock: 'ObjectLockConfigurationNotFoundError',
      setLock: 'NotImplemented',
      notification: 'no error',
      lockedBucket: 'NotImplemented',
    });
    await client.putObject(Bucket, 'held', 'x');
    expect([
      await codeOf(client.getObjectRetention(Bucket, 'held')),
      await codeOf(
        client.putObjectRetention(Bucket, 'held', {
          mode: RETENTION_MODES.GOVERNANCE,
          retainUntilDate: '2030-01-01T00:00:00Z',
          versionId: 'null',
        }),
      ),
      await codeOf(client.getObjectLegalHold(Bucket, 'held')),
      await codeOf(
        client.selectObjectContent(Bucket, 'held', {
          expression: 'select * from s3object',
          expressionType: 'SQL',
          inputSerialization: { CSV: {} },
          outputSerialization: { CSV: {} },
        }),
      ),
    ]).toEqual(['NotImplemented', 'NotImplemented', 'NotImplemented', 'NotImplemented']);
    expect(await read('held')).toBe('x');
  });
});

describe('objects', () => {
  it('go from file to file, small and in parts', async () => {
    for (const [name, sizeBytes] of [
      ['small', 10],
      ['parts', 11 * MIB + 3],
      ['empty', 0],
    ] as const) {
      const bytes = randomBytes(sizeBytes);
      const [from, to] = [join(disk.path, `${name}.txt`), join(disk.path, `${name}.back`)];
      await writeFile(from, bytes);
      const { etag } = await client.fPutObject(Bucket, `file/${name}.txt`, from, { 'x-amz-meta-note': 'ü' });
      if (sizeBytes < 5 * MIB) expect(etag).toBe(createHash('md5').update(bytes).digest('hex'));
      const stat = await client.statObject(Bucket, `file/${name}.txt`);
      expect([stat.size, stat.metaData['content-type']]).toEqual([sizeBytes, 'text/plain']);
      if (sizeBytes > 0) await client.fGetObject(Bucket, `file/${name}.txt`, to);
      expect(sizeBytes === 0 || (await readFile(to)).equals(bytes)).toBe(true);
    }
  });

  it('are read in parts, from anywhere', async () => {
    await client.putObject(Bucket, 'ranges', '0123456789');
    const piece = async (offset: number, length?: number) => text(await client.getPartialObject(Bucket, 'ranges', offset, length));
    expect([await piece(0, 3), await piece(5), await piece(9, 1), await piece(4, 100)]).toEqual(['012', '56789', '9', '456789']);
    expect(await codeOf(client.getPartialObject(Bucket, 'ranges', 20, 1))).toBe('InvalidRange');
  });

  it('come from streams whose size is known or not, with metadata', async () => {
    await client.putObject(Bucket, 'known', Readable.from([Buffer.from('abc')]), 3, {
      'X-Amz-Meta-A': '1',
      'Content-Type': 'text/css',
      'Cache-Control': 'no-store',
    });
    expect((await client.statObject(Bucket, 'known')).metaData).toMatchObject({
      a: '1',
      'content-type': 'text/css',
      'cache-control': 'no-store',
    });
    await client.putObject(Bucket, 'unknown', Readable.from([Buffer.from('de'), Buffer.from('f')]));
    expect([await read('known'), await read('unknown')]).toEqual(['abc', 'def']);
    expect(await codeOf(client.statObject(Bucket, 'none'))).toBe('NotFound');
  });

  it('are listed in both versions, flat and by folder, beyond one page', async () => {
    const names = Array.from({ length: 12 }, (_, at) => `list/${at % 3}/${String(at).padStart(2, '0')}`);
    for (const name of names) await client.putObject(Bucket, name, 'x');
    const flat = await all(client.listObjects(Bucket, 'list/', true));
    expect(flat.map(({ name }) => name)).toEqual(names.toSorted());
    const folders = await all(client.listObjectsV2(Bucket, 'list/', false));
    expect(folders.map(({ prefix }) => prefix)).toEqual(['list/0/', 'list/1/', 'list/2/']);
    const after = await all(client.listObjectsV2(Bucket, 'list/', true, 'list/1/'));
    expect(after.map(({ name }) => name)).toEqual(names.filter((name) => name > 'list/1/').toSorted());
    const page = await client.listObjectsQuery(Bucket, 'list/', '', { Delimiter: '', MaxKeys: 5 });
    expect([page.objects.length, page.isTruncated]).toEqual([5, true]);
    const rich = await all(client.extensions.listObjectsV2WithMetadata(Bucket, 'list/', true, '')).catch(
      (error: { code: string }) => error.code,
    );
    expect(rich).toBe('NotImplemented');
  });

  it('are removed many at a time, also those that are not there', async () => {
    const names = ['many/1', 'many/ü 2', 'many/&<3>'];
    for (const name of names) await client.putObject(Bucket, name, 'x');
    const answers = await client.removeObjects(Bucket, [...names, 'many/none']);
    expect(answers.flat().filter((answer) => answer !== null && answer !== undefined && 'Error' in answer)).toEqual([]);
    expect(await all(client.listObjects(Bucket, 'many/', true))).toEqual([]);
  });
});

describe('copies', () => {
  it('keep to their conditions', async () => {
    const { etag } = await client.putObject(Bucket, 'source', 'bytes');
    const copyWhen = (set: (conditions: CopyConditions) => void) => {
      const conditions = new CopyConditions();
      set(conditions);
      return codeOf(client.copyObject(Bucket, 'copied', `/${Bucket}/source`, conditions));
    };
    const [past, future] = [new Date(0), new Date(Date.now() + 3_600_000)];
    expect(await copyWhen((when) => when.setMatchETag(etag))).toBe('no error');
    expect(await copyWhen((when) => when.setMatchETag('other'))).toBe('PreconditionFailed');
    expect(await copyWhen((when) => when.setMatchETagExcept('other'))).toBe('no error');
    expect(await copyWhen((when) => when.setMatchETagExcept(etag))).toBe('PreconditionFailed');
    expect(await copyWhen((when) => when.setModified(past))).toBe('no error');
    expect(await copyWhen((when) => when.setUnmodified(past))).toBe('PreconditionFailed');
    expect(await copyWhen((when) => when.setUnmodified(future))).toBe('no error');
    await client.copyObject(
      new CopySourceOptions({ Bucket, Object: 'source' }),
      new CopyDestinationOptions({ Bucket, Object: 'renamed', UserMetadata: { a: '1' }, MetadataDirective: 'REPLACE' }),
    );
    expect((await client.statObject(Bucket, 'renamed')).metaData['a']).toBe('1');
    expect(await read('renamed')).toBe('bytes');
  });

  it('are composed of several objects, also large ones', async () => {
    const [large, tail] = [randomBytes(6 * MIB), randomBytes(100)];
    await client.putObject(Bucket, 'compose/1', large);
    await client.putObject(Bucket, 'compose/2', tail);
    const sources = ['compose/1', 'compose/2'].map((name) => new CopySourceOptions({ Bucket, Object: name }));
    await client.composeObject(new CopyDestinationOptions({ Bucket, Object: 'composed' }), sources);
    expect((await buffer(await client.getObject(Bucket, 'composed'))).equals(Buffer.concat([large, tail]))).toBe(true);
    const part = new CopySourceOptions({ Bucket, Object: 'compose/1', MatchRange: true, Start: 0, End: 5 * MIB - 1 });
    await client.composeObject(new CopyDestinationOptions({ Bucket, Object: 'cut' }), [part, ...sources.slice(1)]);
    expect((await buffer(await client.getObject(Bucket, 'cut'))).equals(Buffer.concat([large.subarray(0, 5 * MIB), tail]))).toBe(true);
  });
});

describe('uploads in parts', () => {
  it('are found, listed, taken up again and ended', async () => {
    const id = await client.initiateNewMultipartUpload(Bucket, 'again', { 'Content-Type': 'text/css' });
    expect(await client.findUploadId(Bucket, 'again')).toBe(id);
    const { uploads } = await client.listIncompleteUploadsQuery(Bucket, 'again', '', '', '');
    expect(uploads.map(({ key, uploadId }) => [key, uploadId])).toEqual([['again', id]]);
    const sent = await client.uploadPart(
      { bucketName: Bucket, objectName: 'again', uploadID: id, partNumber: 1, headers: {} },
      Buffer.from('part'),
    );
    await client.completeMultipartUpload(Bucket, 'again', id, [{ part: 1, etag: sent.etag }]);
    expect([await read('again'), (await client.statObject(Bucket, 'again')).metaData['content-type']]).toEqual(['part', 'text/css']);
    const other = await client.initiateNewMultipartUpload(Bucket, 'ended', {});
    await client.abortMultipartUpload(Bucket, 'ended', other);
    expect(await client.findUploadId(Bucket, 'ended')).toBeUndefined();
    await client.initiateNewMultipartUpload(Bucket, 'ended', {});
    await client.removeIncompleteUpload(Bucket, 'ended');
    expect(await all(client.listIncompleteUploads(Bucket, '', true))).toEqual([]);
  });
});

describe('links', () => {
  it('are for one thing each', async () => {
    await client.putObject(Bucket, 'linked', 'by link');
    const get = await client.presignedGetObject(Bucket, 'linked', 60, { 'response-content-type': 'application/json' });
    const answer = await fetch(get);
    expect([answer.headers.get('content-type'), await answer.text()]).toEqual(['application/json', 'by link']);
    expect((await fetch(await client.presignedUrl('HEAD', Bucket, 'linked', 60), { method: 'HEAD' })).status).toBe(200);
    expect((await fetch(get, { method: 'DELETE' })).status).toBe(403);
    expect(await (await fetch(await client.presignedUrl('GET', Bucket, '', 60, { prefix: 'linked' }))).text()).toContain(
      '<Key>linked</Key>',
    );
    expect((await fetch(await client.presignedUrl('DELETE', Bucket, 'linked', 60), { method: 'DELETE' })).status).toBe(204);
    expect(await codeOf(read('linked'))).toBe('NoSuchKey');
    const old = await client.presignedGetObject(Bucket, 'linked', 60, {}, new Date(Date.now() - 120_000));
    expect((await fetch(old)).status).toBe(403);
  });

  it('of forms carry every condition', async () => {
    const policy = client.newPostPolicy();
    policy.setBucket(Bucket);
    policy.setKeyStartsWith('forms/');
    policy.setExpires(new Date(Date.now() + 60_000));
    policy.setContentTypeStartsWith('text/');
    policy.setContentDisposition('inline');
    policy.setContentLengthRange(2, 5);
    policy.setUserMetaData({ key: 'value' });
    const { postURL, formData } = await client.presignedPostPolicy(policy);
    const send = async (file: string, type: string, key: string) => {
      const form = new FormData();
      for (const [name, value] of Object.entries({ ...formData, 'Content-Type': type, key })) form.set(name, value);
      form.set('file', new Blob([file]), 'x');
      return (await fetch(postURL, { method: 'POST', body: form })).status;
    };
    expect(await send('good', 'text/css', 'forms/a')).toBe(204);
    expect((await client.statObject(Bucket, 'forms/a')).metaData).toMatchObject({ key: 'value', 'content-disposition': 'inline' });
    expect([
      await send('good', 'image/png', 'forms/b'),
      await send('good', 'text/css', 'other/b'),
      await send('too long', 'text/css', 'forms/b'),
      await send('x', 'text/css', 'forms/b'),
    ]).toEqual([403, 403, 400, 400]);
  });
});
