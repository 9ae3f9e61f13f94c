import type { Client } from 'pg';
import { bodyOf, deletedBucket, type LoadTarget, OBJECTS_PER_FOLDER, readKey, seededBucket } from './scenarios.ts';

/** Makes buckets and the objects to read through the API. */
export async function seedObjects(target: LoadTarget, sizes: readonly number[]): Promise<void> {
  await call(target, 'POST', '/bucket', JSON.stringify({ name: target.bucket, public: true }), 'application/json');
  for (const size of sizes)
    await call(target, 'POST', `/object/${target.bucket}/${readKey(size)}`, bodyOf(size), 'application/octet-stream');
}

/** Makes a bucket of as many rows by SQL; there are no bytes behind them. Triggers stay off, so that no events pile up. */
export async function seedRows(sql: Client, target: LoadTarget, bucket: string, entries: number, from = 0): Promise<void> {
  const exists = await call(target, 'GET', `/bucket/${bucket}`).then(
    () => true,
    () => false,
  );
  if (!exists) await call(target, 'POST', '/bucket', JSON.stringify({ name: bucket }), 'application/json');
  await sql.query("set session_replication_role = 'replica'");
  await sql.query(
    `insert into storage.objects (bucket_id, name, version, metadata)
     select $1, 'f' || lpad((n / $2::int)::text, 6, '0') || '/o' || lpad(n::text, 8, '0'), gen_random_uuid()::text,
       '{"size": 5, "eTag": "\\"5d41402abc4b2a76b9719d911017c592\\"", "mimetype": "text/plain", "cacheControl": "no-cache",
         "lastModified": "2026-01-01T00:00:00.000Z", "contentLength": 5, "httpStatusCode": 200}'::jsonb
     from generate_series($3::int, $3::int + $4::int - 1) as n`,
    [bucket, OBJECTS_PER_FOLDER, from, entries],
  );
  await sql.query('reset session_replication_role');
}

/** Deletes the rows of buckets by SQL, without events. */
export async function clearRows(sql: Client, buckets: readonly string[]): Promise<void> {
  await sql.query("set session_replication_role = 'replica'");
  await sql.query('delete from storage.objects where bucket_id = any($1)', [buckets]);
  await sql.query('reset session_replication_role');
}

/** Removes what a run left in a server that is not ours. */
export async function unseed(target: LoadTarget, sql: Client | null, entries: readonly number[]): Promise<void> {
  const seeded = [...entries.map((count) => seededBucket(target, count)), deletedBucket(target)];
  if (sql !== null) await clearRows(sql, seeded);
  for (const bucket of [target.bucket, ...seeded]) {
    await call(target, 'POST', `/bucket/${bucket}/empty`, '{}', 'application/json').catch(() => {});
    await call(target, 'DELETE', `/bucket/${bucket}`).catch(() => {});
  }
}

async function call({ base, token }: LoadTarget, method: string, path: string, body?: Uint8Array | string, type?: string): Promise<void> {
  const response = await fetch(`${base}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(type === undefined ? {} : { 'content-type': type }) },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : Buffer.from(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 200)}`);
}
