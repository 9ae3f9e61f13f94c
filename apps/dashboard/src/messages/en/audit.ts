/** What the audit explorer gained since the catalogue exists. */
export const audit = {
  change: 'Change',
  before: 'Before',
  after: 'After',
  logs: 'Log lines of this request',
  prune: 'Remove old entries',
  pruneGo: 'Remove',
  pruneText:
    'Entries at the beginning of the trail are removed for good. Export them first. The trail notes that and when they were removed.',
  olderThan: 'Older than, in days',
  atLeast: (days: number) => `${days} days at least.`,
  pruned: (count: number) => (count === 1 ? 'Removed 1 row' : `Removed ${count} rows`),
  removedThrough: (row: string, when: string) => ` Rows up to ${row} were removed on ${when}.`,
};
