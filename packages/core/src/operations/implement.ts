import { SupastorError } from '@supastor/contract/errors';
import type { AnySchema, OperationDefinition, SchemaOutput } from '@supastor/contract/operations/define';
import type { Targets } from '../access/authorise.ts';
import type { OperationContext } from './context.ts';

/** A plain function that does the work of one operation. */
export type Handler<I extends AnySchema, O extends AnySchema, Deps> = (
  input: SchemaOutput<I>,
  context: OperationContext<Deps>,
) => Promise<SchemaOutput<O>> | SchemaOutput<O>;

/** A definition bound to its handler, with the types of input and output checked and then hidden. */
export interface Implementation<N extends string, Deps> {
  readonly definition: OperationDefinition<AnySchema, AnySchema, N>;
  /** Validates the input. @throws SJ_INPUT_INVALID listing every problem in `meta.errors`. */
  readonly prepare: (rawInput: unknown) => PreparedRun<Deps>;
}

export interface PreparedRun<Deps> {
  readonly input: unknown;
  readonly targets: Targets;
  /** Runs the handler; the answer holds only what the output schema names. */
  readonly run: (context: OperationContext<Deps>) => Promise<unknown>;
}

/** Binds a handler to its definition. */
export function implement<I extends AnySchema, O extends AnySchema, N extends string, Deps>(
  definition: OperationDefinition<I, O, N>,
  handler: Handler<I, O, Deps>,
): Implementation<N, Deps> {
  return {
    definition,
    prepare(rawInput) {
      const parsed = definition.input.safeParse(rawInput);
      if (!parsed.success) throw invalidInput(parsed.error.issues);
      const targets = targetsOf(definition, parsed.data);
      return { input: parsed.data, targets, run: async (context) => definition.output.parse(await handler(parsed.data, context)) };
    },
  };
}

/** Binds a handler that answers with many records to a definition of shape `stream`; `run` then resolves to an async iterable of them. */
export function implementStream<I extends AnySchema, O extends AnySchema, N extends string, Deps>(
  definition: OperationDefinition<I, O, N>,
  handler: (input: SchemaOutput<I>, context: OperationContext<Deps>) => AsyncIterable<SchemaOutput<O>>,
): Implementation<N, Deps> {
  async function* checked(records: AsyncIterable<SchemaOutput<O>>): AsyncGenerator {
    for await (const record of records) yield definition.output.parse(record);
  }
  return {
    definition,
    prepare(rawInput) {
      const parsed = definition.input.safeParse(rawInput);
      if (!parsed.success) throw invalidInput(parsed.error.issues);
      const targets = targetsOf(definition, parsed.data);
      return { input: parsed.data, targets, run: async (context) => checked(handler(parsed.data, context)) };
    },
  };
}

/** What an operation touches with this input. */
function targetsOf<I extends AnySchema>({ scope }: Pick<OperationDefinition<I>, 'scope'>, input: SchemaOutput<I>): Targets {
  if (scope) return scope(input);
  const bucket: unknown = typeof input === 'object' && input !== null && 'bucket' in input ? input.bucket : undefined;
  return [typeof bucket === 'string' ? { bucket } : {}];
}

export interface InputIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** @returns SJ_INPUT_INVALID that lists every issue by field path in `meta.errors`. */
export function invalidInput(issues: readonly InputIssue[]): SupastorError {
  const errors = issues.map((issue) => ({ path: issue.path.map(String).join('.'), message: issue.message }));
  const summary = errors.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ');
  return new SupastorError('SJ_INPUT_INVALID', summary, { hint: 'See /docs for the shape of the input.', meta: { errors } });
}
