import type { LogRecord } from '@supastor/contract/wire/log-record';
import type { Identity } from '@supastor/core/access/identity';
import { describe, expect, it } from 'vitest';
import { createLiveConnection } from './live-connection.ts';

const OPEN = 1 as const;
const identity = (permissions: readonly string[]): Identity => ({
  userId: 'u',
  email: 'a@example.org',
  name: '',
  role: 'owner',
  sessionId: 's',
  expiresAtMs: 0,
  grants: [{ role: 'owner', permissions: new Set(permissions), scope: {} }],
  permissions: new Set(permissions),
});
const line = (msg: string): LogRecord => ({ time: 't', level: 'info', service: 'storage', msg });

/** A socket whose backlog the test sets; `sent` holds what left. */
function fakeSocket() {
  const socket = {
    OPEN,
    readyState: OPEN,
    bufferedAmount: 0,
    sent: [] as string[],
    ended: '',
    send: (data: unknown) => void socket.sent.push(String(data)),
    close: () => void (socket.ended = 'closed'),
    terminate: () => void (socket.ended = 'terminated'),
  };
  return socket;
}

describe('a live connection', () => {
  it('leaves log lines out while the client is slow, then says how many', async () => {
    const socket = fakeSocket();
    const { promise: done, resolve } = Promise.withResolvers<void>();
    async function* logs() {
      yield line('one');
      socket.bufferedAmount = 1_000_000;
      yield line('two');
      yield line('three');
      socket.bufferedAmount = 0;
      yield line('four');
      resolve();
    }
    const connection = createLiveConnection({ socket, identity: identity(['services:read']), control: { logs } });
    connection.receive('{"type":"follow-logs","services":["storage"]}');
    await done;
    const messages = socket.sent.map((text) => JSON.parse(text));
    expect(messages.slice(0, 3)).toMatchObject([
      { type: 'log', record: { msg: 'one' } },
      { type: 'error', code: 'SJ_PARTIAL', message: expect.stringMatching(/^2 log lines/) },
      { type: 'log', record: { msg: 'four' } },
    ]);
  });

  it('cuts off a client that reads nothing at all', () => {
    const socket = fakeSocket();
    socket.bufferedAmount = 10_000_000;
    const connection = createLiveConnection({ socket, identity: identity([]), control: { logs: async function* () {} } });
    connection.send({ type: 'services', services: [] });
    expect(socket.ended).toBe('terminated');
    expect(socket.sent).toEqual([]);
  });

  it('gives no logs to who may not read services', () => {
    const socket = fakeSocket();
    const connection = createLiveConnection({ socket, identity: identity(['buckets:read']), control: { logs: async function* () {} } });
    connection.receive('{"type":"follow-logs","services":["storage"]}');
    expect(JSON.parse(socket.sent[0] ?? '')).toMatchObject({ type: 'error', code: 'SJ_FORBIDDEN' });
  });

  it('ends the log stream when the socket is gone', async () => {
    const socket = fakeSocket();
    const { promise: aborted, resolve } = Promise.withResolvers<boolean>();
    const connection = createLiveConnection({
      socket,
      identity: identity(['services:read']),
      control: {
        async *logs(_query, signal) {
          signal?.addEventListener('abort', () => resolve(true));
          if (await aborted) return;
          yield line('never');
        },
      },
    });
    connection.receive('{"type":"follow-logs","services":["storage"]}');
    connection.release();
    expect(await aborted).toBe(true);
  });
});
