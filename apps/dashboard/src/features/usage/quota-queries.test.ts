import type { Quota } from '@supastor/contract/wire/quota';
import { expect, test } from 'vitest';
import { quotaShare } from './quota-queries.ts';

const QUOTA: Quota = { kind: 'bucket', subject: 'b', maxBytes: null, maxObjects: null, usedBytes: 50, usedObjects: 9 };

test.each([
  [{}, 0],
  [{ maxBytes: 100 }, 0.5],
  [{ maxBytes: 100, maxObjects: 10 }, 0.9],
  [{ maxBytes: 0 }, 1],
])('%j is full by %s', (part, share) => {
  expect(quotaShare({ ...QUOTA, ...part })).toBe(share);
});
