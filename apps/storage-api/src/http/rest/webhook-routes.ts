import { deliveryQuerySchema, replaySchema, webhookCreateSchema, webhookUpdateSchema } from '@supastor/contract/wire/webhook';
import type { FastifyInstance } from 'fastify';
import type { StorageDeps } from '../../deps.ts';
import { failures } from '../../errors.ts';
import {
  createWebhook,
  getWebhook,
  listWebhooks,
  pageDeliveries,
  removeWebhook,
  replay,
  rotateWebhookSecret,
  testWebhook,
  updateWebhook,
} from '../../webhooks/targets.ts';
import { parseInput, requireServiceRole } from './service-only.ts';

const params = { type: 'object', properties: { webhookId: { type: 'string', format: 'uuid' } }, required: ['webhookId'] };
type ById = { Params: { webhookId: string } };
const config = (operation: string) => ({ auth: 'required', operation: `storage.webhook.${operation}` }) as const;

/** `/webhooks` and `/webhook-deliveries`, for service_role only. Secrets are in the answers to creating and rotating, nowhere else. */
export function webhookRoutes(app: FastifyInstance, { webhooks }: StorageDeps): void {
  void app.register(async (scope) => {
    scope.addHook('preValidation', async (request) => requireServiceRole(request, 'managing webhooks'));
    targetRoutes(scope, webhooks);

    scope.get('/webhook-deliveries', { config: config('deliveries') }, (request) =>
      pageDeliveries(webhooks, parseInput(deliveryQuerySchema, request.query, 'querystring')),
    );
    scope.post('/webhook-deliveries/replay', { config: config('replay') }, (request) => {
      const selection = parseInput(replaySchema, request.body, 'body');
      if ((selection.ids === undefined) === (selection.webhookId === undefined)) {
        throw failures.invalidRequest('body must name either ids or a webhookId');
      }
      return replay(webhooks, selection);
    });
  });
}

function targetRoutes(scope: FastifyInstance, webhooks: StorageDeps['webhooks']): void {
  scope.get('/webhooks', { config: config('list') }, async () => ({ webhooks: await listWebhooks(webhooks) }));
  scope.post('/webhooks', { config: config('create') }, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    return createWebhook(webhooks, parseInput(webhookCreateSchema, request.body, 'body'));
  });
  scope.get<ById>('/webhooks/:webhookId', { schema: { params }, config: config('get') }, (request) =>
    getWebhook(webhooks, request.params.webhookId),
  );
  scope.patch<ById>('/webhooks/:webhookId', { schema: { params }, config: config('update') }, (request) =>
    updateWebhook(webhooks, request.params.webhookId, parseInput(webhookUpdateSchema, request.body, 'body')),
  );
  scope.post<ById>('/webhooks/:webhookId/rotate-secret', { schema: { params }, config: config('rotate') }, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    return rotateWebhookSecret(webhooks, request.params.webhookId);
  });
  scope.post<ById>('/webhooks/:webhookId/test', { schema: { params }, config: config('test') }, (request) =>
    testWebhook(webhooks, request.params.webhookId),
  );
  scope.delete<ById>('/webhooks/:webhookId', { schema: { params }, config: config('delete') }, async (request) => {
    await removeWebhook(webhooks, request.params.webhookId);
    return { message: 'Successfully deleted' };
  });
}
