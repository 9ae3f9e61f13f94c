import {
  webhooksCreate,
  webhooksDelete,
  webhooksDeliveries,
  webhooksList,
  webhooksReplay,
  webhooksRotateSecret,
  webhooksTest,
  webhooksUpdate,
} from '@supastor/contract/operations/webhooks';
import type { OperationContext } from '../operations/context.ts';
import { implement } from '../operations/implement.ts';
import type { WebhookAdmin } from './webhook-admin.port.ts';

type Context = OperationContext<{ readonly webhooks: WebhookAdmin }>;

export const webhookHandlers = {
  'webhooks.list': implement(webhooksList, async (_, { deps, signal }: Context) => ({ webhooks: [...(await deps.webhooks.list(signal))] })),

  'webhooks.create': implement(webhooksCreate, async (wanted, { deps, signal, recordChange }: Context) => {
    const created = await deps.webhooks.create(wanted, signal);
    recordChange({ after: created.webhook });
    return created;
  }),

  'webhooks.update': implement(webhooksUpdate, async ({ id, ...changes }, { deps, signal, recordChange }: Context) => {
    recordChange({ before: await deps.webhooks.get(id, signal) });
    const after = await deps.webhooks.update(id, changes, signal);
    recordChange({ after });
    return after;
  }),

  'webhooks.rotateSecret': implement(webhooksRotateSecret, ({ id }, { deps, signal }: Context) => deps.webhooks.rotateSecret(id, signal)),

  'webhooks.test': implement(webhooksTest, ({ id }, { deps, signal }: Context) => deps.webhooks.test(id, signal)),

  'webhooks.delete': implement(webhooksDelete, async ({ id }, { deps, signal, recordChange }: Context) => {
    recordChange({ before: await deps.webhooks.get(id, signal) });
    await deps.webhooks.remove(id, signal);
    return {};
  }),

  'webhooks.deliveries': implement(webhooksDeliveries, (query, { deps, signal }: Context) => deps.webhooks.deliveries(query, signal)),

  'webhooks.replay': implement(webhooksReplay, async (selection, { deps, signal, recordChange }: Context) => {
    const answer = { replayed: await deps.webhooks.replay(selection, signal) };
    recordChange({ after: answer });
    return answer;
  }),
};
