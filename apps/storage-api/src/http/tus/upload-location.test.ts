import { describe, expect, it } from 'vitest';
import { type LocationRequest, uploadLocation } from './upload-location.ts';

const ROUTE = '/upload/resumable';
const at = (request: Partial<LocationRequest>) =>
  uploadLocation(
    { headers: { host: 'internal:5000' }, originalPath: ROUTE, isEncrypted: false, publicUrl: undefined, ...request },
    ROUTE,
    'ID',
  );

describe('uploadLocation', () => {
  it.each<[string, Partial<LocationRequest>, string]>([
    ['without a proxy', {}, 'http://internal:5000/upload/resumable/ID'],
    ['under the client path', { originalPath: '/storage/v1/upload/resumable' }, 'http://internal:5000/storage/v1/upload/resumable/ID'],
    ['over TLS', { isEncrypted: true }, 'https://internal:5000/upload/resumable/ID'],
    ['at the configured URL', { publicUrl: 'https://files.example.com' }, 'https://files.example.com/storage/v1/upload/resumable/ID'],
    ['at a configured URL with the client path', { publicUrl: 'https://a.b/storage/v1/' }, 'https://a.b/storage/v1/upload/resumable/ID'],
    [
      'at the configured URL whatever a proxy says',
      {
        publicUrl: 'https://a.b',
        headers: { host: 'x', 'x-forwarded-host': 'evil.example' },
        originalPath: '/storage/v1/upload/resumable',
      },
      'https://a.b/storage/v1/upload/resumable/ID',
    ],
  ])('%s', (_name, request, expected) => {
    expect(at(request)).toBe(expected);
  });

  it.each<[string, Record<string, string>, string]>([
    ['host and scheme', { 'x-forwarded-host': 'a.b', 'x-forwarded-proto': 'https' }, 'https://a.b/upload/resumable/ID'],
    ['a port', { 'x-forwarded-host': 'a.b', 'x-forwarded-port': '8443' }, 'http://a.b:8443/upload/resumable/ID'],
    ['a port over the one in the host', { 'x-forwarded-host': 'a.b:1', 'x-forwarded-port': '8443' }, 'http://a.b:8443/upload/resumable/ID'],
    ['the default port', { 'x-forwarded-host': 'a.b', 'x-forwarded-port': '443' }, 'http://a.b/upload/resumable/ID'],
    ['the first of several', { 'x-forwarded-host': 'a.b, c.d', 'x-forwarded-proto': 'https, http' }, 'https://a.b/upload/resumable/ID'],
    ['a prefix', { 'x-forwarded-prefix': '/storage/v1/' }, 'http://internal:5000/storage/v1/upload/resumable/ID'],
    ['the standard header', { forwarded: 'for=1.2.3.4;proto=https;host="a.b:8"' }, 'https://a.b:8/upload/resumable/ID'],
    ['an address', { 'x-forwarded-host': '[::1]:5000' }, 'http://[::1]:5000/upload/resumable/ID'],
  ])('follows %s', (_name, headers, expected) => {
    expect(at({ headers: { host: 'internal:5000', ...headers } })).toBe(expected);
  });

  it('does not repeat a prefix that the proxy left in the path', () => {
    const headers = { host: 'a.b', 'x-forwarded-prefix': '/storage/v1' };
    expect(at({ headers, originalPath: '/storage/v1/upload/resumable' })).toBe('http://a.b/storage/v1/upload/resumable/ID');
  });

  it.each([
    { 'x-forwarded-host': 'a.b/evil' },
    { 'x-forwarded-host': 'a.b@evil' },
    { 'x-forwarded-proto': 'javascript' },
    { 'x-forwarded-prefix': '//evil' },
    { 'x-forwarded-prefix': 'http://evil' },
    { 'x-forwarded-host': 'a b' },
  ])('ignores %o', (headers) => {
    expect(at({ headers: { host: 'internal:5000', ...headers } })).toBe('http://internal:5000/upload/resumable/ID');
  });

  it('is a path alone when no host is usable', () => {
    expect(at({ headers: {} })).toBe('/upload/resumable/ID');
  });
});
