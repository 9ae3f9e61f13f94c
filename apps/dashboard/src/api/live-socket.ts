import type { LiveClientMessage, LiveServerMessage } from '@supastor/contract/wire/live';
import type { ServiceName } from '@supastor/contract/wire/service-status';

export type LiveState = 'closed' | 'connecting' | 'open' | 'waiting';

/** The part of a WebSocket used here. */
export interface SocketLike {
  send(text: string): void;
  close(): void;
}

export interface SocketEvents {
  opened(): void;
  received(data: unknown): void;
  closed(): void;
}

export interface LiveSocketDeps {
  /** Starts to connect; tells of what happens through `events`, never before it has returned. */
  open(events: SocketEvents): SocketLike;
  /** Runs `task` after `delayMs`; returns its canceller. */
  later(task: () => void, delayMs: number): () => void;
  /** 0 to 1, for jitter. */
  random(): number;
  /** What the page listens to, as far as whoever is signed in may. */
  readonly topics: readonly string[];
}

export interface LiveListener {
  message?(message: LiveServerMessage): void;
  state?(state: LiveState): void;
}

const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 15_000;
const PING_EVERY_MS = 25_000;

/** Delay before the given attempt (from 1): doubles up to a limit, with a random half so that clients spread out. */
export function reconnectDelayMs(attempt: number, random: number): number {
  const full = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1));
  return full / 2 + (full / 2) * random;
}

/** The one live connection of the page: reconnects until stopped, resumes where it was, and repeats what it follows. */
export class LiveSocket {
  readonly #deps: LiveSocketDeps;
  readonly #listeners = new Set<LiveListener>();
  #socket: SocketLike | null = null;
  #state: LiveState = 'closed';
  #attempt = 0;
  #followed: readonly ServiceName[] = [];
  /** Everything up to here has been told; null: nothing yet. */
  #position: string | null = null;
  #cancelTimer: () => void = () => {};

  constructor(deps: LiveSocketDeps) {
    this.#deps = deps;
  }

  get state(): LiveState {
    return this.#state;
  }

  /** Connects unless already at it. */
  start(): void {
    if (this.#state === 'closed') this.#connect();
  }

  /** Closes the connection and stays closed until the next start. */
  stop(): void {
    this.#cancelTimer();
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.#attempt = 0;
    this.#position = null;
    this.#move('closed');
  }

  /** Skips what is left of a reconnect delay, for example when the browser is back online. */
  retryNow(): void {
    if (this.#state === 'waiting') this.#connect();
  }

  /** Asks for the log lines of these services, instead of those asked for before. */
  followLogs(services: readonly ServiceName[]): void {
    this.#followed = services;
    if (this.#state === 'open') this.#send({ type: 'follow-logs', services: [...services] });
  }

  /** Returns the unsubscriber. */
  listen(listener: LiveListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #connect(): void {
    this.#cancelTimer();
    this.#move('connecting');
    // What an abandoned socket still has to say is of no interest.
    const current = (task: () => void) => () => {
      if (this.#socket === socket) task();
    };
    const socket: SocketLike = this.#deps.open({
      opened: current(() => this.#opened()),
      received: (data) => current(() => this.#received(data))(),
      closed: current(() => this.#reconnectLater()),
    });
    this.#socket = socket;
  }

  #opened(): void {
    this.#attempt = 0;
    this.#move('open');
    this.#send({ type: 'subscribe', topics: [...this.#deps.topics], ...(this.#position !== null && { after: this.#position }) });
    if (this.#followed.length > 0) this.#send({ type: 'follow-logs', services: [...this.#followed] });
    this.#ping();
  }

  #received(data: unknown): void {
    const message = parseMessage(data);
    if (message === null) return;
    if ('position' in message && message.type !== 'hello') this.#position = message.position;
    for (const listener of this.#listeners) listener.message?.(message);
  }

  #reconnectLater(): void {
    this.#cancelTimer();
    this.#socket = null;
    this.#attempt += 1;
    this.#cancelTimer = this.#deps.later(() => this.#connect(), reconnectDelayMs(this.#attempt, this.#deps.random()));
    this.#move('waiting');
  }

  #ping(): void {
    this.#cancelTimer = this.#deps.later(() => {
      this.#send({ type: 'ping' });
      this.#ping();
    }, PING_EVERY_MS);
  }

  #send(message: LiveClientMessage): void {
    this.#socket?.send(JSON.stringify(message));
  }

  #move(state: LiveState): void {
    if (this.#state === state) return;
    this.#state = state;
    for (const listener of this.#listeners) listener.state?.(state);
  }
}

const MESSAGE_TYPES: ReadonlySet<unknown> = new Set<LiveServerMessage['type']>([
  'hello',
  'subscribed',
  'event',
  'position',
  'reload',
  'services',
  'log',
  'error',
]);

/** A message of a kind this page knows, else null: a newer server may say more. */
function parseMessage(data: unknown): LiveServerMessage | null {
  if (typeof data !== 'string') return null;
  try {
    const value: unknown = JSON.parse(data);
    return isMessage(value) ? value : null;
  } catch {
    return null;
  }
}

function isMessage(value: unknown): value is LiveServerMessage {
  return typeof value === 'object' && value !== null && 'type' in value && MESSAGE_TYPES.has(value.type);
}
