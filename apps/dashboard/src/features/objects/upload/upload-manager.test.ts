import { describe, expect, test } from 'vitest';
import type { SendRequest } from './send-file.ts';
import { UploadConflict, UploadInterrupted } from './upload-errors.ts';
import type { JournalEntry } from './upload-journal.ts';
import { type UploadDeps, UploadManager } from './upload-manager.ts';

interface Flight extends SendRequest {
  readonly land: () => void;
  readonly crash: (error: Error) => void;
}

class Harness {
  readonly signed: { readonly paths: readonly string[]; readonly overwrite: boolean }[] = [];
  readonly flights: Flight[] = [];
  readonly arrived: string[] = [];
  readonly journal = new Map<string, Omit<JournalEntry, 'user' | 'page'>>();
  readonly waits: { readonly task: () => void; readonly delayMs: number }[] = [];
  readonly dropped: string[] = [];
  readonly manager: UploadManager;

  constructor(overrides: Partial<UploadDeps> = {}) {
    this.manager = new UploadManager({
      sign: async (_bucket, paths, overwrite) => {
        this.signed.push({ paths, overwrite });
        return paths.map((path) => ({ path, url: `http://storage/${path}`, error: null }));
      },
      send: (request) =>
        new Promise((resolve, reject) => {
          request.signal.addEventListener('abort', () => reject(new Error('Cancelled.')));
          this.flights.push({ ...request, land: resolve, crash: reject });
        }),
      isComplete: async () => false,
      drop: ({ path }) => this.dropped.push(path),
      journal: {
        save: async (items) => items.forEach((item) => this.journal.set(item.id, item)),
        forget: async (ids) => ids.forEach((id) => this.journal.delete(id)),
        recover: async () => [],
        release: () => {},
      },
      later: (task, delayMs) => (delayMs < 1000 ? task() : this.waits.push({ task, delayMs })),
      now: () => 0,
      arrived: (bucket) => this.arrived.push(bucket),
      ...overrides,
    });
  }

  add(count: number): void {
    this.manager.add(
      'b',
      Array.from({ length: count }, (_, index) => ({ path: `f${index + 1}`, file: new File(['x'], `f${index + 1}`) })),
    );
  }

  statuses(): string[] {
    return this.manager.getState().items.map((item) => item.status);
  }

  ids(): string[] {
    return this.manager.getState().items.map((item) => item.id);
  }
}

/** What the journal has of a file whose page is gone. */
function left(id: string, path: string): JournalEntry {
  return { id, user: 'u', page: 'p', bucket: 'b', path, sizeBytes: 1, modifiedMs: 7, loadedBytes: 1, overwrite: false, resumeUrl: id };
}

/** Lets every promise that can settle do so. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

describe('UploadManager', () => {
  test('sends three at a time, signs once, and goes on as files land', async () => {
    const harness = new Harness();
    harness.add(5);
    await settle();
    expect(harness.signed.map((call) => call.paths.length)).toEqual([5]);
    expect(harness.statuses()).toEqual(['uploading', 'uploading', 'uploading', 'queued', 'queued']);
    harness.flights[0]?.land();
    await settle();
    expect(harness.statuses()).toEqual(['done', 'uploading', 'uploading', 'uploading', 'queued']);
    for (let index = 1; index < 5; index += 1) {
      harness.flights[index]?.land();
      await settle();
    }
    expect(harness.statuses()).toEqual(['done', 'done', 'done', 'done', 'done']);
    expect(harness.arrived).toHaveLength(5);
  });

  test('signs long queues in batches', async () => {
    const harness = new Harness({ send: async () => {} });
    harness.add(120);
    await new Promise((resolve) => setTimeout(resolve));
    await settle();
    expect(harness.signed.map((call) => call.paths.length)).toEqual([50, 50, 20]);
    expect(new Set(harness.statuses())).toEqual(new Set(['done']));
  });

  test('reports progress of the running file', async () => {
    const harness = new Harness();
    harness.add(1);
    await settle();
    harness.flights[0]?.onProgress(1);
    expect(harness.manager.getState().items[0]?.loadedBytes).toBe(1);
  });

  test('cancels a running file, gives its place to the next, and can retry it', async () => {
    const harness = new Harness();
    harness.add(4);
    await settle();
    const [first = ''] = harness.ids();
    harness.manager.cancel([first]);
    await settle();
    expect(harness.statuses()).toEqual(['cancelled', 'uploading', 'uploading', 'uploading']);
    harness.flights[1]?.land();
    harness.manager.retry([first]);
    await settle();
    expect(harness.statuses()).toEqual(['uploading', 'done', 'uploading', 'uploading']);
    expect(harness.signed).toHaveLength(2);
  });

  test('a file retried the moment it was cancelled flies once', async () => {
    const harness = new Harness();
    harness.add(1);
    await settle();
    harness.manager.cancel(harness.ids());
    harness.manager.retry(harness.ids());
    await settle();
    expect(harness.statuses()).toEqual(['uploading']);
    harness.flights.at(-1)?.land();
    await settle();
    expect(harness.statuses()).toEqual(['done']);
  });

  test('keeps the reason of a failure', async () => {
    const harness = new Harness();
    harness.add(1);
    await settle();
    harness.flights[0]?.crash(new Error('No space left.'));
    await settle();
    expect(harness.manager.getState().items[0]).toMatchObject({ status: 'failed', error: 'No space left.' });
  });

  test('asks about files that exist, whether signing or storage says so, and overwrites on demand', async () => {
    const harness = new Harness({
      sign: async (_bucket, paths, overwrite) => {
        harness.signed.push({ paths, overwrite });
        return paths.map((path) =>
          path === 'f1' && !overwrite ? { path, url: null, error: 'The resource already exists' } : { path, url: 'http://s', error: null },
        );
      },
    });
    harness.add(2);
    await settle();
    harness.flights[0]?.crash(new UploadConflict('The resource already exists'));
    await settle();
    expect(harness.statuses()).toEqual(['conflict', 'conflict']);
    const [first = '', second = ''] = harness.ids();
    harness.manager.skip([second]);
    harness.manager.retry([first], { overwrite: true });
    await settle();
    expect(harness.statuses()).toEqual(['uploading', 'skipped']);
    expect(harness.flights.at(-1)?.overwrite).toBe(true);
    expect(harness.signed.at(-1)?.overwrite).toBe(true);
  });

  test('fails the batch that could not be signed and goes on with later ones', async () => {
    let calls = 0;
    const harness = new Harness({
      sign: async (_bucket, paths) => {
        calls += 1;
        if (calls === 1) throw new Error('The admin API does not answer.');
        return paths.map((path) => ({ path, url: 'http://s', error: null }));
      },
    });
    harness.add(51);
    await settle();
    expect(harness.statuses().filter((status) => status === 'failed')).toHaveLength(50);
    expect(harness.statuses().at(-1)).toBe('uploading');
  });

  test('a break is waited out, longer each time, and goes on where storage is', async () => {
    const harness = new Harness();
    harness.add(1);
    await settle();
    harness.flights[0]?.onResumable('http://storage/upload/1');
    harness.flights[0]?.crash(new UploadInterrupted('cut', { answered: false }));
    await settle();
    expect(harness.statuses()).toEqual(['waiting']);
    harness.waits[0]?.task();
    await settle();
    expect(harness.flights[1]).toMatchObject({ resumeUrl: 'http://storage/upload/1' });
    harness.flights[1]?.crash(new UploadInterrupted('cut', { answered: false }));
    await settle();
    harness.manager.wake();
    await settle();
    expect(harness.statuses()).toEqual(['uploading']);
    expect(harness.waits.map(({ delayMs }) => delayMs)).toEqual([1000, 2000]);
  });

  test('storage that answers but cannot is given up on after a while', async () => {
    const harness = new Harness({
      send: async () => {
        throw new UploadInterrupted('Too busy.', { answered: true });
      },
    });
    harness.add(1);
    await settle();
    for (let turn = 0; turn < 8; turn += 1) {
      harness.waits[turn]?.task();
      await settle();
    }
    expect(harness.manager.getState().items[0]).toMatchObject({ status: 'failed', error: 'Too busy.' });
  });

  test('a paused file keeps its place and lets others through', async () => {
    const harness = new Harness();
    harness.add(4);
    await settle();
    const [first = ''] = harness.ids();
    harness.flights[0]?.onResumable('http://storage/upload/1');
    harness.manager.pause([first]);
    await settle();
    expect(harness.statuses()).toEqual(['paused', 'uploading', 'uploading', 'uploading']);
    expect(harness.dropped).toEqual([]);
    harness.flights[1]?.land();
    harness.manager.retry([first]);
    await settle();
    expect(harness.flights.at(-1)).toMatchObject({ path: 'f1', resumeUrl: 'http://storage/upload/1' });
  });

  test('the journal holds what is not through, and cancelling drops what storage has', async () => {
    const harness = new Harness();
    harness.add(3);
    await settle();
    const [first = '', second = '', third = ''] = harness.ids();
    harness.flights[0]?.onResumable('http://storage/upload/1');
    harness.flights[1]?.land();
    harness.manager.cancel([third]);
    await settle();
    expect([...harness.journal.keys()]).toEqual([first]);
    expect(harness.journal.get(first)).toMatchObject({ resumeUrl: 'http://storage/upload/1', sizeBytes: 1 });
    expect(harness.statuses()).toEqual(['uploading', 'done', 'cancelled']);
    expect([harness.dropped, second]).toEqual([['f3'], second]);
  });

  test('what a page that is gone left goes on with the same file, chosen or added again, and with no other', async () => {
    const harness = new Harness({
      journal: {
        save: async () => {},
        forget: async () => {},
        recover: async () => [left('1', 'x/a'), left('2', 'x/b')],
        release: () => {},
      },
    });
    await harness.manager.start();
    expect(harness.statuses()).toEqual(['lost', 'lost']);
    expect(harness.manager.find([new File(['x'], 'a', { lastModified: 8 }), new File(['xx'], 'a', { lastModified: 7 })])).toBe(0);
    expect(harness.manager.find([new File(['x'], 'a', { lastModified: 7 })])).toBe(1);
    harness.manager.add('b', [{ path: 'x/b', file: new File(['x'], 'b', { lastModified: 7 }) }]);
    await settle();
    expect(harness.flights.map(({ path, resumeUrl }) => [path, resumeUrl])).toEqual([
      ['x/a', '1'],
      ['x/b', '2'],
    ]);
    expect(harness.ids()).toEqual(['1', '2']);
  });

  test('files that look alike in other folders are not taken for the one that was left', async () => {
    const harness = new Harness({
      journal: { save: async () => {}, forget: async () => {}, recover: async () => [left('1', 'x/a')], release: () => {} },
    });
    await harness.manager.start();
    const right = new File(['r'], 'a', { lastModified: 7 });
    const other = new File(['o'], 'a', { lastModified: 7 });
    harness.manager.add('b', [
      { path: 'x/a', file: right },
      { path: 'y/a', file: other },
    ]);
    await settle();
    expect(harness.flights.map(({ path, file }) => [path, file])).toEqual([
      ['x/a', right],
      ['y/a', other],
    ]);
  });

  test('what was given up before its file was chosen again waits for that file when it is retried', async () => {
    const harness = new Harness({
      journal: { save: async () => {}, forget: async () => {}, recover: async () => [left('1', 'x/a')], release: () => {} },
    });
    await harness.manager.start();
    harness.manager.cancel(['1']);
    harness.manager.retry(['1']);
    await settle();
    expect([harness.statuses(), harness.signed]).toEqual([['lost'], []]);
    expect(harness.manager.find([new File(['x'], 'a', { lastModified: 7 })])).toBe(1);
    await settle();
    expect(harness.flights.map(({ path }) => path)).toEqual(['x/a']);
  });

  test('an upload whose last answer was lost is done, not in conflict with itself', async () => {
    let taken = false;
    const harness = new Harness({
      isComplete: async () => true,
      sign: async (_bucket, paths) =>
        paths.map((path) => (taken ? { path, url: null, error: 'The resource already exists' } : { path, url: 'http://s', error: null })),
    });
    harness.add(1);
    await settle();
    harness.flights[0]?.onResumable('http://storage/upload/1');
    taken = true;
    harness.flights[0]?.crash(new UploadInterrupted('cut', { answered: false }));
    await settle();
    harness.manager.wake();
    await settle();
    expect(harness.statuses()).toEqual(['done']);
  });

  test('stop ends all requests and keeps what can go on', async () => {
    const harness = new Harness();
    harness.add(5);
    await settle();
    harness.manager.stop();
    await settle();
    expect(new Set(harness.statuses())).toEqual(new Set(['paused']));
    expect(harness.journal.size).toBe(5);
    expect(harness.flights.every((flight) => flight.signal.aborted)).toBe(true);
  });
});
