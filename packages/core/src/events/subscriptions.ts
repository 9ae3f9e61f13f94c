import type { EventBus } from './event-bus.ts';

/** Whoever is told about changes while they happen. */
export interface LiveAudience {
  changed(topic: 'buckets' | 'objects', bucket: string): void;
  sessionEnded(sessionId: string): void;
  userChanged(userId: string): void;
}

/** Every reaction to an event of the control plane, in one place. Returns what ends them. */
export function subscribeReactions(events: EventBus, { live }: { readonly live: LiveAudience }): () => void {
  const subscriptions = [
    events.on('bucket.created', ({ bucket }) => live.changed('buckets', bucket)),
    events.on('bucket.updated', ({ bucket }) => live.changed('buckets', bucket)),
    events.on('bucket.deleted', ({ bucket }) => live.changed('buckets', bucket)),
    events.on('object.changed', ({ bucket }) => live.changed('objects', bucket)),
    events.on('object.deleted', ({ bucket }) => live.changed('objects', bucket)),
    events.on('object.moved', ({ bucket }) => live.changed('objects', bucket)),
    events.on('session.ended', ({ sessionId }) => live.sessionEnded(sessionId)),
    events.on('user.changed', ({ userId }) => live.userChanged(userId)),
  ];
  return () => {
    for (const unsubscribe of subscriptions) unsubscribe();
  };
}
