import { crc32 } from 'node:zlib';
import type { OpenBlob } from '../blobs/blob-store.port.ts';
import { verifiedBody } from '../blobs/verified-body.ts';
import type { StorageDeps } from '../deps.ts';
import { archivePage } from '../metadata/archive-queries.ts';
import { findObject, type ObjectRow } from '../metadata/object-queries.ts';
import { entryName } from './entry-name.ts';
import { dataDescriptor, directoryEnd, directoryHeader, localHeader, type WrittenEntry } from './zip-format.ts';

export interface ArchivedFolder {
  readonly bucket: string;
  /** Empty for the whole bucket, else ends with a slash. */
  readonly prefix: string;
}

type Deps = Pick<StorageDeps, 'database' | 'blobs' | 'damage'>;

const PAGE = 200;
/** Where what could not be read is listed, so that nobody takes the archive for complete. */
const MISSING_NAME = 'MISSING.txt';

/**
 * A zip of everything below a folder, as it is read: one page of rows, one object at a time, and the directory are all it holds.
 * Bytes are stored as they are. Objects whose bytes are gone or known to be damaged are left out and listed at the end.
 * @throws ProtocolError ObjectDamaged in the middle of an object whose bytes turn out not to be what was stored
 */
export async function* archiveFolder(deps: Deps, folder: ArchivedFolder): AsyncGenerator<Buffer> {
  const directory: Buffer[] = [];
  const missing: string[] = [];
  let offset = 0;
  for await (const row of rowsOf(deps, folder)) {
    const opened = await openCurrent(deps, row);
    if (opened === null) {
      missing.push(row.name);
      continue;
    }
    const entry = entryOf(folder, opened);
    const written = writeEntry({ ...entry, offset, chunks: chunksOf(deps, opened), abandon: () => opened.blob.close() });
    offset = yield* counted(written, offset, directory);
  }
  if (missing.length > 0) {
    const text = Buffer.from(`These objects could not be read:\n${missing.join('\n')}\n`);
    const name = Buffer.from(MISSING_NAME);
    const entry = { name, sizeBytes: text.length, crc32: crc32(text), modifiedAt: new Date() };
    offset = yield* counted(writeEntry({ ...entry, offset, chunks: [text] }), offset, directory);
  }
  let bytes = 0;
  for (const line of directory) {
    bytes += line.length;
    yield line;
  }
  yield directoryEnd({ entries: directory.length, offset, bytes });
}

interface Opened {
  readonly row: ObjectRow;
  readonly blob: OpenBlob;
}

/** The bytes of a row, or of the newer one that has taken its place; null when there are none to be had. */
async function openCurrent({ database, blobs }: Deps, listed: ObjectRow): Promise<Opened | null> {
  let row = listed;
  for (let attempt = 0; attempt < 2; attempt += 1) {
    if (row.version === null || row.damaged_version === row.version) return null;
    const blob = await blobs.open(row.version);
    if (blob !== null) return { row, blob };
    const again = findObject(row.bucket_id, row.name);
    await database.read(again);
    const newer = again.rows[0];
    if (newer === undefined) return null;
    row = newer;
  }
  return null;
}

async function* rowsOf({ database }: Deps, folder: ArchivedFolder): AsyncGenerator<ObjectRow> {
  let after: string | null = null;
  for (;;) {
    const page = archivePage(folder, after, PAGE);
    await database.read(page);
    yield* page.rows;
    const last: ObjectRow | undefined = page.rows.at(-1);
    if (page.rows.length < PAGE || last === undefined) return;
    after = last.name;
  }
}

function entryOf(folder: ArchivedFolder, { row, blob }: Opened) {
  const { sizeBytes } = blob;
  return {
    name: Buffer.from(entryName(folder, row.name, sizeBytes).slice(-MAX_NAME)),
    sizeBytes,
    crc32: row.crc32 === null ? null : Number(row.crc32),
    modifiedAt: row.updated_at,
  };
}

/** Names have 16 bits for their length; keys are shorter by far, and so are buckets. */
const MAX_NAME = 0x3fff;

async function* chunksOf({ damage }: Deps, { row, blob }: Opened): AsyncGenerator<Buffer> {
  const body = await verifiedBody(blob, { expected: row, damage });
  if (Buffer.isBuffer(body)) {
    yield body;
    return;
  }
  for await (const chunk of body) yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
}

interface EntryToWrite extends Pick<WrittenEntry, 'name' | 'sizeBytes' | 'modifiedAt' | 'offset'> {
  readonly crc32: number | null;
  readonly chunks: AsyncIterable<Buffer> | Iterable<Buffer>;
  /** Called when nobody waits for the chunks, which are not begun then. */
  readonly abandon?: () => Promise<void>;
}

/** Yields the parts of an entry and returns its line in the directory. */
async function* writeEntry({ chunks, abandon, ...entry }: EntryToWrite): AsyncGenerator<Buffer, Buffer> {
  let isWanted = false;
  try {
    yield localHeader(entry);
    isWanted = true;
  } finally {
    if (!isWanted) await abandon?.();
  }
  let checksum = 0;
  for await (const chunk of chunks) {
    if (entry.crc32 === null) checksum = crc32(chunk, checksum);
    yield chunk;
  }
  if (entry.crc32 === null) yield dataDescriptor(entry.sizeBytes, checksum);
  return directoryHeader({ ...entry, crc32: entry.crc32 ?? checksum, hasDescriptor: entry.crc32 === null });
}

/** Passes an entry on, adds its line to the directory, and returns where the next one begins. Ends the entry when it is ended itself. */
async function* counted(entry: AsyncGenerator<Buffer, Buffer>, offset: number, directory: Buffer[]): AsyncGenerator<Buffer, number> {
  let next = offset;
  try {
    for (;;) {
      const part = await entry.next();
      if (part.done === true) {
        directory.push(part.value);
        return next;
      }
      next += part.value.length;
      yield part.value;
    }
  } finally {
    await entry.return(Buffer.alloc(0));
  }
}
