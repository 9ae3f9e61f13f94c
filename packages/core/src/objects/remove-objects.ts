import type { StorageAdmin } from './storage-admin.port.ts';

const LIST_PAGE = 1000;
const DELETE_BATCH = 200;

export interface RemoveRequest {
  readonly bucket: string;
  readonly paths: readonly string[];
  readonly prefixes: readonly string[];
}

export interface RemoveTools {
  readonly storage: Pick<StorageAdmin, 'listObjects' | 'removeObjects'>;
  readonly signal: AbortSignal;
  /** Told after each batch what is gone. */
  readonly onRemoved: (paths: readonly string[]) => void;
}

/** Deletes the paths and everything below the prefixes, in batches; returns how many objects are gone. Stops between batches when aborted. */
export async function removeObjects({ bucket, paths, prefixes }: RemoveRequest, tools: RemoveTools): Promise<number> {
  let removed = await removeBatches(bucket, [...new Set(paths)], tools);
  for (const prefix of outermost(prefixes)) {
    let cursor: string | undefined;
    do {
      tools.signal.throwIfAborted();
      const page = await tools.storage.listObjects({ bucket, prefix, cursor, limit: LIST_PAGE, folders: false }, tools.signal);
      const found = page.objects.map((object) => object.path);
      removed += await removeBatches(bucket, found, tools);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
  }
  return removed;
}

async function removeBatches(bucket: string, paths: readonly string[], { storage, signal, onRemoved }: RemoveTools): Promise<number> {
  let removed = 0;
  for (let start = 0; start < paths.length; start += DELETE_BATCH) {
    signal.throwIfAborted();
    const gone = await storage.removeObjects(bucket, paths.slice(start, start + DELETE_BATCH), signal);
    removed += gone.length;
    if (gone.length > 0) onRemoved(gone);
  }
  return removed;
}

/** Leaves out prefixes that lie below another one of the list. */
function outermost(prefixes: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (const prefix of [...new Set(prefixes)].toSorted((a, b) => a.length - b.length)) {
    if (!kept.some((outer) => prefix.startsWith(outer))) kept.push(prefix);
  }
  return kept;
}
