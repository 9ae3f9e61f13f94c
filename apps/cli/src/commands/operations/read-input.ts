import { SupastorError } from '@supastor/contract/errors';
import type { OperationDefinition } from '@supastor/contract/operations/define';
import type { z } from 'zod';
import type { Field } from './fields.ts';

/**
 * The input of an operation out of what was typed: texts become what their field is, lists are collected, `key=value` makes
 * objects. `base` is the JSON of `--input`; what was typed wins.
 * @throws SJ_USAGE with the option, the reason and the next step
 */
export function readInput(
  definition: OperationDefinition,
  fields: readonly Field[],
  typed: ReadonlyMap<string, unknown>,
  base: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const given = fields.flatMap((field) => {
    const value = typed.get(field.name);
    return value === undefined ? [] : [[field.name, toValue(field, value)] as const];
  });
  const input = { ...base, ...Object.fromEntries(given) };
  const checked = definition.input.safeParse(input);
  if (checked.success) return input;
  const problems = checked.error.issues.map((issue) => `${labelOf(fields, issue)}${issue.message}`);
  throw new SupastorError('SJ_USAGE', problems.join('\n'), { hint: 'run the command with --help' });
}

function labelOf(fields: readonly Field[], { path }: z.core.$ZodIssue): string {
  const [name, ...rest] = path;
  const field = fields.find((candidate) => candidate.name === name);
  if (field === undefined) return name === undefined ? '' : `${String(name)}: `;
  const inner = rest.length === 0 || field.isList ? '' : `.${rest.map(String).join('.')}`;
  return `${nameOf(field)}${inner}: `;
}

/** How a field is named on the command line. */
export function nameOf({ isPositional, flag }: Field): string {
  return isPositional ? `<${flag}>` : `--${flag}`;
}

function toValue(field: Field, typed: unknown): unknown {
  const texts = Array.isArray(typed) ? typed.map(String) : null;
  if (texts === null) return typeof typed === 'string' ? toScalar(field, typed) : typed;
  if (field.kind === 'object' && !field.isList) return toObject(field, texts);
  return texts.map((text) => toScalar(field, text));
}

function toScalar(field: Field, text: string): unknown {
  if (field.isNullable && text === 'null') return null;
  if (field.kind === 'number') return toNumber(field, text);
  if (field.kind === 'boolean') return toBoolean(field, text);
  if (field.kind === 'object') return toObject(field, [text]);
  return field.kind === 'json' ? toJson(field, text) : text;
}

function toNumber(field: Field, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new SupastorError('SJ_USAGE', `${nameOf(field)}: "${text}" is not a number`, { hint: `such as ${nameOf(field)} 10` });
}

function toBoolean(field: Field, text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new SupastorError('SJ_USAGE', `${nameOf(field)}: "${text}" is neither true nor false`, { hint: `${nameOf(field)} false` });
}

function toObject(field: Field, texts: readonly string[]): unknown {
  const [first = ''] = texts;
  if (texts.length === 1 && first.trimStart().startsWith('{')) return toJson(field, first);
  return Object.fromEntries(
    texts.map((text) => {
      const split = text.indexOf('=');
      if (split > 0) return [text.slice(0, split), text.slice(split + 1)];
      throw new SupastorError('SJ_USAGE', `${nameOf(field)}: "${text}" is not key=value`, {
        hint: 'write it as key=value, once for each key, or as one JSON object',
      });
    }),
  );
}

function toJson(field: Field, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SupastorError('SJ_USAGE', `${nameOf(field)}: the value is not JSON`, { hint: `quote it, such as ${nameOf(field)} '{}'` });
  }
}
