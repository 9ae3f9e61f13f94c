import { randomBytes, randomUUID } from 'node:crypto';
import { StorageClient } from '@supabase/storage-js';
import { Skip } from './check.ts';
import { type Answer, type Call, send } from './http.ts';
import type { Options } from './options.ts';
import { openSql, type Sql } from './sql.ts';
import { signToken } from './token.ts';

export interface BucketOptions {
  readonly public?: boolean;
  readonly file_size_limit?: number | string;
  readonly allowed_mime_types?: readonly string[];
}

export interface RequestOptions extends Call {
  /** Value of the Authorization header after "Bearer "; null sends none. The service key unless given. */
  readonly token?: string | null;
  /** Sent as a JSON body. */
  readonly json?: unknown;
}

/** What a check may use: the server under test, and buckets that are removed afterwards. */
export class World {
  readonly options: Options;
  /** Path of the base URL; what follows the host in every request. */
  readonly basePath: string;
  readonly #prefix = `acc-${randomBytes(5).toString('hex')}`;
  readonly #buckets: string[] = [];
  readonly #cleanups: (() => Promise<void>)[] = [];
  #sql: Sql | null = null;

  constructor(options: Options) {
    this.options = options;
    const { pathname } = new URL(options.url);
    this.basePath = pathname.replace(/\/+$/, '');
  }

  /** A request below the base URL; `path` goes out as given. */
  request(
    method: string,
    path: string,
    { token = this.options.serviceKey, json, headers = {}, body }: RequestOptions = {},
  ): Promise<Answer> {
    const payload = json === undefined ? body : JSON.stringify(json);
    return send(this.options.url, method, `${this.basePath}${path}`, {
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(payload === undefined ? {} : { body: payload }),
    });
  }

  /** The official client with the given token, that of the service unless given. */
  client(token: string = this.options.serviceKey): StorageClient {
    return new StorageClient(this.options.url, { apikey: token, authorization: `Bearer ${token}` });
  }

  /** An unused bucket name; if a bucket of that name exists at the end, it is removed. */
  name(label = 'b'): string {
    return this.claim(`${this.#prefix}-${label}-${this.#buckets.length}`);
  }

  /** A bucket name of the check's own making, removed like those of {@link name}. */
  claim(name: string): string {
    this.#buckets.push(name);
    return name;
  }

  /** A new bucket, removed at the end of the run. */
  async bucket(options: BucketOptions = {}): Promise<string> {
    const name = this.name();
    const answer = await this.request('POST', '/bucket', { json: { name, ...options } });
    if (answer.status !== 200) throw new Error(`cannot make a bucket: ${answer.status} ${answer.text}`);
    return name;
  }

  /** Stores text under a key; fails unless the server takes it. */
  async put(bucket: string, key: string, body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const path = `/object/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
    const answer = await this.request('POST', path, { body, headers: { 'content-type': 'text/plain', ...headers } });
    if (answer.status !== 200) throw new Error(`cannot upload ${key}: ${answer.status} ${answer.text}`);
    return answer;
  }

  /** Token of a signed-in user, or with other claims. @throws Skip without the secret */
  token(claims: Readonly<Record<string, unknown>> = {}): string {
    return signToken({ role: 'authenticated', sub: randomUUID(), ...claims }, this.secret());
  }

  /** @throws Skip when the run was not given the JWT secret */
  secret(): string {
    if (this.options.jwtSecret === null) throw new Skip('no JWT secret was given');
    return this.options.jwtSecret;
  }

  /** SQL as superuser. @throws Skip when the run was given neither a database nor postgres-meta */
  async sql(text: string): Promise<void> {
    this.#sql ??= openSql(this.options);
    await this.#sql.run(text);
  }

  /** Something to undo at the end of the run, last first. */
  defer(cleanup: () => Promise<void>): void {
    this.#cleanups.push(cleanup);
  }

  /** Removes all that the run has made. Returns what could not be removed. */
  async clean(): Promise<readonly string[]> {
    const left: string[] = [];
    for (const cleanup of this.#cleanups.toReversed()) await cleanup().catch((error: unknown) => left.push(String(error)));
    for (const name of this.#buckets) if (!(await this.#remove(name))) left.push(`bucket ${name}`);
    await this.#sql?.close();
    return left;
  }

  async #remove(bucket: string): Promise<boolean> {
    const deadline = Date.now() + 30_000;
    const path = `/bucket/${encodeURIComponent(bucket)}`;
    if ((await this.request('GET', path)).status !== 200) return true;
    // The original empties in the background and deletes only what is empty.
    while (Date.now() < deadline) {
      await this.request('POST', `${path}/empty`, { json: {} });
      if ((await this.request('DELETE', path)).status === 200) return true;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    return false;
  }
}
