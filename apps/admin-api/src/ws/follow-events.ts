import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@supastor/core/operations/ports';
import type { StackControl, StackEvent } from '@supastor/core/stack/stack-control.port';

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 10_000;
/** A stream that held this long counts as healthy: the next break starts with a short delay again. */
const SETTLED_MS = 10_000;

export interface FollowOptions {
  readonly control: Pick<StackControl, 'events'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called before each attempt after a break, to catch up with what was missed. */
  readonly onConnect: () => void;
}

/** Hands over the supervisor's events until the signal is aborted, reconnecting with growing delays. Never rejects. */
export async function followEvents(
  { control, clock, signal, onConnect }: FollowOptions,
  onEvent: (event: StackEvent) => void,
): Promise<void> {
  let delayMs = FIRST_DELAY_MS;
  while (!signal.aborted) {
    const startedMs = clock.now();
    try {
      for await (const event of control.events(signal)) onEvent(event);
    } catch {
      // The polling beside this stream reports that the supervisor is away; here only the next attempt matters.
    }
    if (signal.aborted) return;
    delayMs = clock.now() - startedMs > SETTLED_MS ? FIRST_DELAY_MS : Math.min(delayMs * 2, LONGEST_DELAY_MS);
    await sleep(delayMs, undefined, { signal }).catch(() => undefined);
    if (!signal.aborted) onConnect();
  }
}
