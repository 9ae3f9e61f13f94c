/** A request as plain data. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly body: string | undefined;
}

interface Door {
  readonly method: string;
  readonly path: string;
}

/** Root of the REST door. */
export const API_ROOT = '/api/v1';

/** Turns an operation's input into a request: path parameters first, the rest into the query (GET, DELETE) or a JSON body. */
export function buildRequest(door: Door, input: Readonly<Record<string, unknown>>): HttpRequest {
  const rest = new Map(Object.entries(input).filter(([, value]) => value !== undefined));
  const path = door.path.replaceAll(/\{(\w+)\}/g, (_match, name: string) => {
    const value = rest.get(name);
    rest.delete(name);
    return encodeURIComponent(text(value));
  });
  if (door.method !== 'GET' && door.method !== 'DELETE') {
    return { method: door.method, url: `${API_ROOT}${path}`, body: JSON.stringify(Object.fromEntries(rest)) };
  }
  const query = new URLSearchParams([...rest].map(([name, value]) => [name, text(value)])).toString();
  return { method: door.method, url: `${API_ROOT}${path}${query === '' ? '' : `?${query}`}`, body: undefined };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
