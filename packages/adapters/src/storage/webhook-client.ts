import {
  deliveryPageSchema,
  replayedSchema,
  webhookListSchema,
  webhookSchema,
  webhookTestSchema,
  webhookWithSecretSchema,
} from '@supastor/contract/wire/webhook';
import type { WebhookAdmin } from '@supastor/core/webhooks/webhook-admin.port';
import { askOurs, type Send } from './ask-ours.ts';
import type { JsonRequest } from './json-http.ts';
import { toQuery } from './to-query.ts';

const NONE = {
  message: 'The storage server does not let its webhooks be managed.',
  hint: 'Use the storage server of Supastor (storage.managed: true), or the one target in the environment of the server.',
} as const;

/** The part of our storage server's REST protocol that manages targets of object events (`/webhooks`). */
export function createWebhookClient(send: Send): WebhookAdmin {
  const ask = (request: JsonRequest) => askOurs(send, request, NONE);
  return {
    list: async (signal) => webhookListSchema.parse(await ask({ method: 'GET', path: '/webhooks', signal })).webhooks,
    get: async (id, signal) => webhookSchema.parse(await ask({ method: 'GET', path: pathOf(id), signal })),
    create: async (wanted, signal) => webhookWithSecretSchema.parse(await ask({ method: 'POST', path: '/webhooks', body: wanted, signal })),
    update: async (id, changes, signal) => webhookSchema.parse(await ask({ method: 'PATCH', path: pathOf(id), body: changes, signal })),
    rotateSecret: async (id, signal) =>
      webhookWithSecretSchema.parse(await ask({ method: 'POST', path: `${pathOf(id)}/rotate-secret`, body: {}, signal })),
    test: async (id, signal) => webhookTestSchema.parse(await ask({ method: 'POST', path: `${pathOf(id)}/test`, body: {}, signal })),
    async remove(id, signal) {
      await ask({ method: 'DELETE', path: pathOf(id), signal });
    },
    deliveries: async (query, signal) =>
      deliveryPageSchema.parse(await ask({ method: 'GET', path: `/webhook-deliveries?${toQuery(query)}`, signal })),
    replay: async (selection, signal) =>
      replayedSchema.parse(await ask({ method: 'POST', path: '/webhook-deliveries/replay', body: selection, signal })).replayed,
  };
}

function pathOf(id: string): string {
  return `/webhooks/${encodeURIComponent(id)}`;
}
