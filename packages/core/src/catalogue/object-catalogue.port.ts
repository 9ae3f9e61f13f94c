import type { FoundObject } from '@supastor/contract/operations/catalogue';

/** Conditions on objects; those left out do not matter. Times are ISO 8601. */
export interface ObjectConditions {
  readonly bucket?: string | undefined;
  readonly prefix?: string | undefined;
  readonly text?: string | undefined;
  /** As a regular expression of Postgres over the whole path. */
  readonly pattern?: string | undefined;
  readonly type?: string | undefined;
  readonly minBytes?: number | undefined;
  readonly maxBytes?: number | undefined;
  readonly changedAfter?: string | undefined;
  readonly changedBefore?: string | undefined;
  readonly owner?: string | undefined;
  readonly metadata?: { readonly name: string; readonly value: string } | undefined;
}

export type ObjectOrder = 'name' | 'largest' | 'newest' | 'oldest';
export type UsageGroup = 'bucket' | 'folder' | 'type' | 'owner' | 'age';

export interface UsageCount {
  readonly objects: number;
  readonly bytes: number;
}

/** Questions over the rows of all objects, of our own server and of the official one. */
export interface ObjectCatalogue {
  /** @throws SJ_TIMEOUT when it takes too long: narrow it down */
  search(
    conditions: ObjectConditions,
    page: {
      readonly order: ObjectOrder;
      readonly limit: number;
      readonly after: { readonly bucket: string; readonly path: string } | null;
    },
  ): Promise<readonly FoundObject[]>;
  /** @throws SJ_TIMEOUT when it takes too long: narrow it down */
  usage(
    conditions: ObjectConditions,
    by: UsageGroup,
    limit: number,
  ): Promise<{ readonly total: UsageCount; readonly groups: readonly (UsageCount & { readonly key: string })[] }>;
}
