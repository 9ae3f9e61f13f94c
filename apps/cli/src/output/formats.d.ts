import type { Command } from 'commander';
import { type OutputFormat } from '../context.ts';
/** Lets one command take more formats than all commands do; its action finds the name in `output.extraFormat`. */
export declare function acceptFormats(command: Command, formats: readonly string[]): Command;
export interface ChosenFormat {
    readonly format: OutputFormat;
    readonly extraFormat: string | null;
}
/** The format a command writes in. @throws SJ_USAGE when the command does not have it */
export declare function chooseFormat(name: string | undefined, command: Command): ChosenFormat;
/** The format named on the command line, read without parsing it; for errors that come before or from parsing. */
export declare function peekFormat(argv: readonly string[]): OutputFormat;
