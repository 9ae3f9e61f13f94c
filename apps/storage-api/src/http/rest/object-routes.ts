import type { FastifyInstance } from 'fastify';
import type { StorageDeps } from '../../deps.ts';
import { TRANSFORM_PROPERTIES, type TransformOptions } from '../../images/transform-options.ts';
import type { ObjectRow } from '../../metadata/object-queries.ts';
import type { Selection } from '../../metadata/version-listing-queries.ts';
import { copyObject } from '../../objects/copy-object.ts';
import { deleteEntries, deleteObject } from '../../objects/delete-objects.ts';
import { listFolder, listPage, type SortColumn } from '../../objects/list-objects.ts';
import { listFolderVersions, listVersionPage } from '../../objects/list-versions.ts';
import { moveObject } from '../../objects/move-object.ts';
import { signObject, signObjects, signUpload } from '../../objects/sign-objects.ts';
import { operationOf, scopeOf } from '../caller.ts';
import { parseUserMetadata } from './upload-head.ts';

const JSON_TYPE = 'application/json; charset=utf-8';
const MAX_KEYS_PER_REQUEST = 1000;
const DEFAULT_LIST_LIMIT = 100;
const MAX_LIST_LIMIT = 1000;

const text = { type: 'string' };
const selection = { type: 'string', enum: ['exclude', 'include', 'only'] };
const versionChoice = { noncurrentVersions: selection, deleteMarkers: selection, exactMatch: { type: 'boolean' } };
const versionEntry = { type: 'object', properties: { path: text, versionId: text }, required: ['path', 'versionId'] };
const deletionList = { type: 'array', items: { anyOf: [text, versionEntry] }, minItems: 1, maxItems: MAX_KEYS_PER_REQUEST };
const keyList = { type: 'array', items: text, minItems: 1, maxItems: MAX_KEYS_PER_REQUEST };
const expiresIn = { type: 'integer', minimum: 1 };
const objectParams = { type: 'object', properties: { bucketName: text, '*': text }, required: ['bucketName', '*'] };
const versionQuery = { type: 'object', properties: { versionId: text } };
const bucketParams = { type: 'object', properties: { bucketName: text }, required: ['bucketName'] };

const bodies = {
  list: {
    type: 'object',
    properties: {
      prefix: text,
      limit: { type: 'integer', minimum: 1 },
      offset: { type: 'integer', minimum: 0, maximum: 1_000_000_000 },
      search: { type: 'string', maxLength: 1024 },
      ...versionChoice,
      sortBy: {
        type: 'object',
        properties: {
          column: { type: 'string', enum: ['name', 'updated_at', 'created_at', 'last_accessed_at'] },
          order: { type: 'string', enum: ['asc', 'desc'] },
        },
      },
    },
    required: ['prefix'],
  },
  listV2: {
    type: 'object',
    properties: {
      prefix: text,
      limit: { type: 'integer', minimum: 1 },
      cursor: { type: 'string', maxLength: 8192 },
      with_delimiter: { type: 'boolean' },
      ...versionChoice,
      sortBy: {
        type: 'object',
        properties: {
          column: { type: 'string', enum: ['name', 'updated_at', 'created_at'] },
          order: { type: 'string', enum: ['asc', 'desc'] },
        },
        required: ['column'],
      },
    },
  },
  copy: {
    type: 'object',
    properties: {
      bucketId: text,
      sourceKey: text,
      destinationBucket: text,
      destinationKey: text,
      sourceVersionId: text,
      copyMetadata: { type: 'boolean' },
      metadata: { type: 'object', properties: { cacheControl: text, mimetype: text, contentEncoding: text } },
    },
    required: ['sourceKey', 'bucketId', 'destinationKey'],
  },
  move: {
    type: 'object',
    properties: { bucketId: text, sourceKey: text, destinationBucket: text, destinationKey: text, sourceVersionId: text },
    required: ['bucketId', 'sourceKey', 'destinationKey'],
  },
  deleteMany: { type: 'object', properties: { prefixes: deletionList }, required: ['prefixes'] },
  sign: {
    type: 'object',
    properties: { expiresIn, versionId: text, transform: { type: 'object', properties: TRANSFORM_PROPERTIES } },
    required: ['expiresIn'],
  },
  signMany: { type: 'object', properties: { expiresIn, paths: keyList }, required: ['expiresIn', 'paths'] },
};

interface ObjectParams {
  bucketName: string;
  '*': string;
}
interface BucketParams {
  bucketName: string;
}
interface SortBy {
  column?: SortColumn;
  order?: 'asc' | 'desc';
}
interface VersionChoiceBody {
  noncurrentVersions?: Selection;
  deleteMarkers?: Selection;
  exactMatch?: boolean;
}
interface ListBody extends VersionChoiceBody {
  prefix: string;
  limit?: number;
  offset?: number;
  search?: string;
  sortBy?: SortBy;
}
interface ListV2Body extends VersionChoiceBody {
  prefix?: string;
  limit?: number;
  cursor?: string;
  with_delimiter?: boolean;
  sortBy?: SortBy;
}
interface MoveBody {
  bucketId: string;
  sourceKey: string;
  destinationBucket?: string;
  destinationKey: string;
  sourceVersionId?: string;
}
interface CopyBody extends MoveBody {
  copyMetadata?: boolean;
  metadata?: { cacheControl?: string; mimetype?: string; contentEncoding?: string };
}

const config = (operation: string) => ({ auth: 'required', operation: `storage.object.${operation}` }) as const;

/** The routes under `/object` that speak JSON. */
export function objectRoutes(app: FastifyInstance, deps: StorageDeps): void {
  listRoutes(app, deps);
  changeRoutes(app, deps);
  signRoutes(app, deps);
}

function listRoutes(app: FastifyInstance, deps: StorageDeps): void {
  app.post<{ Params: BucketParams; Body: ListBody }>(
    '/object/list/:bucketName',
    { schema: { params: bucketParams, body: bodies.list }, config: config('list') },
    async (request, reply) => {
      const { prefix, limit, offset, search, sortBy } = request.body;
      const page = {
        bucket: request.params.bucketName,
        folder: prefix,
        search: search ?? '',
        limit: Math.min(limit ?? DEFAULT_LIST_LIMIT, MAX_LIST_LIMIT),
        offset: offset ?? 0,
        sortColumn: sortBy?.column ?? 'name',
        descending: sortBy?.order === 'desc',
      };
      const filter = versionFilter(request.body);
      const scope = scopeOf(request);
      const entries =
        filter === null ? await listFolder(deps.reads, scope, page) : await listFolderVersions(deps.reads, scope, { ...page, ...filter });
      return reply.type(JSON_TYPE).send(entries);
    },
  );

  app.post<{ Params: BucketParams; Body: ListV2Body }>(
    '/object/list-v2/:bucketName',
    { schema: { params: bucketParams, body: bodies.listV2 }, config: config('list_v2') },
    async (request, reply) => {
      const { prefix, limit, cursor, with_delimiter: withDelimiter, sortBy } = request.body;
      const page = {
        bucket: request.params.bucketName,
        prefix: prefix ?? '',
        withDelimiter: withDelimiter ?? false,
        limit: Math.min(limit ?? MAX_LIST_LIMIT, MAX_LIST_LIMIT),
        cursor: cursor === '' ? undefined : cursor,
        sortColumn: sortBy?.column ?? 'name',
        descending: sortBy?.order === 'desc',
      };
      const filter = versionFilter(request.body);
      const scope = scopeOf(request);
      const listed =
        filter === null ? await listPage(deps.reads, scope, page) : await listVersionPage(deps.reads, scope, { ...page, ...filter });
      return reply.type(JSON_TYPE).send(listed);
    },
  );
}

function changeRoutes(app: FastifyInstance, deps: StorageDeps): void {
  app.post<{ Body: CopyBody }>('/object/copy', { schema: { body: bodies.copy }, config: config('copy') }, async (request, reply) => {
    const { body, headers } = request;
    const replacement = { ...body.metadata, userMetadata: parseUserMetadata(headers['x-metadata'], 'base64') };
    const row = await copyObject(deps, {
      ...addresses(body),
      upsert: headers['x-upsert'] === 'true',
      scope: scopeOf(request),
      ...(body.copyMetadata === false ? { replacement } : {}),
    });
    return reply.send({ Id: row.id, Key: `${row.bucket_id}/${row.name}`, ...present(row) });
  });

  app.post<{ Body: MoveBody }>('/object/move', { schema: { body: bodies.move }, config: config('move') }, async (request, reply) => {
    const { id, name } = await moveObject(deps, { ...addresses(request.body), scope: scopeOf(request) });
    return reply.send({ message: 'Successfully moved', Id: id, Key: name });
  });

  app.delete<{ Params: ObjectParams; Querystring: { versionId?: string } }>(
    '/object/:bucketName/*',
    { schema: { params: objectParams, querystring: versionQuery }, config: config('delete') },
    async (request, reply) => {
      const { bucketName: bucket, '*': key } = request.params;
      await deleteObject(deps, scopeOf(request), { bucket, key, versionId: request.query.versionId });
      return reply.send({ message: 'Successfully deleted' });
    },
  );

  app.delete<{ Params: BucketParams; Body: { prefixes: (string | { path: string; versionId: string })[] } }>(
    '/object/:bucketName',
    { schema: { params: bucketParams, body: bodies.deleteMany }, config: config('delete_many') },
    async (request, reply) => {
      const { prefixes } = request.body;
      const targets = prefixes.map((entry) =>
        typeof entry === 'string' ? { key: entry } : { key: entry.path, versionId: entry.versionId },
      );
      const rows = await deleteEntries(deps, scopeOf(request), request.params.bucketName, targets);
      return reply.send(rows.map(present));
    },
  );
}

function signRoutes(app: FastifyInstance, deps: StorageDeps): void {
  app.post<{ Params: ObjectParams; Body: { expiresIn: number; transform?: TransformOptions; versionId?: string } }>(
    '/object/sign/:bucketName/*',
    { schema: { params: objectParams, body: bodies.sign }, config: config('sign') },
    async (request, reply) => {
      const { bucketName: bucket, '*': key } = request.params;
      const { expiresIn: expiresInSeconds, transform, versionId } = request.body;
      const picture = deps.images?.grant(transform);
      const signedURL = await signObject(deps, { scope: scopeOf(request), bucket, key, versionId, expiresInSeconds, picture });
      return reply.send({ signedURL });
    },
  );

  app.post<{ Params: BucketParams; Body: { expiresIn: number; paths: string[] } }>(
    '/object/sign/:bucketName',
    { schema: { params: bucketParams, body: bodies.signMany }, config: config('sign_many') },
    async (request, reply) => {
      const { expiresIn: expiresInSeconds, paths: keys } = request.body;
      return reply.send(await signObjects(deps, { scope: scopeOf(request), bucket: request.params.bucketName, keys, expiresInSeconds }));
    },
  );

  app.post<{ Params: ObjectParams }>(
    '/object/upload/sign/:bucketName/*',
    { schema: { params: objectParams }, config: config('sign_upload_url') },
    async (request, reply) => {
      const scope = scopeOf(request);
      const { bucketName: bucket, '*': key } = request.params;
      const upsert = request.headers['x-upsert'] === 'true';
      return reply.send(await signUpload(deps, { bucket, key, upsert, scope, subject: scope.subject, operation: operationOf(request) }));
    },
  );
}

/** Null for a plain listing of current objects. */
function versionFilter({
  noncurrentVersions: noncurrent = 'exclude',
  deleteMarkers: markers = 'exclude',
  exactMatch = false,
}: VersionChoiceBody) {
  return noncurrent === 'exclude' && markers === 'exclude' && !exactMatch ? null : { noncurrent, markers, isExact: exactMatch };
}

function addresses({ bucketId, sourceKey, destinationBucket, destinationKey, sourceVersionId: versionId }: MoveBody) {
  return {
    from: { bucket: bucketId, key: sourceKey, versionId },
    to: { bucket: destinationBucket === undefined || destinationBucket === '' ? bucketId : destinationBucket, key: destinationKey },
  };
}

function present(row: ObjectRow) {
  const { size_bytes: _size, sha256: _sha256, crc32: _crc32, damaged_version: _damaged, ...shown } = row;
  const { is_versioned, archived_at = null, is_delete_marker = false, ...rest } = shown;
  return { ...rest, archived_at, is_delete_marker, is_versioned };
}
