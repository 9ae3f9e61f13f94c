import type { Scope } from '@supastor/contract/access/scope';

/** A scope as the columns environment, bucket and prefix. */
export function scopeColumns({ environment, bucket, prefix }: Scope): readonly (string | null)[] {
  return [environment ?? null, bucket ?? null, prefix ?? null];
}

/** The scope out of those columns. */
export function toScope(environment: unknown, bucket: unknown, prefix: unknown): Scope {
  return {
    ...(typeof environment === 'string' && { environment }),
    ...(typeof bucket === 'string' && { bucket }),
    ...(typeof prefix === 'string' && { prefix }),
  };
}
