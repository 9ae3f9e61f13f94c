import type { JsonSchema } from '@supastor/contract/operations/json-schema';

/** A default that is made up anew each time is none to tell about. */
const MADE_UP = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** The schema in JSON Schema 2020-12, which has no `nullable`. */
export function modernSchema({ nullable, ...schema }: JsonSchema): JsonSchema {
  const { default: fallback, ...others } = schema;
  const rest = typeof fallback === 'string' && MADE_UP.test(fallback) ? others : schema;
  const modern = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, modernValue(value)]));
  return nullable === true && typeof modern['type'] === 'string' ? { ...modern, type: [modern['type'], 'null'] } : modern;
}

function modernValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(modernValue);
  return typeof value === 'object' && value !== null ? modernSchema({ ...value }) : value;
}

export interface SchemaField {
  readonly name: string;
  readonly schema: unknown;
  readonly isRequired: boolean;
}

/** The fields of an object's schema. */
export function fieldsOf(schema: JsonSchema | undefined): readonly SchemaField[] {
  const { properties, required } = schema ?? {};
  if (typeof properties !== 'object' || properties === null) return [];
  const needed = Array.isArray(required) ? required : [];
  return Object.entries(properties).map(([name, field]) => ({ name, schema: modernValue(field), isRequired: needed.includes(name) }));
}
