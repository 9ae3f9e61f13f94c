/** A signing secret and whom it stands for. `Identity` is what the server's access layer knows a caller by. */
interface ResolvedCredentials<Identity> {
  readonly secret: string;
  /** Called only once the signature is verified; checks the session token. */
  identify(): Promise<Identity>;
}

/**
 * Finds the secret behind an access key.
 * Null when there is no such key. A session token, when given, is part of what is signed.
 */
export type ResolveCredentials<Identity> = (
  accessKeyId: string,
  sessionToken: string | null,
) => Promise<ResolvedCredentials<Identity> | null>;
