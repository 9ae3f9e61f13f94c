import type { z } from 'zod';

export type OperationEffect = 'read' | 'write' | 'destructive';

/** `stream` operations answer with NDJSON records instead of one value; `output` then describes one record. */
export type OperationShape = 'value' | 'stream';

export interface OperationDefinition<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  /** `<noun>.<verb>`, permanent. */
  readonly name: string;
  readonly summary: string;
  readonly input: I;
  readonly output: O;
  /** `<resource>:<verb>` the caller must hold; null for operations open to anyone (login, health). */
  readonly permission: string | null;
  readonly effect: OperationEffect;
  /** Whether intent and outcome are written to the audit trail. */
  readonly audit: boolean;
  readonly shape: OperationShape;
  /** REST door, under `/api/v1`. Path parameters are `{name}` and are merged into the input. GET and DELETE read the rest of the input from the query, others from the JSON body. */
  readonly rest: { readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'; readonly path: string };
}

type Declared<I extends z.ZodType, O extends z.ZodType> = Omit<OperationDefinition<I, O>, 'audit' | 'shape'> &
  Partial<Pick<OperationDefinition, 'audit' | 'shape'>>;

/** Declares an operation. Writes are audited and values are not streams unless said otherwise. */
export function defineOperation<I extends z.ZodType, O extends z.ZodType>(declared: Declared<I, O>): OperationDefinition<I, O> {
  return { audit: declared.effect !== 'read', shape: 'value', ...declared };
}

export type OperationInput<D> = D extends OperationDefinition<infer I> ? z.infer<I> : never;
export type OperationOutput<D> = D extends OperationDefinition<z.ZodType, infer O> ? z.infer<O> : never;
