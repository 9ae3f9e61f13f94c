import type { BackupSummary } from '@supastor/contract/wire/backup';
import { describe, expect, it } from 'vitest';
import { planRetention } from './retention.ts';

const backup = (cutAt: string, state: BackupSummary['state'] = 'complete'): BackupSummary => ({
  id: `${cutAt.replaceAll(/[-:]/g, '')}-00000000`,
  state,
  problem: null,
  cutAt,
  durationSeconds: 1,
  objects: 1,
  bytes: 1,
  addedBytes: 1,
  unavailable: 0,
});
const days = (ids: readonly string[]) => ids.map((id) => id.slice(4, 11));

/** Two a day; the first of November 2026 is a Sunday. */
const TIMES = ['01', '02', '03', '08', '09', '10'].flatMap((day) => [`2026-11-${day}T03:00:00Z`, `2026-11-${day}T15:00:00Z`]);
const ALL = TIMES.map((time) => backup(time));

describe('which backups stay', () => {
  it('are all of them where nothing is said', () => {
    expect(planRetention(ALL, {})).toMatchObject({ remove: [], keep: expect.objectContaining({ length: 12 }) });
  });

  it.each([
    [{ last: 3 }, ['1110T15', '1110T03', '1109T15']],
    [{ daily: 2 }, ['1110T15', '1109T15']],
    [{ weekly: 3 }, ['1110T15', '1108T15', '1101T15']],
    [{ last: 2, daily: 2, weekly: 2 }, ['1110T15', '1110T03', '1109T15', '1108T15']],
    [{ last: 0 }, ['1110T15']],
  ])('with %j are %j', (retention, expected) => {
    const plan = planRetention(ALL, retention);
    expect(days(plan.keep)).toEqual(expected);
    expect(plan.remove).toHaveLength(ALL.length - expected.length);
  });

  it('are never replaced by one that is not complete, and such a one is left to people', () => {
    const [older, newer] = [backup('2026-11-01T03:00:00Z'), backup('2026-11-02T03:00:00Z')];
    const damaged = backup('2026-11-03T03:00:00Z', 'damaged');
    expect(planRetention([damaged, newer, older], { last: 1 })).toEqual({ remove: [older.id], keep: [newer.id] });
  });
});
