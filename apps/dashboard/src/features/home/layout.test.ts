import { HOME_COLUMNS, preferencesSchema } from '@supastor/contract/operations/preferences';
import { expect, test } from 'vitest';
import { addWidget, COLUMNS, DEFAULT_LAYOUT, missingKinds, moveWidget, removeWidget, resizeWidget, WIDGET_KINDS } from './layout.ts';

const kinds = (layout: typeof DEFAULT_LAYOUT) => layout.map(({ kind }) => kind);
const layout = DEFAULT_LAYOUT.slice(0, 3);
const size = (width: number, height: number) => resizeWidget(layout, 'errors', { width, height })[1];

test('every widget in its first size is something the server keeps', () => {
  expect(COLUMNS).toBe(HOME_COLUMNS);
  const all = WIDGET_KINDS.reduce(addWidget, DEFAULT_LAYOUT);
  expect(preferencesSchema.parse({ home: all, startDismissed: false }).home).toEqual(all);
  expect(missingKinds(all)).toEqual([]);
});

test('a widget moves to a place, and no further than the ends', () => {
  expect(kinds(moveWidget(layout, 'requests', 2))).toEqual(['errors', 'latency', 'requests']);
  expect(kinds(moveWidget(layout, 'latency', 0))).toEqual(['latency', 'requests', 'errors']);
  expect(moveWidget(layout, 'latency', 3)).toBe(layout);
  expect(moveWidget(layout, 'requests', -1)).toBe(layout);
  expect(moveWidget(layout, 'no such', 1)).toBe(layout);
});

test('sizes stay within the grid', () => {
  expect(size(4.4, 2.6)).toEqual({ kind: 'errors', width: 4, height: 3 });
  expect(size(0, 0)).toEqual({ kind: 'errors', width: 3, height: 1 });
  expect(size(99, 99)).toEqual({ kind: 'errors', width: 12, height: 6 });
});

test('a widget is there once, or not at all', () => {
  expect(addWidget(layout, 'errors')).toBe(layout);
  expect(kinds(addWidget(removeWidget(layout, 'errors'), 'errors'))).toEqual(['requests', 'latency', 'errors']);
  expect(missingKinds(removeWidget(DEFAULT_LAYOUT, 'disk'))).toContain('disk');
});
