import { z } from 'zod';

/** What one dependency answered. `disabled`: this installation does not use it. */
export const dependencyHealthSchema = z.object({
  state: z.enum(['up', 'down', 'disabled']),
  latencyMs: z.number().nullable(),
  detail: z.string().nullable(),
});
export type DependencyHealth = z.infer<typeof dependencyHealthSchema>;

/** Body of `GET /health/ready`; 200 when `ready`, else 503. */
export const readinessSchema = z.object({
  status: z.enum(['ready', 'unready']),
  version: z.string(),
  dependencies: z.record(z.string(), dependencyHealthSchema),
});
export type Readiness = z.infer<typeof readinessSchema>;
