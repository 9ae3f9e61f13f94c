import type { CliContext } from '../../context.ts';

/** @returns the exit code */
export function runDoctor(_context: CliContext): Promise<number> {
  return Promise.resolve(0);
}
