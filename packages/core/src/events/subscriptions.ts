import { bucketTag, OBJECTS_TAG, STRUCTURE_TAG } from '../cache/cached-answers.ts';
import { type Cache, EVERYTHING } from '../cache/cache.ts';
import type { SharedEvents } from './shared-events.ts';

/** Whoever is told about changes of who may what, while they happen. */
export interface LiveAudience {
  sessionEnded(sessionId: string): void;
  userChanged(userId: string): void;
  roleChanged(role: string): void;
}

export interface Reactors {
  readonly live: LiveAudience;
  readonly cache: Pick<Cache, 'invalidate'>;
}

/** Every reaction to an event of the control plane, in one place; events of other servers are among them. Returns what ends them. */
export function subscribeReactions(events: Pick<SharedEvents, 'on' | 'follow'>, { live, cache }: Reactors): () => void {
  const changed = ({ bucket }: { readonly bucket: string }) => void cache.invalidate([OBJECTS_TAG, bucketTag(bucket)]);
  const restructured = () => void cache.invalidate([STRUCTURE_TAG]);
  const subscriptions = [
    events.on('session.ended', ({ sessionId }) => live.sessionEnded(sessionId)),
    events.on('user.changed', ({ userId }) => live.userChanged(userId)),
    events.on('role.changed', ({ role }) => live.roleChanged(role)),
    events.on('object.changed', changed),
    events.on('object.moved', changed),
    events.on('object.deleted', changed),
    events.on('bucket.created', changed),
    events.on('bucket.deleted', changed),
    events.on('policy.created', restructured),
    events.on('policy.updated', restructured),
    events.on('policy.deleted', restructured),
    // What was not heard may have been any of these.
    events.follow({ event: () => undefined, lost: () => void cache.invalidate([EVERYTHING]) }),
  ];
  return () => {
    for (const unsubscribe of subscriptions) unsubscribe();
  };
}
