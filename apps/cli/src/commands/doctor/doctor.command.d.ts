import type { RegisterCommand } from '../../context.ts';
/** `supastor doctor` */
export declare const registerDoctor: RegisterCommand;
