import { quotaKeySchema, quotaLimitsSchema } from '@supastor/contract/wire/quota';
import type { FastifyInstance } from 'fastify';
import type { StorageDeps } from '../../deps.ts';
import { listQuotas, removeQuota, setQuota } from '../../quotas/quotas.ts';
import { parseInput, requireServiceRole } from './service-only.ts';

const params = {
  type: 'object',
  properties: { kind: { type: 'string', enum: ['bucket', 'owner'] }, subject: { type: 'string', minLength: 1, maxLength: 200 } },
  required: ['kind', 'subject'],
};
type ByKey = { Params: { kind: string; subject: string } };
const config = (operation: string) => ({ auth: 'required', operation: `storage.quota.${operation}` }) as const;

/** `/quotas`: limits of buckets and owners, for service_role only. */
export function quotaRoutes(app: FastifyInstance, { database }: StorageDeps): void {
  void app.register(async (scope) => {
    scope.addHook('preValidation', async (request) => requireServiceRole(request, 'managing quotas'));

    scope.get('/quotas', { config: config('list') }, async () => ({ quotas: await listQuotas(database) }));
    scope.put<ByKey>('/quotas/:kind/:subject', { schema: { params }, config: config('set') }, (request) => {
      const key = parseInput(quotaKeySchema, request.params, 'params');
      return setQuota(database, key, parseInput(quotaLimitsSchema, request.body, 'body'));
    });
    scope.delete<ByKey>('/quotas/:kind/:subject', { schema: { params }, config: config('delete') }, async (request) => {
      await removeQuota(database, parseInput(quotaKeySchema, request.params, 'params'));
      return { message: 'Successfully removed' };
    });
  });
}
