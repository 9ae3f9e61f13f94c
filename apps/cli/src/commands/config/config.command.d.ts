import type { RegisterCommand } from '../../context.ts';
/** `supastor config show|explain|validate|schema|init` */
export declare const registerConfigCommands: RegisterCommand;
