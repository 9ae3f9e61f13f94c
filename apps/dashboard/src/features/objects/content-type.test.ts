import { expect, test } from 'vitest';
import { contentTypeOf } from './content-type.ts';

test.each([
  ['a.png', 'image/png', 'image/png'],
  ['notes.md', '', 'text/markdown'],
  ['main.ts', 'video/mp2t', 'text/plain'],
  ['noext', '', 'application/octet-stream'],
])('%s with browser type %j is stored as %s', (name, type, expected) => {
  expect(contentTypeOf({ name, type })).toBe(expected);
});
