import type { CliContext } from '../../context.ts';
import type { InitFlags } from './init.command.ts';
/** Makes a project in the chosen directory; asks for what a person may want to decide, when there is one. */
export declare function runInit(context: CliContext, flags: InitFlags): Promise<void>;
