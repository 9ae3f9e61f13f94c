import type { RawRequest } from './raw-http.ts';
import { HOSTILE_TEXTS, type Schema, valueFor } from './schema-values.ts';
import type { Seeded } from './seeded.ts';

export interface DocumentedAnswer {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
}

/** One row of the S3 door behind a path and method. */
interface S3Row {
  readonly operation: string;
  readonly selectors: readonly string[];
  readonly optional: readonly string[];
}

export interface DocumentedOperation {
  readonly path: string;
  readonly method: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, DocumentedAnswer>>;
  readonly s3Rows: readonly S3Row[];
}

type Item = Readonly<
  Record<
    string,
    Omit<DocumentedOperation, 'path' | 'method' | 's3Rows' | 'parameters'> & {
      readonly parameters?: readonly (Parameter | Reference)[];
      readonly 'x-s3-operations'?: readonly S3Row[];
    }
  >
>;

interface Reference {
  readonly $ref: string;
}

/** What is used of an OpenAPI 3.1 document. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Item>>;
  readonly components: {
    readonly responses: Readonly<Record<string, DocumentedAnswer>>;
    readonly parameters?: Readonly<Record<string, Parameter>>;
  };
}

export function operationsOf({ paths, components }: ApiDocument): readonly DocumentedOperation[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      ...operation,
      parameters: (operation.parameters ?? []).flatMap((each) => resolve(each, components.parameters) ?? []),
      path,
      method: method.toUpperCase(),
      s3Rows: operation['x-s3-operations'] ?? [],
    })),
  );
}

function resolve(given: Parameter | Reference, shared: ApiDocument['components']['parameters']): Parameter | undefined {
  return '$ref' in given ? shared?.[given.$ref.split('/').at(-1) ?? ''] : given;
}

/** Names that exist on the server, by the name of a parameter or field. */
export type KnownNames = Readonly<Record<string, readonly string[]>>;

export interface Pieces {
  /** Percent-encoded. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
}

/** First segments below `/object` that lead to other routes. */
const TAKEN = new Set(['list', 'list-v2', 'copy', 'move', 'sign', 'upload', 'public', 'authenticated', 'info']);
const HEADER_VALUES = [
  '',
  '*',
  '0',
  '-1',
  '1',
  '1e9',
  'true',
  'bytes=0-1',
  'bytes=5-',
  'bytes=9-1',
  'bytes=-0',
  '"x"',
  'W/"x"',
  '1.0.0',
  '"',
];

/** A request for an operation, made of values that fit, lie at a border, or are hostile. */
export function makePieces(operation: DocumentedOperation, random: Seeded, known: KnownNames): Pieces {
  const byPlace = (place: Parameter['in']) => operation.parameters.filter((each) => each.in === place);
  let path = operation.path;
  for (const { name, schema } of byPlace('path')) path = path.replace(`{${name}}`, () => pathValue(name, schema, random, known));
  const query = byPlace('query')
    .filter(({ required }) => (required === true ? !random.odd(0.1) : random.chance(0.3)))
    .map(({ name, schema }) => [name, String(valueFor(schema, random, namesOf(known, name)))] as const);
  const headers = byPlace('header')
    .filter(({ name }) => (random.odd(0.9) ? random.chance(0.4) : namesOf(known, name).length > 0))
    .map(({ name }) => [name, headerValue(name, random, known)] as const);
  const { type, body } = bodyFor(operation, random, known);
  return { path, query: Object.fromEntries(query), headers: { ...Object.fromEntries(headers), ...type }, body };
}

/** The pieces as a request of the REST doors. */
export function toRequest({ path, query, headers, body }: Pieces, method: string): RawRequest {
  const pairs = Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(value)}`);
  const target = `${path}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}`;
  return { method, path: target, headers, ...(body === undefined ? {} : { body }) };
}

const encode = (text: string) => encodeURIComponent(text.toWellFormed());

function pathValue(name: string, schema: Schema, random: Seeded, known: KnownNames): string {
  const wanted = valueFor({ type: 'string', ...schema }, random, namesOf(known, name));
  const text = typeof wanted === 'string' ? wanted : JSON.stringify(wanted);
  if (name === 'wildcard' || name === 'Key') return text.split('/').map(encode).join('/');
  // An empty segment, or one that another route begins with, would ask for something else.
  return text === '' || TAKEN.has(text) ? 'x' : encode(text);
}

function headerValue(name: string, random: Seeded, known: KnownNames): string {
  const existing = namesOf(known, name);
  if (existing.length > 0 && !random.odd(0.4)) return random.pick(existing);
  const text = random.chance(0.5) ? random.pick(HEADER_VALUES) : random.pick(HOSTILE_TEXTS);
  return text.replaceAll(/[^\x20-\x7e\x80-\xff]/g, '').trim();
}

function bodyFor({ requestBody }: DocumentedOperation, random: Seeded, known: KnownNames) {
  const none = { type: {}, body: undefined };
  if (requestBody === undefined) return random.odd(0.1) ? { type: { 'content-type': 'application/json' }, body: '{}' } : none;
  if (random.odd(0.05)) return none;
  const [type, { schema }] = random.pick(Object.entries(requestBody.content));
  const sent = { 'content-type': random.odd(0.05) ? random.pick(['text/plain', 'a', 'application/json; charset=x']) : type };
  if (type === 'application/json')
    return { type: sent, body: random.odd(0.04) ? '{"a":' : JSON.stringify(fieldsFor(schema, random, known)) };
  if (type === 'multipart/form-data') return { type: { 'content-type': `${type}; boundary=fuzz` }, body: formFor(random) };
  const content = !random.odd(0.9)
    ? '0123456789'
    : random.pick(['', 'x', '0123456789', '<Delete/>', '<Tagging><TagSet/></Tagging>', '<', '\0', 'x'.repeat(70_000)]);
  return {
    type: { 'content-type': type.includes('*') ? random.pick(['text/plain', 'image/png']) : sent['content-type'] },
    body: content,
  };
}

/** Fields may be called `constructor`. */
const namesOf = (known: KnownNames, name: string) => (Object.hasOwn(known, name) ? (known[name] ?? []) : []);

/** A body whose fields take names that exist where there are any. */
function fieldsFor(schema: Schema, random: Seeded, known: KnownNames): unknown {
  const made = valueFor(schema, random);
  if (typeof made !== 'object' || made === null || Array.isArray(made)) return made;
  const filled = Object.entries(made).map(([name, value]) => [name, fillField(value, random, namesOf(known, name))]);
  return Object.fromEntries(filled);
}

function fillField(value: unknown, random: Seeded, existing: readonly string[]): unknown {
  if (existing.length === 0 || random.odd(0.4)) return value;
  return Array.isArray(value) ? value.map(() => random.pick(existing)) : random.pick(existing);
}

const part = (head: string, body: string) => `--fuzz\r\nContent-Disposition: form-data; ${head}\r\n\r\n${body}\r\n`;

function formFor(random: Seeded): string {
  if (!random.odd(0.9)) return `${part('name="file"; filename="a.txt"', 'text')}--fuzz--\r\n`;
  const fields = [
    part('name="cacheControl"', random.pick(['3600', '', 'x\n', '-1', '\u{1f600}'])),
    part('name="metadata"', random.pick(['{}', '{"a":1}', '[]', '{', '"x"', ''])),
    part('name="file"; filename="a.txt"', random.pick(['', 'text', '\0'])),
    part('name=""; filename="../../x"', 'text'),
    part(random.pick(['name', 'name=', 'x', '']), 'text'),
  ].filter(() => random.chance(0.6));
  return `${fields.join('')}${!random.odd(0.1) ? '--fuzz--\r\n' : '--fuz'}`;
}
