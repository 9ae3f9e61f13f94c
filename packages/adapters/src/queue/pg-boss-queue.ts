import type { JobQueue } from '@supastor/core/jobs/job.port';
import type { PgBoss } from 'pg-boss';
import { connectionOptions } from '../postgres-tls/connection-options.ts';
import { settlePreference } from '../postgres-tls/postgres-client.ts';

export interface PgBossQueueOptions {
  /** Connection string of a role that may create the schema `supastor_queue`, or owns it. */
  readonly url: string;
  /** Jobs that run at the same time in this process. */
  readonly concurrency: number;
  readonly onError: (error: Error) => void;
}

const SCHEMA = 'supastor_queue';
const QUEUE = 'jobs';
const CONNECTIONS = 3;
/** Longer than any job: whether a worker lives is seen by its lock, not by time. */
const EXPIRE_SECONDS = 86_000;

/** Ids of jobs through pg-boss; a queue in Postgres, told by NOTIFY. Nothing is loaded or connected before the first use. */
export function createPgBossQueue({ url, concurrency, onError }: PgBossQueueOptions): JobQueue {
  let started: Promise<PgBoss> | null = null;

  const boss = () => {
    started ??= start(url, onError).catch((error: unknown) => {
      started = null;
      throw error;
    });
    return started;
  };

  return {
    async send(id) {
      await (await boss()).send(QUEUE, { id });
    },
    async work(handler) {
      const options = { localConcurrency: concurrency, pollingIntervalSeconds: 5 };
      await (
        await boss()
      ).work(QUEUE, options, async (messages) => {
        for (const { data } of messages) if (hasId(data)) await handler(data.id);
      });
    },
    async stop() {
      const running = await started?.catch(() => null);
      await running?.stop({ graceful: false, close: true });
    },
  };
}

async function start(url: string, onError: (error: Error) => void): Promise<PgBoss> {
  const { PgBoss: Boss } = await import('pg-boss');
  const boss = new Boss({
    ...connectionOptions(await settlePreference(url)),
    schema: SCHEMA,
    max: CONNECTIONS,
    application_name: 'supastor-jobs',
    useListenNotify: true,
    schedule: false,
  });
  boss.on('error', onError);
  await boss.start();
  // A message that is lost is sent again by whoever finds its job stranded.
  await boss.createQueue(QUEUE, {
    notify: true,
    retryLimit: 0,
    expireInSeconds: EXPIRE_SECONDS,
    deleteAfterSeconds: 3600,
    retentionSeconds: 86_400,
  });
  return boss;
}

function hasId(data: unknown): data is { readonly id: string } {
  return typeof data === 'object' && data !== null && 'id' in data && typeof data.id === 'string';
}
