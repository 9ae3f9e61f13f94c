import { expect, test } from 'vitest';
import { exportHref, parseAuditFilter, toAuditInput } from './audit-filter.ts';

test('an address keeps what it means and loses the rest', () => {
  expect(parseAuditFilter({ operation: ' buckets ', resource: '', outcome: 'done', within: 'week', other: 1, identity: 7 })).toEqual({
    operation: 'buckets',
    outcome: 'done',
    within: 'week',
  });
  expect(parseAuditFilter({ outcome: 'toString', within: 'constructor' })).toEqual({});
});

test('a period becomes a start', () => {
  expect(toAuditInput({ within: 'hour', operation: 'x' }, 7_200_000)).toEqual({ operation: 'x', since: '1970-01-01T01:00:00.000Z' });
});

test('the download takes the same filter', () => {
  expect(exportHref({ resource: 'a&b' }, 'csv', 0)).toBe('/api/v1/audit/export?resource=a%26b&format=csv');
});
