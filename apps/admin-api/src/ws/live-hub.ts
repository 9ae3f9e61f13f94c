import type { LiveServerMessage } from '@supastor/contract/wire/live';
import type { ServiceStatus } from '@supastor/contract/wire/service-status';
import { SupastorError } from '@supastor/contract/errors';
import type { LiveAudience } from '@supastor/core/events/subscriptions';
import type { Clock, OperationLogger } from '@supastor/core/operations/ports';
import type { StackControl } from '@supastor/core/stack/stack-control.port';
import { followEvents } from './follow-events.ts';
import type { LiveConnection } from './live-connection.ts';

/** With nobody's events arriving, states are asked for this often; with events it refreshes memory use. */
const POLL_MS = 5000;
const MAX_CONNECTIONS = 500;
const GOING_AWAY = 1001;
const POLICY_VIOLATION = 1008;
const TRY_AGAIN_LATER = 1013;

export interface LiveHubOptions {
  readonly control: StackControl;
  readonly clock: Clock;
  readonly logger: OperationLogger;
}

/** All live connections of this process, and the one watch on the supervisor that feeds them; it watches only while somebody listens. */
export interface LiveHub extends LiveAudience {
  readonly control: StackControl;
  /** Takes a connection in and sends it the services; false when there is no room (the connection is then closed). */
  add(connection: LiveConnection): boolean;
  remove(connection: LiveConnection): void;
  close(): Promise<void>;
}

export function createLiveHub({ control, clock, logger }: LiveHubOptions): LiveHub {
  const connections = new Set<LiveConnection>();
  let watch: AbortController | null = null;
  let watching: Promise<unknown> = Promise.resolve();
  let latest: readonly ServiceStatus[] | null = null;

  function broadcast(message: LiveServerMessage, permission: string): void {
    const text = JSON.stringify(message);
    for (const connection of connections) if (connection.permissions.has(permission)) connection.sendText(text);
  }
  function publish(services: readonly ServiceStatus[]): void {
    latest = services;
    broadcast({ type: 'services', services: [...services] }, 'services:read');
  }
  function lose(error: unknown): void {
    if (!(error instanceof SupastorError)) logger.error({ err: error }, 'service states cannot be read');
    if (latest === null && watch !== null && announcedLoss) return;
    latest = null;
    announcedLoss = true;
    broadcast(lossMessage(error), 'services:read');
  }
  let announcedLoss = false;

  async function refresh(signal: AbortSignal): Promise<void> {
    try {
      const services = await control.status(signal);
      announcedLoss = false;
      if (!signal.aborted) publish(services);
    } catch (error) {
      if (!signal.aborted) lose(error);
    }
  }

  function startWatch(): void {
    const controller = new AbortController();
    watch = controller;
    const poll = setInterval(() => void refresh(controller.signal), POLL_MS);
    controller.signal.addEventListener('abort', () => clearInterval(poll));
    const following = followEvents(
      { control, clock, signal: controller.signal, onConnect: () => void refresh(controller.signal) },
      (event) => {
        if (event.name !== 'service.changed' || latest === null) return;
        const { status } = event.payload;
        publish(latest.map((service) => (service.name === status.name ? status : service)));
      },
    );
    watching = Promise.all([refresh(controller.signal), following]);
  }

  return {
    control,
    add(connection) {
      if (connections.size >= MAX_CONNECTIONS) {
        connection.close(TRY_AGAIN_LATER, 'too many connections');
        return false;
      }
      connections.add(connection);
      if (!watch) startWatch();
      else if (latest && connection.permissions.has('services:read')) connection.send({ type: 'services', services: [...latest] });
      else if (announcedLoss) connection.send(lossMessage(null));
      return true;
    },
    remove(connection) {
      connections.delete(connection);
      if (connections.size > 0) return;
      watch?.abort();
      watch = null;
      latest = null;
      announcedLoss = false;
    },
    changed: (topic, bucket) => broadcast({ type: 'changed', topic, bucket }, `${topic}:read`),
    sessionEnded(sessionId) {
      for (const connection of connections) if (connection.sessionId === sessionId) connection.close(POLICY_VIOLATION, 'session ended');
    },
    async close() {
      for (const connection of connections) connection.close(GOING_AWAY, 'server stops');
      watch?.abort();
      await watching;
    },
  };
}

function lossMessage(error: unknown): LiveServerMessage {
  const known = error instanceof SupastorError ? error : null;
  return { type: 'error', code: known?.code ?? 'SJ_SUPERVISOR_UNREACHABLE', message: known?.message ?? 'The supervisor does not answer.' };
}
