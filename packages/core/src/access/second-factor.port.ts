/** A user's second factor as kept; times in milliseconds since the epoch. */
export interface StoredFactor {
  /** Sealed with the id of the user as context. */
  readonly secretSealed: string;
  /** Null: set up, and no code of it was confirmed yet. */
  readonly confirmedAtMs: number | null;
  readonly codesLeft: number;
}

export interface ConfirmedFactor {
  /** What was confirmed; another secret may have taken its place meanwhile. */
  readonly secretSealed: string;
  readonly step: number;
  /** SHA-256 of the recovery codes, hex. */
  readonly codeHashes: readonly string[];
}

/** Where second factors are kept. What turns one on or off is announced to the other servers. */
export interface SecondFactorStore {
  find(userId: string): Promise<StoredFactor | null>;
  /** Takes the place of one that is not confirmed; false when there is a confirmed one. */
  begin(userId: string, secretSealed: string): Promise<boolean>;
  /** Turns it on; false when there is nothing like it to be confirmed. */
  confirm(userId: string, factor: ConfirmedFactor): Promise<boolean>;
  /** Uses a time step up, and all before it; false when that has happened already. */
  useStep(userId: string, step: number): Promise<boolean>;
  /** Uses a recovery code up; false when there is no such code that was not used. */
  useCode(userId: string, codeHash: string): Promise<boolean>;
  /** False when there is no confirmed factor. */
  replaceCodes(userId: string, codeHashes: readonly string[]): Promise<boolean>;
  /** False when there was none. */
  remove(userId: string): Promise<boolean>;
}

/** Codes that change with time (TOTP, RFC 6238). */
export interface TimedCodes {
  newSecret(): Promise<string>;
  /** `otpauth://` address that authenticator apps read. */
  uri(secret: string, account: string): Promise<string>;
  /** The time step whose code this is, the one before and after now included; null: none. */
  stepOf(secret: string, code: string): Promise<number | null>;
}
