import { access } from './de/access.ts';
import { audit } from './de/audit.ts';
import { database } from './de/database.ts';
import { home } from './de/home.ts';
import { logs } from './de/logs.ts';
import { maintenance } from './de/maintenance.ts';
import { monitoring } from './de/monitoring.ts';
import { shell } from './de/shell.ts';
import { start } from './de/start.ts';
import type { Messages } from './messages.ts';

/** German; a chunk of its own. */
export const de: Messages = { shell, home, start, maintenance, monitoring, database, access, audit, logs };
