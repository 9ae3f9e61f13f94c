import { quotaListSchema, type QuotaKey, quotaSchema } from '@supastor/contract/wire/quota';
import type { QuotaAdmin } from '@supastor/core/quotas/quota-admin.port';
import { askOurs, type Send } from './ask-ours.ts';
import type { JsonRequest } from './json-http.ts';

const NONE = {
  message: 'The storage server has no quotas.',
  hint: 'Use the storage server of Supastor (storage.managed: true), or a size limit on the bucket.',
} as const;

/** The part of our storage server's REST protocol that manages quotas (`/quotas`). */
export function createQuotaClient(send: Send): QuotaAdmin {
  const ask = (request: JsonRequest) => askOurs(send, request, NONE);
  return {
    list: async (signal) => quotaListSchema.parse(await ask({ method: 'GET', path: '/quotas', signal })).quotas,
    set: async (key, limits, signal) => quotaSchema.parse(await ask({ method: 'PUT', path: pathOf(key), body: limits, signal })),
    async remove(key, signal) {
      await ask({ method: 'DELETE', path: pathOf(key), signal });
    },
  };
}

function pathOf({ kind, subject }: QuotaKey): string {
  return `/quotas/${kind}/${encodeURIComponent(subject)}`;
}
