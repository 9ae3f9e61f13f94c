import { z } from 'zod';
import { plainText } from '../operations/text.ts';

/**
 * What an access key of the S3 door may do. `list` shows keys, `read` gives out objects with what belongs to them, `write` makes and
 * replaces them, `delete` removes them, `manage` makes, removes and sets up buckets.
 */
export const S3_KEY_VERBS = ['list', 'read', 'write', 'delete', 'manage'] as const;
export type S3KeyVerb = (typeof S3_KEY_VERBS)[number];

export const s3AccessKeyIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9]{4,64}$/, 'an access key id is 4 to 64 letters and digits')
  .describe('Id of the access key');

const bucketPattern = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9_!.'() &$=@;:+,?-]*\*?$/, 'the name of a bucket, or its beginning and *')
  .min(1);
const prefix = plainText(1024).min(1);
const addressRange = z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()], {
  error: 'an IP address or a range such as 10.0.0.0/8',
});
const claims = z
  .record(z.string().min(1).max(100), z.unknown())
  .refine((value) => JSON.stringify(value).length <= 8192, {
    error: 'claims may take 8,192 characters at most',
  })
  .describe('Claims of the database session, by name, next to the role');

/** What can be said about a key when it is made and later. */
export const s3KeySettings = {
  name: plainText(100).min(1).describe('Name to recognise the key by'),
  buckets: z.array(bucketPattern).min(1).max(100).describe('Names of buckets, or beginnings that end in `*`; `*` alone is every bucket'),
  prefixes: z.array(prefix).max(100).describe('Beginnings of object keys, taken literally; none is all of them'),
  verbs: z.array(z.enum(S3_KEY_VERBS)).min(1).max(S3_KEY_VERBS.length).describe('What the key may do'),
  role: z
    .string()
    .regex(/^[A-Za-z_][\w$-]{0,62}$/, 'the name of a database role')
    .describe('Database role the key acts as; policies bind every role but service_role'),
  /** Claims that policies see, such as `{"sub":"..."}`. */
  claims,
  ipRanges: z.array(addressRange).max(100).describe('Addresses that may use the key; none is all of them'),
  expiresAt: z.iso.datetime({ offset: true }).nullable().describe('Time it expires, ISO 8601; null: it works until it is revoked'),
  enabled: z.boolean().describe('Whether the key works'),
} as const;

export const s3KeyCreateSchema = z.strictObject({
  ...s3KeySettings,
  buckets: s3KeySettings.buckets.default(['*']).describe('Names of buckets, or beginnings that end in `*`; `*` alone is every bucket'),
  prefixes: s3KeySettings.prefixes.default([]),
  role: s3KeySettings.role.default('service_role'),
  claims: s3KeySettings.claims.default({}),
  ipRanges: s3KeySettings.ipRanges.default([]),
  expiresAt: s3KeySettings.expiresAt.default(null).describe('Time it expires, ISO 8601; null: it works until it is revoked'),
  enabled: s3KeySettings.enabled.default(true).describe('Whether the key works'),
});
export type S3KeyCreate = z.output<typeof s3KeyCreateSchema>;

/** What stays out stays as it is. */
export const s3KeyUpdateSchema = z.strictObject(s3KeySettings).partial();
export type S3KeyUpdate = z.output<typeof s3KeyUpdateSchema>;

/** Longest time for which an old secret may go on working. */
const MAX_OVERLAP_SECONDS = 2_592_000;
export const s3KeyOverlapSchema = z
  .number()
  .int()
  .min(0)
  .max(MAX_OVERLAP_SECONDS)
  .default(86_400)
  .describe('Seconds that the old secret keeps working next to the new one; default a day');
export const s3KeyRotateSchema = z.strictObject({ overlapSeconds: s3KeyOverlapSchema });

/** An access key as storage-api tells about it (`/s3-keys`). Never its secret. Times are ISO 8601. */
export const s3KeySchema = z.object({
  accessKeyId: z.string(),
  name: z.string(),
  buckets: z.array(z.string()),
  prefixes: z.array(z.string()),
  verbs: z.array(z.enum(S3_KEY_VERBS)),
  role: z.string(),
  claims: z.record(z.string(), z.unknown()),
  ipRanges: z.array(z.string()),
  expiresAt: z.string().nullable(),
  enabled: z.boolean(),
  createdAt: z.string(),
  updatedAt: z.string(),
  lastUsedAt: z.string().nullable(),
  lastUsedIp: z.string().nullable(),
  /** Until then the secret before the last rotation works too. */
  previousSecretUntil: z.string().nullable(),
  /** False when none of the configured encryption keys opens its secret: such a key is refused until it is rotated. */
  usable: z.boolean(),
});
export type S3Key = z.infer<typeof s3KeySchema>;

/** Answer of `GET /s3-keys`. */
export const s3KeyListSchema = z.object({ keys: z.array(s3KeySchema) });

/** A key together with its secret, which is told this once. */
export const s3KeyWithSecretSchema = z.object({ key: s3KeySchema, secretAccessKey: z.string() });
