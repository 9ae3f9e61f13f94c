import { database } from './en/database.ts';
import { home } from './en/home.ts';
import { maintenance } from './en/maintenance.ts';
import { shell } from './en/shell.ts';
import { start } from './en/start.ts';

/** English, the language whose catalogue says which messages there are. */
export const en = { shell, home, start, maintenance, database };
