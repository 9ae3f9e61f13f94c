import { SupastorError } from '@supastor/contract/errors';
import type { BackupManifest, BackupSummary } from '@supastor/contract/wire/backup';
import { describe, expect, it } from 'vitest';
import type { JobContext } from '../jobs/job-kind.ts';
import { BACKUP_CREATE_JOB } from './backup-jobs.ts';
import type { BackupStore } from './backup-store.port.ts';

const ID = '20261126T030000Z-00000000';
const OLD_ID = '20261125T030000Z-00000000';
const MANIFEST: BackupManifest = {
  format: 1,
  id: ID,
  project: 'p',
  environment: 'default',
  version: '1',
  database: { name: 'postgres', serverVersion: '17.1', systemIdentifier: '1', timeline: 1, startPosition: '0/1', stopPosition: '0/2' },
  startedAt: '2026-11-26T03:00:00Z',
  cutAt: '2026-11-26T03:00:01Z',
  finishedAt: '2026-11-26T03:00:02Z',
  blobs: { count: 3, bytes: 30, added: 1, addedBytes: 10, unavailable: 0 },
  files: [],
};
const summaryOf = (id: string, cutAt: string): BackupSummary => ({
  id,
  state: 'complete',
  problem: null,
  cutAt,
  durationSeconds: 1,
  objects: 3,
  bytes: 30,
  addedBytes: 10,
  unavailable: 0,
});
const locked = () => new SupastorError('SJ_LOCKED', 'held');

/** A store whose pin is held by somebody else the first few times. */
function storeHeld(times: number, remove: BackupStore['remove'] = async () => 2): BackupStore & { readonly tries: () => number } {
  let tries = 0;
  return {
    destination: '/b',
    list: async () => [summaryOf(ID, MANIFEST.cutAt), summaryOf(OLD_ID, '2026-11-25T03:00:01Z')],
    get: async () => MANIFEST,
    async create() {
      tries += 1;
      if (tries <= times) throw locked();
      return MANIFEST;
    },
    verify: async () => MANIFEST,
    remove,
    tries: () => tries,
  };
}

const contextOf = (checkpoint: JobContext['checkpoint']): JobContext => ({
  signal: new AbortController().signal,
  checkpoint,
  report: async () => {},
  isCancelled: () => false,
});
const run = (store: BackupStore, checkpoint: JobContext['checkpoint'], retention = {}) =>
  BACKUP_CREATE_JOB.run({}, { backups: { store, retention }, sleep: async () => {} }, contextOf(checkpoint));

describe('the job that makes a backup', () => {
  it('says at once that another one is under way', async () => {
    const store = storeHeld(1);
    await expect(run(store, null)).rejects.toMatchObject({ code: 'SJ_LOCKED' });
    expect(store.tries()).toBe(1);
  });

  it('waits for the session of a server that is gone when it was taken over from it', async () => {
    const store = storeHeld(3);
    await expect(run(store, { isBegun: true })).resolves.toMatchObject({ id: ID, objects: 3 });
    expect(store.tries()).toBe(4);
  });

  it('does not wait for ever', async () => {
    await expect(run(storeHeld(1000), { isBegun: true })).rejects.toMatchObject({ code: 'SJ_LOCKED' });
  });

  it('removes older backups as configured, and stands when that fails', async () => {
    expect(await run(storeHeld(0), null)).not.toHaveProperty('removed');
    expect(await run(storeHeld(0), null, { last: 1 })).toMatchObject({ id: ID, removed: [OLD_ID] });
    const stuck = storeHeld(0, () => Promise.reject(locked()));
    expect(await run(stuck, null, { last: 1 })).toMatchObject({ id: ID, notRemoved: 'held' });
  });

  it('asks for a place', async () => {
    const deps = { backups: { store: null, retention: {} }, sleep: async () => {} };
    await expect(BACKUP_CREATE_JOB.run({}, deps, contextOf(null))).rejects.toMatchObject({ code: 'SJ_CONFIG_INVALID' });
  });
});
