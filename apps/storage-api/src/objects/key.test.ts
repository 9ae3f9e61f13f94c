import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isValidBucketName, isValidKey } from './key.ts';

describe('keys', () => {
  test.each([
    'a',
    'a/b',
    '/',
    '/a',
    'a/',
    'a//b',
    '///',
    'ä/日本語/🎉',
    '.hidden',
    '...',
    '..a',
    'a..',
    'a b',
    '%2e%2e',
    '#?&=',
    '..\\x',
    'x'.repeat(1024),
    'é'.repeat(512),
    '\uFFFD',
  ])('may be %j', (key) => {
    expect(isValidKey(key)).toBe(true);
  });

  test.each(['', '.', '/..', 'a//../b', '..', 'a/../b', './a', 'a\0', 'a\nb', '\u0085', '\ud800', 'x'.repeat(1025), 'é'.repeat(513)])(
    'may not be %j',
    (key) => {
      expect(isValidKey(key)).toBe(false);
    },
  );

  test('that are valid never lead out of a folder', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (key) => {
        const url = new URL(
          `http://host/root/${key
            .split('/')
            .map((segment) => encodeURIComponent(segment.toWellFormed()))
            .join('/')}`,
        );
        return !isValidKey(key) || url.pathname.startsWith('/root/');
      }),
    );
  });
});

describe('bucket names', () => {
  test.each(['a', 'my-bucket.1', 'A_b!(c)', 'x'.repeat(100), 'two words'])('may be %j', (name) => {
    expect(isValidBucketName(name)).toBe(true);
  });
  test.each(['', ' a', 'a ', 'a/b', '..', '.', 'ä', 'x'.repeat(101), 'a\n', 'a#b'])('may not be %j', (name) => {
    expect(isValidBucketName(name)).toBe(false);
  });
});
