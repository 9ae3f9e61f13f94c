import { sessionSsoBegin, sessionSsoFinish, ssoCheck, ssoList } from '@supastor/contract/operations/sso';
import type { OperationContext } from '../operations/context.ts';
import { implement } from '../operations/implement.ts';
import { toSignedIn } from '../session/signed-in.ts';
import { type LoginThrottle, refuseWhenLocked } from './login-throttle.ts';
import type { SessionService } from './session-service.ts';
import type { SingleSignOn } from './single-sign-on.ts';

type Context = OperationContext<{
  readonly sso: SingleSignOn;
  readonly sessions: Pick<SessionService, 'open'>;
  readonly throttle: LoginThrottle;
}>;

export const ssoHandlers = {
  'session.ssoBegin': implement(sessionSsoBegin, ({ provider }, { deps }: Context) => deps.sso.begin(provider)),

  'session.ssoFinish': implement(sessionSsoFinish, async ({ ticket, query }, { deps, caller, emit, recordChange }: Context) => {
    const { ip, userAgent } = caller;
    const keys = [`ip:${ip}`];
    refuseWhenLocked(await deps.throttle.attempt(keys));
    const signIn = await deps.sso.finish(ticket, query, recordChange);
    await deps.throttle.undo(keys);
    const started = await deps.sessions.open(signIn.userId, { ip, userAgent, strong: true, maxAgeSeconds: signIn.maxAgeSeconds });
    const { sessionId, expiresAtMs, email } = started.identity;
    await deps.sso.noteSession(sessionId, signIn.provider, expiresAtMs);
    emit('user.changed', { userId: signIn.userId });
    emit('session.started', { sessionId, email });
    return toSignedIn(started);
  }),

  'sso.list': implement(ssoList, async (_, { deps }: Context) => ({ providers: deps.sso.describe() })),
  'sso.check': implement(ssoCheck, ({ provider }, { deps }: Context) => deps.sso.check(provider)),
};
