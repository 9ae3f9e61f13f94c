import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { LoadResult } from './load-worker.ts';
import type { LoadRun } from './scenarios.ts';

/** Runs loads one after the other in a process of its own, so that measuring does not share a thread with anything. */
export class LoadGenerator {
  readonly #worker: ChildProcess;

  constructor() {
    this.#worker = fork(join(import.meta.dirname, 'load-worker.ts'), [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  }

  async run(load: LoadRun): Promise<LoadResult> {
    const ended = new AbortController();
    const exit = once(this.#worker, 'exit', { signal: ended.signal }).then(() => Promise.reject(new Error('the load generator ended')));
    exit.catch(() => {});
    this.#worker.send(load);
    try {
      const [result]: LoadResult[] = await Promise.race([once(this.#worker, 'message', { signal: ended.signal }), exit]);
      if (result === undefined) throw new Error('the load generator answered nothing');
      return result;
    } finally {
      ended.abort();
    }
  }

  stop(): void {
    this.#worker.kill();
  }
}
