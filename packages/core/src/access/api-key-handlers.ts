import { type ApiKey, apiKeysCreate, apiKeysList, apiKeysRevoke, apiKeysRotate } from '@supastor/contract/operations/api-keys';
import type { OperationContext } from '../operations/context.ts';
import { implement } from '../operations/implement.ts';
import { isoOrNull } from '../operations/iso-time.ts';
import type { ApiKeys } from './api-keys.ts';
import type { StoredApiKey } from './api-key.port.ts';
import { requireIdentity } from './identity.ts';

type Context = OperationContext<{ readonly apiKeys: ApiKeys }>;

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

export const apiKeyHandlers = {
  'apiKeys.list': implement(apiKeysList, async (_, { deps }: Context) => ({ keys: (await deps.apiKeys.list()).map(toEntry) })),

  'apiKeys.create': implement(
    apiKeysCreate,
    async ({ name, permissions, scope, expiresInDays }, { deps, identity, recordChange }: Context) => {
      const expiresAtMs = expiresInDays === null ? null : Date.now() + expiresInDays * DAY_MS;
      const { key, secret } = await deps.apiKeys.create(requireIdentity(identity), { name, permissions, scope, expiresAtMs });
      recordChange({ after: toEntry(key) });
      return { key: toEntry(key), secret };
    },
  ),

  'apiKeys.rotate': implement(apiKeysRotate, async ({ id, overlapHours }, { deps, identity, recordChange }: Context) => {
    const { key, secret, old } = await deps.apiKeys.rotate(requireIdentity(identity), id, overlapHours * HOUR_MS);
    recordChange({ before: toEntry(old), after: toEntry(key) });
    return { key: toEntry(key), secret };
  }),

  'apiKeys.revoke': implement(apiKeysRevoke, async ({ id }, { deps, emit, recordChange }: Context) => {
    const key = await deps.apiKeys.revoke(id);
    recordChange({ before: toEntry(key) });
    emit('session.ended', { sessionId: `key:${id}`, email: key.createdBy });
    return {};
  }),
};

function toEntry({ createdAtMs, expiresAtMs, lastUsedAtMs, permissions, createdByUser: _userId, ...same }: StoredApiKey): ApiKey {
  const times = { createdAt: new Date(createdAtMs).toISOString(), expiresAt: isoOrNull(expiresAtMs), lastUsedAt: isoOrNull(lastUsedAtMs) };
  return { ...same, ...times, permissions: [...permissions] };
}
