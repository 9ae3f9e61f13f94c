import type { Quota, QuotaLimits } from '@supastor/contract/wire/quota';
import { editableBytes, parseBytes } from '../../format/bytes.ts';

/** What the form holds; an empty limit is none. */
export interface QuotaDraft {
  readonly bytes: string;
  readonly objects: string;
}

export function draftOf(quota: Pick<Quota, 'maxBytes' | 'maxObjects'> | null): QuotaDraft {
  const { maxBytes = null, maxObjects = null } = quota ?? {};
  return { bytes: maxBytes === null ? '' : editableBytes(maxBytes), objects: maxObjects === null ? '' : String(maxObjects) };
}

/** The limits, or which of the fields cannot be read; `empty`: there is no limit at all. */
export function readDraft({
  bytes,
  objects,
}: QuotaDraft): { readonly limits: QuotaLimits } | { readonly problem: 'bytes' | 'objects' | 'empty' } {
  const maxBytes = bytes.trim() === '' ? null : parseBytes(bytes);
  const maxObjects = objects.trim() === '' ? null : Number(objects.trim());
  if (maxBytes === null && bytes.trim() !== '') return { problem: 'bytes' };
  if (maxObjects !== null && !(Number.isSafeInteger(maxObjects) && maxObjects >= 0)) return { problem: 'objects' };
  return maxBytes === null && maxObjects === null ? { problem: 'empty' } : { limits: { maxBytes, maxObjects } };
}
