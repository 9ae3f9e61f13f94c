import { createHmac } from 'node:crypto';
import type { Delivery } from './webhook-queries.ts';

export interface Message {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface MessageContext {
  readonly tenantId: string;
  readonly now: Date;
}

/** What is sent: the body of upstream's webhooks, and headers that let the receiver check where it comes from and tell repetitions. */
export function composeMessage(delivery: Delivery, { tenantId, now }: MessageContext): Message {
  const { event } = delivery;
  const body = JSON.stringify({
    type: 'Webhook',
    event: {
      $version: 'v1',
      type: upstreamType(event.event, event.operation ?? ''),
      payload: {
        bucketId: event.bucket_id,
        name: event.name,
        version: event.version,
        size: event.size_bytes,
        operation: event.operation,
        actor: event.actor,
        eventId: event.id,
        ...(event.removal === null ? {} : { removal: event.removal }),
      },
      applyTime: Date.parse(event.created_at),
    },
    sentAt: now.toISOString(),
    tenant: { ref: tenantId, host: '' },
  });
  return { body, headers: headersOf({ ...delivery, event: event.event }, body, now) };
}

/** A message about nothing, for trying a target out; it has the headers that real ones have. */
export function composeTestMessage(
  { key, secret, bearer }: Pick<Delivery, 'key' | 'secret' | 'bearer'>,
  { tenantId, now }: MessageContext,
): Message {
  const event = { $version: 'v1', type: 'Ping', payload: {}, applyTime: now.getTime() };
  const body = JSON.stringify({ type: 'Webhook', event, sentAt: now.toISOString(), tenant: { ref: tenantId, host: '' } });
  return { body, headers: headersOf({ key, secret, bearer, attempts: 1, event: 'ping' }, body, now) };
}

interface Signed extends Pick<Delivery, 'key' | 'secret' | 'bearer' | 'attempts'> {
  readonly event: string;
}

function headersOf({ key, secret, bearer, attempts, event }: Signed, body: string, now: Date): Message['headers'] {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  return {
    'content-type': 'application/json',
    'user-agent': 'supastor-webhooks',
    'x-supastor-delivery': key,
    'x-supastor-attempt': String(attempts),
    'x-supastor-event': event,
    'x-supastor-timestamp': timestamp,
    'x-supastor-signature': `v1=${signMessage(secret, timestamp, body)}`,
    ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
  };
}

/** HMAC-SHA256 of `timestamp.body` in hex. */
export function signMessage(secret: string, timestamp: string, body: string): string {
  return createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
}

/** Upstream's name of an event says how it came about. */
function upstreamType(event: string, operation: string): string {
  const verb = operation.split('.').at(-1) ?? '';
  if (event === 'object.updated') return 'ObjectUpdated:Metadata';
  if (event === 'object.removed') return verb === 'move' ? 'ObjectRemoved:Move' : 'ObjectRemoved:Delete';
  if (verb === 'move') return 'ObjectCreated:Move';
  if (verb === 'copy') return 'ObjectCreated:Copy';
  return verb === 'upload' || verb === 'upload_signed' ? 'ObjectCreated:Post' : 'ObjectCreated:Put';
}
