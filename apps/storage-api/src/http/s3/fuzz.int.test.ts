import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { assert, asyncProperty, constantFrom, dictionary, oneof, option, record, string } from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signRequest } from '../../testing/sign-s3.ts';
import { startTestServer, type TestServer } from '../../testing/server.ts';
import { s3Client, TEST_S3 } from '../../testing/s3.ts';

const RUNS = Number(process.env['SUPASTOR_FUZZ_RUNS'] ?? '400');

let server: TestServer;
let s3: S3Client;

beforeAll(async () => {
  server = await startTestServer({ s3: TEST_S3 });
  s3 = s3Client(`${server.url}/s3`);
  await s3.send(new CreateBucketCommand({ Bucket: 'fuzz' }));
  await s3.send(new PutObjectCommand({ Bucket: 'fuzz', Key: 'k', Body: 'x' }));
  // Keeps the bucket from being empty, so that no request may delete it.
  await s3.send(new PutObjectCommand({ Bucket: 'fuzz', Key: 'stays', Body: 'x' }));
});

afterAll(async () => {
  s3.destroy();
  await server.stop();
});

const anything = string({ unit: 'binary', maxLength: 20 });
const number = constantFrom('0', '1', '-1', '2147483648', '99999999999999999999', 'NaN', '1e9', '0x10', ' 1', '');
const params = constantFrom(
  'prefix',
  'delimiter',
  'marker',
  'max-keys',
  'encoding-type',
  'list-type',
  'continuation-token',
  'start-after',
  'fetch-owner',
  'uploads',
  'key-marker',
  'upload-id-marker',
  'max-uploads',
  'uploadId',
  'partNumber',
  'max-parts',
  'part-number-marker',
  'versionId',
  'versions',
  'version-id-marker',
  'delete',
  'tagging',
  'location',
  'versioning',
  'response-content-type',
  'response-expires',
  'max-buckets',
  'acl',
);
const headerNames = constantFrom(
  'range',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'content-md5',
  'content-type',
  'content-encoding',
  'x-amz-acl',
  'x-amz-tagging',
  'x-amz-copy-source',
  'x-amz-copy-source-range',
  'x-amz-copy-source-if-match',
  'x-amz-copy-source-if-modified-since',
  'x-amz-meta-a',
  'x-amz-metadata-directive',
  'x-amz-checksum-crc32',
  'x-amz-checksum-algorithm',
  'x-amz-checksum-type',
  'x-amz-sdk-checksum-algorithm',
  'x-amz-trailer',
  'x-amz-decoded-content-length',
  'x-amz-storage-class',
  'x-amz-mp-object-size',
  'x-amz-checksum-mode',
);
const headerValue = oneof(
  number,
  constantFrom('/fuzz/k', 'fuzz%2Fk', '*', '"x"', 'CRC32', 'COPY', 'REPLACE', 'bytes=0-0', 'bytes=5-1'),
  string({ maxLength: 20 }),
);
const documents = constantFrom(
  '',
  '<',
  '<Delete/>',
  '<Delete><Object><Key>\u0001</Key></Object></Delete>',
  '<Tagging><TagSet/></Tagging>',
  '<CompleteMultipartUpload/>',
  '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>',
  '<CreateBucketConfiguration/>',
);

describe('signed requests of any shape', () => {
  it('never get a 5xx but 501, and never hang', async () => {
    const request = record({
      method: constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD'),
      bucket: oneof(constantFrom('fuzz', 'fuzz', 'fuzz', 'none', ''), anything),
      key: option(oneof(constantFrom('k', 'other/', 'a//b'), anything)),
      query: dictionary(params, oneof(number, anything, constantFrom('', '2', 'url', 'true', '00000000-0000-4000-8000-000000000000')), {
        maxKeys: 3,
      }),
      headers: dictionary(headerNames, headerValue, { maxKeys: 2 }),
      body: oneof(documents, anything),
      contentSha256: option(
        constantFrom('UNSIGNED-PAYLOAD', 'STREAMING-UNSIGNED-PAYLOAD-TRAILER', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD', 'x'),
      ),
    });
    await assert(
      asyncProperty(request, async ({ method, bucket, key, query, headers, body, contentSha256 }) => {
        const path = `/s3/${[bucket, ...(key === null ? [] : key.split('/'))].map(encode).join('/')}`;
        const sendable = Object.fromEntries(
          Object.entries(headers).map(([name, value]) => [name, value.replaceAll(/[^\x20-\x7e]| {2,}/g, '').trim()]),
        );
        const withBody = method === 'GET' || method === 'HEAD' ? {} : { body: body.toWellFormed() };
        const signed = signRequest(server.url, {
          method,
          path,
          query: Object.fromEntries(Object.entries(query).map(([name, value]) => [name, value.toWellFormed()])),
          headers: sendable,
          ...withBody,
          ...(contentSha256 === null ? {} : { contentSha256 }),
        });
        const response = await fetch(signed.url, { method, headers: signed.headers, ...withBody, signal: AbortSignal.timeout(20_000) });
        await response.arrayBuffer();
        expect(response.status === 501 || response.status < 500).toBe(true);
        expect(response.headers.get('x-amz-request-id')).not.toBeNull();
      }),
      { numRuns: RUNS },
    );
    const alive = await fetch(`${server.url}/health/ready`);
    expect(alive.status).toBe(200);
  });

  it('leave the server able to answer', async () => {
    await s3.send(new PutObjectCommand({ Bucket: 'fuzz', Key: 'after', Body: 'x' }));
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'fuzz', Key: 'after' }));
    expect(await Body?.transformToString()).toBe('x');
  });
});

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
