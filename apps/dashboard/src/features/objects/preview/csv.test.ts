import { expect, test } from 'vitest';
import { parseCsv } from './csv.ts';

test.each([
  [
    'a,b\n1,2\n',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    'a;b\r\n1;"x;y"\r\n',
    [
      ['a', 'b'],
      ['1', 'x;y'],
    ],
  ],
  [
    'a\tb\n"say ""hi""\nthere"\t2',
    [
      ['a', 'b'],
      ['say "hi"\nthere', '2'],
    ],
  ],
  [
    'a,b\n,',
    [
      ['a', 'b'],
      ['', ''],
    ],
  ],
  ['', []],
])('%j', (text, rows) => {
  expect(parseCsv(text, 100)).toEqual(rows);
});

test('stops where it is told', () => {
  expect(parseCsv('a\nb\nc\n', 2)).toEqual([['a'], ['b']]);
});
