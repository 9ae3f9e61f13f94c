import { SupastorError } from '@supastor/contract/errors';
import type { LiveServerMessage } from '@supastor/contract/wire/live';
import type { ServiceStatus } from '@supastor/contract/wire/service-status';
import type { Clock, OperationLogger } from '@supastor/core/operations/ports';
import type { StackControl } from '@supastor/core/stack/stack-control.port';
import { followEvents } from './follow-events.ts';

/** While no events arrive states are asked for this often; with events it refreshes memory use. */
const POLL_MS = 5000;

export interface ServiceWatchOptions {
  readonly control: StackControl;
  readonly clock: Clock;
  readonly logger: OperationLogger;
  /** Told the full state whenever it changes, and once when the supervisor is lost. */
  readonly publish: (message: LiveServerMessage) => void;
}

/** Watches the services through the supervisor's events, with polling beside it. */
export interface ServiceWatch {
  start(): void;
  stop(): void;
  /** What a newcomer should be told; null while nothing is known. */
  current(): LiveServerMessage | null;
  /** Resolves when a stopped watch has nothing running any more. */
  settled(): Promise<unknown>;
}

export function createServiceWatch({ control, clock, logger, publish }: ServiceWatchOptions): ServiceWatch {
  let running: AbortController | null = null;
  let work: Promise<unknown> = Promise.resolve();
  let services: readonly ServiceStatus[] | null = null;
  let latest: LiveServerMessage | null = null;

  function say(message: LiveServerMessage): void {
    latest = message;
    publish(message);
  }
  function update(next: readonly ServiceStatus[]): void {
    services = next;
    say({ type: 'services', services: [...next] });
  }
  function lose(error: unknown): void {
    if (!(error instanceof SupastorError)) logger.error({ err: error }, 'service states cannot be read');
    services = null;
    if (latest?.type !== 'error') say(lossOf(error));
  }
  async function refresh(signal: AbortSignal): Promise<void> {
    try {
      const next = await control.status(signal);
      if (!signal.aborted) update(next);
    } catch (error) {
      if (!signal.aborted) lose(error);
    }
  }

  return {
    start() {
      if (running) return;
      const { signal } = (running = new AbortController());
      const poll = setInterval(() => void refresh(signal), POLL_MS);
      signal.addEventListener('abort', () => clearInterval(poll));
      const following = followEvents({ control, clock, signal, onConnect: () => void refresh(signal) }, (event) => {
        if (event.name !== 'service.changed' || services === null) return;
        const { status } = event.payload;
        update(services.map((service) => (service.name === status.name ? status : service)));
      });
      work = Promise.all([refresh(signal), following]);
    },
    stop() {
      running?.abort();
      running = null;
      services = null;
      latest = null;
    },
    current: () => latest,
    settled: () => work,
  };
}

function lossOf(error: unknown): LiveServerMessage {
  const known = error instanceof SupastorError ? error : null;
  return { type: 'error', code: known?.code ?? 'SJ_SUPERVISOR_UNREACHABLE', message: known?.message ?? 'The supervisor does not answer.' };
}
