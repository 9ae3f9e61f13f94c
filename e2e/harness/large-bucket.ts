import { Client } from 'pg';
import type { StackAccess } from './stack.ts';

/** Name of the object at a place of a bucket that was filled, counted from 0; names are in the order of places. */
export function nameAt(place: number): string {
  return `photo-${String(place).padStart(7, '0')}.jpg`;
}

/** Makes a bucket of as many objects in one folder, by SQL and without events; there are no bytes behind them. */
export async function fillBucket(
  access: Pick<StackAccess, 'STORAGE_URL' | 'SERVICE_ROLE_KEY' | 'DB_URL'>,
  bucket: string,
  objects: number,
) {
  const made = await fetch(`${access.STORAGE_URL}/bucket`, {
    method: 'POST',
    headers: { authorization: `Bearer ${access.SERVICE_ROLE_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ id: bucket, name: bucket }),
  });
  if (!made.ok) throw new Error(`bucket ${bucket}: ${made.status} ${await made.text()}`);
  const sql = new Client({ connectionString: access.DB_URL });
  await sql.connect();
  try {
    await sql.query("set session_replication_role = 'replica'");
    await sql.query(
      `insert into storage.objects (bucket_id, name, version, metadata)
       select $1, 'photo-' || lpad(n::text, 7, '0') || '.jpg', gen_random_uuid()::text,
         '{"size": 5, "eTag": "\\"5d41402abc4b2a76b9719d911017c592\\"", "mimetype": "image/jpeg", "cacheControl": "no-cache",
           "lastModified": "2026-01-01T00:00:00.000Z", "contentLength": 5, "httpStatusCode": 200}'::jsonb
       from generate_series(0, $2::int - 1) as n`,
      [bucket, objects],
    );
    await sql.query('vacuum analyze storage.objects');
  } finally {
    await sql.end();
  }
}
