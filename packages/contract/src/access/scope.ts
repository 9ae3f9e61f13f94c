import { z } from 'zod';
import { plainText } from '../operations/text.ts';

/** What of an installation a grant is for. Without any field: all of it. */
export const scopeSchema = z
  .strictObject({
    environment: plainText(40).min(1).optional().describe('Environment it is for; left out: all'),
    bucket: plainText(100).min(1).optional().describe('Bucket it is for; left out: all'),
    prefix: plainText(1024)
      .refine((prefix) => prefix.endsWith('/'), 'a prefix ends with a slash')
      .optional()
      .describe('Folder of the bucket it is for, ending with a slash; needs a bucket'),
  })
  .refine(({ bucket, prefix }) => prefix === undefined || bucket !== undefined, 'a prefix needs its bucket')
  .describe('What of the installation it is for; empty: all of it');
export type Scope = z.infer<typeof scopeSchema>;

/** Something an operation touches: the whole installation, a bucket, or a path or prefix in it. */
export interface ScopeTarget {
  readonly bucket?: string;
  /** An object's path, or a prefix; without it the bucket as a whole. */
  readonly path?: string;
  /** Reach into any part of the bucket is enough. */
  readonly anyPart?: true;
}

/** The targets of an operation on these paths of a bucket. */
export function pathTargets(bucket: string, paths: readonly string[]): readonly ScopeTarget[] {
  return paths.map((path) => ({ bucket, path }));
}
