import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, realpath, rmdir, stat, unlink } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { BlobStat, OpenBlob } from '../blob-store.port.ts';
import { readBody } from '../open-file.ts';
import { ReadBudget } from '../read-budget.ts';
import { systemErrorCode, translateStoreError } from '../store-error.ts';
import { keysOf, UnsafePlace, type UpstreamPlace, type UpstreamSource } from './upstream-source.port.ts';

export interface UpstreamTreeOptions {
  /** What the original had as FILE_STORAGE_BACKEND_PATH. */
  readonly path: string;
  /** Its GLOBAL_S3_BUCKET, which is a directory on its file backend. */
  readonly bucket: string;
  readonly tenant: string;
  readonly isWritable: boolean;
}

/** Neither a link at the end nor a pipe that nobody writes to. */
const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** What the file system says of names under which nothing can be. */
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'EISDIR']);

/** The file backend of the original: `<path>/<bucket>/<tenant>/<bucket of the object>/<name>/<version>`. */
export class UpstreamTree implements UpstreamSource {
  readonly label: string;
  readonly isWritable: boolean;
  readonly #root: string;
  readonly #reads = new ReadBudget();

  constructor({ path, bucket, tenant, isWritable }: UpstreamTreeOptions) {
    this.#root = join(path, bucket, tenant);
    this.label = this.#root;
    this.isWritable = isWritable;
  }

  async isReachable(): Promise<boolean> {
    const facts = await stat(this.#root).catch(() => null);
    return facts?.isDirectory() ?? false;
  }

  async open(place: UpstreamPlace): Promise<OpenBlob | null> {
    const found = await this.#find(place);
    if (found === null) return null;
    const { file, facts } = found;
    return {
      sizeBytes: facts.size,
      body: (range) => readBody(file, { sizeBytes: facts.size, range, budget: this.#reads }),
      close: () => file.close(),
    };
  }

  async stat(place: UpstreamPlace): Promise<BlobStat | null> {
    const found = await this.#find(place);
    if (found === null) return null;
    await found.file.close();
    return { sizeBytes: found.facts.size, modifiedAt: found.facts.mtime };
  }

  async remove(place: UpstreamPlace): Promise<void> {
    for (const path of this.#paths(place)) {
      const real = await this.#resolve(path);
      if (real === null || !(await lstat(real)).isFile()) continue;
      await absent(unlink(real));
      // What the original keeps beside a resumable upload.
      if (place.version !== null) await absent(unlink(`${real}.info`));
      await this.#prune(dirname(real));
    }
  }

  async stop(): Promise<void> {}

  async #find(place: UpstreamPlace): Promise<{ file: FileHandle; facts: Stats } | null> {
    try {
      for (const path of this.#paths(place)) {
        const real = await this.#resolve(path);
        const file = real === null ? null : await absent(open(real, READ_FLAGS));
        if (real === null || file === null) continue;
        const facts = await this.#examine(file, path, real).catch(async (error: unknown) => {
          await file.close();
          throw error;
        });
        if (facts !== null) return { file, facts };
        await file.close();
      }
      return null;
    } catch (error) {
      throw error instanceof UnsafePlace ? error : translateStoreError(error);
    }
  }

  /** What is open is what the path leads to still, so that no directory was made a link in between. Null when it is no file. */
  async #examine(file: FileHandle, path: string, real: string): Promise<Stats | null> {
    const facts = await file.stat();
    if (!facts.isFile()) return null;
    const again = await this.#resolve(path);
    const now = again === null ? null : await absent(lstat(again));
    if (again !== real || now === null || now.ino !== facts.ino || now.dev !== facts.dev)
      throw new UnsafePlace('it changed while it was opened');
    return facts;
  }

  /** The original's paths collapse empty segments and `.`, and so do these. */
  #paths(place: UpstreamPlace): readonly string[] {
    return keysOf(place).map((key) => join(this.#root, ...key.split('/').filter((segment) => segment !== '' && segment !== '.')));
  }

  /** The path without links; null when nothing is there. @throws UnsafePlace when it leads out of the tree */
  async #resolve(path: string): Promise<string | null> {
    const root = await absent(realpath(this.#root));
    const real = root === null ? null : await absent(realpath(path));
    if (real === null) return null;
    if (!real.startsWith(`${root}${sep}`)) throw new UnsafePlace('a symbolic link out of the tree');
    return real;
  }

  /** Removes directories that became empty, up to the root. */
  async #prune(directory: string): Promise<void> {
    const root = await realpath(this.#root);
    for (let path = directory; path.startsWith(`${root}${sep}`); path = dirname(path)) {
      const isGone = await rmdir(path).then(
        () => true,
        () => false,
      );
      if (!isGone) return;
    }
  }
}

/** Null when nothing can be under that name; other errors pass. */
async function absent<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    const code = systemErrorCode(error) ?? '';
    if (code === 'ELOOP') throw new UnsafePlace('a symbolic link');
    if (ABSENT.has(code)) return null;
    throw error;
  }
}
