import { randomId } from './random-id.ts';
import type { UploadItem } from './upload-state.ts';

/** What is kept of an upload that is not through, so that it can go on after the page was left. Never the bytes. */
export interface JournalEntry extends Pick<
  UploadItem,
  'id' | 'bucket' | 'path' | 'sizeBytes' | 'modifiedMs' | 'loadedBytes' | 'overwrite' | 'resumeUrl'
> {
  /** Who uploads; nobody else is shown it. */
  readonly user: string;
  /** The page that works on it; a lock of this name is held while it is open. */
  readonly page: string;
}

export interface UploadJournal {
  save(items: readonly UploadItem[]): Promise<void>;
  forget(ids: readonly string[]): Promise<void>;
  /** Takes over what pages that are gone have left, and keeps it from others until `release`. */
  recover(): Promise<readonly JournalEntry[]>;
  /** Leaves what is not through to whoever recovers next. */
  release(): void;
}

const DATABASE = 'supastor-uploads';
const STORE = 'uploads';
const LOCK_PREFIX = 'supastor-uploads-';

/**
 * A journal in IndexedDB. It only ever helps: where the browser refuses one (private windows of some), uploads work without.
 * Entries of pages that are still open are left to those.
 */
export function createUploadJournal(user: string): UploadJournal {
  const page = randomId();
  let release: (() => void) | undefined;
  let opening: Promise<IDBDatabase> | undefined;
  const store = async (mode: IDBTransactionMode) => {
    opening ??= open();
    return (await opening).transaction(STORE, mode).objectStore(STORE);
  };
  return {
    async save(items) {
      const target = await store('readwrite');
      for (const { id, bucket, path, sizeBytes, modifiedMs, loadedBytes, overwrite, resumeUrl } of items) {
        const entry: JournalEntry = { id, user, page, bucket, path, sizeBytes, modifiedMs, loadedBytes, overwrite, resumeUrl };
        target.put(entry);
      }
      await finished(target.transaction);
    },
    async forget(ids) {
      const target = await store('readwrite');
      for (const id of ids) target.delete(id);
      await finished(target.transaction);
    },
    async recover() {
      release = holdLock(LOCK_PREFIX + page);
      const held = await heldLocks();
      const all: JournalEntry[] = await result((await store('readonly')).getAll());
      const left = all.filter((entry) => entry.user === user && (entry.page === page || !held.has(LOCK_PREFIX + entry.page)));
      const target = await store('readwrite');
      for (const entry of left) target.put({ ...entry, page });
      await finished(target.transaction);
      return left;
    },
    release: () => release?.(),
  };
}

/** Held until it is released or the page is gone, even if it crashes. Returns the releaser. */
function holdLock(name: string): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  if ('locks' in navigator) void navigator.locks.request(name, () => promise);
  return resolve;
}

/** Locks exist in secure contexts only; elsewhere what another page works on may be offered here as well. */
async function heldLocks(): Promise<ReadonlySet<string>> {
  if (!('locks' in navigator)) return new Set();
  const { held = [] } = await navigator.locks.query();
  return new Set(held.flatMap(({ name }) => name ?? []));
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.addEventListener('upgradeneeded', () => request.result.createObjectStore(STORE, { keyPath: 'id' }));
  return result(request);
}

function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('The browser keeps no journal.')));
  });
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve());
    transaction.addEventListener('abort', () => reject(transaction.error ?? new Error('The browser keeps no journal.')));
  });
}
