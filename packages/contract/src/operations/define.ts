import type { z } from 'zod';
import type { ScopeTarget } from '../access/scope.ts';

export type OperationEffect = 'read' | 'write' | 'destructive';

/** `stream` operations answer with NDJSON records instead of one value; `output` then describes one record. */
export type OperationShape = 'value' | 'stream';

export interface OperationDefinition<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType, N extends string = string> {
  /** `<noun>.<verb>`, permanent. */
  readonly name: N;
  readonly summary: string;
  readonly input: I;
  readonly output: O;
  /** `<resource>:<verb>` the caller must hold; null for operations open to anyone (login, health). */
  readonly permission: string | null;
  /**
   * What a run touches, out of its input: the caller must hold the permission for each of these.
   * Null: holding it for any part is enough, and the handler keeps to the parts that the caller reaches.
   * Left out: the bucket that the input's field `bucket` names, else the whole installation.
   */
  scope?(input: z.output<I>): readonly ScopeTarget[] | null;
  readonly effect: OperationEffect;
  /**
   * Whether intent and outcome are written to the audit trail; while it cannot be written, the operation is refused.
   * `deferrable`: it runs all the same and the record follows, for what is needed to repair things.
   */
  readonly audit: boolean | 'deferrable';
  readonly shape: OperationShape;
  /** Bounds how often it runs: `signIn` per address, `heavy` per identity, because it reads much. Left out: with everything else. */
  readonly rate?: 'signIn' | 'heavy';
  /** The answer holds the tokens of a session; the REST door also sets them as cookies, and no batch may hold such an operation. */
  readonly signsIn?: true;
  /** Longest time one run may take. */
  readonly timeoutMs: number;
  /** REST door, under `/api/v1`. Path parameters are `{name}` and are merged into the input. GET and DELETE read the rest of the input from the query, others from the JSON body. */
  readonly rest: { readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'; readonly path: string };
}

type Defaulted = 'audit' | 'shape' | 'timeoutMs';
type Declared<I extends z.ZodType, O extends z.ZodType, N extends string> = Omit<OperationDefinition<I, O, N>, Defaulted> &
  Partial<Pick<OperationDefinition, Defaulted>>;

export const DEFAULT_OPERATION_TIMEOUT_MS = 30_000;

/** Declares an operation. Writes are audited, values are not streams and a run may take 30 seconds unless said otherwise. */
export function defineOperation<I extends z.ZodType, O extends z.ZodType, const N extends string>(
  declared: Declared<I, O, N>,
): OperationDefinition<I, O, N> {
  return { audit: declared.effect !== 'read', shape: 'value', timeoutMs: DEFAULT_OPERATION_TIMEOUT_MS, ...declared };
}

/** What a handler receives: the input after validation, defaults filled in. */
export type OperationInput<D> = D extends OperationDefinition<infer I> ? z.output<I> : never;
/** What a caller passes: defaults may be left out. */
export type OperationArguments<D> = D extends OperationDefinition<infer I> ? z.input<I> : never;
export type OperationOutput<D> = D extends OperationDefinition<z.ZodType, infer O> ? z.output<O> : never;

/** Any input or output schema; lets packages without zod write generic signatures over definitions. */
export type AnySchema = z.ZodType;
export type SchemaOutput<S extends AnySchema> = z.output<S>;
export type SchemaInput<S extends AnySchema> = z.input<S>;
