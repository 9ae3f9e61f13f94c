import { type EventName, type EventPayload, isEventName, isPayloadOf } from '@supastor/contract/events';
import type { OperationLogger } from '../operations/ports.ts';
import type { EventBus } from './event-bus.ts';
import { createOutbox } from './event-outbox.ts';
import type { EventLog, EventPage, StoredEvent } from './event-log.port.ts';
import { isShared, shorten } from './topics.ts';

export interface SharedEventsOptions {
  /** Handlers of this process. */
  readonly bus: EventBus;
  readonly log: EventLog;
  /** Id of this process. */
  readonly origin: string;
  readonly logger: OperationLogger;
}

/** Follows the stream of all servers. */
export interface StreamListener {
  /** Each event once, in order, those of this process among them. */
  event(event: StoredEvent): void;
  /** Some events cannot be told: they are gone, or the log is another one. */
  lost(): void;
}

/** The bus of this process, joined with those of all others: what one emits, every one hears once. */
export interface SharedEvents extends EventBus {
  /** Looks for new events; called when there are some, and from time to time in case nobody said so. */
  wake(): Promise<void>;
  /** Returns its own unsubscriber. */
  follow(listener: StreamListener): () => void;
  /** The last event that listeners were told; null while the log was never reached. */
  position(): { readonly logId: string; readonly id: number } | null;
  /** Events after one, out of memory when they are recent. */
  read(afterId: number): Promise<Pick<EventPage, 'prunedThrough' | 'events'>>;
  /** Stores what is not stored yet. */
  stop(): Promise<void>;
}

const PAGE = 500;
const REMEMBERED = 2000;

/** @returns a bus whose `emit` runs local handlers at once; others hear of it, and streams are told, once it is stored. */
export function createSharedEvents({ bus, log, origin, logger }: SharedEventsOptions): SharedEvents {
  const listeners = new Set<StreamListener>();
  const recent: StoredEvent[] = [];
  let position: { readonly logId: string; readonly id: number } | null = null;
  let reading: Promise<void> | null = null;
  let isAgain = false;
  const outbox = createOutbox({ log, logger, onStored: () => void wake() });

  function tell(event: StoredEvent): void {
    const { name, payload } = event;
    if (event.origin !== origin && isEventName(name) && isPayloadOf(name, payload)) bus.emit(name, payload);
    if (name === 'events.lost') for (const listener of listeners) listener.lost();
    else for (const listener of listeners) listener.event(event);
  }

  function startAt(logId: string, id: number): void {
    position = { logId, id };
    recent.length = 0;
    for (const listener of listeners) listener.lost();
  }

  /** Reads one page; whether there may be more. */
  async function readPage(): Promise<boolean> {
    const afterId = position?.id ?? Number.MAX_SAFE_INTEGER;
    const page = await log.read(afterId, PAGE);
    if (position?.logId !== page.logId || page.lastId < afterId) return (startAt(page.logId, page.lastId), false);
    if (page.prunedThrough > afterId) return (startAt(page.logId, page.prunedThrough), true);
    for (const event of page.events) {
      position = { logId: page.logId, id: event.id };
      recent.push(event);
      tell(event);
    }
    if (recent.length > REMEMBERED) recent.splice(0, recent.length - REMEMBERED);
    return page.events.length === PAGE;
  }

  async function readAll(): Promise<void> {
    try {
      do {
        isAgain = false;
        while (await readPage());
      } while (isAgain);
    } catch (error) {
      logger.debug({ err: error }, 'events cannot be read yet');
    } finally {
      // In the same turn as the last look at `isAgain`, so that no call is left unheard.
      reading = null;
    }
  }

  async function wake(): Promise<void> {
    isAgain = true;
    reading ??= readAll();
    await reading;
  }

  return {
    on: (name, handler) => bus.on(name, handler),
    off: (name, handler) => bus.off(name, handler),
    emit<N extends EventName>(name: N, payload: EventPayload<N>): void {
      bus.emit(name, payload);
      if (isShared(name)) outbox.add({ name, payload: shorten(name, payload), origin });
    },
    wake,
    follow(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    position: () => position,
    async read(afterId) {
      const [oldest] = recent;
      if (oldest && oldest.id <= afterId + 1) {
        return { prunedThrough: 0, events: recent.slice(afterId + 1 - oldest.id).slice(0, PAGE) };
      }
      return log.read(afterId, PAGE);
    },
    async stop() {
      await outbox.stop();
      await reading;
    },
  };
}
