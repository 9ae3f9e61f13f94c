import { serviceNameSchema, serviceStateSchema } from '@supastor/contract/wire/service-status';
import type { PlacedSpec } from '@supastor/core/stack/service-spec';
import { z } from 'zod';
import { readJsonFile, writeJsonFile } from './json-file.ts';

const listenerSchema = z.object({ host: z.string(), port: z.number().int() });

const healthSchema = z.object({
  kind: z.enum(['http', 'postgres']),
  port: z.string(),
  path: z.string().default('/'),
  intervalMs: z.number(),
  timeoutMs: z.number(),
  startPeriodMs: z.number(),
});

/** A placed spec as it travels over the control socket and rests in the state file. */
export const placedSpecSchema: z.ZodType<PlacedSpec> = z.object({
  name: serviceNameSchema,
  dependsOn: serviceNameSchema.array(),
  ports: z.record(z.string(), listenerSchema),
  health: healthSchema.transform(({ kind, path, ...rest }) => (kind === 'http' ? { kind, path, ...rest } : { kind, ...rest })),
  restart: z.object({ maxRestarts: z.number(), windowSeconds: z.number(), backoffInitialMs: z.number(), backoffMaxMs: z.number() }),
  resources: z.object({ memoryBytes: z.number().nullable() }),
  environment: z.record(z.string(), z.string()),
  secretNames: z.string().array(),
  volumes: z.string().array(),
  stopTimeoutMs: z.number(),
  links: z.record(z.string(), listenerSchema),
});

/** A process that can be told from a later one with the same number. */
export const processIdSchema = z.object({ pid: z.number().int(), startTime: z.string() });
export type ProcessId = z.infer<typeof processIdSchema>;

export const serviceRecordSchema = z.object({
  spec: placedSpecSchema,
  /** Whether it should run; false after it was stopped by hand. */
  wanted: z.boolean(),
  state: serviceStateSchema,
  process: processIdSchema.nullable(),
  startedAt: z.string().nullable(),
  restarts: z.number().int(),
  detail: z.string().nullable(),
});
export type ServiceRecord = z.infer<typeof serviceRecordSchema>;

const stateSchema = z.object({
  version: z.literal(1),
  /** null once the supervisor has stopped everything and left. */
  supervisor: processIdSchema.nullable(),
  services: serviceRecordSchema.array(),
});
export type StackState = z.infer<typeof stateSchema>;

const placementSchema = z.object({
  version: z.literal(1),
  runtimeDir: z.string(),
  /** Directory of each volume, by name. */
  volumes: z.record(z.string(), z.string()),
  /** By `service.port`. */
  ports: z.record(z.string(), z.object({ preferred: z.number().int(), chosen: z.number().int() })),
});
export type Placement = z.infer<typeof placementSchema>;

export function readState(path: string): StackState | null {
  return readJsonFile(path, stateSchema);
}

export function writeState(path: string, state: StackState): void {
  writeJsonFile(path, state);
}

export function readPlacement(path: string): Placement | null {
  return readJsonFile(path, placementSchema);
}

export function writePlacement(path: string, placement: Placement): void {
  writeJsonFile(path, placement);
}
