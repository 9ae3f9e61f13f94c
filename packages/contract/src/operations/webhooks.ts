import { z } from 'zod';
import {
  deliveryPageSchema,
  deliveryQuerySchema,
  replayedSchema,
  replaySchema,
  webhookBearerSchema,
  webhookCreateFields,
  webhookIdSchema,
  webhookListSchema,
  webhookSchema,
  webhookTestSchema,
  webhookUpdateFields,
} from '../wire/webhook.ts';
import { defineOperation } from './define.ts';
import { sensitive } from './sensitive.ts';

const one = { id: webhookIdSchema };
const withSecret = z.object({
  webhook: webhookSchema,
  /** Key of the signatures; shown this once. */
  secret: sensitive(z.string()),
});

export const webhooksList = defineOperation({
  name: 'webhooks.list',
  summary: 'Targets of object events, with what waits for them',
  input: z.strictObject({}),
  output: webhookListSchema,
  permission: 'webhooks:read',
  effect: 'read',
  rest: { method: 'GET', path: '/webhooks' },
});

export const webhooksCreate = defineOperation({
  name: 'webhooks.create',
  summary: 'Tell a URL of objects that are created, updated or removed',
  input: z.strictObject({ ...webhookCreateFields, bearer: sensitive(webhookBearerSchema.default(null)) }),
  output: withSecret,
  permission: 'webhooks:write',
  effect: 'write',
  rest: { method: 'POST', path: '/webhooks' },
});

export const webhooksUpdate = defineOperation({
  name: 'webhooks.update',
  summary: 'Change or pause a target; what is left out stays',
  input: z.strictObject({ ...one, ...webhookUpdateFields, bearer: sensitive(webhookBearerSchema.optional()) }),
  output: webhookSchema,
  permission: 'webhooks:write',
  // The bucket it is to be for says nothing about the one it is for.
  scope: () => [{}],
  effect: 'write',
  rest: { method: 'PATCH', path: '/webhooks/{id}' },
});

export const webhooksRotateSecret = defineOperation({
  name: 'webhooks.rotateSecret',
  summary: 'Sign messages to a target with a new key from now on',
  input: z.strictObject(one),
  output: withSecret,
  permission: 'webhooks:write',
  effect: 'write',
  rest: { method: 'POST', path: '/webhooks/{id}/rotate-secret' },
});

export const webhooksTest = defineOperation({
  name: 'webhooks.test',
  summary: 'Send a test message to a target now, and say how it was answered',
  input: z.strictObject(one),
  output: webhookTestSchema,
  permission: 'webhooks:write',
  effect: 'write',
  rest: { method: 'POST', path: '/webhooks/{id}/test' },
});

export const webhooksDelete = defineOperation({
  name: 'webhooks.delete',
  summary: 'Forget a target and the messages that wait for it',
  input: z.strictObject(one),
  output: z.object({}),
  permission: 'webhooks:write',
  effect: 'destructive',
  rest: { method: 'DELETE', path: '/webhooks/{id}' },
});

export const webhooksDeliveries = defineOperation({
  name: 'webhooks.deliveries',
  summary: 'Messages to targets, newest first: delivered, waiting or given up',
  input: deliveryQuerySchema,
  output: deliveryPageSchema,
  permission: 'webhooks:read',
  effect: 'read',
  rest: { method: 'GET', path: '/webhook-deliveries' },
});

export const webhooksReplay = defineOperation({
  name: 'webhooks.replay',
  summary: 'Send messages again: some by number, or what was given up of a target',
  input: replaySchema.refine(({ ids, webhookId }) => (ids === undefined) !== (webhookId === undefined), 'name either ids or a webhookId'),
  output: replayedSchema,
  permission: 'webhooks:write',
  effect: 'write',
  rest: { method: 'POST', path: '/webhook-deliveries/replay' },
});
