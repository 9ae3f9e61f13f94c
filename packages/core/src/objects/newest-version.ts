import type { StorageAdmin } from './storage-admin.port.ts';

export interface ObjectName {
  readonly bucket: string;
  readonly path: string;
}

/** The newest version of an object that is no delete marker; null when there is none. */
export async function newestVersion(storage: StorageAdmin, { bucket, path }: ObjectName, signal: AbortSignal): Promise<string | null> {
  const versions = await storage.details.versions(bucket, path, signal);
  return versions.find(({ isDeleteMarker }) => !isDeleteMarker)?.versionId ?? null;
}
