export type UploadStatus = 'queued' | 'uploading' | 'done' | 'failed' | 'conflict' | 'cancelled' | 'skipped';

/** One file on its way into a bucket. */
export interface UploadItem {
  readonly id: string;
  readonly bucket: string;
  /** Full path inside the bucket. */
  readonly path: string;
  readonly file: File;
  readonly loadedBytes: number;
  readonly status: UploadStatus;
  /** Whether an object that is already there may be replaced. */
  readonly overwrite: boolean;
  readonly error: string | null;
}

export interface UploadState {
  readonly items: readonly UploadItem[];
}

export type UploadAction =
  | { readonly type: 'added'; readonly items: readonly UploadItem[] }
  | { readonly type: 'started'; readonly id: string }
  | { readonly type: 'progressed'; readonly loadedBytes: ReadonlyMap<string, number> }
  | { readonly type: 'finished'; readonly id: string }
  | { readonly type: 'failed'; readonly ids: readonly string[]; readonly error: string }
  | { readonly type: 'conflicted'; readonly id: string }
  | { readonly type: 'cancelled'; readonly ids: readonly string[] }
  | { readonly type: 'skipped'; readonly ids: readonly string[] }
  | { readonly type: 'requeued'; readonly ids: readonly string[]; readonly overwrite: boolean }
  | { readonly type: 'cleared' };

export const NO_UPLOADS: UploadState = { items: [] };

/** Queued or on the wire. */
export function isActive(item: UploadItem): boolean {
  return item.status === 'queued' || item.status === 'uploading';
}

/** Moves between upload states; moves that make no sense (progress of a cancelled file) change nothing. */
export function reduceUploads(state: UploadState, action: UploadAction): UploadState {
  switch (action.type) {
    case 'added':
      return { items: [...state.items, ...action.items] };
    case 'started':
      return change(state, [action.id], ['queued'], { status: 'uploading', loadedBytes: 0, error: null });
    case 'progressed':
      return progress(state, action.loadedBytes);
    case 'finished':
      return settle(state, action.id);
    case 'failed':
      return change(state, action.ids, ['queued', 'uploading'], { status: 'failed', error: action.error });
    case 'conflicted':
      return change(state, [action.id], ['queued', 'uploading'], { status: 'conflict', loadedBytes: 0 });
    case 'cancelled':
      return change(state, action.ids, ['queued', 'uploading', 'conflict'], { status: 'cancelled', loadedBytes: 0 });
    case 'skipped':
      return change(state, action.ids, ['conflict'], { status: 'skipped', loadedBytes: 0 });
    case 'requeued':
      return change(state, action.ids, ['failed', 'cancelled', 'conflict', 'skipped'], {
        status: 'queued',
        loadedBytes: 0,
        error: null,
        ...(action.overwrite ? { overwrite: true } : {}),
      });
    case 'cleared':
      return { items: state.items.filter((item) => isActive(item) || item.status === 'conflict') };
  }
}

type Change = Partial<Pick<UploadItem, 'status' | 'loadedBytes' | 'error' | 'overwrite'>>;

function change(state: UploadState, ids: readonly string[], from: readonly UploadStatus[], fields: Change): UploadState {
  const wanted = new Set(ids);
  const items = state.items.map((item) => (wanted.has(item.id) && from.includes(item.status) ? { ...item, ...fields } : item));
  return items.some((item, index) => item !== state.items[index]) ? { items } : state;
}

function progress(state: UploadState, loadedBytes: ReadonlyMap<string, number>): UploadState {
  const items = state.items.map((item) => {
    const loaded = loadedBytes.get(item.id);
    return loaded === undefined || item.status !== 'uploading' ? item : { ...item, loadedBytes: Math.min(loaded, item.file.size) };
  });
  return { items };
}

function settle(state: UploadState, id: string): UploadState {
  const item = state.items.find((candidate) => candidate.id === id);
  return change(state, [id], ['uploading'], { status: 'done', loadedBytes: item?.file.size ?? 0, error: null });
}

export interface UploadSummary {
  readonly counts: Readonly<Record<UploadStatus, number>>;
  /** Files that are to arrive: everything but cancelled and skipped ones. */
  readonly wanted: number;
  readonly active: number;
  readonly loadedBytes: number;
  readonly totalBytes: number;
  /** 0 to 100, by bytes; by files when all are empty. */
  readonly percent: number;
}

/** Totals over all files. */
export function summarizeUploads({ items }: UploadState): UploadSummary {
  const counts = { queued: 0, uploading: 0, done: 0, failed: 0, conflict: 0, cancelled: 0, skipped: 0 };
  let loadedBytes = 0;
  let totalBytes = 0;
  for (const item of items) {
    counts[item.status] += 1;
    if (item.status === 'cancelled' || item.status === 'skipped') continue;
    loadedBytes += item.loadedBytes;
    totalBytes += item.file.size;
  }
  const wanted = items.length - counts.cancelled - counts.skipped;
  const ratio = totalBytes > 0 ? loadedBytes / totalBytes : counts.done / Math.max(1, wanted);
  return { counts, wanted, active: counts.queued + counts.uploading, loadedBytes, totalBytes, percent: Math.floor(ratio * 100) };
}
