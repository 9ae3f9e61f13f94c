import type { EventName, EventPayload } from '@supastor/contract/events';
import type { LogLevel, LogRecord } from '@supastor/contract/wire/log-record';
import type { ServiceName, ServiceStatus } from '@supastor/contract/wire/service-status';

export interface LogQuery {
  /** Empty: every service. */
  readonly services: readonly ServiceName[];
  readonly level?: LogLevel;
  /** ISO 8601; only records at or after it. */
  readonly since?: string;
  /** Records from the past to begin with, per query. */
  readonly tail: number;
  /** Stay open and yield new records as they come. */
  readonly follow: boolean;
}

/** An event as it travels, name and payload together. */
export type StackEvent = { [N in EventName]: { readonly name: N; readonly payload: EventPayload<N> } }[EventName];

/** Power over a running stack. Same interface in the supervisor's process and from outside, so callers cannot tell. */
export interface StackControl {
  status(signal?: AbortSignal): Promise<readonly ServiceStatus[]>;
  /** Resolves when the service has reached the wanted state. @throws SJ_SERVICE_UNKNOWN, SJ_SERVICE_START_FAILED, SJ_TRANSITION_REFUSED */
  act(service: ServiceName, action: 'start' | 'stop' | 'restart', signal?: AbortSignal): Promise<ServiceStatus>;
  logs(query: LogQuery, signal?: AbortSignal): AsyncIterable<LogRecord>;
  events(signal?: AbortSignal): AsyncIterable<StackEvent>;
}
