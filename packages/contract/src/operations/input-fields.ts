import { z } from 'zod';
import type { RegisteredOperation } from './all.ts';

/** One field of what an operation takes: `grants[].role` for a field of the objects in a list. */
export interface InputField {
  readonly path: string;
  readonly description: string | undefined;
}

/** Every field of an operation's input, those of nested objects, lists and records included. */
export function inputFields({ input }: Pick<RegisteredOperation, 'input'>): readonly InputField[] {
  return fieldsWithin(input, '');
}

/** What a schema says of itself, looked for inside its optional, nullable and default wrappers too. */
export function descriptionOf(schema: z.core.$ZodType): string | undefined {
  const own = z.globalRegistry.get(schema)?.description;
  const inner = own === undefined ? unwrapped(schema) : undefined;
  return inner === undefined ? own : descriptionOf(inner);
}

function fieldsWithin(schema: z.core.$ZodType, path: string): readonly InputField[] {
  if (schema instanceof z.ZodObject)
    return Object.entries<z.core.$ZodType>(schema.shape).flatMap(([name, member]) => {
      const at = path === '' ? name : `${path}.${name}`;
      return [{ path: at, description: descriptionOf(member) }, ...fieldsWithin(member, at)];
    });
  if (schema instanceof z.ZodArray) return fieldsWithin(schema.element, `${path}[]`);
  if (schema instanceof z.ZodRecord) return fieldsWithin(schema.valueType, `${path}{}`);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => fieldsWithin(option, path));
  const inner = unwrapped(schema);
  return inner === undefined ? [] : fieldsWithin(inner, path);
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodReadonly) return schema.unwrap();
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodCatch) return schema.unwrap();
  if (schema instanceof z.ZodNonOptional) return schema.unwrap();
  return schema instanceof z.ZodPipe ? schema.in : undefined;
}
