import { justNow, keepFormatters } from './locale.ts';

const relative = keepFormatters((tag, options: Intl.RelativeTimeFormatOptions) => new Intl.RelativeTimeFormat(tag, options));
const dates = keepFormatters((tag, options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(tag, options));

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** "3 hours ago", "in 2 days", "just now". */
export function formatRelative(iso: string | null, nowMs: number): string {
  const atMs = iso === null ? Number.NaN : Date.parse(iso);
  if (Number.isNaN(atMs)) return '–';
  const seconds = Math.round((atMs - nowMs) / 1000);
  const step = STEPS.find(([, size]) => Math.abs(seconds) >= size);
  if (!step) return justNow();
  return relative({ numeric: 'auto' }).format(Math.trunc(seconds / step[1]), step[0]);
}

/** Local date and time, as in "23 Nov 2026, 07:24". */
export function formatDateTime(iso: string | null): string {
  const atMs = iso === null ? Number.NaN : Date.parse(iso);
  if (Number.isNaN(atMs)) return '–';
  return dates({ dateStyle: 'medium', timeStyle: 'short' }).format(atMs);
}

/** Local date, as in "23 Nov 2026". */
export function formatDate(iso: string): string {
  return dates({ dateStyle: 'medium' }).format(Date.parse(iso));
}

/** Local wall time with milliseconds, for log lines. */
export function formatClock(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  return `${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}.${pad(at.getMilliseconds(), 3)}`;
}

/** Time passed in its two largest units: "4 d 3 h", "12 min 5 s". */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const first = parts.findIndex(([value]) => value > 0);
  if (first === -1) return '0 s';
  return parts
    .slice(first, first + 2)
    .filter(([value]) => value > 0)
    .map(([value, unit]) => `${value} ${unit}`)
    .join(' ');
}

function pad(value: number, width = 2): string {
  return String(value).padStart(width, '0');
}
