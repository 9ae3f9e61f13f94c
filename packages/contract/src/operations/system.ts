import { z } from 'zod';
import { defineOperation } from './define.ts';

export const systemInfo = defineOperation({
  name: 'system.info',
  summary: 'What this installation is and where clients reach it',
  input: z.strictObject({}),
  output: z.object({
    version: z.string(),
    project: z.string(),
    environment: z.string(),
    mode: z.enum(['dev', 'prod']),
    /** Base URL for storage clients, ends with /storage/v1. */
    storageUrl: z.string(),
  }),
  permission: 'system:read',
  scope: () => null,
  effect: 'read',
  rest: { method: 'GET', path: '/system' },
});
