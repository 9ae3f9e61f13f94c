import type { FastifyInstance } from 'fastify';
import { createBucket, deleteBucket, emptyBucket, getBucket, listBuckets, updateBucket } from '../../buckets/buckets.ts';
import type { StorageDeps } from '../../deps.ts';
import type { BucketRow, BucketSortColumn } from '../../metadata/bucket-queries.ts';
import { scopeOf } from '../caller.ts';

const limits = {
  file_size_limit: {
    anyOf: [
      { type: 'integer', minimum: 0, nullable: true },
      { type: 'string', nullable: true },
    ],
  },
  allowed_mime_types: { type: 'array', nullable: true, maxItems: 1000, items: { type: 'string', maxLength: 255 } },
};
const createBody = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    name: { type: 'string' },
    public: { type: 'boolean' },
    type: { type: 'string' },
    versioning_status: { type: 'string', enum: ['DISABLED', 'ENABLED'] },
    ...limits,
  },
  required: ['name'],
};
const updateBody = {
  type: 'object',
  properties: { public: { type: 'boolean' }, versioning_status: { type: 'string', enum: ['ENABLED', 'SUSPENDED'] }, ...limits },
};
const listQuery = {
  type: 'object',
  properties: {
    limit: { type: 'integer', minimum: 1 },
    offset: { type: 'integer', minimum: 0 },
    search: { type: 'string' },
    sortColumn: { type: 'string', enum: ['id', 'name', 'created_at', 'updated_at'] },
    sortOrder: { type: 'string', enum: ['asc', 'desc'] },
  },
};
const bucketParams = { type: 'object', properties: { bucketId: { type: 'string' } }, required: ['bucketId'] };

interface LimitFields {
  file_size_limit?: number | string | null;
  allowed_mime_types?: readonly string[] | null;
}
interface CreateBody extends LimitFields {
  id?: string;
  name: string;
  public?: boolean;
  type?: string;
  versioning_status?: 'DISABLED' | 'ENABLED';
}
interface UpdateBody extends LimitFields {
  public?: boolean;
  versioning_status?: 'ENABLED' | 'SUSPENDED';
}
interface BucketParams {
  bucketId: string;
}
interface ListQuery {
  limit?: number;
  offset?: number;
  search?: string;
  sortColumn?: BucketSortColumn;
  sortOrder?: 'asc' | 'desc';
}

const config = (operation: string) => ({ auth: 'required', operation: `storage.bucket.${operation}` }) as const;

/** `/bucket`: create, list, get, update, empty, delete. */
export function bucketRoutes(app: FastifyInstance, deps: StorageDeps): void {
  app.post<{ Body: CreateBody }>('/bucket', { schema: { body: createBody }, config: config('create') }, async (request, reply) => {
    const { body } = request;
    await createBucket(deps, scopeOf(request), {
      id: body.id === undefined || body.id === '' ? body.name : body.id,
      name: body.name,
      isPublic: body.public ?? false,
      fileSizeLimit: body.file_size_limit,
      allowedMimeTypes: body.allowed_mime_types,
      versioningStatus: body.versioning_status,
    });
    return reply.send({ name: body.name });
  });

  app.get<{ Querystring: ListQuery }>('/bucket', { schema: { querystring: listQuery }, config: config('list') }, async (request, reply) => {
    const { limit, offset, search, sortColumn, sortOrder } = request.query;
    const rows = await listBuckets(deps.reads, scopeOf(request), {
      limit: limit ?? null,
      offset: offset ?? 0,
      search: search ?? '',
      sortColumn: sortColumn ?? 'name',
      descending: sortOrder === 'desc',
    });
    return reply.send(rows.map((row) => ({ ...present(row), type: row.type })));
  });

  app.get<{ Params: BucketParams }>(
    '/bucket/:bucketId',
    { schema: { params: bucketParams }, config: config('get') },
    async (request, reply) => reply.send(present(await getBucket(deps.reads, scopeOf(request), request.params.bucketId))),
  );

  app.put<{ Params: BucketParams; Body: UpdateBody }>(
    '/bucket/:bucketId',
    { schema: { params: bucketParams, body: updateBody }, config: config('update') },
    async (request, reply) => {
      const { body } = request;
      await updateBucket(deps, scopeOf(request), request.params.bucketId, {
        isPublic: body.public,
        fileSizeLimit: body.file_size_limit,
        allowedMimeTypes: body.allowed_mime_types,
        versioningStatus: body.versioning_status,
      });
      return reply.send({ message: 'Successfully updated' });
    },
  );

  app.post<{ Params: BucketParams }>(
    '/bucket/:bucketId/empty',
    { schema: { params: bucketParams }, config: config('empty') },
    async (request, reply) => {
      await emptyBucket(deps, scopeOf(request), request.params.bucketId);
      // The text is part of the protocol; here the bucket is empty when it arrives.
      return reply.send({ message: 'Empty bucket has been queued. Completion may take up to an hour.' });
    },
  );

  app.delete<{ Params: BucketParams }>(
    '/bucket/:bucketId',
    { schema: { params: bucketParams }, config: config('delete') },
    async (request, reply) => {
      await deleteBucket(deps, scopeOf(request), request.params.bucketId);
      return reply.send({ message: 'Successfully deleted' });
    },
  );
}

function present(row: BucketRow) {
  const { id, name, owner, public: isPublic, file_size_limit, allowed_mime_types, created_at, updated_at, versioning_status } = row;
  return {
    id,
    name,
    owner: owner ?? '',
    public: isPublic,
    file_size_limit: file_size_limit === null ? null : Number(file_size_limit),
    allowed_mime_types,
    created_at,
    updated_at,
    versioning_status,
  };
}
