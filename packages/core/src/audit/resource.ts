import type { OperationDefinition } from '@supastor/contract/operations/define';
import { pathParameters } from '@supastor/contract/operations/http';

/** What an operation acts on, from its redacted input: the first path parameter, else the name of what it makes. Null when it names nothing. */
export function resourceOf(definition: OperationDefinition, parameters: unknown): string | null {
  if (typeof parameters !== 'object' || parameters === null) return null;
  const fields = new Map(Object.entries(parameters));
  const noun = singular(definition.name.split('.')[0] ?? '');
  for (const name of [...pathParameters(definition).slice(0, 1), 'name']) {
    const value: unknown = fields.get(name);
    if (typeof value === 'string') return `${name === 'name' || name === 'id' ? noun : name}/${value}`.slice(0, 300);
  }
  return null;
}

/** `buckets` -> `bucket`, `policies` -> `policy`. */
function singular(nouns: string): string {
  return nouns.endsWith('ies') ? `${nouns.slice(0, -3)}y` : nouns.replace(/s$/, '');
}
