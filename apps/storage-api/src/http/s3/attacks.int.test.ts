import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { CreateBucketCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signRequest, type SignedRequest, type SignInput } from '../../testing/sign-s3.ts';
import { S3_ROUTES } from './route.ts';
import { startTestServer, type TestServer } from '../../testing/server.ts';
import { s3Client, TEST_S3 } from '../../testing/s3.ts';

let server: TestServer;
let s3: S3Client;

beforeAll(async () => {
  server = await startTestServer({ s3: TEST_S3 });
  s3 = s3Client(`${server.url}/s3`);
  await s3.send(new CreateBucketCommand({ Bucket: 'b' }));
  await s3.send(new CreateBucketCommand({ Bucket: 'empty' }));
  await s3.send(new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: 'precious', Tagging: 'a=1' }));
});

afterAll(async () => {
  s3.destroy();
  await server.stop();
});

async function send({ url, method, headers, body }: SignedRequest): Promise<string> {
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }), redirect: 'manual' });
  const text = await response.text();
  expect(text).not.toMatch(/xmlns="http[^>]*><(?:Resource|Code)/);
  return `${response.status} ${/<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? ''}`.trim();
}

async function ask(input: SignInput): Promise<string> {
  return send(signRequest(server.url, input));
}

function put(input: Partial<SignInput>): Promise<string> {
  return ask({ method: 'PUT', path: '/s3/b/k', ...input });
}

function post(body: string, query: Record<string, string>, path = '/s3/b'): Promise<string> {
  return ask({ method: 'POST', path, query, body });
}

async function contents(): Promise<string> {
  const { Body, TagCount } = await s3.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' }));
  return `${await Body?.transformToString()} ${TagCount}`;
}

describe('unknown sub-resources and methods', () => {
  it('answer 501 and touch nothing', async () => {
    const subs = [
      'acl',
      'retention',
      'legal-hold',
      'torrent',
      'attributes',
      'restore',
      'policy',
      'cors',
      'lifecycle',
      'website',
      'encryption',
      'x',
    ];
    for (const sub of subs) {
      for (const method of ['GET', 'PUT', 'POST', 'DELETE', 'HEAD', 'PATCH']) {
        for (const path of ['/s3/b/k', '/s3/b', '/s3/empty']) {
          const body = method === 'GET' || method === 'HEAD' ? undefined : 'evil';
          const outcome = await ask({ method, path, query: { [sub]: '' }, ...(body === undefined ? {} : { body }) });
          const isKnown = S3_ROUTES.some((row) => row.method === method && row.selectors.some((selector) => selector === sub));
          const expected = isKnown ? /^(?:400 MalformedXML|404 No|404 Serv|204$|200|400 InvalidArgument|501)/ : /^501/;
          expect([method, path, sub, outcome]).toEqual([method, path, sub, expect.stringMatching(expected)]);
        }
      }
    }
    expect(await ask({ method: 'PATCH', path: '/s3/b/k' })).toBe('501 NotImplemented');
    expect(await contents()).toBe('precious 1');
    expect(await ask({ method: 'HEAD', path: '/s3/empty' })).toBe('200');
  });

  it('and promises that would be broken are refused too', async () => {
    const headers = [
      'x-amz-server-side-encryption',
      'x-amz-server-side-encryption-customer-algorithm',
      'x-amz-object-lock-mode',
      'x-amz-website-redirect-location',
    ];
    for (const name of headers)
      expect(await ask({ method: 'PUT', path: '/s3/b/k', headers: { [name]: 'AES256' }, body: 'evil' })).toBe('501 NotImplemented');
    expect(await put({ headers: { 'x-amz-expected-bucket-owner': 'somebody' }, body: 'evil' })).toBe('403 AccessDenied');
    expect(await ask({ method: 'PUT', path: '/s3/b/k', headers: { 'if-none-match': '"tag"' }, body: 'evil' })).toBe('501 NotImplemented');
    expect(await contents()).toBe('precious 1');
  });
});

describe('bodies that are not what was signed', () => {
  it('are refused by their hash, whatever says so', async () => {
    const sha256 = createHash('sha256').update('other').digest('hex');
    expect(await put({ body: 'evil', contentSha256: sha256 })).toBe('400 XAmzContentSHA256Mismatch');
    expect(await put({ body: 'evil', headers: { 'content-md5': createHash('md5').update('x').digest('base64') } })).toBe('400 BadDigest');
    expect(await put({ body: 'evil', headers: { 'x-amz-checksum-crc32': 'AAAAAA==', 'x-amz-checksum-sha1': 'x' } })).toBe(
      '400 InvalidRequest',
    );
    expect(await put({ body: 'evil', headers: { 'x-amz-sdk-checksum-algorithm': 'CRC9' } })).toBe('400 InvalidRequest');
    expect(await put({ body: 'evil', headers: { 'x-amz-trailer': 'x-amz-checksum-crc32' } })).toBe('400 InvalidRequest');
    expect(await contents()).toBe('precious 1');
  });

  it('are refused when their framing or trailer is wrong', async () => {
    const trailer = { 'x-amz-trailer': 'x-amz-checksum-crc32', 'content-encoding': 'aws-chunked', 'x-amz-decoded-content-length': '4' };
    const streaming = (body: string) => put({ body, contentSha256: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER', headers: trailer });
    const good = '4\r\nevil\r\n0\r\nx-amz-checksum-crc32:';
    expect(await streaming(`${good}AAAAAA==\r\n\r\n`)).toBe('400 BadDigest');
    expect(await streaming('4\r\nevil\r\n0\r\n\r\n')).toBe('400 MalformedTrailerError');
    expect(await streaming('4\r\nevil\r\n')).toBe('400 IncompleteBody');
    expect(await streaming('evil')).toBe('400 IncompleteBody');
    expect(await streaming('5\r\nevil!\r\n0\r\n\r\n')).toBe('400 IncompleteBody');
    const unsized = { 'x-amz-trailer': 'x-amz-checksum-crc32', 'content-encoding': 'aws-chunked' };
    expect(await put({ body: good, contentSha256: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER', headers: unsized })).toBe(
      '411 MissingContentLength',
    );
    expect(await put({ body: good, contentSha256: 'UNSIGNED-PAYLOAD', headers: { 'x-amz-decoded-content-length': '4' } })).toBe(
      '400 InvalidRequest',
    );
    expect(
      await put({ body: good, contentSha256: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD', headers: { 'x-amz-decoded-content-length': '4' } }),
    ).toBe('400 InvalidRequest');
    expect(await contents()).toBe('precious 1');
  });

  it('that are cut off leave nothing', async () => {
    const { headers } = signRequest(server.url, { method: 'PUT', path: '/s3/b/k', contentSha256: 'UNSIGNED-PAYLOAD' });
    const { hostname, port } = new URL(server.url);
    const lines = Object.entries({ ...headers, 'content-length': '1000' }).map(([name, value]) => `${name}: ${value}\r\n`);
    await new Promise<void>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(`PUT /s3/b/k HTTP/1.1\r\n${lines.join('')}\r\nevil`, () => socket.end());
      });
      socket
        .resume()
        .once('close', () => resolve())
        .once('error', reject);
    });
    expect(await contents()).toBe('precious 1');
  });
});

describe('documents', () => {
  it('that are bombs, too large or malformed are refused', async () => {
    const bomb = '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><Delete><Object><Key>&b;</Key></Object></Delete>';
    expect(await post(bomb, { delete: '' })).toBe('400 MalformedXML');
    expect(await post(`<Delete>${'<Object><Key>k</Key></Object>'.repeat(10_000)}</Delete>`, { delete: '' })).toBe('400 MalformedXML');
    expect(await post('<'.repeat(9 * 1024 * 1024), { delete: '' })).toBe('400 MaxMessageLengthExceeded');
    expect(await post('<Delete><Object><Key>k</Key><ETag>"0"</ETag><VersionId>null</VersionId></Object></Delete>', { delete: '' })).toBe(
      '501 NotImplemented',
    );
    expect(await post('', { delete: '' })).toBe('400 MalformedXML');
    expect(await post('<x/>', { uploadId: '00000000-0000-4000-8000-000000000000' }, '/s3/b/k')).toBe('400 MalformedXML');
    expect(await contents()).toBe('precious 1');
  });

  it('need no content type to delete', async () => {
    await s3.send(new PutObjectCommand({ Bucket: 'b', Key: 'gone', Body: 'x' }));
    expect(await post('<Delete><Object><Key>gone</Key></Object></Delete>', { delete: '' })).toBe('200');
    await expect(s3.send(new HeadObjectCommand({ Bucket: 'b', Key: 'gone' }))).rejects.toThrow();
  });
});

describe('targets', () => {
  it('that lead elsewhere or cannot be decoded are refused', async () => {
    const paths = ['/s3/b%2Fk', '/s3/b/..', '/s3/b/a/../k', '/s3/b/%2e%2e/k', '/s3/b/%00', '/s3/b/a%0Ab', '/s3/..%2f', '/s3//k'];
    for (const path of paths) {
      const outcome = await ask({ method: 'PUT', path, rawPath: path, body: 'evil' });
      expect([path, outcome]).toEqual([path, expect.stringMatching(/^(?:400|403|404) /)]);
    }
    expect(await contents()).toBe('precious 1');
  });

  it('below other paths are not taken for S3', async () => {
    const response = await fetch(`${server.url}/s3x/b/k`);
    expect([response.status, response.headers.get('content-type')]).toEqual([404, expect.stringContaining('json')]);
  });
});

describe('requests without a good signature', () => {
  it('get nothing, in XML without a namespace and with real statuses', async () => {
    const response = await fetch(`${server.url}/s3/b/k`);
    expect([response.status, response.headers.get('content-type')]).toEqual([403, 'application/xml']);
    const text = await response.text();
    expect(text).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<Error><Resource>b\/k<\/Resource><Code>AccessDenied<\/Code>/);
    const stale = new Date(Date.now() - 16 * 60_000);
    expect(await ask({ method: 'GET', path: '/s3/b/k', date: stale })).toBe('403 RequestTimeTooSkewed');
    expect(await ask({ method: 'GET', path: '/s3/b/k', secret: 'wrong' })).toBe('403 SignatureDoesNotMatch');
    expect(await ask({ method: 'GET', path: '/s3/b/k', accessKeyId: 'NOBODY' })).toBe('403 InvalidAccessKeyId');
    expect(await ask({ method: 'GET', path: '/s3/b/k', extraHeaders: { 'x-amz-security-token': 'x' } })).toBe('403 AccessDenied');
    expect(await ask({ method: 'GET', path: '/s3/b/k' })).toBe('200');
  });

  it('cannot change a presigned URL in any byte', async () => {
    const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket: 'b', Key: 'k' }), { expiresIn: 60 });
    const start = url.indexOf('/s3/') + 4;
    const accepted: string[] = [];
    for (let at = start; at < url.length; at += 3) {
      const mutant = url.slice(0, at) + (url[at] === '0' ? '1' : '0') + url.slice(at + 1);
      const response = await fetch(mutant);
      await response.arrayBuffer();
      if (response.status < 400 || response.status >= 500) accepted.push(`${response.status} ${mutant}`);
    }
    expect(accepted).toEqual([]);
    expect((await fetch(url)).status).toBe(200);
  });
});

describe('answers', () => {
  it('never let a browser run what was uploaded', async () => {
    await s3.send(new PutObjectCommand({ Bucket: 'b', Key: 'page', Body: '<script>1</script>', ContentType: 'text/html' }));
    const response = await fetch(await getSignedUrl(s3, new GetObjectCommand({ Bucket: 'b', Key: 'page' })));
    expect(response.headers.get('content-security-policy')).toContain('sandbox');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    await s3.send(new PutObjectCommand({ Bucket: 'b', Key: 'page', Body: '' }));
  });

  it('do not split headers', async () => {
    const query = { 'response-content-type': 'text/plain\r\nx-evil: 1' };
    expect(await ask({ method: 'GET', path: '/s3/b/k', query })).toBe('400 InvalidArgument');
  });
});
