import { describe, expect, test } from 'vitest';
import { interpolate } from './interpolate.ts';

const variables: Readonly<Record<string, string>> = { HOST: 'db.example.com', EMPTY: '', NESTED: '${HOST}' };
const lookUp = (name: string) => variables[name];

describe('interpolate', () => {
  test.each([
    ['plain', 'plain'],
    ['${HOST}', 'db.example.com'],
    ['http://${HOST}:${PORT:-5000}/', 'http://db.example.com:5000/'],
    ['${EMPTY:-fallback}', 'fallback'],
    ['${MISSING:-}', ''],
    ['${MISSING:-a:-b}', 'a:-b'],
    ['$${HOST}', '${HOST}'],
    ['a$${b}${HOST}', 'a${b}db.example.com'],
    ['cost: 5$ $HOST', 'cost: 5$ $HOST'],
    ['${NESTED}', '${HOST}'],
  ])('turns %s into %s', (input, expected) => {
    expect(interpolate(input, lookUp)).toEqual({ text: expected, problems: [] });
  });

  test('a variable that is not set is a problem that shows the ways out', () => {
    expect(interpolate('x${MISSING}', lookUp).problems).toEqual([
      { offset: 1, reason: 'variable MISSING is not set; set it, put it into .env, or give a default: ${MISSING:-value}' },
    ]);
  });

  test('an empty variable counts as not set', () => {
    expect(interpolate('${EMPTY}', lookUp).problems).toHaveLength(1);
  });

  test('all problems of one text are found', () => {
    expect(interpolate('${A} ${1x} ${', lookUp).problems.map(({ offset }) => offset)).toEqual([0, 5, 11]);
  });
});
