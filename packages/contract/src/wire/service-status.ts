import { z } from 'zod';
import { MOCK_NAMES } from '../config/mocks.ts';
import { named } from '../operations/type-names.ts';

/** Life-cycle states of a service; the allowed moves are in core/stack/state. */
export const SERVICE_STATES = ['stopped', 'starting', 'healthy', 'unhealthy', 'backoff', 'stopping', 'crashed'] as const;
export const serviceStateSchema = named('ServiceState', z.enum(SERVICE_STATES));
export type ServiceState = z.infer<typeof serviceStateSchema>;

/** Mocks run in development only, and only when they are asked for. */
export const SERVICE_NAMES = [
  'postgres',
  'storage',
  'meta',
  'admin',
  'edge',
  'agent',
  'imgproxy',
  'alertmanager',
  'prometheus',
  'grafana',
  ...MOCK_NAMES,
] as const;
export const serviceNameSchema = named('ServiceName', z.enum(SERVICE_NAMES).describe('Name of a service'));
export type ServiceName = z.infer<typeof serviceNameSchema>;

/** One process or container of a service, and what it uses. A figure is null where nobody can say it (a node out of reach), never zero. */
export const serviceInstanceSchema = named(
  'ServiceInstance',
  z.object({
    name: z.string().describe('The service (`storage`), or the replica of it (`storage.2`).'),
    state: serviceStateSchema,
    node: z.string().nullable().describe('Node of a swarm that it is on; null elsewhere.'),
    pid: z.number().int().nullable().describe('Process id, of a process of this machine.'),
    startedAt: z.string().nullable().describe('Since when it runs, ISO 8601; null when it does not.'),
    cpuCores: z.number().nullable().describe('Cores it kept busy lately: 0.25 is a quarter of one.'),
    cpuSeconds: z.number().nullable().describe('Processor time since it started, its children included.'),
    memoryBytes: z.number().int().nullable().describe('Memory in use: resident, or of a container without what the kernel only caches.'),
    cpuLimitCores: z.number().nullable().describe('Cores it may use at most; null: no limit.'),
    memoryLimitBytes: z.number().int().nullable().describe('Memory it may use at most; null: no limit.'),
  }),
);
export type ServiceInstance = z.infer<typeof serviceInstanceSchema>;

/** What a target observed of one service. */
export const serviceStatusSchema = named(
  'ServiceStatus',
  z.object({
    name: serviceNameSchema,
    state: serviceStateSchema,
    /** Hash of the spec the service runs with; differs from the desired hash when there is drift. */
    specHash: z.string().nullable(),
    pid: z.number().int().nullable(),
    /** Listening port on the host, by port name. */
    ports: z.record(z.string(), z.number().int()),
    startedAt: z.string().nullable(),
    restarts: z.number().int(),
    /** Cores that all its instances kept busy lately; null when it does not run, or when not every instance can be asked. */
    cpuCores: z.number().nullable().default(null),
    /** Memory in bytes of all its instances, children included; null when it does not run, or when not every instance can be asked. */
    rssBytes: z.number().int().nullable(),
    /** A supervisor of an older version does not tell them. */
    instances: z.array(serviceInstanceSchema).default([]),
    /** Why it is in this state, when that needs saying (last exit, failed health check). */
    detail: z.string().nullable(),
  }),
);
export type ServiceStatus = z.infer<typeof serviceStatusSchema>;
