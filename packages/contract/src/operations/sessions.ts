import { z } from 'zod';
import { defineOperation } from './define.ts';
import { named } from './type-names.ts';

export const sessionEntrySchema = named(
  'SessionEntry',
  z.object({
    id: z.string(),
    email: z.string(),
    /** User agent it was started with. */
    device: z.string().nullable(),
    /** Address it was last seen at. */
    ip: z.string(),
    /** ISO 8601, as all times here. */
    createdAt: z.string(),
    lastSeenAt: z.string(),
    expiresAt: z.string(),
    /** Whether this very request came with it. */
    current: z.boolean(),
  }),
);
export type SessionEntry = z.infer<typeof sessionEntrySchema>;

export const sessionIdSchema = z
  .string()
  .regex(/^[\w-]{1,100}$/)
  .describe('Id of a session');

export const sessionsList = defineOperation({
  name: 'sessions.list',
  summary: 'Who is signed in, from where and since when',
  input: z.strictObject({}),
  output: z.object({ sessions: z.array(sessionEntrySchema) }),
  permission: 'sessions:read',
  effect: 'read',
  rest: { method: 'GET', path: '/sessions' },
});

export const sessionsRevoke = defineOperation({
  name: 'sessions.revoke',
  summary: 'End a session; its token is refused everywhere from then on',
  input: z.strictObject({ id: sessionIdSchema }),
  output: z.object({}),
  permission: 'sessions:revoke',
  effect: 'destructive',
  rest: { method: 'DELETE', path: '/sessions/{id}' },
});

export const sessionsRevokeOthers = defineOperation({
  name: 'sessions.revokeOthers',
  summary: 'End every session but the one that asks and those of people who hold more',
  input: z.strictObject({}),
  output: z.object({ revoked: z.number().int() }),
  permission: 'sessions:revoke',
  effect: 'destructive',
  rest: { method: 'POST', path: '/sessions/revoke-others' },
});
