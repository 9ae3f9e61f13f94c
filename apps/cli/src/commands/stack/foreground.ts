import { SupastorError } from '@supastor/contract/errors';
import type { StackEvent } from '@supastor/core/stack/stack-control.port';
import type { CliContext } from '../../context.ts';
import { formatRecord } from './format-record.ts';
import type { ConfiguredStack } from './open-stack.ts';

/**
 * Stays with a running stack: shows what changes and what is logged at warn or worse, brings the supervisor back when it is killed,
 * and stops everything gracefully when interrupted. Without a terminal it does the same until SIGTERM.
 */
export async function followForeground(context: CliContext, stack: ConfiguredStack, repair: () => Promise<unknown>): Promise<number> {
  const { control } = stack.target;
  while (!context.signal.aborted) {
    const ended = new AbortController();
    const signal = AbortSignal.any([context.signal, ended.signal]);
    const logs = showLogs(context, stack, signal);
    const stopped = await showEvents(context, stack, signal);
    ended.abort();
    await logs;
    if (stopped) {
      context.output.progress('The stack was stopped by another command.');
      return 0;
    }
    if (context.signal.aborted) break;
    context.output.warn('the supervisor is gone; starting it again');
    await repair();
  }
  context.output.progress('Stopping ...');
  const startedAt = performance.now();
  await control.shutdown();
  context.output.progress(
    `Stopped in ${((performance.now() - startedAt) / 1000).toFixed(2)} s. Data is kept; start again with supastor up.`,
  );
  return 0;
}

/** True when the stack was stopped on purpose, false when the supervisor went away or we were interrupted. */
async function showEvents({ output }: CliContext, { target }: ConfiguredStack, signal: AbortSignal): Promise<boolean> {
  try {
    for await (const event of target.control.events(signal)) {
      if (event.name === 'stack.stopped') return true;
      const line = describeEvent(event);
      if (line !== null) output.progress(line);
    }
  } catch (error) {
    if (!isDisconnect(error)) throw error;
  }
  return false;
}

async function showLogs({ output }: CliContext, { target }: ConfiguredStack, signal: AbortSignal): Promise<void> {
  try {
    for await (const record of target.control.logs({ services: [], level: 'warn', tail: 0, follow: true }, signal)) {
      output.progress(formatRecord(record, output.style));
    }
  } catch (error) {
    if (!isDisconnect(error)) throw error;
  }
}

function describeEvent(event: StackEvent): string | null {
  if (event.name !== 'service.changed') return null;
  const { service, from, to, status } = event.payload;
  return `${service}: ${from} -> ${to}${status.detail === null ? '' : ` (${status.detail})`}`;
}

function isDisconnect(error: unknown): boolean {
  return error instanceof SupastorError && (error.code === 'SJ_SUPERVISOR_UNREACHABLE' || error.code === 'SJ_INTERRUPTED');
}
