import { type ExpiringObject, findExpiry } from '../../lifecycle/expiry.ts';
import { findLifecycle } from '../../lifecycle/lifecycle-queries.ts';
import { type LifecycleRule, lifecycleSchema } from '../../lifecycle/lifecycle-rules.ts';
import type { Database } from '../../metadata/database.ts';
import type { ObjectRow } from '../../metadata/object-queries.ts';
import { ShortMemory } from '../../short-memory.ts';
import { sizeOf } from './entity-tag.ts';
import { readExtras } from './stored-extras.ts';

const FRESH_MS = 400;

/** Tells clients when a lifecycle rule will delete what they wrote or read. */
export class ExpiryNotice {
  readonly #rules: ShortMemory<readonly LifecycleRule[]>;

  constructor(database: Pick<Database, 'read'>) {
    this.#rules = new ShortMemory(FRESH_MS, async (bucket) => {
      const find = findLifecycle(bucket);
      await database.read(find);
      return lifecycleSchema.safeParse(find.rows[0]?.configuration).data?.rules ?? [];
    });
  }

  /** The header for an object that is written; empty when nothing deletes it. */
  async headerFor(bucket: string, object: ExpiringObject): Promise<Readonly<Record<string, string>>> {
    return describe(await this.#rulesOf(bucket), () => object);
  }

  /** The header for a row; empty for versions that are not current. */
  async headerForRow(row: ObjectRow): Promise<Readonly<Record<string, string>>> {
    if ((row.archived_at ?? null) !== null) return {};
    return describe(await this.#rulesOf(row.bucket_id), () => {
      const since = row.created_at > row.updated_at ? row.created_at : row.updated_at;
      return { key: row.name, tags: readExtras(row).tags ?? {}, sizeBytes: sizeOf(row), since };
    });
  }

  /** Rules have just changed. */
  forget(bucket: string): void {
    this.#rules.forget(bucket);
  }

  /** A notice that cannot be had is left out; it must not fail a request. */
  #rulesOf(bucket: string): Promise<readonly LifecycleRule[]> {
    return this.#rules.get(bucket).catch(() => []);
  }
}

function describe(rules: readonly LifecycleRule[], read: () => ExpiringObject): Readonly<Record<string, string>> {
  const expiry = rules.length === 0 ? null : findExpiry(rules, read());
  if (expiry === null) return {};
  return { 'x-amz-expiration': `expiry-date="${expiry.at.toUTCString()}", rule-id="${encodeURIComponent(expiry.ruleId)}"` };
}
