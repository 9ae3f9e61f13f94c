import type { OperationDefinition } from './define.ts';

/** Where the REST door of every server hangs. */
export const API_PREFIX = '/api/v1';

/** An operation as an HTTP request: method, path with query, and the JSON body if there is one. */
export interface OperationRequestParts {
  readonly method: OperationDefinition['rest']['method'];
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>> | undefined;
}

/** Names of the `{name}` parameters in an operation's path. */
export function pathParameters({ rest }: OperationDefinition): readonly string[] {
  return [...rest.path.matchAll(/\{(\w+)\}/g)].flatMap((match) => match[1] ?? []);
}

/** Whether the input beyond the path travels in the query string and not in the body. */
export function inputInQuery({ rest }: OperationDefinition): boolean {
  return rest.method === 'GET' || rest.method === 'DELETE';
}

/** Turns input into the request that the REST door understands. `input` is what the caller passes, before defaults. */
export function toRequestParts(definition: OperationDefinition, input: Readonly<Record<string, unknown>>): OperationRequestParts {
  const inPath = new Set(pathParameters(definition));
  const path = definition.rest.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(toText(input[name])));
  const rest = Object.entries(input).filter(([name, value]) => !inPath.has(name) && value !== undefined);
  if (!inputInQuery(definition)) {
    return { method: definition.rest.method, path: API_PREFIX + path, body: Object.fromEntries(rest) };
  }
  const query = new URLSearchParams(Object.fromEntries(rest.map(([name, value]) => [name, toText(value)]))).toString();
  return { method: definition.rest.method, path: `${API_PREFIX}${path}${query ? `?${query}` : ''}`, body: undefined };
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}
