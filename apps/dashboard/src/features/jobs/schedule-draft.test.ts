import type { Schedule } from '@supastor/contract/operations/schedules';
import { SCHEDULABLE, SCHEDULED_KINDS } from '@supastor/contract/operations/schedules';
import { expect, test } from 'vitest';
import { draftOf, emptyDraft, KINDS, problemOf, toSchedule } from './schedule-draft.ts';

const stored: Schedule = {
  id: '1',
  name: 'nightly scan',
  kind: 'maintenance.scan',
  settings: { removeDangling: true, graceSeconds: 60 },
  cron: '15 3 * * 1',
  timeZone: 'Europe/Berlin',
  missed: 'once',
  isPaused: false,
  pauseReason: null,
  by: 'ada@example.org',
  nextAt: null,
  lastAt: null,
  lastJobId: null,
  lastSkip: null,
};

test('the form knows every kind that can be scheduled, and sends settings that each takes', () => {
  expect(KINDS.toSorted()).toEqual(SCHEDULED_KINDS.toSorted());
  for (const kind of KINDS) {
    const { settings } = toSchedule({ ...emptyDraft(), kind });
    expect(SCHEDULABLE[kind].input.safeParse(settings).success, kind).toBe(true);
  }
});

test('a schedule that is opened and saved stays what it was, what the form does not show included', () => {
  const { name, settings, cron, timeZone, missed } = stored;
  expect(toSchedule(draftOf(stored), settings)).toEqual({ name, settings, cron, timeZone, missed });
});

test('what cannot be sent is named', () => {
  const fine = { ...emptyDraft(), name: 'x', timeZone: 'UTC' };
  expect(problemOf(fine)).toBeNull();
  expect(problemOf({ ...fine, name: ' ' })).toBe('name');
  expect(problemOf({ ...fine, kind: 'audit.prune', olderThanDays: '7' })).toBe('days');
  expect(problemOf({ ...fine, cron: { ...fine.cron, rhythm: 'own', own: '1 2 3' } })).toBe('cron');
  expect(problemOf({ ...fine, timeZone: 'Mars/Olympus' })).toBe('timeZone');
});
