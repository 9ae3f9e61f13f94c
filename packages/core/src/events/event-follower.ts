import type { TopicPattern } from '@supastor/contract/wire/topic';
import type { GrantHolder } from '../access/grant.ts';
import type { StoredEvent } from './event-log.port.ts';
import { formatPosition, parsePosition } from './position.ts';
import type { SharedEvents } from './shared-events.ts';
import { viewFor, type VisibleEvent } from './topics.ts';

/** What a follower is told. */
export interface FollowerSink {
  event(visible: VisibleEvent, event: StoredEvent, position: string): void;
  /** Some events cannot be told any more. */
  reload(reason: 'too-old' | 'lost'): void;
  /** Resolves when there is room for more of the past; rejects when the reader is gone. */
  ready(): Promise<void>;
}

export interface FollowerOptions {
  readonly events: Pick<SharedEvents, 'position' | 'read'>;
  readonly reader: GrantHolder;
  readonly sink: FollowerSink;
}

/** One reader of the stream: first what it has missed, then what happens, each event once and in order. */
export class EventFollower {
  patterns: readonly TopicPattern[] = [];
  readonly #options: FollowerOptions;
  #logId: string | null = null;
  /** The last event that was looked at; null: listens to nothing yet. */
  #cursor: number | null = null;
  #isCatchingUp = false;

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  get hasStarted(): boolean {
    return this.#cursor !== null;
  }

  /** Where to resume; null while the stream cannot be read. */
  get position(): string | null {
    if (this.#cursor !== null && this.#logId !== null) return formatPosition(this.#logId, this.#cursor);
    const now = this.#options.events.position();
    return now && formatPosition(now.logId, now.id);
  }

  /** Begins at a position that this class gave out before, or now. Resolves when it has caught up; never rejects. */
  async start(after: string | null): Promise<void> {
    const now = this.#options.events.position();
    const from = after === null ? null : parsePosition(after);
    this.#logId = now?.logId ?? null;
    this.#cursor = now?.id ?? 0;
    if (after === null) return;
    if (!now || !from || from.logId !== now.logId || from.id > now.id) return this.#options.sink.reload('too-old');
    this.#cursor = from.id;
    await this.#catchUp();
  }

  /** An event of the stream, in its order. */
  offer(event: StoredEvent): void {
    if (this.#cursor === null || this.#isCatchingUp || event.id <= this.#cursor) return;
    this.#look(event);
  }

  /** The stream went on elsewhere. */
  restart(): void {
    if (this.#cursor === null) return;
    const now = this.#options.events.position();
    this.#logId = now?.logId ?? null;
    this.#cursor = now?.id ?? 0;
    this.#options.sink.reload('lost');
  }

  async #catchUp(): Promise<void> {
    const { events, sink } = this.#options;
    this.#isCatchingUp = true;
    try {
      // No pause between the last comparison and the end: what comes after is offered.
      while ((this.#cursor ?? 0) < (events.position()?.id ?? 0)) {
        const page = await events.read(this.#cursor ?? 0);
        if (page.prunedThrough > (this.#cursor ?? 0)) {
          this.#cursor = events.position()?.id ?? 0;
          return sink.reload('too-old');
        }
        for (const event of page.events) {
          if (event.id > (this.#cursor ?? 0)) this.#look(event);
        }
        await sink.ready();
      }
    } catch {
      this.#cursor = events.position()?.id ?? 0;
      sink.reload('lost');
    } finally {
      this.#isCatchingUp = false;
    }
  }

  #look(event: StoredEvent): void {
    const { reader, sink } = this.#options;
    this.#cursor = event.id;
    const visible = viewFor(reader, this.patterns, event);
    if (visible) sink.event(visible, event, formatPosition(this.#logId ?? '', event.id));
  }
}
