import { hash, randomBytes } from 'node:crypto';
import { SupastorError } from '@supastor/contract/errors';
import type { Clock, IdSource } from '../operations/ports.ts';
import type { Identity } from './identity.ts';
import type { RefreshStore } from './refresh.port.ts';
import type { SecondFactorPolicy } from './second-factor-policy.ts';
import { identityOf } from './session-identity.ts';
import type { SessionRegistry, StoredSession } from './session-registry.ts';
import type { SessionTokens } from './session.port.ts';
import type { KnownUser } from './user-directory.ts';
import type { UserStore } from './user.port.ts';

export interface SessionStarterOptions {
  /** Null: the configured administrator is the only user. */
  readonly users: Pick<UserStore, 'noteLogin'> | null;
  readonly tokens: SessionTokens;
  readonly refreshTokens: RefreshStore;
  readonly registry: Pick<SessionRegistry, 'started'>;
  readonly policy: SecondFactorPolicy;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly ttlSeconds: number;
}

/** Where somebody signs in from. */
export interface LoginPlace {
  readonly ip: string;
  readonly userAgent: string | null;
}

export interface NewSession extends LoginPlace {
  /** Whether more than a password opens it. */
  readonly strong: boolean;
  /** It ends after this time even where sessions last longer. */
  readonly maxAgeSeconds?: number;
  /** It ends by then at the latest, milliseconds since the epoch. */
  readonly notAfterMs?: number;
}

export interface StartedSession {
  readonly token: string;
  readonly tokenExpiresAtMs: number;
  /** Null: it could not be kept. */
  readonly refreshToken: string | null;
  readonly identity: Identity;
}

/** Opens a session for a user who has shown who they are; its id is new each time. */
export type StartSession = (known: KnownUser, wanted: NewSession) => Promise<StartedSession>;

export function createSessionStarter(options: SessionStarterOptions): StartSession {
  const { users, tokens, refreshTokens, registry, policy, clock, ids } = options;

  async function keepRefreshToken(session: StoredSession): Promise<string | null> {
    const token = newRefreshToken();
    const kept = await refreshTokens.add(session, hash('sha256', token)).then(() => true, nullWhenUnreachable);
    return kept === null ? null : token;
  }

  return async (known, { ip, userAgent, strong, maxAgeSeconds = options.ttlSeconds, notAfterMs = Number.POSITIVE_INFINITY }) => {
    const { user } = known;
    const atMs = clock.now();
    const expiresAtMs = Math.min((Math.floor(atMs / 1000) + Math.min(options.ttlSeconds, maxAgeSeconds)) * 1000, notAfterMs);
    const sessionId = ids.next();
    const times = { createdAtMs: atMs, lastSeenAtMs: atMs, expiresAtMs };
    const session = { id: sessionId, userId: user.id, email: user.email, device: userAgent, ip, strong, ...times };
    await registry.started(session);
    await users?.noteLogin(user.id).catch(nullWhenUnreachable);
    const refreshToken = await keepRefreshToken(session);
    return {
      ...(await tokens.sign({ sessionId, userId: user.id, strong, expiresAtMs })),
      refreshToken,
      identity: identityOf(policy, known, { sessionId, strong, expiresAtMs }),
    };
  };
}

export function newRefreshToken(): string {
  return `ssr_${randomBytes(32).toString('base64url')}`;
}

/** For what may be left undone while the database is away. */
export function nullWhenUnreachable(error: unknown): null {
  if (error instanceof SupastorError && error.code === 'SJ_DATABASE_UNREACHABLE') return null;
  throw error;
}
