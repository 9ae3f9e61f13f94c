import { z } from 'zod';
import { alertSchema } from './wire/alert.ts';
import { jobSchema } from './operations/jobs.ts';
import { logRecordSchema } from './wire/log-record.ts';
import { serviceNameSchema, serviceStateSchema, serviceStatusSchema } from './wire/service-status.ts';

/** Facts for observers, named in the past tense. The map is the truth: name -> payload schema. */
export const EVENTS = {
  'service.changed': z.object({
    service: serviceNameSchema,
    from: serviceStateSchema,
    to: serviceStateSchema,
    status: serviceStatusSchema,
  }),
  'service.logged': logRecordSchema,
  'stack.applied': z.object({ environment: z.string(), steps: z.number().int() }),
  'stack.stopped': z.object({ environment: z.string() }),
  'config.reloaded': z.object({ environment: z.string(), changed: z.array(z.string()) }),
  'config.refused': z.object({ environment: z.string(), message: z.string() }),
  'bucket.created': z.object({ bucket: z.string() }),
  'bucket.updated': z.object({ bucket: z.string() }),
  'bucket.deleted': z.object({ bucket: z.string() }),
  /** Somebody changed objects of the bucket, through an operation or not. */
  'object.changed': z.object({ bucket: z.string() }),
  'object.moved': z.object({ bucket: z.string(), from: z.string(), to: z.string() }),
  'object.deleted': z.object({ bucket: z.string(), paths: z.array(z.string()) }),
  'job.changed': jobSchema,
  /** An alert fires, silenced or not. */
  'alert.fired': alertSchema,
  'alert.resolved': alertSchema,
  'policy.created': z.object({ table: z.string(), name: z.string() }),
  'policy.updated': z.object({ table: z.string(), name: z.string() }),
  'policy.deleted': z.object({ table: z.string(), name: z.string() }),
  'session.started': z.object({ sessionId: z.string(), email: z.string() }),
  /** What a user holds, or whether they are let in. */
  'user.changed': z.object({ userId: z.string() }),
  'session.ended': z.object({ sessionId: z.string(), email: z.string() }),
  /** What a role of this installation holds. */
  'role.changed': z.object({ role: z.string() }),
  /** A server could not store this many events; what they said has to be asked for. */
  'events.lost': z.object({ count: z.number().int() }),
} as const satisfies Record<string, z.ZodType>;

export type EventName = keyof typeof EVENTS;
export type EventPayload<N extends EventName> = z.infer<(typeof EVENTS)[N]>;

export function isEventName(name: string): name is EventName {
  return Object.hasOwn(EVENTS, name);
}

/** Whether something read from outside is the payload of that event. */
export function isPayloadOf<N extends EventName>(name: N, payload: unknown): payload is EventPayload<N> {
  return EVENTS[name].safeParse(payload).success;
}
