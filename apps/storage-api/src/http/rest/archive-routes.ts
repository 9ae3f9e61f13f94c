import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { archiveFolder } from '../../archive/folder-archive.ts';
import { signArchive } from '../../archive/sign-archive.ts';
import type { StorageDeps } from '../../deps.ts';
import { failures } from '../../errors.ts';
import { scopeOf } from '../caller.ts';
import { disposition } from './serve-object.ts';
import { requireServiceRole } from './service-only.ts';

const prefix = { type: 'string', maxLength: 1024, pattern: '^$|/$' };
const params = { type: 'object', properties: { bucketName: { type: 'string' } }, required: ['bucketName'] };
const signBody = {
  type: 'object',
  properties: { prefix, expiresIn: { type: 'integer', minimum: 1, maximum: 604_800 } },
  required: ['prefix', 'expiresIn'],
};
const querystring = { type: 'object', properties: { prefix, token: { type: 'string' } }, required: ['prefix', 'token'] };

interface Archive {
  Params: { bucketName: string };
}

/** `/archive`: folders as a zip that is written while it is sent. Links are made for service_role only, and followed by who has them. */
export function archiveRoutes(app: FastifyInstance, deps: StorageDeps): void {
  app.post<Archive & { Body: { prefix: string; expiresIn: number } }>(
    '/archive/:bucketName',
    { schema: { params, body: signBody }, config: { auth: 'required', operation: 'storage.archive.sign' } },
    (request) => {
      requireServiceRole(request, 'making archives');
      const { prefix: folder, expiresIn: expiresInSeconds } = request.body;
      return signArchive(deps, { bucket: request.params.bucketName, prefix: folder, scope: scopeOf(request), expiresInSeconds });
    },
  );

  app.get<Archive & { Querystring: { prefix: string; token: string } }>(
    '/archive/:bucketName',
    { exposeHeadRoute: false, schema: { params, querystring }, config: { auth: 'none', operation: 'storage.archive.get_signed' } },
    async (request, reply) => {
      const { bucketName: bucket } = request.params;
      const folder = { bucket, prefix: request.query.prefix };
      const claims = await deps.links.use(request.query.token, { bucket, path: folder.prefix, scope: 'download' });
      if (claims.archive !== true) throw failures.invalidSignature();
      const name = folder.prefix.split('/').at(-2) ?? bucket;
      reply
        .header('content-type', 'application/zip')
        .header('content-disposition', disposition(`${name === '' ? bucket : name}.zip`))
        .header('cache-control', 'no-store')
        .header('x-content-type-options', 'nosniff')
        .header('x-robots-tag', 'none');
      return reply.send(Readable.from(measured(deps, archiveFolder(deps, folder)), { objectMode: false }));
    },
  );
}

async function* measured({ metrics }: Pick<StorageDeps, 'metrics'>, archive: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of archive) {
    metrics.downloadedBytes.inc(chunk.length);
    yield chunk;
  }
}
