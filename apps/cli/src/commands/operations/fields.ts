import { pathParameters } from '@supastor/contract/operations/http';
import { descriptionOf } from '@supastor/contract/operations/input-fields';
import { inputJsonSchema } from '@supastor/contract/operations/json-schema';
import { isSensitive } from '@supastor/contract/operations/sensitive';
import type { OperationDefinition } from '@supastor/contract/operations/define';
import { z } from 'zod';
import { toKebab } from './nouns.ts';

type FieldKind = 'text' | 'number' | 'boolean' | 'object' | 'json';

/** One field of an operation's input as the command line takes it. */
export interface Field {
  readonly name: string;
  /** `--expires-in-days` without the dashes. */
  readonly flag: string;
  readonly kind: FieldKind;
  /** May be given more than once; the values make a list. */
  readonly isList: boolean;
  /** `null` is a value of its own. */
  readonly isNullable: boolean;
  readonly isRequired: boolean;
  /** Holds a secret, which does not belong on a command line that others can see. */
  readonly isSecret: boolean;
  readonly isPositional: boolean;
  readonly choices: readonly string[];
  readonly defaultValue: unknown;
  /** What it is, for the help. */
  readonly description: string;
}

const schemaShape = z.object({
  type: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  default: z.unknown().optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
});
type SchemaShape = z.infer<typeof schemaShape>;

const inputShape = z.object({ properties: z.record(z.string(), z.unknown()).default({}), required: z.array(z.string()).default([]) });

/** The fields of an operation's input: those in its path first, in their order there. */
export function fieldsOf(definition: OperationDefinition): readonly Field[] {
  const { properties, required } = inputShape.parse(inputJsonSchema(definition));
  const inPath = pathParameters(definition);
  const members = definition.input instanceof z.ZodObject ? definition.input.shape : {};
  const fields = Object.entries(properties).map(([name, schema]) => {
    const member: unknown = members[name];
    return {
      name,
      flag: toKebab(name),
      isRequired: required.includes(name),
      isSecret: member instanceof z.core.$ZodType && isSensitive(member),
      isPositional: inPath.includes(name),
      description: member instanceof z.core.$ZodType ? (descriptionOf(member) ?? '').replaceAll('`', '') : '',
      ...readSchema(schemaShape.parse(schema)),
    };
  });
  const place = ({ name, isPositional }: Field) => (isPositional ? inPath.indexOf(name) : inPath.length);
  return fields.toSorted((a, b) => place(a) - place(b));
}

type Read = Pick<Field, 'kind' | 'isList' | 'isNullable' | 'choices' | 'defaultValue'>;

function readSchema(schema: SchemaShape): Read {
  const defaultValue = schema.default;
  const options = (schema.anyOf ?? []).map((option) => schemaShape.parse(option));
  const [only, ...others] = options.filter(({ type }) => type !== 'null');
  if (only !== undefined && others.length === 0) {
    return { ...readSchema(only), isNullable: options.length > 1, defaultValue };
  }
  if (schema.type === 'array') {
    const item = readSchema(schemaShape.parse(schema.items ?? {}));
    return { ...item, isList: !item.isList, kind: item.isList ? 'json' : item.kind, isNullable: false, defaultValue };
  }
  return { kind: kindOf(schema), isList: false, isNullable: false, choices: choicesOf(schema), defaultValue };
}

function kindOf({ type, enum: values }: SchemaShape): FieldKind {
  if (type === 'string' || values?.every((value) => typeof value === 'string') === true) return 'text';
  if (type === 'number' || type === 'integer') return 'number';
  if (type === 'boolean') return 'boolean';
  return type === 'object' ? 'object' : 'json';
}

function choicesOf({ enum: values = [], const: only }: SchemaShape): readonly string[] {
  const all = only === undefined ? values : [only];
  return all.filter((value) => typeof value === 'string');
}
