import type { ObjectAddress } from '../../objects/copy-object.ts';
import type { PolicyBench } from './policy-bench.ts';

/** One thing that one caller tries. */
export interface Attempt {
  readonly bench: PolicyBench;
  readonly token: string;
  /** An object that exists. */
  readonly from: ObjectAddress;
  /** A key to write to. */
  readonly to: ObjectAddress;
  /** Id of a version of `from` that is not current; empty where the bucket keeps none. */
  readonly versionId: string;
}

/** Tries, and says whether it was allowed: something was shown, or changed. */
export type Verb = (attempt: Attempt) => Promise<boolean>;

interface Request {
  readonly method?: string;
  readonly json?: unknown;
  readonly body?: string | Buffer | FormData;
  readonly headers?: Readonly<Record<string, string>>;
  /** Empty for none. Default: the caller's. */
  readonly token?: string;
}

/** A request as the caller. @throws Error when the server answers that it failed itself */
export async function request({ bench, token: own }: Attempt, path: string, options: Request = {}): Promise<Response> {
  const { method = 'GET', json, body, headers = {}, token = own } = options;
  const response = await bench.server.fetch(path, {
    method,
    token,
    headers: json === undefined ? headers : { 'content-type': 'application/json', ...headers },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    ...(body === undefined ? {} : { body: body instanceof Buffer ? new Uint8Array(body) : body }),
  });
  if (response.status >= 500) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response;
}

/** Whether the answer is a success; its body is thrown away. */
export async function succeeds(response: Promise<Response>): Promise<boolean> {
  const { ok, body } = await response;
  await body?.cancel();
  return ok;
}

/** A text in a JSON answer; null when it is not there. */
export async function fieldOf(response: Promise<Response>, name: string): Promise<string | null> {
  const answer: unknown = await (await response).json();
  const value: unknown = typeof answer === 'object' && answer !== null ? Reflect.get(answer, name) : undefined;
  return typeof value === 'string' ? value : null;
}

/** Path of an object below `door`. */
export function pathOf(door: string, { bucket, key }: ObjectAddress): string {
  return `/${door}/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
}

export function folderOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/') + 1);
}
