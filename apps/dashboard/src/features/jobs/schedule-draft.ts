import type { Schedule, ScheduledKind } from '@supastor/contract/operations/schedules';
import { type CronForm, fromCron, NIGHTLY, toCron } from './cron-form.ts';

/** Kinds in the order in which people want them. The list of the contract would bring its schemas into the browser. */
export const KINDS: readonly ScheduledKind[] = [
  'backups.create',
  'maintenance.scan',
  'maintenance.scrub',
  'audit.verify',
  'audit.prune',
  'usage.get',
];

/** The server refuses fewer. */
export const LEAST_RETENTION_DAYS = 30;

/** What the form holds. */
export interface ScheduleDraft {
  readonly name: string;
  readonly kind: ScheduledKind;
  readonly cron: CronForm;
  readonly timeZone: string;
  readonly isCaughtUp: boolean;
  /** The one choice of a scan or a scrub. */
  readonly chosen: boolean;
  /** Of `audit.prune`. */
  readonly olderThanDays: string;
}

/** A new one runs at night, where whoever makes it is. */
export function emptyDraft(): ScheduleDraft {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return { name: '', kind: 'maintenance.scan', cron: NIGHTLY, timeZone, isCaughtUp: false, chosen: false, olderThanDays: '365' };
}

export function draftOf({ name, kind, cron, timeZone, missed, settings }: Schedule): ScheduleDraft {
  const days = settings['olderThanDays'];
  return {
    name,
    kind: KINDS.find((known) => known === kind) ?? 'maintenance.scan',
    cron: fromCron(cron),
    timeZone,
    isCaughtUp: missed === 'once',
    chosen: settings['removeDangling'] === true || settings['onlyDamaged'] === true,
    olderThanDays: typeof days === 'number' ? String(days) : '365',
  };
}

/** What the draft asks for; what a schedule was given elsewhere and the form does not show stays. */
export function toSchedule(draft: ScheduleDraft, kept: Readonly<Record<string, unknown>> = {}) {
  return {
    name: draft.name.trim(),
    cron: toCron(draft.cron),
    timeZone: draft.timeZone.trim(),
    missed: draft.isCaughtUp ? ('once' as const) : ('skip' as const),
    settings: { ...kept, ...settingsOf(draft) },
  };
}

function settingsOf({ kind, chosen, olderThanDays }: ScheduleDraft): Record<string, unknown> {
  switch (kind) {
    case 'maintenance.scan':
      return { removeDangling: chosen };
    case 'maintenance.scrub':
      return { onlyDamaged: chosen };
    case 'audit.prune':
      return { olderThanDays: Number(olderThanDays) };
    case 'backups.create':
    case 'audit.verify':
    case 'usage.get':
      return {};
  }
}

/** The first thing that keeps the draft from being sent. */
export function problemOf(draft: ScheduleDraft): 'name' | 'days' | 'cron' | 'timeZone' | null {
  const { name, kind, cron, timeZone, olderThanDays } = draft;
  if (name.trim() === '') return 'name';
  if (kind === 'audit.prune' && !(Number.isInteger(Number(olderThanDays)) && Number(olderThanDays) >= LEAST_RETENTION_DAYS)) return 'days';
  if (toCron(cron).split(/\s+/).length !== 5) return 'cron';
  return isTimeZone(timeZone.trim()) ? null : 'timeZone';
}

function isTimeZone(name: string): boolean {
  try {
    return name !== '' && new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}

/** Of parts of the form. */
export interface DraftFieldsProps {
  readonly draft: ScheduleDraft;
  readonly problem: ReturnType<typeof problemOf>;
  readonly onChange: (part: Partial<ScheduleDraft>) => void;
}
