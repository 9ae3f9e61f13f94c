import { z } from 'zod';
import { plainText } from '../operations/text.ts';

export const QUOTA_KINDS = ['bucket', 'owner'] as const;

const limit = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).nullable();

export const quotaKeySchema = z.strictObject({
  kind: z.enum(QUOTA_KINDS).describe('What is limited: a bucket or an owner'),
  subject: plainText(200).min(1).describe("Name of the bucket, or the owner's id: the `sub` of the token that wrote the objects"),
});
export const quotaLimitsSchema = z.strictObject({
  maxBytes: limit.default(null).describe('Most bytes; null: no limit'),
  maxObjects: limit.default(null).describe('Most objects; null: no limit'),
});
export type QuotaKey = z.output<typeof quotaKeySchema>;
export type QuotaLimits = z.output<typeof quotaLimitsSchema>;

/** A quota as storage-api tells about it (`/quotas`); what is used is exact. */
export const quotaSchema = z.object({
  kind: z.enum(QUOTA_KINDS),
  subject: z.string(),
  maxBytes: z.number().nullable(),
  maxObjects: z.number().nullable(),
  usedBytes: z.number(),
  usedObjects: z.number(),
});
export type Quota = z.infer<typeof quotaSchema>;
export const quotaListSchema = z.object({ quotas: z.array(quotaSchema) });
