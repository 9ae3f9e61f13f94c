import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { makeDirectories, syncOnce } from './durable-files.ts';
import { ignoreMissing, translateStoreError } from './store-error.ts';

/** Files that were moved out of the way, each under a name of its own, on the same file system. */
export class FileQuarantine {
  readonly #directory: string;

  constructor(root: string) {
    this.#directory = join(root, 'quarantine');
  }

  /** Moves a file in as `name`; false when it is gone. */
  async take(path: string, name: string): Promise<boolean> {
    try {
      const target = this.#path(name, path);
      await makeDirectories(this.#directory);
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      return (await ignoreMissing(rename(path, target).then(() => true))) ?? false;
    } catch (error) {
      throw translateStoreError(error);
    }
  }

  /** Moves the file `name` back to where it was, durably; false when it is gone. */
  async giveBack(name: string, path: string): Promise<boolean> {
    try {
      const moved = await ignoreMissing(rename(this.#path(name, path), path).then(() => true));
      if (moved !== true) return false;
      await syncOnce(dirname(path));
      await this.drop(name);
      return true;
    } catch (error) {
      throw translateStoreError(error);
    }
  }

  async drop(name: string): Promise<void> {
    await rm(join(this.#directory, name), { recursive: true, force: true });
  }

  #path(name: string, path: string): string {
    return join(this.#directory, name, basename(path));
  }
}
