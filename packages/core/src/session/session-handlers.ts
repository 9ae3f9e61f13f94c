import { SupastorError } from '@supastor/contract/errors';
import { sessionGet, sessionLogin, sessionLogout, sessionRefresh } from '@supastor/contract/operations/session';
import { requireIdentity } from '../access/identity.ts';
import type { SessionService } from '../access/session-service.ts';
import type { SingleSignOn } from '../access/single-sign-on.ts';
import type { OperationContext } from '../operations/context.ts';
import { implement } from '../operations/implement.ts';
import { toSession, toSignedIn } from './signed-in.ts';

type Context = OperationContext<{ readonly sessions: SessionService; readonly sso: Pick<SingleSignOn, 'signOutUrl'> }>;

export const sessionHandlers = {
  'session.login': implement(sessionLogin, async ({ email, password, code }, { deps, caller, emit }: Context) => {
    const started = await deps.sessions.login({ email, password, code, ip: caller.ip, userAgent: caller.userAgent });
    emit('session.started', { sessionId: started.identity.sessionId, email: started.identity.email });
    return toSignedIn(started);
  }),

  'session.refresh': implement(sessionRefresh, async ({ refreshToken }, { deps, caller }: Context) => {
    if (refreshToken === undefined) throw new SupastorError('SJ_UNAUTHENTICATED', 'There is no refresh token.', { hint: 'Sign in.' });
    return toSignedIn(await deps.sessions.refresh(refreshToken, caller));
  }),

  'session.get': implement(sessionGet, (_, { identity }: Context) => toSession(requireIdentity(identity))),

  'session.logout': implement(sessionLogout, async (_, { deps, identity, emit }: Context) => {
    const own = requireIdentity(identity);
    if (own.apiKeyId !== undefined) {
      throw new SupastorError('SJ_CONFLICT', 'An API key has no session to end.', {
        hint: 'Revoke the key with DELETE /api/v1/api-keys/{id}.',
      });
    }
    await deps.sessions.logout(own);
    emit('session.ended', { sessionId: own.sessionId, email: own.email });
    return { signOutUrl: await deps.sso.signOutUrl(own.sessionId) };
  }),
};
