import type { ObjectEntry } from '@supastor/contract/operations/objects';
import { describe, expect, test } from 'vitest';
import type { Row } from '../rows.ts';
import { planTransfer, startText, transferProblem } from './plan-transfer.ts';
import { transfer } from '../../../messages/en/transfer.ts';

const ENTRY: ObjectEntry = {
  path: '',
  id: '',
  sizeBytes: 1,
  mimeType: null,
  etag: null,
  cacheControl: null,
  createdAt: null,
  updatedAt: null,
};

function rowOf(key: string): Row {
  return key.endsWith('/') ? { kind: 'folder', key, name: key } : { kind: 'object', key, name: key, object: { ...ENTRY, path: key } };
}

const rows = (...keys: readonly string[]) => keys.map(rowOf);

describe('startText', () => {
  test.each([
    [['a/b.txt'], 'move', 'a/b.txt'],
    [['a/b.txt'], 'copy', 'a/b copy.txt'],
    [['a/.env'], 'copy', 'a/.env copy'],
    [['a/b/'], 'copy', 'a/b copy/'],
    [['a/b.txt', 'a/c/'], 'move', 'a/'],
  ] as const)('of %j to %s is %s', (keys, verb, text) => {
    expect(startText(rows(...keys), verb, transfer.copySuffix)).toBe(text);
  });
});

describe('planTransfer', () => {
  test('a single object gets a path, a single folder a prefix', () => {
    expect(planTransfer(rows('a/b.txt'), '/x/y.txt ', 'a/b.txt')).toEqual({ objects: [{ from: 'a/b.txt', to: 'x/y.txt' }], folders: [] });
    expect(planTransfer(rows('a/b/'), 'x', 'a/b/')).toEqual({ objects: [], folders: [{ from: 'a/b/', to: 'x/' }] });
  });

  test('several go into a folder under their own names', () => {
    expect(planTransfer(rows('a/b.txt', 'a/c/'), 'x/y', 'a/')).toEqual({
      objects: [{ from: 'a/b.txt', to: 'x/y/b.txt' }],
      folders: [{ from: 'a/c/', to: 'x/y/c/' }],
    });
    expect(planTransfer(rows('a/b.txt', 'a/c/'), '', 'a/').folders).toEqual([{ from: 'a/c/', to: 'c/' }]);
  });
});

describe('transferProblem', () => {
  test.each([
    [['a/b.txt'], 'x/', true, 'Give it a name behind the last slash.'],
    [['a/b/'], 'a/b/c/', true, 'A folder cannot go into itself.'],
    [['a/b/'], 'a/b/c/', false, null],
    [['a/b/'], 'a/b/', true, ''],
    [['a/b/'], 'a/b/', false, null],
    [['a/b.txt'], 'a/c.txt', true, null],
  ] as const)('of %j to %s, same bucket %s, is %j', (keys, text, sameBucket, problem) => {
    expect(transferProblem(transfer.problems, planTransfer(rows(...keys), text, 'start'), sameBucket)).toBe(problem);
  });
});
