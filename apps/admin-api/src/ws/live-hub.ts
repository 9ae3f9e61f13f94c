import type { ScopeTarget } from '@supastor/contract/access/scope';
import type { LiveServerMessage } from '@supastor/contract/wire/live';
import type { LiveAudience } from '@supastor/core/events/subscriptions';
import type { Clock, OperationLogger } from '@supastor/core/operations/ports';
import type { StackControl } from '@supastor/core/stack/stack-control.port';
import type { LiveConnection } from './live-connection.ts';
import type { ObjectWatch } from './object-watch.ts';
import { createServiceWatch } from './service-watch.ts';

const MAX_CONNECTIONS = 500;
const GOING_AWAY = 1001;
const POLICY_VIOLATION = 1008;
/** The client connects again, as whoever it is then. */
const COME_AGAIN = 1012;
const TRY_AGAIN_LATER = 1013;

export interface LiveHubOptions {
  readonly control: StackControl;
  readonly clock: Clock;
  readonly logger: OperationLogger;
  /** Runs only while somebody listens. */
  readonly objects: ObjectWatch;
}

/** All live connections of this process, and the watches on services and objects that feed them; they run only while somebody listens. */
export interface LiveHub extends LiveAudience {
  readonly control: StackControl;
  /** Takes a connection in and tells it the services; closes it again when there is no room. */
  add(connection: LiveConnection): void;
  remove(connection: LiveConnection): void;
  close(): Promise<void>;
}

export function createLiveHub({ control, clock, logger, objects }: LiveHubOptions): LiveHub {
  const connections = new Set<LiveConnection>();
  const publishServices = (message: LiveServerMessage) => broadcast(message, 'services:read', {});
  const watch = createServiceWatch({ control, clock, logger, publish: publishServices });
  let closed = false;

  function broadcast(message: LiveServerMessage, permission: string, target: ScopeTarget): void {
    const text = JSON.stringify(message);
    for (const connection of connections) if (connection.holds(permission, target)) connection.sendText(text);
  }

  return {
    control,
    add(connection) {
      if (closed) return connection.close(GOING_AWAY, 'server stops');
      if (connections.size >= MAX_CONNECTIONS) return connection.close(TRY_AGAIN_LATER, 'too many connections');
      connections.add(connection);
      const current = watch.current();
      if (current && connection.holds('services:read', {})) connection.send(current);
      watch.start();
      objects.start();
      return undefined;
    },
    remove(connection) {
      connections.delete(connection);
      if (connections.size > 0) return;
      watch.stop();
      objects.stop();
    },
    changed: (topic, bucket) => broadcast({ type: 'changed', topic, bucket }, `${topic}:read`, { bucket, anyPart: true }),
    sessionEnded(sessionId) {
      for (const connection of connections) if (connection.sessionId === sessionId) connection.close(POLICY_VIOLATION, 'session ended');
    },
    userChanged(userId) {
      for (const connection of connections) if (connection.userId === userId) connection.close(COME_AGAIN, 'what you hold has changed');
    },
    async close() {
      closed = true;
      for (const connection of connections) connection.close(GOING_AWAY, 'server stops');
      watch.stop();
      objects.stop();
      await Promise.all([watch.settled(), objects.settled()]);
    },
  };
}
