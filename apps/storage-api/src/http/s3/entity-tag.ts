import type { ObjectRow } from '../../metadata/object-queries.ts';

/** The quoted entity tag of an object. */
export function etagOf({ metadata, id }: Pick<ObjectRow, 'metadata' | 'id'>): string {
  return metadata?.eTag ?? `"${id}"`;
}

/** When the bytes were written; a later change of tags does not count. */
export function lastModifiedOf({ metadata, updated_at }: Pick<ObjectRow, 'metadata' | 'updated_at'>): Date {
  const written = new Date(metadata?.lastModified ?? updated_at);
  return Number.isNaN(written.getTime()) ? updated_at : written;
}

/** Size in bytes. */
export function sizeOf({ metadata, size_bytes }: Pick<ObjectRow, 'metadata' | 'size_bytes'>): number {
  return size_bytes === null ? (metadata?.size ?? 0) : Number(size_bytes);
}
