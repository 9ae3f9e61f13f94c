import type { Seeded } from './seeded.ts';

/** A JSON schema as it comes out of a document. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly format?: string;
}

/** Texts that have broken servers: of paths, SQL, HTML, headers, numbers, encodings and prototypes. */
export const HOSTILE_TEXTS: readonly string[] = [
  '',
  ' ',
  '.',
  '..',
  '../../etc/passwd',
  '..\\..\\x',
  '/',
  '//',
  'a//b',
  '%2e%2e%2f',
  '%00',
  '\0',
  'a\0b',
  '\r\nX-Injected: 1',
  '\u{1f600}',
  '\u202e\u0000',
  '\uffff',
  '\ud800',
  "' or 1=1 --",
  "'; drop table objects; --",
  '$1',
  '\\',
  '"',
  '<script>alert(1)</script>',
  '${jndi:ldap://x}',
  '{{7*7}}',
  '__proto__',
  'constructor',
  'null',
  'undefined',
  'NaN',
  '-1',
  '0',
  '1e309',
  '9223372036854775808',
  '99999999999999999999999',
  '2020-02-30T99:99:99Z',
  'x'.repeat(101),
  'x'.repeat(1024),
  'x'.repeat(1025),
  'é'.repeat(600),
  'a/'.repeat(400),
];

const HOSTILE_NUMBERS: readonly unknown[] = [-1, 0, 1, 1.5, 1001, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, '12', '', null, [], {}, true];
const HOSTILE_ANYTHING: readonly unknown[] = [null, true, 0, -1, '', 'x', [], [null], {}, { a: { b: {} } }, [[[[]]]], 1e308];

/** A value for a schema: one that fits, one at a border, or one that does not fit at all. `known` gives names that exist. */
export function valueFor(schema: Schema, random: Seeded, known: readonly string[] = []): unknown {
  if (random.odd(0.08)) return random.pick(HOSTILE_ANYTHING);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined && choices.length > 0) return valueFor(random.pick(choices), random, known);
  if (schema.const !== undefined) return random.odd(0.2) ? random.pick(HOSTILE_ANYTHING) : schema.const;
  if (schema.enum !== undefined) return random.odd(0.2) ? random.pick(HOSTILE_TEXTS) : random.pick(schema.enum);
  const type = typeof schema.type === 'string' ? schema.type : random.pick(schema.type ?? ['object']);
  if (type === 'string') return textFor(schema, random, known);
  if (type === 'integer' || type === 'number') return numberFor(schema, random);
  if (type === 'boolean') return random.odd(0.1) ? random.pick(HOSTILE_ANYTHING) : random.chance(0.5);
  if (type === 'null') return null;
  if (type === 'array') return arrayFor(schema, random, known);
  return objectFor(schema, random, known);
}

function textFor({ maxLength, format }: Schema, random: Seeded, known: readonly string[]): string {
  if (known.length > 0 && !random.odd(0.4)) return random.pick(known);
  if (format === 'date-time' && !random.odd(0.4)) return '2030-01-01T00:00:00Z';
  if (format === 'uuid' && !random.odd(0.4)) return 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
  if (!random.odd(0.9)) return 'text';
  if (maxLength !== undefined && random.chance(0.3)) return 'x'.repeat(Math.min(maxLength + random.below(2), 5000));
  return random.pick(HOSTILE_TEXTS);
}

function numberFor({ minimum = 0, maximum = 1000 }: Schema, random: Seeded): unknown {
  if (!random.odd(0.9)) return minimum + random.below(Math.min(maximum - minimum + 1, 100));
  const borders = [minimum, minimum + 1, minimum - 1, maximum, maximum + 1];
  return random.chance(0.7) ? random.pick(borders) : random.pick(HOSTILE_NUMBERS);
}

function arrayFor({ items = {}, minItems = 0, maxItems = 3 }: Schema, random: Seeded, known: readonly string[]): unknown[] {
  const isLarge = random.odd(0.05);
  const count = isLarge ? maxItems + 1 : minItems + random.below(3);
  if (isLarge) return Array.from({ length: Math.min(count, 2000) }, (_, at) => `k${at}`);
  return Array.from({ length: count }, () => valueFor(items, random, known));
}

function objectFor(schema: Schema, random: Seeded, known: readonly string[]): Record<string, unknown> {
  const { properties = {}, required = [], additionalProperties } = schema;
  const chosen = Object.entries(properties).filter(([name]) => (required.includes(name) ? !random.odd(0.05) : random.chance(0.5)));
  const made = Object.fromEntries(chosen.map(([name, each]) => [name, valueFor(each, random, known)]));
  const extra = typeof additionalProperties === 'object' && random.chance(0.5) ? { some: valueFor(additionalProperties, random) } : {};
  return { ...made, ...extra, ...(random.odd(0.1) ? { [random.pick(HOSTILE_TEXTS)]: random.pick(HOSTILE_ANYTHING) } : {}) };
}

/** The value with one thing in it, at any depth, replaced by something that does not belong there. */
export function withOneOdd(value: unknown, random: Seeded): unknown {
  const isBranch = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
  if (!isBranch || random.chance(0.15)) return random.chance(0.5) ? random.pick(HOSTILE_TEXTS) : random.pick(HOSTILE_ANYTHING);
  const chosen = random.pick(Object.keys(value));
  const entries = Object.entries(value).map(([name, each]): [string, unknown] => [name, name === chosen ? withOneOdd(each, random) : each]);
  return Array.isArray(value) ? entries.map(([, each]) => each) : Object.fromEntries(entries);
}
