import { z } from 'zod';
import { defineOperation } from './define.ts';
import { plainText } from './text.ts';
import { named } from './type-names.ts';

/** `SUSPENDED`: versions there are stay, new ones are not made. */
export const versioningStatusSchema = z.enum(['DISABLED', 'ENABLED', 'SUSPENDED']);
export type VersioningStatus = z.infer<typeof versioningStatusSchema>;

/** A bucket as the storage protocol returns it (`GET /bucket`). */
export const bucketSchema = named(
  'Bucket',
  z.object({
    id: z.string(),
    name: z.string(),
    public: z.boolean(),
    /** Bytes; null when only the server-wide limit applies. */
    file_size_limit: z.number().nullable(),
    allowed_mime_types: z.array(z.string()).nullable(),
    versioning_status: versioningStatusSchema,
    created_at: z.string(),
    updated_at: z.string(),
  }),
);
export type Bucket = z.infer<typeof bucketSchema>;

export const bucketNameSchema = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[A-Za-z0-9_!.*'() &$=@;:+,?-]+$/, "use letters, digits and _ ! . * ' ( ) & $ = @ ; : + , ? - only, no slash")
  .describe('Name of the bucket');

const settings = {
  public: z.boolean().optional().describe('Whether anybody may read its objects without a token'),
  file_size_limit: z
    .number()
    .int()
    .positive()
    .nullable()
    .optional()
    .describe('Largest object in bytes; null: only the server-wide limit applies'),
  allowed_mime_types: z
    .array(z.string().regex(/^[\w.+*-]+\/[\w.+*-]+$/, 'expected type/subtype, such as image/*'))
    .nullable()
    .optional()
    .describe('Content types that may be uploaded, such as image/*; null: all'),
  versioning_status: versioningStatusSchema.optional().describe('Whether old versions are kept; once enabled it can only be suspended'),
};
const one = z.strictObject({ bucket: bucketNameSchema });
const done = z.object({});

export const bucketsList = defineOperation({
  name: 'buckets.list',
  summary: 'All buckets, by name',
  input: z.strictObject({
    search: plainText(100).optional().describe("Part of the bucket's name"),
    limit: z.coerce.number().int().min(1).max(1000).default(100).describe('Most entries of one answer'),
    offset: z.coerce
      .number()
      .int()
      .min(0)
      .max(1_000_000)
      .default(0)
      .describe('Rows to pass over; `cursor` is exact where buckets come and go meanwhile'),
    cursor: plainText(400).optional().describe('`nextCursor` of the page before; with it, `offset` is not looked at'),
  }),
  output: z.object({ buckets: z.array(bucketSchema), nextCursor: z.string().nullable() }),
  permission: 'buckets:read',
  scope: () => null,
  effect: 'read',
  rest: { method: 'GET', path: '/buckets' },
});

export const bucketsGet = defineOperation({
  name: 'buckets.get',
  summary: 'One bucket',
  input: one,
  output: bucketSchema,
  permission: 'buckets:read',
  scope: ({ bucket }) => [{ bucket, anyPart: true }],
  effect: 'read',
  rest: { method: 'GET', path: '/buckets/{bucket}' },
});

export const bucketsCreate = defineOperation({
  name: 'buckets.create',
  summary: 'Create a bucket',
  input: z.strictObject({ name: bucketNameSchema, ...settings }),
  output: bucketSchema,
  permission: 'buckets:write',
  scope: ({ name }) => [{ bucket: name }],
  effect: 'write',
  rest: { method: 'POST', path: '/buckets' },
});

export const bucketsUpdate = defineOperation({
  name: 'buckets.update',
  summary: 'Change visibility and limits of a bucket',
  input: z.strictObject({ bucket: bucketNameSchema, ...settings }),
  output: bucketSchema,
  permission: 'buckets:write',
  effect: 'write',
  rest: { method: 'PATCH', path: '/buckets/{bucket}' },
});

export const bucketsEmpty = defineOperation({
  name: 'buckets.empty',
  summary: 'Delete every object of a bucket',
  input: one,
  output: done,
  permission: 'objects:delete',
  effect: 'destructive',
  timeoutMs: 600_000,
  rest: { method: 'POST', path: '/buckets/{bucket}/empty' },
});

export const bucketsDelete = defineOperation({
  name: 'buckets.delete',
  summary: 'Delete an empty bucket',
  input: one,
  output: done,
  permission: 'buckets:delete',
  effect: 'destructive',
  rest: { method: 'DELETE', path: '/buckets/{bucket}' },
});
