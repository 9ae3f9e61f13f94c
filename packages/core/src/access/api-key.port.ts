import type { Scope } from '@supastor/contract/access/scope';

/** An API key as it is kept; times in milliseconds since the epoch. */
export interface StoredApiKey {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly permissions: readonly string[];
  readonly scope: Scope;
  /** E-mail address of whoever made it. */
  readonly createdBy: string;
  /** Id of that user; null for keys of the time before there were users, which the configured administrator made. */
  readonly createdByUser: string | null;
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
  readonly lastUsedAtMs: number | null;
  readonly lastUsedIp: string | null;
  readonly replacedBy: string | null;
}

export interface NewApiKey extends Omit<StoredApiKey, 'lastUsedAtMs' | 'lastUsedIp' | 'replacedBy'> {
  /** SHA-256 of the secret, hex. */
  readonly secretHash: string;
}

export interface ApiKeyUse {
  readonly id: string;
  readonly ip: string;
  readonly lastUsedAtMs: number;
}

/** Where API keys are kept; revoked ones count as not there. */
export interface ApiKeyStore {
  findByHash(secretHash: string): Promise<StoredApiKey | null>;
  find(id: string): Promise<StoredApiKey | null>;
  list(): Promise<readonly StoredApiKey[]>;
  add(key: NewApiKey): Promise<void>;
  /** Adds `key` and lets the old one end at `oldExpiresAtMs`, both or neither. False when the old one is not there or was replaced already. */
  replace(oldId: string, key: NewApiKey, oldExpiresAtMs: number): Promise<boolean>;
  /** False when it is not there. */
  revoke(id: string): Promise<boolean>;
  used(uses: readonly ApiKeyUse[]): Promise<void>;
}
