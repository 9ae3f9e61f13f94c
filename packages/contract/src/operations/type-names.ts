import { z } from 'zod';

const typeNames: z.core.$ZodRegistry<{ readonly name: string }> = z.registry<{ readonly name: string }>();

/** Gives a schema the name of its type in generated documents. Call it last: methods such as `.extend()` return a new, unnamed schema. */
export function named<S extends z.ZodType>(name: string, schema: S): S {
  typeNames.add(schema, { name });
  return schema;
}

/** The name a schema was given; undefined when it has none. */
export function typeNameOf(schema: z.core.$ZodType): string | undefined {
  return typeNames.get(schema)?.name;
}
