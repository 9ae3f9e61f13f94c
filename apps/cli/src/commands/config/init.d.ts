import type { CliContext } from '../../context.ts';
/** Writes a starter supastor.config.yaml without touching secrets. @throws SJ_CONFIG_EXISTS */
export declare function initConfig(context: CliContext, flags: {
    readonly force?: boolean;
    readonly name?: string;
}): Promise<void>;
