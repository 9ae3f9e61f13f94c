import { z } from 'zod';
import { Secret } from '../secret.ts';

/** What a config field says about itself, beyond its type. Docs, the env table and the JSON Schema derive from it. */
export interface FieldMeta {
  readonly description: string;
  /** Environment names that set this field, strongest first. */
  readonly env?: readonly string[];
  /** `bytes`, `seconds`, `milliseconds`, `port`. */
  readonly unit?: string;
  readonly secret?: boolean;
}

/** Registry of {@link FieldMeta} by schema; read by config/fields.ts when the tree is walked. */
export const fieldMeta: z.core.$ZodRegistry<FieldMeta> = z.registry<FieldMeta>();

/** Attaches `meta` to `schema` and returns it, so that a field reads as one expression. */
export function field<S extends z.ZodType>(schema: S, meta: FieldMeta): S {
  fieldMeta.add(schema, meta);
  return schema;
}

/** Said of a value that should have been a text. */
export const NO_TEXT = 'expected a text; put a number into quotes';

/** A string that is not empty. */
export function text() {
  return z.string({ error: NO_TEXT }).min(1, 'must not be empty');
}

/** An http or https URL; `example` is in the message when it is not. */
export function url(example = 'http://localhost:5000') {
  return z.url({ protocol: /^https?$/, error: `expected a URL such as ${example}` });
}

/** A string that is wrapped in {@link Secret} when parsed. Input: string of at least `min` characters (default 1). */
export function secret(meta: Omit<FieldMeta, 'secret'>, min = 1) {
  return field(
    z
      .string({ error: NO_TEXT })
      .min(min, min === 1 ? 'must not be empty' : `must have at least ${min} characters`)
      .transform((value) => new Secret(value)),
    { ...meta, secret: true },
  );
}

const UNITS: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
};

/** Bytes from `1048576`, `"50MB"` (decimal, as the storage protocol counts) or `"50MiB"` (binary); null when it is neither. */
export function parseBytes(size: string): number | null {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?i?b)?\s*$/i.exec(size);
  if (!match?.[1]) return null;
  const factor = UNITS[(match[2] ?? 'b').toLowerCase()];
  return factor === undefined ? null : Math.round(Number(match[1]) * factor);
}

const INTEGER = /^\s*[+-]?\d+\s*$/;

/** A whole number within bounds; environment values arrive as text. */
export const integer = (min: number, max: number = Number.MAX_SAFE_INTEGER) =>
  z.preprocess(
    (value) => (typeof value === 'string' && INTEGER.test(value) ? Number(value) : value),
    z
      .number({ error: 'expected a whole number' })
      .int('expected a whole number')
      .min(min, `must be at least ${min}`)
      .max(max, `must be at most ${max}`),
  );

/** A size in bytes; accepts a number or a text with a unit. */
export const bytes = (min = 0) =>
  z.preprocess(
    (value) => (typeof value === 'string' ? (parseBytes(value) ?? value) : value),
    z
      .number({ error: 'expected a size such as 52428800, 50MB or 50MiB' })
      .int('expected whole bytes')
      .min(min, min === 0 ? 'must not be negative' : `must be at least ${min}`),
  );

/** A TCP port. */
export const port = () => integer(1, 65_535);

const TRUE_WORDS: readonly unknown[] = ['true', '1', 'yes', 'on'];
const FALSE_WORDS: readonly unknown[] = ['false', '0', 'no', 'off'];

/** A boolean; environment values arrive as text, so `true/false/1/0/yes/no/on/off` are accepted. */
export const flag = () =>
  z.preprocess(
    (value) => {
      const word = typeof value === 'string' ? value.trim().toLowerCase() : value;
      if (TRUE_WORDS.includes(word)) return true;
      return FALSE_WORDS.includes(word) ? false : value;
    },
    z.boolean({ error: 'expected true or false' }),
  );

/** A list of texts; environment values arrive as comma-separated text. */
export const list = () =>
  z.preprocess(
    (value) =>
      typeof value === 'string'
        ? value
            .split(',')
            .map((part) => part.trim())
            .filter(Boolean)
        : value,
    z.array(z.string({ error: 'expected a text' }), { error: 'expected a list, or texts separated by commas' }),
  );
