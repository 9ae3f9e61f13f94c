import { access } from './en/access.ts';
import { audit } from './en/audit.ts';
import { database } from './en/database.ts';
import { home } from './en/home.ts';
import { logs } from './en/logs.ts';
import { maintenance } from './en/maintenance.ts';
import { monitoring } from './en/monitoring.ts';
import { shell } from './en/shell.ts';
import { start } from './en/start.ts';

/** English, the language whose catalogue says which messages there are. */
export const en = { shell, home, start, maintenance, monitoring, database, access, audit, logs };
