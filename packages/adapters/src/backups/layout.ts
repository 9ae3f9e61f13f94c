import { join } from 'node:path';
import { backupIdSchema } from '@supastor/contract/wire/backup';

const VERSION = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether a text that comes from a row may become part of a path. */
export function isVersionId(text: string): boolean {
  return VERSION.test(text);
}

export const BASE_FILE = 'base.tar.zst';
export const SERVER_MANIFEST_FILE = 'backup_manifest';
export const BLOBS_FILE = 'blobs.tsv';
/** What an unfinished backup is about to copy. */
export const WANTED_FILE = 'wanted.tsv';
export const MANIFEST_FILE = 'manifest.json';

/** Paths of a repository of backups. */
export interface Layout {
  readonly root: string;
  readonly blobs: string;
  readonly backups: string;
  /** Bytes that are being received. */
  readonly incoming: string;
  /** Says whose backups these are. */
  readonly claim: string;
  blob(version: string): string;
  shard(version: string): string;
  backup(id: string): string;
}

/** @param destination The directory that is configured */
export function layoutOf(destination: string): Layout {
  const root = join(destination, 'v1');
  const blobs = join(root, 'blobs');
  const shard = (version: string) => {
    if (!isVersionId(version)) throw new TypeError('not a version id');
    return join(blobs, version.slice(-2));
  };
  const backups = join(root, 'backups');
  return {
    root,
    blobs,
    backups,
    incoming: join(root, 'incoming'),
    claim: join(root, 'repository.json'),
    shard,
    blob: (version) => join(shard(version), version),
    backup: (id) => join(backups, backupIdSchema.parse(id)),
  };
}
