import { describe, expect, test } from 'vitest';
import { LiveSocket, reconnectDelayMs, type SocketEvents } from './live-socket.ts';

const SUBSCRIBE = '{"type":"subscribe","topics":["objects"]}';

class Harness {
  readonly sockets: { readonly events: SocketEvents; readonly sent: string[]; closed: boolean }[] = [];
  readonly timers: { readonly task: () => void; readonly delayMs: number; cancelled: boolean }[] = [];
  readonly live = new LiveSocket({
    open: (events) => {
      const socket = { events, sent: [] as string[], closed: false };
      this.sockets.push(socket);
      return { send: (text) => socket.sent.push(text), close: () => (socket.closed = true) };
    },
    later: (task, delayMs) => {
      const timer = { task, delayMs, cancelled: false };
      this.timers.push(timer);
      return () => (timer.cancelled = true);
    },
    random: () => 1,
    topics: ['objects'],
  });

  last() {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error('no socket was opened');
    return socket;
  }

  fire(): void {
    const timer = this.timers.at(-1);
    if (!timer || timer.cancelled) throw new Error('no timer is running');
    timer.cancelled = true;
    timer.task();
  }
}

describe('LiveSocket', () => {
  test('follows logs once open, and again after a reconnect', () => {
    const harness = new Harness();
    harness.live.followLogs(['storage']);
    harness.live.start();
    expect(harness.last().sent).toEqual([]);
    harness.last().events.opened();
    const follow = '{"type":"follow-logs","services":["storage"]}';
    expect(harness.last().sent).toEqual([SUBSCRIBE, follow]);
    harness.last().events.closed();
    expect(harness.live.state).toBe('waiting');
    harness.fire();
    harness.last().events.opened();
    expect(harness.sockets).toHaveLength(2);
    expect(harness.last().sent).toEqual([SUBSCRIBE, follow]);
  });

  test('resumes where it was, until it is stopped', () => {
    const harness = new Harness();
    harness.live.start();
    harness.last().events.opened();
    harness.last().events.received('{"type":"hello","version":"1","position":"log.9"}');
    harness.last().events.received('{"type":"subscribed","topics":["objects"],"refused":[],"position":"log.3"}');
    harness.last().events.received('{"type":"event","position":"log.4","topic":"objects.changed","at":"","payload":{"bucket":"b"}}');
    harness.last().events.closed();
    harness.fire();
    harness.last().events.opened();
    expect(harness.last().sent).toEqual(['{"type":"subscribe","topics":["objects"],"after":"log.4"}']);
    harness.live.stop();
    harness.live.start();
    harness.last().events.opened();
    expect(harness.last().sent).toEqual([SUBSCRIBE]);
  });

  test('waits longer after each failure and starts over after a success', () => {
    const harness = new Harness();
    harness.live.start();
    for (let failures = 0; failures < 3; failures += 1) {
      harness.last().events.closed();
      harness.fire();
    }
    harness.last().events.opened();
    harness.last().events.closed();
    const reconnects = harness.timers.map((timer) => timer.delayMs).filter((delayMs) => delayMs < 25_000);
    expect(reconnects).toEqual([500, 1000, 2000, 500]);
  });

  test('pings while open', () => {
    const harness = new Harness();
    harness.live.start();
    harness.last().events.opened();
    harness.fire();
    expect(harness.last().sent).toEqual([SUBSCRIBE, '{"type":"ping"}']);
  });

  test('hands on messages it knows and drops everything else', () => {
    const harness = new Harness();
    const seen: string[] = [];
    harness.live.listen({ message: (message) => seen.push(message.type) });
    harness.live.start();
    harness.last().events.opened();
    for (const data of ['{"type":"hello","version":"1"}', '{"type":"future"}', 'not json', '7', new ArrayBuffer(1)]) {
      harness.last().events.received(data);
    }
    expect(seen).toEqual(['hello']);
  });

  test('stays closed once stopped, whatever the old socket says', () => {
    const harness = new Harness();
    const states: string[] = [];
    harness.live.listen({ state: (state) => states.push(state) });
    harness.live.start();
    harness.last().events.opened();
    harness.live.stop();
    harness.last().events.closed();
    harness.last().events.opened();
    expect(states).toEqual(['connecting', 'open', 'closed']);
    expect(harness.last().closed).toBe(true);
    expect(harness.timers.every((timer) => timer.cancelled)).toBe(true);
  });

  test('retries at once when told that the network is back', () => {
    const harness = new Harness();
    harness.live.start();
    harness.last().events.closed();
    harness.live.retryNow();
    expect(harness.live.state).toBe('connecting');
    expect(harness.sockets).toHaveLength(2);
    expect(harness.timers.every((timer) => timer.cancelled)).toBe(true);
  });
});

test('the reconnect delay has an upper limit and a random half', () => {
  expect(reconnectDelayMs(1, 0)).toBe(250);
  expect(reconnectDelayMs(50, 0)).toBe(7500);
  expect(reconnectDelayMs(50, 1)).toBe(15_000);
});
