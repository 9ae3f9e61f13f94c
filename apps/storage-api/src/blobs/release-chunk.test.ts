import { expect, test } from 'vitest';
import { releaseChunk } from './release-chunk.ts';

test('a chunk with memory of its own is empty once it is released', () => {
  const chunk = Buffer.alloc(65_536, 1);
  releaseChunk(chunk);
  expect(chunk).toHaveLength(0);
  releaseChunk(chunk);
});

test('a part of a larger buffer stays, and so do its neighbours', () => {
  const whole = Buffer.from('0123456789'.repeat(10_000));
  releaseChunk(whole.subarray(0, 50_000));
  releaseChunk(whole.subarray(50_000));
  expect(whole.toString()).toBe('0123456789'.repeat(10_000));
});
