import { z } from 'zod';
import { plainText } from '../operations/text.ts';

export const WEBHOOK_EVENTS = ['object.created', 'object.updated', 'object.removed'] as const;
export const DELIVERY_STATES = ['pending', 'delivered', 'dead'] as const;

export const webhookIdSchema = z.uuid().describe('Id of the webhook');
/** Deliveries are numbered; bigint as text. */
export const deliveryIdSchema = z
  .string()
  .regex(/^[1-9]\d{0,17}$/, 'the number of a delivery')
  .describe('Number of a delivery');

const targetUrl = z
  .url({ protocol: /^https?$/, error: 'an http or https URL' })
  .max(2048)
  .refine(
    (url) => URL.parse(url)?.username === '' && URL.parse(url)?.password === '',
    'a user name does not belong into the URL; set bearer',
  )
  .describe('Address the messages are posted to, http or https');

/** What can be said about a target when it is made and later. */
const settings = {
  name: plainText(100).min(1).describe('Name of the webhook'),
  url: targetUrl,
  events: z.array(z.enum(WEBHOOK_EVENTS)).max(WEBHOOK_EVENTS.length).describe('Events it is told of; none: all of them'),
  bucket: plainText(100).min(1).nullable().describe('Only events of this bucket; null: every bucket'),
  prefix: plainText(1024).describe("Beginning of the object's path"),
  active: z.boolean().describe('Whether messages are sent'),
} as const;
/** Sent as `Authorization: Bearer`; null: none. */
export const webhookBearerSchema = plainText(4096).min(1).nullable().describe('Bearer token sent along to the address; null: none');

/** Fields of {@link webhookCreateSchema}, for schemas that mark the bearer token as a secret. */
export const webhookCreateFields = {
  ...settings,
  events: settings.events.default([]).describe('Events it is told of; none: all of them'),
  bucket: settings.bucket.default(null).describe('Only events of this bucket; null: every bucket'),
  prefix: settings.prefix.default(''),
  active: settings.active.default(true).describe('Whether messages are sent'),
} as const;

export const webhookCreateSchema = z.strictObject({ ...webhookCreateFields, bearer: webhookBearerSchema.default(null) });
export type WebhookCreate = z.output<typeof webhookCreateSchema>;

/** What stays out stays as it is. */
export const webhookUpdateSchema = z.strictObject({ ...settings, bearer: webhookBearerSchema }).partial();
export type WebhookUpdate = z.output<typeof webhookUpdateSchema>;
export const webhookUpdateFields = z.strictObject(settings).partial().shape;

/** A target of object events as storage-api tells about it (`/webhooks`). Never its secret or bearer token. Times are ISO 8601. */
export const webhookSchema = z.object({
  id: z.string(),
  ...settings,
  url: z.string(),
  /** Whether a bearer token is sent. */
  hasBearer: z.boolean(),
  /** Set by the environment of the storage server, which writes it anew at each start. */
  fromEnvironment: z.boolean(),
  createdAt: z.string(),
  /** Messages that still have to be sent. */
  pending: z.number().int(),
  /** Messages that were given up, of the last week. */
  dead: z.number().int(),
  lastDeliveredAt: z.string().nullable(),
});
export type Webhook = z.infer<typeof webhookSchema>;

export const webhookListSchema = z.object({ webhooks: z.array(webhookSchema) });
/** A target with the key of its signatures, which is told when it is made or renewed. */
export const webhookWithSecretSchema = z.object({ webhook: webhookSchema, secret: z.string() });

/** How a test message was answered. */
export const webhookTestSchema = z.object({
  delivered: z.boolean(),
  /** Null: there was no answer. */
  status: z.number().int().nullable(),
  reason: z.string(),
  durationMs: z.number(),
});
export type WebhookTest = z.infer<typeof webhookTestSchema>;

/** A message to a target. */
export const deliverySchema = z.object({
  id: z.string(),
  /** The same for every attempt; receivers see it as `x-supastor-delivery`. */
  key: z.string(),
  webhookId: z.string(),
  event: z.string(),
  bucket: z.string(),
  path: z.string(),
  state: z.enum(DELIVERY_STATES),
  attempts: z.number().int(),
  createdAt: z.string(),
  /** When it is tried next; null once it is settled. */
  nextAttemptAt: z.string().nullable(),
  settledAt: z.string().nullable(),
  lastStatus: z.number().int().nullable(),
  lastError: z.string().nullable(),
});
export type Delivery = z.infer<typeof deliverySchema>;

export const deliveryQuerySchema = z.strictObject({
  webhookId: webhookIdSchema.optional(),
  state: z.enum(DELIVERY_STATES).optional().describe('Only deliveries in this state'),
  limit: z.coerce.number().int().min(1).max(500).default(100).describe('Most entries of one answer'),
  cursor: deliveryIdSchema.optional(),
});
export type DeliveryQuery = z.output<typeof deliveryQuerySchema>;
export const deliveryPageSchema = z.object({ deliveries: z.array(deliverySchema), nextCursor: z.string().nullable() });
export type DeliveryPage = z.infer<typeof deliveryPageSchema>;

export const replaySchema = z.strictObject({
  ids: z.array(deliveryIdSchema).min(1).max(1000).optional().describe('Numbers of the deliveries, whatever became of them'),
  webhookId: webhookIdSchema.optional().describe('Instead of ids: what was given up of this webhook'),
  since: z.iso.datetime({ offset: true }).optional().describe('Only what happened since, ISO 8601'),
  includeDelivered: z.boolean().default(false).describe('Also what was delivered'),
});
export type Replay = z.output<typeof replaySchema>;
export const replayedSchema = z.object({ replayed: z.number().int() });
