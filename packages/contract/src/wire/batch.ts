import { z } from 'zod';
import { problemSchema } from './problem.ts';

/** Most operations one `POST /api/v1/batch` may carry. */
export const MAX_BATCH_OPERATIONS = 100;

/** Body of `POST /api/v1/batch`: operations that run one after the other, each with its own permission check and audit record. */
export const batchRequestSchema = z.strictObject({
  operations: z
    .array(
      z.strictObject({
        /** Name of the operation, such as `buckets.create`. */
        operation: z.string().max(100),
        /** Its input, path parameters included. */
        input: z.record(z.string(), z.unknown()).default({}),
      }),
    )
    .min(1)
    .max(MAX_BATCH_OPERATIONS),
  /** Leave out the rest after the first that fails. What ran before stays done. */
  stopOnError: z.boolean().default(false),
});
export type BatchRequest = z.infer<typeof batchRequestSchema>;

/** Answer, in the order of the request. `skipped`: it was not started. */
export const batchResponseSchema = z.object({
  results: z.array(
    z.discriminatedUnion('outcome', [
      z.object({ outcome: z.literal('done'), output: z.unknown() }),
      z.object({ outcome: z.literal('failed'), problem: problemSchema }),
      z.object({ outcome: z.literal('skipped') }),
    ]),
  ),
  done: z.number().int(),
  failed: z.number().int(),
  skipped: z.number().int(),
});
export type BatchResponse = z.infer<typeof batchResponseSchema>;
