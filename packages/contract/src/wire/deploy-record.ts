import { z } from 'zod';
import { EXTRAS } from '../config/containers.ts';
import { serviceNameSchema } from './service-status.ts';

const mountSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('volume'), volume: z.string(), path: z.string(), readOnly: z.boolean() }),
  z.object({ kind: z.literal('bind'), source: z.string(), path: z.string(), readOnly: z.boolean() }),
  z.object({ kind: z.literal('tmpfs'), path: z.string(), maxBytes: z.number() }),
]);

const specSchema = z.object({
  name: serviceNameSchema,
  image: z.string(),
  entrypoint: z.array(z.string()).nullable(),
  command: z.array(z.string()).nullable(),
  dependsOn: z.array(serviceNameSchema),
  replicas: z.number().int(),
  environment: z.record(z.string(), z.string()),
  files: z.array(z.object({ name: z.string(), content: z.string(), secret: z.boolean(), digest: z.string().exactOptional() })),
  mounts: z.array(mountSchema),
  networks: z.array(z.string()),
  published: z.array(z.object({ name: z.string(), host: z.string(), port: z.number(), containerPort: z.number() })),
  health: z
    .object({
      command: z.array(z.string()),
      intervalMs: z.number(),
      timeoutMs: z.number(),
      startPeriodMs: z.number(),
      retries: z.number(),
    })
    .nullable(),
  limits: z.object({ memoryBytes: z.number().nullable(), cpus: z.number().nullable(), processes: z.number().nullable() }),
  user: z.string(),
  capabilities: z.array(z.string()),
  update: z.enum(['start-first', 'stop-first']),
  stopSignal: z.enum(['SIGTERM', 'SIGINT', 'SIGUSR1']),
  stopTimeoutMs: z.number(),
  logs: z.object({ maxFileBytes: z.number(), maxFiles: z.number() }),
});

const swarmSettingsSchema = z.object({
  stateNode: z.string().nullable(),
  pinnedTo: z.object({ id: z.string(), name: z.string() }).nullable(),
  stateful: z.array(serviceNameSchema),
  constraints: z.array(z.string()),
  spreadOver: z.string().nullable(),
  endpointMode: z.enum(['dnsrr', 'vip']),
  publish: z.enum(['host', 'ingress']),
  encrypted: z.boolean(),
  parallelism: z.number().int(),
  monitorMs: z.number().int(),
  failureAction: z.enum(['rollback', 'pause']),
});

const stackSchema = z.object({
  project: z.string(),
  environment: z.string(),
  networks: z.array(z.object({ name: z.string(), internal: z.boolean() })),
  volumes: z.array(z.string()),
  services: z.array(specSchema),
  swarm: swarmSettingsSchema.exactOptional(),
});

/** A scale that was asked for, and what the configuration said then: once that changes, it counts again. */
const scaledSchema = z.object({ service: serviceNameSchema, replicas: z.number().int(), configured: z.number().int() });
export type Scaled = z.infer<typeof scaledSchema>;

const DEPLOY_OUTCOMES = ['running', 'done', 'failed', 'rolled-back', 'interrupted'] as const;

/** One deploy: who did what when, how it ended, and the whole stack that was asked for. */
export const deployRecordSchema = z.object({
  id: z.number().int(),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  /** User and machine. */
  who: z.string(),
  /** The command as it was typed. */
  command: z.string(),
  outcome: z.enum(DEPLOY_OUTCOMES),
  /** Why it did not succeed. */
  detail: z.string().nullable(),
  /** The steps of its plan, as they were shown. */
  steps: z.array(z.string()),
  /** Id of the deploy whose stack this one brought back. */
  restores: z.number().int().nullable(),
  scaled: z.array(scaledSchema),
  /** What was asked for besides the services a stack needs, and is in no configuration. */
  extras: z.array(z.enum(EXTRAS)).default([]),
  stack: stackSchema,
});
export type DeployRecord = z.infer<typeof deployRecordSchema>;
