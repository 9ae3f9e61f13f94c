import { z } from 'zod';
import { logRecordSchema } from './log-record.ts';
import { serviceNameSchema, serviceStatusSchema } from './service-status.ts';
import { topicPatternSchema } from './topic.ts';

/** Longest message that a client may send. */
export const MAX_CLIENT_MESSAGE_BYTES = 65_536;
/** Most topics of one connection. */
export const MAX_TOPICS = 50;

/** Where a reader is in the stream of events; opaque, and good on every replica. */
const position = z.string();

/** Messages on the WebSocket `/api/v1/events`. The server starts with `hello`. */
export const liveServerMessageSchema = z.discriminatedUnion('type', [
  /** `position` is null while the stream cannot be read. */
  z.object({ type: z.literal('hello'), version: z.string(), position: position.nullable() }),
  z.object({
    type: z.literal('subscribed'),
    topics: z.array(z.string()),
    refused: z.array(z.object({ topic: z.string(), code: z.string(), message: z.string() })),
    position: position.nullable(),
  }),
  z.object({ type: z.literal('event'), position, topic: z.string(), at: z.string(), payload: z.record(z.string(), z.unknown()) }),
  /** Nothing happened that this connection is told of, up to here. */
  z.object({ type: z.literal('position'), position }),
  /** Some events cannot be told any more: ask for everything again. */
  z.object({ type: z.literal('reload'), reason: z.enum(['too-old', 'lost']), position: position.nullable() }),
  z.object({ type: z.literal('services'), services: z.array(serviceStatusSchema) }),
  z.object({ type: z.literal('log'), record: logRecordSchema }),
  z.object({ type: z.literal('pong') }),
  z.object({ type: z.literal('error'), code: z.string(), message: z.string() }),
]);
export type LiveServerMessage = z.infer<typeof liveServerMessageSchema>;

const topics = z.array(topicPatternSchema).min(1).max(MAX_TOPICS);

/** Logs flow only for the services asked for; the last `follow-logs` wins. `after` resumes, in the first `subscribe` of a connection. */
export const liveClientMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('subscribe'), topics, after: z.string().max(100).optional() }),
  z.strictObject({ type: z.literal('unsubscribe'), topics }),
  z.strictObject({ type: z.literal('follow-logs'), services: z.array(serviceNameSchema).max(4) }),
  z.strictObject({ type: z.literal('ping') }),
]);
export type LiveClientMessage = z.infer<typeof liveClientMessageSchema>;
