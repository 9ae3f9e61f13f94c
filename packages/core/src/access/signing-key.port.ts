/** A key pair that signs session tokens. */
export interface StoredSigningKey {
  readonly kid: string;
  /** JWK as JSON. */
  readonly publicJwk: string;
  /** JWK as JSON, sealed. */
  readonly privateSealed: string;
  readonly createdAtMs: number;
  /** Null: it signs. Others only verify, until the last token they signed has ended. */
  readonly retiredAtMs: number | null;
}

export interface SigningKeyStore {
  /** Newest first; those retired longer than an hour ago are gone. */
  list(): Promise<readonly StoredSigningKey[]>;
  /** Makes `key` the one that signs, if `current` still is; null: there is none. False when another server was faster. */
  replace(current: string | null, key: Pick<StoredSigningKey, 'kid' | 'publicJwk' | 'privateSealed'>): Promise<boolean>;
}
