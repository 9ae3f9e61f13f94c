/** An event as it is kept. Ids have no gaps and are in the order in which events became visible. */
export interface StoredEvent {
  readonly id: number;
  /** A server of another version may know more names than this one. */
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly atMs: number;
  /** The process that announced it. */
  readonly origin: string;
}

export type EventDraft = Pick<StoredEvent, 'name' | 'payload' | 'origin'>;

export interface EventPage {
  /** Names this log; another id means that its numbers start anew. */
  readonly logId: string;
  /** Events up to this one are gone. */
  readonly prunedThrough: number;
  /** The newest event; 0: there was none yet. */
  readonly lastId: number;
  readonly events: readonly StoredEvent[];
}

/** The events of all servers, in one order, for a while. */
export interface EventLog {
  /** Adds all or none, and wakes the other servers. */
  append(drafts: readonly EventDraft[]): Promise<void>;
  /** Events after `afterId`, oldest first. */
  read(afterId: number, limit: number): Promise<EventPage>;
  /** Removes what is older or more than is kept. */
  prune(): Promise<void>;
}
