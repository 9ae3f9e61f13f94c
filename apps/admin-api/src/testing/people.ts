import { expect } from 'vitest';
import type { AdminHarness } from './admin-harness.ts';

export const GOOD_PASSWORD = 'purple-lamp-river-44';

interface Person {
  readonly id: string;
  readonly email: string;
}

/** Signs in with an e-mail address and a password; the bearer token, or the status when it is refused. */
export async function signIn(admin: AdminHarness, email: string, password = GOOD_PASSWORD): Promise<string> {
  const { status, body } = await admin.call('POST', '/api/v1/session', { body: { email, password } });
  if (status !== 200) throw new Error(`sign-in answered ${status}: ${body.detail}`);
  return body.token;
}

/** The secret of an invitation or reset link. */
export function tokenOf(link: string): string {
  return new URL(link).hash.slice(1);
}

/** Invites somebody with a role and sets their password. */
export async function addPerson(
  admin: AdminHarness,
  token: string,
  { email, role, scope = {} }: { readonly email: string; readonly role: string; readonly scope?: object },
): Promise<Person> {
  const { status, body } = await admin.call('POST', '/api/v1/users', { token, body: { email, role, scope } });
  expect({ status, problem: status === 200 ? null : body }).toEqual({ status: 200, problem: null });
  const redeemed = await admin.call('POST', '/api/v1/account/link/redeem', {
    body: { token: tokenOf(body.link), password: GOOD_PASSWORD },
  });
  expect(redeemed.status).toBe(200);
  return { id: body.user.id, email };
}
