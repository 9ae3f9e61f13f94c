import { afterEach, expect, test } from 'vitest';
import { formatCpu } from './cpu.ts';
import { setFormatLocale } from './locale.ts';

afterEach(() => setFormatLocale(undefined));

test('cores are percent of one, as the language writes it', () => {
  setFormatLocale('en');
  expect([0, 0.0341, 0.5, 2.5, null].map(formatCpu)).toEqual(['0%', '3.4%', '50%', '250%', '–']);
  setFormatLocale('de');
  expect([0.0341, 12.5].map(formatCpu)).toEqual(['3,4\u00a0%', '1.250\u00a0%']);
});
