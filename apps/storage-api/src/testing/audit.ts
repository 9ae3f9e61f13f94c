import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ignoreMissing } from '../blobs/store-error.ts';

export interface Audit {
  /** Versions of rows whose bytes are missing or have another size. */
  readonly rowsWithoutBytes: readonly string[];
  /** Files that neither a row nor the list of retired versions knows. */
  readonly bytesWithoutRow: readonly string[];
  /** Unfinished work of servers that are gone. */
  readonly leftovers: readonly string[];
}

/** As much of a pool as the audit needs. */
export interface Queryable {
  query(text: string): Promise<{ rows: Record<string, unknown>[] }>;
}

/** Compares rows with files, in both directions. No server may be writing; collectors may run. */
export async function auditStore(pool: Queryable, storePath: string, liveInstances: number): Promise<Audit> {
  const objects = await pool.query(
    `select version, size_bytes from storage.objects
     union all select version, size_bytes from storage_versions.objects where not is_delete_marker
     union all select version, size_bytes from storage.s3_multipart_uploads_parts`,
  );
  const retired = await pool.query('select version from storage.retired_blobs');
  const files = await listFiles(join(storePath, 'blobs'));
  const known = new Set([...objects.rows, ...retired.rows].map(({ version }) => String(version)));
  const missing = objects.rows.filter(({ version, size_bytes }) => files.get(String(version)) !== Number(size_bytes));
  const unknown = [...files.keys()].filter((version) => !known.has(version));
  const still = await listFiles(join(storePath, 'blobs'));
  const instances = await readdir(join(storePath, 'staging'));
  return {
    rowsWithoutBytes: missing.map(({ version }) => String(version)),
    bytesWithoutRow: unknown.filter((version) => still.has(version)),
    leftovers: instances.slice(liveInstances),
  };
}

export const CLEAN: Audit = { rowsWithoutBytes: [], bytesWithoutRow: [], leftovers: [] };

async function listFiles(root: string): Promise<ReadonlyMap<string, number>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = new Map<string, number>();
  for (const entry of entries.filter((each) => each.isFile())) {
    const found = await ignoreMissing(stat(join(entry.parentPath, entry.name)));
    if (found) files.set(entry.name, found.size);
  }
  return files;
}
