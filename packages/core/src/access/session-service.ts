import { hash } from 'node:crypto';
import { SupastorError } from '@supastor/contract/errors';
import type { Clock } from '../operations/ports.ts';
import type { Identity } from './identity.ts';
import { type LoginThrottle, refuseWhenLocked } from './login-throttle.ts';
import type { RefreshStore } from './refresh.port.ts';
import type { SecondFactorPolicy } from './second-factor-policy.ts';
import type { SecondFactors } from './second-factors.ts';
import { identityOf, isTooWeak } from './session-identity.ts';
import type { SessionRegistry, StoredSession } from './session-registry.ts';
import {
  type LoginPlace,
  type NewSession,
  newRefreshToken,
  nullWhenUnreachable,
  type StartedSession,
  type StartSession,
} from './session-starter.ts';
import type { CredentialCheck, RevokedSessions, SessionTokens } from './session.port.ts';
import type { KnownUser, UserDirectory } from './user-directory.ts';
import { BREAK_GLASS_ID, type PasswordHasher, type UserStore } from './user.port.ts';

export interface SessionServiceOptions {
  /** Whether these are the e-mail address and password of the configuration. */
  readonly isConfigured: CredentialCheck;
  /** Null: the configured administrator is the only user. */
  readonly users: Pick<UserStore, 'passwordHash' | 'findByEmail' | 'setPassword'> | null;
  readonly directory: Pick<UserDirectory, 'lookUpSignedIn'>;
  readonly hasher: PasswordHasher;
  readonly start: StartSession;
  readonly tokens: SessionTokens;
  /** Id of this process, as its tokens carry it. */
  readonly processId: string;
  readonly refreshTokens: RefreshStore;
  readonly revoked: RevokedSessions;
  readonly registry: Pick<SessionRegistry, 'seen' | 'ended'>;
  readonly throttle: LoginThrottle;
  readonly secondFactors: Pick<SecondFactors, 'check'>;
  readonly policy: SecondFactorPolicy;
  readonly clock: Clock;
}

export interface LoginAttempt extends LoginPlace {
  readonly email: string;
  readonly password: string;
  /** Of the second factor, or a recovery code. */
  readonly code?: string | undefined;
}

export interface SessionService {
  /**
   * @throws SJ_UNAUTHENTICATED on a wrong pair or code, SJ_CODE_NEEDED when the pair is right and a code is missing,
   *   SJ_RATE_LIMITED (meta.retryAfterSeconds) once locked out.
   */
  login(attempt: LoginAttempt): Promise<StartedSession>;
  /** A session of a user who has shown who they are. @throws SJ_UNAUTHENTICATED when they are not let in */
  open(userId: string, from: NewSession): Promise<StartedSession>;
  /** @throws SJ_UNAUTHENTICATED when the refresh token is not, or no longer, valid; one that was used before ends its session */
  refresh(refreshToken: string, from: { readonly ip: string }): Promise<StartedSession>;
  /** The identity behind a token; null when the token is not, or no longer, valid. */
  authenticate(token: string, from: { readonly ip: string }): Promise<Identity | null>;
  /** Who a session's user is by now and what they hold, also when the token it was opened with has run out; null when it is over. */
  current(identity: Identity): Promise<Identity | null>;
  logout(identity: Identity): Promise<void>;
}

/** Sign-in, verification and sign-out over signed tokens. */
export function createSessionService(options: SessionServiceOptions): SessionService {
  const { users, directory, hasher, tokens, refreshTokens, revoked, registry, throttle, clock, start } = options;

  /** Whose password this is; null when it is nobody's. Takes one slow hash in every case. */
  async function userBehind(email: string, password: string): Promise<KnownUser | null> {
    const stored = users && (await users.passwordHash(email).catch(nullWhenUnreachable));
    const { matches, outdated } = await hasher.verify(stored, password);
    const configured = options.isConfigured(email, password);
    if (!matches && !configured) return null;
    if (!matches || !users) return directory.lookUpSignedIn(BREAK_GLASS_ID);
    const found = await users.findByEmail(email);
    if (!found) return null;
    if (outdated) await users.setPassword(found.id, await hasher.hash(password));
    return directory.lookUpSignedIn(found.id);
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
    async open(userId, place) {
      const known = await directory.lookUpSignedIn(userId);
      if (!known) throw new SupastorError('SJ_UNAUTHENTICATED', 'This user is not let in.', { hint: 'Ask an owner.' });
      return start(known, place);
    },
    async refresh(refreshToken, { ip }) {
      const next = newRefreshToken();
      const outcome = await refreshTokens.rotate(hash('sha256', refreshToken), hash('sha256', next));
      if (outcome.kind === 'reused') return endFamily(outcome.session);
      const { id: sessionId = '', userId = '', strong = false, expiresAtMs = 0 } = outcome.kind === 'rotated' ? outcome.session : {};
      const claims = { sessionId, userId, strong, expiresAtMs };
      const over = outcome.kind === 'unknown' || expiresAtMs <= clock.now() || (await revoked.isRevoked({ sessionId, issuerId }));
      const known = over ? null : await directory.lookUpSignedIn(userId);
      if (!known || isTooWeak(known, strong))
        throw new SupastorError('SJ_UNAUTHENTICATED', 'The session has ended.', { hint: 'Sign in again.' });
      registry.seen(sessionId, ip);
      return { ...(await tokens.sign(claims)), refreshToken: next, identity: identityOf(options.policy, known, claims) };
    },
    async login({ email, password, code, ...place }) {
      const account = email.toLowerCase();
      const [accountKey, addressKey] = [`account:${account}`, `ip:${place.ip}`];
      refuseWhenLocked(await throttle.attempt([accountKey, addressKey]));
      const known = await userBehind(account, password);
      if (!known) {
        throw new SupastorError('SJ_UNAUTHENTICATED', 'E-mail or password is wrong.', {
          hint: 'The generated password is printed by `supastor status --show-secrets`.',
        });
      }
      if (known.user.secondFactor && code === undefined) {
        await throttle.undo([accountKey, addressKey]);
        throw new SupastorError('SJ_CODE_NEEDED', 'This account has a second factor.', {
          hint: 'Send the code of the authenticator app, or a recovery code, as `code`.',
        });
      }
      const strong = known.user.secondFactor && (await options.secondFactors.check(known.user.id, code ?? ''));
      if (known.user.secondFactor && !strong) {
        throw new SupastorError('SJ_UNAUTHENTICATED', 'The code is wrong, or was used before.', { hint: 'Wait for the next code.' });
      }
      // The address keeps its other failures: signing in to an own account must not buy more guesses at others.
      await Promise.all([throttle.succeed([accountKey]), throttle.undo([addressKey])]);
      return start(known, { ...place, strong });
    },
    async authenticate(token, { ip }) {
      const claims = await tokens.verify(token);
      if (!claims || claims.expiresAtMs <= clock.now() || (await revoked.isRevoked(claims))) return null;
      const known = await directory.lookUpSignedIn(claims.userId);
      if (!known || isTooWeak(known, claims.strong)) return null;
      registry.seen(claims.sessionId, ip);
      return identityOf(options.policy, known, claims);
    },
    async current({ sessionId, userId, strong = false, expiresAtMs }) {
      if (userId === null || expiresAtMs <= clock.now() || (await revoked.isRevoked({ sessionId, issuerId }))) return null;
      const known = await directory.lookUpSignedIn(userId);
      return known && !isTooWeak(known, strong) ? identityOf(options.policy, known, { sessionId, strong, expiresAtMs }) : null;
    },
    async logout({ sessionId, expiresAtMs }) {
      await revoked.revoke({ sessionId, expiresAtMs });
      registry.ended(sessionId);
    },
  };
}
