import { accessExplain } from '@supastor/contract/operations/access';
import { findOperation } from '@supastor/contract/operations/all';
import { sessionsList, sessionsRevoke, sessionsRevokeOthers } from '@supastor/contract/operations/sessions';
import type { OperationContext } from '../operations/context.ts';
import { implement } from '../operations/implement.ts';
import { requireIdentity } from './identity.ts';
import { explainAccess, unknownOperation } from './explain.ts';
import type { FindHolder } from './find-holder.ts';
import type { SessionRegistry } from './session-registry.ts';

type Context = OperationContext<{ readonly sessionRegistry: SessionRegistry; readonly findHolder: FindHolder }>;

export const accessHandlers = {
  'sessions.list': implement(sessionsList, async (_, { deps, identity }: Context) => ({
    sessions: [...(await deps.sessionRegistry.list(requireIdentity(identity).sessionId))],
  })),

  'sessions.revoke': implement(sessionsRevoke, async ({ id }, { deps, identity, emit, recordChange }: Context) => {
    const session = await deps.sessionRegistry.revoke(requireIdentity(identity), id);
    recordChange({ before: session });
    emit('session.ended', { sessionId: id, email: session.email });
    return {};
  }),

  'sessions.revokeOthers': implement(sessionsRevokeOthers, async (_, { deps, identity, emit, recordChange }: Context) => {
    const others = await deps.sessionRegistry.revokeOthers(requireIdentity(identity));
    recordChange({ before: others });
    for (const { id, email } of others) emit('session.ended', { sessionId: id, email });
    return { revoked: others.length };
  }),

  'access.explain': implement(accessExplain, async ({ operation, user, apiKey, bucket, path }, { deps, identity }: Context) => {
    const definition = findOperation(operation);
    if (!definition) throw unknownOperation(operation);
    const who = await deps.findHolder(requireIdentity(identity), { user, apiKey });
    const anywhere = bucket === undefined && definition.scope !== undefined;
    const target = anywhere ? null : { ...(bucket !== undefined && { bucket }), ...(path !== undefined && { path }) };
    const { grants, ...said } = explainAccess(who, definition, target);
    return { ...said, identity: who.name, operation, grants: [...grants] };
  }),
};
