import { z } from 'zod';
import { scopeSchema } from '../access/scope.ts';
import { defineOperation } from './define.ts';
import { plainText } from './text.ts';

export const GRANT_VERDICTS = ['allows', 'lacks-permission', 'other-scope'] as const;

export const accessExplain = defineOperation({
  name: 'access.explain',
  summary: 'Why somebody may or may not run an operation',
  input: z.strictObject({
    operation: plainText(100).min(1).describe('Name of the operation, such as buckets.delete'),
    user: plainText(254).min(1).optional().describe('Id or e-mail address of a user; whoever asks when neither this nor `apiKey` is given'),
    apiKey: plainText(100).min(1).optional().describe('Id of an API key'),
    bucket: plainText(100).min(1).optional().describe('Bucket it would be run on'),
    path: plainText(1024).optional().describe('Path or prefix in the bucket'),
  }),
  output: z.object({
    allowed: z.boolean(),
    /** Who it is about. */
    identity: z.string(),
    operation: z.string(),
    /** Null: open to anybody. */
    permission: z.string().nullable(),
    reason: z.string(),
    grants: z.array(z.object({ role: z.string(), scope: scopeSchema, verdict: z.enum(GRANT_VERDICTS) })),
  }),
  permission: 'session:read',
  scope: () => null,
  effect: 'read',
  rest: { method: 'GET', path: '/access/explain' },
});
