import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled, ApolloServerPluginUsageReportingDisabled } from '@apollo/server/plugin/disabled';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { OperationLogger } from '@supastor/core/operations/ports';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import { createExecutableSchema, type GraphqlContext } from './executable-schema.ts';
import { formatGraphqlError } from './format-error.ts';
import { allowListCache, onlyFromAllowList } from './persisted-queries.ts';
import type { QueryAllowList } from './query-allow-list.ts';
import { statusByMediaType } from './response-status.ts';
import { limitQueries, type QueryLimits } from './query-limits.ts';

const MAX_TOKENS = 2000;

export interface ApolloDoorOptions {
  readonly introspection: boolean;
  readonly limits: QueryLimits;
  /** Null: any query runs, and clients may register theirs by hash. */
  readonly allowList: QueryAllowList | null;
  readonly logger: OperationLogger;
  readonly contextOf: (request: FastifyRequest, reply: FastifyReply) => GraphqlContext;
}

/** Apollo Server over the operation registry. Loaded when the first query arrives. */
export interface ApolloDoor {
  readonly schema: GraphQLSchema;
  handle(request: FastifyRequest, reply: FastifyReply): Promise<unknown>;
  stop(): Promise<void>;
}

export async function createApolloDoor({ introspection, limits, allowList, logger, contextOf }: ApolloDoorOptions): Promise<ApolloDoor> {
  const schema = createExecutableSchema();
  const apollo = new ApolloServer<GraphqlContext>({
    schema,
    introspection,
    hideSchemaDetailsFromClientErrors: !introspection,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    nodeEnv: 'production',
    // The route has refused foreign pages already, by Origin and Sec-Fetch-Site, and takes no body but JSON.
    csrfPrevention: false,
    cache: 'bounded',
    parseOptions: { maxTokens: MAX_TOKENS, noLocation: false },
    logger: { ...quiet(logger) },
    ...(allowList && { persistedQueries: { cache: allowListCache(allowList) } }),
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      limitQueries(limits),
      statusByMediaType(),
      ...(allowList ? [onlyFromAllowList(allowList)] : []),
    ],
    formatError: (formatted, error) => formatGraphqlError(formatted, error, (bug) => logger.error({ err: bug }, 'a GraphQL field failed')),
  });
  await apollo.start();
  const handler = fastifyApolloHandler(apollo, { context: async (request, reply) => contextOf(request, reply) });
  return {
    schema,
    handle: async (request, reply) => handler.call(request.server, request, reply),
    stop: () => apollo.stop(),
  };
}

/** Apollo logs texts; ours are fields and a constant message. */
function quiet(logger: OperationLogger) {
  const note = (text: unknown) => logger.debug({ text: String(text) }, 'apollo');
  return { debug: note, info: note, warn: note, error: note };
}
