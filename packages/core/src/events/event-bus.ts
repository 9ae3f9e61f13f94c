import type { EventName, EventPayload } from '@supastor/contract/events';

export type EventHandler<N extends EventName> = (payload: EventPayload<N>) => void;

/** Facts inside one process. Handlers run synchronously, in the order they were added. */
export interface EventBus {
  emit<N extends EventName>(event: N, payload: EventPayload<N>): void;
  /** Returns its own unsubscriber. */
  on<N extends EventName>(event: N, handler: EventHandler<N>): () => void;
  off<N extends EventName>(event: N, handler: EventHandler<N>): void;
}

export interface EventBusOptions {
  /** A handler that throws is reported here; the other handlers still run. */
  readonly onHandlerError: (event: EventName, error: unknown) => void;
}

interface Subscription<N extends EventName = EventName> {
  readonly event: N;
  readonly handler: EventHandler<N>;
}

/** Tells whether a subscription is for `event`, and so takes its payload. */
function isFor<N extends EventName>(subscription: { readonly event: EventName }, event: N): subscription is Subscription<N> {
  return subscription.event === event;
}

export function createEventBus({ onHandlerError }: EventBusOptions): EventBus {
  const byEvent = new Map<EventName, Set<{ readonly event: EventName }>>();

  function subscriptionsOf<N extends EventName>(event: N): readonly Subscription<N>[] {
    return [...(byEvent.get(event) ?? [])].filter((subscription) => isFor(subscription, event));
  }

  function off<N extends EventName>(event: N, handler: EventHandler<N>): void {
    for (const subscription of subscriptionsOf(event)) {
      if (subscription.handler === handler) byEvent.get(event)?.delete(subscription);
    }
  }

  return {
    emit(event, payload) {
      for (const { handler } of subscriptionsOf(event)) {
        try {
          handler(payload);
        } catch (error) {
          onHandlerError(event, error);
        }
      }
    },
    on(event, handler) {
      const subscription = { event, handler };
      const subscriptions = byEvent.get(event) ?? new Set();
      byEvent.set(event, subscriptions.add(subscription));
      return () => void subscriptions.delete(subscription);
    },
    off,
  };
}
