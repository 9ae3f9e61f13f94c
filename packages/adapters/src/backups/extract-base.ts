import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { chown, mkdir } from 'node:fs/promises';
import { dirname, join, normalize, sep } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import { extract } from 'tar-stream';
import type { Owner } from '../targets/embedded/postgres/owner.ts';
import { damagedFile } from './manifest-file.ts';
import { BASE_FILE } from './layout.ts';

export interface ExtractOptions {
  readonly id: string;
  readonly archive: string;
  /** What the archive must be. */
  readonly sha256: string;
  /** An empty directory. */
  readonly target: string;
  readonly owner: Owner | undefined;
  readonly signal: AbortSignal;
}

/** Unpacks the rows of a backup. It is hashed once more on the way, so nothing that changed since it was checked is used. @throws SJ_BACKUP_DAMAGED */
export async function extractBase({ id, archive, sha256, target, owner, signal }: ExtractOptions): Promise<void> {
  const hash = createHash('sha256');
  const measure = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const entries = extract();
  const reading = pipeline(createReadStream(archive), measure, createZstdDecompress(), entries, { signal });
  // The loop below ends with the same error.
  reading.catch(() => undefined);
  try {
    for await (const entry of entries) {
      const { name, type } = entry.header;
      const path = placeOf(target, name);
      if (path === null || (type !== 'file' && type !== 'directory'))
        throw damagedFile(id, BASE_FILE, `holds ${name}, which is no part of a data directory`);
      if (type === 'directory') {
        await makeDirectory(path, owner);
        entry.resume();
        continue;
      }
      await makeDirectory(dirname(path), owner);
      await pipeline(entry, createWriteStream(path, { mode: 0o600, flags: 'wx' }), { signal });
      if (owner) await chown(path, owner.uid, owner.gid);
    }
    await reading;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('ZSTD'))
      throw damagedFile(id, BASE_FILE, 'cannot be unpacked', error);
    throw error;
  }
  if (hash.digest('hex') !== sha256) throw damagedFile(id, BASE_FILE, 'changed while it was read');
}

/** Null for a name that leads out of the directory. */
function placeOf(target: string, name: string): string | null {
  const path = normalize(join(target, name));
  return path === target || path === `${target}${sep}` || path.startsWith(`${target}${sep}`) ? path.replace(/\/$/, '') : null;
}

async function makeDirectory(path: string, owner: Owner | undefined): Promise<void> {
  const made = await mkdir(path, { recursive: true, mode: 0o700 });
  if (made !== undefined && owner) await chown(path, owner.uid, owner.gid);
}
