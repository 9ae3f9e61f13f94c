import { accountPreferences, accountSavePreferences, type Preferences } from '@supastor/contract/operations/preferences';
import type { OperationContext } from '../operations/context.ts';
import { implement } from '../operations/implement.ts';
import type { Account } from './account.ts';
import { requireIdentity } from './identity.ts';
import type { PreferenceStore } from './preference.port.ts';

type Context = OperationContext<{ readonly account: Pick<Account, 'own'>; readonly preferences: PreferenceStore }>;

const DEFAULTS: Preferences = { home: null, startDismissed: false };

export const preferenceHandlers = {
  'account.preferences': implement(accountPreferences, async (_, { deps, identity }: Context) => {
    const { id } = await deps.account.own(requireIdentity(identity));
    return { ...DEFAULTS, ...(await deps.preferences.read(id)) };
  }),

  'account.savePreferences': implement(accountSavePreferences, async (changed, { deps, identity, recordChange }: Context) => {
    const { id } = await deps.account.own(requireIdentity(identity));
    const after = { ...DEFAULTS, ...(await deps.preferences.merge(id, changed)) };
    recordChange({ after });
    return after;
  }),
};
