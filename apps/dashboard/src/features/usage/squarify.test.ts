import { expect, test } from 'vitest';
import { squarify } from './squarify.ts';

test('areas are as the weights, and together the whole', () => {
  const weights = [6, 6, 4, 3, 2, 2, 1];
  const tiles = squarify(weights, 1.5);
  const areas = tiles.map(({ width, height }) => width * height);
  expect(areas.reduce((sum, area) => sum + area, 0)).toBeCloseTo(10_000);
  for (const [index, weight] of weights.entries()) expect(areas[index]).toBeCloseTo((weight / 24) * 10_000);
});

test('no tile leaves the whole or lies on another', () => {
  const tiles = squarify([500, 30, 20, 9, 8, 7, 1, 1], 2);
  for (const { left, top, width, height } of tiles) {
    expect(Math.min(left, top)).toBeGreaterThanOrEqual(-0.001);
    expect(Math.max(left + width, top + height)).toBeLessThanOrEqual(100.001);
  }
  const overlaps = tiles.flatMap((a, index) =>
    tiles
      .slice(index + 1)
      .filter(
        (b) =>
          a.left + a.width > b.left + 0.001 &&
          b.left + b.width > a.left + 0.001 &&
          a.top + a.height > b.top + 0.001 &&
          b.top + b.height > a.top + 0.001,
      ),
  );
  expect(overlaps).toEqual([]);
});

test('tiles are near squares where they can be', () => {
  const [first] = squarify([1, 1, 1, 1], 1);
  expect(first).toEqual({ left: 0, top: 0, width: 50, height: 50 });
});

test('nothing makes no tiles, one makes one', () => {
  expect(squarify([], 2)).toEqual([]);
  expect(squarify([7], 2)).toEqual([{ left: 0, top: 0, width: 100, height: 100 }]);
});
