import { expect, test } from 'vitest';
import { highlight } from './highlight.ts';

test('code becomes spans with classes around its own text', () => {
  expect(highlight('const a = "<b>";', 'javascript')).toEqual([
    { className: 'hljs-keyword', children: ['const'] },
    ' a = ',
    { className: 'hljs-string', children: ['"<b>"'] },
    ';',
  ]);
});

test('an unknown language is left alone', () => {
  expect(highlight('x', 'nonesuch')).toBeNull();
});
