import { type FileHandle, open, readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isVersion } from './file-layout.ts';
import { ignoreMissing } from './store-error.ts';

const JOURNAL_NAME = /^(\d+)\.journal$/;
/** Empty files, one for each version, are how this was kept before; servers that died with them may still be found. */
const INTENT_SUFFIX = '.intent';
/** A journal that grew to this starts anew with what is still unsettled. */
const MAX_JOURNAL_BYTES = 4 * 1024 * 1024;
/** Settling is for whoever cleans up after us, so it may wait to be written together with something else. */
const SETTLES_AFTER_MS = 50;

/**
 * The versions that a server has put in place, or is about to, and of which it does not know yet whether their rows were committed.
 * A line is appended for each, and another one when that is settled; lines that wait for the same write go together. Nothing
 * is synced: lines are for the death of the process, which the page cache survives, and after a power cut nothing that was acknowledged
 * depends on them. A server that rests has no journal, and no file open that would keep the file system from being unmounted.
 */
export class IntentJournal {
  readonly #directory: string;
  readonly #unsettled = new Set<string>();
  #number = 0;
  #file: FileHandle | undefined;
  #sizeBytes = 0;
  #isTorn = false;
  #lines: string[] = [];
  /** The write that will take the lines, while it waits for the one before it. */
  #next: Promise<void> | undefined;
  #last: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  /** `directory` is the server's own, and exists. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Marks a version. Once this resolves, the mark survives us: only then may its bytes come into place. */
  async mark(version: string): Promise<void> {
    this.#unsettled.add(version);
    this.#lines.push(`+${version}\n`);
    try {
      await this.#flush();
    } catch (error) {
      this.#unsettled.delete(version);
      throw error;
    }
  }

  /** The mark may go, soon. */
  settle(version: string): void {
    if (!this.#unsettled.delete(version)) return;
    this.#lines.push(`-${version}\n`);
    this.#timer ??= setTimeout(() => void this.#flush().catch(() => {}), SETTLES_AFTER_MS).unref();
  }

  /** Writes what waits; nothing can be marked afterwards. Resolves to whether all is settled. */
  async stop(): Promise<boolean> {
    await this.#flush().catch(() => {});
    await this.#last;
    await this.#file?.close().catch(() => {});
    this.#file = undefined;
    return this.#unsettled.size === 0;
  }

  #flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#next === undefined) {
      this.#next = this.#last.then(() => this.#write());
      this.#last = this.#next.catch(() => {});
    }
    return this.#next;
  }

  async #write(): Promise<void> {
    this.#next = undefined;
    const text = `${this.#isTorn ? '\n' : ''}${this.#lines.join('')}`;
    this.#lines = [];
    if (text === '') return;
    if (this.#unsettled.size === 0 && this.#file !== undefined) return this.#remove();
    const file = this.#sizeBytes < MAX_JOURNAL_BYTES && this.#file !== undefined ? this.#file : await this.#startAnew();
    // On a full disk the last line may stay incomplete.
    this.#isTorn = true;
    await file.appendFile(text);
    this.#isTorn = false;
    this.#sizeBytes += text.length;
  }

  /** With nothing unsettled, having no journal says the same as any lines. */
  async #remove(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
    await unlink(journalPath(this.#directory, this.#number));
  }

  /** The old journal goes when the new one says all that still counts. */
  async #startAnew(): Promise<FileHandle> {
    const [former, number] = [this.#file, this.#number + 1];
    const path = journalPath(this.#directory, number);
    const file = await open(path, 'ax', 0o600);
    try {
      await file.appendFile([...this.#unsettled].map((version) => `+${version}\n`).join(''));
    } catch (error) {
      await file.close();
      await unlink(path).catch(() => {});
      throw error;
    }
    [this.#file, this.#number, this.#sizeBytes] = [file, number, 0];
    await former?.close();
    if (former !== undefined) await unlink(journalPath(this.#directory, number - 1)).catch(() => {});
    return file;
  }
}

/** Versions that the server of a directory had marked and not settled. */
export async function readIntents(directory: string): Promise<readonly string[]> {
  const names = (await ignoreMissing(readdir(directory))) ?? [];
  const unsettled = new Set(names.filter((name) => name.endsWith(INTENT_SUFFIX)).map((name) => name.slice(0, -INTENT_SUFFIX.length)));
  const numbers = names.flatMap((name) => JOURNAL_NAME.exec(name)?.[1] ?? []).map(Number);
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const text = (await ignoreMissing(readFile(journalPath(directory, number), 'utf8'))) ?? '';
    for (const line of text.split('\n')) {
      if (line.startsWith('+')) unsettled.add(line.slice(1));
      else if (line.startsWith('-')) unsettled.delete(line.slice(1));
    }
  }
  return [...unsettled].filter(isVersion);
}

function journalPath(directory: string, number: number): string {
  return join(directory, `${number}.journal`);
}
