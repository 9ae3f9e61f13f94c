import { z } from 'zod';
import { bucketSchema, versioningStatusSchema } from '../operations/buckets.ts';

/** Answers of the Supabase Storage protocol, as far as its administrative clients read them. Unknown fields are ignored. */

const text = z.string().nullish();

/** A bucket of `GET /bucket`; some servers leave the limits out when there are none. */
export const wireBucketSchema = bucketSchema.extend({
  file_size_limit: z
    .number()
    .nullish()
    .transform((value) => value ?? null),
  allowed_mime_types: z
    .array(z.string())
    .nullish()
    .transform((value) => value ?? null),
  versioning_status: versioningStatusSchema.nullish().transform((value) => value ?? 'DISABLED'),
});

export const wireObjectSchema = z.object({
  /** Relative to the prefix or the full path, depending on the server; `key`, when there, is the full path. */
  name: z.string(),
  key: text,
  id: text,
  created_at: text,
  updated_at: text,
  metadata: z.record(z.string(), z.unknown()).nullish(),
});
export type WireObject = z.infer<typeof wireObjectSchema>;

/** Answer of `POST /object/list-v2/{bucket}`. */
export const wirePageSchema = z.object({
  hasNext: z.boolean(),
  nextCursor: text,
  folders: z.array(z.object({ name: z.string(), key: text })),
  objects: z.array(wireObjectSchema),
});
export type WirePage = z.infer<typeof wirePageSchema>;

/** Answer of `POST /object/sign/{bucket}`. */
export const wireSignedSchema = z.array(z.object({ path: z.string(), error: text, signedURL: text }));
/** Answer of `POST /object/upload/sign/{bucket}/{path}`. */
export const wireUploadUrlSchema = z.object({ url: z.string() });
/** Answer of `DELETE /object/{bucket}`: the rows that are gone. */
export const wireRemovedSchema = z.array(z.object({ name: z.string() }));
/** Answer of `POST /object/sign/{bucket}/{path}`. */
export const wireSignedOneSchema = z.object({ signedURL: z.string() });
/** Answer of `POST /archive/{bucket}`. */
export const wireArchiveSchema = z.object({ signedURL: z.string(), objects: z.number(), bytes: z.number() });

/** Answer of `GET /object/info/authenticated/{bucket}/{path}`. */
export const wireInfoSchema = z.object({
  version: text,
  size: z.number().nullish(),
  content_type: text,
  cache_control: text,
  etag: text,
  metadata: z.record(z.string(), z.unknown()).nullish(),
  created_at: text,
  last_modified: text,
});

/** Answer of `POST /object/list/{bucket}` that asks for versions. */
export const wireVersionsSchema = z.array(
  z.object({
    version: text,
    created_at: text,
    archived_at: z.string().nullable().optional(),
    is_delete_marker: z.boolean().nullish(),
    metadata: z.object({ size: z.number().nullish(), mimetype: text, eTag: text, lastModified: text }).nullish(),
  }),
);

/** Answer of `POST /object/list-v2/{bucket}` that asks for delete markers only. */
export const wireDeletedSchema = z.object({
  hasNext: z.boolean(),
  nextCursor: text,
  objects: z.array(z.object({ name: z.string(), created_at: text, is_delete_marker: z.boolean().nullish() })),
});
