import { SupastorError } from '@supastor/contract/errors';
import { API_PREFIX } from '@supastor/contract/operations/http';
import type { Authenticate } from '@supastor/core/access/authenticate';
import type { Identity } from '@supastor/core/access/identity';
import type { Caller } from '@supastor/core/operations/context';
import type { OperationRouter } from '@supastor/core/operations/router';
import type { OperationLogger } from '@supastor/core/operations/ports';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { originOf } from '../access/same-origin.ts';
import { credentialOf } from '../access/session-cookie.ts';
import { callerOf } from '../rest/caller.ts';
import type { ApolloDoor } from './apollo-door.ts';
import type { GraphqlContext } from './executable-schema.ts';
import type { QueryAllowList } from './query-allow-list.ts';
import type { QueryLimits } from './query-limits.ts';

interface GraphqlOptions {
  readonly introspection: boolean;
  readonly limits: QueryLimits;
  readonly allowList: QueryAllowList | null;
}

export interface GraphqlRouteDeps {
  readonly router: OperationRouter;
  readonly authenticate: Authenticate;
  readonly graphql: GraphqlOptions;
  readonly logger: OperationLogger;
}

const MAX_BODY_BYTES = 262_144;

/** `/api/v1/graphql`. Nothing of GraphQL is loaded before somebody asks. */
export function registerGraphqlRoute(app: FastifyInstance, { router, authenticate, graphql, logger }: GraphqlRouteDeps): void {
  const identities = new WeakMap<FastifyRequest, Identity | null>();
  const contextOf = (request: FastifyRequest, reply: FastifyReply): GraphqlContext => {
    const identity = identities.get(request) ?? null;
    const callers = new Map<boolean, Caller>();
    const callerFor = (abortWhenGone: boolean): Caller => {
      const caller = callers.get(abortWhenGone) ?? callerOf(request, reply, { identity, abortWhenGone });
      callers.set(abortWhenGone, caller);
      return caller;
    };
    return { run: (operation, input) => router.run(operation.name, input, callerFor(operation.effect === 'read')) };
  };

  let door: Promise<ApolloDoor> | null = null;
  const load = async () => (await import('./apollo-door.ts')).createApolloDoor({ ...graphql, logger, contextOf });

  app.route({
    method: ['GET', 'POST'],
    url: `${API_PREFIX}/graphql`,
    bodyLimit: MAX_BODY_BYTES,
    handler: async (request, reply) => {
      identities.set(request, await admit(request, authenticate));
      door ??= load();
      return (await door).handle(request, reply.header('cache-control', 'no-store'));
    },
  });
  app.addHook('onClose', async () => (await door?.catch(() => null))?.stop());
}

/** A foreign page may send no query with our cookie, not even one that only reads. @throws SJ_FORBIDDEN */
async function admit(request: FastifyRequest, authenticate: Authenticate): Promise<Identity | null> {
  const { kind, token } = credentialOf(request);
  const origin = originOf(request);
  if (origin === 'foreign' || (origin === 'unknown' && kind === 'cookie')) {
    throw new SupastorError('SJ_FORBIDDEN', 'The request does not come from a page of this server.', {
      hint: 'Scripts send `Authorization: Bearer <token>` instead of the cookie, and no Origin header.',
    });
  }
  return token === null ? null : authenticate(token, request);
}
