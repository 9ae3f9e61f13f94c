/** Signing secrets and whom they stand for. `Identity` is what the server's access layer knows a caller by. */
interface ResolvedCredentials<Identity> {
  /** Any of them may have signed; more than one while a key is being rotated. */
  readonly secrets: readonly string[];
  /** Called only once the signature is verified; checks the session token. */
  identify(): Promise<Identity>;
}

/**
 * Finds the secrets behind an access key.
 * Null when there is no such key. A session token, when given, is part of what is signed.
 */
export type ResolveCredentials<Identity> = (
  accessKeyId: string,
  sessionToken: string | null,
) => Promise<ResolvedCredentials<Identity> | null>;
