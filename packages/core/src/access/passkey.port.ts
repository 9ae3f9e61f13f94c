import type { PasskeyAssertion, PasskeyAttestation } from '@supastor/contract/operations/passkeys';

/** A passkey as kept; times in milliseconds since the epoch. */
export interface StoredPasskey {
  /** Credential id, base64url. */
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  /** COSE key, base64url. */
  readonly publicKey: string;
  /** Signatures the authenticator has counted; 0 when it does not count. */
  readonly counter: number;
  readonly transports: readonly string[];
  readonly synced: boolean;
  readonly createdAtMs: number;
  readonly lastUsedAtMs: number | null;
}

export type NewPasskey = Omit<StoredPasskey, 'createdAtMs' | 'lastUsedAtMs'>;

export interface PasskeyStore {
  find(id: string): Promise<StoredPasskey | null>;
  list(userId: string): Promise<readonly StoredPasskey[]>;
  /** False when there is one with this id. */
  add(passkey: NewPasskey): Promise<boolean>;
  /** Notes a use; false when the counter has not grown though it counts: somebody has a copy, or sent the same twice. */
  used(id: string, counter: number): Promise<boolean>;
  /** False when the user has none with this id. */
  rename(userId: string, id: string, name: string): Promise<boolean>;
  /** False when the user has none with this id. */
  remove(userId: string, id: string): Promise<boolean>;
  /** How many there were. */
  removeAll(userId: string): Promise<number>;
}

/** Remembers what must not come twice. */
export interface UsedOnce {
  /** False when the key was used before; it may be forgotten after `expiresAtMs`. */
  use(key: string, expiresAtMs: number): Promise<boolean>;
}

/** The mathematics of WebAuthn, for one site. */
export interface PasskeyVerifier {
  /** Whether browsers let this site have passkeys: it is reached by a name, over TLS or on this machine. */
  readonly available: boolean;
  creationOptions(user: PasskeyUser, known: readonly StoredPasskey[]): Promise<PasskeyCeremony>;
  requestOptions(): Promise<PasskeyCeremony>;
  /** Null when it is not a valid answer to the challenge, made by a verified user. */
  verifyCreation(credential: PasskeyAttestation, challenge: string): Promise<Omit<NewPasskey, 'userId' | 'name'> | null>;
  /** The authenticator's counter; null as above. */
  verifyRequest(credential: PasskeyAssertion, challenge: string, passkey: StoredPasskey): Promise<number | null>;
}

export interface PasskeyUser {
  readonly id: string;
  readonly email: string;
  readonly name: string;
}

export interface PasskeyCeremony {
  readonly options: Record<string, unknown>;
  readonly challenge: string;
}
