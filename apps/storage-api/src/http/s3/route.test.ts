import { describe, expect, it } from 'vitest';
import { parseQuery } from '../../access/sigv4/canonical.ts';
import { S3Error } from '../../access/sigv4/s3-error.ts';
import { bucketOfHost } from './virtual-host.ts';
import { findOperation, parseTarget, S3_ROUTES } from './route.ts';

function ask(method: string, url: string, presigned = false): string {
  const [path = '', query = ''] = url.split('?');
  try {
    return findOperation(method, parseTarget(path).level, parseQuery(query), presigned);
  } catch (error) {
    if (error instanceof S3Error) return error.s3Code;
    throw error;
  }
}

describe('the routing table', () => {
  it('finds every operation by its own selectors', () => {
    const paths = { service: '/', bucket: '/b', object: '/b/k' };
    for (const { method, level, operation, selectors } of S3_ROUTES) {
      expect(ask(method, `${paths[level]}?${[...selectors, 'x-id=Anything'].join('&')}`)).toBe(operation);
    }
  });

  it('tells multipart parts, listings and plain requests apart', () => {
    expect(ask('PUT', '/b/k?partNumber=1&uploadId=u')).toBe('UploadPart');
    expect(ask('GET', '/b/?list-type=2&prefix=a&max-keys=3')).toBe('ListObjectsV2');
    expect(ask('GET', '/b?prefix=a&marker=b')).toBe('ListObjects');
    expect(ask('PUT', '/b/k')).toBe('PutObject');
  });

  it('refuses unknown sub-resources, parameters and methods instead of falling through', () => {
    const subResources = [
      'policy',
      'lifecycle&acl',
      'website',
      'logging',
      'notification',
      'replication',
      'encryption',
      'object-lock',
      'tagging&acl',
      'torrent',
      'attributes',
      'legal-hold',
      'retention',
      'restore',
      'select&select-type=2',
      'publicAccessBlock',
      'ownershipControls',
      'accelerate',
      'requestPayment',
      'analytics',
      'inventory',
      'metrics',
      'intelligent-tiering',
      'policyStatus',
      'nonsense',
      'cors&acl',
      'partNumber=1&tagging',
      'uploadId=u&tagging',
      'uploads&uploadId=u',
      'Tagging',
      'x-amz-acl=private',
    ];
    expect([ask('GET', '/b?acl'), ask('GET', '/b/k?acl'), ask('GET', '/b/k?attributes')]).toEqual([
      'GetBucketAcl',
      'GetObjectAcl',
      'GetObjectAttributes',
    ]);
    expect([ask('POST', '/b?acl'), ask('DELETE', '/b/k?acl'), ask('PUT', '/b/k?cors'), ask('DELETE', '/b/k?policy')]).toEqual(
      Array.from({ length: 4 }, () => 'NotImplemented'),
    );
    for (const method of ['PUT', 'POST', 'DELETE', 'HEAD']) {
      for (const sub of subResources) {
        for (const path of ['/b', '/b/k'])
          expect([method, path, sub, ask(method, `${path}?${sub}`)]).toEqual([method, path, sub, 'NotImplemented']);
      }
    }
    for (const method of ['PATCH', 'OPTIONS', 'get', 'PROPFIND', 'POST']) expect(ask(method, '/b/k')).toBe('NotImplemented');
  });

  it('lets hoisted headers pass in presigned URLs only', () => {
    expect(ask('PUT', '/b/k?x-amz-acl=private&X-Amz-Signature=s', true)).toBe('PutObject');
    expect(ask('PUT', '/b/k?x-amz-acl=private')).toBe('NotImplemented');
  });

  it('takes the bucket from the host, and then all of the path for the key', () => {
    expect(parseTarget('/a%2Fb//c', 'photos')).toEqual({ level: 'object', bucket: 'photos', key: 'a/b//c' });
    expect(parseTarget('/', 'photos')).toEqual({ level: 'bucket', bucket: 'photos', key: '' });
    const domains = ['s3.example.org', 'LOCALHOST'];
    expect(bucketOfHost('photos.S3.example.org:9000', domains)).toBe('photos');
    expect(bucketOfHost('a.b.localhost', domains)).toBe('a.b');
    for (const host of ['s3.example.org', '.s3.example.org', 'photos.s3.example.org.evil', 'xs3.example.org', '']) {
      expect(bucketOfHost(host, domains)).toBeNull();
    }
  });

  it('takes keys as they are, without normalising', () => {
    expect(parseTarget('/b/a//../%2e%2e/c%2Fd/')).toEqual({ level: 'object', bucket: 'b', key: 'a//../../c/d/' });
    expect(parseTarget('/b/')).toEqual({ level: 'bucket', bucket: 'b', key: '' });
    expect(() => parseTarget('/b%2Fk')).toThrow(S3Error);
    expect(() => parseTarget('//k')).toThrow(S3Error);
    expect(() => parseTarget('/b/%ff')).toThrow(S3Error);
  });
});
