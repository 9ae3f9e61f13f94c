import { errors as joseErrors } from 'jose';
import { failures } from '../errors.ts';
import type { TokenKey } from './key-set.ts';
import { verifyToken } from './verify-token.ts';

/** A verified caller. */
export interface Caller {
  readonly role: string;
  /** `sub` claim, or empty. */
  readonly subject: string;
  /** All claims as JSON text, as policies see them. */
  readonly claims: string;
  readonly token: string;
}

interface CachedCaller {
  readonly caller: Caller;
  readonly expiresAtMs: number;
}

export interface TokenVerifierOptions {
  /** All that are valid now, so that keys can be rotated; in the order in which they are tried. */
  readonly keys: readonly TokenKey[];
  /** Database roles a token may name. */
  readonly roles: readonly string[];
  /** Verified tokens remembered until they expire; the oldest goes first. */
  readonly cacheSize?: number;
  readonly now?: () => number;
}

/** Checks access tokens: signature, `exp` and `nbf`, role from the allow-list. Remembers what it has checked. */
export class TokenVerifier {
  readonly #keys: readonly TokenKey[];
  readonly #roles: ReadonlySet<string>;
  readonly #cache = new Map<string, CachedCaller>();
  readonly #cacheSize: number;
  readonly #now: () => number;

  constructor({ keys, roles, cacheSize = 4096, now = Date.now }: TokenVerifierOptions) {
    this.#keys = keys;
    this.#roles = new Set(roles);
    this.#cacheSize = cacheSize;
    this.#now = now;
  }

  /** The caller of a token that was checked before and is still valid; null says nothing about it. */
  known(token: string): Caller | null {
    const cached = this.#cache.get(token);
    if (cached === undefined) return null;
    this.#cache.delete(token);
    if (cached.expiresAtMs <= this.#now()) return null;
    this.#cache.set(token, cached);
    return cached.caller;
  }

  /** @throws ProtocolError AccessDenied when the token is not ours, not valid now, or names a role that is not allowed. */
  async verify(token: string): Promise<Caller> {
    const known = this.known(token);
    if (known !== null) return known;
    const { caller, expiresAtMs } = await this.#check(token);
    this.#cache.set(token, { caller, expiresAtMs });
    const oldest = this.#cache.keys().next();
    if (this.#cache.size > this.#cacheSize && !oldest.done) this.#cache.delete(oldest.value);
    return caller;
  }

  async #check(token: string): Promise<CachedCaller> {
    const payload = await this.#payload(token);
    if (typeof payload['url'] === 'string' && payload['role'] === undefined) {
      throw failures.accessDenied('a signed URL token cannot be used for authorization');
    }
    const role = payload['role'] === undefined ? 'anon' : payload['role'];
    if (typeof role !== 'string' || !this.#roles.has(role)) throw failures.accessDenied('the role of the token is not allowed');
    const subject = typeof payload.sub === 'string' ? payload.sub : '';
    const expiresAtMs = payload.exp === undefined ? Number.POSITIVE_INFINITY : payload.exp * 1000;
    return { caller: { role, subject, claims: JSON.stringify(payload), token }, expiresAtMs };
  }

  async #payload(token: string) {
    try {
      return await verifyToken(token, this.#keys, this.#now());
    } catch (error) {
      throw failures.accessDenied(error instanceof joseErrors.JOSEError ? error.message : 'Invalid Compact JWS', error);
    }
  }
}
