import { z } from 'zod';

/** Schemas whose values must never reach an audit record or a log line. */
const sensitiveSchemas: z.core.$ZodRegistry<{ readonly sensitive: true }> = z.registry<{ readonly sensitive: true }>();

const MASK = '***';

/** Marks a schema as holding a secret; what `.min()` or `.describe()` make of it holds one too. */
export function sensitive<S extends z.ZodType>(schema: S): S {
  sensitiveSchemas.add(schema, { sensitive: true });
  return schema;
}

/** Whether everything under this schema is a secret. */
export function isSensitive(schema: z.core.$ZodType): boolean {
  const inner = unwrap(schema);
  return isMarked(schema) || (inner !== undefined && isSensitive(inner));
}

/** A copy of `value` in which everything under a {@link sensitive} schema is `***`, and keys the schema does not know are dropped. */
export function redact(schema: z.core.$ZodType, value: unknown): unknown {
  if (isMarked(schema)) return value === undefined ? undefined : MASK;
  if (value === null || value === undefined) return value;
  const inner = unwrap(schema);
  if (inner) return redact(inner, value);
  if (schema instanceof z.ZodObject) return redactObject(schema, value);
  if (schema instanceof z.ZodArray) return Array.isArray(value) ? value.map((item: unknown) => redact(schema.element, item)) : MASK;
  if (schema instanceof z.ZodRecord) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redact(schema.valueType, item)]));
  }
  if (schema instanceof z.ZodUnion) {
    const option = schema.options.find((candidate) => z.safeParse(candidate, value).success);
    return option ? redact(option, value) : MASK;
  }
  return typeof value === 'object' ? MASK : value;
}

/** `get` looks at what a schema was made from, `has` does not. */
function isMarked(schema: z.core.$ZodType): boolean {
  return sensitiveSchemas.get(schema) !== undefined;
}

function redactObject(schema: z.ZodObject, value: object): Record<string, unknown> {
  const known = Object.entries(value).filter(([key]) => Object.hasOwn(schema.shape, key));
  return Object.fromEntries(
    known.map(([key, item]) => {
      const member = schema.shape[key];
      return [key, member ? redact(member, item) : MASK];
    }),
  );
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodPipe) return schema.in;
  const wrappers = [z.ZodOptional, z.ZodNullable, z.ZodDefault, z.ZodPrefault, z.ZodReadonly, z.ZodNonOptional, z.ZodCatch] as const;
  for (const wrapper of wrappers) if (schema instanceof wrapper) return schema.unwrap();
  return undefined;
}
