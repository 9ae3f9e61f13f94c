import { z } from 'zod';
import { logRecordSchema } from './log-record.ts';
import { serviceNameSchema, serviceStatusSchema } from './service-status.ts';

/** Messages on the WebSocket `/api/v1/live`. The server starts with `hello` and the full `services` snapshot. */
export const liveServerMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), version: z.string() }),
  z.object({ type: z.literal('services'), services: z.array(serviceStatusSchema) }),
  z.object({ type: z.literal('log'), record: logRecordSchema }),
  z.object({ type: z.literal('changed'), topic: z.enum(['buckets', 'objects']), bucket: z.string() }),
  z.object({ type: z.literal('error'), code: z.string(), message: z.string() }),
]);
export type LiveServerMessage = z.infer<typeof liveServerMessageSchema>;

/** Logs flow only for the services asked for; the last `follow-logs` wins. */
export const liveClientMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('follow-logs'), services: z.array(serviceNameSchema).max(4) }),
  z.strictObject({ type: z.literal('ping') }),
]);
export type LiveClientMessage = z.infer<typeof liveClientMessageSchema>;
