import { randomUUID } from 'node:crypto';
import { createVersionId } from '../blobs/version-id.ts';
import type { StorageDeps } from '../deps.ts';
import { failures } from '../errors.ts';
import type { Transaction } from '../metadata/database.ts';
import { holdInstance, moveObjectRow, type NewObject, type ObjectRow, removeObjects, writeObject } from '../metadata/object-queries.ts';
import {
  removeCurrentVersions,
  removeKeptVersions,
  requireVersion,
  requireVersionGone,
  UNBOUND_ROLE,
  versionMode,
  versionPolicies,
} from '../metadata/version-queries.ts';
import { findSourceRow } from './copy-object.ts';
import type { MoveRequest } from './move-object.ts';
import { asKeyConflict, withdraw } from './upload-object.ts';

type Deps = Pick<StorageDeps, 'database' | 'blobs'>;
type Source = ObjectRow & { readonly version: string };

/**
 * Moves between keys of which at least one keeps versions: what arrives is a version of its own. Without a version named, the key
 * that is left behind ends with a delete marker; a named version is removed for good, which on the same key restores it.
 * @throws ProtocolError NoSuchKey, KeyAlreadyExists, AccessDenied
 */
export async function moveWithVersions(deps: Deps, request: MoveRequest): Promise<{ id: string; name: string }> {
  const { from, to } = request;
  const source = await findSource(deps, request);
  const row = newRow(request, source);
  await probe(deps, request, source, row);
  const instanceId = await deps.blobs.copy(source.version, row.version);
  try {
    const plan = from.versionId === undefined ? moveCurrent(request, source, row) : moveNamed(request, source, row);
    await deps.database.transact({ ...plan, before: [holdInstance(instanceId), ...(plan.before ?? [])] });
  } catch (error) {
    await withdraw(deps, row.version, error);
    throw asKeyConflict(error);
  }
  deps.blobs.settle(row.version);
  const written = findSourceRow(to);
  await deps.database.read(written);
  return { id: written.rows[0]?.id ?? row.id, name: to.key };
}

async function findSource({ database }: Deps, { from, scope }: MoveRequest): Promise<Source> {
  const find = findSourceRow(from);
  await database.readBoth(scope, versionPolicies(scope), [find]);
  const row = find.rows[0];
  if (row === undefined || row.version === null || (row.is_delete_marker ?? false)) throw failures.noSuchKey();
  return { ...row, version: row.version };
}

/** Asks before bytes are copied. Whoever may rename the row may move it, as where no versions are kept. */
async function probe({ database }: Deps, request: MoveRequest, source: Source, row: NewObject): Promise<void> {
  const { from, to, scope } = request;
  const rename = moveObjectRow(from, to, scope.subject);
  const plan: Transaction = from.versionId === undefined ? { scope, steps: [rename] } : moveNamed(request, source, row);
  await database.transact({ ...plan, end: 'rollback' }).catch((error: unknown) => {
    throw asKeyConflict(error);
  });
  if (from.versionId === undefined && rename.rows.length === 0) throw failures.noSuchKey();
}

function moveCurrent({ from, scope }: MoveRequest, source: Source, row: NewObject): Transaction {
  return {
    before: [requireVersion(from.bucket, { key: from.key, versionId: source.version })],
    scope: { ...scope, role: UNBOUND_ROLE },
    steps: [writeObject(row, false), removeObjects(from.bucket, [from.key])],
  };
}

/** As the caller: needs what copying to the one and deleting the other need. */
function moveNamed({ from, to, scope }: MoveRequest, source: Source, row: NewObject): Transaction {
  const target = { key: from.key, versionId: source.version };
  const isRestore = from.bucket === to.bucket && from.key === to.key;
  return {
    before: [...versionPolicies(scope), requireVersion(from.bucket, target)],
    scope,
    steps: [
      writeObject(row, isRestore),
      versionMode('permanent'),
      removeKeptVersions(from.bucket, [target]),
      removeCurrentVersions(from.bucket, [target]),
    ],
    after: [requireVersionGone(from.bucket, target)],
  };
}

function newRow({ to, scope }: MoveRequest, source: Source): NewObject {
  return {
    id: randomUUID(),
    bucket: to.bucket,
    key: to.key,
    subject: scope.subject === '' ? (source.owner_id ?? '') : scope.subject,
    version: createVersionId(),
    metadata: { ...source.metadata },
    userMetadata: source.user_metadata,
    sizeBytes: source.size_bytes === null ? null : Number(source.size_bytes),
    sha256: source.sha256,
    crc32: source.crc32 === null ? null : Number(source.crc32),
  };
}
