import type { VersioningStatus } from '@supastor/contract/operations/buckets';
import { SupastorError } from '@supastor/contract/errors';
import type { Send } from './ask-ours.ts';

const HINT = 'Use the storage server of Supastor (storage.managed: true, storage.engine: builtin) for versions.';

/** @throws SJ_TARGET_UNSUPPORTED when this server would pass over what is asked of versions in silence */
export async function requireVersioned(send: Send, path: string, wanted: VersioningStatus | undefined, signal: AbortSignal): Promise<void> {
  if (wanted === undefined || wanted === 'DISABLED' || (await saysVersioning(send, path, signal))) return;
  throw versionsMissing('The storage server keeps no versions of objects; the bucket was not changed.');
}

/** The same for a bucket that was only just made, which is taken back. */
export async function requireMadeVersioned(
  send: Send,
  path: string,
  wanted: VersioningStatus | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (wanted === undefined || wanted === 'DISABLED' || (await saysVersioning(send, path, signal))) return;
  await send({ method: 'DELETE', path, body: {}, signal });
  throw versionsMissing('The storage server keeps no versions of objects; the bucket was not made.');
}

export function versionsMissing(message: string): SupastorError {
  return new SupastorError('SJ_TARGET_UNSUPPORTED', message, { hint: HINT });
}

/** Ours says of each bucket what it does about versions. */
async function saysVersioning(send: Send, path: string, signal: AbortSignal): Promise<boolean> {
  const bucket = await send({ method: 'GET', path, signal });
  return typeof bucket === 'object' && bucket !== null && 'versioning_status' in bucket;
}
