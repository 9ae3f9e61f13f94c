import { describe, expect, test } from 'vitest';
import { parseDotenv } from './dotenv.ts';

const valuesOf = (text: string) => parseDotenv(text).entries.map(({ name, value }) => [name, value]);

describe('parseDotenv', () => {
  test.each([
    ['A=1', [['A', '1']]],
    ['export A=1', [['A', '1']]],
    ['  A = 1  ', [['A', '1']]],
    ['A=', [['A', '']]],
    ['A=one # comment', [['A', 'one']]],
    ['A=one#two', [['A', 'one#two']]],
    ['A=# all comment', [['A', '']]],
    ["A='one # $two\\n'", [['A', 'one # $two\\n']]],
    ['A="one\\ntwo \\"x\\" \\$y \\q" # comment', [['A', 'one\ntwo "x" $y \\q']]],
    [
      'A="one\ntwo"\nB=3',
      [
        ['A', 'one\ntwo'],
        ['B', '3'],
      ],
    ],
    ['# comment\n\n\r\nA=1\r\n', [['A', '1']]],
    ['\uFEFFA=1', [['A', '1']]],
    ['A=postgresql://u:p@h/d?x=y', [['A', 'postgresql://u:p@h/d?x=y']]],
  ])('reads %j', (text, expected) => {
    expect(valuesOf(text)).toEqual(expected);
    expect(parseDotenv(text).problems).toEqual([]);
  });

  test('every malformed line is reported with its position, the others are read', () => {
    const parsed = parseDotenv('A=1\nnot an assignment\n  1B=2\nC="open\nD=4');
    expect(parsed.problems).toEqual([
      { at: { line: 2, column: 1 }, reason: 'expected NAME=value' },
      { at: { line: 3, column: 3 }, reason: 'expected NAME=value' },
      { at: { line: 4, column: 3 }, reason: 'the double quote is never closed' },
    ]);
    expect(parsed.entries.map(({ name }) => name)).toEqual(['A', 'D']);
  });

  test('text after a closing quote is refused', () => {
    expect(parseDotenv('A="x"y').problems).toHaveLength(1);
    expect(parseDotenv("A='x'y").problems).toHaveLength(1);
  });

  test('a name knows where it stands', () => {
    expect(parseDotenv('\nexport NAME=1').entries[0]?.at).toEqual({ line: 2, column: 8 });
  });
});
