import type { CliContext } from '../../context.ts';
/** Prints what runs: the program, Node.js, the platform, the bundled Postgres (null when this platform has none). */
export declare function showVersion({ output }: CliContext): Promise<void>;
