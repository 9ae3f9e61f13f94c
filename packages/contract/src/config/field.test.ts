import { describe, expect, test } from 'vitest';
import { bytes, flag, integer, list, parseBytes, port } from './field.ts';

describe('parseBytes', () => {
  test.each([
    ['1048576', 1_048_576],
    ['50MB', 50_000_000],
    ['50MiB', 52_428_800],
    [' 1.5 gib ', 1_610_612_736],
    ['0', 0],
  ])('reads %s', (text, expected) => {
    expect(parseBytes(text)).toBe(expected);
  });

  test.each(['', 'MB', '50QB', '-1', '5 5'])('refuses "%s"', (text) => {
    expect(parseBytes(text)).toBeNull();
  });
});

describe('fields that arrive as text', () => {
  test('whole numbers are read, others refused', () => {
    expect(integer(1, 10).parse('7')).toBe(7);
    expect(integer(1, 10).safeParse('7.5').success).toBe(false);
    expect(integer(1, 10).safeParse('').success).toBe(false);
    expect(integer(1, 10).safeParse(true).success).toBe(false);
    expect(integer(1, 10).safeParse('11').success).toBe(false);
  });

  test('a port is between 1 and 65535', () => {
    expect(port().parse('65535')).toBe(65_535);
    expect(port().safeParse('0').success).toBe(false);
    expect(port().safeParse(65_536).success).toBe(false);
  });

  test('booleans are read from the usual words', () => {
    expect(['true', 'YES', '1', 'on', true].map((word) => flag().parse(word))).toEqual([true, true, true, true, true]);
    expect(['false', 'no', '0', 'Off', false].map((word) => flag().parse(word))).toEqual([false, false, false, false, false]);
    expect(flag().safeParse('maybe').success).toBe(false);
  });

  test('lists are split at commas, blanks dropped', () => {
    expect(list().parse('anon, authenticated,,')).toEqual(['anon', 'authenticated']);
    expect(list().parse(['anon'])).toEqual(['anon']);
  });

  test('sizes are numbers or texts with a unit', () => {
    expect(bytes().parse('5GB')).toBe(5_000_000_000);
    expect(bytes().safeParse(-1).success).toBe(false);
    expect(bytes().safeParse('five').error?.issues[0]?.message).toBe('expected a size such as 52428800, 50MB or 50MiB');
  });
});
