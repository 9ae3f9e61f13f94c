import type { Config } from '@supastor/contract/config/schema';

/** Where admin-api keeps backups and which ones, for its environment. Only processes share the disk of the project. */
export function backupsEnvironment({ backups, project }: Config): Record<string, string> {
  const { destination, keepLast, keepDaily, keepWeekly } = backups;
  if (destination === undefined || project.target !== 'embedded') return {};
  return {
    SUPASTOR_BACKUPS_DESTINATION: destination,
    ...(keepLast !== undefined && { SUPASTOR_BACKUPS_KEEP_LAST: String(keepLast) }),
    ...(keepDaily !== undefined && { SUPASTOR_BACKUPS_KEEP_DAILY: String(keepDaily) }),
    ...(keepWeekly !== undefined && { SUPASTOR_BACKUPS_KEEP_WEEKLY: String(keepWeekly) }),
  };
}
