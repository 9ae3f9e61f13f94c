export const RHYTHMS = ['hour', 'day', 'week', 'month', 'own'] as const;
export type Rhythm = (typeof RHYTHMS)[number];

/** A cron expression as people set it: how often, and at what time. `own` is written by hand. */
export interface CronForm {
  readonly rhythm: Rhythm;
  /** `02:30`; of an hourly rhythm the minutes count. */
  readonly time: string;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** Of the month; not above 28, which every month has. */
  readonly day: number;
  readonly own: string;
}

export const NIGHTLY: CronForm = { rhythm: 'day', time: '02:30', weekday: 0, day: 1, own: '30 2 * * *' };

/** The expression of a form. */
export function toCron({ rhythm, time, weekday, day, own }: CronForm): string {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  switch (rhythm) {
    case 'hour':
      return `${minute} * * * *`;
    case 'day':
      return `${minute} ${hour} * * *`;
    case 'week':
      return `${minute} ${hour} * * ${weekday}`;
    case 'month':
      return `${minute} ${hour} ${day} * *`;
    case 'own':
      return own.trim();
  }
}

/** The form of an expression; one that no rhythm fits is `own`. */
export function fromCron(cron: string): CronForm {
  const form = { ...NIGHTLY, own: cron };
  const fields = cron.trim().split(/\s+/);
  const [minute, hour, day, month, weekday] = fields.map((field) =>
    /^\d{1,2}$/.test(field) ? Number(field) : field === '*' ? null : Number.NaN,
  );
  const fits = fields.length === 5 && [minute, hour, day, month, weekday].every((field) => !Number.isNaN(field));
  if (!fits || typeof minute !== 'number' || month !== null) return { ...form, rhythm: 'own' };
  const time = `${pad(hour ?? 0)}:${pad(minute)}`;
  if (hour === null && day === null && weekday === null) return { ...form, rhythm: 'hour', time };
  if (typeof hour !== 'number') return { ...form, rhythm: 'own' };
  if (day === null && weekday === null) return { ...form, rhythm: 'day', time };
  if (day === null && typeof weekday === 'number') return { ...form, rhythm: 'week', time, weekday: weekday % 7 };
  if (typeof day === 'number' && day <= 28 && weekday === null) return { ...form, rhythm: 'month', time, day };
  return { ...form, rhythm: 'own' };
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
