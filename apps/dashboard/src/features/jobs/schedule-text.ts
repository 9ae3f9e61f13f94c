import { formatLocale } from '../../format/locale.ts';
import type { Messages } from '../../messages/messages.ts';
import { fromCron } from './cron-form.ts';

/** A Sunday, from which weekdays are counted. */
const SUNDAY_MS = Date.UTC(2026, 0, 4);
const DAY_MS = 86_400_000;

/** Name of a weekday in the reader's language; 0 is Sunday. */
export function weekdayName(weekday: number): string {
  return new Intl.DateTimeFormat(formatLocale(), { weekday: 'long', timeZone: 'UTC' }).format(SUNDAY_MS + weekday * DAY_MS);
}

/** When a schedule runs, in words; an expression that no words fit is said as it is. */
export function describeCron(cron: string, t: Messages['schedules']['when']): string {
  const { rhythm, time, weekday, day } = fromCron(cron);
  switch (rhythm) {
    case 'hour':
      return t.hour(time.slice(3));
    case 'day':
      return t.day(time);
    case 'week':
      return t.week(weekdayName(weekday), time);
    case 'month':
      return t.month(day, time);
    case 'own':
      return cron;
  }
}
