import type { ConfigField } from '@supastor/contract/config/fields';
import { valueSchema } from '@supastor/contract/config/json-schema';
import { SupastorError } from '@supastor/contract/errors';

/** A text as it belongs into the file: numbers, booleans and lists as such. @throws SJ_INPUT_INVALID saying what was expected */
export function valueOf(field: ConfigField, text: string): unknown {
  const parsed = field.schema.safeParse(text);
  if (!parsed.success) {
    const errors = parsed.error.issues.map(({ message }) => ({ path: 'value', message: optionsMessage(field) ?? message }));
    throw new SupastorError('SJ_INPUT_INVALID', `${field.path}: ${errors[0]?.message ?? 'is not valid'}`, {
      hint: `supastor config explain ${field.path}`,
      meta: { errors },
    });
  }
  if (hasVariable(text)) throw noVariables(field);
  const value = parsed.data;
  if (typeof value === 'boolean' || Array.isArray(value)) return value;
  // `50MB` says more than 50000000.
  if (typeof value === 'number') return /^\s*-?\d+\s*$/.test(text) ? value : text.trim();
  return text;
}

function optionsMessage(field: ConfigField): string | null {
  const options = valueSchema(field)['enum'];
  return Array.isArray(options) ? `expected one of ${options.map(String).join(', ')}` : null;
}

function hasVariable(text: string): boolean {
  return text.includes('${');
}

/** Whoever sets values here must not read variables of the server through them. */
function noVariables({ path }: ConfigField): SupastorError {
  return new SupastorError('SJ_INPUT_INVALID', `${path}: variables cannot be set here`, {
    hint: 'Write them into the file on the server.',
    meta: { errors: [{ path: 'value', message: 'must not hold ${' }] },
  });
}
