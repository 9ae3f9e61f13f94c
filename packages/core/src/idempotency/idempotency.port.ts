export interface IdempotencyClaim {
  /** Names identity, operation and key without telling them. */
  readonly id: string;
  /** Names the input. */
  readonly fingerprint: string;
  /** Process that runs the request. */
  readonly owner: string;
  readonly ttlMs: number;
}

/** `claimed`: nobody used the key before. `lost`: the process that ran it died before its answer was kept. */
export type ClaimAnswer =
  | { readonly state: 'claimed' }
  | { readonly state: 'running' | 'lost'; readonly fingerprint: string }
  | { readonly state: 'kept'; readonly fingerprint: string; readonly answer: string };

/** Keeps the answers of requests by their idempotency key, for all servers. */
export interface IdempotencyStore {
  claim(claim: IdempotencyClaim): Promise<ClaimAnswer>;
  /** @param answer Sealed text. */
  keep(id: string, answer: string): Promise<void>;
  /** Forgets a claim, so that the request may be sent again. */
  release(id: string): Promise<void>;
  /** Drops what has expired. */
  sweep(): Promise<void>;
}
