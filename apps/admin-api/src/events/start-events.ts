import type { AdminDatabase } from '@supastor/adapters/db/admin-database';
import { createEventBus } from '@supastor/core/events/event-bus';
import { createMemoryEventLog } from '@supastor/core/events/memory-event-log';
import { createSharedEvents, type SharedEvents } from '@supastor/core/events/shared-events';
import type { Clock, OperationLogger } from '@supastor/core/operations/ports';
import { createObjectWatch } from './object-watch.ts';

export interface EventsOptions {
  /** Null: events of this process only. */
  readonly database: AdminDatabase | null;
  readonly processId: string;
  readonly clock: Clock;
  readonly logger: OperationLogger;
}

export interface RunningEvents {
  readonly events: SharedEvents;
  /** Begins to look at what others announced and at changes of objects. */
  start(): Promise<void>;
  /** Stores what is not stored yet. */
  stop(): Promise<void>;
}

/** Notifications wake this server; the look in between is for when one is lost with its connection. */
const LOOK_MS = 5000;
const PRUNE_MS = 30_000;

/** The bus of this server, joined with those of the others. */
export function startEvents({ database, processId, clock, logger }: EventsOptions): RunningEvents {
  const log = database?.events ?? createMemoryEventLog({ clock, logId: processId });
  const bus = createEventBus({ onHandlerError: (event, error) => logger.error({ err: error, event }, 'an event handler failed') });
  const events = createSharedEvents({ bus, log, origin: processId, logger });
  const objects = createObjectWatch({
    feed: database?.objectFeed ?? null,
    onChanged: (bucket) => events.emit('object.changed', { bucket }),
    onError: (error) => logger.warn({ err: error }, 'object changes cannot be read'),
  });
  const prune = () => void log.prune().catch((error: unknown) => logger.debug({ err: error }, 'old events cannot be removed yet'));
  const timers: NodeJS.Timeout[] = [];
  return {
    events,
    async start() {
      timers.push(
        setInterval(() => void events.wake(), LOOK_MS),
        setInterval(prune, PRUNE_MS),
      );
      await events.wake();
      objects.start();
    },
    async stop() {
      for (const timer of timers) clearInterval(timer);
      objects.stop();
      await Promise.all([events.stop(), objects.settled()]);
    },
  };
}
