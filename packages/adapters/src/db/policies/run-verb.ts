import type { ProbeRequest } from '@supastor/core/policies/policy-store.port';
import type { Transaction } from '../transaction.ts';

type Json = Readonly<Record<string, unknown>>;

const INSERT = `insert into storage.objects (id, bucket_id, name, owner, owner_id, version, metadata)
  select id, bucket_id, name, owner, owner_id, version, metadata from jsonb_populate_record(null::storage.objects, $1)`;
const REPLACE = `on conflict (bucket_id, name) do update set owner = excluded.owner, owner_id = excluded.owner_id,
  version = excluded.version, metadata = excluded.metadata`;
/** The original and ours make a moved object the mover's. */
const MOVE = `update storage.objects set name = $3, owner = coalesce($4, owner), owner_id = coalesce($5, owner_id)
  where bucket_id = $1 and name = $2`;
const SELECT = 'select 1 from storage.objects where bucket_id = $1 and name = $2';

/** Runs a verb's statements as a storage server does, as whoever the transaction is now. Rows it found or wrote; 0 means refused. */
export async function runVerb({ run }: Transaction, request: ProbeRequest, fresh: Json): Promise<{ rows: number; error: null }> {
  const { verb, bucket, path, to } = request;
  const row = JSON.stringify(fresh);
  if (verb === 'copy' && (await run(SELECT, [bucket, path])).rowCount === 0) return { rows: 0, error: null };
  const statements: Readonly<Record<ProbeRequest['verb'], readonly [sql: string, values: readonly unknown[]]>> = {
    read: [SELECT, [bucket, path]],
    list: [SELECT, [bucket, path]],
    upload: [INSERT, [row]],
    overwrite: [`${INSERT} ${REPLACE}`, [row]],
    delete: ['delete from storage.objects where bucket_id = $1 and name = $2', [bucket, path]],
    move: [MOVE, [bucket, path, to, fresh['owner'] ?? null, fresh['owner_id'] ?? null]],
    copy: [INSERT, [row]],
  };
  const { rowCount } = await run(...statements[verb]);
  return { rows: rowCount, error: null };
}
