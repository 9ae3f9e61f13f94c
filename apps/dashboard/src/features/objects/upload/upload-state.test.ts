import { describe, expect, test } from 'vitest';
import {
  reduceUploads,
  summarizeUploads,
  type UploadAction,
  type UploadItem,
  type UploadState,
  type UploadStatus,
} from './upload-state.ts';

function item(id: string, status: UploadStatus, fields: Partial<UploadItem> = {}): UploadItem {
  const file = new File([new Uint8Array(100)], `${id}.bin`);
  return {
    id,
    bucket: 'b',
    path: `${id}.bin`,
    file,
    sizeBytes: 100,
    modifiedMs: 1,
    loadedBytes: 0,
    status,
    overwrite: false,
    resumeUrl: null,
    error: null,
    ...fields,
  };
}

function stateOf(...items: readonly UploadItem[]): UploadState {
  return { items, bytesPerSecond: null };
}

function statusAfter(status: UploadStatus, action: UploadAction): UploadStatus | undefined {
  return reduceUploads(stateOf(item('1', status)), action).items[0]?.status;
}

describe('reduceUploads', () => {
  test.each<[UploadStatus, UploadAction, UploadStatus]>([
    ['queued', { type: 'started', id: '1' }, 'uploading'],
    ['uploading', { type: 'finished', id: '1' }, 'done'],
    ['uploading', { type: 'failed', ids: ['1'], error: 'no' }, 'failed'],
    ['uploading', { type: 'conflicted', id: '1' }, 'conflict'],
    ['uploading', { type: 'cancelled', ids: ['1'] }, 'cancelled'],
    ['conflict', { type: 'skipped', ids: ['1'] }, 'skipped'],
    ['failed', { type: 'requeued', ids: ['1'], overwrite: false }, 'queued'],
    ['cancelled', { type: 'requeued', ids: ['1'], overwrite: false }, 'queued'],
    ['uploading', { type: 'interrupted', id: '1', error: 'cut' }, 'waiting'],
    ['waiting', { type: 'woken', ids: ['1'] }, 'queued'],
    ['waiting', { type: 'paused', ids: ['1'] }, 'paused'],
    ['paused', { type: 'requeued', ids: ['1'], overwrite: false }, 'queued'],
    ['lost', { type: 'found', files: new Map([['1', new File([], '1.bin')]]) }, 'queued'],
    ['lost', { type: 'cancelled', ids: ['1'] }, 'cancelled'],
  ])('%s and %j make %s', (from, action, to) => {
    expect(statusAfter(from, action)).toBe(to);
  });

  test.each<[UploadStatus, UploadAction]>([
    ['cancelled', { type: 'finished', id: '1' }],
    ['cancelled', { type: 'failed', ids: ['1'], error: 'aborted' }],
    ['done', { type: 'cancelled', ids: ['1'] }],
    ['done', { type: 'requeued', ids: ['1'], overwrite: true }],
    ['failed', { type: 'skipped', ids: ['1'] }],
    ['paused', { type: 'woken', ids: ['1'] }],
    ['lost', { type: 'requeued', ids: ['1'], overwrite: false }],
  ])('%s ignores %j', (status, action) => {
    const state = stateOf(item('1', status));
    expect(reduceUploads(state, action)).toBe(state);
  });

  test('progress never passes the size and touches running files only', () => {
    const state = stateOf(item('1', 'uploading'), item('2', 'cancelled'));
    const loadedBytes = new Map([
      ['1', 5000],
      ['2', 50],
    ]);
    expect(reduceUploads(state, { type: 'progressed', loadedBytes, bytesPerSecond: 7 }).items.map((one) => one.loadedBytes)).toEqual([
      100, 0,
    ]);
  });

  test('what goes on keeps its place; what begins anew does not', () => {
    const begun = { resumeUrl: 'http://s/1', loadedBytes: 50 };
    const again = (status: UploadStatus) =>
      reduceUploads(stateOf(item('1', status, begun)), { type: 'requeued', ids: ['1'], overwrite: false }).items[0];
    expect(again('paused')).toMatchObject(begun);
    expect(again('failed')).toMatchObject(begun);
    expect(again('skipped')).toMatchObject({ resumeUrl: null, loadedBytes: 0 });
  });

  test('an overwrite is remembered through later retries', () => {
    const once = reduceUploads(stateOf(item('1', 'conflict')), { type: 'requeued', ids: ['1'], overwrite: true });
    const failed = reduceUploads(once, { type: 'failed', ids: ['1'], error: 'no' });
    expect(reduceUploads(failed, { type: 'requeued', ids: ['1'], overwrite: false }).items[0]).toMatchObject({
      overwrite: true,
      error: null,
    });
  });

  test('clearing keeps what still needs attention', () => {
    const items = (['queued', 'uploading', 'waiting', 'paused', 'lost', 'conflict', 'done', 'failed', 'cancelled', 'skipped'] as const).map(
      (status) => item(status, status),
    );
    expect(reduceUploads(stateOf(...items), { type: 'cleared' }).items.map((one) => one.status)).toEqual([
      'queued',
      'uploading',
      'waiting',
      'paused',
      'lost',
      'conflict',
    ]);
  });
});

describe('summarizeUploads', () => {
  test('counts what is to arrive', () => {
    const items = [item('1', 'done', { loadedBytes: 100 }), item('2', 'uploading', { loadedBytes: 50 }), item('3', 'cancelled')];
    expect(summarizeUploads(stateOf(...items))).toMatchObject({ wanted: 2, active: 1, loadedBytes: 150, totalBytes: 200, percent: 75 });
  });

  test('measures by files when all are empty', () => {
    const items = [item('1', 'done', { sizeBytes: 0 }), item('2', 'queued', { sizeBytes: 0 })];
    expect(summarizeUploads(stateOf(...items)).percent).toBe(50);
  });
});
