import { describe, expect, test } from 'vitest';
import { neighbour, NOTHING_SELECTED, reduceSelection, type Selection, type SelectionAction } from './selection.ts';

const ORDER = ['a', 'b', 'c', 'd', 'e'];

function after(...actions: readonly SelectionAction[]): Selection {
  return actions.reduce((state, action) => reduceSelection(state, action, ORDER), NOTHING_SELECTED);
}

describe('reduceSelection', () => {
  test('moving selects nothing', () => {
    const state = after({ type: 'moved', to: 'b', extend: false });
    expect([state.active, state.selected.size]).toEqual(['b', 0]);
  });

  test('moving with Shift selects from where the movement began, in both directions', () => {
    const down = after({ type: 'moved', to: 'c', extend: false }, { type: 'moved', to: 'd', extend: true });
    expect([...down.selected]).toEqual(['c', 'd']);
    const up = reduceSelection(down, { type: 'moved', to: 'b', extend: true }, ORDER);
    expect([...up.selected]).toEqual(['b', 'c']);
    expect(up.active).toBe('b');
  });

  test('a row that gets the focus by Tab is the one that arrows start from', () => {
    expect(after({ type: 'focused', key: 'c' })).toMatchObject({ active: 'c', anchor: 'c' });
  });

  test('the focus that follows a range leaves the range as it is', () => {
    const ranged = after({ type: 'moved', to: 'b', extend: false }, { type: 'moved', to: 'c', extend: true });
    expect(reduceSelection(ranged, { type: 'focused', key: 'c' }, ORDER)).toBe(ranged);
  });

  test('toggling adds and removes one', () => {
    expect([...after({ type: 'toggled', key: 'a' }, { type: 'toggled', key: 'd' }, { type: 'toggled', key: 'a' }).selected]).toEqual(['d']);
  });

  test('a range runs from the last toggled row', () => {
    expect([...after({ type: 'toggled', key: 'd' }, { type: 'ranged', to: 'b' }).selected]).toEqual(['b', 'c', 'd']);
  });

  test('all, then none', () => {
    const all = after({ type: 'selected-all' });
    expect([...all.selected]).toEqual(ORDER);
    expect(reduceSelection(all, { type: 'cleared' }, ORDER).selected.size).toBe(0);
  });

  test('rows that are gone drop out', () => {
    const state = after({ type: 'toggled', key: 'a' });
    expect([...reduceSelection(state, { type: 'toggled', key: 'c' }, ['b', 'c']).selected]).toEqual(['c']);
  });
});

test.each([
  ['b', 1, 'c'],
  ['a', -1, 'a'],
  ['d', 10, 'e'],
  [null, 1, 'a'],
  [null, -1, 'e'],
  ['gone', 1, 'a'],
])('from %j by %d leads to %s', (from, step, to) => {
  expect(neighbour(ORDER, from, step)).toBe(to);
});

test('an empty table has no neighbours', () => {
  expect(neighbour([], null, 1)).toBeNull();
});
