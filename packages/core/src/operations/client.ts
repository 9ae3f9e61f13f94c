import { type ErrorCode, ERRORS, SupastorError } from '@supastor/contract/errors';
import type { OperationName } from '@supastor/contract/operations/all';
import type { AnySchema, OperationDefinition, SchemaInput, SchemaOutput } from '@supastor/contract/operations/define';
import { type OperationRequestParts, toRequestParts } from '@supastor/contract/operations/http';
import { problemSchema } from '@supastor/contract/wire/problem';
import type { Caller } from './context.ts';
import type { OperationRouter } from './router.ts';

export interface RunOptions {
  readonly signal?: AbortSignal;
}

/** Runs operations, in this process or on a server; callers cannot tell which. */
export interface OperationClient {
  run<I extends AnySchema, O extends AnySchema, N extends OperationName>(
    definition: OperationDefinition<I, O, N>,
    input: SchemaInput<I>,
    options?: RunOptions,
  ): Promise<SchemaOutput<O>>;
}

/** Client of a router in this process, acting as one caller. */
export function createLocalClient(router: OperationRouter, caller: Omit<Caller, 'signal'>): OperationClient {
  return {
    async run(definition, input, { signal } = {}) {
      const output = await router.run(definition.name, input, { ...caller, ...(signal && { signal }) });
      return definition.output.parse(output);
    },
  };
}

/** Sends one HTTP request; the adapter adds base URL and session. Rejects with a catalogue error when the server is out of reach. */
export type SendOperation = (
  request: OperationRequestParts,
  options: RunOptions,
) => Promise<{ readonly status: number; readonly body: unknown }>;

/** Client of the REST door of a server. Problems come back as the {@link SupastorError} they were. */
export function createRemoteClient(send: SendOperation): OperationClient {
  return {
    async run(definition, input, options = {}) {
      const { status, body } = await send(toRequestParts(definition, isRecord(input) ? input : {}), options);
      if (status >= 400) throw fromProblem(status, body);
      return definition.output.parse(body);
    },
  };
}

/** The error that a server's answer with a failing status tells of. */
export function fromProblem(status: number, body: unknown): SupastorError {
  const problem = problemSchema.safeParse(body);
  if (!problem.success) return new SupastorError('SJ_UPSTREAM_FAILED', `The server answered ${status} without saying why.`);
  const { code, detail, hint, errors, instance } = problem.data;
  const meta = { requestId: instance, ...(errors && { errors }) };
  return new SupastorError(isErrorCode(code) ? code : 'SJ_UPSTREAM_FAILED', detail, { ...(hint !== undefined && { hint }), meta });
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
