import type {
  DeliveryPage,
  DeliveryQuery,
  Replay,
  Webhook,
  WebhookCreate,
  WebhookTest,
  WebhookUpdate,
} from '@supastor/contract/wire/webhook';

/** A target with the key of its signatures, which is told only now. */
export interface WebhookWithSecret {
  readonly webhook: Webhook;
  readonly secret: string;
}

/**
 * Targets of a storage server's object events. Every method may throw SJ_TARGET_UNSUPPORTED when the server keeps none (the official one
 * has one, in its environment), SJ_INPUT_INVALID, SJ_NOT_FOUND, SJ_CONFLICT, SJ_UPSTREAM_FAILED, SJ_TIMEOUT.
 */
export interface WebhookAdmin {
  list(signal: AbortSignal): Promise<readonly Webhook[]>;
  get(id: string, signal: AbortSignal): Promise<Webhook>;
  create(wanted: WebhookCreate, signal: AbortSignal): Promise<WebhookWithSecret>;
  update(id: string, changes: WebhookUpdate, signal: AbortSignal): Promise<Webhook>;
  rotateSecret(id: string, signal: AbortSignal): Promise<WebhookWithSecret>;
  test(id: string, signal: AbortSignal): Promise<WebhookTest>;
  remove(id: string, signal: AbortSignal): Promise<void>;
  deliveries(query: DeliveryQuery, signal: AbortSignal): Promise<DeliveryPage>;
  /** How many will be sent again. */
  replay(selection: Replay, signal: AbortSignal): Promise<number>;
}
