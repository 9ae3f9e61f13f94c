import { S3Error } from '../../../access/sigv4/s3-error.ts';
import { findBucket } from '../../../metadata/bucket-queries.ts';
import { findKeys, removeObjects } from '../../../metadata/object-queries.ts';
import { allowsKey } from '../../../s3-keys/access-scope.ts';
import { readDocument } from '../body/read-body.ts';
import { header, param, type S3Call, type S3Deps, sendEmpty, sendXml } from '../call.ts';
import { requireFound } from '../queries/buckets.ts';
import { requireEtag } from '../queries/objects.ts';
import { renderDocument } from '../xml/render-xml.ts';
import { parseDelete, unquoteEtag } from '../xml/request-documents.ts';

const MAX_DOCUMENT_BYTES = 8 * 1024 * 1024;
const UNSUPPORTED = ['x-amz-mfa', 'x-amz-bypass-governance-retention', 'x-amz-if-match-last-modified-time', 'x-amz-if-match-size'];

/** DELETE object. Deleting what does not exist succeeds. */
export async function deleteOneObject(deps: S3Deps, call: S3Call): Promise<void> {
  const { bucket, key } = call.target;
  refuseVersion(param(call, 'versionId'));
  refuseHeaders(call);
  const found = findBucket(bucket);
  const ifMatch = header(call, 'if-match');
  const removal = removeObjects(bucket, storable([key]));
  const left = findKeys(bucket, storable([key]));
  const condition = ifMatch === null ? [] : [requireEtag(bucket, key, unquoteEtag(ifMatch))];
  await deps.database.transact({ prelude: [found], scope: call.scope, steps: [...condition, removal, left] });
  requireFound(found);
  if (left.rows.length > 0) throw new S3Error('AccessDenied');
  sendEmpty(call, 204);
}

/** POST bucket?delete: up to a thousand keys, each with its own outcome. */
export async function deleteManyObjects(deps: S3Deps, call: S3Call): Promise<void> {
  const { bucket } = call.target;
  refuseHeaders(call);
  const request = parseDelete(await readDocument(call, MAX_DOCUMENT_BYTES));
  if (request.objects.some(({ etag }) => etag !== null))
    throw new S3Error('NotImplemented', 'Conditional deletes of many keys are not implemented.');
  const found = findBucket(bucket);
  const versioned = request.objects.filter(({ versionId }) => versionId !== null && versionId !== 'null');
  const outside = new Set(request.objects.map(({ key }) => key).filter((key) => !allowsKey(call.access, 'delete', { bucket, key })));
  const named = request.objects.filter((object) => !versioned.includes(object)).map(({ key }) => key);
  const keys = [...new Set(named)].filter((key) => !outside.has(key));
  const removal = removeObjects(bucket, storable(keys));
  const left = findKeys(bucket, storable(keys));
  await deps.database.transact({ prelude: [found], scope: call.scope, steps: [removal, left] });
  requireFound(found);
  const denied = new Set([...outside, ...left.rows.map(({ name }) => name)]);
  sendXml(
    call,
    renderDocument('DeleteResult', {
      ...(request.quiet
        ? {}
        : {
            Deleted: request.objects
              .filter((object) => !versioned.includes(object) && !denied.has(object.key))
              .map(({ key, versionId }) => ({ Key: key, VersionId: versionId })),
          }),
      Error: [
        ...[...denied].map((key) => ({ Key: key, Code: 'AccessDenied', Message: 'Access Denied.' })),
        ...versioned
          .filter(({ key }) => !outside.has(key))
          .map(({ key, versionId }) => ({ Key: key, VersionId: versionId, Code: 'NoSuchVersion', Message: 'No such version.' })),
      ],
    }),
  );
}

/** Versions do not exist yet but for `null`. @throws NoSuchVersion */
export function refuseVersion(versionId: string | null): void {
  if (versionId !== null && versionId !== 'null') throw new S3Error('NoSuchVersion');
}

/** Postgres cannot hold NUL, so no object is named by it. */
function storable(keys: readonly string[]): readonly string[] {
  return keys.filter((key) => !key.includes('\0'));
}

function refuseHeaders(call: S3Call): void {
  if (UNSUPPORTED.some((name) => header(call, name) !== null)) throw new S3Error('NotImplemented');
}
