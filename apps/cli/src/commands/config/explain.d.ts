import type { CliContext } from '../../context.ts';
/** Prints where the settings at or below `path` came from. Secrets are always masked. */
export declare function explainConfig(context: CliContext, path: string): Promise<void>;
