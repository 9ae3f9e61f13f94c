import type { StoredUser } from './user.port.ts';

/** When a password alone is not enough; from the configuration. */
export interface SecondFactorPolicy {
  readonly mode: 'optional' | 'required';
  /** Empty: all. */
  readonly roles: readonly string[];
}

/** Whether one of a user's roles, in whatever scope, asks for a second factor. */
export function asksForSecondFactor({ mode, roles }: SecondFactorPolicy, user: Pick<StoredUser, 'grants'>): boolean {
  return mode === 'required' && (roles.length === 0 || user.grants.some(({ role }) => roles.includes(role)));
}
