import { describe, expect, it } from 'vitest';
import { createEventBus } from './event-bus.ts';
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

  it('tells the live audience who may what, until the reactions end', () => {
    const { bus } = setUp();
    const seen: string[] = [];
    const live = {
      sessionEnded: (id: string) => void seen.push(`ended ${id}`),
      userChanged: (id: string) => void seen.push(`user ${id}`),
      roleChanged: (role: string) => void seen.push(`role ${role}`),
    };
    const end = subscribeReactions(bus, { live });
    bus.emit('session.ended', { sessionId: 's', email: 'e' });
    bus.emit('user.changed', { userId: 'u' });
    bus.emit('role.changed', { role: 'r' });
    end();
    bus.emit('user.changed', { userId: 'v' });
    expect(seen).toEqual(['ended s', 'user u', 'role r']);
  });
});
