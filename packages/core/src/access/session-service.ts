import { hash, randomBytes } from 'node:crypto';
import { SupastorError } from '@supastor/contract/errors';
import type { Clock, IdSource } from '../operations/ports.ts';
import { allPermissions } from './grant.ts';
import type { Identity } from './identity.ts';
import { type LoginThrottle, refuseWhenLocked } from './login-throttle.ts';
import type { RefreshStore } from './refresh.port.ts';
import type { SessionRegistry, StoredSession } from './session-registry.ts';
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
  /** Id of this process, as its tokens carry it. */
  readonly processId: string;
  readonly refreshTokens: RefreshStore;
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
  readonly tokenExpiresAtMs: number;
  /** Null: it could not be kept. */
  readonly refreshToken: string | null;
  readonly identity: Identity;
}

export interface SessionService {
  /** @throws SJ_UNAUTHENTICATED on a wrong pair, SJ_RATE_LIMITED (meta.retryAfterSeconds) once locked out. */
  login(attempt: LoginAttempt): Promise<StartedSession>;
  /** @throws SJ_UNAUTHENTICATED when the refresh token is not, or no longer, valid; one that was used before ends its session */
  refresh(refreshToken: string, from: { readonly ip: string }): Promise<StartedSession>;
  /** The identity behind a token; null when the token is not, or no longer, valid. */
  authenticate(token: string, from: { readonly ip: string }): Promise<Identity | null>;
  logout(identity: Identity): Promise<void>;
}

/** Sign-in, verification and sign-out over signed tokens. */
export function createSessionService(options: SessionServiceOptions): SessionService {
  const { users, directory, hasher, tokens, refreshTokens, revoked, registry, throttle, clock, ids } = options;

  /** Whose password this is; null when it is nobody's. Takes one slow hash in every case. */
  async function userBehind(email: string, password: string): Promise<KnownUser | null> {
    const stored = users && (await users.passwordHash(email).catch(nullWhenUnreachable));
    const { matches, outdated } = await hasher.verify(stored, password);
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
    const session = { id: sessionId, userId: user.id, email: user.email, device: userAgent, ip, ...times };
    await registry.started(session);
    await users?.noteLogin(user.id).catch(nullWhenUnreachable);
    const refreshToken = await keepRefreshToken(session);
    return {
      ...(await tokens.sign({ sessionId, userId: user.id, expiresAtMs })),
      refreshToken,
      identity: toIdentity({ user, grants }, { sessionId, expiresAtMs }),
    };
  }

  async function keepRefreshToken(session: StoredSession): Promise<string | null> {
    const token = newRefreshToken();
    const kept = await refreshTokens.add(session, hash('sha256', token)).then(() => true, nullWhenUnreachable);
    return kept === null ? null : token;
  }

  /** Whoever has the other copy is out as well. */
  async function endFamily({ id: sessionId, expiresAtMs }: StoredSession): Promise<never> {
    await revoked.revoke({ sessionId, expiresAtMs });
    registry.ended(sessionId);
    throw new SupastorError(
      'SJ_UNAUTHENTICATED',
      'This refresh token was used before, so its session has ended for everybody who has it.',
      {
        hint: 'Sign in again.',
      },
    );
  }

  // Without a database all sessions are of this process; with one, any server may have ended this one.
  const issuerId = users === null ? options.processId : '';

  return {
    async refresh(refreshToken, { ip }) {
      const next = newRefreshToken();
      const outcome = await refreshTokens.rotate(hash('sha256', refreshToken), hash('sha256', next));
      if (outcome.kind === 'reused') return endFamily(outcome.session);
      const { id: sessionId = '', userId = '', expiresAtMs = 0 } = outcome.kind === 'rotated' ? outcome.session : {};
      const claims = { sessionId, userId, expiresAtMs };
      const over = outcome.kind === 'unknown' || expiresAtMs <= clock.now() || (await revoked.isRevoked({ sessionId, issuerId }));
      const known = over ? null : await directory.lookUp(userId);
      if (!known) throw new SupastorError('SJ_UNAUTHENTICATED', 'The session has ended.', { hint: 'Sign in again.' });
      registry.seen(sessionId, ip);
      return { ...(await tokens.sign(claims)), refreshToken: next, identity: toIdentity(known, claims) };
    },
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

function newRefreshToken(): string {
  return `ssr_${randomBytes(32).toString('base64url')}`;
}
