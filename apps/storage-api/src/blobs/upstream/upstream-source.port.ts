import type { BlobStat, OpenBlob, OpenOptions } from '../blob-store.port.ts';

/** Where the original has put the bytes of a version: the name that the object had there, and its version there. */
export interface UpstreamPlace {
  readonly bucket: string;
  readonly name: string;
  /** Null in the oldest layout, which knew no versions. */
  readonly version: string | null;
}

/** Bytes in the layout of the original. Nothing is ever written there. All methods but the first throw {@link UnsafePlace}. */
export interface UpstreamSource {
  /** For people: where it is. */
  readonly label: string;
  /** Whether bytes may be removed there when their objects are gone. */
  readonly isWritable: boolean;
  /** Whether there is anything of the original. False says nothing of single objects: a disk may not be mounted. */
  isReachable(): Promise<boolean>;
  /** Null when there is no such file or object. */
  open(place: UpstreamPlace, options?: OpenOptions): Promise<OpenBlob | null>;
  stat(place: UpstreamPlace): Promise<BlobStat | null>;
  /** Succeeds when it is gone already. */
  remove(place: UpstreamPlace): Promise<void>;
  stop(): Promise<void>;
}

/** A name that would lead out of the tree of the original. Names come from rows, which is to say from clients. */
export class UnsafePlace extends Error {
  constructor(reason: string) {
    super(`refused to follow the name of an object out of the original's store: ${reason}`);
  }
}

/** What the original puts between a key and its version; the second one where TUS_USE_FILE_VERSION_SEPARATOR was set. */
const SEPARATORS = ['/', '-$v-'];

/**
 * Keys below the tenant under which the bytes may lie, the likely one first.
 * @throws UnsafePlace
 */
export function keysOf({ bucket, name, version }: UpstreamPlace): readonly string[] {
  const key = `${bucket}/${name}`;
  const keys = version === null ? [key] : SEPARATORS.map((separator) => `${key}${separator}${version}`);
  for (const candidate of keys) {
    if (candidate.includes('\0')) throw new UnsafePlace('a zero byte');
    if (candidate.split('/').includes('..')) throw new UnsafePlace('a segment ".."');
  }
  return keys;
}
