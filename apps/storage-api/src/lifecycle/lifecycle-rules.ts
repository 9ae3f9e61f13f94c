import { randomUUID } from 'node:crypto';
import { z } from 'zod';

const MAX_RULES = 1000;
const MAX_DAYS = 36_500;
const MAX_NEWER_VERSIONS = 100;
const MAX_TAGS = 10;

const days = z.int().min(1, 'must be a positive number of days').max(MAX_DAYS);
const size = z.int().min(0);

const expirationSchema = z
  .strictObject({
    days: days.optional(),
    date: z.iso
      .datetime({ error: 'must be a time in UTC, such as 2030-01-31T00:00:00Z' })
      .refine((date) => Date.parse(date) % 86_400_000 === 0, 'must be midnight UTC')
      .optional(),
    expiredObjectDeleteMarker: z.literal(true, 'may only be true; leave it out otherwise').optional(),
  })
  .refine((expiration) => Object.keys(expiration).length === 1, 'needs exactly one of days, date and expiredObjectDeleteMarker');

const filterSchema = z
  .strictObject({
    prefix: z.string().max(1024).optional(),
    tags: z
      .record(z.string().min(1).max(128), z.string().max(256))
      .refine((tags) => Object.keys(tags).length <= MAX_TAGS, `may hold ${MAX_TAGS} tags at the most`)
      .optional(),
    objectSizeGreaterThan: size.optional(),
    objectSizeLessThan: size.min(1).optional(),
  })
  .refine(
    ({ objectSizeGreaterThan: above, objectSizeLessThan: below }) => above === undefined || below === undefined || above < below,
    'objectSizeGreaterThan must be less than objectSizeLessThan',
  );

export type LifecycleFilter = z.output<typeof filterSchema>;

const ruleSchema = z
  .strictObject({
    id: z
      .string()
      .min(1)
      .max(255)
      .default(() => randomUUID()),
    status: z.enum(['Enabled', 'Disabled']),
    filter: filterSchema,
    expiration: expirationSchema.optional(),
    noncurrentVersionExpiration: z
      .strictObject({ noncurrentDays: days, newerNoncurrentVersions: z.int().min(1).max(MAX_NEWER_VERSIONS).optional() })
      .optional(),
    abortIncompleteMultipartUpload: z.strictObject({ daysAfterInitiation: days }).optional(),
  })
  .refine(
    (rule) => (rule.expiration ?? rule.noncurrentVersionExpiration ?? rule.abortIncompleteMultipartUpload) !== undefined,
    'needs expiration, noncurrentVersionExpiration or abortIncompleteMultipartUpload',
  )
  .refine(
    ({ filter, ...rule }) => !isNarrow(filter) || (!rule.abortIncompleteMultipartUpload && !rule.expiration?.expiredObjectDeleteMarker),
    'abortIncompleteMultipartUpload and expiredObjectDeleteMarker cannot be combined with tags or sizes in filter',
  );

/** The one form in which rules are stored; the names are those of storage-js, which knows a part of them. */
export const lifecycleSchema = z.strictObject({
  rules: z
    .array(ruleSchema)
    .min(1, 'needs at least one rule; delete the configuration to have none')
    .max(MAX_RULES)
    .refine((rules) => new Set(rules.map(({ id }) => id)).size === rules.length, 'ids must be unique'),
});

/** What a preview is asked for: the given rules, or those that are stored. */
export const lifecyclePreviewSchema = z.strictObject({ configuration: lifecycleSchema.optional() });

export type LifecycleConfiguration = z.output<typeof lifecycleSchema>;
export type LifecycleRule = LifecycleConfiguration['rules'][number];

/** Whether a filter asks for what only objects have, not uploads or delete markers. */
function isNarrow({ tags, objectSizeGreaterThan, objectSizeLessThan }: LifecycleFilter): boolean {
  return tags !== undefined || objectSizeGreaterThan !== undefined || objectSizeLessThan !== undefined;
}
