import { expect, test } from 'vitest';
import { diffLines } from './diff-lines.ts';

const many = (mark: string) => Array.from({ length: 3000 }, (_, index) => `${mark}${index}`).join('\n');
const SIGNS = { same: ' ', removed: '-', added: '+' } as const;
const shown = (before: string, after: string) => diffLines(before, after)?.map(({ kind, text }) => SIGNS[kind] + text);

test.each([
  ['a\nb\nc', 'a\nx\nc', [' a', '-b', '+x', ' c']],
  ['a\nb', 'a\nb', [' a', ' b']],
  ['a', 'a\nb', [' a', '+b']],
  ['a\na\nb', 'a\nb', [' a', '-a', ' b']],
  ['one\ntwo\nthree\nfour', 'two\nthree\nfive', ['-one', ' two', ' three', '-four', '+five']],
])('%j to %j', (before, after, lines) => {
  expect(shown(before, after)).toEqual(lines);
});

test('too much is not compared', () => {
  expect(diffLines(many('a'), many('b'))).toBeNull();
});
