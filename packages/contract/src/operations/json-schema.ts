import { z } from 'zod';
import type { OperationDefinition } from './define.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** JSON Schema 2020-12 of what a caller sends: fields with a default are optional. */
export function inputJsonSchema({ input }: OperationDefinition): JsonSchema {
  return toJsonSchema(input, 'input');
}

/** JSON Schema 2020-12 of what the operation answers with. */
export function outputJsonSchema({ output }: OperationDefinition): JsonSchema {
  return toJsonSchema(output, 'output');
}

/** JSON Schema 2020-12 of any schema of the contract, without the `$schema` keyword so that it can be embedded. */
export function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _dialect, '~standard': _standard, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
