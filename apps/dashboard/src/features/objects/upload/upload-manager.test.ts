import { describe, expect, test } from 'vitest';
import { type PutRequest, UploadConflict, type UploadDeps, UploadManager } from './upload-manager.ts';

interface Flight extends PutRequest {
  readonly land: () => void;
  readonly crash: (error: Error) => void;
}

class Harness {
  readonly signed: { readonly paths: readonly string[]; readonly overwrite: boolean }[] = [];
  readonly flights: Flight[] = [];
  readonly arrived: string[] = [];
  readonly manager: UploadManager;

  constructor(overrides: Partial<UploadDeps> = {}) {
    this.manager = new UploadManager({
      sign: async (_bucket, paths, overwrite) => {
        this.signed.push({ paths, overwrite });
        return paths.map((path) => ({ path, url: `http://storage/${path}`, error: null }));
      },
      put: (request) =>
        new Promise((resolve, reject) => {
          request.signal.addEventListener('abort', () => reject(new Error('Cancelled.')));
          this.flights.push({ ...request, land: resolve, crash: reject });
        }),
      soon: (task) => task(),
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
    const harness = new Harness({ put: async () => {} });
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

  test('stop ends everything that is under way', async () => {
    const harness = new Harness();
    harness.add(5);
    await settle();
    harness.manager.stop();
    await settle();
    expect(new Set(harness.statuses())).toEqual(new Set(['cancelled']));
    expect(harness.flights.every((flight) => flight.signal.aborted)).toBe(true);
  });
});
