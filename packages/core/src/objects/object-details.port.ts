import type { ObjectDetails, ObjectVersion, Picture } from '@supastor/contract/operations/object-details';

export interface ObjectDescription {
  readonly mimeType: string;
  readonly cacheControl: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface LinkRequest {
  readonly bucket: string;
  readonly path: string;
  readonly versionId?: string | undefined;
  readonly picture?: Picture | undefined;
  readonly expiresInSeconds: number;
}

export interface DeletedQuery {
  readonly bucket: string;
  readonly prefix: string;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

export interface DeletedPage {
  readonly objects: readonly { readonly path: string; readonly deletedAt: string | null }[];
  readonly nextCursor: string | null;
}

export interface FolderLink {
  readonly url: string;
  readonly objects: number;
  readonly bytes: number;
}

/**
 * A storage server's view of single objects. Every method may throw what {@link StorageAdmin} throws; versions, archives and purging
 * SJ_TARGET_UNSUPPORTED where the server has none.
 */
export interface ObjectDetailAdmin {
  info(bucket: string, path: string, signal: AbortSignal): Promise<ObjectDetails>;
  /** Replaces what describes the object. The bytes stay; where versions are kept, it is a new one. */
  describe(bucket: string, path: string, description: ObjectDescription, signal: AbortSignal): Promise<void>;
  /** Newest first. */
  versions(bucket: string, path: string, signal: AbortSignal): Promise<readonly ObjectVersion[]>;
  /** Objects whose current version is a delete marker, in the order of names. */
  deleted(query: DeletedQuery, signal: AbortSignal): Promise<DeletedPage>;
  /** Makes a version the current one, as a version of its own. */
  restore(bucket: string, path: string, versionId: string, signal: AbortSignal): Promise<void>;
  /** An absolute URL for browsers. */
  sign(request: LinkRequest, signal: AbortSignal): Promise<string>;
  signFolder(bucket: string, folder: string, expiresInSeconds: number, signal: AbortSignal): Promise<FolderLink>;
  purge(bucket: string, path: string, signal: AbortSignal): Promise<void>;
}
