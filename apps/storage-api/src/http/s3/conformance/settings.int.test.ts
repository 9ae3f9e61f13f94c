import {
  type BucketLifecycleConfiguration,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketLifecycleCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  type LifecycleRule,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { s3Client, s3ErrorOf, type S3Bench, startS3Bench } from '../../../testing/s3.ts';
import { headerWire, sendWire } from '../../../testing/s3-wire.ts';

let bench: S3Bench;
let s3: S3Bench['s3'];
beforeAll(async () => {
  bench = await startS3Bench();
  ({ s3 } = bench);
});
afterAll(() => bench.stop());

const Bucket = 'main';
const create = (name: string) => s3ErrorOf(s3.send(new CreateBucketCommand({ Bucket: name })));
const setRules = (...Rules: LifecycleRule[]) =>
  s3ErrorOf(s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } })));
const rule = (extra: Partial<LifecycleRule> = {}): LifecycleRule => ({
  ID: 'rule1',
  Status: 'Enabled',
  Filter: { Prefix: 'test1/' },
  Expiration: { Days: 1 },
  ...extra,
});

/** A document that no SDK would make. */
async function putDocument(resource: string, body: string): Promise<string> {
  const { url } = bench.server;
  const { status, code } = await sendWire(url, headerWire(url, { method: 'PUT', path: `/s3/${Bucket}`, query: { [resource]: '' }, body }));
  return `${status} ${code}`.trim();
}

describe('a bucket', () => {
  it('is made, found, told where it is, and removed once', async () => {
    expect(await create('one-bucket')).toBe('no error');
    expect(await create('one-bucket')).toBe('409 BucketAlreadyOwnedByYou');
    expect((await s3.send(new HeadBucketCommand({ Bucket: 'one-bucket' }))).BucketRegion).toBe('us-east-1');
    expect((await s3.send(new GetBucketLocationCommand({ Bucket: 'one-bucket' }))).LocationConstraint ?? '').toBe('');
    expect((await s3.send(new ListObjectsV2Command({ Bucket: 'one-bucket' }))).KeyCount).toBe(0);
    await s3.send(new DeleteBucketCommand({ Bucket: 'one-bucket' }));
    for (const command of [new DeleteBucketCommand({ Bucket: 'one-bucket' }), new ListObjectsCommand({ Bucket: 'one-bucket' })]) {
      expect(await s3ErrorOf(s3.send(command))).toBe('404 NoSuchBucket');
    }
    expect(await s3ErrorOf(s3.send(new HeadBucketCommand({ Bucket: 'one-bucket' })))).toMatch(/^404 /);
    expect(await s3ErrorOf(s3.send(new PutObjectCommand({ Bucket: 'one-bucket', Key: 'k', Body: 'x' })))).toBe('404 NoSuchBucket');
  });

  it('may have any name of S3, from three characters to sixty-three', async () => {
    for (const name of ['abc', 'a'.repeat(60), 'a'.repeat(63), 'with.dots', '5tarts-with-a-digit', 'a-b-c', 'x1.y2-z3']) {
      expect([name, await create(name)]).toEqual([name, 'no error']);
      expect((await s3.send(new ListObjectsV2Command({ Bucket: name }))).KeyCount).toBe(0);
    }
    const { Buckets = [], Owner } = await s3.send(new ListBucketsCommand({}));
    expect(Buckets.map(({ Name }) => Name)).toContain('with.dots');
    expect(Owner?.ID).toBe('stub');
  });

  it('is hidden from a wrong key and from nobody', async () => {
    const credentials = { accessKeyId: 'NOBODY', secretAccessKey: 'x' };
    const stranger = s3Client(`${bench.server.url}/s3`, { credentials });
    expect(await s3ErrorOf(stranger.send(new ListBucketsCommand({})))).toBe('403 InvalidAccessKeyId');
    stranger.destroy();
    const wrong = s3Client(`${bench.server.url}/s3`, { credentials: { accessKeyId: 'TESTACCESSKEY0000001', secretAccessKey: 'x' } });
    expect(await s3ErrorOf(wrong.send(new ListObjectsCommand({ Bucket })))).toBe('403 SignatureDoesNotMatch');
    wrong.destroy();
    const anonymous = await fetch(`${bench.server.url}/s3/main`);
    expect([anonymous.status, await anonymous.text()]).toEqual([403, expect.stringContaining('<Code>AccessDenied<')]);
  });
});

const rules = () => s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));

describe('lifecycle rules', () => {
  it('are kept as they are set, whether by filter or by prefix', async () => {
    expect(await s3ErrorOf(rules())).toBe('404 NoSuchLifecycleConfiguration');
    const both = [rule(), rule({ ID: 'rule2', Filter: { Prefix: 'test2/' }, Expiration: { Days: 120 }, Status: 'Disabled' })];
    expect(await setRules(...both)).toBe('no error');
    expect((await rules()).Rules).toEqual(both);
    const old: BucketLifecycleConfiguration['Rules'] = [{ Status: 'Enabled', Prefix: 'old/', Expiration: { Days: 31 } }];
    expect(await setRules(...old)).toBe('no error');
    expect((await rules()).Rules).toEqual([
      { ID: expect.stringMatching(/./), Status: 'Enabled', Filter: { Prefix: 'old/' }, Expiration: { Days: 31 } },
    ]);
    const rich = rule({
      Filter: { And: { Prefix: 'p/', Tags: [{ Key: 'a', Value: 'b' }], ObjectSizeGreaterThan: 500, ObjectSizeLessThan: 64_000 } },
      NoncurrentVersionExpiration: { NoncurrentDays: 2, NewerNoncurrentVersions: 5 },
    });
    expect(
      await setRules(rich, rule({ ID: 'r2', Filter: { Prefix: '' }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 } })),
    ).toBe('no error');
    expect((await rules()).Rules?.[0]).toEqual(rich);
    await s3.send(new DeleteBucketLifecycleCommand({ Bucket }));
    expect(await s3ErrorOf(rules())).toBe('404 NoSuchLifecycleConfiguration');
  });

  it('that cannot be are refused, and the old ones stay', async () => {
    expect(await setRules(rule())).toBe('no error');
    expect(await setRules(rule({ ID: 'a'.repeat(256) }))).toBe('400 InvalidArgument');
    expect(await setRules(rule({ ID: 'a'.repeat(255) }))).toBe('no error');
    expect(await setRules(rule(), rule())).toBe('400 InvalidArgument');
    expect(await setRules(rule({ Expiration: { Days: 0 } }))).toBe('400 InvalidArgument');
    expect(await setRules(rule({ Expiration: { Days: -1 } }))).toBe('400 InvalidArgument');
    expect(await setRules(rule({ NoncurrentVersionExpiration: { NoncurrentDays: 0 } }))).toBe('400 InvalidArgument');
    for (const status of ['enabled', 'disabled', 'invalid', '']) {
      const document = `<LifecycleConfiguration><Rule><ID>x</ID><Status>${status}</Status><Filter/><Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>`;
      expect([status, await putDocument('lifecycle', document)]).toEqual([status, '400 MalformedXML']);
    }
    for (const date of ['20200101', 'tomorrow', '2020-13-01T00:00:00Z']) {
      const document = `<LifecycleConfiguration><Rule><Status>Enabled</Status><Filter/><Expiration><Date>${date}</Date></Expiration></Rule></LifecycleConfiguration>`;
      expect([date, await putDocument('lifecycle', document)]).toEqual([date, expect.stringMatching(/^400 /)]);
    }
    expect(await setRules(rule({ Expiration: { Date: new Date('2030-01-01T00:00:00Z') } }))).toBe('no error');
    expect(await setRules(rule({ Expiration: { Date: new Date('2030-01-01T10:00:00Z') } }))).toBe('400 InvalidArgument');
    expect(await setRules(rule({ Transitions: [{ Days: 1, StorageClass: 'GLACIER' }] }))).toBe('501 NotImplemented');
    expect((await rules()).Rules?.[0]?.Expiration?.Date).toEqual(new Date('2030-01-01T00:00:00Z'));
  });
});

const askFrom = async (method: string, origin: string, wanted?: string) => {
  const headers = { origin, ...(wanted === undefined ? {} : { 'access-control-request-method': wanted }) };
  const response = await fetch(`${bench.server.url}/s3/main/none`, { method, headers });
  await response.arrayBuffer();
  return [response.status, response.headers.get('access-control-allow-origin'), response.headers.get('access-control-allow-methods')];
};

describe('x-amz-expiration', () => {
  it('tells when a rule deletes what is written or read, and by which rule', async () => {
    await s3.send(new CreateBucketCommand({ Bucket: 'expiring' }));
    const setOf = (...Rules: LifecycleRule[]) =>
      s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket: 'expiring', LifecycleConfiguration: { Rules } }));
    const told = async (Key: string) => (await s3.send(new HeadObjectCommand({ Bucket: 'expiring', Key }))).Expiration;
    const put = (Key: string, Tagging?: string) => s3.send(new PutObjectCommand({ Bucket: 'expiring', Key, Body: 'x', Tagging }));
    await setOf(rule({ ID: 'by prefix', Filter: { Prefix: 'days1/' } }));
    const { Expiration = '' } = await put('days1/foo');
    const [, date = '', id] = /^expiry-date="(.+)", rule-id="(.+)"$/.exec(Expiration) ?? [];
    const ageMs = Date.parse(date) - Date.now();
    expect([id, date.endsWith(' 00:00:00 GMT'), ageMs > 86_000_000, ageMs <= 2 * 86_400_000]).toEqual(['by%20prefix', true, true, true]);
    expect([await told('days1/foo'), (await put('other')).Expiration, await told('other')]).toEqual([Expiration, undefined, undefined]);
    const { Expiration: read } = await s3.send(new GetObjectCommand({ Bucket: 'expiring', Key: 'days1/foo' }));
    expect(read).toBe(Expiration);
    await put('tagged', 'key1=tag1&key5=tag5');
    await setOf(rule({ Filter: { Tag: { Key: 'key1', Value: 'tag1' } } }));
    expect([await told('tagged'), await told('days1/foo')]).toEqual([expect.stringContaining('rule-id="rule1"'), undefined]);
    const both = [
      { Key: 'key1', Value: 'tag1' },
      { Key: 'key5', Value: 'tag6' },
    ];
    await setOf(rule({ Filter: { And: { Tags: both } } }));
    expect(await told('tagged')).toBeUndefined();
  });
});

describe('CORS', () => {
  it('matches origins by one star, on every answer and every preflight', async () => {
    const CORSRules = [
      { AllowedMethods: ['GET'], AllowedOrigins: ['*suffix'] },
      { AllowedMethods: ['GET'], AllowedOrigins: ['start*end'] },
      { AllowedMethods: ['GET'], AllowedOrigins: ['prefix*'] },
      { AllowedMethods: ['PUT'], AllowedOrigins: ['*.put'] },
    ];
    await s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }));
    await expect.poll(() => askFrom('GET', 'foo.suffix'), { timeout: 15_000 }).toEqual([403, 'foo.suffix', 'GET']);
    const good = ['foo.suffix', 'startend', 'start1end', 'start12end', 'prefix', 'prefix.suffix'];
    const bad = ['foo.bar', 'foo.suffix.get', '0start12end', 'bla.prefix', 'foo.put'];
    for (const origin of good) {
      expect([origin, await askFrom('GET', origin)]).toEqual([origin, [403, origin, 'GET']]);
      expect([origin, await askFrom('OPTIONS', origin, 'GET')]).toEqual([origin, [200, origin, 'GET']]);
      expect([origin, await askFrom('OPTIONS', origin, 'PUT')]).toEqual([origin, [403, null, null]]);
    }
    for (const origin of bad) {
      expect([origin, await askFrom('GET', origin)]).toEqual([origin, [403, null, null]]);
      expect([origin, await askFrom('OPTIONS', origin, 'GET')]).toEqual([origin, [403, null, null]]);
    }
    expect(await askFrom('PUT', 'foo.put')).toEqual([403, 'foo.put', 'PUT']);
    expect(await askFrom('OPTIONS', 'foo.put', 'PUT')).toEqual([200, 'foo.put', 'PUT']);
    expect((await askFrom('OPTIONS', 'foo.suffix'))[0]).toBe(400);
  });

  it('names every origin by a star where all are allowed, and refuses headers that no rule names', async () => {
    const CORSRules = [{ AllowedMethods: ['GET'], AllowedOrigins: ['*'], ExposeHeaders: ['x-amz-meta-header1'] }];
    await s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }));
    const ask = async () => {
      const response = await fetch(`${bench.server.url}/s3/main`, { headers: { origin: 'example.origin' } });
      await response.arrayBuffer();
      return [response.headers.get('access-control-allow-origin'), response.headers.get('access-control-expose-headers')];
    };
    await expect.poll(ask, { timeout: 15_000 }).toEqual(['*', 'x-amz-meta-header1']);
    const headers = {
      origin: 'example.origin',
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'x-amz-meta-header2',
    };
    const preflight = await fetch(`${bench.server.url}/s3/main/k`, { method: 'OPTIONS', headers });
    await preflight.arrayBuffer();
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([403, null]);
  });
});
