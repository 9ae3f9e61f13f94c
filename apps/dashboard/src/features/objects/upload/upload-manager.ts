import { messageOf } from '../../../api/api-error.ts';
import { isActive, NO_UPLOADS, reduceUploads, type UploadAction, type UploadItem, type UploadState } from './upload-state.ts';

/** Thrown by `put` and read from signing: the object is there already and may not be replaced. */
export class UploadConflict extends Error {
  override readonly name = 'UploadConflict';
}

export interface UploadFile {
  /** Full path inside the bucket. */
  readonly path: string;
  readonly file: File;
}

export interface SignedUpload {
  readonly path: string;
  readonly url: string | null;
  readonly error: string | null;
}

export interface PutRequest {
  readonly url: string;
  readonly file: File;
  readonly overwrite: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (loadedBytes: number) => void;
}

export interface UploadDeps {
  sign(bucket: string, paths: readonly string[], overwrite: boolean): Promise<readonly SignedUpload[]>;
  /** @throws UploadConflict */
  put(request: PutRequest): Promise<void>;
  /** Runs `task` a little later; progress is gathered until then. */
  soon(task: () => void): void;
  /** Told after each file that arrived. */
  arrived(bucket: string): void;
}

const CONCURRENCY = 3;
const SIGN_BATCH = 50;

/** Sends files to storage a few at a time. Lives as long as the shell, so that pages may come and go. */
export class UploadManager {
  readonly #deps: UploadDeps;
  readonly #listeners = new Set<() => void>();
  readonly #aborts = new Map<string, AbortController>();
  readonly #urls = new Map<string, string>();
  readonly #progress = new Map<string, number>();
  #state: UploadState = NO_UPLOADS;
  #nextId = 1;
  #signing = false;

  constructor(deps: UploadDeps) {
    this.#deps = deps;
  }

  readonly getState = (): UploadState => this.#state;

  /** Returns the unsubscriber. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  add(bucket: string, files: readonly UploadFile[]): void {
    const items = files.map(({ path, file }): UploadItem => {
      const id = String(this.#nextId++);
      return { id, bucket, path, file, loadedBytes: 0, status: 'queued', overwrite: false, error: null };
    });
    this.#dispatch({ type: 'added', items });
    this.#pump();
  }

  cancel(ids: readonly string[]): void {
    this.#dispatch({ type: 'cancelled', ids });
    for (const id of ids) this.#aborts.get(id)?.abort();
    this.#pump();
  }

  /** Sends failed, cancelled or refused files again; with `overwrite` they replace what is there. */
  retry(ids: readonly string[], options: { readonly overwrite?: boolean } = {}): void {
    for (const id of ids) this.#urls.delete(id);
    this.#dispatch({ type: 'requeued', ids, overwrite: options.overwrite ?? false });
    this.#pump();
  }

  skip(ids: readonly string[]): void {
    this.#dispatch({ type: 'skipped', ids });
  }

  /** Forgets the files that are through. */
  clear(): void {
    this.#dispatch({ type: 'cleared' });
  }

  /** Cancels everything that is not through. */
  stop(): void {
    this.cancel(this.#state.items.filter(isActive).map((item) => item.id));
  }

  #pump(): void {
    const queued = this.#state.items.filter((item) => item.status === 'queued');
    for (const item of queued) {
      if (this.#aborts.size >= CONCURRENCY) return;
      const url = this.#urls.get(item.id);
      if (url === undefined) {
        void this.#sign(queued.filter((other) => !this.#urls.has(other.id)));
        return;
      }
      // A cancelled and at once retried file waits until its first request is gone.
      if (!this.#aborts.has(item.id)) void this.#send(item, url);
    }
  }

  async #sign(waiting: readonly UploadItem[]): Promise<void> {
    const first = waiting[0];
    if (first === undefined || this.#signing) return;
    this.#signing = true;
    const batch = waiting.filter((item) => item.bucket === first.bucket && item.overwrite === first.overwrite).slice(0, SIGN_BATCH);
    try {
      const paths = [...new Set(batch.map((item) => item.path))];
      const signed = new Map((await this.#deps.sign(first.bucket, paths, first.overwrite)).map((entry) => [entry.path, entry]));
      for (const item of batch) this.#signedOne(item, signed.get(item.path));
    } catch (error) {
      this.#dispatch({ type: 'failed', ids: batch.map((item) => item.id), error: messageOf(error) });
    } finally {
      this.#signing = false;
    }
    this.#pump();
  }

  #signedOne(item: UploadItem, signed: SignedUpload | undefined): void {
    if (signed?.url) {
      this.#urls.set(item.id, signed.url);
      return;
    }
    const error = signed?.error ?? 'The server gave no upload address.';
    this.#dispatch(isConflictText(error) ? { type: 'conflicted', id: item.id } : { type: 'failed', ids: [item.id], error });
  }

  async #send(item: UploadItem, url: string): Promise<void> {
    const abort = new AbortController();
    this.#aborts.set(item.id, abort);
    this.#urls.delete(item.id);
    this.#dispatch({ type: 'started', id: item.id });
    try {
      const onProgress = (loadedBytes: number) => this.#noteProgress(item.id, loadedBytes);
      await this.#deps.put({ url, file: item.file, overwrite: item.overwrite, signal: abort.signal, onProgress });
      this.#dispatch({ type: 'finished', id: item.id });
      this.#deps.arrived(item.bucket);
    } catch (error) {
      // Cancelled: the state says so already, and the file may be queued again by now.
      if (abort.signal.aborted) return;
      if (error instanceof UploadConflict) this.#dispatch({ type: 'conflicted', id: item.id });
      else this.#dispatch({ type: 'failed', ids: [item.id], error: messageOf(error) });
    } finally {
      this.#aborts.delete(item.id);
      this.#pump();
    }
  }

  #noteProgress(id: string, loadedBytes: number): void {
    const gathering = this.#progress.size > 0;
    this.#progress.set(id, loadedBytes);
    if (!gathering) {
      this.#deps.soon(() => {
        const loaded = new Map(this.#progress);
        this.#progress.clear();
        this.#dispatch({ type: 'progressed', loadedBytes: loaded });
      });
    }
  }

  #dispatch(action: UploadAction): void {
    const next = reduceUploads(this.#state, action);
    if (next === this.#state) return;
    this.#state = next;
    for (const listener of this.#listeners) listener();
  }
}

/** Whether storage says, in any of its ways, that the object exists. */
export function isConflictText(text: string): boolean {
  return /already exists|duplicate/i.test(text);
}
