import { z } from 'zod';

// What we read of the answers of a swarm manager that the engine's client has no types for.

export const nodeSchema = z.object({
  ID: z.string(),
  Spec: z.object({ Role: z.enum(['manager', 'worker']), Availability: z.string() }),
  Description: z.object({ Hostname: z.string().default('') }),
  Status: z.object({ State: z.string() }),
  ManagerStatus: z.object({ Leader: z.boolean().default(false) }).optional(),
});

export const taskSchema = z.object({
  ID: z.string(),
  ServiceID: z.string().default(''),
  NodeID: z.string().default(''),
  Slot: z.number().default(0),
  CreatedAt: z.string(),
  DesiredState: z.string(),
  Spec: z.object({
    ForceUpdate: z.number().default(0),
    ContainerSpec: z.object({ Image: z.string(), Labels: z.record(z.string(), z.string()).default({}) }).optional(),
    Resources: z.object({ Limits: z.object({ NanoCPUs: z.number().optional(), MemoryBytes: z.number().optional() }).nullish() }).nullish(),
  }),
  Status: z.object({
    State: z.string(),
    Timestamp: z.string().default(''),
    Err: z.string().default(''),
    ContainerStatus: z.object({ ContainerID: z.string().default(''), ExitCode: z.number().default(0) }).nullish(),
  }),
});
export type Task = z.infer<typeof taskSchema>;

const labels = z.record(z.string(), z.string()).nullish();

/** A secret or a config. */
export const keptSchema = z.object({
  ID: z.string(),
  Version: z.object({ Index: z.number() }),
  CreatedAt: z.string(),
  Spec: z.object({ Name: z.string(), Labels: labels, Data: z.string().default('') }),
});
export type Kept = z.infer<typeof keptSchema>;

export const networkSchema = z.object({
  Id: z.string(),
  Options: z.record(z.string(), z.string()).nullish(),
  Labels: labels,
});

export const serviceSchema = z.object({
  ID: z.string(),
  Version: z.object({ Index: z.number() }),
  Spec: z.looseObject({
    Name: z.string(),
    Labels: labels,
    Mode: z.object({ Replicated: z.object({ Replicas: z.number().default(0) }).optional(), Global: z.object({}).optional() }),
    TaskTemplate: z.looseObject({ ForceUpdate: z.number().default(0) }),
  }),
  UpdateStatus: z.object({ State: z.string().default(''), Message: z.string().default('') }).nullish(),
  ServiceStatus: z.object({ RunningTasks: z.number(), DesiredTasks: z.number() }).nullish(),
});
export type SwarmServiceInfo = z.infer<typeof serviceSchema>;
