import { SupastorError } from '@supastor/contract/errors';
import type { Session } from '@supastor/contract/operations/session';
import type { Clock, IdSource } from '../operations/ports.ts';
import type { Identity } from './identity.ts';
import type { LoginThrottle } from './login-throttle.ts';
import type { SessionRegistry } from './session-registry.ts';
import type { CredentialCheck, RevokedSessions, SessionTokens } from './session.port.ts';

export interface SessionServiceOptions {
  readonly credentialsMatch: CredentialCheck;
  readonly tokens: SessionTokens;
  readonly revoked: RevokedSessions;
  readonly registry: Pick<SessionRegistry, 'started' | 'seen' | 'ended'>;
  readonly throttle: LoginThrottle;
  readonly permissionsOf: (role: Session['role']) => readonly string[];
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly ttlSeconds: number;
}

export interface LoginAttempt {
  readonly email: string;
  readonly password: string;
  readonly ip: string;
  readonly userAgent: string | null;
}

export interface SessionService {
  /** @throws SJ_UNAUTHENTICATED on a wrong pair, SJ_RATE_LIMITED (meta.retryAfterSeconds) once locked out. */
  login(attempt: LoginAttempt): Promise<{ readonly token: string; readonly identity: Identity }>;
  /** The identity behind a token; null when the token is not, or no longer, valid. */
  authenticate(token: string, from: { readonly ip: string }): Promise<Identity | null>;
  logout(identity: Identity): Promise<void>;
}

/** Sign-in, verification and sign-out over signed tokens. */
export function createSessionService(options: SessionServiceOptions): SessionService {
  const { tokens, revoked, registry, throttle, clock, ids } = options;
  const held = (role: Session['role']): Pick<Identity, 'grants' | 'permissions'> => {
    const permissions = new Set(options.permissionsOf(role));
    return { grants: [{ role, permissions, scope: {} }], permissions };
  };

  return {
    async login({ email, password, ip, userAgent }) {
      const account = email.toLowerCase();
      const keys = [`ip:${ip}`, `account:${account}`];
      refuseWhenLocked(throttle.lockedForSeconds(keys));
      // Nothing is awaited between the check and the count, so parallel guesses cannot slip past the limit.
      if (!options.credentialsMatch(account, password)) {
        throttle.fail(keys);
        throw new SupastorError('SJ_UNAUTHENTICATED', 'E-mail or password is wrong.', {
          hint: 'The generated password is printed by `supastor status --show-secrets`.',
        });
      }
      throttle.succeed(keys);
      const expiresAtMs = (Math.floor(clock.now() / 1000) + options.ttlSeconds) * 1000;
      const session = { sessionId: ids.next(), email: account, role: 'owner' as const, expiresAtMs };
      const atMs = clock.now();
      const times = { createdAtMs: atMs, lastSeenAtMs: atMs, expiresAtMs };
      await registry.started({ id: session.sessionId, email: account, device: userAgent, ip, ...times });
      return { token: await tokens.sign(session), identity: { ...session, ...held(session.role) } };
    },
    async authenticate(token, { ip }) {
      const claims = await tokens.verify(token);
      if (!claims || claims.expiresAtMs <= clock.now() || (await revoked.isRevoked(claims))) return null;
      const { sessionId, email, role, expiresAtMs } = claims;
      registry.seen(sessionId, ip);
      return { sessionId, email, role, expiresAtMs, ...held(role) };
    },
    async logout({ sessionId, expiresAtMs }) {
      await revoked.revoke({ sessionId, expiresAtMs });
      registry.ended(sessionId);
    },
  };
}

function refuseWhenLocked(retryAfterSeconds: number): void {
  if (retryAfterSeconds === 0) return;
  throw new SupastorError('SJ_RATE_LIMITED', 'Too many failed sign-ins.', {
    hint: `Try again in ${retryAfterSeconds} seconds.`,
    meta: { retryAfterSeconds },
  });
}
