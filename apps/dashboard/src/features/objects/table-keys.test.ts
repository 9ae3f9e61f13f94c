import { describe, expect, test } from 'vitest';
import { commandFor } from './table-keys.ts';

const VIEW = { order: ['a', 'b', 'c', 'd', 'e'], active: 'b', pageRows: 2, columns: 1 };

function press(
  key: string,
  modifiers: { readonly shiftKey?: boolean; readonly ctrlKey?: boolean; readonly altKey?: boolean } = {},
  view = VIEW,
) {
  return commandFor({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, target: new EventTarget(), ...modifiers }, view);
}

describe('commandFor', () => {
  test.each([
    ['ArrowDown', 'c'],
    ['ArrowUp', 'a'],
    ['PageDown', 'd'],
    ['Home', 'a'],
    ['End', 'e'],
  ])('%s moves to %s', (key, to) => {
    expect(press(key)).toEqual({ type: 'moved', to, extend: false });
  });

  test.each([
    ['ArrowDown', 'd'],
    ['ArrowRight', 'c'],
    ['ArrowLeft', 'a'],
  ])('side by side in twos %s moves to %s', (key, to) => {
    expect(press(key, {}, { ...VIEW, columns: 2 })).toEqual({ type: 'moved', to, extend: false });
  });

  test('in a list the arrows to the sides mean nothing', () => {
    expect(press('ArrowRight')).toBeNull();
  });

  test('Shift extends', () => {
    expect(press('End', { shiftKey: true })).toEqual({ type: 'moved', to: 'e', extend: true });
    expect(press(' ', { shiftKey: true })).toEqual({ type: 'ranged', to: 'b' });
  });

  test.each([
    ['Enter', { type: 'opened', key: 'b' }],
    [' ', { type: 'toggled', key: 'b' }],
    ['F2', { type: 'renamed', key: 'b' }],
    ['Delete', { type: 'removed' }],
    ['Backspace', { type: 'went-up' }],
    ['Escape', { type: 'cleared' }],
  ])('%s asks for %j', (key, command) => {
    expect(press(key)).toEqual(command);
  });

  test('Ctrl A selects all; other shortcuts are left to the browser', () => {
    expect(press('a', { ctrlKey: true })).toEqual({ type: 'selected-all' });
    expect(press('ArrowDown', { ctrlKey: true })).toBeNull();
    expect(press('ArrowLeft', { altKey: true })).toBeNull();
    expect(press('x')).toBeNull();
  });
});
