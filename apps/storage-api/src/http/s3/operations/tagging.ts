import { S3Error } from '../../../access/sigv4/s3-error.ts';
import { setVersionTags, versionPolicies } from '../../../metadata/version-queries.ts';
import { readDocument } from '../body/read-body.ts';
import { type S3Call, type S3Deps, sendEmpty, sendXml } from '../call.ts';
import { setTags } from '../queries/objects.ts';
import { readExtras } from '../stored-extras.ts';
import { renderDocument } from '../xml/render-xml.ts';
import { parseTagging } from '../xml/request-documents.ts';
import { findReadable } from './get-object.ts';

const MAX_DOCUMENT_BYTES = 64 * 1024;

/** GET object?tagging. */
export async function getObjectTagging(deps: S3Deps, call: S3Call): Promise<void> {
  const { tags = {} } = readExtras(await findReadable(deps, call));
  const set = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  sendXml(call, renderDocument('Tagging', { TagSet: { Tag: set } }));
}

/** PUT object?tagging: replaces all tags; bytes and modification time stay. */
export async function putObjectTagging(deps: S3Deps, call: S3Call): Promise<void> {
  const tags = parseTagging(await readDocument(call, MAX_DOCUMENT_BYTES));
  await replaceTags(deps, call, Object.fromEntries(tags));
  sendEmpty(call, 200);
}

/** DELETE object?tagging. */
export async function deleteObjectTagging(deps: S3Deps, call: S3Call): Promise<void> {
  await replaceTags(deps, call, {});
  sendEmpty(call, 204);
}

async function replaceTags(deps: S3Deps, call: S3Call, tags: Readonly<Record<string, string>>): Promise<void> {
  const { bucket, key } = call.target;
  const { version, archived_at: archivedAt = null } = await findReadable(deps, call);
  const isKept = archivedAt !== null && version !== null;
  const change = isKept ? setVersionTags(bucket, { key, versionId: version }, tags) : setTags(bucket, key, tags);
  await deps.database.transact({ before: isKept ? versionPolicies(call.scope) : [], scope: call.scope, steps: [change] });
  if (change.rowCount === 0) throw new S3Error('AccessDenied');
}
