import type { Preferences } from '@supastor/contract/operations/preferences';

/** What people have arranged for themselves; null is what they never chose. */
export interface PreferenceStore {
  readonly read: (userId: string) => Promise<Partial<Preferences> | null>;
  /** Merges what is given into what is there, in one step, and answers with all of it. */
  readonly merge: (userId: string, changed: Partial<Preferences>) => Promise<Partial<Preferences>>;
}
