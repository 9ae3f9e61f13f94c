import { z } from 'zod';
import { defineOperation } from './define.ts';
import { sensitive } from './sensitive.ts';

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

export const systemServiceKey = defineOperation({
  name: 'system.serviceKey',
  summary: 'The key that passes every policy of storage, for servers; who saw it is on record',
  input: z.strictObject({}),
  output: z.object({ serviceRoleKey: sensitive(z.string()) }),
  permission: 'serviceKey:reveal',
  effect: 'read',
  audit: true,
  rest: { method: 'POST', path: '/system/service-key' },
});
