import { expect, test } from 'vitest';
import { groupOf } from './usage-queries.ts';

test.each([
  [{}, 'bucket'],
  [{ bucket: 'a' }, 'folder'],
  [{ by: 'folder' }, 'bucket'],
  [{ by: 'bucket', bucket: 'a' }, 'folder'],
  [{ by: 'type' }, 'type'],
  [{ by: 'nonsense', bucket: 'a' }, 'folder'],
])('%j is grouped by %s', (question, group) => {
  expect(groupOf(question)).toBe(group);
});
