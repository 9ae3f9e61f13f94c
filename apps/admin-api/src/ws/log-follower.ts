import { SupastorError } from '@supastor/contract/errors';
import type { LiveServerMessage } from '@supastor/contract/wire/live';
import type { ServiceName } from '@supastor/contract/wire/service-status';
import type { StackControl } from '@supastor/core/stack/stack-control.port';

/** Past this much unsent data log lines are left out. */
const DROP_BYTES = 131_072;
const LOG_TAIL = 100;

export interface LogFollowerOptions {
  readonly control: Pick<StackControl, 'logs'>;
  readonly send: (message: LiveServerMessage) => void;
  /** Bytes that the client has not taken yet. */
  readonly backlog: () => number;
}

/** The log lines that one connection has asked for. */
export class LogFollower {
  readonly #options: LogFollowerOptions;
  #running: AbortController | null = null;
  #dropped = 0;

  constructor(options: LogFollowerOptions) {
    this.#options = options;
  }

  /** Follows these services instead of those before; none: ends. */
  follow(services: readonly ServiceName[]): void {
    this.#running?.abort();
    this.#running = services.length > 0 ? new AbortController() : null;
    if (this.#running) void this.#read(services, this.#running.signal);
  }

  async #read(services: readonly ServiceName[], signal: AbortSignal): Promise<void> {
    try {
      for await (const record of this.#options.control.logs({ services, tail: LOG_TAIL, follow: true }, signal)) {
        if (signal.aborted) return;
        this.#pass({ type: 'log', record });
      }
      if (!signal.aborted) this.#refuse('SJ_SUPERVISOR_UNREACHABLE', 'The log stream ended; ask for it again.');
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof SupastorError) this.#refuse(error.code, error.message);
      else this.#refuse('SJ_INTERNAL', 'The log stream broke; ask for it again.');
    }
  }

  #pass(message: LiveServerMessage): void {
    if (this.#options.backlog() > DROP_BYTES) {
      this.#dropped += 1;
      return;
    }
    if (this.#dropped > 0) this.#refuse('SJ_PARTIAL', `${this.#dropped} log lines were left out because this connection is slow.`);
    this.#dropped = 0;
    this.#options.send(message);
  }

  #refuse(code: string, message: string): void {
    this.#options.send({ type: 'error', code, message });
  }
}
