/** What a session token says once its signature and expiry are verified. */
export interface SessionClaims {
  readonly sessionId: string;
  readonly userId: string;
  /** Id of the process that issued the token. */
  readonly issuerId: string;
  /** Whether more than a password opened it: a second factor, a passkey, single sign-on. */
  readonly strong: boolean;
  /** End of the session, milliseconds since the epoch; the token itself ends before. */
  readonly expiresAtMs: number;
}

export interface SessionTokens {
  sign(claims: Omit<SessionClaims, 'issuerId'>): Promise<{ readonly token: string; readonly tokenExpiresAtMs: number }>;
  /** Null when the token is malformed, forged, expired or meant for something else. */
  verify(token: string): Promise<SessionClaims | null>;
}

/** Sessions that were signed out before they expired. A restart must not bring one back. */
export interface RevokedSessions {
  isRevoked(claims: Pick<SessionClaims, 'sessionId' | 'issuerId'>): Promise<boolean>;
  /** From the moment this is called the session is refused; resolves when that is also durable or queued to be. */
  revoke(session: { readonly sessionId: string; readonly expiresAtMs: number }): Promise<void>;
}

/** Checks a pair of e-mail and password in time that does not depend on either. */
export type CredentialCheck = (email: string, password: string) => boolean;
