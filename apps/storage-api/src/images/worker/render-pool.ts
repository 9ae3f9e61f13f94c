import { type ChildProcess, fork } from 'node:child_process';
import type { Logger } from '@supastor/adapters/telemetry/logger';
import { z } from 'zod';
import { imageFailures } from '../image-failures.ts';
import { RenderQueue } from '../render-queue.ts';
import type { RenderJob } from './messages.ts';

export interface RenderPoolOptions {
  /** Script of the worker process. */
  readonly workerPath: string;
  /** Pictures made at the same time. */
  readonly concurrency: number;
  /** Pictures that may wait for their turn. */
  readonly maxWaiting: number;
  /** Longest time for one picture, once it is its turn. */
  readonly timeoutMs: number;
  /** The worker ends when it had nothing to do for this long. */
  readonly idleMs?: number;
  readonly logger: Logger;
}

const replySchema = z.union([
  z.object({ id: z.number(), ok: z.literal(true) }),
  z.object({ id: z.number(), ok: z.literal(false), failure: z.enum(['unsupported', 'too-large', 'broken', 'store']), reason: z.string() }),
]);

/** The worker ended while it had the job. */
class WorkerGone extends Error {}

interface Pending {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

interface Worker {
  readonly child: ChildProcess;
  readonly pending: Map<number, Pending>;
  readonly exited: Promise<void>;
}

/** Makes pictures in a child process that is started when the first one is wanted and ends when none has been for a while. */
export class RenderPool {
  readonly #options: RenderPoolOptions;
  readonly #queue: RenderQueue;
  #worker: Worker | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #lastId = 0;
  #stopped = false;

  constructor(options: RenderPoolOptions) {
    this.#options = options;
    this.#queue = new RenderQueue(options.concurrency, options.maxWaiting);
  }

  /** Process id of the worker, if one runs; for tests and diagnostics. */
  get workerPid(): number | undefined {
    return this.#worker?.child.pid;
  }

  /**
   * Makes one picture.
   * @throws ProtocolError about the picture, or SlowDown when too many wait
   */
  async render(job: Omit<RenderJob, 'id'>): Promise<void> {
    await this.#queue.run(async () => {
      try {
        await this.#attempt(job);
      } catch (error) {
        if (!(error instanceof WorkerGone)) throw error;
        if (this.#stopped) throw imageFailures.stopping();
        // The file that ended the worker may have been another one's.
        await this.#attempt(job).catch((again: unknown) => {
          throw again instanceof WorkerGone ? imageFailures.crashed() : again;
        });
      }
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#idleTimer);
    const worker = this.#worker;
    worker?.child.kill('SIGKILL');
    await worker?.exited;
  }

  async #attempt(job: Omit<RenderJob, 'id'>): Promise<void> {
    if (this.#stopped) throw imageFailures.stopping();
    const worker = (this.#worker ??= this.#start());
    clearTimeout(this.#idleTimer);
    this.#lastId += 1;
    const id = this.#lastId;
    const done = new Promise<void>((resolve, reject) => worker.pending.set(id, { resolve, reject }));
    const timer = setTimeout(() => this.#expire(worker, id), this.#options.timeoutMs);
    worker.child.send({ ...job, id } satisfies RenderJob, (error) => {
      if (error !== null) worker.pending.get(id)?.reject(new WorkerGone('the worker takes no messages', { cause: error }));
    });
    try {
      await done;
    } finally {
      clearTimeout(timer);
      worker.pending.delete(id);
      if (worker.pending.size === 0) this.#sleepLater(worker);
    }
  }

  #start(): Worker {
    const { workerPath, concurrency, logger } = this.#options;
    const child = fork(workerPath, [], {
      execArgv: [],
      env: { UV_THREADPOOL_SIZE: String(concurrency), MALLOC_ARENA_MAX: '2' },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'json',
    });
    const pending = new Map<number, Pending>();
    const exited = new Promise<void>((resolve) => {
      const end = (reason: string) => {
        if (this.#worker?.child === child) this.#worker = undefined;
        for (const { reject } of pending.values()) reject(new WorkerGone(reason));
        resolve();
      };
      child.once('error', (error) => {
        logger.error({ err: error }, 'image worker could not be started');
        end(error.message);
      });
      child.once('exit', (code, signal) => {
        if (pending.size > 0 && !this.#stopped) logger.warn({ code, signal }, 'image worker ended unexpectedly');
        end(`exit ${code ?? signal}`);
      });
    });
    child.on('message', (message) => settle(pending, message));
    return { child, pending, exited };
  }

  #expire({ child, pending }: Worker, id: number): void {
    const job = pending.get(id);
    pending.delete(id);
    job?.reject(imageFailures.tooSlow());
    // Native code cannot be interrupted; the process can. Its other jobs are tried again.
    child.kill('SIGKILL');
    if (this.#worker?.child === child) this.#worker = undefined;
  }

  #sleepLater(worker: Worker): void {
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => {
      if (this.#worker !== worker || worker.pending.size > 0) return;
      this.#worker = undefined;
      worker.child.kill('SIGKILL');
    }, this.#options.idleMs ?? 30_000);
    this.#idleTimer.unref();
  }
}

function settle(pending: ReadonlyMap<number, Pending>, message: unknown): void {
  const reply = replySchema.parse(message);
  const job = pending.get(reply.id);
  if (reply.ok) job?.resolve();
  else job?.reject(imageFailures[reply.failure](new Error(reply.reason)));
}
