import { describe, expect, test } from 'vitest';
import { DEAD_AFTER_SECONDS, isDead } from './instance-registry.ts';

const row = { id: 'x', host: 'here', pid: 7, process_start: '100', silent_seconds: 1 };

describe('a server', () => {
  test.each([
    ['whose process runs', row, '100', 'here', false],
    ['whose process is gone', row, undefined, 'here', true],
    ['whose process id belongs to a later process', row, '200', 'here', true],
    ['on another machine that was heard from', row, undefined, 'there', false],
    ['on another machine that has been silent', { ...row, silent_seconds: DEAD_AFTER_SECONDS + 1 }, undefined, 'there', true],
    ['that runs but has been silent', { ...row, silent_seconds: DEAD_AFTER_SECONDS + 1 }, '100', 'here', true],
    ['whose start is unknown and that was heard from', { ...row, process_start: '' }, undefined, 'here', false],
  ])('%s', (_label, candidate, startedAt, host, expected) => {
    expect(isDead(candidate, () => startedAt, host)).toBe(expected);
  });
});
