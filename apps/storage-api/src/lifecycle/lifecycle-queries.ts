import { type Step, step } from '../metadata/step.ts';
import type { LifecycleConfiguration } from './lifecycle-rules.ts';

/** A row of storage.bucket_lifecycle. */
export interface LifecycleRow {
  readonly bucket_id: string;
  readonly configuration: unknown;
  readonly revision: string;
}

const COLUMNS = 'bucket_id, configuration, revision';
const SQL = {
  find: { name: 'lifecycle_find', text: `select ${COLUMNS} from storage.bucket_lifecycle where bucket_id = $1` },
  set: {
    name: 'lifecycle_set',
    text: `insert into storage.bucket_lifecycle (bucket_id, configuration) values ($1, $2)
      on conflict (bucket_id) do update set configuration = excluded.configuration, revision = excluded.revision, done_until = null`,
  },
  remove: { name: 'lifecycle_remove', text: 'delete from storage.bucket_lifecycle where bucket_id = $1' },
  waiting: {
    name: 'lifecycle_waiting',
    text: `select ${COLUMNS} from storage.bucket_lifecycle where done_until is null or done_until < $1 order by bucket_id`,
  },
  finish: {
    name: 'lifecycle_finish',
    text: 'update storage.bucket_lifecycle set done_until = $3 where bucket_id = $1 and revision = $2',
  },
} as const;

export function findLifecycle(bucket: string): Step<LifecycleRow> {
  return step(SQL.find, [bucket]);
}

export function setLifecycle(bucket: string, configuration: LifecycleConfiguration): Step<never> {
  return step(SQL.set, [bucket, JSON.stringify(configuration)]);
}

export function removeLifecycle(bucket: string): Step<never> {
  return step(SQL.remove, [bucket]);
}

/** Configurations by which not everything that was due at `midnight` has been deleted. */
export function findWaiting(midnight: Date): Step<LifecycleRow> {
  return step(SQL.waiting, [midnight]);
}

/** Everything that was due at `midnight` is deleted, unless the configuration was changed meanwhile. */
export function finishLifecycle({ bucket_id: bucket, revision }: LifecycleRow, midnight: Date): Step<never> {
  return step(SQL.finish, [bucket, revision, midnight]);
}
