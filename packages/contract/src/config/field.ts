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

/** A string that is wrapped in {@link Secret} when parsed. Input: string of at least `min` characters (default 1). */
export function secret(meta: Omit<FieldMeta, 'secret'>, min = 1) {
  return field(
    z
      .string()
      .min(min)
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
export function parseBytes(text: string): number | null {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?i?b)?\s*$/i.exec(text);
  if (!match?.[1]) return null;
  const factor = UNITS[(match[2] ?? 'b').toLowerCase()];
  return factor === undefined ? null : Math.round(Number(match[1]) * factor);
}

/** A size in bytes; accepts a number or a text with a unit. */
export const bytes = () =>
  z.union([z.number().int().nonnegative(), z.string()]).transform((value, ctx) => {
    const parsed = typeof value === 'number' ? value : parseBytes(value);
    if (parsed === null) {
      ctx.addIssue({ code: 'custom', message: 'expected a size such as 52428800, 50MB or 50MiB' });
      return z.NEVER;
    }
    return parsed;
  });

export const port = () => z.coerce.number().int().min(1).max(65_535);

/** A boolean; environment values arrive as text, so `true/false/1/0/yes/no/on/off` are accepted. */
export const flag = () =>
  z
    .union([z.boolean(), z.enum(['true', 'false', '1', '0', 'yes', 'no', 'on', 'off'])])
    .transform((value) => value === true || value === 'true' || value === '1' || value === 'yes' || value === 'on');

/** A list; environment values arrive as comma-separated text. */
export const list = () =>
  z.union([z.array(z.string()), z.string()]).transform((value) =>
    typeof value === 'string'
      ? value
          .split(',')
          .map((s) => s.trim())
          .filter(Boolean)
      : value,
  );
