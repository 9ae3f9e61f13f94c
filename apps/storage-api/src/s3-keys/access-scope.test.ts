import { describe, expect, it } from 'vitest';
import { type AccessScope, allowsKey, allowsPrefix, allowsWholeBucket, coversBucket, FULL_SCOPE } from './access-scope.ts';

const TEAM: AccessScope = { buckets: ['team-*', 'shared'], prefixes: ['photos/2026/', 'notes'], verbs: ['list', 'read', 'manage'] };

describe('a scope', () => {
  it('covers buckets by name or by the beginning of their name', () => {
    const covered = ['team-', 'team-a', 'shared'].filter((bucket) => coversBucket(TEAM, bucket));
    expect(covered).toEqual(['team-', 'team-a', 'shared']);
    expect(['team', 'shared2', 'Shared', 'a-team-b', ''].filter((bucket) => coversBucket(TEAM, bucket))).toEqual([]);
    expect(coversBucket(FULL_SCOPE, 'anything')).toBe(true);
  });

  it('allows keys that begin with a prefix, with its verbs only', () => {
    const reads = (key: string) => allowsKey(TEAM, 'read', { bucket: 'shared', key });
    expect(['photos/2026/a', 'photos/2026/', 'notes', 'notes2'].every(reads)).toBe(true);
    expect(['photos/2026', 'photos/', '', 'x/photos/2026/a', 'Notes'].some(reads)).toBe(false);
    expect(allowsKey(TEAM, 'write', { bucket: 'shared', key: 'notes' })).toBe(false);
    expect(allowsKey(TEAM, 'read', { bucket: 'other', key: 'notes' })).toBe(false);
  });

  it('allows listings that stay inside a prefix', () => {
    expect(allowsPrefix(TEAM, 'list', { bucket: 'shared', prefix: 'photos/2026/summer' })).toBe(true);
    expect(allowsPrefix(TEAM, 'list', { bucket: 'shared', prefix: 'photos/' })).toBe(false);
    expect(allowsPrefix({ ...TEAM, prefixes: [] }, 'list', { bucket: 'shared', prefix: '' })).toBe(true);
  });

  it('with prefixes never stands for a whole bucket', () => {
    expect(allowsWholeBucket(TEAM, 'manage', 'shared')).toBe(false);
    expect(allowsWholeBucket({ ...TEAM, prefixes: [] }, 'manage', 'shared')).toBe(true);
  });
});
