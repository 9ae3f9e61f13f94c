import { SupastorError } from '@supastor/contract/errors';
import type { JobContext } from '../jobs/job-kind.ts';
import type { JsonRecord } from '../jobs/job.port.ts';
import { newestVersion, type ObjectName } from './newest-version.ts';
import type { StorageAdmin } from './storage-admin.port.ts';

const PAGE = 500;
const PARALLEL = 6;

interface RestoreDeps {
  readonly storage: StorageAdmin;
  readonly onChanged: (bucket: string) => void;
}

interface Query {
  readonly bucket: string;
  readonly prefix: string;
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
}

/**
 * Brings back what was deleted below a folder. What is restored is no longer deleted, so a second attempt begins anew and finds only
 * what is left; pages go on by name, so that what cannot be restored is not looked at twice.
 */
export async function restoreFolder(input: JsonRecord, deps: RestoreDeps, { signal, report }: JobContext): Promise<JsonRecord> {
  const query: Query = { bucket: text(input, 'bucket'), prefix: text(input, 'folder'), sinceMs: Date.parse(text(input, 'since')) || 0 };
  let total = 0;
  for await (const paths of deletedPages(deps, query, signal)) total += paths.length;
  const counts = { done: 0, skipped: 0 };
  for await (const paths of deletedPages(deps, query, signal)) {
    for (let start = 0; start < paths.length; start += PARALLEL) {
      const batch = paths.slice(start, start + PARALLEL);
      await Promise.all(batch.map((path) => restoreOne(deps, { bucket: query.bucket, path }, { signal, counts })));
      const done = counts.done + counts.skipped;
      const message = counts.skipped > 0 ? `${counts.skipped} have no version any more` : undefined;
      await report({ done, total: Math.max(total, done), ...(message !== undefined && { message }) });
    }
    deps.onChanged(query.bucket);
  }
  return { objects: counts.done, skipped: counts.skipped };
}

interface Progress {
  readonly signal: AbortSignal;
  readonly counts: { done: number; skipped: number };
}

async function restoreOne({ storage }: RestoreDeps, object: ObjectName, { signal, counts }: Progress): Promise<void> {
  const versionId = await newestVersion(storage, object, signal);
  try {
    if (versionId !== null) await storage.details.restore(object.bucket, object.path, versionId, signal);
    counts[versionId === null ? 'skipped' : 'done'] += 1;
  } catch (error) {
    // Deleted for good since it was listed.
    if (!(error instanceof SupastorError) || error.code !== 'SJ_NOT_FOUND') throw error;
    counts.skipped += 1;
  }
}

async function* deletedPages(
  { storage }: RestoreDeps,
  { bucket, prefix, sinceMs }: Query,
  signal: AbortSignal,
): AsyncGenerator<readonly string[]> {
  let cursor: string | undefined;
  do {
    signal.throwIfAborted();
    const page = await storage.details.deleted({ bucket, prefix, cursor, limit: PAGE }, signal);
    const wanted = page.objects.filter(({ deletedAt }) => deletedAt === null || Date.parse(deletedAt) >= sinceMs);
    if (wanted.length > 0) yield wanted.map(({ path }) => path);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}

function text(record: JsonRecord, name: string): string {
  const value = record[name];
  return typeof value === 'string' ? value : '';
}
