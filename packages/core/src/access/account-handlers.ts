import { SupastorError } from '@supastor/contract/errors';
import {
  accountChangePassword,
  accountForgotPassword,
  accountInspectLink,
  accountRedeemLink,
  accountRevokeOtherSessions,
  accountRevokeSession,
  accountSessions,
} from '@supastor/contract/operations/account';
import type { OperationContext } from '../operations/context.ts';
import { implement } from '../operations/implement.ts';
import type { Account } from './account.ts';
import { type RenewDeps, renewSession } from './renew-session.ts';
import { toSignedIn } from '../session/signed-in.ts';
import { callingUser, type Identity, requireIdentity } from './identity.ts';
import type { LoginThrottle } from './login-throttle.ts';
import { refuseWhenLocked } from './login-throttle.ts';
import type { SessionRegistry } from './session-registry.ts';

type Context = OperationContext<
  RenewDeps & {
    readonly account: Account;
    readonly sessionRegistry: SessionRegistry;
    readonly throttle: LoginThrottle;
  }
>;

export const accountHandlers = {
  'account.changePassword': implement(accountChangePassword, async ({ currentPassword, newPassword }, context: Context) => {
    const { deps } = context;
    const identity = requireIdentity(context.identity);
    const keys = [`password:${identity.userId}`];
    refuseWhenLocked(await deps.throttle.attempt(keys));
    await deps.account.changePassword(identity, currentPassword, newPassword);
    await deps.throttle.succeed(keys);
    return toSignedIn(await renewSession(context, { strong: identity.strong === true }));
  }),

  'account.inspectLink': implement(accountInspectLink, async ({ token }, { deps }: Context) => {
    const { link, user } = await deps.account.links.inspect(token);
    return { kind: link.kind, email: user.email, name: user.name, expiresAt: new Date(link.expiresAtMs).toISOString() };
  }),

  'account.redeemLink': implement(accountRedeemLink, async ({ token, password }, context: Context) => {
    const { link, user } = await context.deps.account.links.redeem(token, password);
    context.recordChange({ after: { userId: user.id, email: user.email, kind: link.kind } });
    await endSessions(context, user.id);
    return { email: user.email };
  }),

  'account.forgotPassword': implement(accountForgotPassword, async ({ email }, { deps, caller, afterAnswer }: Context) => {
    // Both count whether or not there is such a user, and the mail goes out after the answer: neither tells.
    refuseWhenLocked(await deps.throttle.attempt([`forgot:${email.toLowerCase()}`, `forgot-ip:${caller.ip}`]));
    afterAnswer(() => deps.account.forgotPassword(email));
    return {};
  }),

  'account.sessions': implement(accountSessions, async (_, { deps, identity }: Context) => {
    const { sessionId, userId } = requireUser(identity);
    return { sessions: [...(await deps.sessionRegistry.list(sessionId, userId))] };
  }),

  'account.revokeSession': implement(accountRevokeSession, async ({ id }, { deps, identity, emit, recordChange }: Context) => {
    const session = await deps.sessionRegistry.revokeOwn(requireUser(identity).userId, id);
    recordChange({ before: session });
    emit('session.ended', { sessionId: id, email: session.email });
    return {};
  }),

  'account.revokeOtherSessions': implement(accountRevokeOtherSessions, async (_, { deps, identity, emit, recordChange }: Context) => {
    const { sessionId, userId } = requireUser(identity);
    const others = await deps.sessionRegistry.revokeOfUser(userId, sessionId);
    recordChange({ before: others });
    for (const { id, email } of others) emit('session.ended', { sessionId: id, email });
    return { revoked: others.length };
  }),
};

/** Whoever is signed in. @throws SJ_FORBIDDEN for an API key: it acts for somebody, but is not them */
function requireUser(identity: Identity | null): { readonly sessionId: string; readonly userId: string } {
  const own = requireIdentity(identity);
  const userId = callingUser(own);
  if (userId !== null) return { sessionId: own.sessionId, userId };
  throw new SupastorError('SJ_FORBIDDEN', 'An API key has no sessions.', { hint: 'Sign in as a user.' });
}

/** A password that may be known to others must not leave their sessions open. */
async function endSessions({ deps, emit }: Context, userId: string): Promise<void> {
  const ended = await deps.sessionRegistry.revokeOfUser(userId, null);
  for (const { id, email } of ended) emit('session.ended', { sessionId: id, email });
}
