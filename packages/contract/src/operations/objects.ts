import { z } from 'zod';
import { pathTargets, type ScopeTarget } from '../access/scope.ts';
import { bucketNameSchema } from './buckets.ts';
import { defineOperation } from './define.ts';
import { jobSchema } from './jobs.ts';
import { plainText } from './text.ts';
import { named } from './type-names.ts';

/** Object path inside a bucket, without a leading slash; 1 to 1024 bytes of UTF-8. */
export const objectPathSchema = plainText(1024).min(1).describe('Path of the object inside its bucket');
/** Empty for the root, else ends with a slash. */
export const prefixSchema = plainText(1024)
  .refine((prefix) => prefix === '' || prefix.endsWith('/'), 'a prefix ends with a slash')
  .describe('Folder inside the bucket, ending with a slash; empty: the whole bucket');

export const objectSchema = named(
  'StorageObject',
  z.object({
    /** Full path inside the bucket. */
    path: z.string(),
    id: z.string(),
    sizeBytes: z.number().nullable(),
    mimeType: z.string().nullable(),
    etag: z.string().nullable(),
    cacheControl: z.string().nullable(),
    createdAt: z.string().nullable(),
    updatedAt: z.string().nullable(),
  }),
);
export type ObjectEntry = z.infer<typeof objectSchema>;

export const objectsList = defineOperation({
  name: 'objects.list',
  summary: 'Folders and objects directly under a prefix, one page',
  input: z.strictObject({
    bucket: bucketNameSchema,
    prefix: prefixSchema.default(''),
    startsWith: plainText(1024).default('').describe('Only folders and objects whose name below the prefix starts with this'),
    cursor: plainText(4096).optional().describe('`nextCursor` of the page before; left out: the first page'),
    limit: z.coerce.number().int().min(1).max(1000).default(200).describe('Most entries of one answer'),
  }),
  output: z.object({
    /** Full prefixes, each ending with a slash. */
    folders: z.array(z.string()),
    objects: z.array(objectSchema),
    nextCursor: z.string().nullable(),
  }),
  permission: 'objects:read',
  scope: ({ bucket, prefix }) => pathTargets(bucket, [prefix]),
  effect: 'read',
  rest: { method: 'GET', path: '/buckets/{bucket}/objects' },
});

export const objectsSign = defineOperation({
  name: 'objects.sign',
  summary: 'Signed download links',
  input: z.strictObject({
    bucket: bucketNameSchema,
    paths: z.array(objectPathSchema).min(1).max(500).describe('Paths of the objects inside the bucket'),
    expiresInSeconds: z.number().int().min(1).max(31_536_000).default(3600).describe('Lifetime of the links in seconds'),
  }),
  output: z.object({
    links: z.array(z.object({ path: z.string(), url: z.string().nullable(), error: z.string().nullable() })),
  }),
  permission: 'objects:read',
  scope: ({ bucket, paths }) => pathTargets(bucket, paths),
  effect: 'write',
  rest: { method: 'POST', path: '/buckets/{bucket}/objects/sign' },
});

export const objectsSignUpload = defineOperation({
  name: 'objects.signUpload',
  summary: 'URLs to which a browser may PUT the bytes of these objects, straight to storage',
  input: z.strictObject({
    bucket: bucketNameSchema,
    paths: z.array(objectPathSchema).min(1).max(100).describe('Paths of the objects inside the bucket'),
    overwrite: z.boolean().default(false).describe('Replace an object that is there already'),
  }),
  output: z.object({
    uploads: z.array(z.object({ path: z.string(), url: z.string().nullable(), error: z.string().nullable() })),
  }),
  permission: 'objects:write',
  scope: ({ bucket, paths }) => pathTargets(bucket, paths),
  effect: 'write',
  rest: { method: 'POST', path: '/buckets/{bucket}/objects/sign-upload' },
});

export const objectsRemove = defineOperation({
  name: 'objects.remove',
  summary: 'Delete objects by path and everything under prefixes',
  input: z
    .strictObject({
      bucket: bucketNameSchema,
      paths: z.array(objectPathSchema).max(1000).default([]).describe('Paths of the objects inside the bucket'),
      prefixes: z
        .array(prefixSchema.refine((prefix) => prefix !== '', 'to remove everything, empty the bucket'))
        .max(100)
        .default([])
        .describe('Folders to remove with everything in them, each ending with a slash'),
    })
    .refine((input) => input.paths.length + input.prefixes.length > 0, 'name at least one path or prefix'),
  output: z.object({ removed: z.number().int() }),
  permission: 'objects:delete',
  scope: ({ bucket, paths, prefixes }) => pathTargets(bucket, [...paths, ...prefixes]),
  effect: 'destructive',
  timeoutMs: 600_000,
  rest: { method: 'POST', path: '/buckets/{bucket}/objects/remove' },
});

/** One object from here to there. */
export const objectTransferSchema = z.strictObject({
  bucket: bucketNameSchema,
  from: objectPathSchema.describe('Path of the object'),
  to: objectPathSchema.describe('Path it gets'),
  toBucket: bucketNameSchema.optional().describe('Bucket it goes to; left out: the same bucket'),
  overwrite: z.boolean().default(false).describe('Replace an object that is there already'),
});

/** What a transfer of an object or a folder touches: where it comes from and where it goes. */
export function transferTargets({ bucket, from, to, toBucket = bucket }: TransferEnds): readonly ScopeTarget[] {
  return [...pathTargets(bucket, [from]), ...pathTargets(toBucket, [to])];
}

interface TransferEnds {
  readonly bucket: string;
  readonly from: string;
  readonly to: string;
  readonly toBucket?: string | undefined;
}

export const objectsMove = defineOperation({
  name: 'objects.move',
  summary: 'Move or rename one object, within its bucket or into another',
  input: objectTransferSchema,
  output: z.object({}),
  permission: 'objects:write',
  scope: transferTargets,
  effect: 'write',
  rest: { method: 'POST', path: '/buckets/{bucket}/objects/move' },
});

const folder = prefixSchema
  .refine((prefix) => prefix !== '', 'name a folder; it ends with a slash')
  .describe('Folder inside the bucket, ending with a slash');
const folderToFolder = z.strictObject({
  bucket: bucketNameSchema,
  from: folder.describe('The folder, ending with a slash'),
  to: prefixSchema.describe('Folder it becomes, ending with a slash; empty: the root of the bucket'),
  toBucket: bucketNameSchema.optional().describe('Bucket it goes to; left out: the same bucket'),
  ifExists: z
    .enum(['skip', 'overwrite'])
    .default('skip')
    .describe('What to do with objects that are there already: leave both, or replace'),
});

export const objectsMoveFolder = defineOperation({
  name: 'objects.moveFolder',
  summary: 'Move or rename a folder, as a job',
  input: folderToFolder,
  output: jobSchema,
  permission: 'objects:write',
  scope: transferTargets,
  effect: 'destructive',
  rest: { method: 'POST', path: '/buckets/{bucket}/objects/move-folder' },
});

export const objectsCopyFolder = defineOperation({
  name: 'objects.copyFolder',
  summary: 'Copy a folder, as a job',
  input: folderToFolder,
  output: jobSchema,
  permission: 'objects:write',
  scope: transferTargets,
  effect: 'write',
  rest: { method: 'POST', path: '/buckets/{bucket}/objects/copy-folder' },
});

export const objectsRemoveFolder = defineOperation({
  name: 'objects.removeFolder',
  summary: 'Delete a folder with everything below it, as a job',
  input: z.strictObject({ bucket: bucketNameSchema, folder }),
  output: jobSchema,
  permission: 'objects:delete',
  scope: ({ bucket, folder: prefix }) => pathTargets(bucket, [prefix]),
  effect: 'destructive',
  rest: { method: 'POST', path: '/buckets/{bucket}/objects/remove-folder' },
});
