import { createHmac, timingSafeEqual } from 'node:crypto';
import { sha256Hex } from './canonical.ts';

/** What a signature is bound to. */
export interface CredentialScope {
  /** `YYYYMMDD`. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

export function scopeText(scope: CredentialScope): string {
  return `${scope.date}/${scope.region}/${scope.service}/aws4_request`;
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

const MAX_CACHED_KEYS = 512;

/** Signing keys by secret and scope. A key is good for one day and region, so a busy client needs four HMACs a day. */
export class SigningKeys {
  readonly #cache = new Map<string, Buffer>();

  derive(secret: string, scope: CredentialScope): Buffer {
    const id = `${sha256Hex(secret)}/${scopeText(scope)}`;
    const cached = this.#cache.get(id);
    if (cached) return cached;
    const key = hmac(hmac(hmac(hmac(`AWS4${secret}`, scope.date), scope.region), scope.service), 'aws4_request');
    if (this.#cache.size >= MAX_CACHED_KEYS) this.#cache.clear();
    this.#cache.set(id, key);
    return key;
  }
}

/** Hex HMAC-SHA-256 of a string to sign. */
export function sign(signingKey: Buffer, stringToSign: string): string {
  return hmac(signingKey, stringToSign).toString('hex');
}

/** Compares two hex signatures in constant time. */
export function signaturesEqual(a: string, b: string): boolean {
  const left = Buffer.from(a, 'latin1');
  const right = Buffer.from(b, 'latin1');
  return left.length === right.length && timingSafeEqual(left, right);
}
