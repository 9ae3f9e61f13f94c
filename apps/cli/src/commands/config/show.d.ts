import type { CliContext } from '../../context.ts';
/** Prints the configuration in force: YAML as text, else `{environment, config}`. */
export declare function showConfig(context: CliContext, revealSecrets: boolean): Promise<void>;
