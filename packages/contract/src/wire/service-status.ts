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
export const serviceNameSchema = named('ServiceName', z.enum(SERVICE_NAMES));
export type ServiceName = z.infer<typeof serviceNameSchema>;

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
    /** Resident memory in bytes of the process and its children; null when not running. */
    rssBytes: z.number().int().nullable(),
    /** Why it is in this state, when that needs saying (last exit, failed health check). */
    detail: z.string().nullable(),
  }),
);
export type ServiceStatus = z.infer<typeof serviceStatusSchema>;
