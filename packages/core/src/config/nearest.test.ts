import { describe, expect, test } from 'vitest';
import { editDistance, nearestName } from './nearest.ts';

describe('editDistance', () => {
  test.each([
    ['', '', 0],
    ['port', 'port', 0],
    ['port', 'prot', 1],
    ['port', 'por', 1],
    ['kitten', 'sitting', 3],
    ['', 'abc', 3],
  ])('from "%s" to "%s" is %i', (a, b, expected) => {
    expect(editDistance(a, b)).toBe(expected);
  });
});

describe('nearestName', () => {
  const names = ['storage', 'postgres', 'port', 'host'];

  test('finds the name that was meant, whatever its case', () => {
    expect(nearestName('Stroage', names)).toBe('storage');
    expect(nearestName('PORT', names)).toBe('port');
  });

  test('stays silent when nothing is close', () => {
    expect(nearestName('completely-different', names)).toBeNull();
    expect(nearestName('xy', names)).toBeNull();
  });
});
