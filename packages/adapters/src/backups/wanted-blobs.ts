import { SupastorError } from '@supastor/contract/errors';
import { type Client, DatabaseError } from 'pg';
import { readLines } from './blob-list.ts';
import type { WantedBlob } from './copy-blobs.ts';
import { copyOut } from './copy-out.ts';
import { createFileSink } from './file-sink.ts';

/**
 * Whatever rows name now, and whatever was replaced and may still be there: read after the copy of the rows, that is at least what they name,
 * since nothing is removed meanwhile. Parts of resumable uploads are left out: an upload that is under way is begun again.
 */
const WANTED = `copy (
  select version, max(size_bytes), max(sha256), bool_or(is_live) from (
    select version, size_bytes, sha256, true as is_live from storage.blob_references where kind <> 'resumable part'
    union all select version, size_bytes, null, false from storage.retired_blobs
  ) as named group by version order by version collate "C"
) to stdout`;

const LINE_FEED = 10;

/** Writes the list of versions to a file, and says how many they are. @throws SJ_TARGET_UNSUPPORTED when the storage server is not ours */
export async function writeWanted(client: Client, path: string, signal: AbortSignal): Promise<number> {
  let count = 0;
  const sink = createFileSink(path, { compress: false });
  try {
    const keep = (chunk: Buffer) => {
      for (const byte of chunk) if (byte === LINE_FEED) count += 1;
      return sink.write(chunk);
    };
    await copyOut(client, WANTED, keep, signal);
    await sink.finish();
    return count;
  } catch (error) {
    await sink.abandon();
    if (error instanceof DatabaseError && (error.code === '42P01' || error.code === '3F000')) {
      throw new SupastorError('SJ_TARGET_UNSUPPORTED', 'The database has no rows of our storage server, whose bytes could be backed up.', {
        hint: 'Backups need the storage server of Supastor (storage.managed: true).',
        cause: error,
      });
    }
    throw error;
  }
}

export async function* readWanted(path: string): AsyncGenerator<WantedBlob> {
  for await (const line of readLines(path)) {
    const [version = '', bytes, sha256, isLive] = line.split('\t');
    yield { version, bytes: orNull(bytes, Number), sha256: orNull(sha256, String), isLive: isLive === 't' };
  }
}

/** `\N` is how COPY writes null. */
function orNull<T>(field: string | undefined, read: (text: string) => T): T | null {
  return field === undefined || field === String.raw`\N` ? null : read(field);
}
