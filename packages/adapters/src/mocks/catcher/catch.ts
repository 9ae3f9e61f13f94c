import type { IncomingHttpHeaders } from 'node:http';
import { checkSignature, type SignatureVerdict } from './check-signature.ts';

/** A request that was caught. */
export interface CaughtRequest {
  readonly id: number;
  readonly receivedAt: string;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly signature: SignatureVerdict;
  /** Status it was answered with. */
  readonly answered: number;
}

/** How requests are answered that come next. */
export interface Refusals {
  /** So many more are refused. */
  readonly times: number;
  readonly status: number;
}

export interface Catch {
  /** Whether signatures are checked. */
  readonly checks: boolean;
  readonly refusals: Refusals;
  /** Remembers a request and says what to answer. */
  add(request: Pick<CaughtRequest, 'method' | 'path' | 'headers' | 'body'>): CaughtRequest;
  /** The newest first. */
  list(): readonly CaughtRequest[];
  find(id: number): CaughtRequest | null;
  refuse(refusals: Refusals): void;
  /** From now on signatures are checked with this key. */
  useSecret(secret: string | null): void;
  clear(): void;
}

/** What is kept; older requests make room. */
const MAX_REQUESTS = 500;
const ACCEPTED = 204;

/** Keeps the latest requests in memory. */
export function createCatch(initialSecret: string | null): Catch {
  let requests: readonly CaughtRequest[] = [];
  let refusals: Refusals = { times: 0, status: 500 };
  let secret = initialSecret;
  let count = 0;
  return {
    get checks() {
      return secret !== null;
    },
    get refusals() {
      return refusals;
    },
    add(request) {
      count += 1;
      const refused = refusals.times > 0;
      const answered = refused ? refusals.status : ACCEPTED;
      if (refused) refusals = { ...refusals, times: refusals.times - 1 };
      const signature = checkSignature(request, secret);
      const caught = { ...request, id: count, receivedAt: new Date().toISOString(), signature, answered };
      requests = [caught, ...requests].slice(0, MAX_REQUESTS);
      return caught;
    },
    list: () => requests,
    find: (id) => requests.find((request) => request.id === id) ?? null,
    refuse: (wanted) => void (refusals = wanted),
    useSecret: (wanted) => void (secret = wanted),
    clear: () => void (requests = []),
  };
}
