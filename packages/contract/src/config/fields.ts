import { z } from 'zod';
import { fieldMeta, type FieldMeta } from './field.ts';
import { configSchema } from './schema.ts';

/** One leaf of the configuration tree. */
export interface ConfigField extends FieldMeta {
  /** Dotted path, `storage.s3.bucket`. */
  readonly path: string;
  readonly schema: z.ZodType;
  /** Undefined when the field has no default. */
  readonly defaultValue: unknown;
}

/** Every leaf of {@link configSchema} in the order it is written there. */
export const CONFIG_FIELDS: readonly ConfigField[] = walk(configSchema, []);

/** The same leaves by path. */
export const CONFIG_FIELDS_BY_PATH: ReadonlyMap<string, ConfigField> = new Map(CONFIG_FIELDS.map((entry) => [entry.path, entry]));

function walk(schema: z.core.$ZodType, path: readonly string[]): ConfigField[] {
  const inner = unwrapAll(schema);
  if (inner instanceof z.ZodObject) {
    return Object.entries<z.core.$ZodType>(inner.shape).flatMap(([key, child]) => walk(child, [...path, key]));
  }
  if (!(schema instanceof z.ZodType)) throw new TypeError(`not a schema: ${path.join('.')}`);
  const meta = findMeta(schema);
  if (!meta) throw new TypeError(`config field without a description: ${path.join('.')}`);
  return [{ ...meta, path: path.join('.'), schema, defaultValue: findDefault(schema) }];
}

function unwrapOnce(schema: z.core.$ZodType): z.core.$ZodType | null {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return schema.unwrap();
  return null;
}

function unwrapAll(schema: z.core.$ZodType): z.core.$ZodType {
  const inner = unwrapOnce(schema);
  return inner === null ? schema : unwrapAll(inner);
}

function findMeta(schema: z.core.$ZodType): FieldMeta | undefined {
  const own = fieldMeta.get(schema);
  if (own) return own;
  const inner = unwrapOnce(schema);
  return inner === null ? undefined : findMeta(inner);
}

function findDefault(schema: z.core.$ZodType): unknown {
  if (schema instanceof z.ZodDefault) return schema.def.defaultValue;
  const inner = unwrapOnce(schema);
  return inner === null ? undefined : findDefault(inner);
}
