import { linkPageSchema, linkRevokedSchema } from '@supastor/contract/wire/signed-link';
import type { LinkAdmin } from '@supastor/core/links/link-admin.port';
import { askOurs, type Send } from './ask-ours.ts';
import { toQuery } from './to-query.ts';

const NONE = {
  message: 'The storage server does not remember signed links.',
  hint: 'Use the storage server of Supastor (storage.managed: true). Elsewhere only a new JWT secret ends links before their time.',
} as const;

/** The part of our storage server's REST protocol that lists and revokes signed links (`/links`). */
export function createLinkClient(send: Send): LinkAdmin {
  return {
    async list(query, signal) {
      const path = `/links?${toQuery(query)}`;
      return linkPageSchema.parse(await askOurs(send, { method: 'GET', path, signal }, NONE));
    },
    async revoke(selection, signal) {
      return linkRevokedSchema.parse(await askOurs(send, { method: 'POST', path: '/links/revoke', body: selection, signal }, NONE));
    },
  };
}
