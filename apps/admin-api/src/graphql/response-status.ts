import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphqlContext } from './executable-schema.ts';

const GRAPHQL_JSON = 'application/graphql-response+json';

/** What is wrong with the query itself, and not with the request that carried it. */
const QUERY_PROBLEMS = new Set<unknown>(['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT']);

/** Clients that take only `application/json` get 200 with errors for a wrong query, as GraphQL over HTTP asks; others get 400. */
export function statusByMediaType(): ApolloServerPlugin<GraphqlContext> {
  return {
    async requestDidStart() {
      return {
        async willSendResponse({ request, response }) {
          if (response.body.kind !== 'single' || request.http?.headers.get('accept')?.includes(GRAPHQL_JSON)) return;
          const reasons = (response.body.singleResult.errors ?? []).map(({ extensions }) => extensions?.['reason']);
          if (reasons.length > 0 && reasons.every((reason) => QUERY_PROBLEMS.has(reason))) response.http.status = 200;
        },
      };
    },
  };
}
