import { shell } from './en/shell.ts';

/** English, the language whose catalogue says which messages there are. */
export const en = { shell };
