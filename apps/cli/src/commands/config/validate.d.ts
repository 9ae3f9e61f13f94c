import type { CliContext } from '../../context.ts';
/**
 * Checks the environment asked for, or with `all` every environment of the file, and says so when nothing is wrong.
 * @throws SJ_CONFIG_INVALID with every mistake
 */
export declare function validateConfig(context: CliContext, all: boolean): Promise<void>;
