import { describe, expect, it } from 'vitest';
import { capPixels, planResize } from './resize-plan.ts';

const wide = { width: 400, height: 200 };

describe('planResize', () => {
  it.each([
    ['keeps the size when none is asked for', {}, 'cover', { width: 400, height: 200, fit: 'fill' }],
    ['keeps the ratio for one side', { width: 100 }, 'cover', { width: 100, height: 50, fit: 'fill' }],
    ['keeps the ratio for the other side', { height: 100 }, 'contain', { width: 200, height: 100, fit: 'fill' }],
    ['covers a square', { width: 100, height: 100 }, 'cover', { width: 100, height: 100, fit: 'cover' }],
    ['fits into a square', { width: 100, height: 100 }, 'contain', { width: 100, height: 50, fit: 'fill' }],
    ['stretches to a square', { width: 100, height: 100 }, 'fill', { width: 100, height: 100, fit: 'fill' }],
    ['stretches one side only', { width: 100 }, 'fill', { width: 100, height: 200, fit: 'fill' }],
    ['does not enlarge to cover', { width: 300, height: 900 }, 'cover', { width: 300, height: 200, fit: 'cover' }],
    ['does not enlarge to fit', { width: 900, height: 900 }, 'contain', { width: 400, height: 200, fit: 'fill' }],
    [
      'does not enlarge to stretch, and keeps the shape asked for',
      { width: 800, height: 800 },
      'fill',
      { width: 200, height: 200, fit: 'fill' },
    ],
    ['never comes to nothing', { width: 1 }, 'contain', { width: 1, height: 1, fit: 'fill' }],
  ] as const)('%s', (_name, wanted, mode, expected) => {
    expect(planResize(wide, wanted, mode)).toEqual(expected);
  });
});

describe('capPixels', () => {
  it('keeps the shape and stays within the bound', () => {
    expect(capPixels({ width: 8000, height: 4000, fit: 'fill' }, 2_000_000)).toEqual({ width: 2000, height: 1000, fit: 'fill' });
  });

  it('leaves small pictures alone', () => {
    expect(capPixels({ width: 10, height: 10, fit: 'cover' }, 100)).toEqual({ width: 10, height: 10, fit: 'cover' });
  });
});
