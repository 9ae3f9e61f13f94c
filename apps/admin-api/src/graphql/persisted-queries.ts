import { createHash } from 'node:crypto';
import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError } from 'graphql';
import type { GraphqlContext } from './executable-schema.ts';
import type { QueryAllowList } from './query-allow-list.ts';

/** Cache for persisted queries that holds the allow-list and takes nothing in. */
export function allowListCache(list: QueryAllowList) {
  return {
    get: async (key: string) => list.get(key.replace(/^apq:/, '')),
    set: async () => {},
    delete: async () => false,
  };
}

/** Refuses every query that is not on the list, however it was sent. */
export function onlyFromAllowList(list: QueryAllowList): ApolloServerPlugin<GraphqlContext> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ source }) {
          if (list.has(createHash('sha256').update(source).digest('hex'))) return;
          throw new GraphQLError('This server runs only the queries of its allow-list.', {
            extensions: { code: 'SJ_FORBIDDEN', hint: 'Add the query to the file of admin.graphql.allowListPath.', http: { status: 403 } },
          });
        },
      };
    },
  };
}
