import type { EventBus } from './event-bus.ts';

/** Whoever is told about changes of who may what, while they happen. */
export interface LiveAudience {
  sessionEnded(sessionId: string): void;
  userChanged(userId: string): void;
  roleChanged(role: string): void;
}

/** Every reaction to an event of the control plane, in one place; events of other servers are among them. Returns what ends them. */
export function subscribeReactions(events: EventBus, { live }: { readonly live: LiveAudience }): () => void {
  const subscriptions = [
    events.on('session.ended', ({ sessionId }) => live.sessionEnded(sessionId)),
    events.on('user.changed', ({ userId }) => live.userChanged(userId)),
    events.on('role.changed', ({ role }) => live.roleChanged(role)),
  ];
  return () => {
    for (const unsubscribe of subscriptions) unsubscribe();
  };
}
