import { expect, test } from 'vitest';
import { gatewayPrefixes } from './gateway-prefixes.ts';

test.each([
  ['nothing is said', undefined, ['/storage/v1']],
  ['the URL has no path', 'https://a.example', ['/storage/v1']],
  ['the URL ends with the mount', 'https://a.example/storage/v1/', ['/storage/v1']],
  ['the URL has a path', 'https://a.example/files/', ['/storage/v1', '/files', '/files/storage/v1']],
])('what a gateway may have cut off when %s', (_, publicUrl, prefixes) => {
  expect(gatewayPrefixes(publicUrl)).toEqual(prefixes);
});
