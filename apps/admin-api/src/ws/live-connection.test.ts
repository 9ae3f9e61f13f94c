import type { LogRecord } from '@supastor/contract/wire/log-record';
import type { Scope } from '@supastor/contract/access/scope';
import type { Identity } from '@supastor/core/access/identity';
import type { StoredEvent } from '@supastor/core/events/event-log.port';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { LiveConnection, type LiveConnectionOptions } from './live-connection.ts';

const OPEN = 1 as const;
const identity = (permissions: readonly string[], scope: Scope = {}): Identity => ({
  userId: 'u',
  email: 'a@example.org',
  name: '',
  role: 'owner',
  sessionId: 's',
  expiresAtMs: Number.MAX_SAFE_INTEGER,
  grants: [{ role: 'owner', permissions: new Set(permissions), scope }],
  permissions: new Set(permissions),
});
const line = (msg: string): LogRecord => ({ time: 't', level: 'info', service: 'storage', msg });
const event = (id: number, name: string, payload: Readonly<Record<string, unknown>>): StoredEvent => ({
  id,
  name,
  payload,
  atMs: 0,
  origin: 'other',
});

/** A socket whose backlog the test sets; `sent` holds what left. */
function fakeSocket() {
  const socket = {
    OPEN,
    readyState: OPEN,
    bufferedAmount: 0,
    sent: [] as string[],
    ended: [] as unknown[],
    send: (data: unknown) => void socket.sent.push(String(data)),
    ping: () => void socket.sent.push('{"type":"(ping)"}'),
    close: (code?: number) => void socket.ended.push(code),
    terminate: () => void socket.ended.push('terminated'),
    /** What was sent after the greeting. */
    messages: () => socket.sent.slice(1).map((text) => JSON.parse(text)),
  };
  return socket;
}

function connect(overrides: Partial<LiveConnectionOptions> = {}) {
  const socket = fakeSocket();
  const connection = new LiveConnection({
    socket,
    identity: identity(['services:read']),
    ip: '127.0.0.1',
    identify: async () => identity(['services:read']),
    control: { logs: async function* () {} },
    events: { position: () => ({ logId: 'log', id: 10 }), read: async () => ({ prunedThrough: 0, events: [] }) },
    onServices: () => {},
    ...overrides,
  });
  return { socket, connection };
}

const subscribe = (topics: readonly string[], after?: string) =>
  JSON.stringify({ type: 'subscribe', topics, ...(after !== undefined && { after }) });

describe('a live connection', () => {
  it('leaves log lines out while the client is slow, then says how many', async () => {
    const { promise: done, resolve } = Promise.withResolvers<void>();
    const { socket, connection } = connect({
      control: {
        async *logs() {
          yield line('one');
          socket.bufferedAmount = 200_000;
          yield line('two');
          yield line('three');
          socket.bufferedAmount = 0;
          yield line('four');
          resolve();
        },
      },
    });
    connection.receive('{"type":"follow-logs","services":["storage"]}');
    await done;
    expect(socket.messages().slice(0, 3)).toMatchObject([
      { type: 'log', record: { msg: 'one' } },
      { type: 'error', code: 'SJ_PARTIAL', message: expect.stringMatching(/^2 log lines/) },
      { type: 'log', record: { msg: 'four' } },
    ]);
  });

  it('cuts off a client that reads nothing at all', () => {
    const { socket, connection } = connect();
    socket.bufferedAmount = 1_000_000;
    connection.send({ type: 'services', services: [] });
    connection.send({ type: 'services', services: [] });
    expect(socket.ended).toEqual([1013]);
    expect(socket.messages()).toEqual([]);
  });

  it('ends a client that answers no ping, and one whose session has run out', () => {
    const { socket, connection } = connect();
    connection.tick(Date.now() + 60_000);
    connection.tick(Date.now() + 120_000);
    expect(socket.ended).toEqual(['terminated']);
    const over = connect({ identity: { ...identity([]), expiresAtMs: 1 } });
    over.connection.tick(Date.now());
    expect(over.socket.ended).toEqual([1008]);
  });

  it.each([
    ['somebody who may not be here any more', null, 1008],
    ['somebody who holds something else by now', identity(['buckets:read']), 1012],
  ])('ends for %s, at the next look', async (_, now, code) => {
    const { socket, connection } = connect({ identify: async () => now });
    connection.tick(Date.now() + 60_000);
    await expect.poll(() => socket.ended, { timeout: 10_000 }).toEqual([code]);
  });

  it.each([
    ['somebody who holds the same as before', async () => identity(['services:read']), []],
    ['somebody who holds something else by now', async () => identity([]), [1012]],
    ['somebody of whom nothing is known now', async () => Promise.reject(new Error('away')), [1012]],
  ])('told of a change, ends or stays for %s', async (_, identify, codes) => {
    const { socket, connection } = connect({ identify });
    connection.recheck();
    await nextTurn();
    expect(socket.ended).toEqual(codes);
  });

  it('gives no logs to who may not read services', () => {
    const { socket, connection } = connect({ identity: identity(['buckets:read']) });
    connection.receive('{"type":"follow-logs","services":["storage"]}');
    expect(socket.messages()).toMatchObject([{ type: 'error', code: 'SJ_FORBIDDEN' }]);
  });

  it('ends the log stream when the socket is gone', async () => {
    const { promise: aborted, resolve } = Promise.withResolvers<boolean>();
    const { connection } = connect({
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

describe('topics of a live connection', () => {
  it('are those it may listen to, and it is told why not the others', () => {
    const { socket, connection } = connect({ identity: identity(['objects:read'], { bucket: 'mine' }) });
    connection.receive(subscribe(['objects.*', 'objects:other', 'jobs', 'objects:mine']));
    expect(socket.messages()).toEqual([
      {
        type: 'subscribed',
        topics: ['objects.*', 'objects:mine'],
        refused: [
          { topic: 'objects:other', code: 'SJ_NOT_FOUND', message: 'There is no such bucket.' },
          { topic: 'jobs', code: 'SJ_FORBIDDEN', message: 'This needs the permission jobs:read.' },
        ],
        position: 'log.10',
      },
    ]);
  });

  it('bring what is in reach of the identity, each event once', () => {
    const { socket, connection } = connect({ identity: identity(['objects:read'], { bucket: 'mine', prefix: 'a/' }) });
    connection.receive(subscribe(['*', 'objects']));
    connection.offer(event(11, 'object.changed', { bucket: 'other' }));
    connection.offer(event(12, 'object.deleted', { bucket: 'mine', paths: ['a/1', 'b/2'] }));
    connection.offer(event(12, 'object.deleted', { bucket: 'mine', paths: ['a/1', 'b/2'] }));
    connection.offer(event(13, 'object.deleted', { bucket: 'mine', paths: ['b/2'] }));
    connection.offer(event(14, 'object.moved', { bucket: 'mine', from: 'a/1', to: 'b/secret' }));
    connection.offer(event(15, 'bucket.created', { bucket: 'mine' }));
    connection.offer(event(16, 'session.started', { sessionId: 's', email: 'e' }));
    connection.offer(event(17, 'made.up', {}));
    expect(socket.messages().slice(1)).toMatchObject([
      { position: 'log.12', topic: 'objects.deleted', payload: { bucket: 'mine', paths: ['a/1'] } },
      { position: 'log.14', topic: 'objects.changed', payload: { bucket: 'mine' } },
    ]);
  });

  it('can be narrowed to a verb and a key, and given up', () => {
    const { socket, connection } = connect({ identity: identity(['objects:read', 'jobs:read']) });
    connection.receive(subscribe(['objects.deleted', 'jobs:7']));
    connection.offer(event(11, 'object.changed', { bucket: 'b' }));
    connection.offer(event(12, 'object.deleted', { bucket: 'b', paths: [] }));
    connection.offer(event(13, 'job.changed', { id: '6' }));
    connection.offer(event(14, 'job.changed', { id: '7' }));
    connection.receive('{"type":"unsubscribe","topics":["jobs:7"]}');
    connection.offer(event(15, 'job.changed', { id: '7' }));
    expect(socket.messages().slice(1)).toMatchObject([{ position: 'log.12' }, { position: 'log.14' }]);
  });

  it('go on where the client was, then with what happened meanwhile', async () => {
    const past = [9, 10].map((id) => event(id, 'job.changed', { id: '7' }));
    let position = 10;
    const { promise: read, resolve } = Promise.withResolvers<void>();
    const { socket, connection } = connect({
      identity: identity(['jobs:read']),
      events: {
        position: () => ({ logId: 'log', id: position }),
        read: async () => {
          await read;
          return { prunedThrough: 5, events: past };
        },
      },
    });
    connection.receive(subscribe(['jobs'], 'log.8'));
    position = 11;
    past.push(event(11, 'job.changed', { id: '7' }));
    connection.offer(event(11, 'job.changed', { id: '7' }));
    resolve();
    await expect
      .poll(() => socket.messages().map((message) => message.position), { timeout: 10_000 })
      .toEqual(['log.8', 'log.9', 'log.10', 'log.11']);
    connection.offer(event(12, 'job.changed', { id: '7' }));
    expect(socket.messages().at(-1)).toMatchObject({ position: 'log.12' });
    connection.receive(subscribe(['jobs'], 'log.8'));
    expect(socket.messages().at(-1)).toMatchObject({ type: 'error', code: 'SJ_INPUT_INVALID' });
  });

  it.each([
    ['of another log', 'gone.3'],
    ['that is none', 'nonsense'],
    ['of the future', 'log.11'],
    ['that is pruned', 'log.2'],
  ])('cannot go on at a position %s', async (_, after) => {
    const { socket, connection } = connect({
      identity: identity(['jobs:read']),
      events: { position: () => ({ logId: 'log', id: 10 }), read: async () => ({ prunedThrough: 5, events: [] }) },
    });
    connection.receive(subscribe(['jobs'], after));
    await expect
      .poll(() => socket.messages().slice(1), { timeout: 10_000 })
      .toEqual([{ type: 'reload', reason: 'too-old', position: 'log.10' }]);
    connection.offer(event(11, 'job.changed', { id: '7' }));
    expect(socket.messages().at(-1)).toMatchObject({ type: 'event', position: 'log.11' });
  });
});
