import { z } from 'zod';

/** Error body of every HTTP door, `application/problem+json` (RFC 9457) with our code and hint. */
export const problemSchema = z.object({
  /** URI that names the kind of problem: `urn:supastor:error:<code>`. */
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  /** What happened and why. */
  detail: z.string(),
  /** A code of the error catalogue (contract/errors). */
  code: z.string(),
  /** What to do next. */
  hint: z.string().optional(),
  /** All problems of an invalid input, by field path (`paths.0`). */
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  /** Request id, also in the `x-request-id` header and the logs. */
  instance: z.string(),
});
export type Problem = z.infer<typeof problemSchema>;
