import { z } from 'zod';
import { pathTargets } from '../access/scope.ts';
import { bucketNameSchema } from './buckets.ts';
import { defineOperation } from './define.ts';
import { prefixSchema } from './objects.ts';
import { plainText } from './text.ts';

const bytes = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const time = z.iso.datetime({ offset: true });

/** Which objects; every condition that is given must hold. */
const conditions = {
  bucket: bucketNameSchema.optional().describe('Only in this bucket'),
  prefix: prefixSchema.optional().describe('Only below this folder; needs a bucket'),
  text: plainText(200).min(1).optional().describe('Part of the path, upper and lower case alike'),
  glob: plainText(500).min(1).optional().describe('Path with `*` for any part of a segment, `**` for any path and `?` for one character'),
  type: z
    .string()
    .max(255)
    .regex(/^[\w.+*-]+(?:\/[\w.+*-]+)?$/, 'expected type/subtype, such as image/*')
    .optional()
    .describe('Content type, such as `image/png` or `image/*`'),
  minBytes: bytes.optional().describe('Least size in bytes'),
  maxBytes: bytes.optional().describe('Greatest size in bytes'),
  changedAfter: time.optional().describe('Changed at or after this time, ISO 8601'),
  changedBefore: time.optional().describe('Changed before this time, ISO 8601'),
  owner: plainText(255).min(1).optional().describe('`sub` of who uploaded it'),
  metadata: plainText(1000)
    .regex(/^[^=]+=/, 'expected name=value')
    .optional()
    .describe('`name=value` of the user metadata'),
};

interface Place {
  readonly bucket?: string | undefined;
  readonly prefix?: string | undefined;
}

const scope = ({ bucket, prefix }: Place) =>
  bucket === undefined ? [{}] : prefix === undefined ? [{ bucket }] : pathTargets(bucket, [prefix]);
const placed = <S extends z.ZodType<Place>>(schema: S) =>
  schema.refine(({ bucket, prefix }) => prefix === undefined || bucket !== undefined, {
    path: ['prefix'],
    message: 'a prefix needs its bucket',
  });

export const foundObjectSchema = z.object({
  bucket: z.string(),
  path: z.string(),
  sizeBytes: z.number().nullable(),
  mimeType: z.string().nullable(),
  owner: z.string().nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type FoundObject = z.infer<typeof foundObjectSchema>;

export const objectsSearch = defineOperation({
  name: 'objects.search',
  rate: 'heavy',
  summary: 'Objects of all buckets by name, glob, type, size, date, owner and metadata',
  input: placed(
    z.strictObject({
      ...conditions,
      sort: z
        .enum(['name', 'largest', 'newest', 'oldest'])
        .default('name')
        .describe('Order; `name` goes on page by page, the others give the first page only'),
      limit: z.coerce.number().int().min(1).max(500).default(100).describe('Most entries of one answer'),
      cursor: plainText(4096).optional().describe('`nextCursor` of the page before; left out: the first page'),
    }),
  ),
  output: z.object({ objects: z.array(foundObjectSchema), nextCursor: z.string().nullable() }),
  permission: 'objects:read',
  scope,
  effect: 'read',
  rest: { method: 'GET', path: '/objects/search' },
});

export const usageGroupSchema = z.enum(['bucket', 'folder', 'type', 'owner', 'age']).describe('What the numbers are grouped by');

export const usageGet = defineOperation({
  name: 'usage.get',
  rate: 'heavy',
  summary: 'Objects and bytes by bucket, folder, type, owner or age, most bytes first',
  input: placed(
    z.strictObject({
      ...conditions,
      by: usageGroupSchema.default('bucket'),
      limit: z.coerce.number().int().min(1).max(1000).default(100).describe('Most entries of one answer'),
    }),
  ),
  output: z.object({
    total: z.object({ objects: z.number().int(), bytes: z.number() }),
    groups: z.array(z.object({ key: z.string(), objects: z.number().int(), bytes: z.number() })),
    /** What the groups left out hold. */
    rest: z.object({ objects: z.number().int(), bytes: z.number() }),
  }),
  permission: 'objects:read',
  scope,
  effect: 'read',
  rest: { method: 'GET', path: '/usage' },
});
