import type { OperationContext } from '../operations/context.ts';
import { requireIdentity } from './identity.ts';
import type { SessionRegistry } from './session-registry.ts';
import type { SessionService } from './session-service.ts';
import type { StartedSession } from './session-starter.ts';

export interface RenewDeps {
  readonly sessions: Pick<SessionService, 'open'>;
  readonly sessionRegistry: Pick<SessionRegistry, 'revokeOfUser'>;
}

/**
 * Ends all sessions of whoever is signed in and opens a new one: what was known of the old ones opens nothing that is new.
 * It ends when the old one would have, so that one that a provider opened does not outlast what the provider said.
 */
export async function renewSession(
  { deps, identity, caller, emit }: OperationContext<RenewDeps>,
  { strong }: { readonly strong: boolean },
): Promise<StartedSession> {
  const { userId: known, expiresAtMs: notAfterMs } = requireIdentity(identity);
  const userId = known ?? '';
  const ended = await deps.sessionRegistry.revokeOfUser(userId, null);
  const started = await deps.sessions.open(userId, { ip: caller.ip, userAgent: caller.userAgent, strong, notAfterMs });
  for (const { id, email } of ended) emit('session.ended', { sessionId: id, email });
  emit('session.started', { sessionId: started.identity.sessionId, email: started.identity.email });
  return started;
}
