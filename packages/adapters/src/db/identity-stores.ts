import { SupastorError } from '@supastor/contract/errors';
import type { LoginThrottle } from '@supastor/core/access/login-throttle';
import type { PasskeyStore, UsedOnce } from '@supastor/core/access/passkey.port';
import type { PreferenceStore } from '@supastor/core/access/preference.port';
import type { RefreshStore } from '@supastor/core/access/refresh.port';
import type { SecondFactorStore } from '@supastor/core/access/second-factor.port';
import type { SigningKeyStore } from '@supastor/core/access/signing-key.port';
import type { SsoStore } from '@supastor/core/access/sso.port';
import type { LinkStore, RoleStore, UserStore } from '@supastor/core/access/user.port';
import { createLinkStore } from './link-store.ts';
import { createPasskeyStore, createUsedOnce } from './passkey-store.ts';
import { createPreferenceStore } from './preference-store.ts';
import type { Query, Transact } from './query.ts';
import { createRoleStore } from './role-store.ts';
import { createSecondFactorStore } from './second-factor-store.ts';
import { createSsoStore } from './sso-store.ts';
import { createSharedThrottle } from './throttle-store.ts';
import { createRefreshStore, createSigningKeyStore } from './token-store.ts';
import { createUserStore } from './user-store.ts';

/** Who may sign in and what they hold. */
export interface IdentityStores {
  readonly users: UserStore;
  readonly links: LinkStore;
  readonly roles: RoleStore;
  /** Failed sign-ins of all servers. */
  readonly throttle: LoginThrottle;
  readonly refreshTokens: RefreshStore;
  readonly secondFactors: SecondFactorStore;
  readonly passkeys: PasskeyStore;
  readonly preferences: PreferenceStore;
  readonly usedOnce: UsedOnce;
  readonly signingKeys: SigningKeyStore;
  readonly sso: SsoStore;
}

export function createIdentityStores(query: Query, transact: Transact): IdentityStores {
  return {
    users: createUserStore(query, transact),
    links: createLinkStore(query, transact),
    roles: createRoleStore(query, transact),
    throttle: createSharedThrottle(query, transact),
    refreshTokens: createRefreshStore(query, transact),
    secondFactors: createSecondFactorStore(query, transact),
    passkeys: createPasskeyStore(query),
    preferences: createPreferenceStore(query),
    usedOnce: createUsedOnce(query),
    signingKeys: createSigningKeyStore(query, transact),
    sso: createSsoStore(query, transact),
  };
}

/** Stands in where there is no database: every call says so. */
export function noIdentityStores(): IdentityStores {
  return createIdentityStores(refuse, refuse);
}

function refuse(): Promise<never> {
  return Promise.reject(
    new SupastorError('SJ_DATABASE_UNREACHABLE', 'This server was started without a database, so it has no users but its administrator.', {
      hint: 'Set DATABASE_URL.',
    }),
  );
}
