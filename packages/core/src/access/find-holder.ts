import { SupastorError } from '@supastor/contract/errors';
import type { ApiKeys } from './api-keys.ts';
import type { GrantHolder } from './grant.ts';
import { holds } from './grant.ts';
import type { Identity } from './identity.ts';
import type { UserDirectory } from './user-directory.ts';
import type { UserStore } from './user.port.ts';

export type NamedHolder = GrantHolder & { readonly name: string };

/**
 * Finds somebody to explain the grants of; whoever asks by default.
 * @throws SJ_FORBIDDEN when it is somebody else and the asker may not read users, SJ_NOT_FOUND
 */
export type FindHolder = (
  asker: Identity,
  about: { readonly user?: string | undefined; readonly apiKey?: string | undefined },
) => Promise<NamedHolder>;

export interface FindHolderOptions {
  readonly users: Pick<UserStore, 'find' | 'findByEmail'> | null;
  readonly directory: Pick<UserDirectory, 'lookUpSignedIn'>;
  readonly apiKeys: Pick<ApiKeys, 'holder'>;
}

export function createFindHolder({ users, directory, apiKeys }: FindHolderOptions): FindHolder {
  return async (asker, { user, apiKey }) => {
    if (user === undefined && apiKey === undefined) return { name: asker.email, grants: asker.grants };
    const needed = apiKey === undefined ? 'users:read' : 'apiKeys:read';
    if (!holds(asker, needed)) {
      throw new SupastorError('SJ_FORBIDDEN', `To ask about others you need the permission ${needed}.`, { meta: { permission: needed } });
    }
    if (apiKey !== undefined) return apiKeys.holder(apiKey);
    const found = user === undefined ? null : ((await users?.find(user)) ?? (await users?.findByEmail(user.toLowerCase())));
    if (!found) throw new SupastorError('SJ_NOT_FOUND', 'There is no such user.');
    const known = await directory.lookUpSignedIn(found.id);
    return { name: known ? found.email : `${found.email} (${found.state})`, grants: known?.grants ?? [] };
  };
}
