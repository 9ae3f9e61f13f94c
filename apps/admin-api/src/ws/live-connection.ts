import type { WebSocket } from '@fastify/websocket';
import { SupastorError } from '@supastor/contract/errors';
import { VERSION } from '@supastor/contract/version';
import { type LiveClientMessage, type LiveServerMessage, liveClientMessageSchema, MAX_TOPICS } from '@supastor/contract/wire/live';
import { parseTopic, type TopicPattern } from '@supastor/contract/wire/topic';
import { holds } from '@supastor/core/access/grant';
import type { Identity } from '@supastor/core/access/identity';
import { EventFollower } from '@supastor/core/events/event-follower';
import type { StoredEvent } from '@supastor/core/events/event-log.port';
import type { SharedEvents } from '@supastor/core/events/shared-events';
import { mayListen, type VisibleEvent } from '@supastor/core/events/topics';
import type { StackControl } from '@supastor/core/stack/stack-control.port';
import { setTimeout as sleep } from 'node:timers/promises';
import { LogFollower } from './log-follower.ts';

/** Unsent data past which a client is cut off: it may come back and resume. */
const SLOW_BYTES = 262_144;
/** While it catches up, a client is given more once it has taken what it was sent. */
const ROOM_BYTES = 65_536;
const CATCH_UP_PATIENCE_MS = 15_000;
const CLOSE_GRACE_MS = 1000;
const MAX_MESSAGES_PER_WINDOW = 60;
const WINDOW_MS = 10_000;
const HEARTBEAT_MS = 25_000;
const CHECK_MS = 30_000;
const POLICY_VIOLATION = 1008;
/** The client connects again, as whoever it is then. */
const COME_AGAIN = 1012;
const TRY_AGAIN_LATER = 1013;
const CHANGED = 'what you hold has changed';

export interface LiveConnectionOptions {
  readonly socket: Pick<WebSocket, 'send' | 'ping' | 'close' | 'terminate' | 'bufferedAmount' | 'readyState' | 'OPEN'>;
  readonly identity: Identity;
  readonly ip: string;
  /** Who the client is by now; null when it may not be here any more. */
  readonly identify: () => Promise<Identity | null>;
  readonly control: Pick<StackControl, 'logs'>;
  readonly events: Pick<SharedEvents, 'position' | 'read'>;
  /** It began or ceased to want the states of services. */
  readonly onServices: (connection: LiveConnection) => void;
}

/** One client of the live channel. */
export class LiveConnection {
  readonly identity: Identity;
  readonly ip: string;
  readonly #options: LiveConnectionOptions;
  readonly #topics = new Map<string, TopicPattern>();
  readonly #follower: EventFollower;
  readonly #logs: LogFollower;
  #windowStartMs = 0;
  #received = 0;
  #isAlive = true;
  #nextBeatMs: number;
  #nextCheckMs: number;
  #saidPosition: string | null = null;
  #isClosing = false;

  constructor(options: LiveConnectionOptions) {
    const { identity, events, control } = options;
    this.#options = options;
    this.identity = identity;
    this.ip = options.ip;
    const now = Date.now();
    // Not all at the same time.
    this.#nextBeatMs = now + HEARTBEAT_MS * (0.5 + Math.random() / 2);
    this.#nextCheckMs = now + CHECK_MS * (0.5 + Math.random() / 2);
    this.#logs = new LogFollower({ control, send: (message) => this.send(message), backlog: () => options.socket.bufferedAmount });
    this.#follower = new EventFollower({ events, reader: identity, sink: this });
    this.send({ type: 'hello', version: VERSION, position: this.#follower.position });
  }

  /** Whether it listens to the states of services, and may. */
  get wantsServices(): boolean {
    for (const { noun } of this.#topics.values()) if (noun === 'services' || noun === null) return holds(this.identity, 'services:read');
    return false;
  }

  send(message: LiveServerMessage): void {
    this.sendText(JSON.stringify(message));
  }

  /** Sends a message that is already serialised; a client that does not read what it is sent is cut off. */
  sendText(text: string): void {
    const { socket } = this.#options;
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > SLOW_BYTES) this.close(TRY_AGAIN_LATER, 'too slow; resume from your last position');
    else socket.send(text);
  }

  receive(text: string): void {
    if (this.#isTooFast()) return this.close(POLICY_VIOLATION, 'too many messages');
    const message = liveClientMessageSchema.safeParse(parseJson(text));
    if (message.success) return this.#obey(message.data);
    const [issue] = message.error.issues;
    const where = issue && issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
    return this.#refuse('SJ_INPUT_INVALID', `The message cannot be used. ${where}${issue?.message ?? ''}`);
  }

  /** An event of the stream. */
  offer(event: StoredEvent): void {
    this.#follower.offer(event);
  }

  /** Part of the stream is lost to this server. */
  restart(): void {
    this.#follower.restart();
  }

  pong(): void {
    this.#isAlive = true;
  }

  /** Called about every second: heartbeat, end of the session, and a look at whether the client still may what it could. */
  tick(nowMs: number): void {
    const { socket } = this.#options;
    if (this.identity.expiresAtMs <= nowMs) return this.close(POLICY_VIOLATION, 'session expired');
    if (nowMs >= this.#nextCheckMs) {
      this.#nextCheckMs = nowMs + CHECK_MS;
      // Revocations are announced, this look only stands behind them: it may fail.
      void this.#check(() => undefined);
    }
    if (nowMs < this.#nextBeatMs) return;
    this.#nextBeatMs = nowMs + HEARTBEAT_MS;
    if (!this.#isAlive) return socket.terminate();
    this.#isAlive = false;
    socket.ping();
    const { position } = this.#follower;
    if (this.#follower.hasStarted && position !== null && position !== this.#saidPosition) this.send({ type: 'position', position });
    this.#saidPosition = position;
  }

  /**
   * What the client holds may have changed: it is closed unless it holds the same. Of one change several notices come, and a client
   * that has come again after the first is left alone by the others.
   */
  recheck(): void {
    void this.#check(() => this.close(COME_AGAIN, CHANGED));
  }

  close(code: number, reason: string): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.release();
    const { socket } = this.#options;
    socket.close(code, reason);
    // A client that reads nothing never answers the close; it must not hold up a stop.
    setTimeout(() => socket.terminate(), CLOSE_GRACE_MS).unref();
  }

  /** Ends what the connection has running; called when the socket is gone. */
  release(): void {
    this.#isClosing = true;
    this.#logs.follow([]);
  }

  /** Of the follower. */
  event(visible: VisibleEvent, event: StoredEvent, position: string): void {
    this.#saidPosition = position;
    this.sendText(textOf(visible, event, position));
  }

  /** Of the follower. */
  reload(reason: 'too-old' | 'lost'): void {
    this.send({ type: 'reload', reason, position: this.#follower.position });
  }

  /** Of the follower. */
  async ready(): Promise<void> {
    const { socket } = this.#options;
    const deadlineMs = Date.now() + CATCH_UP_PATIENCE_MS;
    while (socket.bufferedAmount > ROOM_BYTES) {
      if (this.#isClosing || Date.now() > deadlineMs) {
        this.close(TRY_AGAIN_LATER, 'too slow; resume from your last position');
        throw new SupastorError('SJ_INTERRUPTED', 'The client does not read.');
      }
      await sleep(20);
    }
  }

  #obey(message: LiveClientMessage): void {
    if (message.type === 'ping') return this.send({ type: 'pong' });
    if (message.type === 'follow-logs') {
      if (message.services.length > 0 && !holds(this.identity, 'services:read')) {
        return this.#refuse('SJ_FORBIDDEN', 'Logs need the permission services:read.');
      }
      return this.#logs.follow(message.services);
    }
    if (message.type === 'unsubscribe') for (const topic of message.topics) this.#topics.delete(topic);
    else if (message.after !== undefined && this.#follower.hasStarted) {
      return this.#refuse('SJ_INPUT_INVALID', 'after: only the first subscribe of a connection can resume.');
    } else this.#subscribe(message.topics, message.after ?? null);
    this.#follower.patterns = [...this.#topics.values()];
    this.#options.onServices(this);
    return undefined;
  }

  #subscribe(topics: readonly string[], after: string | null): void {
    const refused: { topic: string; code: string; message: string }[] = [];
    for (const topic of topics) {
      const pattern = parseTopic(topic);
      const refusal = pattern && refusalOf(this.identity, pattern);
      if (refusal) refused.push({ topic, ...refusal });
      else if (pattern && this.#topics.size < MAX_TOPICS) this.#topics.set(topic, pattern);
      else refused.push({ topic, code: 'SJ_INPUT_INVALID', message: `A connection listens to at most ${MAX_TOPICS} topics.` });
    }
    this.#follower.patterns = [...this.#topics.values()];
    this.send({ type: 'subscribed', topics: [...this.#topics.keys()], refused, position: after ?? this.#follower.position });
    if (!this.#follower.hasStarted) void this.#follower.start(after);
  }

  async #check(onUnknown: () => void): Promise<void> {
    try {
      const identity = await this.#options.identify();
      if (!identity) this.close(POLICY_VIOLATION, 'session ended');
      else if (!isDeepSame(identity, this.identity)) this.close(COME_AGAIN, CHANGED);
    } catch {
      onUnknown();
    }
  }

  #refuse(code: string, message: string): void {
    this.send({ type: 'error', code, message });
  }

  #isTooFast(): boolean {
    const now = performance.now();
    if (now - this.#windowStartMs > WINDOW_MS) {
      this.#windowStartMs = now;
      this.#received = 0;
    }
    this.#received += 1;
    return this.#received > MAX_MESSAGES_PER_WINDOW;
  }
}

function refusalOf(identity: Identity, pattern: TopicPattern): { code: string; message: string } | null {
  const verdict = mayListen(identity, pattern);
  if (verdict === 'lacks') return { code: 'SJ_FORBIDDEN', message: `This needs the permission ${pattern.noun}:read.` };
  if (verdict === 'out-of-reach') return { code: 'SJ_NOT_FOUND', message: 'There is no such bucket.' };
  return null;
}

/** Whether both hold the same. */
function isDeepSame(one: Identity, other: Identity): boolean {
  return one.grants === other.grants || plainGrants(one) === plainGrants(other);
}

function plainGrants({ grants }: Identity): string {
  return JSON.stringify(grants.map(({ permissions, scope }) => [[...permissions].toSorted(), scope]));
}

const texts = new WeakMap<StoredEvent, string>();

/** The message for an event; those who see all of it get the same text. */
function textOf({ topic, payload }: VisibleEvent, event: StoredEvent, position: string): string {
  const isWhole = payload === event.payload;
  const known = isWhole ? texts.get(event) : undefined;
  if (known !== undefined) return known;
  const message: LiveServerMessage = { type: 'event', position, topic, at: new Date(event.atMs).toISOString(), payload };
  const text = JSON.stringify(message);
  if (isWhole) texts.set(event, text);
  return text;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
