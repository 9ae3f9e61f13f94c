import { z } from 'zod';
import { logLevelSchema, logRecordSchema } from '../wire/log-record.ts';
import { serviceNameSchema, serviceStatusSchema } from '../wire/service-status.ts';
import { defineOperation } from './define.ts';

export const servicesList = defineOperation({
  name: 'services.list',
  summary: 'State of every service of the stack',
  input: z.strictObject({}),
  output: z.object({ services: z.array(serviceStatusSchema) }),
  permission: 'services:read',
  effect: 'read',
  rest: { method: 'GET', path: '/services' },
});

/** Stopping waits for connections to drain, starting for health. */
const ACT_TIMEOUT_MS = 120_000;

const target = z.strictObject({ service: serviceNameSchema });

export const servicesStart = defineOperation({
  name: 'services.start',
  summary: 'Start a stopped service',
  input: target,
  output: serviceStatusSchema,
  permission: 'services:operate',
  effect: 'write',
  timeoutMs: ACT_TIMEOUT_MS,
  rest: { method: 'POST', path: '/services/{service}/start' },
});

export const servicesStop = defineOperation({
  name: 'services.stop',
  summary: 'Stop a service gracefully; services that depend on it turn unhealthy',
  input: target,
  output: serviceStatusSchema,
  permission: 'services:operate',
  effect: 'destructive',
  timeoutMs: ACT_TIMEOUT_MS,
  rest: { method: 'POST', path: '/services/{service}/stop' },
});

export const servicesRestart = defineOperation({
  name: 'services.restart',
  summary: 'Stop and start a service',
  input: target,
  output: serviceStatusSchema,
  permission: 'services:operate',
  effect: 'write',
  timeoutMs: ACT_TIMEOUT_MS,
  rest: { method: 'POST', path: '/services/{service}/restart' },
});

export const servicesLogs = defineOperation({
  name: 'services.logs',
  summary: 'The last log lines of a service, oldest first',
  input: z.strictObject({
    service: serviceNameSchema,
    level: logLevelSchema.optional().describe('Least severe level returned'),
    since: z.iso.datetime().optional().describe('Only records at or after this time, ISO 8601'),
    tail: z.coerce.number().int().min(1).max(5000).default(200).describe('Most records returned, the latest ones'),
  }),
  output: z.object({ records: z.array(logRecordSchema) }),
  permission: 'services:read',
  effect: 'read',
  rest: { method: 'GET', path: '/services/{service}/logs' },
});
