import { entityTagOf } from '../../../blobs/body-digest.ts';
import { openBody } from '../body/read-body.ts';
import { checksumHeader } from '../body/expected-digests.ts';
import type { Checksum } from '../body/digest-check.ts';
import { header, type S3Call, type S3Deps, sendEmpty } from '../call.ts';
import { readObjectHead, refuseUnsupportedHeaders } from '../object-head.ts';
import { commitObject, probeWrite, readWriteCondition, stageBody } from '../write-object.ts';
import { copyOneObject } from './copy-object.ts';
import { requireValidKey } from '../key.ts';

/** PUT object, or with x-amz-copy-source a copy. */
export async function putObject(deps: S3Deps, call: S3Call): Promise<void> {
  if (header(call, 'x-amz-copy-source') !== null) return copyOneObject(deps, call);
  refuseUnsupportedHeaders(call);
  const { bucket, key } = call.target;
  requireValidKey(key);
  const head = readObjectHead(call);
  const body = openBody(call);
  const plan = { bucket, key, head, condition: readWriteCondition(call), announcedBytes: body.announcedBytes };
  const ticket = await probeWrite(deps, call, plan);
  const { staged, checksum } = await stageBody(deps, ticket.version, body, ticket.maxBytes);
  const { sha256, crc32, sizeBytes } = staged.facts;
  const etag = `"${entityTagOf(staged.facts)}"`;
  const bytes = { version: ticket.version, sizeBytes, sha256: sha256.toString('hex'), crc32, etag, publish: () => staged.publish() };
  const extras = { ...head.extras, ...(checksum === null ? {} : { checksum: { ...checksum, type: 'FULL_OBJECT' as const } }) };
  await commitObject(deps, call, plan, bytes, { extras, keepsVersions: ticket.keepsVersions });
  deps.metrics.uploadedBytes.inc(sizeBytes);
  sendEmpty(call, 200, { etag, ...checksumHeaders(checksum) });
}

/** What tells the client that its checksum was verified. */
function checksumHeaders(checksum: Checksum | null): Record<string, string> {
  return checksum === null ? {} : { [checksumHeader(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': 'FULL_OBJECT' };
}
