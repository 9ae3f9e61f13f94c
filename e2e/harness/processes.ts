import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

const READY_TIMEOUT_MS = 60_000;
const POLL_MS = 100;

/** Whether a process has ended. */
export function isGone({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** Sends a signal and waits until the process is gone. */
export function endOf(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (isGone(child)) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill(signal);
  });
}

/** Asks a URL until it answers well. @throws naming `what` it is when it does not within a minute, or has ended; it is killed then */
export async function untilReady(child: ChildProcess, url: string, what: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < READY_TIMEOUT_MS && !isGone(child); waitedMs += POLL_MS) {
    const response = await fetch(url).catch(() => null);
    await response?.text();
    if (response?.ok === true) return;
    await sleep(POLL_MS);
  }
  await endOf(child, 'SIGKILL');
  throw new Error(`${what} did not become ready`);
}
