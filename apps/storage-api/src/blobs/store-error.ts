import { SupastorError } from '@supastor/contract/errors';
import { failures } from '../errors.ts';

/** Code of a system error, or undefined. */
export function systemErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The protocol's failure for what the file system said; anything that is one already passes through. */
export function translateStoreError(error: unknown): Error {
  if (error instanceof SupastorError) return error;
  const code = systemErrorCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') return failures.noSpace(error);
  return failures.blobStore(error);
}

/** Resolves to undefined when the file is missing; other errors pass. */
export async function ignoreMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
