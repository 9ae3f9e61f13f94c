import type { LiveServerMessage } from '@supastor/contract/wire/live';
import type { Identity } from '@supastor/core/access/identity';
import type { SharedEvents } from '@supastor/core/events/shared-events';
import type { LiveAudience } from '@supastor/core/events/subscriptions';
import type { Clock, OperationLogger } from '@supastor/core/operations/ports';
import type { StackControl } from '@supastor/core/stack/stack-control.port';
import type { LiveConnection } from './live-connection.ts';
import { createServiceWatch } from './service-watch.ts';
import { createSocketCounter, type SocketLimits } from './socket-limits.ts';

const GOING_AWAY = 1001;
const POLICY_VIOLATION = 1008;
const TRY_AGAIN_LATER = 1013;
const TICK_MS = 1000;

export interface LiveHubOptions {
  readonly control: StackControl;
  readonly events: SharedEvents;
  readonly limits: SocketLimits;
  readonly clock: Clock;
  readonly logger: OperationLogger;
}

/** All live connections of this process, and the watch on services that feeds them; it runs only while somebody wants it. */
export interface LiveHub extends LiveAudience {
  readonly control: StackControl;
  readonly events: SharedEvents;
  /** Why one more connection cannot be taken; null: it can. */
  refusal(who: Pick<LiveConnection, 'ip'> & { readonly identity: Identity }): string | null;
  /** Takes a connection in; closes it again when there is no room. */
  add(connection: LiveConnection): void;
  remove(connection: LiveConnection): void;
  /** A connection began or ceased to want the states of services. */
  servicesWanted(connection: LiveConnection): void;
  close(): Promise<void>;
}

export function createLiveHub({ control, events, limits, clock, logger }: LiveHubOptions): LiveHub {
  const connections = new Set<LiveConnection>();
  const watchers = new Set<LiveConnection>();
  const counter = createSocketCounter(limits);
  const watch = createServiceWatch({ control, clock, logger, publish: tellServices });
  let closed = false;

  function tellServices(message: LiveServerMessage): void {
    const text = JSON.stringify(message);
    for (const connection of watchers) connection.sendText(text);
  }

  const unfollow = events.follow({
    event: (event) => {
      for (const connection of connections) connection.offer(event);
    },
    lost: () => {
      for (const connection of connections) connection.restart();
    },
  });
  const timer = setInterval(() => {
    const now = Date.now();
    for (const connection of connections) connection.tick(now);
  }, TICK_MS);

  const withIdentity = (matches: (identity: Identity) => boolean) => [...connections].filter(({ identity }) => matches(identity));

  return {
    control,
    events,
    refusal: ({ identity, ip }) => (closed ? 'the server stops' : counter.refusal(identity, ip)),
    add(connection) {
      if (closed) return connection.close(GOING_AWAY, 'server stops');
      const refusal = counter.refusal(connection.identity, connection.ip);
      if (refusal !== null) return connection.close(TRY_AGAIN_LATER, refusal);
      connections.add(connection);
      counter.add(connection.identity, connection.ip);
      return undefined;
    },
    remove(connection) {
      if (!connections.delete(connection)) return;
      counter.remove(connection.identity, connection.ip);
      watchers.delete(connection);
      if (watchers.size === 0) watch.stop();
    },
    servicesWanted(connection) {
      const wants = connection.wantsServices && connections.has(connection);
      if (wants === watchers.has(connection)) return;
      if (wants) watchers.add(connection);
      else watchers.delete(connection);
      if (watchers.size === 0) return watch.stop();
      const current = watch.current();
      if (wants && current) connection.send(current);
      watch.start();
    },
    sessionEnded(ended) {
      for (const connection of withIdentity(({ sessionId }) => sessionId === ended)) connection.close(POLICY_VIOLATION, 'session ended');
    },
    userChanged(changed) {
      for (const connection of withIdentity(({ userId }) => userId === changed)) connection.recheck();
    },
    roleChanged(changed) {
      for (const connection of withIdentity(({ grants }) => grants.some(({ role }) => role === changed))) connection.recheck();
    },
    async close() {
      closed = true;
      clearInterval(timer);
      unfollow();
      for (const connection of connections) connection.close(GOING_AWAY, 'server stops');
      watch.stop();
      await watch.settled();
    },
  };
}
