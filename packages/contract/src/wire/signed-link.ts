import { z } from 'zod';
import { plainText } from '../operations/text.ts';

export const LINK_STATES = ['live', 'expired', 'revoked'] as const;
export type LinkState = (typeof LINK_STATES)[number];

/** Digest that names a signed link without telling it. */
export const linkIdSchema = z.string().regex(/^[\w-]{22}$/, 'the id of a signed link has 22 letters, digits, - or _');

/** A signed link as storage-api remembers it (`/links`). Never its token. Times are ISO 8601. */
export const signedLinkSchema = z.object({
  id: z.string(),
  bucket: z.string(),
  /** Object path inside the bucket. */
  path: z.string(),
  /** Whether it downloads or uploads. */
  scope: z.enum(['download', 'upload']),
  /** Subject of the token that asked for it; null for the service, and for links that were made elsewhere. */
  subject: z.string().nullable(),
  /** Database role that asked for it; null for links that were made elsewhere and seen when they were used. */
  role: z.string().nullable(),
  signedAt: z.string(),
  expiresAt: z.string(),
  /** Requests that came with it, also such as found nothing. */
  hits: z.number().int(),
  lastUsedAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
});
export type SignedLink = z.infer<typeof signedLinkSchema>;

const bucket = plainText(100).min(1).describe('Name of the bucket');
const path = plainText(1024).min(1);

/** What links are looked for by; everything given must fit. */
export const linkFilter = {
  bucket: bucket.optional(),
  prefix: path.optional().describe('Beginning of the object path; needs a bucket'),
  path: path.optional().describe('Exactly this object path; needs a bucket'),
  subject: plainText(200).min(1).optional().describe('`sub` of who made the links'),
} as const;

export const linkQuerySchema = z.strictObject({
  ...linkFilter,
  state: z.enum(LINK_STATES).optional().describe('Only links in this state'),
  limit: z.coerce.number().int().min(1).max(500).default(100).describe('Most entries of one answer'),
  cursor: plainText(200).optional().describe('`nextCursor` of the page before; left out: the first page'),
});
export type LinkQuery = z.output<typeof linkQuerySchema>;

export const linkPageSchema = z.object({ links: z.array(signedLinkSchema), nextCursor: z.string().nullable() });
export type LinkPage = z.infer<typeof linkPageSchema>;

export const linkRevokeSchema = z.strictObject({
  ...linkFilter,
  ids: z.array(linkIdSchema).min(1).max(1000).optional().describe('Ids of the links'),
});
export type LinkRevoke = z.output<typeof linkRevokeSchema>;

export const linkRevokedSchema = z.object({
  /** Links that were alive and are not any more; such as were made elsewhere and never used count only if they are known. */
  revoked: z.number().int(),
});

/** What is wrong with a selection of links; null: nothing. */
export function linkSelectionProblem({
  bucket: named,
  prefix,
  path: exact,
}: Pick<LinkRevoke, 'bucket' | 'prefix' | 'path'>): string | null {
  if (named === undefined && (prefix !== undefined || exact !== undefined)) return 'a prefix or path needs its bucket';
  return null;
}
