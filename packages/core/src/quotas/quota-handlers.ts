import { quotasList, quotasRemove, quotasSet } from '@supastor/contract/operations/quotas';
import type { QuotaKey } from '@supastor/contract/wire/quota';
import type { OperationContext } from '../operations/context.ts';
import { implement } from '../operations/implement.ts';
import type { QuotaAdmin } from './quota-admin.port.ts';

type Context = OperationContext<{ readonly quotas: QuotaAdmin }>;

export const quotaHandlers = {
  'quotas.list': implement(quotasList, async (_, { deps, signal }: Context) => ({ quotas: [...(await deps.quotas.list(signal))] })),

  'quotas.set': implement(quotasSet, async ({ kind, subject, maxBytes, maxObjects }, { deps, signal, recordChange }: Context) => {
    recordChange({ before: await find(deps.quotas, { kind, subject }, signal) });
    const after = await deps.quotas.set({ kind, subject }, { maxBytes, maxObjects }, signal);
    recordChange({ after });
    return after;
  }),

  'quotas.remove': implement(quotasRemove, async (key, { deps, signal, recordChange }: Context) => {
    recordChange({ before: await find(deps.quotas, key, signal) });
    await deps.quotas.remove(key, signal);
    return {};
  }),
};

async function find(quotas: QuotaAdmin, { kind, subject }: QuotaKey, signal: AbortSignal) {
  const all = await quotas.list(signal);
  return all.find((quota) => quota.kind === kind && quota.subject === subject);
}
