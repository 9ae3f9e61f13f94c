import { messageOf } from '../../../api/api-error.ts';
import { isFileOf, matchFiles } from './match-files.ts';
import { randomId } from './random-id.ts';
import type { SendRequest } from './send-file.ts';
import { isConflictText, UploadConflict, UploadInterrupted } from './upload-errors.ts';
import type { UploadJournal } from './upload-journal.ts';
import { addSample, type RateSample, rateOf } from './upload-rate.ts';
import { retryDelayMs } from './retry-delay.ts';
import { isActive, isUnsettled, NO_UPLOADS, reduceUploads, type UploadAction, type UploadItem, type UploadState } from './upload-state.ts';
import { uploads as english } from '../../../messages/en/uploads.ts';

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

export interface UploadDeps {
  sign(bucket: string, paths: readonly string[], overwrite: boolean): Promise<readonly SignedUpload[]>;
  /** @throws UploadConflict, UploadInterrupted */
  send(request: SendRequest): Promise<void>;
  /** Whether storage has all of it: the answer that said so may have been lost. */
  isComplete(resumeUrl: string, sizeBytes: number): Promise<boolean>;
  /** Tells storage that a partial upload is given up. */
  drop(item: UploadItem): void;
  readonly journal: UploadJournal;
  /** Runs `task` after `delayMs`. */
  later(task: () => void, delayMs: number): void;
  now(): number;
  /** Told after each file that arrived. */
  arrived(bucket: string): void;
}

const CONCURRENCY = 3;
const SIGN_BATCH = 50;
const PROGRESS_EVERY_MS = 100;
/** How often storage may answer that it cannot just now; without any answer it is tried until there is one. */
const MAX_ANSWERED_RETRIES = 8;

/** Sends files to storage a few at a time. Lives as long as the shell, so that pages may come and go. */
export class UploadManager {
  readonly #deps: UploadDeps;
  readonly #listeners = new Set<() => void>();
  readonly #aborts = new Map<string, AbortController>();
  readonly #urls = new Map<string, string>();
  readonly #progress = new Map<string, number>();
  /** Breaks in a row, by id. */
  readonly #breaks = new Map<string, number>();
  #samples: readonly RateSample[] = [];
  #sentBytes = 0;
  #state: UploadState = NO_UPLOADS;
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

  /** Begins, with what pages that are gone have left unfinished. */
  async start(): Promise<void> {
    const entries = await this.#deps.journal.recover().catch(() => []);
    const known = new Set(this.#state.items.map(({ id }) => id));
    const items = entries
      .filter(({ id }) => !known.has(id))
      .map(({ user: _user, page: _page, ...entry }): UploadItem => ({ ...entry, file: null, status: 'lost', error: null }));
    if (items.length > 0) this.#dispatch({ type: 'added', items });
  }

  /** Queues files; those of uploads that a reload interrupted go on instead. */
  add(bucket: string, files: readonly UploadFile[]): void {
    const byPath = new Map(files.map(({ path, file }) => [path, file]));
    const found = new Map<string, File>();
    const resumed = new Set<string>();
    for (const item of this.#state.items) {
      const file = item.bucket === bucket && item.status === 'lost' ? byPath.get(item.path) : undefined;
      if (file === undefined || !isFileOf(item, file)) continue;
      found.set(item.id, file);
      resumed.add(item.path);
    }
    const items = files
      .filter(({ path }) => !resumed.has(path))
      .map(({ path, file }): UploadItem => ({
        id: randomId(),
        bucket,
        path,
        file,
        sizeBytes: file.size,
        modifiedMs: file.lastModified,
        loadedBytes: 0,
        status: 'queued',
        overwrite: false,
        resumeUrl: null,
        error: null,
      }));
    if (found.size > 0) this.#dispatch({ type: 'found', files: found });
    this.#dispatch({ type: 'added', items });
    void this.#deps.journal.save(items).catch(() => undefined);
    this.#pump();
  }

  /** Goes on with interrupted uploads whose files are among these. Returns how many. */
  find(files: readonly File[]): number {
    const found = matchFiles(this.#state.items, files);
    this.#dispatch({ type: 'found', files: found });
    this.#pump();
    return found.size;
  }

  /** Holds files back; what arrived stays at storage. */
  pause(ids: readonly string[]): void {
    this.#dispatch({ type: 'paused', ids });
    this.#interrupt(ids);
    this.#pump();
  }

  cancel(ids: readonly string[]): void {
    const wanted = new Set(ids);
    for (const item of this.#state.items) if (wanted.has(item.id) && isUnsettled(item)) this.#deps.drop(item);
    this.#dispatch({ type: 'cancelled', ids });
    this.#interrupt(ids);
    this.#forget(ids);
    this.#pump();
  }

  /** Goes on with paused files, and sends failed, cancelled or refused ones again; with `overwrite` they replace what is there. */
  retry(ids: readonly string[], options: { readonly overwrite?: boolean } = {}): void {
    for (const id of ids) {
      this.#urls.delete(id);
      this.#breaks.delete(id);
    }
    this.#dispatch({ type: 'requeued', ids, overwrite: options.overwrite ?? false });
    this.#pump();
  }

  skip(ids: readonly string[]): void {
    this.#dispatch({ type: 'skipped', ids });
    this.#forget(ids);
  }

  /** Forgets the files that are through. */
  clear(): void {
    this.#forget(this.#state.items.filter((item) => !isUnsettled(item)).map(({ id }) => id));
    this.#dispatch({ type: 'cleared' });
  }

  /** Ends all requests; what is not through can be gone on with, here or after a reload. */
  stop(): void {
    this.pause(this.#state.items.filter(isActive).map((item) => item.id));
    this.#deps.journal.release();
  }

  /** Tries at once what waits for the network. */
  wake(): void {
    this.#dispatch({ type: 'woken', ids: this.#state.items.filter(({ status }) => status === 'waiting').map(({ id }) => id) });
    this.#pump();
  }

  #interrupt(ids: readonly string[]): void {
    for (const id of ids) this.#aborts.get(id)?.abort();
  }

  #forget(ids: readonly string[]): void {
    for (const id of ids) this.#urls.delete(id);
    void this.#deps.journal.forget(ids).catch(() => undefined);
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
      if (!this.#aborts.has(item.id) && item.file !== null) void this.#send(item, item.file, url);
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
      for (const item of batch) await this.#signedOne(item, signed.get(item.path));
    } catch (error) {
      if (error instanceof UploadInterrupted) for (const { id } of batch) this.#waitOut(id, error);
      else this.#dispatch({ type: 'failed', ids: batch.map((item) => item.id), error: messageOf(error) });
    } finally {
      this.#signing = false;
    }
    this.#pump();
  }

  async #signedOne(item: UploadItem, signed: SignedUpload | undefined): Promise<void> {
    if (signed?.url) {
      this.#urls.set(item.id, signed.url);
      return;
    }
    const error = signed?.error ?? english.problems.noAddress;
    if (!isConflictText(error)) this.#dispatch({ type: 'failed', ids: [item.id], error });
    else if (item.resumeUrl !== null && (await this.#deps.isComplete(item.resumeUrl, item.sizeBytes))) this.#finish(item);
    else this.#dispatch({ type: 'conflicted', id: item.id });
  }

  async #send(item: UploadItem, file: File, url: string): Promise<void> {
    const { id, bucket, path, overwrite, resumeUrl } = item;
    const abort = new AbortController();
    this.#aborts.set(id, abort);
    this.#urls.delete(id);
    this.#dispatch({ type: 'started', id });
    try {
      const onProgress = this.#progressOf(id);
      const onResumable = (at: string) => this.#noteResumable(id, at);
      await this.#deps.send({ url, bucket, path, file, overwrite, resumeUrl, signal: abort.signal, onProgress, onResumable });
      this.#finish(item);
    } catch (error) {
      // Paused or cancelled: the state says so already, and the file may be queued again by now.
      if (abort.signal.aborted) return;
      if (error instanceof UploadConflict) this.#dispatch({ type: 'conflicted', id });
      else if (error instanceof UploadInterrupted) this.#waitOut(id, error);
      else this.#dispatch({ type: 'failed', ids: [id], error: messageOf(error) });
    } finally {
      this.#aborts.delete(id);
      this.#pump();
    }
  }

  #finish({ id, bucket }: UploadItem): void {
    this.#dispatch({ type: 'finished', id });
    this.#breaks.delete(id);
    this.#forget([id]);
    this.#deps.arrived(bucket);
  }

  #waitOut(id: string, error: UploadInterrupted): void {
    const breaks = (this.#breaks.get(id) ?? 0) + 1;
    this.#breaks.set(id, breaks);
    if (error.answered && breaks > MAX_ANSWERED_RETRIES) {
      this.#dispatch({ type: 'failed', ids: [id], error: error.message });
      return;
    }
    this.#dispatch({ type: 'interrupted', id, error: error.message });
    this.#deps.later(() => {
      this.#dispatch({ type: 'woken', ids: [id] });
      this.#pump();
    }, retryDelayMs(breaks));
  }

  #noteResumable(id: string, resumeUrl: string): void {
    this.#dispatch({ type: 'resumable', id, resumeUrl });
    const item = this.#state.items.find((candidate) => candidate.id === id);
    if (item && isUnsettled(item)) void this.#deps.journal.save([item]).catch(() => undefined);
  }

  /** Gathers progress; what storage had before this attempt counts as loaded but not as sent. */
  #progressOf(id: string): (loadedBytes: number) => void {
    let before: number | null = null;
    return (loadedBytes) => {
      if (before !== null && loadedBytes > before) {
        this.#sentBytes += loadedBytes - before;
        this.#breaks.delete(id);
      }
      before = loadedBytes;
      const gathering = this.#progress.size > 0;
      this.#progress.set(id, loadedBytes);
      if (!gathering) this.#deps.later(() => this.#tellProgress(), PROGRESS_EVERY_MS);
    };
  }

  #tellProgress(): void {
    const loaded = new Map(this.#progress);
    this.#progress.clear();
    this.#samples = addSample(this.#samples, { atMs: this.#deps.now(), sentBytes: this.#sentBytes });
    this.#dispatch({ type: 'progressed', loadedBytes: loaded, bytesPerSecond: rateOf(this.#samples) });
  }

  #dispatch(action: UploadAction): void {
    const next = reduceUploads(this.#state, action);
    if (next === this.#state) return;
    this.#state = next;
    for (const listener of this.#listeners) listener();
  }
}
