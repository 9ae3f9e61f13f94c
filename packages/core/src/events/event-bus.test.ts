import { describe, expect, it } from 'vitest';
import { createEventBus } from './event-bus.ts';
import type { StreamListener } from './shared-events.ts';
import { subscribeReactions } from './subscriptions.ts';

function setUp() {
  const errors: string[] = [];
  return { bus: createEventBus({ onHandlerError: (event) => errors.push(event) }), errors };
}

describe('event bus', () => {
  it('delivers to the handlers of that event only, until they unsubscribe', () => {
    const { bus } = setUp();
    const seen: string[] = [];
    const unsubscribe = bus.on('bucket.created', ({ bucket }) => seen.push(bucket));
    bus.emit('bucket.created', { bucket: 'a' });
    bus.emit('bucket.deleted', { bucket: 'b' });
    unsubscribe();
    bus.emit('bucket.created', { bucket: 'c' });
    expect(seen).toEqual(['a']);
  });

  it('removes a handler by reference', () => {
    const { bus } = setUp();
    const seen: string[] = [];
    const handler = ({ bucket }: { bucket: string }) => void seen.push(bucket);
    bus.on('bucket.created', handler);
    bus.off('bucket.created', handler);
    bus.emit('bucket.created', { bucket: 'a' });
    expect(seen).toEqual([]);
  });

  it('runs the other handlers when one throws', () => {
    const { bus, errors } = setUp();
    const seen: string[] = [];
    bus.on('bucket.created', () => {
      throw new Error('broken');
    });
    bus.on('bucket.created', ({ bucket }) => seen.push(bucket));
    bus.emit('bucket.created', { bucket: 'a' });
    expect(seen).toEqual(['a']);
    expect(errors).toEqual(['bucket.created']);
  });

  it('tells the live audience who may what and the cache what has changed, until the reactions end', () => {
    const { bus } = setUp();
    const seen: string[] = [];
    const live = {
      sessionEnded: (id: string) => void seen.push(`ended ${id}`),
      userChanged: (id: string) => void seen.push(`user ${id}`),
      roleChanged: (role: string) => void seen.push(`role ${role}`),
    };
    const cache = { invalidate: async (tags: readonly string[]) => void seen.push(`forget ${tags.join()}`) };
    const listeners: StreamListener[] = [];
    const follow = (listener: StreamListener) => {
      listeners.push(listener);
      return () => void listeners.pop();
    };
    const end = subscribeReactions({ ...bus, follow }, { live, cache });
    bus.emit('session.ended', { sessionId: 's', email: 'e' });
    bus.emit('user.changed', { userId: 'u' });
    bus.emit('role.changed', { role: 'r' });
    bus.emit('object.changed', { bucket: 'b' });
    bus.emit('policy.created', { table: 'objects', name: 'p' });
    for (const listener of listeners) listener.lost();
    end();
    bus.emit('user.changed', { userId: 'v' });
    expect(seen).toEqual(['ended s', 'user u', 'role r', 'forget objects,bucket:b', 'forget structure', 'forget everything']);
    expect(listeners).toEqual([]);
  });
});
