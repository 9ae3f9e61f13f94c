import type { CliContext } from '../../context.ts';
/** Runs every check and prints the findings. Returns the exit code: 10 when any check failed. */
export declare function runDoctor(context: CliContext): Promise<number>;
