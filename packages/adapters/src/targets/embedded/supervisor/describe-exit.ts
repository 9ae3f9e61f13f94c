import type { ExitInfo } from '../process-handle.ts';

/** How a process ended, as the end of a sentence about its service. */
export function describeExit({ code, signal }: ExitInfo, whileStarting: boolean): string {
  const when = whileStarting ? ' while starting' : '';
  if (signal === 'SIGKILL') return `was killed (SIGKILL)${when}; the system may have run out of memory`;
  if (signal !== null) return `was ended by ${signal}${when}`;
  if (code === null) return `ended${when}`;
  return code === 0 ? `exited by itself${when}` : `exited with code ${code}${when}`;
}
