import type { EventName, EventPayload } from '@supastor/contract/events';
import type { Identity } from '../access/identity.ts';
import type { RateVerdict } from '../limits/rate-limiter.ts';

/** Who asks, and from where; every door fills it in. */
export interface Caller {
  readonly identity: Identity | null;
  readonly requestId: string;
  readonly ip: string;
  readonly userAgent: string | null;
  /** Aborted when the caller goes away. */
  readonly signal?: AbortSignal;
  /** Told how much of a limit is used up. */
  readonly onLimit?: (verdict: RateVerdict) => void;
  /** Runs a task once the answer is out; without it the task runs right after the operation. */
  readonly afterAnswer?: (task: () => void) => void;
}

/** What a handler gets besides its input. */
export interface OperationContext<Deps> {
  readonly deps: Deps;
  /** Set for every operation that asks for a permission; null only in open ones. */
  readonly identity: Identity | null;
  readonly caller: Caller;
  /** Aborted on time-out and when the caller goes away. */
  readonly signal: AbortSignal;
  /** Announces a fact; delivered after the outcome is on record, also when the operation fails later. */
  readonly emit: <N extends EventName>(name: N, payload: EventPayload<N>) => void;
  /** Notes the thing acted on before and after, for the audit trail; never secrets. */
  readonly recordChange: (change: { readonly before?: unknown; readonly after?: unknown }) => void;
  /** Runs a task after the answer is out, for changes that would cut the answer off. */
  readonly afterAnswer: (task: () => Promise<void>) => void;
}
