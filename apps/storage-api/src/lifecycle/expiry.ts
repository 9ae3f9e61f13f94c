import { DAY_MS } from './due-work.ts';
import type { LifecycleFilter, LifecycleRule } from './lifecycle-rules.ts';

/** What rules look at in an object. */
export interface ExpiringObject {
  readonly key: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly sizeBytes: number;
  /** Its age counts from here. */
  readonly since: Date;
}

/** When an object is due, and by which rule. */
export interface Expiry {
  readonly at: Date;
  readonly ruleId: string;
}

/** The first moment at which a rule deletes the object as it is now, or hides it where versions are kept; null when none does. */
export function findExpiry(rules: readonly LifecycleRule[], object: ExpiringObject): Expiry | null {
  const dated = rules
    .filter(({ status, filter }) => status === 'Enabled' && matches(filter, object))
    .flatMap((rule) => dueAt(rule, object.since).map((atMs) => ({ atMs, ruleId: rule.id })));
  const first = dated.toSorted((a, b) => a.atMs - b.atMs)[0];
  return first === undefined ? null : { at: new Date(first.atMs), ruleId: first.ruleId };
}

/** Rules are applied at midnight UTC, to what is older than so many days then. */
function dueAt({ expiration }: LifecycleRule, since: Date): readonly number[] {
  const midnightAfter = (Math.floor(since.getTime() / DAY_MS) + 1) * DAY_MS;
  return [
    ...(expiration?.days === undefined ? [] : [midnightAfter + expiration.days * DAY_MS]),
    ...(expiration?.date === undefined ? [] : [Math.max(Date.parse(expiration.date), midnightAfter)]),
  ];
}

function matches({ prefix = '', tags = {}, objectSizeGreaterThan, objectSizeLessThan }: LifecycleFilter, object: ExpiringObject): boolean {
  return (
    object.key.startsWith(prefix) &&
    Object.entries(tags).every(([name, value]) => Object.hasOwn(object.tags, name) && object.tags[name] === value) &&
    (objectSizeGreaterThan === undefined || object.sizeBytes > objectSizeGreaterThan) &&
    (objectSizeLessThan === undefined || object.sizeBytes < objectSizeLessThan)
  );
}
