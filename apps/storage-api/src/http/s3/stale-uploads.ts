import type { StorageDeps } from '../../deps.ts';
import { step } from '../../metadata/step.ts';
import { PeriodicTask } from '../../periodic-task.ts';

const BATCH = 200;
const EXPIRE = {
  name: 's3_uploads_expire',
  text: `delete from storage.s3_multipart_uploads where id in (
    select u.id from storage.s3_multipart_uploads u
    where u.created_at < now() - make_interval(secs => $1) and not exists (
      select from storage.s3_multipart_uploads_parts p
      where p.upload_id = u.id and p.created_at >= now() - make_interval(secs => $1))
    limit ${BATCH} for update skip locked)`,
};

export interface StaleUploadsOptions extends Pick<StorageDeps, 'database' | 'logger'> {
  /** A multipart upload that got no part for this long is given up. */
  readonly expirySeconds: number;
  readonly periodMs: number;
}

/** Ends multipart uploads that nobody continues; the bytes of their parts are then retired. */
export class StaleUploads {
  readonly #options: StaleUploadsOptions;
  readonly #task: PeriodicTask;

  constructor(options: StaleUploadsOptions) {
    this.#options = options;
    this.#task = new PeriodicTask(options.periodMs, async () => void (await this.runOnce()));
  }

  start(): void {
    this.#task.start();
  }

  async stop(): Promise<void> {
    await this.#task.stop();
  }

  /** Ends what is stale and returns how many that were. Failures are logged; the next round tries again. */
  async runOnce(): Promise<number> {
    let ended = 0;
    const { database, logger, expirySeconds } = this.#options;
    try {
      for (;;) {
        const expiry = step(EXPIRE, [expirySeconds]);
        await database.transact({ steps: [expiry] });
        ended += expiry.rowCount;
        if (expiry.rowCount > 0) logger.info({ uploads: expiry.rowCount }, 'multipart uploads nobody continued were ended');
        if (expiry.rowCount < BATCH) return ended;
      }
    } catch (error) {
      logger.warn({ err: error }, 'stale multipart uploads could not be ended');
      return ended;
    }
  }
}
