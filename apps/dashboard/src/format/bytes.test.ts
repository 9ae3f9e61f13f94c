import { describe, expect, test } from 'vitest';
import { editableBytes, formatBytes, parseBytes } from './bytes.ts';

test.each([
  [null, '–'],
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1 KB'],
  [1_536_000, '1.54 MB'],
  [999_950, '1 MB'],
  [28_400_123, '28.4 MB'],
  [1_073_741_824, '1.07 GB'],
])('%j bytes read as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

describe('parseBytes', () => {
  test.each([
    ['50 MB', 50_000_000],
    ['1.5gb', 1_500_000_000],
    ['1024', 1024],
    ['1 MiB', 1_048_576],
    ['  2k ', 2000],
    ['7 B', 7],
  ])('reads %s', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });

  test.each(['', 'many', '-1', '0', '5 XB', '1e3', '9999999999 TB', 'MB'])('refuses %j', (text) => {
    expect(parseBytes(text)).toBeNull();
  });
});

test.each([1, 1000, 1024, 50_000_000, 52_428_800, 1_500_000_000, 123_457])('%d survives being edited', (bytes) => {
  expect(parseBytes(editableBytes(bytes))).toBe(bytes);
});
