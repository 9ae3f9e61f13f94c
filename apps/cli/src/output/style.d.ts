import type { Style } from '../context.ts';
type Env = Readonly<Record<string, string | undefined>>;
/** Whether to colour: `--no-color` and NO_COLOR say no, FORCE_COLOR says yes, else a terminal outside CI does. */
export declare function wantsColor(options: {
    readonly noColor: boolean;
    readonly isTty: boolean;
    readonly env: Env;
}): boolean;
/** Whether a continuous-integration system runs us: nobody is there to answer. */
export declare function isCi(env: Env): boolean;
/** Colour functions; each returns its input unchanged when colour is off. */
export declare function createStyle(color: boolean): Style;
export {};
