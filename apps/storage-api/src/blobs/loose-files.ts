import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { FileLayout, isVersion } from './file-layout.ts';
import { FileQuarantine } from './file-quarantine.ts';
import { ignoreMissing } from './store-error.ts';

/** A file in the store's directories of which its name says that it is nobody's, or that nobody finished it. */
export interface LooseFile {
  /** Below the root of the store. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedAt: Date;
}

/** Work under way writes at least this often; younger files are never loose. */
const UNFINISHED_MS = 3_600_000;
/** What network file systems and disk checks leave in any directory. */
const FOREIGN = /^(?:\.nfs|lost\+found$)/;
const UNFINISHED = /\.part$/;
const JOURNAL = /\.(?:intent|journal)$/;

/** Files in a file store that are not versions in their place, and so are in no listing of versions. */
export class LooseFiles {
  readonly #layout: FileLayout;
  readonly #quarantine: FileQuarantine;

  constructor(root: string) {
    this.#layout = new FileLayout(root);
    this.#quarantine = new FileQuarantine(root);
  }

  /** All that were last written before `beforeMs`. */
  async *list(beforeMs: number): AsyncGenerator<LooseFile> {
    const { root, blobs, staging } = this.#layout;
    const unfinishedBeforeMs = Math.min(beforeMs, Date.now() - UNFINISHED_MS);
    yield* this.#files(blobs, beforeMs, () => true);
    for (const shard of this.#layout.shards()) {
      yield* this.#files(shard, beforeMs, (name) => !isVersion(name) || this.#layout.shard(name) !== shard);
    }
    yield* this.#files(staging, beforeMs, () => true);
    for (const instance of await names(staging)) {
      const directory = join(staging, instance);
      yield* this.#files(directory, beforeMs, (name) => !UNFINISHED.test(name) && !JOURNAL.test(name));
      yield* this.#files(directory, unfinishedBeforeMs, (name) => UNFINISHED.test(name));
    }
    yield* this.#files(join(root, 'resumable'), beforeMs, (name) => !isVersion(name));
    yield* this.#files(join(root, 'cache', 'images', 'temp'), unfinishedBeforeMs, () => true);
  }

  /** Moves a file out of the way; false when it is gone. */
  take(path: string, name: string): Promise<boolean> {
    return this.#quarantine.take(join(this.#layout.root, path), name);
  }

  giveBack(name: string, path: string): Promise<boolean> {
    return this.#quarantine.giveBack(name, join(this.#layout.root, path));
  }

  drop(name: string): Promise<void> {
    return this.#quarantine.drop(name);
  }

  async *#files(directory: string, beforeMs: number, isLoose: (name: string) => boolean): AsyncGenerator<LooseFile> {
    for (const name of await names(directory)) {
      if (FOREIGN.test(name) || !isLoose(name)) continue;
      const path = join(directory, name);
      const facts = await ignoreMissing(stat(path));
      if (facts?.isFile() !== true || facts.mtimeMs >= beforeMs) continue;
      yield { path: relative(this.#layout.root, path), sizeBytes: facts.size, modifiedAt: facts.mtime };
    }
  }
}

async function names(directory: string): Promise<readonly string[]> {
  return (
    (await ignoreMissing(readdir(directory)).catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return [];
      throw error;
    })) ?? []
  );
}
