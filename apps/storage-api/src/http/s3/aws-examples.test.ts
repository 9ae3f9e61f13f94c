import { describe, expect, it } from 'vitest';
import { AwsChunkedDecoder } from './body/aws-chunked.ts';
import { type Pairs, parseQuery, splitTarget } from '../../access/sigv4/canonical.ts';
import { SigningKeys } from '../../access/sigv4/signing-key.ts';
import { verifyRequest, type VerifiedRequest } from '../../access/sigv4/verify-request.ts';

const ACCESS_KEY = 'AKIAIOSFODNN7EXAMPLE';
const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const DATE: Pairs = [['x-amz-date', '20130524T000000Z']];
const HOST: Pairs = [['host', 'examplebucket.s3.amazonaws.com']];
const SCOPE = 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request';

function verify(method: string, target: string, headers: Pairs): Promise<VerifiedRequest<string>> {
  const { rawPath, rawQuery } = splitTarget(target);
  return verifyRequest(
    { method, rawPath, query: parseQuery(rawQuery), headers },
    {
      resolveCredentials: async (accessKeyId) => (accessKeyId === ACCESS_KEY ? { secrets: [SECRET], identify: async () => 'aws' } : null),
      signingKeys: new SigningKeys(),
      now: () => Date.parse('2013-05-24T00:00:00Z'),
      enforcedRegion: 'us-east-1',
      strippedPathPrefixes: [],
      trustForwardedHost: false,
    },
  );
}

function authorization(signedHeaders: string, signature: string): readonly [string, string] {
  return ['authorization', `AWS4-HMAC-SHA256 Credential=${SCOPE},SignedHeaders=${signedHeaders},Signature=${signature}`];
}

/** The worked examples in Amazon's documentation of Signature Version 4 for S3. */
describe('the examples Amazon publishes', () => {
  it('verify: get object with a range', async () => {
    const signature = 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41';
    const headers = [...HOST, ...DATE, ['range', 'bytes=0-9'], ['x-amz-content-sha256', EMPTY]] as const;
    const signed = authorization('host;range;x-amz-content-sha256;x-amz-date', signature);
    expect((await verify('GET', '/test.txt', [...headers, signed])).identity).toBe('aws');
  });

  it('verify: get bucket with a sub-resource and list with parameters', async () => {
    const headers = [...HOST, ...DATE, ['x-amz-content-sha256', EMPTY]] as const;
    const names = 'host;x-amz-content-sha256;x-amz-date';
    const lifecycle = authorization(names, 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543');
    expect((await verify('GET', '/?lifecycle', [...headers, lifecycle])).identity).toBe('aws');
    const list = authorization(names, '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7');
    expect((await verify('GET', '/?max-keys=2&prefix=J', [...headers, list])).identity).toBe('aws');
  });

  it('verify: a presigned URL', async () => {
    const query = new URLSearchParams({
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': SCOPE,
      'X-Amz-Date': '20130524T000000Z',
      'X-Amz-Expires': '86400',
      'X-Amz-SignedHeaders': 'host',
      'X-Amz-Signature': 'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
    });
    expect((await verify('GET', `/test.txt?${query.toString()}`, HOST)).presigned).toBe(true);
  });

  it('verify: an upload in signed chunks, down to the last signature', async () => {
    const headers: Pairs = [
      ['host', 's3.amazonaws.com'],
      ...DATE,
      ['x-amz-storage-class', 'REDUCED_REDUNDANCY'],
      ['x-amz-content-sha256', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD'],
      ['content-encoding', 'aws-chunked'],
      ['x-amz-decoded-content-length', '66560'],
      ['content-length', '66824'],
      authorization(
        'content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class',
        '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
      ),
    ];
    const { chunkSeed } = await verify('PUT', '/examplebucket/chunkObject.txt', headers);
    const signatures = [
      'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648',
      '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497',
      'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9',
    ];
    const chunks = ['a'.repeat(65_536), 'a'.repeat(1024), ''];
    const body = chunks.map((chunk, index) => `${chunk.length.toString(16)};chunk-signature=${signatures[index]}\r\n${chunk}\r\n`).join('');
    expect(body).toHaveLength(66_824);
    const decoder = new AwsChunkedDecoder({ decodedBytes: 66_560, seed: chunkSeed, trailer: null });
    expect(Buffer.concat([...decoder.decode(Buffer.from(body))])).toHaveLength(66_560);
    decoder.finish();
  });
});
