import { watch, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';
import { CONFIG_FILE_NAME } from '@supastor/contract/config/schema';
import type { EventPayload } from '@supastor/contract/events';
import { changedPaths } from '@supastor/core/config/load';
import type { LoadedConfig } from '@supastor/core/config/source';
import { ENV_FILE_NAME, loadProjectConfig, type LoadOptions } from './load-project-config.ts';

export interface WatchOptions extends LoadOptions {
  /** The configuration in force; it stays so until a reload succeeds. */
  readonly current: LoadedConfig;
  /** A reload changed something: the new configuration and the payload of `config.reloaded`. */
  readonly onReload: (loaded: LoadedConfig, event: EventPayload<'config.reloaded'>) => void;
  /** A reload failed and the old configuration stays: the error and the payload of `config.refused`. */
  readonly onRefused: (error: unknown, event: EventPayload<'config.refused'>) => void;
}

export interface ConfigWatcher {
  /** The configuration in force. */
  readonly current: LoadedConfig;
  stop(): Promise<void>;
}

/** Editors write a file in several steps; we look once they are done. */
const SETTLE_MS = 100;

/**
 * Reloads the configuration whenever one of its files changes. A reload that fails leaves the old configuration in force.
 * Ends with `stop()` or the signal.
 */
export function watchProjectConfig(options: WatchOptions): ConfigWatcher {
  return new FileConfigWatcher(options);
}

class FileConfigWatcher implements ConfigWatcher {
  readonly #options: WatchOptions;
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #abort = new AbortController();
  #current: LoadedConfig;
  #timer: NodeJS.Timeout | null = null;
  #reloading: Promise<void> = Promise.resolve();

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#current = options.current;
    options.signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (options.signal?.aborted === true) this.#onAbort();
    else this.#watchDirectories();
  }

  get current(): LoadedConfig {
    return this.#current;
  }

  async stop(): Promise<void> {
    this.#onAbort();
    await this.#reloading;
  }

  readonly #onAbort = (): void => {
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.#abort.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  };

  /** Directories, not files: a file that is replaced by a rename would be lost. */
  #watchDirectories(): void {
    const directories = new Set([this.#options.projectDir, ...this.#current.files.map((file) => dirname(file))]);
    for (const directory of directories) {
      if (this.#watchers.has(directory)) continue;
      const watcher = watch(directory, (_event, name) => {
        if (name === null || this.#concerns(name)) this.#schedule();
      });
      watcher.on('error', (error) => this.#refuse(error));
      this.#watchers.set(directory, watcher);
    }
  }

  #concerns(name: string): boolean {
    if (name === CONFIG_FILE_NAME || name === ENV_FILE_NAME || name === `${ENV_FILE_NAME}.${this.#current.environment}`) return true;
    return this.#current.files.some((file) => basename(file) === name);
  }

  #schedule(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#reloading = this.#reloading.then(() => this.#reload());
    }, SETTLE_MS);
  }

  async #reload(): Promise<void> {
    const { projectDir, environment, env, flags = [] } = this.#options;
    try {
      const loaded = await loadProjectConfig({ projectDir, environment, env, flags, signal: this.#abort.signal });
      if (this.#abort.signal.aborted) return;
      const changed = changedPaths(this.#current.config, loaded.config);
      this.#current = loaded;
      this.#watchDirectories();
      if (changed.length > 0) this.#options.onReload(loaded, { environment: loaded.environment, changed: [...changed] });
    } catch (error) {
      if (!this.#abort.signal.aborted) this.#refuse(error);
    }
  }

  #refuse(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.#options.onRefused(error, { environment: this.#current.environment, message });
  }
}
