import { GRAPHQL_OPERATIONS, graphqlFieldOf } from '@supastor/contract/operations/graphql-sdl';
import { inputJsonSchema } from '@supastor/contract/operations/json-schema';
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

export interface QuerySize {
  /** Levels of fields; introspection is not counted. */
  readonly depth: number;
  /** About how many values the answer may have, and 10 for each operation that runs. */
  readonly cost: number;
}

const COST_OF_A_RUN = 10;
/** Rows that a list without a limit is taken for. */
const ROWS_UNKNOWN = 100;

type Variables = Readonly<Record<string, unknown>>;

/** How deep a query is and what it may cost, from its text and variables alone. The document must have passed validation. */
export function measureQuery(operation: OperationDefinitionNode, document: DocumentNode, variables: Variables): QuerySize {
  const fragments = new Map(
    document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [])),
  );
  let depth = 0;
  let cost = 0;
  for (const field of fieldsOf(operation.selectionSet, fragments)) {
    if (field.name.value.startsWith('__')) continue;
    const inner = sizeOf(field, fragments);
    depth = Math.max(depth, inner.depth);
    cost += COST_OF_A_RUN + inner.fields * rowsOf(field, variables);
  }
  return { depth, cost };
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

function fieldsOf(set: SelectionSetNode, fragments: Fragments): readonly FieldNode[] {
  return set.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    if (selection.kind === Kind.INLINE_FRAGMENT) return fieldsOf(selection.selectionSet, fragments);
    const fragment = fragments.get(selection.name.value);
    return fragment ? fieldsOf(fragment.selectionSet, fragments) : [];
  });
}

function sizeOf(field: FieldNode, fragments: Fragments): { readonly depth: number; readonly fields: number } {
  if (!field.selectionSet) return { depth: 1, fields: 1 };
  const inner = fieldsOf(field.selectionSet, fragments).map((child) => sizeOf(child, fragments));
  return { depth: 1 + Math.max(0, ...inner.map(({ depth }) => depth)), fields: inner.reduce((sum, { fields }) => sum + fields, 0) };
}

const DEFAULT_LIMITS = new Map(GRAPHQL_OPERATIONS.map((operation) => [graphqlFieldOf(operation.name), defaultLimit(operation)]));

function defaultLimit(operation: (typeof GRAPHQL_OPERATIONS)[number]): number | undefined {
  const limit: unknown = Object(inputJsonSchema(operation)['properties'])['limit'];
  const value: unknown = Object(limit)['default'];
  return typeof value === 'number' ? value : undefined;
}

/** Rows a field asks for. */
function rowsOf(field: FieldNode, variables: Variables): number {
  const value = field.arguments?.find(({ name }) => name.value === 'limit')?.value;
  const asked = value?.kind === Kind.INT ? Number(value.value) : value?.kind === Kind.VARIABLE ? variables[value.name.value] : undefined;
  if (typeof asked === 'number') return Math.max(1, asked);
  return DEFAULT_LIMITS.get(field.name.value) ?? ROWS_UNKNOWN;
}
