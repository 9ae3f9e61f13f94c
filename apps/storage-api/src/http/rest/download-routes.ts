import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { StorageDeps } from '../../deps.ts';
import { failures } from '../../errors.ts';
import type { ObjectRow } from '../../metadata/object-queries.ts';
import type { ReadDeps } from '../../metadata/replicas/start-replicas.ts';
import { type ReadDoor, readObject } from '../../objects/read-object.ts';
import { type AuthNeed, optionalScopeOf } from '../caller.ts';
import { serveObject } from './serve-object.ts';

const text = { type: 'string' };
const params = { type: 'object', properties: { bucketName: text, '*': text }, required: ['bucketName', '*'] };
const downloadQuery = { type: 'object', properties: { download: text, versionId: text } };
const infoQuery = { type: 'object', properties: { versionId: text } };
const signedQuery = { type: 'object', properties: { download: text, token: text }, required: ['token'] };

interface Params {
  bucketName: string;
  '*': string;
}
interface VersionQuery {
  versionId?: string;
}
interface DownloadQuery extends VersionQuery {
  download?: string;
}
interface Door {
  readonly path: string;
  readonly infoPath: string;
  readonly door: ReadDoor;
  readonly auth: AuthNeed;
  readonly name: string;
}

const DOORS: readonly Door[] = [
  { path: '/object/public/:bucketName/*', infoPath: '/object/info/public/:bucketName/*', door: 'public', auth: 'none', name: 'public' },
  {
    path: '/object/authenticated/:bucketName/*',
    infoPath: '/object/info/authenticated/:bucketName/*',
    door: 'member',
    auth: 'required',
    name: 'authenticated',
  },
  { path: '/object/:bucketName/*', infoPath: '/object/info/:bucketName/*', door: 'member', auth: 'optional', name: 'authenticated' },
];

/** GET and HEAD of bytes, and info, through each door; and signed links. */
export function downloadRoutes(app: FastifyInstance, deps: StorageDeps): void {
  for (const each of DOORS) {
    const find = (request: FastifyRequest<{ Params: Params; Querystring: VersionQuery }>, from: ReadDeps) => () =>
      readObject(from, {
        bucket: request.params.bucketName,
        key: request.params['*'],
        door: each.door,
        scope: optionalScopeOf(request),
        versionId: request.query.versionId,
      });
    const config = (verb: string) => ({ auth: each.auth, operation: `storage.object.${verb}_${each.name}` });
    const serve = (request: FastifyRequest<{ Params: Params; Querystring: DownloadQuery }>, reply: FastifyReply) =>
      serveObject(deps, {
        request,
        reply,
        find: find(request, request.method === 'HEAD' ? deps.reads : deps),
        download: request.query.download,
      });

    app.get<{ Params: Params; Querystring: DownloadQuery }>(
      each.path,
      { exposeHeadRoute: false, schema: { params, querystring: downloadQuery }, config: config('get') },
      serve,
    );
    app.head<{ Params: Params; Querystring: DownloadQuery }>(
      each.path,
      { schema: { params, querystring: downloadQuery }, config: config('info') },
      serve,
    );
    app.get<{ Params: Params; Querystring: VersionQuery }>(
      each.infoPath,
      { exposeHeadRoute: false, schema: { params, querystring: infoQuery }, config: config('info') },
      async (request, reply) => reply.send(present(await find(request, deps.reads)())),
    );
  }
  signedRoute(app, deps);
}

function signedRoute(app: FastifyInstance, deps: StorageDeps): void {
  const url = '/object/sign/:bucketName/*';
  app.route<{ Params: Params; Querystring: { download?: string; token: string } }>({
    method: ['GET', 'HEAD'],
    url,
    schema: { params, querystring: signedQuery },
    config: { auth: 'none', operation: 'storage.object.get_signed' },
    handler: async (request, reply) => {
      const { bucketName: bucket, '*': key } = request.params;
      const { exp, transformations, versionId, archive } = await deps.links.use(request.query.token, {
        bucket,
        path: key,
        scope: 'download',
      });
      if (transformations !== undefined || archive !== undefined) throw failures.invalidSignature();
      const find = () => readObject(deps, { bucket, key, door: 'signed', versionId });
      return serveObject(deps, { request, reply, find, download: request.query.download, expires: new Date(exp * 1000) });
    },
  });
}

function present(row: ObjectRow) {
  const { id, name, version, bucket_id, metadata, user_metadata, created_at, updated_at, archived_at, is_delete_marker, is_versioned } =
    row;
  return {
    id,
    name,
    version,
    bucket_id,
    size: metadata?.size ?? null,
    content_type: metadata?.mimetype ?? null,
    cache_control: metadata?.cacheControl ?? null,
    content_encoding: metadata?.contentEncoding ?? null,
    etag: metadata?.eTag ?? null,
    metadata: user_metadata ?? {},
    last_modified: metadata?.lastModified ?? updated_at,
    created_at,
    archived_at: archived_at ?? null,
    is_delete_marker: is_delete_marker ?? false,
    is_versioned,
  };
}
