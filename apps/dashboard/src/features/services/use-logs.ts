import type { ServiceName } from '@supastor/contract/wire/service-status';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { call } from '../../api/call.ts';
import { live } from '../../api/live.ts';
import { operations } from '../../api/operations.ts';
import { LogBuffer, type LogLine } from './log-buffer.ts';

const MAX_LINES = 2000;
const PAST_LINES = 500;
const FLUSH_EVERY_MS = 200;

export interface Logs {
  readonly lines: readonly LogLine[];
  /** The last lines could not be read for this reason; new ones may still come. */
  readonly error: unknown;
  readonly loading: boolean;
  clear(): void;
}

/** The last lines of the services and every new one while the page is open. */
export function useLogs(services: readonly ServiceName[]): Logs {
  const [buffer] = useState(() => new LogBuffer(MAX_LINES));
  const [past, setPast] = useState<{ readonly loading: boolean; readonly error: unknown }>({ loading: true, error: null });
  const lines = useSyncExternalStore(buffer.subscribe, buffer.getLines);
  useEffect(() => {
    const abort = new AbortController();
    const readPast = () =>
      seedAll(buffer, services, abort.signal).then(
        () => setPast({ loading: false, error: null }),
        (error: unknown) => abort.signal.aborted || setPast({ loading: false, error }),
      );
    const unlisten = live.listen({
      message: (message) => message.type === 'log' && buffer.push(message.record),
      // Lines written while the connection was down are read once it is back.
      state: (state) => state === 'open' && void readPast(),
    });
    const timer = setInterval(() => buffer.flush(), FLUSH_EVERY_MS);
    live.followLogs(services);
    void readPast();
    return () => {
      abort.abort();
      clearInterval(timer);
      unlisten();
      live.followLogs([]);
    };
  }, [buffer, services]);
  return { lines, ...past, clear: () => buffer.clear() };
}

async function seedAll(buffer: LogBuffer, services: readonly ServiceName[], signal: AbortSignal): Promise<void> {
  const answers = await Promise.all(services.map((service) => call(operations.servicesLogs, { service, tail: PAST_LINES }, signal)));
  buffer.addPast(answers.flatMap((answer) => answer.records));
}
