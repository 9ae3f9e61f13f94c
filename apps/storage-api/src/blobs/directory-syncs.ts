import { type FileHandle, open } from 'node:fs/promises';

/**
 * Makes entries of directories durable. Those who wait for the same directory share a sync, as long as it starts after all of
 * their entries were made.
 */
export class DirectorySyncs {
  readonly #directories = new Map<string, Directory>();

  /** Resolves when all entries that `path` has by now are durable. */
  sync(path: string): Promise<void> {
    let directory = this.#directories.get(path);
    if (directory === undefined) {
      directory = new Directory(path);
      this.#directories.set(path, directory);
    }
    return directory.sync();
  }

  async stop(): Promise<void> {
    const directories = [...this.#directories.values()];
    this.#directories.clear();
    await Promise.all(directories.map((directory) => directory.close()));
  }
}

class Directory {
  readonly #path: string;
  #handle: Promise<FileHandle> | undefined;
  /** The sync that has not started yet, while another one runs. */
  #next: Promise<void> | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  sync(): Promise<void> {
    if (this.#next === undefined) {
      this.#next = this.#last.then(() => this.#start());
      this.#last = this.#next.catch(() => {});
    }
    return this.#next;
  }

  async close(): Promise<void> {
    await this.#last;
    await (await this.#handle?.catch(() => undefined))?.close();
  }

  async #start(): Promise<void> {
    this.#next = undefined;
    this.#handle ??= open(this.#path, 'r');
    try {
      await (await this.#handle).sync();
    } catch (error) {
      // A handle that failed is not trusted again.
      const failed = this.#handle;
      this.#handle = undefined;
      await failed.then((handle) => handle.close()).catch(() => {});
      throw error;
    }
  }
}
