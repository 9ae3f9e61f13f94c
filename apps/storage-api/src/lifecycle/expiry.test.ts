import { describe, expect, it } from 'vitest';
import { findExpiry } from './expiry.ts';
import { lifecycleSchema } from './lifecycle-rules.ts';

const SINCE = new Date('2026-03-10T20:40:00Z');
const OBJECT = { key: 'logs/a', tags: { kind: 'log', extra: '1' }, sizeBytes: 100, since: SINCE };

const ruleOf = (id: string, days: number) => ({ id, status: 'Enabled', filter: {}, expiration: { days } });

function expiryOf(rule: object, object: Partial<typeof OBJECT> = {}): string | null {
  const { rules } = lifecycleSchema.parse({ rules: [{ id: 'r', status: 'Enabled', filter: {}, expiration: { days: 1 }, ...rule }] });
  return findExpiry(rules, { ...OBJECT, ...object })?.at.toISOString() ?? null;
}

describe('an object expires', () => {
  it('at the midnight after it is so many days old', () => {
    expect(expiryOf({})).toBe('2026-03-12T00:00:00.000Z');
    expect(expiryOf({ expiration: { days: 30 } })).toBe('2026-04-10T00:00:00.000Z');
    expect(expiryOf({}, { since: new Date('2026-03-10T00:00:00Z') })).toBe('2026-03-12T00:00:00.000Z');
    expect(expiryOf({}, { since: new Date('2026-03-10T23:59:59.999Z') })).toBe('2026-03-12T00:00:00.000Z');
  });

  it('on a date, or the midnight after it was written when that is later', () => {
    expect(expiryOf({ expiration: { date: '2030-01-01T00:00:00Z' } })).toBe('2030-01-01T00:00:00.000Z');
    expect(expiryOf({ expiration: { date: '2020-01-01T00:00:00Z' } })).toBe('2026-03-11T00:00:00.000Z');
  });

  it('by rules that are enabled, match, and delete current objects', () => {
    const soon = '2026-03-12T00:00:00.000Z';
    expect(expiryOf({ status: 'Disabled' })).toBeNull();
    expect(expiryOf({ expiration: { expiredObjectDeleteMarker: true } })).toBeNull();
    expect(expiryOf({ expiration: undefined, noncurrentVersionExpiration: { noncurrentDays: 1 } })).toBeNull();
    expect([expiryOf({ filter: { prefix: 'logs/' } }), expiryOf({ filter: { prefix: 'log/' } })]).toEqual([soon, null]);
    expect([expiryOf({ filter: { tags: { kind: 'log' } } }), expiryOf({ filter: { tags: { kind: 'x' } } })]).toEqual([soon, null]);
    expect(expiryOf({ filter: { tags: { kind: 'log', other: '1' } } })).toBeNull();
    expect([expiryOf({ filter: { objectSizeGreaterThan: 99 } }), expiryOf({ filter: { objectSizeGreaterThan: 100 } })]).toEqual([
      soon,
      null,
    ]);
    expect([expiryOf({ filter: { objectSizeLessThan: 101 } }), expiryOf({ filter: { objectSizeLessThan: 100 } })]).toEqual([soon, null]);
  });

  it('by the rule that comes first', () => {
    const { rules } = lifecycleSchema.parse({ rules: [ruleOf('late', 9), ruleOf('early', 2), ruleOf('later', 10)] });
    expect(findExpiry(rules, OBJECT)).toEqual({ at: new Date('2026-03-13T00:00:00Z'), ruleId: 'early' });
  });
});
