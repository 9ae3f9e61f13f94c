import { expect, test } from 'vitest';
import { draftOf, readDraft } from './quota-draft.ts';

test('limits that are shown and read again stay what they are', () => {
  for (const limits of [
    { maxBytes: 5_000_000_000, maxObjects: null },
    { maxBytes: 1_234_567, maxObjects: 0 },
    { maxBytes: null, maxObjects: 10_000 },
  ])
    expect(readDraft(draftOf(limits))).toEqual({ limits });
});

test('what cannot be read is named', () => {
  expect(readDraft({ bytes: 'much', objects: '' })).toEqual({ problem: 'bytes' });
  expect(readDraft({ bytes: '1 GB', objects: '-1' })).toEqual({ problem: 'objects' });
  expect(readDraft({ bytes: '', objects: '1.5' })).toEqual({ problem: 'objects' });
  expect(readDraft(draftOf(null))).toEqual({ problem: 'empty' });
});
