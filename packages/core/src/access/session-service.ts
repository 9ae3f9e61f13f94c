import { SupastorError } from '@supastor/contract/errors';
import type { Clock, IdSource } from '../operations/ports.ts';
import { allPermissions } from './grant.ts';
import type { Identity } from './identity.ts';
import { type LoginThrottle, refuseWhenLocked } from './login-throttle.ts';
import type { SessionRegistry } from './session-registry.ts';
import type { CredentialCheck, RevokedSessions, SessionTokens } from './session.port.ts';
import { strongestRole } from './strongest-role.ts';
import type { KnownUser, UserDirectory } from './user-directory.ts';
import { BREAK_GLASS_ID, type PasswordHasher, type UserStore } from './user.port.ts';

export interface SessionServiceOptions {
  /** Whether these are the e-mail address and password of the configuration. */
  readonly isConfigured: CredentialCheck;
  /** Null: the configured administrator is the only user. */
  readonly users: Pick<UserStore, 'passwordHash' | 'findByEmail' | 'setPassword' | 'noteLogin'> | null;
  readonly directory: Pick<UserDirectory, 'lookUp'>;
  readonly hasher: PasswordHasher;
  readonly tokens: SessionTokens;
  readonly revoked: RevokedSessions;
  readonly registry: Pick<SessionRegistry, 'started' | 'seen' | 'ended'>;
  readonly throttle: LoginThrottle;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly ttlSeconds: number;
}

/** Where somebody signs in from. */
export interface LoginPlace {
  readonly ip: string;
  readonly userAgent: string | null;
}

export interface LoginAttempt extends LoginPlace {
  readonly email: string;
  readonly password: string;
}

export interface StartedSession {
  readonly token: string;
  readonly identity: Identity;
}

export interface SessionService {
  /** @throws SJ_UNAUTHENTICATED on a wrong pair, SJ_RATE_LIMITED (meta.retryAfterSeconds) once locked out. */
  login(attempt: LoginAttempt): Promise<StartedSession>;
  /** The identity behind a token; null when the token is not, or no longer, valid. */
  authenticate(token: string, from: { readonly ip: string }): Promise<Identity | null>;
  logout(identity: Identity): Promise<void>;
}

/** Sign-in, verification and sign-out over signed tokens. */
export function createSessionService(options: SessionServiceOptions): SessionService {
  const { users, directory, hasher, tokens, revoked, registry, throttle, clock, ids } = options;

  /** Whose password this is; null when it is nobody's. Takes one slow hash in every case. */
  async function userBehind(email: string, password: string): Promise<KnownUser | null> {
    const hash = users && (await users.passwordHash(email).catch(nullWhenUnreachable));
    const { matches, outdated } = await hasher.verify(hash, password);
    const configured = options.isConfigured(email, password);
    if (!matches && !configured) return null;
    if (!matches || !users) return directory.lookUp(BREAK_GLASS_ID);
    const found = await users.findByEmail(email);
    if (!found) return null;
    if (outdated) await users.setPassword(found.id, await hasher.hash(password));
    return directory.lookUp(found.id);
  }

  async function start({ user, grants }: KnownUser, { ip, userAgent }: LoginPlace): Promise<StartedSession> {
    const atMs = clock.now();
    const expiresAtMs = (Math.floor(atMs / 1000) + options.ttlSeconds) * 1000;
    const sessionId = ids.next();
    const times = { createdAtMs: atMs, lastSeenAtMs: atMs, expiresAtMs };
    await registry.started({ id: sessionId, userId: user.id, email: user.email, device: userAgent, ip, ...times });
    await users?.noteLogin(user.id).catch(nullWhenUnreachable);
    const token = await tokens.sign({ sessionId, userId: user.id, expiresAtMs });
    return { token, identity: toIdentity({ user, grants }, { sessionId, expiresAtMs }) };
  }

  return {
    async login({ email, password, ...place }) {
      const account = email.toLowerCase();
      const [accountKey, addressKey] = [`account:${account}`, `ip:${place.ip}`];
      refuseWhenLocked(await throttle.attempt([accountKey, addressKey]));
      const known = await userBehind(account, password);
      if (!known) {
        throw new SupastorError('SJ_UNAUTHENTICATED', 'E-mail or password is wrong.', {
          hint: 'The generated password is printed by `supastor status --show-secrets`.',
        });
      }
      // The address keeps its other failures: signing in to an own account must not buy more guesses at others.
      await Promise.all([throttle.succeed([accountKey]), throttle.undo([addressKey])]);
      return start(known, place);
    },
    async authenticate(token, { ip }) {
      const claims = await tokens.verify(token);
      if (!claims || claims.expiresAtMs <= clock.now() || (await revoked.isRevoked(claims))) return null;
      const known = await directory.lookUp(claims.userId);
      if (!known) return null;
      registry.seen(claims.sessionId, ip);
      return toIdentity(known, claims);
    },
    async logout({ sessionId, expiresAtMs }) {
      await revoked.revoke({ sessionId, expiresAtMs });
      registry.ended(sessionId);
    },
  };
}

function toIdentity({ user, grants }: KnownUser, { sessionId, expiresAtMs }: Pick<Identity, 'sessionId' | 'expiresAtMs'>): Identity {
  const { id: userId, email, name } = user;
  return { userId, email, name, role: strongestRole(grants), sessionId, expiresAtMs, grants, permissions: allPermissions({ grants }) };
}

function nullWhenUnreachable(error: unknown): null {
  if (error instanceof SupastorError && error.code === 'SJ_DATABASE_UNREACHABLE') return null;
  throw error;
}
