import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { CdnPurger } from '../../cdn/cdn-purger.ts';
import type { StorageDeps } from '../../deps.ts';
import { failures } from '../../errors.ts';
import { scopeOf } from '../caller.ts';

const text = { type: 'string' };
const querystring = { type: 'object', properties: { transformations: { type: 'boolean' } } };
const bucketParams = { type: 'object', properties: { bucketName: text }, required: ['bucketName'] };
const objectParams = {
  type: 'object',
  properties: { bucketName: text, '*': { type: 'string', minLength: 1 } },
  required: ['bucketName', '*'],
};

interface Purge {
  Params: { bucketName?: string; '*'?: string };
  Querystring: { transformations?: boolean };
}

/** What upstream calls purging, by the routes it has for it. */
const ROUTES = [
  { url: '/cdn', params: undefined, scope: 'tenant' },
  { url: '/cdn/', params: undefined, scope: 'tenant' },
  { url: '/cdn/:bucketName', params: bucketParams, scope: 'bucket' },
  { url: '/cdn/:bucketName/*', params: objectParams, scope: 'object' },
] as const;

/** `/cdn`: lets the cache in front forget an object, a bucket or everything; for service_role only. */
export function cdnRoutes(app: FastifyInstance, { cdn }: StorageDeps): void {
  for (const { url, params, scope } of ROUTES) {
    app.delete<Purge>(
      url,
      {
        schema: { querystring, ...(params === undefined ? {} : { params }) },
        config: { auth: 'required', operation: `storage.cdn.purge_${scope}_cache` },
      },
      async (request) => {
        const purger = admit(request, cdn);
        const { bucketName: bucket, '*': key } = request.params;
        const { transformations: transforms = false } = request.query;
        await purger.purge({ ...(bucket === undefined ? {} : { bucket }), ...(key === undefined ? {} : { key }), transforms });
        return { message: 'success' };
      },
    );
  }
}

/** @throws ProtocolError AccessDenied for other roles, FeatureNotEnabled when nothing can be purged */
function admit(request: FastifyRequest<Purge>, cdn: CdnPurger | null): CdnPurger {
  if (scopeOf(request).role !== 'service_role') throw failures.invalidRole();
  if (cdn === null) throw failures.featureDisabled('purgeCache');
  return cdn;
}
