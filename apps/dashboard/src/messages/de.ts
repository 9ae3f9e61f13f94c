import { shell } from './de/shell.ts';
import type { Messages } from './messages.ts';

/** German; a chunk of its own. */
export const de: Messages = { shell };
