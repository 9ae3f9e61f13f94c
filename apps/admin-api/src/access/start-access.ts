import type { AdminDatabase } from '@supastor/adapters/db/admin-database';
import { noIdentityStores } from '@supastor/adapters/db/identity-stores';
import { createArgon2Hasher } from '@supastor/adapters/identity/argon2-hasher';
import { createCommonPasswords } from '@supastor/adapters/identity/common-passwords';
import { createOidcProvider } from '@supastor/adapters/identity/oidc-provider';
import { createPasskeyVerifier } from '@supastor/adapters/identity/passkey-verifier';
import { createTimedCodes } from '@supastor/adapters/identity/timed-codes';
import { createSmtpSender } from '@supastor/adapters/mail/smtp-sender';
import { permissionsOfRole, SELF_PERMISSIONS } from '@supastor/contract/access/roles';
import { PERMISSIONS } from '@supastor/contract/operations/all';
import { createAccount } from '@supastor/core/access/account';
import { createAccountLinks } from '@supastor/core/access/account-links';
import { createApiKeys } from '@supastor/core/access/api-keys';
import { type Authenticate, createAuthenticate, createRecheck, type Recheck } from '@supastor/core/access/authenticate';
import type { GrantHolder } from '@supastor/core/access/grant';
import { createFindHolder } from '@supastor/core/access/find-holder';
import { createMemoryThrottle, withFallback } from '@supastor/core/access/login-throttle';
import { createPasskeys } from '@supastor/core/access/passkeys';
import { createPasswordPolicy } from '@supastor/core/access/password-policy';
import { createMemoryRefreshStore } from '@supastor/core/access/refresh.port';
import { createRevokedSessionList, type RevokedEntry } from '@supastor/core/access/revoked-sessions';
import { createRoleAdmin } from '@supastor/core/access/role-admin';
import { createMemorySessionStore, createSessionRegistry } from '@supastor/core/access/session-registry';
import { asksForSecondFactor } from '@supastor/core/access/second-factor-policy';
import { createSecondFactors } from '@supastor/core/access/second-factors';
import { createSessionService } from '@supastor/core/access/session-service';
import { createSessionStarter } from '@supastor/core/access/session-starter';
import { createGrantMaxAge, createSingleSignOn } from '@supastor/core/access/single-sign-on';
import { createTickets } from '@supastor/core/access/tickets';
import { createUserAdmin } from '@supastor/core/access/user-admin';
import { createUserDirectory } from '@supastor/core/access/user-directory';
import type { OperationDeps } from '@supastor/core/operations/handlers';
import type { Clock, IdSource, OperationLogger } from '@supastor/core/operations/ports';
import { createTextSeal } from '@supastor/core/secrets/text-seal';
import type { AdminApiOptions } from '../options.ts';
import { createCredentialCheck } from './credentials.ts';
import { createKeyRing, type KeyRing } from './key-ring.ts';
import { createSessionTokens } from './session-tokens.ts';

export interface StartAccessOptions {
  readonly options: AdminApiOptions;
  /** Null: the configured administrator is the only user. */
  readonly database: AdminDatabase | null;
  /** Id of this process. */
  readonly processId: string;
  /** Where people reach the dashboard. */
  readonly publicUrl: () => string;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: OperationLogger;
}

type AccessDeps = Pick<
  OperationDeps,
  | 'sessions'
  | 'sessionRegistry'
  | 'apiKeys'
  | 'userAdmin'
  | 'roleAdmin'
  | 'account'
  | 'secondFactors'
  | 'passkeys'
  | 'preferences'
  | 'sso'
  | 'throttle'
  | 'findHolder'
>;

export interface RunningAccess {
  /** What operations need of it. */
  readonly deps: AccessDeps;
  readonly authenticate: Authenticate;
  readonly recheck: Recheck;
  readonly publicKeys: KeyRing['publicKeys'];
  /** What a user holds now; null: they are not let in any more. */
  readonly holderOf: (userId: string) => Promise<GrantHolder | null>;
  /** Another process revoked something or changed somebody. */
  learn(entry: RevokedEntry): void;
  /** Reads and writes what other processes need to know; call it at the start, when connected again, and at the end. */
  sync(): Promise<void>;
  stop(): Promise<void>;
}

/** How often sessions and revocations are compared with the database. */
const SYNC_MS = 5000;

/** Everything that knows who somebody is. */
export function startAccess({ options, database, processId, publicUrl, clock, ids, logger }: StartAccessOptions): RunningAccess {
  const { environment, sessionSecret, sessionTtlSeconds: ttlSeconds } = options;
  const stores = database?.identity ?? noIdentityStores();
  const permissionsOf =
    options.permissionsOf ?? ((role: string) => (role === 'self' ? SELF_PERMISSIONS : permissionsOfRole(role, PERMISSIONS)));
  const debug = (message: string) => (error: unknown) => logger.debug({ err: error }, message);

  const revoked = createRevokedSessionList({
    clock,
    store: database?.revocations ?? null,
    issuerId: processId,
    onStoreError: (error) => logger.warn({ err: error }, 'revoked sessions cannot be stored yet'),
  });
  const users = database ? stores.users : null;
  const grantMaxAgeMs = createGrantMaxAge(options.sso);
  const breakGlassEmail = options.email;
  const directory = createUserDirectory({ store: users, breakGlassEmail, environment, permissionsOf, grantMaxAgeMs, clock, ids });
  const registry = createSessionRegistry({
    store: database?.sessions ?? createMemorySessionStore(clock),
    revoked,
    heldBy: (userId) => directory.heldBy(userId),
    clock,
    onStoreError: debug('sessions cannot be listed yet'),
  });
  const memoryThrottle = createMemoryThrottle({ clock });
  const throttle = database ? withFallback(stores.throttle, memoryThrottle) : memoryThrottle;
  const hasher = createArgon2Hasher();
  const isConfigured = createCredentialCheck(options);
  const keys = createKeyRing({
    store: database ? stores.signingKeys : null,
    seal: createTextSeal(sessionSecret, 'signing key'),
    sessionSecret,
    clock,
    onStoreError: debug('signing keys cannot be read yet'),
  });
  const tokens = createSessionTokens({ keys, issuerId: processId, ttlSeconds: options.accessTtlSeconds, clock });
  const refreshTokens = database ? stores.refreshTokens : createMemoryRefreshStore();
  const apiKeys = createApiKeys({
    store: database?.apiKeys ?? null,
    environment,
    makers: directory,
    clock,
    ids,
    onStoreError: debug('the use of API keys cannot be noted yet'),
  });
  const mail = options.mail === null ? null : createSmtpSender(options.mail);
  const isCommon = createCommonPasswords(options.breachedPasswordsFile);
  const policy = createPasswordPolicy({ minLength: options.passwordMinLength, isCommon });
  const links = createAccountLinks({
    links: stores.links,
    users: stores.users,
    hasher,
    policy,
    mail,
    publicUrl,
    project: options.project,
    clock,
    onMailError: (error) => logger.warn({ err: error }, 'a mail could not be sent'),
  });

  const account = createAccount({ users: stores.users, hasher, policy, links, canMail: mail !== null });
  const siteName = environment === 'default' ? options.project : `${options.project} (${environment})`;
  const secondFactors = createSecondFactors({
    store: stores.secondFactors,
    passkeys: stores.passkeys,
    codes: createTimedCodes(siteName),
    seal: createTextSeal(sessionSecret, 'second factor'),
    own: (identity) => account.own(identity),
    users: stores.users,
    hasher,
    isConfigured,
    directory,
    isRequired: (user) => asksForSecondFactor(options.secondFactor, user),
  });
  const tickets = createTickets({ seal: createTextSeal(sessionSecret, 'sign-in ticket'), usedOnce: stores.usedOnce, clock });
  const passkeys = createPasskeys({
    store: stores.passkeys,
    verifier: () => createPasskeyVerifier({ url: publicUrl(), name: siteName }),
    tickets,
    own: (identity) => account.own(identity),
    provePassword: (user, password) => secondFactors.provePassword(user, password),
  });
  const sso = createSingleSignOn({
    providers: options.sso.map((config) => createOidcProvider({ config, publicUrl })),
    store: stores.sso,
    users: stores.users,
    directory,
    tickets,
    ids,
  });
  const start = createSessionStarter({ users, tokens, refreshTokens, registry, policy: options.secondFactor, clock, ids, ttlSeconds });
  const sessions = createSessionService({
    processId,
    isConfigured,
    users,
    directory,
    hasher,
    start,
    tokens,
    refreshTokens,
    revoked,
    registry,
    throttle,
    secondFactors,
    policy: options.secondFactor,
    clock,
  });

  const sync = async () => {
    await Promise.all([
      revoked.sync(),
      registry.flush(),
      apiKeys.flush(),
      directory.ensureBreakGlass().catch(debug('the administrator cannot be stored yet')),
    ]);
  };
  const timer = setInterval(() => void sync(), SYNC_MS);
  return {
    deps: {
      sessions,
      sessionRegistry: registry,
      apiKeys,
      userAdmin: createUserAdmin({ users: stores.users, roles: stores.roles, links, directory, permissionsOf, ids }),
      roleAdmin: createRoleAdmin({ store: stores.roles, directory, permissionsOf, permissions: PERMISSIONS }),
      account,
      secondFactors,
      passkeys,
      preferences: stores.preferences,
      sso,
      throttle,
      findHolder: createFindHolder({ users, directory, apiKeys }),
    },
    authenticate: createAuthenticate(sessions, apiKeys),
    recheck: createRecheck(sessions, apiKeys),
    publicKeys: () => keys.publicKeys(),
    holderOf: async (userId) => directory.lookUp(userId),
    learn(entry) {
      apiKeys.forget();
      directory.forget();
      revoked.learn(entry);
    },
    sync,
    async stop() {
      clearInterval(timer);
      await sync();
    },
  };
}
