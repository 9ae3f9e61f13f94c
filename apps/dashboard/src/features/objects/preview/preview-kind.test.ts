import { expect, test } from 'vitest';
import { previewKind } from './preview-kind.ts';

test.each([
  ['image/png', 'a', 'image'],
  ['image/heic', 'a.heic', 'hex'],
  ['image/svg+xml', 'a.svg', 'image'],
  ['video/mp4', 'a', 'video'],
  ['application/pdf', 'a', 'pdf'],
  ['text/markdown; charset=utf-8', 'a', 'markdown'],
  ['text/html', 'a.html', 'text'],
  ['application/geo+json', 'a', 'json'],
  ['application/xhtml+xml', 'a', 'text'],
  ['application/x-tar', 'a.tar', 'tar'],
  ['application/gzip', 'a.tar.gz', 'tar'],
  ['application/gzip', 'dump.sql.gz', 'hex'],
  [null, 'a/readme.md', 'markdown'],
  ['application/octet-stream', 'photo.JPG', 'image'],
  ['application/octet-stream', 'noext', 'hex'],
  ['application/wasm', 'a.md', 'hex'],
])('%s called %s is shown as %s', (mimeType, path, kind) => {
  expect(previewKind({ mimeType, path, sizeBytes: 1 })).toBe(kind);
});

test('nothing is shown of nothing', () => {
  expect(previewKind({ mimeType: 'text/plain', path: 'a', sizeBytes: 0 })).toBe('none');
});
