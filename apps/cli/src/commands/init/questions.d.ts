import type { InitOptions } from '@supastor/adapters/config-files/init-project';
/** Asks for the project's name, ports and administrator; nothing when the file that would hold them is kept. @throws SJ_INTERRUPTED */
export declare function askAnswers(options: InitOptions, signal: AbortSignal): Promise<Partial<InitOptions>>;
