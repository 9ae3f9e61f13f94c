import { z } from 'zod';
import type { StackAccess } from '../../harness/stack.ts';

/** Session token of the stack's administrator. */
export async function signIn({ ADMIN_URL, ADMIN_EMAIL, ADMIN_PASSWORD }: StackAccess): Promise<string> {
  const response = await fetch(`${ADMIN_URL}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: ADMIN_EMAIL, password: ADMIN_PASSWORD }),
  });
  const { token } = z.object({ token: z.string() }).parse(await response.json());
  return token;
}
