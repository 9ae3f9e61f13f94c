import { z } from 'zod';
import { field, integer, text } from './field.ts';

const keep = (what: string, env: string) =>
  field(integer(0, 10_000).optional(), {
    description: `After each backup, keep ${what}. Without any such number all are kept.`,
    env: [env],
  });

export const backupsSchema = z.strictObject({
  destination: field(text().optional(), {
    description:
      'Directory for backups of rows and bytes, on another disk than the data; relative to the project. Unset: no backups are made. The embedded target only.',
    env: ['SUPASTOR_BACKUPS_DESTINATION'],
  }),
  keepLast: keep('the last so many', 'SUPASTOR_BACKUPS_KEEP_LAST'),
  keepDaily: keep('the last of each day, for so many days that have one', 'SUPASTOR_BACKUPS_KEEP_DAILY'),
  keepWeekly: keep('the last of each week, for so many weeks that have one', 'SUPASTOR_BACKUPS_KEEP_WEEKLY'),
  maxAgeDays: field(integer(1, 3650).optional(), {
    description: '`supastor doctor` warns when the newest backup is older.',
    unit: 'days',
    env: ['SUPASTOR_BACKUPS_MAX_AGE_DAYS'],
  }),
});
