import { type Step, step } from '../metadata/step.ts';

export type DamageReason = 'missing' | 'truncated' | 'altered' | 'unreadable';
export type DamageFinder = 'read' | 'scrub' | 'scan';

/** Something that refers to bytes, and what it knows of them. */
export interface BlobReference {
  readonly version: string;
  /** Null when the row of an unfinished write does not know it. */
  readonly sizeBytes: number | null;
  readonly crc32: number | null;
  /** Hex. */
  readonly sha256: string | null;
  /** Hex. */
  readonly md5: string | null;
}

interface ReferenceRow {
  readonly version: string;
  readonly size_bytes: string | null;
  readonly crc32: string | null;
  readonly sha256: string | null;
  readonly md5: string | null;
}

const SQL = {
  reference: {
    name: 'blob_reference',
    text: 'select version, size_bytes, crc32, sha256, md5 from storage.blob_references where version = $1 limit 1',
  },
  mark: { name: 'damage_mark', text: 'select storage.mark_damaged($1, $2, $3)' },
} as const;

export function findReference(version: string): Step<ReferenceRow> {
  return step(SQL.reference, [version]);
}

export function toReference({ version, size_bytes, crc32, sha256, md5 }: ReferenceRow): BlobReference {
  return { version, sizeBytes: toNumber(size_bytes), crc32: toNumber(crc32), sha256, md5 };
}

/** From now on the version is refused, until it is overwritten or found intact. */
export function markDamaged(version: string, reason: DamageReason, finder: DamageFinder): Step<unknown> {
  return step(SQL.mark, [version, reason, finder]);
}

function toNumber(text: string | null): number | null {
  return text === null ? null : Number(text);
}
