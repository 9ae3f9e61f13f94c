import { describe, expect, test } from 'vitest';
import { interpolateCompose } from './interpolate-compose.ts';

const VALUES: Readonly<Record<string, string>> = { SET: 'value', EMPTY: '', OTHER: 'other' };
const fill = (text: string) => interpolateCompose(text, (name) => VALUES[name]);

describe('variables of compose', () => {
  test.each([
    ['plain', 'plain'],
    ['$SET', 'value'],
    ['a${SET}b', 'avalueb'],
    ['$SET-$OTHER', 'value-other'],
    ['${UNSET:-default}', 'default'],
    ['${UNSET-default}', 'default'],
    ['${EMPTY:-default}', 'default'],
    ['${EMPTY-default}', ''],
    ['${SET:-default}', 'value'],
    ['${UNSET:-${OTHER}}', 'other'],
    ['${UNSET:-a${UNSET-b}c}', 'abc'],
    ['${SET:+there}', 'there'],
    ['${UNSET:+there}', ''],
    ['${EMPTY:+there}', ''],
    ['${EMPTY+there}', 'there'],
    ['${SET:?needed}', 'value'],
    ['$$SET', '$SET'],
    ['$${SET}', '${SET}'],
    ['postgres://u:$SET@db:5432/x?a={b}', 'postgres://u:value@db:5432/x?a={b}'],
  ])('%s becomes %s', (text, filled) => {
    expect(fill(text)).toEqual({ text: filled, unset: [], problems: [] });
  });

  test('what has no value and no default is empty, and is told', () => {
    expect(fill('$UNSET-${ALSO}')).toEqual({ text: '-', unset: ['UNSET', 'ALSO'], problems: [] });
  });

  test.each([
    ['${SET', 'is never closed'],
    ['100$', 'names no variable'],
    ['${1A}', 'does not name a variable'],
    ['${SET!x}', 'does not name a variable'],
    ['${UNSET:?say why}', 'UNSET is required: say why'],
    ['${EMPTY:?}', 'EMPTY is required'],
    ['${UNSET:-${SET}', 'is never closed'],
  ])('%s is wrong', (text, problem) => {
    expect(fill(text).problems).toEqual([expect.stringContaining(problem)]);
  });
});
