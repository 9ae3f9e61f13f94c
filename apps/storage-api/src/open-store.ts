import { join } from 'node:path';
import type { Logger } from '@supastor/adapters/telemetry/logger';
import { FileStore } from './blobs/file-store.ts';
import { LooseFiles } from './blobs/loose-files.ts';
import type { ManagedStore } from './blobs/managed-store.port.ts';
import type { S3StoreSettings } from './blobs/s3/settings.ts';
import type { UpstreamSource } from './blobs/upstream/upstream-source.port.ts';
import { UpstreamTree } from './blobs/upstream/upstream-tree.ts';
import type { Database } from './metadata/database.ts';
import { UploadFiles } from './uploads/upload-files.ts';
import type { UploadSpace } from './uploads/upload-space.port.ts';

export interface StoreOptions {
  readonly database: Database;
  readonly logger: Logger;
  readonly instanceId: string;
  /** Directory of the file store. */
  readonly storePath: string;
  /** Space that uploads leave free there. */
  readonly reserveBytes?: number | undefined;
  /** Keeps bytes in a bucket instead. */
  readonly s3Store?: S3StoreSettings | undefined;
}

/** The byte store that is configured, and where unfinished uploads wait in it. */
export interface OpenedStore {
  readonly store: ManagedStore;
  readonly space: UploadSpace;
  /** Null where the store is no directory. */
  readonly loose: LooseFiles | null;
}

/** Opens the store; the code of the one that is not used is not loaded. */
export async function openStore({ storePath, reserveBytes, s3Store: settings, ...deps }: StoreOptions): Promise<OpenedStore> {
  if (settings === undefined) {
    const store = await FileStore.open({ root: storePath, instanceId: deps.instanceId, reserveBytes });
    return { store, space: new UploadFiles(join(storePath, 'resumable'), store), loose: new LooseFiles(storePath) };
  }
  const [{ S3Store }, { UploadParts }] = await Promise.all([import('./blobs/s3/s3-store.ts'), import('./uploads/upload-parts.ts')]);
  const store = await S3Store.open({ ...deps, settings });
  return { store, space: new UploadParts({ database: deps.database, blobs: store }), loose: null };
}

/** Where the original has stored bytes that are not imported yet. */
export type UpstreamSettings = { readonly tenant: string; readonly isWritable: boolean } & (
  | { readonly kind: 'file'; readonly path: string; readonly bucket: string }
  | { readonly kind: 's3'; readonly settings: S3StoreSettings }
);

/** Opens the store of the original to be read; nothing is asked of it yet. */
export async function openUpstream(options: UpstreamSettings | undefined): Promise<UpstreamSource | null> {
  if (options === undefined) return null;
  if (options.kind === 'file') return new UpstreamTree(options);
  const { UpstreamBucket } = await import('./blobs/upstream/upstream-bucket.ts');
  return new UpstreamBucket(options);
}
