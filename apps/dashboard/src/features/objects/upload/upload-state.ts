/**
 * `waiting`: the way to storage broke, it goes on by itself. `paused`: by the person. `lost`: the page was left meanwhile, and the
 * browser wants the file to be chosen again.
 */
export type UploadStatus =
  | 'queued'
  | 'uploading'
  | 'waiting'
  | 'paused'
  | 'lost'
  | 'done'
  | 'failed'
  | 'conflict'
  | 'cancelled'
  | 'skipped';

/** One file on its way into a bucket. */
export interface UploadItem {
  readonly id: string;
  readonly bucket: string;
  /** Full path inside the bucket. */
  readonly path: string;
  /** Null after a reload, until the file is chosen again. */
  readonly file: File | null;
  readonly sizeBytes: number;
  /** Milliseconds since 1970; with the size, how a file is known again. */
  readonly modifiedMs: number;
  readonly loadedBytes: number;
  readonly status: UploadStatus;
  /** Whether an object that is already there may be replaced. */
  readonly overwrite: boolean;
  /** Where storage keeps what arrived so far. */
  readonly resumeUrl: string | null;
  readonly error: string | null;
}

export interface UploadState {
  readonly items: readonly UploadItem[];
  /** Of all files together; null while it is not known. */
  readonly bytesPerSecond: number | null;
}

export type UploadAction =
  | { readonly type: 'added'; readonly items: readonly UploadItem[] }
  | { readonly type: 'started'; readonly id: string }
  | { readonly type: 'resumable'; readonly id: string; readonly resumeUrl: string }
  | { readonly type: 'progressed'; readonly loadedBytes: ReadonlyMap<string, number>; readonly bytesPerSecond: number | null }
  | { readonly type: 'finished'; readonly id: string }
  | { readonly type: 'interrupted'; readonly id: string; readonly error: string }
  | { readonly type: 'woken'; readonly ids: readonly string[] }
  | { readonly type: 'failed'; readonly ids: readonly string[]; readonly error: string }
  | { readonly type: 'conflicted'; readonly id: string }
  | { readonly type: 'paused'; readonly ids: readonly string[] }
  | { readonly type: 'found'; readonly files: ReadonlyMap<string, File> }
  | { readonly type: 'cancelled'; readonly ids: readonly string[] }
  | { readonly type: 'skipped'; readonly ids: readonly string[] }
  | { readonly type: 'requeued'; readonly ids: readonly string[]; readonly overwrite: boolean }
  | { readonly type: 'cleared' };

export const NO_UPLOADS: UploadState = { items: [], bytesPerSecond: null };

const ACTIVE: readonly UploadStatus[] = ['queued', 'uploading', 'waiting'];
const UNSETTLED: readonly UploadStatus[] = [...ACTIVE, 'paused', 'lost', 'conflict'];

/** Goes on without anyone doing anything. */
export function isActive(item: UploadItem): boolean {
  return ACTIVE.includes(item.status);
}

/** Not through yet: on the wire, or something has to be done about it. */
export function isUnsettled(item: UploadItem): boolean {
  return UNSETTLED.includes(item.status);
}

/** Moves between upload states; moves that make no sense (progress of a cancelled file) change nothing. */
export function reduceUploads(state: UploadState, action: UploadAction): UploadState {
  switch (action.type) {
    case 'added':
      return { ...state, items: [...state.items, ...action.items] };
    case 'started':
      return change(state, [action.id], ['queued'], { status: 'uploading', error: null });
    case 'resumable':
      return change(state, [action.id], ['uploading', 'paused'], { resumeUrl: action.resumeUrl });
    case 'progressed':
      return progress(state, action.loadedBytes, action.bytesPerSecond);
    case 'finished':
      return settle(state, action.id);
    case 'interrupted':
      return change(state, [action.id], ['queued', 'uploading'], { status: 'waiting', error: action.error });
    case 'woken':
      return change(state, action.ids, ['waiting'], { status: 'queued' });
    case 'failed':
      return change(state, action.ids, ['queued', 'uploading'], { status: 'failed', error: action.error });
    case 'conflicted':
      return change(state, [action.id], ['queued', 'uploading'], { status: 'conflict', loadedBytes: 0 });
    case 'paused':
      return change(state, action.ids, ACTIVE, { status: 'paused', error: null });
    case 'found':
      return findFiles(state, action.files);
    case 'cancelled':
      return change(state, action.ids, UNSETTLED, { status: 'cancelled', loadedBytes: 0, resumeUrl: null });
    case 'skipped':
      return change(state, action.ids, ['conflict'], { status: 'skipped', loadedBytes: 0 });
    case 'requeued':
      return requeue(state, action.ids, action.overwrite);
    case 'cleared':
      return { items: state.items.filter(isUnsettled), bytesPerSecond: null };
  }
}

type Change = Partial<Pick<UploadItem, 'status' | 'loadedBytes' | 'error' | 'overwrite' | 'resumeUrl'>>;

function change(state: UploadState, ids: readonly string[], from: readonly UploadStatus[], fields: Change): UploadState {
  const wanted = new Set(ids);
  const items = state.items.map((item) => (wanted.has(item.id) && from.includes(item.status) ? { ...item, ...fields } : item));
  return items.some((item, index) => item !== state.items[index]) ? { ...state, items } : state;
}

function requeue(state: UploadState, ids: readonly string[], overwrite: boolean): UploadState {
  const fields = { status: 'queued', error: null, ...(overwrite ? { overwrite: true } : {}) } as const;
  const resumed = change(state, ids, ['paused', 'failed'], fields);
  const anew = change(resumed, ids, ['cancelled', 'conflict', 'skipped'], { ...fields, loadedBytes: 0, resumeUrl: null });
  // Given up before its file was chosen again: there is nothing to send until it is.
  const fileless = anew.items.filter((item) => item.status === 'queued' && item.file === null).map((item) => item.id);
  return change(anew, fileless, ['queued'], { status: 'lost' });
}

function findFiles(state: UploadState, files: ReadonlyMap<string, File>): UploadState {
  const items = state.items.map((item): UploadItem => {
    const file = item.status === 'lost' ? files.get(item.id) : undefined;
    return file === undefined ? item : { ...item, file, status: 'queued', error: null };
  });
  return { ...state, items };
}

function progress(state: UploadState, loadedBytes: ReadonlyMap<string, number>, bytesPerSecond: number | null): UploadState {
  const items = state.items.map((item) => {
    const loaded = loadedBytes.get(item.id);
    return loaded === undefined || item.status !== 'uploading' ? item : { ...item, loadedBytes: Math.min(loaded, item.sizeBytes) };
  });
  return { items, bytesPerSecond };
}

function settle(state: UploadState, id: string): UploadState {
  const item = state.items.find((candidate) => candidate.id === id);
  return change(state, [id], ['queued', 'uploading'], { status: 'done', loadedBytes: item?.sizeBytes ?? 0, error: null });
}

export interface UploadSummary {
  readonly counts: Readonly<Record<UploadStatus, number>>;
  /** Files that are to arrive: everything but cancelled and skipped ones. */
  readonly wanted: number;
  readonly active: number;
  /** Not on the wire, and waiting for a decision or a file. */
  readonly held: number;
  readonly loadedBytes: number;
  readonly totalBytes: number;
  /** 0 to 100, by bytes; by files when all are empty. */
  readonly percent: number;
}

/** Totals over all files. */
export function summarizeUploads({ items }: UploadState): UploadSummary {
  const counts = { queued: 0, uploading: 0, waiting: 0, paused: 0, lost: 0, done: 0, failed: 0, conflict: 0, cancelled: 0, skipped: 0 };
  let loadedBytes = 0;
  let totalBytes = 0;
  for (const item of items) {
    counts[item.status] += 1;
    if (item.status === 'cancelled' || item.status === 'skipped') continue;
    loadedBytes += item.loadedBytes;
    totalBytes += item.sizeBytes;
  }
  const wanted = items.length - counts.cancelled - counts.skipped;
  const active = counts.queued + counts.uploading + counts.waiting;
  const held = counts.paused + counts.lost + counts.conflict;
  const ratio = totalBytes > 0 ? loadedBytes / totalBytes : counts.done / Math.max(1, wanted);
  return { counts, wanted, active, held, loadedBytes, totalBytes, percent: Math.floor(ratio * 100) };
}
