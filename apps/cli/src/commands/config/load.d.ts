import type { LoadedConfig } from '@supastor/core/config/source';
import type { CliContext } from '../../context.ts';
/** The configuration the command line asks for; warnings go to stderr. @throws as loadProjectConfig */
export declare function loadConfig(context: CliContext, environment?: string | null): Promise<LoadedConfig>;
