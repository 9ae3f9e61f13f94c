import type { BackupSummary } from '@supastor/contract/wire/backup';
import { expect, test } from 'vitest';
import { type BackupFact, checkBackupAge, checkBackupPlace } from './backup-checks.ts';

const NOW_MS = Date.UTC(2026, 10, 26);
const backup = (cutAt: string | null, state: BackupSummary['state']): BackupSummary => ({
  id: '20261120T000000Z-00000000',
  state,
  problem: state === 'damaged' ? 'blobs.tsv is missing' : null,
  cutAt,
  durationSeconds: null,
  objects: null,
  bytes: null,
  addedBytes: null,
  unavailable: null,
});
const fact = (...backups: readonly BackupSummary[]): BackupFact => ({ destination: '/mnt/b', isOnDiskOfData: false, backups });
const OLD = backup('2026-11-20T00:00:00Z', 'complete');

test('backups beside the data are worth a warning', () => {
  expect(checkBackupPlace(null).status).toBe('skip');
  expect(checkBackupPlace(fact()).status).toBe('ok');
  expect(checkBackupPlace({ ...fact(), isOnDiskOfData: true })).toMatchObject({
    status: 'warn',
    detail: expect.stringContaining('same disk'),
  });
});

test.each([
  [null, 1, 'skip'],
  [fact(), undefined, 'warn'],
  [fact(backup(null, 'unfinished')), undefined, 'warn'],
  [fact(OLD), undefined, 'ok'],
  [fact(OLD), 7, 'ok'],
  [fact(OLD), 5, 'warn'],
  [fact(backup(null, 'damaged'), OLD), 7, 'fail'],
] as const)('%j, to be younger than %s days: %s', (found, maxAgeDays, status) => {
  expect(checkBackupAge(found, maxAgeDays, NOW_MS).status).toBe(status);
});
