import { z } from 'zod';
import type { ScopeTarget } from '../access/scope.ts';
import { type QuotaKey, quotaKeySchema, quotaLimitsSchema, quotaListSchema, quotaSchema } from '../wire/quota.ts';
import { defineOperation } from './define.ts';

/** A quota of a bucket is that bucket's; one of an owner reaches over all buckets. */
function targetsOf({ kind, subject }: QuotaKey): readonly ScopeTarget[] {
  return kind === 'bucket' ? [{ bucket: subject }] : [{}];
}

export const quotasList = defineOperation({
  name: 'quotas.list',
  summary: 'Limits of buckets and owners, and how much of them is used',
  input: z.strictObject({}),
  output: quotaListSchema,
  permission: 'quotas:read',
  effect: 'read',
  rest: { method: 'GET', path: '/quotas' },
});

export const quotasSet = defineOperation({
  name: 'quotas.set',
  summary: 'Limit the bytes and objects of a bucket, or of an owner over all buckets',
  input: z.strictObject({ ...quotaKeySchema.shape, ...quotaLimitsSchema.shape }),
  output: quotaSchema,
  permission: 'quotas:write',
  scope: targetsOf,
  effect: 'write',
  rest: { method: 'PUT', path: '/quotas/{kind}/{subject}' },
});

export const quotasRemove = defineOperation({
  name: 'quotas.remove',
  summary: 'Take a limit away',
  input: quotaKeySchema,
  output: z.object({}),
  permission: 'quotas:write',
  scope: targetsOf,
  effect: 'destructive',
  rest: { method: 'DELETE', path: '/quotas/{kind}/{subject}' },
});
