import { z } from 'zod';
import { pathTargets } from '../access/scope.ts';
import { bucketNameSchema } from './buckets.ts';
import { defineOperation } from './define.ts';
import { jobSchema } from './jobs.ts';
import { objectPathSchema, objectTransferSchema, prefixSchema, transferTargets } from './objects.ts';
import { plainText } from './text.ts';
import { named } from './type-names.ts';

const one = { bucket: bucketNameSchema, path: objectPathSchema };
const scope = ({ bucket, path }: { readonly bucket: string; readonly path: string }) => pathTargets(bucket, [path]);
const expiresInSeconds = z
  .number()
  .int()
  .min(1)
  .max(604_800)
  .default(3600)
  .describe('Lifetime of the link in seconds, up to seven days; default an hour');
const versionId = plainText(200).min(1);

/** A picture made of an image; sizes in pixels. */
export const pictureSchema = z.strictObject({
  width: z.number().int().min(1).max(10_000).optional().describe('Width in pixels'),
  height: z.number().int().min(1).max(10_000).optional().describe('Height in pixels'),
  resize: z.enum(['cover', 'contain', 'fill']).optional().describe('How it is fitted into width and height'),
  quality: z.number().int().min(20).max(100).optional().describe('Quality of the compression, 20 to 100'),
  format: z
    .enum(['origin', 'webp', 'avif'])
    .optional()
    .describe('Format; `origin`: as it is stored. Left out: the best that the browser takes'),
});
export type Picture = z.infer<typeof pictureSchema>;

export const objectDetailsSchema = named(
  'ObjectDetails',
  z.object({
    path: z.string(),
    versionId: z.string().nullable(),
    sizeBytes: z.number().nullable(),
    mimeType: z.string().nullable(),
    cacheControl: z.string().nullable(),
    etag: z.string().nullable(),
    /** What its writer noted; names and texts or other JSON. */
    metadata: z.record(z.string(), z.unknown()),
    createdAt: z.string().nullable(),
    updatedAt: z.string().nullable(),
  }),
);
export type ObjectDetails = z.infer<typeof objectDetailsSchema>;

export const objectVersionSchema = named(
  'ObjectVersion',
  z.object({
    versionId: z.string(),
    isCurrent: z.boolean(),
    /** The object was deleted here. */
    isDeleteMarker: z.boolean(),
    sizeBytes: z.number().nullable(),
    mimeType: z.string().nullable(),
    etag: z.string().nullable(),
    createdAt: z.string().nullable(),
    /** When it was replaced; null for the current one. */
    archivedAt: z.string().nullable(),
  }),
);
export type ObjectVersion = z.infer<typeof objectVersionSchema>;

export const objectsInfo = defineOperation({
  name: 'objects.info',
  summary: 'What is known of one object, user metadata included',
  input: z.strictObject(one),
  output: objectDetailsSchema,
  permission: 'objects:read',
  scope,
  effect: 'read',
  rest: { method: 'GET', path: '/buckets/{bucket}/objects/info' },
});

export const objectsDescribe = defineOperation({
  name: 'objects.describe',
  summary: 'Change type, cache control and user metadata of one object; the bytes stay',
  input: z.strictObject({
    ...one,
    mimeType: z
      .string()
      .max(255)
      .regex(/^[\w.+*-]+\/[\w.+*-]+(?:[ \t]*;[\u0020-\u007e\t]*)?$/, 'expected type/subtype, such as image/png')
      .describe('Content type, such as image/png'),
    cacheControl: plainText(200)
      .regex(/^[\u0020-\u007e]*$/, 'use characters that a header may have')
      .describe('Cache-Control as the header has it, such as `max-age=3600`'),
    metadata: z.record(plainText(200).min(1), z.unknown()).describe('User metadata, by name; it takes the place of what there is'),
  }),
  output: objectDetailsSchema,
  permission: 'objects:write',
  scope,
  effect: 'write',
  rest: { method: 'PUT', path: '/buckets/{bucket}/objects/info' },
});

export const objectsCopy = defineOperation({
  name: 'objects.copy',
  summary: 'Copy one object, within its bucket or into another',
  input: objectTransferSchema,
  output: z.object({}),
  permission: 'objects:write',
  scope: transferTargets,
  effect: 'write',
  rest: { method: 'POST', path: '/buckets/{bucket}/objects/copy' },
});

export const objectsVersions = defineOperation({
  name: 'objects.versions',
  summary: 'The versions of one object, newest first, delete markers included',
  input: z.strictObject(one),
  output: z.object({ versions: z.array(objectVersionSchema) }),
  permission: 'objects:read',
  scope,
  effect: 'read',
  rest: { method: 'GET', path: '/buckets/{bucket}/objects/versions' },
});

export const objectsRestore = defineOperation({
  name: 'objects.restore',
  summary: 'Make an earlier version the current one; without a version, the newest that is no delete marker',
  input: z.strictObject({ ...one, versionId: versionId.optional().describe('Version of the object; left out: the latest one') }),
  output: z.object({ versionId: z.string() }),
  permission: 'objects:write',
  scope,
  effect: 'write',
  rest: { method: 'POST', path: '/buckets/{bucket}/objects/restore' },
});

export const objectsSignOne = defineOperation({
  name: 'objects.signOne',
  summary: 'A signed link to one object, to one of its versions or to a picture made of it',
  input: z.strictObject({
    ...one,
    versionId: versionId.optional().describe('Version of the object; left out: the latest one'),
    picture: pictureSchema.optional().describe('Make a picture of this size and form of the image'),
    expiresInSeconds,
  }),
  output: z.object({ url: z.string() }),
  permission: 'objects:read',
  scope,
  effect: 'write',
  rest: { method: 'POST', path: '/buckets/{bucket}/objects/sign-one' },
});

export const objectsSignFolder = defineOperation({
  name: 'objects.signFolder',
  summary: 'A signed link to a zip of a folder, which storage writes while it is sent',
  input: z.strictObject({ bucket: bucketNameSchema, folder: prefixSchema.default(''), expiresInSeconds }),
  output: z.object({ url: z.string(), objects: z.number().int(), bytes: z.number() }),
  permission: 'objects:read',
  scope: ({ bucket, folder }) => pathTargets(bucket, [folder]),
  effect: 'write',
  rest: { method: 'POST', path: '/buckets/{bucket}/objects/sign-folder' },
});

export const objectsPurge = defineOperation({
  name: 'objects.purge',
  summary: 'Have the cache in front of storage forget one object and the pictures made of it',
  input: z.strictObject(one),
  output: z.object({}),
  permission: 'objects:write',
  scope,
  effect: 'write',
  rest: { method: 'POST', path: '/buckets/{bucket}/objects/purge' },
});

export const objectsDeleted = defineOperation({
  name: 'objects.deleted',
  summary: 'Objects below a folder whose deletion can be undone, because the bucket keeps versions; in the order of names',
  input: z.strictObject({
    bucket: bucketNameSchema,
    prefix: prefixSchema.default(''),
    cursor: plainText(4096).optional().describe('`nextCursor` of the page before; left out: the first page'),
    limit: z.coerce.number().int().min(1).max(1000).default(200).describe('Most entries of one answer'),
  }),
  output: z.object({
    objects: z.array(z.object({ path: z.string(), deletedAt: z.string().nullable() })),
    nextCursor: z.string().nullable(),
  }),
  permission: 'objects:read',
  scope: ({ bucket, prefix }) => pathTargets(bucket, [prefix]),
  effect: 'read',
  rest: { method: 'GET', path: '/buckets/{bucket}/objects/deleted' },
});

export const objectsRestoreFolder = defineOperation({
  name: 'objects.restoreFolder',
  summary: 'Bring deleted objects below a folder back, as a job; only where the bucket keeps versions',
  input: z.strictObject({
    bucket: bucketNameSchema,
    folder: prefixSchema.describe('Folder, ending with a slash; empty: the whole bucket'),
    since: z.iso.datetime({ offset: true }).optional().describe('Only what was deleted at this moment or later'),
  }),
  output: jobSchema,
  permission: 'objects:write',
  scope: ({ bucket, folder }) => pathTargets(bucket, [folder]),
  effect: 'write',
  rest: { method: 'POST', path: '/buckets/{bucket}/objects/restore-folder' },
});
