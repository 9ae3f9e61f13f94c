import type { Clock } from '../operations/ports.ts';
import type { EventLog, StoredEvent } from './event-log.port.ts';

export interface MemoryEventLogOptions {
  readonly clock: Clock;
  /** Names the log. */
  readonly logId: string;
  readonly maxEvents?: number;
}

/** Events of this process only, for a server without a database. */
export function createMemoryEventLog({ clock, logId, maxEvents = 5000 }: MemoryEventLogOptions): EventLog {
  const events: StoredEvent[] = [];
  let lastId = 0;
  return {
    async append(drafts) {
      for (const draft of drafts) events.push({ ...draft, id: (lastId += 1), atMs: clock.now() });
      if (events.length > maxEvents) events.splice(0, events.length - maxEvents);
    },
    async read(afterId, limit) {
      const prunedThrough = lastId - events.length;
      const start = Math.max(0, afterId - prunedThrough);
      return { logId, prunedThrough, lastId, events: events.slice(start, start + limit) };
    },
    async prune() {},
  };
}
