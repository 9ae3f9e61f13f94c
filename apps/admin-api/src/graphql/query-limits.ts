import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError } from 'graphql';
import type { GraphqlContext } from './executable-schema.ts';
import { measureQuery } from './query-cost.ts';

export interface QueryLimits {
  readonly maxDepth: number;
  readonly maxCost: number;
}

/** Refuses queries that are too deep or would answer with too much, before anything runs. */
export function limitQueries({ maxDepth, maxCost }: QueryLimits): ApolloServerPlugin<GraphqlContext> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ operation, document, request }) {
          if (!operation) return;
          const { depth, cost } = measureQuery(operation, document, request.variables ?? {});
          if (depth > maxDepth)
            throw refusal(`The query is ${depth} levels deep; at most ${maxDepth} are allowed.`, 'Ask for less in one query.');
          if (cost > maxCost) {
            throw refusal(
              `The query may cost ${cost}; at most ${maxCost} are allowed.`,
              'Ask for fewer fields, a smaller `limit`, or in several queries.',
            );
          }
        },
      };
    },
  };
}

function refusal(message: string, hint: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'SJ_INPUT_INVALID', hint, http: { status: 400 } } });
}
