import { z } from 'zod';
import { permissionNameSchema } from '../access/permission.ts';
import { scopeSchema } from '../access/scope.ts';
import { defineOperation } from './define.ts';
import { sensitive } from './sensitive.ts';
import { plainText } from './text.ts';
import { named } from './type-names.ts';

export const apiKeySchema = named(
  'ApiKey',
  z.object({
    id: z.string(),
    name: z.string(),
    /** Start of the secret, to recognise it by. */
    prefix: z.string(),
    permissions: z.array(z.string()),
    /** What of the installation they are for; empty: all of it. */
    scope: scopeSchema,
    createdBy: z.string(),
    /** ISO 8601, as all times here. */
    createdAt: z.string(),
    /** Null: until it is revoked. */
    expiresAt: z.string().nullable(),
    lastUsedAt: z.string().nullable(),
    lastUsedIp: z.string().nullable(),
    /** Id of the key that takes its place, while both work. */
    replacedBy: z.string().nullable(),
  }),
);
export type ApiKey = z.infer<typeof apiKeySchema>;

const created = z.object({
  key: apiKeySchema,
  /** Shown this once; only its hash is kept. */
  secret: sensitive(z.string()),
});
const keyId = z
  .string()
  .regex(/^[\w-]{1,100}$/)
  .describe('Id of the API key');

export const apiKeysList = defineOperation({
  name: 'apiKeys.list',
  summary: 'API keys that are not revoked, without their secrets',
  input: z.strictObject({}),
  output: z.object({ keys: z.array(apiKeySchema) }),
  permission: 'apiKeys:read',
  effect: 'read',
  rest: { method: 'GET', path: '/api-keys' },
});

export const apiKeysCreate = defineOperation({
  name: 'apiKeys.create',
  summary: 'Make an API key that holds some of the permissions of its maker',
  input: z.strictObject({
    name: plainText(100).min(1).describe('Name to recognise the key by'),
    permissions: z.array(permissionNameSchema).min(1).max(100).describe('What the key may do, such as buckets:read'),
    scope: scopeSchema.default({}).describe('What of the installation the key is for; empty: all of it'),
    expiresInDays: z
      .number()
      .int()
      .min(1)
      .max(3650)
      .nullable()
      .default(90)
      .describe('Days until it expires; null: it works until it is revoked'),
  }),
  output: created,
  permission: 'apiKeys:write',
  effect: 'write',
  rest: { method: 'POST', path: '/api-keys' },
});

export const apiKeysRotate = defineOperation({
  name: 'apiKeys.rotate',
  summary: 'Make a new key with the same permissions; the old one goes on working for a while',
  input: z.strictObject({
    id: keyId,
    overlapHours: z.number().int().min(0).max(720).default(24).describe('Hours that the old key keeps working next to the new one'),
  }),
  output: created,
  permission: 'apiKeys:write',
  effect: 'write',
  rest: { method: 'POST', path: '/api-keys/{id}/rotate' },
});

export const apiKeysRevoke = defineOperation({
  name: 'apiKeys.revoke',
  summary: 'Refuse a key from now on',
  input: z.strictObject({ id: keyId }),
  output: z.object({}),
  permission: 'apiKeys:write',
  effect: 'destructive',
  rest: { method: 'DELETE', path: '/api-keys/{id}' },
});
