import { z } from 'zod';
import type { ObjectRow } from '../../metadata/object-queries.ts';
import { CHECKSUM_ALGORITHMS } from './body/checksums.ts';
import type { S3Extras } from './object-head.ts';

const extrasSchema = z.object({
  contentDisposition: z.string().exactOptional(),
  contentLanguage: z.string().exactOptional(),
  expires: z.string().exactOptional(),
  tags: z.record(z.string(), z.string()).exactOptional(),
  checksum: z
    .object({ algorithm: z.enum(CHECKSUM_ALGORITHMS), value: z.string(), type: z.enum(['FULL_OBJECT', 'COMPOSITE']) })
    .exactOptional(),
  uploadId: z.string().exactOptional(),
  partSizes: z.array(z.number()).exactOptional(),
});

/** What S3 keeps in a row's metadata; empty when the object came another way. Rows can be edited with SQL, so nothing is trusted. */
export function readExtras({ metadata }: Pick<ObjectRow, 'metadata'>): S3Extras {
  const stored: unknown = metadata === null ? undefined : Reflect.get(metadata, 's3');
  const parsed = extrasSchema.safeParse(stored ?? {});
  return parsed.success ? parsed.data : {};
}
