import type { RegisterCommand } from '../../context.ts';
export interface InitFlags {
    readonly dev?: boolean;
    readonly prod?: boolean;
    readonly force?: boolean;
    readonly name?: string;
}
/** `supastor init` */
export declare const registerInit: RegisterCommand;
