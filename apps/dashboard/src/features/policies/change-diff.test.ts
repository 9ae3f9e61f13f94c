import type { Policy } from '@supastor/contract/operations/policies';
import { expect, test } from 'vitest';
import { diffOf } from './change-diff.ts';

const policy: Policy = {
  table: 'objects',
  name: 'own folder',
  command: 'SELECT',
  permissive: true,
  roles: ['authenticated'],
  using: "bucket_id = 'photos'",
  check: null,
  buckets: ['photos'],
  revision: '1',
};

test('a policy that was made or deleted is all new or all gone', () => {
  const all = [
    'policy "own folder" on storage.objects',
    '  as permissive',
    '  for select',
    '  to authenticated',
    "  using (bucket_id = 'photos')",
  ];
  expect(diffOf({ before: null, after: policy })).toEqual(all.map((line) => `+ ${line}`));
  expect(diffOf({ before: policy, after: null })).toEqual(all.map((line) => `- ${line}`));
});

test('of a policy that was changed the lines that differ are marked', () => {
  const lines = diffOf({ before: policy, after: { ...policy, roles: ['public'] } });
  expect(lines.filter((line) => !line.startsWith(' '))).toEqual(['-   to authenticated', '+   to public']);
  expect(lines).toHaveLength(6);
});
