import { OPERATIONS, type RegisteredOperation } from './all.ts';
import { descriptionOf } from './input-fields.ts';
import { typeNameOf } from './type-names.ts';
import { z } from 'zod';

/** Field of the GraphQL schema that runs an operation: `buckets.signUpload` is `bucketsSignUpload`. */
export function graphqlFieldOf(name: string): string {
  return name.replaceAll(/\.(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** Operations that have a GraphQL field: all but streams. */
export const GRAPHQL_OPERATIONS: readonly RegisteredOperation[] = OPERATIONS.filter(({ shape }) => shape === 'value');

/** Fields of an operation's input for which null means something; elsewhere it means that the field was left out. */
export function nullableInputs({ input }: RegisteredOperation): ReadonlySet<string> {
  const schema: z.core.$ZodType = input;
  const fields = schema instanceof z.ZodObject ? Object.entries<z.core.$ZodType>(schema.shape) : [];
  return new Set(fields.flatMap(([name, member]) => (takesNull(member) ? [name] : [])));
}

function takesNull(schema: z.core.$ZodType): boolean {
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodUnknown) return true;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return takesNull(schema.unwrap());
  return false;
}

/** The GraphQL schema of the operation registry: reads are queries, everything else is a mutation. */
export function renderGraphqlSchema(): string {
  const types = new Types();
  const queries = GRAPHQL_OPERATIONS.filter(({ effect }) => effect === 'read').map((operation) => renderField(operation, types));
  const mutations = GRAPHQL_OPERATIONS.filter(({ effect }) => effect !== 'read').map((operation) => renderField(operation, types));
  return [
    '# Generated from the operation registry (packages/contract/src/operations); do not edit.',
    '',
    '"Any JSON value."\nscalar JSON',
    '',
    block('type Query', queries),
    block('type Mutation', mutations),
    ...types.rendered(),
  ].join('\n');
}

function renderField(operation: RegisteredOperation, types: Types): string {
  const field = graphqlFieldOf(operation.name);
  const input: z.core.$ZodType = operation.input;
  const shape = input instanceof z.ZodObject ? Object.entries<z.core.$ZodType>(input.shape) : [];
  const args = shape.map(
    ([name, schema]) =>
      `${described(schema, '    ')}    ${name}: ${types.reference(schema, { io: 'input', fallbackName: capital(field) + capital(name) })}`,
  );
  const permission = operation.permission === null ? 'Open to anyone.' : `Needs ${operation.permission}.`;
  const answer = types.reference(operation.output, { io: 'output', fallbackName: `${capital(field)}Result` });
  const taken = args.length > 0 ? `(\n${args.join('\n')}\n  )` : '';
  return `  ${quoted(`${operation.summary}. ${permission}`)}\n  ${field}${taken}: ${answer}`;
}

/** The line above a field or an argument that says what it is; empty for one that says nothing. */
function described(schema: z.core.$ZodType, indent: string): string {
  const description = descriptionOf(schema);
  return description === undefined ? '' : `${indent}${quoted(description)}\n`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', "'")}"`;
}

/** The schema that another is a described or refined copy of; itself when it is no copy. */
function originalOf(schema: z.core.$ZodType): z.core.$ZodType {
  const {
    _zod: { parent },
  } = schema;
  return parent === undefined ? schema : originalOf(parent);
}

interface Place {
  readonly io: 'input' | 'output';
  /** Name of the type when the schema has none of its own. */
  readonly fallbackName: string;
}

/** The types that fields refer to, each rendered once. */
class Types {
  readonly #texts = new Map<string, string>();
  readonly #names = new Map<string, string>();
  readonly #ids = new Map<z.core.$ZodType, number>();

  /** Name of a schema's type, with `!` unless it may be null or left out. */
  reference(schema: z.core.$ZodType, place: Place): string {
    const { inner, nullable } = unwrap(schema, place.io);
    return `${this.#name(inner, place)}${nullable ? '' : '!'}`;
  }

  rendered(): readonly string[] {
    return [...this.#texts.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
  }

  #name(schema: z.core.$ZodType, place: Place): string {
    if (schema instanceof z.ZodArray) return `[${this.reference(schema.element, place)}]`;
    if (schema instanceof z.ZodBoolean) return 'Boolean';
    if (schema instanceof z.ZodNumber) return isInt32(schema) ? 'Int' : 'Float';
    if (schema instanceof z.ZodString || schema instanceof z.ZodStringFormat) return 'String';
    if (schema instanceof z.ZodEnum) return this.#enumName(schema, place);
    if (schema instanceof z.ZodLiteral) return [...schema.values].every((value) => typeof value === 'string') ? 'String' : 'JSON';
    if (schema instanceof z.ZodObject && !isOpen(schema)) return this.#objectName(schema, place);
    return 'JSON';
  }

  #enumName(schema: z.ZodEnum, { fallbackName }: Place): string {
    const values = schema.options.map(String);
    if (!values.every((value) => /^[_A-Za-z]\w*$/.test(value) && !/^(true|false|null|__.*)$/.test(value))) return 'String';
    return this.#once(schema, fallbackName, '', (name) =>
      block(
        `enum ${name}`,
        values.map((value) => `  ${value}`),
      ),
    );
  }

  #objectName(schema: z.ZodObject, { io, fallbackName }: Place): string {
    const fields = Object.entries<z.core.$ZodType>(schema.shape);
    // GraphQL has no empty types: that it was done is all there is to say.
    if (fields.length === 0) return 'Boolean';
    const keyword = io === 'input' ? 'input' : 'type';
    return this.#once(schema, fallbackName, io === 'input' ? 'Input' : '', (name) =>
      block(
        `${keyword} ${name}`,
        fields.map(
          ([field, member]) =>
            `${described(member, '  ')}  ${field}: ${this.reference(member, { io, fallbackName: name + capital(field) })}`,
        ),
      ),
    );
  }

  /** Renders a type on its first use; equal schemas share it, others get a name of their own. */
  #once(copy: z.core.$ZodType, fallbackName: string, suffix: string, render: (name: string) => string): string {
    const schema = originalOf(copy);
    const id = this.#ids.get(schema) ?? this.#ids.set(schema, this.#ids.size).size - 1;
    const key = `${id}${suffix}`;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const wanted = (typeNameOf(copy) ?? fallbackName) + suffix;
    let name = wanted;
    for (let count = 2; this.#texts.has(name); count += 1) name = `${wanted}${count}`;
    this.#names.set(key, name);
    this.#texts.set(name, '');
    this.#texts.set(name, render(name));
    return name;
  }
}

/** What is inside optional, nullable and default wrappers, and whether null may stand in its place. */
function unwrap(schema: z.core.$ZodType, io: Place['io']): { readonly inner: z.core.$ZodType; readonly nullable: boolean } {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable)
    return { inner: unwrap(schema.unwrap(), io).inner, nullable: true };
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodCatch) {
    const { inner, nullable } = unwrap(schema.unwrap(), io);
    return { inner, nullable: nullable || io === 'input' };
  }
  if (schema instanceof z.ZodReadonly || schema instanceof z.ZodNonOptional) return unwrap(schema.unwrap(), io);
  if (schema instanceof z.ZodPipe) return unwrap(io === 'input' ? schema.in : schema.out, io);
  return { inner: schema, nullable: schema instanceof z.ZodUnknown || schema instanceof z.ZodAny || schema instanceof z.ZodNull };
}

/** Whether every value fits GraphQL's 32-bit Int; larger whole numbers are Floats, which hold them exactly up to 2^53. */
function isInt32({ isInt, minValue, maxValue }: z.ZodNumber): boolean {
  return isInt && minValue !== null && maxValue !== null && minValue >= -(2 ** 31) && maxValue < 2 ** 31;
}

/** Objects that take keys of any name cannot be listed as fields. */
function isOpen({ def }: z.ZodObject): boolean {
  return def.catchall !== undefined && !(def.catchall instanceof z.ZodNever);
}

function block(head: string, lines: readonly string[]): string {
  return `${head} {\n${lines.join('\n')}\n}\n`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
