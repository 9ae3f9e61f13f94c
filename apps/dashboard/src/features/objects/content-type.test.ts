import { expect, test } from 'vitest';
import { contentTypeOf, previewKindOf } from './content-type.ts';

test.each([
  ['a.png', 'image/png', 'image/png'],
  ['notes.md', '', 'text/markdown'],
  ['main.ts', 'video/mp2t', 'text/plain'],
  ['noext', '', 'application/octet-stream'],
])('%s with browser type %j is stored as %s', (name, type, expected) => {
  expect(contentTypeOf({ name, type })).toBe(expected);
});

test.each([
  ['image/png', 'image'],
  ['image/svg+xml', 'image'],
  ['image/tiff', 'none'],
  ['text/html; charset=utf-8', 'text'],
  ['application/json', 'text'],
  ['application/ld+json', 'text'],
  ['application/pdf', 'none'],
  [null, 'none'],
])('%s is previewed as %s', (mimeType, kind) => {
  expect(previewKindOf(mimeType)).toBe(kind);
});
