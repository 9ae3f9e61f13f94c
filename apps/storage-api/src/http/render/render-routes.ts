import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { StorageDeps } from '../../deps.ts';
import { failures } from '../../errors.ts';
import { mimeTypeOf, negotiateFormat } from '../../images/image-format.ts';
import type { ImageRenderer } from '../../images/image-renderer.ts';
import {
  formatTransformations,
  parseTransformations,
  TRANSFORM_PROPERTIES,
  type TransformOptions,
} from '../../images/transform-options.ts';
import type { ObjectRow } from '../../metadata/object-queries.ts';
import { readObject, refuseDamaged } from '../../objects/read-object.ts';
import { optionalScopeOf } from '../caller.ts';
import { decide } from '../rest/conditions.ts';
import { disposition } from '../rest/serve-object.ts';

const text = { type: 'string' };
const params = { type: 'object', properties: { bucketName: text, '*': text }, required: ['bucketName', '*'] };
const transformQuery = { type: 'object', properties: { ...TRANSFORM_PROPERTIES, download: text, versionId: text } };
const signedQuery = { type: 'object', properties: { token: text, download: text }, required: ['token'] };

interface Params {
  bucketName: string;
  '*': string;
}
type TransformQuery = TransformOptions & { readonly download?: string; readonly versionId?: string };

const DOORS = [
  { path: '/render/image/public/:bucketName/*', door: 'public', auth: 'none', name: 'public' },
  { path: '/render/image/authenticated/:bucketName/*', door: 'member', auth: 'required', name: 'authenticated' },
] as const;

/** Routes under `/render/image`: an object, resized and re-encoded. */
export function renderRoutes(app: FastifyInstance, deps: StorageDeps): void {
  for (const { path, door, auth, name } of DOORS) {
    app.route<{ Params: Params; Querystring: TransformQuery }>({
      method: ['GET', 'HEAD'],
      url: path,
      schema: { params, querystring: transformQuery },
      config: { auth, operation: `storage.render.image_${name}` },
      handler: (request, reply) => {
        const { bucketName: bucket, '*': key } = request.params;
        const { download, versionId, ...options } = request.query;
        limitRate(deps, request, reply);
        const find = () => readObject(deps, { bucket, key, door, scope: optionalScopeOf(request), versionId });
        return sendImage(requireImages(deps), { cdn: deps.cdn, request, reply, find, options, download });
      },
    });
  }
  app.route<{ Params: Params; Querystring: { token: string; download?: string } }>({
    method: ['GET', 'HEAD'],
    url: '/render/image/sign/:bucketName/*',
    schema: { params, querystring: signedQuery },
    config: { auth: 'none', operation: 'storage.render.image_sign' },
    handler: async (request, reply) => {
      const { bucketName: bucket, '*': key } = request.params;
      const images = requireImages(deps);
      limitRate(deps, request, reply);
      const { exp, transformations, format, versionId, archive } = await deps.links.use(request.query.token, {
        bucket,
        path: key,
        scope: 'download',
      });
      if (archive !== undefined) throw failures.invalidSignature();
      const options = parseTransformations(transformations ?? '', format);
      const find = () => readObject(deps, { bucket, key, door: 'signed', versionId });
      const expires = new Date(exp * 1000);
      return sendImage(images, { cdn: deps.cdn, request, reply, find, options, download: request.query.download, expires });
    },
  });
}

function requireImages({ images }: StorageDeps): ImageRenderer {
  if (images === null) throw failures.featureDisabled('imageTransformation');
  return images;
}

/** @throws ProtocolError SlowDown when the image is asked for too often */
function limitRate({ renderRate }: StorageDeps, { raw, url }: FastifyRequest, reply: FastifyReply): void {
  const forwarded = raw.headers['x-forwarded-for'] ?? null;
  const forwardedFor = Array.isArray(forwarded) ? forwarded.join() : forwarded;
  if (renderRate === null || renderRate.admits({ remote: raw.socket.remoteAddress ?? '', forwardedFor, url })) return;
  reply.header('retry-after', renderRate.retrySeconds);
  throw failures.tooOften();
}

interface ImageAnswer {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** Finds the row; asked again when its bytes went away in between. */
  readonly find: () => Promise<ObjectRow>;
  readonly options: TransformOptions;
  readonly cdn: StorageDeps['cdn'];
  readonly download?: string | undefined;
  /** End of a signed link's life. */
  readonly expires?: Date;
}

async function sendImage(images: ImageRenderer, answer: ImageAnswer): Promise<FastifyReply> {
  const { request, reply, find, cdn } = answer;
  const clamped = images.clamp(answer.options);
  const options = { ...clamped, format: negotiateFormat(clamped.format, request.headers.accept) };
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const row = await find();
    if (row.version === null) break;
    refuseDamaged(row);
    const wanted = { version: row.version, crc32: row.crc32, options };
    const etag = `"${images.keyOf(wanted).slice(0, 32)}"`;
    // The size is not known before the picture is made; ranges of pictures are not offered.
    const decision = decide({ ...request.headers, range: undefined }, { etag, lastModified: row.updated_at, sizeBytes: 0 }, request.method);
    setHeaders(answer, row, etag, formatTransformations(clamped));
    if (cdn) reply.headers(cdn.headersFor(row.bucket_id, row.name, true));
    if (clamped.format === undefined) reply.header('vary', 'Accept');
    if (decision.kind === 'precondition-failed') throw failures.preconditionFailed();
    if (decision.kind === 'not-modified') return reply.code(304).send();
    const image = await images.render(wanted);
    if (image === null) continue;
    reply.header('content-type', mimeTypeOf(image.format)).header('content-length', image.sizeBytes);
    if (request.method !== 'HEAD') return reply.send(image.body());
    await image.close();
    return reply.send();
  }
  throw failures.blobStore();
}

function setHeaders({ reply, download, expires }: ImageAnswer, row: ObjectRow, etag: string, transformations: string): void {
  reply
    .header('etag', etag)
    .header('last-modified', row.updated_at.toUTCString())
    .header('x-transformations', transformations)
    .header('x-robots-tag', 'none')
    .header('x-content-type-options', 'nosniff');
  if (expires === undefined) reply.header('cache-control', row.metadata?.cacheControl ?? 'no-cache');
  else reply.header('expires', expires.toUTCString());
  if (download !== undefined) reply.header('content-disposition', disposition(download));
}
