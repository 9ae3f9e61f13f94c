import { S3Error } from '../../../access/sigv4/s3-error.ts';
import { findBucket } from '../../../metadata/bucket-queries.ts';
import { findKeys, removeObjects } from '../../../metadata/object-queries.ts';
import type { Step } from '../../../metadata/step.ts';
import { findMarkers, versionIdOf, type VersionTarget } from '../../../metadata/version-queries.ts';
import { leaveMarkers } from '../../../objects/delete-markers.ts';
import { deleteVersions, type VersionRemoval } from '../../../objects/delete-versions.ts';
import { allowsKey } from '../../../s3-keys/access-scope.ts';
import { readDocument } from '../body/read-body.ts';
import { header, MARKER_HEADER, param, type S3Call, type S3Deps, sendEmpty, sendXml, VERSION_HEADER } from '../call.ts';
import { toS3Error } from '../errors.ts';
import { requireBucket, requireFound } from '../queries/buckets.ts';
import { requireEtag } from '../queries/objects.ts';
import { renderDocument, type XmlTree } from '../xml/render-xml.ts';
import { type DeleteRequest, parseDelete, unquoteEtag } from '../xml/request-documents.ts';

const MAX_DOCUMENT_BYTES = 8 * 1024 * 1024;
const CONDITIONAL_AT_ONCE = 4;
const UNSUPPORTED = ['x-amz-mfa', 'x-amz-bypass-governance-retention', 'x-amz-if-match-last-modified-time', 'x-amz-if-match-size'];

/**
 * DELETE object. Deleting what does not exist succeeds. Where versions are kept a delete marker is left; with versionId that version
 * is removed for good.
 */
export async function deleteOneObject(deps: S3Deps, call: S3Call): Promise<void> {
  const { bucket, key } = call.target;
  refuseHeaders(call);
  const ifMatch = header(call, 'if-match');
  const versionId = param(call, 'versionId');
  if (versionId !== null) {
    if (ifMatch !== null) throw conditionOnVersion();
    return deleteOneVersion(deps, call, versionId);
  }
  const condition = ifMatch === null ? [] : [requireEtag(bucket, key, unquoteEtag(ifMatch))];
  const { denied, markers } = await deleteKeys(deps, call, [key], condition);
  if (denied.has(key)) throw new S3Error('AccessDenied');
  const marker = markers.get(key);
  sendEmpty(call, 204, marker === undefined ? {} : { [MARKER_HEADER]: 'true', [VERSION_HEADER]: marker });
}

async function deleteOneVersion(deps: S3Deps, call: S3Call, versionId: string): Promise<void> {
  const { bucket, key } = call.target;
  await requireBucket(deps, bucket);
  const { removed, denied } = await deleteVersions(deps, call.scope, bucket, storableVersions([{ key, versionId }]));
  if (denied.length > 0) throw new S3Error('AccessDenied');
  const isMarker = removed.some(({ is_delete_marker }) => is_delete_marker);
  sendEmpty(call, 204, { [VERSION_HEADER]: printable(versionId), [MARKER_HEADER]: isMarker ? 'true' : null });
}

/** POST bucket?delete: up to a thousand keys or versions, each with its own outcome. */
export async function deleteManyObjects(deps: S3Deps, call: S3Call): Promise<void> {
  const { bucket } = call.target;
  refuseHeaders(call);
  const request = parseDelete(await readDocument(call, MAX_DOCUMENT_BYTES));
  if (request.objects.some(({ etag, versionId }) => etag !== null && versionId !== null)) throw conditionOnVersion();
  const allowed = request.objects.filter(({ key }) => allowsKey(call.access, 'delete', { bucket, key }));
  const versions = allowed.flatMap(({ key, versionId }) => (versionId === null ? [] : [{ key, versionId }]));
  const plain = allowed.filter(({ versionId, etag }) => versionId === null && etag === null);
  const keys = [...new Set(plain.map(({ key }) => key))];
  const { removed, denied: deniedVersions } =
    versions.length === 0 ? NOTHING : await deleteVersions(deps, call.scope, bucket, storableVersions(versions));
  const { denied, markers } = await deleteKeys(deps, call, keys);
  const conditional = await deleteConditionally(deps, call, allowed);
  const kept = new Set(deniedVersions.map(({ key, versionId }) => nameOf(key, versionId)));
  const removedMarkers = new Set(
    removed.filter(({ is_delete_marker }) => is_delete_marker).map((row) => nameOf(row.name, versionIdOf(row))),
  );
  const refusalOf = (object: DeletedObject): S3Error | undefined => {
    if (object.etag !== null && allowed.includes(object)) return conditional.refusals.get(object);
    const isKept = object.versionId === null ? denied.has(object.key) : kept.has(nameOf(object.key, object.versionId));
    return isKept || !allowed.includes(object) ? new S3Error('AccessDenied') : undefined;
  };
  const allMarkers = new Map([...markers, ...conditional.markers]);
  const gone = request.objects.filter((object) => refusalOf(object) === undefined);
  sendXml(
    call,
    renderDocument('DeleteResult', {
      ...(request.quiet ? {} : { Deleted: gone.map((object) => describeDeleted(object, allMarkers, removedMarkers)) }),
      Error: request.objects.flatMap((object) => {
        const refusal = refusalOf(object);
        const { key: Key, versionId: VersionId } = object;
        return refusal === undefined ? [] : [{ Key, VersionId, Code: refusal.s3Code, Message: refusal.message }];
      }),
    }),
  );
}

type DeletedObject = DeleteRequest['objects'][number];

interface ConditionalRemoval {
  readonly refusals: ReadonlyMap<DeletedObject, S3Error>;
  readonly markers: ReadonlyMap<string, string>;
}

/** Those that name an entity tag, each in a transaction of its own: one that is another by now must not keep the others. */
async function deleteConditionally(deps: S3Deps, call: S3Call, objects: readonly DeletedObject[]): Promise<ConditionalRemoval> {
  const refusals = new Map<DeletedObject, S3Error>();
  const markers = new Map<string, string>();
  const waiting = objects.filter(({ key, etag }) => etag !== null && !key.includes('\0')).values();
  const work = async (): Promise<void> => {
    for (const object of waiting) {
      const condition = requireEtag(call.target.bucket, object.key, object.etag ?? '');
      const outcome = await deleteKeys(deps, call, [object.key], [condition]).catch(toS3Error);
      if (outcome instanceof S3Error) {
        if (outcome.httpStatus >= 500) throw outcome;
        refusals.set(object, outcome);
      } else if (outcome.denied.has(object.key)) refusals.set(object, new S3Error('AccessDenied'));
      else for (const [key, id] of outcome.markers) markers.set(key, id);
    }
  };
  await Promise.all(Array.from({ length: CONDITIONAL_AT_ONCE }, work));
  return { refusals, markers };
}

function conditionOnVersion(): S3Error {
  return new S3Error('NotImplemented', 'Conditional deletes of versions are not implemented.');
}

const NOTHING: VersionRemoval = { removed: [], denied: [] };
const nameOf = (key: string, versionId: string) => JSON.stringify([key, versionId]);

function describeDeleted(
  { key, versionId }: DeletedObject,
  markers: ReadonlyMap<string, string>,
  removedMarkers: ReadonlySet<string>,
): XmlTree {
  const marker = versionId === null ? markers.get(key) : removedMarkers.has(nameOf(key, versionId)) ? versionId : undefined;
  return {
    Key: key,
    VersionId: versionId,
    ...(marker === undefined ? {} : { DeleteMarker: true, DeleteMarkerVersionId: marker }),
  };
}

interface KeyRemoval {
  /** Keys whose objects the caller sees but may not delete. */
  readonly denied: ReadonlySet<string>;
  /** Ids of the delete markers that were left, by key. */
  readonly markers: ReadonlyMap<string, string>;
}

async function deleteKeys(
  deps: S3Deps,
  { scope, target: { bucket } }: S3Call,
  names: readonly string[],
  condition: readonly Step<unknown>[] = [],
): Promise<KeyRemoval> {
  const keys = storable(names);
  const found = findBucket(bucket);
  const removal = removeObjects(bucket, keys);
  const left = findKeys(bucket, keys);
  const markers = findMarkers(bucket, keys);
  await deps.database.transact({ prelude: [found], scope, steps: [...condition, removal, left], after: [markers] });
  requireFound(found);
  const denied = new Set(left.rows.map(({ name }) => name));
  if (markers.rows.length === 0) return { denied, markers: new Map() };
  const attempted = keys.filter((key) => !denied.has(key));
  const rows = await leaveMarkers(deps, scope, { bucket, keys: attempted, removed: removal.rows, markers: markers.rows });
  return { denied, markers: new Map(rows.map((row) => [row.name, versionIdOf(row)])) };
}

/** Postgres cannot hold NUL, so no object is named by it. */
function storable(keys: readonly string[]): readonly string[] {
  return keys.filter((key) => !key.includes('\0'));
}

function storableVersions(targets: readonly VersionTarget[]): readonly VersionTarget[] {
  return targets.filter(({ key, versionId }) => !key.includes('\0') && !versionId.includes('\0'));
}

/** Fit for a header, whatever the client sent. */
function printable(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : encodeURIComponent(text.toWellFormed());
}

function refuseHeaders(call: S3Call): void {
  if (UNSUPPORTED.some((name) => header(call, name) !== null)) throw new S3Error('NotImplemented');
}
