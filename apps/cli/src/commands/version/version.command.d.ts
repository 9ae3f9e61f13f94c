import type { RegisterCommand } from '../../context.ts';
/** `supastor version` */
export declare const registerVersion: RegisterCommand;
