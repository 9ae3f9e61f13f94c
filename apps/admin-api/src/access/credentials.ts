import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { CredentialCheck } from '@supastor/core/access/session.port';

/** Checks against the one administrator of this installation. Both fields are always compared, as keyed digests of equal length. */
export function createCredentialCheck(administrator: { readonly email: string; readonly password: string }): CredentialCheck {
  const key = randomBytes(32);
  const digest = (text: string) => createHmac('sha256', key).update(text).digest();
  const email = digest(administrator.email.toLowerCase());
  const password = digest(administrator.password);
  return (candidateEmail, candidatePassword) => {
    const emailMatches = timingSafeEqual(digest(candidateEmail.toLowerCase()), email);
    const passwordMatches = timingSafeEqual(digest(candidatePassword), password);
    return emailMatches && passwordMatches;
  };
}
