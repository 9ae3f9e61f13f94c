import type { Output, Style } from '../context.ts';
import type { ChosenFormat } from './formats.ts';
/** Where text goes; a process stream fits. */
export interface Sink {
    write(text: string): unknown;
}
export interface OutputOptions extends ChosenFormat {
    readonly stdout: Sink;
    readonly stderr: Sink;
    readonly style: Style;
    readonly errorStyle: Style;
    /** No progress lines. */
    readonly quiet: boolean;
}
/** The one way a command writes. Secrets print as `***` because their `toJSON` and `toString` do. */
export declare function createOutput({ format, extraFormat, stdout, stderr, style, errorStyle, quiet }: OutputOptions): Output;
