import { expect, test } from 'vitest';
import { sparkPath } from './spark-path.ts';

test('the line starts at zero and reaches the top with the largest value', () => {
  expect(sparkPath([0, 5, 10], 100, 32).line).toBe('M0 31L50 16L100 1');
});

test('where nothing was measured the line is broken', () => {
  expect(sparkPath([1, null, 1, 1], 90, 32)).toEqual({ line: 'M0 1M60 1L90 1', area: 'M0 1L0 32L0 32ZM60 1L90 1L90 32L60 32Z' });
});

test('nothing at all draws nothing', () => {
  expect(sparkPath([], 100, 32)).toEqual({ line: '', area: '' });
  expect(sparkPath([null, null], 100, 32).line).toBe('');
  expect(sparkPath([0], 100, 32).line).toBe('M0 31');
});
