import type { OperationLogger } from '../operations/ports.ts';
import type { EventDraft, EventLog } from './event-log.port.ts';

export interface OutboxOptions {
  readonly log: Pick<EventLog, 'append'>;
  readonly logger: OperationLogger;
  readonly onStored: () => void;
}

/** Events of this process on their way into the log. */
export interface Outbox {
  add(draft: EventDraft): void;
  /** One last attempt to store what waits. */
  stop(): Promise<void>;
}

const BATCH = 500;
const MAX_WAITING = 10_000;
const RETRY_MS = 1000;

/** Stores events in batches and in order. While the log is out of reach they wait; past a limit the oldest go, and that is told. */
export function createOutbox({ log, logger, onStored }: OutboxOptions): Outbox {
  const waiting: EventDraft[] = [];
  let lost = 0;
  let running: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  async function storeBatch(): Promise<void> {
    const batch = waiting.splice(0, BATCH);
    const [first] = batch;
    if (!first) return;
    const told = lost;
    try {
      await log.append(told > 0 ? [{ name: 'events.lost', payload: { count: told }, origin: first.origin }, ...batch] : batch);
    } catch (error) {
      waiting.unshift(...batch);
      throw error;
    }
    lost -= told;
    onStored();
  }

  async function store(): Promise<void> {
    try {
      while (waiting.length > 0) await storeBatch();
    } catch (error) {
      logger.debug({ err: error, waiting: waiting.length }, 'events cannot be stored yet');
      if (!isStopped) timer = setTimeout(start, RETRY_MS);
    } finally {
      // In the same turn as the last look at what waits, so that nothing added since is left behind.
      running = null;
    }
  }

  function start(): void {
    clearTimeout(timer);
    running ??= store();
  }

  return {
    add(draft) {
      waiting.push(draft);
      if (waiting.length > MAX_WAITING) {
        waiting.shift();
        if (lost === 0) logger.warn({ limit: MAX_WAITING }, 'events are lost because they cannot be stored');
        lost += 1;
      }
      start();
    },
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await running;
      if (waiting.length === 0) return;
      start();
      await running;
    },
  };
}
