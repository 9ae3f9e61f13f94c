import type { Database } from '../database.ts';

/** Reads that change nothing: of the primary, or of whatever is as good as it. */
export type Reads = Pick<Database, 'read' | 'readAs' | 'readBoth'>;
