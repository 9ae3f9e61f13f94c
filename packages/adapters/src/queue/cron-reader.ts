import { invalidInput } from '@supastor/core/operations/implement';
import type { CronReader } from '@supastor/core/jobs/schedule.port';
import { Cron } from 'croner';

/** Expressions of five fields, in any time zone that this Node knows. A time that a change of clocks leaves out or doubles comes once. */
export const cronReader: CronReader = {
  next(cron, timeZone, afterMs) {
    try {
      Intl.DateTimeFormat('en', { timeZone });
    } catch {
      throw invalidInput([{ path: ['timeZone'], message: 'is no time zone that this server knows; write one like Europe/Berlin' }]);
    }
    let parsed: Cron;
    try {
      parsed = new Cron(cron, { timezone: timeZone, mode: '5-part', paused: true });
    } catch (error) {
      throw invalidInput([{ path: ['cron'], message: `cannot be read: ${error instanceof Error ? error.message : String(error)}` }]);
    }
    return parsed.nextRun(new Date(afterMs))?.getTime() ?? null;
  },
};
