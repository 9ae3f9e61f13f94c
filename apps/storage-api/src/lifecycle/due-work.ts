import type { Due, DueKind } from './due-queries.ts';
import type { LifecycleRule } from './lifecycle-rules.ts';

export const DAY_MS = 86_400_000;

/** One kind of thing that a rule deletes. */
export interface DueWork {
  readonly kind: DueKind;
  readonly due: Due;
}

/** The last midnight UTC: as with AWS, ages are counted to it. */
export function midnightBefore(now: Date): Date {
  return new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS);
}

/** What a rule deletes at `midnight`, in this order, so that a delete marker left alone goes with the last version. */
export function workOf(rule: LifecycleRule, bucket: string, midnight: Date): readonly DueWork[] {
  const { filter, expiration, noncurrentVersionExpiration: noncurrent, abortIncompleteMultipartUpload: abort } = rule;
  const before = (days: number) => new Date(midnight.getTime() - days * DAY_MS);
  const work = (kind: DueKind, cutoff: Date, keep?: number): DueWork => ({ kind, due: { bucket, cutoff, filter, keep } });
  const works: DueWork[] = [];
  if (expiration?.days !== undefined) works.push(work('objects', before(expiration.days)));
  if (expiration?.date !== undefined && Date.parse(expiration.date) <= midnight.getTime()) works.push(work('objects', midnight));
  if (noncurrent) works.push(work('versions', before(noncurrent.noncurrentDays), noncurrent.newerNoncurrentVersions));
  if (expiration?.days !== undefined) works.push(work('markers', before(expiration.days)));
  if (expiration?.expiredObjectDeleteMarker) works.push(work('markers', midnight));
  if (abort) works.push(work('uploads', before(abort.daysAfterInitiation)));
  return works;
}
