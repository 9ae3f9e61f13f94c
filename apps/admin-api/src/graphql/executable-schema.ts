import type { RegisteredOperation } from '@supastor/contract/operations/all';
import { GRAPHQL_OPERATIONS, graphqlFieldOf, nullableInputs, renderGraphqlSchema } from '@supastor/contract/operations/graphql-sdl';
import { buildSchema, type GraphQLSchema } from 'graphql';

/** What a resolver needs of the request it is part of. */
export interface GraphqlContext {
  run(operation: RegisteredOperation, input: Readonly<Record<string, unknown>>): Promise<unknown>;
}

type Arguments = Readonly<Record<string, unknown>>;

/** The schema of the registry with a resolver on each field, which runs its operation. */
export function createExecutableSchema(): GraphQLSchema {
  const schema = buildSchema(renderGraphqlSchema(), { noLocation: true });
  for (const operation of GRAPHQL_OPERATIONS) {
    const root = operation.effect === 'read' ? schema.getQueryType() : schema.getMutationType();
    const field = root?.getFields()[graphqlFieldOf(operation.name)];
    if (!field) throw new Error(`the GraphQL schema lacks ${operation.name}`);
    const nullable = nullableInputs(operation);
    field.resolve = async (_source: unknown, args: Arguments, context: GraphqlContext) => {
      const given = Object.entries(args).filter(([name, value]) => value !== null || nullable.has(name));
      const output = await context.run(operation, Object.fromEntries(given));
      return isEmptyObject(output) ? true : output;
    };
  }
  return schema;
}

/** Operations that only say that they are done answer with `true`: GraphQL has no empty objects. */
function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}
