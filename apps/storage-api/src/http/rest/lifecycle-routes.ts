import type { FastifyInstance } from 'fastify';
import { getBucket } from '../../buckets/buckets.ts';
import type { StorageDeps } from '../../deps.ts';
import { deleteLifecycle, getLifecycle, putLifecycle } from '../../lifecycle/lifecycle.ts';
import { lifecyclePreviewSchema, lifecycleSchema } from '../../lifecycle/lifecycle-rules.ts';
import { scopeOf } from '../caller.ts';
import { parseInput, requireServiceRole } from './service-only.ts';

const PATH = '/bucket/:bucketId/lifecycle';
const params = { type: 'object', properties: { bucketId: { type: 'string' } }, required: ['bucketId'] };
type OfBucket = { Params: { bucketId: string } };

const options = (operation: string) =>
  ({ schema: { params }, config: { auth: 'required', operation: `storage.bucket.lifecycle.${operation}` } }) as const;

/** `/bucket/:bucketId/lifecycle`: get, replace and delete the rules, and see what they would delete. */
export function lifecycleRoutes(app: FastifyInstance, deps: StorageDeps): void {
  app.get<OfBucket>(PATH, options('get'), (request) => getLifecycle(deps, scopeOf(request), request.params.bucketId));

  app.put<OfBucket>(PATH, options('update'), async (request) => {
    const configuration = parseInput(lifecycleSchema, request.body, 'body');
    await putLifecycle(deps, scopeOf(request), request.params.bucketId, configuration);
    return configuration;
  });

  app.delete<OfBucket>(PATH, options('delete'), async (request) => {
    await deleteLifecycle(deps, scopeOf(request), request.params.bucketId);
    return { message: 'Successfully deleted' };
  });

  app.post<OfBucket>(`${PATH}/preview`, options('preview'), async (request) => {
    requireServiceRole(request, 'the preview of lifecycle rules');
    const { configuration } = parseInput(lifecyclePreviewSchema, request.body, 'body');
    const { bucketId } = request.params;
    await getBucket(deps, scopeOf(request), bucketId);
    const { rules } = configuration ?? (await getLifecycle(deps, scopeOf(request), bucketId));
    return { rules: await deps.lifecycle.preview(bucketId, rules) };
  });
}
