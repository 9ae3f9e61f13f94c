import { SupastorError } from '@supastor/contract/errors';
import type { JobContext, JobKind } from '../jobs/job-kind.ts';
import type { JsonRecord } from '../jobs/job.port.ts';
import { restoreFolder } from './restore-folder-job.ts';
import type { StorageAdmin } from './storage-admin.port.ts';

/** What the jobs of folders reach the world through. */
export interface FolderJobDeps {
  readonly storage: StorageAdmin;
  /** Told now and then which bucket changed. */
  readonly onChanged: (bucket: string) => void;
}

const LIST_PAGE = 1000;
const DELETE_BATCH = 200;
const PARALLEL = 6;

interface Counts {
  done: number;
  skipped: number;
}

interface FolderPair {
  readonly verb: 'move' | 'copy';
  readonly bucket: string;
  readonly from: string;
  readonly to: string;
  readonly toBucket: string;
  readonly overwrite: boolean;
}

/** Jobs of objects: each lists the folder in the order of names and goes on behind the last name it is done with. */
export const FOLDER_JOBS: readonly JobKind<FolderJobDeps>[] = [
  {
    name: 'objects.moveFolder',
    run: (input, deps, context) => transfer(readPair(input, 'move'), deps, context),
  },
  {
    name: 'objects.copyFolder',
    run: (input, deps, context) => transfer(readPair(input, 'copy'), deps, context),
  },
  {
    name: 'objects.removeFolder',
    run: removeFolder,
  },
  {
    name: 'objects.restoreFolder',
    run: restoreFolder,
  },
];

async function transfer(pair: FolderPair, deps: FolderJobDeps, context: JobContext): Promise<JsonRecord> {
  const { storage, onChanged } = deps;
  const { signal, report, checkpoint } = context;
  const counts: Counts = { done: numberOf(checkpoint, 'done'), skipped: numberOf(checkpoint, 'skipped') };
  const query = { bucket: pair.bucket, prefix: pair.from, after: textOf(checkpoint, 'after') };
  const total = counts.done + counts.skipped + (await countObjects(storage, query, signal));
  for await (const paths of pages(storage, query, signal)) {
    for (const batch of chunks(paths, PARALLEL)) {
      await Promise.all(batch.map((path) => transferOne(storage, { pair, path, counts }, signal)));
      const message = counts.skipped > 0 ? `${counts.skipped} are there already and were left alone` : undefined;
      await report({
        done: counts.done + counts.skipped,
        total: Math.max(total, counts.done + counts.skipped),
        ...(message !== undefined && { message }),
        checkpoint: { ...counts, after: batch.at(-1) ?? '' },
      });
    }
    onChanged(pair.bucket);
    if (pair.toBucket !== pair.bucket) onChanged(pair.toBucket);
  }
  return { objects: counts.done, skipped: counts.skipped };
}

interface OneTransfer {
  readonly pair: FolderPair;
  readonly path: string;
  readonly counts: Counts;
}

/** What is at its target already is left alone; what went away meanwhile, or was moved before a crash, is done. */
async function transferOne(storage: StorageAdmin, { pair, path, counts }: OneTransfer, signal: AbortSignal): Promise<void> {
  try {
    const { verb, bucket, from, to, toBucket, overwrite } = pair;
    await storage.transferObject({ verb, bucket, from: path, toBucket, to: to + path.slice(from.length), overwrite }, signal);
    counts.done += 1;
  } catch (error) {
    const code = error instanceof SupastorError ? error.code : null;
    if (code === 'SJ_CONFLICT') counts.skipped += 1;
    else if (code !== 'SJ_NOT_FOUND') throw error;
  }
}

async function removeFolder(
  input: JsonRecord,
  { storage, onChanged }: FolderJobDeps,
  { signal, report, checkpoint }: JobContext,
): Promise<JsonRecord> {
  const bucket = textOf(input, 'bucket');
  const prefix = textOf(input, 'folder');
  let done = numberOf(checkpoint, 'done');
  const query = { bucket, prefix, after: '' };
  const total = done + (await countObjects(storage, query, signal));
  for await (const paths of pages(storage, query, signal)) {
    for (const batch of chunks(paths, DELETE_BATCH)) {
      done += (await storage.removeObjects(bucket, batch, signal)).length;
      await report({ done, total: Math.max(total, done), checkpoint: { done } });
    }
    onChanged(bucket);
  }
  return { objects: done };
}

interface PageQuery {
  readonly bucket: string;
  readonly prefix: string;
  /** Names up to this one are done with. */
  readonly after: string;
}

/** Names below a prefix, page by page. A page is listed only when the one before it was dealt with. */
async function* pages(storage: StorageAdmin, { bucket, prefix, after }: PageQuery, signal: AbortSignal): AsyncGenerator<readonly string[]> {
  let cursor: string | undefined;
  do {
    signal.throwIfAborted();
    const page = await storage.listObjects({ bucket, prefix, cursor, limit: LIST_PAGE, folders: false }, signal);
    const paths = page.objects
      .map(({ path }) => path)
      .filter((path) => after === '' || Buffer.compare(Buffer.from(path), Buffer.from(after)) > 0);
    if (paths.length > 0) yield paths;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}

/** How many objects are still to be dealt with, for the progress. */
async function countObjects(storage: StorageAdmin, query: PageQuery, signal: AbortSignal): Promise<number> {
  let count = 0;
  for await (const paths of pages(storage, query, signal)) count += paths.length;
  return count;
}

function* chunks(items: readonly string[], size: number): Generator<readonly string[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

function readPair(input: JsonRecord, verb: FolderPair['verb']): FolderPair {
  const bucket = textOf(input, 'bucket');
  return {
    verb,
    bucket,
    from: textOf(input, 'from'),
    to: textOf(input, 'to'),
    toBucket: textOf(input, 'toBucket') || bucket,
    overwrite: input['ifExists'] === 'overwrite',
  };
}

function textOf(record: JsonRecord | null, name: string): string {
  const value = record?.[name];
  return typeof value === 'string' ? value : '';
}

function numberOf(record: JsonRecord | null, name: string): number {
  const value = record?.[name];
  return typeof value === 'number' ? value : 0;
}
